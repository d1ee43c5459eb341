"""The keys of an event's public form: their names, what their text means, and which must be there.

They are read off the typed events themselves, so the public form and the vocabulary cannot drift apart.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

import msgspec

from lotwork.ledger.codec import KINDS
from lotwork.ledger.events import PriceLeg, Selector


class Key(NamedTuple):
    """One key of a kind's public form: its name, the field it fills, what its text means, and if it must be there."""

    name: str
    field: str
    meaning: str
    choices: tuple[str, ...]
    required: bool


@cache
def keys_of(kind: str) -> Mapping[str, Key]:
    """Return the public keys of *kind*, by name."""
    struct = KINDS[kind]
    hints = get_type_hints(struct, include_extras=True)
    renamed = dict(zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True))
    required = {field.name for field in msgspec.structs.fields(struct) if field.required}
    return {
        (name := renamed[field].removesuffix("_micros")): Key(
            name, field, *_meaning(hints[field]), required=field in required and field != "id"
        )
        for field in struct.__struct_fields__
    }


@cache
def required_keys(kind: str) -> tuple[str, ...]:
    """Return the names of the keys without which a line of *kind* is refused."""
    return tuple(name for name, key in keys_of(kind).items() if key.required)


def _meaning(hint: Any) -> tuple[str, tuple[str, ...]]:
    """Return what a field's annotation says of its text, and the words it is limited to."""
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    if hasattr(hint, "__metadata__"):
        return str(hint.__metadata__[0]), ()
    if get_origin(hint) is Literal:
        return "choice", tuple(get_args(hint))
    if get_origin(hint) is tuple:
        return "legs" if PriceLeg in get_args(hint) else "lots", ()
    if get_origin(hint) is dict:
        return "mapping", ()
    plain = {str: "text", int: "whole", bool: "boolean", date: "day", datetime: "instant", Selector: "selector"}
    return plain.get(hint, "any"), ()

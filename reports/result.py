"""What every result has, and how its rows become one JSON object."""

from __future__ import annotations

import msgspec

from lotwork.reports.rows import Row, fields_of


class Schema(Row, frozen=True, kw_only=True):
    """What a result is: the name under which its keys are promised."""

    schema: str


class RestsOn(Schema, frozen=True, kw_only=True):
    """What a result rests on: the book and where it ends, and the law."""

    book: str
    position: int
    head: str
    law: str


def schema_of(name: str) -> str:
    """Return the schema of the result *name*."""
    return f"lotwork.{name}.v1"


def json_of(*parts: Row) -> bytes:
    """Return one JSON object with the fields of all *parts*, in their order, as standard output gets it."""
    told = {name: value for part in parts for name, value in fields_of(part).items()}
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"

"""What is mostly answered of a source, and what it is called: the words of its kinds and services."""

from __future__ import annotations

from datetime import date
from typing import Any, get_args

import msgspec

from lotwork.ingest.declaration import DeclaredSource
from lotwork.ingest.register import SOURCES
from lotwork.service.source_table import Key
from lotwork.service.toml_file import is_text

OWN_WORDS = ("name", "wallet", "folder", "meaning", "chain", "user")
"""Keys that are the taxpayer's own words, or have a usual one: what the example says will do."""
LOOPBACK = "http://127.0.0.1"


def services() -> dict[str, DeclaredSource[Any]]:
    """Return the words that kinds have for their key `service`, each with its kind."""
    fields = ((declared, field) for declared in SOURCES for field in msgspec.structs.fields(declared.settings))
    return {word: declared for declared, field in fields if field.name == "service" for word in get_args(field.type)}


def usual(key: Key, taken: set[str], year: int) -> str | None:
    """Return what a key mostly is, as its question offers; None where only the taxpayer knows."""
    if key.path == ("name",):
        name, number = str(key.example), 2
        while name in taken:
            name, number = f"{key.example}-{number}", number + 1
        return name
    if isinstance(key.example, date):
        return f"{year}-01-01"
    if key.choices or key.path[-1].endswith(OWN_WORDS):
        return shown(key.example)
    if not key.is_required and key.default is not None and is_text(key.kind):
        return shown(key.default)
    return str(key.example) if str(key.example).startswith(LOOPBACK) else None


def shown(value: Any) -> str:
    """Return *value* as a person would write it."""
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)

"""What a row of a file is known by: all that stands in it, in any spelling, whatever its map reads."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import Any

from lotwork.ingest.sheets.cells import MOST_DIGITS, NUMBER
from lotwork.ingest.sheets.column_map import ColumnMap
from lotwork.ingest.sheets.table import Row
from lotwork.ledger.txids import txid_key

WHERE = ("book", "wallet", "from_wallet", "to_wallet", "asset", "meter", "equipment", "year")
"""Constants that say whose row it is: the same row of two wallets' exports is two events."""

_EXACT = Context(prec=MOST_DIGITS)


def numbered(digest: str, told: Counter[str]) -> str:
    """Return *digest*, and its count where rows of one file say the same."""
    told[digest] += 1
    return digest if told[digest] == 1 else f"{digest}-{told[digest]}"


def former_id(row: Row, column_map: ColumnMap, told: Counter[str]) -> str:
    """Return the id that release 0.1.0 made of *row*: from its mapped cells, as they are spelled."""
    cells = sorted((column, row.cells[column]) for column in set(column_map.columns.values()))
    return f"csv-{numbered(_digest([column_map.kind, _whose(column_map), cells]), told)}"


def digest_of_cells(row: Row, column_map: ColumnMap) -> str:
    """Return the digest of all that stands in *row*, whatever the map reads of it."""
    cells = sorted((column, _plain_cell(cell)) for column, cell in row.cells.items() if cell)
    return _digest([_whose(column_map), cells])


def _whose(column_map: ColumnMap) -> list[str | None]:
    return [column_map.constants.get(key) for key in WHERE]


def _digest(content: list[Any]) -> str:
    text = json.dumps(content, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:24]


def _plain_cell(cell: str) -> str:
    """Return *cell* as no program spells it otherwise: a number without zeros, an instant in UTC, a hash bare."""
    text = " ".join(cell.split())
    if NUMBER.fullmatch(text.lstrip("+-")) is not None and len(text) <= MOST_DIGITS:
        number = Decimal(text)
        return f"{number.normalize(_EXACT):f}" if number else "0"
    if text[:1].isdigit() and text.isascii():
        with suppress(ValueError):
            told = datetime.fromisoformat(text)
            return (told.astimezone(UTC) if told.tzinfo is not None else told).isoformat()
    return txid_key(text)

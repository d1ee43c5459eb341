"""A book as Parquet, for whoever reckons in a notebook: what happened, what is held, what was sold and received.

The columns are the fields of the rows that `lots`, `gains` and `income` list. Dollars are decimal128 with six decimals,
coins with eighteen; a price keeps every digit it was told with, as text. No column is a float. pyarrow is an extra, and
is loaded here alone; it is the writer of Parquet that knows such decimals.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from types import UnionType
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

import msgspec
from msgspec import UNSET, UnsetType

from lotwork.ledger.errors import InputRefusedError, UsageError
from lotwork.reports.rows import Row, Shown

INSTALL = "Parquet is written by pyarrow: install it with `pip install 'lotwork[parquet]'`"
DIGITS, DOLLARS, COINS = 38, 6, 18
"""A decimal of 128 bits has 38 digits; dollars are told to the micro-dollar, no coin with more decimals than 18."""
ROWS_AT_A_TIME = 20_000


class EventLine(Row, frozen=True, kw_only=True):
    """An event: what every event has, and all of it as the JSON Lines of `lotwork export` have it."""

    position: int
    id: str
    kind: str
    at: datetime
    json: str


class Sheet(NamedTuple):
    """One file: its name, what its rows are, and the rows."""

    name: str
    row: type[Row]
    rows: Iterable[Row]


def parquet(sheets: Iterable[Sheet]) -> dict[str, bytes]:
    """Return the files by their names, with a manifest of their digests. Raises UsageError without the extra."""
    arrow, writing = _pyarrow()
    named = {f"{each.name}.parquet": _file(each, arrow, writing) for each in sheets}
    listed = [{"name": name, "sha256": hashlib.sha256(content).hexdigest()} for name, content in named.items()]
    told = {"schema": "lotwork.parquet_manifest.v1", "files": listed}
    return {**named, "manifest.json": msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"}


def check_extra() -> None:
    """Raise UsageError where the extra is not there, before anything is worked out for it."""
    _pyarrow()


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra of 55 MB: only who asks for Parquet has it
        import pyarrow.parquet as pq  # noqa: PLC0415 - the same
    except ImportError as missing:
        raise UsageError(INSTALL) from missing
    return pa, pq


def _file(sheet: Sheet, arrow: Any, writing: Any) -> bytes:
    fields = {name: _kind(name, hint, arrow) for name, hint in _hints(sheet.row).items()}
    schema = arrow.schema([arrow.field(name, kind) for name, kind in fields.items()])
    out = io.BytesIO()
    with writing.ParquetWriter(out, schema, compression="zstd") as writer:
        for rows in _some(sheet.rows):
            told = [{name: _value(getattr(row, name), kind, arrow) for name, kind in fields.items()} for row in rows]
            try:
                writer.write_table(arrow.Table.from_pylist(told, schema=schema))
            except arrow.ArrowInvalid as refused:
                raise InputRefusedError(f"{sheet.name}: more digits than a column holds: {refused}") from refused
    return out.getvalue()


def _some(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Yield *rows* in parts, one at least, so that a file without rows has its columns."""
    left = iter(rows)
    part = list(islice(left, ROWS_AT_A_TIME))
    yield part
    while part := list(islice(left, ROWS_AT_A_TIME)):
        yield part


def _hints(row: type[Row]) -> Mapping[str, object]:
    told = get_type_hints(row, include_extras=True)
    return {name: told[name] for name in row.__struct_fields__}


def _kind(name: str, hint: Any, arrow: Any) -> Any:
    """Return the type of a column; None and UNSET are nothing in it."""
    parts = [each for each in get_args(hint) if each not in (type(None), UnsetType)] if _is_union(hint) else [hint]
    (own,) = parts
    if get_origin(own) is Annotated:
        shown = next(each for each in own.__metadata__ if isinstance(each, Shown))
        if shown.right and not shown.price:
            return arrow.decimal128(DIGITS, DOLLARS if name.endswith("_usd") else COINS)
        return arrow.string()
    kinds = {str: arrow.string(), int: arrow.int64(), bool: arrow.bool_(), date: arrow.date32(),
             datetime: arrow.timestamp("us", tz="UTC")}  # fmt: skip
    return kinds[own]


def _is_union(hint: Any) -> bool:
    return isinstance(hint, UnionType) or "Union" in str(get_origin(hint))


def _value(told: Any, kind: Any, arrow: Any) -> Any:
    if told is None or told is UNSET:
        return None
    return Decimal(told) if arrow.types.is_decimal(kind) else told

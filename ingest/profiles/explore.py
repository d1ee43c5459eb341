"""A file nobody knows, looked at: its first rows, what each column may be, and a column map to edit.

What is guessed is a proposal that a person reads: it is written as a map, and imports nothing by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import NamedTuple

from lotwork.ingest.profiles.face import Face, faces_of
from lotwork.ingest.profiles.grid import Line, Sheet, first_lines, says_something, sheets_in
from lotwork.ingest.profiles.statements import is_statement
from lotwork.ingest.sheets.assets import asset_named, is_money
from lotwork.ingest.sheets.content import content_of, refuse_json
from lotwork.ingest.sheets.headings import in_coins, unit_in, zone_in
from lotwork.ingest.sheets.table import DELIMITERS
from lotwork.ledger.errors import InputRefusedError, is_seen, plain
from lotwork.ledger.slips import CHANGE_ME
from lotwork.ledger.units import BUILT_IN

MOST_LINES = 60
SHOWN_ROWS = 3
SHOWN = 32
NARROWEST = 2
HOURS = (" %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", "")
ORDERS = (
    "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%Y/%m/%d", "%m-%d-%Y", "%d-%m-%Y", "%m/%d/%y", "%d/%m/%y", "%y/%m/%d",
    "%d.%m.%y", "%m-%d-%y", "%d-%m-%y",
)  # fmt: skip
"""In which order a day, its month and its year stand in figures; between dots the day is first."""
FORMATS = (
    *(day + hour for day in ORDERS for hour in HOURS), "%b %d %Y %H:%M:%S", "%b %d, %Y", "%d %b %Y",
)  # fmt: skip
_NUMBER = re.compile(r"[-+(]?[$€£]?-?[0-9][0-9.,' ]*\)?(?:[eE]-?[0-9]+)?")
_COMMA = re.compile(r"^[^0-9]*0,[0-9]|,(?:[0-9]{1,2}|[0-9]{4,})\)?$")
"""What has a decimal comma, and is not grouped by it."""
_ONE_GROUP = re.compile(r"[^0-9]*[1-9][0-9]{0,2},[0-9]{3}[^0-9]*")
"""What either has a decimal comma and three decimals, or is in thousands."""
_CLOCK = re.compile(r"[0-9]:[0-9]{2}")
_ZONED = re.compile(r"(?:Z|[A-Z]{3,4}|[+-][0-9]{2}(?::?[0-9]{2})?)\s*$")
"""What ends a time that names its zone; a bare number, of seconds since 1970, shows no clock at all."""
_WORD = re.compile(r"[^\W_]+|₿")
_HASH = re.compile(r"(?:0x)?[0-9a-fA-F]{64}")
_WORDS = {
    "txid": ("txid", "tx id", "transaction hash", "txhash", "hash"),
    "asset": ("coin", "currency", "asset", "symbol", "ticker"),
    "quantity": (
        "amount",
        "quantity",
        "volume",
        "payout",
        "reward",
        "earnings",
        "betrag",
        "menge",
        "montant",
        "importe",
    ),
    "note": ("description", "note", "memo", "label", "payee", "name", "details", "zweck", "text"),
}


class Column(NamedTuple):
    """A column: its first cells, and the key it may be."""

    name: str
    cells: tuple[str, ...]
    guess: str = ""


class Explored(NamedTuple):
    """What a file looks like."""

    known: tuple[Face, ...]
    columns: tuple[Column, ...]
    rows: int
    """How many rows follow the header, of those that were looked at."""
    toml: str


def explore(path: Path) -> Explored:
    """Return what *path* looks like. Raises InputRefusedError where it is no table."""
    data = content_of(path)
    if is_statement(data):
        raise InputRefusedError(f"{path.name}: it is no table: a bank's OFX and a meter's XML are imported as they are")
    refuse_json(path, data)
    sheets = sheets_in(path.name, data)
    known = tuple(faces_of(sheets))
    sheet, delimiter, lines, at = max((_header(sheet) for sheet in sheets), key=lambda found: len(_told(found)))
    if at < 0:
        raise InputRefusedError(f"{path.name}: no line of it looks like the names of columns: is it a table?")
    header = [" ".join(cell.split()) for cell in lines[at].cells]
    rows = [line.cells for line in lines[at + 1 :] if says_something(line.cells)]
    columns = _guessed(
        [
            Column(name, tuple(row[place].strip() for row in rows if place < len(row)))
            for place, name in enumerate(header)
            if name
        ]
    )
    return Explored(known, columns, len(rows), _toml(path.name, sheet, delimiter, lines[at].number, columns))


Found = tuple[Sheet, str, list[Line], int]


def _told(found: Found) -> list[str]:
    _, _, lines, at = found
    return [cell for cell in lines[at].cells if cell.strip()] if at >= 0 else []


def _header(sheet: Sheet) -> Found:
    best: Found = (sheet, ",", [], -1)
    for delimiter in DELIMITERS if sheet.text else DELIMITERS[:1]:
        lines = first_lines(sheet, delimiter, MOST_LINES)
        for at, line in enumerate(lines):
            names = [cell.strip() for cell in line.cells if cell.strip()]
            plain = len(set(names)) >= NARROWEST and not any(map(_NUMBER.fullmatch, names))
            if plain and len(names) > len(_told(best)):
                best = (sheet, delimiter, lines, at)
    return best


def _guessed(columns: Sequence[Column]) -> tuple[Column, ...]:
    taken: set[str] = set()
    found = []
    for column in columns:
        guess = _guess(column)
        found.append(column._replace(guess="" if guess in taken else guess))
        taken.add(guess)
    numbers = [place for place, column in enumerate(found) if not column.guess and _are_numbers(column.cells)]
    if "quantity" not in taken and numbers:
        first = min(numbers, key=lambda place: (not _coin_in(found[place].name), place))
        found[first] = found[first]._replace(guess="quantity")
    if not _tell_coins(found):
        of_bills = {"quantity": "amount_usd", "price_usd": ""}
        found = [column._replace(guess=of_bills.get(column.guess, column.guess)) for column in found]
    return tuple(found)


def _tell_coins(columns: Iterable[Column]) -> bool:
    """Say if the rows are of coins; otherwise they are bills."""
    return any(
        column.guess in ("asset", "txid")
        or (column.guess == "quantity" and (_coin_in(column.name) or in_coins(column.name)))
        for column in columns
    )


def _coin_in(name: str) -> str:
    """Return the built-in coin that the *name* of a column has as a word of its own ("Amount BTC"), or nothing."""
    words = map(asset_named, _WORD.findall(name))
    return next((word for word in words if word in BUILT_IN), "")


def _are_numbers(cells: Sequence[str]) -> bool:
    told = [cell for cell in cells if cell]
    return bool(told) and all(map(_NUMBER.fullmatch, told))


def _guess(column: Column) -> str:
    cells = [cell for cell in column.cells if cell]
    name = column.name.casefold()
    if cells and all(map(_HASH.fullmatch, cells)):
        return "txid"
    if cells and _format(cells) is not None:
        return "at"
    if cells and all(is_money(asset_named(cell)) for cell in cells):
        return ""  # currencies of states, and no coins
    numbers = _are_numbers(cells)
    if numbers and "price" in name and ("usd" in name or "$" in name):
        return "price_usd"
    for key, words in _WORDS.items():
        if any(word in name for word in words) and numbers == (key == "quantity"):
            return key
    return ""


def _format(cells: Sequence[str]) -> str | None:
    """Return how all of *cells* are read as times; None where they are none."""
    return next(_formats(cells), None)


def _formats(cells: Sequence[str]) -> Iterator[str]:
    """Yield each way in which all of *cells* are read as times, the likeliest first."""
    with suppress(ValueError):
        if all("-" in cell and datetime.fromisoformat(cell).year for cell in cells):
            yield "iso"
            return
    for way in FORMATS:
        with suppress(ValueError):
            if all(datetime.strptime(cell, way) for cell in cells):  # noqa: DTZ007 - only its shape is asked
                yield way


def _date_format(cells: Sequence[str]) -> str:
    """Return the line of a map that says how *cells* are read; which of two orders fits them all is not guessed."""
    ways = list(_formats(cells))
    orders = [way for way in ways if _read_as(cells, way) != _read_as(cells, ways[0])]
    if not orders:
        return f"date_format = {_quoted(ways[0] if ways else 'iso')}"
    both = " and ".join(map(_quoted, (ways[0], *orders)))
    return f'date_format = "{CHANGE_ME}"    # {both} fit every row that was looked at: say which it is'


def _time_zone(column: str, cells: Sequence[str]) -> list[str]:
    """Return the line of a map for the zone of *cells*, where they show a clock and name none: as the *column* says."""
    if not any(map(_CLOCK.search, cells)) or all(map(_ZONED.search, cells)):
        return []
    named = zone_in(column)
    if named is not None:
        return [f"time_zone = {_quoted(named)}"]
    return [f'time_zone = "{CHANGE_ME}"    # whose clock its times are by: "UTC", "America/New_York", …']


def _read_as(cells: Sequence[str], way: str) -> list[datetime]:
    read = datetime.fromisoformat if way == "iso" else partial(_by_format, way)
    return [read(cell) for cell in cells]


def _by_format(way: str, cell: str) -> datetime:
    return datetime.strptime(cell, way)  # noqa: DTZ007 - only held against another reading


def _signs_of(cells: Sequence[str]) -> list[str]:
    """Return the lines of a map that say which sign is the decimal one; where 1,234 may be either, a word about it."""
    if any(map(_COMMA.search, cells)):
        return ['decimal = ","', 'thousands = "."']
    grouped = [cell for cell in cells if "," in cell]
    if grouped and all(map(_ONE_GROUP.fullmatch, grouped)) and not any("." in cell for cell in cells):
        return [f'# {grouped[0]} may be in thousands, or have a decimal comma: say thousands = "," or decimal = ","']
    return ['thousands = ","']


def _toml(name: str, sheet: Sheet, delimiter: str, line: int, columns: Sequence[Column]) -> str:
    """Return a column map that says what was guessed, and names what a person must say."""
    by_key = {column.guess: column for column in columns if column.guess}
    at = by_key.get("at")
    coins = _tell_coins(columns)
    kind, key = ("receipt", "quantity") if coins else ("expense", "amount_usd")
    amount = by_key.get(key)
    coin = _coin_in(amount.name) if amount is not None else ""
    unit = unit_in(amount.name) if amount is not None else None
    dated = _date_format([cell for cell in at.cells if cell] if at is not None else ())
    mapped = [
        f"{out} = {_quoted(by_key[out].name)}"
        for out in (key, "at", "asset", "price_usd", "txid", "note")
        if out in by_key
    ]
    unread = [f"#   {_quoted(column.name)}" for column in columns if not column.guess]
    lines = [
        f"# What the columns of {plain(name)} may be. It is a guess: read every line, and change what is wrong.",
        "# Then: lotwork import FILE --map THIS --dry-run. Every key: docs/events.md; every setting: docs/sources.md.",
        f"kind = {_quoted(kind)}          # receipt, sale, purchase, expense, ...",
        *([f"skip_lines = {line - 1}"] if line > 1 and sheet.text else []),
        *([f"delimiter = {_quoted(delimiter)}"] if delimiter != "," else []),
        *_signs_of(amount.cells if amount is not None else ()),
        dated,
        *(_time_zone(at.name, [cell for cell in at.cells if cell]) if at is not None else ()),
        "",
        "[columns]                  # key = column",
        *mapped,
        *(["", "# not read:", *unread] if unread else []),
        "",
        "[constants]                # what every row is",
        *([f'wallet = "{CHANGE_ME}"', 'income = "pool_payout"'] if coins else [f'category = "{CHANGE_ME}"']),
        *([] if "asset" in by_key or not coins else [f"asset = {_quoted(coin or 'BTC')}"]),
        *(["", "[units]", f"{key} = {_quoted(unit)}"] if unit else []),
        *(["", "[signs]", 'amount_usd = "outflow"     # money spent is negative here'] if not coins else []),
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Return *text* as TOML writes it: what is not seen as its code, so that a column keeps its very name."""
    return f'"{"".join(map(_in_toml, text))}"'


def _in_toml(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    return letter if is_seen(letter) else f"\\U{ord(letter):08x}"

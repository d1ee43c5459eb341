"""Files of others: a bank's, an exchange's or a pool's CSV export, read by a column map into the public form.

What leaves here are lines as `lotwork import` reads them from JSON, so one door checks them all. A row is known again
by its cells, however a spreadsheet spells them, and whatever the map makes of them (`ledger.known_rows`), so that an
export fetched again with more rows adds only those; two rows that say the same in one file stay two. What the map
leaves out is counted and named.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Context, Decimal
from pathlib import Path
from typing import Any, NamedTuple

from lotwork.ingest.sheets.column_map import DECIMALS_OF, NUMBERS, PLACE, ColumnMap, Sign
from lotwork.ingest.sheets.table import MOST_PROBLEMS, SHOWN, Row, read_table, refuse_if_any
from lotwork.ledger.boundary import Opener
from lotwork.ledger.errors import Problem
from lotwork.ledger.public_form.jsonlines import TextLine
from lotwork.ledger.public_form.parse_words import print_instant, zone_named
from lotwork.ledger.txids import txid_key
from lotwork.ledger.units import ZERO, AmountError

MOST_DIGITS = 60
GROUP = 3
REASONS_NAMED = 5
WHERE = ("book", "wallet", "from_wallet", "to_wallet", "asset", "meter", "equipment", "year")
"""Constants that say whose row it is: the same row of two wallets' exports is two events."""

_UNWANTED = {"outflow": "is money received, not spent", "inflow": "is money spent, not received"}
_NUMBER = re.compile(r"([0-9]+)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]{1,2}))?|\.[0-9]+", re.ASCII)
_EXACT = Context(prec=MOST_DIGITS)
_EPOCH = re.compile(r"[0-9]{9,13}(\.[0-9]+)?", re.ASCII)


class CsvEvents(NamedTuple):
    """What a file told: lines in the public form, and why each other row is left out, by reason."""

    lines: tuple[TextLine, ...]
    reasons: Mapping[str, int]
    doubtful: int = 0
    """How many rows the map picks, and their sign then leaves out: a refund among bills, a charge among payouts."""

    @property
    def left_out(self) -> int:
        """How many rows the map leaves out."""
        return sum(self.reasons.values())

    def __str__(self) -> str:
        return left_out_in_words(self.reasons, len(self.lines) + self.left_out)


def left_out_in_words(reasons: Mapping[str, int], rows: int) -> str:
    """Return how many of so many *rows* are left out and why, the commonest reasons first."""
    most = sorted(reasons.items(), key=lambda reason: -reason[1])
    shown = [f"{why} ({count})" for why, count in most[:REASONS_NAMED]]
    rest = sum(count for _, count in most[REASONS_NAMED:])
    told = ", ".join([*shown, f"other reasons ({rest})"] if rest else shown)
    return f"{sum(reasons.values())} of {rows} rows left out: {told}"


class LeftOut(Exception):  # noqa: N818 - not an error: the map says the row does not count
    """The row does not count under this map; the words say why."""

    def __init__(self, why: str, *, doubtful: bool = False) -> None:
        self.why = why
        self.doubtful = doubtful
        super().__init__(why)


def read_csv(path: Path, column_map: ColumnMap, *, opener: Opener | None = None) -> CsvEvents:
    """Return the rows of *path* in the public form of their kind, each with its line.

    *opener* opens it where nobody named it by hand (`ledger.boundary`).

    Raises InputRefusedError with every problem, as `file:line: column: reason: what to do`; then nothing was read.
    """
    problems: list[Problem] = []
    rows = read_table(
        path,
        column_map.needed(),
        problems,
        delimiter=column_map.delimiter,
        encoding=column_map.encoding,
        skip_lines=column_map.skip_lines,
        opener=opener,
    )
    lines: list[TextLine] = []
    reasons: Counter[str] = Counter()
    doubtful = 0
    told: Counter[str] = Counter()
    signs: dict[str, int] = {}
    for row in rows:
        where = f"{path.name}:{row.line}"
        try:
            content = _event(where, row, column_map, problems, signs)
        except LeftOut as left_out:
            reasons[left_out.why] += 1
            doubtful += left_out.doubtful
            continue
        if content is not None:
            lines.append(_line(where, row, content, column_map, told))
        if len(problems) > MOST_PROBLEMS:
            break
    refuse_if_any(path.name, problems)
    return CsvEvents(tuple(lines), reasons, doubtful)


def _line(where: str, row: Row, content: dict[str, Any], column_map: ColumnMap, told: Counter[str]) -> TextLine:
    """Return the line of *row*, with what it is known by."""
    former = _former_id(row, column_map, told)
    content["row"] = _numbered(_digest_of_cells(row, column_map), told)
    if column_map.id is not None:
        content["id"] = PLACE.sub(lambda place: row.cells[place[1]], column_map.id)
    return TextLine(where, content, former)


def _event(
    where: str, row: Row, column_map: ColumnMap, problems: list[Problem], signs: dict[str, int]
) -> dict[str, Any] | None:
    """Return the public form of *row*, or None with its problems appended; raise LeftOut where it does not count."""
    for column in column_map.only:
        if not column_map.words(column).hold(row.cells[column]):
            raise LeftOut(f'{column} is "{row.cells[column][:SHOWN]}"')
    content: dict[str, Any] = {"kind": column_map.kind, "source": "csv", **column_map.constants}
    before = len(problems)
    found = {key: column for key, column in column_map.optional.items() if column in row.cells}
    for key, column in {**found, **column_map.columns}.items():
        cell = row.cells[column]
        try:
            value = _value(key, cell, column_map)
            _check_sign(key, cell, column_map, signs)
        except LeftOut as left_out:
            raise LeftOut(f"{column} {left_out.why}", doubtful=bool(column_map.only)) from None
        except AmountError as broken:
            problems.append(Problem(where, column, broken.reason, broken.remedy))
            continue
        if value is not None:
            content[key] = value
        elif key not in column_map.constants and key != "book" and column_map.key(key).required:
            problems.append(Problem(where, column, "it is empty", f"a {column_map.kind} needs its {key}"))
    problems.extend(
        Problem(where, column, "it is empty", "the map makes the row's id of it: give the id another column")
        for column in PLACE.findall(column_map.id or "")
        if not row.cells[column]
    )
    return content if len(problems) == before else None


def _check_sign(key: str, cell: str, column_map: ColumnMap, signs: dict[str, int]) -> None:
    """Refuse an amount of the other sign than those before it, where the map takes both alike: one is a reversal."""
    if column_map.signs.get(key) != "absolute" or not cell:
        return
    number = parse_number(cell, decimal=column_map.decimal, thousands=column_map.thousands)
    if number and signs.setdefault(key, -1 if number < 0 else 1) * number < 0:
        raise AmountError(
            f"{cell[:SHOWN]!r} has the other sign than the rows before it",
            f'a refund is no bill: say signs.{key} = "outflow" or "inflow" in the map, and record the others by hand',
        )


def _value(key: str, cell: str, column_map: ColumnMap) -> str | None:
    """Return the text of one cell in the public form; None where it is empty."""
    if not cell:
        return None
    words = column_map.values.get(key)
    if words is not None:
        if cell not in words:
            raise AmountError(f"{cell[:SHOWN]!r} is not among the values of the map", f"add it to [values.{key}]")
        return words[cell]
    meaning = "text" if key == "book" else column_map.key(key).meaning
    if meaning in NUMBERS:
        return _amount(key, cell, column_map)
    reader = TIMES_READ.get(meaning)
    return " ".join(cell.split()) if reader is None else reader(_instant(cell, column_map), column_map)


def _amount(key: str, cell: str, column_map: ColumnMap) -> str:
    """Return a number of the export as a plain decimal text, its sign as the map says it is meant."""
    number = parse_number(cell, decimal=column_map.decimal, thousands=column_map.thousands)
    number = number.scaleb(-DECIMALS_OF[column_map.units.get(key, "whole")])
    number = _signed(number, column_map.signs.get(key, "as_is"))
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _signed(number: Decimal, sign: Sign) -> Decimal:
    match sign:
        case "as_is":
            return number
        case "negate":
            return -number if number else number
        case "absolute":
            return abs(number)
        case "outflow" | "inflow":
            wanted = number < 0 if sign == "outflow" else number > 0
            if not wanted:
                raise LeftOut(_UNWANTED[sign] if number else "is 0")
            return abs(number)


def parse_number(text: str, *, decimal: str = ".", thousands: str = "") -> Decimal:
    """Return the number a spreadsheet wrote: "$1,234.50", "(12.00)", "1.234,50-", "1.2E-05"; all of it, exactly."""
    plain = text.strip().replace("\u2212", "-").replace("\u00a0", " ")
    negative = False
    if plain.startswith("(") and plain.endswith(")"):
        negative, plain = True, plain[1:-1].strip()
    if plain.endswith("-"):
        plain = f"-{plain[:-1].strip()}"
    if plain[:1] in ("-", "+"):
        negative, plain = negative != (plain[0] == "-"), plain[1:].strip()
    plain = plain.removeprefix("$").removeprefix("USD").removesuffix("USD").strip()
    if thousands:
        plain = _ungrouped(text, plain, decimal, thousands)
    if decimal == ",":
        if "." in plain:
            raise AmountError(f"{text[:SHOWN]!r} has a point", 'say thousands = "." in the map, or decimal = "."')
        plain = plain.replace(",", ".")
    if _NUMBER.fullmatch(plain) is None or len(plain) > MOST_DIGITS:
        raise AmountError(f"{text[:SHOWN]!r} is not a number", "check decimal and thousands in the map")
    number = Decimal(plain)
    return -number if negative and number else number


def _ungrouped(text: str, plain: str, decimal: str, thousands: str) -> str:
    """Return *plain* without its grouping; a group that is not of three digits, or comes after a 0, is none."""
    whole, point, fraction = plain.partition(decimal)
    first, *groups = whole.split(thousands)
    if any(len(group) != GROUP for group in groups) or (groups and not (1 <= len(first) <= GROUP and first[0] != "0")):
        reason = f"{text[:SHOWN]!r} is not grouped in thousands by {thousands!r}"
        raise AmountError(reason, "check decimal and thousands in the map")
    return "".join((first, *groups)) + point + fraction


def _instant(cell: str, column_map: ColumnMap) -> datetime | date:
    """Return the time a cell tells; a day alone stays a day."""
    if column_map.date_format in ("epoch", "epoch_ms"):
        return _epoch(cell, milliseconds=column_map.date_format == "epoch_ms")
    try:
        if not cell.isascii() and any(letter.isdigit() and not letter.isascii() for letter in cell):
            raise ValueError  # noqa: TRY301 - the reader of dates would take them for digits
        if column_map.date_format != "iso":
            told = datetime.strptime(cell, column_map.date_format)  # noqa: DTZ007 - the zone follows
            has_hour = any(mark in column_map.date_format for mark in ("%H", "%I", "%X", "%c", "%T"))
        else:
            told = datetime.fromisoformat(cell)
            has_hour = len(cell) > len("2026-01-31")
    except (ValueError, re.error):
        asked = "an ISO date" if column_map.date_format == "iso" else column_map.date_format
        raise AmountError(f"{cell[:SHOWN]!r} is not {asked}", "say its date_format in the map") from None
    if not has_hour:
        return told.date()
    return _in_zone(told, cell, column_map)


def _in_zone(told: datetime, cell: str, column_map: ColumnMap) -> datetime:
    """Return *told* in UTC; a time that the clocks skipped or told twice is not guessed."""
    if told.tzinfo is not None:
        return told.astimezone(UTC)
    zone = zone_named(column_map.time_zone)
    first, second = (told.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first != second:
        raise AmountError(
            f"{cell[:SHOWN]!r} is skipped or told twice when the clocks change in {column_map.time_zone}",
            "write it with its offset",
        )
    return first


def _epoch(cell: str, *, milliseconds: bool) -> datetime:
    number = Decimal(cell) if _EPOCH.fullmatch(cell) else ZERO
    seconds = number / 1000 if milliseconds else number
    if not 315_532_800 <= seconds < 4_102_444_800:  # noqa: PLR2004 - 1980 to 2100
        raise AmountError(f"{cell[:SHOWN]!r} is not a count of {'milli' if milliseconds else ''}seconds", "check it")
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=int(seconds * 1_000_000))


def _as_instant(told: datetime | date, column_map: ColumnMap) -> str:
    """Return an instant; a day alone is its noon in the map's zone, the same day in every zone near it."""
    if isinstance(told, datetime):
        return print_instant(told)
    noon = datetime(told.year, told.month, told.day, 12, tzinfo=zone_named(column_map.time_zone))
    return print_instant(noon)


def _as_day(told: datetime | date, column_map: ColumnMap) -> str:
    if isinstance(told, datetime):
        return told.astimezone(zone_named(column_map.time_zone)).date().isoformat()
    return told.isoformat()


def _as_moment(told: datetime | date, _column_map: ColumnMap) -> str:
    return print_instant(told) if isinstance(told, datetime) else told.isoformat()


TIMES_READ: Mapping[str, Callable[[datetime | date, ColumnMap], str]] = {
    "instant": _as_instant,
    "day": _as_day,
    "moment": _as_moment,
}


def _numbered(digest: str, told: Counter[str]) -> str:
    """Return *digest*, and its count where rows of one file say the same."""
    told[digest] += 1
    return digest if told[digest] == 1 else f"{digest}-{told[digest]}"


def _former_id(row: Row, column_map: ColumnMap, told: Counter[str]) -> str:
    """Return the id that release 0.1.0 made of *row*: from its mapped cells, as they are spelled."""
    cells = sorted((column, row.cells[column]) for column in set(column_map.columns.values()))
    return f"csv-{_numbered(_digest([column_map.kind, _whose(column_map), cells]), told)}"


def _digest_of_cells(row: Row, column_map: ColumnMap) -> str:
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
    if _NUMBER.fullmatch(text.lstrip("+-")) is not None and len(text) <= MOST_DIGITS:
        number = Decimal(text)
        return f"{number.normalize(_EXACT):f}" if number else "0"
    if text[:1].isdigit() and text.isascii():
        with suppress(ValueError):
            told = datetime.fromisoformat(text)
            return (told.astimezone(UTC) if told.tzinfo is not None else told).isoformat()
    return txid_key(text)

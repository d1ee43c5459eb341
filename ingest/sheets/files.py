"""Files of others: a bank's, an exchange's or a pool's CSV export, read by a column map into the public form.

What leaves here are lines as `lotwork import` reads them from JSON, so one door checks them all. A row is known again
by its cells, however a spreadsheet spells them, and whatever the map makes of them (`ledger.known_rows`), so that an
export fetched again with more rows adds only those; two rows that say the same in one file stay two. What the map
leaves out is counted and named.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from lotwork.ingest.sheets.apart import told_apart
from lotwork.ingest.sheets.cells import TIMES_READ, parse_number, read_time, refuse_a_third_decimal
from lotwork.ingest.sheets.clocks import clocks_in, day_of_two_years, of_other_years, read_as_utc
from lotwork.ingest.sheets.column_map import DECIMALS_OF, NUMBERS, PLACE, ColumnMap, Sign
from lotwork.ingest.sheets.headings import against_headings
from lotwork.ingest.sheets.repeated import asking
from lotwork.ingest.sheets.row_digest import digest_of_cells, former_id, numbered
from lotwork.ingest.sheets.table import (
    MOST_PROBLEMS,
    SHOWN,
    TOTAL,
    Row,
    Sheet,
    read_table,
    refuse_if_any,
    says_total,
    speaks_of_total,
)
from lotwork.ingest.sheets.undone import did_not_happen, undone
from lotwork.ingest.sheets.unread import Unread, misspelled, unread_in_words, unread_of
from lotwork.ledger.boundary import Opener
from lotwork.ledger.errors import Problem
from lotwork.ledger.public_form.jsonlines import TextLine
from lotwork.ledger.tellers import FROM_A_FILE, mark_of_file
from lotwork.ledger.units import ZERO, AmountError

REASONS_NAMED = 5
AGAIN = "the row stands above, under an earlier header"
MANY_SUMMED = 2
MONEY = frozenset({"usd", "signed usd"})
AMOUNTS = MONEY | {"coins", "coins or zero"}
BILLED = frozenset({"expense", "business_income", "payment", "equipment", "equipment_sale"})
"""What is paid in cents; a trade of coins may come to parts of one."""

_UNWANTED = {"outflow": "is money received, not spent", "inflow": "is money spent, not received"}


class CsvEvents(NamedTuple):
    """What a file told: lines in the public form, and why each other row is left out, by reason."""

    lines: tuple[TextLine, ...]
    reasons: Mapping[str, int]
    doubtful: int = 0
    """How many rows the map picks, and their sign then leaves out: a refund among bills, a charge among payouts."""
    unread: tuple[Unread, ...] = ()
    """The columns that nothing reads."""
    alike: int = 0
    """How many rows say what another row says: each counts, or, where the map names their ids, all of them once."""
    undone: tuple[TextLine, ...] = ()
    """Rows that [only] leaves out by a word that says that they did not happen: what they were recorded as is asked."""

    notes: tuple[str, ...] = ()
    """What else a person should know of how it was read."""

    @property
    def left_out(self) -> int:
        """How many rows the map leaves out."""
        return sum(self.reasons.values())

    def __str__(self) -> str:
        return left_out_in_words(self.reasons, len(self.lines) + self.left_out)

    def in_words(self) -> str:
        """Return what a person should know of the file that no event tells; empty where there is nothing."""
        meant = [each for each in self.unread if each.meant is not None]
        told = [str(self)] if self.left_out else []
        return "; ".join([*told, unread_in_words(meant)] if meant else told)


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


def read_csv(path: Path, column_map: ColumnMap, *, home_zone: str = "", opener: Opener | None = None) -> CsvEvents:
    """Return the rows of *path* in the public form of their kind, each with its line.

    *home_zone* is that of the taxpayer's profile, by which a time is asked that names none; *opener* opens the file
    where nobody named it by hand (`ledger.boundary`).

    Raises InputRefusedError with every problem, as `file:line: column: reason: what to do`; then nothing was read.
    """
    problems: list[Problem] = []
    table = read_table(
        path,
        column_map.needed(),
        problems,
        optional=tuple(column_map.optional.values()),
        delimiter=column_map.delimiter,
        encoding=column_map.encoding,
        skip_lines=column_map.skip_lines,
        opener=opener,
    )
    unread = _unread(path.name, table, column_map, problems)
    reasons = Counter(table.nothing)
    mark = mark_of_file(table.rows[0].cells, table.content) if table.rows else ""
    lines = _Lines(column_map, mark)
    doubtful = 0
    failed: list[TextLine] = []
    counted: list[Row] = []
    signs: dict[str, int] = {}
    silent = [each.column for each in unread]
    notes = [told["note"] for told in (column_map.columns, column_map.optional) if "note" in told]
    for row in table.rows:
        where = f"{path.name}:{row.line}"
        total = any(map(speaks_of_total, row.cells.values()))
        try:
            if total and any(map(says_total, row.cells.values())) and _is_undated(row, column_map):
                raise LeftOut(TOTAL)  # noqa: TRY301 - as what it reads does
            content = _event(where, row, column_map, problems, signs)
            if content is not None:
                lines.add(where, row, content, total=total)
                problems.extend(undone(where, column_map.kind, row, silent, notes))
                counted.append(row)
        except LeftOut as left_out:
            reasons[left_out.why] += 1
            doubtful += left_out.doubtful
            failed += _undone(where, row, column_map)
        if len(problems) > MOST_PROBLEMS:
            break
    if not problems:
        problems.extend(against_headings(path.name, counted, column_map))
        problems.extend(told_apart(path.name, counted, column_map, silent, notes))
    clocks = clocks_in(path.name, counted, column_map)
    problems.extend(of_other_years(clocks, home_zone) if not problems else ())
    refuse_if_any(path.name, problems)
    turn = day_of_two_years(counted, column_map, home_zone)
    said = (*(read_as_utc(shown.text) for shown in clocks[:1]), *filter(None, [turn]))
    return CsvEvents(tuple(lines.told()), reasons, doubtful, unread, lines.alike, tuple(failed), said)


def _undone(where: str, row: Row, column_map: ColumnMap) -> Iterator[TextLine]:
    """Yield *row* where [only] leaves it out by a word that says that it did not happen, and it can be read."""
    held_back = (column for column in column_map.only if not column_map.words(column).hold(row.cells[column]))
    said = next((column for column in held_back if did_not_happen(row.cells[column])), None)
    if said is None:
        return
    content = _event(where, row, replace(column_map, only={}), [], {})
    if content is not None and column_map.id is not None:
        content["id"] = PLACE.sub(lambda place: row.cells[place[1]], column_map.id)
    if content is not None:
        yield TextLine(where, content, undone=f'{said[:SHOWN]} is "{row.cells[said][:SHOWN]}"')


def _unread(name: str, table: Sheet, column_map: ColumnMap, problems: list[Problem]) -> tuple[Unread, ...]:
    """Return the columns that nothing reads; append a problem for each that the map reads in another spelling."""
    optional = tuple(column_map.optional.values())
    read = frozenset((*column_map.needed(), *optional))
    unread: dict[str, Unread] = {}
    for part in {row.part.number: row.part for row in table.rows}.values():
        found = unread_of(part, read, optional)
        problems.extend(misspelled(name, part, found))
        unread |= {each.column: each for each in found}
    return tuple(unread.values())


class _Lines:
    """The lines of one file, as many of them as it tells: what an earlier part of it has told is not told again."""

    def __init__(self, column_map: ColumnMap, mark: str) -> None:
        """Begin without lines; *mark* says which file they stand in."""
        self.column_map = column_map
        self.mark = mark
        self.lines: list[TextLine] = []
        self.alike = 0
        self._amounts = [key for key in (*column_map.columns, *column_map.optional) if self._means(key) in AMOUNTS]
        self._coins = [key for key in column_map.columns if self._means(key) == "coins" and self._is_required(key)]
        self._told: Counter[str] = Counter()
        self._above: set[str] = set()
        self._part = 0
        self._summed = 0
        """How many of the lines the last total has summed up, with those before it."""

    def _means(self, key: str) -> str:
        return "text" if key == "book" else self.column_map.key(key).meaning

    def _is_required(self, key: str) -> bool:
        return self.column_map.key(key).required

    def add(self, where: str, row: Row, content: dict[str, Any], *, total: bool) -> None:
        """Add the line of *row*, with what it is known by.

        Raise LeftOut where it tells nothing, sums up the rows above, or tells again what one of them told: a file with
        a header in its midst was put together of exports, each of which is read as a file of its own.
        """
        nothing = next((key for key in self._coins if not Decimal(content.get(key, "1"))), None)
        if nothing is not None and not any(self._told_amounts(content)):
            raise LeftOut(f"{self.column_map.columns[nothing]} is 0")
        if total and any(self._sums_up(content, self.lines[since:]) for since in {0, self._summed}):
            self._summed = len(self.lines)
            raise LeftOut(TOTAL)
        if row.part.number != self._part:
            self._above.update(line.content["row"] for line in self.lines)
            self._told.clear()
            self._part = row.part.number
        former = former_id(row, self.column_map, self._told)
        said = digest_of_cells(row, self.column_map)
        content["row"] = numbered(said, self._told) + self.mark
        if content["row"] in self._above:
            raise LeftOut(AGAIN)
        if self.column_map.id is not None:
            content["id"] = PLACE.sub(lambda place: row.cells[place[1]], self.column_map.id)
        self.alike += self._told[said] > 1
        self.lines.append(TextLine(where, content, former))

    def _told_amounts(self, content: Mapping[str, Any]) -> Iterator[Decimal]:
        return (Decimal(content.get(key, "0")) for key in self._amounts)

    def _sums_up(self, content: Mapping[str, Any], above: Sequence[TextLine]) -> bool:
        """Say if the amounts of a row are the sums of those *above*: of all of them, or since the last total."""
        sums = [sum(column, ZERO) for column in zip(*(self._told_amounts(line.content) for line in above), strict=True)]
        told = list(self._told_amounts(content))
        return len(above) >= MANY_SUMMED and any(told) and sums == told

    def told(self) -> Iterator[TextLine]:
        """Yield the lines, each that may be a row told twice with the row it may repeat."""
        yield from asking(self.lines) if self.alike and self.column_map.id is None else self.lines


def _event(
    where: str, row: Row, column_map: ColumnMap, problems: list[Problem], signs: dict[str, int]
) -> dict[str, Any] | None:
    """Return the public form of *row*, or None with its problems appended; raise LeftOut where it does not count."""
    for column in column_map.only:
        if not column_map.words(column).hold(row.cells[column]):
            raise LeftOut(f'{column} is "{row.cells[column][:SHOWN]}"')
    content: dict[str, Any] = {"kind": column_map.kind, "source": FROM_A_FILE, **column_map.constants}
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
    if len(problems) > before:
        return None
    return content


def _is_undated(row: Row, column_map: ColumnMap) -> bool:
    """Say if *row* tells no time of an event."""
    at = column_map.columns.get("at")
    if at is None:
        return False
    try:
        read_time(row.cells[at], column_map)
    except AmountError:
        return True
    return False


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
        if meaning in MONEY and column_map.kind in BILLED:
            refuse_a_third_decimal(cell, column_map)
        return _amount(key, cell, column_map)
    reader = TIMES_READ.get(meaning)
    return " ".join(cell.split()) if reader is None else reader(read_time(cell, column_map), column_map)


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

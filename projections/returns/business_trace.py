"""Which events stand on each line of the business's forms, so that any line answers for itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from lotwork.ledger.events import BUSINESS
from lotwork.projections.costs.expense_row import ExpenseRow
from lotwork.projections.costs.rig_years import EquipmentRow
from lotwork.projections.equipment import EquipmentBook
from lotwork.projections.filer.origins import Place
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.business_years import GROSS
from lotwork.projections.returns.deductions import AMORTIZATION, START_UP, START_UP_LINE, Spending
from lotwork.projections.waiting_list import passing
from lotwork.rules.us.asset import SECTION_179_CLASSES
from lotwork.rules.us.form_4562 import FORM as FORM_4562
from lotwork.rules.us.form_4562 import SOFTWARE, line_19
from lotwork.rules.us.home_office import FORM as FORM_8829
from lotwork.rules.us.schedule_c import FORM as SCHEDULE_C
from lotwork.rules.us.schedule_c import PART_V, home_line, other_expenses_line

SIMPLIFIED = "Simplified Method Worksheet line 2"
ITEMIZED = {"16": "10", "17": "11"}


class Behind(Mapping[str, tuple[str, ...]]):
    """The events that stand directly on a line, by the line's reference; found when they are first asked for.

    Most returns are computed for a sum, and nobody asks.
    """

    def __init__(self, find: Callable[[], Mapping[str, tuple[str, ...]]]) -> None:
        self._find = cache(find)

    def __getitem__(self, ref: str) -> tuple[str, ...]:
        return self._find()[ref]

    def __iter__(self) -> Iterator[str]:
        return iter(self._find())

    def __len__(self) -> int:
        return len(self._find())


def behind(
    book: Book, year: int, spending: Spending, equipment: EquipmentBook, *, gross: bool
) -> dict[str, tuple[str, ...]]:
    """Return the events that stand directly on a line, by the line's reference; *gross*: pool fees are on line 10."""
    told: defaultdict[str, list[str]] = defaultdict(list)
    told[f"{SCHEDULE_C} line 1"] += receipts_of(book, year)
    for each in book.income.earned_in(year, BUSINESS, book.taxpayer.whole.get(year)):
        told[f"{SCHEDULE_C} line {1 if each.category in GROSS else 6}"].append(each.event)
    if gross:
        told[f"{SCHEDULE_C} line 10"] += _with_pool_fee(book, year)
    for ref, event in (*_spent(spending, year), *_rigs(equipment, spending, year), *_home(book, year)):
        told[ref].append(event)
    if spending.startup is not None:
        for ref in ("Start-up costs line 1", f"{FORM_4562} line 42", f"{FORM_4562} line 43"):
            told[ref] += spending.start_up_events
        for item in (START_UP, AMORTIZATION):
            told[f"{PART_V} line {item}"] += spending.start_up_events
    return {ref: tuple(dict.fromkeys(events)) for ref, events in told.items() if events}


def receipts_of(book: Book, year: int, place: Place = BUSINESS) -> tuple[str, ...]:
    """Return the receipts of *year* in one *place*: of the business, of the hobby, or of neither; none in doubt."""
    return book.income.received(year, book.taxpayer.whole.get(year)).get(place, ())


def _spent(spending: Spending, year: int) -> Iterable[tuple[str, str]]:
    other = other_expenses_line(year)
    for row in spending.expenses.rows:
        if row.line == START_UP_LINE:
            continue
        refs = [f"{PART_V} line {row.category}" if row.line == other else f"{SCHEDULE_C} line {row.line}"]
        for ref in (*refs, *_on_form_8829(row)):
            yield ref, row.expense
            if row.share_from is not None:
                yield ref, row.share_from


def _on_form_8829(row: ExpenseRow) -> tuple[str, ...]:
    """Return the lines of Form 8829 a cost of the home may stand on: one for who itemizes, one for who does not."""
    about = home_line(row.category)
    if about is None:
        return ()
    number, direct = about
    column = "a" if direct else "b"
    return tuple(f"{FORM_8829} line {each}({column})" for each in (number, *filter(None, [ITEMIZED.get(number)])))


def _rigs(equipment: EquipmentBook, spending: Spending, year: int) -> Iterable[tuple[str, str]]:
    for row in equipment.rows:
        yield f"{SCHEDULE_C} line 13", row.told
        yield f"{FORM_4562} line 22", row.told
        for number in _lines_of(row, year):
            yield f"{FORM_4562} line {number}", row.told
    for item in (each for each in equipment.small_items_sold if each not in spending.never_served):
        yield f"{SCHEDULE_C} line 6", item.told if item.sold is None else item.sold.id
    for rig in equipment.given_back:
        yield "Form 4797 line 33", rig


def _lines_of(row: EquipmentRow, year: int) -> Iterable[str]:
    new = row.placed_in_service.year == year
    if new and row.recovery_class in SECTION_179_CLASSES:
        yield "2"
    if new and row.section_179_usd_micros + row.waiting_usd_micros:
        yield f"6: {row.id}"
    elif row.section_179_usd_micros + row.waiting_usd_micros:
        yield "10"
    if row.bonus_usd_micros:
        yield "14"
    if row.recovery_class == SOFTWARE:
        yield "16"
    elif not new:
        yield "17"
    else:
        yield line_19(row.recovery_class, year)


def _home(book: Book, year: int) -> Iterable[tuple[str, str]]:
    for event in book.expenses.home_offices:
        if event.year == year:
            yield f"{SCHEDULE_C} line 30", event.id
            yield SIMPLIFIED, event.id
            for number in ("1", "2", "39", "41"):
                yield f"{FORM_8829} line {number}", event.id
        elif event.year < year:
            for number in ("25", "31"):
                yield f"{FORM_8829} line {number}", event.id


def _with_pool_fee(book: Book, year: int) -> Iterable[str]:
    whole = book.taxpayer.whole.get(year)
    rows = (row for row in passing(book.income.rows) if row.date.year == year and row.doubt is None)
    placed = (row for row in rows if row.origin.place(whole) == BUSINESS)
    return (row.receipt for row in placed if row.pool_fee_quantity or (row.gross_quantity or 0) > row.quantity)

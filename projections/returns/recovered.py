"""What came back of a bill of an earlier year, and what of it lowered no tax then: so much is no income.

Law: gross income does not include what is recovered of an amount deducted in an earlier year "to the extent such amount
did not reduce the amount of tax imposed by this chapter" (26 U.S.C. 111(a)). An increase of a carryover that has not
expired counts as reducing it (111(c)). The chapter is that of the income tax; self-employment tax stands in another.
Whether a fact outside the book moved that year's tax a person knows: the figure is a question, and `not_income_usd` of
the refund answers it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, Decimal
from typing import Literal, NamedTuple, TypeAlias

from lotwork.ledger.units import CENT, MICRO, ZERO, usd_decimal
from lotwork.projections.costs.expense_row import ExpenseRow
from lotwork.projections.costs.refunds import RECOVERED
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import AMOUNT, correct_command
from lotwork.projections.returns.business import Business
from lotwork.projections.returns.carried import NOTHING, Carried, carried_forward
from lotwork.projections.returns.carryovers import carried_into, computed_year
from lotwork.projections.returns.case import YearInputs
from lotwork.projections.returns.couple import Couple
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.home_office import NOTHING_CARRIED
from lotwork.rules.us.individual import Return, compute, credits_of

Net: TypeAlias = Literal["schedule_c_net", "spouse_schedule_c_net"]
NOT_INCOME = "not_income_usd"
_IDLE = (
    "{event} brought back {back} that was deducted in {year}, and {idle} of it lowered no income tax of that year, as "
    "this book knows it, and no loss was carried on for it: so much is no income (26 U.S.C. 111(a), (c)), and it "
    "counts as income until you answer: if that is so, say so: `{so}`; if all of it lowered a tax, say that: `{not_so}`"
)
_UNKNOWN = (
    "{event} brought back {back} that was deducted in {year}, whose law is not known here: what of it lowered no "
    "income tax of that year is no income (26 U.S.C. 111(a)); say how much, 0 where all of it did: `{so}`"
)


class _Earlier(NamedTuple):
    """The return of a bill's year, and whether a limit of it would have let more be deducted in the bill's place."""

    computed: Return
    limited: bool


def recovered(couple: Couple, told: YearInputs) -> Iterator[Finding]:
    """Yield the question of each refund of an earlier year's bill that nobody said of what of it lowered no tax."""
    businesses: tuple[tuple[Net, Business | None], ...] = (
        ("schedule_c_net", told.business),
        ("spouse_schedule_c_net", told.spouse_business),
    )
    for net, business in businesses:
        for year, rows in _by_year(business).items():
            if any(row.not_income_usd_micros is None for row in rows):
                yield from _asked(couple, (net, year, told.year), rows)


def _by_year(business: Business | None) -> dict[int, list[ExpenseRow]]:
    """Return what came back of bills that were deducted, by the year of the bill."""
    found: defaultdict[int, list[ExpenseRow]] = defaultdict(list)
    for row in () if business is None or business.is_hobby else business.expenses.rows:
        if row.line == RECOVERED and row.bill_of is not None and row.came_back_usd_micros:
            found[row.bill_of.year].append(row)
    return found


def _asked(couple: Couple, when: tuple[Net, int, int], rows: Sequence[ExpenseRow]) -> Iterator[Finding]:
    net, year, now = when
    book = couple.book.history.book
    try:
        earlier = _earlier(couple, net, year)
    except UnknownFigureError:
        for row in rows:
            if row.not_income_usd_micros is None:
                so = correct_command(book, row.expense, {NOT_INCOME: AMOUNT}, "26 U.S.C. 111(a)")
                words = _UNKNOWN.format(event=row.expense, back=to_cents(_back(row)), year=year, so=so)
                yield Finding("refund_benefit_unknown", words, row.expense)
        return
    before = sum((_back(row) for row in _rows_between(couple, net, year, now)), ZERO)
    whole = before + sum(map(_back, rows), ZERO)
    left = max(ZERO, _idle(earlier, whole, net, couple.law) - before)
    for row in rows:
        idle = min(left, _back(row))
        left -= idle
        if row.not_income_usd_micros is None and idle >= CENT:
            so, not_so = (
                correct_command(book, row.expense, {NOT_INCOME: f"{amount:f}"}, "26 U.S.C. 111(a)")
                for amount in (idle.quantize(MICRO, ROUND_DOWN).normalize(), ZERO)
            )
            words = _IDLE.format(
                event=row.expense, back=to_cents(_back(row)), year=year, idle=to_cents(idle), so=so, not_so=not_so
            )
            yield Finding("refund_lowered_no_tax", words, row.expense)


def _back(row: ExpenseRow) -> Decimal:
    return usd_decimal(row.came_back_usd_micros)


def _rows_between(couple: Couple, net: Net, year: int, now: int) -> Iterator[ExpenseRow]:
    """Yield what came back of the bills of *year* in the years before *now*."""
    for between in range(year + 1, now):
        own, other = couple.businesses(between, [])
        yield from _by_year(own if net == "schedule_c_net" else other).get(year, ())


def _earlier(couple: Couple, net: Net, year: int) -> _Earlier:
    into = carried_into(couple.book, couple.law, year, couple)
    told, computed = computed_year(couple, year, into.carried)
    business = told.business if net == "schedule_c_net" else told.spouse_business
    if business is None:
        return _Earlier(computed, limited=True)
    more = business.equipment.section_179_carryforward_usd_micros or business.home_carryover != NOTHING_CARRIED
    return _Earlier(computed, limited=bool(more))


def _idle(earlier: _Earlier, amount: Decimal, net: Net, law: Law) -> Decimal:
    """Return what of an *amount* deducted lowered no income tax and raised no carryover, to the cent, rounded down.

    A limit of section 179 or of the home that held then would have let as much more be deducted, and carried less.
    """
    filer = earlier.computed.filer
    as_filed = _tells(earlier.computed)

    def same(less: Decimal) -> bool:
        changed = replace(filer, **{net: getattr(filer, net) + less})
        return _tells(compute(changed, law)) == as_filed

    return ZERO if earlier.limited else _most(same, amount)


def _most(holds: Callable[[Decimal], bool], amount: Decimal) -> Decimal:
    """Return the most up to *amount* of which *holds* is true, in whole cents unless it is all."""
    if holds(amount):
        return amount
    low, high = 0, int(amount / CENT)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle * CENT) else (low, middle - 1)
    return low * CENT


def _tells(computed: Return) -> tuple[Decimal, Carried]:
    """Return the income tax less the credits against it, and what the year leaves to the next."""
    credits_ = credits_of(computed.filer)
    tax = max(ZERO, computed.income_taxes - credits_.nonrefundable - credits_.untold)
    return tax, carried_forward(NOTHING, computed, computed.filer.year)

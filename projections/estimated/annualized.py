"""What each period of the year brought, on an annual basis: the columns of Schedule AI from a book.

A column's return is made of the book folded to the period's end, and of the taxpayer's facts for the period. What
flows in (coins, expenses, gains, wages, interest) is multiplied by the period's factor; what stands for the year (a
carryover, the basis of rigs, the age) is taken once. Depreciation is a deduction of the year, not of the day a rig was
switched on: a column has the whole year's depreciation of the rigs that served by its end, as it is known on that day.
That is the proportionate share of the period, annualized, as Treas. Reg. 1.6655-2(f)(3)(iv) words it for corporations;
so nothing that comes later changes what a period asked for. Business use of the home and start-up costs are taken whole
too. The limit of capital losses is that of the year: losses of a period are annualized first, and cut to 3,000 then.
Credits are counted as far as the period brought them, and not annualized.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from lotwork.ledger.units import ONE_DAY, ZERO, usd_decimal
from lotwork.projections.estimated.period_facts import even_share, facts_of
from lotwork.projections.findings import Finding
from lotwork.projections.law_in_force import folded_law
from lotwork.projections.liability import Liability, liability
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.parts import part_of
from lotwork.projections.replay.resuming import folded_beside
from lotwork.projections.returns.business import Business
from lotwork.projections.returns.business_years import BusinessYears
from lotwork.projections.returns.couple import couple_of
from lotwork.projections.returns.deductions import AMORTIZATION, START_UP
from lotwork.rules.line import Line
from lotwork.rules.load import Law
from lotwork.rules.us.estimated import Installment, dated
from lotwork.rules.us.estimated_annualized import (
    AnnualInstallment,
    Column,
    Period,
    annual_installments,
    column,
    periods,
)
from lotwork.rules.us.form_1040 import Credits
from lotwork.rules.us.individual import Filer, credits_of
from lotwork.rules.us.schedule_c import FORM as SCHEDULE_C
from lotwork.rules.us.schedule_c import PART_V

DECEMBER = 12
KEPT = frozenset(
    {
        "year", "status", "ubia", "spouse_ubia", "amt_depreciation",
        "short_term_carryover", "long_term_carryover", "qbi_loss_carryover", "nol_carryover",
        "excess_loss_carryover", "amt_nol_carryover", "section_1231_losses", "retirement_plan", "age",
        "spouse_retirement_plan", "spouse_age", "aged", "blind", "must_itemize",
        "material_participation", "shareholder",
    }
)  # fmt: skip
"""What of a filer is the same in each column."""
SETTLED = frozenset(
    {
        "credits", "nonrefundable_credits", "refundable_credits", "withholding", "estimated_payments",
        "extension_payment",
    }
)  # fmt: skip
"""What settles the tax and is no part of an annualized return: credits stand on line 18."""


DEPRECIATION = f"{SCHEDULE_C} line 13"
HOME = f"{SCHEDULE_C} line 30"
ONCE = (DEPRECIATION, HOME, f"{PART_V} line {START_UP}", f"{PART_V} line {AMORTIZATION}")
"""Deductions of the year and not of a day: depreciation, the home, start-up costs and their amortization."""


class Annualized(msgspec.Struct, frozen=True):
    """Schedule AI of a year: its columns, the installments they come to, and what had to be assumed."""

    columns: tuple[Column, ...]
    annual: tuple[AnnualInstallment, ...]
    installments: tuple[Installment, ...]
    by_table: tuple[Installment, ...]
    """The same as the return that will be filed figures its tax; once the year is over they are the installments."""
    findings: tuple[Finding, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line, a column after the other."""
        return tuple(
            line
            for each, made in zip(self.columns, self.annual, strict=True)
            for line in sorted((*each.lines, *made.lines), key=_number)
        )

    def enough_by(self, place: int) -> Decimal:
        """Return what is enough in all by an installment, counted from 0, by the exact tax and by the Table alike."""
        return max(
            sum((each.required for each in told[: place + 1]), ZERO) for told in (self.installments, self.by_table)
        )

    def is_complete(self, place: int, as_of: date) -> bool:
        """Say if the period of an installment, counted from 0, was over on *as_of*: then nothing changes it."""
        return self.columns[place].period.end <= as_of


def _number(line: Line) -> int:
    return int(line.line.rstrip("abcd"))


def annualized(book: Book, law: Law, owed: Liability, regular: Line | None, *, is_over: bool) -> Annualized:
    """Return Schedule AI of the year of *owed*; *regular* is the required annual payment, None while it is not known.

    A period that is not over counts with what it brought so far. Of a year that *is_over* line 14 is figured as the
    return that is filed is, by the Tax Table below 100,000; before, exactly.
    """
    shared: dict[str, None] = {}
    told = tuple(_filers(book, law, owed, shared))
    columns, annual, installments = _figured(told, regular, law, tax_table=is_over)
    by_table = installments if is_over else _figured(told, regular, law, tax_table=True)[-1]
    findings = (even_share(owed.year, tuple(shared)),) if shared else ()
    return Annualized(columns, annual, installments, by_table, findings)


def _figured(
    told: Sequence[tuple[Period, Filer, Credits]], regular: Line | None, law: Law, *, tax_table: bool
) -> tuple[tuple[Column, ...], tuple[AnnualInstallment, ...], tuple[Installment, ...]]:
    columns = tuple(column(*each, law, tax_table=tax_table) for each in told)
    annual = annual_installments(columns, regular)
    return columns, annual, dated([each.required.amount for each in annual], law, columns[0].period.end.year)


def _filers(book: Book, law: Law, owed: Liability, shared: dict[str, None]) -> Iterator[tuple[Period, Filer, Credits]]:
    """Yield each period with its annualized filer and its credits."""
    book = _folded_so(book, law, owed.year)
    for period in periods(law, owed.year):
        if period.end.month == DECEMBER:
            whole = owed.computed.filer
            profits = whole.schedule_c_net, whole.spouse_schedule_c_net
            yield period, _annual(owed, period, profits), credits_of(whole)
            continue
        part = _part(book, law, owed.year, period)
        facts = facts_of(book, owed.year, period, shared)
        taxpayer = msgspec.structs.replace(part.taxpayer, year_facts={**part.taxpayer.year_facts, owed.year: [facts]})
        part = msgspec.structs.replace(part, taxpayer=taxpayer)
        brought = liability(part, law, owed.year, traced=False)
        profits = _annual_profits(part, law, brought, owed, period)
        yield period, _annual(brought, period, profits), credits_of(brought.computed.filer)


def _folded_so(book: Book, law: Law, year: int) -> Book:
    """Return *book* where it keeps the rows of *year* and was folded under *law*, else one that does."""
    if year in book.gains.years and book.gains.law.digest == folded_law(law).digest:
        return book
    latest = book.latest
    until = None if latest is None else book.history.calendar.day(latest)
    return folded_beside(book, (year,), law, until=until)


def _part(book: Book, law: Law, year: int, period: Period) -> Book:
    """Return *book* to the end of *period*: cut out of the whole, or folded where a later day may mend its rows."""
    end = _end_of_what_is_known(book, period)
    part = part_of(book, book.history.calendar.midnight(end + ONE_DAY))
    return part or folded_beside(book, (year,), law, until=end)


def _annual_profits(
    part: Book, law: Law, brought: Liability, owed: Liability, period: Period
) -> tuple[Decimal, Decimal]:
    """Return what the business of each spouse comes to in a year at the rate of *period*; nothing for a hobby."""
    if all(each.is_hobby for each in brought.businesses):
        return ZERO, ZERO
    couple = couple_of(part, law)
    first = couple.alone if brought.spouse_business is None else couple.first
    profit, others = _annual_profit(first, brought.business, owed.business, period), ZERO
    if couple.second is not None and brought.spouse_business is not None:
        others = _annual_profit(couple.second, brought.spouse_business, owed.spouse_business, period)
    return profit, others


def _end_of_what_is_known(book: Book, period: Period) -> date:
    """Return the period's end, or the last day *book* was folded to where it ends before."""
    if book.latest is None:
        return period.end
    return min(period.end, book.history.calendar.day(book.latest))


def _annual(brought: Liability, period: Period, profits: tuple[Decimal, Decimal]) -> Filer:
    """Return the annualized filer of *period* from what it *brought*, with the annual *profits* of each business."""
    filer = brought.computed.filer
    changed: dict[str, Any] = {}
    for each in fields(filer):
        if each.name in SETTLED:
            changed[each.name] = ZERO
        elif each.name not in KEPT:
            changed[each.name] = _times(getattr(filer, each.name), period.factor)
    own, spouses = profits
    return replace(filer, **changed | {"schedule_c_net": own, "spouse_schedule_c_net": spouses})


def _annual_profit(years: BusinessYears, brought: Business, owed: Business | None, period: Period) -> Decimal:
    """Return Schedule C's profit annualized: what flows times the factor, less the deductions of the year.

    A home that was recorded after the period counts with the year's deduction; a hobby has no Schedule C.
    """
    if brought.is_hobby:
        return ZERO
    flow = brought.net + sum((_of_line(brought, ref) for ref in ONCE), ZERO)
    once = sum((_of_line(brought, ref) for ref in ONCE if ref != DEPRECIATION), ZERO)
    home = _of_line(brought, HOME) or (ZERO if owed is None else _of_line(owed, HOME))
    once += home - _of_line(brought, HOME)
    return flow * period.factor - once - _depreciation(years, period)


def _depreciation(years: BusinessYears, period: Period) -> Decimal:
    """Return the year's depreciation of the rigs that serve by the period's end, as it is known then.

    The income that limits section 179 is annualized too (26 U.S.C. 179(b)(3)).
    """
    year, book = period.end.year, years.book
    bare = usd_decimal(years.bare(year).depreciation_usd_micros)

    def income(asked: int) -> Decimal | None:
        before = years.income_before_179(asked)
        return before if asked != year or before is None else (before + bare) * period.factor - bare

    equipment = book.equipment.result(year, years.law, income, book.taxpayer.activities)
    later = sum(row.depreciation_usd_micros for row in equipment.rows if row.placed_in_service > period.end)
    return usd_decimal(equipment.depreciation_usd_micros - later)


def _of_line(business: Business, ref: str) -> Decimal:
    return sum((each.amount for each in business.lines if each.ref == ref), ZERO)


def _times(value: Any, factor: Decimal) -> Any:
    """Return *value* annualized: an amount, or the amounts in rows."""
    if isinstance(value, Decimal):
        return value * factor
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{each.name: _times(getattr(value, each.name), factor) for each in fields(value)})
    if isinstance(value, tuple):
        parts = [_times(each, factor) for each in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value

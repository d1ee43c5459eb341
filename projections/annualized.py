"""What each period of the year brought, on an annual basis: the columns of Schedule AI from a book.

A column's return is made of the book folded to the period's end, and of the taxpayer's facts for the period. What
flows in (coins, expenses, gains, wages, interest) is multiplied by the period's factor; what stands for the year (a
carryover, the basis of rigs, the age) is taken once. Depreciation is a deduction of the year, not of the day a rig was
switched on: a column has the whole year's depreciation of the rigs that served by its end, which is the proportionate
share of the period annualized, as Treas. Reg. 1.6655-2(f)(3)(iv) words it for corporations. Business use of the home
and start-up costs are taken whole too. The limit of capital losses is that of the year: losses of a period are
annualized first, and cut to 3,000 then.

Facts outside the ledger come from `year_facts` with `through`; what stands between two such days, or is only told for
the whole year, is shared evenly over the months, with a finding. Credits are counted as far as the period brought them,
and not annualized.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec

from ledger.events import YearFacts
from ledger.units import divide, usd_decimal
from projections.book import Book
from projections.business import SCHEDULE_C
from projections.deductions import AMORTIZATION, START_UP
from projections.findings import Finding
from projections.liability import Liability, liability
from rules.line import Line
from rules.load import Law
from rules.us.estimated import Installment, dated
from rules.us.estimated_annualized import AnnualInstallment, Column, Period, annual_installments, column, periods
from rules.us.individual import Filer
from rules.us.schedule_c import PART_V

ZERO = Decimal(0)
MONTHS = 12
PARTS_OF_A_MONTH = 10_000
STANDING = frozenset(
    {
        "short_term_carryover_usd_micros", "long_term_carryover_usd_micros", "prior_year_tax_usd_micros",
        "prior_year_agi_usd_micros", "ubia_usd_micros", "section_179_carryforward_usd_micros",
        "qbi_loss_carryforward_usd_micros", "nol_carryforward_usd_micros", "section_1231_losses_usd_micros",
    }
)  # fmt: skip
"""Amounts of the year's facts that no month brings: each column has them whole."""
KEPT = frozenset(
    {
        "year", "status", "ubia", "amt_depreciation", "short_term_carryover", "long_term_carryover", "qbi_loss_carryover",
        "nol_carryover", "excess_loss_carryover", "amt_nol_carryover", "section_1231_losses", "retirement_plan", "age",
        "aged", "blind", "material_participation",
    }
)  # fmt: skip
"""What of a filer is the same in each column."""
SETTLED = frozenset({"credits", "withholding", "estimated_payments", "extension_payment"})
"""What settles the tax and is no part of an annualized return: credits stand on line 18."""


ONCE = (
    f"{SCHEDULE_C} line 13",
    f"{SCHEDULE_C} line 30",
    f"{PART_V} line {START_UP}",
    f"{PART_V} line {AMORTIZATION}",
)
"""Deductions of the year and not of a day: depreciation, the home, start-up costs and their amortization."""


class Told(NamedTuple):
    """A cumulative amount: from January 1 to so many parts of a month, micro-dollars."""

    at: int
    amount: int


@dataclass(frozen=True, slots=True)
class Annualized:
    """Schedule AI of a year: its columns, the installments they come to, and what had to be assumed."""

    columns: tuple[Column, ...]
    annual: tuple[AnnualInstallment, ...]
    installments: tuple[Installment, ...]
    findings: tuple[Finding, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line, a column after the other."""
        return tuple(
            line
            for each, made in zip(self.columns, self.annual, strict=True)
            for line in sorted((*each.lines, *made.lines), key=_number)
        )

    def is_complete(self, place: int, as_of: date) -> bool:
        """Say if the period of an installment, counted from 0, was over on *as_of*: then nothing changes it."""
        return self.columns[place].period.end <= as_of


def _number(line: Line) -> int:
    return int(line.line.rstrip("abcd"))


def annualized(book: Book, law: Law, owed: Liability, regular: Line | None) -> Annualized:
    """Return Schedule AI of the year of *owed*; *regular* is the required annual payment, None while it is not known.

    A period that is not over counts with what it brought so far.
    """
    shared: dict[str, None] = {}
    columns = tuple(_column(book, law, owed, period, shared) for period in periods(law, owed.year))
    annual = annual_installments(columns, regular)
    findings = (_even_share(owed.year, tuple(shared)),) if shared else ()
    return Annualized(columns, annual, dated([each.required.amount for each in annual], law, owed.year), findings)


def _column(book: Book, law: Law, owed: Liability, period: Period, shared: dict[str, None]) -> Column:
    if period.end.month == MONTHS:
        return column(period, annual_filer(owed, owed, period), owed.credits, law)
    part = Book.begin(book.history, (owed.year,)).fold(until=_end_of_what_is_known(book, period))
    facts = facts_of(book, owed.year, period, shared)
    part.taxpayer = replace(part.taxpayer, year_facts={**part.taxpayer.year_facts, owed.year: [facts]})
    brought = liability(part, law, owed.year)
    return column(period, annual_filer(brought, owed, period), brought.credits, law)


def _end_of_what_is_known(book: Book, period: Period) -> date:
    """Return the period's end, or the last day *book* was folded to where it ends before."""
    if book.latest is None:
        return period.end
    return min(period.end, book.history.calendar.day(book.latest))


def annual_filer(brought: Liability, owed: Liability, period: Period) -> Filer:
    """Return the annualized filer of *period* from what it *brought* and the rigs of the year of *owed*."""
    filer = brought.computed.filer
    changed: dict[str, Any] = {}
    for each in fields(filer):
        value = getattr(filer, each.name)
        if each.name in SETTLED:
            changed[each.name] = ZERO
        elif each.name not in KEPT:
            changed[each.name] = _times(value, period.factor)
    if brought.business.depreciation or brought.business.deducted or filer.schedule_c_net:
        changed["schedule_c_net"] = _annual_profit(brought, owed, period)
    return replace(filer, **changed)


def _annual_profit(brought: Liability, owed: Liability, period: Period) -> Decimal:
    """Return Schedule C's profit annualized: what flows times the factor, less the deductions of the year."""
    flow = brought.computed.filer.schedule_c_net + sum((_of_line(brought, ref) for ref in ONCE), ZERO)
    later = sum(
        row.depreciation_usd_micros for row in owed.business.equipment.rows if row.placed_in_service > period.end
    )
    once = sum((_of_line(owed, ref) for ref in ONCE), ZERO) - usd_decimal(later)
    return flow * period.factor - once


def _of_line(owed: Liability, ref: str) -> Decimal:
    return sum((each.amount for each in owed.business.lines if each.ref == ref), ZERO)


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


def facts_of(book: Book, year: int, period: Period, shared: dict[str, None]) -> YearFacts:
    """Return the facts of *period*: as told through its end, else their even share, named in *shared*."""
    whole, through = book.taxpayer.facts(year), book.taxpayer.facts_through(year)
    told: dict[str, Any] = {}
    for name in msgspec.structs.asdict(whole):
        if not name.endswith("_usd_micros") or name in STANDING:
            continue
        known = [Told(0, 0)]
        known += [
            Told(_parts(day), amount) for day, each in through.items() if (amount := getattr(each, name)) is not None
        ]
        amount = getattr(whole, name)
        if amount is not None and known[-1].at < MONTHS * PARTS_OF_A_MONTH:
            known.append(Told(MONTHS * PARTS_OF_A_MONTH, amount))
        end = period.months * PARTS_OF_A_MONTH
        if len(known) > 1:
            told[name] = _cumulative(known, end)
            if told[name] and all(each.at != end for each in known) and known[-1].at > end:
                shared[name.removesuffix("_usd_micros")] = None
    return msgspec.structs.replace(whole, **told)


def _parts(day: date) -> int:
    """Return how far *day* is in its year, in parts of a month; a month's last day completes it."""
    following = date(day.year + day.month // MONTHS, day.month % MONTHS + 1, 1)
    days = (following - day.replace(day=1)).days
    return (day.month - 1) * PARTS_OF_A_MONTH + day.day * PARTS_OF_A_MONTH // days


def _cumulative(known: list[Told], end: int) -> int:
    """Return the amount at *end*, evenly between the two days around it; past the last one, that one's."""
    for before, after in pairwise(known):
        if before.at <= end <= after.at:
            return before.amount + divide((after.amount - before.amount) * (end - before.at), after.at - before.at)
    return known[-1].amount


def _even_share(year: int, names: tuple[str, ...]) -> Finding:
    return Finding(
        "annualized_share_assumed",
        f"an even share of the year's amounts was taken for each period of {year}: {', '.join(names)}: to follow them "
        f"as they came, record `year_facts` for {year} with `through` {year}-03-31, {year}-05-31 and {year}-08-31",
    )

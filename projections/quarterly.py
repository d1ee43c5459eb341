"""Estimated payments: what each quarter requires, what was paid, what is short, and what to do next.

Law: 26 U.S.C. 6654. The required annual payment is the lesser of 90 percent of the year's tax and 100 percent of the
prior year's, 110 after a year of high income; a quarter of it is due each time, on the next business day where the
day is none (7503), or what the annualized income asks for. Of a year that is not over the tax is that of the events
so far; of a year whose law is not out only the prior year's measure is known, and it is enough. The annualized method
is reckoned beside the regular one, and the one that costs less is used. An overpayment of the year before that was
applied to this one is an `estimated` payment of April 15; what goes with an extension counts on the day it was paid.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from lotwork.ledger.units import CENT, ZERO
from lotwork.projections.estimated.annualized import Annualized, annualized
from lotwork.projections.estimated.measures import NOT_KNOWN, NOTHING_REQUIRED, as_returned, method_of, year_tax
from lotwork.projections.estimated.next_payment import NextPayment, SetAside, Step, next_payment, set_aside, steps
from lotwork.projections.estimated.open_year import OpenYear, YearAsked
from lotwork.projections.estimated.paid import filed_in_january, paid_by
from lotwork.projections.estimated.prior_year import PriorYear, filed_otherwise, prior_year, told_of
from lotwork.projections.findings import Finding
from lotwork.projections.liability import Liability
from lotwork.projections.questions.add_command import findings_in
from lotwork.projections.replay.book import Book
from lotwork.rules.line import Line
from lotwork.rules.load import Law
from lotwork.rules.us.estimated import (
    INSTALLMENTS,
    Installment,
    RequiredPayment,
    installments,
    required_payment,
)
from lotwork.rules.us.estimated_penalty import Charge, Paid, Penalty, applied, penalty, section_a
from lotwork.rules.us.underpayment_rate import as_far_as_known, rate_unknown

ANNUALIZED = "annualized"
By: TypeAlias = Literal["cheaper", "cheaper_if_behind", "regular", "annualized"]
"""By which method the installments are reckoned: the one that costs less, or one of the two whatever it costs. Who asks
at every turn asks for the annualized one, which folds the book for each period, only where the regular one costs."""


class Quarter(NamedTuple):
    """One installment: dollars required, paid towards it, and short."""

    quarter: int
    statutory: date
    due: date
    required: Decimal | None
    """None where neither measure is known."""
    method: str
    paid: Decimal
    shortfall: Decimal | None
    set_aside: SetAside | None

    @property
    def short(self) -> Decimal:
        """What is certainly short; less than a cent is nothing."""
        return self.shortfall if self.shortfall is not None and self.shortfall >= CENT else ZERO


class Late(NamedTuple):
    """The penalty, and the day it runs through: the year's last where the next year's rate is not known yet."""

    penalty: Penalty
    through: date


class Comparison(NamedTuple):
    """Schedule AI beside the regular method: whether it is used, and the penalty under each."""

    schedule: Annualized
    applies: bool
    regular_penalty: Decimal
    annualized_penalty: Decimal


class Boxes(NamedTuple):
    """Part II of Form 2210, as far as the ledger can tell; A and B ask for a waiver, which only a person can."""

    annualized: bool
    """C: the annualized method lowers the penalty."""
    actual_dates: bool
    """D: withholding counts on the days it was withheld."""
    joint_changed: bool
    """E: one of the two returns is joint, the other not, and the prior year asks for less."""


class Quarterly(msgspec.Struct, frozen=True):
    """The estimated payments of a year as of a day."""

    year: int
    as_of: date
    required: RequiredPayment
    prior: PriorYear
    method: str
    quarters: tuple[Quarter, ...]
    penalty: Decimal
    penalty_through: date
    charges: tuple[Charge, ...]
    boxes: Boxes
    part_iii: tuple[Line, ...]
    set_aside: SetAside | None
    """What is owed on the year so far and not yet paid; None where its tax is not known."""
    next_payment: NextPayment | None
    schedule: tuple[Step, ...]
    comparison: Comparison | None
    findings: tuple[Finding, ...]

    @property
    def may_rise(self) -> bool:
        """Whether more income before the year ends would ask for more: the tax so far decides, not last year's."""
        return self.as_of.year <= self.year and not self.required.asks_for_prior_year

    @property
    def overdue(self) -> Decimal:
        """What is short of the installments whose day is past."""
        return sum((each.short for each in self.quarters if each.due < self.as_of), ZERO)

    @property
    def overdue_since(self) -> date | None:
        """The due day of the oldest installment that is short; None where none is overdue."""
        return next((each.due for each in self.quarters if each.short and each.due < self.as_of), None)

    @property
    def safe_payment(self) -> Decimal | None:
        """What paid each time is enough whatever else is earned: a quarter of the prior-year measure, where known."""
        prior = self.required.prior_year
        return None if prior is None else prior.amount / len(self.quarters)


def quarterly(book: Book, law: Law, owed: YearAsked, as_of: date, by: By = "cheaper") -> Quarterly:
    """Return the estimated payments of the year of *owed*, counting what was paid up to *as_of*.

    The annualized method folds the book once for each period. *by* "regular" does without; "annualized" uses Schedule
    AI though it costs more. Of a year whose law is not known only the prior year's measure counts. Once the year is
    over its tax is that "shown on the return" (26 U.S.C. 6654(d)(1)(B)(i), (f)), by the Tax Table where a return is
    filed by it; before, it is exact, and what is told to be enough is enough by the Table too.
    """
    owed = as_returned(owed, law) if as_of.year > owed.year else owed
    prior = prior_year(book, law, owed)
    required = required_payment(year_tax(owed, prior), law)
    method = method_of(required)
    asked = ZERO if required.required is None or method == NOTHING_REQUIRED else required.required.amount
    account = _Account(book, law, owed, as_of, required, prior, paid_by(book, owed, as_of))
    due = installments(asked, law, owed.year)
    late = account.late(due)
    compared = None
    if not isinstance(owed, OpenYear) and account.is_compared(due, late, by):
        compared = account.compare(owed, due, late, by)
    if compared is not None and compared.applies:
        due, method = compared.schedule.installments, ANNUALIZED
        late = account.late(due)
    return account.told(due, method, late, compared)


class _Account(msgspec.Struct, frozen=True):
    """A year's required payment beside what was paid, as of a day."""

    book: Book
    law: Law
    owed: YearAsked
    as_of: date
    required: RequiredPayment
    prior: PriorYear
    paid: tuple[Paid, ...]

    @property
    def is_over(self) -> bool:
        return self.as_of.year > self.owed.year

    def late(self, due: tuple[Installment, ...]) -> Late:
        """Return the penalty on *due*: none where none can arise."""
        through = min(self.as_of, date(self.owed.year + 1, 4, 15))
        freed = filed_in_january(self.book, self.owed, self.as_of)
        return Late(
            *as_far_as_known(
                lambda day: penalty(due, self.paid, day, self.law, filed_in_january=freed), due[0].statutory, through
            )
        )

    def is_compared(self, due: tuple[Installment, ...], regular: Late, by: By) -> bool:
        """Say if Schedule AI is reckoned beside the *regular* method."""
        behind = self.required.penalty_possible and any(self._behind(due, regular))
        return by in ("cheaper", ANNUALIZED) or (by == "cheaper_if_behind" and behind)

    def compare(self, owed: Liability, due: tuple[Installment, ...], regular: Late, by: By) -> Comparison:
        """Return Schedule AI beside the *regular* method, whose installments are *due*.

        While the year runs its own tax is not known: then only the prior year's measure caps an installment, and a
        schedule for which the wages of a period had to be assumed is told and not used, unless it is asked for.
        """
        cap = self.required.required if self.is_over else self.required.prior_year
        schedule = annualized(self.book, self.law, owed, cap, is_over=self.is_over)
        late = self.late(schedule.installments)
        possible = self.required.penalty_possible
        costs = [each.penalty.total.amount if possible else ZERO for each in (regular, late)]
        sound = self.is_over or not schedule.findings
        cheaper = possible and sound and self._behind(schedule.installments, late) < self._behind(due, regular)
        forced = by == ANNUALIZED and (possible or not self.is_over)
        applies = self.prior.tax != 0 and (forced or cheaper)
        return Comparison(schedule, applies, *costs)

    def _behind(self, due: tuple[Installment, ...], late: Late) -> tuple[Decimal, Decimal]:
        """Return what *due* costs by now, and where that is nothing or not known, what of it is overdue."""
        covered = self._covered(due)
        overdue = (each.required - paid for each, paid in zip(due, covered, strict=True) if each.due < self.as_of)
        return late.penalty.total.amount, sum(overdue, ZERO)

    def told(self, due: tuple[Installment, ...], method: str, late: Late, compared: Comparison | None) -> Quarterly:
        covered = self._covered(due)
        quarters = tuple(self._quarter(each, amount, method) for each, amount in zip(due, covered, strict=True))
        short = [quarter.short for quarter in quarters]
        left = steps(due, short, self.paid, lambda place: self._enough_by(place, due, compared), self.as_of)
        if method == NOT_KNOWN:
            left, following = (), None
        else:
            following = next_payment(self.book, self.law, due, short, self.paid, left, self.as_of)
        possible = self.required.penalty_possible
        return Quarterly(
            year=self.owed.year,
            as_of=self.as_of,
            required=self.required,
            prior=self.prior,
            method=method,
            quarters=quarters,
            penalty=late.penalty.total.amount if possible else ZERO,
            penalty_through=late.through,
            charges=late.penalty.charges if possible else (),
            boxes=self._boxes(compared),
            part_iii=() if method == NOT_KNOWN else section_a(due, self.paid, _origin(method)),
            set_aside=self._set_aside(),
            next_payment=following,
            schedule=left,
            comparison=compared,
            findings=self._findings(method, late, compared),
        )

    def _covered(self, due: tuple[Installment, ...]) -> list[Decimal]:
        covered = [ZERO] * len(due)
        for part in applied(due, self.paid, self.as_of):
            covered[part.place] += part.amount
        return covered

    def _set_aside(self) -> SetAside | None:
        """Return what the year so far owes and nobody has paid; None where its tax is not known."""
        if isinstance(self.owed, OpenYear):
            return None
        made = (each.amount for each in paid_by(self.book, self.owed, self.as_of, withheld=False))
        return set_aside(self.book, max(ZERO, self.owed.tax - self.owed.withheld - sum(made, ZERO)))

    def _quarter(self, each: Installment, paid: Decimal, method: str) -> Quarter:
        if method == NOT_KNOWN:
            return Quarter(each.quarter, each.statutory, each.due, None, method, paid, None, None)
        short = each.required - paid
        aside = set_aside(self.book, short)
        return Quarter(each.quarter, each.statutory, each.due, each.required, method, paid, short, aside)

    def _enough_by(self, place: int, due: tuple[Installment, ...], compared: Comparison | None) -> Decimal | None:
        """Return what is enough in all by an installment, whatever the rest of the year brings."""
        if self.prior.tax == 0:
            return ZERO
        if self.is_over:
            return sum((each.required for each in due[: place + 1]), ZERO)
        prior = self._by_prior_year(place)
        if compared is not None and prior is not None and compared.schedule.findings and not compared.applies:
            return prior
        return min((each for each in (prior, self._by_schedule(place, compared)) if each is not None), default=None)

    def _by_prior_year(self, place: int) -> Decimal | None:
        prior = self.required.prior_year
        return None if prior is None else prior.amount * (place + 1) / INSTALLMENTS

    def _by_schedule(self, place: int, compared: Comparison | None) -> Decimal | None:
        """Return what Schedule AI asks for in all by an installment whose period is over."""
        if compared is None or not compared.schedule.is_complete(place, self.as_of):
            return None
        return compared.schedule.enough_by(place)

    def _rests_on(self, compared: Comparison) -> bool:
        """Say if a figure told rests on Schedule AI: the installments, or what is enough by a day to come.

        What had to be assumed for it is told then, and where the prior year says what is enough it is left out.
        """
        if compared.applies or self.is_over or self.required.prior_year is not None:
            return compared.applies
        return any(
            each.due >= self.as_of and compared.schedule.is_complete(place, self.as_of)
            for place, each in enumerate(compared.schedule.installments)
        )

    def _boxes(self, compared: Comparison | None) -> Boxes:
        prior = self.required.prior_year
        ninety = self.required.ninety_percent
        less = prior is not None and ninety is not None and prior.amount < ninety.amount
        return Boxes(
            annualized=self.is_over and compared is not None and compared.applies,
            actual_dates=self.owed.year in self.book.taxpayer.actual_dates,
            joint_changed=self.prior.joint_changed and less,
        )

    def _findings(self, method: str, late: Late, compared: Comparison | None) -> tuple[Finding, ...]:
        findings = () if method == NOTHING_REQUIRED else told_of(self.prior, self.owed.year)
        if self.prior.source == "year_facts":
            findings += filed_otherwise(self.book, self.owed.year)
        if isinstance(self.owed, OpenYear):
            findings = (self.owed.told(prior_known=self.prior.tax is not None), *findings)
        if late.through < min(self.as_of, date(self.owed.year + 1, 4, 15)):
            findings += (_unknown_rate(late.through),)
        if compared is not None and self._rests_on(compared):
            findings += compared.schedule.findings
        return tuple(findings_in(self.book.history.book, findings))


def _origin(method: str) -> str:
    """Return the line that the installments come from."""
    return "Form 2210 Schedule AI line 27" if method == ANNUALIZED else "Form 2210 line 9"


def _unknown_rate(until: date) -> Finding:
    return Finding(
        "underpayment_rate_unknown",
        rate_unknown(until, "the penalty"),
    )

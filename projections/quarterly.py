"""Estimated payments: what each quarter requires, what was paid, what is short, and what to do next.

Law: 26 U.S.C. 6654. The required annual payment is the lesser of 90 percent of the year's tax and 100 percent of the
prior year's, 110 after a year of high income; a quarter of it is due each time, on the next business day where the
day is none (7503), or what the annualized income asks for. Of a year that is not over the tax is that of the events
so far. An overpayment of the year before that was applied to this one is an `estimated` payment of April 15; what goes
with an extension counts on the day it was paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from lotwork.ledger.units import ZERO
from lotwork.projections.estimated.annualized import Annualized, annualized
from lotwork.projections.estimated.next_payment import NextPayment, SetAside, Step, next_payment, set_aside, steps
from lotwork.projections.estimated.paid import filed_in_january, paid_by
from lotwork.projections.estimated.prior_year import PriorYear, prior_year, told_of
from lotwork.projections.findings import Finding
from lotwork.projections.liability import Liability
from lotwork.projections.replay.book import Book
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.line import Line
from lotwork.rules.load import Law
from lotwork.rules.us.estimated import Installment, RequiredPayment, YearTax, installments, required_payment
from lotwork.rules.us.estimated_penalty import Charge, Paid, Penalty, applied, penalty, section_a

NOTHING_REQUIRED = "none"
ANNUALIZED = "annualized"


class Quarter(NamedTuple):
    """One installment: dollars required, paid towards it, and short."""

    quarter: int
    statutory: date
    due: date
    required: Decimal
    method: str
    paid: Decimal
    shortfall: Decimal
    set_aside: SetAside


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


@dataclass(frozen=True, slots=True)
class Quarterly:
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
    set_aside: SetAside
    """What is owed on the year so far and not yet paid."""
    next_payment: NextPayment | None
    schedule: tuple[Step, ...]
    comparison: Comparison | None
    findings: tuple[Finding, ...]

    @property
    def may_rise(self) -> bool:
        """Whether more income before the year ends would ask for more: the tax so far decides, not last year's."""
        prior = self.required.prior_year
        capped = prior is not None and self.required.required.amount == prior.amount
        return self.as_of.year <= self.year and not capped

    @property
    def safe_payment(self) -> Decimal | None:
        """What paid each time is enough whatever else is earned: a quarter of the prior-year measure, where known."""
        prior = self.required.prior_year
        return None if prior is None else prior.amount / len(self.quarters)


def quarterly(book: Book, law: Law, owed: Liability, as_of: date, *, annualize: bool = False) -> Quarterly:
    """Return the estimated payments of the year of *owed*, counting what was paid up to *as_of*.

    *annualize* computes Schedule AI too, which folds the book once for each period; it is used where it lowers the
    penalty, and while the year runs, where nothing else can be known to be enough.
    """
    prior = prior_year(book, law, owed)
    required = required_payment(_year_tax(owed, prior), law)
    method = _method(required)
    regular = installments(required.required.amount if method != NOTHING_REQUIRED else ZERO, law, owed.year)
    paid = paid_by(book, owed, as_of)
    account = _Account(book, law, owed, as_of, required, prior, paid)
    late = account.late(regular)
    compared = account.compare(late) if annualize else None
    due = regular
    if compared is not None and compared.applies:
        due, method = compared.schedule.installments, ANNUALIZED
        late = account.late(due)
    return account.told(due, method, late, compared)


def _year_tax(owed: Liability, prior: PriorYear) -> YearTax:
    summary = owed.computed.summary
    income_tax = summary["income_tax"] + summary["amt"]
    others = summary["se_tax"] + summary["niit"] + summary["additional_medicare"]
    taken = min(owed.credits, income_tax)
    return YearTax(
        year=owed.year,
        status=owed.profile.filing_status,
        tax=owed.tax,
        income_tax=income_tax - taken,
        other_taxes=others,
        credits=min(owed.credits - taken, others),
        withholding=owed.withheld,
        prior_tax=prior.tax,
        prior_agi=prior.agi,
    )


def _method(required: RequiredPayment) -> str:
    """Name the rule that decides: current_year_90, prior_year_100, prior_year_110, or none where nothing is due."""
    if not required.penalty_possible and not required.why.startswith("withholding"):
        return NOTHING_REQUIRED
    if required.method == "prior year" and required.prior_year is not None:
        return "prior_year_110" if required.prior_year.label.startswith("110") else "prior_year_100"
    return "current_year_90"


@dataclass(frozen=True, slots=True)
class _Account:
    """A year's required payment beside what was paid, as of a day."""

    book: Book
    law: Law
    owed: Liability
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
        try:
            return Late(penalty(due, self.paid, through, self.law, filed_in_january=freed), through)
        except UnknownFigureError:
            last = date(self.owed.year, 12, 31)
            if through <= last:
                raise
            return Late(penalty(due, self.paid, last, self.law, filed_in_january=freed), last)

    def compare(self, regular: Late) -> Comparison:
        """Return Schedule AI beside the *regular* method.

        While the year runs its own tax is not known: then only the prior year's measure caps an installment.
        """
        cap = self.required.required if self.is_over else self.required.prior_year
        schedule = annualized(self.book, self.law, self.owed, cap)
        late = self.late(schedule.installments)
        possible = self.required.penalty_possible
        costs = [each.penalty.total.amount if possible else ZERO for each in (regular, late)]
        applies = costs[1] < costs[0] if self.is_over else self.prior.tax != 0
        return Comparison(schedule, applies, *costs)

    def told(self, due: tuple[Installment, ...], method: str, late: Late, compared: Comparison | None) -> Quarterly:
        covered = self._covered(due)
        quarters = tuple(self._quarter(each, amount, method) for each, amount in zip(due, covered, strict=True))
        short = [quarter.shortfall for quarter in quarters]
        left = steps(due, short, self.paid, lambda place: self._enough_by(place, due, compared), self.as_of)
        possible = self.required.penalty_possible
        made = self.owed.withheld + sum(
            (each.amount for each in paid_by(self.book, self.owed, self.as_of, withheld=False)), ZERO
        )
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
            part_iii=section_a(
                due, self.paid, "Form 2210 line 9" if method != ANNUALIZED else "Form 2210 Schedule AI line 27"
            ),
            set_aside=set_aside(self.book, max(ZERO, self.owed.tax - made)),
            next_payment=next_payment(self.book, self.law, due, short, self.paid, left, self.as_of),
            schedule=left,
            comparison=compared,
            findings=self._findings(method, late, compared),
        )

    def _covered(self, due: tuple[Installment, ...]) -> list[Decimal]:
        covered = [ZERO] * len(due)
        for part in applied(due, self.paid, self.as_of):
            covered[part.place] += part.amount
        return covered

    def _quarter(self, each: Installment, paid: Decimal, method: str) -> Quarter:
        short = each.required - paid
        aside = set_aside(self.book, short)
        return Quarter(each.quarter, each.statutory, each.due, each.required, method, paid, short, aside)

    def _enough_by(self, place: int, due: tuple[Installment, ...], compared: Comparison | None) -> Decimal | None:
        """Return what is enough in all by an installment, whatever the rest of the year brings."""
        if self.prior.tax == 0:
            return ZERO
        if self.is_over:
            return sum((each.required for each in due[: place + 1]), ZERO)
        known = []
        if self.required.prior_year is not None:
            known.append(self.required.prior_year.amount * (place + 1) / len(due))
        if compared is not None and compared.schedule.is_complete(place, self.as_of):
            asked = compared.schedule.installments[: place + 1]
            known.append(sum((each.required for each in asked), ZERO))
        return min(known, default=None)

    def _boxes(self, compared: Comparison | None) -> Boxes:
        prior = self.required.prior_year
        less = prior is not None and prior.amount < self.required.ninety_percent.amount
        return Boxes(
            annualized=self.is_over and compared is not None and compared.applies,
            actual_dates=self.owed.year in self.book.taxpayer.actual_dates,
            joint_changed=self.prior.joint_changed and less,
        )

    def _findings(self, method: str, late: Late, compared: Comparison | None) -> tuple[Finding, ...]:
        findings = () if method == NOTHING_REQUIRED else told_of(self.prior, self.owed.year)
        if late.through < min(self.as_of, date(self.owed.year + 1, 4, 15)):
            findings += (_unknown_rate(late.through),)
        return (*findings, *(compared.schedule.findings if compared is not None else ()))


def _unknown_rate(until: date) -> Finding:
    return Finding(
        "underpayment_rate_unknown",
        f"the rate of interest on underpayments after {until} is not in the law data, so the penalty runs through that "
        "day only: record a `rule` for us/estimated/underpayment_rate, or upgrade Lotwork",
    )

"""Estimated payments of the state as of a day: what each of its days asks for, what was paid, and what is short.

Law: each state's own, in its table: the parts of the year and their days, the part of this year's tax and of the last
year's that is enough, and up to which tax nothing is asked. Of a year that is not over the tax is that of the events so
far; of a year whose law is not out the last year's measure alone is known. A payment goes to the oldest installment
first, and what is withheld counts on the state's days. What a state charges for what is paid late stands in no table:
it is not reckoned, and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import accumulate
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from lotwork.ledger.events import State
from lotwork.ledger.public_form.states import STATES
from lotwork.ledger.units import CENT, ZERO, usd_decimal
from lotwork.projections.estimated.measures import NOT_KNOWN, NOTHING_REQUIRED
from lotwork.projections.estimated.next_payment import Step, steps
from lotwork.projections.estimated.open_year import OpenYear, YearAsked
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import findings_in
from lotwork.projections.replay.book import Book
from lotwork.projections.states.case import facts_of, of_payments
from lotwork.projections.states.liability import StateLiability, state_liability
from lotwork.projections.states.payment_findings import of_figures, of_late, of_measures
from lotwork.projections.states.prior_year import StatePriorYear, prior_year
from lotwork.projections.states.residence import Residence, of_residence, residence_in
from lotwork.rules.errors import StateNotCoveredError, UnknownFigureError
from lotwork.rules.load import Law
from lotwork.rules.us.estimated import Installment
from lotwork.rules.us.estimated_penalty import Applied, Paid, applied
from lotwork.rules.us.states.estimated import (
    NO_PRIOR_FROM,
    PRIOR_FRACTION,
    StateRequired,
    StateYearTax,
    installments,
    is_barred,
    required_payment,
    statutory_days,
    withheld_on,
)
from lotwork.rules.us.states.table import StateTable
from lotwork.rules.us.states.years import why

Method: TypeAlias = Literal["current_year", "prior_year", "none", "unknown"]
NOTHING_KNOWN = StateRequired(lines=(), required=None, penalty_possible=False, why="", method=NOTHING_REQUIRED)


class StateInstallment(NamedTuple):
    """One payment to the state: dollars required, and paid towards it."""

    quarter: int
    statutory: date
    due: date
    required: Decimal
    paid: Decimal

    @property
    def short(self) -> Decimal:
        """What is short; less than a cent is nothing."""
        left = self.required - self.paid
        return left if left >= CENT else ZERO


class StateQuarterly(msgspec.Struct, frozen=True):
    """The estimated payments to the state of a year as of a day; with the method "unknown" none can be told."""

    residence: Residence
    as_of: date
    method: Method
    required: StateRequired
    form: str
    """Of the state's underpayment; empty where it asks for no payments, or nothing is known."""
    tax: Decimal | None
    """That of the year so far; None where it is not known."""
    withholding: Decimal
    paid: Decimal
    """Paid towards the year up to the day, without what is withheld."""
    prior: StatePriorYear
    installments: tuple[StateInstallment, ...]
    schedule: tuple[Step, ...]
    """The payments that are left; the first catches up on what is overdue."""
    unverified: tuple[str, ...]
    """Paths of the figures that nobody looked up, or that are not enacted."""
    barred: bool
    """Whether the last year's tax, though told, does not count at so high an income."""
    findings: tuple[Finding, ...]

    @property
    def year(self) -> int:
        """The tax year."""
        return self.residence.year

    @property
    def state(self) -> State:
        """Where the taxpayer lived at its end."""
        return _state(self.residence)

    @property
    def name(self) -> str:
        """The name of the state."""
        return STATES[self.state]

    @property
    def next(self) -> Step | None:
        """The payment that is next; None where no installment is to come."""
        return self.schedule[0] if self.schedule else None

    @property
    def overdue(self) -> Decimal:
        """What is short of the installments whose day is past."""
        return sum((each.short for each in self.installments if each.due < self.as_of), ZERO)

    @property
    def overdue_since(self) -> date | None:
        """The due day of the oldest installment that is short; None where none is overdue."""
        return next((each.due for each in self.installments if each.short and each.due < self.as_of), None)

    @property
    def set_aside(self) -> Decimal | None:
        """What the year so far owes to the state and nobody has paid; None where its tax is not known."""
        return None if self.tax is None else max(ZERO, self.tax - self.withholding - self.paid)


def state_quarterly(
    book: Book, law: Law, owed: YearAsked, as_of: date, told: StateLiability | None = None
) -> StateQuarterly | None:
    """Return the payments to the state of the year of *owed*; None where no profile names one.

    *told* is the state's tax of the year, where who asks has it. Figures that are announced or projected count, and are
    named.
    """
    residence = residence_in(book.taxpayer, owed.year)
    if residence.state is None:
        return None
    if isinstance(owed, OpenYear):
        told = None
        findings = [*of_residence(book.taxpayer, residence, law.as_told()), *of_payments(book, residence)]
    else:
        told = state_liability(book, law, owed, traced=False) if told is None else told
        findings = list(told.findings)
    account = _Account(book, law.as_told(), owed, as_of, residence, told)
    if not residence.moved and (told is None or told.computed is not None):
        try:
            return account.told(findings)
        except StateNotCoveredError as lacks:
            findings.append(Finding("state_not_covered", f"{lacks}", residence.state))
        except UnknownFigureError as unknown:
            state = residence.state
            because = why(law, state, owed.year, unknown)
            message = f"the estimated payments to {STATES[state]} of {owed.year} are not reckoned: {because}"
            findings.append(Finding("state_year_unknown", message, residence.state))
    return account.unknown(findings)


def _state(residence: Residence) -> State:
    assert residence.state is not None  # noqa: S101 - whoever asks has looked
    return residence.state


class _Account(msgspec.Struct, frozen=True):
    """A year's payments to its state, as of a day."""

    book: Book
    law: Law
    owed: YearAsked
    as_of: date
    residence: Residence
    liability: StateLiability | None
    """None while the law of the year is not out."""

    @property
    def is_over(self) -> bool:
        return self.as_of.year > self.owed.year

    @property
    def state(self) -> State:
        return _state(self.residence)

    def unknown(self, findings: Sequence[Finding]) -> StateQuarterly:
        """Return that nothing can be told, and why."""
        return StateQuarterly(
            residence=self.residence, as_of=self.as_of, method="unknown", required=NOTHING_KNOWN, form="", tax=None,
            withholding=ZERO, paid=ZERO, prior=StatePriorYear(None, None, "none"), installments=(), schedule=(),
            unverified=(), barred=False, findings=self._told(findings),
        )  # fmt: skip

    def told(self, findings: Sequence[Finding]) -> StateQuarterly:
        """Return the payments. Raises UnknownFigureError, StateNotCoveredError where the table does not tell them."""
        table = StateTable(self.law, self.state, self.owed.year)
        withheld = facts_of(self.book, self.residence, self.state).withholding
        prior = prior_year(self.book, self.law, self.owed, self.state)
        case = self._case(withheld, prior)
        required = required_payment(case, self.law)
        method = _method(required)
        asked = ZERO if required.required is None or method == NOTHING_REQUIRED else required.required.amount
        due = () if method == NOT_KNOWN else installments(asked, self.law, self.state, self.owed.year)
        made = tuple(self._made())
        paid = (*made, *withheld_on(withheld, self.law, self.state, self.owed.year))
        parts = tuple(applied(due, paid, self.as_of))
        told = _beside(due, parts)
        form = table.text("estimated_form")
        late = sum((part.amount for part in parts if part.on > due[part.place].due), ZERO)
        overdue = sum((each.short for each in told if each.due < self.as_of), ZERO)
        barred = bool(due) and prior.tax is not None and is_barred(case, table)
        enough = self._enough(case, required, table)
        unverified = tuple(dict.fromkeys((*required.unverified, *_days_unverified(table, due))))
        return StateQuarterly(
            residence=self.residence,
            as_of=self.as_of,
            method=method,
            required=required,
            form=form,
            tax=case.tax,
            withholding=withheld,
            paid=sum((each.amount for each in made), ZERO),
            prior=prior,
            installments=told,
            schedule=steps(
                due,
                [each.short for each in told],
                paid,
                lambda place: None if enough is None else enough[place],
                self.as_of,
            ),
            unverified=unverified,
            barred=barred,
            findings=self._told(
                (
                    *findings,
                    *of_measures(self.owed, self.state, method, prior, counts=not barred and table.has(PRIOR_FRACTION)),
                    *of_figures(self.owed.year, self.state, unverified),
                    *(of_late(self.owed.year, self.state, form, late + overdue) if required.penalty_possible else ()),
                )
            ),
        )

    def _case(self, withheld: Decimal, prior: StatePriorYear) -> StateYearTax:
        computed = None if self.liability is None else self.liability.computed
        return StateYearTax(
            state=self.state,
            year=self.owed.year,
            status=self.owed.profile.filing_status,
            tax=None if computed is None else computed.tax_after_credits,
            withholding=withheld,
            prior_tax=prior.tax,
            prior_agi=prior.agi,
            agi=None if computed is None else computed.income,
        )

    def _made(self) -> Iterator[Paid]:
        """Yield what was paid towards the year up to the day, without what was withheld."""
        day_of = self.book.history.calendar.day
        for payment in self.book.taxpayer.payments_for(self.owed.year, self.state):
            if payment.type != "withholding" and (day := day_of(payment.at)) <= self.as_of:
                yield Paid(day, usd_decimal(payment.amount_usd_micros))

    def _enough(self, case: StateYearTax, required: StateRequired, table: StateTable) -> tuple[Decimal, ...] | None:
        """Return what is enough in all by each installment, whatever the rest of the year brings; None: nobody knows.

        Of a year that goes on it is the last year's measure, where no income to come can take it away.
        """
        if required.required is None:
            return None
        amount = required.required.amount
        if not self.is_over:
            if case.prior_tax is None or table.has(NO_PRIOR_FROM):
                return None
            alone = required_payment(_without_this_year(case), self.law).required
            if alone is None:
                return None
            amount = alone.amount
        parts = installments(amount, self.law, self.state, self.owed.year)
        return tuple(accumulate(each.required for each in parts))

    def _told(self, findings: Sequence[Finding]) -> tuple[Finding, ...]:
        return tuple(dict.fromkeys(findings_in(self.book.history.book, findings)))


def _method(required: StateRequired) -> Method:
    if not required.penalty_possible and not required.why.startswith("withholding"):
        return "none"
    if required.required is None:
        return "unknown"
    return "prior_year" if required.method == "prior year" else "current_year"


def _without_this_year(case: StateYearTax) -> StateYearTax:
    """Return *case* measured by the year before alone."""
    return StateYearTax(
        state=case.state, year=case.year, status=case.status, tax=None, withholding=case.withholding,
        prior_tax=case.prior_tax, prior_agi=case.prior_agi, agi=case.agi,
    )  # fmt: skip


def _beside(due: Sequence[Installment], parts: Sequence[Applied]) -> tuple[StateInstallment, ...]:
    """Return each installment with what was paid towards it."""
    covered = [ZERO] * len(due)
    for part in parts:
        covered[part.place] += part.amount
    return tuple(
        StateInstallment(each.quarter, each.statutory, each.due, each.required, paid)
        for each, paid in zip(due, covered, strict=True)
    )


def _days_unverified(table: StateTable, due: Sequence[Installment]) -> tuple[str, ...]:
    """Return the days among the figures that nobody looked up."""
    if due:
        statutory_days(table)
    return table.unverified

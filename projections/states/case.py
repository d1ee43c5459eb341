"""What a person tells for the state alone: the year's facts and payments, held against each other."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from lotwork.ledger.events import State
from lotwork.ledger.units import ZERO, usd_decimal
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.case import paid
from lotwork.projections.returns.facts_told import withheld_twice
from lotwork.projections.states.residence import Residence
from lotwork.rules.line import to_cents
from lotwork.rules.us.states.case import StateFacts


def facts_of(book: Book, residence: Residence, state: State) -> StateFacts:
    """Return the facts of the return of *state*, who was the taxpayer's all year."""
    year = residence.year
    facts = book.taxpayer.state_facts(year)
    income = _usd(facts.other_state_income_usd_micros)
    itemized, prior_tax, prior_agi = (
        None if micros is None else usd_decimal(micros)
        for micros in (
            facts.state_itemized_deductions_usd_micros,
            facts.state_prior_year_tax_usd_micros,
            facts.state_prior_year_agi_usd_micros,
        )
    )
    return StateFacts(
        dependents=facts.dependents or 0,
        itemized_deductions=itemized,
        additions=_usd(facts.state_additions_usd_micros),
        subtractions=_usd(facts.state_subtractions_usd_micros),
        nonrefundable_credits=_usd(facts.state_nonrefundable_credits_usd_micros),
        refundable_credits=_usd(facts.state_refundable_credits_usd_micros),
        other_state_tax=_usd(facts.other_state_tax_usd_micros) if income else ZERO,
        other_state_income=income,
        withholding=_usd(facts.state_withholding_usd_micros) + paid(book, year, "withholding", state),
        estimated_payments=paid(book, year, "estimated", state),
        extension_payment=paid(book, year, "extension", state),
        prior_year_tax=prior_tax,
        prior_year_agi=prior_agi,
        locality=residence.locality,
    )


def of_facts(book: Book, residence: Residence) -> Iterator[Finding]:
    """Yield what contradicts itself in what is told for the state of *residence*."""
    year, state = residence.year, residence.state
    facts = book.taxpayer.state_facts(year)
    if facts.other_state_tax_usd_micros and not facts.other_state_income_usd_micros:
        yield Finding(
            "other_state_income_untold",
            f"year_facts of {year} tell {to_cents(usd_decimal(facts.other_state_tax_usd_micros))} of tax paid to "
            "another state, and not on which income: no credit is reckoned for it; record other_state_income_usd",
        )
    if state is not None:
        yield from withheld_twice(book, year, state)


def of_payments(book: Book, residence: Residence) -> Iterator[Finding]:
    """Yield each payment to a state that is not the taxpayer's in the year it is for: it is in no figure."""
    whose = "no profile names a state" if residence.state is None else f"your state in it is {residence.state}"
    for payment in book.taxpayer.payments:
        if payment.year == residence.year and payment.state is not None and payment.state not in residence.states:
            yield Finding(
                "state_payment_elsewhere",
                f"{payment.id} is tax of {payment.year} paid to {payment.state}, and {whose}: it is in no figure; "
                "correct its `state` or `year`, or record a `profile` with the state",
                payment.id,
            )


def _usd(micros: int | None) -> Decimal:
    return usd_decimal(micros or 0)

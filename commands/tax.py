"""What is owed: a year's liability form line by form line, and its estimated payments."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

import click

from lotwork.commands.answer import Call, answer, called
from lotwork.commands.as_of_options import AsOfOptions, reading
from lotwork.commands.asked_year import Year, asked_year
from lotwork.commands.countries import AskedAbroad, abroad, answer_abroad
from lotwork.commands.tables import Wide, heading, show_rows
from lotwork.commands.telling import tell
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import UsageError
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.units import ZERO, AssetTable
from lotwork.projections.as_of import Folded
from lotwork.projections.filing.recorded import years_recorded
from lotwork.projections.quarterly import By, Quarterly
from lotwork.projections.questions.add_command import in_book
from lotwork.reports.answers import answer_liability, answer_quarterly, answer_state
from lotwork.reports.estimated import INSTALLMENTS, QuarterlyListing
from lotwork.reports.estimated_words import (
    balance_in_words,
    coins_in_words,
    methods_in_words,
    next_in_words,
    overdue_in_words,
    penalty_in_words,
    rise_in_words,
)
from lotwork.reports.form_2210 import PERIODS
from lotwork.reports.lines import NOTHING, dollars
from lotwork.reports.rows import fields_of
from lotwork.reports.traced import LINES
from lotwork.rules.us.form_1040 import FORM, SCHEDULE_3

if TYPE_CHECKING:
    from lotwork.projections.states.estimated import StateQuarterly
    from lotwork.projections.states.liability import StateLiability
    from lotwork.reports.tax import LiabilityListing

PAID_BEFORE = ((FORM, "25a"), (FORM, "26"), (SCHEDULE_3, "10"))
"""The lines of what was paid before the return; a payment of the balance stands on none."""


@click.command("liability")
@Year
@click.option("--tax-table", is_flag=True, help="As a filed return: by the IRS Tax Table, with lines 36 to 38.")
@click.option("--state-only", is_flag=True, help="The return of the state alone, without the federal lines.")
@Wide
@called
@reading
@abroad
def liability_command(
    call: Call, *, year: int | None, tax_table: bool, state_only: bool, options: AsOfOptions, asked: AskedAbroad
) -> int:
    """Compute a year's tax, with the law and the events behind every line: the federal one, and your state's."""
    year = asked_year(call, year, options.as_of)
    with call.log() as log:
        folded = options.fold(call, log, (year,))
        elsewhere = answer_abroad(call, log, *folded, year, asked)
        if elsewhere is not None:
            return elsewhere
        if state_only:
            return _answer_state(call, log, folded, year, tax_table=tax_table)
        today = options.as_of or folded.book.history.calendar.day(SystemClock().now())
        told = answer_liability(folded, year, today, tax_table=tax_table, as_filed=options.as_filed)
        listing, findings, state = told

        def show() -> None:
            lines = (line for line in listing.lines if line.amount_usd != NOTHING)
            show_rows(f"Tax year {year}, {listing.status}, {listing.activity}", LINES, lines)
            tell(total_in_words(listing))
            for words in carried_in_words(listing):
                tell(words)
            _show_state(state, call.book)

        end = folded.book.history.up_to
        return answer(call, "liability", listing, log=log, law=folded.law, findings=findings, up_to=end, show=show,
                      year=year)  # fmt: skip


def _answer_state(call: Call, log: EventLog, folded: Folded, year: int, *, tax_table: bool) -> int:
    """Answer with the return of the state alone."""
    told, end = answer_state(folded, year, tax_table=tax_table), folded.book.history.up_to
    return answer(call, "state_liability", told.listing, log=log, law=folded.law, findings=told.findings, up_to=end,
                  show=lambda: _show_state(told.state, call.book), year=year)  # fmt: skip


def _show_state(state: StateLiability | None, book: str) -> None:
    """Show the return of the state: its lines, what it comes to, and what else it asks of a miner."""
    if state is None:
        return
    from lotwork.reports.states import STATE_RIGS, list_state, state_in_words  # noqa: PLC0415 - JSON has it listed

    listing = list_state(state)
    if listing is not None and listing.lines:
        lines = (line for line in listing.lines if line.amount_usd != NOTHING)
        show_rows(f"{listing.name}, tax year {state.year}, {listing.form}", LINES, lines)
        rigs = () if listing.depreciation is None else listing.depreciation.rigs
        if rigs:
            show_rows(f"Depreciation by both laws, {state.year}", STATE_RIGS, rigs)
    for words in state_in_words(state):
        tell(in_book(words, book))


@click.command("quarterly")
@Year
@click.option("--annualized", is_flag=True, help="By Form 2210, Schedule AI, though the regular method costs less.")
@click.option("--regular", is_flag=True, help="By equal installments, though the annualized method costs less.")
@Wide
@called
@reading
def quarterly_command(call: Call, *, year: int | None, annualized: bool, regular: bool, options: AsOfOptions) -> int:
    """Compute a year's four payments as of a day (today, unless one is named): due, paid, short, to set aside.

    The regular and the annualized method are both reckoned, and the one that costs less is used. Where a profile names
    your state, its payments stand beside them, on its own days.
    """
    year = asked_year(call, year, options.as_of)
    by = _by(annualized=annualized, regular=regular)
    with call.log() as log:
        folded = options.fold(call, log, (year,), options.until(year))
        history = folded.book.history
        day = options.as_of or history.calendar.day(SystemClock().now())
        listing, findings, payments, state = answer_quarterly(folded, year, day, by)

        def show() -> None:
            _show_quarterly(payments, listing, history.assets, call.book)
            _show_state_payments(state)
            if not years_recorded(folded.book):
                tell(f"Nothing is recorded in book {call.book} that a tax could be reckoned of.")

        end = history.up_to
        return answer(call, "quarterly", listing, log=log, law=folded.law, findings=findings, up_to=end, show=show,
                      year=year)  # fmt: skip


def carried_in_words(listing: LiabilityListing) -> Iterator[str]:
    """Yield what came into the year and what it hands on, where there is any."""
    for title, told in (("Carried in", listing.carried_in), ("Handed on", listing.carried_forward)):
        parts = [
            f"{heading(name.removesuffix('_usd'))} {dollars(amount)}"
            for name, amount in fields_of(told).items()
            if amount != NOTHING
        ]
        if parts:
            yield f"{title}: {'; '.join(parts)}."


def _by(*, annualized: bool, regular: bool) -> By:
    if annualized and regular:
        raise UsageError("--annualized and --regular name two methods: give one of them, or none for the cheaper")
    return "annualized" if annualized else "regular" if regular else "cheaper"


def _show_quarterly(payments: Quarterly, listing: QuarterlyListing, assets: AssetTable, book: str) -> None:
    overdue = overdue_in_words(payments)
    if overdue:
        tell(f"{overdue}.")
    show_rows(f"Estimated payments {listing.year}, as of {listing.as_of}", INSTALLMENTS, listing.installments)
    if listing.annualized is not None and listing.annualized.applies:
        show_rows("Form 2210, Schedule AI: what each period asks for", PERIODS, listing.annualized.columns)
    kept, penalty = payments.set_aside, penalty_in_words(payments)
    if kept is None:
        tell(f"What {listing.year} owes is not known, since its law is not; {penalty}")
    else:
        tell(f"Set aside ${dollars(str(kept.usd))}{coins_in_words(kept, assets)} for {listing.year}; {penalty}")
    told = "" if payments.next_payment is None else next_in_words(payments.next_payment, assets)
    for words in (balance_in_words(payments), methods_in_words(payments), told, rise_in_words(payments, book)):
        if words:
            tell(words)


def _show_state_payments(state: StateQuarterly | None) -> None:
    """Show the payments to the state, where one is told: each day, and what to do next."""
    if state is None:
        return
    from lotwork.reports.state_payments import (  # noqa: PLC0415 - only a filer with a state
        STATE_INSTALLMENTS,
        list_state_quarterly,
        state_payments_in_words,
    )

    listing = list_state_quarterly(state)
    if listing.installments:
        show_rows(f"{state.name}, estimated payments {state.year}", STATE_INSTALLMENTS, listing.installments)
    for words in state_payments_in_words(state):
        tell(words)


def total_in_words(listing: LiabilityListing) -> str:
    """Return what a year's tax comes to, what was paid of it, and what is left: without the penalty, and with it.

    The penalty of line 38 is in what is owed on line 37, or taken from what is overpaid on line 34.
    """
    summary = listing.summary
    told = (
        f"Total tax {dollars(summary.total)}   paid {dollars(summary.payments_usd)}   "
        f"balance due {dollars(summary.balance_due_usd)}"
    )
    lines = {(each.form, each.line): Decimal(each.amount_usd) for each in listing.lines}
    penalty = lines.get((FORM, "38"), ZERO)
    if not penalty:
        return told
    later = Decimal(summary.payments_usd) - sum((lines.get(where, ZERO) for where in PAID_BEFORE), ZERO)
    both = lines.get((FORM, "37"), ZERO) - lines.get((FORM, "34"), ZERO) - later
    return f"{told}, with the penalty of {dollars(penalty)} (line 38): {dollars(both)}"

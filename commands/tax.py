"""What is owed: a year's liability form line by form line, and its estimated payments."""

from __future__ import annotations

import click

from lotwork.commands.answer import Call, Year, answer, called, check_year
from lotwork.commands.as_of_options import AsOfOptions, reading
from lotwork.commands.countries import AskedAbroad, abroad, answer_abroad
from lotwork.commands.tables import show_rows
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.units import AssetTable
from lotwork.projections.quarterly import Quarterly
from lotwork.reports.answers import answer_liability, answer_quarterly
from lotwork.reports.estimated import INSTALLMENTS, QuarterlyListing
from lotwork.reports.estimated_words import coins_in_words, next_in_words, rise_in_words
from lotwork.reports.form_2210 import PERIODS, AnnualizedListing
from lotwork.reports.lines import NOTHING, dollars
from lotwork.reports.tax import LINES, Summary


@click.command("liability")
@Year
@click.option("--tax-table", is_flag=True, help="Use the IRS Tax Table below 100,000, as a filed return must.")
@called
@reading
@abroad
def liability_command(call: Call, *, year: int, tax_table: bool, options: AsOfOptions, asked: AskedAbroad) -> int:
    """Compute a year's tax, with the law and the events behind every line."""
    check_year(year)
    with call.log() as log:
        folded = options.fold(call, log, (year,))
        elsewhere = answer_abroad(call, log, *folded, year, asked)
        if elsewhere is not None:
            return elsewhere
        listing, findings = answer_liability(folded, year, tax_table=tax_table or options.as_filed)

        def show() -> None:
            lines = (line for line in listing.lines if line.amount_usd != NOTHING)
            show_rows(f"Tax year {year}, {listing.status}, {listing.activity}", LINES, lines)
            click.echo(total_in_words(listing.summary))

        end = folded.book.history.up_to
        return answer(call, "liability", listing, log=log, law=folded.law, findings=findings, up_to=end, show=show)


@click.command("quarterly")
@Year
@click.option("--annualized", is_flag=True, help="Follow the income through the year: Form 2210, Schedule AI.")
@called
@reading
def quarterly_command(call: Call, *, year: int, annualized: bool, options: AsOfOptions) -> int:
    """Compute a year's four payments as of a day (today, unless one is named): due, paid, short, to set aside."""
    check_year(year)
    with call.log() as log:
        folded = options.fold(call, log, (year,), options.until(year))
        history = folded.book.history
        day = options.as_of or history.calendar.day(SystemClock().now())
        listing, findings, payments = answer_quarterly(folded, year, day, annualized=annualized)

        def show() -> None:
            _show_quarterly(payments, listing, history.assets)

        end = history.up_to
        return answer(call, "quarterly", listing, log=log, law=folded.law, findings=findings, up_to=end, show=show)


def _show_quarterly(payments: Quarterly, listing: QuarterlyListing, assets: AssetTable) -> None:
    show_rows(f"Estimated payments {listing.year}, as of {listing.as_of}", INSTALLMENTS, listing.installments)
    if listing.annualized is not None:
        show_rows("Form 2210, Schedule AI: what each period asks for", PERIODS, listing.annualized.columns)
        click.echo(_compared(payments, listing.annualized))
    coins = coins_in_words(payments.set_aside, assets)
    click.echo(f"Set aside ${dollars(listing.set_aside.usd)}{coins} for {listing.year}; "
               f"penalty so far ${dollars(listing.penalty_usd)}")  # fmt: skip
    told = "" if payments.next_payment is None else next_in_words(payments.next_payment, assets)
    if told:
        click.echo(told)
    if payments.may_rise:
        click.echo(rise_in_words(payments))


def total_in_words(summary: Summary) -> str:
    """Return what a year's tax comes to, what was paid of it, and what is left."""
    return (
        f"Total tax {dollars(summary.total)}   paid {dollars(summary.payments_usd)}   "
        f"balance due {dollars(summary.balance_due_usd)}"
    )


def _compared(payments: Quarterly, listed: AnnualizedListing) -> str:
    """Say what the annualized method does to the penalty, and whether it is used; while the year runs, why it is."""
    if payments.as_of.year <= payments.year:
        return "The installment of a period that is over is enough whatever the rest of the year brings."
    costs = (
        f"Penalty ${dollars(listed.regular_penalty_usd)} by equal installments, "
        f"${dollars(listed.annualized_penalty_usd)} by the annualized ones"
    )
    return f"{costs}: these are used, and Form 2210 goes with the return." if listed.applies else f"{costs}: not used."

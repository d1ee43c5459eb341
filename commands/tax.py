"""What is owed: a year's liability form line by form line, and its estimated payments."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from lotwork.commands.answer import Call, answer, called, check_year
from lotwork.commands.as_of_options import AsOfOptions, reading
from lotwork.commands.countries import abroad, answer_abroad
from lotwork.commands.report import Year
from lotwork.commands.tables import dollars, show_table
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.units import AssetTable
from lotwork.projections.liability import liability
from lotwork.projections.quarterly import Quarterly, quarterly
from lotwork.reports.estimated import list_quarterly
from lotwork.reports.estimated_words import next_in_words, rise_in_words
from lotwork.reports.tax import list_liability


@click.command("liability")
@Year
@click.option("--tax-table", is_flag=True, help="Use the IRS Tax Table below 100,000, as a filed return must.")
@called
@reading
@abroad
def liability_command(call: Call, *, year: int, tax_table: bool, options: AsOfOptions, told: Mapping[str, Any]) -> int:
    """Compute a year's tax, with the law and the events behind every line."""
    check_year(year)
    with call.log() as log:
        book, law = options.fold(call, log, (year,))
        elsewhere = answer_abroad(call, log, book, law, year, told)
        if elsewhere is not None:
            return elsewhere
        owed = liability(book, law, year, tax_table=tax_table or options.as_filed)
        listing = list_liability(owed)

        def show() -> None:
            lines = [line for line in listing["lines"] if line["amount_usd"] != "0.00"]
            show_table(f"Tax year {year}, {owed.standing.filing_status}, {owed.standing.activity}", lines,
                       ("form", "line", "label", "amount_usd"))  # fmt: skip
            summary = listing["summary"]
            click.echo(f"Total tax {dollars(summary['total'])}   paid {dollars(summary['payments_usd'])}   "
                       f"balance due {dollars(summary['balance_due_usd'])}")  # fmt: skip

        findings = (*book.told(), *owed.findings)
        end = book.history.up_to
        return answer(call, "liability", listing, log=log, law=law, findings=findings, up_to=end, show=show)


@click.command("quarterly")
@Year
@click.option("--annualized", is_flag=True, help="Follow the income through the year: Form 2210, Schedule AI.")
@called
@reading
def quarterly_command(call: Call, *, year: int, annualized: bool, options: AsOfOptions) -> int:
    """Compute a year's four payments as of a day (today, unless one is named): due, paid, short, to set aside."""
    check_year(year)
    with call.log() as log:
        book, law = options.fold(call, log, (year,), options.until(year))
        owed = liability(book, law, year)
        day = options.as_of or book.history.calendar.day(SystemClock().now())
        payments = quarterly(book, law, owed, day, annualize=annualized)
        listing = list_quarterly(payments, book.history.assets)

        def show() -> None:
            _show_quarterly(payments, listing, book.history.assets)

        findings = (*book.told(), *owed.findings, *payments.findings)
        end = book.history.up_to
        return answer(call, "quarterly", listing, log=log, law=law, findings=findings, up_to=end, show=show)


def _show_quarterly(payments: Quarterly, listing: Mapping[str, Any], assets: AssetTable) -> None:
    show_table(f"Estimated payments {payments.year}, as of {payments.as_of}", listing["installments"],
               ("quarter", "due", "required_usd", "paid_usd", "shortfall_usd", "method"))  # fmt: skip
    if listing["annualized"] is not None:
        show_table("Form 2210, Schedule AI: what each period asks for", listing["annualized"]["columns"],
                   ("column", "through", "complete", "annualized_agi_usd", "required_usd"))  # fmt: skip
        click.echo(_compared(payments, listing["annualized"]))
    kept = listing["set_aside"]
    coins = f" ({kept['quantity']} {kept['asset']} at {kept['price_usd']})" if kept["quantity"] else ""
    click.echo(f"Set aside ${dollars(kept['usd'])}{coins} for {payments.year}; "
               f"penalty so far ${dollars(listing['penalty_usd'])}")  # fmt: skip
    told = "" if payments.next_payment is None else next_in_words(payments.next_payment, assets)
    if told:
        click.echo(told)
    if payments.may_rise:
        click.echo(rise_in_words(payments))


def _compared(payments: Quarterly, listed: Mapping[str, Any]) -> str:
    """Say what the annualized method does to the penalty, and whether it is used; while the year runs, why it is."""
    if payments.as_of.year <= payments.year:
        return "The installment of a period that is over is enough whatever the rest of the year brings."
    costs = (
        f"Penalty ${dollars(listed['regular_penalty_usd'])} by equal installments, "
        f"${dollars(listed['annualized_penalty_usd'])} by the annualized ones"
    )
    return (
        f"{costs}: these are used, and Form 2210 goes with the return." if listed["applies"] else f"{costs}: not used."
    )

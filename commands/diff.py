"""`lotwork diff --filed Y`: a return as filed against the same return as now known."""

from __future__ import annotations

import click
from msgspec import UnsetType

from lotwork.commands.answer import Call, answer, called, check_year
from lotwork.commands.as_of_options import AsOfOptions, reading
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.history import History
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.filing.amendment import Amendment, amendment
from lotwork.projections.filing.amendment_price import AmendmentPrice, price_of
from lotwork.projections.filing.filed import answer_lost, filing_of, read_filed
from lotwork.reports.amended import (
    AMENDED_FORM,
    EXPLAINED,
    AmendmentListing,
    RefundRow,
    StateAmendmentRow,
    list_amendment,
)
from lotwork.reports.lines import NOTHING, dollars
from lotwork.reports.moves import MOVED
from lotwork.rules.law_archive import LawArchive


@click.command("diff")
@click.option("--filed", "year", type=int, required=True, metavar="Y", help="The tax year of the return.")
@click.option("--filing", "name", metavar="ID", help="This filing of it.  [default: the last]")
@Wide
@called
@reading
def diff_command(call: Call, *, year: int, name: str | None, options: AsOfOptions) -> int:
    """List every form line that moved since a return was filed: old, new, why, and what an amended return means.

    The estimate is for an amended return filed and paid on the day of --as-of, today where none is named.
    """
    check_year(year)
    with call.log() as log:
        found, price = amended_since(call, log, year, options, name)
        listing = list_amendment(found, price)
        lost = answer_lost(found.filed, Evidence(call.home))
        of_state = () if found.state is None else found.state.now.findings
        findings = (*found.book.told(), *found.now.findings, *of_state, *found.findings, *lost, *price.findings)
        return answer(
            call, "diff", listing, log=log, law=found.law, findings=dict.fromkeys(findings),
            up_to=found.book.history.up_to, show=lambda: _show(listing),
        )  # fmt: skip


def amended_since(
    call: Call, log: EventLog, year: int, options: AsOfOptions, name: str | None = None
) -> tuple[Amendment, AmendmentPrice]:
    """Return what moved since the return of *year* was filed, and what it costs on the day of *options*."""
    filing = filing_of(History.read(log, call.book), year, name, made_by=options.position(call, log))
    filed = read_filed(filing, log.hash_at(call.book, filing.position) if filing.position else filing.head)
    history = options.history(call, log)
    found = amendment(history, filed, options.law(call, history, year), LawArchive(call.home))
    return found, price_of(found, options.as_of or history.calendar.day(SystemClock().now()))


def _show(listing: AmendmentListing) -> None:
    year = listing.year
    if not listing.differs:
        tell(f"The return of {year} as filed on {listing.filed_on} and as now known differ by nothing.")
    elif listing.lines:
        show_rows(f"Tax year {year}, filed on {listing.filed_on}: lines that moved", EXPLAINED, listing.lines)
        show_rows("Form 1040-X", AMENDED_FORM, listing.form_1040x)
        _show_price(listing)
    else:
        tell(f"Of the federal return of {year}, filed on {listing.filed_on}, no line moved.")
    if listing.state:
        _show_state(listing.state, year)
    for later in listing.later_years:
        filed = f", filed as {later.filing}" if later.filing else ""
        show_rows(f"Tax year {later.year}{filed}: lines that move with it", MOVED, later.lines)


def _show_state(state: StateAmendmentRow, year: int) -> None:
    """Show what moved in the return of the state, if anything did."""
    if not state.lines:
        return
    show_rows(f"{state.form}, tax year {year}, {state.state}: lines that moved", EXPLAINED, state.lines)
    tell(f"{state.state}: tax filed {dollars(state.tax_filed_usd)}   now {dollars(state.tax_now_usd)}   "
         f"change {dollars(state.additional_tax_usd)}")  # fmt: skip
    tell(f"The amended return: {state.amended_form}. {state.price_note}")


def _show_price(listing: AmendmentListing) -> None:
    claim, estimate = listing.refund_claim, listing.estimate
    more = listing.additional_tax_usd
    tell(f"Tax filed {dollars(listing.tax_filed_usd)}   now {dollars(listing.tax_now_usd)}   "
               f"change {dollars(more)}")  # fmt: skip
    if more.startswith("-"):
        tell(_refund_in_words(claim))
    else:
        tell(
            f"Paid on {estimate.paid_on}: interest {dollars(estimate.interest_usd)}, "
            f"failure to pay {dollars(estimate.failure_to_pay_usd)}, substantial understatement "
            f"{dollars(estimate.accuracy_related_usd)} (none with {estimate.accuracy_related_avoided_by})."
        )
    tell(f"The IRS may assess through {listing.assessment.last_day}.")


def _refund_in_words(claim: RefundRow) -> str:
    """Return until when less tax is claimed back, and how much of it; a claim of nothing is none."""
    if not claim.in_time:
        return f"A refund could be claimed through {claim.last_day}, which has passed."
    if claim.limit_usd == NOTHING:
        return (
            "Less is owed, and no refund can be claimed: no tax was paid in the time that a claim reaches back to (26 "
            "U.S.C. 6511(b)(2))."
        )
    most = f"A refund is claimed through {claim.last_day}; at most {dollars(claim.limit_usd)}"
    if isinstance(claim.as_much_through, UnsetType):
        return f"{most}."
    return f"{most}, and less after {claim.as_much_through}: a claim reaches back no further (26 U.S.C. 6511(b)(2))."

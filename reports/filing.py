"""The listing of `lotwork file`: what was recorded of a return, and what it was made from."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec import UNSET, UnsetType

from lotwork.ledger.events import Filing
from lotwork.projections.filing.filed import FiguresAsFiled, LineAsFiled, StateAsFiled
from lotwork.reports.rows import Day, Row, Usd, Words, fields_of
from lotwork.reports.states import StateListing
from lotwork.reports.tax import LiabilityListing, Summary
from lotwork.reports.traced import TracedLineRow
from lotwork.reports.upkeep import HeadRow


class StateFiledRow(Row, frozen=True, kw_only=True):
    """What a filing keeps of the return of the state that went with it; tax after credits, before payments."""

    state: str
    form: Words
    tax_usd: Usd
    payments_usd: Usd
    balance_due_usd: Usd


class FileListing(Row, frozen=True, kw_only=True):
    """What `lotwork file` tells; filing: None where nothing is recorded, now or before."""

    year: int
    filing: str | None
    recorded: bool
    filed_on: Day
    amends: str | None
    made_from: HeadRow
    law_filed: str
    law_files: str | None
    program: str | None
    evidence: str | None
    acknowledged: tuple[str, ...]
    status: str
    activity: str
    summary: Summary
    state: StateFiledRow | UnsetType = UNSET
    """The return of the state that is filed with it; left out where none is."""


def figures_as_filed(listing: LiabilityListing) -> FiguresAsFiled:
    """Return what a filing keeps of a liability: who, every key of the summary, and every line's amount."""
    return FiguresAsFiled(
        status=listing.status,
        activity=listing.activity,
        summary=fields_of(listing.summary),
        lines=_lines(listing.lines),
        state=_state(listing),
    )


def _state(listing: LiabilityListing) -> StateAsFiled | None:
    """Return what a filing keeps of the state's return that stands in *listing*."""
    own = listing.state
    if not isinstance(own, StateListing):
        return None
    told = (own.form, own.tax_after_credits_usd, own.payments_usd, own.balance_due_usd)
    form, tax, paid, due = (each or "" for each in told)
    return StateAsFiled(
        state=own.state, form=form, tax_usd=tax, payments_usd=paid, balance_due_usd=due, lines=_lines(own.lines)
    )


def _lines(rows: Iterable[TracedLineRow]) -> tuple[LineAsFiled, ...]:
    return tuple(LineAsFiled(form=row.form, line=row.line, label=row.label, amount_usd=row.amount_usd) for row in rows)


def state_of(event: Filing) -> StateFiledRow | None:
    """Return what the filing *event* keeps of the state's return; None where it keeps none."""
    told = event.figures.get("state")
    if not isinstance(told, dict):
        return None
    own = msgspec.convert(told, StateAsFiled)
    return StateFiledRow(
        state=own.state, form=own.form, tax_usd=own.tax_usd, payments_usd=own.payments_usd,
        balance_due_usd=own.balance_due_usd,
    )  # fmt: skip

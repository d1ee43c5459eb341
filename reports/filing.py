"""The listing of `lotwork file`: what was recorded of a return, and what it was made from."""

from __future__ import annotations

from lotwork.projections.filing.filed import FiguresAsFiled, LineAsFiled
from lotwork.reports.rows import Day, Row, fields_of
from lotwork.reports.tax import LiabilityListing, Summary
from lotwork.reports.upkeep import HeadRow


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


def figures_as_filed(listing: LiabilityListing) -> FiguresAsFiled:
    """Return what a filing keeps of a liability: who, every key of the summary, and every line's amount."""
    return FiguresAsFiled(
        status=listing.status,
        activity=listing.activity,
        summary=fields_of(listing.summary),
        lines=tuple(
            LineAsFiled(form=row.form, line=row.line, label=row.label, amount_usd=row.amount_usd)
            for row in listing.lines
        ),
    )

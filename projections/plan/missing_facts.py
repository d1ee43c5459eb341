"""What stands outside the ledger in the year a plan is made for: a plan knows no wages nobody told it of."""

from __future__ import annotations

from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book


def facts_missing(book: Book, year: int) -> tuple[Finding, ...]:
    """Return a finding where earlier years have facts and *year* has none: its plans would reckon without wages."""
    told = [earlier for earlier in book.taxpayer.year_facts if earlier < year and book.taxpayer.facts_from(earlier)]
    if not told or book.taxpayer.facts_from(year):
        return ()
    return (
        Finding(
            "year_facts_missing",
            f"{max(told)} has `year_facts` and {year} has none, so the plan reckons with no wages, interest or other "
            f"income in {year}: record `year_facts` for {year} as you expect it",
        ),
    )

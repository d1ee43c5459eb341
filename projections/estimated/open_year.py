"""A year that asks for payments before its tax can be computed: in January the law of a year is often not out.

Law: "90 percent of the tax shown on the return for the taxable year" needs the law of the year; the prior year's
measure does not (26 U.S.C. 6654(d)(1)(B)). The lesser of both is due, so who pays by the prior year pays enough.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

import msgspec

from lotwork.ledger.errors import UsageError
from lotwork.ledger.events import US, YearFacts
from lotwork.ledger.units import usd_decimal
from lotwork.projections.filer.taxpayer import ProfileInForce, year_end
from lotwork.projections.findings import Finding
from lotwork.projections.liability import Liability, liability
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.case import paid
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.load import Law


class OpenYear(msgspec.Struct, frozen=True):
    """A year whose tax is not known, with all that is known of it without its law."""

    year: int
    profile: ProfileInForce
    facts: YearFacts
    withheld: Decimal
    unknown: str
    """Which figure of the law is missing, and what to do."""
    findings: tuple[Finding, ...] = ()
    """None: what must be decided about a return is known when it can be computed."""

    def told(self, *, prior_known: bool) -> Finding:
        """Return what a person must know: that at most one of the two measures counts."""
        counted = (
            "the payments are those of the prior year's tax alone, which are enough whatever the year brings (26 "
            "U.S.C. 6654(d)(1)(B)(ii)), and may be more than it will ask for"
            if prior_known
            else "no return says the prior year's tax either, so no payment can be told"
        )
        return Finding(
            "current_year_unknown",
            f"90 percent of the tax of {self.year} is not known, since its law is not: {counted}. {self.unknown}",
        )


YearAsked: TypeAlias = Liability | OpenYear
"""A year that payments are asked for, its tax computed or not."""


def year_asked(book: Book, law: Law, year: int) -> YearAsked:
    """Return the liability of *year*, its lines not traced, or what is known of the year where its law is not.

    Raises UsageError for a taxpayer of another country: estimated payments are those of US law; and
    UnknownFigureError for a year before the law of payments that is known here.
    """
    profile = book.taxpayer.profile_on(year_end(year))
    if profile.jurisdiction != US:
        raise UsageError(
            f"the profile in force in {year} says {profile.jurisdiction}, and estimated payments are those of the "
            f"United States (26 U.S.C. 6654): what that country asks for in advance is not here; `lotwork liability "
            f"--year {year}` has its tax"
        )
    try:
        return liability(book, law, year, traced=False)
    except UnknownFigureError as unknown:
        if not _asks_for_payments(law, year):
            raise
        facts = book.taxpayer.facts(year)
        withheld = usd_decimal(facts.withholding_usd_micros or 0) + paid(book, year, "withholding")
        return OpenYear(year, profile, facts, withheld, str(unknown))


def _asks_for_payments(law: Law, year: int) -> bool:
    """Say if the law of estimated payments is known for *year*, whatever else is."""
    try:
        law.in_year("us/estimated/installment_fraction", year)
    except UnknownFigureError:
        return False
    return True

"""The year before, as a measure of estimated tax: what its return said, and where that is known from.

Law: 26 U.S.C. 6654(d)(1)(B)(ii) and (C): the tax "shown on the return" for the preceding year, if that was a year of
twelve months. Line 8 of Form 2210 takes it less the credits. Who files jointly after separate returns adds both taxes
up; who files apart after a joint one takes his share of it (Form 2210 instructions, line 8): neither stands in one
book, so only the taxpayer can say it. What this book comes to for a year that was not filed from it is on no return:
it is told, and never relied on.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from lotwork.ledger.events import Filing
from lotwork.ledger.units import ZERO, usd_decimal
from lotwork.projections.findings import Finding
from lotwork.projections.liability import Liability, liability
from lotwork.projections.owners import JOINT
from lotwork.projections.replay.book import Book
from lotwork.projections.taxpayer import year_end
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.load import Law

FULL_YEAR_MONTHS = 12

Source: TypeAlias = Literal["year_facts", "filing", "none"]


class PriorYear(NamedTuple):
    """The prior year's tax and adjusted gross income; None where unknown, or where the year is no measure."""

    tax: Decimal | None
    agi: Decimal | None
    source: Source
    joint_changed: bool = False
    """One of the two returns is a joint one, and the other is not."""
    short_year: bool = False
    computed: Decimal | None = None
    """What this book comes to for that year, where no return says it: a word for the taxpayer, and no measure."""


def prior_year(book: Book, law: Law, owed: Liability) -> PriorYear:
    """Return the year before that of *owed*: as its facts say it, else as it was filed from this book."""
    facts = owed.facts
    changed = _joint(book, owed.year - 1) != (owed.standing.filing_status == JOINT)
    if facts.prior_year_months is not None and facts.prior_year_months < FULL_YEAR_MONTHS:
        return PriorYear(None, None, "none", changed, short_year=True)
    if facts.prior_year_tax_usd_micros is not None:
        agi = facts.prior_year_agi_usd_micros
        tax = usd_decimal(facts.prior_year_tax_usd_micros)
        return PriorYear(tax, None if agi is None else usd_decimal(agi), "year_facts", changed)
    if changed:
        return PriorYear(None, None, "none", joint_changed=True)
    filed = book.taxpayer.filed(owed.year - 1)
    return (filed and _as_filed(filed)) or PriorYear(None, None, "none", computed=_computed(book, law, owed.year - 1))


def _joint(book: Book, year: int) -> bool:
    return book.taxpayer.standing(year_end(year)).filing_status == JOINT


def _as_filed(filing: Filing) -> PriorYear | None:
    """Return what a return that Lotwork filed says; None where its figures are not Lotwork's."""
    summary = filing.figures.get("summary")
    if not isinstance(summary, Mapping) or "total" not in summary or "agi" not in summary:
        return None
    tax = Decimal(str(summary["total"])) - Decimal(str(summary.get("credits_usd", "0")))
    return PriorYear(max(ZERO, tax), Decimal(str(summary["agi"])), "filing")


def _computed(book: Book, law: Law, year: int) -> Decimal | None:
    """Return the tax the events of *year* come to; None where there are none, or too few to owe anything."""
    known = any(when == year for when, _ in (*book.income.totals, *book.gains.totals))
    if not known and year not in book.taxpayer.year_facts:
        return None
    try:
        before = liability(book, law, year)
    except UnknownFigureError:
        return None
    return before.tax or None


def told_of(prior: PriorYear, year: int) -> tuple[Finding, ...]:
    """Return what a person should know of the prior year's tax, where it was not recorded for *year*."""
    record = f"record `year_facts` for {year} with prior_year_tax_usd and prior_year_agi_usd"
    if prior.source != "none" or prior.short_year:
        return ()
    if prior.joint_changed:
        return (
            Finding(
                "prior_year_unknown",
                f"the returns of {year - 1} and {year} are not both joint, so only 90 percent of this year's tax "
                f"counts: {record}: of two separate returns the sum, of a joint one your share",
            ),
        )
    here = "" if prior.computed is None else f" (the events here come to {prior.computed:,.2f}, which is no return)"
    return (
        Finding(
            "prior_year_unknown",
            f"the tax of {year - 1} is not recorded{here}, so only 90 percent of this year's counts: {record}, or "
            f"`lotwork file --year {year - 1}`; it may ask for less",
        ),
    )

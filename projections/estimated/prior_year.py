"""The year before, as a measure of estimated tax: what its return said, and where that is known from.

Law: 26 U.S.C. 6654(d)(1)(B)(ii) and (C): the tax "shown on the return" for the preceding year, if that was a year of
twelve months. Line 8 of Form 2210 takes it less the credits. Who files jointly after separate returns adds both taxes
up; who files apart after a joint one takes his share of it (Form 2210 instructions, line 8): neither stands in one
book, so only the taxpayer can say it. What this book comes to for a year that was not filed from it is on no return:
it is told, and relied on only where nothing else is known: while the law of the year itself is not out, and no return
of the prior year can be filed yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

from lotwork.ledger.events import JOINT, Filing
from lotwork.ledger.units import ZERO, usd_decimal
from lotwork.projections.estimated.open_year import OpenYear, YearAsked
from lotwork.projections.filer.taxpayer import year_end
from lotwork.projections.findings import Finding
from lotwork.projections.liability import liability
from lotwork.projections.replay.book import Book
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law

FULL_YEAR_MONTHS = 12
ROUNDED_AWAY = Decimal(5)
"""Dollars by which the tax of a return in whole dollars may differ from that of one in cents."""

Source: TypeAlias = Literal["year_facts", "filing", "book", "none"]


class PriorYear(NamedTuple):
    """The prior year's tax and adjusted gross income; None where unknown, or where the year is no measure."""

    tax: Decimal | None
    agi: Decimal | None
    source: Source
    joint_changed: bool = False
    """One of the two returns is a joint one, and the other is not."""
    short_year: bool = False
    computed: Decimal | None = None
    """What this book comes to for that year, where no return says it: a word for the taxpayer, 0 for no tax."""


def prior_year(book: Book, law: Law, owed: YearAsked) -> PriorYear:
    """Return the year before that of *owed*: as its facts say it, else as it was filed from this book.

    Where the law of the year itself is not out, what the book comes to for the prior year stands in: told as that.
    """
    facts = owed.facts
    changed = is_joint(book, owed.year - 1) != (owed.profile.filing_status == JOINT)
    if facts.prior_year_months is not None and facts.prior_year_months < FULL_YEAR_MONTHS:
        return PriorYear(None, None, "none", changed, short_year=True)
    if facts.prior_year_tax_usd_micros is not None:
        agi = facts.prior_year_agi_usd_micros
        tax = usd_decimal(facts.prior_year_tax_usd_micros)
        return PriorYear(tax, None if agi is None else usd_decimal(agi), "year_facts", changed)
    if changed:
        return PriorYear(None, None, "none", joint_changed=True)
    filed = book.taxpayer.filed(owed.year - 1)
    told = None if filed is None else _as_filed(filed)
    return told or _by_book(book, law, owed)


def is_joint(book: Book, year: int) -> bool:
    """Say if the return of *year* is a joint one."""
    return book.taxpayer.profile_on(year_end(year)).filing_status == JOINT


def _as_filed(filing: Filing) -> PriorYear | None:
    """Return what a return that Lotwork filed says; None where its figures are not Lotwork's."""
    summary = filing.figures.get("summary")
    if not isinstance(summary, Mapping) or "total" not in summary or "agi" not in summary:
        return None
    tax = Decimal(str(summary["total"])) - Decimal(str(summary.get("credits_usd", "0")))
    return PriorYear(max(ZERO, tax), Decimal(str(summary["agi"])), "filing")


def _by_book(book: Book, law: Law, owed: YearAsked) -> PriorYear:
    """Return what the events of the prior year come to, where there are any: no return says it.

    No tax would free from every payment (26 U.S.C. 6654(e)(2)): a book that shows none, with nothing of what is outside
    it, frees nobody.
    """
    year = owed.year - 1
    known = any(when == year for when, _ in (*book.income.totals, *book.gains.totals))
    if not known and year not in book.taxpayer.year_facts:
        return PriorYear(None, None, "none")
    try:
        before = liability(book, law, year, traced=False)
    except UnknownFigureError:
        return PriorYear(None, None, "none")
    if not before.tax or not isinstance(owed, OpenYear):
        return PriorYear(None, None, "none", computed=before.tax)
    return PriorYear(before.tax, before.computed.summary["agi"], "book", computed=before.tax)


def prior_year_differs(book: Book, year: int, tax: Decimal, by: str) -> Iterator[Finding]:
    """Yield a finding where *tax*, that of *year* less its credits as *by* has it, is not what the next year is told.

    Between a joint return and another the fact is a sum or a share (Form 2210, line 8), and is not compared.
    """
    events = book.taxpayer.year_facts.get(year + 1, ())
    event = next((each for each in reversed(events) if each.prior_year_tax_usd_micros is not None), None)
    if event is None or event.prior_year_tax_usd_micros is None or is_joint(book, year) != is_joint(book, year + 1):
        return
    told = usd_decimal(event.prior_year_tax_usd_micros)
    if abs(told - max(ZERO, tax)) > ROUNDED_AWAY:
        yield Finding(
            "prior_year_tax_differs",
            f"the facts of {year + 1} ({event.id}) say that the tax of {year} was {to_cents(told):,}, and {by} comes "
            f"to {to_cents(max(ZERO, tax)):,}, less credits: record what is missing of {year}, or correct "
            "prior_year_tax_usd to the tax that its return shows (Form 2210, line 8)",
            event.id,
        )


def filed_otherwise(book: Book, year: int) -> tuple[Finding, ...]:
    """Return a finding where the facts of *year* say another prior year's tax than the return filed from this book."""
    filed = book.taxpayer.filed(year - 1)
    before = None if filed is None else _as_filed(filed)
    tax = None if before is None else before.tax
    return () if tax is None else tuple(prior_year_differs(book, year - 1, tax, "the return filed from this book"))


def told_of(prior: PriorYear, year: int) -> tuple[Finding, ...]:
    """Return what a person should know of the prior year's tax, where it was not recorded for *year*."""
    record = f"record `year_facts` for {year} with prior_year_tax_usd and prior_year_agi_usd"
    if prior.source == "book":
        return (
            Finding(
                "prior_year_by_book",
                f"the tax of {year - 1} is taken as {to_cents(prior.tax or ZERO):,}, which the events here come to: "
                f"what counts is the tax on its return (26 U.S.C. 6654(d)(1)(B)(ii)); once that is made, {record}, or "
                f"`lotwork file --year {year - 1}`",
            ),
        )
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
    if prior.computed == 0:
        return (_no_tax(year),)
    here = (
        "" if prior.computed is None else f" (the events here come to {to_cents(prior.computed):,}, which is no return)"
    )
    return (
        Finding(
            "prior_year_unknown",
            f"the tax of {year - 1} is not recorded{here}, so only 90 percent of this year's counts: {record}, or "
            f"`lotwork file --year {year - 1}`; it may ask for less",
        ),
    )


def _no_tax(year: int) -> Finding:
    return Finding(
        "prior_year_unknown",
        f"the tax of {year - 1} is not recorded, and the events here come to none for it, which is no return: where "
        f"that return shows none, of a year of twelve months, nothing is asked of {year} and no penalty can arise (26 "
        f"U.S.C. 6654(e)(2)): record `year_facts` for {year} with prior_year_tax_usd=0; else with prior_year_tax_usd "
        f"and prior_year_agi_usd as it shows them, or `lotwork file --year {year - 1}`",
    )

"""A year under the law of another country, from the same log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from lotwork.ledger.events import TAXPAYER
from lotwork.projections.abroad.countries import COUNTRIES
from lotwork.projections.abroad.rates import Rates
from lotwork.projections.abroad.tax_return import Choices, ForeignReturn
from lotwork.projections.filer.origins import whose
from lotwork.projections.filer.taxpayer import profile_assumed, year_end
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.rules.load import Law

OF_US_LAW = frozenset(
    {
        "allocation_assumed", "allocation_does_not_fit", "allocation_late", "allocation_irrevocable", "order_late",
        "order_not_with_broker", "lots_not_told_to_broker", "selection_late", "loss_not_deducted", "theft_to_claim",
        "gift_over_exclusion", "donation_needs_appraisal", "bonus_not_lawful", "bonus_differs_in_class",
        "section_179_above_cost", "section_179_not_allowed",
    }
)  # fmt: skip
"""What the folds tell under US law alone; coins abroad are taken in that country's own order."""
OWNED = ("wallet", "expense", "equipment", "energy", "home_office", "business_income")
"""The kinds of events that may say whose something is."""
TRANSFER_FEES = "the coins a transfer costs: they are disposed of at their value, and that is not deducted as a cost"


def told_abroad(book: Book) -> tuple[Finding, ...]:
    """Return what the folds of *book* found that matters under any law: a price, coins or a tariff that are missing."""
    return tuple(finding for finding in book.told() if finding.code not in OF_US_LAW)


def foreign_liability(
    book: Book, law: Law, year: int, jurisdiction: str, choices: Choices | None = None
) -> ForeignReturn:
    """Return *year* under the law of *jurisdiction*; *book* need keep no rows.

    Raises NoRateError where an amount cannot be converted, UnknownFigureError for a year whose law is not known.
    """
    country = COUNTRIES[jurisdiction]
    history = book.history
    rates = Rates.read(history.of_kind("exchange_rate"), country.currency, history.calendar)
    told = country.prepare(book, law, year, rates, choices or Choices())
    profile = book.taxpayer.profile_on(year_end(year))
    facts = book.taxpayer.facts(year)
    findings = [*told.findings]
    outside = (facts.wages_usd_micros, facts.spouse_wages_usd_micros, facts.other_ordinary_income_usd_micros)
    if not (choices and choices.other_income) and any(outside):
        findings.append(
            Finding(
                "other_income_not_told",
                f"the facts of {year} name wages or other income in dollars, as US law has it: give what is taxable in "
                f"{country.currency} with --other-income",
            )
        )
    if any(each.date.year == year for each in book.income.earned):
        findings.append(
            Finding(
                "business_income_not_covered",
                f"what `business_income` tells of {year} is in no figure here: give it with --other-income, or add it "
                "by hand",
            )
        )
    findings += _of_two(book)
    if "activity" in profile.assumed and country.activity_decides:
        findings.append(profile_assumed(profile, ["activity"], year))
    return replace(told, findings=tuple(findings), does_not_cover=(*told.does_not_cover, TRANSFER_FEES))


def _of_two(book: Book) -> Iterator[Finding]:
    """Yield a finding where something is told to be the spouse's: limits and tables are those of each person."""
    theirs = [each for each in book.history.of_kind(*OWNED) if whose(getattr(each, "owner", None)) != TAXPAYER]
    if theirs:
        yield Finding(
            "spouses_not_apart",
            f"{theirs[0].id}, and whatever else has owner=spouse, is counted as the taxpayer's here: this law finds "
            "the income of each person apart, with limits of each one's own; keep the spouse's in a book of its own",
            theirs[0].id,
        )

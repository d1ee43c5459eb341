"""Which years a book tells of: a return of a year of which nothing was recorded has lines of 0.00, and knows none."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from lotwork.ledger.events import EventBase, YearFacts
from lotwork.projections.filer.state_facts import OF_A_STATE
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book

HAPPENED = (
    "receipt", "sale", "movement", "expense", "usage", "energy", "equipment", "equipment_sale", "business_income",
)  # fmt: skip
"""What brings a figure into a return. Coins that were bought, given or moved do not, nor do prices and balances."""
OF_OTHER_YEARS = frozenset(
    {
        "short_term_carryover_usd_micros", "long_term_carryover_usd_micros", "prior_year_tax_usd_micros",
        "prior_year_agi_usd_micros", "prior_year_months", "section_179_carryforward_usd_micros",
        "qbi_loss_carryforward_usd_micros", "nol_carryforward_usd_micros", "section_1231_losses_usd_micros",
    }
)  # fmt: skip
"""The facts that say what a year before came to, and nothing of their own year."""


def years_recorded(book: Book) -> tuple[int, ...]:
    """Return the years of which *book* holds coins that came or were sold, bills, rigs, facts or a return, in order."""
    told = {year for year, _ in book.income.totals} | {year for year, _ in book.gains.totals}
    told |= {year for year, _ in book.income.pending} | set(book.taxpayer.year_facts)
    day = book.history.calendar.day
    told |= {day(event.at).year for event in (*book.expenses.told(), *book.equipment.told())}
    return tuple(sorted(told | {filing.year for filing in book.taxpayer.filings}))


def years_in_words(years: tuple[int, ...]) -> str:
    """Return *years*, in order, as a person reads them: "2023 to 2026", "2023, 2025"; "none" where there is none."""
    if not years:
        return "none"
    if len(years) > 1 and years[-1] - years[0] == len(years) - 1:
        return f"{years[0]} to {years[-1]}"
    return ", ".join(map(str, years))


def without_records(book: Book, year: int) -> Iterator[Finding]:
    """Yield a finding where nothing of *year* is recorded that a return could stand on."""
    if not _is_recorded(book, year):
        held = tuple(each for each in years_recorded(book) if each != year)
        yield Finding(
            "year_without_records",
            f"nothing of {year} is recorded: no receipt, sale, bill, rig, income or facts (other years here: "
            f"{years_in_words(held)}), so that no line of its return is known: import what happened, and record "
            f"`year_facts` for {year} with what came from elsewhere, as 0 where there was none",
        )


def _is_recorded(book: Book, year: int) -> bool:
    if any(when == year for when, _ in (*book.income.totals, *book.gains.totals)):
        return True
    if any(map(_of_its_year, book.taxpayer.year_facts.get(year, ()))):
        return True
    day = book.history.calendar.day
    return any(day(event.at).year == year for event in book.history.of_kind(*HAPPENED))


def _of_its_year(facts: YearFacts) -> bool:
    """Say if *facts* tell anything of their own year."""
    names = set(YearFacts.__struct_fields__) - set(EventBase.__struct_fields__) - OF_OTHER_YEARS - OF_A_STATE - {"year"}
    return any(value is not None for name, value in msgspec.structs.asdict(facts).items() if name in names)

"""The facts outside the ledger, for a part of a year: as told through a day, else shared evenly over the months.

`year_facts` with `through` say what the year brought from January 1 to that day. Between two such days, and between
the last of them and the whole year, an amount is taken to have come evenly, as the instructions of Form 2210 let who
earned it evenly do; it is named in a finding. What stands for the year, such as a carryover, every part has whole.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

import msgspec

from lotwork.ledger.events import YearFacts
from lotwork.ledger.units import MONTHS, divide
from lotwork.projections.filer.state_facts import DOLLARS_OF_A_STATE
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.rules.us.estimated_annualized import Period

PARTS_OF_A_MONTH = 10_000
NOT_APPORTIONED = frozenset(
    {
        "short_term_carryover_usd_micros", "long_term_carryover_usd_micros", "prior_year_tax_usd_micros",
        "prior_year_agi_usd_micros", "ubia_usd_micros", "section_179_carryforward_usd_micros",
        "qbi_loss_carryforward_usd_micros", "nol_carryforward_usd_micros", "section_1231_losses_usd_micros",
        "applied_to_next_year_usd_micros", *DOLLARS_OF_A_STATE,
    }
)  # fmt: skip
"""Amounts of the year's facts that no month brings, or that no federal column asks for: each has them whole."""


class Cumulative(NamedTuple):
    """A cumulative amount: from January 1 to so many parts of a month, micro-dollars."""

    at: int
    amount: int


def facts_of(book: Book, year: int, period: Period, shared: dict[str, None]) -> YearFacts:
    """Return the facts of *period*: as told through its end, else their even share, named in *shared*."""
    whole, through = book.taxpayer.facts(year), book.taxpayer.facts_through(year)
    told: dict[str, Any] = {}
    for name in msgspec.structs.asdict(whole):
        if not name.endswith("_usd_micros") or name in NOT_APPORTIONED:
            continue
        known = [Cumulative(0, 0)]
        known += [
            Cumulative(_parts(day), amount)
            for day, each in through.items()
            if (amount := getattr(each, name)) is not None
        ]
        amount = getattr(whole, name)
        if amount is not None and known[-1].at < MONTHS * PARTS_OF_A_MONTH:
            known.append(Cumulative(MONTHS * PARTS_OF_A_MONTH, amount))
        end = period.months * PARTS_OF_A_MONTH
        if len(known) > 1:
            told[name] = _cumulative(known, end)
            if told[name] and all(each.at != end for each in known) and known[-1].at > end:
                shared[name.removesuffix("_usd_micros")] = None
    return msgspec.structs.replace(whole, **told)


def _parts(day: date) -> int:
    """Return how far *day* is in its year, in parts of a month; a month's last day completes it."""
    following = date(day.year + day.month // MONTHS, day.month % MONTHS + 1, 1)
    days = (following - day.replace(day=1)).days
    return (day.month - 1) * PARTS_OF_A_MONTH + day.day * PARTS_OF_A_MONTH // days


def _cumulative(known: list[Cumulative], end: int) -> int:
    """Return the amount at *end*, evenly between the two days around it; past the last one, that one's."""
    for before, after in pairwise(known):
        if before.at <= end <= after.at:
            return before.amount + divide((after.amount - before.amount) * (end - before.at), after.at - before.at)
    return known[-1].amount


def even_share(year: int, names: tuple[str, ...]) -> Finding:
    """Return the finding that *names* were shared evenly over the months of *year*."""
    return Finding(
        "annualized_share_assumed",
        f"an even share of the year's amounts was taken for each period of {year}: {', '.join(names)}: to follow them "
        f"as they came, record `year_facts` for {year} with `through` {year}-03-31, {year}-05-31 and {year}-08-31",
    )

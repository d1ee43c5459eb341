"""Business or hobby: what the record says on each factor, the years with a profit, and the tax either way.

Law: whether an activity is carried on for profit is decided by all facts, nine of which the regulation names (Treas.
Reg. 1.183-2(b)); no number of them decides, and nothing here does. The presumption of section 183(d) is counted from
the ledger; a year the ledger does not hold is unknown, and is said to be. Of two spouses who both mine each carries on
an activity of an own: the plan is of one of them, the other's stays as it is in either tax.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.events import BUSINESS, HOBBY, TAXPAYER
from lotwork.projections.findings import Finding
from lotwork.projections.liability import Liability, liability
from lotwork.projections.plan.state import StateTax, state_findings
from lotwork.projections.plan.suppose import as_activity, book_as
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.owners import owned
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.load import Law
from lotwork.rules.us.activity import Presumption, presumption


class Evidence(NamedTuple):
    """A dated entry on a factor."""

    event: str
    day: date
    note: str | None
    evidence: str | None


class FactorRecord(NamedTuple):
    """A factor of the regulation, with what was recorded for each side."""

    factor: str
    title: str
    business: tuple[Evidence, ...]
    hobby: tuple[Evidence, ...]


class ActivityYear(NamedTuple):
    """A year of the period: its profit as a business; None where the ledger or the law does not know it."""

    year: int
    profit: Decimal | None
    why_unknown: str


class ActivityPlan(msgspec.Struct, frozen=True):
    """The record on both sides; no verdict."""

    year: int
    owner: e.Owner | None
    """Whose activity it is, where both spouses mine."""
    classified: str
    factors: tuple[FactorRecord, ...]
    years: tuple[ActivityYear, ...]
    presumption: Presumption
    as_business: Liability
    as_hobby: Liability
    missing: tuple[str, ...]
    cites: tuple[str, ...]
    findings: tuple[Finding, ...]
    state_as_business: StateTax | None = None
    """The state's tax either way; None where no profile names a state."""
    state_as_hobby: StateTax | None = None


def plan_activity(book: Book, law: Law, year: int, owner: e.Owner = TAXPAYER) -> ActivityPlan:
    """Return the record of *owner*'s activity for *year*, and the year's tax either way."""
    factors = law.in_year("us/activity/factors", year)
    records = tuple(_records(book, factors.names()))
    years = tuple(_years(book, law, year, owner))
    counted = presumption({each.year: each.profit for each in years}, year, law)
    profile = book.taxpayer.profile_on(date(year, 12, 31))
    as_business, state_as_business = _taxed_as(book, law, year, BUSINESS, owner)
    as_hobby, state_as_hobby = _taxed_as(book, law, year, HOBBY, owner)
    findings = (*_findings(records, counted, profile.activity), *state_findings(state_as_business))
    return ActivityPlan(
        year=year,
        owner=owner if as_business.spouse_mines else None,
        classified=profile.activity,
        factors=records,
        years=years,
        presumption=counted,
        as_business=as_business,
        as_hobby=as_hobby,
        missing=tuple(_missing(records, counted)),
        cites=(factors.citation, *counted.cites, "26 U.S.C. 183(a), 67(g), 162, 1402"),
        findings=tuple(dict.fromkeys((*findings, *state_findings(state_as_hobby)))),
        state_as_business=state_as_business,
        state_as_hobby=state_as_hobby,
    )


def _taxed_as(
    book: Book, law: Law, year: int, activity: e.Activity, owner: e.Owner
) -> tuple[Liability, StateTax | None]:
    """Return the tax of the year as *activity*, and the state's, by its own depreciation of that book's rigs."""
    then = book_as(book, year, activity, owner)
    owed = liability(then, law, year)
    return owed, StateTax.of(then, law, owed)


def _records(book: Book, titles: Mapping[str, str]) -> Iterator[FactorRecord]:
    calendar = book.history.calendar
    told = [event for event in book.history.of_kind("activity_evidence") if isinstance(event, e.ActivityEvidence)]
    for factor, title in titles.items():
        sides: dict[str, list[Evidence]] = {BUSINESS: [], HOBBY: []}
        for event in told:
            if event.factor == factor:
                entry = Evidence(event.id, calendar.day(event.at), event.note, event.evidence)
                sides[event.supports].append(entry)
        yield FactorRecord(factor, title, tuple(sides[BUSINESS]), tuple(sides[HOBBY]))


def _years(book: Book, law: Law, year: int, owner: e.Owner) -> Iterator[ActivityYear]:
    """Yield the years of the period in which the activity may have been; those before it began are left out."""
    first, began = _first_year(owned(book, owner)), _began(book)
    length = int(law.in_year("us/activity/presumption_period", year).amount())
    for each in range(year - length + 1, year + 1):
        if began is not None and each < began.year:
            continue
        if first is None or each < first:
            yield ActivityYear(each, None, "nothing of it is in the ledger")
            continue
        try:
            filer = as_activity(book, law, each, BUSINESS, owner).computed.filer
        except UnknownFigureError as unknown:
            yield ActivityYear(each, None, f"the law of {each} is not known here: {unknown}")
        else:
            yield ActivityYear(each, filer.schedule_c_net if owner == TAXPAYER else filer.spouse_schedule_c_net, "")


def _first_year(book: Book) -> int | None:
    """Return the first year the ledger holds something of the activity in; *book* is that of one person."""
    calendar = book.history.calendar
    years = {when for when, _ in book.income.by_origin} | {when for when, _ in book.income.pending}
    years |= {calendar.day(event.at).year for event in book.expenses.told() if isinstance(event, e.Expense)}
    years |= {event.placed_in_service.year for event in book.equipment.told()}
    return min(years, default=None)


def _began(book: Book) -> date | None:
    """Return the day the activity began, where a profile says so."""
    told = [event.business_began for event in book.history.of_kind("profile") if isinstance(event, e.Profile)]
    return next((day for day in reversed(told) if day is not None), None)


def _missing(records: tuple[FactorRecord, ...], counted: Presumption) -> Iterator[str]:
    for record in records:
        if not record.business and not record.hobby:
            yield f"no `activity_evidence` on {record.factor}: {record.title}"
    for year in counted.unknown:
        yield f"the profit or loss of {year}: import that year, or record a `profile` with business_began"


def _findings(records: tuple[FactorRecord, ...], counted: Presumption, classified: str) -> Iterator[Finding]:
    recorded = [record for record in records if record.business or record.hobby]
    if len(recorded) < len(records):
        yield Finding(
            "activity_evidence_missing",
            f"{len(records) - len(recorded)} of the {len(records)} factors have no entry: record `activity_evidence` "
            "with its factor, the side it supports, a note and the paper behind it (Treas. Reg. 1.183-2(b))",
        )
    if counted.holds is None:
        years = ", ".join(map(str, counted.unknown))
        yield Finding(
            "activity_years_unknown",
            f"whether the presumption of 26 U.S.C. 183(d) holds depends on {years}, which the ledger does not hold",
        )
    if classified == HOBBY and counted.holds:
        yield Finding(
            "activity_presumed_business",
            f"the profile says hobby, and {len(counted.profit)} of {len(counted.period)} years have a profit: the law "
            "presumes a business unless it is rebutted (26 U.S.C. 183(d)), with self-employment tax",
        )

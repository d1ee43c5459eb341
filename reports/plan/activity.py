"""The listing of `lotwork plan activity`: business or hobby, the record on each factor, and no verdict."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from msgspec import UNSET, UnsetType

from lotwork.projections.plan.activity import ActivityPlan, ActivityYear, Evidence, FactorRecord
from lotwork.reports.lines import cents, cents_if_known
from lotwork.reports.plan.listing import PlanListing, has_income_tax
from lotwork.reports.rows import Day, Row, Table, Usd, Words
from lotwork.rules.us.activity import Presumption


class EvidenceRow(Row, frozen=True, kw_only=True):
    """What an event says about a factor."""

    event: str
    date: Day
    note: str | None
    evidence: str | None


class FactorRow(Row, frozen=True, kw_only=True):
    """What is recorded on one of the nine factors, for a business and for a hobby."""

    factor: Words
    title: Words
    business: tuple[EvidenceRow, ...]
    hobby: tuple[EvidenceRow, ...]


class FactorShown(Row, frozen=True, kw_only=True):
    """A factor as a person is shown it: what speaks for a business and for a hobby, side by side."""

    factor: Words
    business: Words
    hobby: Words


class ActivityYearRow(Row, frozen=True, kw_only=True):
    """The profit of a year, or why it is unknown."""

    year: int
    profit_usd: Usd | None
    why_unknown: str | None


class CountedYears(Row, frozen=True, kw_only=True):
    """The years that the presumption counts; holds: None where it cannot be told."""

    holds: bool | None
    needed: int
    period: tuple[int, ...]
    profit: tuple[int, ...]
    loss: tuple[int, ...]
    unknown: tuple[int, ...]
    note: str


class EitherTax(Row, frozen=True, kw_only=True):
    """The tax of the year either way."""

    business_usd: Usd
    hobby_usd: Usd
    hobby_costs_more_usd: Usd
    se_tax_as_business_usd: Usd
    hobby_costs_more_beside_se_usd: Usd


class EitherStateTax(Row, frozen=True, kw_only=True):
    """The state's tax of the year either way; null where it is not reckoned, and the findings say why."""

    state: str
    name: str
    has_income_tax: bool | None
    """Whether the state has a tax on income or gains; null where none is reckoned."""
    business_usd: Usd | None
    hobby_usd: Usd | None
    hobby_costs_more_usd: Usd | None
    hobby_costs_more_in_all_usd: Usd | None
    """The same with the federal tax."""


class ActivityListing(PlanListing, frozen=True, kw_only=True):
    """What `lotwork plan activity` tells; owner: whose activity, where both spouses mine; a verdict it never gives."""

    owner: str | None
    classified: str
    factors: tuple[FactorRow, ...]
    years: tuple[ActivityYearRow, ...]
    presumption: CountedYears
    tax: EitherTax
    missing: tuple[str, ...]
    verdict: None
    cites: tuple[str, ...]
    state: EitherStateTax | UnsetType = UNSET
    """Left out where no profile names a state."""


FACTORS = Table(FactorShown, lambda row: (row.factor, row.business, row.hobby))
YEARS = Table(ActivityYearRow, lambda row: (row.year, row.profit_usd, row.why_unknown))


def list_activity(plan: ActivityPlan) -> ActivityListing:
    """Return the record on each factor, the years counted, and the tax either way."""
    business, hobby = plan.as_business, plan.as_hobby
    more, se_tax = hobby.tax - business.tax, business.computed.summary["se_tax"]
    return ActivityListing(
        year=plan.year,
        owner=plan.owner,
        classified=plan.classified,
        factors=tuple(map(_factor, plan.factors)),
        years=tuple(map(_year, plan.years)),
        presumption=_presumption(plan.presumption),
        tax=EitherTax(
            business_usd=cents(business.tax),
            hobby_usd=cents(hobby.tax),
            hobby_costs_more_usd=cents(more),
            se_tax_as_business_usd=cents(se_tax),
            hobby_costs_more_beside_se_usd=cents(more + se_tax),
        ),
        missing=plan.missing,
        verdict=None,
        cites=plan.cites,
        state=_state(plan, more),
    )


def _state(plan: ActivityPlan, federal: Decimal) -> EitherStateTax | UnsetType:
    """Return the state's tax either way; as a hobby the federal tax is *federal* dollars more."""
    business, hobby = plan.state_as_business, plan.state_as_hobby
    if business is None or hobby is None:
        return UNSET
    more = None if business.tax is None or hobby.tax is None else hobby.tax - business.tax
    return EitherStateTax(
        state=business.told.state or "",
        name=business.told.name,
        has_income_tax=has_income_tax(business),
        business_usd=cents_if_known(business.tax),
        hobby_usd=cents_if_known(hobby.tax),
        hobby_costs_more_usd=cents_if_known(more),
        hobby_costs_more_in_all_usd=None if more is None else cents(more + federal),
    )


def factor_shown(factor: FactorRow) -> FactorShown:
    """Return a factor as a person is shown it."""
    return FactorShown(factor=factor.title, business=_told(factor.business), hobby=_told(factor.hobby))


def _told(side: Iterable[EvidenceRow]) -> str:
    return "; ".join(f"{one.date} {one.note or one.event}" for one in side)


def _presumption(counted: Presumption) -> CountedYears:
    return CountedYears(
        holds=counted.holds,
        needed=counted.needed,
        period=counted.period,
        profit=counted.profit,
        loss=counted.loss,
        unknown=counted.unknown,
        note="rebuttable, and no safe harbor: without it nothing is presumed either way",
    )


def _factor(record: FactorRecord) -> FactorRow:
    return FactorRow(
        factor=record.factor,
        title=record.title,
        business=tuple(map(_evidence, record.business)),
        hobby=tuple(map(_evidence, record.hobby)),
    )


def _evidence(entry: Evidence) -> EvidenceRow:
    return EvidenceRow(event=entry.event, date=entry.day, note=entry.note, evidence=entry.evidence)


def _year(year: ActivityYear) -> ActivityYearRow:
    return ActivityYearRow(year=year.year, profit_usd=cents_if_known(year.profit), why_unknown=year.why_unknown or None)

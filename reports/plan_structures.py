"""The listings of `lotwork plan structure` and `lotwork plan activity`: columns side by side, and no verdict."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from lotwork.projections.plan.activity import ActivityPlan, ActivityYear, Evidence, FactorRecord
from lotwork.projections.plan.structure import Column, StructurePlan
from lotwork.reports.lines import LineRow, cents, cents_if_known, line_row
from lotwork.reports.plans import NOT_STATES, PlanListing
from lotwork.reports.rows import Day, Number, Row, Usd, Words
from lotwork.rules.us.activity import Presumption

RATE = Decimal("0.0001")


class StructureRow(Row, frozen=True, kw_only=True):
    """One structure: its return, its payroll, and what is kept of the profit."""

    structure: str
    salary_usd: Usd
    agi_usd: Usd
    qbi_deduction_usd: Usd
    taxable_income_usd: Usd
    income_tax_usd: Usd
    se_tax_usd: Usd
    amt_usd: Usd
    niit_usd: Usd
    additional_medicare_usd: Usd
    return_tax_usd: Usd
    fica_futa_employer_usd: Usd
    fica_employee_usd: Usd
    payroll_cost_usd: Usd
    total_tax_usd: Usd
    kept_usd: Usd
    kept_more_usd: Usd
    sep_room_usd: Usd
    solo_401k_room_usd: Usd
    lines: tuple[LineRow, ...]


class BreakEvenRow(Row, frozen=True, kw_only=True):
    """The profit from which a corporation keeps more, by the salary's share of it; None: none was found."""

    salary_share: Number
    profit_usd: Usd | None


class StructureListing(PlanListing, frozen=True, kw_only=True):
    """What `lotwork plan structure` tells."""

    profit_usd: Usd
    rows: tuple[StructureRow, ...]
    break_even: tuple[BreakEvenRow, ...]
    caveats: tuple[str, ...]
    not_covered: tuple[str, ...]
    cites: tuple[str, ...]


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


class ActivityListing(PlanListing, frozen=True, kw_only=True):
    """What `lotwork plan activity` tells; a verdict it never gives."""

    classified: str
    factors: tuple[FactorRow, ...]
    years: tuple[ActivityYearRow, ...]
    presumption: CountedYears
    tax: EitherTax
    missing: tuple[str, ...]
    verdict: None
    cites: tuple[str, ...]


def list_structure(plan: StructurePlan) -> StructureListing:
    """Return the structures side by side, the break-even profits, and what no figure decides."""
    return StructureListing(
        year=plan.year,
        profit_usd=cents(plan.profit),
        rows=tuple(_column(column, plan.column("sole_proprietor")) for column in plan.columns),
        break_even=tuple(
            BreakEvenRow(
                salary_share=f"{each.share.quantize(RATE, ROUND_HALF_UP):f}", profit_usd=cents_if_known(each.profit)
            )
            for each in plan.break_even
        ),
        caveats=plan.caveats,
        not_covered=(*NOT_STATES, "state unemployment contributions", "franchise taxes and fees"),
        cites=plan.cites,
    )


def _column(column: Column, sole: Column) -> StructureRow:
    told = column.summary
    return StructureRow(
        structure=column.structure,
        salary_usd=cents(column.salary),
        agi_usd=cents(told["agi"]),
        qbi_deduction_usd=cents(told["qbi_deduction"]),
        taxable_income_usd=cents(told["taxable_income"]),
        income_tax_usd=cents(told["income_tax"]),
        se_tax_usd=cents(told["se_tax"]),
        amt_usd=cents(told["amt"]),
        niit_usd=cents(told["niit"]),
        additional_medicare_usd=cents(told["additional_medicare"]),
        return_tax_usd=cents(column.outcome.tax),
        fica_futa_employer_usd=cents(column.payroll_employer),
        fica_employee_usd=cents(column.payroll_employee),
        payroll_cost_usd=cents(column.payroll_cost),
        total_tax_usd=cents(column.total),
        kept_usd=cents(column.kept),
        kept_more_usd=cents(column.kept - sole.kept),
        sep_room_usd=cents(column.sep_room),
        solo_401k_room_usd=cents(column.solo_401k_room),
        lines=tuple(map(line_row, column.lines)),
    )


def list_activity(plan: ActivityPlan) -> ActivityListing:
    """Return the record on each factor, the years counted, and the tax either way."""
    business, hobby = plan.as_business, plan.as_hobby
    more, se_tax = hobby.tax - business.tax, business.computed.summary["se_tax"]
    return ActivityListing(
        year=plan.year,
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
    )


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

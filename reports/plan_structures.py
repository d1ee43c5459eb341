"""The listings of `lotwork plan structure` and `lotwork plan activity`: columns side by side, and no verdict."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from lotwork.projections.plan.activity import ActivityPlan, ActivityYear, Evidence, FactorRecord
from lotwork.projections.plan.structure import Column, StructurePlan
from lotwork.reports.lines import cents, cents_if_known, list_line

Listing = dict[str, Any]
RATE = Decimal("0.0001")
FIGURES = (
    "agi", "qbi_deduction", "taxable_income", "income_tax", "se_tax", "amt", "niit", "additional_medicare",
)  # fmt: skip


def list_structure(plan: StructurePlan) -> Listing:
    """Return the structures side by side, the break-even profits, and what no figure decides."""
    return {
        "year": plan.year,
        "profit_usd": cents(plan.profit),
        "rows": [_column(column, plan.column("sole_proprietor")) for column in plan.columns],
        "break_even": [
            {"salary_share": f"{each.share.quantize(RATE, ROUND_HALF_UP):f}", "profit_usd": cents_if_known(each.profit)}
            for each in plan.break_even
        ],
        "caveats": list(plan.caveats),
        "not_covered": ["state income tax", "state unemployment contributions", "franchise taxes and fees"],
        "cites": list(plan.cites),
    }


def _column(column: Column, sole: Column) -> Listing:
    return {
        "structure": column.structure,
        "salary_usd": cents(column.salary),
        **{f"{name}_usd": cents(column.summary[name]) for name in FIGURES},
        "return_tax_usd": cents(column.outcome.tax),
        "fica_futa_employer_usd": cents(column.payroll_employer),
        "fica_employee_usd": cents(column.payroll_employee),
        "payroll_cost_usd": cents(column.payroll_cost),
        "total_tax_usd": cents(column.total),
        "kept_usd": cents(column.kept),
        "kept_more_usd": cents(column.kept - sole.kept),
        "sep_room_usd": cents(column.sep_room),
        "solo_401k_room_usd": cents(column.solo_401k_room),
        "lines": [list_line(each) for each in column.lines],
    }


def list_activity(plan: ActivityPlan) -> Listing:
    """Return the record on each factor, the years counted, and the tax either way."""
    counted = plan.presumption
    business, hobby = plan.as_business, plan.as_hobby
    return {
        "year": plan.year,
        "classified": plan.classified,
        "factors": [_factor(record) for record in plan.factors],
        "years": [_year(year) for year in plan.years],
        "presumption": {
            "holds": counted.holds,
            "needed": counted.needed,
            "period": list(counted.period),
            "profit": list(counted.profit),
            "loss": list(counted.loss),
            "unknown": list(counted.unknown),
            "note": "rebuttable, and no safe harbor: without it nothing is presumed either way",
        },
        "tax": {
            "business_usd": cents(business.tax),
            "hobby_usd": cents(hobby.tax),
            "hobby_costs_more_usd": cents(hobby.tax - business.tax),
            "se_tax_as_business_usd": cents(business.computed.summary["se_tax"]),
            "hobby_costs_more_beside_se_usd": cents(hobby.tax - business.tax + business.computed.summary["se_tax"]),
        },
        "missing": list(plan.missing),
        "verdict": None,
        "cites": list(plan.cites),
    }


def _factor(record: FactorRecord) -> Listing:
    return {
        "factor": record.factor,
        "title": record.title,
        "business": [_evidence(entry) for entry in record.business],
        "hobby": [_evidence(entry) for entry in record.hobby],
    }


def _evidence(entry: Evidence) -> Listing:
    return {"event": entry.event, "date": entry.day.isoformat(), "note": entry.note, "evidence": entry.evidence}


def _year(year: ActivityYear) -> Listing:
    return {"year": year.year, "profit_usd": cents_if_known(year.profit), "why_unknown": year.why_unknown or None}

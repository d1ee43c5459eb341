"""The listing of `lotwork plan year-end`: each option with its years, what it assumed, and what else can be moved."""

from __future__ import annotations

from typing import Any

from lotwork.projections.plan.year_end import Option, OptionYear, Rates, YearEndPlan
from lotwork.reports.lines import cents

Listing = dict[str, Any]


def list_year_end(plan: YearEndPlan) -> Listing:
    """Return the options side by side."""
    return {
        "year": plan.year,
        "rig": None if plan.asked is None else {
            "cost_usd": cents(plan.asked.cost),
            "class": plan.asked.recovery_class,
            "acquired": None if plan.asked.acquired is None else plan.asked.acquired.isoformat(),
        },
        "rows": [_option(option) for option in plan.options],
        "rates": [_rates(rates) for rates in plan.rates],
        "moves": [{"move": name, "text": text} for name, text in plan.moves.items()],
        "assumptions": {
            "estimate": True,
            "note": f"each later year is reckoned as {plan.year}: the same receipts, running costs, wages and gains "
                    "elsewhere; only depreciation and what is carried forward differ",
            "figures_not_out": list(plan.assumed),
        },
        "not_covered": ["state income tax"],
        "cites": list(plan.cites),
    }  # fmt: skip


def _option(option: Option) -> Listing:
    return {
        "when": option.when,
        "method": option.method,
        "placed_in_service": option.placed.isoformat(),
        "convention": option.convention,
        "saved_usd": cents(option.saved),
        "years": [_year(year) for year in option.years],
        "told": [finding._asdict() for finding in option.told],
    }


def _year(year: OptionYear) -> Listing:
    return {
        "year": year.year,
        "deducted_usd": cents(year.deducted),
        "others_usd": cents(year.others),
        "tax_usd": cents(year.tax),
        "saved_usd": cents(year.saved),
        "section_179_waits_usd": cents(year.section_179_waits),
        "nol_carried_usd": cents(year.nol_carried),
        "excess_loss_usd": cents(year.excess_loss),
    }


def _rates(rates: Rates) -> Listing:
    return {
        "year": rates.year,
        "profit": f"{rates.profit:f}",
        "short_gain": f"{rates.short:f}",
        "long_gain": f"{rates.long:f}",
    }

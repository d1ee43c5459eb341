"""Run by the oracles' own Python: filers in as JSON lines, the returns taxcalc (PSL) makes of them out.

The filers of one year are one table, since taxcalc is a vector model; Schedule C is the taxpayer's own.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import numpy as np
import pandas as pd

os.environ["NOTAXCALCJIT"] = "1"  # read on import: to compile its formulas takes longer than to run them so few times
import taxcalc

STATUSES = {"single": 1, "mfj": 2, "mfs": 3, "hoh": 4, "qss": 5}
AGED, YOUNGER = 66, 40


def table(cases: list[dict[str, Any]], year: int) -> pd.DataFrame:
    """Return the records of *cases* under taxcalc's names for the lines of a return."""

    def told(*keys: str) -> Any:
        return np.array([sum(float(case.get(key, 0)) for key in keys) for case in cases])

    count = len(cases)
    joint = np.array([case["status"] == "mfj" for case in cases])
    aged, blind = told("aged"), told("blind")
    wages, business, dividends = told("wages"), told("schedule_c_net"), told("qualified_dividends")
    return pd.DataFrame(
        {
            "RECID": np.arange(1, count + 1),
            "FLPDYR": np.full(count, year),
            "MARS": np.array([STATUSES[case["status"]] for case in cases]),
            "XTOT": np.where(joint, 2, 1),
            "age_head": np.where(aged > 0, AGED, YOUNGER),
            "age_spouse": np.where(joint, np.where(aged > 1, AGED, YOUNGER), 0),
            "blind_head": np.where(blind > 0, 1, 0),
            "blind_spouse": np.where(joint & (blind > 1), 1, 0),
            "e00200": wages + told("spouse_wages"),
            "e00200p": wages,
            "e00200s": told("spouse_wages"),
            "e00900": business,
            "e00900p": business,
            "e00300": told("taxable_interest"),
            "e00600": dividends,
            "e00650": dividends,
            "e02300": told("other_ordinary_income"),
            "p22250": told("short_term_net") - told("short_term_carryover"),
            "p23250": told("long_term_net") - told("long_term_carryover"),
            "e03300": told("retirement_contribution"),
            "e03270": told("health_insurance"),
            "e19200": told("itemized_deductions") - told("itemized_taxes"),
            "e18400": told("itemized_taxes"),
            "PT_ubia_property": told("ubia"),
            "PT_binc_w2_wages": told("business_w2_wages"),
            "PT_SSTB_income": np.zeros(count),
        }
    )


def returns(cases: list[dict[str, Any]], year: int) -> list[dict[str, float]]:
    """Return the figures of `lotwork compute us` for each of *cases*, all of one *year*."""
    records = taxcalc.Records(data=table(cases, year), start_year=year, gfactors=None, weights=None, adjust_ratios=None)
    made = taxcalc.Calculator(policy=taxcalc.Policy(), records=records, verbose=False)
    made.advance_to_year(year)
    made.calc_all()
    figures = {
        "se_tax": made.array("setax"),
        "half_se_deduction": made.array("c03260"),
        "agi": made.array("c00100"),
        "qbi_deduction": made.array("qbided"),
        "taxable_income": made.array("c04800"),
        "income_tax": made.array("taxbc"),
        "amt": made.array("c09600"),
        "niit": made.array("niit"),
        "additional_medicare": made.array("ptax_amc"),
    }
    figures["total"] = sum(figures[key] for key in ("se_tax", "income_tax", "amt", "niit", "additional_medicare"))
    return [{key: float(values[place]) for key, values in figures.items()} for place in range(len(cases))]


def main() -> None:
    """Answer every line of standard input, the years one after another."""
    cases = [json.loads(line) for line in sys.stdin]
    answers: dict[int, dict[str, float]] = {}
    for year in sorted({case["year"] for case in cases}):
        places = [place for place, case in enumerate(cases) if case["year"] == year]
        answers |= dict(zip(places, returns([cases[place] for place in places], year), strict=True))
    for place in range(len(cases)):
        sys.stdout.write(json.dumps(answers[place]) + "\n")


main()

"""Run by the oracles' own Python: filers in as JSON lines, the returns tenforty (Open Tax Solver) makes of them out."""

from __future__ import annotations

import json
import sys
from typing import Any

import tenforty

STATUSES = {
    "single": "Single",
    "mfj": "Married/Joint",
    "mfs": "Married/Sep",
    "hoh": "Head_of_House",
    "qss": "Widow(er)",
}
KEYS = {
    "w2_income": "wages",
    "self_employment_income": "schedule_c_net",
    "taxable_interest": "taxable_interest",
    "qualified_dividends": "qualified_dividends",
    "short_term_capital_gains": "short_term_net",
    "long_term_capital_gains": "long_term_net",
    "schedule_1_income": "other_ordinary_income",
    "qbi_w2_wages": "business_w2_wages",
    "qbi_ubia": "ubia",
}


def answer(case: dict[str, Any]) -> dict[str, float]:
    """Return the figures tenforty tells of *case*, under the names of `lotwork compute us`, or of `us-state`.

    Of a state it is its own model of the forms that answers (graph): Open Tax Solver has few states.
    """
    amounts = {theirs: float(case.get(ours, 0)) for theirs, ours in KEYS.items()}
    if "state" in case:
        dividends = max(float(case.get("ordinary_dividends", 0)), amounts["qualified_dividends"])
        itemized = float(case.get("itemized_deductions", 0))
        made = tenforty.evaluate_return(
            year=case["year"],
            state=case["state"],
            filing_status=STATUSES[case["status"]],
            backend="graph",
            ordinary_dividends=dividends,
            itemized_deductions=itemized,
            standard_or_itemized="Itemized" if itemized else "Standard",
            **amounts,
        )
        return {
            "agi": made.federal_adjusted_gross_income,
            "state_taxable_income": made.state_taxable_income,
            "state_tax": made.state_total_tax,
        }
    made = tenforty.evaluate_return(year=case["year"], filing_status=STATUSES[case["status"]], **amounts)
    return {
        "agi": made.federal_adjusted_gross_income,
        "taxable_income": made.federal_taxable_income,
        "qbi_deduction": made.federal_qbi_deduction,
        "income_tax": made.federal_income_tax,
        "amt": made.federal_amt,
        "se_tax": made.federal_se_tax,
        "niit": made.federal_niit,
        "additional_medicare": made.federal_additional_medicare_tax,
        "total": made.federal_total_tax,
    }


for line in sys.stdin:
    sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")

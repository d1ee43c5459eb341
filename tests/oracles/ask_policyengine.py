"""Run by the oracles' own Python: filers of a state in as JSON lines, the taxes PolicyEngine-US makes of them out.

The filers of one year are one population: PolicyEngine is a vector model, and to read its tables costs more than to
ask. What the federal return says is told, not asked: its deduction for business income (PolicyEngine doubles the
threshold of a surviving spouse, whom 26 U.S.C. 199A(e)(2)(A) does not name), that it does not itemize, and that it
takes no earned income credit, which the states would copy and Lotwork does not know.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

os.environ["HF_HUB_OFFLINE"] = "1"  # no data set is asked for: the filers are drawn here
from policyengine_us import Simulation

STATUSES = {
    "single": "SINGLE",
    "mfj": "JOINT",
    "mfs": "SEPARATE",
    "hoh": "HEAD_OF_HOUSEHOLD",
    "qss": "SURVIVING_SPOUSE",
}
AGED, YOUNGER, CHILD = 66, 40, 17
"""A child of 17 is a dependent and no child of any child tax credit, which Lotwork does not know either."""
PREMIUMS = "medical_expense_health_insurance_premiums"
"""PolicyEngine imputes them to filers of 65, and Ohio deducts them above 7.5 percent of income."""
FILER = {
    "wages": "employment_income",
    "schedule_c_net": "self_employment_income",
    "taxable_interest": "taxable_interest_income",
    "qualified_dividends": "qualified_dividend_income",
    "short_term_net": "short_term_capital_gains",
    "long_term_net": "long_term_capital_gains",
    "ubia": "unadjusted_basis_qualified_property",
    "business_w2_wages": "w2_wages_from_qualified_business",
}
FEDERAL = {"agi": "adjusted_gross_income", "taxable_income": "taxable_income"}
TAXES = {
    "CA": ("ca_taxable_income", "ca_income_tax_before_refundable_credits"),
    "CO": ("co_taxable_income", "co_income_tax_before_refundable_credits"),
    "GA": ("ga_taxable_income", "ga_income_tax_before_refundable_credits"),
    "IL": ("il_taxable_income", "il_income_tax_before_refundable_credits"),
    "KY": (None, "ky_income_tax_before_refundable_credits"),
    "MT": (None, "mt_income_tax_before_refundable_credits_unit"),
    "NC": (None, "nc_income_tax"),
    "NE": ("ne_taxable_income", "ne_income_tax_before_refundable_credits"),
    "NY": ("ny_taxable_income", "ny_income_tax_before_refundable_credits"),
    "OH": (None, "oh_income_tax_before_refundable_credits"),
    "OK": ("ok_taxable_income", "ok_income_tax_before_refundable_credits"),
    "PA": ("pa_adjusted_taxable_income", "pa_income_tax_before_refundable_credits"),
    "WA": (None, "wa_capital_gains_tax"),
}
"""What each state taxes, where PolicyEngine has it in one figure, and its tax before refundable credits."""
NYC = "nyc_income_tax_before_credits"
TOLD = {
    "GA": "ga_low_income_credit",
    "NY": "ny_household_credit",
    "OK": "ok_child_care_child_tax_credit",
    "PA": "pa_tax_forgiveness_amount",
}
"""Credits of each state that Lotwork is told and does not reckon; New York's on a separate return alone."""


def people(case: dict[str, Any], year: int) -> list[dict[str, Any]]:
    """Return the filer, a joint spouse and the dependents of *case*."""
    joint = case["status"] == "mfj"
    aged, blind = case.get("aged", 0), case.get("blind", 0)

    def one(age: int, **told: Any) -> dict[str, Any]:
        return {name: {year: value} for name, value in {"age": age, PREMIUMS: 0, **told}.items()}

    amounts = {theirs: float(case[ours]) for ours, theirs in FILER.items() if ours in case}
    made = [one(AGED if aged else YOUNGER, is_blind=blind > 0, is_tax_unit_head=True, **amounts)]
    if joint:
        wages = float(case.get("spouse_wages", 0))
        spouse = {"is_blind": blind > 1, "is_tax_unit_spouse": True, "employment_income": wages}
        made.append(one(AGED if aged > 1 else YOUNGER, **spouse))
    return made + [one(CHILD, is_tax_unit_dependent=True) for _ in range(case.get("dependents", 0))]


def population(cases: list[dict[str, Any]], year: int) -> Simulation:
    """Return the simulation of *cases*, one household each."""
    told: dict[str, dict[str, Any]] = {
        name: {} for name in ("people", "tax_units", "households", "families", "spm_units", "marital_units")
    }
    for place, case in enumerate(cases):
        made = people(case, year)
        names = [f"{place}/{each}" for each in range(len(made))]
        told["people"] |= dict(zip(names, made, strict=True))
        whole: dict[str, Any] = {"members": names}
        joint = case["status"] == "mfj"
        told["tax_units"][str(place)] = {
            **whole,
            "filing_status": {year: STATUSES[case["status"]]},
            "tax_unit_itemizes": {year: False},
            "takes_up_eitc": {year: False},
            "qualified_business_income_deduction": {year: float(case["qbi_deduction"])},
        }
        told["households"][str(place)] = {
            **whole,
            "state_code": {year: case["state"]},
            "in_nyc": {year: case.get("locality") == "nyc"},
        }
        told["families"][str(place)] = told["spm_units"][str(place)] = whole
        couple = names[: 2 if joint else 1]
        told["marital_units"] |= {each: {"members": [each]} for each in names if each not in couple}
        told["marital_units"][names[0]] = {"members": couple}
    return Simulation(situation=told)


def answers(cases: list[dict[str, Any]], year: int) -> list[dict[str, float]]:
    """Return the figures of each of *cases*, all of one *year*, under the names of `lotwork compute us-state`."""
    made = population(cases, year)
    federal = {ours: made.calculate(theirs, year) for ours, theirs in FEDERAL.items()}
    city = made.calculate(NYC, year)
    asked = {name for state in {case["state"] for case in cases} for name in TAXES[state] if name is not None}
    asked |= {TOLD[state] for state in {case["state"] for case in cases} if state in TOLD}
    states = {name: made.calculate(name, year, map_to="tax_unit") for name in sorted(asked)}
    told = []
    for place, case in enumerate(cases):
        base, tax = TAXES[case["state"]]
        figures = {name: float(values[place]) for name, values in federal.items()}
        figures["state_tax_after_credits"] = float(states[tax][place])
        if case.get("locality") == "nyc":
            figures["state_tax_after_credits"] += float(city[place])
        credit = TOLD.get(case["state"])
        figures["told_credits"] = 0.0 if credit is None else float(states[credit][place])
        if base is not None:
            figures["state_taxable_income"] = float(states[base][place])
        told.append(figures)
    return told


def main() -> None:
    """Answer every line of standard input, the years one after another."""
    cases = [json.loads(line) for line in sys.stdin]
    found: dict[int, dict[str, float]] = {}
    for year in sorted({case["year"] for case in cases}):
        places = [place for place, case in enumerate(cases) if case["year"] == year]
        found |= dict(zip(places, answers([cases[place] for place in places], year), strict=True))
    for place in range(len(cases)):
        sys.stdout.write(json.dumps(found[place]) + "\n")


main()

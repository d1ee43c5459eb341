"""Run by the oracles' own Python: filers of a state in as JSON lines, the returns PolicyEngine-US makes of them out.

The filers of one year are one population: PolicyEngine is a vector model, and to read its tables costs more than to
ask. What Lotwork is told and does not reckon is told from its answer (`told_...`): Schedule A, with what the state
allows of it, and credits and subtractions of a state. It takes no earned income credit, which the states would copy,
no gifts of who does not itemize, and no expenses for children, of which a dozen programs of each state would pay.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from typing import Any

gc.disable()  # millions of objects are made and kept: to look through them again and again is half of the whole cost
os.environ["HF_HUB_OFFLINE"] = "1"  # no data set is asked for: the filers are drawn here
from policyengine_us import Simulation  # noqa: E402 - what is above speeds it up, and must stand before it
from policyengine_us.system import system  # noqa: E402 - the same

system.parameters.gov.simulation.branch_to_determine_itemization.update(start="2020-01-01", value=False)
"""Whether to itemize is asked of the deductions, as Form 1040 line 12 does, and not of the taxes."""

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
OWN = {
    "wages": "employment_income",
    "schedule_c_net": "self_employment_income",
    "ubia": "unadjusted_basis_qualified_property",
    "business_w2_wages": "w2_wages_from_qualified_business",
    "retirement_contribution": "self_employed_pension_contributions",
    "health_insurance": "self_employed_health_insurance_premiums",
}
"""What each spouse has; the keys of the spouse begin with "spouse_"."""
FILER = OWN | {
    "taxable_interest": "taxable_interest_income",
    "qualified_dividends": "qualified_dividend_income",
    "nol_deduction": "early_withdrawal_penalty",
    "real_estate_taxes": "real_estate_taxes",
    "mortgage_interest": "deductible_mortgage_interest",
    "gifts": "charitable_cash_donations",
}
"""A net operating loss carried in, which PolicyEngine does not know, is another deduction from income."""
OTHER = ("other_ordinary_income", "hobby_income", "digital_income")
SPOUSE = {"spouse_w2_wages": OWN["business_w2_wages"]} | {f"spouse_{ours}": theirs for ours, theirs in OWN.items()}
FEDERAL = {
    "agi": "adjusted_gross_income",
    "qbi_deduction": "qualified_business_income_deduction",
    "taxable_income": "taxable_income",
    "income_tax": "income_tax_before_credits",
    "amt": "alternative_minimum_tax",
    "se_tax": "self_employment_tax",
    "niit": "net_investment_income_tax",
    "additional_medicare": "additional_medicare_tax",
}
"""Its income tax has the minimum tax in it."""
SCHEDULE_A = {"told_itemized": "total_itemized_taxable_income_deductions", "told_taxes": "salt_deduction"}
TAXES = {
    "CA": ("ca_taxable_income", "ca_income_tax_before_refundable_credits"),
    "CO": ("co_taxable_income", "co_income_tax_before_refundable_credits"),
    "GA": ("ga_taxable_income", "ga_income_tax_before_refundable_credits"),
    "IL": ("il_taxable_income", "il_income_tax_before_refundable_credits"),
    "KY": (None, "ky_income_tax_before_refundable_credits"),
    "MT": (None, "mt_income_tax_before_refundable_credits_unit"),
    "NC": ("nc_taxable_income", "nc_income_tax"),
    "NE": ("ne_taxable_income", "ne_income_tax_before_refundable_credits"),
    "NY": ("ny_taxable_income", "ny_income_tax_before_refundable_credits"),
    "OH": (None, "oh_income_tax_before_refundable_credits"),
    "OK": ("ok_taxable_income", "ok_income_tax_before_refundable_credits"),
    "PA": ("pa_adjusted_taxable_income", "pa_income_tax_before_refundable_credits"),
    "WA": (None, "wa_capital_gains_tax"),
}
"""What each state taxes, where PolicyEngine has it in one figure, and its tax before refundable credits; neither is
asked to be less than nothing, as North Carolina's income there and Yonkers's surcharge are."""
LOCAL = {"nyc": "nyc_income_tax_before_credits", "yonkers": "ny_yonkers_income_tax"}
MINIMUM = {"CA": "ca_amt", "CO": "co_amt"}
"""The minimum tax of a state, which Lotwork says that it does not reckon, and which stands in its tax."""
TOLD: dict[str, dict[str, tuple[str, ...]]] = {
    "told_credits": {
        "GA": ("ga_low_income_credit", "ga_itemizer_credit"),
        "IL": ("il_property_tax_credit",),
        "NY": ("ny_household_credit",),
        "OH": ("oh_joint_filing_credit",),
        "OK": ("ok_child_care_child_tax_credit",),
        "PA": ("pa_tax_forgiveness_amount",),
    },
    "told_refundable": {"NY": ("ny_refundable_credits",)},
    "told_additions": {"CO": ("co_state_addback",)},
    "told_subtractions": {
        "CO": ("co_charitable_contribution_subtraction",),
        "GA": ("ga_retirement_exclusion",),
        "MT": ("mt_old_age_subtraction",),
    },
    "told_state_itemized": {
        "CA": ("ca_itemized_deductions",),
        "GA": ("itemized_taxable_income_deductions",),
        "KY": ("ky_itemized_deductions_unit",),
        "NC": ("nc_itemized_deductions",),
        "NE": ("ne_itemized_deductions",),
        "NY": ("ny_itemized_deductions",),
        "OK": ("ok_itemized_deductions",),
    },
}
"""What Lotwork is told of each state and does not reckon; New York's credit on a separate return alone, and Ohio's
where the spouse has a business too."""


def people(case: dict[str, Any], year: int) -> list[dict[str, Any]]:
    """Return the filer, a joint spouse and the dependents of *case*."""
    aged, blind = case.get("aged", 0), case.get("blind", 0)

    def one(age: int, names: dict[str, str], **told: Any) -> dict[str, Any]:
        amounts = {theirs: float(case[ours]) for ours, theirs in names.items() if ours in case}
        return {name: {year: value} for name, value in {"age": age, PREMIUMS: 0, **amounts, **told}.items()}

    gains = {
        f"{term}_capital_gains": float(case.get(f"{term}_net", 0)) - float(case.get(f"{term}_carryover", 0))
        for term in ("short_term", "long_term")
    }
    dividends = float(case.get("ordinary_dividends", 0)) or float(case.get("qualified_dividends", 0))
    more = {
        "non_qualified_dividend_income": dividends - float(case.get("qualified_dividends", 0)),
        "miscellaneous_income": sum(float(case.get(key, 0)) for key in OTHER),
        **gains,
    }
    for name in ("additions", "subtractions"):
        if name in case and case["state"] in ("KY", "MT", "OH"):
            more[f"{case['state'].lower()}_other_{name}"] = float(case[name])
    head = one(AGED if aged else YOUNGER, FILER, is_blind=blind > 0, is_tax_unit_head=True, **more)
    made = [head]
    if case["status"] == "mfj":
        made.append(one(AGED if aged > 1 else YOUNGER, SPOUSE, is_blind=blind > 1, is_tax_unit_spouse=True))
    return made + [one(CHILD, {}, is_tax_unit_dependent=True) for _ in range(case.get("dependents", 0))]


def unit(case: dict[str, Any]) -> dict[str, Any]:
    """Return what the return of *case* tells as a whole."""
    told = {
        "filing_status": STATUSES[case["status"]],
        "takes_up_eitc": False,
        "charitable_deduction_for_non_itemizers": 0.0,
        "tax_unit_childcare_expenses": 0.0,
        "state_withheld_income_tax": float(case.get("state_income_tax", 0)),
        "local_income_tax": 0.0,
        "state_sales_tax": 0.0,
        "local_sales_tax": 0.0,
    }
    for name in ("additions", "subtractions"):
        if name in case and case["state"] not in ("KY", "MT", "OH", "WA"):
            told[f"{case['state'].lower()}_other_{name}"] = float(case[name])
    return told


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
        told["tax_units"][str(place)] = whole | {name: {year: value} for name, value in unit(case).items()}
        told["households"][str(place)] = {
            **whole,
            "state_code": {year: case["state"]},
            "in_nyc": {year: case.get("locality") == "nyc"},
            "in_yonkers": {year: case.get("locality") == "yonkers"},
        }
        told["families"][str(place)] = told["spm_units"][str(place)] = whole
        couple = names[: 2 if case["status"] == "mfj" else 1]
        told["marital_units"] |= {each: {"members": [each]} for each in names if each not in couple}
        told["marital_units"][names[0]] = {"members": couple}
    return Simulation(situation=told)


def answers(cases: list[dict[str, Any]], year: int) -> list[dict[str, float]]:
    """Return the figures of each of *cases*, all of one *year*, under the names of `lotwork compute us-state`."""
    made = population(cases, year)
    states = {case["state"] for case in cases}
    asked = {*FEDERAL.values(), *SCHEDULE_A.values()}
    asked |= {name for state in states for name in TAXES[state] if name is not None}
    asked |= {MINIMUM[state] for state in states if state in MINIMUM}
    asked |= {name for names in TOLD.values() for state in states for name in names.get(state, ())}
    asked |= set(LOCAL.values()) if "NY" in states else set()
    values = {name: made.calculate(name, year, map_to="tax_unit") for name in sorted(asked)}
    told = []
    for place, case in enumerate(cases):
        state = case["state"]
        base, tax = TAXES[state]
        figures = {ours: float(values[theirs][place]) for ours, theirs in (FEDERAL | SCHEDULE_A).items()}
        for key, names in TOLD.items():
            figures[key] = sum(float(values[name][place]) for name in names.get(state, ()))
        if base is not None:
            figures["state_taxable_income"] = max(0.0, float(values[base][place]))
        figures["state_tax_after_credits"] = float(values[tax][place])
        if "locality" in case:
            figures["state_tax_after_credits"] += max(0.0, float(values[LOCAL[case["locality"]]][place]))
        if state in MINIMUM:
            figures["state_tax_after_credits"] -= float(values[MINIMUM[state]][place])
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

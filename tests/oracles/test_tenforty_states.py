"""State returns of 2025 beside tenforty's, as far as its forms go: deductions and brackets, no credits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from types import MappingProxyType

import pytest

from lotwork.rules.us.individual import compute, read_case
from lotwork.rules.us.states.case import StateCase, StateFacts
from lotwork.rules.us.states.state_return import state_return
from tests.oracles.asking import ask
from tests.oracles.filers import Case
from tests.oracles.state_filers import federal_part, state_filers
from tests.oracles.test_tenforty import as_tenforty_takes_it
from tests.rules.us.law import LAW

YEAR = 2025
FILERS_A_STATE = 150
FEW = 40
TOLERANCE = Decimal("0.05")
TOLD = (
    "year", "status", "state", "schedule_c_net", "wages", "taxable_interest", "qualified_dividends",
    "ordinary_dividends", "short_term_net", "long_term_net", "other_ordinary_income",
)  # fmt: skip
"""What tenforty can be told of a filer in a state, beside itemized deductions."""
ITEMIZE = ("CA", "CO", "GA", "MT", "NC", "NY")
"""Where it takes them; itemized deductions of a Kentuckian or Nebraskan it leaves out."""
WITHOUT_BUSINESS = ("CA", "PA")
"""California, to whose income it adds the federal deduction for business income, which was never taken off it, and
Pennsylvania, where it knows no net profits and no other income."""


def always(_case: StateCase) -> bool:
    """Compare every filer."""
    return True


def up_to(most: str) -> Callable[[StateCase], bool]:
    """Compare filers of federal adjusted gross income up to *most*."""
    return lambda case: case.federal.income.agi.amount <= Decimal(most)


def without_gain(case: StateCase) -> bool:
    """Compare filers without a gain of coins."""
    return case.federal.filer.short_term_net <= 0 and case.federal.filer.long_term_net <= 0


def no_surviving_spouse(case: StateCase) -> bool:
    """Compare everyone but surviving spouses."""
    return case.federal.filer.status != "qss"


COMPARED: Mapping[str, Callable[[StateCase], bool]] = MappingProxyType(
    {
        "CA": up_to("252203"),  # nor how the exemption credits fall by whole steps, Cal. Rev. & Tax. Code 17054.1
        "CO": up_to("299999.99"),  # not the deductions it takes back from 300,000 on, C.R.S. 39-22-104(3)(p.5)
        "GA": no_surviving_spouse,  # whom it gives a couple's deduction; Form 500 has them with heads of household
        "KY": always,
        "MT": without_gain,  # nor the rates of gain, Mont. Code 15-30-2103(2)
        "NC": always,
        "NE": always,
        "NY": up_to("107650"),  # nor what is taken back above it, N.Y. Tax Law 601(d-1)
        "PA": without_gain,  # nor the class of gains, 72 P.S. 7303(a)(3)
    }
)
"""Whom tenforty has every form of. Ohio, Oklahoma and Illinois are not among them: it knows no exemptions of theirs."""
TAX = MappingProxyType({("CA", "state_tax"): "state_tax_after_credits"})
"""Which of our figures its tax is, where that is not the tax before credits: California's has the exemption credits."""


@cache
def asked() -> list[tuple[StateCase, Mapping[str, Decimal]]]:
    cases = [as_told(case) for state in COMPARED for case in state_filers(YEAR, state, FILERS_A_STATE, "tenforty")]
    made: list[tuple[StateCase, Mapping[str, Decimal]]] = []
    for case, answer in zip(cases, ask("tenforty", cases), strict=True):
        itemized = Decimal(case["itemized_deductions"]) if "itemized_deductions" in case else None
        federal = compute(as_tenforty_takes_it(federal_part(case)), LAW)
        if "schedule_c_net" not in case:
            federal = compute(read_case(federal_part(case)), LAW)
        facts = StateFacts(itemized_deductions=itemized)
        filed = StateCase(state=case["state"], year=YEAR, federal=federal, facts=facts)
        made.append((filed, {key: Decimal(repr(amount)) for key, amount in answer.items()}))
    return made


def as_told(case: Case) -> Case:
    """Return what of *case* tenforty is told, and its itemized deductions where they are more than the standard one."""
    told = {key: amount for key, amount in case.items() if key in TOLD}
    columns = case["state"] == "KY" and case["status"] == "mfj"
    if Decimal(told.get("schedule_c_net", 0)) < 0 or case["state"] in WITHOUT_BUSINESS or columns:
        told = {key: amount for key, amount in told.items() if key not in ("schedule_c_net", "other_ordinary_income")}
    itemized = sum(
        (Decimal(case.get(key, 0)) for key in ("real_estate_taxes", "mortgage_interest", "gifts")), Decimal(0)
    )
    if case["state"] in ITEMIZE and itemized > 0:
        alone = compute(read_case(federal_part({**told, "itemized_deductions": str(itemized)})), LAW)
        if alone.taxable.itemized:
            told["itemized_deductions"] = str(itemized)
    return told


@pytest.mark.seeded
@pytest.mark.parametrize("state", COMPARED)
def test_taxable_income_and_the_tax_on_it_agree(state: str) -> None:
    mine = [(case, theirs) for case, theirs in asked() if case.state == state and COMPARED[state](case)]
    assert len(mine) >= FEW
    for case, theirs in mine:
        ours = {**case.federal.summary, **state_return(case, LAW).summary}
        told = {TAX.get((state, key), key): amount for key, amount in theirs.items()}
        told |= {key: max(Decimal(0), amount) for key, amount in told.items() if key.startswith("state")}
        apart = {key: (ours[key], amount) for key, amount in told.items() if abs(ours[key] - amount) > TOLERANCE}
        assert not apart, (apart, case.federal.filer)

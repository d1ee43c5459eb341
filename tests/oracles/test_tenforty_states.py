"""State returns of 2025 beside tenforty's, as far as its forms go: deductions and brackets, no credits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import cache
from types import MappingProxyType

import pytest

from lotwork.rules.us.individual import compute, read_case
from lotwork.rules.us.states.case import StateCase
from lotwork.rules.us.states.state_return import state_return
from tests.oracles.asking import ask
from tests.oracles.filers import Case
from tests.oracles.state_filers import state_filers
from tests.oracles.states import federal_part
from tests.rules.us.law import LAW

YEAR = 2025
FILERS_A_STATE = 150
FEW = 40
TOLERANCE = Decimal("0.05")
UNTOLD = (
    "ubia", "business_w2_wages", "spouse_wages", "schedule_c_net", "aged", "blind", "dependents", "locality",
)  # fmt: skip
"""What tenforty cannot be told of a state, and business income, which PolicyEngine is asked about."""


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
    cases: list[Case] = [
        {key: told for key, told in case.items() if key not in UNTOLD}
        for state in COMPARED
        for case in state_filers(YEAR, state, FILERS_A_STATE, "tenforty")
    ]
    made: list[tuple[StateCase, Mapping[str, Decimal]]] = []
    for case, answer in zip(cases, ask("tenforty", cases), strict=True):
        filed = StateCase(state=case["state"], year=YEAR, federal=compute(read_case(federal_part(case)), LAW))
        made.append((filed, {key: Decimal(repr(amount)) for key, amount in answer.items()}))
    return made


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
        assert not apart, (case.federal.filer, apart)

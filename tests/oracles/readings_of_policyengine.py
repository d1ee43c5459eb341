"""Where PolicyEngine reads a state's law otherwise than we do: each reading named, cited, and put in our place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from lotwork.rules.load import Law
from lotwork.rules.us.states.case import StateCase, StateFacts
from tests.oracles.readings import Rule

ZERO = Decimal(0)


def as_told(case: StateCase) -> StateFacts:
    """Return the facts as they were told."""
    return case.facts


def as_it_stands(_law: Law, _case: StateCase) -> Sequence[Rule]:
    """Return no other rule than ours."""
    return ()


@dataclass(frozen=True, kw_only=True)
class StateReading:
    """How PolicyEngine reads the law of a state, whom it concerns, and how our computation is made to read it so."""

    name: str
    law: str
    """What the law says, and where."""
    state: str
    concerns: Callable[[StateCase], bool]
    told: Callable[[StateCase], StateFacts] = as_told
    rules: Callable[[Law, StateCase], Sequence[Rule]] = as_it_stands


def with_business_deduction_added(case: StateCase) -> StateFacts:
    """Return the facts with the federal deduction for business income added back, as far as it lowered income."""
    taxable = case.federal.taxable
    before = max(ZERO, taxable.unfloored.amount + taxable.qbi.deduction.amount)
    return replace(case.facts, additions=case.facts.additions + before - taxable.income.amount)


def figure_of(name: str, value: Any) -> Callable[[Law, StateCase], Sequence[Rule]]:
    """Give the figure *name* of the case's state another value in its year."""

    def rules(law: Law, case: StateCase) -> Sequence[Rule]:
        path = f"us/states/{case.state.lower()}/{name}"
        return [Rule(figure=path, from_=law.in_year(path, case.year).from_, value=value)]

    return rules


def surviving_as_joint(name: str) -> Callable[[Law, StateCase], Sequence[Rule]]:
    """Give a surviving spouse what the figure *name* of the state gives a joint return."""

    def rules(law: Law, case: StateCase) -> Sequence[Rule]:
        figure = law.in_year(f"us/states/{case.state.lower()}/{name}", case.year)
        assert isinstance(figure.value, Mapping)
        return [Rule(figure=figure.path, from_=figure.from_, value={**figure.value, "qss": figure.value["mfj"]})]

    return rules


POLICYENGINE: tuple[StateReading, ...] = (
    StateReading(
        name="a surviving spouse's standard deduction in Georgia of 2026 as on a joint return",
        law="O.C.G.A. 48-7-27(a)(1), as amended by HB 463 (2026), doubles it for spouses who file jointly alone",
        state="GA",
        concerns=lambda case: case.federal.filer.status == "qss" and case.year == 2026,
        rules=surviving_as_joint("standard_deduction"),
    ),
    StateReading(
        name="Montana without the deduction for business income",
        law="Mont. Code 15-30-2120(1): the additions and subtractions are made to federal taxable income, which 26 "
        "U.S.C. 63(b)(3) has less the deduction of section 199A; PolicyEngine takes income less the standard deduction",
        state="MT",
        concerns=lambda case: case.federal.summary["qbi_deduction"] > 0,
        told=with_business_deduction_added,
    ),
    StateReading(
        name="a capital loss that makes interest count for Ohio's joint filing credit",
        law="Ohio R.C. 5747.05(G): each spouse must have 500 of income other than interest, dividends, rents and "
        "capital gains; PolicyEngine sets a capital loss off against the interest that does not count",
        state="OH",
        concerns=lambda case: case.federal.filer.short_term_net + case.federal.filer.long_term_net < 0,
        rules=figure_of("joint_credit_income", "0"),
    ),
    StateReading(
        name="a capital loss taken off the income that Ohio's joint filing credit asks of each spouse",
        law="Ohio R.C. 5747.05(G): capital gains and losses do not count; PolicyEngine counts the loss of the year",
        state="OH",
        concerns=lambda case: case.federal.filer.short_term_net + case.federal.filer.long_term_net < 0,
        rules=figure_of("joint_credit_income", "1000000000"),
    ),
)
"""The readings of policyengine-us 2.68.0."""

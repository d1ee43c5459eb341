"""Where PolicyEngine reads a state's law otherwise than we do: each reading named, cited, and put in our place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from lotwork.rules.load import Law
from lotwork.rules.us.adjusted_gross_income import Income
from lotwork.rules.us.amt import Start
from lotwork.rules.us.deductions import Taxable
from lotwork.rules.us.individual import Filer
from lotwork.rules.us.individual import _minimum_start as minimum_start
from lotwork.rules.us.states.case import StateCase, StateFacts
from tests.oracles.readings import Rule

ZERO = Decimal(0)


def as_told(case: StateCase) -> StateFacts:
    """Return the facts as they were told."""
    return case.facts


def as_filed(filer: Filer) -> Filer:
    """Return the filer of the federal return as he was told."""
    return filer


def as_it_stands(_law: Law, _case: StateCase) -> Sequence[Rule]:
    """Return no other rule than ours."""
    return ()


@dataclass(frozen=True, kw_only=True)
class StateReading:
    """How PolicyEngine reads the law of a state, whom it concerns, and how our computation is made to read it so."""

    name: str
    law: str
    """What the law says, and where."""
    state: str | None
    """None: the federal return."""
    concerns: Callable[[StateCase], bool]
    told: Callable[[StateCase], StateFacts] = as_told
    filer: Callable[[Filer], Filer] = as_filed
    patches: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    rules: Callable[[Law, StateCase], Sequence[Rule]] = as_it_stands


def with_business_deduction_added(case: StateCase) -> StateFacts:
    """Return the facts with the federal deduction for business income added back, as far as it lowered income."""
    taxable = case.federal.taxable
    before = max(ZERO, taxable.unfloored.amount + taxable.qbi.deduction.amount)
    return replace(case.facts, additions=case.facts.additions + before - taxable.income.amount)


def with_federal_below_zero(case: StateCase) -> StateFacts:
    """Return the facts with what income less deductions, but that for business income, lies below zero."""
    taxable = case.federal.taxable
    below = max(ZERO, -taxable.unfloored.amount - taxable.qbi.deduction.amount)
    return replace(case.facts, subtractions=case.facts.subtractions + below)


def with_itemized_whole(case: StateCase) -> StateFacts:
    """Return the facts with what itemized deductions are more than what was deducted, but for section 68."""
    more = case.federal.filer.itemized_deductions - case.federal.taxable.deduction.amount
    return replace(case.facts, subtractions=case.facts.subtractions + more)


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


def federal_figure_of(*paths: str) -> Callable[[Law, StateCase], Sequence[Rule]]:
    """Give a surviving spouse what the federal figures at *paths* give a joint return."""

    def rules(law: Law, case: StateCase) -> Sequence[Rule]:
        made = []
        for path in paths:
            figure = law.in_year(path, case.year)
            assert isinstance(figure.value, Mapping)
            made.append(Rule(figure=path, from_=figure.from_, value={**figure.value, "qss": figure.value["mfj"]}))
        return made

    return rules


def no_reduction_to_take_back(filer: Filer, income: Income, taxable: Taxable) -> Start:
    """Return where Form 6251 starts, with what section 68 took from itemized deductions left in it."""
    start = minimum_start(filer, income, taxable)
    return replace(start, added_back=tuple(each for each in start.added_back if each.line != "3"))


POLICYENGINE: tuple[StateReading, ...] = (
    StateReading(
        name="a surviving spouse's threshold and range of the deduction for business income as on a joint return",
        law="26 U.S.C. 199A(b)(3)(B), (e)(2)(A): both are doubled for a joint return, and a surviving spouse files "
        "none",
        state=None,
        concerns=lambda case: case.federal.filer.status == "qss" and case.federal.filer.schedule_c_net > 0,
        rules=federal_figure_of("us/qbi/threshold", "us/qbi/phase_in_range"),
    ),
    StateReading(
        name="the minimum tax on itemized deductions as section 68 reduces them",
        law="26 U.S.C. 56(b)(1)(E): section 68 does not apply; Form 6251 line 3 takes its reduction out again",
        state=None,
        concerns=lambda case: case.federal.taxable.reduction.amount > 0,
        patches={"lotwork.rules.us.individual._minimum_start": no_reduction_to_take_back},
    ),
    StateReading(
        name="Colorado from a federal taxable income that is never negative",
        law="C.R.S. 39-22-104(1.7); Book 104, line 1: a negative federal taxable income is entered as such",
        state="CO",
        concerns=lambda case: case.federal.taxable.unfloored.amount < 0,
        rules=figure_of("start_may_be_negative", value=False),
    ),
    StateReading(
        name="Kentucky's family size credit of 30 percent up to 127.0032 percent of the level",
        law="KRS 141.066(3): 20 percent where modified gross income is greater than 127 percent of the threshold",
        state="KY",
        concerns=lambda _case: True,
        rules=figure_of("family_size_tops", value=[1, 1.04, 1.08, 1.12, 1.16, 1.2, 1.24, 1.270032, 1.3, 1.33]),
    ),
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
        concerns=lambda case: any(each.amount > 0 for each in case.federal.income.businesses),
        told=with_business_deduction_added,
    ),
    StateReading(
        name="Montana from a federal taxable income below zero",
        law="Mont. Code 15-30-2120(1): it starts from federal taxable income, which Form 1040 line 15 tells no lower "
        "than 0; no source read has Montana ask for less",
        state="MT",
        concerns=lambda case: case.federal.taxable.unfloored.amount < 0,
        told=with_federal_below_zero,
    ),
    StateReading(
        name="Montana without what section 68 takes of itemized deductions",
        law="Mont. Code 15-30-2120(1): federal taxable income is what 26 U.S.C. 68 has reduced the deductions of",
        state="MT",
        concerns=lambda case: case.federal.filer.itemized_deductions > case.federal.taxable.deduction.amount,
        told=with_itemized_whole,
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

"""State returns beside PolicyEngine's: `python -m tests.oracles.states 500 GA NC` asks about 500 filers a year each.

The test asks about fewer, because each of them costs: what it draws is the beginning of what this draws.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple
from unittest.mock import patch

from lotwork.rules.us.individual import compute, read_case
from lotwork.rules.us.states.case import StateCase
from lotwork.rules.us.states.state_return import state_return
from tests.oracles.asking import ask
from tests.oracles.filers import Case
from tests.oracles.readings_of_policyengine import POLICYENGINE, StateReading
from tests.oracles.state_filers import STATES, federal_part, reckoned, state_facts, state_filers
from tests.rules.us.law import LAW

YEARS = (2025, 2026)
TOLERANCE = Decimal(1)
"""PolicyEngine computes in single precision, which knows seven digits."""
PRECISION = Decimal("0.0000002")
SECONDS = 1_800
"""PolicyEngine reads its tables for half a minute of a core that it has alone."""
SEPARATE = "mfs"
MOST_AT_ONCE = 3
TOLD = ("itemized", "taxes", "state_itemized", "credits", "refundable", "additions", "subtractions")
FACTS = {
    "nonrefundable_credits": "credits",
    "refundable_credits": "refundable",
    "additions": "additions",
    "subtractions": "subtractions",
}
SPOUSES_BUSINESS = "spouse_schedule_c_net"
ITEMIZE = ("CA", "GA", "KY", "NC", "NE", "NY", "OK")
"""The states that have itemized deductions of their own."""
LOSS = "nol_carryover"
NOT_WITH_A_LOSS = ("amt", "income_tax")
"""What a net operating loss carried in makes of the minimum tax PolicyEngine cannot be told."""

Figures = Mapping[str, Decimal]


class Compared(NamedTuple):
    """One filer in one state, our figures and PolicyEngine's."""

    case: StateCase
    ours: Figures
    theirs: Figures

    @property
    def differ(self) -> set[str]:
        return apart(self.ours, self.theirs)


def apart(ours: Figures, theirs: Figures) -> set[str]:
    """Return the figures that differ by more than the tolerance, and more than single precision can."""
    return {key for key, amount in theirs.items() if abs(ours[key] - amount) > max(TOLERANCE, abs(amount) * PRECISION)}


def figures_of(case: StateCase) -> Figures:
    """Return our figures of *case*, federal and of the state; the income tax with the minimum tax in it."""
    federal = case.federal.summary
    whole = federal["income_tax"] + federal["amt"]
    return {**federal, **state_return(case, LAW).summary, "income_tax": whole}


def read_so(one: Compared, readings: Sequence[StateReading]) -> Figures:
    """Return our figures of *one* under *readings*, the federal return reckoned anew."""
    case, law, filer = one.case, LAW, one.case.federal.filer
    with ExitStack() as changed:
        for reading in readings:
            for place, formula in reading.patches.items():
                changed.enter_context(patch(place, formula))
            law = law.corrected(reading.rules(law, case))
            filer = reading.filer(filer)
        case = replace(case, federal=compute(filer, law))
        for reading in readings:
            case = replace(case, facts=reading.told(case))
        federal = case.federal.summary
        whole = federal["income_tax"] + federal["amt"]
        return {**federal, **state_return(case, law).summary, "income_tax": whole}


def explained(one: Compared) -> tuple[StateReading, ...] | None:
    """Return the fewest readings under which we agree, or None if there are none."""
    return next((some for some in _choices(one) if not apart(read_so(one, some), one.theirs)), None)


def _choices(one: Compared) -> Iterator[tuple[StateReading, ...]]:
    mine = [each for each in POLICYENGINE if each.state in (None, one.case.state) and each.concerns(one.case)]
    for count in range(1, MOST_AT_ONCE + 1):
        yield from combinations(mine, count)


def compared(count: int, states: Sequence[str] = STATES, years: Sequence[int] = YEARS) -> list[Compared]:
    """Return *count* filers of each state and year beside PolicyEngine's answers."""
    cases: list[Case] = [case for year in years for state in states for case in state_filers(year, state, count)]
    answered = zip(cases, ask("policyengine", map(question, cases), SECONDS), strict=True)
    return [_compared(case, answer) for case, answer in answered]


def question(case: Case) -> Case:
    """Return what PolicyEngine is asked: *case*, and what of a loss carried in the year deducts."""
    if LOSS not in case:
        return case
    return {**case, "nol_deduction": str(reckoned(case)[0].income.nol.deduction.amount)}


def _compared(case: Case, answer: Mapping[str, float]) -> Compared:
    theirs = {key: Decimal(repr(amount)) for key, amount in answer.items()}
    told = {key: max(Decimal(0), theirs.pop(f"told_{key}")) for key in TOLD}
    state, itemized = case["state"], told["itemized"]
    schedule_a = {"itemized_deductions": str(itemized), "itemized_taxes": str(told["taxes"])} if itemized else {}
    federal = compute(read_case({**federal_part(case), **schedule_a}), LAW)
    if (state == "NY" and case["status"] != SEPARATE) or (state == "OH" and SPOUSES_BUSINESS not in case):
        told["credits"] = Decimal(0)
    if state == "PA":
        told["additions"] += Decimal(case.get("other_ordinary_income", 0))
    facts = state_facts(case, **{name: told[key] for name, key in FACTS.items()})
    if itemized and state in ITEMIZE:
        facts = replace(facts, itemized_deductions=told["state_itemized"])
    if LOSS in case:
        theirs = {key: amount for key, amount in theirs.items() if key not in NOT_WITH_A_LOSS}
    made = StateCase(state=state, year=case["year"], federal=federal, facts=facts)
    return Compared(made, figures_of(made), theirs)


def main() -> None:
    """Compare as many filers of each state and year as the first word says, of the states that the others name."""
    count, states = int(sys.argv[1]), tuple(sys.argv[2:]) or STATES
    unexplained = 0
    told: Counter[tuple[str, int, str]] = Counter()
    for one in compared(count, states):
        key = (one.case.state, one.case.year)
        if not one.differ:
            told[*key, "agree"] += 1
            continue
        readings = explained(one)
        unexplained += readings is None
        told[*key, "unexplained" if readings is None else readings[0].name] += 1
        if readings is None:
            print(one.case.federal.filer, one.case.facts, {key: (one.ours[key], one.theirs[key]) for key in one.differ})  # noqa: T201 - the finding
    for (state, year, name), times in sorted(told.items()):
        print(f"{state} {year}: {times:5} {name}")  # noqa: T201 - the finding
    sys.exit(unexplained > 0)


if __name__ == "__main__":
    main()

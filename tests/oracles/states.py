"""State returns beside PolicyEngine's: `python -m tests.oracles.states 500 GA NC` asks about 500 filers a year each.

The test asks about fewer, because each of them costs: what it draws is the beginning of what this draws.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from lotwork.rules.us.individual import Return, compute, read_case
from lotwork.rules.us.states.case import StateCase, StateFacts
from lotwork.rules.us.states.state_return import state_return
from tests.oracles.asking import ask
from tests.oracles.filers import Case
from tests.oracles.readings_of_policyengine import POLICYENGINE, StateReading
from tests.oracles.state_filers import STATES, state_filers
from tests.rules.us.law import LAW

YEARS = (2025, 2026)
TOLERANCE = Decimal(1)
"""PolicyEngine computes in single precision, which knows seven digits."""
PRECISION = Decimal("0.0000002")
SECONDS = 1_800
"""PolicyEngine reads its tables for half a minute of a core that it has alone."""
STATE_KEYS = ("state", "dependents", "locality")
FEDERAL = ("agi", "taxable_income")
SEPARATE = "mfs"

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
    """Return our figures of *case*: the federal ones it starts from, and the state's."""
    return {**case.federal.summary, **state_return(case, LAW).summary}


def read_so(one: Compared, readings: Sequence[StateReading]) -> Figures:
    """Return our figures of *one* under *readings*."""
    case, law = one.case, LAW
    for reading in readings:
        law = law.corrected(reading.rules(law, case))
        case = replace(case, facts=reading.told(case))
    return {**case.federal.summary, **state_return(case, law).summary}


def explained(one: Compared) -> tuple[StateReading, ...] | None:
    """Return the fewest readings under which we agree, or None if there are none."""
    mine = [each for each in POLICYENGINE if each.state == one.case.state and each.concerns(one.case)]
    choices = (some for count in range(1, len(mine) + 1) for some in combinations(mine, count))
    return next((some for some in choices if not apart(read_so(one, some), one.theirs)), None)


def compared(count: int, states: Sequence[str] = STATES, years: Sequence[int] = YEARS) -> list[Compared]:
    """Return *count* filers of each state and year beside PolicyEngine's answers."""
    cases: list[Case] = [case for year in years for state in states for case in state_filers(year, state, count)]
    returns = [compute(read_case(federal_part(case)), LAW) for case in cases]
    questions = [
        {**case, "qbi_deduction": str(made.summary["qbi_deduction"])} for case, made in zip(cases, returns, strict=True)
    ]
    return [
        _compared(case, made, answer)
        for case, made, answer in zip(cases, returns, ask("policyengine", questions, SECONDS), strict=True)
    ]


def federal_part(case: Case) -> Case:
    """Return what of *case* the federal return is made of."""
    return {key: told for key, told in case.items() if key not in STATE_KEYS}


def _compared(case: Case, federal: Return, answer: Mapping[str, float]) -> Compared:
    theirs = {key: Decimal(repr(amount)) for key, amount in answer.items()}
    given = theirs.pop("told_credits")
    if case["state"] == "NY" and case["status"] != SEPARATE:
        given = Decimal(0)
    facts = StateFacts(dependents=case.get("dependents", 0), locality=case.get("locality"), nonrefundable_credits=given)
    made = StateCase(state=case["state"], year=case["year"], federal=federal, facts=facts)
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

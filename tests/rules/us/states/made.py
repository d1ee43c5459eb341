"""A state's return of a filer told in a few words, and a state of our own making for one stage at a time."""

from __future__ import annotations

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from lotwork.rules.figures import STATUSES
from lotwork.rules.line import Line
from lotwork.rules.load import Law
from lotwork.rules.us.filer import COUNTS, Filer
from lotwork.rules.us.individual import Return, compute
from lotwork.rules.us.states.case import StateCase, StateDepreciation, StateFacts, StateReturn
from lotwork.rules.us.states.state_return import state_return
from tests.rules.us.law import LAW

STATE = "ZZ"
COMMON = {
    "name": ("text", '"Made"'), "start": ("text", '"federal_agi"'), "form": ("text", '"ZZ Form 1"'),
    "part_year_form": ("text", '"ZZ Form 2"'),
}  # fmt: skip
FIGURE = """
[{name}]
title = "A figure"
unit = "{unit}"
cite = "ZZ Code {name}"

[[{name}.in_force]]
from = 2023-01-01
value = {value}
status = "enacted"
source = "made"
confidence = "made"
"""
UNDEPRECIATED = StateDepreciation()


def federal(year: int = 2025, status: Any = "single", **amounts: Any) -> Return:
    """Return the federal return of a filer; amounts are whole dollars."""
    told: dict[str, Any] = {
        key: Decimal(value) if type(value) is int and key not in COUNTS else value for key, value in amounts.items()
    }
    return compute(Filer(year=year, status=status, **told), LAW)


def of_state(
    state: str, told: Return, depreciation: StateDepreciation = UNDEPRECIATED, law: Law = LAW, **facts: Any
) -> StateReturn:
    """Return the state's return of a federal one, under the law that ships or one of our own."""
    given = asdict(StateFacts()) | {
        key: Decimal(value) if isinstance(value, int) and key != "dependents" else value for key, value in facts.items()
    }
    case = StateCase(
        state=state, year=told.filer.year, federal=told, depreciation=depreciation, facts=StateFacts(**given)
    )
    return state_return(case, law)


def line_of(made: StateReturn, ref: str) -> Line:
    """Return the one line a return has under *ref*."""
    (found,) = [each for each in made.lines if each.ref == ref]
    return found


def law_with(figures: dict[str, tuple[str, str]]) -> Law:
    """Return the law that ships with one state more, ZZ, whose figures are told as unit and TOML."""
    told = (COMMON | figures).items()
    content = "\n".join(FIGURE.format(name=name, unit=unit, value=value) for name, (unit, value) in told)
    return Law({**LAW.files, "us/states/zz": content.encode()})


def for_all(value: str) -> str:
    """Return a table with one value for every filing status."""
    return "{ " + ", ".join(f"{status} = {value}" for status in STATUSES) + " }"

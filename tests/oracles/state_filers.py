"""Filers of a state nobody thought of: those of the federal oracles, less what no state model can be told."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.drawing import seeded
from tests.oracles.chance import Chance
from tests.oracles.filers import Case, filer

STATES = ("CA", "CO", "GA", "IL", "KY", "MT", "NC", "NE", "NY", "OH", "OK", "PA", "WA")
NOT_ASKED = (
    "short_term_carryover", "long_term_carryover", "other_ordinary_income", "retirement_contribution",
    "health_insurance", "itemized_deductions", "itemized_taxes",
)  # fmt: skip
"""What PolicyEngine holds in other shapes, and each state copies from the federal return as it is."""
AGED_TOLD_APART = ("GA", "MT")
"""Where what a filer of 65 subtracts is told to Lotwork, not reckoned by it: Georgia's retirement income, Montana's
5,660 dollars."""
MOST_DEPENDENTS = 3
SMALL = 40_000


def state_filer(chance: Chance, year: int, state: str) -> Case:
    """Return one filer, a resident of *state* all of *year*: a case of `lotwork compute us` and what the state asks."""
    case: dict[str, Any] = {key: told for key, told in filer(chance, year).items() if key not in NOT_ASKED}
    if chance.once_in(4):
        case["schedule_c_net"] = str(chance.dollars(SMALL))
    parent = case["status"] in ("hoh", "qss")
    if parent or chance.once_in(3):
        case["dependents"] = chance.whole(1, MOST_DEPENDENTS)
    case["state"] = state
    if state in AGED_TOLD_APART:
        case.pop("aged", None)
    if state == "NY" and chance.once_in(3):
        case["locality"] = "nyc"
    return case


def state_filers(year: int, state: str, count: int, seed: str = "policyengine") -> Iterator[Case]:
    """Yield *count* filers of *state* and *year*, the same ones for the same *seed*, but in `make fuzz`."""
    chance = Chance(seeded(f"{seed}/{state}/{year}"))
    return (state_filer(chance, year, state) for _ in range(count))

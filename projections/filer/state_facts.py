"""Which of a year's facts are a state's: they reach the return of the state, and no line of the federal one."""

from __future__ import annotations

from typing import Final

import msgspec

from lotwork.ledger.events import EventBase, YearFacts

DOLLARS_OF_A_STATE: Final = frozenset(
    {
        "state_withholding_usd_micros", "state_itemized_deductions_usd_micros",
        "state_additions_usd_micros", "state_subtractions_usd_micros", "state_nonrefundable_credits_usd_micros",
        "state_refundable_credits_usd_micros", "other_state_tax_usd_micros", "other_state_income_usd_micros",
        "state_prior_year_tax_usd_micros", "state_prior_year_agi_usd_micros",
    }
)  # fmt: skip
OF_A_STATE: Final = DOLLARS_OF_A_STATE | {"dependents"}
_SAID_OF_IT: Final = frozenset({*EventBase.__struct_fields__, "year", "through"})


def tells_of_a_state(facts: YearFacts) -> bool:
    """Say if *facts* tell anything that the return of a state asks for."""
    return any(getattr(facts, name) is not None for name in OF_A_STATE)


def tells_of_a_state_alone(facts: YearFacts) -> bool:
    """Say if *facts* tell what the return of a state asks for, and nothing of the federal one."""
    told = {name for name, value in msgspec.structs.asdict(facts).items() if value is not None} - _SAID_OF_IT
    return bool(told) and told <= OF_A_STATE

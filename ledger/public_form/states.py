"""The states of the United States, by their two letters: whose return it is, and who was paid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lotwork.ledger.near_names import near_name
from lotwork.ledger.public_form.parse_words import parse_text
from lotwork.ledger.units import AmountError

STATES: Final[Mapping[str, str]] = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky",
    "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota",
    "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming",
}  # fmt: skip
"""Each state and the District of Columbia, by the letters of the post."""
TERRITORIES: Final[Mapping[str, str]] = {
    "AS": "American Samoa", "GU": "Guam", "MP": "the Northern Mariana Islands", "PR": "Puerto Rico",
    "VI": "the Virgin Islands",
}  # fmt: skip
"""Who lives in one files with its own tax office, under rules that are not here (26 U.S.C. 931 to 937)."""


def parse_state(value: Any) -> str:
    """Return the two letters of a state; whoever writes its name is told its letters.

    Raises AmountError for what is no state.
    """
    text = parse_text(value).strip()
    code = text.upper()
    if code in STATES:
        return code
    if code in TERRITORIES:
        raise AmountError(
            f"{TERRITORIES[code]} is no state: who lives there files with its own tax office (26 U.S.C. 931 to 937)",
            "leave `state` out: its tax is not reckoned here",
        )
    meant = near_name(text, STATES.values())
    if meant is not None:
        letters = next(letters for letters, name in STATES.items() if name == meant)
        spelled = "" if text.casefold() == meant.casefold() else f" if {meant} is meant"
        raise AmountError(f"{text[:40]!r} is not the two letters of a state", f"write {letters}{spelled}")
    raise AmountError(f"{text[:40]!r} is no state", f"write one of {', '.join(STATES)}")

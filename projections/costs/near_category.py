"""The category of Schedule C that a mistyped word is almost."""

from __future__ import annotations

from lotwork.ledger.near_names import near_name
from lotwork.rules.us.no_expense import no_expense
from lotwork.rules.us.schedule_c import CATEGORIES

AS_LIKE_AS_A_SLIP = 85
"""How much of two words must be alike, in percent: any word less like one is the taxpayer's own."""


def near_category(category: str) -> str | None:
    """Return the category that a word of none is almost; None where it is one, or a word of the taxpayer's own."""
    if category in CATEGORIES or no_expense(category) is not None:
        return None
    return near_name(category, CATEGORIES, AS_LIKE_AS_A_SLIP)

"""The category of Schedule C that a mistyped word is almost."""

from __future__ import annotations

from difflib import get_close_matches

from lotwork.rules.us.no_expense import no_expense
from lotwork.rules.us.schedule_c import CATEGORIES

AS_LIKE_AS_A_SLIP = 0.85


def near_category(category: str) -> str | None:
    """Return the category that a word of none is almost; None where it is one, or a word of the taxpayer's own."""
    if category in CATEGORIES or no_expense(category) is not None:
        return None
    return next(iter(get_close_matches(category, CATEGORIES, n=1, cutoff=AS_LIKE_AS_A_SLIP)), None)

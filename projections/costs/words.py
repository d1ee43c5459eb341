"""The word of a bill: on which line it stands, and what is wrong with it.

One may say that it is no expense, or be almost a word with a line of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from lotwork.projections.costs.expense_row import ExpenseRow
from lotwork.projections.costs.near_category import near_category
from lotwork.projections.findings import Finding
from lotwork.rules.us.no_expense import no_expense
from lotwork.rules.us.schedule_c import CATEGORIES, NOT_DEDUCTED, ExpenseLine, expense_line

ELECTRICITY = "electricity"
POWER = frozenset({ELECTRICITY, "energy", "power", "utilities"})
"""Words of a bill that may be for what a meter counts."""
BILLS_OF_POWER = POWER | {"hosting", "colocation", "home_electricity", "home_utilities", "rent"}
"""Words of a bill that may have the power of the rigs in it."""
OTHER = "other"


@lru_cache(maxsize=1024)
def category_word(text: str) -> str:
    """Return a category as one lower-case word: "Pool fee" is pool_fee."""
    return "_".join(text.lower().replace("-", " ").split())


@lru_cache(maxsize=1024)
def line_of(category: str, year: int) -> ExpenseLine:
    """Return the line of Schedule C for *category*; a word the form has no line for is another expense, or none."""
    if no_expense(category) is not None:
        return ExpenseLine(NOT_DEDUCTED, "No expense: not deducted")
    return expense_line(category if category in CATEGORIES else OTHER, year)


def no_expenses(rows: Iterable[ExpenseRow]) -> Iterator[Finding]:
    """Yield a finding for each bill whose word says that it is no expense."""
    for row in rows:
        why = no_expense(row.category)
        if why is not None:
            yield Finding("category_no_expense", f"{row.expense}: {row.category!r} is not deducted: {why}", row.expense)


def slips(rows: Iterable[ExpenseRow]) -> Iterator[Finding]:
    """Yield a finding for each unknown word that is almost a known one; any other word is the taxpayer's own."""
    first: dict[str, ExpenseRow] = {}
    for row in rows:
        if row.category not in CATEGORIES and no_expense(row.category) is None:
            first.setdefault(row.category, row)
    for category, row in sorted(first.items()):
        near = near_category(category)
        if near is not None:
            yield Finding(
                "category_unknown",
                f"{row.expense}: {category!r} stands among the other expenses; if {near!r} was meant, correct "
                "the category, since it has a line of its own",
                row.expense,
            )

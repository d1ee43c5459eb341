"""What is wrong with the word of a bill: it says that it is no expense, or is almost a word with a line of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from lotwork.projections.costs.expense_row import ExpenseRow
from lotwork.projections.findings import Finding
from lotwork.rules.us.no_expense import no_expense
from lotwork.rules.us.schedule_c import CATEGORIES

AS_LIKE_AS_A_SLIP = 0.85


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
        near = get_close_matches(category, CATEGORIES, n=1, cutoff=AS_LIKE_AS_A_SLIP)
        if near:
            yield Finding(
                "category_unknown",
                f"{row.expense}: {category!r} stands among the other expenses; if {near[0]!r} was meant, correct "
                "the category, since it has a line of its own",
                row.expense,
            )

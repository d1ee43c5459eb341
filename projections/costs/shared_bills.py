"""A bill that is shared with others: their part is no cost of the taxpayer's, whoever paid it to the utility.

Law: what is paid for another is not paid in carrying on one's own business (26 U.S.C. 162(a)), and what they give back
for it is no income. A "mere" sharing of expenses makes no partnership (Treas. Reg. 301.7701-1(a)(2)).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from fractions import Fraction

from lotwork.ledger.doubts import named
from lotwork.ledger.events import Sharing
from lotwork.ledger.public_form.parse_words import SHARE_DECIMALS
from lotwork.ledger.units import unscaled
from lotwork.projections.costs.expense_row import ExpenseRow
from lotwork.projections.costs.usage import WHOLE
from lotwork.projections.filer.sharing import told_twice
from lotwork.projections.findings import Finding

CITE = "26 U.S.C. 162(a); Treas. Reg. 301.7701-1(a)(2)"
SHARED = "shared with others"


def shared(
    row: ExpenseRow,
    sharings: Iterable[Sharing],
    fold: Callable[[str], str],
    findings: list[Finding],
    *,
    has_own: bool,
) -> ExpenseRow:
    """Return *row* without the parts of others in it, by the agreements in force on its day.

    *has_own* says whether the bill states a part of its own, which then alone counts and is asked about.
    """
    held = [each for each in sharings if each.category is not None and fold(each.category) == row.category]
    held = _once([each for each in held if _holds(each, row.date)], findings)
    if not held:
        return row
    whole = sum((Fraction(each.share) for each in held), Fraction(0))
    last = max(held, key=lambda each: (each.from_, each.at, each.id))
    if whole >= 1:
        findings.append(_above(last, row))
        return row._replace(deductible_usd_micros=0)
    if has_own:
        findings.append(_both(last, row))
        return row
    rest = 1 - whole
    return row._replace(
        business_share=unscaled(int(rest * WHOLE), SHARE_DECIMALS).rstrip("0").rstrip("."),
        deductible_usd_micros=row.deductible_usd_micros * rest.numerator // rest.denominator,
        share_by=SHARED,
        cites=(*row.cites, CITE),
    )


def _holds(each: Sharing, day: date) -> bool:
    return each.from_ <= day and (each.to is None or day < each.to)


def _once(held: list[Sharing], findings: list[Finding]) -> list[Sharing]:
    """Return *held* with one agreement of each party, the one that began first; of another it is asked."""
    first: dict[str, Sharing] = {}
    for each in sorted(held, key=lambda each: (each.from_, each.at, each.id)):
        before = first.setdefault(named(each.party), each)
        if before is not each:
            findings.append(told_twice(before, each, f"bills of {each.category}"))
    return list(first.values())


def _above(each: Sharing, row: ExpenseRow) -> Finding:
    return Finding(
        "sharing_above_whole",
        f"{each.id}: the parts of others in bills of {row.category} come to the whole or more: nothing of "
        f"{row.expense} is deducted; correct the shares, or end one with `to`",
        each.id,
    )


def _both(each: Sharing, row: ExpenseRow) -> Finding:
    return Finding(
        "bill_shared_twice",
        f"{row.expense} states itself which part of it is business ({row.business_share}), and by {each.id} "
        f"{each.party} has {each.share} of bills of {row.category}: its own part alone counts; correct "
        "`business_share` to what is left after both, or to 1, or end the sharing with `to`",
        row.expense,
    )

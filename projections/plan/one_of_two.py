"""What a plan leaves out of a couple who both mine: it changes the taxpayer's business, and no spouse's.

Law: each spouse's is a business of an own, with a Schedule C and self-employment tax of an own (26 U.S.C. 1402(b)).
"""

from __future__ import annotations

from lotwork.projections.findings import Finding
from lotwork.projections.liability import Liability


def one_of_two(owed: Liability, what: str) -> tuple[Finding, ...]:
    """Return the finding that a plan is the taxpayer's alone, where the spouse mines in the year too, or alone.

    *what* names the figures of the plan that do not hold.
    """
    other = owed.spouse_business
    if other is None or not any((other.mined, other.other_income, other.deducted, other.depreciation)):
        return ()
    return (
        Finding(
            "plan_of_taxpayer_alone",
            f"the spouse mines in {owed.year}, and this plan is of the taxpayer's business alone: for the two of you "
            f"it does not hold in {what} (26 U.S.C. 1402(b)); `lotwork liability --year {owed.year}` has both",
        ),
    )

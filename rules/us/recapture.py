"""Section 179 given back where a thing is no longer used mostly in the business (26 U.S.C. 179(d)(10); Form 4797)."""

from __future__ import annotations

from decimal import Decimal

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.asset import Asset179
from lotwork.rules.us.convention import Convention, Course, last_year, macrs
from lotwork.rules.us.form_4797 import FORM


def recapture_year(asset: Asset179, convention: Convention, law: Law) -> int | None:
    """Return the year in which *asset*'s business use fell to half or less, within its recovery period; None: never.

    Law: section 179 is given back where the thing is "not used predominantly in a trade or business at any time" before
    the end of its recovery period (26 U.S.C. 179(d)(10); Treas. Reg. 1.179-1(e)); a sale is of section 1245 instead.
    """
    if not asset.uses or not asset.section_179:
        return None
    half = law.figure("us/depreciation/predominant_use", asset.placed_in_service).amount()
    course = Course(
        recovery_class=asset.recovery_class, placed=asset.placed_in_service, disposed=None, convention=convention
    )
    end = last_year(course, law) if asset.disposed is None else min(last_year(course, law), asset.disposed.year - 1)
    fallen = (year for year in range(asset.year + 1, end + 1) if asset.share_in(year) <= half)
    return next(fallen, None)


def recapture_179(asset: Asset179, convention: Convention, deducted: Decimal, law: Law) -> tuple[Decimal, Decimal]:
    """Return what of section 179 is given back in the year of `recapture_year`, and the depreciation put in its place.

    That is the depreciation the expensed amount would have had by the table, each year by its business share, "the year
    of recapture" included (Pub. 946, Figuring the recapture amount; Form 4797, lines 33 to 35).
    """
    year = recapture_year(asset, convention, law)
    if year is None:
        return ZERO, ZERO
    course = Course(
        recovery_class=asset.recovery_class, placed=asset.placed_in_service, disposed=None, convention=convention
    )
    instead = ZERO
    for each in range(asset.year, year + 1):
        share = min(asset.share_in(each) / asset.business_share, Decimal(1))
        instead += macrs(deducted * share, course, each, law)[0]
    return max(ZERO, deducted - instead), instead


def part_iv(deducted: Decimal, instead: Decimal, income: Decimal) -> tuple[Line, ...]:
    """Return lines 33 to 35 of Form 4797, column (a); line 35 goes to Schedule C line 6."""
    cites = ("26 U.S.C. 179(d)(10)",)
    expensed = line((FORM, "33"), "Section 179 expense deducted in earlier years", deducted, cites=cites)
    again = line((FORM, "34"), "Recomputed depreciation", instead, cites=("Treas. Reg. 1.179-1(e)",))
    return expensed, again, line((FORM, "35"), "Recapture amount", income, cites=cites, inputs=(expensed, again))

"""A rig in one year: what is deducted, what is left, and what its sale gave.

Amounts are exact sums rounded to the micro-dollar, and a year's MACRS is the difference of two such sums: over the
years they add up to the business part of the cost, to the micro-dollar. A sale gives a gain over the basis that is
left, of which as much as was deducted is ordinary (26 U.S.C. 1245); of a building only what ran ahead of straight line
(1250). The business part of the proceeds counts, in the business share.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from lotwork.ledger.events import Equipment, HowEquipmentLeft
from lotwork.ledger.units import divide, usd_micros
from lotwork.projections.basis.holding_period import is_long
from lotwork.projections.costs.rigs import Rig, Sold
from lotwork.projections.costs.section_179 import Expensing
from lotwork.projections.costs.usage import WHOLE
from lotwork.rules.us.asset_year import AssetDepreciation
from lotwork.rules.us.form_4562 import SOFTWARE


class EquipmentRow(NamedTuple):
    """A rig in one year. Whatever was deducted or waits, the rest, and what was sold make up its business basis."""

    id: str
    equipment: str
    recovery_class: str
    acquired: date
    placed_in_service: date
    cost_usd_micros: int
    business_share: str
    """Of this year."""
    section_179_usd_micros: int
    """Deducted this year, from this year's election or an earlier one that waited."""
    bonus_usd_micros: int
    macrs_usd_micros: int
    accumulated_usd_micros: int
    """Deducted in this year and before."""
    waiting_usd_micros: int
    """Elected under section 179, and waiting for business income."""
    remaining_basis_usd_micros: int
    """What is left to deduct at the end of the year, 0 once sold."""
    convention: str
    ubia_usd_micros: int
    disposed: date | None
    sold_basis_usd_micros: int
    """The basis that was left when it was sold."""
    gain_usd_micros: int | None
    recapture_usd_micros: int
    """The part of the gain that gives back what was deducted: ordinary income (26 U.S.C. 1245)."""
    ordinary_usd_micros: int
    """What is ordinary of the gain or loss; the rest is netted over the year's sales (26 U.S.C. 1231(a))."""
    cites: tuple[str, ...]
    how: HowEquipmentLeft | None = None
    """How it left: an abandoned rig's loss is ordinary, a destroyed one's gain is on Form 4684, Section B."""
    proceeds_usd_micros: int = 0
    """The business part of what it brought, less the fee (Form 4797, line 20)."""
    business_basis_usd_micros: int = 0
    """The business part of its cost (Form 4797, line 21)."""
    amt_macrs_usd_micros: int = 0
    """What the minimum tax allows for `macrs_usd_micros` (Form 6251, line 2l: the difference)."""
    recaptured_179_usd_micros: int = 0
    """Section 179 given back this year, since business use fell to half or less (Form 4797, line 35)."""
    told: str = ""
    """The event that told of it."""
    quantity: int = 1

    @property
    def depreciation_usd_micros(self) -> int:
        """The three deductions of the year together."""
        return self.section_179_usd_micros + self.bonus_usd_micros + self.macrs_usd_micros


class Basis(NamedTuple):
    """What became of a rig's business basis up to the end of a year, in micro-dollars."""

    section_179: int = 0
    bonus: int = 0
    macrs: int = 0
    amt_macrs: int = 0
    accumulated: int = 0
    waiting: int = 0
    left: int = 0
    whole: int = 0
    """The business part of the cost."""
    share: Fraction = Fraction(1)
    """The business part of a sale."""
    recaptured: int = 0


def rig_years(rigs: Iterable[Rig], expensed: Expensing, year: int) -> Iterator[EquipmentRow]:
    """Yield a row for each rig in service at any time in *year*."""
    told = {each.asset.name: each for each in expensed.form.assets}
    waits = expensed.waiting_by_rig()
    for rig in rigs:
        sold = rig.sold if rig.sold is not None and rig.sold.day.year <= year else None
        if sold is None or sold.day.year == year:
            each = told.get(rig.event.id)
            basis = Basis(share=Fraction(rig.share, WHOLE)) if each is None else _basis(rig, each, expensed, waits)
            yield _row(rig, sold, basis, each, year)


def _basis(rig: Rig, told: AssetDepreciation, expensed: Expensing, waits: Mapping[str, int]) -> Basis:
    """Return the year of a rig: MACRS as the difference of two rounded sums, so that all years add up."""
    name = told.asset.name
    elected = expensed.elected.get(name, 0)
    bonus = usd_micros(told.bonus)
    through = usd_micros(told.accumulated)
    before = usd_micros(told.accumulated - told.total) + elected + bonus
    waiting, returned = waits.get(name, 0), expensed.returned.get(name, 0)
    given_back = expensed.recaptured.get(name, 0) + expensed.unused.get(name, 0)
    share = _sold_share(rig, told, through - given_back)
    whole = _part(rig.event.cost_usd_micros, share)
    return Basis(
        section_179=expensed.deducted.get(name, 0),
        bonus=bonus,
        macrs=through - before,
        amt_macrs=usd_micros(told.amt_accumulated) - usd_micros(told.amt_accumulated - told.amt_macrs),
        accumulated=through - waiting - returned - given_back,
        waiting=waiting,
        left=max(0, whole - through + given_back) + returned,
        whole=whole,
        share=share,
        recaptured=expensed.given_back[name].income if name in expensed.given_back else 0,
    )


def _sold_share(rig: Rig, told: AssetDepreciation, deducted: int) -> Fraction:
    """Return the business part of a rig: where it changed, what was deducted of what all business would have been.

    A thing used in part is sold as two, and its cost and price are parted as its depreciation was (Rev. Rul. 69-353;
    Sharp v. United States, 303 F.2d 783 (3d Cir. 1962)).
    """
    all_business = usd_micros(told.all_business)
    if not rig.uses or not all_business:
        return Fraction(rig.share, WHOLE)
    return min(Fraction(deducted, all_business), Fraction(1))


def _part(usd: int, share: Fraction) -> int:
    return divide(usd * share.numerator, share.denominator)


def _row(rig: Rig, sold: Sold | None, basis: Basis, told: AssetDepreciation | None, year: int) -> EquipmentRow:
    event = rig.event
    proceeds = 0 if sold is None else _part(sold.net_usd_micros, basis.share)
    gain = None if sold is None else proceeds - basis.left
    recapture = 0 if told is None else max(0, min(gain or 0, basis.accumulated, usd_micros(told.recapturable)))
    return EquipmentRow(
        id=event.id,
        equipment=event.equipment,
        recovery_class=event.recovery_class,
        acquired=event.acquired,
        placed_in_service=event.placed_in_service,
        cost_usd_micros=event.cost_usd_micros,
        business_share=rig.share_text(year),
        section_179_usd_micros=basis.section_179,
        bonus_usd_micros=basis.bonus,
        macrs_usd_micros=basis.macrs,
        accumulated_usd_micros=basis.accumulated,
        waiting_usd_micros=basis.waiting,
        remaining_basis_usd_micros=basis.left if sold is None else 0,
        convention="" if told is None else str(told.convention),
        ubia_usd_micros=0 if sold is not None or told is None else _unadjusted(rig, told, year),
        disposed=None if sold is None else sold.day,
        sold_basis_usd_micros=0 if sold is None else basis.left,
        gain_usd_micros=gain,
        recapture_usd_micros=recapture,
        ordinary_usd_micros=0 if sold is None else _ordinary(event, sold, gain or 0, recapture),
        cites=() if told is None else told.cites,
        how=None if sold is None else sold.how,
        proceeds_usd_micros=proceeds,
        business_basis_usd_micros=basis.whole,
        amt_macrs_usd_micros=basis.amt_macrs,
        recaptured_179_usd_micros=basis.recaptured,
        told=rig.told,
        quantity=event.pieces,
    )


def _ordinary(event: Equipment, sold: Sold, gain: int, recapture: int) -> int:
    """Return what is ordinary of a gain or loss: all of one held a year or less, a loss by abandoning or destruction.

    Law: what is abandoned is neither sold nor exchanged (26 U.S.C. 165(a), 1231(a)(3)); a net loss by casualty is taken
    out of section 1231 (1231(a)(4)(C)).
    """
    if _is_short_held(event, sold) or (gain < 0 and sold.how in ("abandoned", "casualty")):
        return gain
    return recapture


def _unadjusted(rig: Rig, told: AssetDepreciation, year: int) -> int:
    """Return the unadjusted basis that counts for the deduction for business income; none where no use is business."""
    if not counts_for_qbi(rig, told, year) or not told.asset.share_in(year):
        return 0
    return rig.basis_usd_micros


def counts_for_qbi(rig: Rig, told: AssetDepreciation, year: int) -> bool:
    """Say whether a rig held at the end of *year* is qualified property: tangible, and within its depreciable period.

    Law: the period ends on the later of "the date that is 10 years after" the rig was placed in service and "the last
    day of the last full year in the applicable recovery period" (26 U.S.C. 199A(b)(6)(B)); the basis counts whole,
    also where it was deducted at once (Treas. Reg. 1.199A-2(c)(3)).
    """
    event = rig.event
    if event.recovery_class == SOFTWARE:
        return False
    placed = event.placed_in_service
    ten_years_after = _same_day(placed, placed.year + told.qbi_years)
    last_full_year = date(told.last_year - 1, 12, 31)
    return max(ten_years_after, last_full_year) >= date(year, 12, 31)


def _same_day(day: date, year: int) -> date:
    """Return the day of the same name in *year*; 28 February where it has no 29th."""
    return day.replace(year=year, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def _is_short_held(event: Equipment, sold: Sold) -> bool:
    """Say if a rig was in use for a year or less: not of section 1231, all is ordinary (26 U.S.C. 1231(b)(1))."""
    return not is_long(event.placed_in_service.toordinal(), sold.day.toordinal())

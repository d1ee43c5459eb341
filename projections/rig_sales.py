"""What sold rigs bring to a year's return.

Law: in a business the gain is ordinary as far as it gives back what was deducted (26 U.S.C. 1245), and all of it where
the rig was held a year or less; the rest of the year's sales is netted, and is long-term gain or ordinary loss (26
U.S.C. 1231(a)). A hobby deducts no depreciation, so none lowers its basis: what a rig brought over its cost is capital
gain, and a loss is not deductible (26 U.S.C. 165(c), 1016(a)(2), 1221(a)).
"""

from __future__ import annotations

from typing import NamedTuple

from ledger.units import usd_decimal
from projections.equipment import EquipmentBook
from projections.findings import Finding
from projections.rig_years import EquipmentRow
from projections.terms import is_long


class RigGains(NamedTuple):
    """The gains and losses of the year's sold rigs, in micro-dollars, by where they stand."""

    ordinary: int
    short_term: int = 0
    long_term: int = 0


def business_gains(equipment: EquipmentBook) -> RigGains:
    """Return what a business's sold rigs bring (Form 4797)."""
    section_1231 = equipment.gain_usd_micros - equipment.ordinary_usd_micros
    return RigGains(equipment.ordinary_usd_micros + min(section_1231, 0), long_term=max(section_1231, 0))


def hobby_gains(equipment: EquipmentBook) -> RigGains:
    """Return what a hobby's sold rigs bring: nothing but what is over their cost."""
    short = long = 0
    for row in equipment.rows:
        over_cost = max(0, (row.gain_usd_micros or 0) - row.accumulated_usd_micros)
        if _held_long(row):
            long += over_cost
        else:
            short += over_cost
    return RigGains(0, short, long)


def sales_told(equipment: EquipmentBook, *, hobby: bool) -> tuple[Finding, ...]:
    """Say where the gain on sold rigs stands, and what is not counted."""
    if hobby:
        sold = [row.equipment for row in equipment.rows if row.disposed is not None]
        return (_hobby_sold(sold),) if sold else ()
    return (_business_sold(equipment),) if equipment.gain_usd_micros else ()


def _held_long(row: EquipmentRow) -> bool:
    return row.disposed is not None and is_long(row.placed_in_service.toordinal(), row.disposed.toordinal())


def _business_sold(equipment: EquipmentBook) -> Finding:
    ordinary = usd_decimal(equipment.ordinary_usd_micros)
    return Finding(
        "form_4797",
        f"rigs were sold at a gain of {usd_decimal(equipment.gain_usd_micros):.2f}, {ordinary:.2f} of it ordinary: "
        "here it stands with other income and long-term gains, and is left out of the deduction for business income; "
        "fill in Form 4797",
    )


def _hobby_sold(names: list[str]) -> Finding:
    return Finding(
        "hobby_rig_sold",
        f"a hobby sold {', '.join(names)}: only what it brought over its cost is counted, as capital gain; where you "
        "deducted depreciation for it in a year of business, record that part with `year_facts` as "
        "other_ordinary_income_usd (26 U.S.C. 1245)",
    )

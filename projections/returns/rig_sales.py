"""What sold rigs bring to a year's return: the sales of Form 4797, or a hobby's capital gains.

Law: a business gives back what it deducted (26 U.S.C. 1245), and nets the rest of its sales (1231); the form is
`rules.us.form_4797`. A hobby deducts no depreciation, so none lowers its basis: what a rig brought over its cost is
capital gain, and a loss is not deductible (26 U.S.C. 165(c), 1016(a)(2), 1221(a)).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from lotwork.ledger.units import usd_decimal
from lotwork.projections.basis.holding_period import Term, is_long
from lotwork.projections.costs.rig_years import EquipmentRow
from lotwork.projections.equipment import EquipmentBook
from lotwork.projections.findings import Finding
from lotwork.rules.us.depreciation import REAL_PROPERTY
from lotwork.rules.us.form_4797 import BusinessSale

"""Classes whose straight-line depreciation is taxed at 25 percent when it is given back (26 U.S.C. 1(h)(6))."""


class HobbyGain(NamedTuple):
    """What one sold rig of a hobby brought over its cost, in micro-dollars, and how long it was held."""

    row: EquipmentRow
    over_cost: int
    term: Term


class HobbyGains(NamedTuple):
    """The gains of a hobby's sold rigs, in micro-dollars, by how long each was held."""

    short_term: int = 0
    long_term: int = 0


def business_sales(equipment: EquipmentBook) -> tuple[BusinessSale, ...]:
    """Return the year's sold rigs as Form 4797 asks for them."""
    return tuple(_sale(row) for row in equipment.rows if row.gain_usd_micros is not None)


def _sale(row: EquipmentRow) -> BusinessSale:
    return BusinessSale(
        name=sale_name(row),
        proceeds=usd_decimal(row.proceeds_usd_micros),
        adjusted_basis=usd_decimal(row.sold_basis_usd_micros),
        deducted=usd_decimal(row.accumulated_usd_micros),
        recaptured=usd_decimal(row.recapture_usd_micros),
        held_long=_held_long(row),
        real_property=row.recovery_class in REAL_PROPERTY,
        how=row.how if row.how == "abandoned" or row.how == "casualty" else "sold",  # noqa: PLR1714 - mypy narrows it
    )


def sale_name(row: EquipmentRow) -> str:
    """Return how Form 4797 names a rig, each sale by a name of its own."""
    return row.equipment if row.equipment == row.id else f"{row.equipment}, {row.id}"


def hobby_gains(equipment: Iterable[EquipmentBook]) -> HobbyGains:
    """Return what a hobby's sold rigs bring: nothing but what is over their cost."""
    told = list(hobby_gains_by_rig(equipment))
    return HobbyGains(*(sum(each.over_cost for each in told if each.term == term) for term in ("short", "long")))


def hobby_gains_by_rig(equipment: Iterable[EquipmentBook]) -> Iterator[HobbyGain]:
    """Yield each rig of a hobby that brought more than it cost."""
    for row in (row for each in equipment for row in each.rows):
        over_cost = max(0, (row.gain_usd_micros or 0) - row.accumulated_usd_micros)
        if over_cost:
            yield HobbyGain(row, over_cost, "long" if _held_long(row) else "short")


def hobby_sold(equipment: EquipmentBook) -> tuple[Finding, ...]:
    """Say of a hobby's sold rigs what is not counted."""
    names = [row.equipment for row in equipment.rows if row.disposed is not None]
    if not names:
        return ()
    return (
        Finding(
            "hobby_rig_sold",
            f"a hobby sold {', '.join(names)}: only what it brought over its cost is counted, as capital gain; where "
            "you deducted depreciation for it in a year of business, record that part with `year_facts` as "
            "other_ordinary_income_usd (26 U.S.C. 1245)",
        ),
    )


def _held_long(row: EquipmentRow) -> bool:
    return row.disposed is not None and is_long(row.placed_in_service.toordinal(), row.disposed.toordinal())

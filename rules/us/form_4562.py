"""Form 4562, Parts I to IV: section 179, bonus, MACRS by class, and the total that goes to Schedule C line 13."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.figures import Figure
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.asset_year import AssetDepreciation

FORM = "Form 4562"
LINE_19: Mapping[str, str] = MappingProxyType({"3": "19a", "5": "19b", "7": "19c", "15": "19e", "qip": "19e"})
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "19a": "3-year property",
        "19b": "5-year property",
        "19c": "7-year property",
        "19e": "15-year property",
        "19i": "Nonresidential real property",
        "19j": "Nonresidential real property",
    }
)
BUILDINGS_MOVED_FROM = 2025
"""Line 19h became 50-year property in 2025, and buildings moved from 19i to 19j."""
SOFTWARE = "software"


class PartOne(msgspec.Struct, frozen=True, kw_only=True):
    """What Part I is filled from."""

    cost: Decimal
    """Line 2: the business cost of section 179 property placed in service in the year."""
    elected: tuple[tuple[str, Decimal], ...]
    """Line 6: each thing and the cost elected for it."""
    carried_in: Decimal
    income: Decimal | None
    """Business income before section 179; None means there is enough."""


class Expensed(NamedTuple):
    """Line 12, line 13, and the lines."""

    taken: Decimal
    forward: Decimal
    lines: tuple[Line, ...]


def section_179_limit(cost: Decimal, law: Law, year: int) -> tuple[Decimal, tuple[Figure, ...]]:
    """Return line 5: the limit less each dollar of *cost* placed in service above the start (26 U.S.C. 179(b))."""
    limit = law.in_year("us/depreciation/section_179_limit", year)
    start = law.in_year("us/depreciation/section_179_phase_out_start", year)
    reduced = limit.amount() - max(ZERO, cost - start.amount())
    return max(ZERO, reduced), (limit, start)


def section_179_part(year: int, law: Law, told: PartOne) -> Expensed:
    """Return Part I: what is deducted within the dollar limit and the income, and what waits."""
    if not told.elected and not told.carried_in:
        return Expensed(ZERO, ZERO, ())
    limited = _dollar_limit(year, law, told.cost)
    limit = limited[-1].amount
    items = [
        line((FORM, f"6: {name}"), "Elected cost", amount, cites=("26 U.S.C. 179(c)",)) for name, amount in told.elected
    ]
    asked = line(
        (FORM, "8"),
        "Elected cost",
        sum((each.amount for each in items), ZERO),
        cites=("26 U.S.C. 179(c)",),
        inputs=items,
    )
    tentative = line(
        (FORM, "9"),
        "Tentative deduction",
        min(limit, asked.amount),
        cites=("26 U.S.C. 179(a)",),
        inputs=(limited[-1], asked),
    )
    carried = line(
        (FORM, "10"), "Carryover of disallowed deduction", told.carried_in, cites=("26 U.S.C. 179(b)(3)(B)",)
    )
    room = limit if told.income is None else min(limit, max(ZERO, told.income))
    within = line((FORM, "11"), "Business income limit", room, cites=("26 U.S.C. 179(b)(3)(A)",), inputs=limited[-1:])
    wanted = tentative.amount + carried.amount
    taken = line(
        (FORM, "12"), "Section 179 deduction", min(wanted, room), cites=("26 U.S.C. 179(b)",),
        inputs=(tentative, carried, within),
    )  # fmt: skip
    forward = line(
        (FORM, "13"),
        "Carryover to next year",
        wanted - taken.amount,
        cites=("26 U.S.C. 179(b)(3)(B)",),
        inputs=(taken,),
    )
    lines = (*limited, *items, asked, tentative, carried, within, taken, forward)
    return Expensed(taken.amount, forward.amount, lines)


def _dollar_limit(year: int, law: Law, cost: Decimal) -> tuple[Line, ...]:
    """Lines 1 to 5: the most that can be expensed, less what the property of the year cost above the threshold."""
    limit, (most, start) = section_179_limit(cost, law, year)
    maximum = line((FORM, "1"), "Maximum amount", most.amount(), figures=(most,))
    property_cost = line((FORM, "2"), "Section 179 property placed in service", cost, cites=("26 U.S.C. 179(d)(1)",))
    threshold = line((FORM, "3"), "Threshold cost before reduction", start.amount(), figures=(start,))
    reduced = line(
        (FORM, "4"),
        "Reduction in limitation",
        max(ZERO, cost - threshold.amount),
        cites=("26 U.S.C. 179(b)(2)",),
        inputs=(property_cost, threshold),
    )
    dollars = line((FORM, "5"), "Dollar limit", limit, inputs=(maximum, reduced), figures=(most, start))
    return maximum, property_cost, threshold, reduced, dollars


def in_service(told: Sequence[AssetDepreciation], year: int, expensed: Decimal) -> tuple[Line, ...]:
    """Return Parts II to IV: bonus, software, earlier years, each class placed in service this year, and the total."""
    bonus = sum((each.bonus for each in told), ZERO)
    lines = [line((FORM, "14"), "Special depreciation allowance", bonus, cites=("26 U.S.C. 168(k)",))]
    software = [each for each in told if each.asset.recovery_class == SOFTWARE]
    if software:
        lines.append(_summed("16", "Other depreciation: software", software))
    things = [each for each in told if each.asset.recovery_class != SOFTWARE]
    earlier = sum((each.macrs for each in things if each.asset.year < year), ZERO)
    lines.append(line((FORM, "17"), "MACRS of assets placed in service earlier", earlier, cites=("26 U.S.C. 168(a)",)))
    new = [each for each in things if each.asset.year == year]
    for number in sorted({line_19(each.asset.recovery_class, year) for each in new}):
        own = [each for each in new if line_19(each.asset.recovery_class, year) == number]
        lines.append(_summed(number, LABELS[number], own))
    total = expensed + sum((each.amount for each in lines), ZERO)
    inputs: tuple[Line | str, ...] = (*lines, f"{FORM} line 12")
    lines.append(line((FORM, "22"), "Depreciation and section 179", total, cites=("26 U.S.C. 167(a)",), inputs=inputs))
    return tuple(lines)


def line_19(recovery_class: str, year: int) -> str:
    """Return the line on which a class stands in the year it is placed in service."""
    return LINE_19.get(recovery_class) or ("19j" if year >= BUILDINGS_MOVED_FROM else "19i")


def _summed(number: str, label: str, told: Iterable[AssetDepreciation]) -> Line:
    own = tuple(told)
    cites = tuple(dict.fromkeys(cite for each in own for cite in each.cites))
    return line((FORM, number), label, sum((each.macrs for each in own), ZERO), cites=cites)

"""Business use of the home: Form 8829 line by line, or the simplified method (26 U.S.C. 280A(c); Rev. Proc. 2013-13).

Law: a part of the home used "exclusively" and "on a regular basis" for the business is deducted, but "shall not exceed"
the gross income of that use less the other expenses of the business (280A(c)(5)): first what is deductible anyway, then
operating expenses, then depreciation; the regular method carries the rest into the next year, the simplified method
carries nothing and keeps what was carried until a year of the regular method (Rev. Proc. 2013-13, 4.08).

A taxpayer who takes the standard deduction has no mortgage interest or real estate taxes that are deductible anyway:
they stand among the operating expenses (lines 16 and 17), those of one who itemizes on lines 10 and 11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from lotwork.ledger.units import HUNDRED, MONTHS, ZERO
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law

FORM = "Form 8829"
WORKSHEET = "Simplified Method Worksheet"
WHOLE = Decimal(1)
TOPIC = "us/home_office"
LIMIT = "26 U.S.C. 280A(c)(5)"
USE = "26 U.S.C. 280A(c)(1)"
DEDUCTIBLE_ANYWAY: Mapping[str, str] = MappingProxyType({"16": "10", "17": "11"})
"""Where the lines of one who takes the standard deduction stand for one who itemizes."""
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "10": "Deductible mortgage interest", "11": "Real estate taxes", "16": "Excess mortgage interest",
        "17": "Excess real estate taxes", "18": "Insurance", "19": "Rent", "20": "Repairs and maintenance",
        "21": "Utilities", "22": "Other expenses",
    }
)  # fmt: skip
HOME_LINES: Mapping[str, str] = MappingProxyType(
    {
        "mortgage_interest": "16", "real_estate_taxes": "17", "property_taxes": "17", "insurance": "18", "rent": "19",
        "repairs": "20", "maintenance": "20", "utilities": "21", "electricity": "21", "internet": "21", "gas": "21",
        "water": "21", "heating": "21", "other": "22", "association_dues": "22", "security": "22",
    }
)  # fmt: skip
"""What a word after `home_` or `home_direct_` is about, and its line of Form 8829."""


class HomeCarryover(NamedTuple):
    """What the limit left over: operating expenses (line 43), and depreciation (line 44)."""

    operating: Decimal = ZERO
    depreciation: Decimal = ZERO


NOTHING_CARRIED = HomeCarryover()


class HomeBill(NamedTuple):
    """A cost of the home: its line, and whether all of it is for the office (direct) or for the whole home."""

    line: str
    direct: bool
    amount: Decimal


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """A home office in a year: its area, what the home cost, the income it may use up, and what was carried in."""

    year: int
    office_sqft: Decimal
    income: Decimal
    """Schedule C line 29."""
    home_sqft: Decimal = ZERO
    months: int = MONTHS
    bills: tuple[HomeBill, ...] = msgspec.field(default=())
    itemizes: bool = False
    building_basis: Decimal = ZERO
    first_used: date | None = None
    carried: HomeCarryover = NOTHING_CARRIED


class HomeYear(NamedTuple):
    """The deduction of Schedule C line 30, what is carried on, and the lines."""

    deduction: Decimal
    carryover: HomeCarryover
    lines: tuple[Line, ...]


def simplified(home: Home, law: Law) -> HomeYear:
    """Return the deduction by floor area: each month's area up to the most there may be, averaged over the year."""
    rate, most = (
        law.in_year(f"{TOPIC}/{name}", home.year) for name in ("simplified_rate_per_sqft", "simplified_max_sqft")
    )
    area = min(home.office_sqft, most.amount()) * home.months / MONTHS
    income = line((WORKSHEET, "1"), "Gross income limitation", max(ZERO, home.income), cites=(LIMIT,),
                  inputs=("Schedule C line 29",))  # fmt: skip
    floor = line(
        (WORKSHEET, "2"), "Allowable square footage", area, cites=("Rev. Proc. 2013-13, 4.03",), figures=(most,)
    )
    asked = line((WORKSHEET, "4"), "Area times the rate", area * rate.amount(), inputs=(floor,), figures=(rate,))
    taken = line((WORKSHEET, "5"), "Allowable expenses", min(income.amount, asked.amount), inputs=(income, asked))
    told = [income, floor, asked, taken]
    for number, what, amount in (
        ("6a", "operating expenses", home.carried.operating),
        ("6b", "excess casualty losses and depreciation", home.carried.depreciation),
    ):
        if amount:
            told.append(
                line((WORKSHEET, number), f"Carryover of {what}, kept", amount, cites=("Rev. Proc. 2013-13, 4.08",))
            )
    return HomeYear(taken.amount, home.carried, _cited(told))


def regular(home: Home, law: Law) -> HomeYear:
    """Return Form 8829: the business part of what the home cost, in three tiers within the income."""
    area = (
        line((FORM, "1"), "Area used for business", home.office_sqft, cites=("26 U.S.C. 280A(c)(1)",)),
        line((FORM, "2"), "Total area of home", home.home_sqft),
    )
    share = line((FORM, "7"), "Business percentage", business_part(home) * HUNDRED, inputs=area)
    income = line((FORM, "8"), "Income of the business", home.income, cites=(LIMIT,), inputs=("Schedule C line 29",))
    anyway, first = _tier(home, share, ("10", "11"), ("12", "13", "14"))
    room = line(
        (FORM, "15"), "Limit on operating expenses", max(ZERO, income.amount - first.amount), inputs=(income, first)
    )
    running, second = _tier(home, share, ("16", "17", "18", "19", "20", "21", "22"), ("23", "24", "26"))
    allowed = line((FORM, "27"), "Allowable operating expenses", min(room.amount, second.amount), cites=(LIMIT,),
                   inputs=(room, second))  # fmt: skip
    left = line((FORM, "28"), "Limit on depreciation", room.amount - allowed.amount, inputs=(room, allowed))
    building, worn = _depreciation(home, share, law)
    year = line((FORM, "30"), "Depreciation of the home", worn, inputs=building[-1:])
    carried = line((FORM, "31"), "Carryover of depreciation", home.carried.depreciation, cites=(LIMIT,))
    third = line((FORM, "32"), "Depreciation and its carryover", worn + carried.amount, inputs=(year, carried))
    depreciated = line((FORM, "33"), "Allowable depreciation", min(left.amount, third.amount), cites=(LIMIT,),
                       inputs=(left, third))  # fmt: skip
    whole = first.amount + allowed.amount + depreciated.amount
    total = line((FORM, "34"), "Allowable expenses", whole, inputs=(first, allowed, depreciated))
    taken = line((FORM, "36"), "Allowable expenses for business use of the home", whole, inputs=(total,))
    on = HomeCarryover(second.amount - allowed.amount, third.amount - depreciated.amount)
    lines = (
        *area, share, income, *anyway, first, room, *running, second, allowed, left, *building, year, carried, third,
        depreciated, total, taken, *_carried_on(on, (second, allowed), (third, depreciated)),
    )  # fmt: skip
    return HomeYear(taken.amount, on, _cited(lines))


def _cited(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return the lines, a sum under the law of the whole form."""
    return tuple(msgspec.structs.replace(each, cites=each.cites or (USE,)) for each in lines)


def business_part(home: Home) -> Decimal:
    """Return the part of the home that is the office."""
    return home.office_sqft / home.home_sqft


def _tier(
    home: Home, share: Line, numbers: tuple[str, ...], sums: tuple[str, str, str]
) -> tuple[tuple[Line, ...], Line]:
    """Return the lines of a group of costs, and its business part: direct costs whole, the home's by its share."""
    direct = indirect = ZERO
    told = []
    for number in numbers:
        bills = [bill for bill in home.bills if _number(bill, itemizes=home.itemizes) == number]
        own = sum((bill.amount for bill in bills if bill.direct), ZERO)
        common = sum((bill.amount for bill in bills if not bill.direct), ZERO)
        direct, indirect = direct + own, indirect + common
        for column, amount in (("a", own), ("b", common)):
            if amount:
                told.append(
                    line((FORM, f"{number}({column})"), LABELS[number], amount, cites=("26 U.S.C. 280A(c)(1)",))
                )
    whole, parted, total = sums
    if told:
        told.append(line((FORM, whole), "Direct and indirect", direct + indirect, inputs=tuple(told)))
    business = line(
        (FORM, parted), "Indirect times the business percentage", indirect * business_part(home), inputs=(share,)
    )
    carried = []
    if total == "26":
        carried = [line((FORM, "25"), "Carryover of operating expenses", home.carried.operating, cites=(LIMIT,))]
    amount = direct + business.amount + sum((each.amount for each in carried), ZERO)
    summed = line((FORM, total), "Their business part", amount, inputs=(*told[-1:], business, *carried))
    return (*told, business, *carried), summed


def _number(bill: HomeBill, *, itemizes: bool) -> str:
    return DEDUCTIBLE_ANYWAY.get(bill.line, bill.line) if itemizes else bill.line


def _depreciation(home: Home, share: Line, law: Law) -> tuple[tuple[Line, ...], Decimal]:
    """Part III: the business basis of the building, times the percentage of its month and year."""
    if not home.building_basis or home.first_used is None or home.first_used.year > home.year:
        return (), ZERO
    first = law.figure(f"{TOPIC}/building_first_year", home.first_used)
    later = law.figure(f"{TOPIC}/building_full_year", home.first_used)
    began = first.amounts()[home.first_used.month - 1]
    passed = home.year - home.first_used.year
    percent = began
    if passed:
        before = began + later.amount() * (passed - 1)
        percent = min(later.amount(), max(ZERO, WHOLE - before)) * home.months / MONTHS
    building = line((FORM, "39"), "Basis of the building", home.building_basis, cites=("26 U.S.C. 1011",))
    used = line(
        (FORM, "40"),
        "Business basis of the building",
        home.building_basis * business_part(home),
        inputs=(building, share),
    )
    rate = line((FORM, "41"), "Depreciation percentage", percent * HUNDRED, figures=(later if passed else first,))
    worn = line(
        (FORM, "42"), "Depreciation allowable", used.amount * percent, cites=("26 U.S.C. 168(a)",), inputs=(used, rate)
    )
    return (building, used, rate, worn), worn.amount


def _carried_on(on: HomeCarryover, operating: tuple[Line, Line], depreciation: tuple[Line, Line]) -> tuple[Line, ...]:
    """Part IV: what is carried into the next year."""
    return (
        line((FORM, "43"), "Operating expenses carried on", on.operating, cites=(LIMIT,), inputs=operating),
        line((FORM, "44"), "Depreciation carried on", on.depreciation, cites=(LIMIT,), inputs=depreciation),
    )

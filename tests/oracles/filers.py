"""Filers nobody thought of: every status, every kind of income, and amounts that lie on the edges of the law."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from lotwork.ledger.events import FilingStatus
from lotwork.rules.figures import STATUSES
from lotwork.rules.load import Law
from tests.drawing import seeded
from tests.oracles.chance import Chance
from tests.rules.us.law import LAW

Case = dict[str, Any]
NEAR = tuple(Decimal(text) for text in ("-1", "-0.01", "0", "0.01", "1"))
SMALL, MIDDLE, LARGE = 60_000, 300_000, 2_000_000
FIRST_TAXED = Decimal("433.14")
"""The first profit in whole cents whose 92.35 percent reach 400."""
TAXES_ALWAYS_ALLOWED = 5_000
"""State and local taxes that no limit of any year and status reaches (26 U.S.C. 164(b)(6))."""


def edges(law: Law, year: int, status: FilingStatus) -> tuple[Decimal, ...]:
    """Return incomes that, alone on a return, put some figure of the law at its edge."""
    standard = law.in_year("us/ordinary/standard_deduction", year).by_status(status)
    tops = law.in_year("us/ordinary/tops", year).tops(status)
    zones = law.in_year("us/preferential/tops", year).tops(status)
    by_status = ("us/qbi/threshold", "us/amt/phaseout", "us/niit/threshold", "us/additional_medicare/threshold")
    alone = tuple(law.in_year(path, year).by_status(status) for path in by_status)
    base = law.in_year("us/self_employment/oasdi_wage_base", year).amount()
    factor = law.in_year("us/self_employment/net_earnings_factor", year).amount()
    on_profit = tuple((amount / factor).quantize(Decimal("0.01")) for amount in (base, alone[-1]))
    above = tuple(edge + standard for edge in (*tops, *zones, alone[0]))
    return (FIRST_TAXED, standard, base, *on_profit, *alone, *above)


def amount(chance: Chance, most: int, at: Sequence[Decimal]) -> Decimal:
    """Return an amount up to *most*, once in six an edge or a cent or a dollar beside it."""
    if chance.once_in(6):
        return max(Decimal(0), chance.one_of(at) + chance.one_of(NEAR))
    return chance.dollars(most)


def filer(chance: Chance, year: int) -> Case:
    """Return one filer of *year*, as `lotwork compute us` reads it."""
    status = chance.one_of(STATUSES)
    at = edges(LAW, year, status)
    most = chance.one_of((SMALL, MIDDLE, LARGE))
    case: Case = {"year": year, "status": status}

    def told(key: str, once_in: int, up_to: int, *, loss_once_in: int = 0) -> None:
        if chance.once_in(once_in):
            sign = -1 if loss_once_in and chance.once_in(loss_once_in) else 1
            case[key] = str(amount(chance, up_to, at) * sign)

    if not chance.once_in(4):
        told("schedule_c_net", 1, most, loss_once_in=5)
    told("wages", 2, chance.one_of((SMALL, MIDDLE, LARGE)))
    if status == "mfj":
        told("spouse_wages", 3, chance.one_of((SMALL, MIDDLE)))
    told("short_term_net", 3, most // 4, loss_once_in=2)
    told("long_term_net", 2, chance.one_of((most // 4, LARGE)), loss_once_in=4)
    told("short_term_carryover", 8, 20_000)
    told("long_term_carryover", 8, 20_000)
    told("other_ordinary_income", 4, most // 4)
    told("taxable_interest", 3, most // 20)
    told("qualified_dividends", 3, most // 10)
    told("ubia", 2, LARGE)
    told("business_w2_wages", 3, MIDDLE)
    case |= persons(chance, status) | deductions(chance, case)
    return case


def persons(chance: Chance, status: FilingStatus) -> Case:
    """Return who of the taxpayer and a joint spouse is aged or blind."""
    most = 2 if status == "mfj" else 1
    told = {}
    if chance.once_in(4):
        told["aged"] = chance.whole(1, most)
    if chance.once_in(15):
        told["blind"] = chance.whole(1, most)
    return told


def deductions(chance: Chance, case: Case) -> Case:
    """Return what a self-employed filer of some profit pays for a plan and for insurance, and itemized amounts."""
    profit = Decimal(case.get("schedule_c_net", 0))
    told: Case = {}
    if profit > SMALL // 4 and chance.once_in(4):
        told["retirement_contribution"] = str(chance.dollars(min(int(profit) // 8, SMALL // 2)))
        told["health_insurance"] = str(chance.dollars(SMALL // 6))
    if chance.once_in(6):
        taxes = chance.dollars(TAXES_ALWAYS_ALLOWED)
        told |= {"itemized_deductions": str(taxes + chance.dollars(SMALL // 2)), "itemized_taxes": str(taxes)}
    return told


def filers(year: int, count: int, seed: str = "lotwork") -> Iterator[Case]:
    """Yield *count* filers of *year*, the same ones for the same *seed*, but in `make fuzz`."""
    chance = Chance(seeded(f"{seed}/{year}"))
    return (filer(chance, year) for _ in range(count))

"""Private mining (EStG s.22 Nr. 3), private sales within a year (s.23), the tariff (s.32a) and the surcharge (SolZG).

Both limits are cliffs: an amount *less than* the limit is free, the limit itself is taxed whole. Losses of either class
offset only income of their own class and do not lower `taxable_income`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_DOWN, ROUND_FLOOR, Decimal
from typing import NamedTuple

from lotwork.ledger.units import CENT, HUNDRED, ZERO
from lotwork.rules.case import amounts, tax_year
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law

EURO = Decimal(1)
TEN_THOUSAND = Decimal(10_000)
LATEST = 2026
KEYS = ("taxable_income", "mining_net", "disposal_gain")


def income_tax(income: Decimal, law: Law, year: int, *, spouses: bool = False) -> Decimal:
    """Return the income tax: of spouses assessed together, twice that on half (EStG s.32a(5))."""
    return 2 * tariff(income / 2, law, year) if spouses else tariff(income, law, year)


def tariff(income: Decimal, law: Law, year: int) -> Decimal:
    """Return the income tax of a single person, in full euro (EStG s.32a(1))."""
    f = law.in_year("de/income/tariff", year).numbers()
    x = income.quantize(EURO, ROUND_DOWN)
    if x <= f["g"]:
        tax = ZERO
    elif x <= f["a"]:
        y = (x - f["g"]) / TEN_THOUSAND
        tax = (f["k1"] * y + f["l1"]) * y
    elif x <= f["b"]:
        z = (x - f["a"]) / TEN_THOUSAND
        tax = (f["k2"] * z + f["l2"]) * z + f["c3"]
    elif x <= f["c"]:
        tax = f["r4"] * x - f["c4"]
    else:
        tax = f["r5"] * x - f["c5"]
    return tax.quantize(EURO, ROUND_DOWN)


def surcharge(tax: Decimal, law: Law, year: int, *, spouses: bool = False) -> Decimal:
    """Return the solidarity surcharge: 5.5 percent, at most 11.9 of the tax above the exempt amount (SolZG s.3, 4)."""
    exempt = law.in_year("de/income/surcharge_exempt_tax", year).amount() * (2 if spouses else 1)
    rate = law.in_year("de/income/surcharge_rate", year).amount()
    most = law.in_year("de/income/surcharge_phase_in_rate", year).amount() * max(ZERO, tax - exempt)
    return min(tax * rate, most).quantize(CENT, ROUND_DOWN)


class TradeTax(NamedTuple):
    """Trade tax on a year's profit, and what of it is credited against income tax."""

    base: Decimal
    """The base amount (Messbetrag)."""
    tax: Decimal
    credit: Decimal


def trade_tax(profit: Decimal, multiplier: Decimal, law: Law, year: int) -> TradeTax:
    """Return the trade tax of a natural person at the municipality's *multiplier* in percent (GewStG s.11, 16)."""
    figures = law.in_year("de/income/trade_tax", year).numbers()
    whole = (profit / HUNDRED).to_integral_value(ROUND_FLOOR) * HUNDRED
    base = (max(ZERO, whole - figures["allowance"]) * figures["base_rate"]).quantize(CENT, ROUND_DOWN)
    tax = (base * multiplier / HUNDRED).quantize(CENT, ROUND_DOWN)
    return TradeTax(base, tax, min(base * figures["credit"], tax))


def above_limit(amount: Decimal, limit: Decimal) -> Decimal:
    """Return *amount* whole if it is not less than *limit*, else nothing (a Freigrenze, not a Freibetrag)."""
    return amount if amount >= limit else ZERO


def compute_case(case: Mapping[str, object], law: Law) -> dict[str, str | list[str]]:
    """Return `taxable`, `tax` (the tariff), the surcharge and the steps of a single person's case."""
    told = amounts(case, KEYS, words=("year",))
    year = tax_year(case, LATEST)
    mining = above_limit(told["mining_net"], law.in_year("de/income/mining_limit", year).amount())
    gain = above_limit(told["disposal_gain"], law.in_year("de/income/disposal_limit", year).amount())
    taxable = max(ZERO, told["taxable_income"] + mining + gain).quantize(EURO, ROUND_DOWN)
    tax = tariff(taxable, law, year)
    extra = surcharge(tax, law, year)
    return {
        "taxable": f"{to_cents(taxable)}",
        "tax": f"{to_cents(tax)}",
        "solidarity_surcharge": f"{to_cents(extra)}",
        "total": f"{to_cents(tax + extra)}",
        "steps": [
            f"mining {told['mining_net']:f}: {mining:f} taxable (s.22 Nr. 3)",
            f"private sales {told['disposal_gain']:f}: {gain:f} taxable (s.23)",
            f"tariff on {taxable:.0f} is {tax:.0f} (s.32a)",
            f"solidarity surcharge is {to_cents(extra)}",
        ],
    }

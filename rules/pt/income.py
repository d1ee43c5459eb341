"""Mining is business income by a coefficient (CIRS Art. 4, 31) and bears the general scale (Art. 68, 68-A, 69).

A private gain under 365 days bears 28 percent (Art. 72). A year whose scale is not known is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise

from lotwork.ledger.units import ZERO
from lotwork.rules.case import amounts, tax_year, word
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law

MODES = ("mining", "gain")
LATEST = 2026
SCALE = ("scale_tops", "scale_rates", "scale_average_rates")
SOLIDARITY = ("solidarity_tops", "solidarity_rates")


def scale_tax(income: Decimal, law: Law, year: int, *, spouses: bool = False) -> Decimal:
    """Return the tax by the general scale, of spouses taxed together twice that on half (CIRS Art. 68, 69).

    Income above the first bracket is cut in two: "uma, igual ao limite do maior dos escalões que nele couber", which
    bears the average rate of that bracket, and the rest, which bears the normal rate of the next (Art. 68(2)).
    """
    if spouses:
        return 2 * scale_tax(income / 2, law, year)
    tops, rates, averages = (law.in_year(f"pt/income/{name}", year).amounts() for name in SCALE)
    within = sum(top <= income for top in tops)
    if not within:
        return max(ZERO, income) * rates[0]
    last = within - 1
    return tops[last] * averages[last] + (income - tops[last]) * rates[within]


def solidarity_tax(income: Decimal, law: Law, year: int, *, spouses: bool = False) -> Decimal:
    """Return the additional tax: 2.5 percent of what lies above 80,000, 5 of what lies above 250,000 (Art. 68-A)."""
    if spouses:
        return 2 * solidarity_tax(income / 2, law, year)
    tops, rates = (law.in_year(f"pt/income/{name}", year).amounts() for name in SOLIDARITY)
    ends = pairwise((*tops, max(income, tops[-1])))
    parts = (max(ZERO, min(income, end) - begin) * rate for (begin, end), rate in zip(ends, rates, strict=True))
    return sum(parts, ZERO)


def compute_case(case: Mapping[str, object], law: Law) -> dict[str, str | list[str] | None]:
    """Return `taxable`, `tax` and the steps: `mode` mining with `revenue`, or gain with `gain` and `days_held`.

    The tax on mining is that of one person, on it and on `other_income` together.
    """
    mode = word(case, "mode", MODES)
    keys = ("revenue", "other_income") if mode == "mining" else ("gain", "days_held")
    told = amounts(case, keys, words=("mode", "year"))
    year = tax_year(case, LATEST)
    if mode == "mining":
        coefficient = law.in_year("pt/income/mining_coefficient", year).amount()
        mined = max(ZERO, told["revenue"]) * coefficient
        taxable = max(ZERO, mined + told["other_income"])
        scale, solidarity = scale_tax(taxable, law, year), solidarity_tax(taxable, law, year)
        steps = [
            f"revenue x {coefficient:f} is {_cents(mined)}",
            f"rate: {law.in_year('pt/income/mining_rate', year).text()}",
            f"the scale on {_cents(taxable)} is {_cents(scale)} (Art. 68)",
            f"additional solidarity rates: {_cents(solidarity)} (Art. 68-A)",
        ]
        return {"taxable": _cents(taxable), "tax": _cents(scale + solidarity), "steps": steps}
    free = told["days_held"] >= law.in_year("pt/income/gain_free_after_days", year).amount()
    taxable = ZERO if free else max(ZERO, told["gain"])
    rate = law.in_year("pt/income/gain_rate", year).amount()
    held = "365 days or more: exempt" if free else "less than 365 days: taxed"
    return {"taxable": _cents(taxable), "tax": _cents(taxable * rate), "steps": [held, f"x {rate:%}"]}


def _cents(amount: Decimal) -> str:
    return f"{to_cents(amount):f}"

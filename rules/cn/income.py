"""Business income by Rate Table 2, and the transfer of property at 20 percent (IIT Law Art. 3, 6).

A farm run as a company pays enterprise income tax instead, which is not computed here; nor are reliefs for registered
households.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from lotwork.ledger.units import ZERO
from lotwork.rules.case import amounts, tax_year, word
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law

MODES = ("business", "property")
LATEST = 2026


def compute_case(case: Mapping[str, object], law: Law) -> dict[str, str | list[str]]:
    """Return `taxable`, `tax` and the steps of a case: `mode`, `revenue`, `costs`, and `year` if not the latest."""
    mode = word(case, "mode", MODES)
    told = amounts(case, ("revenue", "costs"), words=("mode", "year"))
    year = tax_year(case, LATEST)
    taxable = max(ZERO, told["revenue"] - told["costs"])
    rate, quick = (property_rate(law, year), ZERO) if mode == "property" else bracket(taxable, law, year)
    tax = taxable * rate - quick
    return {
        "taxable": _fen(taxable),
        "tax": _fen(tax),
        "rate": f"{rate:f}",
        "quick_deduction": _fen(quick),
        "steps": [
            f"revenue {_fen(told['revenue'])} less costs {_fen(told['costs'])} is {_fen(taxable)}",
            f"{_fen(taxable)} x {rate:%} less {_fen(quick)} is {_fen(tax)}",
        ],
        "not_covered": list(law.in_year("cn/income/caveats", year).texts()),
    }


def property_rate(law: Law, year: int) -> Decimal:
    """Return the rate on the transfer of property (Art. 3(3))."""
    return law.in_year("cn/income/property_rate", year).amount()


def bracket(taxable: Decimal, law: Law, year: int) -> tuple[Decimal, Decimal]:
    """Return the rate and quick deduction of the bracket *taxable* lies in, its top included."""
    tops = law.in_year("cn/income/tops", year).amounts()
    place = sum(1 for top in tops if taxable > top)
    rates, quick = law.in_year("cn/income/rates", year), law.in_year("cn/income/quick_deductions", year)
    return rates.amounts()[place], quick.amounts()[place]


def _fen(amount: Decimal) -> str:
    return f"{to_cents(amount):f}"

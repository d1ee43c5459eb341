"""Mining is business income by a coefficient (CIRS Art. 4, 31); a private gain under 365 days bears 28 percent.

The progressive scale that mining income bears is not among the figures known here: its tax is left open, never guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from lotwork.ledger.units import ZERO
from lotwork.rules.case import amounts, tax_year, word
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law

MODES = ("mining", "gain")
LATEST = 2026


def compute_case(case: Mapping[str, object], law: Law) -> dict[str, str | list[str] | None]:
    """Return `taxable`, `tax` and the steps: `mode` mining with `revenue`, or gain with `gain` and `days_held`.

    The tax on mining income is None: the scale is not known here.
    """
    mode = word(case, "mode", MODES)
    keys = ("revenue",) if mode == "mining" else ("gain", "days_held")
    told = amounts(case, keys, words=("mode", "year"))
    year = tax_year(case, LATEST)
    if mode == "mining":
        coefficient = law.in_year("pt/income/mining_coefficient", year).amount()
        taxable = max(ZERO, told["revenue"]) * coefficient
        scale = law.in_year("pt/income/mining_rate", year).text()
        step = f"revenue x {coefficient:f} is {_cents(taxable)}"
        return {"taxable": _cents(taxable), "tax": None, "steps": [step, f"rate: {scale}"]}
    free = told["days_held"] >= law.in_year("pt/income/gain_free_after_days", year).amount()
    taxable = ZERO if free else max(ZERO, told["gain"])
    rate = law.in_year("pt/income/gain_rate", year).amount()
    held = "365 days or more: exempt" if free else "less than 365 days: taxed"
    return {"taxable": _cents(taxable), "tax": _cents(taxable * rate), "steps": [held, f"x {rate:%}"]}


def _cents(amount: Decimal) -> str:
    return f"{to_cents(amount):f}"

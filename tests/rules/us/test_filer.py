"""A case told in JSON: every key is documented, read by its own kind, and changes the return it is told for."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lotwork.rules.us.filer import KEYS, read_case
from lotwork.rules.us.individual import compute
from tests.rules.us.law import LAW

DOCUMENT = Path(__file__).parents[3] / "docs" / "return.md"
BASE: dict[str, Any] = {
    "year": 2026, "status": "mfj", "schedule_c_net": "700000", "wages": "60000", "hobby_income": "10",
    "short_term_net": "-2000", "long_term_net": "9000", "qualified_dividends": "30000",
    "retirement_contribution": "60000", "retirement_plan": "solo_401k", "age": 45, "ubia": "900000",
    "itemized_deductions": "60000", "nol_carryover": "5000",
}  # fmt: skip
CHANGED: dict[str, Any] = {
    "year": 2025, "status": "single", "retirement_plan": "sep", "age": 51, "material_participation": False,
    "must_itemize": True, "itemized_deductions": "90000", "elsewhere_deferred": "20000",
    "nol_carryover": "6000", "amt_nol_carryover": "0",
    "aged": 1, "blind": 1, "wages": "61000", "schedule_c_net": "710000", "ubia": "910000",
    "ordinary_dividends": "40000", "spouse_retirement_plan": "sep", "spouse_age": 51,
    "spouse_elsewhere_deferred": "20000",
}  # fmt: skip
HER_PLAN = {"spouse_schedule_c_net": "300000", "spouse_retirement_contribution": "90000"}
NEEDS: dict[str, dict[str, Any]] = {
    "material_participation": {"schedule_c_net": "1500", "wages": "90000", "retirement_contribution": "0"},
    "must_itemize": {"itemized_deductions": "0"},
    "aged": {"itemized_deductions": "0", "schedule_c_net": "0"},
    "blind": {"itemized_deductions": "0"},
    "section_1231_losses": {},
    "amt_depreciation": {},
    "spouse_ubia": {"spouse_schedule_c_net": "300000"},
    "spouse_w2_wages": {"spouse_schedule_c_net": "300000"},
    "spouse_health_insurance": {"spouse_schedule_c_net": "300000"},
    "spouse_retirement_contribution": {"spouse_schedule_c_net": "300000"},
    "spouse_retirement_plan": HER_PLAN,
    "spouse_age": {**HER_PLAN, "spouse_retirement_plan": "solo_401k", "spouse_age": 45},
    "spouse_elsewhere_deferred": {**HER_PLAN, "spouse_retirement_plan": "solo_401k"},
}
ONLY_WITH_A_SALE = frozenset({"section_1231_losses"})
"""A look-back is for a gain on rigs, which a case in JSON does not tell."""


def lines(case: dict[str, Any]) -> list[tuple[str, Decimal]]:
    return [(each.ref, each.amount) for each in compute(read_case(case), LAW).lines]


@pytest.mark.parametrize("key", sorted(set(KEYS) - ONLY_WITH_A_SALE))
def test_each_key_moves_a_line_of_the_return(key: str) -> None:
    case = BASE | NEEDS.get(key, {})
    assert lines(case | {key: CHANGED.get(key, "1234")}) != lines(case)


@pytest.mark.parametrize("key", KEYS)
def test_each_key_is_documented(key: str) -> None:
    assert f"`{key}`" in DOCUMENT.read_text(encoding="utf-8")


def test_depreciation_the_minimum_tax_does_not_allow_raises_its_income() -> None:
    """Form 6251 line 2l; 26 U.S.C. 56(a)(1). It turns round in later years."""
    case = {"year": 2026, "status": "single", "schedule_c_net": "-50000"}
    plain, more = compute(read_case(case), LAW), compute(read_case(case | {"amt_depreciation": "8000"}), LAW)
    assert more.minimum.income.amount - plain.minimum.income.amount == 8_000
    assert more.carryforwards.nol.amount == 50_000
    assert more.carryforwards.amt_nol.amount == 42_000
    assert compute(read_case(case | {"amt_depreciation": "-8000"}), LAW).carryforwards.amt_nol.amount == 58_000

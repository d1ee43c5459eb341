"""The presumption of section 183(d): 3 of the 5 years that end with the tax year."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotwork.rules.us.activity import presumption
from tests.rules.us.law import LAW


@pytest.mark.parametrize(
    ("profits", "holds"),
    [
        ({2022: "1", 2023: "1", 2024: "-5", 2025: "-5", 2026: "1"}, True),
        ({2022: "1", 2023: "0", 2024: "-5", 2025: "-5", 2026: "1"}, False),
        ({2021: "1", 2022: "1", 2023: "-1", 2024: "-5", 2025: "-5", 2026: "1"}, False),
        ({2022: None, 2023: "1", 2024: "-5", 2025: "-5", 2026: "1"}, None),
        ({2022: None, 2023: "1", 2024: "1", 2025: "-5", 2026: "1"}, True),
        ({2022: None, 2023: None, 2024: "-1", 2025: "-5", 2026: "-1"}, False),
        ({2025: "1", 2026: "1"}, False),
        ({}, False),
    ],
)
def test_three_of_five_years_decide_and_unknown_years_may(profits: dict[int, str | None], holds: bool | None) -> None:
    told = {year: None if net is None else Decimal(net) for year, net in profits.items()}
    counted = presumption(told, 2026, LAW)
    assert counted.period == (2022, 2023, 2024, 2025, 2026)
    assert counted.holds is holds


def test_income_that_only_equals_the_deductions_is_no_profit() -> None:
    """Gross income "exceeds" the deductions (26 U.S.C. 183(d))."""
    assert presumption({2026: Decimal(0)}, 2026, LAW).loss == (2026,)

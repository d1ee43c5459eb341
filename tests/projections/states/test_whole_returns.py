"""Whole returns of books by hand, from the statutes and the printed tables: no figure here comes of the code."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotwork.ledger.units import CENT
from lotwork.projections.states.liability import StateLiability
from tests.projections.house import receipt
from tests.projections.states.miner import facts, me, state_of

HERS = {"kind": "wallet", "id": "w", "at": "2025-01-01T00:00:00Z", "wallet": "hers", "owner": "spouse"}


def rig(name: str, cost: str, day: str, **told: Any) -> dict[str, Any]:
    line = {"kind": "equipment", "id": name, "at": f"{day}T12:00:00Z", "equipment": name, "cost_usd": cost}
    return line | {"acquired": day, "placed_in_service": day} | told


def gone(name: str, day: str, brought: str) -> dict[str, Any]:
    line = {"kind": "equipment_sale", "id": f"sale of {name}", "at": f"{day}T12:00:00Z", "equipment": name}
    return line | {"proceeds_usd": brought}


def mined(year: int, usd: str, wallet: str = "cold") -> dict[str, Any]:
    return receipt(f"{wallet} {year}", f"{year}-03-01", "1", usd, wallet=wallet)


def figures(told: StateLiability) -> tuple[str, ...]:
    """Return the state's income, what it taxes, and the tax, to the cent."""
    assert told.computed is not None
    return tuple(str(each.quantize(CENT)) for each in (told.computed.income, told.computed.base, told.tax))


def test_georgia_in_the_middle_of_a_quarter_and_a_rig_sold_the_year_after() -> None:
    """Half of the cost came in the last quarter: 35 and 5 percent, then 26, and 38 for 7.5 months (Rev. Proc. 87-57).

    2025: 120,000 - 100,000 of bonus - 1,412.96 of self-employment tax is 18,587.04, and 100,000 - 20,000 more in
    Georgia; less 12,000 and twice 4,000, at 5.19 percent. 2026: 60,000 - 4,238.87 + 30,000 of the sale; Georgia has
    13,000 and 11,875 to deduct, and 35,625 of basis left; less 15,000 and twice 5,000, at 4.99 percent.
    """
    lines = (
        me(state="GA", filing_status="hoh"), mined(2025, "120000"), mined(2026, "60000"),
        rig("A", "50000", "2025-02-02"), rig("B", "50000", "2025-11-15"), gone("B", "2026-08-01", "30000"),
        facts(2025, dependents=2), facts(2026, dependents=2) | {"id": "of 2026"},
    )  # fmt: skip
    assert figures(state_of(2025, *lines)) == ("98587.04", "78587.04", "4078.67")
    assert figures(state_of(2026, *lines)) == ("25261.14", "261.14", "13.03")


def test_california_expenses_no_more_than_its_limit_less_what_was_invested_above_200_000() -> None:
    """220,000 placed in service leave 5,000 of its 25,000: 5,000, and 20 percent of 55,000 and of 160,000 (FTB 3885A).

    Federally 100,000 of wages and 150,000 - 220,000 of the business; California adds 172,000, deducts 5,706, and has
    3,201.97 up to 72,724 and 9.3 percent above, less a credit of 153. The year after 17,600 and half of 51,200 are
    deducted and 102,400 of basis are left of what was sold for 90,000.
    """
    lines = (
        me(state="CA"), mined(2025, "150000"), mined(2026, "80000"), facts(2025, wages_usd="100000", dependents=0),
        rig("A", "60000", "2025-02-02", section_179_usd="60000"), rig("B", "160000", "2025-06-01"),
        gone("B", "2026-05-05", "90000"), facts(2026, dependents=0) | {"id": "of 2026"},
    )  # fmt: skip
    assert figures(state_of(2025, *lines)) == ("202000.00", "196294.00", "14540.98")
    assert figures(state_of(2026, *lines))[0] == "18748.18"


def test_kentucky_of_two_spouses_who_both_mine_is_filed_in_two_columns() -> None:
    """Hers: 40,000 - 10,000 - 2,119.43 + 8,000 of the rig; his: 60,000 - 20,000 - 2,825.91 + 16,000; 3,270 each."""
    told = state_of(
        2025, me(state="KY", filing_status="mfj"), HERS, mined(2025, "60000"), mined(2025, "40000", "hers"),
        rig("A", "20000", "2025-02-02"), rig("B", "10000", "2025-02-02", owner="spouse"), facts(2025, dependents=0),
    )  # fmt: skip
    columns = {each.line.ref: each.line.amount.quantize(CENT) for each in told.lines}
    assert columns["KY Form 740 column A line 9"] == Decimal("35880.57")
    assert columns["KY Form 740 column B line 9"] == Decimal("53174.09")
    assert figures(told) == ("89054.66", "82514.66", "3300.59")


def test_north_carolina_over_six_years_with_the_first_one_corrected() -> None:
    """85 percent of the bonus: of 2021 59,500 (it was 42,500), of 2024 60 percent of 40,000, 20,400, of 2025 8,500.

    11,900 and 4,080 come back in 2025 and 2026, and 1,700 in 2026; after 2026 the first year's part is gone.
    """
    first = rig("first", "50000", "2021-02-02")
    corrected = {
        "kind": "correction", "id": "c", "at": "2026-02-02T12:00:00Z", "target": "first",
        "set": {"cost_usd": "70000"}, "reason": "the invoice",
    }  # fmt: skip
    lines = (
        me(state="NC"), first, rig("second", "40000", "2024-05-05"), rig("third", "10000", "2025-05-05"), corrected,
        *(mined(year, "90000") for year in (2025, 2026)),
    )  # fmt: skip
    both = [state_of(year, *lines).depreciation for year in (2025, 2026)]
    assert [each and each.told.spread_in for each in both] == [15_980, 17_680]
    assert [each and each.told.added for each in both] == [8_500, 0]


def test_ohio_frees_the_business_and_taxes_the_add_back() -> None:
    """300,000 - 60,000 of bonus is free; 15,636.40 and 6,427.56 of self-employment tax, half of it deducted.

    50,000 of wages less that half, and five sixths of the bonus: 88,968.02, less 1,900; 342 and 2.75 percent above
    26,050.
    """
    told = state_of(
        2025, me(state="OH"), mined(2025, "300000"), rig("A", "60000", "2025-02-02"),
        facts(2025, wages_usd="50000", dependents=0),
    )  # fmt: skip
    assert figures(told) == ("88968.02", "87068.02", "2020.00")


@pytest.mark.parametrize(("locality", "tax"), [(None, "13050.86"), ("nyc", "21331.84"), ("yonkers", "15236.88")])
def test_new_york_takes_its_lower_brackets_back_and_the_city_has_brackets_of_its_own(
    locality: str | None, tax: str
) -> None:
    """12,263.86 by the brackets and 787 taken back (Tax Law 601(d)); the City's 8,280.98, or 16.75 percent of both."""
    told = state_of(
        2025, me(state="NY", locality=locality, filing_status="hoh"), mined(2025, "90000"),
        rig("A", "40000", "2025-02-02"), facts(2025, wages_usd="150000", dependents=1),
    )  # fmt: skip
    assert figures(told) == ("229712.26", "217512.26", tax)

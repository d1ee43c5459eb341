"""A hobby that became a business, and the reverse: each receipt and each bill by the activity of its own instant."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from lotwork.projections.filing.check import prepare
from lotwork.projections.liability import Liability, liability
from lotwork.projections.plan.suppose import as_activity
from lotwork.projections.replay.book import Book
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt

LAW = Law.load()
TODAY = datetime(2026, 11, 29, tzinfo=UTC)
ME = {
    "kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "filing_status": "single",
    "time_zone": "America/New_York", "activity": "hobby", "material_participation": True,
}  # fmt: skip
NOW = {"kind": "profile", "id": "now", "at": "2025-07-01T04:00:00Z", "activity": "business"}
BEGAN = NOW | {"business_began": "2025-07-01"}
FEB = receipt("feb", "2025-02-05", "0.1", "90000")
SEP = receipt("sep", "2025-09-05", "0.1", "100000")


def paid(name: str, day: str, usd: str, **keys: Any) -> dict[str, Any]:
    """Return a bill for power."""
    line = {"kind": "expense", "id": name, "at": f"{day}T12:00:00Z", "category": "electricity", "amount_usd": usd}
    return line | keys


BILLS = (paid("x1", "2025-03-01", "1000"), paid("x2", "2025-09-01", "2000"))


def owed(*lines: dict[str, Any], year: int = 2025) -> Liability:
    """Return what is owed for *year*."""
    return liability(book_of(*lines), LAW, year)


def amounts(made: Liability) -> dict[str, Decimal]:
    """Return each line by its form and number."""
    return {each.line.ref: each.line.amount for each in made.lines}


def codes(made: Liability) -> list[str]:
    """Return the codes of the findings."""
    return [finding.code for finding in made.findings]


@pytest.mark.parametrize(
    "turn",
    [
        BEGAN,
        NOW,
        NOW | {"at": "2025-07-01T00:00:00-04:00"},
        NOW | {"at": "2025-05-17T09:30:00Z"},
        BEGAN | {"at": "2025-06-30T23:00:00-05:00"},
    ],
)
def test_a_hobby_that_became_a_business_in_july_has_two_parts_in_one_return(turn: dict[str, Any]) -> None:
    """Case 14: 9,000 on Schedule 1 line 8v; 10,000 - 2,000 on Schedule C; SE 8,000 x 0.9235 x 0.153; no start-up cost.

    26 U.S.C. 183, 67(g), 195(c)(1)(B), 1402(a).
    """
    made = owed(ME, turn, FEB, SEP, *BILLS)
    told = amounts(made)
    assert [told[f"Schedule {ref}"] for ref in ("1 line 8v", "C line 1", "C line 31")] == [9_000, 10_000, 8_000]
    assert told["Schedule SE line 12"] == Decimal(8_000) * Decimal("0.9235") * Decimal("0.153")
    assert told["Form 1040 line 11a"] == 17_000 - told["Schedule SE line 12"] / 2
    assert "Start-up costs line 1" not in told
    assert {row.expense: row.deductible_usd_micros for row in made.business.expenses.rows} == {
        "x1": 0,
        "x2": 2_000_000_000,
    }
    because = {each.line.ref: each.because for each in made.lines}
    assert (because["Schedule 1 line 8v"], because["Schedule C line 1"]) == (("feb",), ("sep",))


def test_a_business_that_became_a_hobby_has_its_parts_the_other_way_round() -> None:
    profiles = (ME | {"activity": "business", "business_began": "2024-01-01"}, NOW | {"activity": "hobby"})
    told = amounts(owed(*profiles, FEB, SEP, *BILLS))
    assert [told["Schedule C line 31"], told["Schedule 1 line 8v"]] == [8_000, 10_000]
    assert told["Schedule SE line 4a"] == 8_000 * Decimal("0.9235")


def test_a_year_of_two_parts_is_told_with_the_tax_of_either_whole_year_and_stops_the_filing() -> None:
    book = book_of(ME, BEGAN, FEB, SEP, *BILLS)
    made = liability(book, LAW, 2025)
    (finding,) = (each for each in made.findings if each.code == "activity_turned")
    for activity in ("business", "hobby"):
        whole = as_activity(book, LAW, 2025, activity)
        assert f"a {activity} all year {whole.tax:.2f}" in finding.message
        assert "activity_turned" not in codes(whole)
    assert f"a tax of {made.tax:.2f}" in finding.message
    assert "activity_turned" in [each.code for each in prepare(book, LAW, 2025, TODAY).open]


@pytest.mark.parametrize(
    "earlier",
    [
        [paid("ins", "2024-07-01", "3600", category="insurance", **{"from": "2024-07-01", "to": "2027-07-01"})],
        [paid("rent", "2024-12-20", "2400", category="rent", **{"from": "2025-06-01", "to": "2027-06-01"})],
        [paid("x0", "2024-06-01", "500"), paid("back", "2025-10-01", "200", refund_of="x0")],
    ],
)
def test_what_a_hobby_paid_the_year_before_is_no_cost_of_the_business_in_any_reading(
    earlier: list[dict[str, Any]],
) -> None:
    """A bill that is spread, and what comes back of one, go by the activity in which it was paid (67(g), 111(a))."""
    lines = (ME, NOW, FEB, SEP, *BILLS)
    with_it, without = (as_activity(book_of(*lines, *more), LAW, 2025, "business") for more in (earlier, []))
    assert with_it.tax == without.tax
    chosen = {"kind": "profile", "id": "choice", "at": "2025-01-01T00:00:00Z", "activity": "business"}
    assert owed(*lines, chosen, *earlier).tax == with_it.tax


@pytest.mark.parametrize("at", ["2025-01-01T00:00:00Z", "2025-01-01T05:00:00Z", "2025-01-01T00:00:00-05:00"])
def test_a_profile_at_january_1_chooses_the_whole_year(at: str) -> None:
    whole = owed(ME, ME | {"id": "choice", "at": at, "activity": "business"}, NOW, FEB, SEP, *BILLS)
    assert "activity_turned" not in codes(whole)
    assert amounts(whole)["Schedule C line 31"] == 16_000
    assert as_activity(book_of(ME, NOW, FEB, SEP, *BILLS), LAW, 2025, "business").tax == whole.tax
    put_off = owed(ME, NOW | {"at": at.replace("2025", "2026")}, FEB, SEP, *BILLS)
    assert codes(put_off) == ["hobby_deducts_nothing"]
    assert amounts(put_off)["Schedule 1 line 8v"] == 19_000


def test_a_turn_at_midnight_utc_of_new_year_leaves_the_year_before_whole() -> None:
    made = owed(ME, NOW | {"at": "2026-01-01T00:00:00Z"}, FEB, SEP, *BILLS)
    assert (made.business.is_hobby, made.profile.activity) == (True, "hobby")


def test_a_part_with_nothing_in_it_asks_nothing() -> None:
    assert codes(owed(ME, BEGAN, SEP, BILLS[1])) == []


def hobby_of_2024() -> Book:
    """Return a hobby of 2024 with 4,800 of power that was a business from 2025 on, and earned 21,000."""
    power = [paid(f"power {month}", f"2024-{month:02}-15", "400") for month in range(1, 13)]
    return book_of(
        ME,
        NOW | {"at": "2025-01-01T05:00:00Z"},
        *power,
        receipt("r24", "2024-06-01", "0.1", "60000"),
        receipt("r25", "2025-06-01", "0.21", "100000"),
    )


def test_a_hobbys_power_of_the_year_before_is_no_start_up_cost_of_the_business() -> None:
    """Issue 8, section 7: the business has 21,000, not 16,200 (26 U.S.C. 195(c)(1)(A), 67(g), 183)."""
    book = hobby_of_2024()
    made = liability(book, LAW, 2025)
    assert made.business.net == 21_000
    assert codes(made) == []
    assert liability(book, LAW, 2024).business.deducted == 0
    assert liability(book, LAW, 2026).business.net == 0


@pytest.mark.parametrize(
    ("began", "net"), [("2025-01-01", "21000"), ("2025-02-01", "21000"), (None, "21000"), ("2024-12-31", "21000")]
)
def test_whenever_the_business_began_a_hobbys_bills_wait_for_nothing(began: str | None, net: str) -> None:
    turn = NOW | {"at": "2025-01-01T05:00:00Z"} | ({} if began is None else {"business_began": began})
    power = [paid(f"power {month}", f"2024-{month:02}-15", "400") for month in range(1, 13)]
    made = owed(ME, turn, *power, receipt("r24", "2024-06-01", "0.1"), receipt("r25", "2025-06-01", "0.21", "100000"))
    assert made.business.net == Decimal(net)


def test_each_time_of_business_has_its_own_beginning() -> None:
    """A business of 2024 with start-up costs, a hobby of 2025, a business again from 2026."""
    lines = (
        ME | {"activity": "business", "business_began": "2024-03-01"},
        ME | {"id": "b", "at": "2025-01-01T05:00:00Z", "activity": "hobby"},
        ME | {"id": "c", "at": "2026-01-01T05:00:00Z", "activity": "business", "business_began": "2026-01-01"},
        paid("early", "2024-02-01", "3000"), paid("running", "2024-06-01", "700"), paid("hobby", "2025-06-01", "500"),
        paid("again", "2026-06-01", "600"),
        receipt("r24", "2024-06-01", "1", "9000"), receipt("r26", "2026-06-01", "1", "9000"),
    )  # fmt: skip
    assert owed(*lines, year=2024).business.net == 9_000 - 3_000 - 700
    assert owed(*lines, year=2025).business.deducted == 0
    assert owed(*lines, year=2026).business.net == 9_000 - 600


def rig(placed: str = "2025-02-01", **keys: Any) -> dict[str, Any]:
    """Return a rig without bonus."""
    line = {"kind": "equipment", "id": "rig", "at": f"{placed}T12:00:00Z", "equipment": "rig", "cost_usd": "5000"}
    return line | {"acquired": placed, "placed_in_service": placed, "bonus": "none"} | keys


def test_a_rig_of_the_hobbys_time_is_in_no_figure_of_the_business_until_its_basis_is_told() -> None:
    """Treas. Reg. 1.168(i)-4(b)(1)."""
    made = owed(ME, BEGAN, FEB, SEP, rig())
    assert not made.business.depreciation
    assert "equipment_from_hobby" in codes(made)
    told = owed(ME, BEGAN, FEB, SEP, rig("2025-07-01", cost_usd="4000"))
    assert told.business.depreciation == 800
    assert "equipment_from_hobby" not in codes(told)


def test_a_rig_is_deducted_up_to_the_day_the_business_became_a_hobby() -> None:
    """Treas. Reg. 1.168(i)-4(c): half of the second year's 32 percent by the half-year convention."""
    profiles = (ME | {"activity": "business"}, NOW | {"activity": "hobby"})
    made = owed(*profiles, receipt("r", "2024-02-05", "1"), FEB, rig("2024-02-01"))
    assert made.business.depreciation == 5_000 * Decimal("0.32") / 2
    assert "equipment_to_hobby" in codes(made)


def test_a_rig_that_was_sold_before_the_activity_turned_is_not_asked_about() -> None:
    sold = {"kind": "equipment_sale", "id": "s", "at": "2025-03-01T12:00:00Z", "equipment": "rig", "proceeds_usd": "1"}
    to_business = owed(ME, BEGAN, FEB, SEP, rig(), sold)
    assert "equipment_from_hobby" not in codes(to_business)
    assert "hobby_rig_sold" in codes(to_business)
    to_hobby = owed(ME | {"activity": "business"}, NOW | {"activity": "hobby"}, FEB, SEP, rig("2024-02-01"), sold)
    assert "equipment_to_hobby" not in codes(to_hobby)


# what is no trade's income


@pytest.mark.parametrize(
    ("words", "wallet", "trade"),
    [
        ({"income": "staking"}, {}, False),
        ({"income": "other"}, {}, False),
        ({"income": "other", "note": "interest on lent coins"}, {}, False),
        ({"income": "fork"}, {}, False),
        ({"income": "pool_payout"}, {}, True),
        ({"income": "hosting"}, {}, True),
        ({"income": "staking", "trade": "yes"}, {}, True),
        ({"income": "staking"}, {"trade": "yes"}, True),
        ({"income": "staking", "trade": "no"}, {"trade": "yes"}, False),
        ({"income": "pool_payout", "trade": "no"}, {}, False),
        ({"income": "referral"}, {"trade": "no"}, False),
        ({"income": "airdrop", "trade": "yes"}, {}, True),
    ],
)
def test_what_is_no_trade_income_bears_no_self_employment_tax(
    words: dict[str, str], wallet: dict[str, str], trade: bool
) -> None:
    """26 U.S.C. 1402(a), (c), 199A(c)(3); Rev. Rul. 2023-14: Schedule 1 line 8v, unless told otherwise."""
    business = ME | {"activity": "business"}
    cold = {"kind": "wallet", "id": "w", "at": "2025-01-01T00:00:00Z", "wallet": "cold"} | wallet
    told = amounts(owed(business, cold, receipt("r", "2025-03-01", "1", "10000", **words)))
    assert [told["Schedule C line 1"], told["Schedule 1 line 8v"]] == ([10_000, 0] if trade else [0, 10_000])
    assert bool(told["Schedule SE line 12"]) == trade
    assert bool(told["Form 8995 line 1"]) == trade


def test_a_pool_fee_on_what_is_no_trade_income_is_deducted_nowhere() -> None:
    gross = ME | {"activity": "business", "pool_fees": "gross"}
    stake = receipt("r", "2025-03-01", "1", "10000", income="staking", pool_fee_quantity="0.1")
    told = amounts(owed(gross, stake, receipt("p", "2025-03-02", "1", "100", pool_fee_quantity="0.1")))
    assert [told["Schedule C line 1"], told["Schedule C line 10"]] == [110, 10]

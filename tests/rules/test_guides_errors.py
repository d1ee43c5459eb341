"""What published guides to mining taxes get wrong, one test an error: where it was read, and what the law says.

Each is told as a miner would meet it, events in and figures out; what one formula does is tested beside that formula.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lotwork.projections.liability import Liability, liability
from lotwork.rules.us.individual import Filer, compute
from tests.projections.house import book_of, receipt, sale
from tests.rules.us.law import CENT, LAW

BUSINESS = {
    "kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "filing_status": "single", "activity": "business",
    "time_zone": "America/New_York",
}  # fmt: skip
HOBBY = BUSINESS | {"activity": "hobby"}
BASES = {2023: 160_200, 2024: 168_600, 2025: 176_100, 2026: 184_500}


def owed(year: int, *lines: dict[str, Any]) -> Liability:
    return liability(book_of(*lines), LAW, year)


def on(told: Liability, ref: str) -> Decimal:
    return next((each.line.amount for each in told.lines if each.line.ref == ref), Decimal(0))


def bill(year: int, usd: str) -> dict[str, Any]:
    at = f"{year}-06-30T12:00:00Z"
    return {"kind": "expense", "id": f"bill {year}", "at": at, "category": "electricity", "amount_usd": usd}


def rig(cost: str, acquired: str, in_service: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "equipment", "id": "rig", "at": f"{acquired}T12:00:00Z", "equipment": "rig", "cost_usd": cost,
        "acquired": acquired, "placed_in_service": in_service, "bonus": "none",
    } | more  # fmt: skip


def profit(year: int, usd: str, **facts: Any) -> dict[str, Decimal]:
    return dict(compute(Filer(year=year, status="single", schedule_c_net=Decimal(usd), **facts), LAW).summary)


@pytest.mark.parametrize(("year", "base"), BASES.items())
def test_social_security_ends_at_the_wage_base_of_the_year(year: int, base: int) -> None:
    """Guides charge "15.3 percent of mining income" without end, or with another year's base.

    "Subject to 15.3% self-employment tax", cryptotaxclub.com/us/mining. The base is a cap, 26 U.S.C. 1402(b)(1).
    """
    over = profit(year, "400000")["se_tax"]
    assert abs(over - (base * Decimal("0.124") + 400_000 * Decimal("0.9235") * Decimal("0.029"))) < CENT


@pytest.mark.parametrize(
    ("year", "usd", "tax"),
    [
        (2026, "50000", "7064.78"),
        (2026, "100000", "14129.55"),
        (2024, "250000", "27601.78"),
        (2025, "250000", "28531.78"),
        (2026, "250000", "29573.38"),
    ],
)
def test_the_rate_is_15_3_percent_of_92_35_percent_and_half_of_it_is_deducted(year: int, usd: str, tax: str) -> None:
    """Guides take 15.3 percent of the whole profit: "you owe an extra 15.3%", digital-asset-planning.com.

    26 U.S.C. 1402(a)(12) takes 7.65 percent off first, and 164(f) deducts half, the 0.9 percent tax not being in it.
    """
    told = profit(year, usd)
    assert abs(told["se_tax"] - Decimal(tax)) <= CENT
    assert told["half_se_deduction"] == told["se_tax"] / 2
    assert told["additional_medicare"] == max(Decimal(0), Decimal(usd) * Decimal("0.9235") - 200_000) * Decimal("0.009")


def test_a_plan_or_a_loss_carried_in_lowers_income_tax_and_never_self_employment_tax() -> None:
    """Guides sell a SEP or a solo 401(k) as a way to lower "the 15.3 percent", and 25 percent of profit as its limit.

    26 U.S.C. 1402(a) knows neither deduction; 404(a)(8) and 401(d) make 25 percent 20 of profit less half the tax.
    """
    plain = profit(2026, "100000")
    saved = profit(2026, "100000", retirement_contribution=Decimal(10_000))
    lost = profit(2026, "100000", nol_carryover=Decimal(30_000))
    assert plain["se_tax"] == saved["se_tax"] == lost["se_tax"]
    assert saved["total"] < plain["total"]
    assert lost["total"] < plain["total"]
    far_too_much = compute(
        Filer(
            year=2026, status="single", schedule_c_net=Decimal(100_000), retirement_contribution=Decimal(90_000),
            retirement_plan="sep",
        ),
        LAW,
    )  # fmt: skip
    assert far_too_much.income.retirement.amount == (100_000 - plain["half_se_deduction"]) / 5


def test_a_hobby_reports_on_line_8v_and_deducts_neither_electricity_nor_rigs() -> None:
    """Guides say "Schedule 1 (Line 8z)" and "limited deductions" (digital-asset-planning.com, cryptotaxclub.com).

    Digital assets got 8v in 2024, 8j is the activity not for profit of 2023; 26 U.S.C. 67(g) leaves no deduction, and
    P.L. 119-21 s.70110 made that permanent, not "through 2025".
    """
    for year, number in ((2023, "8j"), (2024, "8v"), (2025, "8v"), (2026, "8v")):
        told = owed(
            year, HOBBY, receipt("coins", f"{year}-03-01", "1", "18000"), bill(year, "7000"),
            rig("9000", f"{year}-02-01", f"{year}-02-01"),
        )  # fmt: skip
        assert on(told, f"Schedule 1 line {number}") == 18_000
        assert told.computed.summary["agi"] == 18_000
        assert told.computed.summary["se_tax"] == told.computed.summary["qbi_deduction"] == 0


def test_three_years_of_profit_in_five_presume_and_nothing_is_a_hobby_for_want_of_them() -> None:
    """Guides: "Profitable in 3 of last 5 years = presumed business", and its reverse as a rule (cryptotaxclub.com).

    26 U.S.C. 183(d) presumes "unless the Secretary establishes to the contrary", and says nothing of years of loss:
    the profile decides, a year of loss with a business in it is a loss on Schedule C, however many went before.
    """
    losses = [bill(year, "5000") for year in (2023, 2024, 2025)]
    coins = [receipt(f"coins {year}", f"{year}-03-01", "1", "2000") for year in (2023, 2024, 2025)]
    told = owed(2025, BUSINESS, *losses, *coins)
    assert told.business.net == -3_000


def test_a_rig_is_deducted_from_the_year_it_runs_over_six_years_and_not_in_equal_parts() -> None:
    """Guides count 100,000 a year of 500,000 (51djh.com), or a life "between 3 and 5 years" (cryptoswiki.com).

    Rev. Proc. 87-56 class 00.12 has 5-year property; 26 U.S.C. 168(b)(1), (d)(1): 200 percent declining balance and the
    half-year convention, so 20, 32, 19.2, 11.52, 11.52, 5.76 percent, from the year "placed in service" (168(a)), not
    the year of purchase.
    """
    lines = (BUSINESS, rig("100000", "2023-11-20", "2024-02-05"), receipt("coins", "2024-03-01", "1", "90000"))
    assert owed(2023, *lines).business.equipment.depreciation_usd_micros == 0
    shares = [on(owed(year, *lines), "Schedule C line 13") for year in (2024, 2025, 2026)]
    assert shares == [20_000, 32_000, 19_200]


def test_coins_of_a_pool_are_income_on_the_day_they_came_under_the_miners_control_in_his_zone() -> None:
    """Guides say "the second you receive it" and mean the day the pool pays out, or the day of conversion to dollars.

    Notice 2014-21 A-8 and Treas. Reg. 1.451-2(a): income when it may be drawn upon at any time. The event tells when;
    it is a day of the taxpayer's zone, so a credit late on New Year's Eve is the old year's whatever UTC says.
    """
    late = receipt("late", "2026-01-01T04:30:00Z", "1", "1000")
    early = receipt("early", "2026-01-01T05:30:00Z", "1", "3000")
    assert owed(2025, BUSINESS, late, early).business.receipts == 1_000
    assert owed(2026, BUSINESS, late, early).business.receipts == 3_000


def test_170_000_of_profit_is_not_taxed_at_the_24_percent_of_its_bracket() -> None:
    """Guides multiply the profit by the bracket it lies in: 24 percent of 170,000, and self-employment tax beside it.

    26 U.S.C. 1(j) taxes by steps, after half the self-employment tax, the standard deduction and 199A: single, 2026.
    """
    told = {key: amount.quantize(CENT) for key, amount in profit(2026, "170000").items()}
    assert told["se_tax"] == Decimal("24020.24")
    assert told["qbi_deduction"] == Decimal("28377.98")
    assert told["income_tax"] == Decimal("19840.86")
    assert told["total"] == Decimal("43861.09")


def test_a_loss_of_20_000_on_coins_does_not_save_7_400() -> None:
    """Guides multiply the whole loss by the highest rate: 37 percent of 20,000.

    26 U.S.C. 1211(b): against other income 3,000 a year; 1212(b): the rest is carried on, here told by the next year.
    """
    bought = {
        "kind": "purchase", "id": "bought", "at": "2025-02-01T12:00:00Z", "wallet": "cold", "asset": "BTC",
        "quantity": "1", "cost_usd": "50000",
    }  # fmt: skip
    wages = [
        {"kind": "year_facts", "id": f"wages {year}", "at": f"{year}-12-31T12:00:00Z", "year": year,
         "wages_usd": "150000"} for year in (2025, 2026)
    ]  # fmt: skip
    lost = sale("lost", "2025-06-01", "1", "30000")
    with_loss = owed(2025, HOBBY, bought, lost, *wages).tax
    without = owed(2025, HOBBY, *wages).tax
    assert without - with_loss == 3_000 * Decimal("0.24")
    after = owed(2026, HOBBY, bought, lost, *wages)
    assert after.computed.summary["agi"] == 150_000 - 3_000
    assert after.computed.carryover.short.amount == 14_000


def test_brokers_tell_proceeds_from_2025_and_basis_only_of_what_was_acquired_there_from_2026() -> None:
    """Guides promise that from 2025 the exchange reports the basis too.

    T.D. 10000, Treas. Reg. 1.6045-1(a)(15)(i)(J): basis is for coins acquired, and held in that account, from 2026.
    """
    assert LAW.in_year("us/basis/broker_proceeds_from", 2025).day() == date(2025, 1, 1)
    assert LAW.in_year("us/basis/broker_basis_from", 2026).day() == date(2026, 1, 1)


@pytest.mark.parametrize(("day", "letter"), [("2024-12-31", "C"), ("2025-01-02", "I")])
def test_coins_sold_from_2025_have_boxes_of_their_own(day: str, letter: str) -> None:
    """Guides still send every coin to boxes C and F. Form 8949 (2025) has G, H, I and J, K, L for digital assets."""
    book = book_of(BUSINESS, receipt("coins", "2024-12-01", "1", "100"), sale("sold", day, "1", "150"))
    assert [row.box for row in book.gains.rows] == [letter]


@pytest.mark.parametrize(
    ("sold", "year"), [("2026-01-01T04:59:59Z", 2025), ("2026-01-01T05:00:00Z", 2026), ("2025-12-31T23:59:59Z", 2025)]
)
def test_a_sale_counts_in_the_year_of_its_trade_and_there_is_no_settlement_to_wait_for(sold: str, year: int) -> None:
    """Guides carry the settlement day of shares over to coins.

    Rev. Rul. 66-97 and 93-84: the trade date; coins have no settlement. To the second, in New York.
    """
    book = book_of(BUSINESS, receipt("coins", "2025-02-01", "1", "100"), sale("sold", sold, "1", "150"))
    assert {row.sold.year for row in book.gains.rows} == {year}


def test_a_year_is_more_than_365_days_and_never_a_year_and_a_day_of_the_clock() -> None:
    """Sold "before 1 year and 1 day" (bitcointalksearch.org, topic 540305); programs count 365 days.

    26 U.S.C. 1222(3): more than 1 year, the day of acquisition left out: long from the day after the anniversary, at
    any hour of it.
    """
    bought = receipt("coins", "2025-03-10T18:00:00Z", "1", "100")
    for sold, term in (("2026-03-10T23:00:00Z", "short"), ("2026-03-11T05:00:00Z", "long")):
        book = book_of(BUSINESS, bought, sale("sold", sold, "1", "150"))
        assert [row.term for row in book.gains.rows] == [term]

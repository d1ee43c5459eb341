"""China, Japan, Germany and Portugal from one log: worked examples, cliffs, day counts, and what they leave out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.events import US
from lotwork.projections.abroad.countries import COUNTRIES
from lotwork.projections.abroad.liability import foreign_liability
from lotwork.projections.abroad.rates import NoRateError
from lotwork.projections.abroad.tax_return import Choices, ForeignReturn
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt, sale, transfer

LAW = Law.load()
OWN = ("cold", "hot")
"""Wallets that the miner keeps."""
ABROAD = [code for code in COUNTRIES if code != US]


def rate(day: str, per_usd: str, currency: str = "EUR") -> dict[str, Any]:
    return {"kind": "exchange_rate", "id": f"{currency} {day}", "at": f"{day}T12:00:00Z", "currency": currency,
            "per_usd": per_usd}  # fmt: skip


def bill(name: str, day: str, amount: str, category: str = "electricity") -> dict[str, Any]:
    return {"kind": "expense", "id": name, "at": f"{day}T12:00:00Z", "category": category, "amount_usd": amount}


def rig(name: str, day: str, cost: str, **more: Any) -> dict[str, Any]:
    return {"kind": "equipment", "id": name, "at": f"{day}T12:00:00Z", "equipment": name, "cost_usd": cost,
            "acquired": day, "placed_in_service": day} | more  # fmt: skip


def profile(**more: Any) -> dict[str, Any]:
    return {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "activity": "hobby"} | more


def bought(name: str, day: str, quantity: str, cost: str) -> dict[str, Any]:
    return {"kind": "purchase", "id": name, "at": f"{day}T12:00:00Z", "wallet": "cold", "asset": "BTC",
            "quantity": quantity, "cost_usd": cost}  # fmt: skip


def told(jurisdiction: str, *lines: dict[str, Any], year: int = 2026, at: str = "1", **choices: Any) -> ForeignReturn:
    """Return a year's return; without rates of its own a dollar is *at* units on every day."""
    currency = COUNTRIES[jurisdiction].currency
    if not any(line["kind"] == "exchange_rate" for line in lines):
        lines = (*lines, *(rate(f"{when}-{month:02}-{day:02}", at, currency)
                           for when in range(2023, 2027) for month in range(1, 13) for day in (1, 15)))  # fmt: skip
    own = ({"kind": "wallet", "id": f"own {name}", "at": "2020-01-01T00:00:00Z", "wallet": name} for name in OWN)
    return foreign_liability(book_of(*own, *lines), LAW, year, jurisdiction, Choices(**choices))


def amounts(result: ForeignReturn) -> dict[str, str | None]:
    return {name: None if amount is None else f"{amount:.2f}" for name, amount in result.summary.items()}


def codes(result: ForeignReturn) -> list[str]:
    return [finding.code for finding in result.findings]


# Money


def test_a_rate_holds_for_its_day_and_a_fortnight_after() -> None:
    lines = (receipt("r", "2026-03-15", "1", "1000"), rate("2026-03-01", "0.9"), rate("2026-03-16", "0.5"))
    assert amounts(told("de", *lines))["taxable"] == "900.00"


def test_without_a_rate_nothing_is_computed_and_every_day_is_told() -> None:
    lines = (receipt("r", "2026-03-16", "1", "1000"), bill("b", "2026-05-02", "10"), rate("2026-03-01", "0.9"))
    with pytest.raises(
        NoRateError, match=r"no EUR rate is recorded for 2026-03-16, 2026-05-02, nor within 14 days"
    ) as no:
        told("de", *lines)
    assert "add exchange_rate at=2026-03-16T12:00:00Z currency=EUR per_usd=RATE" in str(no.value)


def test_a_rate_of_another_currency_is_no_rate() -> None:
    with pytest.raises(NoRateError, match="no JPY rate"):
        told("jp", receipt("r", "2026-03-01", "1", "1000"), rate("2026-03-01", "0.9", "EUR"))


def test_each_amount_is_converted_at_the_rate_of_its_own_day() -> None:
    lines = (
        receipt("r", "2026-01-10", "1", "1000"),
        sale("s", "2026-06-10", "1", "2000"),
        rate("2026-01-10", "0.9"),
        rate("2026-06-10", "0.8"),
    )
    result = told("de", profile(), *lines)
    gained = next(line for line in result.sheets[0].lines if line.label.startswith("Gained on coins held not more"))
    assert gained.amount == Decimal(1600) - Decimal(900)
    assert result.rates_used == ("EUR 2026-01-10", "EUR 2026-06-10")


def test_what_was_sold_in_an_earlier_year_needs_no_rate() -> None:
    lines = (receipt("r", "2026-01-10", "1", "1000"), rate("2026-01-10", "0.9"), rate("2023-01-10", "0.9"))
    early = (receipt("o", "2023-01-10", "1", "1000"), sale("s", "2024-06-10", "1", "2000"))
    assert amounts(told("de", profile(), *lines, *early))["taxable"] == "900.00"


# China


def test_the_chinese_hobby_miner_owes_19_000() -> None:
    """facts: revenue 100,000; a rig of 10,000 over 5 years; power and site 3,000; 95,000 taxed at 20 percent."""
    result = told(
        "cn",
        receipt("r", "2026-02-10", "1", "80000"),
        sale("s", "2026-09-10", "1", "100000"),
        rig("miner", "2026-01-05", "10000"),
        bill("power", "2026-06-10", "3000"),
        life_years=5,
    )
    assert (amounts(result)["property_taxable"], amounts(result)["property_tax"]) == ("95000.00", "19000.00")


def test_the_chinese_farm_owes_29_500() -> None:
    """facts: 2,000,000 less 500,000, 800,000, 300,000 and 200,000; 200,000 x 20 percent less 10,500."""
    result = told(
        "cn",
        receipt("r", "2026-02-10", "1", "2000000"),
        sale("s", "2026-02-10", "1", "2000000"),
        rig("farm", "2026-01-05", "2500000"),
        bill("power", "2026-06-10", "800000"),
        bill("wages", "2026-06-10", "300000", "wages"),
        bill("site", "2026-06-10", "200000", "rent"),
        life_years=5,
    )
    assert (amounts(result)["business_taxable"], amounts(result)["business_tax"]) == ("200000.00", "29500.00")
    assert any("25% EIT" in words for words in result.does_not_cover)
    assert any("mined coins" in line.cites[0] or "818" in " ".join(line.cites) for line in result.sheets[0].lines)


def test_a_loss_on_one_transfer_in_china_offsets_no_other() -> None:
    result = told(
        "cn",
        bought("a", "2026-01-10", "1", "1000"),
        bought("b", "2026-01-11", "1", "5000"),
        sale("s", "2026-02-10", "1", "3000"),
        sale("t", "2026-02-11", "1", "3000"),
    )
    assert (amounts(result)["property_taxable"], amounts(result)["property_tax"]) == ("2000.00", "400.00")


# Japan


def test_japan_taxes_receipts_and_disposals_together_with_other_income() -> None:
    """NTA Tax Answer No. 2260: 7,000,000 x 23 percent less 636,000 is 974,000; surtax makes it 994,400."""
    result = told(
        "jp",
        receipt("r", "2026-01-10", "1", "15000"),
        bill("power", "2026-02-10", "1000"),
        sale("s", "2026-05-10", "1", "21000"),
        at="100",
        other_income=Decimal(5_000_000),
    )
    assert amounts(result) == {
        "miscellaneous_income": "2000000.00",
        "taxable": "7000000.00",
        "income_tax_before_surtax": "974000.00",
        "tax": "994400.00",
        "resident_tax": "705000.00",
        "total": "1699400.00",
    }


def test_a_miscellaneous_loss_in_japan_offsets_nothing() -> None:
    result = told(
        "jp",
        bought("b", "2026-01-10", "1", "9000"),
        sale("s", "2026-05-10", "1", "1000"),
        at="100",
        other_income=Decimal(5_000_000),
    )
    assert (amounts(result)["miscellaneous_income"], amounts(result)["taxable"]) == ("0.00", "5000000.00")
    assert any("need not file a national return" in words for words in result.covers)


def test_the_cost_in_japan_is_averaged_over_all_wallets_as_chosen() -> None:
    lines = (
        bought("a", "2026-01-10", "1", "1000"),
        transfer("m", "2026-01-11", "1", "cold", "hot"),
        sale("s", "2026-02-10", "1", "4000", wallet="hot"),
        bought("b", "2026-03-10", "1", "3000"),
    )
    assert amounts(told("jp", *lines))["miscellaneous_income"] == "2000.00"
    assert amounts(told("jp", *lines, cost_method="moving_average"))["miscellaneous_income"] == "3000.00"


def test_the_announced_reform_of_japan_sets_disposals_apart_from_its_year_and_says_so() -> None:
    lines = (
        receipt("r", "2028-01-10", "1", "10000"),
        sale("s", "2028-05-10", "1", "30000"),
        rate("2028-01-10", "100", "JPY"),
        rate("2028-05-10", "100", "JPY"),
    )
    result = told("jp", *lines, year=2028)
    assert codes(result) == ["law_announced"]
    assert amounts(result)["taxable"] == "1000000.00"
    # 1,000,000 x 5 % + 2,000,000 x 15 %, x 1.021, cut to 100 yen; resident 10 % + 5,000 + 5 % of 2,000,000.
    assert (amounts(result)["tax"], amounts(result)["resident_tax"]) == ("357300.00", "205000.00")


# Germany


@pytest.mark.parametrize(("mined", "taxable"), [("255.99", "0.00"), ("256", "256.00")])
def test_the_german_limit_of_256_is_a_cliff(mined: str, taxable: str) -> None:
    """EStG s.22 Nr. 3: not taxed if *less than* 256 euro."""
    assert amounts(told("de", profile(), receipt("r", "2026-01-10", "1", mined)))["taxable"] == taxable


@pytest.mark.parametrize(("year", "gain", "taxable"), [(2024, "999.99", "0.00"), (2024, "1000", "1000.00")])
def test_the_german_limit_of_1_000_is_a_cliff(year: int, gain: str, taxable: str) -> None:
    proceeds = str(Decimal(gain) + 5000)
    lines = (bought("b", f"{year}-01-10", "1", "5000"), sale("s", f"{year}-03-10", "1", proceeds))
    assert amounts(told("de", profile(), *lines, year=year))["taxable"] == taxable


@pytest.mark.parametrize(
    ("came", "sold", "taxable"),
    [
        ("2025-03-10", "2026-03-10", "5000.00"),
        ("2025-03-10", "2026-03-11", "0.00"),
        ("2024-02-29", "2025-02-28", "5000.00"),
        ("2024-02-29", "2025-03-01", "0.00"),
    ],
)
def test_one_year_to_the_day_is_still_taxed_in_germany(came: str, sold: str, taxable: str) -> None:
    """EStG s.23(1) Nr. 2: "not more than one year"; BGB s.187(1), 188(2), (3)."""
    lines = (bought("b", came, "1", "5000"), sale("s", sold, "1", "10000"))
    assert amounts(told("de", profile(), *lines, year=int(sold[:4])))["taxable"] == taxable


def test_a_wallet_of_its_own_keeps_its_coins_apart_in_germany() -> None:
    """BMF 2025-03-06: first in, first out by wallet."""
    lines = (
        bought("old", "2024-01-10", "1", "1000"),
        receipt("new", "2026-01-10", "1", "2000", wallet="hot"),
        sale("s", "2026-03-10", "1", "9000", wallet="hot"),
    )
    assert amounts(told("de", profile(), *lines))["taxable"] == "9000.00"
    moved = (*lines[:2], transfer("m", "2026-02-01", "1", "cold", "hot"), lines[2])
    assert amounts(told("de", profile(), *moved))["taxable"] == "2000.00"


def test_a_german_year_of_2023_is_answered() -> None:
    """30,000 by the tariff of 2023 is 4,700; a gain of 600 is taxed whole, and of 599.99 not (s.23(3) sentence 5)."""
    mined = (profile(), receipt("r", "2023-01-10", "1", "10000"))
    assert amounts(told("de", *mined, year=2023, other_income=Decimal(20_000)))["total"] == "4700.00"
    for brought, taxable in (("10599.99", "10000.00"), ("10600", "10600.00")):
        assert amounts(told("de", *mined, sale("s", "2023-02-10", "1", brought), year=2023))["taxable"] == taxable


@pytest.mark.parametrize(("year", "tax"), [(2023, "1508.86"), (2024, "1297.90"), (2025, "1237.94"), (2026, "1224.56")])
def test_each_portuguese_year_has_its_own_scale(year: int, tax: str) -> None:
    """9,500: the first bracket at its rate, and the rest at the second's: 7,479 x 14.5 % + 2,021 x 21 % in 2023."""
    assert amounts(told("pt", profile(), receipt("r", f"{year}-01-10", "1", "10000"), year=year))["tax"] == tax


def test_spouses_pay_twice_the_tariff_on_half() -> None:
    """Check value of 2026: 50,000 gives 10,548."""
    lines = (receipt("r", "2026-01-10", "1", "100000"),)
    married = told("de", profile(filing_status="mfj"), *lines)
    assert (amounts(married)["tax"], amounts(married)["solidarity_surcharge"]) == ("21096.00", "0.00")
    assert amounts(told("de", profile(), *lines))["tax"] == "30864.00"


def test_a_german_trade_counts_every_gain_and_bears_trade_tax_where_the_multiplier_is_told() -> None:
    """Profit 60,000 less 24,500 is 35,500; x 3.5 % is 1,242.50; x 400 % is 4,970, all of it credited."""
    lines = (
        profile(activity="business"),
        bought("old", "2023-01-10", "1", "10000"),
        receipt("r", "2026-01-10", "1", "40000", wallet="hot"),
        sale("s", "2026-03-10", "1", "30000"),
    )
    bare = told("de", *lines)
    assert codes(bare) == ["trade_tax_not_computed"]
    assert (amounts(bare)["taxable"], amounts(bare)["trade_tax"]) == ("60000.00", None)
    full = told("de", *lines, multiplier=Decimal(400))
    assert amounts(full)["trade_tax"] == "4970.00"
    assert full.summary["tax"] == (bare.summary["tax"] or 0) - 4970
    assert not full.findings


def test_rigs_are_spread_over_the_months_of_their_life_and_no_longer() -> None:
    lines = (rig("a", "2024-11-20", "3600", business_share="0.5"), receipt("r", "2026-01-10", "1", "10000"))
    years = {2024: 100, 2025: 600, 2026: 600}
    for year, part in years.items():
        spent = next(line for line in told("de", profile(), *lines, year=year).sheets[0].lines if "Bills" in line.label)
        assert spent.amount == part
    sold = {"kind": "equipment_sale", "id": "x", "at": "2026-04-10T12:00:00Z", "equipment": "a", "proceeds_usd": "1"}
    result = told("de", profile(), *lines, sold)
    assert codes(result) == ["rig_sale_not_covered"]
    assert next(line for line in result.sheets[0].lines if "Bills" in line.label).amount == 150


# Portugal


def test_mining_in_portugal_bears_the_general_scale() -> None:
    """9,500 in 2026: 8,342 x 12.5 % + 1,158 x 15.7 % = 1,042.75 + 181.81 (CIRS Art. 68)."""
    mined = receipt("r", "2026-01-10", "1", "10000")
    result = told("pt", profile(), mined)
    assert (amounts(result)["category_b_taxable"], amounts(result)["tax"]) == ("9500.00", "1224.56")
    assert not result.findings
    more = told("pt", profile(), mined, other_income=Decimal(90_500))
    assert amounts(more)["tax"] == "37112.83"
    assert amounts(more)["category_b_tax"] == f"{Decimal('37112.82704') - Decimal('32315.32704'):.2f}"
    married = told("pt", profile(filing_status="mfj"), mined)
    assert amounts(married)["tax"] == f"{2 * Decimal(4750) * Decimal('0.125'):.2f}"


def test_portugal_gives_the_base_of_a_year_whose_scale_is_not_known_and_not_its_tax() -> None:
    lines = (rate("2027-01-10", "1"), profile(), receipt("r", "2027-01-10", "1", "10000"))
    result = told("pt", *lines, year=2027)
    assert (amounts(result)["category_b_taxable"], amounts(result)["tax"]) == ("9500.00", None)
    assert codes(result) == ["tax_scale_unknown"]


# What exchanges report


def exchange(name: str = "kraken", **more: Any) -> dict[str, Any]:
    return {"kind": "wallet", "id": name, "at": "2020-01-01T00:00:00Z", "wallet": name, "custody": "broker"} | more


@pytest.mark.parametrize("jurisdiction", ["de", "pt"])
def test_what_an_exchange_has_to_report_is_told_from_2026_on(jurisdiction: str) -> None:
    """Directive (EU) 2023/2226: sums by coin, of the wallets in an exchange's custody alone."""
    lines = (
        exchange(),
        receipt("own", "2026-01-05", "9", "9"),
        receipt("paid", "2026-01-10", "1", "10000", wallet="kraken"),
        sale("a", "2026-02-10", "0.25", "3000", wallet="kraken"),
        sale("b", "2026-03-10", "0.25", "4000.50", wallet="kraken"),
        sale("c", "2026-04-10", "0.1", "1500", wallet="kraken", disposition="swapped"),
        transfer("m", "2026-05-01", "0.2", "kraken", "cold"),
    )
    found = [each for each in told(jurisdiction, profile(), *lines).findings if each.code == "exchange_reports_year"]
    assert len(found) == 1
    assert "by the book kraken has to report" in found[0].message
    for words in (
        "1.00000000 BTC came in (1 transaction)",
        "0.50000000 BTC sold (2 transactions, 7000.50 EUR)",
        "0.10000000 BTC given for other coins (1 transaction, 1500.00 EUR)",
        "0.20000000 BTC went out (1 transaction)",
    ):
        assert words in found[0].message
    assert "exchange_reports_year" not in codes(told(jurisdiction, profile(), *lines[:2]))
    before = (exchange(), receipt("paid", "2025-12-28", "1", "10000", wallet="kraken"))
    assert codes(told(jurisdiction, profile(), *before, year=2025)) == []
    assert "exchange_reports_year" not in codes(told(jurisdiction, profile(), *before))


def test_who_keeps_the_wallet_that_coins_were_sold_in_is_asked_where_the_book_does_not_say() -> None:
    lines = (
        receipt("paid", "2026-01-10", "1", "10000", wallet="bit stamp"),
        receipt("mined", "2026-01-10", "1", "10000", wallet="rig"),
        sale("a", "2026-02-10", "0.25", "3000", wallet="bit stamp"),
    )
    found = [each for each in told("de", profile(), *lines).findings if each.code == "exchange_reports_year"]
    assert len(found) == 1
    assert "coins were bought or sold in bit stamp, and the book does not say" in found[0].message
    assert "`lotwork add wallet 'wallet=bit stamp' custody=broker`" in found[0].message
    said = {"kind": "wallet", "id": "w", "at": "2020-01-01T00:00:00Z", "wallet": "bit stamp", "custody": "self"}
    assert "exchange_reports_year" not in codes(told("de", profile(), said, *lines))


def test_no_exchange_of_another_country_is_told_of() -> None:
    lines = (exchange(), receipt("paid", "2026-01-10", "1", "10000", wallet="kraken"))
    for jurisdiction in ("cn", "jp"):
        assert "exchange_reports_year" not in codes(told(jurisdiction, profile(), *lines))


@pytest.mark.parametrize(("sold", "tax"), [("2026-01-09", "280.00"), ("2026-01-10", "0.00")])
def test_365_days_are_free_in_portugal_and_364_are_not(sold: str, tax: str) -> None:
    lines = (bought("b", "2025-01-10", "1", "1000"), sale("s", sold, "1", "2000"))
    result = told("pt", profile(), *lines)
    assert (amounts(result)["category_g_tax"], amounts(result)["tax"]) == (tax, tax)
    assert not result.findings


def test_a_swap_is_deferred_in_portugal() -> None:
    lines = (bought("b", "2026-01-10", "1", "1000"), sale("s", "2026-02-10", "1", "2000", disposition="swapped"))
    result = told("pt", profile(), *lines)
    assert amounts(result)["tax"] == "0.00"
    assert codes(result) == ["swap_deferred"]
    assert "cost of 1000.00 EUR" in result.findings[0].message


def test_a_business_in_portugal_has_other_operations_at_0_15() -> None:
    lines = (
        profile(activity="business"),
        receipt("r", "2024-01-10", "1", "10000"),
        sale("s", "2026-02-10", "1", "2000"),
    )
    assert amounts(told("pt", *lines))["category_b_taxable"] == "300.00"


# What came and went


def given_coins(name: str, day: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "gift",
        "id": name,
        "at": f"{day}T12:00:00Z",
        "wallet": "cold",
        "asset": "BTC",
        "quantity": "1",
    } | more


@pytest.mark.parametrize(
    ("gift", "taxable", "found"),
    [
        ({"donor_basis_usd": "1000", "donor_acquired": "2024-01-10"}, "0.00", []),
        ({"donor_basis_usd": "1000", "donor_acquired": "2025-09-10"}, "8000.00", []),
        ({"fair_value_usd": "6000"}, "3000.00", []),
        ({}, "9000.00", ["gift_cost_unknown"]),
    ],
)
def test_given_coins_keep_the_givers_day_and_cost_in_germany(
    gift: dict[str, Any], taxable: str, found: list[str]
) -> None:
    """EStG s.23(1) sentence 3: the predecessor's acquisition counts."""
    result = told("de", profile(), given_coins("g", "2026-01-10", **gift), sale("s", "2026-03-10", "1", "9000"))
    assert (amounts(result)["taxable"], codes(result)) == (taxable, found)


def test_the_fee_of_a_transfer_is_a_disposal_at_its_value() -> None:
    lines = (
        bought("b", "2026-01-10", "2", "2000"),
        transfer("m", "2026-03-10", "1", "cold", "hot", fee_quantity="0.5", price_usd="5000"),
    )
    assert amounts(told("de", profile(), *lines))["taxable"] == "2000.00"
    unpriced = (lines[0], {key: value for key, value in lines[1].items() if key != "price_usd"})
    assert amounts(told("de", profile(), *unpriced))["taxable"] == "0.00"


@pytest.mark.parametrize("disposition", ["gift", "donated", "lost", "stolen"])
def test_coins_that_brought_nothing_are_no_sale_and_take_their_cost_along(disposition: str) -> None:
    lines = (
        bought("b", "2026-01-10", "2", "2000"),
        sale("g", "2026-02-10", "1", "0", disposition=disposition),
        sale("s", "2026-03-10", "1", "5000"),
    )
    assert amounts(told("de", profile(), *lines))["taxable"] == "4000.00"
    assert amounts(told("jp", *lines))["miscellaneous_income"] == "4000.00"
    assert amounts(told("cn", *lines))["property_taxable"] == "4000.00"


def test_a_receipt_that_finds_its_price_in_the_log_is_valued_and_one_that_does_not_is_in_no_figure() -> None:
    price = {"kind": "price", "id": "p", "at": "2026-01-10T12:00:00Z", "asset": "BTC", "price_usd": "1000"}
    pending = receipt("r", "2026-01-10", "1", None)
    assert amounts(told("de", profile(), pending, price))["taxable"] == "1000.00"
    assert amounts(told("de", profile(), pending))["taxable"] == "0.00"


def test_more_coins_than_had_come_cost_nothing_and_are_told() -> None:
    lines = (bought("b", "2026-01-10", "1", "1000"), sale("s", "2026-03-10", "2", "8000"))
    assert amounts(told("de", profile(), *lines))["taxable"] == "7000.00"
    japan = told("jp", *lines)
    assert (amounts(japan)["miscellaneous_income"], codes(japan)) == ("7000.00", ["cost_missing"])


def test_a_rig_sold_before_the_year_or_placed_after_it_costs_nothing() -> None:
    sold = {"kind": "equipment_sale", "id": "x", "at": "2025-04-10T12:00:00Z", "equipment": "a", "proceeds_usd": "1"}
    lines = (
        rig("a", "2024-11-20", "3600"),
        sold,
        rig("b", "2027-01-20", "3600"),
        receipt("r", "2026-01-10", "1", "900"),
    )
    assert amounts(told("de", profile(), *lines))["taxable"] == "900.00"


def test_months_of_a_rig_are_cut_at_the_end_of_its_life() -> None:
    lines = (rig("a", "2023-07-20", "3600"), receipt("r", "2026-01-10", "1", "10000"))
    for year, part in {2024: 1200, 2025: 1200, 2026: 600}.items():
        sheet = told("de", profile(), *lines, year=year).sheets[0]
        assert next(line for line in sheet.lines if "Bills" in line.label).amount == part


# All of them


@pytest.mark.parametrize("jurisdiction", ABROAD)
def test_every_line_stands_on_law_or_on_other_lines_and_every_event_is_behind_one(jurisdiction: str) -> None:
    lines = (
        receipt("r", "2026-01-10", "1", "10000"),
        bill("b", "2026-02-10", "100"),
        rig("g", "2026-02-10", "3600"),
        sale("s", "2026-03-10", "0.5", "9000"),
    )
    result = told(jurisdiction, profile(), *lines)
    behind = {name for sheet in result.sheets for names in sheet.because.values() for name in names}
    assert behind >= ({"r", "s"} if jurisdiction == "pt" else {"r", "b", "g", "s"})
    for sheet in result.sheets:
        for line in sheet.lines:
            assert line.cites or line.inputs or "as told" in line.label or "Gained or lost" in line.label, line
    assert result.covers
    assert result.does_not_cover
    assert {"taxable", "tax"} <= result.summary.keys()


@pytest.mark.parametrize("jurisdiction", ABROAD)
def test_an_empty_year_owes_nothing(jurisdiction: str) -> None:
    result = told(jurisdiction, profile())
    assert {amount for amount in result.summary.values() if amount is not None} <= {Decimal(0)}
    assert not result.findings


def test_facts_in_dollars_are_no_income_of_another_country() -> None:
    facts = {"kind": "year_facts", "id": "f", "at": "2026-12-31T00:00:00Z", "year": 2026, "wages_usd": "50000"}
    assert codes(told("de", profile(), facts)) == ["other_income_not_told"]
    assert not codes(told("de", profile(), facts, other_income=Decimal(40_000)))


@settings(max_examples=25)
@given(
    st.sampled_from(["cn", "jp", "de"]),
    st.lists(st.tuples(st.integers(1, 12), st.integers(1, 10**6)), min_size=1, max_size=4),
    st.integers(1, 10**6),
)
def test_more_mined_never_lowers_the_tax(jurisdiction: str, mined: list[tuple[int, int]], more: int) -> None:
    lines = [receipt(f"r{n}", f"2026-{month:02}-10", "1", str(price)) for n, (month, price) in enumerate(mined)]
    less = told(jurisdiction, profile(), *lines)
    richer = told(jurisdiction, profile(), *lines, receipt("more", "2026-07-10", "1", str(more)))
    assert (richer.summary["tax"] or 0) >= (less.summary["tax"] or 0)

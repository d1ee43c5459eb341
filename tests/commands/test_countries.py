"""`lotwork liability` of another country: in its currency, with what it leaves out, or refused with what to do."""

from __future__ import annotations

import pytest

from tests.commands.calling import Caller, codes
from tests.projections.house import receipt, sale

GERMAN = {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "jurisdiction": "de", "activity": "hobby",
          "time_zone": "Europe/Berlin"}  # fmt: skip
RATE = {"kind": "exchange_rate", "id": "x", "at": "2026-03-01T12:00:00Z", "currency": "EUR", "per_usd": "0.9"}
MINED = receipt("r", "2026-03-01", "1", "50000")


def test_a_german_profile_is_answered_by_german_law(lotwork: Caller) -> None:
    lotwork.take(GERMAN, RATE, MINED)
    told = lotwork("liability", "--year", "2026", "--json", "--other-income", "5000").result
    assert told["schema"] == "lotwork.liability_de.v1"
    assert (told["jurisdiction"], told["currency"], told["exchange_rates"]) == ("de", "EUR", ["x"])
    assert told["summary"]["taxable"] == "50000.00"
    assert told["summary"]["tax"] == "10548.00"
    assert told["findings"] == []
    for line in told["lines"]:
        assert line.keys() >= {"form", "line", "label", "amount", "cites", "because"}
    assert told["does_not_cover"][0] == "church tax"


def test_another_countrys_law_can_be_asked_of_any_book(lotwork: Caller) -> None:
    lotwork.take(GERMAN, RATE, MINED, RATE | {"id": "y", "currency": "CNY", "per_usd": "7"})
    told = lotwork("liability", "--year", "2026", "--json", "--jurisdiction", "cn").result
    assert told["schema"] == "lotwork.liability_cn.v1"
    assert told["summary"]["business_taxable"] == "350000.00"
    home = lotwork("liability", "--year", "2026", "--json", "--jurisdiction", "us", code=1).result
    assert home["schema"] == "lotwork.liability.v1"
    assert "jurisdiction_not_us" in codes(home["findings"])


def test_a_german_is_not_told_of_the_law_of_the_united_states(lotwork: Caller) -> None:
    """Coins in two wallets when 2025 began are a matter of Rev. Proc. 2024-28, which holds in no other country."""
    lots = [receipt("a", "2024-03-01", "1", "50000"), receipt("b", "2024-04-01", "1", "50000") | {"wallet": "hot"}]
    rates = [RATE | {"id": f"x{month}", "at": f"2024-0{month}-01T12:00:00Z"} for month in (3, 4)]
    lotwork.take(GERMAN, RATE, *rates, *lots, MINED)
    assert lotwork("liability", "--year", "2026", "--json").result["findings"] == []
    asked = lotwork("liability", "--year", "2026", "--json", "--jurisdiction", "us", code=1).result
    assert "allocation_assumed" in codes(asked["findings"])


def test_coins_that_are_missing_are_told_under_any_law(lotwork: Caller) -> None:
    lotwork.take(GERMAN, RATE, MINED, sale("s", "2026-03-10", "2", "60000"))
    told = lotwork("liability", "--year", "2026", "--json", code=1).result
    assert "coins_missing" in codes(told["findings"])


def test_without_a_rate_the_year_is_refused_and_says_what_to_record(lotwork: Caller) -> None:
    lotwork.take(GERMAN, MINED)
    refused = lotwork("liability", "--year", "2026", code=3)
    assert "no EUR rate is recorded for 2026-03-01" in refused.err
    assert "lotwork add exchange_rate at=2026-03-01T12:00:00Z currency=EUR per_usd=RATE" in refused.err


def test_what_the_refusal_says_to_record_makes_the_year_computable(lotwork: Caller) -> None:
    lotwork.take(GERMAN, MINED)
    lotwork("add", "exchange_rate", "at=2026-03-01T12:00:00Z", "currency=EUR", "per_usd=0.9")
    assert lotwork("liability", "--year", "2026", "--json").result["summary"]["taxable"] == "45000.00"


def test_an_amount_that_is_none_is_refused(lotwork: Caller) -> None:
    lotwork.take(GERMAN, RATE, MINED)
    assert "--other-income" in lotwork("liability", "--year", "2026", "--other-income", "much", code=3).err


def test_an_amount_no_sum_could_hold_is_refused(lotwork: Caller) -> None:
    lotwork.take(GERMAN, RATE, MINED)
    assert "too large" in lotwork("liability", "--year", "2026", "--other-income", "1e99", code=3).err


def test_a_multiplier_told_as_a_factor_is_refused(lotwork: Caller) -> None:
    """GewStG s.16(4): not less than 200 percent."""
    lotwork.take(GERMAN | {"activity": "business"}, RATE, MINED)
    refused = lotwork("liability", "--year", "2026", "--multiplier", "4.1", code=3).err
    assert "4.1 is below 200" in refused
    assert "like 410" in refused


@pytest.mark.parametrize(
    ("jurisdiction", "option", "value"),
    [("us", "--other-income", "1"), ("us", "--life-years", "3"), ("cn", "--other-income", "1"),
     ("pt", "--life-years", "3"), ("jp", "--multiplier", "410"), ("de", "--cost-method", "moving_average")],
)  # fmt: skip
def test_an_option_the_law_has_no_use_for_is_refused(
    lotwork: Caller, jurisdiction: str, option: str, value: str
) -> None:
    lotwork.take(GERMAN, RATE, MINED)
    asked = ("liability", "--year", "2026", "--jurisdiction", jurisdiction, option, value)
    refused = lotwork(*asked, code=2).err
    assert f"{option} has no use under the law of {jurisdiction}" in refused


def test_the_choices_of_a_country_count(lotwork: Caller) -> None:
    trade = GERMAN | {"activity": "business"}
    own = {"kind": "wallet", "id": "own", "at": "2020-01-01T00:00:00Z", "wallet": "cold"}
    lotwork.take(trade, own, RATE, MINED, sale("s", "2026-03-10", "1", "60000"))
    told = lotwork("liability", "--year", "2026", "--json", "--multiplier", "400").result
    assert told["summary"]["trade_tax"] == "4130.00"
    assert "trade_tax_not_computed" in codes(
        lotwork("liability", "--year", "2026", "--json", code=1).result["findings"]
    )


def test_a_year_abroad_is_a_table_for_a_person(lotwork: Caller) -> None:
    lotwork.take(GERMAN | {"jurisdiction": "pt"}, RATE, MINED)
    told = lotwork("liability", "--year", "2026")
    assert "Tax year 2026, pt, in EUR" in told.out
    assert "Tax by the general scale" in told.out
    assert "Does not cover:" in told.out


def test_a_tax_that_is_not_known_is_told_so(lotwork: Caller) -> None:
    lotwork.take(GERMAN | {"activity": "business"}, RATE, MINED)
    told = lotwork("liability", "--year", "2026", code=1)
    assert "trade tax: not known here" in told.out
    assert "trade_tax_not_computed" in told.err

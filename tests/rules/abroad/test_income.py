"""China, Japan, Germany and Portugal: the worked examples, each table's joints, and the cliffs."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

import lotwork.rules.cn.income
import lotwork.rules.de.income
import lotwork.rules.jp.income
import lotwork.rules.pt.income
from lotwork.rules.errors import CaseRefusedError, FigureShapeError, UnknownFigureError
from lotwork.rules.load import Law

LAW = Law.load()


def cn(mode: str, revenue: str, costs: str) -> Mapping[str, Any]:
    return lotwork.rules.cn.income.compute_case({"mode": mode, "revenue": revenue, "costs": costs}, LAW)


def jp(**case: Any) -> Mapping[str, Any]:
    return lotwork.rules.jp.income.compute_case(case, LAW)


def de(**case: Any) -> Mapping[str, Any]:
    return lotwork.rules.de.income.compute_case({"year": 2026} | case, LAW)


def test_a_chinese_hobby_miner_owes_19_000_and_a_farm_29_500() -> None:
    assert cn("property", "100000", "5000")["tax"] == "19000.00"
    farm = cn("business", "2000000", "1800000")
    assert (farm["taxable"], farm["rate"], farm["quick_deduction"]) == ("200000.00", "0.20", "10500.00")
    assert farm["tax"] == "29500.00"
    assert any("EIT" in caveat for caveat in farm["not_covered"])
    assert cn("business", "1", "2")["tax"] == "0.00"


def test_the_quick_deductions_of_china_and_japan_are_continuous_at_every_top() -> None:
    for topic in ("cn/income", "jp/income"):
        tops, rates, quick = (
            LAW.in_year(f"{topic}/{name}", 2026).amounts() for name in ("tops", "rates", "quick_deductions")
        )
        for top, (low, high), (less, more) in zip(tops, pairwise(rates), pairwise(quick), strict=True):
            edge = top if topic == "cn/income" else top + 1_000
            assert edge * low - less == edge * high - more


def test_japan_cuts_income_to_a_thousand_and_tax_to_a_hundred_yen() -> None:
    """NTA Tax Answer No. 2260: 7,000,000 x 23 % - 636,000 = 974,000."""
    made = jp(miscellaneous_income=2_000_999, other_income="5000000")
    assert made["taxable"] == "7000000"
    assert made["income_tax_before_surtax"] == "974000"
    assert made["tax"] == "994400"
    assert made["resident_tax"] == "705000"
    assert made["total"] == "1699400"
    assert jp(miscellaneous_income="-500000", other_income="1950000")["income_tax_before_surtax"] == "97500"
    assert jp()["resident_tax"] == "0"


@pytest.mark.parametrize(
    ("income", "tax"),
    [("15000", "435"), ("20000", "1570"), ("50000", "10548"), ("100000", "30864"), ("300000", "115529")],
)
def test_the_german_tariff_of_2026_gives_its_check_values(income: str, tax: str) -> None:
    assert de(taxable_income=income)["tax"] == f"{tax}.00"


@pytest.mark.parametrize(
    ("income", "tax"), [("5000", "0"), ("12000", "164"), ("25000", "3280"), ("75000", "21527"), ("300000", "116692")]
)
def test_the_german_tariff_of_2023_gives_published_figures(income: str, tax: str) -> None:
    """Figures of a public calculator by the formulas of finanz-tools.de: 164.56, 3280.10, 21527.02, 116692.27."""
    assert de(year=2023, taxable_income=income)["tax"] == f"{tax}.00"


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_the_german_coefficients_follow_from_the_zones_and_the_marginal_rates(year: int) -> None:
    """As GETTSIM reckons them: the rate rises evenly from 14 to 23.97 percent, and from there to 42."""
    zones = LAW.in_year("de/income/tariff", year).numbers()
    for first, last, begin, end, factor in (("g", "a", "0.14", "0.2397", "k1"), ("a", "b", "0.2397", "0.42", "k2")):
        rise = (Decimal(end) - Decimal(begin)) / (2 * (zones[last] - zones[first])) * 10**8
        assert abs(rise - zones[factor]) < Decimal("0.01")
    for top, rate in (("c4", "b"), ("c5", "c")):
        below = Decimal(lotwork.rules.de.income.tariff(zones[rate], LAW, year))
        above = zones["r4" if top == "c4" else "r5"] * zones[rate] - zones[top]
        assert 0 <= above - below < 1


def test_the_german_limits_of_2023() -> None:
    """EStG s.22 Nr. 3 sentence 2 and s.23(3) sentence 5 as they stood: less than 256, less than 600."""
    assert de(year=2023, taxable_income="30000", mining_net="255.99", disposal_gain="599.99")["tax"] == "4700.00"
    assert de(year=2023, taxable_income="30000", disposal_gain="600")["taxable"] == "30600.00"
    assert de(year=2023, taxable_income="30000", mining_net="256")["taxable"] == "30256.00"


def test_the_surcharge_of_2023_begins_above_17_543() -> None:
    """SolZG s.3(3), 4: 11.9 percent of what lies above, until that is 5.5 of all."""
    surcharge = lotwork.rules.de.income.surcharge
    assert surcharge(Decimal(17_543), LAW, 2023) == 0
    assert surcharge(Decimal(18_543), LAW, 2023) == Decimal("119.00")
    assert surcharge(Decimal(40_000), LAW, 2023) == Decimal("2200.00")
    assert surcharge(Decimal(35_086), LAW, 2023, spouses=True) == 0


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_the_german_tariff_has_no_jump_at_its_joints(year: int) -> None:
    zones = LAW.in_year("de/income/tariff", year).numbers()
    assert lotwork.rules.de.income.tariff(zones["g"], LAW, year) == 0
    for joint in ("g", "a", "b", "c"):
        at, after = (lotwork.rules.de.income.tariff(zones[joint] + step, LAW, year) for step in (0, 1))
        assert 0 <= after - at <= 1


def test_german_limits_are_cliffs() -> None:
    """EStG s.22 Nr. 3 and s.23(3): "less than" 256 and 1,000."""
    assert de(taxable_income="30000", mining_net="255.99")["taxable"] == "30000.00"
    assert de(taxable_income="30000", mining_net="256")["taxable"] == "30256.00"
    assert de(taxable_income="30000", disposal_gain="999.99")["taxable"] == "30000.00"
    assert de(taxable_income="30000", disposal_gain="1000")["taxable"] == "31000.00"
    assert de(taxable_income="30000", disposal_gain="-5000", mining_net="-9")["taxable"] == "30000.00"


def test_the_solidarity_surcharge_phases_in() -> None:
    assert de(taxable_income="50000")["solidarity_surcharge"] == "0.00"
    assert de(taxable_income="100000")["solidarity_surcharge"] == "1251.16"
    assert Decimal(de(taxable_income="300000")["solidarity_surcharge"]) == Decimal("6354.09")
    assert de(taxable_income="100000")["total"] == "32115.16"


def test_german_trade_tax_begins_above_its_allowance_in_full_hundreds() -> None:
    """GewStG s.11: 24,500 free, 3.5 percent of the rest, times the town's multiplier; credited four times at most."""
    free, first, more = (
        lotwork.rules.de.income.trade_tax(Decimal(profit), Decimal(410), LAW, 2026)
        for profit in ("24599.99", "24600", "64600")
    )
    assert not any(free)
    assert (first.base, first.tax, first.credit) == (Decimal("3.50"), Decimal("14.35"), Decimal(14))
    assert (more.base, more.tax, more.credit) == (Decimal("1403.50"), Decimal("5754.35"), Decimal(5614))
    assert lotwork.rules.de.income.trade_tax(Decimal(64600), Decimal(300), LAW, 2026).credit == Decimal("4210.50")


def test_spouses_have_twice_the_tariff_on_half_and_twice_the_exempt_tax() -> None:
    """EStG s.32a(5), SolZG s.3(3)."""
    assert lotwork.rules.de.income.income_tax(Decimal(100_000), LAW, 2026, spouses=True) == 2 * 10_548
    assert lotwork.rules.de.income.surcharge(Decimal(40_700), LAW, 2026, spouses=True) == 0
    assert lotwork.rules.de.income.surcharge(Decimal(40_701), LAW, 2026, spouses=True) == Decimal("0.11")
    assert lotwork.rules.de.income.surcharge(Decimal(20_351), LAW, 2026) == Decimal("0.11")


def test_a_german_year_without_a_tariff_is_refused() -> None:
    with pytest.raises(UnknownFigureError, match="de/income/tariff"):
        lotwork.rules.de.income.tariff(Decimal(1), LAW, 2022)
    with pytest.raises(UnknownFigureError, match="de/income/"):
        de(year=2027, taxable_income="1")


PORTUGUESE = [2023, 2024, 2025, 2026]


@pytest.mark.parametrize("year", PORTUGUESE)
def test_the_average_rates_of_portugal_are_those_of_the_brackets_below(year: int) -> None:
    """CIRS Art. 68(1): column B is what columns A and the ends come to, to three decimals of a percent."""
    tops, rates, averages = (
        LAW.in_year(f"pt/income/{name}", year).amounts()
        for name in ("scale_tops", "scale_rates", "scale_average_rates")
    )
    assert (len(tops), len(rates), len(averages)) == (8, 9, 8)
    tax, below = Decimal(0), Decimal(0)
    for top, rate, average in zip(tops, rates[:-1], averages, strict=True):
        tax, below = tax + (top - below) * rate, top
        assert abs(tax / top - average) < Decimal("0.00001")


@pytest.mark.parametrize("year", PORTUGUESE)
def test_the_scale_of_portugal_has_no_jump_at_its_joints(year: int) -> None:
    scale = lotwork.rules.pt.income.scale_tax
    for top in LAW.in_year("pt/income/scale_tops", year).amounts():
        at, after = scale(top, LAW, year), scale(top + 1, LAW, year)
        assert Decimal(0) < after - at < 1


@pytest.mark.parametrize(
    ("year", "income", "tax"),
    [
        (2023, "20000", "4273.35"),  # 15,992 x 19.579 % + 4,008 x 28.5 %
        (2024, "50000", "14826.22"),  # 43,000 x 27.154 % + 7,000 x 45 %
        (2025, "8059", "1007.38"),
        (2026, "8342", "1042.75"),
        (2026, "20000", "3343.55"),  # 17,838 x 15.823 % + 2,162 x 24.1 %
        (2026, "100000", "36612.83"),  # 86,634 x 34.856 % + 13,366 x 48 %
    ],
)
def test_the_scale_of_portugal_by_hand(year: int, income: str, tax: str) -> None:
    made = lotwork.rules.pt.income.scale_tax(Decimal(income), LAW, year)
    assert made.quantize(Decimal("0.01")) == Decimal(tax)


def test_spouses_in_portugal_bear_the_scale_on_half_and_twice() -> None:
    """CIRS Art. 69: also the additional rates."""
    scale, more = lotwork.rules.pt.income.scale_tax, lotwork.rules.pt.income.solidarity_tax
    assert scale(Decimal(40_000), LAW, 2026, spouses=True) == 2 * scale(Decimal(20_000), LAW, 2026)
    assert more(Decimal(160_000), LAW, 2026, spouses=True) == 0
    assert more(Decimal(200_000), LAW, 2026, spouses=True) == 2 * Decimal(500)


def test_the_additional_rates_of_portugal_begin_above_80_000_and_250_000() -> None:
    """CIRS Art. 68-A: 2.5 percent of 170,000 is 4,250, and 5 percent of 50,000 is 2,500."""
    more = lotwork.rules.pt.income.solidarity_tax
    assert [more(Decimal(each), LAW, 2026) for each in ("80000", "100000", "250000", "300000")] == [0, 500, 4250, 6750]


def test_a_portuguese_year_without_a_scale_is_refused() -> None:
    for year in (2022, 2027):
        with pytest.raises(UnknownFigureError, match="pt/income/"):
            lotwork.rules.pt.income.compute_case({"mode": "mining", "revenue": "1", "year": year}, LAW)


def test_portugal_taxes_mining_by_the_scale_and_a_gain_by_its_days() -> None:
    """9,500 in 2026: 8,342 x 12.5 % + 1,158 x 15.7 % = 1,042.75 + 181.81."""
    mining = lotwork.rules.pt.income.compute_case({"mode": "mining", "revenue": "10000"}, LAW)
    assert (mining["taxable"], mining["tax"]) == ("9500.00", "1224.56")
    more = lotwork.rules.pt.income.compute_case({"mode": "mining", "revenue": "10000", "other_income": "90500"}, LAW)
    assert (more["taxable"], more["tax"]) == ("100000.00", "37112.83")
    short = lotwork.rules.pt.income.compute_case({"mode": "gain", "gain": "1000", "days_held": 364}, LAW)
    assert (short["taxable"], short["tax"]) == ("1000.00", "280.00")
    long = lotwork.rules.pt.income.compute_case({"mode": "gain", "gain": "1000", "days_held": 365}, LAW)
    assert (long["taxable"], long["tax"]) == ("0.00", "0.00")


@pytest.mark.parametrize(
    ("case", "told"),
    [
        ({"mode": "hobby"}, "one of business, property"),
        ({"mode": "business", "income": 1}, "income: not a key"),
        ({"mode": "business", "revenue": "many"}, "revenue"),
        ({"mode": "business", "revenue": "1e30"}, "too large"),
        ({"mode": "business", "year": 2026.5}, "no year"),
        ({"mode": "business", "year": 0}, "no year"),
    ],
)
def test_a_case_that_cannot_be_read_is_refused(case: dict[str, Any], told: str) -> None:
    with pytest.raises(CaseRefusedError, match=told):
        lotwork.rules.cn.income.compute_case(case, LAW)


def test_a_table_of_numbers_is_no_list() -> None:
    with pytest.raises(FigureShapeError, match="numbers by name"):
        LAW.in_year("jp/income/rates", 2026).numbers()

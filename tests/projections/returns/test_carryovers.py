"""What one year leaves, the next begins with: losses of each kind, by hand, over several years."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotwork.projections.liability import Liability, liability
from lotwork.projections.returns.carried import NOTHING, Carried, Loss1231, carried_forward, stated
from lotwork.projections.returns.carryovers import carried_into
from lotwork.rules.load import Law
from lotwork.rules.us.form_4797 import BusinessSale
from lotwork.rules.us.individual import Filer, compute
from tests.projections.house import book_of, receipt, sale

LAW = Law.load()
BUSINESS = {
    "kind": "profile",
    "id": "me",
    "at": "2020-01-01T00:00:00Z",
    "filing_status": "single",
    "activity": "business",
}


def bill(year: int, usd: str) -> dict[str, Any]:
    at = f"{year}-06-30T12:00:00Z"
    return {"kind": "expense", "id": f"bill {year}", "at": at, "category": "electricity", "amount_usd": usd}


def facts(year: int, **keys: Any) -> dict[str, Any]:
    name = f"facts {year} {' '.join(keys)}"
    return {"kind": "year_facts", "id": name, "at": "2025-01-01T00:00:00Z", "year": year} | keys


def mined(year: int, usd: str) -> dict[str, Any]:
    return receipt(f"mined {year}", f"{year}-03-01", "1", usd)


def owed(year: int, *lines: dict[str, Any]) -> Liability:
    return liability(book_of(BUSINESS, *lines), LAW, year)


def carried(year: int, *lines: dict[str, Any]) -> Carried:
    return carried_into(book_of(BUSINESS, *lines), LAW, year).carried


def test_a_year_of_loss_goes_into_the_years_after_it_until_it_is_used_up() -> None:
    """60,000 lost in 2023; 2024 brings 40,000 of wages, of which 80 percent of 25,400 are offset; 2025 nothing."""
    lines = (bill(2023, "60000"), facts(2024, wages_usd="40000"))
    assert carried(2023, *lines) == NOTHING
    assert carried(2024, *lines).nol == 60_000
    second = owed(2024, *lines)
    assert second.computed.income.nol.deduction.amount == Decimal(20_320)
    assert second.computed.income.agi.amount == 40_000 - 20_320
    assert carried(2025, *lines).nol == carried(2026, *lines).nol == 60_000 - 20_320


def test_the_loss_of_a_business_also_waits_for_its_deduction() -> None:
    """26 U.S.C. 199A(c)(2): 5,000 of 2023 come off the business income of 2024."""
    lines = (mined(2023, "1000"), bill(2023, "6000"), mined(2024, "30000"))
    assert carried(2024, *lines).qbi_loss == 5_000
    assert owed(2024, *lines).computed.taxable.qbi.before[1].amount == -5_000
    assert carried(2025, *lines).qbi_loss == 0


def test_an_excess_business_loss_is_part_of_what_goes_on() -> None:
    lines = (bill(2023, "300000"), facts(2023, wages_usd="500000"))
    into = carried(2024, *lines)
    assert [into.nol, into.excess_loss] == [11_000, 11_000]


RIG = {"kind": "equipment", "at": "2023-02-01T00:00:00Z", "acquired": "2023-01-05", "bonus": "none"}


def rig(name: str, cost: str) -> dict[str, Any]:
    return RIG | {"id": name, "equipment": name, "cost_usd": cost, "placed_in_service": "2023-02-01"}


def rig_sold(name: str, year: int, proceeds: str) -> dict[str, Any]:
    at = f"{year}-07-01T12:00:00Z"
    return {"kind": "equipment_sale", "id": f"{name} sold", "at": at, "equipment": name, "proceeds_usd": proceeds}


def test_a_section_1231_loss_makes_a_later_gain_ordinary() -> None:
    """A rig of 10,000 is sold for 1,000 in 2024 after 2,000 and 1,600: a loss of 5,400. In 2025 one gains over cost."""
    lines = (
        rig("a", "10000"), rig("b", "1000"), rig_sold("a", 2024, "1000"), rig_sold("b", 2025, "9000"),
        mined(2023, "50000"), mined(2024, "50000"), mined(2025, "50000"),
    )  # fmt: skip
    lost = owed(2024, *lines).computed.income.sales
    assert lost.ordinary.amount == lost.net_1231.amount == -5_400
    assert carried(2025, *lines).section_1231 == (Loss1231(2024, Decimal(5_400)),)
    told = owed(2025, *lines)
    sales = told.computed.income.sales
    assert [sales.net_1231.amount, sales.recaptured_before.amount, sales.capital.amount] == [8_000, 5_400, 2_600]
    assert told.computed.income.capital.long.amount == 2_600
    assert carried(2026, *lines).section_1231 == ()
    behind = {traced.line.ref: traced.because for traced in told.lines}
    assert behind["Form 4797 line 18b"] == ("b",)


def test_a_capital_loss_keeps_its_character_over_years() -> None:
    lines = (
        receipt("dear", "2023-01-01", "1", "50000"), sale("s", "2023-06-01", "0.5", "5000"),
        sale("t", "2024-06-01", "0.5", "5000"),
    )  # fmt: skip
    into = carried(2024, *lines)
    assert [into.short_term, into.long_term] == [17_000, 0]
    into = carried(2025, *lines)
    assert [into.short_term, into.long_term] == [17_000, 20_000], "2024 had no income that a loss could use up"


@pytest.mark.parametrize(
    ("key", "name", "amount"),
    [
        ("short_term_carryover_usd", "short_term", "100"),
        ("long_term_carryover_usd", "long_term", "100"),
        ("nol_carryforward_usd", "nol", "100"),
        ("qbi_loss_carryforward_usd", "qbi_loss", "100"),
        ("section_1231_losses_usd", "section_1231_losses", "100"),
        ("nol_carryforward_usd", "nol", "0"),
        ("section_1231_losses_usd", "section_1231_losses", "0"),
    ],
)
def test_what_was_filed_counts_and_not_what_is_computed(key: str, name: str, amount: str) -> None:
    lines = (bill(2023, "60000"), rig("a", "10000"), rig_sold("a", 2024, "1000"), facts(2025, **{key: amount}))
    assert getattr(carried(2025, *lines), name) == Decimal(amount)


def test_a_stated_loss_goes_on_from_the_year_it_is_stated_for() -> None:
    lines = (facts(2024, nol_carryforward_usd="9000", qbi_loss_carryforward_usd="700"), facts(2025, wages_usd="1"))
    assert carried(2026, *lines).nol == 9_000
    assert carried(2026, *lines).qbi_loss == 700


def test_a_stated_excess_loss_is_no_more_than_the_whole() -> None:
    into = stated(Carried(nol=Decimal(500), excess_loss=Decimal(400)), book_of(facts(2025, nol_carryforward_usd="300"))
                  .taxpayer.facts(2025))  # fmt: skip
    assert [into.nol, into.excess_loss, into.amt_nol] == [300, 300, None]


def test_a_business_loss_of_a_year_without_law_is_asked_for() -> None:
    lines = (mined(2021, "100"), bill(2021, "900"), mined(2023, "60000"))
    (finding,) = owed(2023, *lines).findings
    assert finding.code == "carryover_unknown"
    assert "the law of 2021 is not known here" in finding.message
    assert "nol_carryforward_usd and qbi_loss_carryforward_usd" in finding.message
    half = facts(2023, nol_carryforward_usd="800")
    (finding,) = owed(2023, *lines, half).findings
    assert "nol_carryforward_usd" not in finding.message
    told = facts(2023, nol_carryforward_usd="800", qbi_loss_carryforward_usd="800")
    assert owed(2023, *lines, told).findings == owed(2024, *lines, told).findings == ()


def test_a_year_without_law_whose_bills_are_in_part_no_deduction_may_have_lost_nothing() -> None:
    def left(share: str) -> list[str]:
        lines = (mined(2021, "100"), bill(2021, "900") | {"business_share": share}, mined(2023, "60000"))
        return [finding.code for finding in owed(2023, *lines).findings]

    assert left("0.1") == []
    assert left("0.2") == ["carryover_unknown"]


LOST = (mined(2024, "100"), bill(2024, "60100"), mined(2025, "90000"))
BEFORE = (mined(2023, "1"), bill(2023, "11"))


@pytest.mark.parametrize(
    ("told", "carried_in", "asked"),
    [
        ((), 60_000, ["2024"]),
        ((facts(2024, prior_year_tax_usd="5000"),), 60_000, ["2024"]),
        ((facts(2025, wages_usd="50000"),), 60_000, ["2024"]),
        ((facts(2024, wages_usd="0"),), 60_000, []),
        ((facts(2024, wages_usd="50000"),), 10_000, []),
        ((facts(2024, taxable_interest_usd="10"),), 60_000, []),
        ((facts(2025, nol_carryforward_usd="7000"),), 7_000, []),
        ((facts(2025, nol_carryforward_usd="0"),), 0, []),
        ((*BEFORE, facts(2023, wages_usd="0"), facts(2024, wages_usd="0")), 60_010, []),
        ((*BEFORE, facts(2024, wages_usd="0")), 60_010, ["2023"]),
    ],
)
def test_a_loss_is_carried_out_of_a_year_whose_other_income_somebody_told(
    told: tuple[dict[str, Any], ...], carried_in: int, asked: list[str]
) -> None:
    """26 U.S.C. 172(c): by what the deductions exceed the gross income, wages among it; else it is a guess."""
    assert carried(2025, *LOST, *told).nol == carried_in
    found = [each for each in owed(2025, *LOST, *told).findings if each.code == "loss_of_a_year_untold"]
    assert [each.message.split("other income in ")[1][:4] for each in found] == asked


def test_a_loss_that_is_used_up_is_not_asked_about_again() -> None:
    used = (mined(2024, "100"), bill(2024, "60100"), mined(2025, "290000"), mined(2026, "100"))
    assert "loss_of_a_year_untold" not in {each.code for each in owed(2026, *used).findings}


def test_a_loss_stated_for_a_year_without_law_is_asked_for_again() -> None:
    stated_then = facts(2022, short_term_carryover_usd="5000")
    assert [each.code for each in owed(2023, stated_then).findings] == ["carryover_unknown"]
    assert owed(2023, stated_then, facts(2023, short_term_carryover_usd="2000")).findings == ()


def test_a_section_1231_loss_waits_five_years_and_the_oldest_is_given_back_first() -> None:
    """Instructions for Form 4797, line 8: 4,000 of 2020 and 6,000 of 2021; 3,000 gained in 2024, 2,000 in 2025."""
    before = Carried(section_1231=(Loss1231(2020, Decimal(4_000)), Loss1231(2021, Decimal(6_000))))

    def after(carried: Carried, year: int, gain: int) -> Carried:
        sold = BusinessSale(
            name="x", proceeds=Decimal(gain), adjusted_basis=Decimal(0), deducted=Decimal(0), recaptured=Decimal(0),
            held_long=True,
        )  # fmt: skip
        filer = Filer(year=year, status="single", sales=(sold,), section_1231_losses=carried.section_1231_losses)
        return carried_forward(carried, compute(filer, LAW), year)

    first = after(before, 2024, 3_000)
    assert first.section_1231 == (Loss1231(2020, Decimal(1_000)), Loss1231(2021, Decimal(6_000)))
    second = after(first, 2025, 2_000)
    assert second.section_1231 == (Loss1231(2021, Decimal(5_000)),)
    assert after(second, 2026, 0).section_1231 == (), "a loss of 2021 can be given back until 2026"


def test_the_return_is_the_same_where_a_caller_brings_what_is_carried() -> None:
    book = book_of(BUSINESS, bill(2023, "60000"), facts(2024, wages_usd="40000"))
    into = carried_into(book, LAW, 2024)
    assert liability(book, LAW, 2024, carried=into).computed.summary == liability(book, LAW, 2024).computed.summary


def test_a_long_ledger_is_walked_once() -> None:
    """Each year is computed from the one before it and never again: a call per year, not two to the power of years."""
    asked: list[int] = []

    class Counting(Law):
        def in_year(self, path: str, year: int) -> Any:
            if path == "us/income/hobby_line":
                asked.append(year)
            return super().in_year(path, year)

    law = Counting({topic: LAW.content(topic) or b"" for topic in LAW.topics()})
    liability(book_of(BUSINESS, *(mined(year, "9000") for year in range(2023, 2027))), law, 2026)
    assert sorted(asked) == sorted([2023, 2024, 2025, 2026] * 2), (
        "once to see that the year is known, once for its line"
    )


def joined(name: str, day: str, status: str) -> dict[str, Any]:
    return BUSINESS | {"id": name, "at": f"{day}T12:00:00Z", "filing_status": status}


def asked_of_joint(year: int, *lines: dict[str, Any]) -> list[str]:
    return [each.message for each in owed(year, *lines).findings if each.code == "carried_from_joint_return"]


TOGETHER = (joined("together", "2022-01-01", "mfj"), sale("s", "2023-05-01", "1", "20000"), mined(2023, "50000"))
"""A joint return of 2023 with a loss of 30,000, of which 27,000 go on."""


@pytest.mark.parametrize("status", ["single", "mfs", "hoh", "qss"])
def test_what_a_joint_return_left_is_not_one_spouses_unasked(status: str) -> None:
    """Treas. Reg. 1.1212-1(c)(1)(iii): by the own losses of each; Rev. Rul. 74-175: of who died nothing."""
    alone = joined("alone", "2024-06-01", status)
    for year in (2024, 2025, 2026):
        (asked,) = asked_of_joint(year, *TOGETHER, alone)
        assert asked.endswith("record `year_facts` for 2024 with your part in short_term_carryover_usd")
    said = facts(2024, short_term_carryover_usd="9000")
    assert [asked_of_joint(year, *TOGETHER, alone, said) for year in (2024, 2025)] == [[], []]


def test_spouses_who_stay_or_come_together_again_are_not_asked_whose_losses_they_are() -> None:
    assert asked_of_joint(2024, *TOGETHER) == []
    apart, again = joined("alone", "2024-06-01", "mfs"), joined("again", "2025-06-01", "mfj")
    assert asked_of_joint(2024, *TOGETHER, apart, again) != []
    assert asked_of_joint(2025, *TOGETHER, apart, again) == []


def test_the_net_operating_loss_of_a_joint_return_is_asked_about_too() -> None:
    lines = (joined("together", "2022-01-01", "mfj"), bill(2023, "60000"), joined("alone", "2024-06-01", "single"))
    (asked,) = asked_of_joint(2024, *lines)
    assert asked.endswith("in nol_carryforward_usd and qbi_loss_carryforward_usd")
    assert asked_of_joint(2024, *lines, facts(2024, nol_carryforward_usd="0", qbi_loss_carryforward_usd="0")) == []

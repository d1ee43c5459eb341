"""The tax of a business and of a hobby, worked out by hand, and where each line comes from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotwork.ledger.units import CENT
from lotwork.projections.liability import Liability, liability
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt, sale

LAW = Law.load()
BUSINESS = {
    "kind": "profile",
    "id": "me",
    "at": "2020-01-01T00:00:00Z",
    "filing_status": "single",
    "activity": "business",
}
HOBBY = BUSINESS | {"activity": "hobby"}


def bill(year: int, usd: str = "10000") -> dict[str, Any]:
    at = f"{year}-06-30T12:00:00Z"
    return {"kind": "expense", "id": f"bill {year}", "at": at, "category": "electricity", "amount_usd": usd}


def facts(name: str, year: int, at: str = "2025-01-01T00:00:00Z", /, **keys: Any) -> dict[str, Any]:
    return {"kind": "year_facts", "id": name, "at": at, "year": year} | keys


def owed(year: int, *lines: dict[str, Any]) -> Liability:
    return liability(book_of(*lines), LAW, year)


def summary(told: Liability) -> dict[str, Decimal]:
    return {name: amount.quantize(CENT) for name, amount in told.computed.summary.items()}


def mined(year: int, usd: str = "60000") -> dict[str, Any]:
    return receipt(f"mined {year}", f"{year}-03-01", "1", usd)


@pytest.mark.parametrize(
    ("year", "qbi", "income_tax", "total"),
    [(2023, "6523.52", "2911.29", "9976.07"), (2024, "6373.52", "2827.29", "9892.07"),
     (2025, "6143.52", "2710.39", "9775.17"), (2026, "6073.52", "2667.29", "9732.07")],
)  # fmt: skip
def test_a_business_pays_self_employment_tax_on_its_profit(year: int, qbi: str, income_tax: str, total: str) -> None:
    """Work it out: 60,000 mined less 10,000 of electricity is a profit of 50,000.

    50,000 x 0.9235 x 0.153 (26 U.S.C. 1401, 1402(a)(12)), half of it deducted (164(f)), the standard deduction of the
    year (63(c): 13,850, 14,600, 15,750, 16,100), 20 percent of what is left (199A), and the first two brackets (1(j)):
    11,000, 11,600, 11,925, 12,400 at 10 percent, the rest at 12.
    """
    told = owed(year, BUSINESS, mined(year), bill(year))
    figures = summary(told)
    assert told.business.net == 50_000
    assert figures["se_tax"] == Decimal("7064.78").quantize(CENT)
    assert figures["agi"] == Decimal("46467.61")
    assert figures["qbi_deduction"] == Decimal(qbi)
    assert figures["income_tax"] == Decimal(income_tax)
    assert figures["total"] == Decimal(total)
    assert told.findings == ()


@pytest.mark.parametrize(
    ("year", "total"), [(2023, "5460.50"), (2024, "5216.00"), (2025, "5071.50"), (2026, "5020.00")]
)
def test_a_hobby_deducts_nothing_and_pays_no_self_employment_tax(year: int, total: str) -> None:
    """60,000 on Schedule 1 line 8v or 8j; 26 U.S.C. 67(g), 183; 10, 12 and, in 2023, 1,425 at 22 percent."""
    told = owed(year, HOBBY, mined(year), bill(year))
    figures = summary(told)
    assert figures["se_tax"] == figures["qbi_deduction"] == 0
    assert [figures["agi"], figures["total"]] == [60_000, Decimal(total)]
    assert [finding.code for finding in told.findings] == ["hobby_deducts_nothing"]
    assert told.business.deducted == told.business.depreciation == 0


@pytest.mark.parametrize(
    ("day", "proceeds", "long_term", "short_term"),
    [("2026-08-01", "9000", "0", "0"), ("2026-08-01", "12000", "2000", "0"), ("2026-03-01", "12000", "0", "2000")],
)
def test_a_hobby_gives_back_no_depreciation_when_it_sells_a_rig(
    day: str, proceeds: str, long_term: str, short_term: str
) -> None:
    # 26 U.S.C. 1016(a)(2): only allowed or allowable depreciation lowers the basis, and a hobby has none
    bought = {"kind": "equipment", "equipment": "S19", "cost_usd": "10000", "at": "2025-03-01T00:00:00Z"}
    bought |= {"acquired": "2025-03-01", "placed_in_service": "2025-03-01"}
    sold = {"kind": "equipment_sale", "equipment": "S19", "proceeds_usd": proceeds, "at": f"{day}T12:00:00Z"}
    told = owed(2026, HOBBY, mined(2026), bought, sold)
    amounts = {(each.line.form, each.line.line): each.line.amount for each in told.lines}
    assert amounts["Schedule 1", "8z"] == 0
    assert amounts["Schedule D", "15"] == Decimal(long_term)
    assert amounts["Schedule D", "7"] == Decimal(short_term)
    assert "hobby_rig_sold" in [finding.code for finding in told.findings]


def test_a_hobby_without_bills_has_nothing_to_be_told() -> None:
    assert owed(2025, HOBBY, mined(2025)).findings == ()


def test_what_no_profile_says_is_assumed_and_told() -> None:
    told = owed(2025, mined(2025))
    assert (told.profile.filing_status, told.profile.activity) == ("single", "business")
    assert [finding.code for finding in told.findings] == ["profile_assumed"]
    command = "lotwork add profile at=2025-01-01T00:00:00Z filing_status=single activity=business time_zone=UTC"
    assert told.findings[0].message.endswith(f"time_zone=UTC: say what is so: `{command}`")
    half = owed(2025, BUSINESS | {"filing_status": None}, mined(2025))
    assert "activity" not in half.findings[0].message
    there = owed(2025, BUSINESS | {"filing_status": None, "time_zone": "America/New_York"}, mined(2025))
    assert "time_zone" not in there.findings[0].message


def test_a_taxpayer_elsewhere_is_told_that_these_are_figures_of_us_law() -> None:
    told = owed(2025, BUSINESS | {"jurisdiction": "de"}, mined(2025))
    assert [finding.code for finding in told.findings] == ["jurisdiction_not_us"]


@pytest.mark.parametrize("year", [2009, 2022, 2027])
def test_a_year_whose_law_is_unknown_is_refused_by_name(year: int) -> None:
    with pytest.raises(UnknownFigureError, match=f"no federal return can be computed for {year}"):
        owed(year, BUSINESS, mined(year))


def test_facts_of_a_year_are_merged_and_the_later_key_wins() -> None:
    told = owed(
        2025, BUSINESS,
        facts("b", 2025, "2025-03-01T00:00:00Z", wages_usd="50000", withholding_usd="100"),
        facts("a", 2025, "2025-02-01T00:00:00Z", wages_usd="40000", taxable_interest_usd="10"),
        facts("c", 2024, wages_usd="99999"),
    )  # fmt: skip
    assert summary(told)["agi"] == 50_010
    assert [told.withheld, told.paid] == [100, 100]


def test_payments_and_credits_lower_what_is_due() -> None:
    payment = {"kind": "payment", "at": "2025-06-01T00:00:00Z", "year": 2025, "amount_usd": "1000"}
    told = owed(
        2025, BUSINESS, mined(2025), bill(2025), facts("f", 2025, withholding_usd="200", credits_usd="75.17"),
        payment | {"id": "p"}, payment | {"id": "q", "type": "withholding"}, payment | {"id": "r", "type": "balance"},
        payment | {"id": "s", "year": 2024},
    )  # fmt: skip
    assert told.tax.quantize(CENT) == Decimal("9700.00")
    assert [told.withheld, told.paid] == [1200, 3200]
    assert told.balance_due.quantize(CENT) == Decimal("6500.00")
    refund = owed(2025, BUSINESS, facts("f", 2025, withholding_usd="200", credits_usd="75.17"))
    assert [refund.tax, refund.balance_due] == [0, -200]


COINS = receipt("r", "2025-02-05T12:00:00Z", "0.3", "100000")
"""Case 23: 30,000 of profit bear 4,238.87 of self-employment tax and an income tax of 970.45."""


@pytest.mark.parametrize(
    ("credits_told", "balance"),
    [
        ({"nonrefundable_credits_usd": "5000"}, "4238.87"),
        ({"nonrefundable_credits_usd": "970.45"}, "4238.87"),
        ({"nonrefundable_credits_usd": "970"}, "4239.31"),
        ({"refundable_credits_usd": "5000"}, "209.31"),
        ({"refundable_credits_usd": "6000"}, "-790.69"),
        ({"nonrefundable_credits_usd": "5000", "refundable_credits_usd": "4000"}, "238.87"),
    ],
)
def test_a_credit_reduces_what_its_kind_may_reduce(credits_told: dict[str, str], balance: str) -> None:
    """26 U.S.C. 26(a): a nonrefundable one the income tax alone; 6401(b): a refundable one comes back beyond it."""
    told = owed(2025, BUSINESS, COINS, facts("f", 2025, **credits_told))
    assert to_cents(told.balance_due) == Decimal(balance)
    assert told.findings == ()


@pytest.mark.parametrize("amount", ["5000", "5000.00", "100"])
def test_a_credit_of_a_kind_nobody_told_asks_which(amount: str) -> None:
    told = owed(2025, BUSINESS, COINS, facts("f", 2025, credits_usd=amount))
    (found,) = told.findings
    assert found.code == "credit_kind_untold"
    if amount != "100":
        assert "leaves 4238.87 of tax, one that is paid back beyond it (Schedule 3 line 14) 209.31" in found.message
    assert to_cents(told.balance_due) == Decimal("5209.31") - Decimal(amount)


@pytest.mark.parametrize(
    ("told", "codes", "on_3b"),
    [
        ({"qualified_dividends_usd": "300"}, ["ordinary_dividends_untold"], 300),
        ({"qualified_dividends_usd": "300", "ordinary_dividends_usd": "450"}, [], 450),
        ({"ordinary_dividends_usd": "450"}, [], 450),
        ({"qualified_dividends_usd": "300", "ordinary_dividends_usd": "299.99"},
         ["ordinary_dividends_below_qualified"], 300),
    ],
)  # fmt: skip
def test_line_3b_is_what_form_1099_div_says_in_box_1a(told: dict[str, str], codes: list[str], on_3b: int) -> None:
    made = owed(2025, BUSINESS, COINS, facts("f", 2025, **told))
    assert [finding.code for finding in made.findings] == codes
    assert [each.line.amount for each in made.lines if each.line.ref == "Form 1040 line 3b"] == [on_3b]


LOSS = (receipt("dear", "2023-01-01", "1", "10000"), sale("s", "2024-06-01", "1", "0"))
GAIN = (receipt("cheap", "2023-02-01", "1", "1000"), sale("t", "2025-06-01", "1", "6000"))


def agi(year: int, *lines: dict[str, Any]) -> Decimal:
    """Return the adjusted gross income of a hobby with 60,000 of wages."""
    wages = [facts(f"w{each}", each, wages_usd="60000") for each in (2023, 2024, 2025, 2026)]
    return summary(owed(year, HOBBY, *wages, *lines))["agi"]


def test_a_loss_counts_up_to_3_000_and_the_rest_is_carried_into_the_years_after() -> None:
    """26 U.S.C. 1211(b), 1212(b): 10,000 lost, then 5,000 won: 3,000, then 7,000 - 5,000 = 2,000, then none."""
    lines = (*LOSS, *GAIN)
    base = 60_000 + 10_000 + 1_000
    assert agi(2023, *lines) == base
    assert agi(2024, *lines) == 60_000 - 3_000
    assert agi(2025, *lines) == 60_000 - 2_000
    assert agi(2026, *lines) == 60_000


def test_a_carryover_that_is_stated_is_the_one_that_counts() -> None:
    stated = facts("stated", 2025, "2025-02-02T00:00:00Z", long_term_carryover_usd="1000")
    assert agi(2025, *LOSS, *GAIN, stated) == 60_000 + 5_000 - 1_000
    assert agi(2025, *LOSS, *GAIN, stated | {"long_term_carryover_usd": "0"}) == 65_000


def test_a_loss_outside_the_ledger_is_carried_in_too() -> None:
    lost = facts("stocks", 2024, "2025-02-02T00:00:00Z", other_short_term_gain_usd="-5000")
    assert agi(2024, lost) == 57_000
    assert agi(2025, lost) == 58_000


def test_a_loss_of_a_year_without_law_cannot_be_carried_in_and_says_so() -> None:
    lost = (receipt("dear", "2021-01-01", "1", "10000"), sale("s", "2022-06-01", "1", "0"))
    told = owed(2023, HOBBY, mined(2023), *lost)
    assert summary(told)["agi"] == 60_000
    assert [finding.code for finding in told.findings] == ["carryover_unknown"]
    stated = facts("stated", 2023, long_term_carryover_usd="7000")
    assert owed(2023, HOBBY, mined(2023), *lost, stated).findings == ()


def test_each_line_knows_the_events_behind_it() -> None:
    told = owed(2025, BUSINESS, mined(2025), bill(2025), *GAIN, facts("f", 2025, wages_usd="5"))
    behind = {traced.line.ref: traced.because for traced in told.lines}
    assert behind["Schedule C line 1"] == ("mined 2025",)
    assert "bill 2025" in behind["Schedule C line 31"]
    assert "mined 2025" in behind["Schedule C line 31"]
    assert behind["Schedule D line 15"] == ("t", "cheap")
    assert behind["Form 1040 line 1a"] == ("f",)
    assert all(traced.line.cites or traced.line.inputs for traced in told.lines)


def test_every_line_cites_its_law() -> None:
    for profile in (BUSINESS, HOBBY):
        told = owed(2025, profile, mined(2025), bill(2025), *GAIN, facts("f", 2025, wages_usd="5"))
        assert [traced.line.ref for traced in told.lines if not traced.line.cites] == []


def test_the_limit_by_wages_and_basis_rests_on_the_rigs_and_the_facts() -> None:
    """26 U.S.C. 199A(b)(2)(B): W-2 wages the facts state, and the unadjusted basis of the rigs still there."""
    rich = facts("f", 2025, wages_usd="900000")
    rig = {"kind": "equipment", "id": "rig", "at": "2025-02-01T00:00:00Z", "equipment": "S19", "cost_usd": "5000",
           "acquired": "2025-02-01", "placed_in_service": "2025-02-01", "class": "5"}  # fmt: skip
    told = owed(2025, BUSINESS, mined(2025), rig, rich)
    behind = {traced.line.ref: traced.because for traced in told.lines}
    assert behind["Form 8995-A line 10"] == ("rig", "f")


def test_a_line_over_many_events_names_some_and_counts_all() -> None:
    many = [receipt(f"r{number}", "2025-03-01", "0.01", "100") for number in range(600)]
    told = owed(2025, BUSINESS, *many)
    (gross,) = (traced for traced in told.lines if traced.line.ref == "Schedule C line 1")
    assert (len(gross.because), gross.events) == (500, 600)


@pytest.mark.parametrize("income", ["20000.05", "20000.15", "25000.25", "30000.125", "30000.35"])
@pytest.mark.parametrize("paid", ["0", "90000", "5.01"])
def test_what_is_owed_or_overpaid_is_the_difference_of_the_lines_as_they_are_printed(income: str, paid: str) -> None:
    """A tax of so many dollars and half a cent rounds up, and what is overpaid of it goes by that."""
    told = owed(2025, HOBBY, receipt("r", "2025-03-01", "1", income), facts("f", 2025, withholding_usd=paid))
    total, left = to_cents(told.computed.total.amount), to_cents(told.balance_due)
    assert left == total - Decimal(paid)
    printed = {each.line.ref: to_cents(each.line.amount) for each in told.lines}
    over, due = printed["Form 1040 line 34"], printed["Form 1040 line 37"]
    assert due - over == printed["Form 1040 line 24"] - printed["Form 1040 line 33"] == left

"""The cash method: when a bill is deducted, what is no bill, what came back of one, and what came in dollars."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ledger.events import Expense
from lotwork.ledger.public_form.contract import parse_event, to_contract
from lotwork.ledger.units import AssetTable
from lotwork.projections.costs.prepaid import parts_of
from lotwork.projections.filing.check import prepare
from lotwork.projections.liability import Liability, liability
from lotwork.rules.load import Law
from lotwork.rules.us.no_expense import no_expense
from lotwork.rules.us.schedule_c import CATEGORIES
from tests.projections.house import book_of, receipt

LAW = Law.load()
TODAY = datetime(2026, 11, 29, tzinfo=UTC)
ME = {
    "kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "filing_status": "single", "activity": "business",
    "business_began": "2024-01-01", "material_participation": True,
}  # fmt: skip
MINED = receipt("r", "2025-02-05", "1", "90000")
LATER = receipt("r26", "2026-02-05", "1", "90000")


def paid(usd: str, day: str = "2025-12-05", name: str = "bill", **keys: Any) -> dict[str, Any]:
    """Return a bill for power, or another."""
    line = {"kind": "expense", "id": name, "at": f"{day}T12:00:00Z", "category": "electricity", "amount_usd": usd}
    return line | keys


def back(usd: str, day: str, name: str = "back", **keys: Any) -> dict[str, Any]:
    """Return what came back of the bill."""
    return paid(usd, day, name, refund_of="bill", **keys)


def owed(*lines: dict[str, Any], year: int = 2025) -> Liability:
    """Return what is owed for *year*."""
    return liability(book_of(ME, MINED, LATER, *lines), LAW, year)


def amounts(made: Liability) -> dict[str, Decimal]:
    """Return each line by its form and number."""
    return {each.line.ref: each.line.amount for each in made.lines}


def codes(made: Liability) -> list[str]:
    """Return the codes of the findings."""
    return [finding.code for finding in made.findings]


# what is no expense


@pytest.mark.parametrize(
    "word",
    [
        "deposit", "Deposit", "security deposit", "refundable_deposits", "deposit to host", "loan", "loan repayment",
        "loan principal", "principal", "mortgage payment", "tax", "income tax", "Federal taxes",
        "estimated tax payment", "transfer", "bitcoin purchase", "personal", "groceries", "rig", "rigs", "mining rig",
        "ASICs", "gpu purchase",
        "parking fine", "traffic fines", "OSHA fine", "IRS penalty", "late filing penalty", "speeding ticket",
        "1040-ES",
        "form 1040-ES", "1040es", "estimated payment", "federal estimated", "gpu rtx 3080", "gpus (4)", "rig #3",
        "asic s19j pro", "hardware 2025", "laptop", "graphics card", "psu", "s21", "shed", "down payment",
        "personal: phone", "owner salary", "salary to myself", "debt", "credit card payment", "ira contribution",
        "vacation", "entertainment", "client entertainment", "refund",
        "Electricity refund", "utility rebate", "cashback",
        "insurance reimbursement", "gym", "political contribution", "lobbying",
        "Antminer S19", "equipment", "capital improvements", "owner draw", "health insurance", "charity", "retirement",
        "transfer to kraken", "donation for the church", "groceries at the market", "withdrawal via ATM",
    ],
)  # fmt: skip
def test_a_word_that_is_no_expense_is_not_deducted_and_stops_the_filing(word: str) -> None:
    """Case 18: 26 U.S.C. 162(a), 262, 263(a), 275(a); net stays what was earned."""
    made = owed(paid("5000", category=word))
    assert made.business.net == 90_000
    assert codes(made) == ["category_no_expense"]
    told = prepare(book_of(ME, MINED, paid("5000", category=word)), LAW, 2025, TODAY).open
    assert "category_no_expense" in [finding.code for finding in told]


@pytest.mark.parametrize(
    "word",
    [
        *CATEGORIES, "immersion oil", "rig repair", "gpu rental", "loan interest", "property tax", "sales taxes",
        "payroll tax", "contract penalty", "prepayment penalty", "support ticket", "asic power cables",
        "rig cleaning", "gpu thermal paste", "hardware insurance", "server hosting", "mobile plan", "salary",
        "credit card fee", "phone bill",
        "tax preparation", "hosting for gpu fans", "shipping to hosting", "antminer repairs", "deposit fee",
        "insurance", "gas", "returned to customer",
    ],
)  # fmt: skip
def test_a_word_that_may_be_an_expense_is_one(word: str) -> None:
    assert no_expense("_".join(word.lower().split())) is None


# what is paid ahead


@pytest.mark.parametrize(
    ("day", "begin", "end", "years"),
    [
        ("2022-07-01", "2022-07-01", "2025-07-01", {2022: 500, 2023: 1000, 2024: 1000, 2025: 500}),
        ("2022-07-01", "2022-07-01", "2025-06-30", {2022: 500, 2023: 1000, 2024: 1000, 2025: 500}),
        ("2025-12-20", "2025-12-15", "2026-12-15", {2025: 3000}),
        ("2025-12-20", "2026-02-01", "2027-02-01", {2026: 2750, 2027: 250}),
        ("2025-12-20", "2026-01-01", "2027-01-01", {2025: 3000}),
        ("2025-07-01", "2025-01-01", "2027-01-01", {2025: 1500, 2026: 1500}),
        ("2027-03-01", "2024-01-01", "2026-01-01", {2027: 3000}),
    ],
)
def test_what_is_paid_more_than_a_year_ahead_is_spread_over_its_months(
    day: str, begin: str, end: str, years: dict[int, int]
) -> None:
    """Pub. 538's insurance of 3,000 for three years from July 1: 500, 1,000, 1,000, 500; Reg. 1.263(a)-4(f)(1), (8)."""
    parts = parts_of(*map(date.fromisoformat, (day, begin, end)))
    assert {part.day.year: part.of(3_000_000_000) / 1_000_000 for part in parts} == years


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(paid_on=DAYS, begin=DAYS, days=st.integers(1, 2_000), usd=st.integers(1, 10**12))
def test_the_parts_of_a_bill_add_up_to_it_in_order_and_none_before_it_is_paid(
    paid_on: date, begin: date, days: int, usd: int
) -> None:
    parts = parts_of(paid_on, begin, date.fromordinal(begin.toordinal() + days))
    assert sum(part.of(usd) for part in parts) == usd
    assert [part.day for part in parts] == sorted({part.day for part in parts})
    assert parts[0].before == Fraction(0)
    assert parts[0].day >= paid_on


def test_a_spread_bill_stands_in_each_of_its_years() -> None:
    bill = paid("2400", "2025-07-01", category="software", **{"from": "2025-07-01", "to": "2027-07-01"})
    told = [amounts(owed(bill, year=year))["Schedule C Part V line software"] for year in (2025, 2026)]
    assert told == [600, 1200]
    (row,) = owed(bill, year=2026).business.expenses.rows
    assert (row.expense, row.date, "Treas. Reg. 1.263(a)-4(f)(1)" in row.cites) == ("bill", date(2026, 12, 31), True)


@pytest.mark.parametrize(
    "keys", [{"from": "2025-01-01"}, {"to": "2025-01-01"}, {"from": "2025-02-01", "to": "2025-01-01"}]
)
def test_a_span_of_a_bill_has_both_its_ends_in_order(keys: dict[str, str]) -> None:
    with pytest.raises(Exception, match="refused"):
        book_of(paid("1", **keys))


# what came back


def test_a_refund_of_the_same_year_lowers_its_line() -> None:
    told = amounts(owed(paid("400", "2025-03-01"), back("55", "2025-11-30")))
    assert (told["Schedule C line 25"], "Schedule C line 6" in told) == (Decimal(345), False)


@pytest.mark.parametrize("category", ["electricity", "utilities", "refund"])
def test_a_refund_of_a_later_year_is_income_of_that_year_and_leaves_the_earlier_one(category: str) -> None:
    """Case 20: 26 U.S.C. 111(a); Schedule C line 6, Pub. 334; the refund goes by its bill's word."""
    lines = (paid("400"), back("55", "2026-02-01", category=category))
    assert amounts(owed(*lines))["Schedule C line 25"] == 400
    made = owed(*lines, year=2026)
    told = amounts(made)
    assert [told["Schedule C line 6"], told["Schedule C line 31"]] == [55, 90_055]
    assert told["Schedule SE line 4a"] == 90_055 * Decimal("0.9235")
    assert next(each.because for each in made.lines if each.line.ref == "Schedule C line 6") == ("back",)
    assert codes(made) == []


def test_of_a_shared_bill_or_a_meal_comes_back_what_had_been_deducted() -> None:
    shared = (paid("400", business_share="0.75"), back("100", "2026-02-01"))
    assert amounts(owed(*shared, year=2026))["Schedule C line 6"] == 75
    meal = (paid("400", category="meals"), back("100", "2026-02-01", category="meals"))
    assert amounts(owed(*meal, year=2026))["Schedule C line 6"] == 50
    fine = (paid("400", category="fines"), back("100", "2026-02-01"))
    assert "Schedule C line 6" not in amounts(owed(*fine, year=2026))


def test_a_refund_of_metered_power_goes_by_the_reading() -> None:
    meter = {"kind": "energy", "id": "bill", "at": "2025-12-10T12:00:00Z", "kwh": "1000", "meter": "rigs",
             "from": "2025-11-01", "to": "2025-12-01"}  # fmt: skip
    tariff = {"kind": "tariff", "id": "t", "at": "2025-01-01T12:00:00Z", "from": "2025-01-01", "price_usd": "0.20"}
    lines = (meter, tariff, back("55", "2026-02-01"))
    assert [amounts(owed(*lines))["Schedule C line 25"], amounts(owed(*lines, year=2026))["Schedule C line 6"]] == [
        200,
        55,
    ]


@pytest.mark.parametrize(
    ("lines", "code", "six"),
    [
        ((back("55", "2026-02-01"),), "refund_unknown", 0),
        ((paid("400", "2026-03-01"), back("55", "2026-02-01")), "refund_before_bill", 0),
        ((paid("40"), back("55", "2026-02-01")), "refund_above_bill", 40),
        ((paid("400"), back("300", "2026-02-01"), back("300", "2026-02-02", "more")), "refund_above_bill", 400),
        ((paid("400", **{"from": "2025-12-01", "to": "2028-12-01"}), back("5", "2026-02-01")), "refund_of_spread", 0),
        ((paid("400", "2023-12-05"), back("55", "2026-02-01")), "refund_to_judge", 0),
    ],
)
def test_a_refund_that_fits_no_bill_is_told_and_guessed_by_nobody(
    lines: tuple[dict[str, Any], ...], code: str, six: int
) -> None:
    made = owed(*lines, year=2026)
    assert code in codes(made)
    assert amounts(made).get("Schedule C line 6", 0) == six
    assert code not in codes(owed(*lines, year=2025))


@pytest.mark.parametrize(
    "own",
    [
        {"business_share": "0.5"}, {"business_share": "0"}, {"business_share": "1"}, {"business_share": "1.00"},
        {"owner": "spouse"}, {"owner": "taxpayer"},
        {"usage": "house"}, {"from": "2026-01-01", "to": "2026-02-01"},
    ],
)  # fmt: skip
def test_a_refund_has_nothing_of_its_own_that_its_bill_tells(own: dict[str, str]) -> None:
    with pytest.raises(Exception, match="refused") as refused:
        book_of(paid("400"), back("55", "2026-02-01", **own))
    assert "goes by the bill" in str(refused.value.problems)  # type: ignore[attr-defined]  # of an InputRefusedError


def test_a_negative_bill_is_refused_with_the_word_for_a_refund() -> None:
    with pytest.raises(Exception, match="refused") as refused:
        book_of(paid("-55"))
    assert "refund_of" in str(refused.value.problems)  # type: ignore[attr-defined]  # of an InputRefusedError
    assert "correction" not in str(refused.value.problems)  # type: ignore[attr-defined]  # the same


# dollars of the trade


def earned(category: str, usd: str = "1000", day: str = "2025-06-01") -> dict[str, Any]:
    """Return dollars of the trade."""
    at = f"{day}T12:00:00Z"
    return {"kind": "business_income", "id": category, "at": at, "category": category, "amount_usd": usd}


@pytest.mark.parametrize(
    ("category", "line"),
    [("hosting", 1), ("services", 1), ("curtailment", 6), ("parts", 6), ("rebate", 6), ("insurance", 6), ("other", 6)],
)
def test_dollars_of_the_trade_stand_on_schedule_c_and_bear_self_employment_tax(category: str, line: int) -> None:
    """26 U.S.C. 61(a), 1402(a); Pub. 334: gross receipts on line 1, other business income on line 6."""
    made = owed(earned(category))
    told = amounts(made)
    assert told[f"Schedule C line {line}"] == (91_000 if line == 1 else 1_000)
    assert told["Schedule C line 31"] == 91_000
    assert told["Schedule SE line 4a"] == 91_000 * Decimal("0.9235")
    assert category in next(each.because for each in made.lines if each.line.ref == f"Schedule C line {line}")


@pytest.mark.parametrize(("year", "line"), [(2025, "8j"), (2023, "8j")])
def test_a_hobbys_dollars_stand_on_schedule_1_beside_its_coins(year: int, line: str) -> None:
    hobby = ME | {"activity": "hobby", "at": "2020-01-01T00:00:00Z"}
    book = book_of(hobby, receipt("r", f"{year}-02-05", "1", "90000"), earned("curtailment", day=f"{year}-06-01"))
    told = amounts(liability(book, LAW, year))
    assert told[f"Schedule 1 line {line}"] == (1_000 if year > 2023 else 91_000)
    assert told["Schedule 1 line 9"] == 91_000
    assert not told["Schedule SE line 12"]


def test_income_of_nothing_is_refused() -> None:
    with pytest.raises(Exception, match="refused"):
        book_of(earned("hosting", "0"))


def test_dollars_are_no_asset_and_the_refusal_names_their_event() -> None:
    with pytest.raises(Exception, match="refused") as refused:
        book_of(receipt("usd", "2026-02-01", "55", None, asset="USD", income="hosting"))
    assert "business_income" in str(refused.value.problems)  # type: ignore[attr-defined]  # of an InputRefusedError


def test_a_refund_comes_back_in_an_export_and_a_bill_becomes_one_by_a_correction() -> None:
    told = to_contract(parse_event(back("100", "2026-02-01"), AssetTable(), "x"), AssetTable())
    assert "business_share" not in told
    again = parse_event(told, AssetTable(), "x")
    assert isinstance(again, Expense)
    assert again.refund_of == "bill"
    wrong = {name: value for name, value in back("100", "2026-02-01").items() if name != "refund_of"}
    mended = {"kind": "correction", "id": "c", "at": "2026-03-01T00:00:00Z", "target": wrong["id"],
              "reason": "came back", "set": {"refund_of": "bill"}}  # fmt: skip
    made = owed(paid("400", business_share="0.5"), wrong, mended, year=2026)
    assert amounts(made)["Schedule C line 6"] == 50
    assert codes(made) == []

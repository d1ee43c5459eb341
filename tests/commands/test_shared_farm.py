"""A farm shared with a host and a referrer, through the commands: whose income, whose cost, and what is refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.commands.calling import Caller, codes

SINGLE = {
    "kind": "profile", "id": "me", "at": "2025-01-01T00:00:00Z", "filing_status": "single", "activity": "business",
    "time_zone": "UTC",
}  # fmt: skip
HOBBY = {**SINGLE, "activity": "hobby"}
CAME = {
    "kind": "receipt", "id": "r", "at": "2025-03-03T12:00:00Z", "wallet": "farm", "asset": "BTC", "quantity": "0.1",
    "income": "pool_payout", "pool": "braiins", "price_usd": "100000",
}  # fmt: skip
HOST: dict[str, Any] = {
    "kind": "sharing", "id": "s", "at": "2025-01-01T00:00:00Z", "party": "Host", "share": "0.25", "as": "contract",
    "from": "2025-01-01", "wallet": "farm",
}  # fmt: skip
REFERRER = {**HOST, "id": "s2", "party": "Referrer", "share": "0.05", "for": "commissions"}
ASKED = {
    "partnership_to_settle", "sharing_above_whole", "sharing_told_twice", "bill_shared_twice", "share_unpaid",
    "form_1099_due", "sharing_not_abroad",
}  # fmt: skip


def lines(lotwork: Caller, year: int = 2025) -> dict[str, str]:
    told = lotwork("liability", "--year", str(year), "--json", code=None).result
    return {f"{each['form']} {each['line']}": each["amount_usd"] for each in told["lines"]}


def income(lotwork: Caller) -> dict[str, str]:
    return {row["receipt"]: row["value_usd"].removesuffix("0000") for row in lotwork.rows("income", "--year", "2025")}


def asked(lotwork: Caller, listing: str = "liability", year: int = 2025) -> set[str]:
    return codes(lotwork(listing, "--year", str(year), "--json", code=None).result["findings"]) & ASKED


def lots(lotwork: Caller) -> list[str]:
    return [row["quantity"] for row in lotwork.rows("lots")]


def test_a_part_by_contract_that_is_paid_on_is_income_whole_and_asked_about_until_it_is_paid(lotwork: Caller) -> None:
    lotwork.take(SINGLE, CAME, HOST, REFERRER)
    assert income(lotwork) == {"r": "10000.00"}
    assert lots(lotwork) == ["0.10000000"]
    assert asked(lotwork) == {"share_unpaid"}
    pay = {
        "kind": "expense",
        "at": "2025-03-05T12:00:00Z",
        "category": "hosting",
        "amount_usd": "2500",
        "payee": "host",
    }
    lotwork.take(
        {**pay, "id": "p1"}, {**pay, "id": "p2", "category": "commissions", "amount_usd": "500", "payee": "Referrer"}
    )
    assert asked(lotwork) == {"form_1099_due"}
    stopped = lotwork("file", "--year", "2025", code=None)
    assert "form_1099_due" in stopped.out + stopped.err


@pytest.mark.parametrize(
    ("paid", "wanted"),
    [
        ("2500", set()),
        ("2300", set()),
        ("1900", {"share_unpaid"}),
        ("3100", {"share_unpaid"}),
        ("0.25", {"share_unpaid"}),
    ],
)
def test_what_is_paid_is_held_against_the_share(lotwork: Caller, paid: str, wanted: set[str]) -> None:
    pay = {"kind": "expense", "id": "p", "at": "2025-04-05T12:00:00Z", "category": "hosting", "amount_usd": paid}
    lotwork.take(SINGLE, CAME, HOST, {**pay, "payee": "Host"})
    assert asked(lotwork) - {"form_1099_due"} == wanted


def test_a_part_by_contract_that_is_withheld_is_income_and_an_expense(lotwork: Caller) -> None:
    """Of 0.1 that arrived as 70 percent, 0.142857 was mined: 14,285.71 of income, 4,285.71 of expenses."""
    lotwork.take(SINGLE, CAME, {**HOST, "withheld": "yes"}, {**REFERRER, "withheld": "yes"})
    assert income(lotwork) == {"r": "10000.00", "r:Host": "3571.428571", "r:Referrer": "714.285714"}
    rows = {row["expense"]: (row["line"], row["deductible_usd"]) for row in lotwork.rows("expenses", "--year", "2025")}
    assert rows == {"r:Host": ("27b", "3571.428571"), "r:Referrer": ("10", "714.285714")}
    assert lots(lotwork) == ["0.10000000"]
    told = lines(lotwork)
    assert told["Schedule C 1"] == "14286.00" or told["Schedule C 1"].startswith("14285.71")
    assert told["Schedule C 31"].startswith("10000")
    assert asked(lotwork) == {"form_1099_due"}


def test_a_hobby_reports_what_was_withheld_and_deducts_nothing(lotwork: Caller) -> None:
    lotwork.take(HOBBY, CAME, {**HOST, "withheld": "yes", "share": "0.5"})
    told = lines(lotwork)
    assert told["Schedule 1 8v"].startswith("20000")


def test_what_another_s_own_rigs_mined_is_no_income_and_no_lot_of_ones_own(lotwork: Caller) -> None:
    lotwork.take(SINGLE, CAME, {**HOST, "as": "owner", "share": "0.3"})
    assert income(lotwork) == {"r": "7000.00"}
    assert lots(lotwork) == ["0.07000000"]
    assert asked(lotwork) == set()


def test_what_they_keep_back_of_their_own_changes_nothing(lotwork: Caller) -> None:
    lotwork.take(SINGLE, CAME, {**HOST, "as": "owner", "share": "0.3", "withheld": "yes"})
    assert income(lotwork) == {"r": "10000.00"}
    assert lots(lotwork) == ["0.10000000"]


def test_a_host_is_paid_of_the_whole_though_another_owns_a_part(lotwork: Caller) -> None:
    """30 percent of what arrived is another's; the host's 25 percent of the whole is 2,500, withheld of none of it."""
    lotwork.take(SINGLE, CAME, {**HOST, "as": "owner", "share": "0.3", "party": "Neighbour"}, {**HOST, "id": "h"})
    assert income(lotwork) == {"r": "7000.00"}
    found = lotwork("liability", "--year", "2025", "--json", code=None).result["findings"]
    (unpaid,) = (each for each in found if each["code"] == "share_unpaid")
    assert "2,500.00 when they came" in unpaid["message"]


@pytest.mark.parametrize("word", ["partner"])
def test_a_part_of_a_profit_is_a_partnership_and_is_refused(lotwork: Caller, word: str) -> None:
    lotwork.take(SINGLE, CAME, {**HOST, "as": word})
    assert asked(lotwork) == {"partnership_to_settle"}
    assert income(lotwork) == {"r": "10000.00"}
    stopped = lotwork("file", "--year", "2025", code=None)
    assert "Form 1065" in stopped.out + stopped.err
    assert stopped.code


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ({"from": "2025-03-04"}, "10000.00"),
        ({"from": "2025-03-03"}, "7000.00"),
        ({"to": "2025-03-03"}, "10000.00"),
        ({"to": "2025-03-04"}, "7000.00"),
        ({"wallet": "other"}, "10000.00"),
        ({"wallet": None, "pool": "Braiins"}, "7000.00"),
        ({"wallet": None, "pool": "ocean"}, "10000.00"),
    ],
)
def test_an_agreement_holds_for_its_days_and_its_place(lotwork: Caller, change: dict[str, Any], value: str) -> None:
    told = {**HOST, "as": "owner", "share": "0.3", **change}
    lotwork.take(SINGLE, CAME, {key: each for key, each in told.items() if each is not None})
    assert income(lotwork) == {"r": value}


def test_what_is_no_income_of_the_farm_is_not_shared(lotwork: Caller) -> None:
    lotwork.take(SINGLE, {**CAME, "income": "staking"}, {**HOST, "as": "owner", "share": "0.3"})
    assert income(lotwork) == {"r": "10000.00"}


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"party": "Other", "share": "0.75"}, "sharing_above_whole"),
        ({"party": "Other", "share": "0.9"}, "sharing_above_whole"),
        ({"party": "host"}, "sharing_told_twice"),
        ({"party": "Host", "wallet": None, "pool": "braiins"}, "sharing_told_twice"),
        ({"party": " HOST"}, "sharing_told_twice"),
        ({"party": "Host ", "wallet": None, "pool": " Braiins "}, "sharing_told_twice"),
    ],
)
def test_agreements_that_cannot_both_hold_are_asked_about(lotwork: Caller, more: dict[str, Any], code: str) -> None:
    owner = {**HOST, "as": "owner"}
    second = {key: value for key, value in {**owner, "id": "s2", **more}.items() if value is not None}
    lotwork.take(SINGLE, CAME, owner, second)
    assert code in asked(lotwork)
    assert income(lotwork) == {"r": "10000.00" if code == "sharing_above_whole" else "7500.00"}


BILL = {"kind": "expense", "id": "b", "at": "2025-03-05T12:00:00Z", "category": "electricity", "amount_usd": "400"}
NEIGHBOUR = {
    "kind": "sharing", "id": "n", "at": "2025-01-01T00:00:00Z", "party": "Neighbour", "share": "0.4", "as": "owner",
    "from": "2025-01-01", "category": "electricity",
}  # fmt: skip
METER = {
    "kind": "energy", "id": "m", "at": "2025-02-02T00:00:00Z", "meter": "g", "kwh": "1000", "from": "2025-02-01",
    "to": "2025-02-02",
}  # fmt: skip
RATE = {"kind": "tariff", "id": "t", "at": "2025-01-01T00:00:00Z", "from": "2025-01-01", "price_usd": "0.10"}


@pytest.mark.parametrize(
    ("told", "deducted", "code"),
    [
        ((BILL,), "240.00", None),
        ((METER, RATE), "60.00", None),
        (({**BILL, "category": "Electricity"},), "240.00", None),
        (({**BILL, "at": "2024-12-30T12:00:00Z"},), None, None),
        (({**BILL, "category": "internet"},), "400.00", None),
        (({**BILL, "business_share": "0.5"},), "200.00", "bill_shared_twice"),
        ((BILL, {**NEIGHBOUR, "id": "n2", "party": "Third", "share": "0.6"}), "0.00", "sharing_above_whole"),
        ((BILL, {**NEIGHBOUR, "id": "n2", "party": "Third", "share": "0.1"}), "200.00", None),
        ((BILL, {**NEIGHBOUR, "id": "n2", "share": "0.5"}), "240.00", "sharing_told_twice"),
        ((BILL, {**NEIGHBOUR, "id": "n2", "party": "neighbour "}), "240.00", "sharing_told_twice"),
        ((METER, RATE, {**NEIGHBOUR, "id": "n2", "category": "Electricity"}), "60.00", "sharing_told_twice"),
    ],
)
def test_a_bill_is_shared_by_its_share(
    lotwork: Caller, told: tuple[dict[str, Any], ...], deducted: str | None, code: str | None
) -> None:
    lotwork.take(SINGLE, NEIGHBOUR, *told)
    rows = [row["deductible_usd"].removesuffix("0000") for row in lotwork.rows("expenses", "--year", "2025")]
    assert rows == ([] if deducted is None else [deducted])
    assert asked(lotwork, "expenses") - {"form_1099_due"} == ({code} if code else set())


@pytest.mark.parametrize(
    ("amount", "year", "due"),
    [
        ("599.99", 2025, False), ("600", 2025, True), ("600", 2026, False), ("1999.99", 2026, False),
        ("2000", 2026, True), ("600", 2024, True),
    ],
)  # fmt: skip
def test_an_information_return_is_due_from_the_sum_of_its_year(
    lotwork: Caller,
    amount: str,
    year: int,
    due: bool,
) -> None:
    paid = {"kind": "expense", "id": "p", "at": f"{year}-02-03T12:00:00Z", "category": "contract labor", "payee": "Ann"}
    lotwork.take_on(date(year, 12, 1), SINGLE, {**paid, "amount_usd": amount})
    assert ("form_1099_due" in asked(lotwork, year=year)) == due


@pytest.mark.parametrize(
    "wrong",
    [
        {"share": "0"}, {"share": "1"}, {"share": "1.2"}, {"pool": "braiins"}, {"wallet": None}, {"as": "friend"},
        {"to": "2024-12-31"}, {"wallet": None, "category": "electricity"},
        {"wallet": None, "category": "electricity", "as": "owner", "withheld": "yes"},
    ],
)  # fmt: skip
def test_an_agreement_that_says_nothing_or_too_much_is_refused(lotwork: Caller, wrong: dict[str, Any]) -> None:
    told = {key: value for key, value in {**HOST, **wrong}.items() if value is not None}
    lotwork.take(told, code=3)


def test_another_country_s_return_says_that_it_shares_nothing(lotwork: Caller) -> None:
    lotwork.take(SINGLE, {**CAME, "at": "2025-03-03T12:00:00Z"}, {**HOST, "as": "owner"})
    lotwork.take(
        {"kind": "exchange_rate", "id": "x", "at": "2025-03-03T00:00:00Z", "currency": "EUR", "per_usd": "0.9"}
    )
    told = lotwork("liability", "--year", "2025", "--jurisdiction", "de", "--json", code=None)
    assert "sharing_not_abroad" in told.out


def test_an_agreement_recorded_later_counts_from_its_day(lotwork: Caller) -> None:
    lotwork.take(SINGLE, CAME, {**CAME, "id": "r2", "at": "2025-04-03T12:00:00Z"})
    assert income(lotwork) == {"r": "10000.00", "r2": "10000.00"}
    lotwork.take({**HOST, "as": "owner", "share": "0.3", "from": "2025-04-01"})
    assert income(lotwork) == {"r": "10000.00", "r2": "7000.00"}
    lotwork("add", "void", "target=s", "reason=never agreed")
    assert income(lotwork) == {"r": "10000.00", "r2": "10000.00"}


def test_a_part_in_percent_is_told_how_it_is_written(lotwork: Caller) -> None:
    words = ("at=2026-01-01T00:00:00Z", "party=Host", "share=25%", "as=contract", "from=2026-01-01", "wallet=farm")
    assert "a quarter is 0.25" in lotwork("add", "sharing", *words, code=3).err

"""A bill is deducted once (26 U.S.C. 162), and what comes in dollars is income once, whoever told it."""

from __future__ import annotations

from typing import Any

import pytest

from lotwork.ledger.history import History
from lotwork.projections.replay.appendable import read_appendable
from lotwork.projections.replay.book import Book
from tests.projections.house import MAIN, book_of, logged, told
from tests.projections.questions.answering import answers

BILL = {"kind": "expense", "id": "bill", "at": "2025-03-01T12:00:00Z", "category": "electricity", "amount_usd": "412",
        "note": "Texas Power", "source": "bank"}  # fmt: skip
EARNED = {"kind": "business_income", "id": "earned", "at": "2025-03-01T12:00:00Z", "category": "hosting",
          "amount_usd": "500", "source": "bank"}  # fmt: skip
RIG = {"kind": "equipment", "id": "rig", "at": "2025-03-01T12:00:00Z", "equipment": "S21", "cost_usd": "4800",
       "acquired": "2025-03-01", "placed_in_service": "2025-03-02"}  # fmt: skip
TAX = {"kind": "payment", "id": "tax", "at": "2025-04-15T12:00:00Z", "year": 2025, "amount_usd": "1500",
       "type": "estimated", "source": "bank"}  # fmt: skip
BANK_ROW, CARD_ROW = "aa@11111111.22222222", "bb@33333333.44444444"


def asked(*lines: dict[str, Any]) -> list[str | None]:
    told_now = [{key: value for key, value in line.items() if value is not None} for line in lines]
    return [finding.event for finding in book_of(*told_now).told() if finding.code == "likely_twins"]


@pytest.mark.parametrize(
    "other",
    [
        {"source": None},
        {"source": "invoices"},
        {"source": "invoices", "at": "2025-03-06T12:00:00Z"},
        {"source": "invoices", "at": "2025-02-25T00:00:00Z"},
        {"source": "invoices", "note": None, "business_share": "0.5"},
        {"source": "invoices", "note": "TEXAS POWER 77123", "category": "utilities"},
    ],
)
def test_a_bill_that_two_tell_is_asked_about(other: dict[str, Any]) -> None:
    assert len(asked(BILL, BILL | {"id": "z"} | other)) == 1


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"source": "invoices", "at": "2025-03-06T12:00:01Z"},
        {"source": "invoices", "amount_usd": "412.01"},
        {"source": "invoices", "category": "rent", "note": "landlord"},
        {"source": "invoices", "kind": "business_income", "category": "services", "note": None},
    ],
)
def test_bills_that_one_tells_or_that_are_for_other_things_are_two(other: dict[str, Any]) -> None:
    assert asked(BILL, BILL | {"id": "z"} | other) == []


def test_an_amount_to_the_cent_is_a_sign_whatever_it_is_called() -> None:
    other = {"id": "z", "source": "card", "category": "supplies", "note": "TXP*7712", "amount_usd": "412.37"}
    assert asked(BILL | {"amount_usd": "412.37"}, BILL | other) == ["z"]


@pytest.mark.parametrize("amount", ["49.99", "80.50", "19.95", "79.90"])
def test_a_shops_price_is_no_sign_but_for_the_same_word(amount: str) -> None:
    bill = BILL | {"category": "internet", "note": "Comcast", "amount_usd": amount}
    other = {"id": "z", "source": "card", "category": "software", "note": "Awesome Miner"}
    assert asked(bill, bill | other) == []
    assert asked(bill, bill | other | {"category": "internet"}) == ["z"]
    assert asked(bill, bill | other | {"note": "COMCAST 0042"}) == ["z"]


def test_a_bill_that_comes_again_from_one_teller_is_another_bill() -> None:
    days = [f"2025-03-{day:02d}T12:00:00Z" for day in range(1, 29)]
    assert asked(*(BILL | {"id": day, "at": day} for day in days)) == []
    again = [BILL | {"id": f"{name}{day}", "at": day, "source": name} for name in ("a", "b") for day in days[::14]]
    assert len(asked(*again)) == 2


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        (BANK_ROW, CARD_ROW, True),
        (BANK_ROW, "cc@11111111.55555555", False),
        (BANK_ROW, "cc@11111111.22222222", False),
        (None, CARD_ROW, False),
    ],
)
def test_two_exports_are_two_tellers_and_one_that_goes_on_is_not(
    first: str | None, second: str | None, found: bool
) -> None:
    rows = (BILL | {"source": "csv", "row": first}, BILL | {"id": "z", "source": "csv", "row": second})
    assert asked(*rows) == (["z"] if found else [])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (EARNED, EARNED | {"id": "z", "source": "processor"}),
        (EARNED, EARNED | {"id": "z", "source": None, "at": "2025-03-04T00:00:00Z"}),
        (
            EARNED | {"amount_usd": "500.25"},
            EARNED | {"id": "z", "source": "x", "category": "services", "amount_usd": "500.25"},
        ),
        (TAX, TAX | {"id": "z", "source": None}),
        (TAX, TAX | {"id": "z", "source": "eftps", "type": "balance", "at": "2025-04-17T12:00:00Z"}),
        (RIG, BILL | {"id": "z", "amount_usd": "4800", "category": "supplies", "note": "BITMAIN"}),
        (RIG, RIG | {"id": "z", "source": "invoices", "equipment": "s21 no 1"}),
        (RIG, RIG | {"id": "z", "source": "invoices", "at": "2025-03-03T12:00:00Z"}),
    ],
)
def test_what_else_two_tell_of_one_amount_is_asked_about(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert asked(first, second) == ["z"]
    assert asked(first, second | {"source": first.get("source")}) == []


def test_a_refund_is_no_bill_and_a_payment_for_another_year_is_another() -> None:
    assert asked(BILL, BILL | {"id": "z", "source": "x", "refund_of": "bill", "at": "2025-03-02T00:00:00Z"}) == []
    refund = BILL | {"id": "back", "refund_of": "bill", "at": "2025-03-20T00:00:00Z"}
    earned = EARNED | {"id": "z", "source": "x", "amount_usd": "412", "category": "refund", "at": refund["at"]}
    assert asked(BILL, refund, earned) == ["z"]
    assert asked(TAX, TAX | {"id": "z", "source": "x", "year": 2024}) == []


@pytest.mark.parametrize(("one", "other"), [({}, "GA"), ({"state": "NC"}, "GA"), ({"state": "GA"}, None)])
def test_what_a_state_was_paid_is_no_payment_to_another(one: dict[str, str], other: str | None) -> None:
    paid = TAX | {"id": "z", "source": "x"} | ({} if other is None else {"state": other})
    assert asked(TAX | one, paid) == []
    assert asked(paid, paid | {"id": "y", "source": "bank"}) in (["y"], ["z"])


@pytest.mark.parametrize("first", [BILL, EARNED, TAX])
def test_a_person_answers_either_way(first: dict[str, Any]) -> None:
    lines = (first, first | {"id": "z", "source": "other"})
    (finding,) = (each for each in book_of(*lines).told() if each.code == "likely_twins")
    said = answers(finding.message)
    assert len(said) == 3
    assert [asked(*lines, *each) for each in said] == [[], [], []]


def test_a_book_that_goes_on_asks_what_one_from_zero_asks() -> None:
    events = told(
        BILL, EARNED | {"at": "2025-03-02T00:00:00Z"}, BILL | {"id": "z", "source": "x", "at": "2025-03-03T00:00:00Z"}
    )
    for cut in (1, 2):
        log = logged(events[:cut])
        resumed = Book.begin(History.read(log, MAIN)).resume(Book.begin(History.read(log, MAIN)).fold().state())
        log.append(events[cut:])
        resumed.take(read_appendable(resumed, cut) or ())
        assert resumed.told() == Book.begin(History.read(log, MAIN)).fold().told()
        assert "likely_twins" in {finding.code for finding in resumed.told()}

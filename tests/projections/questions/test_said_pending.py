"""What is pending is no money yet (26 U.S.C. 451, 461: cash method): it is asked about, with its twin or alone."""

from __future__ import annotations

from typing import Any

import pytest

from lotwork.ledger.history import History
from lotwork.projections.findings import Finding
from lotwork.projections.replay.appendable import read_appendable
from lotwork.projections.replay.book import Book
from tests.projections.house import MAIN, book_of, logged, receipt, sale, told, transfer
from tests.projections.questions.answering import answers

BILL = {"kind": "expense", "id": "bill", "at": "2025-03-01T12:00:00Z", "category": "electricity",
        "amount_usd": "412.40", "note": "City Power", "source": "csv", "row": "aa@11111111.22222222"}  # fmt: skip
EARNED = {"kind": "business_income", "id": "bill", "at": "2025-03-01T12:00:00Z", "category": "hosting",
          "amount_usd": "500", "source": "bank", "note": "Host Co"}  # fmt: skip
RIG = {"kind": "equipment", "id": "bill", "at": "2025-03-01T12:00:00Z", "equipment": "S21", "cost_usd": "4800",
       "acquired": "2025-03-01", "placed_in_service": "2025-03-02", "note": "Bitmain"}  # fmt: skip
TAX = {"kind": "payment", "id": "bill", "at": "2025-04-15T12:00:00Z", "year": 2025, "amount_usd": "1500",
       "type": "estimated", "source": "bank", "note": "IRS USATAXPYMT"}  # fmt: skip
CAME = receipt("bill", "2025-03-01", "0.1", source="exchange", note="Payout")
SOLD = sale("bill", "2025-03-01", "0.1", "9000", source="exchange", note="Sell")
MOVED = transfer("bill", "2025-03-01", "0.1", "cold", "hot", source="exchange", note="Send")
BOUGHT = {key: value for key, value in SOLD.items() if key != "proceeds_usd"} | {"kind": "purchase", "cost_usd": "9000"}


def asked(*lines: dict[str, Any]) -> list[Finding]:
    found = [each for each in book_of(*lines).told() if each.event == "held"]
    return [each for each in found if each.code in ("said_pending", "likely_twins")]


def held(line: dict[str, Any], words: str, **more: Any) -> dict[str, Any]:
    row = {"row": "bb@11111111.22222222"} if line.get("row") else {}
    return line | row | {"id": "held", "note": words} | more


@pytest.mark.parametrize(
    "words", ["PENDING", "pending - {}", "({}) hold", "{} (Pending)", "Pending transaction", "authorization"]
)
@pytest.mark.parametrize("line", [BILL, EARNED, RIG, TAX, CAME, SOLD, MOVED, BOUGHT])
def test_a_pending_row_beside_its_posted_twin_is_asked_about(line: dict[str, Any], words: str) -> None:
    pending = held(line, words.format(line["note"]))
    for lines in ((line, pending), (pending, line)):
        (finding,) = asked(*lines)
        assert (finding.code, "`lotwork add void" in finding.message) == ("likely_twins", True)


@pytest.mark.parametrize("day", ["2025-02-25T12:00:00Z", "2025-03-01T00:00:00Z", "2025-03-06T12:00:00Z"])
def test_it_may_be_posted_some_days_before_or_after(day: str) -> None:
    (finding,) = asked(BILL, held(BILL, "PENDING CITY POWER", at=day))
    assert finding.code == "likely_twins"


@pytest.mark.parametrize(
    "more",
    [
        {"at": "2025-03-09T12:00:00Z"},
        {"at": "2025-02-20T12:00:00Z"},
        {"amount_usd": "412.41"},
        {"kind": "business_income", "category": "hosting"},
    ],
)
def test_what_is_pending_and_was_never_posted_is_told_alone(more: dict[str, Any]) -> None:
    (finding,) = asked(BILL, held(BILL, "PENDING - City Power", **more))
    assert finding.code == "said_pending"
    assert "no money yet" in finding.message


def test_a_round_amount_for_something_else_is_no_twin() -> None:
    bill = BILL | {"amount_usd": "400"}
    (finding,) = asked(bill, held(bill, "PENDING - Gas Works"))
    assert finding.code == "said_pending"


def test_a_word_that_may_say_so_is_asked_about_beside_its_twin_only() -> None:
    pending = held(BILL, "HOLD FOR CITY POWER")
    assert asked(pending) == []
    assert [each.code for each in asked(BILL, pending)] == ["likely_twins"]
    assert [each.code for each in asked(pending, BILL)] == ["likely_twins"]


@pytest.mark.parametrize(
    "words", ["payout, pending confirmation fee", "Hold Fast Storage", "posted (was pending)", "Processing fee for May"]
)
def test_other_notes_with_such_a_word_are_left_alone(words: str) -> None:
    assert asked(CAME, held(CAME, words)) == []
    assert asked(held(BILL, words)) == []


def test_two_that_are_pending_are_two_of_which_each_has_its_own_twin() -> None:
    later = BILL | {"id": "second", "at": "2025-03-02T12:00:00Z"}
    pending = held(BILL, "PENDING City Power")
    other = pending | {"id": "other"}
    found = [each for each in book_of(pending, other, BILL, later).told() if each.code == "likely_twins"]
    assert {each.event for each in found} == {"held", "other"}
    assert {name for each in found for name in ("bill", "second") if f"and {name} tells" in each.message} == {
        "bill",
        "second",
    }


@pytest.mark.parametrize("line", [BILL, EARNED, CAME, SOLD, MOVED])
@pytest.mark.parametrize("alone", [True, False])
def test_each_answer_is_carried_out(line: dict[str, Any], *, alone: bool) -> None:
    lines = [held(line, "PENDING")] if alone else [line, held(line, "PENDING")]
    (finding,) = asked(*lines)
    void, so = answers(finding.message)
    assert asked(*lines, *void) == asked(*lines, *so) == []
    assert "held" not in {each.id for each in History.read(logged(told(*lines, *void)), MAIN).events()}
    assert "held" in {each.id for each in History.read(logged(told(*lines, *so)), MAIN).events()}


def test_a_doubtful_receipt_is_asked_about_once() -> None:
    assert asked(held(CAME, "PENDING", doubt="unexplained")) == []


def test_a_book_that_goes_on_asks_as_one_that_begins_anew() -> None:
    events = told(held(BILL, "PENDING"), BILL | {"at": "2025-03-02T12:00:00Z"})
    log = logged(events[:1])
    resumed = Book.begin(History.read(log, MAIN)).resume(Book.begin(History.read(log, MAIN)).fold().state())
    log.append(events[1:])
    resumed.take(read_appendable(resumed, 1) or ())
    assert resumed.told() == Book.begin(History.read(log, MAIN)).fold().told()
    assert ("likely_twins", "held") in {(finding.code, finding.event) for finding in resumed.told()}

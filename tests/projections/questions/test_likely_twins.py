"""Coins that two sources tell of without a transaction are asked about, and stop the return until a person says."""

from __future__ import annotations

from typing import Any

import pytest

from lotwork.ledger.events import Event
from lotwork.ledger.history import History
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.units import AssetTable
from lotwork.projections.replay.appendable import read_appendable
from lotwork.projections.replay.book import Book
from tests.projections.house import MAIN, book_of, codes, logged, receipt, told, transfer
from tests.projections.questions.answering import answers

PAID = receipt("paid", "2025-03-01T12:00:00Z", "0.01", source="braiins")
CAME = receipt("came", "2025-03-01T18:30:00Z", "0.01", source="coinbase", wallet="exchange")
FUNDS = receipt("funds", "2025-01-01", "5", source="node", wallet="rig")
LEFT = {"kind": "movement", "id": "left", "at": "2025-03-01T12:00:00Z", "wallet": "rig", "asset": "BTC",
        "quantity": "0.01", "source": "node"}  # fmt: skip


def asked(*lines: dict[str, Any]) -> list[tuple[str, str | None]]:
    wanted = {"likely_twins", "likely_transfer", "row_told_twice"}
    return [(finding.code, finding.event) for finding in book_of(*lines).told() if finding.code in wanted]


@pytest.mark.parametrize(
    "other",
    [
        CAME,
        CAME | {"wallet": "cold"},
        CAME | {"at": "2025-03-02T12:00:00Z"},
        CAME | {"at": "2025-02-28T12:00:00Z"},
        CAME | {"txid": "ab" * 32},
        CAME | {"gross_quantity": "0.01", "pool_fee_quantity": "0.0001", "quantity": "0.0099"},
        CAME | {"price_usd": None},
        {name: value for name, value in CAME.items() if name != "source"},
    ],
)
def test_as_much_of_a_coin_from_two_sources_within_a_day_is_a_question(other: dict[str, Any]) -> None:
    later = max(PAID, other, key=lambda line: str(line["at"]))
    assert asked(PAID, other) == [("likely_twins", later["id"])]
    assert asked(other, PAID) == [("likely_twins", later["id"])]


@pytest.mark.parametrize(
    "other",
    [
        CAME | {"source": "braiins"},
        CAME | {"at": "2025-03-02T12:00:01Z"},
        CAME | {"quantity": "0.0103"},
        CAME | {"asset": "LTC"},
        PAID | {"id": "again"},
    ],
)
def test_what_one_source_tells_or_what_is_not_as_much_is_not_asked_about(other: dict[str, Any]) -> None:
    assert asked(PAID, other) == []


def test_other_transactions_are_other_payments() -> None:
    assert asked(PAID | {"txid": "aa" * 32}, CAME | {"txid": "bb" * 32}) == []


def test_two_files_of_two_wallets_are_two_sources() -> None:
    files = {"source": "csv"}
    assert asked(PAID | files, CAME | files) == [("likely_twins", "came")]
    assert asked(PAID | files, CAME | files | {"wallet": "cold"}) == []


def test_payments_are_paired_one_to_one() -> None:
    more = [CAME | {"id": f"came{number}"} for number in range(3)]
    assert asked(PAID, PAID | {"id": "paid2"}, *more) == [("likely_twins", "came0"), ("likely_twins", "came1")]


@pytest.mark.parametrize("quantity", ["0.01", "0.00995", "0.0098"])
@pytest.mark.parametrize("at", ["2025-03-01T12:20:00Z", "2025-03-01T11:55:00Z", "2025-03-02T11:00:00Z"])
def test_coins_that_left_one_wallet_and_came_to_another_are_a_question(quantity: str, at: str) -> None:
    assert asked(FUNDS, LEFT, CAME | {"quantity": quantity, "at": at}) == [("likely_transfer", "came")]


@pytest.mark.parametrize(
    "other", [{"quantity": "0.0101"}, {"quantity": "0.009"}, {"wallet": "rig"}, {"source": "node"}]
)
def test_what_is_no_part_of_what_left_is_not_asked_about(other: dict[str, Any]) -> None:
    assert asked(FUNDS, LEFT, CAME | other) == []


BOUGHT = {"kind": "purchase", "id": "bought", "at": "2025-03-01T12:00:00Z", "wallet": "exchange", "asset": "BTC",
          "quantity": "0.01", "cost_usd": "900", "source": "coinbase"}  # fmt: skip


@pytest.mark.parametrize("quantity", ["0.01", "0.00995", "0.0098"])
@pytest.mark.parametrize("at", ["2025-03-01T12:20:00Z", "2025-03-01T11:55:00Z", "2025-03-02T11:00:00Z"])
@pytest.mark.parametrize("txid", [None, "ab" * 32])
def test_coins_bought_at_a_broker_that_a_node_sees_arrive_are_a_question(
    quantity: str, at: str, txid: str | None
) -> None:
    """What was bought is no gross income (26 U.S.C. 61, 1012) wherever it is sent."""
    arrived = receipt("arrived", at, quantity, source="node", txid=txid)
    assert asked(BOUGHT, arrived) == [("likely_transfer", "arrived")]
    assert asked(arrived, BOUGHT) == [("likely_transfer", "arrived")]
    moved = {"kind": "correction", "id": "c", "at": "2025-04-01T00:00:00Z", "target": "arrived", "reason": "sent on"}
    sent = moved | {"set": {"kind": "transfer", "from_wallet": "exchange"}}
    assert asked(BOUGHT, arrived, sent) == []
    assert asked(BOUGHT, arrived, moved | {"set": {"income": "pool_payout"}}) == []


@pytest.mark.parametrize(
    "other",
    [
        {"quantity": "0.0101"},
        {"quantity": "0.009"},
        {"source": "coinbase"},
        {"at": "2025-03-02T12:00:01Z"},
        {"asset": "LTC"},
        {"wallet": "exchange", "quantity": "0.0099"},
    ],
)
def test_what_is_no_part_of_what_was_bought_is_not_asked_about(other: dict[str, Any]) -> None:
    assert asked(BOUGHT, receipt("arrived", "2025-03-01T12:20:00Z", "0.01", source="node") | other) == []


def test_what_is_told_as_bought_and_as_come_into_one_wallet_is_a_question() -> None:
    arrived = receipt("arrived", "2025-03-01T12:20:00Z", "0.01", source="node", wallet="exchange")
    assert asked(BOUGHT, arrived) == [("likely_twins", "arrived")]


def test_coins_bought_and_seen_to_leave_are_asked_about_where_they_left() -> None:
    left = LEFT | {"wallet": "exchange", "source": "coinbase", "at": "2025-03-01T12:10:00Z"}
    book = book_of(BOUGHT, left, receipt("arrived", "2025-03-01T12:20:00Z", "0.01", source="node"))
    (message,) = (finding.message for finding in book.told() if finding.code == "likely_transfer")
    assert "what left saw leave exchange" in message


@pytest.mark.parametrize("doubt", ["private", "wrapped", "new_payer", "no_payout"])
def test_what_is_in_doubt_is_in_no_figure_and_is_not_asked_about_again(doubt: str) -> None:
    assert codes(book_of(FUNDS, LEFT, CAME | {"doubt": doubt})) == ["movement_unexplained", "inflow_doubtful"]
    assert codes(book_of(PAID, CAME | {"doubt": doubt})) == ["inflow_doubtful"]
    assert asked(FUNDS, LEFT, CAME | {"doubt": "none"}) == [("likely_transfer", "came")]
    assert asked(FUNDS, LEFT, CAME | {"id": "held", "doubt": doubt}, CAME) == [("likely_transfer", "came")]


def test_a_transfer_said_by_hand_and_its_arrival_are_a_question() -> None:
    moved = transfer("moved", "2025-03-01T12:00:00Z", "0.01", "rig", "exchange")
    assert asked(FUNDS, moved, CAME) == [("likely_twins", "came")]
    assert asked(FUNDS, moved, CAME | {"wallet": "elsewhere"}) == []


SAID = transfer("said", "2025-03-01T12:40:00Z", "0.01", "rig", "exchange") | {"source": "coinbase"}


@pytest.mark.parametrize(
    ("left", "said", "fee"),
    [
        ({}, {}, 0),
        ({}, {"quantity": "0.0099"}, 10_000),
        ({}, {"quantity": "0.0099", "fee_quantity": "0.0001"}, 10_000),
        ({"fee_quantity": "0.0001"}, {}, 10_000),
        ({"fee_quantity": "0.001"}, {}, 100_000),
        ({"fee_quantity": "0.001"}, {"quantity": "0.011"}, 0),
        ({"fee_quantity": "0.0001"}, {"fee_quantity": "0.00005"}, 10_000),
        ({}, {"fee_quantity": "0.0005"}, 50_000),
        ({}, {"source": None}, 0),
        ({}, {"txid": "ab" * 32}, 0),
        ({}, {"at": "2025-03-01T11:00:00Z"}, 0),
        ({}, {"at": "2025-03-02T11:00:00Z"}, 0),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_transfer_that_moved_what_another_saw_leave_is_a_question(
    left: dict[str, Any], said: dict[str, Any], fee: int, *, turned: bool
) -> None:
    """Told twice the coins leave twice: a sale made of the movement would be a disposal that never was."""
    lines = [FUNDS, LEFT | left, {key: value for key, value in (SAID | said).items() if value is not None}]
    book = book_of(*(lines if not turned else [FUNDS, *reversed(lines[1:])]))
    (finding,) = (each for each in book.told() if each.event in {"left", "said"} and each.code != "fee_pending")
    assert (finding.code, finding.event) == ("likely_twins", "left")
    one, two = answers(finding.message)
    settled = book_of(*lines, *one)
    assert [code for code in codes(settled) if code != "fee_pending"] == []
    assert settled.balances.held["rig", "BTC"] == 500_000_000 - fee - settled.balances.held["exchange", "BTC"]
    assert [each for each in codes(book_of(*lines, *two)) if each != "fee_pending"] == ["movement_unexplained"]


@pytest.mark.parametrize(
    "other",
    [
        {"from_wallet": "cold"},
        {"quantity": "0.0095"},
        {"quantity": "0.0103"},
        {"source": "node"},
        {"at": "2025-03-02T12:00:01Z"},
        {"asset": "LTC"},
    ],
)
def test_a_transfer_of_something_else_leaves_the_movement_unexplained(other: dict[str, Any]) -> None:
    assert asked(FUNDS, LEFT, SAID | other) == []
    assert "movement_unexplained" in codes(book_of(FUNDS, LEFT, SAID | other))


def test_two_rows_of_one_file_are_a_movement_and_a_transfer() -> None:
    left, said = (each | {"source": "csv", "row": "5e@aa.bb"} for each in (LEFT, SAID))
    assert asked(FUNDS, left, said) == []
    assert asked(FUNDS, left, said | {"row": "5e@cc.dd"}) == [("likely_twins", "left")]
    assert asked(FUNDS, left, said | {"row": "5e@aa.dd"}) == [("likely_twins", "left")]


def test_movements_and_transfers_are_paired_one_to_one_and_arrivals_are_asked_about_too() -> None:
    lefts = [LEFT | {"id": name, "at": f"2025-03-01T1{hour}:00:00Z"} for hour, name in enumerate(("left", "more"))]
    assert asked(FUNDS, *lefts, SAID) == [("likely_twins", "left")]
    came = CAME | {"source": "node 2", "at": "2025-03-01T12:50:00Z"}
    assert ("likely_twins", "left") in asked(FUNDS, LEFT, SAID, came)
    assert {event for _, event in asked(FUNDS, LEFT, SAID, came)} == {"left", "came"}


def test_a_fee_told_apart_does_not_hide_where_the_coins_went() -> None:
    assert asked(FUNDS, LEFT | {"fee_quantity": "0.001"}, CAME) == [("likely_transfer", "came")]
    assert asked(FUNDS, LEFT | {"fee_quantity": "0.0001"}, CAME | {"quantity": "0.009"}) == []


def test_coins_mined_and_sent_on_the_same_day_are_two_things() -> None:
    sent = transfer("sent", "2025-03-01T20:00:00Z", "0.01", "cold", "exchange") | {"source": "coinbase"}
    assert asked(PAID, sent) == []


def test_a_person_answers_either_way() -> None:
    said = {"kind": "correction", "id": "c", "at": "2025-04-01T00:00:00Z", "target": "came", "reason": "another payout"}
    assert asked(PAID, CAME, said | {"set": {"income": "pool_payout"}}) == []
    gone = {"kind": "void", "id": "v", "at": "2025-04-01T00:00:00Z", "target": "came", "reason": "one payment"}
    book = book_of(PAID, CAME, gone)
    assert codes(book) == []
    assert book.income.totals[2025, "pool_payout"] == 1_000_000
    moved = {"kind": "transfer", "from_wallet": "rig"}
    book = book_of(FUNDS, LEFT, CAME, said | {"set": moved}, gone | {"target": "left"})
    assert codes(book) == []


def former(name: str, **more: Any) -> dict[str, Any]:
    return receipt(f"csv-{name * 12}", "2025-03-01", "0.001", "90000", source="csv") | more


def test_a_row_that_a_former_release_doubled_is_told() -> None:
    """Case 01 as release 0.1.0 left it in the log: the same row under two ids."""
    assert asked(former("aa"), former("ab")) == [("row_told_twice", f"csv-{'ab' * 12}")]
    assert asked(former("aa"), former("ab", txid="cc" * 32, note="worker 1")) == [
        ("row_told_twice", f"csv-{'ab' * 12}")
    ]
    bill = {"kind": "expense", "at": "2025-03-01T12:00:00Z", "category": "rent", "amount_usd": "10", "source": "csv"}
    twice = [bill | {"id": f"csv-{name * 12}"} for name in ("0a", "0b")]
    assert asked(*twice) == [("row_told_twice", f"csv-{'0b' * 12}")]


@pytest.mark.parametrize(
    "second",
    [
        former("ab", row="5e"),
        former("aa", id=f"csv-{'aa' * 12}-2"),
        former("ab", quantity="0.002"),
        former("ab", at="2025-03-01T12:00:01Z"),
        former("ab", note="worker 2"),
    ],
)
def test_rows_that_differ_or_that_one_file_told_are_not(second: dict[str, Any]) -> None:
    assert asked(former("aa", note="worker 1"), second) == []


@pytest.mark.parametrize(
    "lines",
    [[PAID, CAME], [FUNDS, LEFT, CAME], [FUNDS, LEFT, SAID], [PAID, CAME, CAME | {"id": "third", "source": "x"}]],
)
def test_a_book_that_goes_on_asks_what_one_from_zero_asks(lines: list[dict[str, Any]]) -> None:
    events: list[Event] = told(*lines)
    for cut in range(1, len(events)):
        log = logged(events[:cut])
        before = Book.begin(History.read(log, MAIN)).fold()
        resumed = Book.begin(History.read(log, MAIN)).resume(before.state())
        log.append(events[cut:])
        tail = read_appendable(resumed, cut)
        assert tail is not None
        resumed.take(tail)
        assert resumed.told() == Book.begin(History.read(log, MAIN)).fold().told()


def test_an_event_may_say_from_which_row_it_comes() -> None:
    assert parse_event(former("aa", row="5e"), AssetTable(), "test").row == "5e"

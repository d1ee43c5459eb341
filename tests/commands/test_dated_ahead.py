"""What has not happened yet is no event: a mistyped 2062 is refused, what is dated ahead by nature is not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.codec import a_kind
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.store import EventStore
from lotwork.ledger.units import AssetTable
from tests.commands.calling import Caller, codes
from tests.commands.test_rows_known_again import take
from tests.projections.house import receipt, sale, transfer

COINS = {"wallet": "cold", "asset": "BTC", "quantity": "1"}
HAPPENED: list[dict[str, Any]] = [
    receipt("a", "2062-03-01", "1"),
    sale("a", "2062-03-01", "1", "10"),
    transfer("a", "2062-03-01", "1", "x", "y"),
    {"kind": "purchase", "cost_usd": "10", **COINS},
    {"kind": "gift", **COINS},
    {"kind": "movement", **COINS},
    {"kind": "expense", "category": "rent", "amount_usd": "10"},
    {"kind": "energy", "kwh": "10", "from": "2026-01-01", "to": "2026-02-01", "meter": "m"},
    {"kind": "payment", "year": 2026, "amount_usd": "10", "type": "estimated"},
    {"kind": "equipment_sale", "equipment": "rig", "proceeds_usd": "10"},
    {"kind": "business_income", "category": "hosting", "amount_usd": "10"},
    {"kind": "balance", **COINS},
]
BY_NATURE: list[dict[str, Any]] = [
    {"kind": "profile", "filing_status": "single"},
    {"kind": "year_facts", "year": 2026, "wages_usd": "10"},
    {"kind": "tariff", "from": "2062-01-01", "price_usd": "0.1"},
    {"kind": "election", "from": "2062-01-01", "method": "lifo"},
    {"kind": "wallet", "wallet": "cold"},
    {"kind": "equipment", "equipment": "rig", "cost_usd": "10", "acquired": "2026-01-01",
     "placed_in_service": "2027-01-01"},
    {"kind": "broker_report", "proceeds_usd": "10", "sold": "2026-03-01", **COINS},
]  # fmt: skip


def name(line: dict[str, Any]) -> str:
    return str(line["kind"])


def later(**apart: float) -> str:
    return print_instant(SystemClock().now() + timedelta(**apart))


@pytest.mark.parametrize("line", HAPPENED, ids=name)
@pytest.mark.parametrize("at", ["2062-03-01T12:00:00Z", "2099-12-31T23:59:59-05:00", "tomorrow and an hour"])
def test_what_cannot_lie_ahead_is_refused(lotwork: Caller, line: dict[str, Any], at: str) -> None:
    at = later(hours=25) if at.startswith("tomorrow") else at
    told = lotwork.take(line | {"at": at}, code=3)
    kind = line["kind"]
    assert "events.jsonl:1: at: 2" in told.err
    assert f"has not come yet, and {a_kind(kind)} is recorded once it happened: correct the date" in told.err
    lotwork.take(line | {"at": later(hours=23)})


@pytest.mark.parametrize("line", BY_NATURE, ids=name)
def test_what_is_dated_ahead_by_nature_is_let_in(lotwork: Caller, line: dict[str, Any]) -> None:
    lotwork.take(line | {"at": "2062-03-01T12:00:00Z"})


def test_a_line_added_and_a_row_of_a_file_are_refused_alike(lotwork: Caller) -> None:
    words = ("add", "expense", "at=2062-03-01T12:00:00Z", "category=rent", "amount_usd=10")
    assert "2062-03-01 has not come yet" in lotwork(*words, code=3).err
    row = "at,wallet,asset,quantity,income\n2062-03-01,cold,BTC,1,pool_payout\n"
    assert "export.csv:2: at: 2062-03-01 has not come yet" in take(lotwork, row, "generic-receipts", code=3).err


def test_what_a_former_release_recorded_is_known_again(lotwork: Caller) -> None:
    line = receipt("a", "2062-03-01", "1")
    with EventStore.open(lotwork.home, clock=SystemClock()) as store:
        store.append(Batch("main", (parse_event(line, AssetTable(), "test"),)))
    assert "0 appended, 1 known already" in lotwork.take(line).out


@pytest.mark.parametrize("kind", ["receipt", "business_income", "balance"])
@pytest.mark.parametrize("selects", [False, True])
def test_a_correction_moves_nothing_to_what_has_not_come_yet(lotwork: Caller, kind: str, *, selects: bool) -> None:
    """26 U.S.C. 451(a): income is of the year it is received in."""
    told = {"receipt": receipt("a", "2025-03-01", "1")} | {str(line["kind"]): line for line in HAPPENED}
    lotwork.take(told[kind] | {"id": "a", "at": "2025-03-01T12:00:00Z"})
    reached = f'select={{"kind": "{kind}"}}' if selects else "target=a"
    said = ("add", "correction", reached, "reason=a slip")
    for at in ("2062-03-01T12:00:00Z", later(hours=25)):
        refused = lotwork(*said, f'set={{"at": "{at}"}}', code=3).err
        assert f"has not come yet, and {a_kind(kind)} is recorded once it happened" in refused
    lotwork(*said, f'set={{"at": "{later(hours=23)}"}}')


def test_a_correction_may_date_ahead_what_is_so_by_nature(lotwork: Caller) -> None:
    lotwork.take({"kind": "tariff", "id": "t", "at": "2025-01-01T00:00:00Z", "from": "2025-01-01", "price_usd": "0.1"})
    lotwork("add", "correction", "target=t", 'set={"at": "2062-03-01T12:00:00Z"}', "reason=a new price")


def test_a_bill_that_is_not_paid_yet_says_no_day_of_its_payment(lotwork: Caller) -> None:
    bill = next(line for line in HAPPENED if line["kind"] == "energy") | {"id": "e", "at": "2026-02-01T12:00:00Z"}
    assert "paid: 2062-03-01 has not come yet" in lotwork.take(bill | {"paid": "2062-03-01"}, code=3).err
    lotwork.take(bill)
    said = ("add", "correction", "target=e", "reason=a slip")
    assert "paid: 2062-03-01 has not come yet" in lotwork(*said, 'set={"paid": "2062-03-01"}', code=3).err
    lotwork(*said, 'set={"paid": "2026-02-03"}')


@pytest.mark.parametrize(
    "line",
    [
        HAPPENED[0],
        HAPPENED[1],
        next(line for line in HAPPENED if line["kind"] == "payment"),
        next(line for line in HAPPENED if line["kind"] == "energy")
        | {"at": "2026-02-01T12:00:00Z", "paid": "2062-03-01"},
        receipt("a", "2025-03-01", "1") | {"wallet": "WALLET"},
        receipt("a", "2025-03-01", "1") | {"txid": f"{'ab' * 32}:1"},
    ],
    ids=["receipt", "sale", "payment", "a bill's payment", "a wallet", "an output"],
)
def test_a_log_written_before_travels_and_goes_on_being_told(lotwork: Caller, line: dict[str, Any]) -> None:
    given = {"at": "2062-03-01T12:00:00Z", "id": "a", **line}
    held = [receipt("r", "2025-03-01", "1"), given]
    with EventStore.open(lotwork.home, clock=SystemClock()) as store:
        store.append(Batch("main", tuple(parse_event(each, AssetTable(), "test") for each in held)))
    other = lotwork.beside("other")
    told = other.bring(lotwork("export").out)
    assert "2 appended" in told.out
    assert "1 event is let in as the log they come from holds them" in told.out
    assert other("export").out == lotwork("export").out
    for home in (lotwork, other):
        answer = home("income", "--year", "2025", "--json", code=None).result
        assert answer["totals"] == lotwork("income", "--year", "2025", "--json", code=None).result["totals"]
        if given["at"] > "2062":
            assert "dated_ahead" in codes(answer["findings"])
            assert "dated_ahead:a" in home("file", "--year", "2025", code=3).err
            assert (
                codes(home("income", "--year", "2025", "--as-of", "2026-01-01", "--json").result["findings"]) == set()
            )
    assert "let in as the log" not in lotwork.take(receipt("s", "2025-03-02", "1")).out


@pytest.mark.parametrize("kind", ["correction", "void"])
def test_what_is_dated_ahead_is_settled_by_a_word(lotwork: Caller, kind: str) -> None:
    with EventStore.open(lotwork.home, clock=SystemClock()) as store:
        store.append(Batch("main", (parse_event(receipt("a", "2062-03-01", "1"), AssetTable(), "test"),)))
    words = ['set={"at": "2026-03-01T12:00:00Z"}'] if kind == "correction" else []
    lotwork("add", kind, "target=a", *words, "reason=a slip of the pen")
    lotwork("income", "--year", "2026", "--json")


def test_a_line_that_only_says_it_was_exported_needs_the_id_it_had(lotwork: Caller) -> None:
    line = {**HAPPENED[0], "exported": True}
    del line["id"]
    assert "exported: a receipt has no such key" in lotwork.take(line, code=3).err

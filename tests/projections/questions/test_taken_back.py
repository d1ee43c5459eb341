"""What rests on a source's first word is told, and stops the filing, once that was taken back or told otherwise.

All else about a reorganisation settles itself: a twin that follows, an output that is restored, a block that moved.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lotwork.projections.filing.check import prepare
from lotwork.projections.findings import Finding
from lotwork.projections.questions.taken_back import LEFT, OTHERWISE, SAID
from lotwork.rules.load import Law
from tests.projections.house import instant, receipt, shared_book, transfer

NOW = datetime(2026, 11, 29, tzinfo=UTC)
FIRST, SECOND = "aa" * 32, "bb" * 32
ME: dict[str, Any] = {"kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "filing_status": "single",
                      "time_zone": "UTC", "activity": "business", "jurisdiction": "us"}  # fmt: skip
POOL = receipt("ocean:a:payouts:1", "2025-03-01", "0.05", source="ocean", pool="ocean", txid=FIRST)


def on_chain(txid: str, vout: int = 0, quantity: str = "0.05", **more: Any) -> dict[str, Any]:
    line = receipt(f"bitcoin:{txid}:{vout}", "2025-03-01", quantity, source="node", txid=txid, vout=vout)
    return line | {"height": 800_000, "block_hash": "0" * 64, **more}


def orphaned(name: str, number: int = 1) -> dict[str, Any]:
    return void(f"{name}:orphaned:{number}", name, source="node")


def restored(name: str, number: int = 1) -> dict[str, Any]:
    return void(f"{name}:restored:{number}", f"{name}:orphaned:{number}", source="node")


def void(name: str, target: str, **more: Any) -> dict[str, Any]:
    return {"kind": "void", "id": name, "at": instant("2025-03-02"), "target": target, "reason": "gone", **more}


def correction(name: str, target: str, day: str, change: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": "correction", "id": name, "at": instant(day), "target": target, "set": change,
            "reason": "known now", **more}  # fmt: skip


def found(*lines: dict[str, Any], year: int = 2025) -> list[tuple[str, str | None]]:
    """Return what of these three is told of *lines*, all of which the return of a *year* waits for, not one before."""
    book = shared_book(ME, *lines)
    codes = (LEFT, SAID, OTHERWISE)
    told = [(each.code, each.event) for each in book.told() if each.code in codes]
    law = Law.load()
    stops = [(each.code, each.event) for each in prepare(book, law, year, NOW).open if each.code in codes]
    assert stops == (told if year >= 2025 else [])
    return told


CHAIN = on_chain(FIRST)
GONE = orphaned(CHAIN["id"])
OTHER = on_chain(SECOND)
ASKED = [(LEFT, POOL["id"])]


@pytest.mark.parametrize("other", [[], [OTHER], [on_chain(SECOND, quantity="0.0499")], [on_chain(SECOND, 3)]])
def test_a_payout_whose_transaction_left_the_chain_is_asked_about(other: list[dict[str, Any]]) -> None:
    assert found(POOL, CHAIN, *other) == []
    assert found(POOL, CHAIN, GONE, *other) == ASKED
    assert found(POOL, CHAIN, GONE, *other, year=2024) == ASKED


@pytest.mark.parametrize(
    "spelled",
    [
        [POOL | {"txid": FIRST.upper()}],
        [POOL | {"txid": f"0x{FIRST}"}],
        [POOL | {"txid": None}, correction("later", POOL["id"], "2025-03-02", {"txid": FIRST})],
        [POOL | {"txid": None}, correction("x:moved:1", POOL["id"], "2025-03-02", {"txid": FIRST}, source="ocean")],
        [transfer(POOL["id"], "2025-03-01", "0.05", "exchange", "cold", txid=FIRST, source="kraken")],
    ],
)
def test_however_it_names_the_transaction(spelled: list[dict[str, Any]]) -> None:
    assert found(*spelled, CHAIN, GONE) == ASKED


@pytest.mark.parametrize(
    "settled",
    [
        [restored(CHAIN["id"])],
        [correction("ocean:a:payouts:1:moved:1", POOL["id"], "2025-03-03", {"txid": SECOND}, source="ocean")],
        [correction("said", POOL["id"], "2025-03-03", {"txid": SECOND})],
        [correction("said", POOL["id"], "2025-03-03", {"txid": None})],
        [void("said", POOL["id"])],
        [on_chain(FIRST, 7)],
    ],
    ids=["on the chain again", "the pool says it", "another", "none", "never came", "another output stands"],
)
def test_what_settles_it(settled: list[dict[str, Any]]) -> None:
    assert found(POOL, CHAIN, GONE, OTHER, *settled) == []


def test_an_answer_can_be_pasted() -> None:
    (finding,) = told(LEFT, POOL, CHAIN, GONE)
    assert f"""lotwork add correction target={POOL["id"]} 'set={{"txid": "TXID"}}'""" in finding.message
    assert f"lotwork add void target={POOL['id']}" in finding.message


def told(code: str, *lines: dict[str, Any]) -> list[Finding]:
    return [each for each in shared_book(ME, *lines).told() if each.code == code]


SAYING = correction("said", CHAIN["id"], "2025-03-02", {"income": "other"})


def test_what_a_person_said_of_what_is_gone_is_told_until_it_is_taken_back_or_the_coins_are_there_again() -> None:
    assert found(CHAIN, SAYING) == []
    assert found(CHAIN, SAYING, GONE, OTHER) == [(SAID, CHAIN["id"])]
    assert found(CHAIN, SAYING, GONE, restored(CHAIN["id"])) == []
    assert found(CHAIN, SAYING, GONE, restored(CHAIN["id"]), orphaned(CHAIN["id"], 2)) == [(SAID, CHAIN["id"])]
    assert found(CHAIN, SAYING, GONE, void("unsaid", "said")) == []


def test_of_what_a_person_took_out_and_of_what_the_source_itself_corrected_nothing_is_asked() -> None:
    own = correction(f"{CHAIN['id']}:moved:1", CHAIN["id"], "2025-03-02", {"height": 5}, source="node")
    assert found(CHAIN, own, GONE) == []
    assert found(CHAIN, SAYING, void("mine", CHAIN["id"])) == []
    assert found(CHAIN, void("mine", CHAIN["id"]), GONE) == []


def moved(change: dict[str, Any], day: str = "2025-03-09") -> dict[str, Any]:
    return correction(f"{POOL['id']}:moved:1", POOL["id"], day, change, source="ocean")


@pytest.mark.parametrize(
    ("mine", "its", "asked"),
    [
        ({"quantity": "0.04"}, {"quantity": "0.06"}, True),
        ({"at": "2024-12-31T12:00:00Z"}, {"at": "2025-03-05T12:00:00Z", "quantity": "0.06"}, True),
        ({"quantity": "0.04"}, {"quantity": "0.04"}, False),
        ({"quantity": "0.04"}, {"at": "2025-03-05T12:00:00Z"}, False),
        ({"doubt": "none"}, {"doubt": "wrong_unit"}, False),
    ],
)
def test_what_a_person_corrected_and_the_source_told_otherwise_since_is_told(
    mine: dict[str, Any], its: dict[str, Any], asked: bool
) -> None:
    step = correction("said", POOL["id"], "2025-03-05", mine)
    again = correction("again", POOL["id"], "2025-03-10", mine)
    expected = [(OTHERWISE, POOL["id"])] if asked else []
    assert found(POOL, step, moved(its)) == expected
    assert found(POOL, step, moved(its, "2025-03-04")) == [], "a person's later word counts"
    assert found(POOL, step, moved(its), void("unsaid", "said")) == []
    assert found(POOL, step, moved(its), again) == []

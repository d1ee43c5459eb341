"""The door by itself: what is let in, in which order, and what is held against what."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.intake import Intake
from lotwork.ledger.public_form.jsonlines import TextLine
from tests.projections.house import logged, receipt, told

A, B = receipt("a", "2025-01-01", "1"), receipt("b", "2025-01-02", "1")
ASSET = {"kind": "asset", "id": "rvn", "at": "2020-01-01T00:00:00Z", "asset": "RVN", "decimals": 4}


def intake(*recorded: dict[str, Any], **words: Any) -> Intake:
    return Intake(logged(told(*recorded)), **words)


def taken(door: Intake, *lines: dict[str, Any], folder: Path = Path()) -> list[str]:
    """Take *lines*, check them, and return the ids let in."""
    door.take([TextLine(f"f:{number}", line) for number, line in enumerate(lines, start=1)], folder)
    door.check()
    return [event.id for event in door.events["main"]]


def refusal(door: Intake, *lines: dict[str, Any]) -> list[str]:
    with pytest.raises(InputRefusedError) as refused:
        taken(door, *lines)
    return [str(problem) for problem in refused.value.problems]


def test_events_are_let_in_in_the_order_told_but_what_waits_for_its_asset() -> None:
    """From the first line whose asset is not known yet all wait, so that no two of them change places."""
    rvn = A | {"asset": "RVN"}
    assert taken(intake(), B, rvn, A | {"id": "later"}, ASSET, rvn | {"id": "last"}) == [
        "b",
        "rvn",
        "a",
        "later",
        "last",
    ]


def test_where_an_event_was_told_is_known() -> None:
    door = intake()
    taken(door, A, B)
    assert door.where("main", "b") == "f:2"
    assert door.where("main", "z") is None
    assert door.where("her", "b") is None


def test_the_books_of_lines_are_kept_apart_and_the_default_is_the_callers() -> None:
    door = intake(default_book="main")
    door.take([TextLine("f:1", A | {"book": None}), TextLine("f:2", A | {"book": "main", "quantity": "1"})], Path())
    door.check()
    assert {book: len(events) for book, events in door.events.items()} == {"main": 1}


def test_one_problem_is_one_and_two_are_two() -> None:
    door = intake()
    door.take([TextLine("f:1", {"kind": "luck"})], Path())
    with pytest.raises(InputRefusedError, match="refused: 1 problem, nothing was appended"):
        door.check()
    door = intake()
    door.take([TextLine("f:1", {"kind": "luck"}), TextLine("f:2", {"kind": "luck"})], Path())
    with pytest.raises(InputRefusedError, match="refused: 2 problems, nothing was appended"):
        door.check()


def test_a_correction_of_an_event_in_the_log_is_held_against_what_it_is_now() -> None:
    movement = {"kind": "movement", "id": "m", "at": "2025-05-01T00:00:00Z", "wallet": "cold", "asset": "BTC"}
    correction = {"kind": "correction", "target": "m", "reason": "r"}
    sold = correction | {"id": "x", "at": "2025-06-01T00:00:00Z", "set": {"kind": "sale", "proceeds_usd": "5"}}
    fee = {"set": {"fee_usd": "1"}, "id": "y"}
    recorded = (A, movement | {"quantity": "0.5"}, sold)
    assert taken(intake(*recorded), correction | fee | {"at": "2025-06-02T00:00:00Z"}) == ["y"]
    early = correction | fee | {"at": "2025-05-31T00:00:00Z"}
    assert refusal(intake(*recorded), early) == [
        "f:1: set: fee_usd: a movement has no such key: set what the event can hold"
    ]


def test_evidence_without_a_keeper_is_looked_for_and_left_out(tmp_path: Path) -> None:
    (tmp_path / "bill.pdf").write_bytes(b"a bill")
    door = intake()
    taken(door, A | {"evidence": "bill.pdf"}, folder=tmp_path)
    assert door.events["main"][0].evidence is None


def test_evidence_kept_before_is_named_by_its_digest() -> None:
    door = intake(keep=lambda _path: "never called")
    taken(door, A | {"evidence": "ab" * 32})
    assert door.events["main"][0].evidence == "ab" * 32


def test_evidence_that_cannot_be_read_is_a_problem_of_its_line(tmp_path: Path) -> None:
    (tmp_path / "bill.pdf").write_bytes(b"a bill")

    def keep(path: Path) -> str:
        raise PermissionError(13, "Permission denied", str(path))

    door = intake(keep=keep)
    door.take([TextLine("f:1", A | {"evidence": "bill.pdf"})], tmp_path)
    assert [str(problem) for problem in door.problems] == [
        "f:1: evidence: 'bill.pdf': Permission denied: let it be read"
    ]


def test_what_the_log_knows_with_other_content_is_told_by_line() -> None:
    door = intake(A)
    taken(door, B, A | {"quantity": "2"})
    door.check_recorded()
    (problem,) = door.problems
    assert (problem.where, problem.key) == ("f:2", "id")
    again = intake(A)
    taken(again, A, B)
    again.check_recorded()
    assert again.problems == []


def test_a_longer_circle_of_voids_is_refused_and_a_chain_is_not() -> None:
    void = {"kind": "void", "at": "2025-06-01T00:00:00Z", "reason": "r"}
    ring = [void | {"id": name, "target": target} for name, target in (("u", "v"), ("v", "w"), ("w", "u"))]
    assert len(refusal(intake(A), *ring)) == 3
    chain = [void | {"id": name, "target": target} for name, target in (("u", "a"), ("v", "u"), ("w", "v"))]
    assert taken(intake(A), *chain) == ["u", "v", "w"]
    rest = [void | {"id": "x", "target": "u"}, *ring]
    assert len(refusal(intake(A), *rest)) == 3

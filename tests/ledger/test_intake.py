"""The door by itself: what is let in, in which order, and what is held against what."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.evidence_told import EvidenceTold
from lotwork.ledger.intake import Intake
from lotwork.ledger.public_form.jsonlines import TextLine
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.storage.rows import Tail, Written, write_down
from tests.ledger.public_form.plain_lines import lines as plain_lines
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


def test_evidence_is_left_out_where_nobody_keeps_any(tmp_path: Path) -> None:
    door = intake()
    taken(door, A | {"evidence": "bill.pdf"}, B | {"evidence": "ab" * 32}, folder=tmp_path)
    assert [event.evidence for event in door.events["main"]] == [None, None]


def test_evidence_that_is_kept_is_named_by_its_digest(tmp_path: Path) -> None:
    kept = Evidence(tmp_path).keep(b"a bill")
    door = intake(evidence=EvidenceTold(Evidence(tmp_path)))
    taken(door, A | {"evidence": kept})
    assert next(iter(door.events["main"])).evidence == kept


def test_a_digest_of_nothing_that_is_kept_is_refused_in_words(tmp_path: Path) -> None:
    void = {"kind": "correction", "at": "2025-06-01T00:00:00Z", "reason": "r", "target": "a"}
    door = intake(evidence=EvidenceTold(Evidence(tmp_path)))
    told = refusal(door, A | {"evidence": "ab" * 32}, void | {"set": {"evidence": "cd" * 32}}, B)
    remedy = "bring the file (`lotwork export --evidence evidence` lays it beside an export), or leave the key out"
    assert told == [
        f"f:1: evidence: no evidence abababababababab… is kept here: {remedy}",
        f"f:2: set: no evidence cdcdcdcdcdcdcdcd… is kept here: {remedy}",
    ]


def test_what_the_log_knows_is_known_though_its_evidence_was_lost(tmp_path: Path) -> None:
    door = intake(A | {"evidence": "ab" * 32}, evidence=EvidenceTold(Evidence(tmp_path)))
    assert taken(door, A | {"evidence": "ab" * 32}) == ["a"]


def test_evidence_that_a_line_brings_is_there_for_the_others(tmp_path: Path) -> None:
    (tmp_path / "bill.pdf").write_bytes(b"a bill")
    digest = hashlib.sha256(b"a bill").hexdigest()
    home = Evidence(tmp_path / "home")
    door = intake(evidence=EvidenceTold(home))
    taken(door, A | {"evidence": digest}, B | {"evidence": "bill.pdf"}, folder=tmp_path)
    assert home.read(digest) == b"a bill"


@pytest.mark.parametrize("place", ["{0}", "evidence/{0}", "evidence/{1}/{0}"])
def test_a_digest_whose_file_comes_along_is_kept(tmp_path: Path, place: str) -> None:
    digest = hashlib.sha256(b"a bill").hexdigest()
    beside = tmp_path / place.format(digest, digest[:2])
    beside.parent.mkdir(parents=True, exist_ok=True)
    beside.write_bytes(b"another bill")
    home = Evidence(tmp_path / "home")
    with pytest.raises(InputRefusedError):
        taken(intake(evidence=EvidenceTold(home)), A | {"evidence": digest}, folder=tmp_path)
    beside.write_bytes(b"a bill")
    taken(intake(evidence=EvidenceTold(home)), A | {"evidence": digest}, folder=tmp_path)
    assert home.read(digest) == b"a bill"


def test_nothing_is_kept_of_what_is_refused_or_only_tried(tmp_path: Path) -> None:
    (tmp_path / "bill.pdf").write_bytes(b"a bill")
    home = Evidence(tmp_path / "home")
    line = A | {"evidence": "bill.pdf"}
    taken(intake(evidence=EvidenceTold(home, only_try=True)), line, folder=tmp_path)
    with pytest.raises(InputRefusedError):
        taken(intake(evidence=EvidenceTold(home)), line, B | {"quantity": "-1"}, folder=tmp_path)
    assert list(home.kept()) == []


def test_a_file_that_changed_while_it_was_let_in_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bill.pdf").write_bytes(b"a bill")
    door = intake(evidence=EvidenceTold(Evidence(tmp_path / "home")))
    door.take([TextLine("f:1", A | {"evidence": "bill.pdf"})], tmp_path)
    (tmp_path / "bill.pdf").write_bytes(b"another")
    with pytest.raises(InputRefusedError, match="it changed while it was let in"):
        door.check()


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


HIDING = ("\u202e", "\u2066", "\u200b", "\u200f", "\u00ad", "\ufeff", "\u2028", "\u0085", "\u3164", "\U000e0061")
RENAMED = {"kind": "correction", "id": "c", "at": "2025-06-01T00:00:00Z", "reason": "r"}


@pytest.mark.parametrize("letter", HIDING, ids=ascii)
def test_a_name_with_a_letter_that_nobody_sees_is_refused(letter: str) -> None:
    named = f"co{letter}ld"
    lines = (
        A | {"wallet": named},
        A | {"id": named},
        A | {"source": named},
        A | {"pool": named},
        A | {"payer": named},
        ASSET | {"asset": named},
        {"kind": "expense", "id": "e", "at": "2025-01-01T00:00:00Z", "category": named, "amount_usd": "1"},
        RENAMED | {"target": "b", "set": {"wallet": named}},
        RENAMED | {"select": {"wallet": "cold"}, "set": {"wallet": named}},
    )
    for line in lines:
        told = refusal(intake(B), line)
        assert told, line
        assert all(problem.isprintable() for problem in told), line


@pytest.mark.parametrize("name", ["cold", "kühl", "冷たい", "холодный", "كيف", "❤️ ledger", "a\u00a0b"])
def test_a_name_in_any_letters_that_are_seen_is_let_in(name: str) -> None:
    assert taken(intake(), A | {"wallet": name}) == ["a"]


def test_a_remark_may_hold_what_its_language_needs() -> None:
    assert taken(intake(), A | {"note": "\u0645\u06cc\u200c\u062e\u0648 \u200f\u05e9"}) == ["a"]


def test_an_old_name_stays_known_and_can_be_pointed_at_and_mended() -> None:
    old = A | {"id": "o\u200bld", "wallet": "co\u202eld"}
    assert taken(intake(old), old) == ["o\u200bld"]
    by_id = RENAMED | {"target": "o\u200bld", "set": {"wallet": "cold"}}
    by_name = RENAMED | {"select": {"wallet": "co\u202eld"}, "set": {"wallet": "cold"}}
    assert taken(intake(old), by_id) == ["c"]
    assert taken(intake(old), by_name) == ["c"]
    void = {"kind": "void", "id": "v", "at": "2025-06-01T00:00:00Z", "reason": "r", "target": "o\u200bld"}
    assert taken(intake(old), void) == ["v"]


def let_in(lines: list[dict[str, Any]]) -> tuple[list[str], list[object]]:
    """Return what is refused of *lines*, and what is let in as it would be stored, with where each was told."""
    door = intake(now=datetime(2026, 1, 1, tzinfo=UTC))
    door.take([TextLine(f"f:{number}", line) for number, line in enumerate(lines, start=1)], None)
    try:
        door.check()
    except InputRefusedError as refused:
        return [str(problem) for problem in refused.problems], []
    tail = Tail("main")
    stored = [write_down(each) if not isinstance(each, Written) else each for each in door.events["main"].written()]
    return [], [(door.where("main", each.id), tail.follow(each)) for each in stored]


@settings(max_examples=60)
@given(st.lists(plain_lines(), max_size=4))
def test_the_short_way_in_lets_in_and_refuses_what_the_long_way_does(lines: list[dict[str, Any]]) -> None:
    """The same rows with the same hashes, or the same words, line by line; ids may meet."""
    short = let_in(lines)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("lotwork.ledger.at_sight.at_sight", lambda *_: None)
        patched.setattr("lotwork.ledger.intake.is_plainly_well", lambda *_: False)
        patched.setattr("lotwork.ledger.public_form.contract.plain_receipt", lambda *_: None)
        assert let_in(lines) == short


def test_the_short_way_in_is_taken() -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("lotwork.ledger.intake.parse_event", lambda *_: pytest.fail("the long way was gone"))
        assert taken(intake(), A, B) == ["a", "b"]

"""A key that a source's answers never had is asked about once, by source and keys, and answered once."""

from __future__ import annotations

from typing import Any

from lotwork.ledger.kinds.coins import NEW_KEYS
from lotwork.projections.questions.keys_unknown import KEYS_UNKNOWN
from tests.projections.house import book_of, receipt
from tests.projections.questions.answering import answers


def row(name: str, day: str, keys: str, source: str = "ocean", **more: Any) -> dict[str, Any]:
    return receipt(
        name, day, "0.01", note=f"paid in the coinbase; {NEW_KEYS}{keys}", source=source, pool=source, **more
    )


def asked(*lines: Any) -> list[tuple[str | None, str]]:
    return [(one.event, one.message) for one in book_of(*lines).told() if one.code == KEYS_UNKNOWN]


def test_it_is_asked_about_at_the_first_row_and_answered_for_all() -> None:
    rows = [
        row("a", "2025-01-01", "fee_extra"),
        row("b", "2025-01-09", "fee_extra"),
        row("c", "2025-01-17", "fee_extra"),
    ]
    ((event, words),) = asked(*rows)
    assert event == "a"
    assert words.startswith("ocean told a with what no answer of it had before: fee_extra: ")
    (right,) = answers(words)
    assert asked(*rows, *right) == []


def test_other_keys_and_other_sources_are_questions_of_their_own() -> None:
    rows = [
        row("a", "2025-01-01", "fee_extra"),
        row("b", "2025-01-09", "fee_extra, state"),
        row("c", "2025-01-17", "fee_extra", source="braiins"),
        receipt("d", "2025-01-25", "0.01", note="by FPPS"),
    ]
    assert [event for event, _ in asked(*rows)] == ["a", "b", "c"]


def test_a_row_that_moves_coins_is_asked_about_too() -> None:
    earned = receipt("r", "2025-01-01", "1", wallet="braiins", pool="braiins")
    moved = {"kind": "transfer", "id": "t", "at": "2025-01-02T00:00:00Z", "from_wallet": "braiins", "to_wallet": "cold"}
    told = {**moved, "asset": "BTC", "quantity": "0.5", "source": "braiins", "note": f"{NEW_KEYS}network"}
    assert [event for event, _ in asked(earned, told)] == ["t"]

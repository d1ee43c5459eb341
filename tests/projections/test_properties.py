"""What is true of every history: order, repetition, voids and corrections change no figure they should not."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.history import History
from lotwork.projections.questions.price_left import CODE as PRICE_LEFT
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.state import digest_of
from tests.projections.house import MAIN, logged, told
from tests.projections.test_oracle import elections, histories, lines

YEARS = range(2023, 2028)


def folded(public: list[dict[str, Any]]) -> Book:
    return Book.begin(History.read(logged(told(*public)), MAIN), YEARS).fold()


def figures(book: Book) -> tuple[object, ...]:
    """Return everything a return is made from."""
    return (
        digest_of(book),
        tuple(book.gains.rows),
        tuple(book.gains.removals),
        book.open_lots(),
        tuple(book.income.rows),
        sorted(
            finding.code for finding in book.told() if finding.code != PRICE_LEFT
        ),  # that asks of a correction itself
    )


@settings(max_examples=60)
@given(histories(), elections, st.randoms())
def test_the_order_of_import_changes_no_figure(steps: list[Any], elected: list[Any], chance: Any) -> None:
    """Where no two events share an instant: ties break by position."""
    public = lines(steps, elected)
    shuffled = list(public)
    chance.shuffle(shuffled)
    assert figures(folded(shuffled)) == figures(folded(public))


@settings(max_examples=60)
@given(histories(), st.integers(0, 15))
def test_a_void_leaves_the_figures_as_if_the_event_had_never_been(steps: list[Any], which: int) -> None:
    public = lines(steps)
    gone = public[which % len(public)]
    void = {"kind": "void", "id": "v", "at": "2026-01-01T00:00:00Z", "target": gone["id"], "reason": "never was"}
    assert figures(folded([*public, void])) == figures(folded([line for line in public if line is not gone]))
    back = void | {"id": "w", "target": "v"}
    assert figures(folded([*public, void, back])) == figures(folded(public))


@settings(max_examples=60)
@given(histories(), st.integers(0, 15), st.integers(1, 200_000))
def test_a_correction_is_the_event_as_it_should_have_been_told(steps: list[Any], which: int, sats: int) -> None:
    public = [{key: value for key, value in line.items() if key != "lots"} for line in lines(steps)]
    wrong = public[which % len(public)]
    quantity = f"{sats // 10**8}.{sats % 10**8:08}"
    correction = {
        "kind": "correction", "id": "x", "at": "2026-01-01T00:00:00Z", "target": wrong["id"], "reason": "typing",
        "set": {"quantity": quantity},
    }  # fmt: skip
    right = [line | {"quantity": quantity} if line is wrong else line for line in public]
    assert figures(folded([*public, correction])) == figures(folded(right))
    overruled = correction | {"id": "y", "at": "2026-01-02T00:00:00Z", "set": {"quantity": wrong["quantity"]}}
    assert figures(folded([*public, overruled, correction])) == figures(folded(public))


@settings(max_examples=40)
@given(histories(), elections)
def test_a_part_of_history_folded_until_a_day_is_that_part_alone(steps: list[Any], elected: list[Any]) -> None:
    public = lines(steps, elected)
    day = steps[len(steps) // 2].at.date()
    early = [line for line, at in zip(public[len(elected) :], steps, strict=False) if at.at.date() <= day]
    part = Book.begin(History.read(logged(told(*public)), MAIN), YEARS).fold(until=day)
    assert figures(part) == figures(folded([*public[: len(elected)], *early]))

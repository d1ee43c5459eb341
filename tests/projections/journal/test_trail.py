"""The trail of every lot: what came is what left and what is held, to the micro-dollar, wherever it was moved."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from hypothesis import given, settings

from lotwork.ledger.history import History
from lotwork.projections.journal.trail import Piece, Trail, trail
from lotwork.projections.lots import EVERYWHERE
from lotwork.projections.replay.book import Book
from lotwork.rules.load import Law
from tests.projections.house import MAIN, logged, receipt, sale, told, transfer
from tests.projections.test_oracle import elections, histories, lines

LAW = Law.load()


def followed(*public: dict[str, Any]) -> tuple[Trail, Book]:
    """Return the trail of a history, and the same book folded without looking on."""
    log = logged(told(*public))
    folded = Book.begin(History.read(log, MAIN), range(2009, 2101), LAW).fold()
    return trail(History.read(log, MAIN), LAW), folded


def end_of(piece: Piece) -> str:
    return piece.steps[-1].to_wallet if piece.steps else piece.wallet


@settings(max_examples=30)
@given(histories(), elections)
def test_looking_on_changes_nothing_and_nothing_is_lost(steps: list[Any], elected: list[Any]) -> None:
    seen, book = followed(*lines(steps, elected))
    rows = [each.row for each in seen.leaving if each.row is not None]
    assert rows == book.gains.rows
    for each in seen.leaving:
        if each.row is not None and each.row.lot is not None:
            assert sum(piece.quantity for piece in each.pieces) == each.row.quantity
            assert each.basis == each.row.basis_usd_micros
            expected = each.disposal.wallet if book.lots.per_wallet and each.day.year >= 2025 else EVERYWHERE
            assert {end_of(piece) for piece in each.pieces} == {expected}
    held: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for piece in seen.held:
        total = held[end_of(piece), piece.lot]
        total[0] += piece.quantity
        total[1] += piece.basis
    lots = {
        (wallet, lot.id): [lot.quantity, lot.basis]
        for (wallet, _), pool in book.lots.pools.items() for lot in pool.lots()
    }  # fmt: skip
    assert held == lots


def test_a_part_that_was_moved_twice_and_back_tells_its_way() -> None:
    seen, _ = followed(
        receipt("r", "2025-01-10", "1", "100"), transfer("a", "2025-02-01", "0.6", "cold", "hot"),
        transfer("b", "2025-02-02", "0.2", "hot", "cold"), sale("s", "2025-03-01", "0.5", "90"),
    )  # fmt: skip
    (leaving,) = seen.leaving
    ways = [([(step.from_wallet, step.to_wallet) for step in piece.steps], piece.quantity) for piece in leaving.pieces]
    assert ways == [([("cold", "hot"), ("hot", "cold")], 20_000_000), ([], 30_000_000)]
    assert [end_of(piece) for piece in seen.held] == ["cold", "hot"]


def test_at_the_turn_of_2025_the_pool_becomes_wallets() -> None:
    seen, _ = followed(receipt("r", "2024-01-10", "1", "100"), sale("s", "2024-03-01", "0.25", "90"),
                       sale("t", "2025-03-01", "0.25", "90"))  # fmt: skip
    before, after = (each.pieces[0] for each in seen.leaving)
    assert (before.wallet, before.steps) == (EVERYWHERE, ())
    assert (after.wallet, [(step.event, step.to_wallet) for step in after.steps]) == (EVERYWHERE, [(None, "cold")])

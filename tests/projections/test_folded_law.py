"""What a fold may ask of the law: two laws that agree in it share one book, and each figure is that of its own fold."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

import pytest

from lotwork.ledger.history import History
from lotwork.projections.filing.law_effect import effects
from lotwork.projections.filing.line_changes import LineChange, entries_of, line_changes
from lotwork.projections.law_in_force import FOLDED, folded_law, law_in_force
from lotwork.projections.liability import liability
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.checkpoint import Checkpoints
from lotwork.projections.replay.resuming import folded
from lotwork.rules.compare import difference
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.load import Law
from tests.projections.house import MAIN, logged, told
from tests.projections.replay.test_checkpoint import WASHED, keep, store_of
from tests.rules.us.law import LAW

YEARS = (2024, 2025)


def with_rule(figure: str, value: Any) -> Law:
    line = {"kind": "rule", "id": "r", "at": "2024-12-01T00:00:00Z", "figure": figure, "from": "2025-01-01",
            "value": value, "cite": "a bill", "reason": "what if"}  # fmt: skip
    return law_in_force(History.read(logged(told(line)), MAIN), LAW)


RATE = with_rule("us/self_employment/oasdi_wage_base", "100000")
WASH = with_rule("us/wash_sale/reaches_coin", True)


def moved(before: Law, after: Law, history: History) -> dict[int, tuple[LineChange, ...]]:
    found = effects(history, before, after, YEARS, difference(before, after))
    return {each.year: tuple(line.move for line in each.lines) for each in found}


def test_a_fold_is_told_no_figure_of_another_topic() -> None:
    part = folded_law(RATE)
    assert part.topics() == FOLDED
    assert part.entry("us/wash_sale/window_days") == LAW.entry("us/wash_sale/window_days")
    with pytest.raises(UnknownFigureError):
        part.in_year("us/self_employment/oasdi_wage_base", 2025)


def test_laws_that_agree_in_what_a_fold_asks_come_to_one_digest() -> None:
    assert folded_law(RATE).digest == folded_law(LAW).digest != LAW.digest != RATE.digest
    assert folded_law(WASH).digest != folded_law(LAW).digest
    assert folded_law(WASH).figure("us/wash_sale/reaches_coin", date(2025, 2, 1)).switch()


@pytest.mark.parametrize(("law", "books"), [(RATE, 1), (WASH, 2)], ids=["a rate", "wash sales"])
def test_lines_that_move_are_those_of_a_fold_for_each_law_and_year(
    law: Law, books: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Law] = []

    def counted(history: History, years: Collection[int], asked: Law) -> Book:
        made.append(asked)
        return folded(history, years, asked)

    monkeypatch.setattr("lotwork.projections.filing.law_effect.folded", counted)
    mined = {"kind": "receipt", "id": "big", "at": "2025-03-01T00:00:00Z", "wallet": "cold", "asset": "BTC",
             "quantity": "3", "income": "pool_payout", "price_usd": "90000"}  # fmt: skip
    history = History.read(logged(told(*WASHED[1:], mined)), MAIN)

    def lines(asked: Law, year: int) -> Any:
        return entries_of(liability(Book.begin(history, (year,), asked).fold(), asked, year))

    apart = {year: line_changes(lines(LAW, year), lines(law, year)) for year in YEARS}
    assert moved(LAW, law, history) == {year: rows for year, rows in apart.items() if rows}
    assert any(apart.values())
    assert len(made) == books


def test_a_checkpoint_serves_every_law_that_folds_alike() -> None:
    with store_of(*WASHED[1:]) as store:
        keep(store, 4, LAW)
        begun = {
            law.digest: Checkpoints(store.home).replay(store, MAIN, years=YEARS, law=law).resumed_from
            for law in (RATE, WASH)
        }
        assert begun == {RATE.digest: 4, WASH.digest: 0}

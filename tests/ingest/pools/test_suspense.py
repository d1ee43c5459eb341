"""What a pool tells and its room has no word for is in suspense until the pool tells it otherwise, or no more."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from lotwork.ledger.errors import SourceUnreachableError
from lotwork.ledger.events import Receipt, Suspense
from tests.ingest.pools.cases import CASES
from tests.ingest.pools.kit import World, reply, sample, world
from tests.ingest.pools.test_f2pool import told

(F2POOL,) = (case for case in CASES if case.name == "f2pool")
(LUXOR,) = (case for case in CASES if case.name == "luxor")
A_MONTH = timedelta(days=31).total_seconds()


def recorded(pool: World) -> int:
    return sum(isinstance(event, Suspense) for event in pool.events())


def with_movement(**more: Any) -> dict[str, Any]:
    answer = told(1, 0.0005)
    answer["transactions"].append({**answer["transactions"][0], "type": "transfer_in", "id": 9, **more})
    return answer


def test_a_movement_without_a_word_is_in_suspense_once_until_it_is_told_otherwise(tmp_path: Path) -> None:
    answers = [with_movement()]
    with world("f2pool", F2POOL.settings, lambda _: answers[0], tmp_path) as pool:
        for _ in range(3):
            pool.look()
            pool.begin_anew()
        (one, *rest) = pool.suspense()
        assert "transfer_in" in one.reason
        assert "record them by hand" in one.remedy
        assert (one.dated, one.at.timestamp()) == ("yes", with_movement()["transactions"][-1]["created_at"])
        assert recorded(pool) == 1 + len(rest) <= 2  # each list that told it
        answers[0] = with_movement(type="revenue_fpps")
        pool.look()
        assert pool.suspense() == []


def test_a_movement_that_is_told_no_more_is_taken_out(tmp_path: Path) -> None:
    answers = [with_movement()]
    with world("f2pool", F2POOL.settings, lambda _: answers[0], tmp_path) as pool:
        pool.look()
        assert pool.suspense()
        answers[0] = told(1, 0.0005)
        pool.clock.move(A_MONTH)
        for _ in range(4):
            pool.look()
            pool.clock.move(43_200)
        assert pool.suspense() == []
        answers[0] = with_movement()
        pool.clock.move(A_MONTH)
        pool.look()
        assert pool.suspense()


def test_a_category_without_a_word_is_in_suspense_at_luxor(tmp_path: Path) -> None:
    answer = sample("luxor_transactions")
    answer["transactions"].append({**answer["transactions"][0], "transaction_category": "Adjustment"})
    with world("luxor", LUXOR.settings, lambda _: answer, tmp_path) as pool:
        pool.look()
        assert {one.reason for one in pool.suspense()} == {"category Adjustment: a movement that is not known here"}


def test_a_key_that_no_recorded_row_names_is_in_suspense_until_it_is_gone(tmp_path: Path) -> None:
    """The pool adds a key to rows that are long recorded: nothing of them is amended, and nobody would be asked."""
    plain, more = told(2, 0.0005), told(2, 0.0005)
    for row in more["transactions"]:
        row["service_fee"] = 0.1
    answers = [plain]
    with world("f2pool", F2POOL.settings, lambda _: answers[0], tmp_path) as pool:
        pool.look()
        answers[0] = more
        for _ in range(3):
            pool.look()
        assert {(one.subject.rpartition(" ")[2], one.dated) for one in pool.suspense()} == {("service_fee", "no")}
        answers[0] = plain
        pool.clock.move(A_MONTH)
        pool.look()
        assert pool.suspense() == []


def test_more_rows_than_a_pool_takes_back_at_once_stand_and_are_asked_about(tmp_path: Path) -> None:
    whole = told(30, 0.0236)
    few = {"transactions": whole["transactions"][-2:]}
    answers = [whole]
    with world("f2pool", F2POOL.settings, lambda _: answers[0], tmp_path, on_credit=True) as pool:
        pool.look()
        count = sum(isinstance(event, Receipt) for event in pool.holding())
        answers[0] = few
        pool.clock.move(A_MONTH)
        for _ in range(4):
            pool.look()
            pool.clock.move(43_200)
        assert sum(isinstance(event, Receipt) for event in pool.holding()) == count
        (one,) = pool.suspense()
        assert "no longer listed" in one.subject
        answers[0] = whole
        pool.clock.move(A_MONTH)
        pool.look()
        assert pool.suspense() == []


@pytest.mark.parametrize(("count", "stand"), [(20, False), (21, True)])
def test_a_list_that_is_cut_takes_out_of_suspense_no_more_than_it_takes_back(
    count: int, stand: bool, tmp_path: Path
) -> None:
    """What waits counts as what is recorded does: a return must not pass for want of either."""
    whole = told(count, 0.0005)
    moved = [{**row, "type": "transfer_in", "id": 900 + n} for n, row in enumerate(whole["transactions"][:count])]
    answers = [{"transactions": [*whole["transactions"], *moved]}]
    with world("f2pool", F2POOL.settings, lambda _: answers[0], tmp_path, on_credit=True) as pool:
        pool.look()
        before = {one.id for one in pool.suspense()}
        assert len(before) == count
        answers[0] = {"transactions": whole["transactions"][-1:]}
        pool.clock.move(A_MONTH)
        for _ in range(4):
            pool.look()
            pool.clock.move(43_200)
        assert (before <= {one.id for one in pool.suspense()}) is stand
        assert any("no longer listed" in one.subject for one in pool.suspense()) is stand


@pytest.mark.parametrize("said", [{"code": 1, "msg": "busy"}, {"transactions": "none"}, reply(b"<html>", status=503)])
def test_a_pool_that_tells_nothing_to_believe_for_a_week_stops_a_return_until_it_does(
    said: Any, tmp_path: Path
) -> None:
    answers: list[Any] = [said]

    def answer(_asked: object) -> Any:
        one = answers[0]
        return reply(b"<html>", status=503) if isinstance(one, httpx2.Response) else one

    with world("f2pool", F2POOL.settings, answer, tmp_path) as pool:
        for _ in range(2):
            with pytest.raises(SourceUnreachableError):
                pool.look()
            pool.clock.move(20 * 86_400)
        assert recorded(pool) == 0, "a pool that is being set up"
        answers[0] = told(1, 0.0005)
        pool.look()
        read = pool.clock.now()
        answers[0] = said
        for days in range(9):
            assert bool(recorded(pool)) == (days >= 7)
            pool.clock.move(86_400)
            with pytest.raises(SourceUnreachableError):
                pool.look()
        found = pool.suspense()
        assert {one.at for one in found} == {read.replace(microsecond=0)}
        assert len(found) == recorded(pool) <= 3, "each list, once"
        answers[0] = told(1, 0.0005)
        pool.look()
        assert pool.suspense() == []

"""Two writers, in any order of their calls, with whatever can fail: nothing told is lost, and every word is so.

Here 200 schedules, the same every time; `make fuzz` and `python -m tests.faults.whole` draw 10,000 others. One that
fails is made as short as it goes, and its story is told: @reproduce_failure runs it again.
"""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings

from tests.drawing import FUZZ, time_is_over
from tests.faults.harness import Bench
from tests.faults.schedules import SCHEDULES, SHOWN_BY
from tests.faults.simulation import Schedule, Turn

COUNT = 10_000 if settings.get_current_profile_name() == FUZZ else 200
FOUND: list[Schedule] = []
"""What was wrong: it is made shorter, however late it is."""


@pytest.mark.faults
@settings(max_examples=COUNT)
@given(schedule=SCHEDULES)
@example(Schedule(((), ("append", "append")), (Turn(63, "kill"), Turn(10, "EIO"))))
@example(Schedule((("append",), ("append",)), (Turn(61, "the other"), Turn(33, "power"))))
def test_whatever_comes_nothing_told_is_lost(bench: Bench, schedule: Schedule) -> None:
    if not FOUND and time_is_over():
        pytest.skip("the time is over")
    wrong, story = bench.worker.simulate(schedule)
    if wrong:
        FOUND.append(schedule)
    assert not wrong, "\n".join([*wrong, *story])


@pytest.mark.faults
@pytest.mark.parametrize("calls", range(4))
def test_a_line_that_a_killed_writer_wrote_is_made_sure_before_the_next_commit(bench: Bench, calls: int) -> None:
    """The first line of heads.log stood in no disk's keeping when its writer was killed, and the power went later."""
    for number in range(8):
        turns = (Turn(64, "kill"), Turn(21 + calls, "power", number))
        wrong, story = bench.worker.simulate(Schedule(((), ("append", "append")), turns))
        assert not wrong, "\n".join([*wrong, *story])


@pytest.mark.faults
@pytest.mark.parametrize("calls", range(15, 25))
def test_a_disk_that_refused_the_write_ahead_log_keeps_what_is_committed(bench: Bench, calls: int) -> None:
    """SQLite then goes on with a rollback journal, and its end must be on the disk before the commit is told."""
    for number in range(1, 4):
        others = (Turn(0, "the other"), Turn(0, "the other"))
        turns = (Turn(calls, "EIO"), *others, Turn(61 + 19 - calls, "power", number))
        wrong, story = bench.worker.simulate(Schedule(((), ("append",)), turns))
        assert not wrong, "\n".join([*wrong, *story])


@pytest.mark.faults
@pytest.mark.parametrize("broken", SHOWN_BY)
def test_a_writer_that_is_broken_on_purpose_is_found(bench: Bench, broken: str) -> None:
    assert any(bench.worker.simulate(schedule, broken)[0] for schedule in SHOWN_BY[broken])


@pytest.mark.faults
def test_a_schedule_comes_to_pass_the_same_way_again(bench: Bench) -> None:
    turns = (Turn(60, "the other"), Turn(10, "EIO"), Turn(30, "kill"), Turn(9, "frozen", 40), Turn(70, "power", 7))
    schedule = Schedule((("append", "poll", "claim"), ("poll", "append", "read")), turns, ("again", "slow"))
    once, again = (bench.worker.simulate(schedule) for _ in range(2))
    assert once == again
    assert len(once[1]) > 20

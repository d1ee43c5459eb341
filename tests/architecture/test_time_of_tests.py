"""No test asks the machine what day it is: what passes today passes next year, and on a leap day.

A test lives on a day of its own (`SetClock`, `another_time`). Where the machine's clock is asked all the same, it is
here with its reason; to measure how long something takes is another matter.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping

from tests.architecture.house import modules

ASK: Mapping[str, frozenset[str]] = {
    "datetime": frozenset({"now", "utcnow", "today"}),
    "date": frozenset({"today"}),
    "time": frozenset({"time", "time_ns", "localtime", "gmtime", "ctime", "strftime", "asctime"}),
    "SystemClock": frozenset({"now"}),
}
"""What tells the day, by whose it is; beside these, `time` taken from its module by name."""
REASONS = {
    "tests/commands/test_dated_ahead.py": "what is a day ahead of the machine's clock is refused by a command",
    "tests/another_time.py": "puts a process on another day, counted from the machine's",
    "tests/ingest/bitcoin/test_litecoind.py": "a watcher dates what it saw by the machine's clock, and is held to it",
    "tests/daemon/test_jobs.py": "apscheduler, in this process, asks the machine when a job is due",
}


def asks(tree: ast.AST) -> Iterator[int]:
    """Yield the line of each place where *tree* asks the machine's clock for the day."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name(id=whose) | ast.Call(func=ast.Name(id=whose)), attr=what):
                if what in ASK.get(whose, ()):
                    yield node.lineno
            case ast.Attribute(value=ast.Attribute(attr="datetime" | "date" as whose), attr=what):
                if what in ASK[whose]:
                    yield node.lineno
            case ast.ImportFrom(module="time", names=names):
                if any(each.name in ASK["time"] for each in names):
                    yield node.lineno
            case _:
                pass


def test_no_test_asks_the_machine_what_day_it_is_but_with_a_reason() -> None:
    found = {module.path for module in modules("tests") if any(asks(module.tree))}
    assert found - REASONS.keys() == set(), "put it on a day of its own: SetClock, or tests/another_time.py"
    assert REASONS.keys() - found == set(), "this one asks no more"


def test_every_way_to_ask_is_seen() -> None:
    ways = (
        "datetime.now(UTC)", "datetime.datetime.now()", "date.today()", "dt.date.today()", "time.time()",
        "time.strftime('%Y')", "from time import time", "SystemClock().now()", "SystemClock.now",
    )  # fmt: skip
    assert [way for way in ways if not [*asks(ast.parse(way))]] == []
    others = ("time.monotonic()", "time.sleep(1)", "SystemClock().monotonic()", "clock.now()", "datetime(2026, 1, 1)")
    assert [way for way in others if [*asks(ast.parse(way))]] == []

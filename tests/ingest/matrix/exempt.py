"""Who is declared and has no place in the matrix: why, and which tests prove instead what the matrix would."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True, kw_only=True)
class Exempt:
    """A kind of source that cannot be asked in memory."""

    of: str
    why: str
    malformed: tuple[str, ...]
    """The tests of wrong answers, each as FILE::NAME."""
    deadline: tuple[str, ...] = ()
    """The tests of an answer that never ends; nothing where nobody is asked."""
    private: tuple[str, ...] = ()
    """The tests of addresses that are not asked; nothing where nobody is asked."""
    killed: tuple[str, ...] = ()
    """The tests of a poll that ends anywhere."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What its table needs besides its secrets."""

    @property
    def tests(self) -> tuple[str, ...]:
        """Every test that is named."""
        return (*self.malformed, *self.deadline, *self.private, *self.killed)


def is_there(test: str) -> bool:
    """Say if the *test* named FILE::NAME is a function of that file."""
    file, _, name = test.partition("::")
    path = ROOT / file
    return path.is_file() and any(
        isinstance(node, ast.FunctionDef) and node.name == name for node in ast.parse(path.read_bytes()).body
    )


HERE = "tests/ingest"
EXEMPT = {
    one.of: one
    for one in (
        Exempt(
            of="exchange",
            why="ccxt asks in a process of its own: three hundred wrong answers of each exchange are drawn there",
            malformed=(
                f"{HERE}/exchanges/test_malformed.py::test_no_answer_gone_wrong_is_more_than_a_look_that_failed",
                f"{HERE}/exchanges/test_process.py::test_each_failure_is_told_in_words_and_the_talk_goes_on",
            ),
            deadline=(
                f"{HERE}/exchanges/test_process.py::test_a_child_that_is_not_what_it_should_be_is_a_look_that_failed",
            ),
            private=(f"{HERE}/test_public.py::test_an_exchange_is_asked_elsewhere_only_where_the_settings_say_so",),
            killed=(f"{HERE}/test_poll_killed.py::test_an_exchange_killed_at_a_place_ends_in_the_same_ledger",),
            settings={"service": "kraken", "start": "2026-01-01"},
        ),
        Exempt(
            of="recurring",
            why="it asks nobody: it is a rule over the calendar",
            malformed=(
                f"{HERE}/recurring/test_rule.py::test_each_month_of_a_rule_is_due_once",
                "tests/commands/source/test_recurring.py::test_a_rule_that_cannot_be_kept_is_refused",
            ),
            killed=(f"{HERE}/test_poll_killed.py::test_a_source_killed_at_every_place_ends_in_the_same_ledger",),
        ),
        Exempt(
            of="pyasic",
            why="pyasic asks in a process of its own, and opens its connections itself; its days are told as axeos's",
            malformed=(
                f"{HERE}/rigs/test_pyasic.py::test_what_cannot_be_right_is_refused",
                f"{HERE}/rigs/test_pyasic.py::test_a_rig_that_does_not_answer_is_asked_again",
                f"{HERE}/rigs/test_pyasic.py::test_an_answer_without_end_or_without_sense_is_refused",
            ),
            deadline=(f"{HERE}/rigs/test_pyasic.py::test_a_rig_that_never_ends_is_left_alone_at_its_deadline",),
            private=(f"{HERE}/rigs/test_pyasic.py::test_a_host_that_is_no_address_of_an_own_network_is_refused",),
            killed=(f"{HERE}/test_poll_killed.py::test_a_source_killed_at_every_place_ends_in_the_same_ledger",),
        ),
    )
}

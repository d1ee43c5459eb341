"""Every word of an EVM node, changed one at a time: what is recorded is what happened, and all of it in the end.

What anvil answers in one look is written down once, and told again with one word of it changed. `make fuzz` draws
others each round; all 5,000 take some minutes.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, cast

import msgspec
import pytest

from lotwork.ingest.evm.node import EvmNode
from lotwork.ledger.errors import LotworkError
from lotwork.ledger.events import Event
from tests.anvil_node import Anvil
from tests.drawing import stream
from tests.ingest.evm.test_believed import ethereum, section_for
from tests.ingest.lies import Unhurried, lies
from tests.ingest.memory_log import MemoryLog

Lie: TypeAlias = tuple[str, Any]
"""What was asked, and what is answered to it."""
LIES_TOLD = 60
ON_ITS_WORD = '["eth_getLogs", '
"""What one node alone may leave out: of it, two of them must tell the same."""


class Told:
    """Answers by what was asked, in place of a connection; what is not there is asked of *node*, if any."""

    def __init__(self, said: dict[str, Any], node: Anvil | None = None) -> None:
        self.said = said
        self.node = node

    def make_request(self, method: str, params: list[Any]) -> dict[str, Any]:
        key = json.dumps([method, params])
        if key not in self.said:
            if self.node is None:
                return {"error": {"code": -32_000, "message": "not known here"}}
            self.said[key] = self.node.ask(method, *params)
        return {"result": copy.deepcopy(self.said[key])}

    def make_batch_request(self, calls: Sequence[tuple[str, list[Any]]]) -> list[dict[str, Any]]:
        return [self.make_request(method, params) for method, params in calls]


class Look(EvmNode):
    """A look that is answered by what was written down."""

    def __init__(
        self, node: Anvil, told: Told, log: MemoryLog, *, second: Told | None = None, prove_logs: bool = False
    ) -> None:
        section = section_for(node, node.url, second_url=second and node.url, prove_logs=prove_logs)
        super().__init__(section, log, Unhurried())
        self.log = log
        chain = cast("Any", self._chain)
        if second is not None:
            chain._second._asked._node = second
            chain = chain._first
        chain._asked._node = told

    def take(self, cursor: str | None) -> str | None:
        """Record what the look tells; return the cursor after it, the old one where it was refused."""
        page = self.fetch_since(cursor)
        self.log.append(page.events)
        return page.cursor


def plain(events: Sequence[Event]) -> dict[str, Event]:
    return {event.id: msgspec.structs.replace(event, evidence=None) for event in events}


def believe_no_lie(chosen: Callable[[Sequence[Lie]], Sequence[Lie]], *, prove_logs: bool) -> tuple[int, int]:
    """Tell those of all lies that are *chosen*, one at a time; return how many were told, and refused."""
    with ethereum() as node:
        said: dict[str, Any] = {}
        honest = Look(node, Told(said, node), MemoryLog(), prove_logs=prove_logs)
        honest.take(None)
        truth = plain(honest.log.events)
        assert len(truth) == 5
        told = [(key, lie) for key, answer in said.items() for lie in lies(answer)]
        assert len(told) > 4_000
        assert any(key.startswith(ON_ITS_WORD) for key in said) != prove_logs, (
            "where logs are proven none are asked for"
        )
        refused = 0
        picked = chosen(told)
        for key, lie in picked:
            log, cursor = MemoryLog(), None
            words = f"{key}: {str(lie)[:200]}"
            second = Told(dict(said), node) if key.startswith(ON_ITS_WORD) else None
            try:
                cursor = Look(node, Told({**said, key: lie}), log, second=second, prove_logs=prove_logs).take(None)
            except LotworkError:
                refused += 1
                assert log.events == [], words
            assert plain(log.events).items() <= truth.items(), words
            Look(node, Told(said, node), log, prove_logs=prove_logs).take(cursor)
            assert plain(log.events) == truth, words
        return len(picked), refused


@pytest.mark.node
@pytest.mark.parametrize("prove_logs", [False, True])
def test_one_word_changed_is_refused_or_changes_nothing(*, prove_logs: bool) -> None:
    told, refused = believe_no_lie(lambda lies: stream(9).sample(lies, LIES_TOLD), prove_logs=prove_logs)
    assert refused > told // 2

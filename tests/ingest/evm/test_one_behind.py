"""Logs told by a node that does not hold the block they are asked up to: one of several behind an address.

It answers with no logs and no error; what it left out was income that nobody would have missed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from tests.ingest.evm.test_faults import COLD, DOLLAR, Reply, block, each, error, log_at, node, result

Behind = Callable[[int], Any]
BRANCHES: dict[str, Behind] = {
    "behind": lambda _: result(None),
    "on another branch": lambda height: result(block(height, hash="0x" + "ee" * 32)),
    "lost": lambda _: error("header not found"),
}


def whole(asked: Any, behind: Behind | None = None) -> Any:
    """Return what a node that is up to date tells; where *behind* is given, one that is not."""
    query = asked["params"][0]
    if asked["method"] == "eth_getLogs":
        sent = query["topics"][1] is not None
        return result([log_at(int(query["toBlock"], 16))] if sent and behind is None else [])
    return result(block(int(query, 16))) if behind is None else behind(int(query, 16))


@pytest.mark.parametrize("branch", BRANCHES)
@pytest.mark.parametrize("together", [True, False], ids=["in one message", "a message each"])
def test_its_word_on_logs_is_not_taken(branch: str, together: bool) -> None:
    takes_over = [False]

    def answer(asked: Any) -> Any:
        if isinstance(asked, list) and not together:
            raise Reply(413)
        return each(lambda one: whole(one, BRANCHES[branch] if takes_over[0] else None))(asked)

    with node(answer) as chain:
        chain.blocks(10, 17, [COLD])
        takes_over[0] = True
        with pytest.raises((SourceUnreachableError, SourceRefusedError), match=r"does not hold|does not give the logs"):
            chain.transfers(10, 17, [DOLLAR], [COLD])
        takes_over[0] = False
        (seen,) = chain.transfers(10, 17, [DOLLAR], [COLD])
        assert seen.height == 17


@pytest.mark.parametrize("most", [1, 3, 7])
def test_a_range_in_halves_is_held_against_each_of_its_blocks(most: int) -> None:
    def answer(one: Any) -> Any:
        query = one["params"][0]
        if one["method"] == "eth_getLogs" and int(query["toBlock"], 16) - int(query["fromBlock"], 16) >= most:
            return error("query returned more than 10000 results", -32005)
        return whole(one)

    with node(each(answer)) as chain:
        chain.blocks(10, 40, [COLD])
        assert chain.transfers(10, 40, [DOLLAR], [COLD])

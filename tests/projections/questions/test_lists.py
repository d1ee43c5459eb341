"""A pool's list whose rows name no source is asked about, where outputs named for the pool are none of its rows.

Case 10 of the cases that people filed, without `source`: own coins that came to the payout address are no income.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.projections.house import codes, receipt, shared_book
from tests.projections.questions.answering import answers

A, B, C = "aa" * 32, "bb" * 32, "cc" * 32
ROW = receipt("p1", "2025-03-05", "0.01", txid=A, pool="ocean")
SEEN = receipt("n1", "2025-03-05", "0.01", txid=A, pool="ocean", vout=4, source="node")
OWN = receipt("n2", "2025-04-05", "0.02", txid=B, pool="ocean", vout=0, source="node")


@pytest.mark.parametrize(
    ("row", "own"),
    [({}, {}), ({"pool": "Ocean"}, {}), ({"txid": f"0x{A}"}, {"pool": "OCEAN"}), ({"wallet": "hot"}, {})],
)
def test_an_output_that_a_list_without_a_source_lacks_is_asked_about(row: dict[str, Any], own: dict[str, Any]) -> None:
    lines = (ROW | row, SEEN, OWN | own)
    book = shared_book(*lines)
    (finding,) = (each for each in book.told() if each.code == "pool_list_nameless")
    assert finding.event == "p1"
    is_list, by_hand = answers(finding.message)
    held = shared_book(*lines, *is_list)
    assert [
        event for code, event in ((each.code, each.event) for each in held.told()) if code == "inflow_doubtful"
    ] == ["n2"]
    assert "pool_list_nameless" not in codes(held)
    assert "pool_list_nameless" not in codes(shared_book(*lines, *by_hand))


@pytest.mark.parametrize(
    "lines",
    [
        (ROW, SEEN),
        (ROW, SEEN, OWN | {"at": "2025-03-04T00:00:00Z"}),
        (ROW, SEEN, OWN | {"pool": "braiins"}),
        (ROW, SEEN, OWN, ROW | {"id": "p2", "txid": B, "at": "2025-04-05T12:00:00Z", "quantity": "0.02"}),
        (ROW, SEEN, OWN | {"doubt": "none"}),
        (SEEN, OWN),
    ],
)
def test_what_is_listed_or_older_or_anothers_is_not(lines: tuple[dict[str, Any], ...]) -> None:
    assert codes(shared_book(*lines)) == []


def test_it_is_asked_about_where_no_transaction_is_told_twice() -> None:
    assert codes(shared_book(ROW, OWN)) == ["pool_list_nameless"]


def test_rows_beside_a_list_that_names_its_source_are_of_that_list() -> None:
    listed = receipt("l", "2025-03-01", "0.01", txid=C, pool="ocean", source="ocean")
    assert codes(shared_book(listed, ROW, SEEN, OWN)) == ["inflow_doubtful"]

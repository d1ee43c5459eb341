from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ingest.evm.cursor import DENSE_BLOCKS, EvmCursor, Mark, fork_height
from lotwork.ledger.errors import IntegrityError


def begun() -> EvmCursor:
    return EvmCursor(chain_id=1, genesis="0xg", watched="w", marks=((0, "0"),))


def read_up_to(height: int, page: int) -> EvmCursor:
    """Return the cursor after *height* blocks were read in pages."""
    cursor = begun()
    for ground in range(0, height, page):
        blocks: list[Mark] = [(each, str(each)) for each in range(ground + 1, min(ground + page, height) + 1)]
        marks = cursor.with_read(cursor.tip, blocks)
        cursor = EvmCursor(chain_id=1, genesis="0xg", watched="w", marks=marks)
    return cursor


def test_the_newest_blocks_are_remembered_one_by_one_and_the_first_for_ever() -> None:
    heights = [height for height, _ in read_up_to(10_000, 200).marks]

    assert heights[:DENSE_BLOCKS] == list(range(10_000, 10_000 - DENSE_BLOCKS, -1))
    assert heights[-1] == 0


def test_the_locator_of_a_long_chain_is_short() -> None:
    cursor = read_up_to(200_000, 5_000)

    assert len(cursor.marks) < 100


@given(height=st.integers(40, 5_000), depth=st.integers(1, 5_000), page=st.integers(1, 300))
def test_however_deep_a_fork_the_ground_found_is_not_much_deeper(height: int, depth: int, page: int) -> None:
    depth = min(depth, height)
    cursor = read_up_to(height, max(page, height // 20))
    common = height - depth
    now = {mark: (seen if mark <= common else "other") for mark, seen in cursor.marks}

    found = fork_height(cursor.marks, now)

    assert found is not None
    assert common - 2 * depth - DENSE_BLOCKS <= found <= common


def test_a_chain_that_shares_no_block_has_no_fork() -> None:
    assert fork_height(((2, "2"), (1, "1")), {2: "other", 1: None}) is None


def test_a_cursor_is_read_back_as_it_was_written() -> None:
    cursor = read_up_to(500, 100)

    assert EvmCursor.parse(cursor.text()) == cursor


@pytest.mark.parametrize("text", ["", "12", "{}", '{"chain_id":1,"genesis":"g","watched":"w","marks":[]}', "[1"])
def test_a_damaged_cursor_is_an_integrity_error(text: str) -> None:
    with pytest.raises(IntegrityError, match="cursor of an EVM source cannot be read"):
        EvmCursor.parse(text)


def test_a_locator_that_does_not_fall_is_refused() -> None:
    with pytest.raises(ValueError, match="falls from the tip"):
        EvmCursor(chain_id=1, genesis="g", watched="w", marks=((1, "1"), (2, "2")))

"""The hash chain binds what was written, types and lengths included."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from lotwork.ledger.storage.chain import NOTHING, bound, digest, genesis
from lotwork.ledger.storage.rows import event_hash


class Text(str):
    __slots__ = ()


class Number(int):
    pass


def test_a_text_and_a_blob_of_the_same_bytes_are_different_fields() -> None:
    assert bound("abc") != bound(b"abc")


def test_a_number_and_its_digits_are_different_fields() -> None:
    assert bound(12) != bound("12")


def test_nothing_and_an_empty_text_are_different_fields() -> None:
    assert bound(None) != bound("")


def test_two_neighbours_cannot_trade_a_letter() -> None:
    assert digest(NOTHING, 1, ("ab", "c")) != digest(NOTHING, 1, ("a", "bc"))


def test_every_part_of_a_link_changes_its_hash() -> None:
    links = {
        digest(NOTHING, 1, ("a",)),
        digest(b"\x01" * 32, 1, ("a",)),
        digest(NOTHING, 2, ("a",)),
        digest(NOTHING, 1, ("b",)),
    }
    assert len(links) == 4


def test_a_type_the_log_never_stores_is_refused() -> None:
    with pytest.raises(TypeError, match="float"):
        bound(1.5)  # type: ignore[arg-type] # that it is refused is the test


@pytest.mark.parametrize("size", [0, 1, 1023, 1024, 5000])
def test_a_field_is_its_tag_its_length_in_eight_bytes_and_its_bytes(size: int) -> None:
    assert bound("x" * size) == b"t" + size.to_bytes(8, "big") + b"x" * size


def test_the_format_is_the_one_the_documentation_gives() -> None:
    by_hand = b"lotwork-v1" + NOTHING + b"i" + bytes(7) + b"\x017" + b"t" + bytes(7) + b"\x04main" + b"n" + bytes(8)
    assert digest(NOTHING, 7, ("main", None)) == hashlib.sha256(by_hand).digest()


def test_each_book_begins_with_a_hash_of_its_own() -> None:
    begun = {
        genesis("main", "u1", 1, 5),
        genesis("other", "u1", 1, 5),
        genesis("main", "u2", 1, 5),
        genesis("main", "u1", 1, 6),
    }
    assert len(begun) == 4


@pytest.mark.parametrize(
    "value", [True, 0, -5, 10**20, None, "", "é", "1", b"1", Text("x" * 2000), Number(7)], ids=repr
)
@pytest.mark.parametrize("place", range(10))
def test_the_hash_of_a_row_is_that_of_its_columns_whatever_type_each_has_by_now(place: int, value: Any) -> None:
    """A damaged page can turn a number into a text: that is another hash too, and never an error or the same one."""
    columns: list[Any] = [
        "main",
        1,
        "r1",
        "receipt",
        2,
        1_700_000_000_000_000,
        "ocean",
        None,
        1_800_000_000_000_000,
        "{}",
    ]
    columns[place] = value
    book, position, *rest = columns
    assert event_hash((*columns, NOTHING)) == digest(NOTHING, position, (book, *rest))

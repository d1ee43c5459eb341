"""An answer told piece by piece is, to the byte, the one object that JSON makes of it."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.reports import result
from lotwork.reports.lazily import AT_ONCE, all_made, made_rows
from lotwork.reports.result import json_of, pieces_of
from lotwork.reports.rows import Row, fields_of

values = st.recursive(
    st.none() | st.booleans() | st.text(st.characters(codec="utf-8")) | st.integers(-9, 9),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


class Told(Row, frozen=True, kw_only=True):
    """Any rows, and any other thing."""

    rows: tuple[Any, ...]
    other: Any


class Nothing(Row, frozen=True, kw_only=True):
    """No field at all."""


def at_once(*parts: Row) -> bytes:
    told = {name: value for part in parts for name, value in fields_of(part).items()}
    return msgspec.json.format(msgspec.json.encode(told), indent=1) + b"\n"


@given(st.lists(values, max_size=7), values)
def test_pieces_are_the_whole(rows: list[Any], other: Any) -> None:
    told = Told(rows=tuple(rows), other=other)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(result, "AT_ONCE", 2)
        assert json_of(told) == at_once(told)


def test_nothing_is_an_empty_object_and_many_rows_are_many_pieces() -> None:
    assert json_of(Nothing()) == at_once(Nothing())
    many = Told(rows=tuple(range(AT_ONCE * 3 + 1)), other="\n")
    assert json_of(many) == at_once(many)
    assert max(map(len, pieces_of(many))) < len(at_once(many)) / 2


@pytest.mark.parametrize("count", [0, 1, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE, 2 * AT_ONCE + 1])
def test_rows_made_when_they_are_asked_for_are_the_rows(count: int) -> None:
    made = made_rows(range(count), str)
    told = Told(rows=tuple(map(str, range(count))), other=None)
    assert json_of(Told(rows=made, other=None)) == at_once(told)
    assert (len(made), [*made], made[-2:]) == (count, [*told.rows], told.rows[-2:])
    assert msgspec.to_builtins(Told(rows=made, other=None), enc_hook=all_made) == msgspec.to_builtins(told)


def test_no_row_is_made_before_it_is_asked_for() -> None:
    asked: list[int] = []

    def make(place: int) -> int:
        asked.append(place)
        return place

    made = made_rows(range(AT_ONCE * 3), make)
    assert asked == []
    assert made[AT_ONCE] == AT_ONCE
    assert next(pieces_of(Told(rows=made, other=None))) == b'{\n "rows": '
    assert asked == [AT_ONCE]


def test_what_is_no_such_rows_is_not_made() -> None:
    with pytest.raises(NotImplementedError):
        all_made(object())

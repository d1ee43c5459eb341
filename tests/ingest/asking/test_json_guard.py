"""JSON from strangers: exact numbers, one meaning, bounded depth."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ingest.asking.json_guard import DEEPEST, JsonRefusedError, JsonValue, parse_json

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=20)
whole = st.integers(min_value=-(10**77), max_value=10**77)
values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | whole | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_whatever_json_can_say_exactly_is_read_exactly(value: JsonValue) -> None:
    assert parse_json(json.dumps(value).encode()) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=18))
def test_every_digit_of_a_decimal_survives(number: Decimal) -> None:
    read = parse_json(f"[{number:f}]".encode())
    assert isinstance(read, list)
    assert read[0] == number
    assert not isinstance(read[0], float)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    try:
        parse_json(data)
    except JsonRefusedError as refused:
        assert str(refused)  # noqa: PT017 - either outcome is right, a third is not


@given(values, st.data())
def test_a_text_cut_anywhere_is_refused_or_another_value(value: JsonValue, data: st.DataObject) -> None:
    body = json.dumps([value]).encode()
    cut = data.draw(st.integers(0, len(body) - 1))
    with pytest.raises(JsonRefusedError):
        parse_json(body[:cut])


def test_the_deepest_value_allowed_is_read_and_the_next_is_not() -> None:
    parse_json(b"[" * (DEEPEST - 1) + b"]" * (DEEPEST - 1))
    with pytest.raises(JsonRefusedError, match="nested deeper than 64"):
        parse_json(b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1))


NOT_NUMBERS = [
    "NaN", "Infinity", "-Infinity", "nan", "+1", "01", "1.", ".5", "1e", "0x10", "1_000", "--1", "- 1",
    "\uff11", "\u0661", "\u00bd", "1e999999", "1e-999999", "1E+400", "9" * 80, "0." + "1" * 90, "1e41", "Inf", "1d",
]  # fmt: skip


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_what_is_no_number_of_anything_is_refused(text: str) -> None:
    for form in (f"[{text}]", f'{{"a": {text}}}', f"[1, {text}]", text):
        with pytest.raises(JsonRefusedError):
            parse_json(form.encode())


@pytest.mark.parametrize("text", ['{"a":1,"a":1}', '{"a":{"b":1,"b":2}}', '[{"":1,"":1}]', '{"a":1,"\\u0061":2}'])
def test_a_key_that_stands_twice_is_refused_however_it_is_written(text: str) -> None:
    with pytest.raises(JsonRefusedError, match="a key stands twice"):
        parse_json(text.encode())

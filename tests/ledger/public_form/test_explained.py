"""Each key in words with an example: what is shown is what the door lets in."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest

from lotwork.ledger.codec import KINDS
from lotwork.ledger.public_form.contract import OTHER_WORDS, parse_event
from lotwork.ledger.public_form.explained import EXAMPLES, MORE, example_of, explained, says_of
from lotwork.ledger.public_form.keys import keys_of, required_keys
from lotwork.ledger.public_form.parse_values import ALONE, PARSERS, Draft
from lotwork.ledger.units import AssetTable

STRUCTURED = {"lots", "legs", "mapping", "selector", "names"}


def value_of(kind: str, name: str, example: str) -> Any:
    """Return an *example* as the command reads it: lists and objects are written as JSON."""
    return msgspec.json.decode(example) if keys_of(kind)[name].meaning in STRUCTURED else example


def read_one(kind: str, name: str, example: str) -> None:
    """Read an *example* as the door does: alone, or by the coin it counts."""
    key, value = keys_of(kind)[name], value_of(kind, name, example)
    alone = ALONE.get(key.meaning)
    if alone is None:
        PARSERS[key.meaning](value, key, Draft("BTC", AssetTable()))
    else:
        alone(value)


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_a_kind_is_let_in(kind: str) -> None:
    line = {name: value_of(kind, name, example) for name, example in example_of(kind)}
    event = parse_event({"kind": kind, **line}, AssetTable(), "example")
    assert isinstance(event, KINDS[kind])
    assert line.keys() == {*required_keys(kind), *MORE.get(kind, ())}


@pytest.mark.parametrize("kind", KINDS)
def test_each_key_is_told_in_words_and_its_example_can_be_read(kind: str) -> None:
    keys = keys_of(kind)
    told = explained(kind)
    assert told.keys() == keys.keys()
    for name, key in told.items():
        assert "](" not in key.says
        assert re.fullmatch(r"[^|]{3,}[.\]]", key.says), f"{kind}: {name}: {key.says}"
        assert (key.required, key.choices) == (name in required_keys(kind), keys[name].choices)
        read_one(kind, name, key.example)


def test_what_is_needed_stands_first_and_the_keys_of_every_kind_last() -> None:
    told = list(explained("receipt"))
    assert told[:5] == ["at", "wallet", "asset", "quantity", "income"]
    assert told[-6:] == ["id", "source", "note", "evidence", "row", "may_repeat"]


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        ("purchase", "Coins bought; the fee is part of their basis (26 U.S.C. 1012)."),
        ("activity_evidence", "(Treas. Reg. 1.183-2(b))."),
        ("sale", "Coins that left for good: sold, spent, swapped, given, donated or lost."),
    ],
)
def test_a_kind_is_told_in_one_sentence(kind: str, says: str) -> None:
    assert says_of(kind).endswith(says)


def test_no_example_is_of_a_key_that_is_gone() -> None:
    known = {name for kind in KINDS for name in keys_of(kind)}
    assert EXAMPLES.keys() <= known
    assert set(OTHER_WORDS.values()) <= set(KINDS)
    assert not OTHER_WORDS.keys() & KINDS.keys()

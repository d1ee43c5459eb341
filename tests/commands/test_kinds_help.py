"""`lotwork add KIND --help` lists the keys of a kind, and a refusal says what the key it misses is for."""

from __future__ import annotations

import re
import shlex

import pytest

from lotwork.commands.kinds_help import NOT_BY_HAND, SAID_NOW
from lotwork.ledger.codec import KINDS
from lotwork.ledger.public_form.keys import keys_of
from tests.commands.calling import Caller
from tests.projections.house import receipt

BY_HAND = [kind for kind in KINDS if kind not in NOT_BY_HAND]


@pytest.mark.parametrize("kind", KINDS)
def test_the_help_of_a_kind_lists_every_key_of_it_with_an_example(lotwork: Caller, kind: str) -> None:
    told = lotwork("add", kind, "--help").out
    assert set(re.findall(r"^  (\w+)=", told, re.MULTILINE)) == keys_of(kind).keys()
    assert told.startswith(f"Usage: lotwork add {kind} key=value...\n")
    needed = told.partition("Keys that it must have:")[2].partition("Keys that may be left out:")[0]
    assert ("  at=" in needed) == (kind not in SAID_NOW)


@pytest.mark.parametrize("kind", [kind for kind in BY_HAND if kind not in SAID_NOW])
def test_the_command_in_the_help_records_an_event(lotwork: Caller, kind: str) -> None:
    (command,) = re.findall(r"^  As in: lotwork (.*)$", lotwork("add", kind, "--help").out, re.MULTILINE)
    lotwork.take(receipt("p1", "2026-01-01", "1"))
    declared = command.replace("asset=BTC", "asset=XYZ") if kind == "asset" else command
    assert ": appended\n" in lotwork(*shlex.split(declared)).out


def test_the_help_without_a_kind_lists_the_kinds(lotwork: Caller) -> None:
    told = lotwork("add", "--help").out
    assert "`lotwork add KIND --help` lists the keys of a kind." in told
    assert re.findall(r"^  (\w+)  ", told.partition("Kinds:")[2], re.MULTILINE) == BY_HAND
    assert lotwork("add", "luck", "-h").out == told


def test_a_key_that_is_missing_is_told_with_what_it_is_for_and_a_value(lotwork: Caller) -> None:
    told = lotwork("add", "receipt", "at=2026-03-01", "wallet=cold", "asset=BTC", code=3).err
    assert "quantity: every receipt must have it: add 'quantity', like 0.01250000. How much arrived.\n" in told
    assert "add 'income', like pool_payout. What they were for;" in told
    assert "One of: block_reward, transaction_fee, pool_payout," in told


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("price=9", "did you mean 'price_usd'? `lotwork add receipt --help` tells what each key is for"),
        ("colour=red", ", payer, doubt. `lotwork add receipt --help` tells what each key is for"),
    ],
)
def test_a_key_that_is_none_leads_to_the_keys(lotwork: Caller, key: str, said: str) -> None:
    assert said in lotwork("add", "receipt", key, code=3).err


@pytest.mark.parametrize(("word", "kind"), [("payout", "receipt"), ("Bill", "expense"), ("rig", "equipment")])
def test_the_word_of_a_miner_leads_to_the_kind(lotwork: Caller, word: str, kind: str) -> None:
    assert f"did you mean {kind!r}?" in lotwork("add", word, code=3).err


def test_a_bill_whose_word_has_no_line_of_its_own_is_said_to_stand_among_the_others(lotwork: Caller) -> None:
    bill = ("add", "expense", "at=2026-03-01T12:00:00Z", "amount_usd=120")
    told = lotwork(*bill, "category=power", "--book", "farm").out
    assert "power has no line of its own on Schedule C: it stands among the other expenses, under that word." in told
    correction = told.rpartition("`lotwork ")[2].rpartition("`")[0]
    lotwork(*shlex.split(correction))
    (row,) = lotwork.rows("expenses", "--year", "2026", "--book", "farm")
    assert row["category"] == "electricity"
    assert "`lotwork add expense --help` names words that have one." in lotwork(*bill, "category=snacks").out
    for known in ("electricity", "Utilities", "other"):
        assert lotwork(*bill, f"category={known}").out.endswith(": appended\n")

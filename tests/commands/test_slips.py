"""A word of a command that was to be filled in, and an output where a transaction is due, are refused in words."""

from __future__ import annotations

import re
import shlex
from datetime import date
from typing import Any

import pytest

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.store import EventStore
from lotwork.ledger.units import AssetTable
from lotwork.projections.questions.add_command import in_one_line
from lotwork.web.remedies import REMEDIES, command_for
from tests.commands.calling import Caller
from tests.commands.test_rows_known_again import take
from tests.projections.house import receipt, sale, transfer

TX = "ab" * 32
UNFILLED: list[tuple[dict[str, Any], str]] = [
    (receipt("a", "2025-03-01", "1", wallet="WALLET"), "wallet"),
    (receipt("a", "2025-03-01", "1", wallet="AMOUNT"), "wallet"),
    (sale("a", "2025-03-01", "1", "10", wallet="WALLET"), "wallet"),
    (transfer("a", "2025-03-01", "1", "WALLET", "cold"), "from_wallet"),
    (transfer("a", "2025-03-01", "1", "cold", "WALLET"), "to_wallet"),
    (receipt("a", "2025-03-01", "1", wallet="NAME"), "wallet"),
    (receipt("a", "2025-03-01", "1", pool="POOL"), "pool"),
]


@pytest.mark.parametrize(("line", "key"), UNFILLED)
def test_a_wallet_that_was_to_be_filled_in_is_refused(lotwork: Caller, line: dict[str, Any], key: str) -> None:
    assert f"events.jsonl:1: {key}: {line[key]} stands for what only you know" in lotwork.take(line, code=3).err
    lotwork.take(line | {key: str(line[key]).lower()})


@pytest.mark.parametrize("left", ["CHANGE-ME", "change me", "Changeme", " CHANGE_ME "])
@pytest.mark.parametrize("key", ["wallet", "pool", "source", "note"])
def test_what_a_written_map_leaves_to_a_person_is_no_word_of_any_key(lotwork: Caller, key: str, left: str) -> None:
    line = receipt("a", "2025-03-01", "1")
    assert f"{key}: {left.strip()} stands for what only you know" in lotwork.take(line | {key: left}, code=3).err
    lotwork.take(line)
    for reached in ("target=a", 'select={"kind": "receipt"}'):
        said = ("add", "correction", reached, "reason=mine", f'set={{"{key}": "{left}"}}')
        assert f"{key}: {left.strip()} stands for what only you know" in lotwork(*said, code=3).err


@pytest.mark.parametrize(
    "set_",
    [
        '{"wallet": "WALLET"}',
        '{"kind": "transfer", "from_wallet": "WALLET"}',
        '{"doubt": "none", "wallet": "WALLET"}',
    ],
)
def test_a_command_of_a_finding_is_refused_until_it_is_filled_in(lotwork: Caller, set_: str) -> None:
    lotwork.take(receipt("a", "2025-03-01", "1"))
    for reached in ("target=a", 'select={"kind": "receipt"}'):
        said = ("add", "correction", reached, "reason=own coins")
        assert "WALLET stands for what only you know" in lotwork(*said, f"set={set_}", code=3).err
        lotwork(*said, f"set={set_.replace('WALLET', 'vault')}")


@pytest.mark.parametrize("txid", [f"{TX}:1", f"0x{TX}:0", f" {TX.upper()}:12 "])
def test_an_output_is_told_apart_from_its_transaction(lotwork: Caller, txid: str) -> None:
    """An output exists once: told beside `txid` and `vout`, txid:vout would be another transaction."""
    line = receipt("a", "2025-03-01", "1", txid=txid)
    assert "txid: " in lotwork.take(line, code=3).err
    row = f"at,wallet,asset,quantity,income,txid\n2025-03-01,cold,BTC,1,pool_payout,{txid}\n"
    told = take(lotwork, row, "generic-receipts", code=3).err
    assert "names an output too: give the number after the colon as `vout`" in told
    lotwork.take(line | {"txid": TX, "vout": 1})
    said = ("add", "correction", "target=a", "reason=a slip")
    assert "names an output too" in lotwork(*said, f'set={{"txid": "{txid}"}}', code=3).err


@pytest.mark.parametrize(
    ("txid", "why"),
    [
        (f"https://mempool.space/tx/{TX}", "address of a page"),
        (f"etherscan.io/tx/0x{TX}", "address of a page"),
        (f" HTTP://www.blockchain.com/btc/tx/{TX.upper()} ", "address of a page"),
        (f"www.blockchair.com/bitcoin/transaction/{TX}", "address of a page"),
        (f"{TX[:10]}…{TX[-6:]}", "no whole id"),
        (f"0x{TX[:8]}...{TX[-8:]}", "no whole id"),
        (f"{TX[:16]}..", "no whole id"),
        ("1.23457E+60", "is no whole id"),
        ("4E+61", "is no whole id"),
        ("########", "is no whole id"),
    ],
)
def test_a_transaction_is_named_by_its_whole_id(lotwork: Caller, txid: str, why: str) -> None:
    """By a page's address, or a part of its id, it would be another transaction than by its id, and counted twice."""
    line = receipt("a", "2025-03-01", "1", txid=txid)
    assert why in lotwork.take(line, code=3).err
    row = f"at,wallet,asset,quantity,income,txid\n2025-03-01,cold,BTC,1,pool_payout,{txid}\n"
    assert why in take(lotwork, row, "generic-receipts", code=3).err
    lotwork.take(line | {"txid": TX})
    assert why in lotwork("add", "correction", "target=a", "reason=a slip", f'set={{"txid": "{txid}"}}', code=3).err


def test_what_the_log_holds_by_such_a_word_is_known_again(lotwork: Caller) -> None:
    line = receipt("a", "2025-03-01", "1", wallet="WALLET", txid=f"{TX}:1")
    with EventStore.open(lotwork.home, clock=SystemClock()) as store:
        store.append(Batch("main", (parse_event(line, AssetTable(), "test"),)))
    assert "0 appended, 1 known already" in lotwork.take(line).out
    lotwork("add", "correction", "target=a", 'set={"at": "2025-03-02T12:00:00Z"}', "reason=a slip")


@pytest.mark.parametrize("code", sorted(code for code, remedy in REMEDIES.items() if remedy.command))
def test_every_command_of_a_finding_is_refused_until_it_is_filled_in(lotwork: Caller, code: str) -> None:
    lotwork.take({"kind": "expense", "id": "a", "at": "2025-03-01T12:00:00Z", "category": "rent", "amount_usd": "1"},
                 receipt("b", "2025-03-01", "1"))  # fmt: skip
    remedy = REMEDIES[code]
    for otherwise in (False, True) if remedy.otherwise else (False,):
        template = remedy.otherwise if otherwise else remedy.command
        if re.search(r"\b[A-Z][A-Z_]+\b", template) is None:
            continue
        for event in ("a", "b"):
            said = command_for(remedy, "main", event, 2025, date(2026, 11, 29), otherwise=otherwise)
            assert lotwork(*shlex.split(said)[1:], code=None).code in (2, 3), said
    assert lotwork("head", "--json").result["position"] == 2


@pytest.mark.parametrize(
    "commands",
    [
        ("lotwork add void target=a reason=told", 'lotwork add correction target=b set={"cost_usd": "AMOUNT"}'),
        ("one", "two WALLET", "three"),
        ("one", "two", "three from_wallet=WALLET", "four proceeds_usd=AMOUNT"),
    ],
)
def test_what_is_to_be_filled_in_stands_first_of_several_commands(commands: tuple[str, ...]) -> None:
    """Pasted as it stands, the line ends with the first, and nothing is half done."""
    told = in_one_line(commands).split(" && ")
    assert sorted(told) == sorted(commands)
    unfilled = [re.search("AMOUNT|WALLET", command) is not None for command in told]
    assert unfilled == sorted(unfilled, reverse=True)
    assert unfilled[0]


PRICE: dict[str, Any] = {
    "kind": "price", "id": "p", "at": "2025-03-01T12:00:00Z", "asset": "BTC", "price_usd": "89910", "source": "mine",
}  # fmt: skip


def legs(*pairs: str) -> list[dict[str, str]]:
    prices = ("90000", "0.999")
    told = zip(pairs, prices, strict=True)
    return [{"source": "s", "pair": pair, "price": price, "at": PRICE["at"]} for pair, price in told]


@pytest.mark.parametrize(
    "more",
    [
        {"pair": "BTC/EUR"},
        {"pair": "BTC/USDT"},
        {"pair": "USD/BTC"},
        {"pair": "btc-usdc"},
        {"pair": "BTC/USDT", "legs": legs("BTC/USDT", "USDT/EUR")},
        {"pair": "BTC/EUR", "legs": legs("BTC/EUR", "USDT/USD")},
        {"legs": legs("USDT/BTC", "USDT/USD")},
    ],
)
def test_a_price_that_does_not_come_to_dollars_is_refused(lotwork: Caller, more: dict[str, Any]) -> None:
    assert "does not come to dollars" in lotwork.take(PRICE | more, code=3).err


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"pair": "ETH/USD"}, "is a price of ETH, and not of BTC"),
        ({"pair": "eth-usd"}, "is a price of ETH, and not of BTC"),
        ({"pair": "ETH/USDT", "legs": legs("ETH/USDT", "USDT/USD")}, "is a price of ETH, and not of BTC"),
        ({"legs": [leg | {"at": "2024-03-01T12:00:00Z"} for leg in legs("BTC/USDT", "USDT/USD")]}, "the leg BTC/USDT"),
        ({"legs": [legs("BTC/USDT", "USDT/USD")[0], legs("", "USDT/USD")[1] | {"at": "2026-03-01T12:00:00Z"}]},
         "the leg USDT/USD is of 2026-03-01"),
    ],
)  # fmt: skip
def test_a_price_of_another_coin_or_time_is_refused(lotwork: Caller, more: dict[str, Any], says: str) -> None:
    assert says in lotwork.take(PRICE | more, code=3).err


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"pair": "BTC/USD"},
        {"pair": "XBT/USD"},
        {"pair": "XXBT/USD"},
        {"pair": "btc-usd"},
        {"pair": "BTC/USDT", "legs": legs("BTC/USDT", "USDT/USD")},
    ],
)
def test_a_price_in_dollars_is_taken(lotwork: Caller, more: dict[str, Any]) -> None:
    lotwork.take(PRICE | more)

"""The EVM watcher against a real node: anvil, an Ethereum node that can be told to reorganise."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_utils.address import to_checksum_address

from lotwork.ingest.evm.node import EvmNode
from lotwork.ingest.evm.section import EvmSection, TokenSection
from lotwork.ingest.sections import WalletSection
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError
from lotwork.ledger.events import AssetDeclared, Event, Movement, Receipt, Transfer
from lotwork.ledger.history import History
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.store import EventStore
from lotwork.projections.replay.book import Book
from tests.anvil_node import FIRST_KEY, Anvil, running_anvil
from tests.evm_contracts import forwarder, mute, token, transfers, wrapper
from tests.ports import free_port

pytestmark = pytest.mark.node

COLD = "0x" + "c0" * 20
DOLLAR, SPAM, SPLITTER, MUTE, WETH = ("0x" + pair * 20 for pair in ("d0", "5a", "5b", "5c", "e7"))
GWEI = 10**9


@pytest.fixture
def anvil() -> Iterator[Anvil]:
    with running_anvil() as node:
        yield node


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    with EventStore.open(tmp_path / "home", clock=SystemClock()) as opened:
        yield opened


def section_for(anvil: Anvil, **changed: Any) -> EvmSection:
    """Return a watch over a cold wallet, and over anvil's third account as the hot one."""
    wallets = (
        WalletSection(wallet="cold", watch=(COLD,)),
        WalletSection(wallet="hot", watch=(anvil.accounts()[2],)),
    )
    return EvmSection(
        **{
            "name": "eth",
            "book": "main",
            "chain_id": anvil.chain_id,
            "native_asset": "ETH",
            "url": anvil.url,
            "start_height": 1,
            "finality": 0,
            "wallets": wallets,
            **changed,
        }
    )


def look(section: EvmSection, store: EventStore) -> int:
    """Poll once with a source made anew, as after a restart; return how many events were new."""
    return watch_once(EvmNode(section, store, SystemClock()), store)


def held(store: EventStore) -> list[Any]:
    """Return the effective events of the chain, in order."""
    return [event for event in History.read(store, "main").events() if not isinstance(event, AssetDeclared)]


def fresh(section: EvmSection, home: Path) -> list[Event]:
    """Return what somebody holds who scans the chain for the first time."""
    with EventStore.open(home, clock=SystemClock()) as opened:
        look(section, opened)
        return held(opened)


def with_dollar(anvil: Anvil, decimals: int = 6) -> EvmSection:
    """Return a watch that trusts one token, which is put on the chain."""
    anvil.put_code(DOLLAR, token(decimals))
    anvil.mine()
    return section_for(anvil, tokens=(TokenSection(contract=DOLLAR, asset="USDC", decimals=6),))


def signed_payout(anvil: Anvil, wei: int) -> str:
    """Return a signed payment of the first account to the cold wallet, that can be sent on any branch."""
    paid = {
        "to": to_checksum_address(COLD),
        "value": wei,
        "gas": 21_000,
        "maxFeePerGas": 100 * GWEI,
        "maxPriorityFeePerGas": GWEI,
    }
    signed = Account.from_key(FIRST_KEY).sign_transaction({**paid, "nonce": 0, "chainId": anvil.chain_id, "type": 2})
    return str(signed.raw_transaction.to_0x_hex())


def test_a_payout_beyond_64_bits_is_recorded_to_the_wei(anvil: Anvil, store: EventStore) -> None:
    wei = 2**64 + 1_234_567_890_123_456_789
    paid = anvil.send(anvil.accounts()[0], COLD, wei)
    anvil.mine()

    assert look(section_for(anvil), store) == 1

    (event,) = held(store)
    assert isinstance(event, Receipt)
    assert event.id == f"evm:31337:{paid}"
    assert (event.asset, event.quantity, event.wallet, event.txid) == ("ETH", wei, "cold", paid)
    block = anvil.ask("eth_getBlockByNumber", "0x1", False)
    assert (event.block_hash, event.height) == (block["hash"], 1)
    assert event.at == datetime.fromtimestamp(int(block["timestamp"], 16), UTC)


def test_what_the_node_said_is_kept_as_evidence(anvil: Anvil, store: EventStore) -> None:
    paid = anvil.send(anvil.accounts()[0], COLD, 5)
    anvil.mine()
    evidence = Evidence(store.home)

    watch_once(EvmNode(section_for(anvil), store, SystemClock(), keep=evidence.keep), store)

    (event,) = held(store)
    kept = evidence.read(event.evidence)
    assert hashlib.sha256(kept).hexdigest() == event.evidence
    said = json.loads(kept)
    assert said["transaction"]["hash"] == said["receipt"]["transactionHash"] == paid
    assert said["receipt"] == anvil.receipt(paid)


def test_only_the_listed_token_is_income_and_spam_is_not(anvil: Anvil, store: EventStore) -> None:
    anvil.put_code(SPAM, token(6))
    section = with_dollar(anvil)
    pool = anvil.accounts()[0]
    anvil.send(pool, SPAM, data=transfers((pool, COLD, 10**12)))
    paid = anvil.send(pool, DOLLAR, data=transfers((pool, pool, 1), (pool, COLD, 2_500_000)))
    anvil.mine()

    look(section, store)

    (event,) = held(store)
    assert isinstance(event, Receipt)
    assert event.id == f"evm:31337:{paid}:log1"
    assert (event.asset, event.quantity, event.income) == ("USDC", 2_500_000, "pool_payout")


def test_a_spam_token_that_says_it_comes_from_our_wallet_moves_nothing(anvil: Anvil, store: EventStore) -> None:
    anvil.put_code(SPAM, token(6))
    section = with_dollar(anvil)
    anvil.send(anvil.accounts()[0], SPAM, data=transfers((COLD, anvil.accounts()[1], 10**12)))
    anvil.mine()

    assert look(section, store) == 0


@pytest.mark.parametrize(
    "code", [token(18), token(0), token(255), mute(), "0x"], ids=["18", "0", "255", "mute", "gone"]
)
def test_a_token_that_lies_about_its_decimals_stops_the_source(code: str, anvil: Anvil, store: EventStore) -> None:
    section = with_dollar(anvil)
    pool = anvil.accounts()[0]
    anvil.send(pool, DOLLAR, data=transfers((pool, COLD, 1)))
    anvil.mine()
    assert look(section, store) == 1
    anvil.put_code(DOLLAR, code)
    anvil.send(pool, COLD, 1)
    anvil.mine()

    with pytest.raises(SourceRefusedError, match=r"decimals|no token at"):
        look(section, store)
    assert len(held(store)) == 1


def test_a_payment_between_own_wallets_is_one_transfer_with_its_gas(anvil: Anvil, store: EventStore) -> None:
    hot = anvil.accounts()[2]
    sent = anvil.send(hot, COLD, 10**18)
    anvil.mine()

    look(section_for(anvil), store)

    (event,) = held(store)
    receipt = anvil.receipt(sent)
    assert isinstance(event, Transfer)
    assert (event.from_wallet, event.to_wallet, event.quantity) == ("hot", "cold", 10**18)
    assert event.fee_quantity == int(receipt["gasUsed"], 16) * int(receipt["effectiveGasPrice"], 16)


def test_every_wei_that_leaves_a_wallet_is_told(anvil: Anvil, store: EventStore) -> None:
    section = with_dollar(anvil)
    anvil.put_code(MUTE, mute())
    hot, shop = anvil.accounts()[2:4]
    before = int(anvil.ask("eth_getBalance", hot, "latest"), 16)
    anvil.send(hot, shop, 7 * 10**18)
    anvil.send(hot, DOLLAR, data=transfers((hot, shop, 4)))
    anvil.send(hot, MUTE, 10**18)
    anvil.send(hot, hot, 10**18)
    anvil.send(hot, COLD, 2 * 10**18)
    anvil.mine()

    look(section, store)

    events = held(store)
    native = [event for event in events if event.asset == "ETH"]
    left = sum(event.quantity + (event.fee_quantity or 0) for event in native)
    assert before - left == int(anvil.ask("eth_getBalance", hot, "latest"), 16)
    assert [type(event) for event in events] == [Movement, Movement, Movement, Movement, Movement, Transfer]
    assert [event.quantity for event in events if event.asset == "USDC"] == [4]


def test_every_transfer_of_one_transaction_is_told(anvil: Anvil, store: EventStore) -> None:
    section = with_dollar(anvil)
    pool, _, hot, shop = anvil.accounts()[:4]
    moves = ((hot, COLD, 1), (hot, shop, 2), (pool, COLD, 4), (COLD, hot, 8), (pool, hot, 16), (pool, shop, 32))
    anvil.send(pool, DOLLAR, data=transfers(*moves))
    anvil.mine()

    look(section, store)

    assert [(type(event), event.quantity) for event in held(store)] == [
        (Transfer, 1),
        (Movement, 2),
        (Receipt, 4),
        (Transfer, 8),
        (Receipt, 16),
    ]


def test_a_failed_payout_is_no_income(anvil: Anvil, store: EventStore) -> None:
    anvil.put_code(COLD, mute())
    anvil.send(anvil.accounts()[0], COLD, 10**18)
    anvil.mine()

    assert look(section_for(anvil), store) == 0


def test_coins_a_contract_hands_on_are_not_seen_as_the_manual_says(anvil: Anvil, store: EventStore) -> None:
    anvil.put_code(SPLITTER, forwarder(COLD))
    anvil.send(anvil.accounts()[0], SPLITTER, 5)
    anvil.mine()

    assert look(section_for(anvil), store) == 0
    assert int(anvil.ask("eth_getBalance", COLD, "latest"), 16) == 5


def test_wrapping_and_unwrapping_are_seen_on_both_sides_and_nothing_of_it_is_income(
    anvil: Anvil, store: EventStore
) -> None:
    anvil.put_code(WETH, wrapper())
    hot = anvil.accounts()[2]
    wrapped = anvil.send(hot, WETH, 10**18)
    anvil.mine()
    unwrapped = anvil.send(hot, WETH, data=f"0x{10**17:064x}")
    anvil.mine()
    tokens = (TokenSection(contract=WETH, asset="WETH", decimals=18),)

    look(section_for(anvil, traces=True, tokens=tokens), store)

    told = [
        (type(event).__name__, event.asset, event.quantity, event.txid) for event in held(store) if event.note != "gas"
    ]
    assert told == [
        ("Movement", "ETH", 10**18, wrapped),
        ("Receipt", "WETH", 10**18, wrapped),
        ("Receipt", "ETH", 10**17, unwrapped),
        ("Movement", "WETH", 10**17, unwrapped),
    ]
    assert {event.doubt for event in held(store) if isinstance(event, Receipt)} == {"wrapped"}
    assert Book.begin(History.read(store, "main")).fold().income.totals == {}


def test_coins_a_contract_hands_on_are_seen_where_the_node_traces_blocks(anvil: Anvil, store: EventStore) -> None:
    anvil.put_code(SPLITTER, forwarder(COLD))
    paid = anvil.send(anvil.accounts()[0], SPLITTER, 5)
    anvil.mine()
    anvil.put_code(SPLITTER, forwarder(COLD).removesuffix("00") + mute().removeprefix("0x"))
    anvil.send(anvil.accounts()[0], SPLITTER, 6)
    anvil.mine()

    look(section_for(anvil, traces=True), store)

    (event,) = held(store)
    assert isinstance(event, Receipt)
    assert (event.id, event.quantity, event.wallet) == (f"evm:31337:{paid}:call1", 5, "cold")
    assert int(anvil.ask("eth_getBalance", COLD, "latest"), 16) == 5


def test_blocks_are_read_up_to_the_finalized_one(anvil: Anvil, store: EventStore) -> None:
    section = section_for(anvil, finality="finalized")
    anvil.send(anvil.accounts()[0], COLD, 5)
    anvil.mine(2)
    assert look(section, store) == 0

    anvil.mine()

    assert look(section, store) == 1


def test_many_blocks_are_read_in_pages_and_batches(anvil: Anvil, store: EventStore) -> None:
    for _ in range(3):
        anvil.send(anvil.accounts()[0], COLD, 5)
        anvil.mine(150)

    assert look(section_for(anvil), store) == 3
    assert [event.height for event in held(store)] == [1, 151, 301]


def test_an_orphaned_payout_is_taken_back(anvil: Anvil, store: EventStore, tmp_path: Path) -> None:
    section = section_for(anvil)
    anvil.mine(3)
    anvil.send(anvil.accounts()[0], COLD, 5)
    anvil.mine()
    look(section, store)
    assert len(held(store)) == 1

    anvil.reorganise(1)
    look(section, store)

    assert held(store) == fresh(section, tmp_path / "fresh") == []


def test_a_payout_mined_again_in_another_block_counts_once(anvil: Anvil, store: EventStore, tmp_path: Path) -> None:
    section = section_for(anvil)
    raw = signed_payout(anvil, 5)
    anvil.mine(3)
    paid = anvil.ask("eth_sendRawTransaction", raw)
    anvil.mine()
    look(section, store)
    anvil.reorganise(1)
    look(section, store)
    assert held(store) == []

    assert anvil.ask("eth_sendRawTransaction", raw) == paid
    anvil.mine()
    look(section, store)

    (event,) = held(store)
    assert (event.id, event.height) == (f"evm:31337:{paid}", 5)
    assert [event] == fresh(section, tmp_path / "fresh")


def test_a_reorganisation_while_the_daemon_was_down_is_found(anvil: Anvil, store: EventStore, tmp_path: Path) -> None:
    section = with_dollar(anvil)
    raw, pool = signed_payout(anvil, 5), anvil.accounts()[1]
    for number in range(40):
        anvil.send(pool, COLD, 10 + number)
        anvil.send(pool, DOLLAR, data=transfers((pool, COLD, 10 + number)))
        anvil.mine()
    anvil.ask("eth_sendRawTransaction", raw)
    anvil.mine()
    look(section, store)
    assert len(held(store)) == 81

    anvil.reorganise(30)
    anvil.mine()
    anvil.ask("eth_sendRawTransaction", raw)
    anvil.send(pool, DOLLAR, data=transfers((pool, COLD, 99)))
    anvil.mine(2)
    look(section, store)

    assert held(store) == fresh(section, tmp_path / "fresh")
    assert len(held(store)) == 24


def test_a_payout_that_lost_to_another_branch_and_came_back_counts_again(
    anvil: Anvil, store: EventStore, tmp_path: Path
) -> None:
    section = section_for(anvil)
    one, other = signed_payout(anvil, 5), signed_payout(anvil, 6)
    anvil.mine(3)
    for raw, quantity in ((one, 5), (other, 6), (one, 5), (other, 6), (one, 5)):
        anvil.ask("eth_sendRawTransaction", raw)
        anvil.mine()
        look(section, store)
        assert [event.quantity for event in held(store)] == [quantity]
        anvil.reorganise(1)
        anvil.ask("anvil_rollback", 1)
    anvil.ask("eth_sendRawTransaction", one)
    anvil.mine(2)

    look(section, store)

    assert held(store) == fresh(section, tmp_path / "fresh")
    assert [event.quantity for event in held(store)] == [5]


def test_a_finalized_block_that_is_replaced_is_reversed_all_the_same(
    anvil: Anvil, store: EventStore, tmp_path: Path
) -> None:
    section = section_for(anvil, finality="finalized")
    anvil.mine(3)
    anvil.send(anvil.accounts()[0], COLD, 5)
    anvil.mine(6)
    look(section, store)
    assert len(held(store)) == 1

    anvil.reorganise(6)
    anvil.mine(2)
    look(section, store)

    assert held(store) == fresh(section, tmp_path / "fresh") == []


def test_a_poll_that_was_interrupted_is_taken_up_where_it_stopped(anvil: Anvil, store: EventStore) -> None:
    for _ in range(4):
        anvil.send(anvil.accounts()[0], COLD, 5)
        anvil.mine(150)
    section = section_for(anvil)
    source = EvmNode(section, store, SystemClock())

    ends = iter([False, True])
    assert watch_once(source, store, stop=lambda: next(ends)) == 1
    assert look(section, store) == 3
    assert look(section, store) == 0


def test_a_node_on_another_chain_is_refused_clearly(anvil: Anvil, store: EventStore) -> None:
    with pytest.raises(SourceRefusedError, match="the node is on chain 31337, not on chain 1: nothing was read"):
        look(section_for(anvil, chain_id=1), store)


def test_a_node_that_is_replaced_by_another_chain_of_the_same_id_is_refused(anvil: Anvil, store: EventStore) -> None:
    anvil.mine(2)
    look(section_for(anvil), store)
    with running_anvil(chain_id=31337, timestamp=1_767_225_601) as other:
        other.mine(2)

        with pytest.raises(SourceRefusedError, match="another chain with the same"):
            look(section_for(other), store)


def test_a_node_that_is_down_is_unreachable_and_its_key_stays_secret(store: EventStore) -> None:
    wallets = (WalletSection(wallet="cold", watch=(COLD,)),)
    url = f"http://user:hunter22@127.0.0.1:{free_port()}/v3/0123456789abcdef"
    section = EvmSection(name="eth", chain_id=1, url_file="eth.url", start_height=1, wallets=wallets)

    with pytest.raises(SourceUnreachableError, match="cannot be reached") as caught:
        watch_once(EvmNode(section, store, SystemClock(), url=url), store)

    assert "0123456789abcdef" not in f"{caught.value}{section!r}"
    assert "hunter22" not in f"{caught.value}{section!r}"


def test_a_node_that_goes_down_between_polls_is_asked_again_without_loss(store: EventStore) -> None:
    port = free_port()
    with running_anvil(port=port) as node:
        node.send(node.accounts()[0], COLD, 5)
        node.mine()
        section = section_for(node)
        source = EvmNode(section, store, SystemClock())
        watch_once(source, store)
        state = node.ask("anvil_dumpState")
        later = int(node.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16) + 12
    cursor = store.cursor("main", "eth")

    with pytest.raises(SourceUnreachableError):
        watch_once(source, store)
    assert store.cursor("main", "eth") == cursor

    with running_anvil(port=port) as node:
        node.ask("anvil_loadState", state)
        node.ask("evm_setNextBlockTimestamp", later)
        node.send(node.accounts()[0], COLD, 6)
        node.mine()
        watch_once(source, store)

    assert [event.quantity for event in held(store)] == [5, 6]


def test_a_mistyped_address_is_refused_by_its_capitals(anvil: Anvil, store: EventStore) -> None:
    right = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045"
    wallets = (WalletSection(wallet="cold", watch=(right.replace("dA6", "da6"),)),)
    EvmNode(section_for(anvil, wallets=(WalletSection(wallet="cold", watch=(right,)),)), store, SystemClock())

    with pytest.raises(ConfigError, match="is mistyped: its capitals do not fit"):
        EvmNode(section_for(anvil, wallets=wallets), store, SystemClock())

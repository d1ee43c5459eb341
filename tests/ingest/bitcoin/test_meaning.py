from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ingest.bitcoin.blocks import Header, Output, Transaction
from lotwork.ingest.bitcoin.meaning import Reader
from lotwork.ingest.bitcoin.scan import Coin, Sighting, sight
from lotwork.ingest.bitcoin.scripts import CHAINS
from lotwork.ingest.sections import WalletSection
from lotwork.ledger.events import Event, Meaning, Movement, Receipt, Transfer
from lotwork.projections.questions.unexplained import unexplained

SCRIPTS = {"rig": b"\x01", "pool": b"\x02", "vault": b"\x03"}
WALLETS = {script: name for name, script in SCRIPTS.items()}
STRANGER = b"\x63"
TXID = "ab" * 32
HEADER = Header("cd" * 32, "ef" * 32, b"", 1_767_225_600, 0x207FFFFF)


def reader(rig: Meaning = "other") -> Reader:
    wallets = (
        WalletSection(wallet="rig", watch=("01",), meaning=rig),
        WalletSection(wallet="pool", watch=("02",), meaning="pool_payout", pool="ocean"),
        WalletSection(wallet="vault", watch=("03",), meaning="transfer", from_wallet="exchange"),
    )
    return Reader("node", CHAINS["bitcoin"], {wallet.wallet: wallet for wallet in wallets})


def told(
    spent: list[tuple[str, int]], paid: list[tuple[str, int]], *, coinbase: bool = False, meaning: Meaning = "other"
) -> tuple[Event, ...]:
    """Return the events of a transaction that spends and pays (wallet, quantity); other names are strangers."""
    sighting = sighted(spent, paid, coinbase=coinbase)
    return () if sighting is None else reader(meaning).events_of(sighting)


def sighted(spent: list[tuple[str, int]], paid: list[tuple[str, int]], *, coinbase: bool = False) -> Sighting | None:
    inputs = [(f"{number:064x}", number) for number in range(len(spent))]
    coins = {
        f"{txid}:{vout}": Coin(txid, vout, wallet, value, HEADER.time - 60)
        for (txid, vout), (wallet, value) in zip(inputs, spent, strict=True)
        if wallet in SCRIPTS
    }
    outputs = tuple(Output(value, SCRIPTS.get(wallet, STRANGER)) for wallet, value in paid)
    return sight(Transaction(TXID, coinbase, tuple(inputs), outputs, b""), HEADER, 7, coins, WALLETS)


def test_a_payment_by_strangers_is_a_receipt_of_the_wallet_s_meaning() -> None:
    (payout,) = told([("a pool", 900)], [("pool", 500), ("somebody", 390)])

    assert payout == Receipt(
        id=f"bitcoin:{TXID}:0",
        at=datetime(2026, 1, 1, tzinfo=UTC),
        source="node",
        wallet="pool",
        asset="BTC",
        quantity=500,
        income="pool_payout",
        pool="ocean",
        txid=TXID,
        vout=0,
        block_hash=HEADER.block_hash,
        height=7,
    )


def test_each_output_of_a_payment_is_a_receipt_of_its_own() -> None:
    payouts = told([("a pool", 900)], [("pool", 500), ("pool", 300)])

    assert [(event.id[-2:], event.quantity) for event in payouts if isinstance(event, Receipt)] == [
        (":0", 500),
        (":1", 300),
    ]


@pytest.mark.parametrize(
    ("wallet", "meaning", "income"),
    [("rig", "other", "block_reward"), ("rig", "transfer", "block_reward"), ("pool", "other", "pool_payout")],
)
def test_a_coinbase_is_a_block_reward_or_the_payout_of_a_pool(wallet: str, meaning: Meaning, income: str) -> None:
    given = "other" if meaning == "transfer" else meaning
    target = "vault" if meaning == "transfer" else wallet

    (reward,) = told([], [(target, 625)], coinbase=True, meaning=given)

    assert isinstance(reward, Receipt)
    assert reward.income == income


def test_coins_from_an_own_unwatched_wallet_are_a_transfer_and_no_income() -> None:
    (transfer,) = told([("my account there", 900)], [("vault", 500), ("vault", 100), ("somebody", 290)])

    assert isinstance(transfer, Transfer)
    assert (transfer.id, transfer.from_wallet, transfer.to_wallet) == (
        f"bitcoin:{TXID}:exchange:vault",
        "exchange",
        "vault",
    )
    assert (transfer.quantity, transfer.fee_quantity) == (600, None)


def test_a_spend_is_a_movement_with_its_change_netted_and_its_fee_beside_it() -> None:
    (movement,) = told([("rig", 1_000)], [("somebody", 300), ("rig", 690)])

    assert isinstance(movement, Movement)
    assert (movement.id, movement.quantity, movement.fee_quantity) == (f"bitcoin:{TXID}:rig", 300, 10)


def test_coins_between_own_wallets_are_one_transfer_a_pair_with_the_fee() -> None:
    first, second = told([("rig", 1_000)], [("pool", 300), ("vault", 200), ("pool", 90), ("rig", 400)])

    assert isinstance(first, Transfer)
    assert isinstance(second, Transfer)
    assert (first.to_wallet, first.quantity, first.fee_quantity) == ("pool", 390, 10)
    assert (second.to_wallet, second.quantity, second.fee_quantity) == ("vault", 200, None)


def test_a_spend_partly_to_an_own_wallet_is_a_transfer_and_a_movement_that_pays_the_fee() -> None:
    transfer, movement = told([("rig", 1_000)], [("pool", 300), ("somebody", 650)])

    assert isinstance(transfer, Transfer)
    assert isinstance(movement, Movement)
    assert (transfer.quantity, transfer.fee_quantity) == (300, None)
    assert (movement.quantity, movement.fee_quantity) == (650, 50)


def test_a_fee_of_moving_coins_within_one_wallet_is_a_movement_of_the_fee() -> None:
    (movement,) = told([("rig", 1_000), ("rig", 50)], [("rig", 1_030)])

    assert isinstance(movement, Movement)
    assert (movement.quantity, movement.fee_quantity) == (20, None)
    assert movement.note == "the miner's fee of moving coins between own addresses"


def test_two_own_wallets_that_pay_together_share_what_left() -> None:
    events = told([("rig", 500), ("pool", 500)], [("somebody", 700), ("rig", 280)])

    assert [(event.wallet, event.quantity, event.fee_quantity) for event in events if isinstance(event, Movement)] == [
        ("rig", 200, 20),
        ("pool", 500, None),
    ]


def test_a_fee_one_wallet_cannot_pay_alone_falls_to_the_next() -> None:
    events = told([("rig", 5), ("pool", 500)], [("vault", 480)])

    assert [
        (type(event).__name__, getattr(event, "quantity", 0), getattr(event, "fee_quantity", 0)) for event in events
    ] == [
        ("Transfer", 5, None),
        ("Transfer", 475, 25),
    ]


def test_a_payment_among_strangers_inputs_has_no_known_fee() -> None:
    (movement,) = told([("rig", 500), ("somebody", 500)], [("another", 900), ("rig", 90)])

    assert isinstance(movement, Movement)
    assert (movement.quantity, movement.fee_quantity) == (410, None)


def test_what_a_wallet_gets_beyond_what_it_gave_is_a_receipt() -> None:
    (receipt,) = told([("pool", 500), ("somebody", 500)], [("pool", 800), ("another", 190)])

    assert isinstance(receipt, Receipt)
    assert (receipt.quantity, receipt.income, receipt.vout) == (300, "pool_payout", 0)


def test_a_spend_is_never_dated_before_the_coins_it_spends() -> None:
    late = Coin("11" * 32, 0, "rig", 100, HEADER.time + 3_000)
    transaction = Transaction(TXID, False, (("11" * 32, 0),), (Output(90, STRANGER), Output(5, SCRIPTS["rig"])), b"")

    sighting = sight(transaction, HEADER, 7, {f"{'11' * 32}:0": late}, WALLETS)

    assert sighting is not None
    assert sighting.at == HEADER.time + 3_000
    assert sighting.created[0].at == HEADER.time + 3_000


def test_a_transaction_of_strangers_is_nothing() -> None:
    assert told([("somebody", 10)], [("another", 9)]) == ()


def test_an_output_of_nothing_is_nothing() -> None:
    assert told([("somebody", 10)], [("rig", 0)]) == ()


SIDES = st.lists(st.tuples(st.sampled_from(["rig", "pool", "vault", "x", "y"]), st.integers(0, 1_000)), max_size=6)


@given(SIDES, SIDES)
def test_the_events_of_a_transaction_move_exactly_its_coins(
    spent: list[tuple[str, int]], paid: list[tuple[str, int]]
) -> None:
    if sum(value for _, value in paid) > sum(value for _, value in spent):
        spent, paid = paid, spent
    moved: Counter[str] = Counter()
    events = told(spent, paid)
    for event in events:
        if isinstance(event, Receipt):
            moved[event.wallet] += event.quantity
        elif isinstance(event, Transfer):
            moved[event.to_wallet] += event.quantity
            moved[event.from_wallet] -= event.quantity + (event.fee_quantity or 0)
        elif isinstance(event, Movement):
            moved[event.wallet] -= event.quantity + (event.fee_quantity or 0)
    expected: Counter[str] = Counter()
    for wallet, value in paid:
        expected[wallet] += value
    for wallet, value in spent:
        expected[wallet] -= value

    assert {name: moved[name] for name in SCRIPTS} == {name: expected[name] for name in SCRIPTS}
    assert len({event.id for event in events}) == len(events)
    known = spent and all(wallet in SCRIPTS and value for wallet, value in spent)
    if known:
        fee = sum(value for _, value in spent) - sum(value for _, value in paid)
        fees = [getattr(event, "fee_quantity", 0) or 0 for event in events]
        alone = [event.quantity for event in events if isinstance(event, Movement) and event.note]
        assert sum(fees) + sum(alone) == fee


def test_what_strangers_pay_beside_coins_of_ours_is_in_doubt() -> None:
    events = told([("rig", 100), ("a pool", 900)], [("pool", 500), ("somebody", 450)])
    assert [event.doubt for event in events if isinstance(event, Receipt)] == ["same_transaction"]


def test_what_comes_out_of_mweb_is_in_doubt_and_nothing_else_in_its_block_is() -> None:
    balance = Output(10**9, b"\x58\x20" + bytes(range(32)))
    for begins, doubt in ((balance, "private"), (Output(10**9, b"\x51\x20" + bytes(32)), None)):
        outputs = (begins, Output(5, SCRIPTS["pool"]))
        sighting = sight(Transaction(TXID, coinbase=False, inputs=(), outputs=outputs, raw=b""), HEADER, 7, {}, WALLETS)
        assert sighting is not None
        (receipt,) = reader().events_of(sighting)
        assert isinstance(receipt, Receipt)
        assert receipt.doubt == doubt


def test_a_movement_names_whom_it_paid_up_to_a_few() -> None:
    (movement,) = told([("rig", 1_000)], [("somebody", 10)] * 13 + [("rig", 870)])
    assert isinstance(movement, Movement)
    assert movement.outputs == (*(["63: 0.00000010"] * 10), "and 3 more")
    assert "and 3 more: where one of these is change" in unexplained(movement, 8).message
    (fee,) = told([("rig", 1_000)], [("rig", 870)])
    assert isinstance(fee, Movement)
    assert fee.outputs == ()

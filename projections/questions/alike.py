"""When two events that two tellers told may be one: as much of a coin, or as much less as a network or exchange keeps.

Events that name transactions are compared by those (`ledger.same_coins`); two pools' payouts are two. An export that
goes on from one of its columns tells equal payouts a day apart: of two such files, what lies within half a day is one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import Any, TypeAlias

from lotwork.ledger import events as e
from lotwork.ledger.doubts import named
from lotwork.ledger.pools_named import are_two_pools
from lotwork.ledger.receipts_alike import KEPT_PART
from lotwork.ledger.tellers import FEE_SHARE, FROM_A_FILE, teller_of
from lotwork.ledger.told_again import HALF_A_DAY, may_be_one_instant
from lotwork.ledger.txids import txid_key
from lotwork.ledger.units import MICROS
from lotwork.projections.questions.lately import Near, Place

CLOCKS_APART = timedelta(hours=1)
"""So much earlier may a house say that it received what a pool says that it paid."""
MOST_KEPT = {"BTC": 50_000}
"""Base units that a withdrawal of a coin costs at most."""
MOST_KEPT_USD = 50 * MICROS
"""The same in micro-dollars, of any other coin: about as much."""
NOT_PAID_OUT = frozenset({"staking", "referral", "block_reward"})
"""What no pool pays out: an exchange credits it by itself, or a node mined it."""
Gone: TypeAlias = e.Movement | e.Purchase
"""What left a wallet, or was bought into one and may have been sent on."""
Coins: TypeAlias = e.Receipt | e.Transfer | e.Movement | e.Purchase | e.GiftReceived
"""What came to a wallet, or left one, as a teller tells it."""
Sent: TypeAlias = e.Movement | e.Transfer | e.Sale
"""What left a wallet: as it was seen there, with where it went, or for what."""
Traded: TypeAlias = e.Purchase | e.Sale
Flow: TypeAlias = Coins | e.Sale


def wallet_of(event: Flow) -> str:
    """Return the wallet an event concerns: of a transfer the one that the coins came into."""
    return event.to_wallet if isinstance(event, e.Transfer) else event.wallet


def who_told(event: Flow) -> Place:
    """Return who told of coins; a file's own is as many tellers as there are wallets it tells of.

    What nobody is named for is one hand's, and yet a transfer it tells may be the receipt that it tells too.
    """
    if event.source is None:
        return ("", "moved") if isinstance(event, e.Transfer) else ()
    if event.source != FROM_A_FILE:
        return (event.source,)
    _, columns, file = teller_of(event)
    return FROM_A_FILE, columns, file, wallet_of(event)


def amounts_of(event: e.Receipt | e.Transfer) -> Collection[int]:
    """Return how much came: what a receipt brought, and what it was before a pool's fee."""
    gross = event.gross_quantity if isinstance(event, e.Receipt) else None
    return (event.quantity,) if gross in (None, 0, event.quantity) else (event.quantity, gross or 0)


def tellers_of(receipts: Iterable[e.Receipt]) -> Collection[Place]:
    """Return who told *receipts*."""
    by_source = {each.source: each for each in receipts}
    return {who_told(each) for each in (receipts if FROM_A_FILE in by_source else by_source.values())}


def kind_of(event: Coins) -> Hashable:
    """Return what a receipt has in common with those of its teller that look and stand where it does."""
    if type(event) is not e.Receipt:
        return event.id
    teller = who_told(event) if event.source == FROM_A_FILE else event.source
    return teller, event.pool, event.asset, event.wallet, event.txid is None


def are_two_payments(one: Coins, other: Coins) -> bool:
    """Say if two events of two tellers are known to be two, whatever they tell of: two pools paid them."""
    return type(one) is e.Receipt and type(other) is e.Receipt and are_two_pools(one, other)


def stands_at(event: Flow) -> Iterator[tuple[Place, int]]:
    """Yield where *event* can be found, and how much it is there."""
    if type(event) is e.Receipt:
        place = _receipts(event.asset, named_txid=event.txid is not None)
        yield from ((place, amount) for amount in amounts_of(event))
    elif type(event) is e.Transfer:
        yield ("came", event.arrives_as, event.to_wallet), event.quantity
        yield ("moved", event.asset), event.quantity
    else:
        yield from (((_PLACES[type(event)], event.asset), amount) for amount in _left_by(event))


def looks_of(event: Flow) -> Iterator[Near]:
    """Yield where what *event* may repeat is to be found."""
    if type(event) is e.Receipt:
        for amount in amounts_of(event):
            yield from _near_receipts(event.asset, amount, named_txid=event.txid is not None, share=KEPT_PART)
            yield _about(("came", event.asset, event.wallet), amount)
        yield from (_about((place, event.asset), event.quantity) for place in ("given", "left", "bought"))
    elif type(event) is e.Transfer:
        yield from _near_receipts(event.arrives_as, event.quantity, named_txid=event.txid is not None)
        yield _about(("moved", event.asset), event.quantity)
    else:
        place = _PLACES[type(event)]
        if place != "sold":
            for amount in _left_by(event):
                yield from _near_receipts(event.asset, amount, named_txid=False)
        if place != "left":
            yield _about((place, event.asset), event.quantity)
        if place in _EITHER:
            yield Near((_EITHER[place], event.asset), event.quantity)


def leaves_at(event: Sent) -> Iterator[tuple[Place, int]]:
    """Yield where what left a wallet can be found as that: by how much arrives, and by how much left with the fee."""
    place = (*_LEFT_AS[type(event)], event.asset, _giver(event))
    yield from ((place, amount) for amount in _told_of(event))


def looks_where_left(event: Sent) -> Iterator[Near]:
    """Yield where to find the transfer or sale that may tell what a movement saw leave, or that movement."""
    for other in (e.Transfer, e.Sale) if isinstance(event, e.Movement) else (e.Movement,):
        place = (*_LEFT_AS[other], event.asset, _giver(event))
        yield from (_about(place, amount) for amount in _told_of(event))


def _giver(event: Sent) -> str:
    return event.from_wallet if isinstance(event, e.Transfer) else event.wallet


def _left_by(event: Flow) -> tuple[int, ...]:
    return _told_of(event) if isinstance(event, e.Movement) else (event.quantity,)


def _told_of(event: Sent) -> tuple[int, ...]:
    """Return how much a transfer or movement tells of, and how much with its fee; a sale has none of the coin."""
    fee: int = (None if isinstance(event, e.Sale) else event.fee_quantity) or 0
    return (event.quantity, event.quantity + fee) if fee else (event.quantity,)


def _receipts(asset: str, *, named_txid: bool) -> Place:
    return "receipt", asset, "txid" if named_txid else ""


def _near_receipts(asset: str, amount: int, *, named_txid: bool, share: int = FEE_SHARE) -> Iterator[Near]:
    yield _about(_receipts(asset, named_txid=False), amount, share)
    if not named_txid:
        yield _about(_receipts(asset, named_txid=True), amount, share)


def _about(place: Place, amount: int, share: int = FEE_SHARE) -> Near:
    return Near(place, amount, share)


def how_much(event: Flow) -> int:
    """Return how much an event tells of; of what was seen to leave, the network's fee with it."""
    fee: int = (event.fee_quantity if isinstance(event, e.Movement) else None) or 0
    return event.quantity + fee


def is_a_fee_apart(one: int, other: int) -> bool:
    """Say if the smaller of two amounts may be the larger less a fee, or both are one."""
    return abs(one - other) <= max(one, other) // FEE_SHARE


def may_be_one(one: Flow, other: Flow) -> bool:
    """Say if *one* may be what another teller tells as *other*; where only one is a receipt, it is *one*."""
    alike = _ALIKE.get((type(one), type(other)))
    return alike is not None and alike(one, other)


def _is_one_payment(one: e.Receipt, other: e.Receipt) -> bool:
    if are_two_pools(one, other) or _name_two(one, other):
        return False
    if not _is_near(one, amounts_of(other)):
        return _is_withdrawn(one, other) or _is_withdrawn(other, one)
    return _may_be_equal(one, other) if set(amounts_of(one)) & set(amounts_of(other)) else _may_differ(one, other)


def _is_withdrawn(paid: e.Receipt, came: e.Receipt) -> bool:
    """Say if *came* may be what a house received of *paid*, less what a pool or network keeps of a withdrawal.

    So much less is a sign only where one of the two is the payer's word and the other the receiver's: they tell of two
    wallets, or the receiver of the one that is named as it is. Two pools that pay one wallet are two payers, and of two
    files without a source the one that names a pool is the payer; what a node saw is what came, with its output.
    """
    fee = paid.quantity - came.quantity
    if not 0 < fee <= paid.quantity // KEPT_PART or came.vout is not None or paid.vout is not None:
        return False
    if came.at < paid.at - CLOCKS_APART or None in (paid.source, came.source) or not _may_differ(paid, came):
        return False
    if named(paid.wallet) == named(paid.source) or (
        paid.wallet == came.wallet and named(came.wallet) != named(came.source)
    ):
        return False  # a house's own word is no payer's
    if paid.source == came.source and (paid.pool is None or came.pool is not None):
        return False
    if paid.income in NOT_PAID_OUT or came.income in NOT_PAID_OUT:
        return False
    if paid.asset in MOST_KEPT:
        return fee <= MOST_KEPT[paid.asset]
    value, quantity = max((each.value_usd_micros or 0, each.quantity) for each in (paid, came))
    return value > 0 and fee * value <= MOST_KEPT_USD * quantity


def _is_brought(one: e.Receipt, other: e.Transfer) -> bool:
    """Say if a receipt may be what a transfer brought: one hand may tell both, and that is no income."""
    same = one.wallet == other.to_wallet and one.asset == other.arrives_as
    return same and not _name_two(one, other) and _is_near(one, amounts_of(other))


def _is_given(one: e.Receipt, other: e.GiftReceived) -> bool:
    if other.quantity in amounts_of(one):
        return _may_be_equal(one, other)
    return _is_near(one, (other.quantity,)) and _may_differ(one, other)


def _is_near(one: e.Receipt, others: Collection[int]) -> bool:
    return any(is_a_fee_apart(amount, other) for amount in amounts_of(one) for other in others)


def _is_one_gift(one: e.GiftReceived, other: e.GiftReceived) -> bool:
    return one.quantity == other.quantity and _may_be_equal(one, other)


def _is_given_as_bought(one: e.GiftReceived | e.Purchase, other: e.GiftReceived | e.Purchase) -> bool:
    return one.quantity == other.quantity and one.wallet == other.wallet and _may_be_equal(one, other)


def _name_two(one: Flow, other: Flow) -> bool:
    """Say if both name a transaction: then those are compared."""
    return getattr(one, "txid", None) is not None and getattr(other, "txid", None) is not None


def _name_others(one: Flow, other: Flow) -> bool:
    """Say if the two name transactions that differ."""
    names = [txid_key(txid) for each in (one, other) if (txid := getattr(each, "txid", None)) is not None]
    return len(set(names)) > 1


def _may_differ(one: Flow, other: Flow) -> bool:
    """Say if the tellers of two events are two that may see a fee otherwise: sources, or exports of other columns."""
    first, second = teller_of(one), teller_of(other)
    if first.source != second.source:
        return True
    return bool(first.columns and second.columns) and first.columns != second.columns


def _may_be_equal(one: Flow, other: Flow) -> bool:
    """Say if two events of one amount may be one for all that is known of who told them.

    Of rows of one instant under the same columns the import has said already which are told again (`told_again`).
    """
    if _may_differ(one, other) or wallet_of(one) != wallet_of(other):
        return True
    first, second = teller_of(one), teller_of(other)
    known = bool(first.file and second.file) and not may_be_one_instant(one.at, other.at)
    return known and abs(one.at - other.at) <= HALF_A_DAY


def are_two_exports(one: Flow, other: Flow) -> bool:
    """Say if two rows of one amount stood in two files of the same columns, as exports of two months do."""
    first, second = teller_of(one), teller_of(other)
    alike = bool(first.columns) and first.columns == second.columns and first.file != second.file
    return alike and one.quantity == other.quantity and wallet_of(one) == wallet_of(other)


def _left_as(came: e.Receipt, gone: Gone) -> bool:
    """Say if what *came* is what is *gone* from another wallet, less a fee; or all that was bought, where it was."""
    if _name_others(came, gone):
        return False
    if gone.wallet == came.wallet:
        return isinstance(gone, e.Purchase) and gone.quantity == came.quantity
    left = how_much(gone)
    return 0 <= left - came.quantity <= max(left // FEE_SHARE, left - gone.quantity)


def _is_one_move(one: e.Transfer, other: e.Transfer) -> bool:
    """Say if two transfers may be one, told where it left and where it arrived: gross there, net of the fee here."""
    if _name_two(one, other):
        return False
    if (one.from_wallet, one.to_wallet) == (other.from_wallet, other.to_wallet):
        equal = one.quantity == other.quantity
        near = is_a_fee_apart(one.quantity, other.quantity) and _may_differ(one, other)
        return _may_be_equal(one, other) if equal else near
    if one.from_wallet != other.from_wallet and one.to_wallet != other.to_wallet:
        return False
    wholes = [each.quantity + (each.fee_quantity or 0) for each in (one, other)]
    return (one.quantity == other.quantity or wholes[0] == wholes[1]) and _may_differ(one, other)


def _is_moved(one: e.Movement, other: e.Transfer) -> bool:
    """Say if a transfer may tell where that went which a movement saw leave: with the fee, without it, or for it.

    Two rows of one file are two things; what names two transactions is compared by those.
    """
    first, second = teller_of(one), teller_of(other)
    if (first.file and first == second) or one.wallet != other.from_wallet or _name_two(one, other):
        return False
    return any(is_a_fee_apart(left, moved) for left in _told_of(one) for moved in _told_of(other))


def _is_spent(one: e.Movement, other: e.Sale) -> bool:
    """Say if a sale may tell what a movement saw leave, with the network's fee or without it; as `_is_moved`."""
    first, second = teller_of(one), teller_of(other)
    if (first.file and first == second) or one.wallet != other.wallet:
        return False
    return any(is_a_fee_apart(left, other.quantity) for left in _told_of(one))


def _is_one_trade(one: Traded, other: Traded) -> bool:
    """Say if two sales, or purchases, may be one: as many coins in one wallet, or for as many dollars in another."""
    equal, elsewhere = one.quantity == other.quantity, one.wallet != other.wallet
    for_as_much = is_a_fee_apart(_dollars(one), _dollars(other))
    if equal and (for_as_much or not elsewhere):
        return _may_be_equal(one, other)
    near = not elsewhere and for_as_much and is_a_fee_apart(one.quantity, other.quantity)
    return near and _may_differ(one, other)


def _dollars(trade: Traded) -> int:
    return trade.proceeds_usd_micros if isinstance(trade, e.Sale) else trade.cost_usd_micros


_PLACES: Mapping[type[Flow], str] = {
    e.Movement: "left", e.Purchase: "bought", e.GiftReceived: "given", e.Sale: "sold"
}  # fmt: skip
_EITHER = {"bought": "given", "given": "bought"}
_LEFT_AS: Mapping[type[Sent], Place] = {
    e.Movement: ("seen to leave",), e.Transfer: ("said to leave",), e.Sale: ("sold out of",)
}  # fmt: skip
_ALIKE: Mapping[tuple[type[Flow], type[Flow]], Callable[[Any, Any], bool]] = {
    (e.Receipt, e.Receipt): _is_one_payment,
    (e.Receipt, e.Transfer): _is_brought,
    (e.Receipt, e.GiftReceived): _is_given,
    (e.Receipt, e.Movement): _left_as,
    (e.Receipt, e.Purchase): _left_as,
    (e.GiftReceived, e.Purchase): _is_given_as_bought,
    (e.Purchase, e.GiftReceived): _is_given_as_bought,
    (e.Transfer, e.Transfer): _is_one_move,
    (e.Movement, e.Transfer): _is_moved,
    (e.Movement, e.Sale): _is_spent,
    (e.Purchase, e.Purchase): _is_one_trade,
    (e.Sale, e.Sale): _is_one_trade,
    (e.GiftReceived, e.GiftReceived): _is_one_gift,
}
"""Which two kinds of events may be one, and when they are."""

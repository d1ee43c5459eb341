"""Receipts of one transaction held against each other: whose they are, how much, and of which kind of income."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from msgspec.structs import replace

from lotwork.ledger.events import Event, Movement, Receipt, Transfer
from lotwork.ledger.tellers import FEE_SHARE, FROM_FILES
from lotwork.ledger.txids import txid_key

Key: TypeAlias = tuple[str, str, str]
"""A transaction, an asset, and the wallet they concern."""
UNSAID = "other"
"""What a house calls coins that came in, whatever they are: another's word for them says more."""
OF_THE_TRADE = frozenset({"block_reward", "transaction_fee", "pool_payout", "bonus", "referral", "hosting"})
"""Kinds of income that stand in one place of a return."""
KEPT_PART = 10
"""A house keeps no more than a tenth of what comes in."""


class Listed(NamedTuple):
    """What a pool's own list says of coins that the chain shows: who paid, and what was kept of it."""

    pool: str
    gross_quantity: int | None = None
    pool_fee_quantity: int | None = None

    def of(self, receipt: Receipt) -> Receipt:
        """Return *receipt* with what it does not say itself."""
        gross, fee = self.gross_quantity, self.pool_fee_quantity
        if receipt.gross_quantity is not None or receipt.pool_fee_quantity is not None:
            gross, fee = receipt.gross_quantity, receipt.pool_fee_quantity
        return replace(receipt, pool=receipt.pool or self.pool, gross_quantity=gross, pool_fee_quantity=fee)


def tells_another_kind(twin: Receipt, first: Receipt) -> bool:
    """Say if *twin* is told as a kind of income that stands elsewhere on a return than that of *first*."""
    return twin.income not in (first.income, UNSAID) and not {twin.income, first.income} <= OF_THE_TRADE


def by_source(receipts: Iterable[Receipt]) -> list[list[Receipt]]:
    """Return *receipts* by who told them, in order of the first of each."""
    told: dict[str | None, list[Receipt]] = {}
    for receipt in receipts:
        told.setdefault(receipt.source, []).append(receipt)
    return list(told.values())


def is_as_much(first: Sequence[Receipt], second: Sequence[Receipt], *, kept: bool) -> bool:
    """Say if two groups are of one amount, or, where a fee may be *kept* of one of them, nearly."""
    one, other = (sum(each.quantity for each in group) for group in (first, second))
    return one == other or (kept and abs(one - other) * KEPT_PART <= max(one, other))


def transfer_of(movement: Movement, receipt: Receipt, fee: int | None) -> Transfer:
    """Return the transfer that *receipt* is the end of, under its id, from when the coins left."""
    return Transfer(
        id=receipt.id,
        at=min(movement.at, receipt.at),
        source=receipt.source,
        note=receipt.note,
        evidence=receipt.evidence,
        from_wallet=movement.wallet,
        to_wallet=receipt.wallet,
        asset=receipt.asset,
        quantity=receipt.quantity,
        fee_quantity=fee,
        price_usd=movement.price_usd,
        txid=receipt.txid,
    )


def with_fee(movement: Movement, transfers: Sequence[Transfer]) -> Transfer | None:
    """Return the first of the *transfers* that explain *movement*, with the fee that they do not tell; None for none.

    What left beside what arrived was paid all the same, when the coins left, be it up to a tenth of them.
    """
    moved = sum(each.quantity for each in transfers)
    rest = movement.quantity + (movement.fee_quantity or 0) - moved
    least = movement.quantity - movement.quantity // FEE_SHARE
    if any(each.fee_quantity for each in transfers) or rest <= 0 or moved < least:
        return None
    first = min(transfers, key=lambda each: (each.at, each.id))
    at = min(first.at, movement.at)
    price = first.price_usd if at == first.at and first.price_usd is not None else movement.price_usd
    return replace(first, at=at, fee_quantity=rest, price_usd=price)


def may_be_told_twice(twin: Transfer, first: Transfer) -> bool:
    """Say if two transfers of one transaction may be one: of two sources, or of one that reads files, much alike."""
    if twin.source != first.source:
        return True
    apart = abs(twin.quantity - first.quantity)
    return twin.source in FROM_FILES and apart <= max(twin.quantity, first.quantity) // FEE_SHARE


def listed_of(twins: Sequence[Receipt], counted: Sequence[Receipt]) -> Iterator[tuple[str, Listed]]:
    """Yield (id, what the list of a pool says) of each of *counted*, which *twins* of one source repeat.

    Gross and fee are of one payment: they are kept where both tell it as one, and as much.
    """
    pools = {twin.pool for twin in twins}
    pool = twins[0].pool
    if pool is None or len(pools) > 1:
        return
    is_one = len(twins) == len(counted) == 1 and twins[0].quantity == counted[0].quantity
    gross, fee = (twins[0].gross_quantity, twins[0].pool_fee_quantity) if is_one else (None, None)
    for receipt in counted:
        if receipt.pool is None or receipt.pool.casefold() == pool.casefold():
            yield receipt.id, Listed(pool, gross, fee)


def key_of(event: Movement | Transfer, wallet: str) -> Key:
    """Return what *event* concerns in *wallet*."""
    return txid_key(event.txid or ""), event.asset, wallet


def arrival_of(event: Transfer) -> Key:
    """Return what a transfer concerns where it arrives."""
    return txid_key(event.txid or ""), event.arrives_as, event.to_wallet


def named_sources(*events: Event) -> set[str | None]:
    """Return the named sources of *events*: one source does not repeat itself in the events of one transaction."""
    return {event.source for event in events if event.source is not None}

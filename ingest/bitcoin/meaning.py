"""What a transaction means to a miner: income, coins that left, or coins between own wallets.

- An output to a watched wallet that no watched coin paid for is a receipt of the wallet's meaning. In a coinbase it is
  a `block_reward` (a `pool_payout` where the wallet is paid by a pool). It is dated by its block: dominion and control
  is had when the block is found, and the 100 blocks of maturity only delay when it is *recorded*.
- An output to a wallet whose meaning is `transfer` is no income but a transfer from the unwatched wallet it names.
- Where watched coins are spent, each wallet is netted first: its change never left it. What wallets gave and other
  wallets got is one transfer a pair; what went to strangers is one movement a wallet, for the taxpayer to explain.
- The miner's fee, known where every input is watched, goes with the first payment out of a wallet that still has coins
  to pay it; a fee that is all there is (coins moved within one wallet) is itself a movement. A movement's `quantity`
  arrives at strangers and its `fee_quantity` comes on top, as in a transfer.
- Strangers' inputs beside ours (a joint transaction): the fee is unknown, and what a wallet got beyond what ours gave
  is a receipt of the wallet's meaning, in doubt: it may be what something was sold for.
- What comes out of MWEB is in doubt too: nobody sees who paid, and it may be coins of one's own.

So coins are conserved: receipts + transfers in - transfers out - movements - fees is what the wallet's outputs hold.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from itertools import product
from typing import Any

from lotwork.ingest.bitcoin.scan import Coin, Sighting
from lotwork.ingest.bitcoin.scripts import Chain, address_of_script
from lotwork.ingest.sections import WalletSection
from lotwork.ledger.events import Event, Income, Meaning, Movement, Receipt, Transfer
from lotwork.ledger.kinds.coins import FEE_ALONE
from lotwork.ledger.units import unscaled

DECIMALS = 8
"""Of the coin of every chain here."""


class Reader:
    """Reads sightings on one chain as the events of one source."""

    def __init__(self, source: str, chain: Chain, wallets: Mapping[str, WalletSection]) -> None:
        self.source = source
        self.chain = chain
        self.wallets = wallets

    def events_of(self, sighting: Sighting) -> tuple[Event, ...]:
        """Return the events that tell *sighting*: payments between own wallets first, then the rest."""
        if not sighting.spent:
            return tuple(self._arrivals(sighting, {coin.vout: coin.value for coin in sighting.created}))
        return tuple(self._spending(sighting))

    def _arrivals(self, sighting: Sighting, quantities: Mapping[int, int]) -> Iterator[Event]:
        """Yield a receipt for each output with a quantity from strangers, or the transfer such outputs make."""
        moved: Counter[str] = Counter()
        for coin in sighting.created:
            quantity = quantities.get(coin.vout, 0)
            if quantity and self._meaning(coin, sighting) == "transfer":
                moved[coin.wallet] += quantity
            elif quantity:
                yield self._receipt(coin, quantity, sighting)
        for wallet, quantity in moved.items():
            yield self._transfer(str(self.wallets[wallet].from_wallet), wallet, quantity, None, sighting)

    def _meaning(self, coin: Coin, sighting: Sighting) -> Meaning:
        meaning = self.wallets[coin.wallet].meaning
        return "block_reward" if sighting.coinbase and meaning != "pool_payout" else meaning

    def _spending(self, sighting: Sighting) -> Iterator[Event]:
        gave, got = _netted(sighting)
        pairs = _paired(gave, got)
        fees = _shared_fee(gave, sighting.fee or 0)
        for (giver, taker), quantity in pairs.items():
            left_to_strangers = gave[giver] - fees.get(giver, 0) > 0
            fee = None if left_to_strangers else fees.pop(giver, None)
            if fee:
                gave[giver] -= fee
            yield self._transfer(giver, taker, quantity, fee, sighting)
        for giver, rest in gave.items():
            if rest:
                yield self._movement(giver, rest, fees.get(giver, 0), sighting)
        yield from self._arrivals(sighting, _excess(sighting, got))

    def _receipt(self, coin: Coin, quantity: int, sighting: Sighting) -> Receipt:
        meaning = self._meaning(coin, sighting)
        return Receipt(
            id=f"{self.chain.name}:{sighting.txid}:{coin.vout}",
            **self._common(sighting),
            wallet=coin.wallet,
            quantity=quantity,
            income=_income(meaning),
            pool=self.wallets[coin.wallet].pool if meaning == "pool_payout" else None,
            vout=coin.vout,
            block_hash=sighting.block_hash,
            height=sighting.height,
            doubt="private" if sighting.private else "same_transaction" if sighting.spent else None,
        )

    def _transfer(self, giver: str, taker: str, quantity: int, fee: int | None, sighting: Sighting) -> Transfer:
        return Transfer(
            id=f"{self.chain.name}:{sighting.txid}:{giver}:{taker}",
            **self._common(sighting),
            from_wallet=giver,
            to_wallet=taker,
            quantity=quantity,
            fee_quantity=fee or None,
        )

    def _movement(self, wallet: str, left: int, fee: int, sighting: Sighting) -> Movement:
        only_fee = left == fee
        return Movement(
            id=f"{self.chain.name}:{sighting.txid}:{wallet}",
            **self._common(sighting),
            note=FEE_ALONE if only_fee else None,
            wallet=wallet,
            quantity=left if only_fee else left - fee,
            fee_quantity=None if only_fee else fee or None,
            outputs=() if only_fee else self._outputs(sighting),
        )

    def _outputs(self, sighting: Sighting) -> tuple[str, ...]:
        """Return whom the transaction paid, and how much: one of them may be change to an address nobody watches."""
        paid = (
            f"{address_of_script(bytes.fromhex(script), self.chain)}: {unscaled(value, DECIMALS)}"
            for script, value in sighting.paid
        )
        return (*paid, f"and {sighting.others} more") if sighting.others else tuple(paid)

    def _common(self, sighting: Sighting) -> dict[str, Any]:
        return {
            "at": datetime.fromtimestamp(sighting.at, UTC),
            "source": self.source,
            "evidence": sighting.evidence,
            "asset": self.chain.asset,
            "txid": sighting.txid,
        }


def _income(meaning: Meaning) -> Income:
    if meaning == "transfer":
        raise ValueError("a transfer is no income")
    return meaning


def _netted(sighting: Sighting) -> tuple[dict[str, int], dict[str, int]]:
    """Return what each wallet gave and what each got, its change netted, in the order the transaction names them."""
    net: defaultdict[str, int] = defaultdict(int)
    for coin in sighting.spent:
        net[coin.wallet] += coin.value
    for coin in sighting.created:
        net[coin.wallet] -= coin.value
    gave = {wallet: quantity for wallet, quantity in net.items() if quantity > 0}
    return gave, {wallet: -quantity for wallet, quantity in net.items() if quantity < 0}


def _paired(gave: dict[str, int], got: dict[str, int]) -> dict[tuple[str, str], int]:
    """Return what went from whom to whom, filled in order; *gave* and *got* keep what has no counterpart."""
    pairs = {}
    for giver, taker in product(list(gave), list(got)):
        quantity = min(gave[giver], got[taker])
        if quantity:
            pairs[giver, taker] = quantity
            gave[giver] -= quantity
            got[taker] -= quantity
    return pairs


def _shared_fee(gave: Mapping[str, int], fee: int) -> dict[str, int]:
    """Return which giver pays how much of the fee: the first that has coins left over, then the next."""
    shares = {}
    for giver, rest in gave.items():
        shares[giver] = min(rest, fee)
        fee -= shares[giver]
    return shares


def _excess(sighting: Sighting, got: dict[str, int]) -> dict[int, int]:
    """Return, by output, what wallets got from strangers in a transaction that also spends watched coins."""
    rest = dict(got)
    shares = {}
    for coin in sighting.created:
        shares[coin.vout] = min(rest.get(coin.wallet, 0), coin.value)
        if coin.wallet in rest:
            rest[coin.wallet] -= shares[coin.vout]
    return shares

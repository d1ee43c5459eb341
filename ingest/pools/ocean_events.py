"""What OCEAN's earnings and payouts are: receipts and transfers by the policy of their time, and their ids.

When its income counts is a dated policy of the taxpayer. *On payout*: each payout is a receipt, with the gross and the
fee of the blocks it pays for where these can be told. *On credit*: each block's earning is a receipt into the wallet
at the pool, and a payout moves it out. The id of a payout is the transaction's, so that a chain watcher's output of
the same transaction and the pool's word are one income.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from lotwork.ingest.pools.bounds import BITCOIN
from lotwork.ingest.pools.coverage import gross_and_fee
from lotwork.ingest.pools.meaning import CREDITED, noted
from lotwork.ingest.pools.ocean_answers import Earning, MonthRow, Payout
from lotwork.ingest.pools.ocean_section import OceanSection
from lotwork.ingest.pools.uncovered import never_moved, never_paid
from lotwork.ledger.events import Balance, Event, Receipt, Transfer

POOL = "ocean"

Recognition = Callable[[datetime], str]


@dataclass(frozen=True, slots=True)
class OceanEvents:
    """Makes events of what one address was credited and paid."""

    section: OceanSection
    recognition: Recognition
    prefix: str
    """What every id begins with."""

    def payout_id(self, payout: Payout) -> str:
        """Return the id of *payout*: by its transaction, else by what Lightning calls it, else by its time."""
        return f"{self.prefix}{payout.txid or payout.lightning or int(payout.at.timestamp())}"

    def credit_id(self, earning: Earning) -> str:
        """Return the id of *earning*: by its block."""
        return f"{self.prefix}credit:{earning.block_hash}"

    def uncovered_id(self, last: Earning) -> str:
        """Return what earnings up to *last* are called that no payout covers."""
        return f"{self.prefix}uncovered:{last.block_hash}"

    def credit(self, earning: Earning, evidence: str) -> Receipt:
        """Return the income of a block, where it is income when credited."""
        gross, fee = gross_and_fee((earning,), ())
        return Receipt(
            id=self.credit_id(earning),
            at=earning.at,
            source=self.section.name,
            evidence=evidence,
            wallet=POOL,
            asset=BITCOIN,
            quantity=earning.net_sats,
            gross_quantity=gross,
            pool_fee_quantity=fee,
            income="pool_payout",
            pool=POOL,
        )

    def payout(
        self, payout: Payout, covered: Sequence[Earning], evidence: str, months: Callable[[], Iterable[MonthRow]]
    ) -> Iterator[Event]:
        """Yield what a payout is: income now, coins that were income when credited, or a part of each.

        *months* are asked for only where gross and fee are wanted.
        """
        name = self.payout_id(payout)
        wallet = self.section.wallet if payout.lightning is None else self.section.lightning_wallet
        blocks = covered or (Earning("", payout.at, payout.sats, None),)
        credited = sum(one.net_sats for one in blocks if self.recognition(one.at) == "on_credit")
        if credited < payout.sats:
            gross, fee = gross_and_fee(covered, months()) if not credited else (None, None)
            yield Receipt(
                id=name,
                at=payout.at,
                source=self.section.name,
                note=_how(payout),
                evidence=evidence,
                wallet=wallet,
                asset=BITCOIN,
                quantity=payout.sats - credited,
                gross_quantity=gross,
                pool_fee_quantity=fee,
                income="pool_payout",
                pool=POOL,
                # In a payout that is both, the transfer carries the transaction: it explains what the chain saw.
                txid=None if credited else payout.txid,
            )
        if credited:
            yield Transfer(
                id=name if credited == payout.sats else f"{name}:{CREDITED}",
                at=payout.at,
                source=self.section.name,
                evidence=evidence,
                from_wallet=POOL,
                to_wallet=wallet,
                asset=BITCOIN,
                quantity=credited,
                txid=payout.txid,
            )

    def uncovered(self, earnings: Sequence[Earning], evidence: str, note: str | None) -> Iterator[Event]:
        """Yield what no payout covers, apart by when it is income."""
        credited = [one for one in earnings if self.recognition(one.at) == "on_credit"]
        common = {"source": self.section.name, "evidence": evidence, "wallet": POOL, "asset": BITCOIN}
        name = f"{self.prefix}uncovered"
        yield from never_paid(name, [one for one in earnings if one not in credited], POOL, {**common, "note": note})
        yield from never_moved(name, credited, common)

    def balance(self, sats: int, at: datetime, evidence: str) -> Balance:
        """Return what the pool says it owes."""
        return Balance(
            id=f"{self.prefix}balance:{at:%Y-%m-%dT%H:%M:%S}",
            at=at,
            source=self.section.name,
            evidence=evidence,
            wallet=POOL,
            asset=BITCOIN,
            quantity=sats,
        )

    def names(self, key: str) -> tuple[str, ...]:
        """Return every id that an event of the row called *key* may have."""
        return key, f"{key}:{CREDITED}"


def with_keys(event: Event, unknown: Collection[str]) -> Event:
    """Return *event* with the keys *unknown* that the answer had and nobody declared, in its note."""
    return replace(event, note=noted(event.note, unknown)) if unknown else event


def _how(payout: Payout) -> str | None:
    if payout.lightning is not None:
        return "paid over Lightning"
    return "paid in the coinbase" if payout.generation else None

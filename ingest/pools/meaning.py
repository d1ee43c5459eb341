"""What a row of a pool means to the taxpayer: income when credited or when paid, by the policy in force at its instant.

Law: income counts when the taxpayer has dominion and control over it (26 U.S.C. 451, 1.451-2; Notice 2014-21, A-8).
Whether that is the credit at the pool or the payout is a dated policy of the profile.

*On payout*, a payout is a receipt. *On credit*, a credit is a receipt into the wallet at the pool, and a payout moves
it out. Where the policy changed between the two, a payout moves first what was counted when credited; the rest of it is
income now. So each coin is income once, whichever way the policy changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Any, Protocol

from lotwork.ingest.pools.told import Reader, Told
from lotwork.ledger import events as e
from lotwork.ledger.kinds.coins import NEW_KEYS
from lotwork.ledger.public_form.hashrates import hashrate_text
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.units import Asset, AssetTable, unscaled
from lotwork.ledger.zones import Calendar

PARTS_OF_A_UNIT = 1000
"""Smallest units that daily credits may lose together, where a pool credits finer than the coin goes."""
CREDITED, OBSERVED, WORKED = "credited", "observed", "work"
"""What the ids of events end with that stand beside the one that is called as its row is."""


class Policy(Protocol):
    """What the taxpayer's book says: which policy held when, and what a source told so far."""

    def recognition(self, at: datetime) -> str:
        """Return on_payout or on_credit."""
        ...

    def told_by(self, source: str, keep: Callable[[e.Event], bool]) -> Iterator[e.Event]:
        """Yield the events of *source* that hold and that *keep* takes."""
        ...


class GrowingPolicy(Protocol):
    """The same of a book that grows."""

    @property
    def standing(self) -> Policy:
        """What the book says as it is written by now: the same object while it stays so."""
        ...

    @property
    def calendar(self) -> Calendar:
        """The taxpayer's calendar."""
        ...

    def recognition(self, at: datetime) -> str:
        """Return on_payout or on_credit."""
        ...


class Meaning:
    """Makes events of the rows of one account."""

    def __init__(self, reader: Reader, *, source: str, wallet: str, policy: Policy) -> None:
        self._reader = reader
        self._source = source
        self._wallet = wallet
        self._policy = policy
        self._told: dict[str, e.Event] | None = None

    def ids(self, name: str) -> tuple[str, ...]:
        """Return every id that an event of the row called *name* may have."""
        return name, *(f"{name}:{each}" for each in (CREDITED, OBSERVED, WORKED))

    def events(
        self, name: str, row: Told, evidence: str, new: Iterable[e.Event], *, former: Collection[str] = ()
    ) -> list[e.Event]:
        """Return what the row called *name* is; *new* are the events before it that are not recorded yet.

        *former* are ids under which it was recorded before it was called so.
        """
        if row.state != "done":
            return []
        work = self._work(name, row, evidence)
        return [*self._income(name, row, evidence, new, former), *work] if row.amount and row.kind != "work" else work

    def _income(
        self, name: str, row: Told, evidence: str, new: Iterable[e.Event], former: Collection[str]
    ) -> Iterable[e.Event]:
        doubt: e.Doubt | None = None
        if row.kind == "credit":
            if self._reader.counts_paid or self._policy.recognition(row.at) != "on_credit":
                return self._observed(name, row, evidence) if "credits" in self._reader.observe else []
            return [self._receipt(name, row, row.amount, evidence, None, self._reader.pool)]
        owed = self._owed(name, row, new, former) if self._reader.credits else 0
        moved = min(row.amount, max(owed - row.sent_fee, 0))
        rest = row.amount - moved
        events: list[e.Event] = []
        if rest:
            if self._reader.credits and self._policy.recognition(row.at) == "on_credit":
                doubt = None if moved and rest <= PARTS_OF_A_UNIT else "not_credited"
            events.append(
                self._receipt(name, row, rest, evidence, doubt, row.wallet or self._wallet, beside=bool(moved))
            )
        if moved:
            events.append(self._transfer(self.ids(name)[bool(rest)], row, moved, evidence))
        return events

    def _observed(self, name: str, row: Told, evidence: str) -> list[e.Event]:
        """Return the credit that is no income yet; a bonus and a referral are paid with it."""
        credit = e.Credit(
            id=f"{name}:{OBSERVED}",
            at=row.at,
            pool=self._reader.pool,
            asset=row.asset,
            quantity=row.amount,
            gross_quantity=row.gross,
            pool_fee_quantity=row.fee,
            **self._common(row, evidence),
        )
        return [credit]

    def _work(self, name: str, row: Told, evidence: str) -> list[e.Event]:
        """Return the work that *row* is for, where it is to be recorded."""
        work = row.work
        if work is None or "hashrate" not in self._reader.observe:
            return []
        told = e.HashrateTold(
            id=f"{name}:{WORKED}",
            at=work.ends,
            pool=self._reader.pool,
            asset=row.asset,
            from_=print_instant(work.begins),
            to=print_instant(work.ends),
            hashrate=hashrate_text(work.rate),
            merged=work.merged,
            scheme=work.scheme,
            source=self._source,
            evidence=evidence,
        )
        return [told]

    def _receipt(
        self,
        name: str,
        row: Told,
        quantity: int,
        evidence: str,
        doubt: e.Doubt | None,
        wallet: str,
        *,
        beside: bool = False,
    ) -> e.Receipt:
        """Return the income; *beside* a transfer that carries the transaction, which explains what the chain saw."""
        return e.Receipt(
            id=name,
            at=row.at,
            wallet=wallet,
            asset=row.asset,
            quantity=quantity,
            income=row.income,
            pool=self._reader.pool,
            gross_quantity=None if beside else row.gross,
            pool_fee_quantity=None if beside else row.fee,
            txid=None if beside else row.txid,
            doubt=doubt,
            **self._common(row, evidence),
        )

    def _transfer(self, name: str, row: Told, quantity: int, evidence: str) -> e.Transfer:
        return e.Transfer(
            id=name,
            at=row.at,
            from_wallet=self._reader.pool,
            to_wallet=row.wallet or self._wallet,
            asset=row.asset,
            quantity=quantity,
            fee_quantity=row.sent_fee or None,
            txid=row.txid,
            **self._common(row, evidence),
        )

    def _common(self, row: Told, evidence: str) -> dict[str, Any]:
        return {"source": self._source, "evidence": evidence, "note": noted(row.note, row.unknown)}

    def _owed(self, name: str, row: Told, new: Iterable[e.Event], former: Collection[str]) -> int:
        """Return what was counted when credited, up to the instant of *row*, and was not moved before it."""
        pool, owed = self._reader.pool, 0
        if self._told is None:
            told_by = self._policy.told_by(self._source, partial(_moves_at, pool))
            self._told = {event.id: event for event in told_by}
        told = self._told | {event.id: event for event in new}
        own = {*self.ids(name), *former}
        for event in told.values():
            if isinstance(event, e.Receipt) and event.wallet == pool and event.asset == row.asset:
                owed += event.quantity if event.at <= row.at else 0
            elif isinstance(event, e.Transfer) and event.from_wallet == pool and event.asset == row.asset:
                is_before = (event.at, event.id) < (row.at, name) and event.id not in own
                owed -= event.quantity + (event.fee_quantity or 0) if is_before else 0
        return owed


def _moves_at(pool: str, event: e.Event) -> bool:
    """Say if *event* brings coins into the wallet at *pool*, or takes them out of it."""
    return pool in (getattr(event, "wallet", None), getattr(event, "from_wallet", None))


def noted(note: str | None, unknown: Iterable[str]) -> str | None:
    """Return *note* with the keys *unknown* that nobody declared, if there are any."""
    keys = ", ".join(sorted(unknown))
    return "; ".join(filter(None, (note, keys and f"{NEW_KEYS}{keys}"))) or None


def row_of(name: str) -> str:
    """Return what the row is called whose event has the id *name*."""
    for each in (CREDITED, OBSERVED, WORKED):
        name = name.removesuffix(f":{each}")
    return name


def declared(
    assets: Iterable[str], reader: Reader, known: AssetTable, source: str, at: datetime
) -> list[e.AssetDeclared]:
    """Return the events that declare those of *assets* that the book does not know yet.

    InputRefusedError where it knows one by another scale than *reader* counts in.
    """
    counted = (asset for asset in sorted(set(assets)) if asset in reader.decimals or known.get(asset) is None)
    wanted = [Asset(asset, reader.decimals[asset]) for asset in counted]
    known.with_declared(wanted)
    return [
        e.AssetDeclared(id=f"asset:{one.symbol}", at=at, asset=one.symbol, decimals=one.decimals, source=source)
        for one in wanted
        if known.get(one.symbol) is None
    ]


def digest_of(events: Iterable[e.Event]) -> str:
    """Return a short digest of what *events* say, whichever answer they were read from."""
    words = "\n".join(sorted(repr(_told(event)) for event in events))
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def in_coins(amount: int, asset: str, assets: AssetTable) -> str:
    """Return *amount* as a text in whole coins."""
    return f"{unscaled(amount, assets.decimals(asset))} {asset}"


def _told(event: e.Event) -> tuple[object, ...]:
    return tuple(getattr(event, name) for name in event.__struct_fields__ if name not in ("evidence", "note", "source"))

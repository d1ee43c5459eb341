"""The turn of 2025: from one pool over all wallets to a pool in each.

Law: on 1 January 2025 the unused basis is allocated to the wallets that hold the coins (Rev. Proc. 2024-28). Where the
taxpayer elected an allocation, that one holds; else the oldest lot goes to the wallet with the oldest unmatched
receipt, and a finding says that this was assumed. A receipt is matched when its coins left its wallet, first in first
out; coins that were moved keep their age.

An allocation of chosen units must be made before the first disposal of the asset from 2025 on, or by the due date of
the 2025 return with extensions, whichever is earlier (5.02(4)); a global one must have been written down before 2025
(5.02(5)(a)). Either is irrevocable (4.02(6)): the first that was made in time holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from operator import attrgetter
from typing import TypeAlias, TypeGuard

import msgspec

from lotwork.ledger.events import Election, Event, LotChoice, Movement, Sale, Transfer
from lotwork.ledger.history import History
from lotwork.ledger.zones import Calendar
from lotwork.projections.basis.holdings import Coins, Holdings
from lotwork.projections.basis.pools import Lot, Pool
from lotwork.projections.findings import Finding
from lotwork.rules.load import Law
from lotwork.rules.us.basis import TransitionDays, transition_days

METHOD = "safe_harbor_allocation"
TOGETHER = 64
"""So many lots are held against as many coins at once, before one is held against another."""

Share: TypeAlias = tuple[Lot, int, str]


class Allocations(msgspec.Struct):
    """The elections of an allocation, and which of them hold."""

    elections: tuple[Election, ...]
    calendar: Calendar
    law: Law
    disposed: Callable[[datetime], Mapping[str, datetime]]
    """When each asset was first disposed of, from an instant on."""

    @classmethod
    def read(cls, history: History, elections: Iterable[Event], law: Law) -> Allocations:
        """Return the allocations among *elections*, which stand in order of time."""
        told = tuple(each for each in elections if isinstance(each, Election) and each.method == METHOD)
        return cls(told, history.calendar, law, lambda since: first_disposals(history, since))

    def of(self, asset: str, findings: list[Finding]) -> tuple[Election, ...]:
        """Return the elections that allocate *asset*: the first made in time, and what was made with it."""
        told = [election for election in self.elections if election.asset in (None, asset)]
        if not told:
            return ()
        days = transition_days(self.law)
        held: list[Election] = []
        for election in told:
            late = self._late(election, asset, days)
            if late is not None:
                findings.append(_late(election, asset, late))
            elif held and election.at != held[0].at:
                findings.append(_irrevocable(election, held[0], asset))
            else:
                held.append(election)
        return tuple(held)

    def _late(self, election: Election, asset: str, days: TransitionDays) -> str | None:
        """Return what *election* came too late for, or None."""
        turn = self.calendar.midnight(days.global_before)
        if election.at < turn:
            return None
        if election.allocation == "global":
            return f"a global allocation is written down before {days.global_before} (Rev. Proc. 2024-28, 5.02(5)(a))"
        if election.at >= self.calendar.midnight(days.specific_by + timedelta(days=1)):
            return f"its last day was {days.specific_by}, the due date of the 2025 return (Rev. Proc. 2024-28, 5.02(4))"
        first = self.disposed(turn).get(asset)
        if first is not None and election.at >= first:
            return f"{asset} was disposed of at {first} already (Rev. Proc. 2024-28, 5.02(4))"
        return None


def first_disposals(history: History, since: datetime) -> dict[str, datetime]:
    """Return when each asset was first disposed of at or after *since*: sold, given, lost, or paid as a fee.

    A transfer between own wallets is none: the procedure means one to another taxpayer (3.11).
    """
    told = len(history.troubles)
    first: dict[str, datetime] = {}
    for event in history.of_kind("sale", "transfer", "movement"):
        if event.at >= since and _disposes(event):
            first.setdefault(event.asset, event.at)
    del history.troubles[told:]
    return first


def _disposes(event: Event) -> TypeGuard[Sale | Transfer | Movement]:
    if isinstance(event, Transfer):
        return bool(event.fee_quantity)
    return isinstance(event, Sale) or (isinstance(event, Movement) and event.is_fee)


def allocated(
    whole: Mapping[tuple[str, str], Pool], holdings: Holdings, allocations: Allocations, findings: list[Finding]
) -> dict[tuple[str, str], list[Lot]]:
    """Return the lots that come to lie in each wallet out of the *whole*, one pool of an asset; nothing is changed.

    One that all comes to another wallet than its own is not moved yet.
    """
    lying: dict[tuple[str, str], list[Lot]] = {}
    for (_, asset), pool in whole.items():
        elected = allocations.of(asset, findings)
        for wallet, held in _shared_out(allocate(asset, pool.lots(), holdings, elected, findings)).items():
            lying.setdefault((wallet, asset), []).extend(held)
    return lying


def pooled(lying: Mapping[tuple[str, str], list[Lot]]) -> dict[tuple[str, str], Pool]:
    """Return the pools of what comes to lie in each wallet."""
    pools: defaultdict[tuple[str, str], Pool] = defaultdict(Pool)
    for (wallet, asset), lots in lying.items():
        moved = [lot if lot.wallet == wallet else lot.moved(wallet) for lot in lots]
        pools[wallet, asset].put_kept(sorted(moved, key=_age))
    return pools


def allocate(
    asset: str, lots: list[Lot], holdings: Holdings, elections: Iterable[Election], findings: list[Finding]
) -> Iterator[Share]:
    """Yield (lot, quantity, wallet) until every open lot of *asset* lies in a wallet."""
    elected = tuple(elections)
    left: dict[str, int] = {}  # of each lot that was elected
    lying, held = holdings.of(asset), holdings.held(asset)
    taken: defaultdict[str, int] = defaultdict(int)
    for election in elected:
        yield from _elected(election, lots, left, _Wallets(held, taken), findings)
    by_age = any(election.allocation == "global" for election in elected)
    if len(held) > 1 and not by_age and any(left.get(lot.id, lot.quantity) for lot in lots):
        findings.append(_assumed(asset, len(held)))
    yield from _by_age(lots, left, _unmatched(lying, taken))


def _shared_out(shares: Iterable[Share]) -> dict[str, list[Lot]]:
    """Return the lots of each wallet by *shares*: a lot that lies in one alone as it is, of others their parts."""
    held: defaultdict[str, list[Lot]] = defaultdict(list)
    split: dict[str, Lot] = {}
    parts: dict[tuple[str, str], Lot] = {}
    for lot, quantity, wallet in shares:
        if quantity == lot.quantity:
            held[wallet].append(lot)
            continue
        rest = split.get(lot.id) or split.setdefault(lot.id, lot.copy())
        part = rest.part(quantity, wallet)
        here = parts.setdefault((wallet, lot.id), part)
        if here is part:
            held[wallet].append(part)
        else:
            here.meet(part)
    return held


class _Wallets(msgspec.Struct):
    """What each wallet holds, and how much of that was allocated."""

    held: Mapping[str, int]
    taken: defaultdict[str, int]

    def room(self, wallet: str) -> int:
        return self.held.get(wallet, 0) - self.taken[wallet]


def _elected(
    election: Election, lots: list[Lot], left: dict[str, int], wallets: _Wallets, findings: list[Finding]
) -> Iterator[Share]:
    by_id = {lot.id: lot for lot in lots}
    for choice in election.lots:
        wallet = choice.wallet or election.wallet
        if wallet is None:
            findings.append(
                _not_allocated(election, choice, 'names no wallet (say "wallet" beside its "lot" and "quantity")')
            )
            continue
        lot = by_id.get(choice.lot)
        rest = 0 if lot is None else left.get(lot.id, lot.quantity)
        quantity = min(choice.quantity, rest)
        if quantity < choice.quantity:
            findings.append(_not_allocated(election, choice, "allocates more than was open"))
        if quantity > wallets.room(wallet):
            findings.append(_not_allocated(election, choice, f"allocates more to {wallet} than it held"))
            quantity = max(0, wallets.room(wallet))
        if lot is not None and quantity:
            left[lot.id] = rest - quantity
            wallets.taken[wallet] += quantity
            yield lot, quantity, wallet


def _unmatched(lying: list[tuple[Coins, str]], taken: dict[str, int]) -> Iterator[tuple[int, str]]:
    """Yield (quantity, wallet) of the coins that no elected lot has taken, the oldest first."""
    if not taken:  # as nobody elects
        yield from ((coins.quantity, wallet) for coins, wallet in lying)
        return
    for coins, wallet in lying:
        used = min(taken.get(wallet, 0), coins.quantity)
        if used:
            taken[wallet] -= used
        if coins.quantity > used:
            yield coins.quantity - used, wallet


def _by_age(lots: list[Lot], left: dict[str, int], unmatched: Iterable[tuple[int, str]]) -> Iterator[Share]:
    """Yield the shares of *lots* by age: what is *left* of them takes what is *unmatched*, each the oldest first."""
    if left:
        lots = [lot for lot in lots if left.get(lot.id, lot.quantity)]
    wanted = [left.get(lot.id, lot.quantity) for lot in lots] if left else [lot.quantity for lot in lots]
    lying = [*unmatched]
    free, wallets = [quantity for quantity, _ in lying], [wallet for _, wallet in lying]
    lot, coins = 0, 0
    while lot < len(lots):
        some = wanted[lot : lot + TOGETHER]
        if some == free[coins : coins + len(some)]:  # mostly: what came lies where it came to
            yield from zip(lots[lot : lot + len(some)], some, wallets[coins : coins + len(some)], strict=True)
            lot, coins = lot + len(some), coins + len(some)
        elif coins == len(free):
            yield lots[lot], wanted[lot], lots[lot].wallet
            lot += 1
        else:
            quantity = min(wanted[lot], free[coins])
            yield lots[lot], quantity, wallets[coins]
            wanted[lot] -= quantity
            free[coins] -= quantity
            lot, coins = lot + (not wanted[lot]), coins + (not free[coins])


_age = attrgetter("sequence")


def _assumed(asset: str, wallets: int) -> Finding:
    return Finding(
        "allocation_assumed",
        f"on 2025-01-01 the open lots of {asset} were allocated to {wallets} wallets by age, since no election says "
        "otherwise (Rev. Proc. 2024-28): record an `election` with method safe_harbor_allocation if you made one",
        None,
    )


def _not_allocated(election: Election, choice: LotChoice, reason: str) -> Finding:
    return Finding(
        "allocation_does_not_fit",
        f"{election.id}: lot {choice.lot} {reason} on 2025-01-01: correct the election (Rev. Proc. 2024-28)",
        election.id,
    )


def _late(election: Election, asset: str, reason: str) -> Finding:
    return Finding(
        "allocation_late",
        f"{election.id}, made at {election.at}, came too late for {asset} and is not applied: {reason}; if it was made "
        "earlier, correct its `at`",
        election.id,
    )


def _irrevocable(election: Election, first: Election, asset: str) -> Finding:
    return Finding(
        "allocation_irrevocable",
        f"{election.id} allocates {asset} again and is not applied: {first.id} did, and an allocation is irrevocable "
        f"(Rev. Proc. 2024-28, 4.02(6)); void {first.id} only if it was never made",
        election.id,
    )

"""Coins that two sources tell of, counted once; and those that one source tells twice, asked about.

A pool says it paid, and the chain shows the output; a node sees coins leave, and the taxpayer says where to. Events
that name the same transaction, asset and wallet are one economic event: a transfer between own wallets explains what
the chain saw arrive or leave, and a chain's outputs are the coins of the payout a pool lists. An output exists once,
whoever tells of it. A transaction is the same however its id is spelled (`ledger.txids`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple, TypeAlias

import msgspec

from lotwork.ledger import same_coins_words as words
from lotwork.ledger.events import Event, Movement, Receipt, Sale, Transfer
from lotwork.ledger.receipts_alike import (
    Key,
    Listed,
    arrival_of,
    by_source,
    is_as_much,
    key_of,
    listed_of,
    may_be_told_twice,
    named_sources,
    tells_another_kind,
    transfer_of,
    with_fee,
)
from lotwork.ledger.tellers import FEE_SHARE, FROM_FILES
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.txids import BARE, spelled, txid_key
from lotwork.ledger.units import AssetTable

Group: TypeAlias = list[Receipt]
Doubt: TypeAlias = tuple[str, str, str]
"""A code, what is told, and the event it stands at."""


class SameCoins(NamedTuple):
    """What is told twice, and what to make of it."""

    ids: frozenset[str] = frozenset()
    """Events that only repeat what another tells: they are in no figure."""
    disagreements: tuple[tuple[str, str], ...] = ()
    """(id, message) where the two tell other quantities."""
    doubts: tuple[Doubt, ...] = ()
    """What a person must say: one payment, or two."""
    joined: Mapping[str, Transfer] = {}
    """What takes the place of a receipt whose coins another own wallet sent, and of a transfer without its fee."""
    departed: frozenset[str] = frozenset()
    """Those of them that are dated when the coins left."""
    listed: Mapping[str, Listed] = {}
    """What the list of a pool says of a receipt that is counted as another told it."""


def find_same_coins(
    told: Iterable[Event],
    answered: Collection[str] = (),
    assets: AssetTable | None = None,
    sold: Iterable[tuple[Movement, Sale]] = (),
) -> SameCoins:
    """Return the twins among *told*, the effective events that share a transaction with another.

    Of the movements *sold* a person made a sale: each is what told of it, and what it is now.
    Of the events *answered* a person said what they are: they are not asked about. An output of a chain that *assets*
    names is one whatever its coin is called.
    """
    events = [event for event in told if isinstance(event, Receipt | Transfer | Movement)]
    search = _Search(assets or AssetTable())
    search.find_outputs_told_twice([event for event in events if isinstance(event, Receipt)])
    moved = [event for event in events if isinstance(event, Transfer)]
    search.find_transfers_told_twice(moved)
    gone = search.find_movements_told_twice(sold, [event for event in events if isinstance(event, Movement)])
    left = search.find_explained(search.find_fees_told_twice(gone, moved), moved)
    search.find_repeated_payments(moved)
    search.ask_about_one_source()
    search.join(left)
    search.ask_about_other_wallets()
    doubts = tuple(doubt for doubt in search.doubts if doubt[2] not in answered)
    told_twice, apart = frozenset(search.ids), tuple(search.disagreements)
    return SameCoins(told_twice, apart, doubts, search.joined, frozenset(search.departed), search.listed)


class _Search:
    """One look over the events of transactions that are told more than once."""

    def __init__(self, assets: AssetTable) -> None:
        self.assets = assets
        self.ids: set[str] = set()
        self.disagreements: list[tuple[str, str]] = []
        self.doubts: list[Doubt] = []
        self.joined: dict[str, Transfer] = {}
        self.departed: set[str] = set()
        self.listed: dict[str, Listed] = {}
        self.sold: list[Movement] = []
        self.arrived: defaultdict[Key, Group] = defaultdict(list)
        self.wallets: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)

    def find_outputs_told_twice(self, receipts: Sequence[Receipt]) -> None:
        """Leave one receipt of each output; what another source confirms is a twin, all else is a doubt too."""
        first: dict[tuple[str, str, int], Receipt] = {}
        for receipt in receipts:
            if receipt.txid is None:
                continue
            transaction = txid_key(receipt.txid)
            if receipt.vout is not None:
                one = first.setdefault((transaction, self._chain(receipt.asset), receipt.vout), receipt)
                if one is not receipt:
                    self._repeats_output(receipt, one)
                    continue
            self.arrived[transaction, receipt.asset, receipt.wallet].append(receipt)
            self.wallets[transaction, receipt.asset][receipt.wallet] = None

    def _chain(self, asset: str) -> str:
        """Return the chain whose outputs are all of one coin; else the asset, since a token's place is its own."""
        known = self.assets.get(asset)
        return known.chain if known is not None and known.chain in BARE else asset

    def _repeats_output(self, twin: Receipt, first: Receipt) -> None:
        self.ids.add(twin.id)
        if twin.source == first.source or (twin.wallet, twin.asset) != (first.wallet, first.asset):
            where = "" if twin.wallet == first.wallet else f" (into {twin.wallet} and {first.wallet})"
            self.doubts.append(("output_told_twice", words.OUTPUT.format(twin=twin, first=first, where=where), twin.id))
        elif twin.quantity != first.quantity:
            self._compare([twin], first.quantity)
        else:
            self._tell_spelling(twin, first)

    def _repeat(self, twins: Iterable[Receipt], first: Receipt) -> None:
        for twin in twins:
            self.ids.add(twin.id)
            self._tell_spelling(twin, first)
            if tells_another_kind(twin, first):
                self.disagreements.append((twin.id, words.KINDS.format(twin=twin, first=first)))

    def _tell_spelling(self, twin: Receipt, first: Receipt) -> None:
        """Tell of a twin that only its spelling kept apart: the figures of a log written before change by it."""
        known = self.assets.get(twin.asset)
        chain = None if known is None else known.chain
        if any(told is not None and told != spelled(told, chain) for told in (twin.txid, first.txid)):
            self.doubts.append(("twin_spelled_otherwise", words.SPELLED.format(twin=twin, first=first), twin.id))

    def find_transfers_told_twice(self, transfers: Iterable[Transfer]) -> None:
        """Find the transfers that repeat what another source tells."""
        kept: defaultdict[tuple[str, str, str, str], list[Transfer]] = defaultdict(list)
        for event in transfers:
            if event.txid is not None:
                same = kept[txid_key(event.txid), event.asset, event.from_wallet, event.to_wallet]
                others = (each for each in same if each.source != event.source and each.quantity == event.quantity)
                first = next(others, None)
                if first is not None:
                    self.ids.add(event.id)
                    self._compare_fees(event, first)
                    continue
                self._ask_of_move(event, same)
                same.append(event)

    def _ask_of_move(self, twin: Transfer, same: Sequence[Transfer]) -> None:
        """Ask where a transaction moved coins as two tell it; a source with a name tells each of its outputs."""
        first = next((each for each in same if may_be_told_twice(twin, each)), None)
        if first is None or twin.may_repeat == SETTLED:
            return
        sources = {"twin_source": twin.source or "by hand", "first_source": first.source or "by hand"}
        message = words.MOVED.format(twin=twin, first=first, **sources)
        self.doubts.append(("transfer_told_twice", message, twin.id))

    def _compare_fees(self, twin: Transfer, first: Transfer) -> None:
        told, counted = twin.fee_quantity or 0, first.fee_quantity or 0
        if told and told != counted:
            said = words.OTHER_FEE.format(twin=twin, first=first, told=told, counted=counted or "none")
            self.disagreements.append((twin.id, said))

    def find_movements_told_twice(
        self, sold: Iterable[tuple[Movement, Sale]], movements: Iterable[Movement]
    ) -> list[Movement]:
        """Return the *movements* that repeat no other source's, nor one that was *sold*; ask where one source does."""
        answered = [msgspec.structs.replace(seen, note=sale.note) for seen, sale in sold]
        answers = {event.id for event in answered}
        self.sold = answered
        kept: defaultdict[tuple[Key, int], list[Movement]] = defaultdict(list)
        paired: set[tuple[str, str | None]] = set()
        for event in (*answered, *movements):
            if event.txid is None:
                continue
            same = kept[key_of(event, event.wallet), event.quantity]
            others = (each for each in same if each.source != event.source and (each.id, event.source) not in paired)
            first = next(others, None)
            if first is None:
                again = next((each for each in same if (each.source, each.note) == (event.source, event.note)), None)
                if again is not None:
                    self.doubts.append(
                        ("transaction_told_twice", words.LEFT_TWICE.format(twin=event, first=again), event.id)
                    )
                same.append(event)
                continue
            paired.add((first.id, event.source))
            self.ids.add(event.id)
            if event.id in answers or (event.fee_quantity or 0) != (first.fee_quantity or 0):
                said = words.LEFT_ONCE.format(twin=event, first=first)
                self.doubts.append(("transaction_told_twice", said, event.id))
        return [event for event in movements if event.id not in self.ids]

    def find_fees_told_twice(self, movements: Sequence[Movement], transfers: Iterable[Transfer]) -> list[Movement]:
        """Return the *movements* but the fees that another source tells with what left in their transaction.

        One that no other source tells stays: what a transfer does not tell was paid all the same.
        """
        told: defaultdict[Key, list[Movement | Transfer]] = defaultdict(list)
        outgoing: list[Movement | Transfer] = [*self.sold, *movements, *transfers]
        for event in outgoing:
            wallet = event.from_wallet if isinstance(event, Transfer) else event.wallet
            if event.fee_quantity and event.txid is not None:
                told[key_of(event, wallet)].append(event)
        left = []
        for movement in movements:
            others = told[key_of(movement, movement.wallet)] if movement.is_fee and movement.txid is not None else ()
            other = next((each for each in others if each.source != movement.source), None)
            if other is None:
                left.append(movement)
                continue
            self.ids.add(movement.id)
            if other.fee_quantity != movement.quantity:
                self.disagreements.append((movement.id, words.FEES.format(fee=movement, other=other)))
        return left

    def find_explained(self, movements: Iterable[Movement], transfers: Iterable[Transfer]) -> list[Movement]:
        """Return the movements that no transfer explains."""
        taken_by: defaultdict[Key, set[str | None]] = defaultdict(set)
        counted: defaultdict[Key, list[Transfer]] = defaultdict(list)
        for event in transfers:
            key = key_of(event, event.from_wallet)
            taken_by[key].add(event.source)
            if event.id not in self.ids:
                counted[key].append(event)
        left = []
        explained: defaultdict[Key, list[Movement]] = defaultdict(list)
        for movement in movements:
            key = key_of(movement, movement.wallet)
            if taken_by[key] - named_sources(movement) and not movement.is_fee:
                self.ids.add(movement.id)
                explained[key].append(movement)
                moved = sum(each.quantity + (each.fee_quantity or 0) for each in counted[key])
                self._compare_left(movement, moved)
            else:
                left.append(movement)
        for key, (movement, *others) in explained.items():
            paid = None if others or not counted[key] else with_fee(movement, counted[key])
            if paid is not None:
                self.joined[paid.id] = paid
                self.departed.add(paid.id)
        return left

    def _compare_left(self, movement: Movement, moved: int) -> None:
        """Tell where what a movement saw leave is not what transfers explain, but for a network's fee."""
        least = movement.quantity - movement.quantity // FEE_SHARE
        most = movement.quantity + (movement.fee_quantity or movement.quantity // FEE_SHARE)
        if not least <= moved <= most:
            told = {"left": movement.quantity, "moved": moved}
            self.disagreements.append((movement.id, words.LEFT_OTHERWISE.format(movement=movement, **told)))

    def find_repeated_payments(self, transfers: Iterable[Transfer]) -> None:
        """Find what only repeats, in one wallet, a transfer or the outputs of the chain."""
        brought: defaultdict[Key, int] = defaultdict(int)
        brought_by: defaultdict[Key, set[str | None]] = defaultdict(set)
        for event in transfers:
            arrived = arrival_of(event)
            brought[arrived] += 0 if event.id in self.ids else event.quantity
            brought_by[arrived].add(event.source)
        for key, receipts in self.arrived.items():
            seen = [receipt for receipt in receipts if receipt.vout is not None]
            listed = [receipt for receipt in receipts if receipt.vout is None]
            if brought_by[key] - named_sources(*receipts):
                self.ids.update(twin.id for twin in receipts)
                once = seen or [receipt for receipt in listed if receipt.source == listed[0].source]
                self._compare(once, brought[key])
            elif seen:
                for twins in by_source(each for each in listed if any(other.source != each.source for other in seen)):
                    self._repeat(twins, seen[0])
                    self._compare(twins, sum(receipt.quantity for receipt in seen))
                    self.listed.update(listed_of(twins, seen))
            else:
                first, *others = by_source(listed)
                for twins in others:
                    self._repeat(twins, first[0])
                    self._compare(twins, sum(receipt.quantity for receipt in first))
                    self.listed.update(listed_of(twins, first))

    def ask_about_one_source(self) -> None:
        """Ask where what is left of one transaction in one wallet is told twice, not output by output."""
        for receipts in self.arrived.values():
            rest = [receipt for receipt in receipts if receipt.id not in self.ids]
            for twin in rest[1:]:
                if twin.vout is None or any(other.vout is None for other in rest):
                    self._ask(words.TWICE, twin, rest[0])

    def join(self, movements: Iterable[Movement]) -> None:
        """Make one transfer of coins that left one own wallet and came whole into another in one transaction."""
        for movement in movements:
            if movement.txid is None:
                continue
            transaction, asset, giver = key_of(movement, movement.wallet)
            for wallet, arrived in self._left_in(transaction, asset):
                sources = {receipt.source for receipt in arrived}
                apart = movement.source not in sources or movement.source in FROM_FILES
                if wallet != giver and apart and sum(each.quantity for each in arrived) == movement.quantity:
                    self.ids.add(movement.id)
                    for place, receipt in enumerate(arrived):
                        fee = None if place else movement.fee_quantity
                        self.joined[receipt.id] = transfer_of(movement, receipt, fee)
                        self.departed.add(receipt.id)
                    break

    def ask_about_other_wallets(self) -> None:
        """Ask where one transaction brings as much into two wallets, and not each into an output of its own.

        Of two sources one may tell what is left of it when a house has kept its fee.
        """
        for (transaction, asset), wallets in self.wallets.items():
            if len(wallets) == 1:
                continue
            for (_, first), (_, second) in combinations(self._left_in(transaction, asset), 2):
                certain = all(receipt.vout is not None for receipt in (*first, *second))
                one_source = first[0].source == second[0].source
                if not certain and is_as_much(first, second, kept=not one_source):
                    self._ask(words.TWICE if one_source else words.ELSEWHERE, second[0], first[0])

    def _left_in(self, transaction: str, asset: str) -> Iterator[tuple[str, Group]]:
        """Yield each wallet and the receipts of one transaction in it that count so far."""
        for wallet in self.wallets.get((transaction, asset), ()):
            receipts = self.arrived[transaction, asset, wallet]
            rest = [each for each in receipts if each.id not in self.ids and each.id not in self.joined]
            if rest:
                yield wallet, rest

    def _ask(self, said: str, twin: Receipt, first: Receipt) -> None:
        code = "likely_twins" if said == words.ELSEWHERE else "transaction_told_twice"
        where = "" if twin.wallet == first.wallet else f", into {twin.wallet} and {first.wallet}"
        message = said.format(twin=twin, first=first, where=where, source=twin.source or "by hand")
        self.doubts.append((code, message, twin.id))

    def _compare(self, twins: Sequence[Receipt], quantity: int) -> None:
        listed = sum(twin.quantity for twin in twins)
        if twins and listed != quantity:
            message = words.DISAGREE.format(twin=twins[0], listed=listed, quantity=quantity)
            self.disagreements.append((twins[0].id, message))

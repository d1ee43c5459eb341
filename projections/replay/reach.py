"""How far back what was told reaches: from which instant on a book that was folded without it may be another.

REACHES is the table, for every kind. What was corrected reaches back to when it happened, before or after; a void or a
correction to what it touches. Who the taxpayer is, where the coins lie and what was elected is read before the first
event is folded, whenever it was told: it reaches back to the first event that it bears on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import chain
from typing import NamedTuple, TypeAlias

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.codec import kind_of
from lotwork.ledger.history import AMENDING, History, Log
from lotwork.ledger.public_form.parse_words import parse_instant
from lotwork.ledger.units import AmountError
from lotwork.projections.basis.allocation import METHOD
from lotwork.projections.filer.activities import ALWAYS, FOR_EVER
from lotwork.projections.lots import PER_WALLET_FROM
from lotwork.projections.pricing import NEAR
from lotwork.projections.questions.payers import addresses_of

A_MOVE = timedelta(days=2)
"""A day begins as much earlier or later at most where the taxpayer's zone becomes another, twice over."""
MOVING = frozenset({"at", "kind"})
"""What a correction of many events may set, of which nobody knows which ones without reading them."""
PLAIN = frozenset({"at", "note"})
"""What may be corrected of an event that bears on others, so that it still bears on the same."""


class Reach(NamedTuple):
    """The instant from which on a book may be another, the events that what was told speaks of, and what it names."""

    since: datetime = FOR_EVER
    touched: frozenset[str] = frozenset()
    wallets: frozenset[str] = frozenset()
    """It may be another from the first event on that names one of these."""
    assets: frozenset[str] = frozenset()
    """Or one of these."""


def reach_of(history: History, log: Log, told: Iterable[e.Event]) -> Reach:
    """Return how far back the events *told* reach in *history*; what they speak of stands in *log*."""
    found = _Reached(history, log)
    found.of(told)
    if history.end is not None:
        found.since = min(found.since, found.first_in_doubt())
    found.of_profiles()
    return Reach(found.since, frozenset(found.touched), frozenset(found.wallets), frozenset(found.assets))


class _Reached(msgspec.Struct):
    history: History
    log: Log
    since: datetime = FOR_EVER
    touched: set[str] = msgspec.field(default_factory=set)
    wallets: set[str] = msgspec.field(default_factory=set)
    assets: set[str] = msgspec.field(default_factory=set)
    profiles: list[e.Profile] = msgspec.field(default_factory=list)
    _seen: set[str] = msgspec.field(default_factory=set)
    """The amendments that were followed."""

    def of(self, told: Iterable[e.Event]) -> None:
        """Reach back as far as each of *told*, and what it touches, ever happened."""
        for event in told:
            if _is_of_many(event) or any(MOVING & step.set_.keys() for step in self.history.selections):
                self.since = ALWAYS
            if self.since == ALWAYS:
                return
            if not isinstance(event, AMENDING):
                self._reach(event, self.history.corrections.get(event.id, ()))
            elif event.target is not None and event.id not in self._seen:
                self._seen.add(event.id)
                self._touch(event, event.target)

    def _touch(self, event: e.Void | e.Correction, target: str) -> None:
        self.touched.add(target)
        steps = [event] if isinstance(event, e.Correction) else []
        for touched in self._read(target):
            if isinstance(touched, AMENDING):
                self.of((touched,))
            else:
                self._reach(touched, chain(self.history.corrections.get(target, ()), steps))

    def _read(self, target: str) -> Iterator[e.Event]:
        return (event for _, event in self.log.read(self.history.book, ids=(target,)))

    def _reach(self, event: e.Event, corrections: Iterable[e.Correction]) -> None:
        """Reach back as far as *event* does, as it was told or as any of its *corrections* has it."""
        self.touched.add(event.id)
        steps, kind = tuple(corrections), kind_of(event)
        kinds = {kind, *(str(step.set_["kind"]) for step in steps if "kind" in step.set_)}
        if kinds & OF_ALL_HISTORY and any(step.set_.keys() - PLAIN for step in steps):
            self.since = ALWAYS
        for instant in instants_of(event, steps):
            for each in kinds:
                how = REACHES.get(each, _everything)
                self.since = min(self.since, instant, how(self, event, instant))

    def of_profiles(self) -> None:
        """Reach back as far as the profiles: the first one that tells a zone or the activity tells it of all before."""
        if not self.profiles or self.since == ALWAYS:
            return
        told = self.history.of_kind("profile")
        settled = [each for each in told if isinstance(each, e.Profile) and each.id not in self.touched]
        for profile in self.profiles:
            for fact in ("time_zone", "activity"):
                before = (each for each in settled if getattr(each, fact) is not None and each.at < self.since)
                if getattr(profile, fact) is not None and next(before, None) is None:
                    self.since = ALWAYS
                    return

    def first_in_doubt(self) -> datetime:
        """Return the first instant of what transactions in doubt moved: a question tells what all of one was worth."""
        doubts = self.history.doubts.values()
        told = chain.from_iterable(chain(doubt.legs, doubt.came, doubt.bought) for doubt in doubts)
        return min((event.at for event in told), default=FOR_EVER)

    def midnight(self, day: date) -> datetime:
        """Return an instant before *day* begins, wherever the taxpayer lives."""
        return self.history.calendar.midnight(day) - A_MOVE

    def has_allocation(self) -> bool:
        """Say if an allocation was elected, whose last day is one of the taxpayer's calendar."""
        told = msgspec.structs.replace(self.history, end=None).of_kind("election")
        return any(isinstance(each, e.Election) and each.method == METHOD for each in told)


How: TypeAlias = Callable[[_Reached, e.Event, datetime], datetime]
"""How far an event reaches back, beyond the instant at which it happened or is corrected to have happened."""


def _its_instant(_: _Reached, __: e.Event, instant: datetime) -> datetime:
    return instant


def _everything(_: _Reached, __: e.Event, ___: datetime) -> datetime:
    return ALWAYS


def _what_it_may_price(reached: _Reached, _: e.Event, instant: datetime) -> datetime:
    """Return an hour before, where it may be the nearest, and no later than what a transaction in doubt moved."""
    return ALWAYS if instant == ALWAYS else min(instant - NEAR, reached.first_in_doubt())


def _its_asset(reached: _Reached, event: e.Event, _: datetime) -> datetime:
    """Reach back to the first event that names the asset."""
    reached.assets.add(getattr(event, "asset", ""))
    return FOR_EVER


def _its_wallet(reached: _Reached, event: e.Event, _: datetime) -> datetime:
    """Reach back to the first event that names the wallet; to all, where what is paid from may become one's own."""
    if not isinstance(event, e.WalletDeclared):
        return ALWAYS
    reached.wallets.add(event.wallet)
    told = (each for each in reached.history.of_kind("wallet") if each.id not in reached.touched)
    same = (each for each in told if isinstance(each, e.WalletDeclared) and each.wallet == event.wallet)
    known = {addresses_of(each) for each in same if each.watch is not None}
    return FOR_EVER if event.watch is None or known == {addresses_of(event)} else ALWAYS


def _its_time(reached: _Reached, event: e.Event, instant: datetime) -> datetime:
    """Return a while before it, since a day may begin at another instant from then on."""
    if not isinstance(event, e.Profile) or instant == ALWAYS:
        return ALWAYS
    reached.profiles.append(event)
    turn = reached.midnight(PER_WALLET_FROM) if reached.has_allocation() else FOR_EVER
    return min(instant - A_MOVE, turn)


def _its_election(reached: _Reached, event: e.Event, _: datetime) -> datetime:
    """Return the day it holds from; of an allocation, the turn of 2025."""
    if not isinstance(event, e.Election):
        return ALWAYS
    return reached.midnight(PER_WALLET_FROM if event.method == METHOD else event.from_)


def _its_sharing(reached: _Reached, event: e.Event, _: datetime) -> datetime:
    """Return the day it holds from; a partner's bears on all of history."""
    if not isinstance(event, e.Sharing) or event.as_ == "partner":
        return ALWAYS
    return reached.midnight(event.from_)


def _what_it_is_for(reached: _Reached, event: e.Event, _: datetime) -> datetime:
    """Return when the disposal happened whose lots it chooses; without one, it is for what follows."""
    if not isinstance(event, e.Selection) or event.for_ in reached.history.same_coins.joined:
        return ALWAYS
    if event.for_ is None:
        return FOR_EVER
    steps = reached.history.corrections.get(event.for_, ())
    told = reached.log.read(reached.history.book, ids=(event.for_,))
    return min((each for _, one in told for each in instants_of(one, steps)), default=FOR_EVER)


BEARING: Mapping[str, How] = {
    "asset": _its_asset,
    "wallet": _its_wallet,
    "profile": _its_time,
    "election": _its_election,
    "sharing": _its_sharing,
    "selection": _what_it_is_for,
}
OF_ITS_INSTANT = (
    "receipt", "purchase", "gift", "sale", "transfer", "movement", "balance", "broker_report", "business_income",
    "expense", "usage", "home_office", "energy", "tariff", "energy_estimate", "equipment", "equipment_use",
    "equipment_sale", "payment", "year_facts", "activity_evidence", "exchange_rate", "hashrate", "difficulty",
    "credit", "suspense", "void", "correction", "rule", "filing",
)  # fmt: skip
"""Kinds that bear on nothing before they happened."""
OF_ALL_HISTORY = frozenset(BEARING)
"""Kinds that are read before the first event is folded, whenever they were told."""
REACHES: Mapping[str, How] = {
    **dict.fromkeys(OF_ITS_INSTANT, _its_instant),
    **BEARING,
    "price": _what_it_may_price,
}
"""How far each kind reaches back."""


def instants_of(event: e.Event, steps: Iterable[e.Correction]) -> list[datetime]:
    """Return when *event* happened, as it was told or as any of *steps* has it."""
    return [event.at, *(_instant(step.set_["at"]) for step in steps if "at" in step.set_)]


def _is_of_many(event: e.Event) -> bool:
    return isinstance(event, e.Correction) and event.target is None


def _instant(told: object) -> datetime:
    """Return the instant that a correction sets; one that cannot be read may be any."""
    try:
        return parse_instant(str(told))
    except (AmountError, ValueError):
        return ALWAYS

"""Whether what a source tells is told already: by another source that is configured, or by what a book holds.

Told by two, coins are counted once where both name the transaction or give one id, and asked about where they do not. A
person who adds a source is told before it is saved, so that one account is read one way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, TypeAlias

from lotwork.ingest.declaration import SourceSection
from lotwork.ledger.codec import kind_of
from lotwork.ledger.events import Event
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.txids import txid_key
from lotwork.service.settings import Settings

OF_COINS = ("receipt", "purchase", "gift", "sale", "transfer", "movement")
BY_HAND = "by hand or from a file"
Looks: TypeAlias = tuple[str, str, int, datetime] | tuple[str, str, int, str]
"""A kind, a coin, how much, and the minute or the transaction."""


def watched_already(section: SourceSection, settings: Settings) -> Iterator[str]:
    """Yield a note for each configured source that reads the account, or watches an address, that *section* names."""
    accounts, addresses = _accounts(section), _watched(section)
    for other in settings.sources.all():
        if (other.book, other.name) == (section.book, section.name):
            continue
        shared = sorted(addresses & _watched(other))
        apart = other.book != section.book
        where = f"{other.name} of the book {other.book}" if apart else other.name
        if shared:
            more = f" (and {len(shared) - 1} more)" if len(shared) > 1 else ""
            both = "what it receives would be income of both books" if apart else "what both tell of it is one event"
            yield f"{shared[0]}{more} is watched by {where} already: {both}"
        elif type(other) is type(section) and accounts & _accounts(other):
            yield f"{where} reads this account already: keep one of the two"


def _accounts(section: Any) -> set[tuple[str, str]]:
    """Return what *section* names that is one account: the service with an account, an address or a secret of it."""
    service = str(getattr(section, "service", "") or "")
    named = ("account", "address", "folder", "key", "key_file", "token", "token_file")
    told = (getattr(section, name, None) for name in named)
    return {(service, value.casefold()) for value in told if isinstance(value, str) and value}


def _watched(section: Any) -> set[str]:
    return {address for wallet in getattr(section, "wallets", ()) for address in wallet.watch}


def told_already(found: Iterable[Event], log: EventLog, name: str, book: str) -> Iterator[str]:
    """Yield a note for each who told some of the events *found* before, in whichever book."""
    events = [event for event in found if kind_of(event) in OF_COINS]
    if not events:
        return
    ids, looks = {event.id for event in events}, {look for event in events for look in _looks(event)}
    for of in log.books():
        counted: Counter[str] = Counter()
        for _, event in log.read(of, kinds=OF_COINS):
            if (of, event.source) != (book, name) and (event.id in ids or not looks.isdisjoint(_looks(event))):
                counted[event.source or BY_HAND] += 1
        for teller, count in sorted(counted.items()):
            there = "" if of == book else f" in the book {of}"
            of_all = f"{min(count, len(events))} of its {len(events)} rows"
            yield (
                f"{of_all} seem to be told{there} by {teller} already: where ids, transactions or an exchange's deals "
                "match they are one event, and where not they are asked about (likely_twins); read an account one way"
                + ("" if of == book else ", and in one book")
            )


def _looks(event: Event) -> Iterator[Looks]:
    """Yield what another teller's event of the same coins would share with *event*."""
    kind, asset, quantity = kind_of(event), getattr(event, "asset", ""), getattr(event, "quantity", 0)
    yield kind, asset, quantity, event.at.replace(second=0, microsecond=0)
    txid = getattr(event, "txid", None)
    if txid:
        yield kind, asset, quantity, txid_key(txid)

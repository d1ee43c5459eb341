"""What the log says against what a chain now shows, and the events that make the two agree.

A chain can take back what it told; the log cannot. So an event of a chain keeps one id for ever (chain, transaction,
output: never the block), and a reorganisation is told by further events about it:

- what is no longer on the chain is voided (`<id>:orphaned:<n>`);
- what comes back has that void voided (`<id>:restored:<n>`);
- what stands in another block, or is told otherwise, is corrected (`<id>:moved:<n>`).

After `reconcile` the effective events are those of a fresh scan of the chain as it stands. Only amendments made here
are weighed, known by their ids: what a person voided or corrected stays voided or corrected, on top of the chain's own
story.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from lotwork.ledger.events import Correction, Event, Void
from lotwork.ledger.public_form.contract import to_contract
from lotwork.ledger.public_form.keys import keys_of
from lotwork.ledger.taken_back import MOVED, ORPHANED, RESTORED, subject_of, takes_back
from lotwork.ledger.units import AssetTable

MOST_ALERTED = 20
"""Events that an alert names; how many more there are it counts."""
TOLD_ELSEWHERE = frozenset({"evidence", "note", "outputs", "payer", "source"})
"""Keys that say how an event was learnt, not what happened: a difference in them is no correction."""
TOLD_ALONG = frozenset({"doubt"})
"""Keys that alone are no correction either, as a newer program knows more; what stands elsewhere is told with them."""


class Recorded(Protocol):
    """What reconciling asks of a log."""

    def read(
        self,
        book: str,
        *,
        after: int = 0,
        kinds: Collection[str] | None = None,
        source: str | None = None,
        ids: Collection[str] | None = None,
    ) -> Iterator[tuple[int, Event]]:
        """Yield (position, event), of those after one position."""
        ...

    def assets(self, book: str) -> AssetTable:
        """Return the assets the book knows."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Who noticed a change of the chain, when, and why it happened: what each amendment says."""

    source: str
    noted: datetime
    because: str


@dataclass(slots=True)
class Account:
    """One recorded event and what was said about it here since."""

    event: Event
    voids: list[Void] = field(default_factory=list)
    restored: set[str] = field(default_factory=set)
    corrections: list[Correction] = field(default_factory=list)

    @property
    def voids_in_force(self) -> list[Void]:
        """The voids that are in force."""
        return [void for void in self.voids if void.id not in self.restored]

    def content(self, assets: AssetTable) -> dict[str, Any]:
        """Return the event's public form as the chain's own story now has it."""
        told = _content(self.event, assets)
        for correction in self.corrections:
            told = _of_its_kind({**told, **correction.set_})
        return {name: value for name, value in told.items() if value is not None}

    def void(self, notice: Notice) -> Iterator[Event]:
        """Yield the event that takes this one out, unless it is out already."""
        if not self.voids_in_force:
            name = f"{self.event.id}:{ORPHANED}:{len(self.voids) + 1}"
            yield Void(id=name, at=notice.noted, source=notice.source, target=self.event.id, reason=notice.because)

    def restore(self, notice: Notice) -> Iterator[Event]:
        """Yield the events that bring this one back, if it is out."""
        for void in self.voids_in_force:
            yield Void(
                id=f"{self.event.id}:{RESTORED}:{void.id.rpartition(':')[2]}",
                at=notice.noted,
                source=notice.source,
                target=void.id,
                reason=f"on the chain again: {notice.because}",
            )

    def move(self, observed: Event, assets: AssetTable, notice: Notice) -> Iterator[Event]:
        """Yield the correction that turns this event into *observed*, if they differ.

        It is dated no earlier than the last one, since corrections apply in the order of their instants.
        """
        recorded, seen = self.content(assets), _content(observed, assets)
        changed = {
            name: seen.get(name) for name in sorted(recorded.keys() | seen) if recorded.get(name) != seen.get(name)
        }
        if "kind" in changed:
            changed = _of_its_kind(changed)
        if changed.keys() - TOLD_ALONG:
            yield Correction(
                id=f"{self.event.id}:{MOVED}:{len(self.corrections) + 1}",
                at=max([notice.noted, *(correction.at for correction in self.corrections)]),
                source=notice.source,
                evidence=observed.evidence,
                target=self.event.id,
                set_=changed,
                reason=notice.because,
            )


def reconcile(
    recorded: Iterable[Event],
    observed: Iterable[Event],
    *,
    doubted: Collection[str],
    assets: AssetTable,
    notice: Notice,
) -> tuple[Event, ...]:
    """Return the events to append so that the effective ledger holds *observed*, and of *doubted* nothing else.

    *recorded* is what the log has under the ids observed or doubted, with the amendments of those (`recorded_of`), in
    log order. Recorded events that are neither observed nor doubted are left alone.
    """
    accounts = accounts_of(recorded)
    seen = {event.id: event for event in observed}
    amendments: list[Event] = []
    for name in sorted(set(doubted) - seen.keys()):
        if name in accounts:
            amendments.extend(accounts[name].void(notice))
    new: list[Event] = []
    for name, event in seen.items():
        account = accounts.get(name)
        if account is None:
            new.append(event)
        else:
            amendments.extend(account.restore(notice))
            amendments.extend(account.move(event, assets, notice))
    return (*amendments, *new)


def alerts_of(events: Iterable[Event]) -> tuple[str, ...]:
    """Return what is alerted of *events*, the amendments of a look at a chain: what they take back, and why."""
    voids = [event for event in events if isinstance(event, Void) and takes_back(event)]
    if not voids:
        return ()
    more = f" and {len(voids) - MOST_ALERTED} more" if len(voids) > MOST_ALERTED else ""
    named = ", ".join(void.target for void in voids[:MOST_ALERTED])
    words = (
        f"what was recorded is taken back, {voids[0].reason}: {named}{more}: it is in no figure, unless it comes to "
        "stand in a block again; look at what was paid, sold or filed of it"
    )
    return (words,)


def recorded_of(log: Recorded, book: str, ids: Collection[str]) -> tuple[Event, ...]:
    """Return what *log* has under *ids*, and what was said there about those events by `reconcile`."""
    if not ids:
        return ()
    events = tuple(event for _, event in log.read(book, ids=ids))
    if not events:
        return ()
    known = {event.id for event in events}
    amendments = (event for _, event in log.read(book, kinds=("void", "correction")))
    return (*events, *(event for event in amendments if subject_of(event) in known and event.id not in known))


def effective_contents(recorded: Iterable[Event], assets: AssetTable) -> Mapping[str, dict[str, Any]]:
    """Return the public form of each recorded event that the chain's own story still holds, by id."""
    return {account.event.id: account.content(assets) for account in effective_accounts(recorded)}


def effective_accounts(recorded: Iterable[Event]) -> Iterator[Account]:
    """Yield an account for each recorded event that the chain's own story still holds."""
    return (account for account in accounts_of(recorded).values() if not account.voids_in_force)


def _content(event: Event, assets: AssetTable) -> dict[str, Any]:
    return {name: value for name, value in to_contract(event, assets).items() if name not in TOLD_ELSEWHERE}


def _of_its_kind(public: dict[str, Any]) -> dict[str, Any]:
    """Return *public* without the keys that its kind does not have: what another kind's event left behind."""
    known = keys_of(public["kind"])
    return {name: value for name, value in public.items() if name == "kind" or name in known}


def accounts_of(recorded: Iterable[Event]) -> dict[str, Account]:
    """Return an account for each recorded event, its amendments gathered in log order."""
    accounts: dict[str, Account] = {}
    for event in recorded:
        if not isinstance(event, Void | Correction):
            accounts[event.id] = Account(event)
            continue
        account = accounts.get(subject_of(event) or "")
        if account is None:
            continue
        if isinstance(event, Correction):
            account.corrections.append(event)
        elif event.target == account.event.id:
            account.voids.append(event)
        else:
            account.restored.add(event.target)
    return accounts

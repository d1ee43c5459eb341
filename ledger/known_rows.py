"""Rows of files, known again: whatever the map that reads them says by now, and however they are spelled.

A row is what stands in it: the log keeps the digest of its cells (`row`) with the event it became, and the instant, the
wallet and the amounts tell it too, in base units and in UTC. So a map that reads one column more finds the events it
made before, and what it now says otherwise is a revision: shown first, recorded as a correction only when told to.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from lotwork.ledger.codec import derived_id, kind_of, same_event
from lotwork.ledger.events import Correction, Event, Void
from lotwork.ledger.public_form.contract import to_contract
from lotwork.ledger.same_deals import agreed, house_of, same_deals
from lotwork.ledger.split_deals import split_deals
from lotwork.ledger.tellers import FROM_A_FILE, FROM_FILES, cells_of
from lotwork.ledger.told_again import ToldBefore, essence_of
from lotwork.ledger.txids import txid_key
from lotwork.ledger.units import AssetTable

FLOWS = frozenset({"receipt", "purchase", "gift", "sale", "transfer", "movement"})
"""Kinds that a better map may turn into each other; of any other two kinds a row can tell both."""
NAMES = frozenset({"id", "row", "may_repeat"})
SAID_OF_IT = frozenset({"id", "row", "source", "evidence"})
"""Keys that say where an event comes from, and not what happened."""


ALSO = "the export of the account tells it too"


class RowRead(NamedTuple):
    """A row as an event: where it stands, whether its map names its id, and the id a former release gave it.

    `again` is the `row` of the event of the same file that it may tell once more.
    """

    where: str
    event: Event
    own_id: bool
    former: str
    again: str | None = None


class Revision(NamedTuple):
    """What a row says otherwise than the event it became: the keys to set, and what they are in the log.

    Or that it does not tell it any more, or tells it again: then `void` names what is to be void, that event itself or
    the void of it.
    """

    where: str
    event: Event
    changes: Mapping[str, Any]
    before: Mapping[str, Any]
    void: str | None = None
    hint: str = ""
    """What else may be so, and how that is said."""
    also: bool = False
    """Whether it only keeps that a row tells the event of an API too: it changes nothing, and nobody is asked."""

    def amendment(self, now: datetime) -> Correction | Void:
        """Return the correction or the void that records it; its source says that a file told it, and no person."""
        reason = ALSO if self.also else f"{self.where} read again: it says more, or otherwise"
        made: Correction | Void
        if self.void is not None:
            made = Void(id="", at=now, source=FROM_A_FILE, target=self.void, reason=reason)
        else:
            made = Correction(
                id="", at=now, source=FROM_A_FILE, target=self.event.id, set_=dict(self.changes), reason=reason
            )
        return msgspec.structs.replace(made, id=derived_id(made))

    def __str__(self) -> str:
        if self.void is not None:
            said = "the row does not tell it any more: void" if self.void == self.event.id else "the row tells it again"
            return f"{self.where}: {self.event.id}: {said}"
        told = (f"{key}: {self.before.get(key, 'absent')} -> {value}" for key, value in self.changes.items())
        return f"{self.where}: {self.event.id}: {', '.join(told)}{self.hint}"


def says_also(event: Event) -> bool:
    """Say if *event* only keeps that a row of an export tells an event of an API too."""
    return isinstance(event, Correction) and event.set_.keys() == {"row"}


def core_of(event: Event, assets: AssetTable) -> str:
    """Return the digest of what makes *event* the one it is: its kind, instant, place and amounts."""
    content = json.dumps(
        [kind_of(event), essence_of(event, assets)],
        ensure_ascii=True,
        sort_keys=True,
        separators=(",", ":"),
        default=str,
    )
    return hashlib.sha256(content.encode()).hexdigest()[:24]


def recognised(
    rows: Iterable[RowRead],
    known: Iterable[Event],
    assets: AssetTable,
    held: Callable[[Collection[Event]], Iterable[Event]] = tuple,
) -> list[tuple[RowRead, Event]]:
    """Return each row with its event: one of *known* that it became before, or its own under a name that is free.

    A row that tells an order whole, whose fills the API of its house told, stands there once more for each other fill.
    *held* returns those of the events given that a correction changed, as they hold: an export may say by now what a
    person said before.
    """
    search = _Search(list(rows), {event.id: event for event in known}, assets)
    search.by_name()
    search.by_cells()
    search.by_content(same_event)
    search.by_content(says_no_other)
    search.by_what_holds(held)
    search.by_house()
    return [*search.named(), *search.more]


class _Search:
    """Looks for the events of rows, the surest sign first; each event is one row's."""

    def __init__(self, rows: list[RowRead], known: dict[str, Event], assets: AssetTable) -> None:
        self.rows = rows
        self.known = known
        self.assets = assets
        self.found: dict[int, Event] = {}
        self.claimed: set[str] = set()
        self.cores: dict[str, str] | None = None
        self.held: list[Event] = []
        self.core_at: dict[int, str] = {}
        self.more: list[tuple[RowRead, Event]] = []
        """The rows that tell several events, with those beside the first."""

    def _open(self) -> Iterator[tuple[int, RowRead]]:
        return ((place, row) for place, row in enumerate(self.rows) if place not in self.found)

    def _claim(self, place: int, event: Event) -> None:
        self.found[place] = event
        self.claimed.add(event.id)

    def by_name(self) -> None:
        """Find the rows whose id the log knows, today's or the one a former release gave."""
        for place, row in self._open():
            for name in (row.event.id if row.own_id else "", row.former):
                if name in self.known and name not in self.claimed:
                    self._claim(place, self.known[name])
                    break

    def by_cells(self) -> None:
        """Find the rows that stood in a file before as they stand here, whatever they were read as."""
        stood = {cells_of(event.row): event for event in self.known.values() if event.row is not None}
        for place, row in self._open():
            event = stood.get(cells_of(row.event.row or ""))
            if event is not None and event.id not in self.claimed and _may_be(row.event, event):
                self._claim(place, event)

    def by_content(self, agree: Callable[[Event, Event], bool]) -> None:
        """Find the rows whose instant, place and amounts are those of an event that *agree* finds the same."""
        if len(self.found) < len(self.rows):
            self._by_content(self._groups(), agree)

    def by_what_holds(self, held: Callable[[Collection[Event]], Iterable[Event]]) -> None:
        """Find the rows that say what an event says by its corrections."""
        left = self._unclaimed() if len(self.found) < len(self.rows) else []
        self.held = list(held(left)) if left else []
        groups: defaultdict[str, list[Event]] = defaultdict(list)
        for event in self.held:
            groups[core_of(event, self.assets)].append(event)
        self._by_content(groups, says_no_other)

    def by_house(self) -> None:
        """Find the rows of deals that the API of the same house told before, under names of its own."""
        rows = {row.event.id: place for place, row in self._open() if row.own_id and house_of(row.event)}
        if not rows:
            return
        houses = {house_of(self.rows[place].event) for place in rows.values()}
        left = [event for event in self._unclaimed() if event.row is None and house_of(event) in houses]
        holds = {event.id: event for event in self.held}
        told = [event for event in left if event.id in holds]  # before a person corrected it
        for said in ([holds.get(event.id, event) for event in left], told):
            fresh = [self.rows[place].event for place in rows.values() if place not in self.found]
            others = [event for event in said if event.id not in self.claimed]
            for name, event in same_deals(fresh, others, self.assets).items():
                place = rows[name]
                self.rows[place] = self.rows[place]._replace(event=agreed(self.rows[place].event, event))
                self._claim(place, self.known[event.id])
        for said in ([holds.get(event.id, event) for event in left], left):
            self._by_sums(rows, [event for event in said if event.id not in self.claimed])

    def _by_sums(self, rows: Mapping[str, int], others: Iterable[Event]) -> None:
        """Find the rows of orders whose fills *others* tell, and the rows of fills whose order they tell."""
        fresh = [self.rows[place].event for place in rows.values() if place not in self.found]
        for name, events in split_deals(fresh, others, self.assets).items():
            place = rows[name]
            for event in events:
                recorded = self.known[event.id]
                row = self.rows[place]._replace(event=_named_as(recorded, self.rows[place].event))
                if place in self.found:
                    self.more.append((row, recorded))
                else:
                    self.rows[place] = row
                    self._claim(place, recorded)

    def _unclaimed(self) -> list[Event]:
        return [event for event in self.known.values() if event.id not in self.claimed]

    def _by_content(self, groups: Mapping[str, list[Event]], agree: Callable[[Event, Event], bool]) -> None:
        if not groups:
            return
        for place, row in self._open():
            for event in groups.get(self._core(place), ()):
                names_clash = row.own_id and not event.id.startswith(f"{FROM_A_FILE}-")
                another = names_clash or not _may_be_one_source(row.event, event)
                if event.id not in self.claimed and not another and agree(_unnamed(row.event), _unnamed(event)):
                    self._claim(place, self.known[event.id])
                    break

    def _groups(self) -> dict[str, list[Event]]:
        """Return the events no row has yet, by what makes each the one it is."""
        if self.cores is None:
            self.cores = {event.id: core_of(event, self.assets) for event in self.known.values()}
        groups: defaultdict[str, list[Event]] = defaultdict(list)
        for event in self._unclaimed():
            groups[self.cores[event.id]].append(event)
        return groups

    def _core(self, place: int) -> str:
        if place not in self.core_at:
            self.core_at[place] = core_of(self.rows[place].event, self.assets)
        return self.core_at[place]

    def named(self) -> Iterator[tuple[RowRead, Event]]:
        """Yield every row with its event; a new one takes the first name of its content that is free."""
        taken = {*self.known, *(row.event.id for row in self.rows if row.own_id)}
        new = [row.event for _, row in self._open()]
        rest = [*self._unclaimed(), *(event for event in self.held if event.id not in self.claimed)] if new else []
        before = ToldBefore(new, rest, self.assets, overlaps=bool(self.found)) if rest else None
        names: dict[str | None, str] = {}
        for place, row in enumerate(self.rows):
            event = self.found.get(place, row.event)
            if place not in self.found:
                again = before.take(event, own_id=row.own_id) if before is not None else None
                first = names.get(row.again) if again is None else again.id
                if first is not None:
                    event = msgspec.structs.replace(event, may_repeat=first)
            if place not in self.found and not row.own_id:
                first = name = f"{FROM_A_FILE}-{self._core(place)}"
                count = 1
                while name in taken:
                    count += 1
                    name = f"{first}-{count}"
                taken.add(name)
                event = msgspec.structs.replace(event, id=name)
            names.setdefault(row.event.row, event.id)
            yield row, event


def revision_of(row: RowRead, holds: Event, assets: AssetTable) -> Revision | None:
    """Return what *row* says otherwise than *holds*, its event as corrected; what it does not say is left as it is."""
    new, old = to_contract(row.event, assets), to_contract(holds, assets)
    changes = {
        key: value
        for key, value in new.items()
        if key not in SAID_OF_IT
        and not _same(key, value, old.get(key))
        and not _is_worth_as_much(key, row.event, holds)
    }
    return Revision(row.where, holds, changes, old) if changes else None


def _same(key: str, value: Any, other: Any) -> bool:
    if key == "txid" and isinstance(other, str):
        return txid_key(value) == txid_key(other)
    return bool(value == other)


def _is_worth_as_much(key: str, event: Event, other: Event) -> bool:
    """Say if a value given in dollars is the one that follows from the other's price."""
    worth = getattr(other, "value_usd_micros", None)
    return key == "value_usd" and worth is not None and getattr(event, "value_usd_micros", None) == worth


def _may_be(event: Event, other: Event) -> bool:
    kinds = {kind_of(event), kind_of(other)}
    return len(kinds) == 1 or kinds <= FLOWS


def _may_be_one_source(event: Event, other: Event) -> bool:
    """Say if one source may have told both: what another tells alike is a question, and no row known again."""
    return event.source == other.source or not {event.source, other.source}.isdisjoint(FROM_FILES)


def _named_as(event: Event, row: Event) -> Event:
    """Return *event* as its *row* tells it: under the name that stands there."""
    return msgspec.structs.replace(event, id=row.id, row=row.row, source=row.source, evidence=row.evidence)


def _unnamed(event: Event) -> Event:
    return msgspec.structs.replace(event, id="", source=None, evidence=None)


def says_no_other(event: Event, other: Event) -> bool:
    """Say if two events of one kind differ in nothing but their names and what only one of them says."""
    for field in msgspec.structs.fields(type(other)):
        one, two = getattr(event, field.name), getattr(other, field.name)
        silent = field.default in (one, two) and not field.required
        if field.name not in NAMES and one != two and not silent:
            if field.name == "txid" and txid_key(one) == txid_key(two):
                continue
            return False
    return True

"""What the API of an exchange and an import of its export both tell: one event, whichever told it first.

Where the import was first, its event stands, and the cursor keeps which rows of the API are that event, and what they
said: so a row that the exchange tells otherwise later is a revision of it, by event, and one that it lists no more is
asked about. Where the API was first, the import keeps with each event that it tells it too (its `row`): what the
exchange lists no more is then not void on the word of one of the two, but asked about likewise.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import TypeAlias

import msgspec

from lotwork.ingest.exchanges.cursor import Same
from lotwork.ingest.missing import Missing, standing
from lotwork.ingest.reorganisations import Notice, Recorded, effective_contents, reconcile, recorded_of
from lotwork.ingest.suspense import Untaken, digest, place
from lotwork.ledger.codec import encode, kind_of
from lotwork.ledger.correcting import corrected
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import Correction, Event, Void
from lotwork.ledger.public_form.contract import parse_event, to_contract
from lotwork.ledger.same_deals import NEVER_SILENT, SECONDS, are_rounded, base_of, is_part, same_deals
from lotwork.ledger.split_deals import OF_ONE_ORDER, split_deals
from lotwork.ledger.txids import txid_key
from lotwork.ledger.units import MICROS, AssetTable

Sort: TypeAlias = tuple[str, str | None]
GONE = "gone"
"""What both told and the exchange lists no more, in suspense."""
MOST_ASKED_APART = 20
"""Rows that are gone at once and each asked about by itself; of more it is one question."""
NEVER_REVISED = frozenset({"id", "source", "evidence", "row", "may_repeat", "note", "doubt", "outputs", "payer"})
NEVER_SILENT_KEYS = tuple(sorted(name.removesuffix("_micros") for name in NEVER_SILENT))
_MONEY = "_usd"


@dataclass(slots=True)
class Found:
    """Which events of a look an import told too: by their ids what each is, and what became of those told otherwise."""

    same: dict[str, Same] = field(default_factory=dict)
    revised: list[Event] = field(default_factory=list)
    """Corrections of the import's events: the exchange tells its own rows otherwise by now."""
    otherwise: list[tuple[Event, Event]] = field(default_factory=list)
    """The import's event and what the exchange tells by now, where a person must look."""
    words: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ToldByBoth:
    """The log of an account's book, as *name* knows it; *before* is what its cursor keeps of rows that both tell."""

    log: Recorded
    book: str
    name: str
    prefix: str
    holds: Callable[[Event], Event | None]
    before: Mapping[str, Same]
    claimed: Callable[[], Collection[str]] = tuple
    """Returns what of the import other accounts of the house are known to tell too: it is no row of this one."""

    def found(self, events: Iterable[Event], recorded: Collection[str], assets: AssetTable, notice: Notice) -> Found:
        """Return which of *events* an import told under other ids; what is *recorded* of them the account told."""
        found = Found()
        fresh: dict[str, Event] = {}
        legs: Counter[str] = Counter()
        for event in events:
            known = self.before.get(event.id)
            legs[base_of(event.id)] += 1
            if known is not None and known.said == said_by(event):
                found.same[event.id] = known
            else:
                fresh[event.id] = event
        if not fresh:
            return found
        for name, others in self._twins([*fresh.values()], recorded, found.same, assets).items():
            if name not in recorded:
                found.same[name] = Same(others[0].id, said_by(fresh[name]))
        for name, event in fresh.items():
            if name in self.before and name not in found.same:
                self.revise(event, assets, notice, found, alone=legs[base_of(name)] == 1)
        self._lost_legs(fresh, legs, found)
        return found

    def _lost_legs(self, fresh: Mapping[str, Event], legs: Mapping[str, int], found: Found) -> None:
        """Ask about each event that both told of a row which no longer tells it."""
        for name, known in self.before.items():
            base = fresh.get(base_of(name))
            if base is not None and is_part(name) and legs[base.id] < int(name.rpartition(":")[2]):
                other = next((event for _, event in self.log.read(self.book, ids=(known.other,))), None)
                holds = None if other is None else self.holds(other)
                if holds is not None:
                    found.otherwise.append((holds, base))

    def _twins(
        self, fresh: Sequence[Event], recorded: Collection[str], same: Mapping[str, Same], assets: AssetTable
    ) -> Mapping[str, tuple[Event, ...]]:
        """Return by the ids of *fresh* what an import told of them, and of no row that both are known to tell.

        Of an order that one tells whole nothing may be *recorded* yet.
        """
        named = {event.id for event in fresh}
        theirs = {known.other for name, known in {**self.before, **same}.items() if name not in named}
        theirs.update(self.claimed())
        first, last = (edge(event.at for event in fresh) for edge in (min, max))
        near = [
            event
            for _, event in self.log.read(self.book, source=self.prefix.removesuffix(":"))
            if not isinstance(event, Void | Correction)
            and first - OF_ONE_ORDER <= event.at <= last + OF_ONE_ORDER
            and event.id not in theirs | named
        ]
        twins: dict[str, tuple[Event, ...]] = {}
        for compare, kept_out in ((_one_by_one, frozenset[str]()), (split_deals, recorded)):
            for told in ([self.holds(event) or event for event in near], self._without_a_person(near, assets)):
                taken = {event.id for events in twins.values() for event in events}
                left = [event for event in fresh if event.id not in twins and event.id not in kept_out]
                twins |= compare(left, [event for event in told if event.id not in taken], assets)
        return twins

    def _without_a_person(self, events: Sequence[Event], assets: AssetTable) -> Iterator[Event]:
        """Yield *events* as what the exchange told leaves them."""
        recorded = recorded_of(self.log, self.book, [event.id for event in events])
        said = effective_contents(recorded, assets) if len(recorded) > len(events) else {}
        for event in events:
            yield parse_event({**said[event.id], "id": event.id}, assets, "") if event.id in said else event

    def revise(self, event: Event, assets: AssetTable, notice: Notice, found: Found, *, alone: bool) -> None:
        """Make of the import's event what the exchange tells by now as *event*, or ask where a person must look."""
        known = self.before[event.id]
        found.same[event.id] = known
        recorded = recorded_of(self.log, self.book, [known.other])
        other = next((each for each in recorded if each.id == known.other), None)
        holds = None if other is None else self.holds(other)
        if other is None or holds is None:  # a person took it out: it stays out
            found.same[event.id] = Same(known.other, said_by(event))
            return
        story = effective_contents(recorded, assets).get(other.id, {})
        told, held = to_contract(event, assets), to_contract(holds, assets)
        changes = _changes(story, told)
        silent = [key for key in NEVER_SILENT_KEYS if key in story and key not in told]
        changes |= dict.fromkeys(silent)
        of_several = sum(each.other == other.id for each in self.before.values()) > 1 or (silent and not alone)
        by_a_person = any(held.get(key) != story.get(key) for key in changes)
        if not story or of_several or by_a_person or told["kind"] != story["kind"]:
            found.otherwise.append((holds, event))
            return
        try:
            base = parse_event({**story, "id": other.id}, assets, "")
            step = Correction(id="", at=notice.noted, target=other.id, set_=changes, reason=notice.because)
            observed = msgspec.structs.replace(corrected(base, step, assets), evidence=event.evidence)
        except InputRefusedError:
            found.otherwise.append((holds, event))
            return
        found.revised += reconcile(recorded, [observed], doubted=[other.id], assets=assets, notice=notice)
        found.same[event.id] = Same(other.id, said_by(event))
        if changes:
            said = ", ".join(f"{key} {story.get(key)} -> {value or 'none'}" for key, value in sorted(changes.items()))
            found.words.append(f"{other.id}: the exchange tells it otherwise by now: {said}: it is corrected")

    def expected(
        self, first: datetime, last: datetime, oldest: Mapping[Sort, datetime] | None = None
    ) -> dict[str, int]:
        """Return what the API told too of the time from *first* until *last*, and holds: the API's ids with instants.

        Nothing from before the *oldest* of its sort, where that is told: a list may have dropped it.
        """
        told = self._read({known.other for known in self.before.values()})
        found: dict[str, int] = {}
        for name, known in self.before.items():
            event = told.get(known.other)
            if event is None or self.holds(event) is None or not first < event.at < last:
                continue
            if oldest is None or event.at >= oldest.get(sort_of(event), last):
                found[name] = int(event.at.timestamp())
        return found

    def _read(self, names: Collection[str]) -> dict[str, Event]:
        return {event.id: event for _, event in self.log.read(self.book, ids=names)} if names else {}

    def asked(self, gone: Iterable[str], expected: Mapping[str, int]) -> tuple[list[Untaken], list[str]]:
        """Return the questions about what is *gone* of *expected* and an import tells too, and which those are."""
        names = sorted(gone)  # a row's first event before its others
        recorded = self._read(names)
        here: dict[str, str] = {}
        for name in names:
            event = recorded.get(name)
            holds = None if event is None else self.holds(event)
            if name in self.before:
                here[name] = self.before[name].other
            elif getattr(holds, "row", None) is not None or base_of(name) in here:
                here[name] = name
        if len(here) > MOST_ASKED_APART:
            return [self._of_many(here, expected)], [*here]
        return [self._of_one(name, other, expected[name]) for name, other in here.items()], [*here]

    def _of_one(self, name: str, other: str, at: int) -> Untaken:
        told = other if other == name else f"{other} ({name} of its API)"
        return Untaken(
            GONE,
            name,
            told,
            "an import of its export and the exchange's API told it, and the API no longer lists it",
            f"it stands: compare it there; where it was taken back, {taking_back(other)}; where it did happen, "
            "acknowledge this",
            at=datetime.fromtimestamp(at, UTC),
        )

    def _of_many(self, here: Mapping[str, str], expected: Mapping[str, int]) -> Untaken:
        first = min(here, key=lambda name: (expected[name], name))
        return Untaken(
            GONE,
            "",
            f"{len(here)} rows that an import of its export and the exchange's API told, {here[first]} the first",
            "the API no longer lists them: the exchange may have cut its list, so all of them stand",
            f"compare them there, and void what was taken back: {taking_back(here[first])}",
            at=datetime.fromtimestamp(expected[first], UTC),
            told=" ".join(here),
        )

    def let_go(self, missing: Mapping[str, Missing]) -> set[str]:
        """Return those of the *missing* that stand until a person looks, and that a person took out meanwhile."""
        ids = {name: self.before[name].other if name in self.before else name for name, one in missing.items()
               if not one.since}  # fmt: skip
        told = self._read({*ids.values()})
        return {name for name, other in ids.items() if other in told and self.holds(told[other]) is None}


def stand(missing: Mapping[str, Missing], asked: Iterable[str], expected: Mapping[str, int]) -> dict[str, Missing]:
    """Return *missing* with those *asked* about, for which nothing is read sooner."""
    return {**missing, **{name: standing(expected[name]) for name in asked}}


def looked_at(told: Iterable[str], left: Iterable[Untaken], missing: Mapping[str, Missing]) -> Iterator[str]:
    """Yield where something of what both told would be in suspense, and a look found that it need not be.

    That is what is *told* again, or was taken out, and the question about many at once where none *left* and nothing
    *missing* is one of them.
    """
    yield from (place(GONE, name) for name in told)
    if any(one.room == GONE for one in left) or not any(not one.since for one in missing.values()):
        yield place(GONE, "")


def taking_back(name: str) -> str:
    """Return the command by which a person takes out the event *name*, as a shell reads it."""
    return f"`{shlex.join(('lotwork', 'add', 'void', f'target={name}', 'reason=taken back'))}`"


def sort_of(event: Event) -> Sort:
    """Return of which list *event* is, as far as it tells: its kind, and of a receipt what it was for."""
    return kind_of(event), getattr(event, "income", None)


def said_by(event: Event) -> str:
    """Return a digest of all that *event* says, but for who told it."""
    bare = msgspec.structs.replace(event, source=None, evidence=None, note=None)
    return digest(encode(bare).decode())


def _one_by_one(
    fresh: Collection[Event], others: Collection[Event], assets: AssetTable
) -> dict[str, tuple[Event, ...]]:
    return {name: (event,) for name, event in same_deals(fresh, others, assets).items()}


def _changes(story: Mapping[str, object], told: Mapping[str, object]) -> dict[str, object]:
    """Return what an exchange tells otherwise than the *story* of the import's event: what it does not tell stays."""
    return {
        key: value
        for key, value in told.items()
        if key not in NEVER_REVISED and key != "kind" and not _is_alike(key, value, story.get(key))
    }


def _is_alike(key: str, one: object, two: object) -> bool:
    if key == "at":
        return str(one)[:SECONDS] == str(two)[:SECONDS]
    if key == "txid" and isinstance(one, str) and isinstance(two, str):
        return txid_key(one) == txid_key(two)
    if key.endswith(_MONEY) and None not in (one, two):
        return are_rounded(*(int(Decimal(str(each)) * MICROS) for each in (one, two)))
    return one == two

"""History as it is now known: voids and corrections applied, in order of (at, position).

The log keeps what was said; this room says what holds. A void takes its target out, unless the void is itself void; a
correction sets keys of one event, or of every event a selector reaches, and the later correction wins. What a
correction cannot do to an event is not done, and is told as a trouble.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import chain
from typing import NamedTuple, Protocol

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.amending import Amending
from lotwork.ledger.blocks import Entry, in_blocks, those, time_then_position
from lotwork.ledger.codec import KINDS, kind_of
from lotwork.ledger.comparing import compare
from lotwork.ledger.correcting import PINNED, corrected
from lotwork.ledger.doubts import Doubted, Nameless
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.same_coins import SameCoins
from lotwork.ledger.tellers import FROM_A_FILE
from lotwork.ledger.txids import loosely
from lotwork.ledger.units import AssetTable
from lotwork.ledger.voids import find_voided
from lotwork.ledger.zones import Calendar

AMENDMENTS = ("void", "correction")
AMENDING = (e.Void, e.Correction)
"""Said of other events: they are no history of their own. A union would be made anew for every event it is held to."""
FORMER = 1
"""The version whose receipts count though they may be no income: a log written before keeps its figures."""


class Log(Protocol):
    """What history asks of a log: its events, the assets it declares, and the transactions told twice."""

    def read(
        self,
        book: str,
        *,
        after: int = 0,
        up_to: int | None = None,
        kinds: Collection[str] | None = None,
        source: str | None = None,
        ids: Collection[str] | None = None,
        by_time: bool = False,
    ) -> Iterator[tuple[int, e.Event]]:
        """Yield (position, event)."""
        ...

    def blocks(self, book: str, *, after: int = 0, up_to: int | None = None) -> Iterator[list[Entry]]:
        """Yield the same in order of (at, position), many at a time; no block is empty."""
        ...

    def assets(self, book: str) -> AssetTable:
        """Return the assets the book knows."""
        ...

    def shared_txids(self, book: str, *, after: int = 0) -> frozenset[str]:
        """Return the transactions that more than one event of the book names, one of them after a position."""
        ...

    def last_of_version(self, book: str, version: int) -> int:
        """Return the last position that was written in *version* or an older one; 0 where none was."""
        ...


class Trouble(NamedTuple):
    """Something in the log that a person must look at: a code, what it is, and the event it stands in."""

    code: str
    message: str
    event: str


class History(msgspec.Struct):
    """One book's effective events up to a position, with the calendar and the assets they are read by."""

    log: Log
    book: str
    up_to: int | None
    assets: AssetTable
    calendar: Calendar
    voided: frozenset[str]
    corrections: Mapping[str, list[e.Correction]]
    selections: tuple[e.Correction, ...]
    same_coins: SameCoins
    order: Mapping[str, int]
    """Where each correction stands among all of them: the later one wins."""
    end: datetime | None = None
    """What happened at or after this instant does not count, whenever it was recorded; None: all of it does."""
    first_profile: str | None = None
    """The profile that holds for all the time before it, and so before `end` too."""
    troubles: list[Trouble] = msgspec.field(default_factory=list)
    """What the last pass over the events came upon."""
    unfit: list[Trouble] = msgspec.field(default_factory=list)
    """Corrections of the law that it cannot take; they stay told however often the events are passed over."""
    doubts: dict[str, Doubted] = msgspec.field(default_factory=dict)
    """What may be no income, by the transactions and the lists of pools that the log tells."""
    listing: frozenset[str] = frozenset()
    """The pools found to tell what they paid, where that was looked for."""
    at_start: int = 0
    """How many of the troubles were told before the first event was passed over."""
    nameless: tuple[Nameless, ...] = ()
    """Rows that may be a pool's list though they name no source, where that was looked for."""

    @classmethod
    def read(cls, log: Log, book: str, *, up_to: int | None = None, until: date | None = None) -> History:
        """Return the history of *book* as the log tells it up to position *up_to*, to the end of the day *until*.

        The position cuts what was known, the day what had happened. Voids, corrections and rules say what is known, so
        the day cuts none of them off.
        """
        amendments = _ordered(log.read(book, up_to=up_to, kinds=AMENDMENTS))
        voided = find_voided(event for event in amendments if isinstance(event, e.Void))
        targeted: defaultdict[str, list[e.Correction]] = defaultdict(list)
        selections = []
        for event in amendments:
            if isinstance(event, e.Correction) and event.id not in voided:
                if event.target is None:
                    selections.append(event)
                else:
                    targeted[event.target].append(event)
        history = cls(
            log=log,
            book=book,
            up_to=up_to,
            assets=log.assets(book),
            calendar=Calendar(),
            voided=voided,
            corrections=dict(targeted),
            selections=tuple(selections),
            same_coins=SameCoins(),
            order={event.id: place for place, event in enumerate(amendments)},
        )
        profiles = [event for event in history.of_kind("profile") if isinstance(event, e.Profile)]
        history.calendar = Calendar(profiles)
        history.troubles.clear()
        history._find_same_coins()
        if until is not None:
            history.end = history.calendar.midnight(until + timedelta(days=1))
            history.first_profile = profiles[0].id if profiles else None
        return history

    def counts(self, event: e.Event) -> bool:
        """Say if *event* had happened by the day this history ends with."""
        if self.end is None or event.at < self.end:
            return True
        if isinstance(event, e.Energy):
            return self.calendar.used_at(event) < self.end
        is_dated_by_sight = isinstance(event, e.Suspense) and event.dated == "no"  # it may have happened long before
        return is_dated_by_sight or isinstance(event, e.Rule) or event.id == self.first_profile

    def _find_same_coins(self) -> None:
        said = [step.set_["txid"] for step in self._steps() if isinstance(step.set_.get("txid"), str)]
        shared = self.log.shared_txids(self.book).union(map(loosely, said))
        if shared:
            self._compare(shared)

    def compare_lists(self) -> bool:
        """Hold outputs against what their pools list, where no transaction is told twice; say if a doubt is found.

        Where one is, `read` has done so already.
        """
        if not self.listing:
            self._compare(frozenset())
            return bool(self.doubts)
        return False

    def _compare(self, shared: Collection[str]) -> None:
        troubles = [*self.troubles]
        self.same_coins, doubts, self.listing, self.nameless = compare(
            self.events(), self._exchanged(), shared, self.answered(), self.assets
        )
        former = self.log.last_of_version(self.book, FORMER) if doubts else 0
        written = self.log.read(self.book, up_to=former, ids=doubts) if former else ()
        counted = {event.id for _, event in written}
        self.doubts = {name: doubt._replace(counted=name in counted) for name, doubt in doubts.items()}
        self.troubles[:] = troubles  # what a fold came upon stays told, where this pass finds nothing to fold anew for

    def _exchanged(self) -> Iterator[tuple[e.Movement | e.Receipt, e.Sale | e.Purchase]]:
        """Yield the movements and receipts that a person made sales and purchases of, each with what it is now."""
        ids = None if any("kind" in step.set_ for step in self.selections) else self.corrections
        for _, event in self.log.read(self.book, up_to=self.up_to, kinds=("movement", "receipt"), ids=ids):
            holds = self.amended(event)
            if isinstance(event, e.Movement | e.Receipt) and isinstance(holds, e.Sale | e.Purchase):
                yield event, holds

    def _steps(self) -> Iterator[e.Correction]:
        yield from self.selections
        for steps in self.corrections.values():
            yield from steps

    def answered(self) -> frozenset[str]:
        """Return the events of which a person's correction says what income they are: nobody asks about them again.

        What `import --revise` reads in a file, and says so by its source, answers nothing.
        """
        return frozenset(
            name
            for name, steps in self.corrections.items()
            if any("income" in each.set_ and each.source != FROM_A_FILE for each in steps)
        )

    def of_kind(self, *kinds: str) -> list[e.Event]:
        """Return the effective events of *kinds*, in order."""
        found = []
        for position, event in self._perhaps(kinds):
            holds = self.amended(event)
            if holds is not None and kind_of(holds) in kinds and self.counts(holds):
                found.append((holds.at, position, holds))
        found.sort(key=lambda entry: entry[:2])
        return [event for _, _, event in found]

    def _perhaps(self, kinds: Collection[str]) -> Iterator[tuple[int, e.Event]]:
        """Yield the events recorded as one of *kinds*, and those that a correction may make one of them."""
        yield from self.log.read(self.book, up_to=self.up_to, kinds=kinds)
        becoming = [
            target
            for target, steps in self.corrections.items()
            if any(step.set_.get("kind") in kinds for step in steps)
        ]
        if "transfer" in kinds:
            becoming += self.same_coins.joined
        others = frozenset(KINDS) - frozenset(kinds)
        if any(step.set_.get("kind") in kinds for step in self.selections):
            yield from self.log.read(self.book, up_to=self.up_to, kinds=others)
        elif becoming:
            yield from self.log.read(self.book, up_to=self.up_to, kinds=others, ids=becoming)

    def events(self) -> Iterator[e.Event]:
        """Yield every effective event but voids and corrections, in order of (at, position)."""
        return chain.from_iterable(self.blocks())

    def blocks(self) -> Iterator[list[e.Event]]:
        """Yield the same, many at a time; what a block's events told of troubles is told once it is there, no more."""
        blocks = self._effective()
        return blocks if self.end is None else those(blocks, self.counts)

    def blocks_from(self, instant: datetime, after: int, troubles: Iterable[Trouble] = ()) -> Iterator[list[e.Event]]:
        """Yield the events from *instant* on as `blocks` does.

        Of those told in order of time the ones up to position *after* happened before; *troubles* are what all before
        the instant told.
        """
        following = those(self._effective(after, troubles), lambda event: event.at >= instant)
        return following if self.end is None else those(following, self.counts)

    def _effective(self, after: int = 0, troubles: Iterable[Trouble] = ()) -> Iterator[list[e.Event]]:
        self.troubles[:] = [
            Trouble("twins_disagree", message, event) for event, message in self.same_coins.disagreements
        ]
        self.troubles += [Trouble(*doubt) for doubt in self.same_coins.doubts]
        if any("at" in step.set_ for step in self.selections):
            reordered = self._reordered()
            self.at_start = len(self.troubles)
            self.troubles += troubles
            yield from in_blocks(reordered)
            return
        blocks = self.log.blocks(self.book, after=after, up_to=self.up_to)
        moved = self._moved()
        self.at_start = len(self.troubles)
        self.troubles += troubles
        yield from Amending(self.amended, self.troubles, self._touched(), moved).over(blocks)

    def _touched(self) -> frozenset[str] | None:
        """Return the events that are not what they were recorded as, amendments among them; None: any may be."""
        if self.selections:
            return None
        twins = self.same_coins
        told = self.order, self.voided, self.corrections, twins.ids, twins.joined, twins.listed, self.doubts
        return frozenset().union(*told)

    def _reordered(self) -> list[e.Event]:
        """Return every effective event where a selection changes instants, which may reorder anything."""
        stream = ((position, self.amended(event)) for position, event in self.log.read(self.book, up_to=self.up_to))
        return _ordered((position, holds) for position, holds in stream if holds is not None)

    def _moved(self) -> list[tuple[int, e.Event]]:
        """Return the events whose instant a correction changes, corrected: they stand elsewhere in the order."""
        targets = [target for target, steps in self.corrections.items() if any("at" in step.set_ for step in steps)]
        targets += self.same_coins.departed
        moved = []
        for position, event in self.log.read(self.book, up_to=self.up_to, ids=targets) if targets else ():
            holds = self.amended(event)
            if holds is not None:
                moved.append((position, holds))
        return sorted(moved, key=time_then_position)

    def amended(self, event: e.Event) -> e.Event | None:
        """Return *event* as it now holds; None where it is void, a twin, or itself an amendment."""
        if event.id in self.same_coins.ids:
            return None
        holds = self.corrected(event)
        if holds is None:
            return None
        listed = self.same_coins.listed.get(event.id)
        if listed is not None and isinstance(holds, e.Receipt):
            holds = listed.of(holds)
        return self.same_coins.joined.get(event.id) or self._doubted(holds)

    def corrected(self, event: e.Event) -> e.Event | None:
        """Return *event* as its corrections leave it; None where it is void, or itself an amendment."""
        if isinstance(event, AMENDING) or event.id in self.voided:
            return None
        steps = [step for step in self.selections if self.reaches(step.select, event)]
        steps += self.corrections.get(event.id, ())
        steps.sort(key=lambda step: self.order[step.id])
        for step in steps:
            try:
                event = corrected(event, step, self.assets)
            except InputRefusedError as refusal:
                reason = refusal.problems[0].reason if refusal.problems else str(refusal)
                self.troubles.append(
                    Trouble("correction_does_not_fit", f"{step.id} cannot change {event.id}: {reason}", step.id)
                )
        return event

    def _doubted(self, event: e.Event) -> e.Event:
        """Return *event*, in doubt where it was found to be and nobody has said yet that it is income."""
        doubt = self.doubts.get(event.id)
        if doubt is None or doubt.counted or not isinstance(event, e.Receipt) or event.doubt is not None:
            return event
        return msgspec.structs.replace(event, doubt=doubt.why)

    def reaches(self, select: e.Selector | None, event: e.Event) -> bool:
        """Say if a correction with *select* reaches *event*, as it was recorded."""
        if select is None or kind_of(event) in PINNED:
            return False
        wallet = getattr(event, "wallet", None) or getattr(event, "from_wallet", None)
        return (
            select.kind in (None, kind_of(event))
            and select.source in (None, event.source)
            and select.wallet in (None, wallet)
            and (select.from_ is None or self.calendar.moment(select.from_) <= event.at)
            and (select.to is None or event.at < self.calendar.moment(select.to))
        )


def _ordered(entries: Iterable[tuple[int, e.Event]]) -> list[e.Event]:
    return [event for _, event in sorted(entries, key=time_then_position)]

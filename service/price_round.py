"""A round of asking for prices: a few at a time, and what nobody knew is left alone for a while, or for good.

What waits is asked for by coin and in order of time, so that one question answers many. What is recorded stays recorded
wherever a round is ended; the next goes on with the rest. When each is asked for again hangs on why it was not had:

- no price exists, or only a stale one: never, once the instant is two days old, unless a person asks, or the settings
  name other sources; before that, after a wait that doubles from five minutes to a day;
- rate limited: after the silence that was asked for, and at most a day;
- not reached, or refused: after a wait that doubles from a quarter of a minute to an hour.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Protocol

from lotwork.ingest.ports import PriceSource
from lotwork.ingest.prices.fetch import Asking, Unpriced, Wanted, fetch_prices
from lotwork.ingest.prices.states import age
from lotwork.ledger.clock import Clock
from lotwork.ledger.events import Event
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.storage.batch import Appends, Batch
from lotwork.projections.unpriced import ANSWERS
from lotwork.service.pending import Waiting
from lotwork.service.prices_asked import Left, PricesAsked, Progress, key_of, left
from lotwork.service.settings import STAND_IN_HOURS

AT_ONCE = 20
"""Prices asked for between two appends, so that an end or a crash loses little."""
FIRST_WAIT_SECONDS = 300.0
LONGEST_WAIT_SECONDS = 86_400.0
FIRST_SILENCE_SECONDS, LONGEST_SILENCE_SECONDS = 15.0, 3600.0
LEAST_LIMIT_SECONDS = 60.0
FINAL = timedelta(days=2)
"""How old an instant is when every candle that contains it is over, and published: an answer of none is then final."""


class PriceRecorder(Appends, Protocol):
    """The ledger as a round of prices needs it: which it knows already, and where those that are new go."""

    def read(self, book: str, *, ids: Collection[str]) -> Iterator[tuple[int, Event]]:
        """Yield (position, event) of those of *ids* that *book* knows."""
        ...


def quiet(_words: str) -> None:
    """Tell nobody."""


class PriceRound:
    """Prices what waits in one book."""

    def __init__(
        self,
        recorder: PriceRecorder,
        book: str,
        sources: Sequence[PriceSource],
        clock: Clock,
        *,
        cross_check: bool,
        asked: PricesAsked | None = None,
        stand_in_hours: int = STAND_IN_HOURS,
    ) -> None:
        self._recorder = recorder
        self._book = book
        self._sources = tuple(sources)
        self._clock = clock
        self._cross_check = cross_check
        self._asked = asked or PricesAsked()
        self._patience = timedelta(hours=stand_in_hours)

    def go(
        self,
        waiting: Waiting,
        stop: Callable[[], bool],
        *,
        progress: Callable[[str], None] = quiet,
        by_hand: bool = False,
        anew: bool = False,
    ) -> tuple[int, tuple[Unpriced, ...]]:
        """Ask for what *waiting* wants; return how many prices were recorded, and what stays pending and why.

        A price that was recorded before is not recorded again, also where it was voided since. *by_hand*, what was
        merely not answered is asked for at once, and all that stays pending is returned; *anew*, also what nobody had.
        """
        notes = self._asked.book(self._book)
        wanted_now = {key_of(wanted): wanted for wanted in waiting.wanted}
        for gone in notes.keys() - wanted_now.keys():
            del notes[gone]
        due: list[Wanted] = []
        unpriced: list[Unpriced] = []
        for key, wanted in wanted_now.items():
            note = notes.get(key)
            if note is None or anew or self._is_due(note, by_hand=by_hand):
                due.append(wanted)
            elif by_hand:
                unpriced.append(Unpriced(wanted, note.why, _when(note), silent=note.why not in ANSWERS))
        due.sort()
        self._plan(due)
        recorded = self._ask(due, unpriced, stop, progress)
        self._asked.known.progress.pop(self._book, None)
        self._asked.save()
        return recorded, tuple(unpriced)

    def settle(self) -> None:
        """Forget what was asked for in vain: nothing waits in the book."""
        self._asked.settle(self._book)

    def _ask(
        self, due: Sequence[Wanted], unpriced: list[Unpriced], stop: Callable[[], bool], progress: Callable[[str], None]
    ) -> int:
        """Ask for all that is *due*, some at a time; return how many prices were recorded."""
        asking = Asking(self._sources)
        self._remember_limits(asking)
        begun = self._clock.monotonic()
        recorded, asked = 0, 0
        left_to_ask = iter(due)
        while (some := list(islice(left_to_ask, AT_ONCE))) and not stop():
            found = fetch_prices(
                some,
                self._sources,
                clock=self._clock,
                cross_check=self._cross_check,
                asking=asking,
                stands_in=self._stands_in,
            )
            ids = [sample.id for sample in found.samples]
            known = {event.id for _, event in self._recorder.read(self._book, ids=ids)} if ids else set()
            samples = tuple(sample for sample in found.samples if sample.id not in known)
            if samples:
                self._recorder.append(Batch(self._book, samples))
            recorded += len(samples)
            asked += len(some)
            unpriced += found.unpriced
            self._note(some, found.unpriced, asking)
            if len(due) > AT_ONCE:
                self._tell(progress, asked, len(due), recorded, begun)
        return recorded

    def _plan(self, due: Sequence[Wanted]) -> None:
        """Tell every source what will be asked for, so that one question answers many."""
        instants: defaultdict[str, list[datetime]] = defaultdict(list)
        for wanted in due:
            instants[wanted.asset].append(wanted.at)
        for source in self._sources:
            for asset, planned in instants.items():
                source.expect(asset, planned)

    def _is_due(self, note: Left, *, by_hand: bool) -> bool:
        if note.again is None:
            return False
        now = self._clock.now()
        was_put_back = now < note.asked
        silent = note.why in ("unreachable", "refused", "round_over")
        return was_put_back or note.again <= now or (by_hand and silent)

    def _stands_in(self, wanted: Wanted) -> bool:
        """Say if whoever comes first has not answered about *wanted* for so long that the next may."""
        if not self._patience:
            return True
        note = self._asked.book(self._book).get(key_of(wanted))
        silent = note is not None and note.why not in ANSWERS and note.why != "too_recent"
        return note is not None and silent and self._clock.now() - note.first >= self._patience

    def _remember_limits(self, asking: Asking) -> None:
        """Ask no source that wanted silence until later."""
        now = self._clock.now()
        for source in self._sources:
            until = self._asked.source(source.name).quiet_until
            if until is not None and now < until <= now + timedelta(seconds=LONGEST_WAIT_SECONDS):
                asking.hold(source.name, until, now)

    def _note(self, asked: Sequence[Wanted], unpriced: Sequence[Unpriced], asking: Asking) -> None:
        """Note when each of those *asked* for is asked for again, and what each source said last."""
        notes, now = self._asked.book(self._book), self._clock.now()
        missed = {item.wanted: item for item in unpriced}
        for wanted in asked:
            before = notes.pop(key_of(wanted), None)
            item = missed.get(wanted)
            if item is None or (item.why == "too_recent" and not item.wait_seconds):
                continue
            if before is not None and (before.why in ANSWERS) != (item.why in ANSWERS):
                before = None
            notes[key_of(wanted)] = left(item, before, now, self._again(item, before, now))
        for name in asking.answered:
            of = self._asked.source(name)
            of.answered, of.trouble, of.quiet_until = now, None, None
        for name, silence in asking.silent.items():
            of = self._asked.source(name)
            of.trouble = silence.reason
            if silence.why == "rate_limited" and (of.quiet_until is None or of.quiet_until <= now):
                of.quiet_until = now + timedelta(seconds=_limit(silence.wait_seconds))

    def _again(self, item: Unpriced, before: Left | None, now: datetime) -> datetime | None:
        """Return when *item* is asked for again, by why it was not had; None where never by itself."""
        failures = 0 if before is None else before.failures
        match item.why:
            case "no_price" | "stale" | "unknown_coin":
                if now - item.wanted.at >= FINAL and self._sources:
                    return None
                seconds = min(FIRST_WAIT_SECONDS * 2.0 ** min(failures, 12), LONGEST_WAIT_SECONDS)
            case "rate_limited":
                seconds = _limit(item.wait_seconds)
            case "round_over" | "too_recent":
                seconds = item.wait_seconds
            case _:
                seconds = min(FIRST_SILENCE_SECONDS * 2.0 ** min(failures, 12), LONGEST_SILENCE_SECONDS)
        return now + timedelta(seconds=seconds)

    def _tell(self, progress: Callable[[str], None], asked: int, of: int, recorded: int, begun: float) -> None:
        """Tell how far a long round has come, on the spot and in the file that other commands read."""
        spent = self._clock.monotonic() - begun
        rest = timedelta(seconds=spent / asked * (of - asked))
        after = f"; about {age(rest)} more" if asked < of else ""
        progress(f"{asked:,} of {of:,} prices asked for, {recorded:,} recorded{after}")
        self._asked.known.progress[self._book] = Progress(asked=asked, of=of, recorded=recorded, at=self._clock.now())
        self._asked.save()


def _limit(wait_seconds: float) -> float:
    return min(max(wait_seconds, LEAST_LIMIT_SECONDS), LONGEST_WAIT_SECONDS)


def _when(note: Left) -> str:
    """Return why a price is not asked for just now."""
    if note.again is None:
        return f"{note.reason}; it is not asked for again: add a price, or a source, or ask with `lotwork poll --anew`"
    return f"{note.reason}; it is asked for again after {print_instant(note.again.replace(microsecond=0))}"

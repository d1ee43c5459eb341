"""A device that tells where its counter stands, as a receipt source: each look is held against the one before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import msgspec

from lotwork.ingest.context import Policy
from lotwork.ingest.held import HeldEvidence
from lotwork.ingest.meters.counting import Counter, Standing, shown
from lotwork.ingest.meters.runs import event_of
from lotwork.ingest.meters.settings import CounterSection
from lotwork.ingest.meters.told import Count
from lotwork.ingest.ports import NOTHING, EvidenceKeeper, Page
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import SourceRefusedError


class Read(NamedTuple):
    """What a device answered: where its counter stands, and the bytes it was read from."""

    stands: Count
    body: bytes


@dataclass(frozen=True, kw_only=True)
class CounterSource:
    """One counter of a device; *read* asks it, and raises as `ReceiptSource.fetch_since` does."""

    section: CounterSection
    read: Callable[[], Read]
    evidence: EvidenceKeeper
    clock: Clock
    policy: Policy

    @property
    def name(self) -> str:
        """The name its cursor is stored under, and its events' `source`."""
        return self.section.name

    @property
    def book(self) -> str:
        """The book its events belong to."""
        return self.section.book

    def fetch_since(self, cursor: str | None) -> Page:
        """Return the days that are over since the counter was read last."""
        was = None if cursor is None else standing_of(cursor, self.name)
        count, body = self.read()
        at = int(self.clock.now().timestamp())
        section = self.section
        counter = Counter(self.policy.calendar, most_kw=section.most_kw, wraps_at_kwh=section.wraps_at_kwh)
        if was is None:
            return Page(events=(), cursor=_text(counter.begin(count, at)), left_out="; ".join(shown(count)))
        if at <= was.at:  # asked twice in a second, or the clock of this machine went back
            return Page(events=(), cursor=cursor or "")
        over, stands, words = counter.go_on(was, count, at)
        held = HeldEvidence(self.evidence.keep)
        kept = held.keep(body)
        events = tuple(
            event_of(run, source=self.name, meter=section.meter, share=section.business_share, evidence=kept)
            for run in over
        )
        held.settle(event.evidence for event in events)
        alerts = tuple(f"meter {section.meter}: {each}" for each in words)
        return Page(events=events, cursor=_text(stands), alerts=alerts)


def standing_of(cursor: str, name: str) -> Standing:
    """Return where the counter stood, as *cursor* says."""
    try:
        return msgspec.json.decode(cursor, type=Standing)
    except msgspec.DecodeError:
        raise SourceRefusedError(
            f"{name}: its cursor cannot be read: {NOTHING}; was this name another source's? give it another name"
        ) from None


def _text(stands: Standing) -> str:
    return msgspec.json.encode(stands).decode()

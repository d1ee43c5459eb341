"""What OCEAN tells of now alone, recorded once a day where the settings say so: what it owes, and the hashrate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import msgspec

from lotwork.ingest.held import HeldEvidence
from lotwork.ingest.pools.bounds import BITCOIN
from lotwork.ingest.pools.ocean_cursor import OceanCursor
from lotwork.ingest.pools.ocean_questions import OceanQuestions
from lotwork.ingest.pools.present import Observer, is_due, owed_after
from lotwork.ingest.pools.told import Present, Seen
from lotwork.ingest.ports import Page


def with_present(
    page: Page,
    now: datetime,
    observe: tuple[Seen, ...],
    observer: Observer,
    asking: OceanQuestions,
    keep: Callable[[bytes], str],
) -> Page:
    """Return *page* with what the pool says of *now*, where a day is over since; where it does not say, as it is.

    Whatever it does not answer here stops no income, and is asked for again at the next look.
    """
    if not observe or page.more or page.cursor is None:
        return page
    state = OceanCursor.read(page.cursor, observer.source)
    if not is_due(now, state.present_at):
        return page
    rate, rate_body = asking.hashrate() if "hashrate" in observe else (None, b"")
    owed, owed_body = asking.owed() if "balance" in observe else (None, b"")
    if rate is None and owed is None:
        return page
    evidence = HeldEvidence(keep)
    told = (Present(BITCOIN, rate=rate),), (Present(BITCOIN, owed=owed),)
    events = [
        event
        for each, body in zip(told, (rate_body, owed_body), strict=True)
        for event in observer.events(each, now, state.present_at, state.owed, evidence.keep(body) if body else "")
    ]
    evidence.settle(event.evidence for event in events)
    after = msgspec.structs.replace(state, present_at=int(now.timestamp()), owed=owed_after(told[1], state.owed))
    return replace(page, events=(*page.events, *events), cursor=after.text())

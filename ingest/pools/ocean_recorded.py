"""OCEAN's rows, by their ids: those that an answer tells, and those that the log has of the same span."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from lotwork.ingest.pools.meaning import CREDITED
from lotwork.ingest.pools.ocean_answers import Earnpay
from lotwork.ingest.pools.ocean_cursor import Seen
from lotwork.ingest.pools.ocean_events import OceanEvents
from lotwork.ingest.pools.ocean_section import OceanSection
from lotwork.ingest.reorganisations import Recorded, effective_accounts, recorded_of
from lotwork.ingest.suspense import Untaken, place
from lotwork.ledger.events import Receipt, Transfer

ALIKE = "alike"


class Span(NamedTuple):
    """What one question covers: asked from `start` to `end`, told anew from `fresh`."""

    start: datetime
    fresh: datetime
    end: datetime


def observed_rows(make: OceanEvents, told: Earnpay, span: Span) -> Iterator[tuple[str, Seen]]:
    """Yield the id and content of everything in *told* that is an event under the policy of its time."""
    for earning in told.earnings:
        if earning.at >= span.fresh and earning.net_sats and make.recognition(earning.at) == "on_credit":
            yield make.credit_id(earning), Seen(int(earning.at.timestamp()), earning.net_sats)
    for payout in told.payouts:
        if payout.at >= span.fresh:
            yield make.payout_id(payout), Seen(int(payout.at.timestamp()), payout.sats)


def former_ids(make: OceanEvents, told: Earnpay, new: Collection[str]) -> set[str]:
    """Return what the payouts of *told* that are *new* were called while they had no transaction."""
    named = (one for one in told.payouts if make.payout_id(one) in new)
    former = {make.payout_id(one._replace(txid=None, lightning=None)) for one in named}
    return former - {make.payout_id(one) for one in told.payouts}


def alike(make: OceanEvents, told: Earnpay) -> tuple[list[Untaken], set[str]]:
    """Return the payouts that *told* has more than once, and the places they were looked for in."""
    found = [
        Untaken(
            ALIKE,
            make.payout_id(one),
            f"payout {make.payout_id(one).removeprefix(make.prefix)}",
            "the pool tells it more than once in one answer, all alike: it was taken once",
            "see at the pool, or on the chain, how often it was paid: if more than once, record the others by hand",
            at=one.at,
        )
        for one in told.alike
    ]
    return found, {place(ALIKE, make.payout_id(one)) for one in told.payouts}


def recorded_rows(log: Recorded, section: OceanSection, prefix: str, span: Span) -> dict[str, int]:
    """Return the rows of *section* that hold within *span*, with their instants in seconds since 1970.

    *prefix* is what the ids of its events begin with.
    """
    beside = (f"{prefix}uncovered:", f"{prefix}balance:")
    told = [
        event.id
        for _, event in log.read(section.book, kinds=("receipt", "transfer"), source=section.name)
        if event.id.startswith(prefix) and not event.id.startswith(beside)
    ]
    events = (account.event for account in effective_accounts(recorded_of(log, section.book, told)))
    return {
        event.id.removesuffix(f":{CREDITED}"): int(event.at.timestamp())
        for event in events
        if isinstance(event, Receipt | Transfer) and span.fresh <= event.at < span.end
    }

"""`lotwork price`: which recorded price holds at an instant, from whom, and who would be asked if none does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import click

from lotwork.commands.answer import Call, answer, called, read_law
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell, without_secrets
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import UsageError
from lotwork.ledger.events import PriceSample
from lotwork.ledger.history import History
from lotwork.ledger.public_form.parse_words import parse_instant, print_instant
from lotwork.ledger.units import AmountError
from lotwork.projections.pricing import Prices, Quote
from lotwork.projections.replay.book import recorded_prices
from lotwork.projections.unpriced import IN_WORDS
from lotwork.reports.price import NEXT, SAMPLES, NextRow, PriceListing, WaitsRow, instant_or_none, sample_row

if TYPE_CHECKING:
    from lotwork.ingest.prices.fetch import Wanted
    from lotwork.service.prices_asked import Known, Left


_TO_THE_MINUTE = re.compile(r"(T[0-9]{2}:[0-9]{2})([Zz]|[+-][0-9]{2}:[0-9]{2})\Z", re.ASCII)


@click.command("price")
@click.argument("asset")
@click.option("--at", "instant", required=True, metavar="INSTANT", help="Of when: 2026-03-01T12:00Z.")
@Wide
@called
def price_command(call: Call, *, asset: str, instant: str) -> int:
    """Show which price of ASSET holds at an instant, from whom, and who would be asked if none does. Asks nobody."""
    try:
        at = parse_instant(_TO_THE_MINUTE.sub(r"\1:00\2", instant))
    except AmountError as odd:
        raise UsageError(f"--at {instant[:40]}: {odd.reason}: {odd.remedy}") from odd
    with call.log() as log:
        history = History.read(log, call.book)
        if history.assets.get(asset) is None:
            near = asset.upper()
            meant = f": did you mean {near}?" if history.assets.get(near) is not None else ""
            raise UsageError(f"{asset[:40]}: no such coin in book {call.book}{meant}")
        samples = {event.id: event for event in history.of_kind("price") if isinstance(event, PriceSample)}
        quote, others = Prices(samples.values(), lambda: recorded_prices(history)).at(asset, at)
        listing = _listing(call, asset, at, samples, [quote, *others] if quote else [])
        return answer(
            call, "price", listing, log=log, law=read_law(history=history), up_to=history.up_to,
            show=lambda: _show(listing),
        )  # fmt: skip


def _listing(call: Call, asset: str, at: datetime, samples: dict[str, PriceSample], held: list[Quote]) -> PriceListing:
    from lotwork.ingest.prices import fetch  # noqa: PLC0415 - as the help of the command needs none of it
    from lotwork.service.prices_asked import key_of, read  # noqa: PLC0415 - the same

    rows = [sample_row(samples[quote.event]) for quote in held]
    known, wanted = read(call.home), fetch.Wanted(asset, at)
    note = None if rows else known.books.get(call.book, {}).get(key_of(wanted))
    return PriceListing(
        asset=asset,
        at=print_instant(at),
        price=rows[0] if rows else None,
        others=tuple(rows[1:]),
        waits=None if note is None else _waits(note, wanted),
        next=() if rows else tuple(_next(call, at, known)),
    )


def _waits(note: Left, wanted: Wanted) -> WaitsRow:
    from lotwork.service.price_states import remedy_of  # noqa: PLC0415 - the same

    return WaitsRow(
        why=note.why,
        reason=without_secrets(note.reason),
        first=print_instant(note.first.replace(microsecond=0)),
        again=instant_or_none(note.again),
        remedy=remedy_of(note, wanted),
    )


def _next(call: Call, at: datetime, known: Known) -> Iterator[NextRow]:
    """Yield the sources of the settings in their order, and when each may be asked."""
    from lotwork.config import load  # noqa: PLC0415 - only where no price holds
    from lotwork.ingest.prices.fetch import SETTLED  # noqa: PLC0415 - the same
    from lotwork.service.prices_asked import OfSource  # noqa: PLC0415 - the same

    now = SystemClock().now()
    for place, name in enumerate(load(call.home).settings.prices.sources):
        of = known.sources.get(name, OfSource())
        if now - at < SETTLED:
            state = f"not before the minute is over: after {print_instant((at + SETTLED).replace(microsecond=0))}"
        elif of.quiet_until is not None and of.quiet_until > now:
            state = f"rate limited: not before {instant_or_none(of.quiet_until)}"
        else:
            state = "asked first" if place == 0 else "asked where those before it have none, or do not answer for hours"
        trouble = None if of.trouble is None else without_secrets(of.trouble)
        yield NextRow(source=name, state=state, answered=instant_or_none(of.answered), trouble=trouble)


def _show(listing: PriceListing) -> None:
    if listing.price is not None:
        show_rows(f"The price of {listing.asset} at {listing.at}", SAMPLES, (listing.price,))
        if listing.others:
            show_rows("Others of the same time", SAMPLES, listing.others)
        return
    tell(f"No price of {listing.asset} that holds at {listing.at} is recorded")
    if listing.waits is not None:
        words = IN_WORDS[listing.waits.why]
        tell(f"  asked for since {listing.waits.first}: {words}: {listing.waits.reason}")
        tell(f"  {listing.waits.remedy}")
    if listing.next:
        show_rows("Who would be asked, where a receipt or a fee waits for it", NEXT, listing.next)
    else:
        tell("  nobody would be asked: name a source with `lotwork source add`, or record one with `lotwork add price`")

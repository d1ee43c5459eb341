"""The prices that wait, asked for by hand: what came of it, and of each that was not had why, and what to do."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import UNSET

from lotwork.commands.telling import progress_of, tell, without_secrets
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.projections.unpriced import IN_WORDS
from lotwork.reports.daemon import NEVER, PricedRow, UnpricedRow

if TYPE_CHECKING:
    from lotwork.ingest.context import BuildContext
    from lotwork.ingest.prices.fetch import Unpriced
    from lotwork.ledger.store import EventStore
    from lotwork.service.prices_asked import Left
    from lotwork.service.settings import Settings

LATER = "the daemon asks for it again, or `lotwork poll` does"
MOST_TOLD = 5
"""Reasons, and prices, that are told on the terminal; --json tells all."""


def price_books(
    store: EventStore, books: set[str], settings: Settings, context: BuildContext, *, anew: bool
) -> tuple[list[PricedRow], bool]:
    """Ask for the prices that wait; return what came of it, and whether sources were asked and none answered at all."""
    from lotwork.service.pending import Pending  # noqa: PLC0415 - only a poll prices
    from lotwork.service.price_round import PriceRound  # noqa: PLC0415 - the same
    from lotwork.service.prices_asked import PricesAsked, key_of, setup_of  # noqa: PLC0415 - the same
    from lotwork.service.sources import price_sources  # noqa: PLC0415 - the same

    told: list[PricedRow] = []
    heard: list[bool] = []
    notes = PricesAsked(context.home, setup_of(settings.prices))
    for book in sorted(books):
        waiting = Pending(store).of(book)
        if not waiting.wanted:
            notes.settle(book)
            continue
        asking = PriceRound(
            store,
            book,
            price_sources(settings.prices, context),
            context.clock,
            cross_check=settings.prices.cross_check,
            asked=notes,
            stand_in_hours=settings.prices.stand_in_hours,
        )
        progress = progress_of(f"prices ({book})")
        recorded, unpriced = asking.go(waiting, lambda: False, progress=progress, by_hand=True, anew=anew)
        reasons = tuple(sorted({without_secrets(item.reason) for item in unpriced}))
        left = [_unpriced(item, notes.book(book).get(key_of(item.wanted))) for item in unpriced]
        row = PricedRow(book=book, recorded=recorded, pending=len(unpriced), why=reasons, unpriced=left or UNSET)
        told.append(row)
        heard += [False] * recorded + [item.silent for item in unpriced if item.why != "too_recent"]
    return told, bool(heard) and all(heard)


def _unpriced(item: Unpriced, note: Left | None) -> UnpricedRow:
    """Return the row of a price that was not had, with what there is to do."""
    from lotwork.service.price_states import remedy_of  # noqa: PLC0415 - only a poll prices

    asset, at = item.wanted.asset, print_instant(item.wanted.at)
    is_final = note is not None and note.again is None
    after = None if note is None else note.again
    return UnpricedRow(
        asset=asset,
        at=at,
        why=item.why,
        reason=without_secrets(item.reason),
        again=NEVER if is_final else None if after is None else print_instant(after.replace(microsecond=0)),
        remedy=LATER if note is None else remedy_of(note, item.wanted),
    )


def rows_of(priced: PricedRow) -> list[UnpricedRow]:
    """Return the prices that were not had."""
    return [] if priced.unpriced is UNSET else priced.unpriced


def say_priced(priced: PricedRow) -> None:
    """Say how many prices were had, how many not and why, and of some of those that nobody has what to do."""
    rows = rows_of(priced)
    why = f": {'; '.join(priced.why[:MOST_TOLD])}" if priced.why else ""
    tell(f"prices ({priced.book}): {priced.recorded} recorded, {priced.pending} pending{why}")
    counts = Counter(IN_WORDS[each.why] for each in rows)
    if len(rows) > 1:
        tell(f"  {', '.join(f'{count} {words}' for words, count in counts.items())}")
    for each in [each for each in rows if each.again == NEVER][:MOST_TOLD]:
        tell(f"  unpriced: {each.asset} at {each.at}: {IN_WORDS[each.why]}: {each.remedy}")

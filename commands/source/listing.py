"""`lotwork source list`: what is watched, when it last answered, when it is asked next, and what it cannot see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from textwrap import fill

import click

from lotwork.commands.answer import Call, called, print_alone
from lotwork.commands.source.configured import prices_in, settings_there, sources_in
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell, without_secrets
from lotwork.config import FILE
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.unpriced import IN_WORDS
from lotwork.reports.sources import LISTED, PRICES, GoingRow, SourceListing, SourceRow, WaitingRow
from lotwork.service.daemon_told import Asked, ToldSource, ask
from lotwork.service.ledger_place import open_log
from lotwork.service.prices_asked import Left, OfSource, read
from lotwork.service.settings import Settings
from lotwork.service.source_trying import WIDTH, words_of


@click.command("list")
@Wide
@called
def list_command(call: Call) -> int:
    """List every source of the settings: last success, next poll, and what it cannot see; ask none of them."""
    settings = settings_there(call).settings
    asked = ask(call.home, settings.daemon)
    with open_log(call.home) as log:
        rows = list(source_rows(settings, asked, log))
    noted = read(call.home)
    for prices in prices_in(settings):
        of = noted.sources.get(prices.name, OfSource())
        rows.append(
            SourceRow(
                name=prices.name,
                kind=PRICES,
                book=None,
                last_success=_instant(of.answered),
                next_poll=_instant(of.quiet_until),
                trouble=None if of.trouble is None else without_secrets(of.trouble),
                told_by="log" if of.answered else None,
                cannot_see=words_of(prices),
            )
        )
    going = tuple(
        GoingRow(book=book, asked=far.asked, of=far.of, recorded=far.recorded, at=print_instant(far.at))
        for book, far in sorted(noted.progress.items())
    )
    waiting = tuple(_waiting(book, notes.values()) for book, notes in sorted(noted.books.items()) if notes)
    listing = SourceListing(daemon=asked.pid, rows=tuple(rows), prices_going=going, prices_waiting=waiting)
    if call.as_json:
        print_alone("source_list", listing)
        return 0
    _show(call, listing, asked)
    return 0


def source_rows(settings: Settings, asked: Asked, log: EventLog) -> Iterator[SourceRow]:
    """Yield the sources that *settings* name, each with what the daemon *asked*, or else the *log*, tells of it."""
    for one in sources_in(settings):
        book, name = one.section.book, one.section.name
        told = asked.sources.get((book, name), ToldSource())
        moved = log.cursor_moved(book, name) if told.last_success is None else None
        yield SourceRow(
            name=name,
            kind=one.declared.kind,
            book=book,
            last_success=_instant(told.last_success or moved),
            next_poll=_instant(told.next_poll),
            trouble=told.trouble,
            told_by="daemon" if told.last_success else "log" if moved else None,
            cannot_see=words_of(one.declared),
        )


def _show(call: Call, listing: SourceListing, asked: Asked) -> None:
    show_rows("Sources", LISTED, listing.rows)
    for row in listing.rows:
        tell(_told(f"{row.name} cannot see: {row.cannot_see}"))
        if row.trouble:
            tell(_told(f"{row.name} did not answer: {row.trouble}"))
    for going in listing.prices_going:
        tell(_told(f"prices ({going.book}): {going.asked:,} of {going.of:,} asked for, {going.recorded:,} recorded"))
    for waits in listing.prices_waiting:
        counts = ", ".join(f"{count} {IN_WORDS[why]}" for why, count in waits.why.items())
        tell(_told(f"prices ({waits.book}) not had: {counts}: lotwork poll tells each"))
    if not any(row.kind != PRICES for row in listing.rows):
        tell(f"Nothing is watched yet: lotwork source add, or write it into {call.home / FILE}")
    elif asked.pid is None:
        tell(_told("No daemon runs here: what is known is when the log was last moved on. Next: lotwork run"))
    elif asked.trouble:
        tell(_told(f"The daemon (pid {asked.pid}) tells nothing: {asked.trouble}: last success is by the log."))
    elif any(row.told_by != "daemon" and row.next_poll is None and row.kind != PRICES for row in listing.rows):
        tell(_told(f"The daemon does not know all of them yet: kill -HUP {asked.pid}, or systemctl reload lotwork"))


def _waiting(book: str, notes: Iterable[Left]) -> WaitingRow:
    return WaitingRow(book=book, why=dict(Counter(note.why for note in notes)))


def _instant(at: datetime | None) -> str | None:
    return None if at is None else print_instant(at.astimezone(UTC).replace(microsecond=0))


def _told(words: str) -> str:
    return fill(words, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)

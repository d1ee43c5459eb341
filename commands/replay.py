"""`lotwork replay`: the whole log folded again, how fast, and the state it comes to."""

from __future__ import annotations

import click

from lotwork.commands.answer import Call, answer, called
from lotwork.commands.as_of_options import AsOfOptions, UpTo, say_if_beyond
from lotwork.commands.telling import tell
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.gc_pause import gc_paused
from lotwork.projections.as_of import BOOK_LAW
from lotwork.projections.law_in_force import law_in_force
from lotwork.projections.replay.checkpoint import Checkpoints
from lotwork.projections.replay.state import digest_of
from lotwork.reports.replay import ReplayListing, amended_row
from lotwork.rules.load import Law


@click.command("replay")
@click.option("--from-zero", is_flag=True, help="Ignore checkpoints.")
@UpTo
@click.option("--known", metavar="DATE|INSTANT", help="What had been recorded by then.")
@click.option(
    "--law",
    "law_named",
    metavar="LAW",
    default=BOOK_LAW,
    help="Under the law of a folder, or: shipped, book, filed:YEAR.  [default: book]",
)
@called
@gc_paused()
def replay_command(call: Call, *, from_zero: bool, up_to: int | None, known: str | None, law_named: str) -> int:
    """Replay the log into lots, gains, income and expenses, and print the digest of the state."""
    options = AsOfOptions(known=known, up_to=up_to, law_named=law_named)
    clock = SystemClock()
    with call.log() as log:
        say_if_beyond(call, log, up_to)
        began = clock.monotonic()
        end = options.position(call, log)
        supposed = None if law_named == BOOK_LAW else options.law(call, options.history(call, log))
        replayed = Checkpoints(call.home).replay(log, call.book, up_to=end, from_zero=from_zero, law=supposed)
        book = replayed.book
        law = supposed or law_in_force(book.history, Law.load())
        digest = digest_of(book)
        seconds = clock.monotonic() - began
        listing = ReplayListing(
            events=book.events,
            seconds=f"{seconds:.6f}",
            events_per_second=round(replayed.folded / seconds) if seconds else 0,
            resumed_from=replayed.resumed_from,
            amended_by=amended_row(book.history, law),
            state_digest=digest,
        )
        return answer(
            call, "replay", listing, log=log, law=law, findings=book.told(),
            up_to=replayed.head.position, show=lambda: _show(listing, seconds),
        )  # fmt: skip


def _show(listing: ReplayListing, seconds: float) -> None:
    amended = listing.amended_by
    tell(
        f"{listing.events} events in {seconds:.3f} s ({listing.events_per_second} a second); "
        f"state {listing.state_digest}\n"
        f"Amended by {amended.void} voids, {amended.corrections} corrections, {amended.rules} rules"
    )

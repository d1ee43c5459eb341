"""`lotwork replay`: the whole log folded again, how fast, and the state it comes to."""

from __future__ import annotations

from pathlib import Path

import click

from commands.answer import Call, answer, called, read_law
from ledger.clock import SystemClock
from projections.checkpoint import Checkpoints
from projections.state import digest_of


@click.command("replay")
@click.option("--from-zero", is_flag=True, help="Ignore checkpoints.")
@click.option("--up-to", type=click.IntRange(min=0), metavar="POSITION", help="As the log stood at POSITION.")
@click.option(
    "--law",
    "law_folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    metavar="DIR",
    help="Under the law of these files, instead of Lotwork's own.",
)
@called
def replay_command(call: Call, *, from_zero: bool, up_to: int | None, law_folder: Path | None) -> int:
    """Replay the log into lots, gains, income and expenses, and print the digest of the state."""
    clock = SystemClock()
    with call.log() as log:
        began = clock.monotonic()
        replayed = Checkpoints(call.home).replay(log, call.book, up_to=up_to, from_zero=from_zero)
        book = replayed.book
        law = read_law(law_folder, book.history)
        digest = digest_of(book)
        seconds = clock.monotonic() - began
        content = {
            "events": book.events,
            "seconds": f"{seconds:.6f}",
            "events_per_second": round(replayed.folded / seconds) if seconds else 0,
            "resumed_from": replayed.resumed_from,
            "state_digest": digest,
        }
        return answer(
            call, "replay", content, log=log, law=law, findings=book.told(),
            up_to=replayed.head.position,
            show=lambda: click.echo(
                f"{book.events} events in {seconds:.3f} s ({content['events_per_second']} a second); state {digest}"
            ),
        )  # fmt: skip

"""`lotwork replay`: the whole log folded again, how fast, and the state it comes to."""

from __future__ import annotations

import click

from lotwork.commands.answer import Call, answer, called
from lotwork.commands.as_of_options import AsOfOptions, UpTo
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.history import History
from lotwork.projections.as_of import BOOK_LAW
from lotwork.projections.law_in_force import law_in_force
from lotwork.projections.replay.checkpoint import Checkpoints
from lotwork.projections.replay.state import digest_of
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
def replay_command(call: Call, *, from_zero: bool, up_to: int | None, known: str | None, law_named: str) -> int:
    """Replay the log into lots, gains, income and expenses, and print the digest of the state."""
    options = AsOfOptions(known=known, up_to=up_to, law_named=law_named)
    clock = SystemClock()
    with call.log() as log:
        began = clock.monotonic()
        end = options.position(call, log)
        supposed = None if law_named == BOOK_LAW else options.law(call, options.history(call, log))
        replayed = Checkpoints(call.home).replay(log, call.book, up_to=end, from_zero=from_zero, law=supposed)
        book = replayed.book
        law = supposed or law_in_force(book.history, Law.load())
        digest = digest_of(book)
        seconds = clock.monotonic() - began
        amended = _amendments(book.history, law)
        content = {
            "events": book.events,
            "seconds": f"{seconds:.6f}",
            "events_per_second": round(replayed.folded / seconds) if seconds else 0,
            "resumed_from": replayed.resumed_from,
            "amended_by": amended,
            "state_digest": digest,
        }
        return answer(
            call, "replay", content, log=log, law=law, findings=book.told(),
            up_to=replayed.head.position,
            show=lambda: click.echo(
                f"{book.events} events in {seconds:.3f} s ({content['events_per_second']} a second); state {digest}\n"
                f"Amended by {_in_words(amended)}"
            ),
        )  # fmt: skip


def _amendments(history: History, law: Law) -> dict[str, int]:
    """Return how much of what was told is amended: events that are void, corrections, and rules of the book."""
    corrections = len(history.selections) + sum(map(len, history.corrections.values()))
    return {"void": len(history.voided), "corrections": corrections, "rules": len(law.corrections)}


def _in_words(amended: dict[str, int]) -> str:
    return "{void} voids, {corrections} corrections, {rules} rules".format(**amended)

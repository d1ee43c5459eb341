"""The daemon, and one cycle of it by hand: `lotwork run` and `lotwork poll`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec import UNSET

from lotwork.commands.answer import FINDINGS, Call, called, print_result
from lotwork.commands.books.folder import Homes, folder_meant
from lotwork.commands.completing import sources
from lotwork.commands.pricing import price_books, say_priced
from lotwork.commands.telling import hush, progress_of, tell, without_secrets
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import InputRefusedError, LotworkError, SourceUnreachableError
from lotwork.reports.daemon import PolledRow, PollListing
from lotwork.service.ledger_place import open_log

if TYPE_CHECKING:
    from lotwork.ledger.store import EventStore
    from lotwork.service.sources import Watched


@click.command("run")
@click.option("--host", metavar="ADDRESS", help="Serve the dashboard here; only this machine's own address.")
@click.option("--port", type=click.IntRange(0, 65535), help="Serve the dashboard on this port.")
@Homes
@called
def run_command(call: Call, *, host: str | None, port: int | None, homes: Path | None) -> int:
    """Run the daemon until it is told to end: watchers, prices, alerts and the dashboard.

    With --homes one process keeps every home of a folder, and its readers have the pages (`lotwork web reader`).
    """
    from lotwork.config import load  # noqa: PLC0415 - only the daemon loads its parts

    flags = {name: value for name, value in (("daemon.host", host), ("daemon.port", port)) if value is not None}
    if homes is not None:
        from lotwork.hosting.many import load_many, run_many  # noqa: PLC0415 - the same

        folder = folder_meant(homes)
        load_many(folder, flags=flags)
        return run_many(folder, flags=flags)
    from lotwork import scheduler  # noqa: PLC0415 - the same

    load(call.home, flags=flags)  # settings that cannot be used are told as any command tells them, not as a log does
    return scheduler.run(call.home, flags=flags)


@click.command("poll")
@click.argument("source", required=False, shell_complete=sources)
@click.option("--anew", is_flag=True, help="Ask anew for prices that nobody had.")
@called
def poll_command(call: Call, *, source: str | None, anew: bool) -> int:
    """Ask every configured source, or the one named SOURCE, once and now; then ask for the prices that wait."""
    from lotwork.commands.source.configured import none_called  # noqa: PLC0415 - only what polls reads settings
    from lotwork.config import load, write_default  # noqa: PLC0415 - the same
    from lotwork.ingest.asking.pace import Pace  # noqa: PLC0415 - the same
    from lotwork.ingest.context import BuildContext  # noqa: PLC0415 - the same
    from lotwork.service.sources import watched  # noqa: PLC0415 - the same

    write_default(call.home)
    config = load(call.home)
    hush(config.secrets())
    clock = SystemClock()
    with call.store() as store, open_log(call.home) as log:
        context = BuildContext(
            home=call.home, log=log, clock=clock, reveal=config.secret, pace=Pace(clock), secrets=config.secrets()
        )
        sources = [one for one in watched(config.settings, context) if source in (None, one.name[1])]
        if source is not None and not sources:
            raise none_called(call.home, source, [one.name[1] for one in watched(config.settings, context)])
        told = [_ask(store, one) for one in sources]
        troubles = [refused for _, refused in told if refused is not None]
        books = {one.name[0] for one in sources} or {call.book}
        prices, silent = price_books(store, books, config.settings, context, anew=anew)
    _say(call, PollListing(sources=tuple(row for row, _ in told), prices=tuple(prices)))
    if troubles:
        call.say(f"lotwork: {troubles[0]}")
        return troubles[0].exit_code
    if silent:
        call.say("lotwork: no price source answered, and what waits for a price waits on: try again")
        return SourceUnreachableError.exit_code
    return FINDINGS if any(row.alerts is not UNSET for row, _ in told) else 0


def _ask(store: EventStore, one: Watched) -> tuple[PolledRow, LotworkError | None]:
    """Ask one source; return what is told of it, and what it refused with.

    A person who sits before it is told how far a long first reading has come; it goes on from there if it is ended.
    """
    from lotwork.ingest.watch import watch_once  # noqa: PLC0415 - only a poll watches

    book, name = one.name
    left_out: list[str] = []
    alerts: list[str] = []
    new: list[int] = []
    refused: LotworkError | None = None
    try:
        watch_once(
            one.source,
            store,
            tell=left_out.append,
            alert=alerts.append,
            progress=progress_of(name),
            recorded=new.append,
        )
    except (SourceUnreachableError, InputRefusedError) as failed:  # the others are asked all the same
        refused = failed
    return PolledRow(
        book=book,
        source=name,
        new=sum(new),
        left_out=left_out or UNSET,
        alerts=alerts or UNSET,
        error=UNSET if refused is None else without_secrets(str(refused)),
    ), refused


def _say(call: Call, listing: PollListing) -> None:
    if call.as_json:
        with call.log(begun=False) as log:
            print_result("poll", listing, head=log.head(call.book))
        return
    if not listing.sources:
        tell(f"no source is configured in {call.home / 'config.toml'}: `lotwork source add`, or import files")
    for row in listing.sources:
        outcome = [f"{row.new} new event{'' if row.new == 1 else 's'}"] if row.new or row.error is UNSET else []
        outcome += [] if row.error is UNSET else [row.error]
        tell(f"{row.source} ({row.book}): {'; then '.join(outcome)}")
        for told in (row.left_out, row.alerts):
            for words in () if told is UNSET else told:
                tell(f"  {words}")
    for priced in listing.prices:
        say_priced(priced)

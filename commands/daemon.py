"""The daemon, and one cycle of it by hand: `lotwork run` and `lotwork poll`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from lotwork.commands.answer import Call, called, print_result
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import InputRefusedError, LotworkError, SourceUnreachableError, UsageError
from lotwork.ledger.storage.log import EventLog

if TYPE_CHECKING:
    from lotwork.ingest.surroundings import Surroundings
    from lotwork.ledger.store import EventStore
    from lotwork.service.sources import Watched


@click.command("run")
@click.option("--host", metavar="ADDRESS", help="Serve the dashboard here; only this machine's own address.")
@click.option("--port", type=click.IntRange(0, 65535), help="Serve the dashboard on this port.")
@called
def run_command(call: Call, *, host: str | None, port: int | None) -> int:
    """Run the daemon until it is told to end: watchers, prices, alerts and the dashboard."""
    from lotwork import scheduler  # noqa: PLC0415 - only the daemon loads its parts
    from lotwork.config import load  # noqa: PLC0415 - the same

    flags = {name: value for name, value in (("daemon.host", host), ("daemon.port", port)) if value is not None}
    load(call.home, flags=flags)  # settings that cannot be used are told as any command tells them, not as a log does
    return scheduler.run(call.home, flags=flags)


@click.command("poll")
@click.argument("source", required=False)
@called
def poll_command(call: Call, *, source: str | None) -> int:
    """Ask every configured source, or the one named SOURCE, once and now; then ask for the prices that wait."""
    from lotwork.config import load, write_default  # noqa: PLC0415 - only what polls reads settings
    from lotwork.ingest.asking.pace import Pace  # noqa: PLC0415 - the same
    from lotwork.ingest.surroundings import Surroundings  # noqa: PLC0415 - the same
    from lotwork.service.sources import watched  # noqa: PLC0415 - the same

    write_default(call.home)
    config = load(call.home)
    clock = SystemClock()
    with call.store() as store, EventLog.open(call.home) as log:
        around = Surroundings(
            home=call.home, log=log, clock=clock, reveal=config.secret, pace=Pace(clock), secrets=config.secrets()
        )
        sources = [one for one in watched(config.settings, around) if source in (None, one.name[1])]
        if source is not None and not sources:
            raise UsageError(f"no source is called {source!r}: see [sources] in {call.home / 'config.toml'}")
        told = [_ask(store, one) for one in sources]
        books = {one.name[0] for one in sources} or {call.book}
        prices = _price(store, books, config.settings, around)
    trouble = next((each["error"] for each in told if isinstance(each.get("error"), LotworkError)), None)
    _say(call, told, prices)
    if isinstance(trouble, LotworkError):
        call.say(f"lotwork: {trouble}")
        return trouble.exit_code
    return 0


def _ask(store: EventStore, one: Watched) -> dict[str, Any]:
    from lotwork.ingest.watch import watch_once  # noqa: PLC0415 - only a poll watches

    book, name = one.name
    try:
        return {"book": book, "source": name, "new": watch_once(one.source, store)}
    except (SourceUnreachableError, InputRefusedError) as refused:  # the others are asked all the same
        return {"book": book, "source": name, "new": 0, "error": refused}


def _price(store: EventStore, books: set[str], settings: Any, around: Surroundings) -> list[dict[str, Any]]:
    from lotwork.service.pending import Pending  # noqa: PLC0415 - only a poll prices
    from lotwork.service.price_round import PriceRound  # noqa: PLC0415 - the same
    from lotwork.service.sources import price_sources  # noqa: PLC0415 - the same

    told = []
    for book in sorted(books):
        waiting = Pending(store).of(book)
        if not waiting.wanted:
            continue
        sources = tuple(price_sources(settings.prices, around))
        asking = PriceRound(store, book, sources, around.clock, cross_check=settings.prices.cross_check)
        recorded, unpriced = asking.go(waiting, lambda: False)
        reasons = sorted({item.reason for item in unpriced})
        told.append({"book": book, "recorded": recorded, "pending": len(unpriced), "why": reasons})
    return told


def _say(call: Call, told: list[dict[str, Any]], prices: list[dict[str, Any]]) -> None:
    if call.as_json:
        rows = [{**each, "error": str(each["error"])} if "error" in each else each for each in told]
        with call.log() as log:
            print_result("poll", {"sources": rows, "prices": prices}, head=log.head(call.book))
        return
    if not told:
        click.echo(f"no source is configured: add one to {call.home / 'config.toml'}, or import files")
    for each in told:
        outcome = str(each["error"]) if "error" in each else f"{each['new']} new event{'' if each['new'] == 1 else 's'}"
        click.echo(f"{each['source']} ({each['book']}): {outcome}")
    for each in prices:
        click.echo(f"prices ({each['book']}): {each['recorded']} recorded, {each['pending']} pending {each['why']}")

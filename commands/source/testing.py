"""`lotwork source test`: asks what is configured as a poll would, and records nothing."""

from __future__ import annotations

import click

from lotwork.commands.answer import FINDINGS, Call, called, print_alone
from lotwork.commands.completing import sources
from lotwork.commands.source.configured import Configured, find, prices_in, settings_there, sources_in
from lotwork.commands.source.trying import context_of, failed, secrets_of, show, tried, tried_prices
from lotwork.commands.telling import tell
from lotwork.config import FILE, Config
from lotwork.ingest.declaration import DeclaredPrices
from lotwork.ledger.errors import InputRefusedError, SourceUnreachableError
from lotwork.ledger.storage.log import EventLog
from lotwork.reports.sources import TriedListing, TriedRow
from lotwork.service.ledger_place import open_log


@click.command("test")
@click.argument("name", required=False, shell_complete=sources)
@called
def test_command(call: Call, *, name: str | None) -> int:
    """Ask every source, or the one called NAME, from its beginning, and say what it tells. Nothing is recorded."""
    config = settings_there(call)
    settings = config.settings
    chosen: list[Configured | DeclaredPrices] = [find(call, settings, name)] if name else []
    if not name:
        chosen = [*sources_in(settings), *(prices_in(settings) if any(settings.sources.all()) else ())]
    rows: list[TriedRow] = []
    with open_log(call.home) as log:
        for one in chosen:
            rows.append(_row(call, config, log, one))
            if not call.as_json:
                show(rows[-1])
    if call.as_json:
        print_alone("source_test", TriedListing(sources=tuple(rows)))
    elif not rows:
        tell(f"no source is configured in {call.home / FILE}: lotwork source add")
    return 0 if all(row.ok for row in rows) else FINDINGS


def _row(call: Call, config: Config, log: EventLog, one: Configured | DeclaredPrices) -> TriedRow:
    """Return what one source tells, or why it does not."""
    name = one.name if isinstance(one, DeclaredPrices) else one.section.name
    book = None if isinstance(one, DeclaredPrices) else one.section.book
    try:
        prices = config.settings.prices
        section = prices if isinstance(one, DeclaredPrices) else one.section
        context = context_of(call, log, name, secrets_of(config, section, {}), config.secret)
        if isinstance(one, DeclaredPrices):
            return tried_prices(one, prices, context)
        return tried(one.declared, one.section, context)
    except (SourceUnreachableError, InputRefusedError) as refused:
        return failed(one if isinstance(one, DeclaredPrices) else one.declared, name, book, refused)

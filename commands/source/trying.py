"""A source tried out at a terminal: no secret is said from then on, and a long reading tells how far it came."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from lotwork.commands.answer import Call
from lotwork.commands.telling import hush, progress_of, tell, without_secrets
from lotwork.config import Config
from lotwork.ingest.declaration import DeclaredPrices, DeclaredSource, SourceSection
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import LotworkError
from lotwork.reports.sources import TriedRow
from lotwork.service import source_trying

if TYPE_CHECKING:
    from lotwork.ingest.trial import Found, TrialContext
    from lotwork.ledger.storage.log import EventLog
    from lotwork.service.settings import Prices


def secrets_of(config: Config, section: Any, pending: dict[str, str]) -> tuple[str, ...]:
    """Return every secret that the settings or *section* name, each that can be had; from now on none is said."""
    hush(pending.values())
    found = source_trying.secrets_named(config, section, pending)
    hush(found)
    return found


def context_of(
    call: Call,
    log: EventLog,
    name: str,
    secrets: tuple[str, ...],
    reveal: Callable[[str | None, str | None], str | None],
) -> TrialContext:
    """Return what the source *name* is built with to be tried."""
    return source_trying.trial_context(call.home, log, name, secrets, reveal, SystemClock())


def tried(
    declared: DeclaredSource[Any],
    section: SourceSection,
    context: TrialContext,
    also: Callable[[Found], Iterable[str]] = lambda _found: (),
) -> TriedRow:
    """Return what the source of *section* tells, and *also* notes of it; raises what it refuses or is refused with."""
    return source_trying.tried(declared, section, context, also, without_secrets, progress_of(section.name))


def once(why: LotworkError) -> str:
    """Return why a trial failed, without what holds of a source that is polled: nothing asks again by itself."""
    return source_trying.once(why, without_secrets)


def failed(declared: DeclaredSource[Any] | DeclaredPrices, name: str, book: str | None, why: LotworkError) -> TriedRow:
    """Return the row of a source that did not answer, or was not to be believed."""
    return source_trying.failed(declared, name, book, why, without_secrets)


def tried_prices(declared: DeclaredPrices, prices: Prices, context: TrialContext) -> TriedRow:
    """Return what a source of prices says that a bitcoin cost two days ago, or that it knows none."""
    return source_trying.tried_prices(declared, prices, context, without_secrets)


def show(row: TriedRow) -> None:
    """Say what a source told when it was tried."""
    for line in source_trying.in_words(row):
        tell(line)

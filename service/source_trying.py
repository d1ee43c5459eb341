"""A source tried out and what it told, as a row: of one that is to be added, and of those that are configured."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from lotwork.ingest.asking.once import said_once
from lotwork.ingest.declaration import DeclaredPrices, DeclaredSource, SourceSection
from lotwork.ingest.prices.states import NoPriceError
from lotwork.ingest.scrubbing import parts_of_address
from lotwork.ingest.sections import addresses, references
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import ConfigError, LotworkError
from lotwork.ledger.public_form.contract import to_contract
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.units import Asset, AssetTable
from lotwork.reports.sources import PRICES, HeldRow, ToldRow, TriedRow

if TYPE_CHECKING:
    from lotwork.ingest.trial import Found, TrialContext
    from lotwork.ledger.events import Event
    from lotwork.ledger.storage.log import EventLog
    from lotwork.service.settings import Prices, Settings

Scrub: TypeAlias = Callable[[str], str]
"""Takes secrets out of a stranger's words."""
_LINK = re.compile(r"\[(?P<page>[\w./-]+\.md)\]\((?P=page)\)")
COUNTED_AS = {"energy": "energy reading", "equipment": "rig", "business_income": "business income event"}
ASKED_OF_PRICES, AGO = "BTC", timedelta(days=2)
"""What a source of prices is asked for: what a bitcoin cost two days ago."""
NAMES_AN_ACCOUNT = ("account", "address", "folder", "user", "entity", "meter")


WIDTH = 78
"""How wide the lines are in which a trial is told."""


class SettingsRead(Protocol):
    """The settings of a home as they were read, and the secrets that they name."""

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        ...

    def secret(self, reference: str | None, file: str | None = None) -> str | None:
        """Return the secret that is named; None where neither is given."""
        ...

    def secrets(self) -> tuple[str, ...]:
        """Return every secret that the settings name."""
        ...


def secrets_named(config: SettingsRead, section: Any, pending: dict[str, str]) -> tuple[str, ...]:
    """Return every secret that the settings or *section* name, each that can be had."""
    found = [*pending.values()]
    with suppress(ConfigError):  # another source's; whoever asks that source is told
        found += config.secrets()
    for _, reference in references(section):
        if reference not in pending:
            found.append(config.secret(reference) or "")
    found += (key for address in addresses(section) for key in parts_of_address(address))
    return tuple(found)


def trial_context(
    home: Path,
    log: EventLog,
    name: str,
    secrets: tuple[str, ...],
    reveal: Callable[[str | None, str | None], str | None],
    clock: Clock,
) -> TrialContext:
    """Return what the source *name* is built with to be tried."""
    from lotwork.ingest.asking.pace import Pace  # noqa: PLC0415 - only who asks has a pace
    from lotwork.ingest.trial import LogWithout, TrialContext  # noqa: PLC0415 - the same

    return TrialContext(
        home=home,
        log=LogWithout(log, name),
        whole_log=log,
        clock=clock,
        reveal=reveal,
        pace=Pace(clock),
        secrets=secrets,
    )


def tried(
    declared: DeclaredSource[Any],
    section: SourceSection,
    context: TrialContext,
    also: Callable[[Found], Iterable[str]],
    scrub: Scrub,
    progress: Callable[[str], None] = lambda _words: None,
) -> TriedRow:
    """Return what the source of *section* tells, and *also* notes of it; raises what it refuses or is refused with."""
    from lotwork.ingest.trial import try_out  # noqa: PLC0415 - only who asks

    found = try_out(declared.build(section, context), context.clock, progress=progress)
    assets = context.whole_log.assets(section.book).with_declared(
        Asset(each.asset, each.decimals, each.asset_class, each.chain, each.contract) for each in found.assets
    )
    found = replace(found, notes=(*found.notes, *also(found)))
    return _row(declared, section, found, assets, scrub)


def _row(
    declared: DeclaredSource[Any], section: SourceSection, found: Found, assets: AssetTable, scrub: Scrub
) -> TriedRow:
    ends = [told_row(event, assets) for event in (*found.events[:1], *found.events[-1:])]
    held = (to_contract(each, assets) for each in found.balances)
    return TriedRow(
        name=section.name,
        kind=declared.kind,
        book=section.book,
        account=account_of(section),
        ok=True,
        count=len(found.events),
        kinds=found.kinds,
        first=ends[0] if ends else None,
        last=ends[1] if ends else None,
        balances=tuple(HeldRow(wallet=e["wallet"], asset=e["asset"], quantity=e["quantity"], at=e["at"]) for e in held),
        notes=tuple(map(scrub, (*found.notes, *filter(None, (found.far,))))),
        is_whole=found.is_whole,
        error=None,
        cannot_see=words_of(declared),
    )


def once(why: LotworkError, scrub: Scrub) -> str:
    """Return why a trial failed, without what holds of a source that is polled: nothing asks again by itself."""
    return said_once(scrub(str(why)))


def failed(
    declared: DeclaredSource[Any] | DeclaredPrices, name: str, book: str | None, why: LotworkError, scrub: Scrub
) -> TriedRow:
    """Return the row of a source that did not answer, or was not to be believed."""
    return TriedRow(
        name=name,
        kind=declared.kind if isinstance(declared, DeclaredSource) else PRICES,
        book=book,
        account=None,
        ok=False,
        count=0,
        kinds={},
        first=None,
        last=None,
        balances=(),
        notes=(),
        is_whole=False,
        error=once(why, scrub),
        cannot_see=words_of(declared),
    )


def tried_prices(declared: DeclaredPrices, prices: Prices, context: TrialContext, scrub: Scrub) -> TriedRow:
    """Return what a source of prices says that a bitcoin cost two days ago, and that it is none it knows where so.

    What is priced in a token is told in dollars by the other sources of the settings.
    """
    from lotwork.service.sources import built  # noqa: PLC0415 - only who asks

    at = (context.clock.now() - AGO).replace(second=0, microsecond=0)
    names = (*(name for name in prices.sources if name != declared.name), declared.name)
    *_, source = built(prices, context, names)
    nothing = f"it knows no price of {ASKED_OF_PRICES} at {print_instant(at)}"
    try:
        sample = source.fetch(ASKED_OF_PRICES, at)
    except NoPriceError as none:
        sample, nothing = None, scrub(str(none))
    row = None if sample is None else told_row(sample, AssetTable())
    return TriedRow(
        name=declared.name,
        kind=PRICES,
        book=None,
        account=prices.place(declared.name),
        ok=True,
        count=0 if row is None else 1,
        kinds={} if row is None else {row.kind: 1},
        first=row,
        last=row,
        balances=(),
        notes=() if row else (nothing,),
        is_whole=True,
        error=None,
        cannot_see=words_of(declared),
    )


def told_row(event: Event, assets: AssetTable) -> ToldRow:
    """Return *event* as a person is shown it."""
    told = to_contract(event, assets)
    dollars = (told[key] for key in ("amount_usd", "proceeds_usd", "cost_usd", "price_usd") if key in told)
    wallets = (told[key] for key in ("wallet", "to_wallet", "from_wallet", "meter") if key in told)
    return ToldRow(
        at=told["at"],
        kind=told["kind"],
        asset="kWh" if "kwh" in told else told.get("asset"),
        quantity=told.get("kwh", told.get("quantity")),
        amount_usd=next(dollars, None),
        wallet=next(wallets, None),
    )


def account_of(section: SourceSection) -> str | None:
    """Return what *section* reads, as it says itself: an account, an address, a folder, a meter; or how many it has."""
    said = {name: getattr(section, name, None) for name in NAMES_AN_ACCOUNT}
    named = next((value for value in said.values() if isinstance(value, str) and value), None)
    wallets = getattr(section, "wallets", ())
    if not wallets:
        return named
    watched = sum(len(each.watch) for each in wallets)
    return f"{watched} address{'es' if watched != 1 else ''} of {', '.join(each.wallet for each in wallets)}"


def words_of(declared: DeclaredSource[Any] | DeclaredPrices) -> str:
    """Return in one line what a source cannot see, by its declaration, a link of its page as the file it names."""
    return _LINK.sub(r"docs/\g<page>", " ".join(declared.cannot_see.split()))


def in_words(row: TriedRow) -> Iterator[str]:
    """Yield the lines that say what a source told when it was tried."""
    whose = f", {row.account}" if row.account else ""
    if not row.ok:
        yield from _wrapped(f"{row.name} ({row.kind}): FAILED: {row.error}")
        return
    counts = ", ".join(counted(count, kind) for kind, count in sorted(row.kinds.items()))
    rest = "" if row.is_whole else "; more is to be read than a test reads"
    yield from _wrapped(f"{row.name} ({row.kind}{whose}): it answered: {counts or 'nothing yet'}{rest}")
    if row.first is not None and row.last is not None:
        yield f"  first  {row.first.in_words}"
        if row.count > 1:
            yield f"  last   {row.last.in_words}"
    for held in row.balances:
        yield f"  holds  {held.quantity} {held.asset} ({held.wallet}), {held.at}"
    for note in row.notes:
        yield from _wrapped(f"  {note}")
    yield from _wrapped(f"  it cannot see: {row.cannot_see}")


def counted(count: int, kind: str) -> str:
    """Return so many of a kind in words: 1 receipt, 2 receipts, 3 energy readings."""
    word = COUNTED_AS.get(kind, kind.replace("_", " "))
    return f"{count} {word}{'s' if count != 1 else ''}"


def _wrapped(words: str) -> Iterator[str]:
    indent = "  " if words.startswith("  ") else ""
    yield fill(words, WIDTH, subsequent_indent=f"{indent}  ", break_long_words=False, break_on_hyphens=False)

"""From settings to sources: each section of the file becomes the reader that its declaration builds.

Only what is configured loads its library: a home with no EVM node never loads web3. Building asks no network; a source
that cannot work by its settings alone is refused here, with ConfigError.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from lotwork.ingest.context import BuildContext
from lotwork.ingest.declaration import SourceSection
from lotwork.ingest.ports import PriceSource, ReceiptSource
from lotwork.ingest.prices.market import Market, Teller
from lotwork.ingest.register import PRICE_SOURCES, SOURCES
from lotwork.ledger.storage.doctor import Check
from lotwork.service.settings import Prices, Settings


@dataclass(frozen=True, slots=True)
class Watched:
    """A source, and the section it was built from."""

    section: SourceSection
    source: ReceiptSource

    @property
    def name(self) -> tuple[str, str]:
        """Return (book, source), under which its cursor stands."""
        return name_of(self.section)


def name_of(section: SourceSection) -> tuple[str, str]:
    """Return (book, source), by which the log knows the source of *section*."""
    return section.book, section.name


def watched(settings: Settings, context: BuildContext, *, before: Iterable[SourceSection] = ()) -> tuple[Watched, ...]:
    """Return every configured source; a section that says what it said *before* is that very object again.

    So a source that was edited in place, or taken out and put back, is told from the one whose name it has.
    """
    former = {name_of(section): section for section in before}
    context = replace(context, named=frozenset(map(name_of, settings.sources.all())))
    return tuple(
        Watched(kept, declared.build(kept, context))
        for declared in SOURCES
        for section in settings.sources.of(declared.kind)
        for kept in (former[name_of(section)] if former.get(name_of(section)) == section else section,)
    )


def believed(settings: Settings) -> Iterator[Check]:
    """Yield, of every configured source, on whose word it stands what it tells; none of that is anything to mend."""
    for declared in SOURCES:
        for section in settings.sources.of(declared.kind):
            word = declared.word(section)
            detail = f"{'proven' if word.is_proven else 'not proven'}: {word.says}"
            yield Check(f"source {section.name}", ok=True, detail=detail, remedy=word.remedy)


def price_sources(settings: Prices, context: BuildContext) -> tuple[PriceSource, ...]:
    """Return those who know prices, in the order the settings name them."""
    return built(settings, context, settings.sources)


def built(settings: Prices, context: BuildContext, names: Iterable[str]) -> tuple[PriceSource, ...]:
    """Return the sources of prices called *names*, who ask each other what a coin or a token cost in dollars."""
    by_name = {declared.name: declared for declared in PRICE_SOURCES}
    found = tuple(by_name[name].build(settings, context) for name in names)
    for one in found:
        if isinstance(one, Market):
            one.others.extend(each for each in found if isinstance(each, Teller))
    return found

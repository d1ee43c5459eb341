"""From settings to sources: each section of the file becomes the reader that its declaration builds.

Only what is configured loads its library: a home with no EVM node never loads web3. Building asks no network; a source
that cannot work by its settings alone is refused here, with ConfigError.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lotwork.ingest.context import BuildContext
from lotwork.ingest.declaration import SourceSection
from lotwork.ingest.ports import PriceSource, ReceiptSource
from lotwork.ingest.register import PRICE_SOURCES, SOURCES
from lotwork.service.settings import Prices, Settings


@dataclass(frozen=True, slots=True)
class Watched:
    """A source, and the section it was built from."""

    section: SourceSection
    source: ReceiptSource

    @property
    def name(self) -> tuple[str, str]:
        """Return (book, source), under which its cursor stands."""
        return self.section.book, self.section.name


def watched(settings: Settings, context: BuildContext) -> tuple[Watched, ...]:
    """Return every configured source."""
    return tuple(
        Watched(section, declared.build(section, context))
        for declared in SOURCES
        for section in settings.sources.of(declared.kind)
    )


def price_sources(settings: Prices, context: BuildContext) -> Iterator[PriceSource]:
    """Yield those who know prices, in the order the settings name them."""
    by_name = {declared.name: declared for declared in PRICE_SOURCES}
    for name in settings.sources:
        yield by_name[name].build(settings, context)

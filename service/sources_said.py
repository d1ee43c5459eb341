"""What the settings say of the sources, held against a book: what no look has taken yet, and who looks no more.

The log does not know which sources there are, and the settings not what they told. Who files a return needs both: a
folder may hold a file that is in no book yet, and what a source has in suspense is taken back by nobody once it bears
another name, or is removed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from lotwork.ingest.context import placed
from lotwork.ingest.declaration import SourceSection
from lotwork.ingest.folder.reading import FolderSource
from lotwork.ingest.folder.source import FolderSection
from lotwork.ingest.suspense import teller_of
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import ConfigError, StorageError
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.findings import Finding
from lotwork.projections.questions.in_suspense import IN_SUSPENSE, folder_missing, not_let_in, of_nobody
from lotwork.service.ledger_place import CONFIG
from lotwork.service.settings import Sources
from lotwork.service.toml_file import parse, problems_of, settings_text

TABLE = "sources"


def sources_of(home: Path, book: str) -> tuple[SourceSection, ...]:
    """Return the sources of *book* that the settings of *home* name; ConfigError where that cannot be known."""
    path = home / CONFIG
    try:
        text = settings_text(path)
    except FileNotFoundError:
        return ()
    except UnicodeDecodeError as broken:
        raise ConfigError(f"{path}: the settings cannot be read ({broken}): make it UTF-8 text") from broken
    except OSError as broken:
        raise StorageError(f"{path}: the settings cannot be read ({broken}): see whose it is") from broken
    file = parse(text, str(path))
    table = file.tables.get(TABLE, {})
    problems = list(problems_of(Sources, table, file, (TABLE,)))
    if problems:
        raise ConfigError("the settings cannot be used", problems)
    return tuple(each for each in msgspec.convert(table, Sources).all() if each.book == book)


def with_sources(findings: Iterable[Finding], sources: Iterable[SourceSection]) -> tuple[Finding, ...]:
    """Return *findings*, each of what a source has in suspense that is none of *sources* saying so."""
    names = {each.name for each in sources}
    return tuple(
        of_nobody(each, teller)
        if each.code == IN_SUSPENSE and (teller := teller_of(each.event or "")) and teller not in names
        else each
        for each in findings
    )


def files_not_let_in(home: Path, log: EventLog, sources: Iterable[SourceSection], now: datetime) -> Iterator[Finding]:
    """Yield, for each folder of *sources*, the files that stand in no book, as it is at *now*."""
    for section in sources:
        if not isinstance(section, FolderSection):
            continue
        folder = FolderSource(
            name=section.name,
            book=section.book,
            folder=placed(home, section.folder),
            column_map=None,
            log=log,
            clock=SetClock(now),
            evidence=Evidence(home),
        )
        try:
            names = folder.not_let_in(log.cursor(section.book, section.name))
        except ConfigError:
            yield folder_missing(section.name, section.folder)
            continue
        if names:
            yield not_let_in(section.name, section.folder, names, section.book)

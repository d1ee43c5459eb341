"""A section of the settings, for tests to whom only its name and its book matter."""

from __future__ import annotations

from lotwork.ingest.folder.source import FolderSection
from lotwork.ledger.storage.batch import MAIN_BOOK


def section(name: str, book: str = MAIN_BOOK) -> FolderSection:
    """Return the section of a source called *name*."""
    return FolderSection(name=name, book=book, folder="inbox")

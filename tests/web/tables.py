"""The tables of a page, and the CSV links that stand beside each."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from starlette.testclient import TestClient

from tests.web.markup import VOID

GROUPED = re.compile(r"-?[0-9]+,[0-9]{3}(\.[0-9]+)?")
"""An amount as a page shows it, which no file does."""
PARTS = frozenset({"section", "main"})


@dataclass
class Part:
    """A section of a page, or the page around its sections: the rows of each of its tables, and its CSV links."""

    tables: list[int] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


@dataclass
class Tables(HTMLParser):
    """Reads a page; `parts` are those of its parts that hold a table."""

    parts: list[Part] = field(default_factory=list)
    _open: list[tuple[str, Part]] = field(default_factory=list)
    _in_body: bool = False

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        around = self._open[-1][1] if self._open else Part()
        self._open.append((tag, Part() if tag in PARTS else around))
        part, told = self._open[-1][1], dict(attrs)
        if tag == "table":
            part.tables.append(0)
            if all(part is not each for each in self.parts):
                self.parts.append(part)
        elif tag == "tbody":
            self._in_body = True
        elif tag == "tr" and self._in_body:
            part.tables[-1] += 1
        elif tag == "a" and (told.get("href") or "").partition("?")[0].endswith(".csv"):
            part.files.append(told.get("href") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "tbody":
            self._in_body = False
        if tag not in VOID:
            self._open.pop()


def parts_of(page: str) -> list[Part]:
    """Return the parts of *page* that hold a table."""
    read = Tables()
    read.feed(page)
    return read.parts


def files_of(page: str) -> list[str]:
    """Return the addresses of the files that stand beside the tables of *page*."""
    return [address for part in parts_of(page) for address in part.files]


def tables(client: TestClient, page: str) -> int:
    """Hold every table of *page* against its files, all of whose rows are exact; return how many tables there were."""
    for part in parts_of(page):
        assert part.files, f"a table of {part.tables} rows has no CSV beside it"
        rows = 0
        for address in part.files:
            answer = client.get(address)
            assert answer.status_code == 200, address
            assert answer.headers["content-type"] == "text/csv; charset=utf-8"
            listed = list(csv.DictReader(io.StringIO(answer.text, newline="")))
            assert not [cell for row in listed for cell in row.values() if GROUPED.fullmatch(cell)], address
            rows = max(rows, len(listed))
        assert rows >= max(part.tables), (part.files, rows, part.tables)
    return sum(len(part.tables) for part in parts_of(page))

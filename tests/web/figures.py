"""The figures of a page that stand by themselves, in a table or alone, and which of them lead nowhere."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

from tests.web.markup import VOID

DIGIT = re.compile(r"[0-9]")
CELLS = frozenset({"td", "dd"})
PLACES = frozenset({"num", "amount", "figure"})
LINES = "lines"
WORDS = frozenset({"time", "code", "th"})
WORD_CLASSES = frozenset({"sub", "unit", "unseen"})
"""A day, what is typed, and what is said beside a figure in small print."""


@dataclass
class _Element:
    tag: str
    classes: frozenset[str]
    is_cell: bool


@dataclass
class Figures(HTMLParser):
    """Reads a page; `loose` are its figures that are no link, as they stand there, each with its heading."""

    loose: list[tuple[str, str]] = field(default_factory=list)
    links: int = 0
    """How many figures are one."""
    _open: list[_Element] = field(default_factory=list)
    _heading: str = ""

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in VOID:
            return
        classes = frozenset((dict(attrs).get("class") or "").split())
        self._open.append(_Element(tag, classes, self._is_cell(tag) or bool(classes & PLACES)))
        if tag in ("h1", "h2"):
            self._heading = ""

    def _is_cell(self, tag: str) -> bool:
        """Say if an element of no class holds a figure: in a table of lines it holds what a line is called."""
        return tag in CELLS and not any(LINES in each.classes for each in self._open)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        tags = {each.tag for each in self._open}
        if tags & {"h1", "h2"}:
            self._heading = " ".join(f"{self._heading} {data}".split())
        if not DIGIT.search(data) or not any(each.is_cell for each in self._open):
            return
        if tags & WORDS or any(each.classes & WORD_CLASSES for each in self._open):
            return
        if "a" in tags or "summary" in tags:
            self.links += 1
        else:
            self.loose.append((self._heading, " ".join(data.split())))

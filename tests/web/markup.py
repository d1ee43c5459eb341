"""Reads a page the way a browser would: its elements, its attributes, and the words a person sees."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset({"meta", "link", "br", "line", "rect", "input"})
TYPED = frozenset({"code", "option"})
"""What is shown to be typed, or is the user's own name."""


@dataclass
class Markup(HTMLParser):
    """One page, parsed; every element must be closed in order."""

    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    spoken: list[str] = field(default_factory=list)
    """The words outside what is there to be typed."""
    _open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open, f"</{tag}> closes nothing"
            assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if not TYPED & set(self._open):
            self.spoken.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    @property
    def said(self) -> str:
        return " ".join(" ".join(self.spoken).split())

    @property
    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}

    def links(self) -> list[str]:
        return [attributes["href"] for tag, attributes in self.elements if tag == "a"]


def read(page: str) -> Markup:
    """Return *page*, parsed and found well formed."""
    markup = Markup()
    markup.feed(page)
    markup.close()
    assert not markup._open, f"never closed: {markup._open}"
    return markup

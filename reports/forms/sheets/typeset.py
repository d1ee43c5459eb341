"""A document set by typst, as PDF/A: the same bytes twice, no font but those that come with it, no letter missing.

typst is an extra and is loaded here alone. It reads two files, both from memory: our template, and the document as
JSON, whose strings it draws as text; so no word that a person typed is ever run. It is given no folder, and its
packages are never fetched, since the template imports none. The standard PDF/A-2u refuses a letter that no font has:
those are found first, and stand as their Unicode numbers, [U+65E5].
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

import msgspec

from lotwork.ledger.errors import UsageError, plain
from lotwork.reports.forms.sheets.paper import Document

INSTALL = "worksheets as PDF need typst and pypdf: install them with `pip install 'lotwork[pdf]'`"
TEMPLATE = Path(__file__).with_name("worksheet.typ")
STANDARD = "a-2u"
NOT_DRAWN = re.compile(r'the text `"((?:[^"\\]|\\.)*)"` could not be displayed')
BREAK = "\u200b"
"""Where a word may go on in the next line: a space of no width."""
LONGEST_WORD = 24
FONTS = ("Libertinus Serif", "DejaVu Sans Mono", "New Computer Modern")
"""Those that come with typst, in the order they are asked for a letter."""
PROBE = b'#let data = json("data.json"); #set text(font: data.fonts); #for each in data.letters [ #text(each) \\ ]'


def pdf(document: Document) -> bytes:
    """Return *document* as a PDF. Raises UsageError without the extra."""
    made: bytes = _set(document, "pdf")
    return made


def pages(document: Document, dots_an_inch: int = 80) -> list[bytes]:
    """Return *document* as pictures, a PNG each page, to be looked at."""
    made = _set(document, "png", ppi=dots_an_inch)
    return list(made) if isinstance(made, list) else [made]


def _set(document: Document, form: str, **more: Any) -> Any:
    told = msgspec.to_builtins(document)
    letters = _letters(told)
    missing = undrawable(letters)
    try:
        return _compiled(_drawable(told, missing), document, form, **more)
    except _typst().TypstError as refused:
        alone = _named(refused) - missing  # drawn alone, and not beside the letter before it
        if not alone:
            raise
        others = frozenset(letter for letter in letters if not letter.isascii())
        return _compiled(_drawable(told, others), document, form, **more)


def _compiled(told: Any, document: Document, form: str, **more: Any) -> Any:
    files = {"main": TEMPLATE.read_bytes(), "data.json": msgspec.json.encode({**told, "fonts": FONTS})}
    at = datetime(document.year, 12, 31, tzinfo=UTC)
    standard = {"pdf_standards": [STANDARD]} if form == "pdf" else {}
    return _typst().compile(
        files, format=form, ignore_system_fonts=True, timestamp=at, pdf_tags=document.tagged, **standard, **more
    )


def _typst() -> Any:
    try:
        import typst  # noqa: PLC0415 - an extra: only who asks for a PDF has it, or waits for it
    except ImportError as missing:
        raise UsageError(INSTALL) from missing
    return typst


def undrawable(letters: Iterable[str]) -> frozenset[str]:
    """Return those of *letters* that no font that comes with typst has."""
    asked = "".join(sorted({letter for letter in letters if not letter.isascii()}))
    return _refused(asked) if asked else frozenset()


@cache
def _refused(letters: str) -> frozenset[str]:
    typst = _typst()
    files = {"main": PROBE, "data.json": msgspec.json.encode({"fonts": FONTS, "letters": list(letters)})}
    try:
        typst.compile(files, format="pdf", ignore_system_fonts=True, pdf_standards=[STANDARD])
    except typst.TypstError as refused:
        found = _named(refused)
        if not found:
            raise
        return found & frozenset(letters)
    return frozenset()


def _named(refused: Any) -> frozenset[str]:
    """Return the letters that typst names as having no shape in any font."""
    return frozenset("".join(map(_unescaped, NOT_DRAWN.findall(refused.diagnostic))))


def _unescaped(told: str) -> str:
    """Return what typst names in quotes, with its escapes undone."""
    return re.sub(r"\\u\{([0-9a-f]+)\}|\\(.)", lambda m: chr(int(m[1], 16)) if m[1] else m[2], told)


def _letters(told: Any) -> set[str]:
    """Return every letter in the strings of *told*, as they are drawn."""
    if isinstance(told, str):
        return set(plain(told))
    inside = told.values() if isinstance(told, dict) else told if isinstance(told, list | tuple) else ()
    found: set[str] = set()
    for each in inside:
        found |= _letters(each)
    return found


def _drawable(told: Any, missing: frozenset[str]) -> Any:
    """Return *told* with every string in one line of letters that can be drawn, long words with places to break."""
    if isinstance(told, str):
        return _broken(_numbered(plain(told), missing))
    if isinstance(told, dict):
        return {name: _drawable(each, missing) for name, each in told.items()}
    return [_drawable(each, missing) for each in told] if isinstance(told, list | tuple) else told


def _numbered(words: str, missing: frozenset[str]) -> str:
    if missing.isdisjoint(words):
        return words
    parts = ((gone, "".join(own)) for gone, own in groupby(words, key=missing.__contains__))
    return "".join(
        "[" + " ".join(f"U+{ord(letter):04X}" for letter in own) + "]" if gone else own for gone, own in parts
    )


def _broken(words: str) -> str:
    if len(words) <= LONGEST_WORD:
        return words
    return " ".join(
        BREAK.join(word[at : at + LONGEST_WORD] for at in range(0, len(word), LONGEST_WORD))
        for word in words.split(" ")
    )

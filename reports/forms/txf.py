"""Form 8949 as TXF, version 042: a legacy of 2011, which desktop programs of the last decade read.

The specification (Tax Exchange Format, 30 November 2011) knows Copies A, B and C of Form 8949, and no box of digital
assets: G and J stand as A and D, H and K as B and E, I and L as C and F, so the box is to be mended after the import. A
record has lines that begin with their meaning: N the copy and term, P the description, D the days, $ the basis and the
proceeds, and in format 5 the loss of a wash sale. It is ASCII, and has no place for another code.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import date

from lotwork.projections.forms.form_8949 import WASH_SALE, Entered
from lotwork.reports.forms.drawn import Drawing, Drawn, american, description, money
from lotwork.reports.forms.preparers import by_lot

VERSION = "V042"
SHORT_OF = {"A": 321, "B": 711, "C": 712, "G": 321, "H": 711, "I": 712}
LONG_OF = {"D": 323, "E": 713, "F": 714, "J": 323, "K": 713, "L": 714}
REFERENCE = SHORT_OF | LONG_OF
END = "^"
MOST_LETTERS = 60
OF_BOXES = (
    "legacy.txf is a legacy: it knows boxes A to F alone, and the sales in G to L stand as A to F in it; set the box "
    "after the import, or use another file"
)


def txf(drawing: Drawing) -> Drawn:
    """Return the year's sales as TXF; what it has no place for is left out, and told."""
    rows, left_out = by_lot(drawing.form.rows, "TXF has no place for this code", frozenset(WASH_SALE))
    lines = [VERSION, "ALotwork", f"D {american(date(drawing.form.year, 12, 31))}", END]
    for each in rows:
        lines += _record(each, drawing)
    content = "".join(f"{line}\r\n" for line in lines).encode("ascii")
    notes = (OF_BOXES,) if any(each.row.box > "F" for each in rows) else ()
    return Drawn("legacy.txf", "txf", content, len(rows), left_out, notes)


def _record(entered: Entered, drawing: Drawing) -> Iterator[str]:
    row = entered.row
    yield from ("TD", f"N{REFERENCE[row.box]}", "C1", "L1", f"P{_ascii(description(entered, drawing.assets))}")
    yield f"D{american(row.acquired)}"
    yield f"D{american(row.sold)}"
    yield f"${money(entered.basis)}"
    yield f"${money(entered.proceeds)}"
    if entered.adjustment:
        yield f"${money(entered.adjustment)}"
    yield END


def _ascii(words: str) -> str:
    """Return *words* in one line of ASCII: a letter with a mark without it, any other as a question mark."""
    bare = unicodedata.normalize("NFKD", words)
    kept = "".join(letter for letter in bare if not unicodedata.combining(letter))
    told = kept.encode("ascii", "replace").decode("ascii")
    return "".join(letter if letter.isprintable() else " " for letter in told)[:MOST_LETTERS]

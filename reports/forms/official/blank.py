"""A blank form as pypdf reads it: every field with its page, where it stands, and what is printed left of it.

pypdf is an extra and is loaded here and in `filling` alone. A file that a person hands in may be anything: what it
cannot read is refused in words.
"""

from __future__ import annotations

import hashlib
import io
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from lotwork.ledger.errors import InputRefusedError, UsageError, plain

INSTALL = "official forms are filled with pypdf: install it with `pip install 'lotwork[pdf]'`"
ANEW = "take it anew from the IRS's site"
MOST_BYTES = 32 * 2**20
MOST_FIELDS, MOST_PRINTED, MOST_DEEP = 2_000, 10_000, 50
"""Fields of a form, pieces of text on a page, and fields above a field: the IRS's have 300, 1,500 and 6 at most."""
BUTTON, TEXT = "/Btn", "/Tx"
LINE_NUMBER = re.compile(r"[0-9]{1,2}[a-z]{0,2}")
BELOW = 3
"""Text counts as beside a field from so many points below its foot up to its head."""
BRACKETS = re.compile(r"[()\s.$0-9,]*\(\s*\)|[\s.]+")
"""What is printed in a field's place, and is no number of a line."""


class Field(NamedTuple):
    """One field of a form, in points from the lower left corner of its page, counted from 1."""

    name: str
    kind: str
    page: int
    left: int
    foot: int
    state: str
    """Of a check box the word that ticks it."""
    near: str
    """What is printed left of it on its line."""
    line: str
    """The number of a line that this may be; empty where none is printed there."""
    in_brackets: bool


def pypdf() -> Any:
    """Return the library. Raises UsageError without the extra."""
    try:
        import pypdf as library  # noqa: PLC0415 - an extra
    except ImportError as missing:
        raise UsageError(INSTALL) from missing
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it warns of fonts on standard error
    return library


@contextmanager
def read_form(blank: bytes) -> Iterator[Any]:
    """Give a reader of a form. Raises InputRefusedError for what is no PDF with fields."""
    library = pypdf()
    broken = (library.errors.PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError,
              NotImplementedError, OverflowError)  # fmt: skip
    try:
        reader = library.PdfReader(io.BytesIO(blank))
        if "/AcroForm" not in reader.root_object or not reader.get_fields():
            raise InputRefusedError("it has no fields to fill: take the form from the IRS's own site, as it is there")
        yield reader
    except broken as odd:
        raise InputRefusedError(f"it cannot be read as a PDF ({plain(str(odd))}): {ANEW}") from odd


def fields_in(blank: bytes) -> list[Field]:
    """Return every field of a form in the order of its pages."""
    with read_form(blank) as reader:
        found = [field for number, page in enumerate(reader.pages, 1) for field in _of_page(page, number)]
        if len(found) > MOST_FIELDS:
            raise ValueError(f"more than {MOST_FIELDS} fields")
        return found


def _of_page(page: Any, number: int) -> Iterator[Field]:
    printed: list[tuple[int, int, str]] = []

    def visit(text: str, at: Any, moved: Any, _font: Any, _size: Any) -> None:
        if text.strip():
            if len(printed) >= MOST_PRINTED:
                raise ValueError(f"more than {MOST_PRINTED} pieces of text on page {number}")
            x = round(moved[4] * at[0] + moved[5] * at[2] + at[4])
            y = round(moved[4] * at[1] + moved[5] * at[3] + at[5])
            printed.append((x, y, " ".join(text.split())))

    page.extract_text(visitor_text=visit)
    listed = page.get("/Annots")  # the IRS's stand behind a reference
    widgets = () if listed is None else listed.get_object()
    if len(widgets) > MOST_FIELDS:
        raise ValueError(f"more than {MOST_FIELDS} fields on page {number}")
    for each in widgets:
        widget = each.get_object()
        if widget.get("/Subtype") == "/Widget":
            yield _field(widget, number, printed)


def _field(widget: Any, number: int, printed: list[tuple[int, int, str]]) -> Field:
    left, foot, _, head = (round(each) for each in widget["/Rect"])
    beside = sorted(each for each in printed if foot - BELOW <= each[1] <= head and each[0] < left)
    words = [text for _, _, text in beside]
    number_of = next((text for text in reversed(words) if not BRACKETS.fullmatch(text)), "")
    kind = str(_inherited(widget, "/FT") or "")
    states = [str(each) for each in ((widget.get("/AP") or {}).get("/N") or {})] if kind == BUTTON else []
    return Field(
        name=_full_name(widget),
        kind=kind,
        page=number,
        left=left,
        foot=foot,
        state=next((each for each in states if each != "/Off"), ""),
        near=" ".join(words[-2:]),
        line=number_of if kind == TEXT and LINE_NUMBER.fullmatch(number_of) else "",
        in_brackets=bool(words) and words[-1].startswith("(") and words[-1].endswith(")"),
    )


def _with_parents(widget: Any) -> Iterator[Any]:
    """Yield a field and those above it. Raises ValueError where they never end."""
    own: Any = widget
    for _ in range(MOST_DEEP):
        yield own
        if "/Parent" not in own:
            return
        own = own["/Parent"].get_object()
    raise ValueError(f"a field below more than {MOST_DEEP} others, or below itself")


def _full_name(widget: Any) -> str:
    return ".".join(reversed([str(own["/T"]) for own in _with_parents(widget) if "/T" in own]))


def _inherited(widget: Any, key: str) -> Any:
    return next((own[key] for own in _with_parents(widget) if key in own), None)


def map_of(blank: bytes, fields: Sequence[Field], form: str, year: int) -> str:
    """Return a map of a form to be looked through, as TOML: lines as they are printed, all other fields as remarks."""
    seen: set[str] = set()
    lines = [
        "# Made by `lotwork official map`. Look at each line before you fill by it: `line` is the number printed",
        "# beside it, and Lotwork enters what `lotwork liability` has on that line of the form. A remark is left",
        "# empty. `form` names another form whose line it is; `in_brackets` enters a loss without its sign.",
        f"form = {_toml(form)}",
        f"year = {year}",
        f'sha256 = "{hashlib.sha256(blank).hexdigest()}"',
        "",
    ]
    for each in fields:
        where = f"# page {each.page}, {each.left} from the left, {each.foot} from the foot: {plain(each.near)[:90]}"
        told = [f"field = {_toml(each.name)}", f"line = {_toml(each.line or '?')}"]
        if each.in_brackets:
            told.append("in_brackets = true")
        takes = bool(each.line) and each.line not in seen
        seen.add(each.line)
        mark = "" if takes else "# "
        lines += [where, *(f"{mark}{part}" for part in ("[[lines]]", *told))]
        if each.kind == BUTTON:
            lines.append(f"# a check box, ticked by {each.state}")
        lines.append("")
    return "\n".join(lines) + "\n"


def _toml(words: str) -> str:
    quoted = plain(words).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}"'

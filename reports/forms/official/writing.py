"""A form written anew by pypdf: its fields filled, XFA taken out, DRAFT across the foot, copies put together."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from lotwork.reports.forms.official.blank import pypdf, read_form

DRAFT = "DRAFT"


def write_copies(blank: bytes, copies: Sequence[Mapping[str, str]], *, draft: bool) -> bytes:
    """Return the form *blank* once for each of *copies*, which say what stands in which field."""
    return _together([_one(blank, values, place, draft=draft) for place, values in enumerate(copies, 1)])


def _one(blank: bytes, values: Mapping[str, str], place: int, *, draft: bool) -> bytes:
    """Return one copy of the form, its fields named anew from the second on: a field of the same name is one field."""
    library = pypdf()
    with read_form(blank) as reader:
        writer = library.PdfWriter(clone_from=reader)
    form = writer.root_object["/AcroForm"]
    form.pop("/XFA", None)
    for page in writer.pages:
        writer.update_page_form_field_values(page, dict(values), auto_regenerate=False)
        if draft:
            _stamp(library, page)
    if place > 1:
        for each in form["/Fields"]:
            field = each.get_object()
            named = library.generic.TextStringObject(f"copy{place}-{field['/T']}")
            field[library.generic.NameObject("/T")] = named
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _stamp(library: Any, page: Any) -> None:
    """Print DRAFT across the foot of a page: what is not settled must not pass for a return."""
    generic = library.generic
    name, font = generic.NameObject, generic.DictionaryObject()
    font.update(
        {name("/Type"): name("/Font"), name("/Subtype"): name("/Type1"), name("/BaseFont"): name("/Helvetica-Bold")}
    )
    resources = generic.DictionaryObject({name("/Font"): generic.DictionaryObject({name("/LotworkDraft"): font})})
    stamp = library.PageObject.create_blank_page(width=page.mediabox.width, height=page.mediabox.height)
    stamp[name("/Resources")] = resources
    drawn = generic.DecodedStreamObject()
    drawn.set_data(b"q 0.64 0.13 0.11 rg BT /LotworkDraft 30 Tf 240 16 Td (" + DRAFT.encode() + b") Tj ET Q")
    stamp[name("/Contents")] = drawn
    page.merge_page(stamp)


def _together(parts: Sequence[bytes]) -> bytes:
    if len(parts) == 1:
        return parts[0]
    library = pypdf()
    writer = library.PdfWriter()
    for part in parts:
        writer.append(library.PdfReader(io.BytesIO(part)))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()

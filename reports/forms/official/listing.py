"""What the commands tell of an official form: what was filled, and the fields of a blank one."""

from __future__ import annotations

import hashlib

from lotwork.projections.forms.form_8949 import Form8949
from lotwork.reports.forms.official.blank import Field
from lotwork.reports.forms.official.field_map import FieldMap
from lotwork.reports.forms.official.filling import Filled
from lotwork.reports.rows import Row, Table, Words


class FilledListing(Row, frozen=True, kw_only=True):
    """What `lotwork official fill` tells; `left_empty` are lines that the form has and the return has not."""

    form: str
    year: int
    out: str
    copies: int
    fields: int
    sha256: str
    draft: bool
    draft_because: tuple[str, ...]
    left_empty: tuple[str, ...]
    not_on_it: tuple[str, ...]
    """Lines of the form that the return has, with an amount, and that have no field in the map."""
    boxes_not_on_it: tuple[str, ...]
    """Boxes that have sales, and that this edition of Form 8949 has not."""


class FieldRow(Row, frozen=True, kw_only=True):
    """One field of a blank form, in points from the lower left corner of its page."""

    page: int
    line: str
    near: Words
    kind: str
    left: int
    foot: int
    field: Words
    in_brackets: bool


class FieldListing(Row, frozen=True, kw_only=True):
    """What `lotwork official map --json` tells."""

    sha256: str
    known: str | None
    """The form and year whose map comes with Lotwork, where this is one."""
    rows: tuple[FieldRow, ...]


FIELDS = Table(FieldRow, lambda row: (row.page, row.line, row.near, row.field))


def list_filled(filled: Filled, told: FieldMap, out: str, draft: tuple[str, ...], form: Form8949) -> FilledListing:
    """Return what was filled."""
    boxes = {letter for table in told.tables for letter in table.boxes}
    return FilledListing(
        form=told.form,
        year=told.year,
        out=out,
        copies=filled.copies,
        fields=filled.entered,
        sha256=hashlib.sha256(filled.content).hexdigest(),
        draft=bool(draft),
        draft_because=draft,
        left_empty=filled.left_empty,
        not_on_it=filled.not_on_it,
        boxes_not_on_it=tuple(box for box in form.by_box if told.tables and box not in boxes),
    )


def list_fields(blank: bytes, fields: list[Field], known: str | None) -> FieldListing:
    """Return the fields of a blank form."""
    return FieldListing(
        sha256=hashlib.sha256(blank).hexdigest(),
        known=known,
        rows=tuple(
            FieldRow(page=each.page, line=each.line, near=each.near, kind=each.kind.removeprefix("/"), left=each.left,
                     foot=each.foot, field=each.name, in_brackets=each.in_brackets)
            for each in fields
        ),
    )  # fmt: skip

"""One file, by its face: which profile reads it, and what it told. `lotwork import` and a folder both ask here."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from lotwork.ingest.profiles.face import Face, faces_of
from lotwork.ingest.profiles.grid import Sheet, has_table, sheets_in
from lotwork.ingest.profiles.profile import profiles
from lotwork.ingest.profiles.reading import KnownRows, read_known, told_of
from lotwork.ingest.profiles.statements import is_statement, read_statement
from lotwork.ingest.sheets.content import PACKED, WORKBOOKS, content_of, is_json, refuse_json
from lotwork.ledger.boundary import Opener
from lotwork.ledger.errors import InputRefusedError, UsageError
from lotwork.ledger.public_form.jsonlines import NAMED_LINES

TABLES = frozenset({".csv", ".tsv", ".xlsx", ".xls", ".gz", ".ofx", ".qfx", ".xml"})
"""What the names of tables end with; any other file is looked at, and is JSON Lines where it is nothing else."""
LOOKED_AT = 4096


class UnknownFaceError(UsageError):
    """No profile knows a file, or more than one may: a person has to say."""


def is_table(path: Path, opener: Opener | None = None) -> bool:
    """Say if *path* is a table of any kind, and not JSON Lines; *opener* opens it where it has no name here."""
    suffix = path.suffix.lower()
    if suffix in NAMED_LINES:
        return False
    try:
        with open(path, "rb", opener=opener) as file:
            begun = file.read(LOOKED_AT)
        if begun.startswith((PACKED, *WORKBOOKS)):
            return True
        return not is_json(begun) and (suffix in TABLES or is_statement(begun) or bool(_faces(path, opener)))
    except (OSError, InputRefusedError):
        return suffix in TABLES


def read_file(
    path: Path,
    chosen: str | None,
    settings: Mapping[str, str],
    *,
    wallet: str | None = None,
    home_zone: str = "",
    opener: Opener | None = None,
) -> KnownRows:
    """Return what *path* tells, read by the profile *chosen*, or else by the one that knows its face.

    Raises UnknownFaceError where none does, or two may; InputRefusedError with every problem of its rows.
    """
    told = told_of(settings, wallet, home_zone)
    data = content_of(path, opener)
    if is_statement(data) and chosen is None:
        return read_statement(path.name, data, told)
    refuse_json(path, data)
    sheets = sheets_in(path.name, data)
    return read_known(path.name, _only(path, sheets, faces_of(sheets, [chosen] if chosen else None), chosen), told)


def _faces(path: Path, opener: Opener | None) -> list[Face]:
    return faces_of(sheets_in(path.name, content_of(path, opener)))


def _only(path: Path, sheets: Sequence[Sheet], faces: list[Face], chosen: str | None) -> Face:
    named = shlex.quote(str(path))
    if not faces and not any(map(has_table, sheets)):
        raise InputRefusedError(f"{path.name}: it holds no table: export it again")
    if not faces and chosen:
        title = profiles()[chosen].title
        raise InputRefusedError(f"{path.name}: it has not the columns of {title}: see `lotwork map show {chosen}`")
    if not faces:
        raise UnknownFaceError(
            f"{path}: nobody knows its columns: it needs --map, a preset or a TOML file that says what they are; "
            f"`lotwork import {named} --explore` shows them, and writes such a file to edit"
        )
    names = {face.name for face in faces}
    if len(names) > 1:
        ways = " or ".join(f"--map {name} ({profiles()[name].title})" for name in sorted(names))
        raise UnknownFaceError(f"{path}: it may be one of {len(names)}: say which with {ways}")
    if len(faces) > 1:
        told = ", ".join(face.sheet.name for face in faces)
        raise UnknownFaceError(f"{path}: {len(faces)} sheets could be meant ({told}): save each as a file of its own")
    others = [sheet.name for sheet in sheets if sheet.name != faces[0].sheet.name and sheet.lines]
    return faces[0]._replace(other_sheets=tuple(others))

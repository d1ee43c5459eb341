"""What is in a stranger's file: unpacked within bounds, and its text, whatever a spreadsheet wrote it in.

Nothing is unpacked beyond a bound, whatever the file says of its size. What is no UTF-8 names no encoding: it is read
in the likeliest one, and whoever asks is told which.
"""

from __future__ import annotations

import gzip
import io
import shlex
import zlib
from pathlib import Path
from typing import NamedTuple

from lotwork.ledger.boundary import Opener, not_there
from lotwork.ledger.errors import InputRefusedError, Problem
from lotwork.ledger.public_form.jsonlines import LONGEST_LINE

MOST_BYTES = 64 * 1024 * 1024
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
PACKED = b"\x1f\x8b"
WINDOWS = "cp1252"
"""What a spreadsheet of the West writes where it writes no UTF-8."""
ENCODINGS = [
    *("utf_16_le", "utf_16_be", WINDOWS, "cp1250", "cp1251", "cp1253", "cp1254", "mac_roman"),
    *("cp932", "gb18030", "big5", "cp949"),
]
"""What exports are written in that are no UTF-8: UTF-16 without a mark, and what computers of a country write."""
MOST_LOOKED_AT = 1 << 20
"""So much of a file is looked at to tell its encoding."""


class Text(NamedTuple):
    """The text of a file, and the encoding it is read in where the file does not tell it."""

    text: str
    guessed: str = ""


def content_of(path: Path, opener: Opener | None = None) -> bytes:
    """Return what is in *path*, unpacked where it is packed. Raises InputRefusedError.

    *opener* opens it where nobody named it by hand (`ledger.boundary`).
    """
    try:
        with open(path, "rb", opener=opener) as file:
            data = file.read(MOST_BYTES + 1)
    except FileNotFoundError:
        raise InputRefusedError(not_there(path)) from None
    except OSError as broken:
        raise InputRefusedError(f"{path.name}: it cannot be read ({broken.strerror}): check the path") from None
    if data.startswith(PACKED):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
                data = packed.read(MOST_BYTES + 1)
        except (OSError, EOFError, zlib.error):
            raise InputRefusedError(f"{path.name}: it is packed and broken: fetch it again") from None
    if len(data) > MOST_BYTES:
        raise InputRefusedError(f"{path.name}: it is larger than {MOST_BYTES >> 20} MiB: split it by year")
    return data


def text_of(name: str, data: bytes) -> Text:
    """Return the text of *data*. Raises InputRefusedError where it is none."""
    marked = "utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    try:
        found = Text(data.decode(marked))
    except UnicodeError:
        found = _likeliest(name, data)
    if "\x00" in found.text and not found.guessed:
        found = _likeliest(name, data)
    refuse_nul(name, found.text)
    if any(len(line) > LONGEST_LINE for line in io.StringIO(found.text)):
        raise InputRefusedError(f"{name}: a line of it is longer than {LONGEST_LINE >> 20} MiB: it is no table")
    return found


def is_json(data: bytes) -> bool:
    """Say if *data* begins as JSON Lines do."""
    return data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{")


def refuse_json(path: Path, data: bytes) -> None:
    """Raise InputRefusedError where what is in *path* is no table but JSON, with what to do about it."""
    if is_json(data):
        unpacked = f"where they are packed by gzip, unpack them first (`gunzip -k {shlex.quote(str(path))}`)"
        raise InputRefusedError(
            f"{path.name}: it is no table, but JSON Lines: they are imported as they are; {unpacked}"
        )


def refuse_nul(name: str, text: str) -> None:
    """Raise InputRefusedError where *text* holds a NUL character, as no text does."""
    if "\x00" in text:
        line = text.count("\n", 0, text.index("\x00")) + 1
        problem = Problem(f"{name}:{line}", "file", "it holds a NUL character", "export it again as text")
        raise InputRefusedError(f"{name}: refused", [problem])


def _likeliest(name: str, data: bytes) -> Text:
    from charset_normalizer import from_bytes  # noqa: PLC0415 - most files are UTF-8

    found = from_bytes(data[:MOST_LOOKED_AT], cp_isolation=ENCODINGS)
    best = found.best()
    likely = [match for match in found if best is not None and match.chaos <= best.chaos]
    encoding = "" if best is None else best.encoding
    if any(WINDOWS in match.could_be_from_charset for match in likely):
        encoding = WINDOWS  # the alphabets of the West cannot be told apart by a few letters
    try:
        if encoding:
            return Text(data.decode(encoding), encoding)
    except UnicodeError:
        pass
    raise InputRefusedError(f"{name}: it is no text in UTF-8, nor in any encoding that is likely: save it as UTF-8")

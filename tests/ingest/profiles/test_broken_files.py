"""A broken file is refused in words, whatever profile it is of: nothing of it is half read, and nothing is a crash."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from lotwork.ingest.profiles.explore import explore
from lotwork.ingest.profiles.known_file import UnknownFaceError, read_file
from lotwork.ledger.errors import InputRefusedError
from tests.ingest.profiles.exports import FOLDER, TABLES, packed, read, sheet, table, workbook, written


def cut(name: str) -> bytes:
    above, body = table(name)
    width = len(body[0]) - 1
    rows = [row for row in body if any(row) and row[0] != "..."]
    return written(above, [*rows[:-1], rows[-1][:width]]).encode()


def with_nul(name: str) -> bytes:
    return (FOLDER / name).read_bytes() + b"\x00"


def header_twice(name: str) -> bytes:
    """Every column stands twice, under one name."""
    above, body = table(name)
    return written(above, [row + row for row in body]).encode()


def shifted(name: str) -> bytes:
    above, body = table(name)
    return written(above, [body[0], *(["", *row] for row in body[1:])]).encode()


def formula(name: str) -> bytes:
    above, body = table(name)
    return written(above, [body[0], *(["=1+1" for _ in row] for row in body[1:])]).encode()


def no_numbers(name: str) -> bytes:
    above, body = table(name)
    return written(above, [body[0], *(["NaN" for _ in row] for row in body[1:])]).encode()


def huge_numbers(name: str) -> bytes:
    above, body = table(name)
    return written(above, [body[0], *(["9" * 4000 for _ in row] for row in body[1:])]).encode()


def long_cell(name: str) -> bytes:
    above, body = table(name)
    return written(above, [body[0], ["x" * 200_000, *body[1][1:]]]).encode()


def header_alone(name: str) -> bytes:
    above, body = table(name)
    return written(above, body[:1]).encode()


BROKEN = {
    each.__name__: each
    for each in (cut, with_nul, header_twice, shifted, formula, no_numbers, huge_numbers, long_cell, header_alone)
} | {
    "cut packed": lambda name: packed(name)[:-12],
    "cut workbook": lambda name: workbook(name)[:-40],
    "empty": lambda _: b"",
    "HTML": lambda _: b"<!DOCTYPE html><html><body>Please log in</body></html>",
    "an error": lambda _: b'{"error": "not found"}',
    "no text": lambda _: bytes(range(128, 256)) * 9,
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("name", TABLES)
def test_a_broken_file_is_refused(name: str, broken: Callable[[str], bytes], tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(broken(name))
    with pytest.raises((InputRefusedError, UnknownFaceError)) as refused:
        read(path, name)
    assert name in str(refused.value)


@pytest.mark.parametrize("name", ["green-button.xml", "bank.ofx"])
@pytest.mark.parametrize("at", [40, 250, 400, 700])
def test_a_cut_statement_is_refused(name: str, at: int, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes((FOLDER / name).read_bytes()[:at])
    with pytest.raises(InputRefusedError, match=name):
        read(path, name)


SMALL = 1 << 16
BOMBS = {
    "gzip": lambda: gzip.compress(b"Date," + b"0" * SMALL),
    "workbook": lambda: sheet([["Date", "Tag"]], more={"xl/media/image.png": b"0" * SMALL}),
    "a cell far down": lambda: sheet((), '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "a sheet elsewhere": lambda: sheet(
        (), "", {"xl/else.xml": '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'}
    ),
    "many parts": lambda: sheet([["Date"]], more={f"xl/{at}": b"" for at in range(1001)}),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_what_unpacks_beyond_its_bound_is_refused(
    bomb: Callable[[], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lotwork.ingest.sheets.content.MOST_BYTES", SMALL)
    monkeypatch.setattr("lotwork.ingest.sheets.workbook.MOST_UNPACKED", SMALL)
    path = tmp_path / "bomb.xlsx"
    path.write_bytes(bomb())
    with pytest.raises(InputRefusedError, match=r"bomb\.xlsx: (the workbook unpacks|it is larger)"):
        read_file(path, None, {})


@pytest.mark.parametrize(
    ("name", "before", "declared"),
    [("green-button.xml", b"<feed", b'<!DOCTYPE a [<!ENTITY a "b">]>'), ("bank.ofx", b"<OFX>", b'<!ENTITY a "b">')],
)
def test_a_statement_declares_no_entities(name: str, before: bytes, declared: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes((FOLDER / name).read_bytes().replace(before, declared + before, 1))
    with pytest.raises(InputRefusedError, match=name):
        read(path, name)


def test_a_sheet_declares_no_entities(tmp_path: Path) -> None:
    path = tmp_path / "declared.xlsx"
    evil = '<!DOCTYPE a [<!ENTITY a "b">]><worksheet><sheetData/></worksheet>'
    path.write_bytes(sheet((), more={"xl/worksheets/sheet2.xml": evil.encode()}))
    with pytest.raises(InputRefusedError, match="is broken"):
        read_file(path, None, {})


OTHERS = {
    "of OpenDocument": {"content.xml": b"<office/>", "mimetype": b"application/vnd.oasis.opendocument.spreadsheet"},
    "in binary": {"xl/workbook.bin": b"\x00", "xl/worksheets/sheet1.bin": b"\x00"},
}


@pytest.mark.parametrize("parts", OTHERS.values(), ids=OTHERS)
def test_a_workbook_that_cannot_be_measured_is_refused(parts: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        for name, content in parts.items():
            packed.writestr(name, content)
    with pytest.raises(InputRefusedError, match="save the sheet as CSV"):
        read_file(path, None, {})


@pytest.mark.parametrize(
    "tag", [b"<A>", b"<A>\xa0", "<A>\u2003".encode(), b"<" + b"A" * 99 + b">", b"<A>\n <B>x</B>", b"<A"]
)
def test_a_statement_nested_without_end_is_refused(tag: bytes, tmp_path: Path) -> None:
    head, _, _ = (FOLDER / "bank.ofx").read_bytes().partition(b"<OFX>")
    path = tmp_path / "bank.ofx"
    path.write_bytes(head + b"<OFX>" + tag * 1000)
    with pytest.raises(InputRefusedError, match=r"bank\.ofx: it is nested deeper"):
        read_file(path, None, {})


def test_a_line_without_end_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wide.csv"
    path.write_bytes(b"Date,Tag\n" + b"," * (1 << 20) + b"1\n")
    with pytest.raises(InputRefusedError, match=r"wide\.csv: a line of it is longer than 1 MiB"):
        read_file(path, None, {})


def test_a_zip_of_exports_is_called_one(tmp_path: Path) -> None:
    path = tmp_path / "exports.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.write(FOLDER / "river.csv", "river.csv")
    with pytest.raises(InputRefusedError, match=r"exports\.zip: it is a zip of files, and no workbook .* unpack it"):
        read_file(path, None, {})


@pytest.mark.parametrize("name", ["events.jsonl.gz", "events.json.gz", "events"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\n"])
def test_json_lines_that_are_packed_are_called_so(name: str, mark: bytes, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(mark + b'{"kind": "price"}\n'))
    for look in (lambda: read_file(path, None, {}), lambda: explore(path)):
        with pytest.raises(InputRefusedError, match=r"no table, but JSON Lines.* unpack them first \(`gunzip -k"):
            look()

"""The kept exports, their events as stated by hand, and other spellings of the same file."""

from __future__ import annotations

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from lotwork.ingest.profiles.known_file import read_file
from lotwork.ingest.profiles.reading import KnownRows

FOLDER = Path("tests/data/exports")
BILLS = {"only": "power co", "category": "electricity"}
SAID: dict[str, dict[str, str]] = {
    "green-button.csv": {"zone": "America/Los_Angeles"},
    "green-button-net.csv": {"zone": "America/Los_Angeles"},
    "green-button-starts.csv": {"zone": "America/Los_Angeles"},
    "electrum.csv": {"zone": "America/New_York"},
    "cointracking.csv": {"zone": "UTC"},
    "chase-card.csv": BILLS,
    "chase-checking.csv": BILLS,
    "capital-one.csv": BILLS,
    "bank.ofx": BILLS,
}
CHOSEN = {"cointracker.csv": "cointracker", "swan-trades.csv": "swan-trades"}
MANY = 5
"""A header has so many columns, and what stands above it has fewer."""
PROFILE_OF = {
    "strike-old.csv": "strike",
    "strike-annual.csv": "strike-statement",
    "green-button-net.csv": "green-button",
    "green-button-starts.csv": "green-button",
}
"""Exports that are of another version than the one their profile is named for."""


class Expected(NamedTuple):
    """What must come of an export: its events, how many rows are none, and the lines a person is asked about."""

    events: list[dict[str, Any]]
    left_out: int
    asked: list[int]


def exports(*suffixes: str) -> list[str]:
    """Return the names of the kept exports."""
    return sorted(path.name for path in FOLDER.iterdir() if path.suffix in suffixes)


TABLES = exports(".csv")
ALL = exports(".csv", ".xml", ".ofx")


def expected(name: str) -> Expected:
    """Return what must come of the export *name*."""
    lines = (FOLDER / f"{name}.expected.jsonl").read_text(encoding="utf-8").splitlines()
    *events, last = map(json.loads, lines)
    return Expected(events, last["left_out"], last["asked"])


def read(path: Path, name: str, **said: str) -> KnownRows:
    """Return what the export *name*, or another spelling of it at *path*, tells."""
    return read_file(path, CHOSEN.get(name), SAID.get(name, {}) | said)


def events(known: KnownRows, *, lines: bool = True) -> list[dict[str, Any]]:
    """Return the events of *known*, each with its line."""
    return [
        ({"line": int(line.where.replace(" ", ":").rpartition(":")[2])} if lines else {})
        | {key: value for key, value in line.content.items() if key != "row"}
        for line in known.lines
    ]


def rows(known: KnownRows) -> list[str]:
    """Return what each event is known by."""
    return [line.content["row"] for line in known.lines]


def table(name: str) -> tuple[list[str], list[list[str]]]:
    """Return what stands above the header of the export *name*, and its header with its rows."""
    text = (FOLDER / name).read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    lines = text.split("\n")
    widest = next(at for at, line in enumerate(lines) if len(next(csv.reader([line]), [])) >= MANY)
    body = list(csv.reader(io.StringIO("\n".join(lines[widest:]))))
    return lines[:widest], [row for row in body if row]


def written(above: Iterable[str], body: Iterable[Iterable[str]], delimiter: str = ",", end: str = "\n") -> str:
    """Return the text of a table."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=end).writerows(body)
    return "".join(f"{line}{end}" for line in above) + out.getvalue()


def reordered(name: str) -> bytes:
    """Return the export with its columns the other way round; of two of one name, the first stays the first."""
    above, body = table(name)
    places = sorted(range(len(body[0])), key=lambda at: (body[0].index(body[0][at]) * -1, at))
    return written(above, [[row[at] if at < len(row) else "" for at in places] for row in body]).encode()


def with_column(name: str) -> bytes:
    """Return the export with one more column, in its midst."""
    above, body = table(name)
    return written(
        above, [[*row[:1], "New in 2027" if not at else "x" * any(row), *row[1:]] for at, row in enumerate(body)]
    ).encode()


def windows(name: str) -> bytes:
    """Return the export with a byte-order mark, the other line ends, and blank lines."""
    above, body = table(name)
    return b"\xef\xbb\xbf" + (written(above, body, end="\r\n") + "\r\n\r\n").encode()


def semicolons(name: str) -> bytes:
    """Return the export in UTF-16, with semicolons."""
    above, body = table(name)
    return written(above, body, ";").encode("utf-16")


def capitals(name: str) -> bytes:
    """Return the export with its columns in capitals, and blanks around them."""
    above, (header, *body) = table(name)
    return written(above, [[f" {column.upper()}  " for column in header], *body]).encode()


def small(name: str) -> bytes:
    """Return the export with its columns in small letters."""
    above, (header, *body) = table(name)
    return written(above, [[column.lower() for column in header], *body]).encode()


def packed(name: str) -> bytes:
    """Return the export packed by gzip."""
    return gzip.compress((FOLDER / name).read_bytes())


def workbook(name: str) -> bytes:
    """Return the export as a workbook, every cell a text."""
    above, body = table(name)
    return sheet([[line] if line else [""] for line in above] + body)


def sheet(
    body: Iterable[Iterable[str]], cells: str | None = None, more: Mapping[str, bytes | str] | None = None
) -> bytes:
    """Return a workbook of one sheet; *cells* is its XML instead."""
    made = cells or "".join(
        f'<row r="{number}">'
        + "".join(f'<c t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>' for cell in row)
        + "</row>"
        for number, row in enumerate(body, 1)
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}">'
        '<sheets><sheet name="Export" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{made}</sheetData></worksheet>',
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as zipped:
        for part, text in {**parts, **(more or {})}.items():
            zipped.writestr(part, text)
    return out.getvalue()

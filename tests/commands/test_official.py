"""Official forms: known by their sha256 alone, filled field by field, XFA taken out; and a map made for one."""

from __future__ import annotations

import binascii
import hashlib
import io
import json
import sys
import tomllib
import zlib
from pathlib import Path
from typing import Any

import pypdf
import pytest
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    TextStringObject,
)

from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.public_form.parse_words import parse_instant
from lotwork.reports.forms.official import apart
from lotwork.reports.forms.official.field_map import our_maps
from tests.commands.calling import Caller
from tests.commands.test_filing import MINED, PROFILE
from tests.projections.house import receipt, sale

ROW = tuple("abcdefgh")
SMALL = "/Helv 8 Tf 0 g"
LOSS = sale("loss", "2025-03-01", "0.25", "10000.5")
GAIN = sale("gain", "2025-04-01", "0.5", "30000")
THIRD = sale("third", "2025-05-01", "0.125", "7000")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Return the clock of every command here: 2026-04-10."""
    clock = SetClock(parse_instant("2026-04-10T15:00:00Z"))
    monkeypatch.setattr(SystemClock, "now", lambda _self: clock.now())
    return clock


def a_form(fields: list[tuple[str, str, int, str]]) -> bytes:
    """Return a blank form: of each field its name, what is printed beside it, its height, and what ticks it."""
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(width=612, height=792)
    font = DictionaryObject({NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
                             NameObject("/BaseFont"): NameObject("/Helvetica")})  # fmt: skip
    fonts = DictionaryObject({NameObject("/Helv"): font})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    printed = DecodedStreamObject()
    printed.set_data("".join(f"BT /Helv 9 Tf 400 {y + 2} Td ({near}) Tj ET\n" for _, near, y, _ in fields).encode())
    page[NameObject("/Contents")] = writer._add_object(printed)
    kids = ArrayObject()
    root = DictionaryObject({NameObject("/T"): TextStringObject("top[0]"), NameObject("/Kids"): kids})
    top = writer._add_object(root)
    annotations = ArrayObject()
    for name, _, y, state in fields:
        rect = ArrayObject(FloatObject(each) for each in (450, y, 550, y + 12))
        field = DictionaryObject({
            NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/Widget"),
            NameObject("/FT"): NameObject("/Btn" if state else "/Tx"), NameObject("/T"): TextStringObject(name),
            NameObject("/Rect"): rect, NameObject("/Parent"): top, NameObject("/DA"): TextStringObject(SMALL),
        })  # fmt: skip
        if state:
            drawn = DictionaryObject({NameObject(each): DecodedStreamObject() for each in (state, "/Off")})
            field[NameObject("/AP")] = DictionaryObject({NameObject("/N"): drawn})
        own = writer._add_object(field)
        kids.append(own)
        annotations.append(own)
    page[NameObject("/Annots")] = writer._add_object(annotations)  # behind a reference, as the IRS's stand
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject({
        NameObject("/Fields"): ArrayObject([top]), NameObject("/DR"): DictionaryObject({NameObject("/Font"): fonts}),
        NameObject("/XFA"): ArrayObject([TextStringObject("template"), ByteStringObject(b"<xdp/>")]),
        NameObject("/DA"): TextStringObject(SMALL),
    })  # fmt: skip
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def schedule_c() -> bytes:
    return a_form([("f1[0]", "1", 700, ""), ("f2[0]", "31", 680, ""), ("f3[0]", "32a", 660, ""),
                   ("f4[0]", "name", 640, ""), ("f5[0]", "7", 620, ""), ("c1[0]", "yes", 600, "/1")])  # fmt: skip


def form_8949() -> tuple[bytes, str]:
    """Return a form of two rows a page, and its map."""
    names = [*(f"{row}{column}" for row in "12" for column in ROW), "td", "te", "tg", "th"]
    fields = [(name, name, 700 - 14 * at, "") for at, name in enumerate(names)]
    blank = a_form([*fields, ("box", "I", 200, "/6")])
    rows = [[f"top[0].{row}{column}" for column in ROW] for row in "12"]
    totals = [f"top[0].t{column}" for column in "degh"]
    told = (
        f'form = "Form 8949"\nyear = 2025\nsha256 = "{hashlib.sha256(blank).hexdigest()}"\n[[tables]]\n'
        f'boxes = {{ I = "top[0].box=/6" }}\nrows = {json.dumps(rows)}\ntotals = {json.dumps(totals)}\n'
    )
    return blank, told


def values(path: Path) -> dict[str, str]:
    fields = pypdf.PdfReader(path).get_fields() or {}
    return {name: str(field["/V"]) for name, field in fields.items() if field.get("/V") not in (None, "")}


def test_a_form_is_filled_by_the_map_made_for_it(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, MINED)
    blank, mine, out = tmp_path / "blank.pdf", tmp_path / "map.toml", tmp_path / "out" / "filled.pdf"
    blank.write_bytes(schedule_c())
    made = lotwork("official", "map", blank, "--form", "Schedule C", "--year", "2025").out
    mine.write_text(made, encoding="utf-8")
    assert [(each["field"], each["line"]) for each in tomllib.loads(made)["lines"]] == [
        ("top[0].f1[0]", "1"), ("top[0].f2[0]", "31"), ("top[0].f3[0]", "32a"), ("top[0].f5[0]", "7"),
    ]  # fmt: skip
    told = lotwork("official", "fill", blank, "--year", "2025", "--map", mine, "--out", out, "--json").result
    assert (told["schema"], told["form"], told["fields"], told["copies"]) == (
        "lotwork.official_fill.v1",
        "Schedule C",
        3,
        1,
    )
    assert told["left_empty"] == ["Schedule C line 32a"]
    assert told["not_on_it"] == ["3", "5", "29"]
    shown = lotwork("official", "fill", blank, "--year", "2025", "--map", mine, "--out", tmp_path / "shown.pdf").out
    assert "NOT on it, since it has no field of its own for them: 3, 5, 29." in shown
    assert values(out) == {"top[0].f1[0]": "50,000.00", "top[0].f2[0]": "50,000.00", "top[0].f5[0]": "50,000.00"}
    assert told["sha256"] == hashlib.sha256(out.read_bytes()).hexdigest()
    reader = pypdf.PdfReader(out)
    form: Any = reader.root_object["/AcroForm"]
    assert "/XFA" in str(pypdf.PdfReader(blank).root_object["/AcroForm"])
    assert "/XFA" not in form
    assert "DRAFT" not in reader.pages[0].extract_text()
    assert out.stat().st_mode & 0o077 == 0


def test_the_same_form_gives_the_same_bytes_and_takes_the_place_of_nothing(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, MINED)
    blank, mine = tmp_path / "blank.pdf", tmp_path / "map.toml"
    blank.write_bytes(schedule_c())
    mine.write_text(lotwork("official", "map", blank, "--form", "Schedule C", "--year", "2025").out, encoding="utf-8")
    for name in ("one", "two"):
        lotwork("official", "fill", blank, "--year", "2025", "--map", mine, "--out", tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    refused = lotwork("official", "fill", blank, "--year", "2025", "--map", mine, "--out", tmp_path / "one", code=3)
    assert "is there already" in refused.err


def test_rows_go_on_on_a_copy_and_each_page_has_its_own_totals(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, MINED, LOSS, GAIN, THIRD)
    blank, told = form_8949()
    (tmp_path / "blank.pdf").write_bytes(blank)
    (tmp_path / "map.toml").write_text(told, encoding="utf-8")
    where = tmp_path / "out.pdf"
    words = ("--year", "2025", "--map", tmp_path / "map.toml", "--out", where, "--json")
    assert lotwork("official", "fill", tmp_path / "blank.pdf", *words).result["copies"] == 2
    found = values(where)
    first = [found.get(f"top[0].1{column}", "") for column in ROW]
    assert first == ["0.25 BTC", "02/01/2025", "03/01/2025", "10,000.50", "12,500.00", "", "", "(2,499.50)"]
    assert [found[f"top[0].{total}"] for total in ("td", "te", "tg", "th")] == [
        "40,000.50", "37,500.00", "-0-", "2,500.50",
    ]  # fmt: skip
    assert found["top[0].box"] == "/6"
    assert found["copy2-top[0].1a"] == "0.125 BTC"
    assert found["copy2-top[0].th"] == "750.00"
    assert "copy2-top[0].2a" not in found
    assert len(pypdf.PdfReader(where).pages) == 2


def test_a_draft_says_so_on_each_page(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, receipt("m", "2026-02-01", "1", "90000"))
    blank, mine = tmp_path / "blank.pdf", tmp_path / "map.toml"
    blank.write_bytes(schedule_c())
    mine.write_text(lotwork("official", "map", blank, "--form", "Schedule C", "--year", "2026").out, encoding="utf-8")
    words = ("--year", "2026", "--map", mine, "--out", tmp_path / "f.pdf", "--json")
    assert lotwork("official", "fill", blank, *words, code=None).result["draft"]
    assert "DRAFT" in pypdf.PdfReader(tmp_path / "f.pdf").pages[0].extract_text()


def test_a_form_that_is_not_known_is_refused_and_told_what_to_do(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, MINED)
    blank, mine = tmp_path / "blank.pdf", tmp_path / "map.toml"
    blank.write_bytes(schedule_c())
    out = ("--out", tmp_path / "f.pdf")
    refused = lotwork("official", "fill", blank, "--year", "2025", *out, code=3)
    assert hashlib.sha256(blank.read_bytes()).hexdigest() in refused.err
    assert "lotwork official map" in refused.err
    made = lotwork("official", "map", blank, "--form", "Schedule C", "--year", "2025").out
    for changed, words in (
        (made.replace('sha256 = "', 'sha256 = "0'), "no map of a form"),
        (made.replace("f1[0]", "f9[0]"), "no such field"),
        (made.replace("year = 2025", "year = 2024"), "of 2024"),
        (f"{made}[[lines]]\nfield = 3\nline = '1'\n", "no map of a form"),
        (f"{made}unknown =", "no map of a form"),
    ):
        mine.write_text(changed, encoding="utf-8")
        assert words in lotwork("official", "fill", blank, "--year", "2025", "--map", mine, *out, code=3).err
    mine.write_text(made, encoding="utf-8")
    blank.write_bytes(schedule_c() + b"\n")
    refused = lotwork("official", "fill", blank, "--year", "2025", "--map", mine, *out, code=3)
    assert "fields of another edition" in refused.err
    assert not (tmp_path / "f.pdf").exists()


@pytest.mark.parametrize(
    "content", [b"", b"%PDF-1.7\n", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF", b"PK\x03\x04" * 99]
)
def test_what_is_no_form_is_refused_in_words(lotwork: Caller, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.pdf").write_bytes(content)
    refused = lotwork("official", "map", tmp_path / "x.pdf", code=3)
    assert "cannot be read as a PDF" in refused.err or "no fields" in refused.err


@pytest.mark.parametrize(
    "above", ["/T(a)/Parent 5 0 R", "/Parent 5 0 R", "/T(a)/Parent 6 0 R"], ids=["itself", "without a name", "in turn"]
)
def test_a_field_below_itself_is_refused(lotwork: Caller, tmp_path: Path, above: str) -> None:
    """Such a field is in no list of the form, but on its page: it was followed upwards without an end."""
    parts = (
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<<>>/Annots[4 0 R 5 0 R]>>",
        "<</Subtype/Widget/FT/Tx/T(a)/Rect[1 1 2 2]>>", f"<</Subtype/Widget/Rect[1 1 2 2]{above}>>",
        "<</Parent 5 0 R>>",
    )  # fmt: skip
    (tmp_path / "loop.pdf").write_bytes(as_pdf(parts))
    refused = lotwork("official", "map", tmp_path / "loop.pdf", code=3)
    assert "below itself" in refused.err


def test_a_form_of_more_fields_or_words_than_any_is_refused(lotwork: Caller, tmp_path: Path) -> None:
    font = "<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    for name, fields, printed in (("fields", 2_001, 0), ("words", 1, 10_001)):
        parts = (
            "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[{'4 0 R ' * fields}]/Contents 5 0 R/Resources{font}>>",
            "<</Subtype/Widget/FT/Tx/T(a)/Rect[1 1 2 2]>>",
            f"<</Length {printed * 33}>>\nstream\n{'BT /F 9 Tf 1 0 0 1 1 1 Tm (a)Tj ET ' * printed}\nendstream",
        )  # fmt: skip
        (tmp_path / f"{name}.pdf").write_bytes(as_pdf(parts))
        refused = lotwork("official", "map", tmp_path / f"{name}.pdf", code=3)
        assert "more than" in refused.err


def stream(content: bytes) -> str:
    packed = binascii.hexlify(zlib.compress(content, 9)).decode()
    return f"<</Length {len(packed) + 1}/Filter[/ASCIIHexDecode/FlateDecode]>>\nstream\n{packed}>\nendstream"


HOSTILE = {
    "millions of operators": ("5 0 R", b"q Q " * 4_000_000),
    "millions of spaces": ("5 0 R", b"BT /F 9 Tf ( ) Tj ET " * 1_000_000),
    "one stream drawn 400 times": (f"[{'5 0 R ' * 400}]", b"1 0 0 1 0 0 cm " * 10_000),
}
"""Small files that keep a reader busy: what is drawn on the page, and the stream that it is drawn by."""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_small_file_that_keeps_its_reader_busy_is_given_up(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    drawn, content = HOSTILE[name]
    font = "/Resources<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    hostile = as_pdf((
        "<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[4 0 R]>>>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Annots[4 0 R]/Contents {drawn}{font}>>",
        "<</Subtype/Widget/FT/Tx/T(a)/Rect[1 1 2 2]>>", stream(content),
    ))  # fmt: skip
    assert len(hostile) < 200_000
    (tmp_path / "x.pdf").write_bytes(hostile)
    monkeypatch.setattr(apart, "SECONDS", 1)
    refused = lotwork("official", "map", tmp_path / "x.pdf", code=3)
    assert "was not read within 1 s of the processor" in refused.err


def as_pdf(parts: tuple[str, ...]) -> bytes:
    """Return a PDF of these objects, the first its root."""
    body, places = b"%PDF-1.7\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{part}\nendobj\n".encode()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    ending = f"trailer\n<</Size {len(parts) + 1}/Root 1 0 R>>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + f"xref\n0 {len(parts) + 1}\n0000000000 65535 f \n{table}{ending}".encode()


def test_a_pdf_without_fields_and_one_that_is_not_there_are_refused(lotwork: Caller, tmp_path: Path) -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    writer.write(tmp_path / "x.pdf")
    assert "no fields" in lotwork("official", "map", tmp_path / "x.pdf", code=3).err
    assert "cannot be read" in lotwork("official", "map", tmp_path / "no.pdf", code=3).err


def test_without_the_extra_it_says_how_to_install_it(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "x.pdf").write_bytes(schedule_c())
    monkeypatch.setitem(sys.modules, "pypdf", None)
    assert "pip install 'lotwork[pdf]'" in lotwork("official", "map", tmp_path / "x.pdf", code=2).err


def test_the_fields_are_told_as_json_with_where_they_stand(lotwork: Caller, tmp_path: Path) -> None:
    (tmp_path / "x.pdf").write_bytes(schedule_c())
    told = lotwork("official", "map", tmp_path / "x.pdf", "--json").result
    assert (told["schema"], told["known"]) == ("lotwork.official_map.v1", None)
    assert told["rows"][1] == {"page": 1, "line": "31", "near": "31", "kind": "Tx", "left": 450, "foot": 680,
                               "field": "top[0].f2[0]", "in_brackets": False}  # fmt: skip


def test_the_maps_that_come_with_it_hold_each_field_once() -> None:
    told = list(our_maps())
    assert len({each.sha256 for each in told}) == len(told) >= 17
    for each in told:
        tables = [*(name for table in each.tables for row in table.rows for name in row),
                  *(name for table in each.tables for name in (*table.totals, *table.boxes.values()))]  # fmt: skip
        fields = [*(line.field for line in each.lines), *tables]
        assert len(set(fields)) == len(fields) > 10, each.form
        places = [(line.line, line.column) for line in each.lines]
        assert len(set(places)) == len(places), each.form
        assert each.year in (2024, 2025)

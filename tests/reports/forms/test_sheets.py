"""Sheets set by typst: what is typed is drawn and never run, no letter is missing, the same bytes come twice."""

from __future__ import annotations

import builtins
import io
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ContentStream

from lotwork.ledger.errors import UsageError
from lotwork.ledger.units import AssetTable
from lotwork.projections.forms.form_8949 import Form8949, SaleRow, ScheduleDLine, in_cents, total_of
from lotwork.reports.forms.drawn import Drawing
from lotwork.reports.forms.sheets.paper import (
    Columns,
    Contents,
    Document,
    Facts,
    Lines,
    Sheet,
    Voucher,
    Words,
    amount,
)
from lotwork.reports.forms.sheets.sales import ROWS_OF_A_PAGE, sheets_of_8949
from lotwork.reports.forms.sheets.typeset import pages, pdf, undrawable

HOSTILE = (
    '#panic("x") *bold* _it_ $x^2$ `raw` <label> @ref \\ #sys.inputs #read("/etc/passwd") #image("a.png") ] [ // c /*'
    " d */ ~ -- \" ' \\u{41} \x00 \t \u202e \u200b \ufeff 採掘機 🚀 👨\u200d👩\u200d👧 e\u0338\u20dd ﷽ कि 한"
)


def a_sheet(words: str, *, draft: bool = True, name: str = "Form 1") -> Document:
    blocks = (
        Lines(rows=((words, words, "1.00", words), ("2a", words, "2.00", ""))),
        Columns(title=words, names=(words, "b"), right=(False, True), widths=(1, 1), rows=((words, words),)),
        Words(words, (words, words)),
        Facts(words, ((words, words),)),
        Voucher(title=words, due=words, amount="3.00", rows=(("a", words),)),
        Contents(),
    )
    sheets = (Sheet(name=name, about=words, blocks=blocks), Sheet(name="Form 2", about=words, blocks=()))
    return Document(title=words, year=2025, foot=f"Lotwork, {words}", draft=draft, sheets=sheets)


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content))


def text(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in read(content).pages)


def glyphs(content: bytes) -> Iterator[int]:
    """Yield the number of every shape drawn in a font of two bytes a letter, as typst embeds them."""
    reader = read(content)
    for page in reader.pages:
        for operands, operator in ContentStream(page.get_contents(), reader).operations:
            if operator in (b"Tj", b"TJ"):
                shown = operands[0] if operator == b"TJ" else operands
                for part in shown:
                    raw = getattr(part, "original_bytes", b"")
                    yield from (int.from_bytes(raw[at : at + 2], "big") for at in range(0, len(raw), 2))


def test_what_is_typed_is_drawn_and_not_run() -> None:
    told = " ".join(text(pdf(a_sheet(HOSTILE))).split())
    for words in ('#panic("x") *bold* _it_ $x^2$ `raw` <label> @ref', "#sys.inputs", '#image("a.png")', "\\u{41}"):
        assert words in told
    assert "root:" not in told


@pytest.mark.parametrize("letter", ["3", ".", ","])
def test_where_a_long_word_goes_on_no_letter_is_copied_with_another(letter: str) -> None:
    """Amounts are copied from these pages: `1,333.33` stays what it is, wherever a long id is broken."""
    told = text(pdf(a_sheet(f"{'x' * 23}{letter}" * 20 + " 1,333.33")))
    assert "\u200b" not in told
    assert "1,333.33" in told
    assert max(len(line) for line in told.splitlines()) < 24 * 20


@pytest.mark.parametrize("words", [HOSTILE, "採掘機 1号 🚀", "Größe Ωмега ✓ ½"])
def test_no_letter_is_missing(words: str) -> None:
    drawn = list(glyphs(pdf(a_sheet(words))))
    assert len(drawn) > 100
    assert 0 not in drawn


def test_a_letter_that_no_font_has_stands_as_its_number() -> None:
    assert undrawable("a é 採 🚀 Ω") == {"採", "🚀"}
    told = " ".join(text(pdf(a_sheet("rig 採掘 é 🚀"))).split())
    assert "rig [U+63A1 U+6398] é [U+1F680]" in told


def test_the_same_bytes_twice_and_no_clock_in_them() -> None:
    one, two = pdf(a_sheet("a 採")), pdf(a_sheet("a 採"))
    assert one == two
    told = read(one).metadata
    assert told is not None
    assert str(told["/CreationDate"]).startswith("D:20251231000000")


@pytest.mark.parametrize("draft", [True, False])
def test_each_page_says_what_it_is(draft: bool) -> None:
    drawn = read(pdf(a_sheet("words " * 70, draft=draft)))
    assert len(drawn.pages) > 2
    for page in drawn.pages:
        told = page.extract_text()
        assert "Worksheet, not an official form" in told
        assert ("DRAFT" in told) is draft


def test_the_fonts_are_in_the_file_and_are_those_of_the_package() -> None:
    reader = read(pdf(a_sheet("a Ω ✓ 採")))
    names = set()
    for page in reader.pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            descriptor = inner["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)
            names.add(str(inner["/BaseFont"]).partition("+")[2].partition("-")[0])
    assert names <= {"LibertinusSerif", "DejaVuSansMono", "NewCM10", "NewComputerModern"}


def test_the_pages_can_be_looked_at() -> None:
    drawn = pages(a_sheet("a"), 20)
    assert len(drawn) == 2
    assert all(each.startswith(b"\x89PNG") for each in drawn)


def test_without_the_extra_it_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    before = builtins.__import__

    def without(name: str, *more: Any) -> Any:
        if name == "typst":
            raise ImportError(name)
        return before(name, *more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"pip install 'lotwork\[pdf\]'"):
        pdf(a_sheet("a"))


@pytest.mark.parametrize(("told", "printed"), [
    ("0.00", "0.00"), ("1234567.89", "1,234,567.89"), ("-41.00", "(41.00)"), ("-1000.00", "(1,000.00)"),
    ("-0.00", "0.00"), ("-0", "0"), ("-0.01", "(0.01)"), ("12", "12"), (None, "not known"),
])  # fmt: skip
def test_an_amount_is_printed_as_a_form_prints_it(told: str | None, printed: str) -> None:
    assert amount(told) == printed


def rows_of_8949(count: int, thing: str = "") -> Drawing:
    first = date(2025, 1, 1)
    rows = in_cents([
        SaleRow("I", "short", "BTC", 10**6 + at, first, first + timedelta(days=at % 360), 10**9 + at * 777_770_001,
                10**9 + at * 555_550_007, "", 0, "taxpayer", thing=thing)
        for at in range(count)
    ])  # fmt: skip
    lines = (ScheduleDLine("3", "I", total_of(rows), 0),)
    return Drawing(Form8949(2025, rows, lines), AssetTable(), "main", "law", 7, "head", ())


@pytest.mark.parametrize(
    ("count", "thing"),
    [(1, "a rig with a name that is much too long for one line"), (ROWS_OF_A_PAGE, ""), (ROWS_OF_A_PAGE + 1, "")],
)
def test_every_row_of_8949_is_on_paper_in_its_order(count: int, thing: str) -> None:
    drawing = rows_of_8949(count, thing)
    sheets = tuple(sheets_of_8949(drawing))
    content = pdf(Document(title="t", year=2025, foot="f", draft=False, sheets=sheets))
    told = text(content)
    gains = [amount(f"{each.gain / 100:.2f}") for each in drawing.form.rows]
    found = iter(told.split())
    assert all(gain in found for gain in gains), "each after the one before it"
    total = total_of(drawing.form.rows)
    assert amount(f"{total.proceeds / 100:.2f}") in told
    assert f"{count} rows" in told
    assert len(read(content).pages) >= 1 + -(-count // ROWS_OF_A_PAGE)
    assert 0 not in list(glyphs(content))

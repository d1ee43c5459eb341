"""`lotwork forms --format pdf`: every line of the return is on a sheet, and every page says what it is."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.public_form.parse_words import parse_instant
from lotwork.reports.forms.sheets.estimated import as_of_words
from lotwork.reports.forms.sheets.paper import amount
from tests.commands.calling import Caller
from tests.commands.test_filing import MINED, PROFILE, SOLD, filed
from tests.projections.house import receipt

RIG = {
    "kind": "equipment", "id": "rig", "at": "2024-03-01T12:00:00Z", "equipment": '#read("x") 採掘機 *1*',
    "cost_usd": "4000", "placed_in_service": "2024-03-02", "acquired": "2024-03-01", "class": "5",
}  # fmt: skip
SOLD_RIG = {"kind": "equipment_sale", "id": "gone", "at": "2025-06-01T12:00:00Z", "equipment": RIG["equipment"],
            "proceeds_usd": "1500"}  # fmt: skip
BILL = {"kind": "expense", "id": "bill", "at": "2025-03-01T12:00:00Z", "category": "electricity", "amount_usd": "900"}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Return the clock of every command here: 2026-04-10."""
    clock = SetClock(parse_instant("2026-04-10T15:00:00Z"))
    monkeypatch.setattr(SystemClock, "now", lambda _self: clock.now())
    return clock


def draw(lotwork: Caller, out: Path, *words: str, year: int = 2025) -> dict[str, Any]:
    told = lotwork("forms", "--year", str(year), "--out", out, "--format", "pdf", "--json", *words, code=None)
    return told.result


def pages(path: Path) -> list[str]:
    return [page.extract_text() for page in PdfReader(path).pages]


def words(path: Path) -> str:
    return " ".join(" ".join(pages(path)).split())


def test_every_line_of_the_return_is_on_its_sheet_with_its_amount(lotwork: Caller, tmp_path: Path) -> None:
    lotwork("demo")
    draw(lotwork, tmp_path / "out", "--book", "demo")
    owed = lotwork("liability", "--year", "2025", "--tax-table", "--book", "demo", "--json", code=None).result
    told = [" ".join(page.split()) for page in pages(tmp_path / "out" / "worksheets-DRAFT.pdf")]
    assert len(owed["lines"]) > 150
    for line in owed["lines"]:
        form = line["form"].partition(" Part ")[0]
        own = " ".join(page for page in told if f" {form} " in page[:120])
        start = f" {line['line']} {line['label']} "
        assert start in own, (form, start)
        at = own.index(start)
        assert f" {amount(line['amount_usd'])} " in own[at : at + 1500], line
        assert all(cite in own[at : at + 2500] for cite in line["cites"][:1]), line


def test_every_page_of_a_return_that_is_not_filed_is_a_draft(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    told = draw(lotwork, tmp_path / "out")
    assert told["draft"] is False
    assert any("DRAFT" in note and "lotwork file --year 2025" in note for note in told["notes"])
    drawn = sorted((tmp_path / "out").glob("*.pdf"))
    assert [each.name for each in drawn] == ["1040-es-DRAFT.pdf", "8949-DRAFT.pdf", "worksheets-DRAFT.pdf"]
    for each in drawn:
        for page in pages(each):
            assert "DRAFT" in page
            assert "Worksheet, not an official form" in page
    filed(lotwork)
    told = draw(lotwork, tmp_path / "filed")
    drawn = sorted((tmp_path / "filed").glob("*.pdf"))
    assert [each.name for each in drawn] == ["1040-es.pdf", "8949.pdf", "worksheets.pdf"]
    assert all("DRAFT" not in page for each in drawn for page in pages(each))


def test_an_amended_return_has_the_three_columns_of_form_1040_x(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    filed(lotwork)
    lotwork.take(receipt("forgotten", "2025-03-01", "0.1", "60000"))
    draw(lotwork, tmp_path / "out")
    drawn = words(tmp_path / "out" / "1040-x-DRAFT.pdf")
    moved = lotwork("diff", "--filed", "2025", "--json", code=None).result
    assert moved["differs"]
    for row in moved["form_1040x"]:
        columns = [row["original_usd"], row["change_usd"], row["correct_usd"]]
        printed = " ".join(amount(each) for each in columns if each is not None)
        assert f"{row['line']} {row['label']} {printed} " in drawn, row
    assert all(f"{amount(row['change_usd'])} " in drawn for row in moved["lines"])
    assert all(f"{each['event']} {each['how']}" in drawn for row in moved["lines"] for each in row["events"][:1])
    assert "differs from the return filed on 2026-04-10" in words(tmp_path / "out" / "worksheets-DRAFT.pdf")


def test_the_vouchers_say_how_much_until_when_and_how(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, receipt("m", "2026-02-01", "1", "90000"))
    draw(lotwork, tmp_path / "out", year=2026)
    drawn = words(tmp_path / "out" / "1040-es-DRAFT.pdf")
    asked = lotwork("quarterly", "--year", "2026", "--json", code=None).result["installments"]
    for each, day in zip(
        asked, ("April 15, 2026", "June 15, 2026", "September 15, 2026", "January 15, 2027"), strict=True
    ):
        start = drawn.index(f"Payment {each['quarter']} of 4, tax year 2026")
        assert f"Due {day}" in drawn[start : start + 200]
        assert amount(each["shortfall_usd"]) in drawn[start : start + 200]
    for way in ("irs.gov/directpay", "eftps.gov", "By mail", "United States Treasury"):
        assert way in drawn


def test_of_a_year_that_is_over_no_income_is_to_come() -> None:
    running = "As of 2026-12-31, on the figures so far: more income asks for more."
    assert as_of_words(date(2026, 12, 31), 2026) == (running,)
    over = ("As of 2027-01-01.", "The year 2026 is over: what is still owed after January is paid with the return.")
    assert as_of_words(date(2027, 1, 1), 2026) == over


def test_each_rig_has_its_schedule_year_by_year(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, MINED, RIG, SOLD_RIG, BILL)
    draw(lotwork, tmp_path / "out")
    drawn = words(tmp_path / "out" / "worksheets-DRAFT.pdf")
    assert '#read("x") [U+63A1 U+6398 U+6A5F] *1*, placed in service 2024-03-02, cost 4,000.00' in drawn
    for year in (2024, 2025):
        (row,) = lotwork.rows("equipment", "--year", str(year))
        printed = [amount(row[key][:-4]) for key in ("section_179_usd", "bonus_usd", "macrs_usd", "depreciation_usd")]
        assert f" {year} {' '.join(printed)} " in drawn
    assert "Form 4797" in drawn


def test_the_same_book_gives_the_same_bytes(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, MINED, SOLD, RIG)
    for name in ("one", "two"):
        draw(lotwork, tmp_path / name)
    one, two = ({each.name: each.read_bytes() for each in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two
    (name,) = (name for name in one if name.startswith("manifest"))
    assert {each["name"] for each in json.loads(one[name])["files"]} == set(one) - {name}


def test_nobody_gets_paper_unasked_and_without_the_extra_it_says_so(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lotwork.take(PROFILE, MINED)
    monkeypatch.setitem(sys.modules, "typst", None)
    lotwork("forms", "--year", "2025", "--out", tmp_path / "all")
    assert not list((tmp_path / "all").glob("*.pdf"))
    refused = lotwork("forms", "--year", "2025", "--out", tmp_path / "out", "--format", "pdf", code=2)
    assert "pip install 'lotwork[pdf]'" in refused.err
    assert not (tmp_path / "out").exists()

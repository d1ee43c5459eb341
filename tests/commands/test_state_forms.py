"""The return of the state in the files of a year and in its packet, which is held against them."""

from __future__ import annotations

import csv
import json
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.public_form.parse_words import parse_instant
from lotwork.packet.checks.container import Unpacked
from lotwork.packet.checks.main import verify_members
from lotwork.packet.checks.state import check_state
from lotwork.packet.checks.telling import Report
from lotwork.reports.forms.sheets.paper import amount
from lotwork.reports.lines import dollars
from tests.commands.calling import Caller
from tests.commands.test_state_filed import BOOK, MORE, RATE, WITHOUT, file_all
from tests.commands.test_state_return import PROFILE


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Return the clock of every command here: 2026-04-10."""
    clock = SetClock(parse_instant("2026-04-10T15:00:00Z"))
    monkeypatch.setattr(SystemClock, "now", lambda _self: clock.now())
    return clock


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def test_the_folder_has_the_lines_the_second_4562_and_the_figures(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(*BOOK)
    state = lotwork("liability", "--year", "2025", "--tax-table", "--json", code=None).result["state"]
    drawn = lotwork(
        "forms", "--year", "2025", "--out", tmp_path / "out", "--format", "return,drake", "--json", code=None
    )
    assert [(row["form"], row["line"], row["amount_usd"]) for row in rows_of(tmp_path / "out" / "state.csv")] == [
        (line["form"], line["line"], line["amount_usd"]) for line in state["lines"]
    ]
    (rig,) = rows_of(tmp_path / "out" / "state-4562.csv")
    assert (rig["id"], rig["federal_usd"], rig["state_basis_left_usd"]) == ("rig", "50000.000000", "40000.000000")
    figures = {row["path"]: row for row in rows_of(tmp_path / "out" / "state-figures.csv")}
    assert figures["us/states/ga/rate"]["source"] == "HB 111 (2025)"
    assert set(state["unverified"]) <= set(figures)
    readme = (tmp_path / "out" / "README.txt").read_text(encoding="utf-8")
    assert "state.csv: the return of the state line by line" in readme
    (note,) = (words for words in drawn.result["notes"] if "Georgia" in words)
    assert note.endswith("its own depreciation, and the gain on rigs sold, are entered there from state-4562.csv.")
    assert note in readme


def test_a_state_that_spreads_an_add_back_has_its_years(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE | {"state": "NC"}, *BOOK[1:-1])
    lotwork("forms", "--year", "2025", "--out", tmp_path / "out", "--format", "return", code=None)
    (year,) = rows_of(tmp_path / "out" / "state-add-back.csv")
    assert (year["year"], year["bonus_usd"]) == ("2025", "50000.00")
    assert not (tmp_path / "out" / "state-4562.csv").exists()


def test_without_a_state_no_file_tells_of_one(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(*WITHOUT)
    lotwork("forms", "--year", "2025", "--out", tmp_path / "out", "--format", "return", code=None)
    assert not list((tmp_path / "out").glob("state*"))


def unpacked(lotwork: Caller, tmp_path: Path) -> Path:
    lotwork("packet", "build", "--year", "2025", "--out", tmp_path / "p.zip", code=None)
    with zipfile.ZipFile(tmp_path / "p.zip") as packet:
        packet.extractall(tmp_path / "p")
    return tmp_path / "p"


def wrong(folder: Path) -> list[str]:
    report = Report()
    check_state(Unpacked(str(folder)), [], report)
    return [words for kind, words in report.lines if kind == "WRONG"]


def test_a_packet_of_a_filed_year_is_held_against_its_state(lotwork: Caller, tmp_path: Path) -> None:
    """Each file is wrong once it says otherwise than the answer, the answer, or than the law."""
    lotwork.take(*BOOK)
    file_all(lotwork)
    lotwork.take(MORE)
    folder = unpacked(lotwork, tmp_path)
    report = verify_members(Unpacked(str(folder)))
    assert report.ok, report.lines
    assert any("lines of GA Form 500, its depreciation" in words for _, words in report.lines)
    filed = json.loads((folder / "filed.json").read_bytes())
    assert {"GA Form 500"} == {line["form"].removesuffix(" worksheet") for line in filed["moved_state"]}
    assert wrong(folder) == []
    changes = (
        ("forms/state*.csv", "GA Form 500,16,", "GA Form 500,17,"),
        ("forms/state-4562*.csv", "10000.000000", "9.000000"),
        ("forms/state-figures*.csv", "HB 111 (2025)", "HB 112 (2025)"),
        ("results/liability.json", '"payments_usd": "500.00"', '"payments_usd": "600.00"'),
    )  # fmt: skip
    for pattern, old, new in changes:
        file = min(folder.glob(pattern), key=lambda each: len(each.name))
        whole = file.read_text(encoding="utf-8")
        assert old in whole, (pattern, old)
        file.write_text(whole.replace(old, new), encoding="utf-8")
        assert wrong(folder), pattern
        file.write_text(whole, encoding="utf-8")
    liability = folder / "results" / "liability.json"
    told = json.loads(liability.read_bytes())
    del told["state"]
    liability.write_text(json.dumps(told), encoding="utf-8")
    assert "files of a state where the answer has none" in " ".join(wrong(folder))


def cells_of(value: object) -> str:
    """Return a cell of the workbook as a CSV file has it."""
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value)


def test_the_workbook_has_the_rows_of_the_files_with_numbers_as_numbers(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(*BOOK)
    lotwork("forms", "--year", "2025", "--out", tmp_path / "out", "--format", "return,xlsx", code=None)
    book = CalamineWorkbook.from_path(tmp_path / "out" / "8949.xlsx")
    assert book.sheet_names[-3:] == ["State", "State 4562", "State figures"]
    for sheet, file in (("State", "state"), ("State 4562", "state-4562"), ("State figures", "state-figures")):
        told = book.get_sheet_by_name(sheet).to_python()[3:]
        expected = rows_of(tmp_path / "out" / f"{file}.csv")
        for row, own in zip(told, expected, strict=False):
            for value, text in zip(row, own.values(), strict=True):
                if isinstance(value, float):
                    assert Decimal(str(value)) == Decimal(text or "0")
                else:
                    assert cells_of(value) == text.removeprefix("'")
        assert len(told) == len(expected) + (sheet == "State 4562")
    lines = book.get_sheet_by_name("State").to_python()[3:]
    assert all(isinstance(row[3], float) for row in lines)
    assert any(row[:2] == ["GA Form 500", "16"] and row[3] for row in lines)
    total = book.get_sheet_by_name("State 4562").to_python()[-1]
    assert (total[0], total[2], total[3], total[6]) == ("Total", 50000.0, 10000.0, 0.0)


def test_a_state_that_spreads_has_its_years_in_the_workbook(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE | {"state": "NC"}, *BOOK[1:-1])
    lotwork("forms", "--year", "2025", "--out", tmp_path / "out", "--format", "xlsx", code=None)
    (book,) = map(CalamineWorkbook.from_path, (tmp_path / "out").glob("8949*.xlsx"))
    (year,) = book.get_sheet_by_name("State add-back").to_python()[3:]
    assert year == [2025.0, 50000.0, 0.0, 0.0]
    assert "State 4562" not in book.sheet_names


def pages_of(file: Path) -> list[str]:
    return [" ".join(page.extract_text().split()) for page in PdfReader(file).pages]


def page_with(told: list[str], words: str) -> str:
    return next(page for page in told if words in page)


def test_on_paper_stand_the_lines_of_the_state_its_payments_and_what_amends_it(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(*BOOK)
    file_all(lotwork)
    lotwork.take(RATE)
    state = lotwork("liability", "--year", "2025", "--tax-table", "--json", code=None).result["state"]
    lotwork("forms", "--year", "2025", "--out", tmp_path / "out", "--format", "pdf", code=None)
    drawn = {each.name.removesuffix(".pdf").removesuffix("-DRAFT"): each for each in (tmp_path / "out").glob("*.pdf")}
    assert set(drawn) == {"worksheets", "8949", "1040-es", "state-payments", "state-amended"}, "no federal line moved"
    told = pages_of(drawn["worksheets"])
    assert f"Georgia: tax {dollars(state['tax_after_credits_usd'])} paid 500.00" in told[0]
    own = " ".join(page for page in told if "Form 500" in page[:120] or "GA Form 4562" in page[:120])
    for line in state["lines"]:
        assert f" {line['line']} {line['label']} " in own, line
        assert amount(line["amount_usd"]) in own, line
        assert all(cite in own for cite in line["cites"])
    summary = page_with(told, "The return of the state, GA Form 500")
    assert "Sales tax on power: electricity is taxed at 4 percent" in summary
    assert "No form of the state is filled here" in summary
    assert "S21 50,000.00 10,000.00 0.00 40,000.00" in page_with(told, "Depreciation by the state's law beside")
    assert "Rate of the tax" in page_with(told, "where each was read")
    (payments,) = pages_of(drawn["state-payments"])
    assert payments.count("Georgia, payment") == 4
    assert "June 16, 2025" in payments
    assert "The year 2025 is over" in payments
    assert "more income asks for more" not in payments
    moved = lotwork("diff", "--filed", "2025", "--json", code=None).result["state"]
    amended = " ".join(pages_of(drawn["state-amended"]))
    assert f"Additional tax {amount(moved['additional_tax_usd'])}" in amended
    assert all(f"{line['line']} {line['label']}" in amended for line in moved["lines"])


def test_a_state_without_income_tax_says_so_beside_the_files(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE | {"state": "TX"}, *BOOK[1:-1])
    lotwork("forms", "--year", "2025", "--out", tmp_path / "out", "--format", "return", code=None)
    (readme,) = (tmp_path / "out").glob("README*")
    assert "Texas: no income tax is due." in readme.read_text(encoding="utf-8")
    assert not list((tmp_path / "out").glob("state*"))

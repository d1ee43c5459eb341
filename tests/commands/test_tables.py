"""Tables at the width of the terminal: words fold, figures never."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from lotwork.commands import tables
from lotwork.commands.tables import show_rows
from lotwork.reports.gains import GainTotals, TermTotalRow
from lotwork.reports.rows import Price, Row, Table, Usd, Words

FORM = "Qualified Dividends and Capital Gain Tax Worksheet"
LABEL = "Tax on all taxable income, all of it together"


class SumRow(Row, frozen=True, kw_only=True):
    """A line that may have no amount."""

    form: Words
    line: Words
    label: Words
    amount_usd: Usd | None


ROW = SumRow(form=FORM, line="24", label=LABEL, amount_usd="124393.85")
LINES = Table(SumRow, lambda row: (row.form, row.line, row.label, row.amount_usd))
STYLES = re.compile(r"\x1b\[[0-9;]*m")


def shown(capsys: pytest.CaptureFixture[str]) -> list[str]:
    show_rows("Tax year 2026", LINES, [ROW])
    return STYLES.sub("", capsys.readouterr().out).splitlines()


@pytest.mark.parametrize("columns", [40, 80, 100])
def test_at_a_terminal_words_fold_and_the_figure_stays_whole(
    columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", str(columns))
    lines = shown(capsys)
    narrowest = 66
    assert max(map(len, lines)) <= max(columns, narrowest)
    assert sum("124,393.85" in line for line in lines) == 1
    assert not any(FORM in line for line in lines)


def test_in_a_file_a_row_is_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    (row,) = [line for line in shown(capsys) if "124,393.85" in line]
    assert FORM in row


def test_a_table_in_a_file_is_what_rich_would_print(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [replace(ROW, line=str(number), amount_usd=None if number % 7 else f"{number}.00") for number in range(150)]
    show_rows("Tax year 2026", LINES, rows, totals={"amount_usd": "1234.5"})
    at_once = capsys.readouterr().out
    monkeypatch.setattr(tables, "PLAIN_FROM", len(rows) + 1)
    show_rows("Tax year 2026", LINES, rows, totals={"amount_usd": "1234.5"})
    assert at_once == capsys.readouterr().out
    assert len(at_once.splitlines()) == len(rows) + 6


def test_a_long_table_with_words_of_any_script_is_left_to_rich(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows("Tax year 2026", LINES, [replace(ROW, label="日本の確定申告")] * 150)
    lines = capsys.readouterr().out.splitlines()
    assert sum("日本の確定申告" in line for line in lines) == len(lines) - 5


class PricedRow(Row, frozen=True, kw_only=True):
    """A price, if there is one."""

    price_usd: Price | None


@pytest.mark.parametrize(
    ("told", "cell"),
    [
        ("88010.5", "88,010.50"),
        ("90120", "90,120.00"),
        ("267.38", "267.38"),
        ("0", "0.00"),
        ("0.000012", "0.000012"),
        ("1234567.8901", "1,234,567.8901"),
        (None, ""),
    ],
)
def test_a_price_has_two_decimals_at_least_and_loses_none(
    capsys: pytest.CaptureFixture[str], told: str | None, cell: str
) -> None:
    show_rows("Prices", Table(PricedRow, lambda row: (row.price_usd,)), [PricedRow(price_usd=told)])
    assert STYLES.sub("", capsys.readouterr().out).rstrip().splitlines()[-1].strip(" ─") == cell


def test_totals_are_told_below_by_name_and_by_term(capsys: pytest.CaptureFixture[str]) -> None:
    total = TermTotalRow(proceeds_usd="1000", basis_usd="0.125", adjustment_usd="0", gain_usd="-1234.567")
    show_rows("Gains 2025", LINES, [], totals=GainTotals(short=total, long=total))
    assert capsys.readouterr().out.splitlines() == ["Gains 2025: none"] + [
        f"  {term}: Proceeds USD 1,000.00, Basis USD 0.12, Adjustment USD 0.00, Gain USD -1,234.57"
        for term in ("Short", "Long")
    ]


def of_many_columns(names: list[str], amounts: list[str]) -> tuple[Table[Any], list[Any]]:
    """Return a table of dollars under *names* with a yes or no at its end, and a row for each of *amounts*."""
    fields = [*((name, Usd) for name in names), ("worth", bool)]
    kind = msgspec.defstruct("Many", fields, bases=(Row,), frozen=True, kw_only=True)
    rows = [kind(**dict.fromkeys(names, amount), worth=amount == amounts[0]) for amount in amounts]
    return Table(kind, lambda row: tuple(getattr(row, name) for name in (*names, "worth"))), rows


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.usefixtures("narrow")
def test_headings_fold_before_a_table_is_wider_than_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"remaining_basis_{name}_usd" for name in "abcdef"]
    table, rows = of_many_columns(names, ["12345.67"])
    show_rows("Rigs", Table(table.row, lambda row: tuple(getattr(row, name) for name in names)), rows)
    lines = STYLES.sub("", capsys.readouterr().out).splitlines()
    assert max(map(len, lines)) <= 80
    assert sum(line.split() == ["12,345.67"] * 6 for line in lines) == 1


@pytest.mark.usefixtures("narrow")
def test_a_row_that_no_folding_fits_is_a_block_with_every_figure_whole(capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"proceeds_{number}_usd" for number in range(10)]
    show_rows("Gains 2025", *of_many_columns(names, ["1.5", "2.5"]))
    lines = STYLES.sub("", capsys.readouterr().out).splitlines()
    assert lines[0] == "Gains 2025"
    assert lines[2:12] == [f" Proceeds {number} USD  1.50" for number in range(10)]
    assert [line.split()[-1] for line in lines if "Worth" in line] == ["yes", "no"]
    assert max(map(len, lines)) <= 80

"""Tables at the width of the terminal: words fold, figures never."""

from __future__ import annotations

import re

import pytest

from commands import tables
from commands.tables import show_table

FORM = "Qualified Dividends and Capital Gain Tax Worksheet"
ROW = {"form": FORM, "line": "24", "label": "Tax on all taxable income, all of it together", "amount_usd": "124393.85"}
STYLES = re.compile(r"\x1b\[[0-9;]*m")


def shown(capsys: pytest.CaptureFixture[str]) -> list[str]:
    show_table("Tax year 2026", [ROW], ROW)
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


def test_a_long_table_in_a_file_is_what_a_short_one_would_be(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [{**ROW, "line": str(number), "amount_usd": None if number % 7 else f"{number}.00"} for number in range(150)]
    show_table("Tax year 2026", rows, ROW, totals={"amount_usd": "1234.5"})
    at_once = capsys.readouterr().out
    monkeypatch.setattr(tables, "MANY", len(rows) + 1)
    show_table("Tax year 2026", rows, ROW, totals={"amount_usd": "1234.5"})
    assert at_once == capsys.readouterr().out
    assert len(at_once.splitlines()) == len(rows) + 6


def test_a_long_table_with_words_of_any_script_is_left_to_rich(capsys: pytest.CaptureFixture[str]) -> None:
    show_table("Tax year 2026", [{**ROW, "label": "日本の確定申告"}] * 150, ROW)
    lines = capsys.readouterr().out.splitlines()
    assert sum("日本の確定申告" in line for line in lines) == len(lines) - 5

"""Tables at the width of the terminal: words fold, figures never."""

from __future__ import annotations

import re

import pytest

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

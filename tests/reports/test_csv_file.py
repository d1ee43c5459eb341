"""Rows as a file for a spreadsheet: exact, and nothing in it is a formula."""

from __future__ import annotations

import csv
import io

import pytest

from lotwork.ledger.errors import plain
from lotwork.reports.csv_file import csv_text, plain_cell, sums_text
from lotwork.reports.rows import NoSuchFieldError, Number, Row, Table, Usd, Words


class Entry(Row, frozen=True, kw_only=True):
    """A row with a name, a sum, a count and the law it rests on."""

    name: Words
    sum_usd: Usd | None = None
    coins: Number = "0"
    cites: tuple[str, ...] = ()


ENTRIES = Table(Entry, lambda row: (row.coins, row.name, row.sum_usd, row.cites))


def cells(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_the_header_and_the_cells_come_from_the_same_fields() -> None:
    told = csv_text(ENTRIES, [Entry(name="a", sum_usd="12.500000", coins="0.00100000", cites=("x", "y"))])
    assert told == 'coins,name,sum_usd,cites\r\n0.00100000,a,12.500000,"x, y"\r\n'


def test_the_file_may_call_a_field_by_a_name_of_its_own_but_no_field_it_does_not_hold() -> None:
    (header,) = cells(csv_text(ENTRIES, [], (Entry.name, "who")))
    assert header == ["coins", "who", "sum_usd", "cites"]
    with pytest.raises(NoSuchFieldError):
        csv_text(Table(Entry, lambda row: (row.name,)), [], (Entry.coins, "amount"))


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("http://evil")', "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=\u202e1",
        "\uff1d1+1", "\uff0b1", "\uff0d2", "\uff20SUM(A1)", " =1", "  @x",
    ],
)  # fmt: skip
def test_no_name_is_a_formula(text: str) -> None:
    assert plain_cell(text) == f"'{plain(text)}"
    assert plain_cell(f"a{text}") == f"a{plain(text)}"
    _, row = cells(csv_text(Table(Entry, lambda row: (row.name, row.cites)), [Entry(name=text, cites=(text,))]))
    assert row == [f"'{plain(text)}", f"'{plain(text)}"]


def test_no_name_in_a_summary_is_a_formula_its_header_neither() -> None:
    assert cells(sums_text(("month", "=1+1"), [("\uff1d1", "-5"), (" =1", None)])) == [
        ["month", "'=1+1"], ["'\uff1d1", "-5"], ["' =1", ""],
    ]  # fmt: skip


def test_an_amount_below_nothing_stays_a_number_and_what_is_not_known_is_empty() -> None:
    _, loss, unknown = cells(csv_text(ENTRIES, [Entry(name="a", sum_usd="-1.000000"), Entry(name="b")]))
    assert (loss[2], unknown[2]) == ("-1.000000", "")

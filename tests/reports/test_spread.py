"""A field that holds several values is spread: a column for each, whose names only the rows tell."""

from __future__ import annotations

import pytest

from lotwork.commands.tables import show_rows
from lotwork.reports.rows import NoSuchFieldError, Row, Table, Usd


class Plan(Row, frozen=True, kw_only=True):
    name: str
    deducted_usd: tuple[Usd, ...]
    note: str


PLANS = Table(Plan, lambda row: (row.name, row.deducted_usd))
YEARS = PLANS.spread((Plan.deducted_usd, ["2026_usd", "2027_usd"]))
ROW = Plan(name="bonus", deducted_usd=("20000.00", "1.5"), note="")


def test_each_value_has_a_column_that_is_shown_as_its_type_says() -> None:
    assert [column.name for column in YEARS.columns] == ["name", "2026_usd", "2027_usd"]
    assert [column.shown.dollars for column in YEARS.columns] == [False, True, True]
    assert YEARS.cells(ROW) == ("bonus", "20000.00", "1.5")


def test_a_spread_table_is_shown_under_its_names(capsys: pytest.CaptureFixture[str]) -> None:
    show_rows("Deducted", YEARS, [ROW])
    told = capsys.readouterr().out.splitlines()
    assert any(line.split() == ["Name", "2026", "USD", "2027", "USD"] for line in told)
    assert any(line.split() == ["bonus", "20,000.00", "1.50"] for line in told)


def test_the_table_itself_stays_as_it_is() -> None:
    assert [column.name for column in PLANS.columns] == ["name", "deducted_usd"]
    again = PLANS.spread((Plan.deducted_usd, ["2028_usd"]))
    assert [column.name for column in again.columns] == ["name", "2028_usd"]
    assert PLANS.cells(ROW) == ("bonus", ("20000.00", "1.5"))


@pytest.mark.parametrize("field", [Plan.note, "deducted_usd"], ids=["another field", "a name"])
def test_what_is_no_field_that_the_table_shows_is_not_spread(field: object) -> None:
    with pytest.raises(NoSuchFieldError):
        PLANS.spread((field, ["2026_usd"]))


@pytest.mark.parametrize("years", [("20000.00",), ("1", "2", "3")])
def test_a_row_with_more_or_fewer_values_than_columns_is_not_shown(years: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="argument"):
        show_rows("Deducted", YEARS, [Plan(name="bonus", deducted_usd=years, note="")])

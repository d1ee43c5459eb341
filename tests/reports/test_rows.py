"""Rows are typed: a column that no field bears is refused, and JSON tells the fields in their order, nothing else."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from msgspec import UNSET, UnsetType

from lotwork.projections.liability import liability
from lotwork.projections.quarterly import quarterly
from lotwork.reports.costs import RigRow, list_equipment, list_expenses
from lotwork.reports.estimated import list_quarterly
from lotwork.reports.gains import list_gains
from lotwork.reports.income import list_income
from lotwork.reports.lots import LotRow, list_lots
from lotwork.reports.rows import Day, NoSuchFieldError, Number, Row, Shown, Table, Usd, Words, fields_of
from lotwork.reports.tax import list_liability
from tests.projections.house import book_of, receipt, sale
from tests.rules.us.law import LAW

GIFT = {"kind": "gift", "id": "g", "at": "2025-01-01T12:00:00Z", "wallet": "cold", "asset": "BTC", "quantity": "1",
        "donor_basis_usd": "10", "fair_value_usd": "8", "donor_acquired": "2021-03-01"}  # fmt: skip
BILL = {"kind": "expense", "id": "e", "at": "2025-06-30T12:00:00Z", "category": "electricity", "amount_usd": "100"}
RIG = {
    "kind": "equipment", "id": "k", "at": "2025-02-01T12:00:00Z", "equipment": "S21", "cost_usd": "1000",
    "acquired": "2025-02-01", "placed_in_service": "2025-02-01", "bonus": "none",
}  # fmt: skip
PROFILE = {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "filing_status": "single",
           "activity": "business"}  # fmt: skip


ESTIMATE = {"kind": "energy_estimate", "id": "own word", "at": "2025-03-02T00:00:00Z", "rig": "axe", "kwh": "24",
            "from": "2025-03-01", "to": "2025-03-02"}  # fmt: skip


class Bar(Row, frozen=True, kw_only=True):
    """One field of each kind that a table shows in its own way."""

    name: Words
    amount_usd: Usd | None
    price_usd: Number | UnsetType = UNSET
    kind: str = msgspec.field(name="class")
    day: Day


class Twice(Bar, frozen=True, kw_only=True):
    """A row that shows what its JSON does not tell."""

    @property
    def twice_usd(self) -> Usd:
        return str(2 * Decimal(self.amount_usd or 0))


def listings() -> Iterator[Row]:
    """Yield every listing of a book in which everything that can be told is told once."""
    book = book_of(
        PROFILE, GIFT, BILL, RIG, ESTIMATE, receipt("a", "2025-01-02", "1", "50000"),
        receipt("b", "2025-01-03", "1", None), sale("s", "2025-06-01", "0.5", "9"),
        sale("t", "2025-06-02", "9", "1", wallet="hot"),
        sale("d", "2025-06-03", "0.1", "0", disposition="donated"),
    )  # fmt: skip
    owed = liability(book, LAW, 2025)
    yield list_lots(book, date(2025, 5, 1))
    yield list_income(book, 2025)
    yield list_gains(book, 2025)
    yield list_expenses(owed.business.expenses)
    yield list_equipment(owed.business.equipment)
    yield list_liability(owed)
    yield list_quarterly(quarterly(book, LAW, owed, date(2025, 5, 1), by="cheaper"), book.history.assets)


def rows_in(value: Any, told: Any) -> Iterator[tuple[Row, Any]]:
    """Yield every row in *value* with what its JSON holds in the same place."""
    if isinstance(value, Row):
        yield value, told
        for name, each in fields_of(value).items():
            yield from rows_in(each, told[name])
    elif isinstance(value, tuple):
        for each, beside in zip(value, told, strict=True):
            yield from rows_in(each, beside)


def kinds_of(row: type[Row]) -> Iterator[type[Row]]:
    for kind in row.__subclasses__():
        yield kind
        yield from kinds_of(kind)


def test_a_misspelt_column_is_refused_where_the_table_is_made() -> None:
    with pytest.raises(AttributeError, match="basis"):
        Table(LotRow, lambda row: (row.lot, row.basis))  # type: ignore[attr-defined] # what this test is about


@pytest.mark.parametrize(
    "column",
    ["basis_usd", RigRow.cost_usd, LotRow.__init__, LotRow.beside],
    ids=["a name", "a field of another row", "a method", "what is no field"],
)
def test_a_column_that_is_no_field_of_the_row_is_refused_where_the_table_is_made(column: object) -> None:
    with pytest.raises(NoSuchFieldError, match="no field of LotRow, whose fields are asset, "):
        Table(LotRow, lambda row: (row.lot, column))


def test_a_property_is_a_column_that_json_does_not_tell() -> None:
    bar = Twice(name="a", amount_usd="1.50", kind="5", day=date(2025, 1, 1))
    table = Table(Twice, lambda row: (row.name, row.twice_usd))
    assert [(column.name, column.shown) for column in table.columns] == [
        ("name", Shown(folds=True)), ("twice_usd", Shown(right=True, dollars=True)),
    ]  # fmt: skip
    assert table.cells(bar) == ("a", "3.00")
    assert "twice_usd" not in json.loads(msgspec.json.encode(bar))


def test_json_tells_the_fields_of_every_listing_in_their_order_and_nothing_else() -> None:
    seen = set()
    for listing in listings():
        for row, told in rows_in(listing, json.loads(msgspec.json.encode(listing))):
            named = zip(type(row).__struct_fields__, type(row).__struct_encode_fields__, strict=True)
            assert list(told) == [name for field, name in named if getattr(row, field) is not UNSET]
            seen.add(type(row))
    rooms = {kind.__module__ for kind in seen if kind.__name__.endswith("Listing")}
    assert {kind for kind in kinds_of(Row) if kind.__module__ in rooms} <= seen


def test_a_row_is_made_by_name_and_stays_as_it_was_made() -> None:
    kinds = list(kinds_of(Row))
    assert LotRow in kinds
    for kind in kinds:
        assert kind.__struct_config__.frozen, kind
        given = inspect.signature(kind).parameters.values()
        assert {each.kind for each in given} <= {inspect.Parameter.KEYWORD_ONLY}, kind


def test_a_column_is_told_by_its_name_in_json_and_shown_as_its_type_says() -> None:
    columns = Table(Bar, lambda row: (row.name, row.amount_usd, row.price_usd, row.kind, row.day)).columns
    assert [column.name for column in columns] == ["name", "amount_usd", "price_usd", "class", "day"]
    shown = [column.shown for column in columns]
    assert shown[:3] == [Shown(folds=True), Shown(right=True, dollars=True), Shown(right=True)]
    assert shown[3:] == [Shown(), Shown()]


def test_what_is_not_told_is_an_empty_cell() -> None:
    bar = Bar(name="a", amount_usd=None, kind="5", day=date(2025, 1, 1))
    assert Table(Bar, lambda row: (row.price_usd, row.amount_usd, row.kind)).cells(bar) == (None, None, "5")
    assert fields_of(bar) == {"name": "a", "amount_usd": None, "class": "5", "day": date(2025, 1, 1)}

"""Many rigs of one invoice, things long unused, and the bonus by the day of the contract."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ledger.events import Equipment
from lotwork.projections.costs.invoices import some_of
from lotwork.projections.costs.rigs import Rig
from lotwork.projections.equipment import EquipmentBook
from lotwork.projections.liability import liability
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt

LAW = Law.load()
ME = {"kind": "profile", "id": "me", "at": "2016-01-01T00:00:00Z", "filing_status": "single", "activity": "business"}


def rigs(cost: str = "10000", placed: str = "2025-03-01", **keys: Any) -> dict[str, Any]:
    """Return ten rigs of one invoice, without bonus."""
    line = {"kind": "equipment", "id": "ten", "at": f"{placed}T12:00:00Z", "equipment": "s19", "cost_usd": cost}
    return line | {"acquired": placed, "placed_in_service": placed, "bonus": "none", "quantity": 10} | keys


def sold(usd: str, day: str, quantity: int | None = None, **keys: Any) -> dict[str, Any]:
    """Return a sale of some of them."""
    line = {"kind": "equipment_sale", "id": f"sold {day}", "at": f"{day}T12:00:00Z", "equipment": "s19"}
    return line | {"proceeds_usd": usd} | ({} if quantity is None else {"quantity": quantity}) | keys


def year_of(*lines: dict[str, Any], year: int = 2026) -> EquipmentBook:
    """Return the rigs of a year."""
    return book_of(*lines).equipment.result(year, LAW)


def codes(told: EquipmentBook) -> list[str]:
    """Return the codes of the findings."""
    return [finding.code for finding in told.findings]


def usd(amounts: Iterable[int]) -> list[float]:
    """Return micro-dollars in dollars."""
    return [amount / 1_000_000 for amount in amounts]


# some of many


def test_three_of_ten_are_sold_and_seven_go_on() -> None:
    """200DB half-year: 20 percent, then 32; the three sold in the second year have half of it (168(d)(4)(A))."""
    told = year_of(ME, rigs(), sold("2000", "2026-06-01", 3))
    three, seven = sorted(told.rows, key=lambda row: row.quantity)
    assert [three.quantity, seven.quantity] == [3, 7]
    assert usd([three.cost_usd_micros, seven.cost_usd_micros]) == [3000, 7000]
    assert usd([three.macrs_usd_micros, seven.macrs_usd_micros]) == [480, 2240]
    assert usd([three.gain_usd_micros or 0]) == [2000 - (3000 - 600 - 480)]
    assert (seven.disposed, seven.id, three.told, seven.told) == (None, "ten", "ten", "ten")
    assert codes(told) == []


def test_the_rest_can_be_sold_later_with_or_without_its_quantity() -> None:
    first = sold("2000", "2026-06-01", 3)
    for later in (sold("900", "2027-06-01", 7), sold("900", "2027-06-01")):
        (row,) = year_of(ME, rigs(), first, later, year=2027).rows
        assert (row.quantity, row.disposed, codes(year_of(ME, rigs(), first, later, year=2027))) == (
            7,
            date(2027, 6, 1),
            [],
        )


def test_two_may_be_abandoned_and_one_destroyed() -> None:
    told = year_of(
        ME, rigs(), sold("0", "2026-06-01", 2, how="abandoned"), sold("500", "2026-07-01", 1, how="casualty")
    )
    assert sorted((row.quantity, row.how) for row in told.rows if row.how) == [(1, "casualty"), (2, "abandoned")]


def test_a_sale_may_reach_over_two_invoices() -> None:
    other = rigs("5000", "2025-05-01", id="five", quantity=5)
    told = year_of(ME, rigs(), other, sold("2400", "2026-06-01", 12))
    assert sorted((row.told, row.quantity, row.proceeds_usd_micros / 1_000_000) for row in told.rows if row.how) == [
        ("five", 2, 400), ("ten", 10, 2000),
    ]  # fmt: skip
    assert codes(told) == []


def test_more_than_there_are_is_told_and_nothing_is_sold() -> None:
    told = year_of(ME, rigs(), sold("2400", "2026-06-01", 11))
    assert codes(told) == ["equipment_sold_too_many"]
    assert [row.disposed for row in told.rows] == [None]


def test_a_sale_without_quantity_is_of_all_as_before() -> None:
    (row,) = year_of(ME, rigs(), sold("2400", "2026-06-01")).rows
    assert (row.quantity, row.id) == (10, "ten")


def test_some_of_many_may_be_put_to_another_use() -> None:
    use = {"kind": "equipment_use", "id": "u", "at": "2026-01-01T12:00:00Z", "equipment": "s19", "year": 2026,
           "business_share": "0.5", "quantity": 4}  # fmt: skip
    four, six = sorted(year_of(ME, rigs(), use).rows, key=lambda row: row.quantity)
    assert [(four.quantity, four.business_share), (six.quantity, six.business_share)] == [(4, "0.5"), (6, "1")]
    assert usd([four.macrs_usd_micros, six.macrs_usd_micros]) == [640, 1920]
    assert codes(year_of(ME, rigs(), use | {"quantity": 11})) == ["equipment_use_unknown"]


def test_a_small_item_is_measured_by_the_piece() -> None:
    """Treas. Reg. 1.263(a)-1(f)(1)(ii)(D): 2,500 an item as substantiated by the invoice."""
    election = {
        "kind": "election",
        "id": "e",
        "at": "2025-01-01T12:00:00Z",
        "from": "2025-01-01",
        "method": "de_minimis",
    }
    assert [item.told for item in book_of(ME, election, rigs("25000")).equipment.small_items(2025, LAW)] == ["ten"]
    assert book_of(ME, election, rigs("25010")).equipment.small_items(2025, LAW) == ()


@pytest.mark.parametrize("line", [rigs(quantity=0), sold("1", "2026-06-01", 0)])
def test_none_of_a_thing_is_refused(line: dict[str, Any]) -> None:
    with pytest.raises(Exception, match="refused"):
        book_of(line)


@given(cost=st.integers(1, 10**13), expensed=st.integers(0, 10**12), whole=st.integers(2, 500), data=st.data())
def test_the_parts_of_an_invoice_add_up_to_it(cost: int, expensed: int, whole: int, data: st.DataObject) -> None:
    day = date(2025, 1, 1)
    event = Equipment(
        id="r", at=None, equipment="r", cost_usd_micros=cost, acquired=day, placed_in_service=day,  # type: ignore[arg-type]  # no part asks when
        section_179_usd_micros=min(cost, expensed), quantity=whole,
    )  # fmt: skip
    some, rest = some_of(Rig(event, None), data.draw(st.integers(1, whole - 1)), "part")
    assert some.event.cost_usd_micros + rest.event.cost_usd_micros == cost
    assert some.event.section_179_usd_micros + rest.event.section_179_usd_micros == event.section_179_usd_micros
    assert some.event.pieces + rest.event.pieces == whole
    assert some.told == rest.told == "r"


# when it was acquired


@pytest.mark.parametrize(
    ("acquired", "placed", "rate"),
    [
        ("2016-05-01", "2025-03-01", 0),
        ("2017-09-27", "2025-03-01", 0),
        ("2017-09-27", "2020-01-01", 0),
        ("2017-09-27", "2019-12-31", 0.3),
        ("2017-09-27", "2018-06-01", 0.4),
        ("2017-09-28", "2018-06-01", 1),
        ("2017-09-28", "2025-03-01", 0.4),
        ("2025-01-19", "2025-03-01", 0.4),
        ("2025-01-20", "2025-03-01", 1),
    ],
)
def test_the_bonus_goes_by_the_day_of_the_contract_as_well(acquired: str, placed: str, rate: float) -> None:
    """Case 21: 26 U.S.C. 168(k)(8); P.L. 115-97 s.13201(h)(1): a card of 2016 in service in 2025 has none."""
    gpu = rigs("2000", placed, acquired=acquired, bonus="auto", quantity=1)
    told = year_of(ME, gpu, year=int(placed[:4]))
    (row,) = told.rows
    assert row.bonus_usd_micros == 2_000_000_000 * rate
    long = int(placed[:4]) - int(acquired[:4]) > 1
    assert ("equipment_long_unused" in codes(told)) == long
    assert "equipment_long_unused" not in codes(year_of(ME, gpu, year=int(placed[:4]) + 1))


def test_a_card_of_2016_has_its_macrs_alone() -> None:
    (row,) = year_of(ME, rigs("2000", acquired="2016-05-01", bonus="auto", quantity=1), year=2025).rows
    assert usd([row.bonus_usd_micros, row.macrs_usd_micros]) == [0, 400]


@pytest.mark.parametrize(("acquired", "asked"), [("2024-03-01", False), ("2024-02-29", True), ("2023-06-01", True)])
def test_what_waited_more_than_a_year_to_serve_is_asked_about(acquired: str, asked: bool) -> None:
    """Treas. Reg. 1.168(i)-4(b)(1)."""
    told = year_of(ME, rigs(acquired=acquired), year=2025)
    assert (codes(told) == ["equipment_long_unused"]) == asked


def test_what_was_bought_for_a_hobby_is_expensed_by_no_business() -> None:
    """26 U.S.C. 179(d)(1)(C)."""
    turn = {"kind": "profile", "id": "now", "at": "2025-07-01T00:00:00Z", "activity": "business"}
    thing = rigs("4000", "2025-07-02", acquired="2025-02-01", section_179_usd="4000", quantity=1)
    lines = (ME | {"activity": "hobby"}, turn, thing, receipt("r", "2025-08-01", "1", "90000"))
    made = liability(book_of(*lines), LAW, 2025)
    assert made.business.depreciation == 800
    assert "section_179_not_allowed" in [finding.code for finding in made.findings]

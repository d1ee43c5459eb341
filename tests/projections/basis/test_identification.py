"""A choice of lots counts where it was made before the disposal, and told to the broker where it must be."""

from __future__ import annotations

from typing import Any

import pytest

from lotwork.rules.load import Law
from tests.projections.house import book_of, codes, instant, receipt, sale, transfer

BROKER = {"kind": "wallet", "id": "w", "at": "2020-01-01T00:00:00Z", "wallet": "exchange", "custody": "broker"}


def lots_of(wallet: str) -> list[dict[str, Any]]:
    """Return an older lot that cost 100 and a younger one that cost 300."""
    return [receipt("old", "2024-01-01", "1", "100", wallet=wallet),
            receipt("dear", "2024-02-01", "1", "300", wallet=wallet)]  # fmt: skip


def order(at: str, since: str = "2025-01-01", **more: Any) -> dict[str, Any]:
    return {"kind": "election", "id": "e", "at": instant(at), "from": since, "method": "hifo"} | more


def selection(at: str, wallet: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "selection", "id": "x", "at": instant(at), "wallet": wallet, "asset": "BTC", "for": "s",
        "lots": [{"lot": "dear", "quantity": "0.5"}],
    } | more  # fmt: skip


@pytest.mark.parametrize(
    ("made", "lot", "told"),
    [
        ("2025-06-01T11:59:59Z", "dear", []),
        ("2025-06-01T12:00:00Z", "dear", []),
        ("2025-06-01T12:00:01Z", "old", ["order_late"]),
    ],
)
def test_an_order_elected_after_the_sale_does_not_govern_it(made: str, lot: str, told: list[str]) -> None:
    """Treas. Reg. 1.1012-1(j)(2): no later than the date and time of the sale, whatever day it is said to hold from."""
    book = book_of(*lots_of("cold"), order(made), sale("s", "2025-06-01", "0.5", "100"))
    assert [row.lot for row in book.gains.rows] == [lot]
    assert codes(book) == told


def test_before_2025_too_nothing_is_identified_after_the_sale() -> None:
    """IRS FAQ on virtual currency, A39-A41."""
    elected = order("2025-03-01", "2024-01-01")
    book = book_of(*lots_of("cold"), elected, sale("s", "2024-06-01", "0.5", "100"))
    assert [row.lot for row in book.gains.rows] == ["old"]
    assert codes(book) == ["order_late"]


def test_a_late_order_holds_from_when_it_was_made_and_is_told_of_once() -> None:
    sales = [sale(f"s{month}", f"2025-0{month}-01", "0.1", "100") for month in (3, 4, 6)]
    book = book_of(*lots_of("cold"), order("2025-05-01"), *sales)
    assert [row.lot for row in book.gains.rows] == ["old", "old", "dear"]
    assert codes(book) == ["order_late"]
    assert "s3" in book.told()[0].message


def test_a_late_order_leaves_the_one_before_it_in_force_and_unchanged_orders_are_not_told_of() -> None:
    first = order("2024-12-01") | {"id": "first"}
    book = book_of(*lots_of("cold"), first, order("2025-07-01", "2025-02-01"), sale("s", "2025-06-01", "0.5", "100"))
    assert ([row.lot for row in book.gains.rows], codes(book)) == (["dear"], [])


@pytest.mark.parametrize(("at", "lot"), [("2026-12-31T23:59:59Z", "dear"), ("2027-01-01T00:00:00Z", "old")])
@pytest.mark.parametrize("how", ["selection", "order", "sale"])
def test_own_books_suffice_for_units_at_a_broker_until_the_end_of_2026(at: str, lot: str, how: str) -> None:
    """Notice 2025-7, extended by Notice 2026-20; then Treas. Reg. 1.1012-1(j)(3)(ii)."""
    sold = sale("s", at, "0.5", "100", wallet="exchange")
    chosen = selection("2025-02-01", "exchange")
    told = {
        "selection": [chosen, sold],
        "order": [order("2025-02-01"), sold],
        "sale": [sold | {"lots": chosen["lots"]}],
    }
    book = book_of(BROKER, *lots_of("exchange"), *told[how], years=(2026, 2027))
    code = "order_not_with_broker" if how == "order" else "lots_not_told_to_broker"
    assert [row.lot for row in book.gains.rows] == [lot]
    assert codes(book) == ([] if lot == "dear" else [code])


@pytest.mark.parametrize("how", [selection("2026-12-01", "exchange"), order("2026-12-01")])
def test_what_the_broker_was_told_holds_from_2027_on(how: dict[str, Any]) -> None:
    sold = sale("s", "2027-01-01", "0.5", "100", wallet="exchange")
    book = book_of(BROKER, *lots_of("exchange"), how | {"with_broker": True}, sold, years=(2027,))
    assert ([row.lot for row in book.gains.rows], codes(book)) == (["dear"], [])


def test_the_finding_names_the_event_the_law_and_what_to_do() -> None:
    sold = sale("s", "2027-01-01", "0.5", "100", wallet="exchange")
    (finding,) = book_of(BROKER, *lots_of("exchange"), selection("2026-12-01", "exchange"), sold).told()
    assert finding.event == "x"
    for word in ("s", "exchange", "1.1012-1(j)(3)(ii)", "2026-20", "with_broker", "FIFO"):
        assert word in finding.message


def test_a_wallet_of_ones_own_never_needs_a_broker() -> None:
    book = book_of(
        *lots_of("cold"), selection("2026-12-01", "cold"), sale("s", "2027-01-01", "0.5", "100"), years=(2027,)
    )
    assert ([row.lot for row in book.gains.rows], codes(book)) == (["dear"], [])


def test_fifo_needs_no_telling() -> None:
    first_in = order("2026-12-01", method="fifo")
    book = book_of(BROKER, *lots_of("exchange"), first_in, sale("s", "2027-01-01", "0.5", "9", wallet="exchange"))
    assert codes(book) == []


def test_units_moved_away_from_a_broker_are_identified_as_those_sold_there() -> None:
    """Treas. Reg. 1.1012-1(j), "Sale, disposition, or transfer of digital assets"."""
    moved = transfer("s", "2027-02-01", "0.5", "exchange", "cold")
    book = book_of(BROKER, *lots_of("exchange"), selection("2026-12-01", "exchange"), moved)
    assert {lot.lot for lot in book.open_lots() if lot.wallet == "cold"} == {"old"}
    assert codes(book) == ["lots_not_told_to_broker"]


def test_a_selection_for_the_next_sale_is_used_up_where_it_does_not_count() -> None:
    chosen = selection("2026-12-01", "exchange")
    del chosen["for"]
    sold = [sale(f"s{n}", f"2027-01-0{n}", "0.25", "100", wallet="exchange") for n in (1, 2)]
    book = book_of(BROKER, *lots_of("exchange"), chosen, *sold, years=(2027,))
    assert ([row.lot for row in book.gains.rows], codes(book)) == (["old", "old"], ["lots_not_told_to_broker"])


def test_another_year_of_relief_is_one_rule_away() -> None:
    longer = {
        "kind": "rule", "id": "r", "at": "2026-12-01T00:00:00Z", "figure": "us/basis/own_books_relief",
        "from": "2027-01-01", "value": ["2025-01-01", "2027-12-31"], "cite": "a notice to come", "reason": "what if",
    }  # fmt: skip
    sold = sale("s", "2027-01-01", "0.5", "100", wallet="exchange")
    book = book_of(BROKER, *lots_of("exchange"), longer, order("2026-12-01"), sold, years=(2027,))
    assert ([row.lot for row in book.gains.rows], codes(book)) == (["dear"], [])
    assert Law.load().figure("us/basis/own_books_relief", book.gains.rows[0].sold).days()[1].year == 2026


@pytest.mark.parametrize(("told", "lot"), [({}, "old"), ({"with_broker": True}, "dear")])
def test_shares_at_a_broker_were_always_identified_to_the_broker(told: dict[str, bool], lot: str) -> None:
    """Treas. Reg. 1.1012-1(c)(3): Notices 2025-7 and 2026-20 speak of digital assets."""
    fund = {"kind": "asset", "id": "f", "at": "2024-01-01T00:00:00Z", "asset": "FUND", "decimals": 1}
    bought = [
        {"kind": "purchase", "id": name, "at": f"2025-0{month}-01T12:00:00Z", "wallet": "exchange", "asset": "FUND",
         "quantity": "1", "cost_usd": cost}
        for name, month, cost in (("old", 1, "100"), ("dear", 3, "300"))
    ]  # fmt: skip
    chosen = selection("2025-04-01", "exchange", asset="FUND", **told)
    sold = sale("s", "2025-06-01", "0.5", "400", wallet="exchange", asset="FUND")
    book = book_of(BROKER, fund | {"class": "security"}, *bought, chosen, sold)
    assert [row.lot for row in book.gains.rows] == [lot]
    assert codes(book) == ([] if told else ["lots_not_told_to_broker"])

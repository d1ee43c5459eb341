"""Forms 1099-DA against the ledger: each difference in words, its box, its code and its adjustment.

Codes and columns: Instructions for Form 8949 (2025), "How To Complete Form 8949, Columns (f) and (g)".
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.projections.reconcile.broker.differences import Entry, Pair
from lotwork.projections.reconcile.broker.year import BrokerYear, broker_year
from lotwork.rules.load import Law
from tests.projections.house import book_of, instant, receipt, sale, transfer

LAW = Law.load()
BROKER = {"kind": "wallet", "id": "w", "at": "2020-01-01T00:00:00Z", "wallet": "kraken", "custody": "broker"}


def bought(name: str, at: str, quantity: str, cost: str, **more: Any) -> dict[str, Any]:
    return {"kind": "purchase", "id": name, "at": instant(at), "wallet": "kraken", "asset": "BTC",
            "quantity": quantity, "cost_usd": cost} | more  # fmt: skip


def sold(name: str, at: str, quantity: str, proceeds: str, **more: Any) -> dict[str, Any]:
    return sale(name, at, quantity, proceeds, wallet="kraken", **more)


def told(name: str, day: str, quantity: str, proceeds: str, **more: Any) -> dict[str, Any]:
    return {"kind": "broker_report", "id": name, "at": "2027-02-01T00:00:00Z", "wallet": "kraken", "asset": "BTC",
            "quantity": quantity, "proceeds_usd": proceeds, "sold": day} | more  # fmt: skip


def reconciled(*lines: dict[str, Any], year: int = 2026) -> BrokerYear:
    return broker_year(book_of(BROKER, *lines, years=(2024, 2025, 2026, 2027)), LAW, year)


def only(result: BrokerYear) -> Pair:
    (pair,) = result.pairs
    assert not result.only_broker
    assert not result.only_ledger
    return pair


def entry(pair: Pair) -> Entry:
    (row,) = pair.entries
    return row


def why(pair: Pair, what: str) -> str:
    (found,) = (each.why for each in pair.differences if each.what == what)
    return found


def codes(result: BrokerYear) -> list[str]:
    return [finding.code for finding in result.findings]


def test_a_covered_sale_that_both_tell_alike_goes_in_box_g_without_an_adjustment() -> None:
    result = reconciled(
        bought("b", "2026-01-10", "1", "1000"),
        sold("s", "2026-03-01", "1", "1500"),
        told("l", "2026-03-01", "1", "1500", basis_usd="1000", covered=True, acquired="2026-01-10"),
    )
    pair = only(result)
    assert (pair.status, pair.differences) == ("matched", ())
    row = entry(pair)
    assert (row.box, row.codes, row.adjustment, row.gain) == ("G", "", 0, 500_000_000)
    assert not result.findings


def test_a_sale_of_2025_is_told_without_basis_as_the_law_has_it() -> None:
    result = reconciled(
        bought("b", "2024-01-10", "1", "1000"),
        sold("s", "2025-03-01", "1", "1500"),
        told("l", "2025-03-01", "1", "1500", covered=False),
        year=2025,
    )
    pair = only(result)
    assert (pair.status, entry(pair).box, entry(pair).codes) == ("matched", "K", "")
    assert "before 2026-01-01" in why(pair, "basis")
    assert not result.findings


def test_a_fee_the_broker_did_not_net_is_code_e() -> None:
    pair = only(
        reconciled(
            bought("b", "2026-01-10", "1", "1000"),
            sold("s", "2026-03-01", "1", "1500", fee_usd="12.50"),
            told("l", "2026-03-01", "1", "1500", basis_usd="1000", covered=True),
        )
    )
    row = entry(pair)
    assert (pair.status, row.proceeds, row.codes, row.adjustment) == ("differs", 1_500_000_000, "E", -12_500_000)
    assert row.gain == 487_500_000
    assert "before the fee of 12.50" in why(pair, "proceeds")


def test_a_wrong_basis_is_code_b_with_the_brokers_basis_entered_where_the_irs_has_it() -> None:
    """Box G or J: "enter the basis shown ... even though that basis is incorrect. Correct the error ... in (g)"."""
    result = reconciled(
        bought("b", "2026-01-10", "1", "1000", fee_usd="20"),
        sold("s", "2026-03-01", "1", "1500"),
        told("l", "2026-03-01", "1", "1500", basis_usd="1000", covered=True),
    )
    row = entry(only(result))
    assert (row.box, row.basis, row.codes, row.adjustment) == ("G", 1_000_000_000, "B", -20_000_000)
    assert row.gain == 480_000_000
    assert "leaves the fee of 20.00" in why(only(result), "basis")
    assert not result.findings


def test_a_wrong_basis_the_irs_does_not_have_is_code_b_with_an_adjustment_of_0() -> None:
    """Box H or K: "enter the correct basis in column (e), and enter -0- in column (g)"."""
    row = entry(
        only(
            reconciled(
                bought("b", "2025-06-10", "1", "1000"),
                sold("s", "2026-03-01", "1", "1500"),
                told("l", "2026-03-01", "1", "1500", basis_usd="700", covered=False),
            )
        )
    )
    assert (row.box, row.basis, row.codes, row.adjustment, row.gain) == ("H", 1_000_000_000, "B", 0, 500_000_000)


def test_coins_transferred_in_have_no_basis_at_the_broker() -> None:
    result = reconciled(
        receipt("r", "2026-01-10", "1", "1000"),
        transfer("t", "2026-02-01", "1", "cold", "kraken"),
        sold("s", "2026-03-01", "1", "1500"),
        told("l", "2026-03-01", "1", "1500", covered=False),
    )
    pair = only(result)
    assert (pair.status, entry(pair).box) == ("matched", "H")
    assert "transferred in" in why(pair, "basis")
    assert not result.findings


def test_a_covered_lot_without_a_basis_is_a_finding() -> None:
    result = reconciled(
        bought("b", "2026-01-10", "1", "1000"),
        sold("s", "2026-03-01", "1", "1500"),
        told("l", "2026-03-01", "1", "1500", covered=False),
    )
    assert codes(result) == ["broker_basis_differs", "broker_box_differs"]
    assert entry(only(result)).box == "H"
    assert "enter the box the form shows" in why(only(result), "box")


def test_a_basis_told_for_coins_the_ledger_holds_not_to_be_covered_is_a_finding() -> None:
    result = reconciled(
        receipt("r", "2025-01-10", "1", "1000"),
        transfer("t", "2026-02-01", "1", "cold", "kraken"),
        sold("s", "2026-03-01", "1", "1500"),
        told("l", "2026-03-01", "1", "1500", basis_usd="0", covered=True),
    )
    row = entry(only(result))
    assert codes(result) == ["broker_box_differs"]
    assert (row.box, row.basis, row.codes, row.adjustment) == ("J", 0, "B", -1_000_000_000)
    assert row.gain == 500_000_000


def test_a_day_in_utc_is_explained_unless_it_is_in_another_year() -> None:
    zone = {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "time_zone": "America/New_York"}
    evening = (bought("b", "2025-12-01", "2", "1000"), sold("s", "2026-03-02T01:00:00Z", "1", "1500"))
    pair = only(reconciled(zone, *evening, told("l", "2026-03-02", "1", "1500", covered=False)))
    assert (pair.status, [each.settled for each in pair.differences]) == ("differs", ["expected", "explained"])
    assert "UTC" in why(pair, "date")
    silvester = sold("z", "2027-01-01T01:00:00Z", "1", "1500")
    late = told("m", "2027-01-01", "1", "1500", covered=False)
    for year in (2026, 2027):
        result = reconciled(zone, evening[0], silvester, late, year=year)
        assert codes(result) == ["broker_date_differs"]
        assert "another year" in why(only(result), "date")


def test_a_cent_is_rounding() -> None:
    pair = only(
        reconciled(
            bought("b", "2026-01-10", "1", "1000.004"),
            sold("s", "2026-03-01", "1", "1500.004999"),
            told("l", "2026-03-01", "1", "1500.00", basis_usd="1000.00", covered=True),
        )
    )
    assert (pair.status, [each.settled for each in pair.differences]) == ("matched", ["rounding", "rounding"])
    assert (entry(pair).codes, entry(pair).adjustment) == ("", 0)


def test_lots_the_broker_was_not_told_of_explain_its_basis_and_term() -> None:
    """Own books hold until 2026-12-31 (Notice 2025-7, extended by Notice 2026-20)."""
    result = reconciled(
        bought("old", "2025-01-10", "1", "400"),
        bought("new", "2026-01-10", "1", "1000"),
        sold("s", "2026-03-01", "1", "1500", lots=[{"lot": "new", "quantity": "1"}]),
        told("l", "2026-03-01", "1", "1500", basis_usd="400", covered=False, acquired="2025-01-10"),
    )
    pair = only(result)
    assert "did not tell the broker" in why(pair, "basis")
    assert "did not tell the broker" in why(pair, "term")
    assert (entry(pair).box, entry(pair).codes, entry(pair).adjustment) == ("H", "BT", 0)
    assert codes(result) == ["broker_box_differs"]


def test_lots_chosen_for_the_next_sale_explain_it_too_unless_the_broker_was_told() -> None:
    lines = (
        bought("old", "2026-01-10", "1", "400"),
        bought("new", "2026-01-11", "1", "1000"),
        sold("s", "2026-03-01", "1", "1500"),
        told("l", "2026-03-01", "1", "1500", basis_usd="400", covered=True),
    )
    chosen = {"kind": "selection", "id": "c", "at": "2026-02-01T00:00:00Z", "wallet": "kraken", "asset": "BTC",
              "lots": [{"lot": "new", "quantity": "1"}]}  # fmt: skip
    assert "did not tell the broker" in why(only(reconciled(chosen, *lines)), "basis")
    assert codes(reconciled(chosen | {"with_broker": True}, *lines)) == ["broker_basis_differs"]


def test_another_order_than_first_in_first_out_explains_the_brokers_basis() -> None:
    hifo = {"kind": "election", "id": "e", "at": "2026-01-01T00:00:00Z", "from": "2026-01-01", "method": "hifo"}
    lines = (
        bought("a", "2026-01-10", "1", "400"),
        bought("b", "2026-01-11", "1", "1000"),
        sold("s", "2026-03-01", "1", "1500"),
        told("l", "2026-03-01", "1", "1500", basis_usd="400", covered=True, acquired="2026-01-10"),
    )
    result = reconciled(hifo, *lines)
    assert "hifo" in why(only(result), "basis")
    assert (entry(only(result)).codes, entry(only(result)).adjustment) == ("B", -600_000_000)
    assert not result.findings
    assert codes(reconciled(*lines)) == []
    assert codes(reconciled(hifo | {"with_broker": True}, *lines)) == ["broker_basis_differs"]


def test_one_line_over_two_terms_is_entered_in_two_parts() -> None:
    pair = only(
        reconciled(
            bought("old", "2024-01-10", "1", "400"),
            bought("new", "2025-12-10", "3", "3000"),
            sold("s", "2026-03-01", "4", "6000", fee_usd="8"),
            told("l", "2026-03-01", "4", "6000", covered=False),
        )
    )
    short, long = pair.entries
    assert (short.box, short.term, short.proceeds, short.adjustment) == ("H", "short", 4_500_000_000, -6_000_000)
    assert (long.box, long.term, long.proceeds, long.adjustment) == ("K", "long", 1_500_000_000, -2_000_000)
    assert short.gain + long.gain == 6_000_000_000 - 8_000_000 - 3_400_000_000


def test_a_broker_that_tells_lot_by_lot_is_matched_lot_by_lot() -> None:
    result = reconciled(
        bought("old", "2024-01-10", "1", "400"),
        bought("new", "2025-12-10", "3", "3000"),
        sold("s", "2026-03-01", "4", "6000"),
        told("l1", "2026-03-01", "3", "4500", covered=False, acquired="2025-12-10"),
        told("l2", "2026-03-01", "1", "1500", covered=False, acquired="2024-01-10"),
    )
    assert {(pair.lines[0].id, pair.rows[0].lot, entry(pair).box) for pair in result.pairs} == {
        ("l1", "new", "H"),
        ("l2", "old", "K"),
    }
    assert not result.findings


def test_what_only_one_side_tells_is_a_finding() -> None:
    result = reconciled(
        bought("b", "2025-01-10", "5", "1000"),
        sold("s", "2026-03-01", "1", "1500"),
        sold("t", "2026-05-01", "1", "1700"),
        told("l", "2026-03-01", "1", "1500", covered=False),
        told("m", "2026-09-01", "2", "9000", covered=False),
    )
    assert codes(result) == ["broker_reports_more", "broker_missing_line"]
    assert result.findings[0].event == "m"
    assert "2.00000000 BTC" in result.findings[0].message
    assert [row.box for row in result.entries] == ["K", "L"]


def test_a_broker_whose_form_is_not_here_is_one_finding() -> None:
    sales = [sold(f"s{n}", "2026-03-01", "1", "1500") for n in range(3)]
    result = reconciled(bought("b", "2025-01-10", "5", "1000"), *sales)
    assert codes(result) == ["broker_report_missing"]
    assert "sold 3 times in 2026" in result.findings[0].message


def test_coins_spent_at_a_broker_are_no_sale_it_reports() -> None:
    result = reconciled(
        bought("b", "2025-01-10", "5", "1000"), sold("s", "2026-03-01", "1", "1500", disposition="spent")
    )
    assert not result.findings
    assert [row.box for row in result.entries] == ["L"]


def test_a_fee_that_only_the_broker_took_off_is_asked_for() -> None:
    result = reconciled(
        bought("b", "2025-01-10", "5", "1000"),
        sold("s", "2026-03-01", "1", "1500"),
        told("l", "2026-03-01", "1", "1490", covered=False),
    )
    assert codes(result) == ["broker_proceeds_differ"]
    assert "correct the sale with fee_usd" in result.findings[0].message
    assert (entry(only(result)).codes, entry(only(result)).adjustment) == ("O", 10_000_000)


def test_coins_received_at_the_broker_since_2026_are_not_covered() -> None:
    result = reconciled(
        receipt("r", "2026-01-10", "1", "1000", wallet="kraken"),
        sold("s", "2026-03-01", "1", "1500"),
        told("l", "2026-03-01", "1", "1500", covered=False),
    )
    assert (only(result).status, codes(result)) == ("matched", [])
    assert "received, not bought" in why(only(result), "basis")


def test_another_lot_than_the_first_in_the_brokers_account_is_a_finding() -> None:
    result = reconciled(
        bought("b", "2026-01-10", "1", "1000"),
        sold("s", "2026-03-01", "1", "1500"),
        told("l", "2026-03-01", "1", "1500", basis_usd="900", covered=True, acquired="2026-01-20"),
    )
    assert codes(result) == ["broker_basis_differs"]
    assert "the broker took lots of 2026-01-20" in result.findings[0].message


def test_from_2027_a_choice_the_broker_was_not_told_of_is_a_finding() -> None:
    """Notice 2025-7 and Notice 2026-20 end with 2026: from then on the broker has to be told."""
    result = reconciled(
        bought("old", "2026-01-10", "1", "400"),
        bought("new", "2026-01-11", "1", "1000"),
        sold("s", "2027-03-01", "1", "1500", lots=[{"lot": "new", "quantity": "1"}]),
        told("l", "2027-03-01", "1", "1500", basis_usd="500", covered=True),
        year=2027,
    )
    assert codes(result) == ["broker_basis_differs"]
    assert "after 2026-12-31 it has to be told" in result.findings[0].message


def test_a_line_of_a_wallet_that_no_broker_is_said_to_keep_is_matched_and_told() -> None:
    result = broker_year(
        book_of(
            bought("b", "2025-01-10", "5", "1000"),
            sold("s", "2026-03-01", "1", "1500"),
            told("l", "2026-03-01", "1", "1500", covered=False),
        ),
        LAW,
        2026,
    )
    assert codes(result) == ["broker_box_differs"]
    assert "custody=broker" in result.findings[0].message
    assert entry(only(result)).box == "K"


def test_a_different_quantity_is_told_and_corrected_with_code_o() -> None:
    result = reconciled(
        bought("b", "2025-01-10", "5", "1000"),
        sold("s", "2026-03-01", "1", "1500"),
        told("l", "2026-03-01", "0.9", "1350", covered=False),
    )
    assert codes(result) == ["broker_proceeds_differ", "broker_quantity_differs"]
    row = entry(only(result))
    assert (row.codes, row.adjustment, row.gain) == ("O", 150_000_000, 1_300_000_000)


MONEY = st.integers(1, 10**6).map(lambda cents: f"{cents // 100}.{cents % 100:02}")
SALES = st.lists(
    st.tuples(st.integers(1, 4), MONEY, st.integers(0, 50), st.booleans(), st.one_of(st.none(), MONEY)),
    min_size=1,
    max_size=5,
)


@given(SALES, st.lists(MONEY, min_size=2, max_size=3))
def test_what_is_entered_comes_to_the_ledgers_gain_and_to_the_brokers_proceeds(
    sales: list[tuple[int, str, int, bool, str | None]], costs: list[str]
) -> None:
    """Column (h) of every matched row is the ledger's gain, to the cent a line that is rounding."""
    events = [bought(f"b{n}", f"202{4 + n}-01-05", "9", cost) for n, cost in enumerate(costs)]
    for n, (quantity, proceeds, fee, netted, basis) in enumerate(sales):
        net = fee if netted else 0
        shown = f"{int(proceeds.replace('.', '')) + 10_000 - net}"
        more = {} if basis is None else {"basis_usd": basis, "covered": True}
        gross = f"{int(proceeds.replace('.', '')) + 10_000}"
        events.append(
            sold(f"s{n}", f"2026-03-0{n + 1}", str(quantity), f"{gross[:-2]}.{gross[-2:]}", fee_usd=f"0.{fee:02}")
        )
        events.append(told(f"l{n}", f"2026-03-0{n + 1}", str(quantity), f"{shown[:-2]}.{shown[-2:]}", **more))
    result = reconciled(*events)
    cent = 10_000
    for pair in result.pairs:
        gain = sum(row.gain_usd_micros for row in pair.rows)
        assert abs(sum(row.gain for row in pair.entries) - gain) <= 2 * cent * len(pair.lines)
        assert sum(row.proceeds for row in pair.entries) == sum(line.proceeds_usd_micros for line in pair.lines)
    covered, not_covered = result.told["covered"], result.told["not_covered"]
    assert covered[1] + not_covered[1] == sum(
        line.proceeds_usd_micros for pair in result.pairs for line in pair.lines
    ) + sum(line.proceeds_usd_micros for line in result.only_broker)


@pytest.mark.parametrize("year", [2024, 2025])
def test_a_year_without_forms_and_sales_has_nothing_to_say(year: int) -> None:
    result = reconciled(year=year)
    assert (result.pairs, result.findings, result.by_box) == ((), (), {})

"""Coins given and inherited: two bases, the giver's time, and a place in the order (26 U.S.C. 1014, 1015, 1223)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.projections.gains import TermTotal
from tests.projections.house import book_of, codes, instant, receipt, sale, transfer

USD = 1_000_000


def gift(name: str, at: str, quantity: str, **facts: Any) -> dict[str, Any]:
    line = {"kind": "gift", "id": name, "at": instant(at), "wallet": "cold", "asset": "BTC", "quantity": quantity}
    return line | facts


BLACK_ACRE = {"donor_basis_usd": "10000", "fair_value_usd": "8000", "donor_acquired": "2021-03-01"}
"""Pub. 551 (12-2024), "Property received as a gift": the giver's basis is 10,000, the value at the gift 8,000."""


@pytest.mark.parametrize(
    ("proceeds", "basis", "gain", "used"),
    [
        ("12000", 10_000, 2_000, "gain"),
        ("10000", 10_000, 0, "gain"),
        ("9000", 9_000, 0, "neither"),
        ("8000", 8_000, 0, "neither"),
        ("7000", 8_000, -1_000, "loss"),
    ],
)
def test_a_gift_worth_less_than_it_cost_has_two_bases_and_between_them_neither_gain_nor_loss(
    proceeds: str, basis: int, gain: int, used: str
) -> None:
    """Pub. 551, "FMV less than donor's adjusted basis"; IRS FAQ on virtual currency, A32; Reg. 1.1015-1(a)(2)."""
    book = book_of(gift("g", "2025-02-01", "1", **BLACK_ACRE), sale("s", "2025-06-01", "1", proceeds))
    (row,) = book.gains.rows
    assert (row.basis_usd_micros, row.gain_usd_micros, row.basis_used) == (basis * USD, gain * USD, used)
    assert book.gains.total(2025, row.term) == TermTotal(int(proceeds) * USD, basis * USD)
    assert codes(book) == []


def test_the_statutes_own_example_sells_between_the_bases() -> None:
    """Treas. Reg. 1.1015-1(a)(2), Example: basis 100,000, value at the gift 90,000, sold for 95,000: neither."""
    facts = {"donor_basis_usd": "100000", "fair_value_usd": "90000", "donor_acquired": "2020-01-01"}
    (row,) = book_of(gift("g", "2025-02-01", "1", **facts), sale("s", "2025-06-01", "1", "95000")).gains.rows
    assert row.gain_usd_micros == 0


def test_the_givers_time_goes_with_the_givers_basis_and_with_no_other() -> None:
    """26 U.S.C. 1223(2); where the value at the gift counts, time begins the day after the gift (Pub. 550)."""
    given_ = gift("g", "2025-02-01", "3", **BLACK_ACRE | {"donor_basis_usd": "30000", "fair_value_usd": "24000"})
    book = book_of(given_, sale("up", "2025-06-01", "1", "12000"), sale("down", "2025-06-01", "1", "7000"))
    assert [(row.term, row.acquired) for row in book.gains.rows] == [
        ("long", date(2021, 3, 1)), ("short", date(2025, 2, 1)),
    ]  # fmt: skip


@pytest.mark.parametrize(("at", "term"), [("2026-02-01", "short"), ("2026-02-02", "long")])
def test_a_loss_on_a_gift_is_long_more_than_a_year_after_the_gift(at: str, term: str) -> None:
    (row,) = book_of(gift("g", "2025-02-01", "1", **BLACK_ACRE), sale("s", at, "1", "7000")).gains.rows
    assert (row.term, row.basis_used) == (term, "loss")


def test_gift_tax_on_the_appreciation_adds_to_the_basis_up_to_the_value() -> None:
    """26 U.S.C. 1015(d)(1), (6)."""
    facts = {"donor_basis_usd": "20000", "fair_value_usd": "50000", "donor_acquired": "2021-03-01"}
    for tax, basis in (("7320", 27_320), ("40000", 50_000)):
        book = book_of(gift("g", "2025-02-01", "1", **facts, gift_tax_usd=tax))
        (lot,) = book.open_lots()
        assert (lot.basis_usd_micros, lot.loss_basis_usd_micros) == (basis * USD, None)


def test_no_appreciation_no_gift_tax_in_the_basis() -> None:
    (lot,) = book_of(gift("g", "2025-02-01", "1", **BLACK_ACRE, gift_tax_usd="900")).open_lots()
    assert (lot.basis_usd_micros, lot.loss_basis_usd_micros) == (10_000 * USD, 8_000 * USD)


def test_what_is_inherited_has_its_value_at_death_and_is_long_from_the_first_day() -> None:
    """26 U.S.C. 1014(a), 1223(9)."""
    inherited = gift("g", "2025-02-01", "1", how="inheritance", fair_value_usd="60000")
    book = book_of(inherited, sale("s", "2025-02-02", "1", "59000"))
    (row,) = book.gains.rows
    assert (row.term, row.gain_usd_micros, row.how) == ("long", -1_000 * USD, "inheritance")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, ["gift_basis_unknown", "gift_date_unknown"]),
        ({"fair_value_usd": "5"}, ["gift_basis_unknown", "gift_date_unknown"]),
        ({"donor_basis_usd": "5", "donor_acquired": "2020-01-01"}, ["gift_value_unknown"]),
        ({"donor_basis_usd": "5", "fair_value_usd": "9"}, ["gift_date_unknown"]),
        ({"donor_basis_usd": "5", "fair_value_usd": "9", "donor_acquired": "2025-02-02"}, ["gift_date_unknown"]),
        ({"how": "inheritance"}, ["gift_basis_unknown"]),
    ],
)
def test_what_is_not_known_of_a_gift_is_a_finding(facts: dict[str, str], expected: list[str]) -> None:
    assert sorted(codes(book_of(gift("g", "2025-02-01", "1", **facts)))) == expected


def test_a_gift_whose_cost_is_not_known_has_basis_0_and_says_so() -> None:
    book = book_of(gift("g", "2025-02-01", "1"), sale("s", "2025-06-01", "0.5", "100"))
    (row,), (lot,) = book.gains.rows, book.open_lots()
    assert (row.basis_usd_micros, row.basis_known, lot.basis_known) == (0, False, False)


def test_a_sale_below_the_givers_basis_shows_no_loss_while_the_value_is_not_known() -> None:
    facts = {"donor_basis_usd": "10000", "donor_acquired": "2020-01-01"}
    (row,) = book_of(gift("g", "2025-02-01", "1", **facts), sale("s", "2025-06-01", "1", "7000")).gains.rows
    assert (row.gain_usd_micros, row.basis_used) == (0, "neither")


def test_first_in_first_out_asks_when_the_giver_acquired_a_gift() -> None:
    """Treas. Reg. 1.1012-1(j)(3)(i): when the unit was acquired, not when it came into the wallet."""
    facts = {"donor_basis_usd": "5", "fair_value_usd": "9"}
    book = book_of(
        receipt("before", "2024-01-01", "1"),
        receipt("same-day", "2024-06-01", "1"),
        receipt("after", "2024-06-02", "1"),
        gift("g", "2025-02-01", "1", **facts, donor_acquired="2024-06-01"),
        receipt("last", "2025-03-01", "1"),
        sale("s", "2025-06-01", "5", "100"),
    )
    assert [row.lot for row in book.gains.rows] == ["before", "same-day", "g", "after", "last"]


def test_a_gift_given_twice_over_keeps_its_order_among_gifts() -> None:
    facts = {"donor_basis_usd": "5", "fair_value_usd": "9"}
    lines = [gift(f"g{day}", "2025-02-01", "1", **facts, donor_acquired=f"2024-06-0{day}") for day in (3, 1, 2)]
    book = book_of(*lines, sale("s", "2025-06-01", "3", "100"))
    assert [row.lot for row in book.gains.rows] == ["g1", "g2", "g3"]


def test_a_transfer_carries_both_bases_and_the_givers_time_split_exactly() -> None:
    facts = {"donor_basis_usd": "0.000007", "fair_value_usd": "0.000005", "donor_acquired": "2021-03-01"}
    lines = [gift("g", "2025-02-01", "0.00000003", **facts)]
    lines += [transfer(f"t{n}", f"2025-03-0{n}", "0.00000001", "cold", "hot") for n in (1, 2)]
    lots = book_of(*lines).open_lots()
    assert [(lot.wallet, lot.quantity) for lot in lots] == [("cold", 1), ("hot", 2)]
    assert sum(lot.basis_usd_micros for lot in lots) == 7
    assert sum(lot.loss_basis_usd_micros or 0 for lot in lots) == 5
    assert {lot.acquired for lot in lots} == {date(2021, 3, 1)}


def test_a_gift_before_2025_is_allocated_with_both_bases() -> None:
    book = book_of(gift("g", "2024-02-01", "1", **BLACK_ACRE), receipt("r", "2025-01-05", "1"))
    lots = {lot.lot: lot for lot in book.open_lots()}
    assert (lots["g"].wallet, lots["g"].loss_basis_usd_micros) == ("cold", 8_000 * USD)
    preview = book_of(gift("g", "2024-02-01", "1", **BLACK_ACRE))
    assert preview.open_lots() == preview.open_lots(), "looking takes nothing"


def test_a_gift_is_no_income_and_is_in_the_balance() -> None:
    """26 U.S.C. 102; IRS FAQ on virtual currency, A31."""
    balance = {"kind": "balance", "id": "b", "at": instant("2025-03-01"), "wallet": "cold", "asset": "BTC"}
    book = book_of(gift("g", "2025-02-01", "1", **BLACK_ACRE), balance | {"quantity": "1"})
    assert (dict(book.income.totals), codes(book)) == ({}, [])


amounts = st.integers(1, 1_000_000)


def money(micros: int) -> str:
    return f"{micros // USD}.{micros % USD:06}"


@settings(max_examples=80)
@given(st.integers(1, 9), amounts, amounts, st.lists(st.tuples(st.sampled_from("ts"), st.integers(1, 4)), max_size=6))
def test_both_bases_are_conserved_whatever_is_moved_and_given_on(
    sats: int, donor: int, value: int, steps: list[tuple[str, int]]
) -> None:
    facts = {"donor_basis_usd": money(donor), "fair_value_usd": money(value), "donor_acquired": "2021-03-01"}
    lines: list[Mapping[str, Any]] = [gift("g", "2025-02-01", f"0.0000000{sats}", **facts)]
    for number, (kind, part) in enumerate(steps):
        at, quantity = f"2025-03-{number + 1:02}", f"0.0000000{part}"
        lines.append(
            transfer(f"t{number}", at, quantity, "cold", "hot")
            if kind == "t"
            else sale(f"s{number}", at, quantity, "0", disposition="gift")
        )
    book = book_of(*lines)
    left = sum(removed.basis_usd_micros for removed in book.gains.removals)
    assert left + sum(lot.basis_usd_micros for lot in book.open_lots()) == donor
    if value < donor and not left:
        assert sum(lot.loss_basis_usd_micros or 0 for lot in book.open_lots()) == value

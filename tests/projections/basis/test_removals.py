"""Coins that left without a sale: what a return makes of a gift, a donation, a loss and a theft."""

from __future__ import annotations

from typing import Any

import pytest

from tests.projections.house import book_of, codes, receipt, sale

USD = 1_000_000
HELD = receipt("r", "2024-06-01", "1", "10000")


def left(
    disposition: str, at: str = "2025-09-01", value: str = "0", quantity: str = "0.5", **more: Any
) -> dict[str, Any]:
    return sale("s", at, quantity, value, disposition=disposition, **more)


@pytest.mark.parametrize(
    ("at", "value", "deduction"),
    [
        ("2025-06-02", "4000", 4_000),
        ("2025-06-01", "4000", 4_000),
        ("2025-06-02", "5001", 5_001),
        ("2025-06-01", "5001", 5_000),
    ],
)
def test_a_donation_deducts_the_value_of_what_was_held_more_than_a_year_else_no_more_than_the_basis(
    at: str, value: str, deduction: int
) -> None:
    """26 U.S.C. 170(e)(1)(A); IRS FAQ on virtual currency, A36 (A35 of Notice 2014-21's FAQ for donations)."""
    (removed,) = book_of(HELD, left("donated", at, value)).gains.removals
    assert (removed.deduction_usd_micros, removed.form) == (deduction * USD, "Schedule A, Form 8283")
    assert (removed.fair_value_usd_micros, removed.basis_usd_micros) == (int(value) * USD, 5_000 * USD)


@pytest.mark.parametrize(("value", "told"), [("5000", []), ("5000.000001", ["donation_needs_appraisal"])])
def test_a_donation_above_5000_needs_an_appraisal(value: str, told: list[str]) -> None:
    """26 U.S.C. 170(f)(11)(C): "more than $5,000"; CCA 202302012: an exchange's price does not stand in for it."""
    assert codes(book_of(HELD, left("donated", "2025-06-02", value))) == told


def test_donations_of_one_coin_in_a_year_count_together_and_are_told_of_once() -> None:
    """26 U.S.C. 170(f)(11)(F): "similar items of property"."""
    gifts = [sale(f"s{n}", f"2025-0{n}-01", "0.1", "3000", disposition="donated") for n in (6, 7, 8)]
    book = book_of(receipt("r", "2023-06-01", "1"), *gifts)
    assert [(finding.code, finding.event) for finding in book.told()] == [("donation_needs_appraisal", "s7")]
    other = gifts[1] | {"at": "2026-07-01T12:00:00Z"}
    assert codes(book_of(receipt("r", "2023-06-01", "1"), gifts[0], other)) == []


@pytest.mark.parametrize(
    ("year", "value", "told"),
    [
        ("2023", "17000", []), ("2023", "17000.01", ["gift_over_exclusion"]),
        ("2024", "18000", []), ("2024", "18000.01", ["gift_over_exclusion"]),
        ("2025", "19000", []), ("2025", "19000.01", ["gift_over_exclusion"]),
        ("2026", "19000", []), ("2026", "19000.01", ["gift_over_exclusion"]),
        ("2027", "0", []), ("2027", "1", ["gift_over_exclusion"]),
    ],
)  # fmt: skip
def test_a_gift_above_the_years_exclusion_asks_for_form_709(year: str, value: str, told: list[str]) -> None:
    """26 U.S.C. 2503(b), 6019: one person, one year; of a year whose exclusion is not known, any gift of value asks."""
    book = book_of(receipt("r", "2023-01-01", "1"), left("gift", f"{year}-03-01", value), years=range(2023, 2028))
    assert codes(book) == told
    assert [(removed.form, removed.deduction_usd_micros) for removed in book.gains.removals] == [("Form 709", 0)]


def test_coins_lost_deduct_nothing_and_coins_stolen_their_basis() -> None:
    """26 U.S.C. 165(c)(2), (c)(3), (h)(5); CCA 202511015: the basis of what was held for profit, not its value."""
    lost, stolen = (book_of(HELD, left(how, value="40000")) for how in ("lost", "stolen"))
    assert [(removed.deduction_usd_micros, removed.form) for removed in lost.gains.removals] == [(0, None)]
    assert [(removed.deduction_usd_micros, removed.form) for removed in stolen.gains.removals] == [
        (5_000 * USD, "Form 4684, Section B")
    ]
    assert (codes(lost), codes(stolen)) == (["loss_not_deducted"], ["theft_to_claim"])
    assert (lost.gains.rows, stolen.gains.rows) == ([], [])


def test_the_fair_value_is_shared_over_the_lots_and_no_fee_lowers_it() -> None:
    lines = (receipt("a", "2024-01-01", "0.3", "10"), receipt("b", "2025-08-01", "0.7", "100"))
    book = book_of(*lines, left("donated", value="100", quantity="1", fee_usd="7"))
    assert [(removed.lot, removed.fair_value_usd_micros // USD, removed.deduction_usd_micros // USD, removed.term)
            for removed in book.gains.removals] == [("a", 30, 30, "long"), ("b", 70, 70, "short")]  # fmt: skip


def test_what_was_inherited_is_donated_as_long_term_and_a_gift_with_its_givers_time() -> None:
    given = {"kind": "gift", "at": "2025-08-01T12:00:00Z", "wallet": "cold", "asset": "BTC", "quantity": "0.5"}
    inherited = given | {"id": "i", "how": "inheritance", "fair_value_usd": "10"}
    passed_on = given | {"id": "g", "donor_basis_usd": "10", "fair_value_usd": "50", "donor_acquired": "2020-01-01"}
    book = book_of(inherited, passed_on, left("donated", value="100", quantity="1"))
    assert {removed.lot: removed.deduction_usd_micros // USD for removed in book.gains.removals} == {"g": 50, "i": 50}


def test_coins_stolen_that_the_book_never_saw_deduct_nothing() -> None:
    book = book_of(left("stolen", value="40000"))
    assert [(removed.lot, removed.deduction_usd_micros, removed.term) for removed in book.gains.removals] == [
        (None, 0, "short")
    ]

"""Basis and identification in the words of the law, boundary by boundary."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.rules.load import Law
from lotwork.rules.us.basis import (
    basis_used,
    broker_must_be_told,
    donation,
    gift_bases,
    gift_exclusion,
    transition_days,
)

LAW = Law.load()
money = st.integers(0, 10**9)


@pytest.mark.parametrize(
    ("day", "told"),
    [("2024-12-31", False), ("2025-01-01", False), ("2026-12-31", False), ("2027-01-01", True), ("2031-06-01", True)],
)
def test_a_broker_must_be_told_from_2027_on(day: str, told: bool) -> None:
    """Treas. Reg. 1.1012-1(j)(3)(ii); Notice 2025-7, extended by Notice 2026-20."""
    assert broker_must_be_told(LAW, date.fromisoformat(day)) is told


def test_the_allocation_of_2025_ends_with_the_extended_due_date() -> None:
    """Rev. Proc. 2024-28, 5.02(4) and (5)."""
    assert transition_days(LAW) == (date(2026, 10, 15), date(2025, 1, 1))


@pytest.mark.parametrize(("year", "dollars"), [(2023, 17_000), (2024, 18_000), (2025, 19_000), (2026, 19_000)])
def test_the_gift_exclusion_is_the_years(year: int, dollars: int) -> None:
    """Rev. Procs. 2022-38, 2023-34, 2024-40, 2025-32."""
    assert gift_exclusion(LAW, year).amount() == dollars


@pytest.mark.parametrize(
    ("donor", "value", "tax", "bases"),
    [
        (20_000, 50_000, 7_320, (27_320, None)),  # tax on the appreciation is added: 26 U.S.C. 1015(d)(6)
        (20_000, 50_000, 35_000, (50_000, None)),  # and not above the fair market value: 1015(d)(1)(A)
        (20_000, 20_000, 0, (20_000, None)),
        (20_000, 19_999, 0, (20_000, 19_999)),
        (20_000, None, 0, (20_000, 0)),
    ],
)
def test_a_gift_has_the_givers_basis_and_another_for_a_loss_only_where_it_was_worth_less(
    donor: int, value: int | None, tax: int, bases: tuple[int, int | None]
) -> None:
    assert gift_bases(donor, value, tax) == bases


@given(money, money, money)
def test_a_gift_never_gains_and_loses_by_the_choice_of_basis(proceeds: int, donor: int, value: int) -> None:
    gain, loss = gift_bases(donor, value)
    used, which = basis_used(proceeds, gain, gain if loss is None else loss)
    assert {"gain": proceeds >= gain, "loss": proceeds < (loss or gain), "neither": used == proceeds}[which]
    assert proceeds - used in (0, proceeds - donor, proceeds - min(donor, value))


@given(money, money)
def test_a_donation_never_deducts_more_than_the_value(value: int, basis: int) -> None:
    """26 U.S.C. 170(a), (e)(1)(A)."""
    assert donation(value, basis, long=True) == value
    assert donation(value, basis, long=False) == min(value, basis)

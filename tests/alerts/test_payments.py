"""What an alert knows of the payments: the figures of `quarterly` in words, and what is enough in any case."""

from __future__ import annotations

from datetime import date

from lotwork.alerts.payments import payments
from lotwork.alerts.rules import Installment
from lotwork.projections.replay.book import Book
from tests.projections.estimating import PROFILE, facts, mined, payment
from tests.projections.house import book_of


def installments(book: Book, day: date) -> tuple[Installment, ...]:
    return tuple(payments(book, day).installments)


MONTHLY = [mined(f"2025-{month:02}-10", "4000") for month in range(1, 4)]


def test_the_next_payment_carries_its_advice_and_no_other_does() -> None:
    book = book_of(PROFILE, *MONTHLY)
    told = installments(book, date(2025, 3, 20))
    assert [bool(each.advice) for each in told] == [True, False, False, False]
    assert told[0].advice.startswith("Pay $")
    assert "waiting costs $" in told[0].advice
    assert told[0].enough_usd == 0


def test_once_the_period_is_over_the_annualized_installment_is_enough() -> None:
    """12,000 by March are 48,000 a year: 22.5 percent of its tax, where the figures so far ask for less."""
    (first, *_) = installments(book_of(PROFILE, *MONTHLY), date(2025, 4, 1))
    assert first.enough_usd > 3 * first.shortfall_usd > 0
    assert "is enough whatever the rest of the year brings" in first.advice


def test_a_payment_that_seems_not_asked_for_is_told_where_the_year_will_ask_for_it() -> None:
    """A first quarter whose tax is below 1,000 asks for nothing so far; the year at its pace does (6654(e)(1))."""
    (first, *_) = installments(book_of(PROFILE, mined("2025-02-10", "6000")), date(2025, 4, 1))
    assert first.shortfall_usd == 0
    assert first.enough_usd > 0
    (paid, *_) = installments(
        book_of(PROFILE, mined("2025-02-10", "6000"), payment("2025-03-01", "5000")), date(2025, 4, 1)
    )
    assert paid.enough_usd == 0


def test_after_a_year_without_tax_nothing_is_to_be_told() -> None:
    book = book_of(PROFILE, *MONTHLY, facts(prior_year_tax_usd="0", prior_year_agi_usd="0"))
    assert {each.shortfall_usd + each.enough_usd for each in installments(book, date(2025, 4, 1))} == {0}


def test_in_january_the_payment_of_the_year_before_is_told() -> None:
    book = book_of(PROFILE, *MONTHLY)
    told = installments(book, date(2026, 1, 3))
    assert {each.year for each in told} == {2025, 2026}
    assert "of it overdue" in told[3].advice


def test_a_shortfall_below_a_cent_is_no_shortfall() -> None:
    """A third of 10,000 and such: what rounds to nothing is nothing to pay."""
    known = facts(prior_year_tax_usd="6000.01", prior_year_agi_usd="90000")
    book = book_of(PROFILE, mined("2025-02-10", "90000"), known, payment("2025-04-15", "1500"))
    told = payments(book, date(2025, 4, 20))
    assert told.installments[0].required_usd > told.installments[0].paid_usd
    assert told.installments[0].shortfall_usd == 0
    assert told.overdue == ()


def test_an_uneven_year_is_told_by_the_method_that_asks_for_less() -> None:
    """A windfall of December bears no penalty before January: nothing is overdue (6654(d)(2))."""
    book = book_of(PROFILE, mined("2025-12-10", "90000"))
    assert payments(book, date(2025, 12, 20)).overdue == ()


def test_where_neither_measure_is_known_it_says_why() -> None:
    told = payments(book_of(PROFILE, mined("2027-02-10", "90000")), date(2027, 4, 10))
    assert told.installments == ()
    assert told.trouble is not None
    assert "no return says the prior year's tax either" in told.trouble


STATE = {**PROFILE, "state": "CA"}
TOLD = facts(state_prior_year_tax_usd="2000", state_prior_year_agi_usd="90000", prior_year_tax_usd="0",
             prior_year_agi_usd="0", dependents=0)  # fmt: skip


def to_the_state(book: Book, day: date) -> list[Installment]:
    return [each for each in payments(book, day).installments if each.state is not None]


def test_the_payments_to_the_state_are_told_on_its_own_days() -> None:
    """California's third part is nothing: no alert in September, and the second asks for 40 percent."""
    book = book_of(STATE, mined("2025-02-10", "90000"), TOLD, payment("2025-04-10", "600", state="CA"))
    first, second, last = to_the_state(book, date(2025, 6, 2))
    assert [(each.quarter, each.due) for each in (first, second, last)] == [
        (1, date(2025, 4, 15)), (2, date(2025, 6, 16)), (4, date(2026, 1, 15)),
    ]  # fmt: skip
    assert [each.shortfall_usd for each in (first, second, last)] == [0, 800, 600]
    assert second.state == ("CA", "California")
    assert second.advice == "Pay $800.00 by 2025-06-16, by 100% of the prior year's tax."
    assert (first.advice, last.advice) == ("", "")
    assert payments(book, date(2025, 6, 2)).overdue == ()


def test_what_is_overdue_to_the_state_is_told_apart_and_its_charge_is_not_reckoned() -> None:
    told = payments(book_of(STATE, mined("2025-02-10", "90000"), TOLD), date(2025, 5, 2))
    (late,) = told.overdue
    assert (late.state, late.since) == (("CA", "California"), date(2025, 4, 15))
    assert late.amount_usd == 600
    assert (late.a_day_usd, told.state_trouble) == (None, None)


def test_what_keeps_the_payments_to_the_state_from_being_told_is_told() -> None:
    moved = {"kind": "profile", "id": "moved", "at": "2025-03-01T00:00:00Z", "state": "GA"}
    told = payments(book_of(STATE, moved, mined("2025-02-10", "90000"), TOLD), date(2025, 5, 2))
    assert [each.state for each in told.installments] == [None] * 4
    assert told.state_trouble is not None
    assert "you lived in California" in told.state_trouble
    assert told.trouble is None

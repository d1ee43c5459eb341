"""All books of a reader, a line each: what is overdue first, then what is due first; what is not known says so."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lotwork.alerts.brief import Brief, brief_of
from lotwork.alerts.rules import Installment, Overdue, Payments
from lotwork.ledger.units import ZERO
from lotwork.web.views.many import BookSeen, many_view

DAY = date(2026, 11, 22)


def brief(due: date | None = None, dollars: str = "0", overdue: str = "0", trouble: str | None = None) -> Brief:
    return Brief(DAY, due, Decimal(dollars), Decimal(overdue), 2, 1, trouble)


def test_what_is_overdue_comes_first_and_then_what_is_due_first() -> None:
    books = (
        BookSeen("zed", "main", brief(), "", 0),
        BookSeen("ann", "main", brief(date(2027, 1, 15), "100.10"), "", 0),
        BookSeen("bob", "farm", brief(date(2026, 12, 15), "20"), "", 1),
        BookSeen("cleo", "main", brief(date(2027, 1, 15), "5", overdue="7.25"), "", 0),
        BookSeen("new", "main", None, "", 0),
    )
    view = many_view(books, "/lotwork")
    assert [line.home for line in view.lines] == ["cleo", "bob", "ann", "new", "zed"]
    assert (view.due_usd, view.overdue_usd, view.open, view.untold) == (Decimal("125.10"), Decimal("7.25"), 8, 1)
    assert view.lines[1].address == "/lotwork/home/bob/?book=farm"
    assert view.lines[1].problems == "/lotwork/home/bob/problems?book=farm"


def test_a_name_of_a_home_is_written_into_an_address_whatever_it_is() -> None:
    (line,) = many_view((BookSeen("a b/語?&#", "main", None, "", 0),), "").lines
    assert line.address == "/home/a%20b%2F%E8%AA%9E%3F%26%23/?book=main"


def test_what_troubles_a_home_or_its_payments_is_told() -> None:
    books = (
        BookSeen("ann", "main", brief(trouble="the law of 2027 is not out"), "", 0),
        BookSeen("bob", "main", brief(trouble="the law"), "it is locked", 0),
    )
    assert [line.trouble for line in many_view(books, "").lines] == ["the law of 2027 is not out", "it is locked"]


def test_a_book_in_a_line_is_its_next_payment_that_is_short() -> None:
    def installment(quarter: int, due: date, short: str) -> Installment:
        return Installment(2026, quarter, due, Decimal(100), ZERO, Decimal(short))

    payments = Payments(
        (
            installment(3, date(2026, 9, 15), "50"),
            installment(4, date(2027, 1, 15), "30"),
            installment(5, DAY, "0.001"),
        ),
        (Overdue(2026, date(2026, 9, 15), Decimal(50), None, Decimal(1), DAY),),
    )
    told = brief_of(payments, DAY, findings=4, waiting=2)
    assert told == Brief(DAY, date(2027, 1, 15), Decimal(30), Decimal(50), 4, 2, None)
    assert brief_of(Payments(trouble="no law"), DAY, findings=0, waiting=0).trouble == "no law"

"""What was paid towards a year, and when it counts.

Law: withholding counts as paid in four equal parts on the statute's days, unless the taxpayer establishes the days it
was withheld (26 U.S.C. 6654(g)(1)): an `election` withholding_actual_dates from a day of that year does, for what
`payment` events of type withholding date. What the year's facts only sum up keeps its four parts; the rule allows it
separately (6654(g)(2)). A return filed with its tax paid by January 31 frees the fourth installment (6654(h)).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from lotwork.ledger.events import Payment
from lotwork.ledger.units import usd_decimal
from lotwork.projections.estimated.open_year import OpenYear, YearAsked
from lotwork.projections.replay.book import Book
from lotwork.rules.us.estimated import next_business_day
from lotwork.rules.us.estimated_penalty import Paid, with_withholding


def paid_by(book: Book, owed: YearAsked, as_of: date, *, withheld: bool = True) -> tuple[Paid, ...]:
    """Return what was paid towards the year of *owed* up to *as_of*, in order of the days it counts.

    With *withheld*, what is withheld through the year too, its parts to come among it.
    """
    calendar = book.history.calendar
    on_its_day = owed.year in book.taxpayer.actual_dates
    counted = [
        payment
        for payment in book.taxpayer.payments_for(owed.year)
        if (withheld and on_its_day) or payment.type != "withholding"
    ]
    made = [
        Paid(day, usd_decimal(payment.amount_usd_micros))
        for payment in counted
        if (day := calendar.day(payment.at)) <= as_of
    ]
    if not withheld:
        return tuple(made)
    on_their_days = [payment for payment in counted if payment.type == "withholding"]
    return with_withholding(made, owed.withheld - _sum(on_their_days), owed.year)


def _sum(payments: list[Payment]) -> Decimal:
    return usd_decimal(sum(payment.amount_usd_micros for payment in payments))


def filed_in_january(book: Book, owed: YearAsked, as_of: date) -> bool:
    """Say if the return was filed, and all of its tax paid, by January 31 of the next year."""
    filed = book.taxpayer.filed(owed.year)
    if filed is None or isinstance(owed, OpenYear):
        return False
    last = next_business_day(date(owed.year + 1, 1, 31))
    day = book.history.calendar.day(filed.at)
    made = sum((each.amount for each in paid_by(book, owed, min(last, as_of), withheld=False)), owed.withheld)
    return day <= min(last, as_of) and made >= owed.tax

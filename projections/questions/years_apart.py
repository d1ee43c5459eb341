"""A year that is probably another one: tax paid for a year that had not begun, or was over, and facts of a far year.

What is paid for a year is credited to that year's return alone, so a slip in either the date or the year takes it out
of the return it belongs to, or puts it into one that it does not.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from lotwork.ledger import events as e
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import ONE_DAY, usd_text
from lotwork.projections.filer.taxpayer import Taxpayer
from lotwork.projections.findings import Finding
from lotwork.projections.questions.add_command import add_command, correct_command

CODE = "year_unlikely"
LATE = {"estimated": 1, "extension": 1, "balance": 4}
"""So many years after its own is tax still paid as that: a disaster may postpone an installment into the next year's
autumn (26 U.S.C. 7508A), and a balance is asked for or amended within three years of the return (6501(a))."""
AHEAD = 2
"""Facts and tax withheld are told of the next year, of a plan perhaps of the one after."""
FARTHEST = 5
"""What is so many years ahead of its date has no slip in the date: it would not have happened yet."""
LAST_INSTALLMENT = (1, 31)
"""Until when an estimated payment of a year's beginning is of the year before: the fourth is due on January 15."""
_PAID = (
    "{event.id} is {whose} of {event.year} (${amount}, {event.type}), and is dated {day}, {why}: if the year is wrong, "
    "correct it: `{by_year}`;{by_date} if both are right, say so: `{right}`"
)
_BY_DATE = " if the date is, correct that: `{command}`;"
_FACTS = (
    "{event.id} tells facts of {event.year}, and is dated {day}, years before: if the year is wrong, void it, and "
    "record it anew: `{void}`; if it is right, say so: `{right}`"
)


def years_apart(taxpayer: Taxpayer, book: str) -> Iterator[Finding]:
    """Yield a question for each payment of tax, and for facts, whose year and date do not go together."""
    for payment in taxpayer.payments:
        day = taxpayer.calendar.day(payment.at)
        why = _why(payment, day)
        if why and payment.may_repeat != SETTLED:
            yield _of_payment(book, payment, day, why)
    every = (taxpayer.year_facts, taxpayer.partial_facts, taxpayer.state_year_facts)
    told = (facts for of_years in every for of_year in of_years.values() for facts in of_year)
    for facts in {each.id: each for each in told}.values():
        day = taxpayer.calendar.day(facts.at)
        if facts.year > day.year + AHEAD and facts.may_repeat != SETTLED:
            yield _of_facts(book, facts, day)


def _why(payment: e.Payment, day: date) -> str:
    if payment.type == "withholding":  # it is told by its year, whenever it is told
        return "years before that year begins" if payment.year > day.year + AHEAD else ""
    if (day + ONE_DAY).year < payment.year:  # by the clock of another zone it is the first of January
        return "before that year begins"
    return "long after that year" if day.year > payment.year + LATE[payment.type] else ""


def _likely_year(payment: e.Payment, day: date) -> int:
    """Return the year that tax paid on *day* is of: a balance and an extension are of the year before."""
    own = payment.type == "withholding" or (payment.type == "estimated" and (day.month, day.day) > LAST_INSTALLMENT)
    return day.year if own else day.year - 1


def _of_payment(book: str, payment: e.Payment, day: date, why: str) -> Finding:
    year = _likely_year(payment, day)
    right = correct_command(book, payment.id, {"may_repeat": SETTLED}, "looked at, and right")
    by_date = ""
    if payment.year - year <= FARTHEST:
        at = print_instant(_in_year(payment.at, payment.at.year + payment.year - year))
        command = correct_command(book, payment.id, {"at": at}, "the day it was paid")
        by_date = _BY_DATE.format(command=command)
    words = _PAID.format(
        event=payment,
        whose="tax" if payment.state is None else f"{payment.state} tax",
        amount=usd_text(payment.amount_usd_micros).removesuffix("0000"),
        day=day,
        why=why,
        by_year=correct_command(book, payment.id, {"year": year}, "the year it was paid for"),
        by_date=by_date,
        right=right,
    )
    return Finding(CODE, words, payment.id)


def _in_year(at: datetime, year: int) -> datetime:
    """Return *at* in another *year*; February 29 is the 28th where there is none."""
    try:
        return at.replace(year=year)
    except ValueError:
        return at.replace(year=year, day=28)


def _of_facts(book: str, facts: e.YearFacts, day: date) -> Finding:
    void = add_command(book, "void", f"target={facts.id}", "reason=the wrong year")
    right = correct_command(book, facts.id, {"may_repeat": SETTLED}, "looked at, and right")
    return Finding(CODE, _FACTS.format(event=facts, day=day, void=void, right=right), facts.id)

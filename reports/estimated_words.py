"""The next payment in one sentence, on every surface alike: how much, in coins, what waiting costs, what is enough.

A surface writes days in its own way: a table of the terminal as 2027-04-15, a page as Apr 15, 2027.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from lotwork.ledger.units import CENT, ONE_DAY, AssetTable
from lotwork.projections.estimated.next_payment import NextPayment, SetAside, Waiting
from lotwork.projections.quarterly import ANNUALIZED, Comparison, Quarterly
from lotwork.projections.questions.add_command import in_book
from lotwork.reports.lines import coins, price, usd
from lotwork.rules.us.amended import due_day
from lotwork.rules.us.estimated import next_business_day

MEASURES = {
    "current_year_90": "90% of this year's tax",
    "prior_year_100": "100% of last year's tax",
    "prior_year_110": "110% of last year's tax",
    "annualized": "the annualized income of each period",
}
"""What a payment is measured by, in words."""

DayWords: TypeAlias = Callable[[date], str]


def next_in_words(payment: NextPayment, assets: AssetTable, day: DayWords = date.isoformat) -> str:
    """Return what to pay next and what waiting costs; empty where nothing is left to pay or to say."""
    if payment.quarter is None:
        if payment.overdue < CENT:
            return ""
        coins = coins_in_words(payment.set_aside, assets)
        return f"Overdue: {usd(payment.overdue)}{coins}: {_running(payment, day)}."
    if payment.pay < CENT:
        return f"Nothing is to pay by {day(payment.due)} on the figures so far{_enough(payment)}."
    late = f", {usd(payment.overdue)} of it overdue" if payment.overdue >= CENT else ""
    told = f"Pay {usd(payment.pay)}{coins_in_words(payment.set_aside, assets)} by {day(payment.due)}{late}"
    return f"{told}: {waiting_in_words(payment.waiting, day)}{_enough(payment)}."


def waiting_in_words(waiting: Waiting, day: DayWords = date.isoformat) -> str:
    """Return what waiting costs: for each day, until the next due day, and until April 15, as far as it is known."""
    parts = [] if waiting.a_day is None else [f"{usd(waiting.a_day)} a day"]
    if waiting.until is not None and waiting.until_next_due is not None:
        parts.append(f"{usd(waiting.until_next_due)} until {day(waiting.until)}")
    parts += _until_the_end(waiting, day)
    known = f"waiting costs {', '.join(parts)}" if parts else "what waiting costs is not known yet"
    return known + _why_unknown(waiting, day)


def overdue_in_words(payments: Quarterly, day: DayWords = date.isoformat) -> str:
    """Return what is overdue, since when, what it costs a day and what it cost so far; empty where nothing is."""
    since = payments.overdue_since
    if since is None:
        return ""
    told = f"{usd(payments.overdue)} overdue since {day(since)}"
    following = payments.next_payment
    if following is not None and following.waiting.overdue_a_day is not None:
        told += f", {usd(following.waiting.overdue_a_day)} more each day"
    return f"{told}; {penalty_in_words(payments, day)}"


def penalty_in_words(payments: Quarterly, day: DayWords = date.isoformat) -> str:
    """Return the penalty so far, and where the rate of a later day is not known, through which day that is."""
    short = payments.penalty_through < min(payments.as_of, date(payments.year + 1, 4, 15))
    through = f" through {day(payments.penalty_through)}, as far as the rate is known" if short else ""
    return f"penalty so far {usd(payments.penalty)}{through}"


def rise_in_words(payments: Quarterly, book: str) -> str:
    """Return that more income raises the tax, and what is enough whatever comes; empty where the year is over.

    Where that amount cannot be said, the command of *book* that tells what it goes by.
    """
    if not payments.may_rise or payments.required.required is None:
        return ""
    rise = "This is the tax of what is recorded so far, and more income raises it."
    if payments.safe_payment is not None:
        enough = f"{usd(payments.safe_payment)} each time, what is withheld counted in, is enough"
        return f"{rise} {enough} to owe no penalty, whatever else the year brings."
    facts = f"at={payments.year}-01-01 year={payments.year} prior_year_tax_usd=AMOUNT prior_year_agi_usd=AMOUNT"
    return (
        f"{rise} What is enough to owe no penalty, whatever else the year brings, goes by the tax of "
        f"{payments.year - 1}, which is not known or was no year of twelve months. If you have it, tell it: "
        + in_book(f"`lotwork add year_facts {facts}`.", book)
    )


def balance_in_words(payments: Quarterly, day: DayWords = date.isoformat) -> str:
    """Return what a year that is over leaves to pay with its return, and until when; empty before, or where none is.

    No payment of that year is left to be made then: what is short of one is no measure of what is to pay.
    """
    kept = payments.set_aside
    if kept is None or kept.usd < CENT or payments.as_of.year <= payments.year:
        return ""
    due = next_business_day(due_day(payments.year))
    when = "was" if payments.as_of > due else "is"
    return f"With the return of {payments.year} {usd(kept.usd)} {when} to be paid by {day(due)}, the penalty besides."


def methods_in_words(payments: Quarterly) -> str:
    """Return which of the two methods is used and what the other would cost; empty where one alone was reckoned."""
    compared = payments.comparison
    if compared is None:
        return ""
    used, other = _by_cost(compared)
    told = f"The {used[0]} method is used: its penalty so far is {usd(used[1])}, by the {other[0]} one {usd(other[1])}"
    if compared.schedule.findings and not compared.applies:
        told += " with the year's amounts shared evenly over its months"
    goes = payments.method == ANNUALIZED and payments.as_of.year > payments.year
    return f"{told}; Form 2210 with Schedule AI goes with the return." if goes else f"{told}."


def coins_in_words(kept: SetAside, assets: AssetTable) -> str:
    """Return the coins that would bring an amount, in brackets; nothing where no coin was ever received."""
    if kept.asset is None or kept.quantity is None:
        return ""
    return f" ({coins(kept.quantity, kept.asset, assets)} {kept.asset} at {price(kept.price_usd or '0')})"


def _by_cost(compared: Comparison) -> tuple[tuple[str, Decimal], tuple[str, Decimal]]:
    """Return the method used and the other, each with its penalty."""
    regular, annual = ("regular", compared.regular_penalty), ("annualized", compared.annualized_penalty)
    return (annual, regular) if compared.applies else (regular, annual)


def _running(payment: NextPayment, day: DayWords) -> str:
    waiting = payment.waiting
    parts = [] if waiting.overdue_a_day is None else [f"each day costs {usd(waiting.overdue_a_day)}"]
    if waiting.until_april_15 is not None:
        parts.append(f"until {day(waiting.april_15)} it is {usd(waiting.until_april_15)}")
    elif waiting.until_known is not None and waiting.known_through is not None:
        parts.append(f"until {day(waiting.known_through)} it is {usd(waiting.until_known)}")
    return (", ".join(parts) or "what each day costs is not known yet") + _why_unknown(waiting, day)


def _until_the_end(waiting: Waiting, day: DayWords) -> list[str]:
    """Return what waiting until April 15 costs, or until the last day whose rate is known."""
    if waiting.until_april_15 is not None:
        return [f"{usd(waiting.until_april_15)} until {day(waiting.april_15)}"]
    if waiting.until_known is not None and waiting.known_through is not None:
        return [f"{usd(waiting.until_known)} until {day(waiting.known_through)}"]
    return []


def _why_unknown(waiting: Waiting, day: DayWords) -> str:
    """Say why what waiting costs is not known to the end; nothing where it is."""
    if waiting.known_through is None:
        return ""
    since = day(waiting.known_through + ONE_DAY)
    return f" (the rate of interest from {since} on is not in the law data yet)"


def _enough(payment: NextPayment) -> str:
    """Say what is enough whatever comes, where that is another amount."""
    if payment.safe is None or abs(payment.safe - payment.pay) < CENT:
        return ""
    return f"; {usd(payment.safe)} is enough whatever the rest of the year brings"

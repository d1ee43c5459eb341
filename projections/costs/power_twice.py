"""Electricity that a meter and a bill tell: twice where a tariff prices the readings, else the meter is only observed.

Law: what is paid is deducted once (26 U.S.C. 162(a), 461(a)). Who records the bill records no reading of its meter, or
no tariff for it: then nothing is missing. A bill of another place is another's power, which only a person knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from lotwork.ledger.events import Expense
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import usd_decimal
from lotwork.ledger.zones import Calendar
from lotwork.projections.costs.metered import MeteredCost
from lotwork.projections.findings import Finding
from lotwork.rules.line import to_cents

BILLED_AFTER = timedelta(days=75)
"""A bill that names no days is for power of the months before it: two, and what it takes to come and be paid."""
LEAST_PART = 4
"""A bill of less than a fourth of what the meter counted meanwhile is another one."""


def power_twice(metered: Iterable[MeteredCost], bills: Iterable[Expense], calendar: Calendar) -> Iterator[Finding]:
    """Yield the question, at each of *bills*, whether it is for power that *metered* tells."""
    costs = list(metered)
    for bill in bills if costs else ():
        if bill.may_repeat == SETTLED:
            continue
        begin, end = _span_of(bill, calendar)
        same = [cost for cost in costs if cost.used_from < end and begin < cost.used_to]
        told = sum(cost.amount_usd_micros for cost in same)
        if same and told > 0 and bill.amount_usd_micros * LEAST_PART >= told:
            amount = to_cents(usd_decimal(bill.amount_usd_micros))
            yield Finding(
                "power_told_twice",
                f"{bill.id}, a bill of {amount} for electricity, may be for what meter {same[0].meter} counted from "
                f"{same[0].used_from} to {same[-1].used_to}, {to_cents(usd_decimal(told))} by its tariff: both are "
                "deducted; if it is, void the bill, or the tariff; if it is for other power, correct it with "
                f"may_repeat={SETTLED}",
                bill.id,
            )


def is_billed(bills: Iterable[Expense], calendar: Calendar, begin: date, end: date) -> bool:
    """Say if the power of each day from *begin* to *end* may be what *bills* are for, or one that is to come."""
    for first, after in sorted(_span_of(bill, calendar) for bill in bills):
        if first > begin:
            return False
        begin = max(begin, after + BILLED_AFTER)
        if begin >= end:
            return True
    return False


def _span_of(bill: Expense, calendar: Calendar) -> tuple[date, date]:
    """Return the first day that *bill* may be for, and the day after the last."""
    if bill.from_ is not None and bill.to is not None:
        return bill.from_, bill.to
    paid = calendar.day(bill.at)
    return paid - BILLED_AFTER, paid

"""A bill that a dated rule wrote and that came as well: probably one cost, told twice and in two amounts.

Law: what is paid is deducted once, and as much as was paid (26 U.S.C. 162(a), 461(a)). A rule says what is due, a bill
what was paid. Two of one amount within days are asked about as any two are (`projections.questions`); here stands what
differs in amount: one category, within half a month, one no more than four times the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta

from lotwork.ledger.events import Expense
from lotwork.ledger.tellers import BY_A_RULE
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import usd_decimal
from lotwork.projections.findings import Finding
from lotwork.projections.questions.alike_money import DAYS
from lotwork.rules.line import to_cents

HALF_A_MONTH = timedelta(days=15)
MOST_TIMES = 4
"""A bill of more than four times what is due, or less than a fourth of it, is for something else."""


def rule_and_bill(
    bills: Iterable[Expense], category: Callable[[str], str], day: Callable[[Expense], date], year: int
) -> Iterator[Finding]:
    """Yield the question, at each expense that a rule wrote in *year*, whether a bill of *bills* is for the same.

    *category* folds the spellings of one word, *day* tells on which day of the taxpayer's one was paid.
    """
    told = [bill for bill in bills if bill.may_repeat != SETTLED]
    ruled = [bill for bill in told if bill.id.startswith(BY_A_RULE) and day(bill).year == year]
    if not ruled:
        return
    others: defaultdict[str, list[Expense]] = defaultdict(list)
    for bill in told:
        if not bill.id.startswith(BY_A_RULE):
            others[category(bill.category)].append(bill)
    taken: set[str] = set()
    for rule in sorted(ruled, key=lambda each: (each.at, each.id)):
        near = [
            bill for bill in others[category(rule.category)] if bill.id not in taken and _may_be_one(rule, bill, day)
        ]
        if near:
            bill = min(near, key=lambda each: (abs(day(each) - day(rule)), each.id))
            taken.add(bill.id)
            if not _is_asked(rule, bill, day):
                yield _question(rule, bill, day)


def _may_be_one(rule: Expense, bill: Expense, day: Callable[[Expense], date]) -> bool:
    low, high = sorted((rule.amount_usd_micros, bill.amount_usd_micros))
    return abs(day(bill) - day(rule)) <= HALF_A_MONTH and high <= low * MOST_TIMES


def _is_asked(rule: Expense, bill: Expense, day: Callable[[Expense], date]) -> bool:
    """Say if the two are of one amount within days: then they are asked about as any two bills are."""
    return rule.amount_usd_micros == bill.amount_usd_micros and abs(day(bill) - day(rule)) <= timedelta(days=DAYS)


def _question(rule: Expense, bill: Expense, day: Callable[[Expense], date]) -> Finding:
    due, paid = (to_cents(usd_decimal(each.amount_usd_micros)) for each in (rule, bill))
    return Finding(
        "rule_and_bill",
        f"{rule.id} was written by a rule, {due} for {rule.category} on {day(rule)}, and {bill.id} tells a bill of "
        f"{paid} for it on {day(bill)}: both are deducted; if they are for the same, void {rule.id}, and where bills "
        f"come every month, remove the rule; if they are two, correct {rule.id} with may_repeat={SETTLED}",
        rule.id,
    )

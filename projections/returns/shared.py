"""What a year says of a shared farm: whether those were paid who have a part by contract, and which forms are due.

Law: pay is an expense when it is paid (26 U.S.C. 162(a), 461(a)); of what a business pays one person for services from
a sum on, it makes an information return (6041A(a)).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from lotwork.ledger import events as e
from lotwork.ledger.doubts import named
from lotwork.ledger.errors import UnknownFigureError
from lotwork.ledger.units import usd_decimal
from lotwork.projections.findings import Finding
from lotwork.projections.income import IncomeRow
from lotwork.projections.replay.book import Book
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.information_returns import FOR_SERVICES, nonemployee_from

NEAR = Fraction(1, 5)
"""What is paid in January of December's coins is a twelfth; a fifth apart is another thing."""


def shared_in(book: Book, law: Law, year: int) -> Iterator[Finding]:
    """Yield what a person must settle of *year*: parts that were not paid, and information returns that are due."""
    yield from _unpaid(book, year)
    yield from _forms(book, law, year)


def _unpaid(book: Book, year: int) -> Iterator[Finding]:
    """Yield those parts by contract of which the bills say something else than the coins of the year do."""
    due: defaultdict[str, Fraction] = defaultdict(Fraction)
    last: dict[str, e.Sharing] = {}
    for row in _mined(book, year):
        parts = book.shares.parts_of(row.income, row.wallet, row.pool, row.date)
        for each in parts.owed:
            due[named(each.party)] += Fraction(each.share) / parts.own * (row.value_usd_micros or 0)
            last[named(each.party)] = each
    bills = book.expenses.paid_to(year)
    for name, amount in sorted(due.items()):
        told = sum(bill.amount_usd_micros for bill in bills.get(name, ()))
        if abs(told - amount) > amount * NEAR:
            each, party = last[name], last[name].party
            owed, paid = (to_cents(usd_decimal(int(one))) for one in (amount, told))
            yield Finding(
                "share_unpaid",
                f"{each.id}: by it {party} has {each.share} of the coins of {year}, {owed:,} when they came, and "
                f"bills with payee={party} come to {paid:,}: record each payment as an `expense` of category "
                f"{each.for_} with payee={party}, and, where coins paid it, the `sale` of them "
                "as spent; or correct the share",
                each.id,
            )


def _mined(book: Book, year: int) -> Iterator[IncomeRow]:
    """Yield the receipts of *year* that count, but for those that were kept back of others."""
    rows = book.income.rows if book.shares.told else []
    names = {row.receipt for row in rows}
    for row in rows:
        is_kept = row.receipt.rpartition(":")[0] in names
        if row.date.year == year and row.value_usd_micros is not None and not is_kept:
            yield row


def _forms(book: Book, law: Law, year: int) -> Iterator[Finding]:
    for bills in book.expenses.paid_to(year, FOR_SERVICES).values():
        payee, amount = bills[-1].payee, usd_decimal(sum(bill.amount_usd_micros for bill in bills))
        threshold = _threshold(law, year)
        if threshold is None or amount >= threshold:
            says = "above a sum that is not known here" if threshold is None else f"{to_cents(threshold):,} or more"
            yield Finding(
                "form_1099_due",
                f"{payee} was paid {to_cents(amount):,} for services in {year}: of {says} that a business pays one "
                "person, a Form 1099-NEC is due by January 31 (26 U.S.C. 6041A(a), 6071(c)), unless they are a "
                "corporation or were paid by card (Treas. Reg. 1.6041-3(p), 1.6041-1(a)(1)(iv)): ask for a Form "
                "W-9, and file it, or acknowledge this; coins count at their value when paid (Notice 2014-21, A-13)",
                bills[-1].id,
            )


def _threshold(law: Law, year: int) -> Decimal | None:
    """Return the sum; None of a year whose figure is not published: a little is asked about rather than nothing."""
    try:
        return nonemployee_from(law, year).amount()
    except UnknownFigureError:
        return None

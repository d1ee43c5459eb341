"""When two bills, earnings or payments of tax may be one: of one amount, a few days apart, from two tellers.

A bill that comes again from one teller is another bill. A bank says when it was paid and an invoice when it was due,
each in its own words; so one amount that is neither a round one nor a shop's price is taken for a sign, and so is a
word that both say.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TypeAlias

from lotwork.ledger import events as e
from lotwork.ledger.not_yet import WORD
from lotwork.ledger.tellers import FROM_A_FILE, teller_of
from lotwork.ledger.units import MICROS
from lotwork.projections.questions.lately import Near, Place

DAYS = 5
SHOP_PRICES = frozenset(cents * MICROS // 100 for cents in (0, 49, 50, 90, 95, 98, 99))
"""What prices end on: 49.99 is told of many things."""
FEW_DAYS = timedelta(days=DAYS)
Money: TypeAlias = e.Expense | e.BusinessIncome | e.Equipment | e.Payment


def who_billed(event: Money) -> Place:
    """Return who told of money: a source, or a file."""
    if event.source is None:
        return ()
    _, columns, file = teller_of(event)
    return event.source, columns, file


def amount_of(event: Money) -> int:
    """Return what was paid or came, in micro-dollars."""
    return event.cost_usd_micros if isinstance(event, e.Equipment) else event.amount_usd_micros


def stands_at(event: Money) -> Iterator[tuple[Place, int]]:
    """Yield where *event* can be found: among what was spent, what came, or what went to the tax office."""
    yield _place(event), amount_of(event)


def looks_of(event: Money) -> Iterator[Near]:
    """Yield where what *event* may repeat is to be found."""
    amount = amount_of(event)
    yield Near(_place(event), amount)


def _place(event: Money) -> Place:
    if isinstance(event, e.Payment):
        return "tax", event.state or "", str(event.year)
    came = isinstance(event, e.BusinessIncome) or (isinstance(event, e.Expense) and event.refund_of is not None)
    return ("came",) if came else ("spent",)


def may_be_one_bill(one: Money, other: Money) -> bool:
    """Say if two of one amount may be one: they say it is for the same, or the amount is a sign by itself."""
    if one.source == other.source == FROM_A_FILE and not _is_of_two_exports(one, other):
        return False
    if isinstance(one, e.Payment) or type(one) is not type(other):
        return True
    return amount_of(one) % MICROS not in SHOP_PRICES or not _words(one).isdisjoint(_words(other))


def _is_of_two_exports(one: Money, other: Money) -> bool:
    """Say if two rows stood under other columns; under the same ones the import has looked for rows told again."""
    first, second = teller_of(one).columns, teller_of(other).columns
    return bool(first and second) and first != second


def _words(event: Money) -> set[str]:
    said = (getattr(event, name, None) or "" for name in ("category", "equipment", "note"))
    return set(WORD.findall(" ".join(said).casefold()))

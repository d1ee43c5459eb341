"""What is told of a year outside the ledger, held against itself: told in part, or told twice.

A return has the amounts of the whole year: what `year_facts` tell `through` a day is for an annualized installment
alone (Form 2210, Schedule AI). What was withheld is credited once (26 U.S.C. 31(a)).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from lotwork.ledger.events import EventBase, State, YearFacts
from lotwork.ledger.units import MICROS, usd_decimal
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.rules.line import to_cents

_USD = "_usd_micros"
MAY_FALL = frozenset(
    {"other_ordinary_income_usd_micros", "other_short_term_gain_usd_micros", "other_long_term_gain_usd_micros"}
)
"""What may come to less in a year than in a part of it: a loss followed."""


def told_in_part(book: Book, year: int) -> Iterator[Finding]:
    """Yield a finding where a part of *year* is told to have more than the whole of it."""
    parts = book.taxpayer.facts_through(year)
    if not parts:
        return
    whole = _amounts(book.taxpayer.facts(year)) | _amounts(book.taxpayer.state_facts(year))
    less = []
    for day, part in parts.items():
        less += [
            f"{name.removesuffix('_micros')} of {to_cents(usd_decimal(amount))} through {day}"
            for name, amount in _amounts(part).items()
            if amount > 0 and (name not in whole if name in MAY_FALL else whole.get(name, 0) < amount)
        ]
    if less:
        yield Finding(
            "year_facts_in_part",
            f"year_facts tell {', '.join(less)}, and less, or nothing, of the whole of {year}: what is told `through` "
            "a day is for an installment alone, and in no figure of this return; record `year_facts` for "
            f"{year} with the amounts of the whole year",
        )


def withheld_twice(book: Book, year: int, state: State | None = None) -> Iterator[Finding]:
    """Yield the question whether two ways of telling what was withheld, for *state* if named, tell the same dollars."""
    if state is None:
        key, in_sum = "withholding_usd", book.taxpayer.facts(year).withholding_usd_micros or 0
    else:
        key, in_sum = "state_withholding_usd", book.taxpayer.state_facts(year).state_withholding_usd_micros or 0
    payments = [each for each in book.taxpayer.payments_for(year, state) if each.type == "withholding"]
    one_by_one = sum(each.amount_usd_micros for each in payments)
    if not in_sum or not one_by_one or abs(in_sum - one_by_one) > MICROS:
        return
    yield Finding(
        "withholding_told_twice",
        f"year_facts of {year} tell {to_cents(usd_decimal(in_sum))} of {f'{state} ' if state else ''}tax withheld, and "
        "payments of type withholding "
        f"tell as much: both are credited, {to_cents(usd_decimal(in_sum + one_by_one))} in all; if they are the same "
        f"dollars, record `year_facts` for {year} with {key}=0",
    )


def _amounts(facts: YearFacts) -> dict[str, int]:
    """Return the amounts of its own year that *facts* tell, in micro-dollars by name."""
    shared = set(EventBase.__struct_fields__)
    told = msgspec.structs.asdict(facts).items()
    return {name: value for name, value in told if name.endswith(_USD) and name not in shared and value is not None}

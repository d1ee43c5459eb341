"""What is told of a year outside the ledger, held against itself and the law: in part, twice, or beyond a limit.

A return has the amounts of the whole year: what `year_facts` tell `through` a day is for an annualized installment
alone (Form 2210, Schedule AI). What was withheld is credited once (26 U.S.C. 31(a)).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import msgspec

from lotwork.ledger.events import JOINT, SEPARATE, EventBase, State, YearFacts
from lotwork.ledger.units import MICROS, ZERO, usd_decimal
from lotwork.projections.filer.taxpayer import ProfileInForce
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.individual import Return

_USD = "_usd_micros"
AGED = 65
TAXES = "us/ordinary/itemized_taxes_"
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


def ages_contradict(profile: ProfileInForce, facts: YearFacts) -> Iterator[Finding]:
    """Yield a finding where the ages told and the number of those 65 or older rule each other out.

    Who is 64 may be either: one is 65 from the day before the birthday on (Treas. Reg. 1.151-1(c)(2)).
    """
    joint = profile.filing_status == JOINT
    persons = 2 if profile.filing_status in (JOINT, SEPARATE) else 1
    ages = [age for age in (facts.age, facts.spouse_age if joint else None) if age is not None]
    aged = facts.aged_65_or_older or 0
    least, most = sum(age >= AGED for age in ages), persons - sum(age < AGED - 1 for age in ages)
    if least <= aged <= most:
        return
    told = "tell nobody" if facts.aged_65_or_older is None else f"tell {aged}"
    yield Finding(
        "ages_contradict",
        f"year_facts of {facts.year} {told} of 65 or older, and ages of {' and '.join(map(str, ages))}: the standard "
        "deduction and the one for seniors go by the former (26 U.S.C. 63(f), 151(d)(5)), a retirement plan by the "
        "latter; correct `aged_65_or_older`, or `age` and `spouse_age`",
    )


def taxes_above_limit(computed: Return, law: Law) -> Iterator[Finding]:
    """Yield a finding where more taxes are deducted than the law lets be of state and local ones (164(b)(6), (7))."""
    filer, agi = computed.filer, computed.income.agi.amount
    year, status, taxes = filer.year, filer.status, filer.itemized_taxes
    if not taxes or not computed.taxable.itemized:
        return
    limit = law.in_year(f"{TAXES}limit", year).by_status(status)
    if law.entry(f"{TAXES}phase_out_start").is_law(date(year, 1, 1)):
        start, least = (law.in_year(f"{TAXES}{name}", year).by_status(status) for name in ("phase_out_start", "least"))
        above = max(ZERO, agi - start) * law.in_year(f"{TAXES}phase_out_rate", year).amount()
        limit = max(least, limit - above)
    if taxes > limit:
        yield Finding(
            "itemized_taxes_above_limit",
            f"itemized_taxes_usd of {year} tells {to_cents(taxes)}, and of state and local taxes {to_cents(limit)} may "
            "be deducted (26 U.S.C. 164(b)(6), (7); Schedule A line 5e): all of it is here; record line 7 as it is "
            "after that limit, and itemized_deductions_usd less as much; acknowledge this if the rest are other taxes "
            "(line 6)",
        )


def _amounts(facts: YearFacts) -> dict[str, int]:
    """Return the amounts of its own year that *facts* tell, in micro-dollars by name."""
    shared = set(EventBase.__struct_fields__)
    told = msgspec.structs.asdict(facts).items()
    return {name: value for name, value in told if name.endswith(_USD) and name not in shared and value is not None}

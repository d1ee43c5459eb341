"""One taxpayer's year: the amounts a federal return starts from, and how a case told in JSON becomes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import cast

from ledger.errors import Problem
from rules.case import MOST, problem
from rules.case import number as number_of
from rules.errors import CaseRefusedError
from rules.figures import STATUSES, FilingStatus

ZERO = Decimal(0)
LABELS = frozenset({"id", "note", "expected", "agreeing"})
"""Keys that describe a case and never reach a figure, so that a line of a vectors file can be piped in as it is."""
COUNTS = ("aged", "blind")
SWITCHES = ("material_participation",)
SIGNED = ("schedule_c_net", "short_term_net", "long_term_net", "other_ordinary_income")
MOST_PERSONS = 2
LAST_YEAR = 9998
"""The last year whose successor a date can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filer:
    """A taxpayer's year in dollars; wages and Schedule C belong to the same person; no dependents, no credits."""

    year: int
    status: FilingStatus
    schedule_c_net: Decimal = ZERO
    wages: Decimal = ZERO
    short_term_net: Decimal = ZERO
    """Short-term gains less losses of the year, before any carryover."""
    long_term_net: Decimal = ZERO
    other_ordinary_income: Decimal = ZERO
    taxable_interest: Decimal = ZERO
    qualified_dividends: Decimal = ZERO
    ubia: Decimal = ZERO
    """Original cost of rigs in service for less than ten years, even where fully expensed (199A(b)(6))."""
    business_w2_wages: Decimal = ZERO
    hobby_income: Decimal = ZERO
    short_term_carryover: Decimal = ZERO
    """Short-term loss carried in, a positive amount."""
    long_term_carryover: Decimal = ZERO
    qbi_loss_carryover: Decimal = ZERO
    retirement_contribution: Decimal = ZERO
    health_insurance: Decimal = ZERO
    itemized_deductions: Decimal = ZERO
    """Schedule A line 17; the greater of it and the standard deduction is taken."""
    itemized_taxes: Decimal = ZERO
    """Schedule A line 7, which the minimum tax adds back."""
    aged: int = 0
    """How many of the taxpayer and spouse are 65 or older."""
    blind: int = 0
    material_participation: bool = True

    def __post_init__(self) -> None:
        problems = [*self._odd_amounts(), *self._odd_persons()]
        if not 1 <= self.year <= LAST_YEAR:
            problems.append(problem("year", f"{self.year} is no year", "write 2026"))
        if self.status not in STATUSES:
            problems.append(
                problem("status", f"{self.status!r} is not a filing status", f"one of {', '.join(STATUSES)}")
            )
        if problems:
            raise CaseRefusedError("this case cannot be computed", problems)

    def _odd_amounts(self) -> list[Problem]:
        problems = []
        for name in AMOUNTS:
            amount = cast("Decimal", getattr(self, name))
            if not amount.is_finite() or abs(amount) >= MOST:
                problems.append(problem(name, f"{amount} is no amount of dollars", "give a finite amount below 10^13"))
            elif amount < 0 and name not in SIGNED:
                problems.append(problem(name, f"{amount} is negative", "this amount is 0 or more"))
        if self.itemized_taxes > self.itemized_deductions:
            problems.append(problem("itemized_taxes", "more than itemized_deductions", "taxes are a part of them"))
        return problems

    def _odd_persons(self) -> list[Problem]:
        most = MOST_PERSONS if self.status in ("mfj", "mfs") else 1
        return [
            problem(name, f"{getattr(self, name)} persons", f"give 0 to {most} for {self.status}")
            for name in COUNTS
            if not 0 <= getattr(self, name) <= most
        ]


AMOUNTS = tuple(each.name for each in fields(Filer) if each.name not in ("year", "status", *COUNTS, *SWITCHES))
KEYS = tuple(each.name for each in fields(Filer))


def read_case(case: Mapping[str, object]) -> Filer:
    """Return the filer a *case* tells, numbers or decimal texts; every problem is listed at once."""
    problems = [
        problem(key, "not a key of a case", f"the keys are {', '.join(KEYS)}")
        for key in case
        if key not in KEYS and key not in LABELS
    ]
    told: dict[str, object] = {}
    for key in KEYS:
        if key not in case:
            if key in ("year", "status"):
                problems.append(problem(key, "missing", "a case has a year and a status"))
            continue
        try:
            told[key] = _read(key, case[key])
        except ValueError as odd:
            problems.append(problem(key, str(odd), 'write 2026, "mfj", 1500, "1500.25" or true'))
    if problems:
        raise CaseRefusedError("this case cannot be computed", problems)
    return Filer(**told)  # type: ignore[arg-type]  # each key was read by its own kind


def _read(key: str, value: object) -> object:
    if key == "status":
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is not a filing status")
        return value
    if key in SWITCHES:
        if not isinstance(value, bool):
            raise ValueError(f"{value!r} is not true or false")
        return value
    number = number_of(value)
    if key == "year" or key in COUNTS:
        if number != number.to_integral_value():
            raise ValueError(f"{value!r} is not a whole number")
        return int(number)
    return number

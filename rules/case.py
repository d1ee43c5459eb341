"""A case told in JSON: numbers read exactly, unknown keys refused, every problem listed at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from lotwork.ledger.errors import Problem
from lotwork.ledger.units import MOST_MONEY
from lotwork.rules.errors import CaseRefusedError

MOST = Decimal(MOST_MONEY)
_NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?", re.ASCII)
_REMEDY = 'write a number or a decimal text, 1500 or "1500.25"'


def number(value: object) -> Decimal:
    """Return a JSON number or decimal text, exact; raise ValueError in plain words for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError(f"{value!r} is not a number")  # noqa: TRY004 - listed with the other problems of the case
    text = str(value)
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(f"{text[:60]!r} is not a number")
    return Decimal(text)


def problem(key: str, reason: str, remedy: str) -> Problem:
    """Return what is wrong with one key of a case."""
    return Problem("case", key, reason, remedy)


def amounts(case: Mapping[str, object], keys: Sequence[str], *, words: Sequence[str] = ()) -> dict[str, Decimal]:
    """Return the amounts *keys* of a case, 0 where one is left out; *words* are its other keys."""
    problems = [
        problem(key, "not a key of a case", f"the keys are {', '.join((*words, *keys))}")
        for key in case
        if key not in keys and key not in words
    ]
    read: dict[str, Decimal] = {}
    for key in keys:
        try:
            read[key] = number(case.get(key, 0))
        except ValueError as odd:
            problems.append(problem(key, str(odd), _REMEDY))
            continue
        if abs(read[key]) >= MOST:
            problems.append(problem(key, f"{read[key]} is too large", "give an amount below 10^13"))
    if problems:
        raise CaseRefusedError("this case cannot be computed", problems)
    return read


def word(case: Mapping[str, object], key: str, known: Sequence[str]) -> str:
    """Return the word at *key*, one of those *known*."""
    value = case.get(key)
    if not isinstance(value, str) or value not in known:
        odd = problem(key, f"{value!r} is not known", f"one of {', '.join(known)}")
        raise CaseRefusedError("this case cannot be computed", [odd])
    return value


def tax_year(case: Mapping[str, object], default: int) -> int:
    """Return the case's `year`, or *default* where it has none."""
    year = amounts({"year": case.get("year", default)}, ("year",))["year"]
    if year != year.to_integral_value() or not 1 <= year <= 9998:  # noqa: PLR2004 - the years a date can have
        raise CaseRefusedError("this case cannot be computed", [problem("year", f"{year} is no year", "write 2026")])
    return int(year)

"""Returns by the Tax Table beside those of tenforty, which fills in the forms of Open Tax Solver."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from functools import cache
from typing import NamedTuple

import pytest

from lotwork.rules.us.individual import Filer, compute, read_case
from tests.oracles.asking import ask
from tests.oracles.filers import Case, filers
from tests.oracles.readings import Figures, Reading, explained
from tests.oracles.readings_of_tenforty import TENFORTY
from tests.rules.us.law import LAW

YEARS = (2024, 2025)
FILERS_A_YEAR = 600
TOLERANCE = Decimal("0.05")
"""Open Tax Solver keeps every line to the cent, and its bases of the 2024 joint schedule lie 2.5 cents low."""
UNASKED = ("retirement_contribution", "health_insurance", "aged", "blind", "itemized_deductions", "itemized_taxes",
           "short_term_carryover", "long_term_carryover", "spouse_wages")  # fmt: skip
"""What tenforty cannot be told."""


class Compared(NamedTuple):
    """One filer, our figures by the Tax Table and tenforty's."""

    filer: Filer
    ours: Figures
    theirs: Figures

    @property
    def differ(self) -> set[str]:
        return apart(self.ours, self.theirs)


def apart(ours: Figures, theirs: Figures) -> set[str]:
    """Return the figures that differ; tenforty's income tax has the minimum tax in it."""
    told = {**ours, "income_tax": ours["income_tax"] + ours["amt"]}
    return {key for key, amount in theirs.items() if abs(told[key] - amount) > TOLERANCE}


def questions() -> list[Case]:
    return [
        {key: told for key, told in case.items() if key not in UNASKED}
        for year in YEARS
        for case in filers(year, FILERS_A_YEAR, "tenforty")
    ]


def as_tenforty_takes_it(case: Case) -> Filer:
    """Return the filer of *case*: on a joint return tenforty takes wages for the other spouse's."""
    if case["status"] != "mfj":
        return read_case(case)
    told = dict(case)
    return read_case({**told, "spouse_wages": told.get("wages", "0"), "wages": "0"})


def reading_of(one: Compared) -> tuple[Reading, ...] | None:
    return explained(one.filer, LAW, TENFORTY, lambda figures: not apart(figures, one.theirs), tax_table=True)


@cache
def compared() -> dict[int, list[Compared]]:
    cases = questions()
    made: dict[int, list[Compared]] = {year: [] for year in YEARS}
    for case, answer in zip(cases, ask("tenforty", cases), strict=True):
        filer = as_tenforty_takes_it(case)
        theirs = {key: Decimal(repr(amount)) for key, amount in answer.items()}
        made[filer.year].append(Compared(filer, compute(filer, LAW, tax_table=True).summary, theirs))
    return made


@pytest.mark.seeded
@pytest.mark.parametrize("year", YEARS)
def test_every_figure_by_the_tax_table_agrees_or_differs_by_a_reading_that_makes_it_agree(year: int) -> None:
    used: Counter[str] = Counter()
    ones = compared()[year]
    for one in ones:
        if not one.differ:
            continue
        readings = reading_of(one)
        assert readings is not None, (one.filer, {key: (one.ours[key], one.theirs[key]) for key in one.differ})
        used.update(reading.name for reading in readings)
    print(f"\ntenforty {year}: {len(ones)} filers, {sum(bool(one.differ) for one in ones)} differ")  # noqa: T201 - how often each reading was needed is the finding
    for name, count in used.most_common():
        print(f"  {count:5} {name}")  # noqa: T201 - the same
    assert max(used.values()) < FILERS_A_YEAR // 10, "a reading that explains so much is no reading"


def test_no_reading_stands_there_unused() -> None:
    differing = [one for ones in compared().values() for one in ones if one.differ]
    used = {reading.name for one in differing for reading in reading_of(one) or ()}
    assert used == {reading.name for reading in TENFORTY}


def test_most_of_the_filers_are_taxed_by_the_table_or_by_the_schedule() -> None:
    """Both halves of the Tax Table's promise are compared: rows below 100,000, the schedule above."""
    incomes = [one.ours["taxable_income"] for ones in compared().values() for one in ones]
    assert sum(0 < income < 100_000 for income in incomes) > FILERS_A_YEAR // 4
    assert sum(income >= 100_000 for income in incomes) > FILERS_A_YEAR // 4

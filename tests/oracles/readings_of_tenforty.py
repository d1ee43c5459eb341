"""Where tenforty, which runs Open Tax Solver's forms, reads the law otherwise or holds a figure of another year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from lotwork.rules.load import Law
from lotwork.rules.us.amt import minimum_taxable_income
from lotwork.rules.us.individual import Filer
from tests.oracles.readings import TAXCALC, Reading, Rule

NO_LIMIT = "1000000000"
HEAD_OF_HOUSEHOLD_32_PERCENT = "191150"
FOURTH = 3


def no_excess_business_loss(law: Law, filer: Filer) -> Sequence[Rule]:
    """Let every business loss be deducted at once."""
    figure = law.in_year("us/excess_business_loss/threshold", filer.year)
    assert isinstance(figure.value, Mapping)
    return [
        Rule(
            figure="us/excess_business_loss/threshold",
            from_=figure.from_,
            value=dict.fromkeys(figure.value, NO_LIMIT),
        )
    ]


def bracket_of_its_own(law: Law, filer: Filer) -> Sequence[Rule]:
    """Begin a head of household's 32 percent 800 dollars early."""
    figure = law.in_year("us/ordinary/tops", filer.year)
    assert isinstance(figure.value, Mapping)
    tops = list(figure.value["hoh"])
    tops[FOURTH] = HEAD_OF_HOUSEHOLD_32_PERCENT
    return [Rule(figure="us/ordinary/tops", from_=figure.from_, value={**figure.value, "hoh": tops})]


def addition_of_2023(before: Any, added_back: Any, status: Any, law: Law, _year: int) -> Any:
    """Return the minimum taxable income with the addition of the year before."""
    return minimum_taxable_income(before, added_back, status, law, 2023)


TENFORTY = (
    *(reading for reading in TAXCALC if reading.only == ("additional_medicare",)),
    Reading(
        name="every business loss deducted at once",
        law="26 U.S.C. 461(l)(1): any excess business loss of the taxpayer for the taxable year shall not be allowed",
        concerns=lambda filer: filer.schedule_c_net < -Decimal(300_000),
        rules=no_excess_business_loss,
    ),
    Reading(
        name="a head of household's 32 percent from 191,150 in 2024",
        law="Rev. Proc. 2023-34 s.2.01 table 2: over $191,950 but not over $243,700, 32 percent",
        concerns=lambda filer: filer.status == "hoh" and filer.year == 2024,
        rules=bracket_of_its_own,
    ),
    Reading(
        name="the 2023 addition to minimum taxable income on a separate return of 2024",
        law="Instructions for Form 6251 (2024) line 4: 25 percent of what is over 875,950, at most 66,650; "
        "831,150 and 63,250 were those of 2023",
        concerns=lambda filer: filer.status == "mfs" and filer.year == 2024,
        patches={"lotwork.rules.us.amt.minimum_taxable_income": addition_of_2023},
    ),
)
"""The readings of tenforty 2025.12."""

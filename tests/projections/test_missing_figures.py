"""What `rules missing` lists of a year is what its computations are refused, each of it and no more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lotwork.ledger.events import US
from lotwork.ledger.history import History
from lotwork.projections.abroad.countries import COUNTRIES
from lotwork.projections.abroad.liability import foreign_liability
from lotwork.projections.abroad.tax_return import Choices
from lotwork.projections.liability import liability
from lotwork.projections.quarterly import quarterly
from lotwork.projections.replay.book import Book
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.figures import Figure
from lotwork.rules.load import Law
from lotwork.rules.missing import missing
from tests.projections.house import MAIN, logged, receipt, sale, told
from tests.rules.editions import with_year

LAW = Law.load()
NEXT = 2027
ASKED_BY_NONE = {"us/retirement/ira"}
FACTS: tuple[dict[str, Any], ...] = (
    {"retirement_plan": "solo_401k", "age": 61, "retirement_contribution_usd": "90000", "aged_65_or_older": 1},
    {"retirement_plan": "solo_401k", "age": 55, "retirement_contribution_usd": "90000"},
    {"retirement_plan": "sep", "age": 40, "retirement_contribution_usd": "90000"},
    {"wages_usd": "900000", "itemized_deductions_usd": "60000", "itemized_taxes_usd": "50000",
     "qualified_dividends_usd": "90000", "w2_wages_paid_usd": "9000", "ubia_usd": "9000"},
)  # fmt: skip
"""Amounts outside the ledger under which a return asks for the limits of retirement, of deductions and of each tax."""


class InVain:
    """The figures that were asked for and refused."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.asked: set[tuple[str, date]] = set()
        find = Law._find

        def noted(law: Law, path: str, on: date) -> Figure:
            try:
                return find(law, path, on)
            except UnknownFigureError:
                self.asked.add((path, on))
                raise

        patch.setattr(Law, "_find", noted)

    def of(self, law: Law, year: int) -> set[str]:
        """Return what the computations of *year* ask *law* in vain about a day of that year."""
        self.asked.clear()
        for activity in ("business", "hobby"):
            for facts in FACTS:
                compute_all(law, year, activity, facts)
        return {path for path, on in self.asked if on.year == year}


@pytest.fixture
def in_vain(monkeypatch: pytest.MonkeyPatch) -> InVain:
    return InVain(monkeypatch)


def events(year: int, activity: str, facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    rig = {"kind": "equipment", "at": f"{year}-02-01T12:00:00Z", "cost_usd": "9000", "acquired": f"{year}-01-25",
           "placed_in_service": f"{year}-02-01"}  # fmt: skip
    yield {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "activity": activity}
    yield {"kind": "year_facts", "id": "facts", "at": f"{year}-12-31T00:00:00Z", "year": year} | facts
    yield receipt("r", f"{year}-02-03", "3", "200000")
    yield sale("s", f"{year}-05-03", "0.5", "190000")
    yield sale("given", f"{year}-06-03", "0.5", "90000", disposition="gift")
    bill = {"kind": "expense", "id": "paid", "at": f"{year}-02-05T12:00:00Z", "category": "hosting", "payee": "Host"}
    yield bill | {"amount_usd": "3000"}
    yield rig | {"id": "a", "equipment": "a", "section_179_usd": "5000"}
    yield rig | {"id": "b", "equipment": "b", "bonus": "0.40" if year == 2025 else "auto"}
    yield {"kind": "payment", "id": "p", "at": f"{year}-04-10T12:00:00Z", "year": year, "amount_usd": "10"}
    for currency in {country.currency for country in COUNTRIES.values() if country.code != US}:
        for month in range(1, 13):
            for day in (1, 15):
                yield {"kind": "exchange_rate", "id": f"{currency} {month} {day}", "currency": currency, "per_usd": "1",
                       "at": f"{year}-{month:02}-{day:02}T12:00:00Z"}  # fmt: skip


def compute_all(law: Law, year: int, activity: str, facts: dict[str, Any]) -> None:
    """Compute what can be computed of a year: its return, its payments, and the returns of other countries."""
    history = History.read(logged(told(*events(year, activity, facts))), MAIN)
    with suppress(UnknownFigureError):
        book = Book.begin(history, (year,), law).fold()
        for country in COUNTRIES.values():
            if country.code != US:
                choices = Choices(other_income=Decimal(90_000), multiplier=Decimal(400))
                with suppress(UnknownFigureError):
                    foreign_liability(book, law, year, country.code, choices)
        owed = liability(book, law, year)
        quarterly(book, law, owed, date(year + 1, 4, 20))


@pytest.mark.parametrize("year", [2023, 2024, 2025, 2026])
def test_no_computation_is_refused_a_figure_that_is_not_listed(year: int, in_vain: InVain) -> None:
    """What is marked as no law of that year is asked by no formula."""
    assert in_vain.of(LAW, year) <= {each.path for each in missing(LAW, year, LAW)}


def test_a_year_that_was_added_is_refused_nothing(in_vain: InVain) -> None:
    law = Law(with_year(dict(LAW.files), missing(LAW, NEXT, LAW), NEXT))
    assert not missing(law, NEXT, LAW)
    assert not in_vain.of(law, NEXT)


@pytest.mark.parametrize("path", [each.path for each in missing(LAW, NEXT, LAW) if each.lacks == "value"])
def test_each_figure_listed_is_one_that_a_computation_is_refused(path: str, in_vain: InVain) -> None:
    """All are added but this one."""
    others = [each for each in missing(LAW, NEXT, LAW) if each.path != path]
    asked = in_vain.of(Law(with_year(dict(LAW.files), others, NEXT)), NEXT)
    assert asked == ({path} if path not in ASKED_BY_NONE else set())

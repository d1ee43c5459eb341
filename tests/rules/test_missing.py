"""What a year's law lacks: every figure that is refused or not enacted on some day of it, and no other."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from lotwork.rules.errors import LawFileError, UnenactedFigureError, UnknownFigureError
from lotwork.rules.load import Law
from lotwork.rules.missing import missing
from lotwork.rules.us.states.table import ROOM

LAW = Law.load()
STATES = ("GA",)
"""One state stands for all: each has the same shape, and a figure of it is refused by the same word."""
PATHS = tuple(path for path in LAW.paths() if not path.startswith(ROOM) or path.startswith(f"{ROOM}ga/"))
YEARS = (2023, 2024, 2025, 2026, 2027, 2028)
NEW = {
    "us/basis/default_order", "us/basis/identification", "us/basis/own_books_relief", "us/basis/transition",
    "us/basis/broker_proceeds_from", "us/basis/broker_basis_from", "us/basis/transition_global_before",
    "us/basis/transition_specific_by", "us/depreciation/bonus_full_rate", "us/depreciation/bonus_elected_rate",
    "us/depreciation/bonus_before_2017",
    "us/ordinary/itemized_taxes_phase_out_start", "us/ordinary/itemized_taxes_phase_out_rate",
    "us/ordinary/itemized_taxes_least", "us/ordinary/itemized_limit", "us/retirement/catch_up_60_63",
    "jp/income/separate_rates",
    "de/income/exchange_reports", "pt/income/exchange_reports",
}  # fmt: skip
"""The figures that the law has not had always, or has no longer."""
FIGURE = """
[rate]
title = "A rate"
unit = "fraction"
cite = "a statute"
{marks}

[[rate.in_force]]
from = 2024-01-01
value = 0.1
status = "enacted"
source = "the statute"
confidence = "read"
{more}
"""


def lacking(law: Law, year: int, states: tuple[str, ...] = STATES) -> dict[str, str]:
    return {each.path: each.lacks for each in missing(law, year, law, states)}


def refused(law: Law, path: str, on: date) -> type[Exception] | None:
    try:
        law.figure(path, on)
    except (UnknownFigureError, UnenactedFigureError) as refusal:
        return type(refusal)
    return None


@pytest.mark.parametrize("year", YEARS)
def test_a_figure_is_listed_if_and_only_if_the_law_refuses_it_on_some_day_of_the_year(year: int) -> None:
    days = [date(year, 1, 1) + timedelta(days=number) for number in range(365)]
    listed, enacted = lacking(LAW, year), LAW.enacted_only()
    for path in PATHS:
        entry = LAW.entry(path)
        refusals = {refused(enacted, path, day) for day in days if entry.is_law(day)}
        lacks = "value" if UnknownFigureError in refusals else "enactment" if UnenactedFigureError in refusals else None
        assert listed.get(path) == lacks, path


@pytest.mark.parametrize("year", YEARS)
def test_of_all_that_was_always_law_the_first_day_tells_what_the_year_lacks(year: int) -> None:
    listed = lacking(LAW, year)
    for path in set(PATHS) - NEW:
        assert (listed.get(path) == "value") == (refused(LAW, path, date(year, 1, 1)) is not None), path


def test_what_was_not_always_law_is_marked_with_its_days() -> None:
    """That no formula asks for it on another day: tests/projections/test_missing_figures.py."""
    marked = {path for path in PATHS if LAW.entry(path).introduced or LAW.entry(path).expired}
    assert marked == NEW


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_years_that_ship_lack_nothing_that_a_formula_asks(year: int) -> None:
    assert not lacking(LAW, year, states=())


def test_a_state_is_asked_after_by_its_name_alone() -> None:
    listed = lacking(LAW, 2027, states=("GA",))
    assert listed["us/states/ga/rate"] == "value"
    assert not [path for path in listed if path.startswith("us/states/nc/")]
    assert not [path for path in lacking(LAW, 2027, states=()) if path.startswith("us/states/")]


def test_the_next_year_lacks_what_is_fixed_each_year_and_not_what_holds_until_it_is_changed() -> None:
    listed = lacking(LAW, 2027)
    assert listed["us/ordinary/tops"] == "value"
    assert listed["us/self_employment/oasdi_wage_base"] == "enactment"
    assert "us/self_employment/oasdi_rate" not in listed
    assert "us/depreciation/bonus_elected_rate" not in listed


def test_each_is_told_with_the_last_version_there_is() -> None:
    found = {each.path: each.last for each in missing(LAW, 2028, LAW)}
    assert found["us/qbi/threshold"].from_ == date(2026, 1, 1)
    assert found["jp/income/separate_rates"].status == "announced"
    early = {each.path: each.last for each in missing(LAW, 2022, LAW)}
    assert early["us/qbi/threshold"].from_ == date(2023, 1, 1)


def made(marks: str = "", more: str = "") -> Law:
    return Law({"us/made": FIGURE.format(marks=marks, more=more).encode()})


def of_made(year: int, marks: str = "", more: str = "") -> str | None:
    return lacking(made(marks, more), year).get("us/made/rate")


def test_a_version_that_ends_within_the_year_leaves_the_rest_of_it_without_a_figure() -> None:
    assert of_made(2024) is None
    assert of_made(2025) is None
    assert of_made(2025, more="until = 2025-07-01") == "value"
    assert of_made(2023) == "value"


def test_a_figure_is_not_missed_before_the_law_had_it_nor_once_it_has_it_no_longer() -> None:
    assert of_made(2023, "introduced = 2024-01-01") is None
    assert of_made(2026, "indexed = true") == "value"
    assert of_made(2026, "indexed = true\nexpired = 2025-01-01") is None
    assert of_made(2025, "indexed = true\nexpired = 2025-07-01") == "value"


@pytest.mark.parametrize(
    ("marks", "told"),
    [("introduced = 2024-01-02", "a version is in force before it"), ("expired = 2024-01-01", "on that day or later")],
)
def test_days_that_no_version_agrees_with_are_refused(marks: str, told: str) -> None:
    with pytest.raises(LawFileError, match=told):
        made(marks).paths()


def test_an_edition_without_a_topic_lacks_its_figures() -> None:
    """The formulas ask for them: an empty list would promise a computation that is refused."""
    edition = Law({topic: content for topic, content in LAW.files.items() if topic != "us/qbi"})
    found = missing(edition, 2026, LAW)
    assert {each.path for each in found} == {path for path in LAW.paths() if path.startswith("us/qbi/")}
    assert {each.lacks for each in found} == {"value"}
    assert "us/ordinary/itemized_limit" not in {each.path for each in missing(Law({}), 2025, LAW)}

"""The listings of the law: every version of every figure is one that JSON can hold."""

from __future__ import annotations

import msgspec

from lotwork.reports.law import ComputedListing, list_amounts, list_law, list_missing, list_words, version_row
from lotwork.rules.load import Law
from lotwork.rules.missing import missing

LAW = Law.load()


def test_every_version_of_every_figure_can_be_told() -> None:
    rows = list_law(LAW).rows
    assert [row.path for row in rows] == list(LAW.paths())
    for row in rows:
        versions = [
            msgspec.json.decode(msgspec.json.encode(version_row(each))) for each in LAW.entry(row.path).in_force
        ]
        assert [version["from"] for version in versions] == list(row.from_)
        assert all(version["value"] not in (None, "", [], {}) for version in versions), row.path


def test_figures_are_listed_country_by_country_in_the_order_asked_for() -> None:
    found = missing(LAW, 2022, LAW)
    rows = list_missing(2022, found, ["us", "de"]).rows
    countries = [row.jurisdiction for row in rows]
    assert countries == sorted(countries, key=["us", "de"].index)
    german = list_missing(2022, found, ["de"]).rows
    assert [row.path for row in german] == [each.path for each in found if each.path[:3] == "de/"]


def test_what_a_state_says_in_words_stands_under_headings_and_nothing_of_a_country_does() -> None:
    told = ComputedListing(law="x", figures={"state_tax": "1.00", "not_covered": ["a gap"], "words": [], "lines": [{}]})
    assert list_words(told) == (("Does not cover", ["a gap"]),)
    assert [(row.figure, row.amount) for row in list_amounts(told)] == [("state_tax", "1.00")]
    assert list_words(ComputedListing(law="x", figures={"tax": "1.00", "steps": ["one"]})) == ()

"""An hour or a day of a meter is of the year, the season and the month in which it began, however it was told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lotwork.ingest.meters.runs import Span, event_of, runs_of
from lotwork.ledger.events import Profile
from lotwork.ledger.history import History
from lotwork.ledger.zones import Calendar
from lotwork.projections.replay.book import Book
from tests.projections.costs.test_electricity import NEW_YORK, TOLD, book, dollars, price, used
from tests.projections.house import MAIN, logged
from tests.projections.house import told as events

INDIA = Calendar([Profile(id="me", at=TOLD, time_zone="Asia/Kolkata")])
HOUR = 3_600


@pytest.mark.parametrize(
    ("span", "calendar"),
    [
        ("2026-01-01T04:00:00Z 2026-01-01T05:00:00Z", NEW_YORK),
        ("2025-12-31T23:00:00-05:00 2026-01-01T00:00:00-05:00", NEW_YORK),
        ("2026-01-01T04:45:00Z 2026-01-01T05:00:00Z", NEW_YORK),
        ("2025-12-31T05:00:00Z 2026-01-01T05:00:00Z", NEW_YORK),
        ("2025-12-31T18:00:00Z 2025-12-31T19:00:00Z", INDIA),
        ("2025-12-31T23:00:00Z 2026-01-01T00:00:00Z", Calendar()),
        ("2025-12-31 2026-01-01", Calendar()),
    ],
)
def test_what_ends_with_the_year_is_of_it(span: str, calendar: Calendar) -> None:
    end = calendar.moment(span.split()[1])
    told = (used("10", span, at=end), price("0.1"))
    assert [dollars(book(*told, calendar=calendar, year=year)) for year in (2025, 2026)] == [1, 0]
    assert book(*told, calendar=calendar).rows[0].date == date(2025, 12, 31)


def test_the_first_hour_of_a_year_and_a_month_paid_in_it_are_of_it() -> None:
    first = used("10", "2026-01-01T05:00:00Z 2026-01-01T06:00:00Z", at=NEW_YORK.moment("2026-01-01T06:00:00Z"))
    month = used("10", "2025-11-01 2025-12-01", at=NEW_YORK.moment("2026-01-05T12:00:00Z"))
    paid = used("10", "2025-12-31T22:00:00-05:00 2025-12-31T23:00:00-05:00", paid=date(2026, 1, 9))
    for each in (first, month, paid):
        told = (each, price("0.1", "2025-01-01"))
        assert [dollars(book(*told, calendar=NEW_YORK, year=year)) for year in (2025, 2026)] == [0, 1]


def test_a_day_of_a_meter_whose_hours_are_of_the_full_hour_of_utc_is_of_the_day_it_began() -> None:
    """Where the clock is half an hour off, the last hour of a day ends at half past midnight."""
    begin = int(INDIA.moment("2025-12-31T17:00:00Z").timestamp())
    spans = (Span(begin + at * HOUR, begin + (at + 1) * HOUR, 10**12) for at in range(4))
    told = [event_of(run, source="m", meter="rigs", share="1", evidence="") for run in runs_of(spans, INDIA)]
    assert [one.to for one in told] == ["2025-12-31T19:00:00Z", "2025-12-31T21:00:00Z"]
    years = [dollars(book(*told, price("0.1"), calendar=INDIA, year=year)) for year in (2025, 2026)]
    assert years[0] == years[1] > 0


def test_the_season_and_the_step_are_those_of_the_hours_begin() -> None:
    last = used("10", "2025-06-01T03:00:00Z 2025-06-01T04:00:00Z", at=NEW_YORK.moment("2025-06-01T04:00:00Z"))
    bands = (price("0.1", id="rest"), price("0.9", season="jun-sep", id="summer"))
    assert dollars(book(last, *bands, calendar=NEW_YORK)) == 1
    first = used("10", "2025-05-01T04:00:00Z 2025-05-01T05:00:00Z", at=NEW_YORK.moment("2025-05-01T05:00:00Z"))
    before = used("10", "2025-05-01T03:00:00Z 2025-05-01T04:00:00Z", at=NEW_YORK.moment("2025-05-01T04:00:00Z"))
    steps = (
        price("0.1", meter="rigs", up_to_kwh="10", id="low"),
        price("0.9", meter="rigs", above_kwh="10", id="high"),
    )
    assert dollars(book(before, first, *steps, calendar=NEW_YORK)) == 2


def test_as_of_the_last_day_of_a_year_its_last_hour_is_known() -> None:
    profile: dict[str, Any] = {
        "kind": "profile",
        "id": "me",
        "at": "2020-01-01T00:00:00Z",
        "time_zone": "America/New_York",
    }
    lines: list[dict[str, Any]] = [
        profile,
        {"kind": "tariff", "id": "t", "at": "2025-01-01T00:00:00Z", "from": "2025-01-01", "price_usd": "0.1"},
        {
            "kind": "energy", "id": "e", "at": "2026-01-01T05:00:00Z", "from": "2026-01-01T04:00:00Z",
            "to": "2026-01-01T05:00:00Z", "meter": "rigs", "kwh": "10",
        },
    ]  # fmt: skip
    known = History.read(logged(events(*lines)), MAIN, until=date(2025, 12, 31))
    (row,) = Book.begin(known, (2025,)).fold().expenses.result(2025).rows
    assert row.amount_usd_micros == 1_000_000

"""A day told where an instant is due: the noon of that day where the taxpayer lives, and the hour where it counts."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ledger.codec import KINDS
from lotwork.ledger.day_alone import BY_THE_HOUR, FROM_MIDNIGHT, day_taken
from lotwork.ledger.events import Profile
from lotwork.ledger.history import History
from tests.ingest.memory_log import MemoryLog
from tests.projections.house import logged

ZONES = ("America/New_York", "Pacific/Auckland", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kolkata", "UTC")
DAY = "2026-12-31"
NEW_YEAR = (1, 1)
"""The day of a move, which is of two zones."""


def living_in(*zones: str) -> MemoryLog:
    """Return the log of one who moved to each of *zones* at the begin of another year, from 2025 on."""
    return logged(
        Profile(id=f"p{year}", at=datetime(year, 1, 1, tzinfo=UTC), time_zone=zone)
        for year, zone in enumerate(zones, 2025)
    )


@given(
    st.lists(st.sampled_from(ZONES), max_size=3),
    st.dates(date(2024, 1, 1), date(2028, 12, 31)).filter(lambda day: (day.month, day.day) != NEW_YEAR),
    st.sampled_from(sorted(KINDS.keys() - BY_THE_HOUR)),
)
def test_what_is_taken_falls_on_the_day_that_was_told(zones: list[str], day: date, kind: str) -> None:
    log = living_in(*zones)
    taken = day_taken({"kind": kind, "at": day.isoformat()}, log, "main")
    assert taken is not None
    assert taken.is_told == bool(zones)
    assert History.read(log, "main").calendar.day(datetime.fromisoformat(taken.at)) == day


def test_what_happened_stands_at_noon_and_what_holds_from_a_day_at_its_midnight() -> None:
    log = living_in("Pacific/Auckland")
    bill, moved = (day_taken({"kind": kind, "at": DAY}, log, "main") for kind in ("expense", "profile"))
    assert bill is not None
    assert moved is not None
    assert (bill.at, bill.hour, bill.zone) == ("2026-12-30T23:00:00Z", "noon", "Pacific/Auckland")
    assert (moved.at, moved.hour) == ("2026-12-30T11:00:00Z", "midnight")
    assert set(KINDS) > FROM_MIDNIGHT


def test_a_profile_that_names_a_zone_tells_of_the_days_there() -> None:
    told = {"kind": "profile", "at": "2026-07-01", "time_zone": "America/Denver"}
    for log in (living_in(), living_in("Asia/Kolkata")):
        taken = day_taken(told, log, "main")
        assert taken is not None
        assert (taken.at, taken.zone, taken.is_told) == ("2026-07-01T06:00:00Z", "America/Denver", True)


@pytest.mark.parametrize(
    ("more", "waits"),
    [
        ({"kind": "receipt"}, True),
        ({"kind": "receipt", "price_usd": "9"}, False),
        ({"kind": "receipt", "value_usd": "9"}, False),
        ({"kind": "receipt", "no_market": "test coins"}, False),
        ({"kind": "transfer"}, False),
        ({"kind": "transfer", "fee_quantity": "0.1"}, True),
        ({"kind": "transfer", "fee_quantity": "0.1", "price_usd": "9"}, False),
        ({"kind": "expense"}, False),
    ],
)
def test_it_is_known_whether_a_price_will_be_that_of_the_hour(more: dict[str, str], *, waits: bool) -> None:
    taken = day_taken({"at": DAY, **more}, living_in(), "main")
    assert taken is not None
    assert taken.is_priced_then == waits


@pytest.mark.parametrize(
    "content",
    [
        *({"kind": kind, "at": DAY} for kind in sorted(BY_THE_HOUR)),
        {"kind": "expense", "at": "2026-12-31T12:00:00Z"},
        {"kind": "expense", "at": "2026-02-30"},
        {"kind": "expense", "at": "1812-02-03"},
        {"kind": "expense", "at": 2026},
        {"kind": "expense"},
        {"kind": "luck", "at": DAY},
        {"at": DAY},
        {"kind": "profile", "at": DAY, "time_zone": "Mars/Olympus"},
    ],
)
def test_what_is_no_day_alone_or_needs_its_hour_is_left_to_the_door(content: dict[str, object]) -> None:
    assert day_taken(content, living_in("America/New_York"), "main") is None


def test_the_kinds_that_need_their_hour_are_kinds() -> None:
    assert set(KINDS) >= BY_THE_HOUR

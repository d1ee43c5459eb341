"""Whoever chooses one activity for a year that had several pastes what the finding says, and changes no other year."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest

from tests.commands.calling import Caller

ME = {
    "kind": "profile", "id": "me", "at": "2023-01-01T00:00:00Z", "filing_status": "single",
    "time_zone": "America/New_York", "activity": "business", "material_participation": True,
}  # fmt: skip
BARE = {key: value for key, value in ME.items() if key != "activity"}
COINS = [
    {"kind": "receipt", "id": f"r{day}", "at": f"{day}T12:00:00Z", "wallet": "w", "asset": "BTC", "quantity": "0.1",
     "income": "pool_payout", "value_usd": usd}
    for day, usd in [("2024-06-01", "3000"), ("2025-02-01", "1000"), ("2025-05-01", "2000"), ("2025-10-01", "4000"),
                     ("2025-12-01", "8000"), ("2026-06-01", "5000")]
]  # fmt: skip
POWER = [
    {"kind": "expense", "id": f"x{day}", "at": f"{day}T12:00:00Z", "category": "electricity", "amount_usd": "300"}
    for day in ("2024-06-02", "2025-02-02", "2025-05-02", "2025-10-02", "2025-12-02", "2026-06-02")
]
EARLIER = [
    {"kind": "expense", "id": "spread", "at": "2024-07-01T12:00:00Z", "category": "insurance", "amount_usd": "1800",
     "from": "2024-07-01", "to": "2027-07-01"},
    {"kind": "expense", "id": "back", "at": "2025-06-01T12:00:00Z", "category": "electricity", "amount_usd": "70",
     "refund_of": "x2024-06-02"},
]  # fmt: skip


def turn(name: str, at: str, activity: str, **keys: Any) -> dict[str, Any]:
    """Return a profile that tells the activity."""
    return {"kind": "profile", "id": name, "at": at, "activity": activity} | keys


TWO = (ME, turn("a", "2025-03-01T09:30:00Z", "hobby", filing_status="hoh"))
THREE = (*TWO, turn("b", "2025-09-01T00:00:00Z", "business"))
FOUR = (*THREE, turn("an id", "2025-11-01T00:00:00Z", "hobby"), turn("c", "2026-01-01T00:00:00Z", "business"))
SAID_TWICE = (*TWO, turn("again", "2025-04-01T00:00:00Z", "hobby"), turn("b", "2025-09-01T00:00:00Z", "business"))
FIRST_SAID_LATE = (BARE, turn("a", "2025-03-01T00:00:00Z", "hobby"), turn("b", "2025-09-01T00:00:00Z", "business"))
HOBBY_FIRST = (
    ME | {"activity": "hobby"}, turn("a", "2025-03-01T00:00:00Z", "business"),
    turn("b", "2025-11-01T00:00:00Z", "hobby"),
)  # fmt: skip
BEGUN_AT_NEW_YEAR = (
    ME, turn("y", "2025-01-01T05:00:00Z", "hobby"), turn("a", "2025-03-01T00:00:00Z", "business"),
    turn("b", "2025-09-01T00:00:00Z", "hobby"), turn("c", "2025-11-01T00:00:00Z", "business"),
)  # fmt: skip


@pytest.mark.parametrize("activity", ["business", "hobby"])
@pytest.mark.parametrize(
    ("profiles", "parts"),
    [(TWO, 2), (THREE, 3), (FOUR, 4), (SAID_TWICE, 3), (FIRST_SAID_LATE, 2), (HOBBY_FIRST, 3), (BEGUN_AT_NEW_YEAR, 4)],
)
def test_the_commands_of_the_finding_make_the_year_one_and_leave_the_others(
    lotwork: Caller, profiles: tuple[dict[str, Any], ...], parts: int, activity: str
) -> None:
    lotwork.take(*profiles, *COINS, *POWER, *EARLIER)
    others = [tax(lotwork, year) for year in (2024, 2026)]
    (told,) = messages(lotwork)
    assert f"so 2025 has {parts} parts" in told
    (would_be,) = re.findall(rf"a {activity} all year (\d+\.\d\d)", told)
    (commands,) = re.findall(rf"to choose a {activity} all year: `([^`]+)`", told)
    for command in commands.split(" && "):
        program, *words = shlex.split(command)
        assert program == "lotwork"
        lotwork(*words)
    assert messages(lotwork) == []
    assert tax(lotwork, 2025) == would_be
    assert [tax(lotwork, year) for year in (2024, 2026)] == others


def messages(lotwork: Caller) -> list[str]:
    """Return what is said of a year that turned."""
    owed = lotwork("liability", "--year", "2025", "--json", code=None).result
    return [finding["message"] for finding in owed["findings"] if finding["code"] == "activity_turned"]


def tax(lotwork: Caller, year: int) -> str:
    """Return the total tax of *year*."""
    return str(lotwork("liability", "--year", str(year), "--json", code=None).result["summary"]["total"])

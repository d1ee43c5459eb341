"""`lotwork add` with a day alone: taken by the filer's own clock, said so, and the same event each time it is told."""

from __future__ import annotations

import json
import shlex

import pytest

from tests.commands.calling import Caller

WHO = ("--filing-status", "single", "--activity", "business")
BILL = ("expense", "category=electricity", "amount_usd=120.50")
PAYOUT = ("receipt", "id=r", "at=2026-03-01", "wallet=cold", "asset=BTC", "quantity=0.01", "income=pool_payout")


def test_a_day_alone_is_its_noon_in_the_zone_of_the_profile_and_the_answer_says_so(lotwork: Caller) -> None:
    lotwork("init", *WHO, "--time-zone", "America/New_York")
    first, again = (lotwork("add", *BILL, "at=2026-03-01") for _ in range(2))
    said = "2026-03-01 names no hour: taken for its noon in America/New_York, the zone of your profile "
    assert said + "(2026-03-01T17:00:00Z)." in first.out
    assert "appended" in first.out
    assert "known already" in again.out
    kept = [json.loads(line) for line in lotwork("export", "jsonl").out.splitlines()]
    assert [event["at"] for event in kept if event["kind"] == "expense"] == ["2026-03-01T17:00:00Z"]
    by_hour = lotwork("add", *BILL, "at=2026-03-01T12:00:00-05:00")
    assert by_hour.out.endswith(": known already\n")


def test_without_a_profile_the_noon_is_utcs_and_the_answer_says_why(lotwork: Caller) -> None:
    told = lotwork("add", *BILL, "at=2026-03-01")
    assert "its noon in UTC, since no profile tells your zone (2026-03-01T12:00:00Z)." in told.out
    taken = lotwork("add", *BILL, "at=2026-03-01", "--json").result["day_taken"]
    assert taken == {
        "day": "2026-03-01", "at": "2026-03-01T12:00:00Z", "hour": "noon", "zone": "UTC", "zone_told": False,
        "priced_then": False,
    }  # fmt: skip


def test_an_answer_to_an_hour_is_as_before(lotwork: Caller) -> None:
    assert "day_taken" not in lotwork("add", *BILL, "at=2026-03-01T12:00:00Z", "--json").result


def test_the_last_day_of_a_year_is_of_that_year_in_every_zone(lotwork: Caller) -> None:
    lotwork("init", *WHO, "--time-zone", "Pacific/Kiritimati")
    lotwork("add", *BILL, "at=2025-12-31")
    assert [row["date"] for row in lotwork.rows("expenses", "--year", "2025")] == ["2025-12-31"]


def test_where_a_price_is_still_to_be_had_the_answer_says_of_when_and_how_to_tell_another_hour(lotwork: Caller) -> None:
    told = lotwork("add", *PAYOUT).out
    assert "The price will be that of this minute; where you know another: `lotwork add correction target=r" in told
    command = told.rpartition("`lotwork ")[2].partition("`")[0].replace("INSTANT", "2026-03-01T09:30:00Z")
    lotwork(*shlex.split(command))
    payout, hour = map(json.loads, lotwork("export", "jsonl").out.splitlines())
    assert (payout["at"], hour["set"]) == ("2026-03-01T12:00:00Z", {"at": "2026-03-01T09:30:00Z"})
    assert "minute" not in lotwork("add", *PAYOUT[:1], "id=s", *PAYOUT[2:], "price_usd=90000").out


def test_the_commands_of_another_book_name_it(lotwork: Caller) -> None:
    assert "`lotwork --book farm add correction " in lotwork("add", *PAYOUT, "--book", "farm").out


@pytest.mark.parametrize(
    "words",
    [
        ("price", "asset=BTC", "price_usd=9", "source=me"),
        ("balance", "wallet=cold", "asset=BTC", "quantity=1"),
        ("selection", "wallet=cold", "asset=BTC", "lots=[]"),
        ("election", "from=2026-01-01", "method=hifo"),
    ],
)
def test_where_figures_hang_on_the_hour_it_is_asked_for(lotwork: Caller, words: tuple[str, ...]) -> None:
    told = lotwork("add", *words, "at=2026-03-01", code=3)
    assert (
        "at: '2026-03-01' is not an instant with an offset: write RFC 3339, like \"2026-03-01T12:00:00Z\"" in told.err
    )


def test_a_file_of_events_names_its_hours(lotwork: Caller) -> None:
    line = {"kind": "expense", "at": "2026-03-01", "category": "electricity", "amount_usd": "1"}
    assert "is not an instant with an offset" in lotwork.take(line, code=3).err

"""`lotwork completeness` on the command line: its rows, its exit code, and a return that waits for its findings."""

from __future__ import annotations

from typing import Any

from tests.commands.calling import Caller, codes
from tests.projections.completeness.mine import days, difficulties, rows, work
from tests.projections.questions.answering import answers

PROFILE = {"kind": "profile", "id": "p", "at": "2025-01-01T00:00:00Z", "jurisdiction": "us", "filing_status": "single",
           "activity": "business", "time_zone": "UTC"}  # fmt: skip
FACTS = {"kind": "year_facts", "id": "f", "at": "2025-01-01T00:00:00Z", "year": 2025, "wages_usd": "50000"}


def year(*, lost: tuple[int, ...] = ()) -> list[dict[str, Any]]:
    """Return a hundred days of work, all but *lost* of them paid."""
    paid = [day for number, day in enumerate(days("2025-03-02", 100)) if number not in lost]
    return [PROFILE, FACTS, *rows(paid, sats=4_700), *work(days("2025-03-01", 100)), *difficulties("2025-02-25", 9)]


def test_what_was_expected_and_booked_is_told_by_pool_and_month(lotwork: Caller) -> None:
    lotwork.take(*year(lost=(40,)))
    told = lotwork("completeness", "--year", "2025", "--json").result
    assert told["schema"] == "lotwork.completeness.v1"
    march, april, *_ = told["rows"]
    assert march == {
        "pool": "braiins",
        "month": "2025-03",
        "asset": "BTC",
        "hashrate": "110 TH/s",
        "days": 31,
        "expected_quantity": "0.00145828",
        "booked_quantity": "0.00141000",
        "ratio": "0.967",
        "days_without_row": [],
        "explained": [],
        "unknown": None,
    }
    assert april["days_without_row"] == ["2025-04-11"]
    assert told["findings"] == []
    shown = lotwork("completeness", "--year", "2025").out
    assert "braiins 2025-04 BTC: no row on 04-11" in shown


def test_a_gap_stops_the_return_until_it_is_explained(lotwork: Caller) -> None:
    lotwork.take(*year(lost=tuple(range(40, 52))))
    told = lotwork("completeness", "--year", "2025", "--json", code=1).result
    assert codes(told["findings"]) == {"income_missing"}
    assert "income_missing" in lotwork("file", "--year", "2025", "--dry-run", code=3).err
    (answer,) = answers(told["findings"][0]["message"])
    lotwork.take(*answer)
    assert codes(lotwork("completeness", "--year", "2025", "--json").result["findings"]) == set()
    assert lotwork("file", "--year", "2025", "--dry-run").code == 0
    row = next(one for one in lotwork("completeness", "--year", "2025", "--json").result["rows"] if one["explained"])
    assert row["explained"] == ["two workers"]


def test_what_names_no_pool_is_told_beside_each_month(lotwork: Caller) -> None:
    mine = year(lost=(40,))
    (lost,) = rows(days("2025-04-11", 1), sats=4_811)
    lotwork.take(*mine, {key: value for key, value in lost.items() if key not in ("pool", "source")})
    told = lotwork("completeness", "--year", "2025", "--json").result
    march, april, *_ = told["rows"]
    words = "0.00004811 BTC of the month came without the name of a pool"
    assert (march["unknown"], april["unknown"]) == (None, words)
    assert words[:10] in lotwork("completeness", "--year", "2025").out


def test_where_no_work_is_told_it_says_how_to_tell_it(lotwork: Caller) -> None:
    lotwork.take(*year())
    assert "lotwork add hashrate" not in lotwork("completeness", "--year", "2025").out
    untold = lotwork.beside("untold")
    untold.take(*(each for each in year() if each["kind"] != "hashrate"))
    shown = untold("completeness", "--year", "2025", code=None).out
    assert shown.count("`lotwork add hashrate at=") == 1


def test_a_gap_of_another_year_stops_no_return_of_this_one(lotwork: Caller) -> None:
    later = [*rows(days("2026-02-01", 20), pool="ocean"), *rows(days("2026-04-01", 20), pool="ocean")]
    lotwork.take(*year(), *later)
    assert "income_missing" in codes(lotwork("completeness", "--year", "2025", "--json", code=1).result["findings"])
    assert lotwork("file", "--year", "2025", "--dry-run").code == 0


def test_a_command_of_a_finding_that_is_not_filled_in_is_refused(lotwork: Caller) -> None:
    lotwork.take(*year())
    told = lotwork(
        "add",
        "hashrate",
        "at=2025-03-05T00:00:00Z",
        "asset=BTC",
        "from=2025-03-01",
        "to=2025-03-05",
        "explained=NOTE",
        code=3,
    )
    assert "explained" in told.err


def test_a_rate_without_its_unit_is_refused(lotwork: Caller) -> None:
    told = lotwork(
        "add",
        "hashrate",
        "at=2025-03-05T00:00:00Z",
        "asset=BTC",
        "from=2025-03-01",
        "to=2025-03-05",
        "hashrate=110",
        code=3,
    )
    assert 'like "110 TH/s"' in told.err

"""Rows that are alike: true twins stay, and what a file put together of several tells twice is counted once or asked.

rotki#9779: two rows that say the same may be two payouts. 26 U.S.C. 61: what came in once is income once.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.commands.calling import Caller, codes
from tests.commands.test_rows_known_again import POOL, asked, income, take

HEAD = "Time,Amount"
CONSTANTS = {"wallet": "rig", "asset": "BTC", "income": "pool_payout", "price_usd": "90000"}


def rows(*days: int) -> str:
    return "".join(f"2025-03-{day:02d}T06:00:07Z,0.0{day:02d}\n" for day in days)


@pytest.mark.parametrize(
    "header", [HEAD, " Time , Amount ", "Amount,Time", "Time,Amount,Worker"], ids=["same", "blanks", "order", "more"]
)
def test_a_file_with_a_header_in_its_midst_is_read_as_the_files_it_was_put_together_of(
    lotwork: Caller, header: str
) -> None:
    second = rows(2, 3, 3)
    if header.startswith("Amount"):
        second = "".join(f"{amount},{time}\n" for time, amount in (line.split(",") for line in second.split()))
    elif header.endswith("Worker"):
        second = second.replace("\n", ",\n")
    told = take(lotwork, f"{HEAD}\n{rows(1, 2)}{header}\n{second}", POOL, "--json").result
    assert (told["appended"], told["known"]) == (4, 0)
    assert told["files"][0]["reasons"] == {
        "the header stands again": 1,
        "the row stands above, under an earlier header": 1,
    }
    assert income(lotwork).startswith("4 of")
    again = take(lotwork, f"{HEAD}\n{rows(3, 1, 2, 3)}", POOL, "--json").result
    assert (again["appended"], again["known"]) == (0, 4)
    assert asked(lotwork) == []


@pytest.mark.parametrize("days", [(1, 2, 1), (1, 2, 1, 2), (2, 1, 3, 2, 4), (1, 1, 2, 1)])
def test_a_row_that_comes_again_after_others_is_asked_about(lotwork: Caller, days: tuple[int, ...]) -> None:
    told = take(lotwork, f"{HEAD}\n{rows(*days)}", POOL)
    many = sum(day in days[:place] and days[place - 1] != day for place, day in enumerate(days))
    said = "1 row may tell" if many == 1 else f"{many} rows may tell"
    assert f"{said} once more what is recorded already: it counts, and is asked about" in told.out
    assert len(asked(lotwork)) == many
    names = {row["receipt"] for row in lotwork.rows("income", "--year", "2025")}
    assert len(names) == len(days)
    assert {finding["event"] for finding in asked(lotwork)} < names
    assert "0 appended" in take(lotwork, f"{HEAD}\n{rows(*sorted(days))}", POOL).out


@pytest.mark.parametrize(("days", "many"), [((1, 2, 3, 4, 5), 5), ((1, 2, 3, 4, 5, 6, 7), 7), ((1, 2, 3, 4), 0)])
def test_row_after_row_that_stands_twice_is_asked_about(lotwork: Caller, days: tuple[int, ...], many: int) -> None:
    """Two exports that overlap, put together and sorted."""
    doubled = sorted([*days, *days, 21, 22])
    take(lotwork, f"{HEAD}\n{rows(*doubled)}", POOL)
    assert len(asked(lotwork)) == many


@pytest.mark.parametrize("again", [1, 2, 3])
def test_rows_alike_beside_one_another_are_as_many_events_and_counted(lotwork: Caller, again: int) -> None:
    twins = rows(4, *[4] * again)
    told = take(lotwork, f"{HEAD}\n{rows(1)}{twins}", POOL)
    said = "1 row says" if again == 1 else f"{again} rows say"
    assert f"export.csv: {said} what another row of the file says; each counts as an event of its own" in told.out
    assert income(lotwork).startswith(f"{2 + again} of")
    assert asked(lotwork) == []


def test_rows_alike_whose_id_the_map_names_count_once_and_are_told(lotwork: Caller) -> None:
    named: dict[str, Any] = {**POOL, "id": "pool:{No}"}
    text = "Time,Amount,No\n2025-03-01T06:00:07Z,0.01,7\n2025-03-02T06:00:07Z,0.02,8\n2025-03-01T06:00:07Z,0.01,7\n"
    told = take(lotwork, text, named)
    assert "2 appended, 1 known already" in told.out
    assert "1 row says what another row of the file says; each has its id: it counts once" in told.out
    assert income(lotwork).startswith("2 of")


def test_a_split_file_tells_as_many_events_as_the_whole(lotwork: Caller) -> None:
    for part in (rows(1, 2, 2), rows(2, 2, 3), rows(2, 1)):
        take(lotwork, f"{HEAD}\n{part}", POOL)
    assert income(lotwork).startswith("4 of")
    assert asked(lotwork) == []


@pytest.mark.parametrize(
    ("other", "many"),
    [
        ("2025-03-01T01:00:07Z", 1),
        ("2025-03-01T11:30:07Z", 1),
        ("2025-02-28T16:15:07Z", 1),
        ("2025-03-01T07:00:08Z", 0),
        ("2025-03-01T22:00:07Z", 0),
    ],
)
def test_a_row_by_the_clock_of_another_zone_is_asked_about(lotwork: Caller, other: str, many: int) -> None:
    take(lotwork, f"{HEAD},State\n2025-03-01T06:00:07Z,0.01,a\n", POOL)
    take(lotwork, f"{HEAD},State\n{other},0.01,a\n", POOL)
    assert len(asked(lotwork)) == many


@pytest.mark.parametrize(("first", "second"), [("pool", "pool 2"), (None, "pool"), ("pool", None), ("Pool", "pool")])
@pytest.mark.parametrize("better", [{}, {"optional": {"note": "State"}}, {"id": "pool:{State}"}], ids=str)
def test_a_source_that_a_map_names_otherwise_doubles_nothing(
    lotwork: Caller, first: str | None, second: str | None, better: dict[str, Any]
) -> None:
    text = f"{HEAD},State\n2025-03-01T06:00:07Z,0.01,a\n2025-03-01T06:00:07Z,0.01,b\n2025-03-02T06:00:07Z,0.01,c\n"

    def told_by(source: str | None) -> dict[str, Any]:
        return {**POOL, "constants": CONSTANTS | ({"source": source} if source else {})}

    take(lotwork, text, told_by(first) | ({"id": "pool:{State}"} if "id" in better else {}))
    told = take(lotwork, text, told_by(second) | better, "--json", code=None).result
    assert (told["appended"], told["known"]) == (0, 3)
    assert income(lotwork).startswith("3 of")


def test_a_row_of_another_source_that_says_more_is_recorded_and_asked_about(lotwork: Caller) -> None:
    for source, state in (("pool", "a"), ("exchange", "b")):
        given = {**POOL, "constants": CONSTANTS | {"source": source}, "optional": {"note": "State"}}
        take(lotwork, f"{HEAD},State\n2025-03-01T06:00:07Z,0.01,{state}\n", given)
    told = lotwork("income", "--year", "2025", "--json", code=1).result
    assert (len(told["rows"]), codes(told["findings"])) == (2, {"likely_twins"})

"""Findings without a wall of words: the first few of a kind, all of them by one command, and one answer for many."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from lotwork.projections.questions.asking import TWO
from tests.commands.calling import Caller, codes

HEAD = "day,amount"
MAP = """kind = "receipt"
time_zone = "UTC"
[columns]
at = "day"
quantity = "amount"
[constants]
asset = "BTC"
wallet = "cold"
income = "pool_payout"
source = "mypool"
price_usd = "90000"
"""
PAYOUTS_A_DAY = 4


@pytest.fixture
def many(lotwork: Caller, tmp_path: Path) -> Caller:
    """Record what a pool lists that dates by day alone and pays the same four times a day."""
    lotwork("init", "--filing-status", "single", "--activity", "business", "--time-zone", "UTC")
    days = (f"2025-03-{day:02d},0.0001\n" for day in range(1, 6) for _ in range(PAYOUTS_A_DAY))
    (tmp_path / "paid.csv").write_text(f"{HEAD}\n{''.join(days)}", encoding="utf-8")
    (tmp_path / "pool.toml").write_text(MAP, encoding="utf-8")
    lotwork("import", tmp_path / "paid.csv", "--map", tmp_path / "pool.toml")
    return lotwork


ASKED = 5 * (PAYOUTS_A_DAY - 1)


@pytest.mark.parametrize("command", [("lots",), ("income", "--year", "2025"), ("quarterly", "--year", "2025")])
def test_of_many_findings_of_a_kind_the_first_are_shown(many: Caller, command: tuple[str, ...]) -> None:
    told = many(*command, code=1).err
    assert f"{ASKED} findings to look at:" in told
    assert told.count("row_told_twice: csv-") == 2
    year = "--year 2025 " if command[0] == "quarterly" else ""
    assert f"and {ASKED - 2} more like these: `lotwork findings {year}--code row_told_twice` lists them" in told


def test_the_whole_list_stands_under_its_own_command_and_in_json(many: Caller) -> None:
    told = many("findings", "--code", "row_told_twice", code=1)
    assert told.err.count("row_told_twice: csv-") == ASKED
    assert f"Each of these {ASKED} tells a thing of its own?" in told.err
    result = many("--json", "findings", code=1).result
    assert (result["schema"], result["codes"]) == ("lotwork.findings.v1", {"row_told_twice": ASKED})
    assert len(result["findings"]) == ASKED
    none = many("--json", "findings", "--code", "coins_missing").result
    assert (none["codes"], none["findings"]) == ({"row_told_twice": ASKED}, [])


def test_a_return_names_the_first_few_and_where_the_others_stand(many: Caller) -> None:
    told = many("file", "--year", "2025", code=3).err
    assert told.count("row_told_twice: csv-") == 2
    assert f"and {ASKED - 2} more like these: `lotwork findings --year 2025 --code row_told_twice` lists them" in told
    listed = many("--json", "findings", "--year", "2025", code=1).result["codes"]
    assert listed["row_told_twice"] == ASKED
    refused = int(told.split(" open", 1)[0].rsplit(" ", 1)[1])
    assert refused <= sum(listed.values())


def test_one_answer_says_of_all_that_are_asked_that_they_are_things_of_their_own(many: Caller) -> None:
    before = many.rows("income", "--year", "2025")
    assert "15 events of row_told_twice" in many("findings", "--code", "row_told_twice", "--are-two", "4 a day").out
    assert many("--json", "findings").result["codes"] == {}
    nothing = "Nothing is to be decided or mended; those of a year's return as well: `lotwork findings --year Y`\n"
    assert many("findings").out == nothing
    assert many("findings", "--code", "likely_twins").out.startswith("Nothing of that code is to be decided")
    assert many.rows("income", "--year", "2025") == before, "what counted goes on counting"
    recorded = [json.loads(line) for line in many("export").out.splitlines()]
    corrections = [event for event in recorded if event["kind"] == "correction"]
    assert len(corrections) == ASKED
    assert {(each["reason"], json.dumps(each["set"])) for each in corrections} == {("4 a day", json.dumps(TWO))}


def test_what_comes_later_is_asked_about_all_the_same(many: Caller, tmp_path: Path) -> None:
    many("findings", "--code", "row_told_twice", "--are-two", "4 a day")
    more = "".join(f"2025-03-{day:02d},0.0001\n" for day in (9, 10, 9))
    (tmp_path / "more.csv").write_text(f"{HEAD}\n{more}", encoding="utf-8")
    many("import", tmp_path / "more.csv", "--map", tmp_path / "pool.toml")
    assert codes(many("--json", "lots", code=1).result["findings"]) == {"row_told_twice"}


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--are-two", "so it is"), "give --code"),
        (("--code", "row_told_twice", "--are-two", "so", "--up-to", "3"), "no day, position or law"),
        (("--code", "coins_missing", "--are-two", "so"), "nothing of that code is asked that this answers"),
        (("--code", "row_told_twise", "--are-two", "so"), "nothing of that code is asked that this answers"),
    ],
)
def test_an_answer_that_answers_nothing_is_refused_and_records_nothing(
    many: Caller, words: tuple[str, ...], why: str
) -> None:
    head = many("--json", "head").result
    assert why in many("findings", *words, code=2).err
    assert many("--json", "head").result == head


def test_other_questions_are_answered_alike(lotwork: Caller) -> None:
    lotwork("init", "--filing-status", "single", "--activity", "business", "--time-zone", "UTC")
    bill = "category=electricity", "amount_usd=151.37"
    for month in range(1, 7):
        for day, teller in ((3, "bank"), (4, "utility")):
            lotwork("add", "expense", f"at=2025-{month:02d}-{day:02d}T12:00:00Z", f"source={teller}", *bill)
    asked = lotwork("--json", "findings", code=1).result["codes"]["likely_twins"]
    told = lotwork("--json", "findings", "--code", "likely_twins", "--are-two", "two meters").result
    assert (told["schema"], told["settled"]) == ("lotwork.findings_settled.v1", asked)
    assert lotwork("--json", "findings").result["findings"] == []
    total = lotwork("--json", "expenses", "--year", "2025").result["totals"]["electricity"]
    assert Decimal(total) == 12 * Decimal("151.37")

"""The first minute: a home is made, asks nothing where nobody is there, and is left alone the second time."""

from __future__ import annotations

import json

import pytest

from tests.commands.calling import Caller
from tests.projections.house import receipt


def test_a_home_is_made_without_a_question(lotwork: Caller) -> None:
    told = lotwork("init", "--no-input", "--json").result
    assert told["profile"] is None
    assert (lotwork.home / "ledger.sqlite").exists()
    assert (lotwork.home.stat().st_mode & 0o777) == 0o700
    ready = lotwork("init", "--no-input").out
    assert "is ready" in ready
    assert "lotwork init --help            who you are, which is not told yet" in ready
    assert "lotwork add KIND ...           one event by hand" in ready
    assert lotwork("verify", "--json").result["events"] == 0


def test_made_again_a_home_keeps_what_it_has(lotwork: Caller) -> None:
    lotwork("init", "--no-input")
    (settings,) = lotwork.home.glob("*.toml")
    settings.write_text(settings.read_text(encoding="utf-8") + "\n# mine\n", encoding="utf-8")
    lotwork.take(receipt("a", "2025-01-01", "1"))
    lotwork("init", "--no-input")
    assert settings.read_text(encoding="utf-8").endswith("# mine\n")
    assert lotwork("head", "--json").result["position"] == 1


def test_a_profile_is_recorded_from_the_answers(lotwork: Caller) -> None:
    answers = ("--filing-status", "mfj", "--activity", "hobby", "--time-zone", "America/New_York")
    told = lotwork("init", "--no-input", *answers, "--json").result
    event = json.loads(lotwork("export", "jsonl").out)
    assert event["id"] == told["profile"]
    assert (event["filing_status"], event["activity"], event["time_zone"]) == ("mfj", "hobby", "America/New_York")
    assert lotwork("init", "--no-input", *answers, "--json").result["profile"] == told["profile"]
    assert "who you are" not in lotwork("init", "--no-input").out


@pytest.mark.parametrize(
    "answers",
    [
        ("--filing-status", "hoh"),
        ("--activity", "hobby", "--time-zone", "America/New_York"),
        ("--time-zone", "UTC"),
        ("--filing-status", "single", "--state", "GA"),
    ],
)
def test_what_was_recorded_of_the_answers_is_said(lotwork: Caller, answers: tuple[str, ...]) -> None:
    told = lotwork("init", "--no-input", *answers).out
    event = json.loads(lotwork("export").out)
    said = ", ".join(
        f"{name[2:].replace('-', '_')}={value}" for name, value in zip(answers[::2], answers[1::2], strict=True)
    )
    assert f"Recorded as your profile, from {event['at'][:10]} on, as {event['id']}: {said}.\n" in told
    assert "profile" not in lotwork("init", "--no-input").out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--filing-status", "widowed"), 2),
        (("--activity", "work"), 2),
        (("--time-zone", "Mars/Olympus"), 3),
        (("--state", "Georgia"), 3),
    ],
)
def test_an_answer_that_is_none_is_refused(lotwork: Caller, words: tuple[str, ...], code: int) -> None:
    assert lotwork("init", "--no-input", *words, code=code).err


def test_a_state_is_asked_for_by_its_letters(lotwork: Caller) -> None:
    assert "write GA" in lotwork("init", "--no-input", "--state", "Georgia", code=3).err
    lotwork("init", "--no-input", "--state", "ga")
    assert json.loads(lotwork("export").out)["state"] == "GA"


def test_the_demo_is_a_book_of_its_own_and_is_built_once(lotwork: Caller) -> None:
    lotwork.take(receipt("a", "2025-01-01", "1"))
    told = lotwork("demo", "--json").result
    assert told["book"] == "demo"
    assert told["appended"] == told["position"] > 100
    assert lotwork("demo", "--json").result["appended"] == 0
    assert "0 made-up events appended" in lotwork("demo").out
    assert lotwork("head", "--json").result["position"] == 1
    assert lotwork("lots", "--book", "demo", "--json", code=None).result["rows"]

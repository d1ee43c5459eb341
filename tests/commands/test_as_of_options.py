"""Both times on every read: what had happened by a day, what was known by then, and under which law."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.public_form.parse_words import parse_instant
from tests.commands.calling import Caller, codes
from tests.projections.house import receipt, sale

PROFILE = {
    "kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "filing_status": "single", "activity": "business",
    "time_zone": "America/New_York",
}  # fmt: skip
FACTS = {"kind": "year_facts", "id": "job", "at": "2025-12-31T12:00:00Z", "year": 2025, "wages_usd": "80000"}
BILL = {
    "kind": "expense", "id": "bill", "at": "2025-06-30T12:00:00Z", "category": "electricity", "amount_usd": "1000",
}  # fmt: skip
RIG = {
    "kind": "equipment", "id": "rig", "at": "2025-07-01T12:00:00Z", "equipment": "rig", "cost_usd": "5000",
    "acquired": "2025-07-01", "placed_in_service": "2025-07-01", "bonus": "none",
}  # fmt: skip
READS = (
    ("lots",), ("income", "--year", "2025"), ("gains", "--year", "2025"), ("expenses", "--year", "2025"),
    ("equipment", "--year", "2025"), ("liability", "--year", "2025"), ("quarterly", "--year", "2025"),
)  # fmt: skip


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Return the clock every command here is given."""
    clock = SetClock(parse_instant("2025-03-01T15:00:00Z"))
    monkeypatch.setattr(SystemClock, "now", lambda _self: clock.now())
    return clock


def at(clock: SetClock, instant: str) -> None:
    clock.instant = parse_instant(instant)


def told(lotwork: Caller, *words: str) -> dict[str, Any]:
    result = lotwork(*words, "--json", code=None).result
    assert "rows" in result or "summary" in result or "installments" in result, result
    return result


def figures(result: dict[str, Any]) -> dict[str, Any]:
    """Return what of a result the options decide, without where the log stands."""
    return {name: value for name, value in result.items() if name not in {"position", "head", "law", "findings"}}


@pytest.mark.parametrize("words", READS)
def test_what_happened_after_the_day_changes_nothing_as_of_it(
    lotwork: Caller, clock: SetClock, words: tuple[str, ...]
) -> None:
    lotwork.take(PROFILE, receipt("early", "2025-02-01", "1", "50000"), sale("sold", "2025-03-01", "0.5", "30000"))
    at(clock, "2026-11-01T12:00:00Z")
    before = told(lotwork, *words, "--as-of", "2025-03-31")
    election = {"kind": "election", "id": "lifo", "at": "2025-05-01T12:00:00Z", "from": "2025-01-02", "method": "lifo"}
    paid = {"kind": "payment", "id": "paid", "at": "2025-06-15T12:00:00Z", "year": 2025, "amount_usd": "500"}
    married = {"kind": "profile", "id": "wed", "at": "2025-09-01T12:00:00Z", "filing_status": "mfj"}
    lotwork.take(
        receipt("late", "2025-04-01", "1", "60000"), sale("sold late", "2025-08-01", "0.5", "1"), BILL, RIG, FACTS,
        election, paid, married,
    )  # fmt: skip
    after = told(lotwork, *words, "--as-of", "2025-03-31")
    assert figures(after) == figures(before)
    assert figures(told(lotwork, *words)) != figures(before)


@pytest.mark.parametrize("words", READS)
def test_what_was_told_late_counts_as_of_its_day_and_not_as_known_then(
    lotwork: Caller, clock: SetClock, words: tuple[str, ...]
) -> None:
    """The events happened by the day; they were recorded a year later, a rule that corrects the law among them."""
    lotwork.take(PROFILE, receipt("early", "2025-02-01", "1", "50000"))
    at(clock, "2026-03-02T12:00:00Z")
    lotwork.take(
        receipt("late", "2025-03-01", "1", "60000"), sale("sold", "2025-07-02", "0.5", "20000"), BILL, RIG,
        {"kind": "correction", "id": "fix", "at": "2026-03-02T12:00:00Z", "target": "early",
         "set": {"price_usd": "51000"}, "reason": "the pool's own statement"},
    )  # fmt: skip
    as_of = ("--as-of", "2025-12-31")
    known_then = told(lotwork, *words, *as_of, "--known", "2025-12-31")
    known_now = told(lotwork, *words, *as_of)
    at_position = told(lotwork, *words, *as_of, "--up-to", "2")
    assert known_then == at_position
    assert figures(known_then) != figures(known_now)
    assert known_then["position"] == 2


def test_what_was_known_is_cut_at_the_end_of_the_day_where_the_taxpayer_lives(lotwork: Caller, clock: SetClock) -> None:
    """2025-03-02 in New York ends at 05:00 UTC on the next day."""
    at(clock, "2025-03-03T04:59:59Z")
    lotwork.take(PROFILE, receipt("in", "2025-02-01", "1"))
    at(clock, "2025-03-03T05:00:00Z")
    lotwork.take(receipt("out", "2025-02-01", "1"))
    known = ("income", "--year", "2025", "--known")
    assert told(lotwork, *known, "2025-03-02")["position"] == 2
    assert told(lotwork, *known, "2025-03-03")["position"] == 3
    assert told(lotwork, *known, "2025-03-03T05:00:00Z")["position"] == 3
    assert told(lotwork, *known, "2025-03-03T04:59:59.999999Z")["position"] == 2
    assert told(lotwork, *known, "2025-03-01")["position"] == 0
    assert "Nothing of book main had been recorded by 2025-03-01" in lotwork(*known, "2025-03-01").err
    assert "Nothing of book" not in lotwork(*known, "2025-03-02").err
    assert told(lotwork, *known, "2025-03-03", "--up-to", "1")["position"] == 1


def test_a_void_said_later_counts_for_the_day_and_not_for_what_was_known(lotwork: Caller, clock: SetClock) -> None:
    lotwork.take(PROFILE, receipt("wrong", "2025-02-01", "1", "50000"))
    at(clock, "2025-09-01T12:00:00Z")
    lotwork("add", "void", "target=wrong", "reason=it was a transfer")
    income = ("income", "--year", "2025", "--as-of", "2025-03-01")
    assert told(lotwork, *income)["rows"] == []
    assert len(told(lotwork, *income, "--known", "2025-08-31")["rows"]) == 1


def test_the_first_profile_holds_for_the_days_before_it(lotwork: Caller, clock: SetClock) -> None:
    at(clock, "2026-01-01T12:00:00Z")
    lotwork.take(PROFILE | {"at": "2025-06-01T00:00:00Z"}, receipt("a", "2025-02-01", "1", "50000"))
    early = told(lotwork, "liability", "--year", "2025", "--as-of", "2025-03-01")
    assert "profile_assumed" not in codes(early["findings"])


def test_at_is_another_name_for_as_of(lotwork: Caller) -> None:
    lotwork.take(PROFILE, receipt("a", "2025-02-01", "1"), receipt("b", "2025-02-10", "1"))
    assert told(lotwork, "lots", "--at", "2025-02-05") == told(lotwork, "lots", "--as-of", "2025-02-05")
    assert "give one of them" in lotwork("lots", "--at", "2025-02-05", "--as-of", "2025-02-06", code=2).err


@pytest.mark.parametrize(
    "words",
    [("--known", "yesterday"), ("--known", "2025-02-30"), ("--known", "2025-02-01T12:00:00"), ("--as-of", "now"),
     ("--law", "nowhere"), ("--law", "filed:last")],
)  # fmt: skip
def test_a_cut_that_cannot_be_is_a_mistake_of_the_caller(lotwork: Caller, words: tuple[str, str]) -> None:
    assert lotwork("income", "--year", "2025", *words, code=2).err


def test_the_law_of_a_year_never_filed_is_refused(lotwork: Caller) -> None:
    assert "run `lotwork file --year 2025`" in lotwork("income", "--year", "2025", "--law", "filed", code=3).err


def test_the_shipped_law_is_the_book_s_without_its_rules(lotwork: Caller) -> None:
    rule = {
        "kind": "rule", "id": "r", "at": "2025-01-01T00:00:00Z", "figure": "us/capital/loss_limit",
        "from": "2025-01-01", "value": dict.fromkeys(("single", "mfj", "mfs", "hoh", "qss"), "5000"),
        "cite": "a new statute", "reason": "as enacted",
    }  # fmt: skip
    shipped = told(lotwork, "income", "--year", "2025")["law"]
    lotwork.take(PROFILE, rule)
    assert told(lotwork, "income", "--year", "2025")["law"] != shipped
    assert told(lotwork, "income", "--year", "2025", "--law", "shipped")["law"] == shipped
    rules = Path(__file__).parents[2] / "rules"
    assert told(lotwork, "income", "--year", "2025", "--law", str(rules))["law"] != shipped


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "yesterday"])
@pytest.mark.parametrize("asked", [("lots", "--at"), ("quarterly", "--year", "2025", "--as-of")])
def test_a_day_no_event_can_have_is_refused(lotwork: Caller, day: str, asked: tuple[str, ...]) -> None:
    lotwork.take(PROFILE)
    refused = lotwork(*asked, day, code=2).err
    assert asked[-1] in refused
    assert day in refused


@pytest.mark.parametrize("beyond", [str(2**63 - 1), str(2**63), "9" * 30, "9" * 5000])
@pytest.mark.parametrize("option", ["--up-to", "--law"])
def test_a_position_beyond_the_end_of_any_log_is_the_end(lotwork: Caller, option: str, beyond: str) -> None:
    lotwork.take(PROFILE, receipt("mined", "2025-02-01", "1", "50000"))
    asked = ("liability", "--year", "2025", "--json")
    if option == "--up-to" and len(beyond) > len("9" * 30):
        lotwork(*asked, option, beyond, code=2)  # Python reads no number of so many digits
        return
    told = lotwork(*asked, option, beyond)
    assert told.out == lotwork(*asked).out
    said = "--up-to is beyond the end of book main, whose last position is 2: all of it counts.\n"
    assert told.err == (said if option == "--up-to" else "")


@pytest.mark.parametrize("law", ["", "filed:", "filed:99999", "filed:٢٠٢٥", "x" * 5000])
def test_a_law_that_is_none_is_a_mistake_of_the_caller(lotwork: Caller, law: str) -> None:
    lotwork("lots", "--law", law, code=2)

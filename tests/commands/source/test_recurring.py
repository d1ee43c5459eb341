"""A dated rule through the commands: what is due is written when it is due, once, and a rule's change is an event."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from lotwork.config import FILE
from lotwork.ledger.clock import SystemClock
from tests.commands.calling import Caller

RENT = ("name=rent", "category=rent", "amount_usd=850.00", "day=1", "start=2026-01-01")
pytestmark = pytest.mark.usefixtures("on")
ZONE = {"kind": "profile", "id": "me", "at": "2025-01-01T00:00:00Z", "time_zone": "America/New_York"}


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return what puts the clock to an instant; nobody is asked for prices."""
    monkeypatch.setenv("LOTWORK_PRICES__SOURCES", "[]")

    def put(text: str) -> None:
        at = datetime.fromisoformat(text).replace(tzinfo=UTC)
        monkeypatch.setattr(SystemClock, "now", lambda _: at)

    put("2026-03-15T12:00")
    return put


def add(lotwork: Caller, *keys: str, code: int = 0) -> str:
    told = lotwork("source", "add", "recurring", *(word for key in keys for word in ("--set", key)), code=code)
    return told.out + told.err


def written(lotwork: Caller, year: int = 2026) -> list[tuple[str, str]]:
    """Return the day and amount of each expense of a year."""
    return [
        (row["date"], row["amount_usd"].removesuffix("0000")) for row in lotwork.rows("expenses", "--year", str(year))
    ]


def edit(lotwork: Caller, old: str, new: str) -> None:
    path = lotwork.home / FILE
    before, heading, table = path.read_text(encoding="utf-8").rpartition("\n[[sources.recurring]]")
    assert old in table
    path.write_text(before + heading + table.replace(old, new), encoding="utf-8")


def change(lotwork: Caller, start: str, amount: str, *more: str) -> None:
    with (lotwork.home / FILE).open("a", encoding="utf-8") as file:
        lines = (f"start = {start}", f'amount_usd = "{amount}"', *more)
        file.write("[[sources.recurring.changes]]\n" + "\n".join(lines) + "\n")


def test_what_is_due_is_written_and_nothing_ahead_and_nothing_twice(lotwork: Caller, on: Any) -> None:
    said = add(lotwork, *RENT)
    assert "3 expense" in said
    assert "first  2026-01-01" in said
    lotwork("poll"), lotwork("poll")
    assert written(lotwork) == [("2026-01-01", "850.00"), ("2026-02-01", "850.00"), ("2026-03-01", "850.00")]
    on("2026-04-01T11:59")
    lotwork("poll")
    assert len(written(lotwork)) == 3
    on("2026-04-01T12:00")
    lotwork("poll")
    assert written(lotwork)[-1] == ("2026-04-01", "850.00")


@pytest.mark.parametrize(
    ("day", "days"),
    [
        (31, ["01-31", "02-28", "03-31", "04-30", "05-31"]),
        (30, ["01-30", "02-28", "03-30", "04-30", "05-30"]),
        (29, ["01-29", "02-28", "03-29", "04-29", "05-29"]),
    ],
)
def test_a_month_without_that_day_is_due_on_its_last(lotwork: Caller, on: Any, day: int, days: list[str]) -> None:
    add(lotwork, "name=net", "category=internet", "amount_usd=79.99", f"day={day}", "start=2026-01-01")
    on("2026-06-01T00:00")
    lotwork("poll")
    assert [each for each, _ in written(lotwork)] == [f"2026-{wanted}" for wanted in days]
    assert {amount for _, amount in written(lotwork)} == {"79.99"}


def test_a_leap_year_has_a_29th_of_february(lotwork: Caller, on: Any) -> None:
    on("2024-03-01T12:00")
    add(lotwork, "name=net", "category=internet", "amount_usd=79.99", "day=30", "start=2024-01-01")
    lotwork("poll")
    assert written(lotwork, 2024) == [("2024-01-30", "79.99"), ("2024-02-29", "79.99")]


def test_what_fell_due_while_nobody_asked_is_written_across_years(lotwork: Caller, on: Any) -> None:
    add(lotwork, *RENT)
    lotwork("poll")
    on("2027-02-10T00:00")
    lotwork("poll")
    assert len(written(lotwork)) == 12
    assert written(lotwork, 2027) == [("2027-01-01", "850.00"), ("2027-02-01", "850.00")]


def test_the_day_is_that_of_the_taxpayers_clock(lotwork: Caller, on: Any) -> None:
    lotwork.take(ZONE)
    add(lotwork, "name=rack", "category=hosting", "amount_usd=100", "day=31", "start=2025-12-31", "until=2026-01-31")
    on("2025-12-31T16:59")
    lotwork("poll")
    assert not written(lotwork, 2025)
    on("2026-01-01T03:00")
    lotwork("poll")
    assert written(lotwork, 2025) == [("2025-12-31", "100.00")]
    lotwork.take({**ZONE, "id": "moved", "at": "2026-01-15T00:00:00Z", "time_zone": "Asia/Tokyo"})
    on("2026-06-01T00:00")
    lotwork("poll")
    assert written(lotwork) == [("2026-01-31", "100.00")]


def test_a_zone_that_is_told_later_amends_nothing_whose_day_it_leaves(lotwork: Caller) -> None:
    add(lotwork, *RENT)
    lotwork("poll")
    lotwork.take(ZONE)
    assert "rent (main): 0 new events" in lotwork("poll").out
    lotwork.take({**ZONE, "id": "far", "at": "2025-01-02T00:00:00Z", "time_zone": "Pacific/Auckland"})
    lotwork("poll")
    assert [day for day, _ in written(lotwork)] == ["2026-01-01", "2026-02-01", "2026-03-01"]
    assert "rent (main): 0 new events" in lotwork("poll").out


def test_quarters_are_counted_from_the_first_time_and_end_with_the_last_day(lotwork: Caller, on: Any) -> None:
    on("2027-06-01T00:00")
    keys = ("every_months=3", "day=15", "start=2026-01-20", "until=2026-11-15")
    add(lotwork, "name=insured", "category=insurance", "amount_usd=300", *keys)
    lotwork("poll")
    assert [day for day, _ in written(lotwork)] == ["2026-02-15", "2026-05-15", "2026-08-15", "2026-11-15"]
    assert not written(lotwork, 2027)


def test_a_change_holds_from_its_day_on_and_told_late_corrects_what_is_written(lotwork: Caller, on: Any) -> None:
    add(lotwork, *RENT)
    on("2026-08-15T00:00")
    lotwork("poll")
    change(lotwork, "2026-07-01", "900.00")
    told = lotwork("poll", code=1)
    assert "corrected by event" in told.out + told.err
    assert "2026-07-01 to 2026-08-01" in told.out + told.err
    assert [amount for _, amount in written(lotwork)] == ["850.00"] * 6 + ["900.00"] * 2
    on("2026-09-15T00:00")
    lotwork("poll"), lotwork("poll")
    assert written(lotwork)[-1] == ("2026-09-01", "900.00")
    assert len(written(lotwork)) == 9


def test_a_change_of_the_day_moves_what_is_due_from_then_on(lotwork: Caller, on: Any) -> None:
    add(lotwork, *RENT)
    on("2026-05-20T00:00")
    lotwork("poll")
    change(lotwork, "2026-05-01", "850.00", "day = 10")
    lotwork("poll", code=1), lotwork("poll")
    assert [day for day, _ in written(lotwork)][-2:] == ["2026-04-01", "2026-05-10"]


def test_a_rule_that_ended_takes_back_what_it_wrote_after_its_end(lotwork: Caller) -> None:
    add(lotwork, *RENT)
    lotwork("poll")
    edit(lotwork, "start = 2026-01-01", "start = 2026-01-01\nuntil = 2026-02-15")
    told = lotwork("poll", code=1)
    assert "voided by event" in told.out + told.err
    assert [day for day, _ in written(lotwork)] == ["2026-01-01", "2026-02-01"]
    edit(lotwork, "until = 2026-02-15", "until = 2026-03-31")
    lotwork("poll")
    assert [day for day, _ in written(lotwork)] == ["2026-01-01", "2026-02-01", "2026-03-01"]


def in_suspense(lotwork: Caller) -> list[str]:
    """Return the words of what waits for the source or a person."""
    found = lotwork("findings", "--json", code=None).result["findings"]
    return [each["message"] for each in found if each["code"] == "in_suspense"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('amount_usd = "850.00"', 'amount_usd = "900.00"'),
        ("day = 1 ", "day = 2 "),
        ('category = "rent"', 'category = "internet"'),
        ("start = 2026-01-01", "start = 2026-02-01"),
    ],
)
def test_first_words_that_say_otherwise_of_what_is_written_are_refused(
    lotwork: Caller, on: Any, old: str, new: str
) -> None:
    add(lotwork, *RENT)
    lotwork("poll")
    before = written(lotwork)
    edit(lotwork, old, new)
    on("2026-04-15T00:00")
    told = lotwork("poll", code=None)
    assert told.code != 0
    assert "a table `changes`" in told.err + told.out
    assert "2026-01-01" in told.err + told.out
    assert written(lotwork) == before
    lotwork("poll", code=None)
    (words,) = in_suspense(lotwork)
    assert "a table `changes`" in words
    edit(lotwork, new, old)
    lotwork("poll")
    assert in_suspense(lotwork) == []
    assert len(written(lotwork)) == 4


def test_what_a_person_corrected_or_took_out_stays_so(lotwork: Caller, on: Any) -> None:
    add(lotwork, *RENT)
    lotwork("poll")
    lotwork("add", "correction", "target=recurring:rent:2026-02-01", 'set={"amount_usd": "425"}', "reason=half a month")
    lotwork("add", "void", "target=recurring:rent:2026-03-01", "reason=not paid")
    lotwork("poll")
    assert written(lotwork) == [("2026-01-01", "850.00"), ("2026-02-01", "425.00")]
    change(lotwork, "2026-03-01", "900")
    on("2026-04-02T00:00")
    lotwork("poll")
    assert written(lotwork) == [("2026-01-01", "850.00"), ("2026-02-01", "425.00"), ("2026-04-01", "900.00")]


def test_what_was_wrong_from_the_beginning_is_a_correction_and_then_rule_and_book_agree(
    lotwork: Caller, on: Any
) -> None:
    add(lotwork, *RENT)
    lotwork("poll")
    edit(lotwork, "850.00", "805.00")
    lotwork("poll", code=None)
    select = 'select={"kind": "expense", "source": "rent"}'
    lotwork("add", "correction", select, 'set={"amount_usd": "805"}', "reason=mistyped")
    lotwork("poll")
    on("2026-04-15T00:00")
    lotwork("poll")
    assert [amount for _, amount in written(lotwork)] == ["805.00"] * 4


def test_without_the_rule_what_it_wrote_stays(lotwork: Caller, on: Any) -> None:
    add(lotwork, *RENT)
    lotwork("poll")
    lotwork("source", "remove", "rent")
    on("2026-05-15T00:00")
    lotwork("poll")
    assert len(written(lotwork)) == 3
    add(lotwork, *RENT)
    lotwork("poll")
    assert len(written(lotwork)) == 5


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("day=0", "day"),
        ("day=32", "day"),
        ("amount_usd=0", "amount_usd"),
        ("amount_usd=-850", "amount_usd"),
        ("amount_usd=850,00", "amount_usd"),
        ("amount_usd=NaN", "amount_usd"),
        ("currency=EUR", "currency"),
        ("start=1999-01-01", "no day of mining"),
        ("start=2026-02-30", "start"),
        ("until=2025-12-31", "until"),
        ("every_months=5", "every_months"),
        ("business_share=1.2", "business_share"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused(lotwork: Caller, wrong: str, words: str) -> None:
    keys = {key.partition("=")[0]: key for key in (*RENT, wrong)}
    told = lotwork("source", "add", "recurring", *(word for key in keys.values() for word in ("--set", key)), code=None)
    assert told.code not in (0, 70), told.err
    assert words in told.err
    assert not (lotwork.home / FILE).exists() or "[[sources.recurring]]\nname" not in (lotwork.home / FILE).read_text()


@pytest.mark.parametrize(
    ("start", "more", "words"),
    [
        ("2026-07-10", ("day = 15",), "2026-07 would be due twice"),
        ("2025-12-01", (), "changes"),
        ("2026-07-20", ("day = 5",), None),
    ],
)
def test_a_change_that_makes_a_month_due_twice_is_refused(
    lotwork: Caller, start: str, more: tuple[str, ...], words: str | None
) -> None:
    add(lotwork, *RENT)
    change(lotwork, start, "900", *more)
    told = lotwork("poll", code=None)
    assert (told.code != 0) == (words is not None)
    assert (words or "") in told.err


def test_a_change_that_leaves_a_month_out_is_refused(lotwork: Caller) -> None:
    add(lotwork, *RENT[:3], "day=20", "start=2026-01-01")
    change(lotwork, "2026-07-10", "900", "day = 5")
    told = lotwork("poll", code=None)
    assert told.code != 0
    assert "2026-07 would be due not at all" in told.err


def bill(day: str, amount: str, category: str = "rent", **more: str) -> dict[str, str]:
    told = {"kind": "expense", "id": "bill", "at": f"{day}T18:00:00Z", "category": category, "amount_usd": amount}
    return {**told, **more}


def asked(lotwork: Caller) -> list[tuple[str, str]]:
    found = lotwork("expenses", "--year", "2026", "--json", code=None).result["findings"]
    return [(each["code"], each["event"]) for each in found]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (bill("2026-02-03", "850.00"), "likely_twins"),
        (bill("2026-02-03", "850.00", source="bank"), "likely_twins"),
        (bill("2026-02-03", "861.37"), "rule_and_bill"),
        (bill("2026-02-09", "850.00"), "rule_and_bill"),
        (bill("2026-01-28", "400.00", source="bank"), "rule_and_bill"),
        (bill("2026-02-03", "861.37", "Rent"), "rule_and_bill"),
        (bill("2026-02-03", "861.37", "internet"), None),
        (bill("2026-02-03", "12.00"), None),
        (bill("2026-02-03", "4000.00"), None),
        (bill("2026-02-03", "861.37", may_repeat="none"), None),
    ],
)
def test_a_bill_that_comes_as_well_is_asked_about(
    lotwork: Caller, on: Any, told: dict[str, str], code: str | None
) -> None:
    add(lotwork, *RENT, "until=2026-03-31")
    lotwork("poll")
    lotwork.take(told)
    wanted = [] if code is None else [code]
    assert [each for each, _ in asked(lotwork) if each in ("likely_twins", "rule_and_bill")] == wanted
    if code == "rule_and_bill":
        (event,) = (event for each, event in asked(lotwork) if each == code)
        assert event == "recurring:rent:2026-02-01"
        on("2027-02-01T00:00")
        stopped = lotwork("file", "--year", "2026", code=None)
        assert "rule_and_bill" in stopped.out + stopped.err
        lotwork("add", "void", f"target={event}", "reason=the bill came")
        assert code not in dict(asked(lotwork))
        lotwork("poll")
        assert code not in dict(asked(lotwork))


def test_two_bills_beside_one_rule_are_one_question(lotwork: Caller) -> None:
    add(lotwork, *RENT)
    lotwork("poll")
    lotwork.take(bill("2026-02-03", "861.37"), {**bill("2026-02-05", "870.00"), "id": "other"})
    assert [each for each, _ in asked(lotwork)].count("rule_and_bill") == 1

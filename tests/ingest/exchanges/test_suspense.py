"""What an account tells and no rule takes is in suspense, once, until a look takes it or a person settles it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import SourceRefusedError
from lotwork.ledger.events import Suspense
from tests.ingest.exchanges.kit import Kraken, World, world
from tests.ingest.exchanges.test_kraken import _entry

ODD = "LODD01-AAAAA-BBBBBB"
ROWS: list[dict[str, Any]] = [
    {"kind": "margin", "amount": "-1.0"},
    {"kind": "a word of tomorrow", "amount": "1.0"},
    {"kind": "rollover", "amount": "-0.5"},
    {"kind": "trade", "amount": "-0.5"},  # the half of a trade
    {"kind": "transfer", "amount": "12.5", "asset": "ZUSD"},  # dollars alone, which a person is asked about
]


def odd(row: dict[str, Any]) -> Kraken:
    kraken = Kraken()
    said = {key: value for key, value in row.items() if key not in ("kind", "amount")}
    kraken.entries[ODD] = _entry("2026-03-10 10:00:00", row["kind"], row["amount"], refid="ODD-1", **said)
    return kraken


def look(here: World, **more: Any) -> None:
    with suppress(SourceRefusedError):
        here.look(**more)


@pytest.fixture(params=ROWS, ids=lambda row: f"{row['kind']} {row['amount']}")
def told(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[tuple[World, Suspense]]:
    with world(tmp_path, odd(request.param)) as here:
        for _ in range(3):
            look(here)
        (one,) = here.suspense()
        yield here, one


def test_a_row_is_in_suspense_once_with_its_time_and_what_to_do(told: tuple[World, Suspense]) -> None:
    here, one = told
    assert (one.subject, f"{one.at:%Y-%m-%d %H:%M}", one.dated) == (ODD, "2026-03-10 10:00", "yes")
    assert "`done`" in one.remedy
    assert one.evidence is not None
    assert here.findings()[one.id] == "in_suspense"
    assert sum(isinstance(event, Suspense) for _, event in here.store.read("main")) == 1


def test_a_look_that_takes_it_takes_it_out(told: tuple[World, Suspense]) -> None:
    here, one = told
    look(here, done=(ODD,))
    assert here.suspense() == []
    assert one.id not in here.findings()
    look(here)  # it is said no more that it was recorded by hand
    assert here.suspense() == [one]


def test_what_a_person_settled_stays_settled(told: tuple[World, Suspense]) -> None:
    here, one = told
    here.answer_with({"kind": "void", "target": one.id, "reason": "recorded by hand"})
    for _ in range(2):
        look(here)
    look(here, done=(ODD,))
    look(here)
    assert here.suspense() == []


def test_a_row_that_is_told_no_more_is_taken_out_and_fails_no_poll(tmp_path: Path) -> None:
    kraken = odd(ROWS[0])
    with world(tmp_path, kraken) as here:
        look(here)
        del kraken.entries[ODD]
        here.clock.move(31 * 86_400)
        for _ in range(3):
            look(here)
            here.clock.move(43_200)
        assert here.suspense() == []
        here.look()


def test_what_an_import_told_otherwise_waits_until_both_agree(tmp_path: Path) -> None:
    with world(tmp_path, Kraken()) as here:
        here.look()
        sale = next(each for each in here.public() if each["kind"] == "sale")
    other = {**sale, "source": "kraken"}
    with world(tmp_path / "other", Kraken()) as here:
        here.answer_with({**other, "proceeds_usd": "1"})
        for _ in range(3):
            here.look()
        (one,) = here.suspense()
        assert one.subject == sale["id"]
        assert "kraken told it before" in one.reason
        assert "proceeds_usd 1.0" in one.reason
        right = {"proceeds_usd": sale["proceeds_usd"]}
        here.answer_with(
            {"kind": "correction", "id": "right", "target": sale["id"], "set": right, "reason": "by the exchange"}
        )
        here.clock.move(31 * 86_400)
        here.look()
        assert here.suspense() == []


def test_an_account_read_from_nothing_ends_where_one_that_was_followed_does(tmp_path: Path) -> None:
    kraken = Kraken()
    with world(tmp_path / "followed", kraken) as here:
        for number, row in enumerate(ROWS):
            said = {key: value for key, value in row.items() if key not in ("kind", "amount")}
            name = f"LODD{number:02}-AAAAA-BBBBBB"
            kraken.entries[name] = _entry(
                "2026-03-10 10:00:00", row["kind"], row["amount"], refid=f"ODD-{number}", **said
            )
            look(here)
            here.clock.move(3_600)
        look(here, done=("LODD00-AAAAA-BBBBBB",))
        look(here)
        followed = {(one.id, one.at, one.reason) for one in here.suspense()}
    with world(tmp_path / "anew", kraken) as here:
        look(here)
        assert {(one.id, one.at, one.reason) for one in here.suspense()} == followed
    assert len(followed) == len(ROWS)


def test_a_key_that_may_trade_is_told_and_stops_nothing(tmp_path: Path) -> None:
    kraken = Kraken()
    kraken.permissions = ["query-ledger", "modify-trades"]
    with world(tmp_path, kraken) as here:
        here.look()
        assert any("may do more than read" in told for told in here.told)
        assert here.suspense() == []

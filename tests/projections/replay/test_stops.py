"""What reaches back is replayed from the nearest stop before it, and comes to what a replay from zero comes to."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.codec import KINDS
from lotwork.ledger.history import History
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.store import EventStore
from lotwork.projections.law_in_force import folded_law, law_in_force
from lotwork.projections.liability import liability
from lotwork.projections.replay import resuming, stops
from lotwork.projections.replay.as_known import LogAsKnown
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.checkpoint import Checkpoints, Replayed
from lotwork.projections.replay.files import prune
from lotwork.projections.replay.frames import read_head
from lotwork.projections.replay.reach import OF_ALL_HISTORY, REACHES
from lotwork.projections.replay.resuming import folded
from lotwork.projections.replay.state import digest_of
from tests.drawing import FUZZ
from tests.projections.house import MAIN, receipt, sale
from tests.projections.replay.drawn import BEGIN, long_histories
from tests.projections.replay.printed import printed
from tests.projections.replay.test_checkpoint import Line, append, end_of, store_of
from tests.rules.us.law import LAW

YEARS = (2025,)
ASKED = st.sampled_from((YEARS, YEARS, (2024,), (2024, 2025), (2025, 2026), ()))


@pytest.fixture(autouse=True)
def _stops_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stops, "APART", 1)
    monkeypatch.setattr(resuming, "FAR", 1)


def all_of(book: Book) -> tuple[Any, ...]:
    """Return all that a book keeps and tells, and the lines of a return that stand on it."""
    income, gains, lots = book.income, book.gains, book.lots.state()
    lines = [
        (each.line, each.because, each.events) for year in gains.years for each in liability(book, LAW, year).lines
    ]
    return (
        digest_of(book), gains.rows, gains.removals, income.rows, dict(income.by_day), book.told(), lines,
        book.events, book.latest, income.last_price, book.quotes, book.marks.made, lots.choices, lots.shorts,
        printed(book, LAW, Head(MAIN)),
    )  # fmt: skip


def from_zero(store: EventStore, years: Collection[int] = YEARS) -> Book:
    return Book.begin(History.read(store, MAIN), years, LAW).fold()


def from_a_stop(store: EventStore, years: Collection[int] = YEARS) -> Replayed:
    """Replay without what was kept of the end: from a stop, or from zero."""
    kept = Checkpoints(store.home)
    for end in kept.folder.glob("*.json"):
        end.unlink()
    return kept.replay(store, MAIN, years=years, law=LAW)


def kept_in(store: EventStore) -> list[Path]:
    return sorted(Checkpoints(store.home).folder.glob("*.stop"))


@settings(max_examples=1_000 if settings.get_current_profile_name() == FUZZ else 5)
@given(long_histories(), st.data())
def test_from_any_stop_figures_are_those_from_zero(lines: list[Line], data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(lines)))
    with store_of(*lines[:cut]) as store:
        from_a_stop(store)
        for line in lines[cut:]:
            append(store, line)
            years = data.draw(ASKED)
            assert all_of(from_a_stop(store, years).book) == all_of(from_zero(store, years)), line["id"]
            kept = Checkpoints(store.home).replay(store, MAIN, years=YEARS, law=LAW)
            assert all_of(kept.book) == all_of(from_zero(store)), line["id"]
        assert all_of(from_a_stop(store).book) == all_of(from_zero(store))


@settings(max_examples=1_000 if settings.get_current_profile_name() == FUZZ else 5)
@given(long_histories(), st.data())
def test_a_day_the_past_and_what_was_left_out_come_from_any_stop_to_what_they_come_to_from_zero(
    lines: list[Line], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(lines)))
    with store_of(*lines[:cut]) as store:
        from_a_stop(store)
        append(store, *lines[cut:])
        if data.draw(st.booleans()):
            from_a_stop(store)
        for _ in range(2):
            look, years = data.draw(LOOKS), data.draw(ASKED)
            position = data.draw(st.integers(1, len(lines)))
            day = BEGIN.date() + timedelta(days=data.draw(st.integers(0, 400)))
            whole = all_of(Book.begin(read(store, look, position, day), years, LAW).fold(until=until(look, day)))
            for _ in (1, 2):
                history = read(store, look, position, day)
                assert all_of(folded(history, years, LAW, until=until(look, day), keep=True)) == whole, (look, day)


LOOKS = st.sampled_from(("a day", "a day of then", "folded to a day", "then", "left out"))


def read(store: EventStore, look: str, position: int, day: date) -> History:
    end = store.head(MAIN).position
    if look == "left out":
        log = LogAsKnown(store, position, datetime.combine(day, time(), tzinfo=UTC))
        return History.read(log, MAIN, up_to=end)
    up_to = position if look.endswith("then") else end
    return History.read(store, MAIN, up_to=up_to, until=day if look.startswith("a day") else None)


def until(look: str, day: date) -> date | None:
    return day if look == "folded to a day" else None


MONTHS = tuple(receipt(f"r{month}", f"2025-{month:02}-10", "1", f"{month}000") for month in range(1, 9))
SOLD = sale("s", "2025-05-20", "1.5", "9000")
HERE: Line = {"kind": "profile", "id": "here", "at": "2024-12-01T00:00:00Z", "time_zone": "America/New_York",
              "activity": "business"}  # fmt: skip
BACK: dict[str, tuple[Line, str]] = {
    "a late receipt": (receipt("late", "2025-07-01", "1", "5"), "r6"),
    "a late sale": (sale("late", "2025-07-01", "0.5", "5"), "r6"),
    "a late bill": ({"kind": "expense", "id": "late", "at": "2025-07-01T00:00:00Z", "category": "rent",
                     "amount_usd": "70"}, "r6"),
    "a void": ({"kind": "void", "id": "v", "at": "2025-09-01T00:00:00Z", "target": "r7", "reason": "twice"}, "r6"),
    "a correction": ({"kind": "correction", "id": "c", "at": "2025-09-01T00:00:00Z", "target": "r7",
                      "set": {"quantity": "2"}, "reason": "typing"}, "r6"),
    "a price": ({"kind": "price", "id": "p", "at": "2025-07-10T12:30:00Z", "asset": "BTC", "price_usd": "7",
                 "source": "x"}, "r6"),
    "a payment": ({"kind": "payment", "id": "paid", "at": "2025-07-01T00:00:00Z", "year": 2025, "amount_usd": "7",
                   "type": "estimated"}, "r6"),
    "a later profile": ({"kind": "profile", "id": "z", "at": "2025-07-12T00:00:00Z", "time_zone": "Asia/Tokyo",
                         "activity": "hobby"}, "r6"),
    "a wallet that nothing names": ({"kind": "wallet", "id": "w", "at": "2025-07-12T00:00:00Z", "wallet": "attic",
                                     "custody": "broker"}, "r6"),
    "an election": ({"kind": "election", "id": "e", "at": "2025-07-12T00:00:00Z", "from": "2025-07-12",
                     "method": "hifo"}, "r6"),
    "a selection": ({"kind": "selection", "id": "c", "at": "2025-07-12T00:00:00Z", "wallet": "cold", "asset": "BTC",
                     "lots": [{"lot": "r5", "quantity": "1"}]}, "r6"),
    "a selection for a sale": ({"kind": "selection", "id": "c", "at": "2025-07-12T00:00:00Z", "wallet": "cold",
                                "asset": "BTC", "lots": [{"lot": "r1", "quantity": "1"}], "for": "s"}, "r5"),
    "an agreement": ({"kind": "sharing", "id": "h", "at": "2025-07-12T00:00:00Z", "party": "host", "share": "0.25",
                      "from": "2025-07-12", "wallet": "cold", "as": "owner"}, "r6"),
    "a rule that no fold asks for": (
        {"kind": "rule", "id": "rule", "at": "2025-07-01T00:00:00Z", "figure": "us/self_employment/oasdi_wage_base",
         "from": "2025-01-01", "value": "100000", "cite": "a bill", "reason": "what if"}, "r6"),
}  # fmt: skip


@pytest.mark.parametrize("what", BACK)
def test_what_reaches_back_begins_at_the_nearest_stop_before_it(what: str) -> None:
    line, last = BACK[what]
    with store_of(HERE, *MONTHS[:5], SOLD, *MONTHS[5:]) as store:
        from_a_stop(store)
        append(store, line)
        done = from_a_stop(store)
        assert all_of(done.book) == all_of(from_zero(store))
        whole = [each["id"] for each in (HERE, *MONTHS[:5], SOLD, *MONTHS[5:])]
        assert 0 < done.folded <= len(whole) - whole.index(last) + 1, "what stood before the stop was not folded again"
        assert done.resumed_from == len(whole)


@pytest.mark.parametrize(
    "line",
    [
        {"kind": "profile", "id": "z", "at": "2025-09-05T00:00:00Z", "time_zone": "Asia/Tokyo"},
        {"kind": "wallet", "id": "w", "at": "2025-09-05T00:00:00Z", "wallet": "cold", "custody": "broker"},
        {"kind": "election", "id": "e", "at": "2025-09-05T00:00:00Z", "from": "2025-01-01", "method": "lifo"},
        {"kind": "correction", "id": "c", "at": "2025-09-01T00:00:00Z", "select": {"kind": "receipt"},
         "set": {"quantity": "2"}, "reason": "typing"},
        {"kind": "void", "id": "v", "at": "2025-09-01T00:00:00Z", "target": "r1", "reason": "twice"},
        {"kind": "correction", "id": "m", "at": "2025-09-01T00:00:00Z", "target": "r8",
         "set": {"at": "2025-01-01T00:00:00Z"}, "reason": "typing"},
    ],
    ids=lambda line: f"{line['kind']} {line['id']}",
)  # fmt: skip
def test_what_all_of_history_is_read_by_begins_at_zero(line: Line) -> None:
    with store_of(*MONTHS) as store:
        from_a_stop(store)
        append(store, line)
        done = from_a_stop(store)
        assert done.resumed_from == 0
        assert all_of(done.book) == all_of(from_zero(store))


@pytest.mark.parametrize(
    "told",
    [
        receipt("p", "2025-07-13", "1", txid="t1", source="pool"),
        {"kind": "transfer", "id": "t", "at": "2025-07-12T00:00:00Z", "from_wallet": "hot", "to_wallet": "cold",
         "asset": "BTC", "quantity": "1", "txid": "t1"},
    ],
    ids=["a pool's list", "a transfer"],
)  # fmt: skip
def test_what_is_found_to_be_told_twice_begins_at_the_stop_before_it(told: Line) -> None:
    seen = receipt("seen", "2025-07-12T01:00:00Z", "1", txid="t1", vout="0", source="chain")
    first = receipt("f", "2025-02-12", "1", txid="t0", vout="0", source="chain")
    with store_of(first, {**first, "id": "g", "source": "pool"}, *MONTHS[:7], seen, MONTHS[7]) as store:
        from_a_stop(store)
        for line in (told, {"kind": "void", "id": "v", "at": "2025-09-01T00:00:00Z", "target": "g", "reason": "no"}):
            append(store, line)
            done = from_a_stop(store)
            assert all_of(done.book) == all_of(from_zero(store))
            assert (done.resumed_from > 0) == (line is told)
            assert line is not told or done.folded < 5
        for file in Checkpoints(store.home).folder.glob("*.found"):
            file.write_bytes(file.read_bytes()[:-1])
        assert all_of(from_a_stop(store).book) == all_of(from_zero(store))


@pytest.mark.parametrize(
    ("figure", "first", "stop"),
    [("wash_sale/reaches_coin", "2025-06-12", "r5"), ("income/mining_deferred", "2025-06-12", "r5"),
     ("wash_sale/reaches_coin", "2024-06-01", None)],
)  # fmt: skip
def test_another_law_of_what_is_folded_begins_at_the_stop_before_it_says_otherwise(
    figure: str, first: str, stop: str | None
) -> None:
    bought = {"kind": "purchase", "id": "b", "at": "2025-06-25T00:00:00Z", "wallet": "cold", "asset": "BTC",
              "quantity": "1", "cost_usd": "100"}  # fmt: skip
    lost = sale("lost", "2025-06-13", "0.5", "1")
    rule = {"kind": "rule", "id": "rule", "at": "2025-09-01T00:00:00Z", "figure": f"us/{figure}", "from": first,
            "value": True, "cite": "a bill", "reason": "what if"}  # fmt: skip
    lines = [*MONTHS[:6], lost, bought, *MONTHS[6:]]
    with store_of(*lines) as store:
        from_a_stop(store)
        append(store, rule)
        for voided in (False, True):
            if voided:
                append(store, {"kind": "void", "id": "v", "at": rule["at"], "target": "rule", "reason": "no law"})
            law = law_in_force(History.read(store, MAIN), LAW)
            done = Checkpoints(store.home).replay(store, MAIN, years=YEARS, law=law)
            whole = Book.begin(History.read(store, MAIN), YEARS, law).fold()
            assert all_of(done.book) == all_of(whole)
            if not voided:
                assert (done.resumed_from > 0) == (stop is not None)
                names = [line["id"] for line in lines]
                assert stop is None or done.folded <= len(lines) + 1 - names.index(stop)


def test_how_far_it_reaches_is_told_of_every_kind() -> None:
    assert set(REACHES) == set(KINDS)
    assert set(KINDS) > OF_ALL_HISTORY


def test_a_stop_serves_the_log_as_it_stood_before_it_too() -> None:
    with store_of(*MONTHS) as store:
        from_a_stop(store)
        kept = Checkpoints(store.home)
        done = kept.replay(store, MAIN, up_to=7, years=YEARS, law=LAW)
        whole = Book.begin(History.read(store, MAIN, up_to=7), YEARS, LAW).fold()
        assert all_of(done.book) == all_of(whole)
        assert done.resumed_from > 0


def test_a_stop_before_the_years_asked_for_serves_any_of_them() -> None:
    with store_of(*(receipt(f"a{month}", f"2024-{month:02}-10", "1") for month in range(6, 13)), *MONTHS) as store:
        kept = Checkpoints(store.home)
        kept.replay(store, MAIN, law=LAW)
        done = kept.replay(store, MAIN, years=YEARS, law=LAW)
        assert done.resumed_from > 0
        assert all_of(done.book) == all_of(from_zero(store))
        assert done.folded <= len(MONTHS) + 4


def test_from_zero_believes_no_stop_and_a_spoiled_one_is_passed_over() -> None:
    with store_of(*MONTHS) as store:
        from_a_stop(store)
        assert Checkpoints(store.home).replay(store, MAIN, years=YEARS, law=LAW, from_zero=True).resumed_from == 0
        for file in kept_in(store):
            written = file.read_bytes()
            file.write_bytes(written.replace(b'"r1"', b'"r9"'))
        done = from_a_stop(store)
        assert done.resumed_from == 0
        assert all_of(done.book) == all_of(from_zero(store))


def test_a_home_keeps_no_more_stops_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stops, "MOST_STOPS", 2)
    with store_of(*MONTHS) as store:
        from_a_stop(store)
        assert len(kept_in(store)) == 2


def test_stops_lie_closer_towards_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stops, "APART", 2)
    days = [receipt(f"d{day}", f"2025-03-{day:02}", "1") for day in range(1, 32)]
    with store_of(*days) as store:
        from_a_stop(store)
        assert 3 <= len(kept_in(store)) <= 6
        append(store, receipt("late", "2025-03-30T01:00:00Z", "1"))
        assert from_a_stop(store).folded <= 2 * 3 + 2


def test_stops_of_a_large_book_lie_further_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [receipt(f"r{day}", f"2025-01-{day:02d}", "0.1") for day in range(1, 21)]
    with store_of(*lines) as store:
        from_zero_and_kept = partial(Checkpoints(store.home).replay, store, MAIN, from_zero=True)
        for held_for_one, events in ((100, [10, 15, 17, 18, 19]), (2, [10, 15]), (1, [10])):
            monkeypatch.setattr(stops, "HELD_FOR_ONE", held_for_one)
            for stop in kept_in(store):
                stop.unlink()
            from_zero_and_kept()
            assert sorted(msgspec.json.decode(read_head(stop))["latest"][8:10] for stop in kept_in(store)) == [
                f"{event}" for event in events
            ]


def test_a_stop_in_the_place_of_a_checkpoint_is_believed_by_none() -> None:
    with store_of(*MONTHS) as store:
        from_a_stop(store)
        kept, end = Checkpoints(store.home), end_of(store)
        for file in kept_in(store):
            end.write_bytes(file.read_bytes())
            assert kept.read(store, MAIN, folded_law(LAW).digest) is None
            assert all_of(kept.replay(store, MAIN, years=YEARS, law=LAW).book) == all_of(from_zero(store))


@pytest.mark.parametrize("position", [-1, 2**63, 2**70])
def test_a_position_that_no_log_has_is_passed_over(position: int) -> None:
    with store_of(*MONTHS) as store:
        from_a_stop(store)
        for file in (end_of(store), *kept_in(store)):
            written = file.read_bytes().replace(b'"position":8', b'"position":%d' % position, 1)
            file.write_bytes(hashlib.sha256(written[65:]).hexdigest().encode() + written[64:])
        done = Checkpoints(store.home).replay(store, MAIN, years=YEARS, law=LAW)
        assert done.resumed_from == 0
        assert all_of(done.book) == all_of(from_zero(store))


def test_what_is_gone_while_a_home_is_pruned_is_passed_over(tmp_path: Path) -> None:
    """Another process takes the same files away; a name that leads nowhere cannot be looked at either."""
    for number, name in enumerate(("a.stop", "b.stop", "c.stop", ".new-killed", ".new-now")):
        (tmp_path / name).write_bytes(b"")
        os.utime(tmp_path / name, (90_000 * number, 90_000 * number))
    os.utime(tmp_path / ".new-killed", (1, 1))
    (tmp_path / "gone.stop").symlink_to(tmp_path / "nowhere")
    (tmp_path / "0.stop").mkdir()
    os.utime(tmp_path / "0.stop", (0, 0))
    prune(tmp_path, ".stop", 2)
    assert sorted(each.name for each in tmp_path.iterdir()) == [".new-now", "0.stop", "b.stop", "c.stop", "gone.stop"]


@pytest.mark.parametrize("told", ["2025-06-15T12:00:00Z", "2025-06-15T00:00:00Z"], ids=["its instant", "its day"])
def test_a_price_reaches_back_to_a_question_that_tells_what_another_leg_was_worth(told: str) -> None:
    """Both halves of a swap came under one transaction, months apart by their tellers: either question names both."""
    swap: tuple[Line, ...] = (
        {"kind": "movement", "id": "m", "at": "2025-03-01T00:00:00Z", "wallet": "cold", "asset": "ETH",
         "quantity": "1", "txid": "tx"},
        receipt("one", "2025-03-01T00:00:00Z", "0.5", None, txid="tx", source="chain"),
        receipt("two", "2025-06-15", "100", None, txid="tx", source="chain", asset="DOGE"),
    )  # fmt: skip
    price: Line = {"kind": "price", "id": "p", "at": told, "asset": "DOGE", "price_usd": "0.2", "source": "x",
                   "interval": "1d"}  # fmt: skip
    void: Line = {"kind": "void", "id": "v", "at": "2025-09-01T00:00:00Z", "target": "p", "reason": "wrong"}
    with store_of(*MONTHS[:2], *swap[:2], *MONTHS[2:5], swap[2], *MONTHS[5:]) as store:
        from_a_stop(store)
        for line, amount in ((price, "20.000000"), (void, None)):
            append(store, line)
            done = from_a_stop(store)
            assert all_of(done.book) == all_of(from_zero(store))
            asked = next(each for each in done.book.told() if each.code == "inflow_doubtful" and each.event == "one")
            assert ("20.000000" in asked.message) == (amount is not None)

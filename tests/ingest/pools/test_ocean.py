"""OCEAN over a real server with recorded answers: payouts, credits, gross and fee, and a history that shrinks."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lotwork.ingest.pools.coverage import covered_by, gross_and_fee
from lotwork.ingest.pools.ocean import Ocean
from lotwork.ingest.pools.ocean_answers import Earning, MonthRow, Payout
from lotwork.ingest.pools.ocean_section import OceanSection
from lotwork.ingest.watch import watch_once as watch_it
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import ConfigError, IntegrityError, SourceRefusedError
from lotwork.ledger.events import Balance, Event, Movement, Receipt, Suspense, Transfer
from lotwork.ledger.history import History
from lotwork.ledger.kinds.coins import NEW_KEYS
from lotwork.ledger.public_form.contract import to_contract
from lotwork.ledger.store import EventStore
from lotwork.projections.replay.book import Book
from tests.ingest.memory_evidence import MemoryEvidence
from tests.ingest.memory_log import MemoryLog
from tests.ingest.scripted_server import Reply, Script, client_of, serving

RECORDED = Path(__file__).parents[2] / "data" / "external"
EARNPAY = json.loads((RECORDED / "ocean_earnpay.json").read_bytes())
MONTH = (RECORDED / "ocean_monthly_earnings.json").read_bytes()
ADDRESS = "bc1qexampleexampleexampleexampleexample0"
START = datetime(2026, 6, 1, tzinfo=UTC)
NOW = datetime(2026, 6, 21, 12, tzinfo=UTC)
LATEST_CREDITS = 123_456
FIRST, SECOND = (payout["on_chain_txid"] for payout in EARNPAY["result"]["payouts"])


@pytest.fixture(scope="module")
def running() -> Iterator[Script]:
    with serving() as script:
        yield script


class Pool:
    """What the pool of a test knows; the answer is cut to the span that is asked for, as OCEAN does."""

    def __init__(self, server: Script) -> None:
        self.server = server
        self.result: dict[str, Any] = json.loads(json.dumps(EARNPAY["result"]))
        self.month = MONTH
        self.unpaid: str | None = None
        """What the pool says it owes, in whole bitcoin; None where it says nothing."""
        server.queue.clear()
        server.asked.clear()
        server.answer = self.answer

    def answer(self, path: str) -> Reply:
        if "monthly" in path:
            return Reply(body=self.month)
        if "statsnap" in path:
            return Reply(body=json.dumps({"result": {"unpaid": self.unpaid, "hashrate": 5}}).encode())
        first, last = (int(part) for part in path.split("/")[-2:])
        kept = {
            name: [item for item in self.result[name] if first <= seconds(item["ts"]) <= last]
            for name in ("earnings", "payouts")
        }
        return Reply(body=json.dumps({"result": {"start_ts": first, "end_ts": last, **kept}}).encode())


def seconds(told: str) -> int:
    return int(told) if told.isdigit() else int(datetime.fromisoformat(told).replace(tzinfo=UTC).timestamp())


@pytest.fixture
def pool(running: Script) -> Pool:
    return Pool(running)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EventStore]:
    opened = EventStore.open(tmp_path / "home", clock=SetClock(NOW))
    yield opened
    opened.close()


def section(pool: Pool, *, address: str = ADDRESS, start: datetime = START) -> OceanSection:
    return OceanSection(
        name="ocean", address=address, wallet="cold", start=start.date(), base_url=f"{pool.server.url}/v1"
    )


def ocean(
    pool: Pool,
    *,
    recognition: Callable[[datetime], str] = lambda _at: "on_payout",
    now: datetime = NOW,
    start: datetime = START,
    evidence: MemoryEvidence | None = None,
) -> Ocean:
    return Ocean(
        section=section(pool, start=start),
        client=client_of("ocean", clock=SetClock(now)),
        evidence=evidence or MemoryEvidence(),
        recognition=recognition,
        log=MemoryLog(),
    )


def watch_once(source: Ocean, store: EventStore) -> int:
    """Look once at *source*, whose log is *store*."""
    return watch_it(replace(source, log=store), store)


def recorded(store: EventStore) -> dict[str, Event]:
    return {event.id: event for _, event in store.read("main")}


def on_credit(_at: datetime) -> str:
    return "on_credit"


def test_each_payout_is_one_receipt_under_its_transaction(pool: Pool, store: EventStore) -> None:
    assert watch_once(ocean(pool), store) == 2
    first = recorded(store)[f"ocean:{ADDRESS}:{FIRST}"]
    assert isinstance(first, Receipt)
    assert (first.quantity, first.income, first.pool, first.wallet) == (1_048_576, "pool_payout", "ocean", "cold")
    assert (first.txid, first.note) == (FIRST, "paid in the coinbase")
    assert first.at == datetime(2026, 6, 5, 20, 14, 33, tzinfo=UTC)


def test_gross_and_fee_are_those_of_the_blocks_a_payout_pays_for(pool: Pool, store: EventStore) -> None:
    watch_once(ocean(pool), store)
    first, second = recorded(store).values()
    assert isinstance(first, Receipt)
    assert isinstance(second, Receipt)
    assert (first.gross_quantity, first.pool_fee_quantity) == (1_048_576 + 20_971 + 3, 20_971 + 3)
    assert (second.gross_quantity, second.pool_fee_quantity) == (1_048_580 + 20_971 + 3, 20_971 + 3)


def test_without_the_monthly_report_the_fees_of_the_earnings_are_added_back(pool: Pool, store: EventStore) -> None:
    pool.month = b'{"result": {"report": []}}'
    watch_once(ocean(pool), store)
    first = next(iter(recorded(store).values()))
    assert isinstance(first, Receipt)
    assert (first.gross_quantity, first.pool_fee_quantity) == (1_048_576 + 20_971, 20_971)


def test_a_payout_whose_blocks_cannot_be_told_has_no_gross(pool: Pool, store: EventStore) -> None:
    pool.result["earnings"] = pool.result["earnings"][:-1]
    watch_once(ocean(pool), store)
    first = next(iter(recorded(store).values()))
    assert isinstance(first, Receipt)
    assert (first.gross_quantity, first.pool_fee_quantity) == (None, None)


def test_the_raw_answer_is_the_evidence(pool: Pool, store: EventStore) -> None:
    evidence = MemoryEvidence()
    watch_once(ocean(pool, evidence=evidence), store)
    (digest,) = {event.evidence for event in recorded(store).values()}
    assert digest is not None
    assert FIRST.encode() in evidence.kept[digest]


def test_asking_again_records_nothing_new_and_keeps_nothing_new(pool: Pool, store: EventStore) -> None:
    evidence = MemoryEvidence()
    watch_once(ocean(pool, evidence=evidence), store)
    cursor = store.cursor("main", "ocean")
    for hours in (0, 1, 5):
        assert watch_once(ocean(pool, now=NOW + timedelta(hours=hours), evidence=evidence), store) == 0
    assert store.cursor("main", "ocean") == cursor
    assert len(evidence.kept) == 1
    assert watch_once(ocean(pool, now=NOW + timedelta(days=40), evidence=evidence), store) == 0
    assert store.cursor("main", "ocean") != cursor
    assert len(evidence.kept) == 1


def test_on_credit_each_block_is_income_at_the_pool_and_a_payout_moves_it(pool: Pool, store: EventStore) -> None:
    assert watch_once(ocean(pool, recognition=on_credit), store) == 9
    events = recorded(store).values()
    credits_ = [event for event in events if isinstance(event, Receipt)]
    moved = [event for event in events if isinstance(event, Transfer)]
    assert [event.quantity for event in credits_] == [400_000, 350_000, 298_576, 4, 500_000, 548_576, 123_456]
    assert {(event.wallet, event.income, event.txid) for event in credits_} == {("ocean", "pool_payout", None)}
    assert (credits_[0].gross_quantity, credits_[0].pool_fee_quantity) == (408_000, 8_000)
    assert [(event.from_wallet, event.to_wallet, event.quantity, event.txid) for event in moved] == [
        ("ocean", "cold", 1_048_576, FIRST),
        ("ocean", "cold", 1_048_580, SECOND),
    ]


def test_a_payout_over_a_change_of_policy_is_part_income_part_transfer(pool: Pool, store: EventStore) -> None:
    change = datetime(2026, 6, 13, tzinfo=UTC)
    policy: Callable[[datetime], str] = lambda at: "on_credit" if at >= change else "on_payout"  # noqa: E731 - a rule in a line
    watch_once(ocean(pool, recognition=policy), store)
    events = recorded(store)
    part, moved = events[f"ocean:{ADDRESS}:{SECOND}"], events[f"ocean:{ADDRESS}:{SECOND}:credited"]
    assert isinstance(part, Receipt)
    assert isinstance(moved, Transfer)
    assert (part.quantity, moved.quantity) == (500_004, 548_576)
    assert (part.txid, moved.txid) == (None, SECOND)
    income = sum(event.quantity for event in events.values() if isinstance(event, Receipt))
    assert income == 1_048_576 + 500_004 + 548_576 + 123_456


def test_a_long_history_is_read_in_spans_and_counts_the_same(pool: Pool, store: EventStore, tmp_path: Path) -> None:
    long_ago = datetime(2026, 1, 1, tzinfo=UTC)
    assert watch_once(ocean(pool, start=long_ago), store) == 2
    assert sum("earnpay" in path for path in pool.server.asked) == 6
    at_once = EventStore.open(tmp_path / "other", clock=SetClock(NOW))
    watch_once(ocean(pool), at_once)
    assert [(event.id, event.at) for event in recorded(store).values()] == [
        (event.id, event.at) for event in recorded(at_once).values()
    ]
    at_once.close()


def test_day_by_day_or_at_once_the_ledger_is_the_same(pool: Pool, store: EventStore, tmp_path: Path) -> None:
    for day in range(1, 22):
        watch_once(ocean(pool, now=START + timedelta(days=day), recognition=on_credit), store)
    at_once = EventStore.open(tmp_path / "other", clock=SetClock(NOW))
    watch_once(ocean(pool, recognition=on_credit), at_once)
    amounts = {event_id: getattr(event, "quantity", None) for event_id, event in recorded(store).items()}
    assert amounts == {event_id: getattr(event, "quantity", None) for event_id, event in recorded(at_once).items()}
    at_once.close()


def test_what_the_pool_tells_a_few_days_late_is_still_recorded(pool: Pool, store: EventStore) -> None:
    late = pool.result["payouts"].pop()
    watch_once(ocean(pool, now=NOW), store)
    pool.result["payouts"].append(late)
    assert watch_once(ocean(pool, now=NOW + timedelta(hours=2)), store) == 1
    assert f"ocean:{ADDRESS}:{SECOND}" in recorded(store)


def holding(store: EventStore) -> dict[str, Event]:
    """Return what holds, but for the latest credits, which wait for a payout until a person is asked."""
    events = History.read(store, "main").events()
    return {event.id: event for event in events if getattr(event, "quantity", 0) != LATEST_CREDITS}


@pytest.mark.parametrize("days", [1, 40, 400])
def test_a_payout_that_is_no_longer_listed_is_void_once_it_was_missed_for_a_day(
    days: int, pool: Pool, store: EventStore
) -> None:
    watch_once(ocean(pool), store)
    gone = pool.result["payouts"].pop()
    begun = NOW + timedelta(days=days)
    for hours in (0, 1, 2, 23):
        watch_once(ocean(pool, now=begun + timedelta(hours=hours)), store)
        assert len(holding(store)) == 2
    for hours in (26, 40, 53):
        watch_once(ocean(pool, now=begun + timedelta(hours=hours)), store)
    assert [*holding(store)] == [f"ocean:{ADDRESS}:{FIRST}"]
    assert any("no longer lists it" in one.body for one in store.pending())
    pool.result["payouts"].append(gone)
    watch_once(ocean(pool, now=begun + timedelta(days=35)), store)
    assert {*holding(store)} == {f"ocean:{ADDRESS}:{FIRST}", f"ocean:{ADDRESS}:{SECOND}"}


@pytest.mark.parametrize("days", [1, 40])
@pytest.mark.parametrize(("count", "stand"), [(20, False), (21, True)])
def test_more_rows_than_a_pool_takes_back_at_once_stand_and_are_asked_about(
    days: int, count: int, stand: bool, pool: Pool, store: EventStore
) -> None:
    (*_, last) = pool.result["payouts"]
    whole = [{**last, "on_chain_txid": f"{number:064x}"} for number in range(1, count + 1)]
    pool.result["payouts"] += whole
    watch_once(ocean(pool), store)
    before = {*holding(store)}
    del pool.result["payouts"][-count:]
    begun = NOW + timedelta(days=days)
    for hours in (0, 1, 26, 40, 53, 80, 120):
        watch_once(ocean(pool, now=begun + timedelta(hours=hours)), store)
    after = holding(store)
    cut = [event for event in after.values() if isinstance(event, Suspense)]
    assert (before <= {*after}) is stand
    assert [one.dated for one in cut] == ["yes"] * stand
    pool.result["payouts"] += whole
    watch_once(ocean(pool, now=begun + timedelta(days=41)), store)
    assert {*holding(store)} == before


@pytest.mark.parametrize("days", [0, 40, 400])
@pytest.mark.parametrize("recognition", ["on_payout", "on_credit"])
def test_an_amount_that_changed_is_corrected_and_stops_no_other_row(
    days: int, recognition: str, pool: Pool, store: EventStore
) -> None:
    watch_once(ocean(pool, recognition=lambda _at: recognition), store)
    pool.result["payouts"][1]["total_satoshis_net_paid"] = 1_000_000
    later = NOW + timedelta(days=days)
    pool.result["payouts"].append(
        {**pool.result["payouts"][1], "on_chain_txid": "ef" * 32, "total_satoshis_net_paid": 70_000}
        | {"ts": f"{later - timedelta(hours=3):%Y-%m-%dT%H:%M:%S}"}
    )
    for hours in (0, 1):
        watch_once(ocean(pool, now=later + timedelta(hours=hours), recognition=lambda _at: recognition), store)
    amounts = {name: getattr(one, "quantity", 0) for name, one in holding(store).items()}
    assert amounts[f"ocean:{ADDRESS}:{SECOND}"] == 1_000_000
    assert amounts[f"ocean:{ADDRESS}:{'ef' * 32}"] == 70_000


@pytest.mark.parametrize("days", [9, 400])
def test_what_the_pool_tells_long_after_is_recorded_at_the_next_monthly_reading(
    days: int, pool: Pool, store: EventStore
) -> None:
    late = pool.result["payouts"].pop(0)
    watch_once(ocean(pool), store)
    pool.result["payouts"].insert(0, late)
    for later in (days, days + 31):
        watch_once(ocean(pool, now=NOW + timedelta(days=later)), store)
    assert {*holding(store)} == {f"ocean:{ADDRESS}:{FIRST}", f"ocean:{ADDRESS}:{SECOND}"}


def test_reading_all_again_changes_nothing_where_nothing_changed(pool: Pool, store: EventStore) -> None:
    watch_once(ocean(pool, recognition=on_credit), store)
    before = recorded(store)
    for days in (31, 62, 93):
        assert watch_once(ocean(pool, now=NOW + timedelta(days=days), recognition=on_credit), store) == 0
    assert recorded(store) == before


def test_a_key_that_was_added_loses_nothing_and_is_told_once(pool: Pool, store: EventStore) -> None:
    for row in (*pool.result["payouts"], *pool.result["earnings"]):
        row["new_money"] = 5
    for hours in (0, 1):
        watch_once(ocean(pool, now=NOW + timedelta(hours=hours)), store)
    assert len(recorded(store)) == 2
    assert ["new_money" in one.body for one in store.pending()] == [True]
    assert all((event.note or "").endswith(f"{NEW_KEYS}new_money") for event in recorded(store).values())


def test_an_error_is_told_in_the_pools_own_words(pool: Pool, store: EventStore) -> None:
    pool.server.answer = lambda _path: Reply(body=b'{"error": "No such user or user has no active workers"}')
    with pytest.raises(SourceRefusedError, match="it says 'No such user or user has no active workers'"):
        watch_once(ocean(pool), store)


@pytest.mark.parametrize("body", [b'{"error": "busy"}', b"<html>", b'{"result": {}}'])
def test_a_week_without_an_answer_to_believe_stops_a_return_until_there_is_one(
    body: bytes, pool: Pool, store: EventStore
) -> None:
    pool.server.answer = lambda _path: Reply(body=body)
    with pytest.raises(SourceRefusedError):
        watch_once(ocean(pool), store)
    assert not recorded(store), "a pool that is being set up"
    pool.server.answer = pool.answer
    watch_once(ocean(pool), store)
    before = {*holding(store)}
    pool.server.answer = lambda _path: Reply(body=body)
    for days, count in ((6, 0), (7, 1), (30, 1)):
        with pytest.raises(SourceRefusedError):
            watch_once(ocean(pool, now=NOW + timedelta(days=days)), store)
        found = [event for event in holding(store).values() if isinstance(event, Suspense)]
        assert [(one.at, one.dated) for one in found] == [(NOW, "yes")] * count
    pool.server.answer = pool.answer
    watch_once(ocean(pool, now=NOW + timedelta(days=31)), store)
    assert {*holding(store)} == before


def test_a_lightning_payout_that_is_listed_goes_to_the_lightning_wallet(pool: Pool, store: EventStore) -> None:
    pool.result["payouts"][1] |= {"on_chain_txid": None, "lightning_txid": "ln-0001"}
    del pool.result["payouts"][1]["on_chain_txid"]
    watch_once(ocean(pool), store)
    paid = recorded(store)[f"ocean:{ADDRESS}:ln-0001"]
    assert isinstance(paid, Receipt)
    assert (paid.wallet, paid.txid, paid.note) == ("lightning", None, "paid over Lightning")


def test_the_recorded_sample_becomes_the_events_that_must_come_out(pool: Pool, store: EventStore) -> None:
    sample = Path(__file__).parents[2] / "data" / "pools"
    pool.result = json.loads((sample / "ocean_earnpay.json").read_bytes())["result"]
    pool.month = b'{"result": {"report": []}}'
    source = ocean(pool, now=datetime(2026, 9, 4, tzinfo=UTC), start=datetime(2026, 8, 1, tzinfo=UTC))
    watch_once(replace(source, section=msgspec.structs.replace(source.section, wallet="savings")), store)
    keys = json.loads((sample / "ocean_earnpay.expected.jsonl").read_text().splitlines()[0])
    told = [to_contract(event, store.assets("main")) for event in holding(store).values()]
    assert keys
    assert [{key: value for key, value in one.items() if key not in ("id", "source", "evidence", "note", "book")}
            for one in told] == [
        json.loads(line) for line in (sample / "ocean_earnpay.expected.jsonl").read_text().splitlines()
    ]  # fmt: skip


def test_a_payout_without_a_transaction_is_known_by_its_time(pool: Pool, store: EventStore) -> None:
    pool.result["payouts"][0]["on_chain_txid"] = None
    watch_once(ocean(pool), store)
    assert f"ocean:{ADDRESS}:{seconds(EARNPAY['result']['payouts'][0]['ts'])}" in recorded(store)


def test_a_pool_that_tells_of_the_future_is_refused(pool: Pool, store: EventStore) -> None:
    pool.server.answer = lambda _path: Reply(body=json.dumps(EARNPAY).encode())
    with pytest.raises(SourceRefusedError, match="it tells of the future"):
        watch_once(ocean(pool, now=datetime(2026, 6, 10, tzinfo=UTC)), store)


def test_a_clock_that_ran_ahead_loses_nothing(pool: Pool, store: EventStore) -> None:
    late = pool.result["payouts"].pop()
    watch_once(ocean(pool, now=NOW + timedelta(days=300)), store)
    pool.result["payouts"].append(late)
    assert watch_once(ocean(pool, now=NOW), store) == 1


def test_a_clock_that_ran_back_takes_nothing_back(pool: Pool, store: EventStore) -> None:
    watch_once(ocean(pool), store)
    for hours in (0, 13, 26, 39, 52):
        watch_once(ocean(pool, now=datetime(2026, 6, 8, tzinfo=UTC) + timedelta(hours=hours)), store)
    assert len(holding(store)) == 2


def test_a_cursor_that_is_not_ours_is_a_broken_ledger(pool: Pool) -> None:
    with pytest.raises(IntegrityError, match="lotwork verify"):
        ocean(pool).fetch_since('{"through": "soon"}')


@pytest.mark.parametrize("address", ["", "bc1q/../x", "bc1q?x=1", "\u0661"])
def test_an_address_that_is_none_is_a_mistake_of_the_configuration(address: str, pool: Pool) -> None:
    with pytest.raises(ConfigError, match="no address"):
        Ocean(
            section=section(pool, address=address),
            client=client_of("ocean"),
            evidence=MemoryEvidence(),
            recognition=on_credit,
            log=MemoryLog(),
        )


def earning(minute: int, net: int, fee: int | None = 1) -> Earning:
    return Earning(f"{minute:064x}", START + timedelta(minutes=minute), net, fee)


def test_the_blocks_of_a_payout_are_the_latest_run_that_sums_to_it() -> None:
    blocks = [earning(1, 5), earning(2, 7), earning(3, 5), earning(4, 7), earning(9, 5)]
    paid = Payout(None, START + timedelta(minutes=5), 12, generation=False)
    assert covered_by(paid, blocks) == (blocks[2], blocks[3])
    assert covered_by(paid._replace(sats=24), blocks) == tuple(blocks[:4])
    assert covered_by(paid._replace(sats=13), blocks) == ()


def test_a_fee_larger_than_the_net_is_the_whole_pools_and_not_believed() -> None:
    assert gross_and_fee([earning(1, 100, fee=6_000_000)], []) == (None, None)
    assert gross_and_fee([earning(1, 100, fee=None)], []) == (None, None)
    assert gross_and_fee([earning(1, 100, fee=2)], [MonthRow(START, 103, 100)]) == (102, 2)
    assert gross_and_fee([], []) == (None, None)


# -- credits that no payout covers

LIGHTNING: dict[str, Any] = {
    "payouts": [],
    "earnings": [
        {"block_hash": f"{day:064x}", "ts": f"2026-06-{day:02}T10:00:00", "satoshis_net_earned": 400_000}
        for day in range(1, 20)
    ],
}
"""A miner whom the pool pays over Lightning: its API tells what was earned, and of no payout."""


def in_doubt(store: EventStore) -> list[tuple[datetime, int]]:
    return [
        (event.at, event.quantity)
        for event in recorded(store).values()
        if isinstance(event, Receipt) and event.doubt == "no_payout"
    ]


def test_credits_that_no_payout_covers_are_in_doubt_once_a_payout_is_overdue(pool: Pool, store: EventStore) -> None:
    pool.result = LIGHTNING
    watch_once(ocean(pool), store)
    assert in_doubt(store) == [(datetime(2026, 6, day, 10, tzinfo=UTC), 1_200_000) for day in (3, 6, 9, 12)]
    assert watch_once(ocean(pool), store) == 0
    book = Book.begin(History.read(store, "main")).fold()
    assert book.income.of_year(2026) == {}
    told = [finding for finding in book.told() if finding.code == "inflow_doubtful"]
    assert len(told) == 4
    assert "ocean credited it, and no payout on the chain covers it: it may have paid over Lightning" in told[0].message


def test_day_by_day_or_at_once_the_same_credits_are_in_doubt(pool: Pool, store: EventStore, tmp_path: Path) -> None:
    pool.result = LIGHTNING
    watch_once(ocean(pool), store)
    daily = EventStore.open(tmp_path / "daily", clock=SetClock(NOW))
    for day in range(3, 22):
        watch_once(ocean(pool, now=NOW.replace(day=day)), daily)
    assert recorded(daily).keys() == recorded(store).keys()
    daily.close()


@pytest.mark.parametrize("recognition", ["on_payout", "on_credit"])
def test_little_credits_that_wait_for_two_months_are_asked_about_where_only_a_payout_is_income(
    pool: Pool, store: EventStore, tmp_path: Path, recognition: str
) -> None:
    """A pool that pays 10,000 sats over Lightning never owes what it pays on the chain."""
    begin = datetime(2026, 1, 1, 10, tzinfo=UTC)
    earned = [
        {"block_hash": f"{day:064x}", "ts": f"{begin + timedelta(days=day):%Y-%m-%dT%H:%M:%S}"}
        | {"satoshis_net_earned": 1_000}
        for day in range(100)
    ]
    pool.result = {"payouts": [], "earnings": earned}
    start = begin - timedelta(days=1)
    watch_once(ocean(pool, start=start, recognition=lambda _at: recognition), store)
    runs = [(begin + timedelta(days=60), 61_000), (begin + timedelta(days=99), 39_000)]
    assert in_doubt(store) == (runs if recognition == "on_payout" else [])
    daily = EventStore.open(tmp_path / "daily", clock=SetClock(NOW))
    for day in range(0, 170, 3):
        watch_once(
            ocean(pool, start=start, now=begin + timedelta(days=day), recognition=lambda _at: recognition), daily
        )
    assert in_doubt(daily) == in_doubt(store)
    daily.close()


def test_credits_before_those_that_a_payout_covers_were_paid_otherwise(pool: Pool, store: EventStore) -> None:
    """A payout pays a whole balance: what is older, and not in it, left over Lightning."""
    pool.result["earnings"].append(
        {"block_hash": "ab" * 32, "ts": "2026-06-01T01:00:00", "satoshis_net_earned": 70_000}
    )
    watch_once(ocean(pool), store)
    assert in_doubt(store) == [(datetime(2026, 6, 1, 1, tzinfo=UTC), 70_000)]
    assert {event.quantity for event in recorded(store).values() if isinstance(event, Receipt)} == {
        1_048_576, 1_048_580, 70_000,
    }  # fmt: skip


def test_on_credit_they_are_income_and_left_for_nobody_knows_where(pool: Pool, store: EventStore) -> None:
    pool.result = LIGHTNING
    watch_once(ocean(pool, recognition=on_credit), store)
    gone = [event for event in recorded(store).values() if isinstance(event, Movement)]
    assert [(event.wallet, event.quantity) for event in gone] == [("ocean", 1_200_000)] * 4
    assert in_doubt(store) == []


@pytest.mark.parametrize("recognition", ["on_payout", "on_credit"])
def test_what_the_pool_neither_paid_nor_owes_was_paid_over_lightning(
    recognition: str, pool: Pool, store: EventStore
) -> None:
    """Two blocks were earned, the older was paid over Lightning: the pool owes the younger alone."""
    pool.result = {"payouts": [], "earnings": LIGHTNING["earnings"][:2]}
    pool.unpaid = "0.00400000"
    policy: Callable[[datetime], str] = lambda _at: recognition  # noqa: E731 - a rule in a line
    watch_once(ocean(pool, now=NOW, recognition=policy), store)
    assert not [event for event in recorded(store).values() if not isinstance(event, Receipt) or event.doubt]
    watch_once(ocean(pool, now=NOW + timedelta(days=1), recognition=policy), store)
    told = recorded(store).values()
    if recognition == "on_payout":
        assert in_doubt(store) == [(datetime(2026, 6, 1, 10, tzinfo=UTC), 400_000)]
        assert "owes 400000 sat" in (next(iter(told)).note or "")
    else:
        (gone,) = (event for event in told if isinstance(event, Movement))
        (said,) = (event for event in told if isinstance(event, Balance))
        assert (gone.quantity, said.quantity, said.wallet) == (400_000, 400_000, "ocean")
        codes = {finding.code for finding in Book.begin(History.read(store, "main")).fold().told()}
        assert "balance_differs" not in codes
        assert "movement_unexplained" in codes


@pytest.mark.parametrize("unpaid", ["0.00800000", "0.00300000", "0.1", None])
def test_where_the_pool_owes_all_or_no_run_of_blocks_nobody_is_asked(
    unpaid: str | None, pool: Pool, store: EventStore
) -> None:
    pool.result = {"payouts": [], "earnings": LIGHTNING["earnings"][:2]}
    pool.unpaid = unpaid
    for days in range(4):
        watch_once(ocean(pool, now=NOW + timedelta(days=days)), store)
    assert recorded(store) == {}


def test_what_earned_nothing_is_nothing_that_a_payout_should_cover(pool: Pool, store: EventStore) -> None:
    pool.result["earnings"].append({"block_hash": "ab" * 32, "ts": "2026-06-01T01:00:00", "satoshis_net_earned": 0})
    watch_once(ocean(pool), store)
    assert in_doubt(store) == []

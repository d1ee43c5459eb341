from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from lotwork.demo.book import BOOK, build_demo, demo_events
from lotwork.demo.market import chance, price_cents
from lotwork.demo.mine import LAST_DAY
from lotwork.demo.pool import PENDING_ON, earnpay
from lotwork.ingest.pools.ocean_answers import read_earnpay
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.codec import encode
from lotwork.ledger.events import Equipment, Movement, Receipt, Sale
from lotwork.ledger.history import History
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.store import EventStore
from lotwork.ledger.units import AssetTable
from lotwork.projections.liability import liability
from lotwork.projections.quarterly import quarterly
from lotwork.projections.replay.book import Book
from lotwork.rules.load import Law

BOUGHT_BEFORE = date(2025, 1, 20)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("demo") / "home"
    with EventStore.open(home, clock=SystemClock()) as store:
        build_demo(store)
    return home


def folded(home: Path, year: int) -> Book:
    return Book.begin(History.read(EventLog.open(home), BOOK), (year,)).fold()


def test_the_demo_is_the_same_to_the_byte_each_time() -> None:
    first, second = demo_events(AssetTable()), demo_events(AssetTable())
    assert [encode(event) for event in first] == [encode(event) for event in second]


def test_building_it_twice_appends_nothing_the_second_time(tmp_path: Path) -> None:
    with EventStore.open(tmp_path / "home", clock=SystemClock()) as store:
        assert build_demo(store) == len(demo_events(AssetTable()))
        head = store.head(BOOK)
        assert build_demo(store) == 0
        assert store.head(BOOK) == head
        assert store.books() == (BOOK,)


def test_every_event_says_that_it_is_made_up() -> None:
    assert {event.source for event in demo_events(AssetTable())} == {"demo"}
    assert all(event.id.startswith("demo:") for event in demo_events(AssetTable()))


def test_it_tells_two_years_in_order_and_nothing_of_the_future() -> None:
    events = demo_events(AssetTable())
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert {event.at.year for event in events} == {2025, 2026}
    assert events[-1].at.date() <= LAST_DAY


def test_a_pool_pays_about_six_times_a_week() -> None:
    ocean = [event for event in demo_events(AssetTable()) if isinstance(event, Receipt) and event.pool == "ocean"]
    weeks = (LAST_DAY - ocean[0].at.date()).days / 7
    assert 5.8 <= len(ocean) / weeks <= 6.2
    for event in ocean:
        assert event.gross_quantity == event.quantity + (event.pool_fee_quantity or 0)
        assert event.txid is not None
        assert len(event.txid) == 64


def test_the_payouts_are_those_of_an_answer_that_the_pools_own_reader_understands() -> None:
    told = read_earnpay(earnpay())
    ocean = [event for event in demo_events(AssetTable()) if isinstance(event, Receipt) and event.pool == "ocean"]
    assert [(each.txid, each.at, each.sats) for each in told.payouts] == [
        (event.txid, event.at, event.quantity) for event in ocean
    ]
    assert [(each.net_sats, each.fee_sats) for each in told.earnings] == [
        (event.quantity, event.pool_fee_quantity) for event in ocean
    ]


def test_one_rig_was_ordered_before_the_law_changed_and_one_is_expensed() -> None:
    rigs = [event for event in demo_events(AssetTable()) if isinstance(event, Equipment)]
    assert len(rigs) == 4
    assert [rig.acquired < BOUGHT_BEFORE for rig in rigs] == [True, False, False, False]
    assert sum(bool(rig.section_179_usd_micros) for rig in rigs) == 1


def test_one_receipt_waits_for_its_price_and_one_movement_for_its_reason(home: Path) -> None:
    findings = folded(home, 2026).told()
    assert {finding.code for finding in findings} == {"receipt_pending", "movement_unexplained"}
    assert {finding.event for finding in findings if finding.code == "receipt_pending"} == {
        f"demo:payout:ocean:{PENDING_ON}"
    }
    assert any(isinstance(event, Movement) for event in demo_events(AssetTable()))


def test_it_sells_short_and_long_and_never_coins_it_does_not_have(home: Path) -> None:
    book = folded(home, 2026)
    assert {row.term for row in book.gains.rows} == {"short", "long"}
    assert not any(row.missing for row in book.gains.rows)
    assert all(held >= 0 for held in book.balances.held.values())
    assert any(isinstance(event, Sale) for event in demo_events(AssetTable()))


def test_what_the_second_year_says_of_the_first_is_what_the_first_comes_to(home: Path) -> None:
    """The prior-year figures of 2026 are the computed tax and income of 2025, in whole dollars."""
    book, law = folded(home, 2025), Law.load()
    owed = liability(book, law, 2025)
    facts = book.taxpayer.facts(2026)
    assert facts.prior_year_tax_usd_micros == round(owed.tax) * 10**6
    assert facts.prior_year_agi_usd_micros == round(owed.computed.summary["agi"]) * 10**6


def test_it_leaves_a_payment_to_make(home: Path) -> None:
    book, law = folded(home, 2026), Law.load()
    payments = quarterly(book, law, liability(book, law, 2026), LAST_DAY)
    assert payments.quarters[3].due == date(2027, 1, 15)
    assert payments.quarters[3].short > 0
    assert not payments.findings


def test_chance_falls_the_same_way_on_every_machine() -> None:
    assert [chance(f"test {number}", 1000) for number in range(4)] == [339, 933, 935, 813]
    assert len({chance(f"spread {number}", 1000) for number in range(500)}) > 350


def test_the_price_moves_a_little_each_day_and_never_leaves_its_round_numbers() -> None:
    for day in (date(2025, 7, 1), date(2026, 7, 15), date(2026, 12, 31)):
        assert 0.95 < price_cents("BTC", day, "x") / price_cents("BTC", day) < 1.05
    assert abs(price_cents("BTC", date(2025, 1, 1)) - 94_000_00) <= 94_000_00 * 0.018

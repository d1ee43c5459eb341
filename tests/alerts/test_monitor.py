"""Looking round a real book: what is due is queued once, from the fold that `lotwork quarterly` uses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lotwork.alerts.monitor import AskPayments, Monitor
from lotwork.alerts.payments import payments
from lotwork.alerts.rules import Thresholds
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import UnknownFigureError
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.store import EventStore
from lotwork.ledger.units import AssetTable
from lotwork.service.health import Health
from lotwork.service.metrics import Metrics
from lotwork.service.pending import Pending
from tests.watching import section

PROFILE = {
    "kind": "profile",
    "at": "2026-01-01T00:00:00Z",
    "filing_status": "single",
    "time_zone": "America/New_York",
    "activity": "business",
}
RECEIPT = {
    "kind": "receipt",
    "at": "2026-02-01T12:00:00Z",
    "wallet": "cold",
    "asset": "BTC",
    "quantity": "1.00000000",
    "income": "pool_payout",
    "price_usd": "100000.00",
}


class Watch:
    """A monitor and everything round it."""

    def __init__(self, store: EventStore, clock: SetClock, asked: AskPayments = payments) -> None:
        self.store, self.clock = store, clock
        self.health, self.metrics = Health(store.home, clock), Metrics()
        self.monitor = Monitor(
            store,
            store,
            self.health,
            self.metrics,
            clock,
            pending=Pending(store),
            payments=asked,
            scrub=lambda text: text.replace("hunter2", "[redacted]"),
        )

    def record(self, *told: dict[str, str]) -> None:
        self.store.append(Batch("main", tuple(parse_event(one, AssetTable(), "test") for one in told)))

    def look(self, *, overdue: bool = False) -> list[str]:
        """Return the ids of new alerts: those of what is overdue, or all others."""
        alerts = self.monitor.look(["main"], Thresholds())
        return [alert.id for alert in alerts if (alert.code == "payment_overdue") is overdue]


@pytest.fixture
def clock() -> SetClock:
    return SetClock(datetime(2026, 6, 8, 12, tzinfo=UTC))


@pytest.fixture
def watch(tmp_path: Path, clock: SetClock) -> Iterator[Watch]:
    with EventStore.open(tmp_path, clock=clock) as store:
        yield Watch(store, clock)


def test_a_miner_who_owes_is_told_a_week_before_and_once(watch: Watch) -> None:
    watch.record(PROFILE, RECEIPT)
    assert watch.look() == ["payment-due:main:2026-Q2:7"]
    assert watch.look() == []
    message, late = watch.store.pending()
    assert late.subject.endswith("overdue since 2026-04-15")
    assert "due in 7 days (2026-06-15)" in message.subject
    assert "$" in message.subject


def test_what_is_overdue_is_told_at_once_then_weekly_and_in_the_next_year_too(watch: Watch, clock: SetClock) -> None:
    watch.record(PROFILE, RECEIPT)
    clock.instant = datetime(2026, 4, 16, 12, tzinfo=UTC)
    assert watch.look(overdue=True) == ["payment-overdue:main:2026:2026-04-15:0"]
    clock.instant = datetime(2026, 4, 21, 12, tzinfo=UTC)
    assert watch.look(overdue=True) == []
    clock.instant = datetime(2026, 4, 22, 12, tzinfo=UTC)
    assert watch.look(overdue=True) == ["payment-overdue:main:2026:2026-04-15:1"]
    clock.instant = datetime(2027, 4, 10, 12, tzinfo=UTC)
    assert watch.look(overdue=True) == ["payment-overdue:main:2026:2026-04-15:51"]
    assert watch.look() == []


def test_in_april_of_a_year_without_law_the_prior_years_measure_is_told(watch: Watch, clock: SetClock) -> None:
    """26 U.S.C. 6654(d)(1)(B)(ii): the first installment of 2027 needs only the tax of 2026."""
    watch.record(PROFILE, RECEIPT)
    clock.instant = datetime(2027, 4, 10, 12, tzinfo=UTC)
    assert watch.look() == ["payment-due:main:2027-Q1:7"]


def test_a_taxpayer_of_another_country_is_told_of_no_payment(watch: Watch) -> None:
    watch.record({**PROFILE, "jurisdiction": "de"}, RECEIPT)
    assert watch.look() == watch.look(overdue=True) == []


def test_after_the_payment_nothing_is_due(watch: Watch) -> None:
    paid = {"kind": "payment", "at": "2026-06-01T00:00:00Z", "year": "2026", "amount_usd": "90000", "type": "estimated"}
    watch.record(PROFILE, RECEIPT, paid)
    assert watch.look() == []


def test_the_day_is_the_taxpayers_day(watch: Watch, clock: SetClock) -> None:
    watch.record(PROFILE, RECEIPT)
    clock.instant = datetime(2026, 6, 8, 3, 59, tzinfo=UTC)
    assert watch.look() == ["payment-due:main:2026-Q2:14"]
    clock.instant = datetime(2026, 6, 8, 4, 0, tzinfo=UTC)
    assert watch.look() == ["payment-due:main:2026-Q2:7"]


def test_in_january_the_last_payment_of_the_year_before_is_told(watch: Watch, clock: SetClock) -> None:
    watch.record(PROFILE, RECEIPT)
    clock.instant = datetime(2026, 12, 31, 12, tzinfo=UTC)
    assert watch.look() == ["payment-due:main:2026-Q4:30"]
    clock.instant = datetime(2027, 1, 14, 12, tzinfo=UTC)
    assert watch.look() == ["payment-due:main:2026-Q4:1"]


def test_what_is_paid_in_january_is_paid(watch: Watch, clock: SetClock) -> None:
    paid = {"kind": "payment", "at": "2027-01-10T12:00:00Z", "year": "2026", "amount_usd": "90000", "type": "estimated"}
    watch.record(PROFILE, RECEIPT, paid)
    clock.instant = datetime(2027, 1, 9, 12, tzinfo=UTC)
    assert watch.look() == ["payment-due:main:2026-Q4:7"]
    clock.instant = datetime(2027, 1, 14, 12, tzinfo=UTC)
    assert watch.look() == []


UNPRICED = {name: value for name, value in RECEIPT.items() if name != "price_usd"}


def test_a_receipt_without_a_price_is_told_after_a_day_and_counted(watch: Watch, clock: SetClock) -> None:
    watch.record(PROFILE, UNPRICED)
    assert watch.look() == [], "its price is being asked for just now"
    clock.move(600)
    assert watch.look() == ["receipts-pending:main:2026-02-01"]
    figures = watch.metrics.text().decode()
    assert 'lotwork_unpriced_events{book="main"} 1.0' in figures
    assert 'lotwork_head_seq{book="main"} 2.0' in figures


def test_a_silent_source_is_told_and_its_trouble_carries_no_secret(watch: Watch, clock: SetClock) -> None:
    ocean = section("ocean")
    watch.health.watch([ocean, section("pool", "other")])
    watch.health.failed(ocean, "refused hunter2")
    watch.record(PROFILE)
    assert watch.look() == []
    clock.move(6 * 3600)
    (told,) = watch.look()
    assert told.startswith("source-silent:main:ocean:2026-06-08T12:00")
    (message,) = watch.store.pending()
    assert "hunter2" not in message.body
    assert "refused [redacted]" in message.body


def test_law_that_is_not_known_is_told_and_the_other_alerts_still_come(tmp_path: Path, clock: SetClock) -> None:
    def unknown(*_: object) -> list[object]:
        raise UnknownFigureError("no bracket of 2031")

    with EventStore.open(tmp_path, clock=clock) as store:
        watch = Watch(store, clock, unknown)  # type: ignore[arg-type] # of the law, only what it asks
        watch.record(PROFILE, UNPRICED)
        assert watch.look() == ["payments-unknown:main:2026-06"]
        clock.move(600)
        assert watch.look() == ["receipts-pending:main:2026-02-01"]


def test_no_amount_is_told_before_every_source_has_answered(watch: Watch) -> None:
    """A first scan has found some of the year: what it comes to so far would be sent once, and be wrong."""
    node, pool = section("node"), section("pool")
    watch.health.watch([node, pool, section("pool", "other")])
    watch.record(PROFILE, RECEIPT)
    watch.health.answered(pool)
    assert watch.look() == []
    watch.health.answered(node)
    assert watch.look() == ["payment-due:main:2026-Q2:7"]


def test_no_amount_is_told_while_prices_are_being_asked_for_and_then_it_names_what_is_missing(
    watch: Watch, clock: SetClock
) -> None:
    watch.record(PROFILE, RECEIPT, {**UNPRICED, "id": "waits"})
    assert watch.look() == []
    clock.move(600)
    assert watch.look() == ["payment-due:main:2026-Q2:7", "receipts-pending:main:2026-02-01"]
    assert "1 receipt has no price yet, so it may be more." in watch.store.pending()[0].body


def test_a_source_that_never_answers_holds_no_payment_back_for_more_than_an_hour(watch: Watch, clock: SetClock) -> None:
    watch.health.watch([section("node")])
    watch.record(PROFILE, RECEIPT)
    assert watch.look() == []
    clock.move(3600)
    assert watch.look() == ["payment-due:main:2026-Q2:7"]


def test_no_amount_of_money_is_a_metric(watch: Watch) -> None:
    watch.record(PROFILE, RECEIPT)
    watch.look()
    figures = watch.metrics.text().decode()
    assert "usd" not in figures.lower()
    assert "100000" not in figures
    due = next(line for line in figures.splitlines() if line.startswith("lotwork_next_estimated_payment_timestamp"))
    assert datetime.fromtimestamp(float(due.split()[-1]), UTC) == datetime(2026, 6, 15, tzinfo=UTC)


def test_a_second_process_queues_nothing_twice(watch: Watch, tmp_path: Path, clock: SetClock) -> None:
    watch.record(PROFILE, RECEIPT)
    watch.look()
    for message in watch.store.pending():
        watch.store.mark_sent(message.id)
    with EventStore.open(tmp_path, clock=clock) as store:
        Watch(store, clock).look()
        assert store.pending() == ()

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from lotwork.ledger.clock import SetClock
from lotwork.ledger.events import Receipt
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.store import EventStore
from lotwork.service.metrics import Metrics
from lotwork.service.recorder import Recorder

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_new_events_are_counted_by_kind_and_source_and_known_ones_are_not(tmp_path: Path) -> None:
    metrics = Metrics()
    receipt = Receipt(id="1", at=NOW, source="ocean", wallet="cold", asset="BTC", quantity=1, income="pool_payout")
    with EventStore.open(tmp_path, clock=SetClock(NOW)) as store:
        recorder = Recorder(store, metrics)
        recorder.append(Batch("main", (receipt,)))
        recorder.append(Batch("main", (receipt,)))
    figures = metrics.text().decode()
    assert 'lotwork_events_total{source="ocean",type="receipt"} 1.0' in figures
    assert 'lotwork_head_seq{book="main"} 1.0' in figures


def test_a_source_is_shown_from_its_first_answer_until_it_is_watched_no_more() -> None:
    answers: dict[tuple[str, str], datetime] = {}
    metrics = Metrics(lambda: answers)
    name = "lotwork_source_last_success_timestamp_seconds"
    assert f"# TYPE {name} gauge" in metrics.text().decode()
    assert f"{name}{{" not in metrics.text().decode()
    answers["main", "ocean"] = NOW
    assert f'\n{name}{{book="main",source="ocean"}} 1.7953056e+09\n' in metrics.text().decode()
    answers.clear()
    assert f"{name}{{" not in metrics.text().decode()


def test_two_daemons_of_one_process_have_figures_of_their_own() -> None:
    one, other = Metrics(), Metrics()
    one.verify_failures.inc()
    assert "lotwork_chain_verify_failures_total 1.0" in one.text().decode()
    assert "lotwork_chain_verify_failures_total 0.0" in other.text().decode()


def test_the_names_are_those_that_are_documented() -> None:
    figures = Metrics().text().decode()
    for name in (
        "lotwork_events", "lotwork_head_seq", "lotwork_source_last_success_timestamp_seconds",
        "lotwork_unpriced_events", "lotwork_unmatched_transfers", "lotwork_price_fetch_seconds",
        "lotwork_projection_lag_events", "lotwork_chain_verify_failures",
        "lotwork_next_estimated_payment_timestamp_seconds",
    ):  # fmt: skip
        assert f"# HELP {name}" in figures

"""The measured miner is the one it says it is, and Lotwork's gains are its oracle's to the micro-dollar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.measure import exponent, percentile, run
from bench.workload import (
    COIN,
    MICROS,
    YEARS,
    Step,
    first_in_first_out,
    gain_micros,
    steps,
    write_chosen_lots,
    write_events,
)
from tests.command_line import lotwork

COUNT = 1_500


def gains_told(home: Path) -> int:
    """Return the gain of all years in micro-dollars, as the command tells it."""
    told = [lotwork(home, "gains", "--year", str(year), "--json").result["totals"] for year in YEARS]
    return sum(int(totals[term]["gain_usd"].replace(".", "")) for totals in told for term in ("short", "long"))


def test_the_workload_has_the_shares_it_says() -> None:
    shares = {kind: count / 20_000 for kind, count in Counter(step.kind for step in steps(20_000)).items()}
    assert shares == pytest.approx({"receipt": 0.90, "sale": 0.08, "expense": 0.02}, abs=0.01)


def test_the_same_seed_gives_the_same_miner_and_another_seed_another() -> None:
    assert list(steps(200)) == list(steps(200))
    assert list(steps(200)) != list(steps(200, seed=7))


def test_every_value_is_a_whole_number_of_micro_dollars() -> None:
    assert all(step.sats * step.dollars * MICROS % COIN == 0 for step in steps(2_000))


@pytest.mark.parametrize("by_wallet", [True, False])
def test_the_oracle_sells_each_coin_once_oldest_first(by_wallet: bool) -> None:
    happened = list(steps(3_000))
    sold: Counter[str] = Counter()
    for sale, parts in first_in_first_out(happened, by_wallet=by_wallet):
        assert sum(part.sats for part in parts) == sale.sats
        assert [part.receipt.at for part in parts] == sorted(part.receipt.at for part in parts)
        sold.update({part.receipt.name: part.sats for part in parts})
    received = {step.name: step.sats for step in happened if step.kind == "receipt"}
    assert all(sats <= received[name] for name, sats in sold.items())


@pytest.mark.parametrize(("write", "by_wallet"), [(write_events, False), (write_chosen_lots, True)])
def test_the_command_line_comes_to_the_oracles_gain(
    tmp_path: Path,
    write: Callable[[Path, list[Step]], None],
    by_wallet: bool,
) -> None:
    happened = list(steps(COUNT))
    write(tmp_path / "events.jsonl", happened)
    lotwork(tmp_path / "home", "import", str(tmp_path / "events.jsonl"))
    assert gains_told(tmp_path / "home") == gain_micros(happened, by_wallet=by_wallet)


def test_growth_is_read_from_two_sizes() -> None:
    assert exponent((10, 100), (1.0, 10.0)) == pytest.approx(1)
    assert exponent((10, 100), (1.0, 100.0)) == pytest.approx(2)


def test_a_measured_process_is_its_own_and_not_the_one_that_measures() -> None:
    ballast = bytearray(100 * 2**20)
    cost = run(["sh", "-c", "echo done"])
    assert cost.out == "done\n"
    assert cost.peak_mib < len(ballast) / 2**20
    assert percentile([1.0, 2.0, 3.0], 50) == pytest.approx(2)

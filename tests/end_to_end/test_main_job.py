"""The main job on real input: mined, paid, moved, spent, reorganised and killed on the way, the year comes out right.

One story is told to one daemon (tests.end_to_end.story), and every figure it comes to is held against what the nodes
say, reckoned without Lotwork (tests.end_to_end.figures).
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lotwork.ledger.events import Receipt
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.verify import verify
from tests.command_line import lotwork
from tests.end_to_end.figures import DECIMALS, Figures, on_chain, reckon
from tests.end_to_end.story import PAID, PRIOR_TAX, WAGES, Story, prepare, tell
from tests.end_to_end.world import World, open_world
from tests.litecoin_node import PASSWORD
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.node

CENT = Decimal("0.01")
ROUNDING = Decimal("0.000002")
SOURCES = ("litecoin", "ethereum", "ocean", "receipts", "bills")


class Told(NamedTuple):
    """The world after the story, and what the story must come to."""

    world: World
    story: Story
    figures: Figures

    def lotwork(self, command: str) -> dict[str, Any]:
        """Return what a report of the year says; it has no finding."""
        return self.world.lotwork(command, "--year", str(self.world.days.year))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    with open_world(tmp_path_factory.mktemp("world"), faults=True) as world:
        prepare(world)
        story = tell(world)
        yield Told(world, story, reckon(world, story))


def usd(text: str) -> Decimal:
    return Decimal(text)


def test_every_payout_is_income_at_the_price_of_its_minute(told: Told) -> None:
    income = told.lotwork("income")
    assert income["pending"] == []
    assert [row["price_usd"] for row in income["rows"] if Decimal(row["price_usd"]) <= 0] == []
    found = sorted((row["wallet"], row["asset"], row["quantity"], usd(row["value_usd"])) for row in income["rows"])
    expected = sorted(
        (one.wallet, one.asset, f"{Decimal(one.units).scaleb(-DECIMALS[one.asset]):f}", one.value_usd)
        for one in told.figures.receipts
    )
    assert found == expected
    assert usd(income["totals"]["value_usd"]) == told.figures.income_usd
    assert {row["asset"] for row in income["rows"]} == {"BTC", "LTC", "ETH", "USDC"}


def test_what_the_chain_took_back_is_no_income(told: Told) -> None:
    rows = told.lotwork("income")["rows"]
    for txid in told.story.orphaned:
        assert not [row for row in rows if txid in row["receipt"]]
        with EventLog.open(told.world.home) as log:
            ever = [event for _, event in log.read("main") if isinstance(event, Receipt) and txid in event.id]
        assert len(ever) == 1, "it was recorded, and reversed by an event"


def test_the_pool_s_gross_and_fee_stand_beside_what_it_paid(told: Told) -> None:
    (payout,) = [row for row in told.lotwork("income")["rows"] if row["pool"] == "ocean"]
    assert (payout["gross_quantity"], payout["pool_fee_quantity"]) == ("0.01069547", "0.00020971")


def test_each_spend_and_each_fee_is_a_gain_out_of_the_oldest_lot(told: Told) -> None:
    gains = told.lotwork("gains")
    found = sorted(
        (row["asset"], row["wallet"], usd(row["quantity"]), usd(row["proceeds_usd"]), usd(row["basis_usd"]))
        for row in gains["rows"]
    )
    expected = sorted(told.figures.gains)
    assert [row[:4] for row in found] == [row[:4] for row in expected]
    for row, other in zip(found, expected, strict=True):
        assert abs(row[4] - other.basis_usd) <= ROUNDING
    assert {row["term"] for row in gains["rows"]} == {"short"}
    assert abs(usd(gains["totals"]["short"]["gain_usd"]) - told.figures.gain_usd) <= len(expected) * ROUNDING


def test_the_open_lots_are_what_the_nodes_say_the_wallets_hold(told: Told) -> None:
    rows = told.world.lotwork("lots")["rows"]
    held: dict[tuple[str, str], Decimal] = {}
    basis: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        key = row["wallet"], row["asset"]
        held[key] = held.get(key, Decimal(0)) + usd(row["quantity"])
        basis[key] = basis.get(key, Decimal(0)) + usd(row["basis_usd"])
    assert held == told.figures.held
    for key, units in on_chain(told.world).items():
        assert int(held[key].scaleb(DECIMALS[key[1]])) == units, key
    for key, cost in told.figures.basis.items():
        assert abs(float(basis[key]) - float(cost)) < 0.0001, key


def test_the_bills_of_the_folder_are_expenses_by_the_documented_map(told: Told) -> None:
    expenses = told.lotwork("expenses")
    assert expenses["totals"] == {"electricity": "200.000000"}
    assert usd(expenses["deductible_usd"]) == told.story.power_usd


def test_the_year_s_tax_follows_from_the_chains_own_figures(told: Told) -> None:
    summary = told.lotwork("liability")["summary"]
    net = told.figures.income_usd - told.story.power_usd
    assert usd(summary["gross_receipts_usd"]) == told.figures.income_usd.quantize(CENT)
    assert usd(summary["schedule_c_net_usd"]) == net.quantize(CENT)
    se_tax = net * Decimal("0.9235") * Decimal("0.153")
    assert abs(usd(summary["se_tax"]) - se_tax) <= CENT, "26 U.S.C. 1401, below the wage base"
    assert abs(usd(summary["agi"]) - (net + usd(WAGES) + told.figures.gain_usd - se_tax / 2)) <= CENT
    case = {
        "year": told.world.days.year,
        "status": "single",
        "schedule_c_net": f"{net:f}",
        "wages": WAGES,
        "short_term_net": f"{told.figures.gain_usd:f}",
    }
    alone = lotwork(told.world.home, "compute", "us", "--json", given=json.dumps(case)).result
    assert usd(summary["total"]) == usd(alone["total"]).quantize(CENT)
    assert usd(summary["balance_due_usd"]) == usd(summary["total"]) - PAID


def test_the_quarters_ask_for_the_smaller_of_this_year_s_tax_and_last_year_s(told: Told) -> None:
    quarterly = told.lotwork("quarterly")
    total = usd(told.lotwork("liability")["summary"]["total"])
    assert total * Decimal("0.9") > usd(PRIOR_TAX)
    assert [usd(each["required_usd"]) for each in quarterly["installments"]] == [usd(PRIOR_TAX) / 4] * 4
    assert sum(usd(each["shortfall_usd"]) for each in quarterly["installments"]) == usd(PRIOR_TAX) - PAID
    assert quarterly["installments"][0]["paid_usd"] == str(PAID)
    assert abs(usd(quarterly["set_aside"]["usd"]) - (total - PAID)) <= CENT


def test_the_overview_shows_what_to_set_aside(told: Told) -> None:
    aside = usd(told.lotwork("quarterly")["set_aside"]["usd"])
    status, page = told.world.daemon.get(f"/?year={told.world.days.year}")
    assert status == 200
    assert f"${aside:,.2f}" in page
    for path in ("/income", "/lots", "/quarterly", "/problems"):
        assert told.world.daemon.get(f"{path}?year={told.world.days.year}")[0] == 200


def test_machines_are_told_that_all_is_well(told: Told) -> None:
    daemon = told.world.daemon
    assert daemon.get("/healthz") == (200, "ok\n")
    status, body = daemon.get("/readyz")
    report = json.loads(body)
    assert (status, report["ready"]) == (200, True)
    assert {name: source["trouble"] for name, source in report["sources"].items()} == {
        f"main/{name}": None for name in SOURCES
    }
    metrics = daemon.get("/metrics")[1]
    assert 'lotwork_unpriced_events{book="main"} 0.0' in metrics
    for name in SOURCES:
        assert f'source="{name}"' in metrics


def test_a_letter_arrives_once_for_each_payment_that_is_due(told: Told) -> None:
    quarterly = told.lotwork("quarterly")
    today = quarterly["as_of"]
    due = [each for each in quarterly["installments"] if each["due"] >= today and usd(each["shortfall_usd"]) > 0]
    assert due
    give_up = time.perf_counter() + PATIENCE_SECONDS
    wanted = {f"payment-due:main:{told.world.days.year}-Q{each['quarter']}" for each in due}
    while not wanted <= {name.rpartition(":")[0] for name in letters(told.world)}:
        assert time.perf_counter() < give_up, letters(told.world)
        time.sleep(0.1)
    assert len(letters(told.world)) == len(set(letters(told.world))), "also after a kill each is told once"
    assert {name.rpartition(":")[0] for name in letters(told.world) if name.startswith("payment-due:")} == wanted


def letters(world: World) -> list[str]:
    return [str(letter["X-Lotwork-Alert-Id"]) for letter in world.letters.letters]


def test_the_faults_of_the_first_minutes_were_met_and_nothing_false_was_recorded(told: Told) -> None:
    market = told.world.market
    left = [len(service.queue) for service in (market.coinbase, market.kraken, market.ocean)]
    assert left == [0, 0, 0], "every fault was served"
    quarantined = list((told.world.home / "quarantine").iterdir())
    assert quarantined, "what must not be believed is kept for a person to look at"
    failed = [line for line in told.world.daemons[0].lines if line["event"] == "round failed"]
    assert {line["job"] for line in failed} <= {"poll:main/ocean"}


def test_no_line_of_the_log_holds_a_secret_or_a_traceback(told: Told) -> None:
    for daemon in told.world.daemons:
        assert PASSWORD not in daemon.text
        assert json.dumps(PASSWORD)[1:-1] not in daemon.text
        assert "Traceback" not in daemon.text
        assert not [line for line in daemon.lines if line["level"] in ("error", "critical")]
        assert not [line for line in daemon.lines if line["logger"].startswith("apscheduler")]


def test_a_second_scan_into_a_new_home_comes_to_the_same_state(told: Told, tmp_path: Path) -> None:
    """What a person said is imported; what the sources tell is asked for anew, in one cycle by hand."""
    world, home = told.world, tmp_path / "home"
    world.settle_in(home, smtp=False)
    exported = lotwork(world.home, "export", "jsonl").out.splitlines()
    by_hand = [line for line in exported if "source" not in json.loads(line)]
    by_hand = [line for line in by_hand if json.loads(line)["kind"] not in ("receipt", "expense", "price")]
    (tmp_path / "by-hand.jsonl").write_text("\n".join(by_hand) + "\n", encoding="utf-8")
    for folder in ("inbox", "bills"):
        for file in (world.home / folder).iterdir():
            (home / folder / file.name).write_bytes(file.read_bytes())
            os.utime(home / folder / file.name, (1, 1))  # a file must have been at rest
    polled = lotwork(home, "poll", "--json").result
    assert [one for one in polled["sources"] if "error" in one] == []
    lotwork(home, "import", str(tmp_path / "by-hand.jsonl"))
    digests = [lotwork(one, "replay", "--json").result["state_digest"] for one in (world.home, home)]
    assert digests[0] == digests[1]


def test_the_log_verifies_and_a_term_signal_ends_the_daemon_within_ten_seconds(told: Told) -> None:
    checked = told.world.lotwork("verify")
    assert (checked["ok"], checked["first_bad"]) == (True, None)
    begun = time.perf_counter()
    assert told.world.daemon.end(signal.SIGTERM) == 0
    assert time.perf_counter() - begun < 10
    assert verify(told.world.home).ok

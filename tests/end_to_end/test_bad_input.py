"""What goes wrong around a running daemon is told with what to do, has its exit code, and holds up nothing else."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from lotwork.ledger.clock import SystemClock
from lotwork.ledger.storage.log import EventLog
from tests.command_line import lotwork
from tests.daemon.process import Daemon
from tests.end_to_end import settings
from tests.end_to_end.story import pay, prepare
from tests.end_to_end.world import RUN, World, lines, open_world, put
from tests.litecoin_node import PASSWORD
from tests.patience import PATIENCE_SECONDS

pytestmark = pytest.mark.node

WRONG = "not-this-one-either"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with open_world(tmp_path_factory.mktemp("world"), faults=False) as opened:
        prepare(opened)
        opened.start()
        opened.mine(10, opened.days.long_ago + timedelta(hours=4))
        yield opened
        assert opened.daemon.end(signal.SIGTERM) == 0
        assert opened.lotwork("verify")["ok"]


def receipt(world: World, name: str, **changed: str) -> dict[str, str]:
    """Return a receipt, priced, of the days long ago."""
    return {
        "kind": "receipt",
        "id": name,
        "at": world.days.long_ago.isoformat(),
        "wallet": "attic",
        "asset": "BTC",
        "quantity": "0.01000000",
        "income": "pool_payout",
        "price_usd": "90000.00",
        **changed,
    }


def trouble(world: World, source: str) -> str | None:
    """Return what /readyz says is wrong with *source*."""
    found = json.loads(world.daemon.get("/readyz")[1])["sources"][f"main/{source}"]["trouble"]
    assert found is None or isinstance(found, str)
    return found


def of_source(world: World, source: str) -> list[str]:
    """Return the ids of everything *source* ever told."""
    with EventLog.open(world.home) as log:
        return [event.id for _, event in log.read("main", source=source)]


def until_trouble(world: World, source: str, words: str | None) -> None:
    """Wait until the trouble of *source* contains *words*; None waits until there is none."""
    give_up = SystemClock().monotonic() + PATIENCE_SECONDS
    while (words is None) != ((found := trouble(world, source)) is None) or (words or "") not in (found or ""):
        assert SystemClock().monotonic() < give_up, f"{source}: {found}"
        time.sleep(0.1)


def test_a_malformed_file_is_named_with_its_line_and_the_others_are_let_in(world: World) -> None:
    put(world.home / "inbox", "a-broken.jsonl", '{"kind": "receipt", "quantity": 0.5,\n')
    put(world.home / "inbox", "b-typo.jsonl", lines(receipt(world, "typo", walet="attic", quantity="-1")))
    put(world.home / "inbox", "c-good.jsonl", lines(receipt(world, "good")))
    world.until_told("good")
    until_trouble(world, "receipts", "a-broken.jsonl:1")
    told = world.daemon.logged("round failed")["why"]
    assert "a-broken.jsonl:1" in told
    assert "a-broken.jsonl:1" in world.daemon.get("/problems")[1]
    later = pay(world, "0.5", world.days.lately)
    world.until_told(later)
    for name in ("a-broken.jsonl", "b-typo.jsonl"):
        (world.home / "inbox" / name).unlink()
    until_trouble(world, "receipts", None)


def test_a_password_that_no_longer_fits_is_told_and_the_other_sources_go_on(world: World) -> None:
    settings.write_password(world.home, WRONG)
    world.daemon.told(signal.SIGHUP)
    until_trouble(world, "litecoin", "refused the user name or password")
    put(world.home / "inbox", "meanwhile.jsonl", lines(receipt(world, "meanwhile")))
    paid = world.anvil.send(world.anvil.accounts()[0], world.hot, 10**18)
    world.forge(world.days.lately)
    world.until_told("meanwhile", paid)
    missed = pay(world, "0.5", world.days.lately + timedelta(minutes=5))
    settings.write_password(world.home)
    world.daemon.told(signal.SIGHUP)
    world.until_told(missed)
    until_trouble(world, "litecoin", None)
    assert WRONG not in world.daemon.text
    assert PASSWORD not in world.daemon.text


def test_a_node_on_another_chain_is_refused_and_nothing_of_it_is_recorded(world: World) -> None:
    config = world.home / "config.toml"
    right = config.read_text(encoding="utf-8")
    before = of_source(world, "ethereum")
    config.write_text(right.replace("chain_id = 31337", "chain_id = 31338"), encoding="utf-8")
    world.daemon.told(signal.SIGHUP)
    until_trouble(world, "ethereum", "31337")
    config.write_text(right, encoding="utf-8")
    world.daemon.told(signal.SIGHUP)
    until_trouble(world, "ethereum", None)
    assert of_source(world, "ethereum") == before


def test_a_node_that_goes_away_and_comes_back_costs_nothing(world: World) -> None:
    world.node.stop()
    until_trouble(world, "litecoin", "did not answer")
    assert world.daemon.get("/readyz")[0] == 200
    world.node.start()
    for wallet in ("own", "payer"):
        world.node.ask("loadwallet", wallet)
    found = pay(world, "0.5", world.days.lately + timedelta(minutes=15))
    world.until_told(found)
    until_trouble(world, "litecoin", None)


def test_a_second_daemon_is_refused_with_the_pid_of_the_first(world: World) -> None:
    second = Daemon(world.home, RUN)
    world.daemons.insert(0, second)
    assert second.ended() == 5
    assert f"pid {world.daemon.process.pid}" in second.text
    assert world.daemon.get("/healthz")[0] == 200


def test_a_cycle_by_hand_works_beside_the_daemon(world: World) -> None:
    polled = lotwork(world.home, "poll", "litecoin", "--json").result
    assert [one["source"] for one in polled["sources"]] == ["litecoin"]


def test_an_unknown_source_is_a_usage_error_that_names_it(world: World) -> None:
    refused = lotwork(world.home, "poll", "nosuch", code=2)
    assert "nosuch" in refused.err
    assert "config.toml" in refused.err


def test_a_sale_of_coins_that_are_not_there_is_a_finding_and_an_undeclared_asset_is_refused(world: World) -> None:
    day, year = (world.days.long_ago + timedelta(days=1)).isoformat(), str(world.days.year)
    refused = lotwork(world.home, "add", "receipt", f"at={day}", "wallet=attic", "asset=NOSUCH",
                      "quantity=1", "income=other", code=3)  # fmt: skip
    assert "NOSUCH" in refused.err
    world.lotwork("add", "sale", "id=too-much", f"at={day}", "wallet=attic", "asset=BTC", "quantity=5",
                  "proceeds_usd=100.00")  # fmt: skip
    gains = world.lotwork("gains", "--year", year, code=1)
    assert "too-much" in {finding["event"] for finding in gains["findings"]}
    world.lotwork("add", "void", "target=too-much", "reason=there were never five")
    again = lotwork(world.home, "gains", "--year", year, "--json", code=None).result
    assert "too-much" not in {finding["event"] for finding in again["findings"]}


def test_a_node_that_is_not_there_is_unreachable_with_its_own_exit_code(world: World, tmp_path: Path) -> None:
    home = tmp_path / "home"
    world.settle_in(home, smtp=False)
    config = home / "config.toml"
    elsewhere = config.read_text("utf-8").replace(world.node.url, "http://127.0.0.1:9")
    config.write_text(elsewhere, encoding="utf-8")
    refused = lotwork(home, "poll", "litecoin", code=6)
    assert "127.0.0.1:9 did not answer" in refused.err
    assert refused.out.startswith("litecoin (main): ")
    assert "Traceback" not in refused.err


def test_a_cycle_by_hand_asks_every_source_whatever_befalls_the_first(world: World, tmp_path: Path) -> None:
    home = tmp_path / "home"
    world.settle_in(home, smtp=False)
    settings.write_password(home, WRONG)
    put(home / "inbox", "broken.jsonl", "{")
    polled = lotwork(home, "poll", "--json", code=3).result
    told = {one["source"]: one for one in polled["sources"]}
    assert "refused the user name or password" in told["litecoin"]["error"]
    assert "broken.jsonl:1" in told["receipts"]["error"]
    assert told["ethereum"]["new"] > 0
    assert "error" not in told["ocean"]

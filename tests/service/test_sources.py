"""From settings to sources: each section becomes what it says, and only what is configured is imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lotwork import config
from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.bitcoin.node import BitcoinNode
from lotwork.ingest.bitcoin.watchlist import is_hex
from lotwork.ingest.context import BuildContext, Policy
from lotwork.ingest.evm.node import EvmNode
from lotwork.ingest.folder.reading import FolderSource
from lotwork.ingest.pools.ocean import Ocean
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import ConfigError
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.public_form.parse_words import parse_instant
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.store import EventStore
from lotwork.ledger.units import AssetTable
from lotwork.service.sources import price_sources, watched

ADDRESS = "bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh"
SCRIPT = "0014c59c6e0b8f0b0a6ae3a5a1d8bd3a4d1f7b7f3a11"
FILES_AND_OCEAN = (
    '[[sources.files]]\nname = "files"\nfolder = "inbox"\n',
    f'[[sources.ocean]]\nname = "ocean"\naddress = "{ADDRESS}"\nwallet = "cold"\nstart = 2026-01-01\n',
)
ALL = f"""
[[sources.bitcoin_node]]
name = "node"
url = "http://127.0.0.1:8332"
user = "me"
password_file = "node.password"
start_height = 800000
  [[sources.bitcoin_node.wallets]]
  wallet = "cold"
  watch = ["{ADDRESS}", "{SCRIPT}"]
  meaning = "transfer"
  from_wallet = "exchange"
[[sources.evm_node]]
name = "evm"
chain_id = 61
url = "http://127.0.0.1:8545"
start_height = 1
finality = 500
traces = true
  [[sources.evm_node.wallets]]
  wallet = "hot"
  watch = ["0x00000000000000000000000000000000000000aa"]
  meaning = "transfer"
  from_wallet = "exchange"
  [[sources.evm_node.wallets]]
  wallet = "paid"
  watch = ["0x00000000000000000000000000000000000000bb"]
  pool = "etcpool"
[[sources.ocean]]
name = "ocean"
address = "{ADDRESS}"
wallet = "cold"
start = 2026-01-01
[[sources.files]]
name = "files"
folder = "inbox"
"""


def configured(home: Path, text: str) -> tuple[config.Config, BuildContext]:
    (home / "config.toml").write_text(text)
    found = config.load(home, environ={})
    clock = SystemClock()
    return found, BuildContext(
        home=home, log=EventLog.open(home), clock=clock, reveal=found.secret, pace=Pace(clock), secrets=()
    )


def secret(home: Path) -> None:
    (home / "node.password").write_text("hunter2")
    (home / "node.password").chmod(0o600)


def test_every_kind_of_section_becomes_its_source(tmp_path: Path) -> None:
    secret(tmp_path)
    found, context = configured(tmp_path, ALL)
    node, evm, ocean, folder = (one.source for one in watched(found.settings, context))
    assert isinstance(node, BitcoinNode)
    assert node._password == "hunter2"
    (wallet,) = node.section.wallets
    assert (wallet.watch, wallet.from_wallet) == ((ADDRESS, SCRIPT), "exchange")
    assert isinstance(evm, EvmNode)
    assert (evm.section.coin, evm.section.finality, evm.section.traces) == ("ETC", 500, True)
    assert [(one.meaning, one.from_wallet, one.pool) for one in evm.section.wallets] == [
        ("transfer", "exchange", None),
        ("pool_payout", None, "etcpool"),
    ]
    assert isinstance(ocean, Ocean)
    assert ocean.start == parse_instant("2026-01-01T00:00:00Z")
    assert isinstance(folder, FolderSource)
    assert folder.folder == tmp_path / "inbox"
    assert [one.name for one in watched(found.settings, context)][2] == ("main", "ocean")


def test_a_section_that_says_what_it_said_before_is_the_same_object_again(tmp_path: Path) -> None:
    files, ocean = FILES_AND_OCEAN
    found, context = configured(tmp_path, files + ocean)
    before = [one.section for one in watched(found.settings, context)]
    found, context = configured(tmp_path, files + ocean.replace("2026-01-01", "2026-01-02"))
    pool, folder = (one.section for one in watched(found.settings, context, before=before))
    assert folder is before[1]
    assert pool is not before[0]


def test_a_folder_whose_map_names_no_wallet_is_given_one(tmp_path: Path) -> None:
    section = '[[sources.files]]\nname = "f"\nfolder = "inbox"\nmap = "ocean-payouts"\n'
    found, context = configured(tmp_path, section + 'wallet = "cold"\n')
    (folder,) = (one.source for one in watched(found.settings, context))
    assert isinstance(folder, FolderSource)
    assert folder.column_map is not None
    assert folder.column_map.constants["wallet"] == "cold"


def test_a_missing_secret_is_told_when_the_source_is_built(tmp_path: Path) -> None:
    found, context = configured(tmp_path, ALL)
    with pytest.raises(ConfigError, match=r"node\.password.*create it with mode 0600"):
        watched(found.settings, context)


def test_prices_are_asked_for_in_the_order_of_the_settings(tmp_path: Path) -> None:
    found, context = configured(tmp_path, '[prices]\nsources = ["csv", "kraken"]\ncsv_file = "prices.csv"\n')
    assert [source.name for source in price_sources(found.settings.prices, context)] == ["csv", "kraken"]


def test_the_policy_is_the_profiles_of_the_day_and_follows_the_book(tmp_path: Path) -> None:
    profile = {"kind": "profile", "at": "2026-01-01T00:00:00Z", "recognition": "on_credit"}
    with EventStore.open(tmp_path, clock=SystemClock()) as store:
        policy = Policy(store, "main")
        assert policy.recognition(parse_instant("2026-06-01T00:00:00Z")) == "on_payout"
        store.append(Batch("main", (parse_event(profile, AssetTable(), "test"),)))
        assert policy.recognition(parse_instant("2026-06-01T00:00:00Z")) == "on_credit"
        receipt = {"kind": "receipt", "id": "r", "at": "2026-05-01T00:00:00Z", "source": "pool", "wallet": "cold"}
        receipt |= {"asset": "BTC", "quantity": "0.5", "income": "pool_payout"}
        undone = {"kind": "void", "at": "2026-05-02T00:00:00Z", "target": "r", "reason": "twice"}
        store.append(Batch("main", (parse_event(receipt, AssetTable(), "test"),)))
        assert [event.id for event in policy.told_by("pool")] == ["r"]
        store.append(Batch("main", (parse_event(undone, AssetTable(), "test"),)))
        assert [*policy.told_by("pool")] == []


@pytest.mark.parametrize(("text", "expected"), [(SCRIPT, True), (SCRIPT.upper(), True), (ADDRESS, False), ("0", False)])
def test_a_script_is_told_from_an_address(text: str, *, expected: bool) -> None:
    assert is_hex(text) is expected


def test_a_home_without_a_node_never_loads_its_library(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from lotwork import config; import lotwork.service.sources as s;"
        "from lotwork.ingest.context import BuildContext;"
        "from lotwork.ingest.asking.pace import Pace; from lotwork.ledger.clock import SystemClock;"
        "from lotwork.ledger.storage.log import EventLog; home = Path(sys.argv[1]);"
        "found = config.load(home); s.watched(found.settings, BuildContext(home=home, log=EventLog.open(home),"
        "clock=SystemClock(), reveal=found.secret, pace=Pace(SystemClock())));"
        "sys.exit(bool({'web3', 'bitcoin', 'embit', 'sqlmodel'} & set(sys.modules)))"
    )
    (tmp_path / "config.toml").write_text('[[sources.files]]\nname = "f"\nfolder = "inbox"\n')
    root = Path(__file__).parents[2]
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=root, check=False).returncode == 0

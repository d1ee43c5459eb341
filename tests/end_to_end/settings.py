"""The miner's config.toml, in the words of docs/sources.md, over whatever parts a test has started."""

from __future__ import annotations

import re
from pathlib import Path

from tests.end_to_end.market import Market
from tests.litecoin_node import PASSWORD, LitecoinNode

ROOT = Path(__file__).resolve().parents[2]
OCEAN_ADDRESS = "bc1qxy2kgdygjrsqtzq2n0yrf2493p83kkfjhx0wlh"


def write_password(home: Path, password: str = PASSWORD) -> None:
    """Keep the node's password where only its owner reads it."""
    (home / "litecoin.password").write_text(password + "\n", encoding="utf-8")
    (home / "litecoin.password").chmod(0o600)


def documented_map() -> str:
    """Return the column map that docs/sources.md shows."""
    found = re.search(
        r'```toml\n(kind = "expense".*?)```', (ROOT / "docs" / "sources.md").read_text("utf-8"), re.DOTALL
    )
    assert found is not None
    return found.group(1)


def litecoin(node: LitecoinNode, rig: list[str], cold: list[str]) -> str:
    return f"""
[[sources.bitcoin_node]]
name = "litecoin"
chain = "litecoin-regtest"
url = "{node.url}"
user = "miner"
password_file = "litecoin.password"
start_height = 1
confirmations = 1
every_seconds = 1
  [[sources.bitcoin_node.wallets]]
  wallet = "rig"
  watch = {quoted(rig)}
  meaning = "block_reward"
  [[sources.bitcoin_node.wallets]]
  wallet = "cold"
  watch = {quoted(cold)}
  meaning = "pool_payout"
"""


def ethereum(url: str, chain_id: int, hot: str, vault: str, token: str) -> str:
    return f"""
[[sources.evm_node]]
name = "ethereum"
chain_id = {chain_id}
native_asset = "ETH"
url = "{url}"
start_height = 0
finality = 0
every_seconds = 1
  [[sources.evm_node.wallets]]
  wallet = "hot"
  watch = ["{hot}"]
  [[sources.evm_node.wallets]]
  wallet = "vault"
  watch = ["{vault}"]
  [[sources.evm_node.tokens]]
  asset = "USDC"
  contract = "{token}"
  decimals = 6
"""


def ocean(market: Market, start: str) -> str:
    return f"""
[[sources.ocean]]
name = "ocean"
address = "{OCEAN_ADDRESS}"
wallet = "pool"
start = {start}
base_url = "{market.ocean.url}"
allow_private = true
every_seconds = 1
"""


FOLDERS = """
[[sources.files]]
name = "receipts"
folder = "inbox"
map = "generic-receipts"
every_seconds = 1

[[sources.files]]
name = "bills"
folder = "bills"
map = "bank.toml"
every_seconds = 1
"""


def daemon(market: Market, smtp_port: int | None) -> str:
    mail = f"""
[alerts.email]
host = "127.0.0.1"
port = {smtp_port}
starttls = false
sender = "lotwork@example.org"
recipients = ["miner@example.org"]
"""
    return f"""
[daemon]
port = 0
prices_every_seconds = 1
alerts_every_seconds = 1

[prices]
coinbase_url = "{market.coinbase.url}"
kraken_url = "{market.kraken.url}"
allow_private = true

[alerts]
days_before = [365, 60]
{mail if smtp_port else ""}"""


def quoted(words: list[str]) -> str:
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"

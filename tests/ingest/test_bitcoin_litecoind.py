"""What tests/ingest/bitcoin/test_litecoind.py was called once: scripts of others import the miner from here.

It hands on the miner and the settings under the names they had (`tests.ingest.former_names` says why), and none of the
tests, which run where they stand.
"""

from __future__ import annotations

import importlib
from typing import Any

from lotwork.ingest.bitcoin import scripts
from lotwork.ingest.bitcoin.section import BitcoinSection
from lotwork.ingest.sections import WalletSection
from tests.ingest.bitcoin.test_litecoind import COIN, Miner, held, on_chain, section_of, taproot_address
from tests.ingest.former_names import keep_former_modules
from tests.ingest.former_names import wallet as WatchedWallet  # noqa: N812 - it was a class
from tests.litecoin_node import LitecoinNode

keep_former_modules()

__all__ = ["COIN", "LitecoinNode", "Miner", "WatchedWallet", "config_of", "held", "on_chain", "taproot_address"]

NO_SETTINGS = ("page_blocks", "password")
"""What is told to the miner by now."""


def config_of(node: LitecoinNode, *wallets: WalletSection, **changes: Any) -> BitcoinSection:
    """Return what is told of *node*."""
    return section_of(node, *wallets, **{key: value for key, value in changes.items() if key not in NO_SETTINGS})


def test_a_script_written_before_finds_the_former_names() -> None:
    assert importlib.import_module("ingest.bitcoin_scripts").script_of_address is scripts.script_of_address
    told = WatchedWallet(wallet="rig", addresses=("a",), scripts=("51",), meaning="block_reward")
    assert (told.watch, told.meaning) == (("a", "51"), "block_reward")

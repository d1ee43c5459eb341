"""What tests/ingest/evm/watching.py was called once: scripts of others begin with `from tests.ingest.test_evm_watch`.

It hands on the chain, the wallets and the watcher under the names they had (`tests.ingest.former_names` says why), and
none of the tests, which run where they stand.
"""

from __future__ import annotations

import importlib

import msgspec

from lotwork.ingest.evm.chain import Block
from lotwork.ingest.evm.cursor import EvmCursor
from lotwork.ingest.evm.watch import EvmWatch
from lotwork.ledger import events as e
from tests.ingest.evm.watching import (
    COLD,
    DOLLAR,
    HOT,
    HOT_TOO,
    NOW,
    POOL,
    SHOP,
    SPAM,
    WALLETS,
    BookLog,
    Watched,
    fresh,
    only,
    payout,
    token_payout,
)
from tests.ingest.evm.watching import SECTION as CONFIG
from tests.ingest.former_names import EvmToken, keep_former_modules
from tests.ingest.former_names import evm_config as EvmNodeConfig  # noqa: N812 - it was a class
from tests.ingest.former_names import wallet as EvmWallet  # noqa: N812 - the same
from tests.simulated_evm import Move, SimulatedEvm, token_log

AssetDeclared, Correction, Void = e.AssetDeclared, e.Correction, e.Void
Movement, Receipt, Transfer = e.Movement, e.Receipt, e.Transfer
Event = e.Event

keep_former_modules()

__all__ = [
    "COLD", "CONFIG", "DOLLAR", "HOT", "HOT_TOO", "NOW", "POOL", "SHOP", "SPAM", "WALLETS", "AssetDeclared", "Block",
    "BookLog", "Correction", "Event", "EvmCursor", "EvmNodeConfig", "EvmToken", "EvmWallet", "EvmWatch", "Move",
    "Movement", "Receipt", "SimulatedEvm", "Transfer", "Void", "Watched", "fresh", "msgspec", "only", "payout",
    "token_log", "token_payout",
]  # fmt: skip


def test_a_script_written_before_watches_a_chain_under_the_former_names() -> None:
    assert importlib.import_module("ingest.evm_watch").EvmWatch is EvmWatch
    section = EvmNodeConfig(
        name="eth", book="main", chain_id=1, url="http://127.0.0.1:1", start_height=1, finality=0,
        wallets=(EvmWallet(wallet="cold", addresses=(COLD,)),),
        tokens=(EvmToken(contract=DOLLAR, asset="USDX", decimals=6),),
    )  # fmt: skip
    chain = SimulatedEvm()
    chain.mine(payout("p"), token_payout("t"))
    assert fresh(chain, section).keys() == fresh(chain, CONFIG).keys() != set()

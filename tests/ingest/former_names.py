"""The names that modules and settings of `ingest` had in release 0.1.0, for scripts that were written then.

People keep scripts that drive our simulated chain and our real nodes to show a fault (their case goes on failing, or
passing, only while it can be run). They import what stood in tests/ingest before the rooms were laid out, and the
product's modules from the top of a checkout. This is the one place that still knows those names.
"""

from __future__ import annotations

import sys
from typing import Any

from lotwork.ingest.evm.section import EvmSection, TokenSection
from lotwork.ingest.sections import WalletSection

PREFIX = "lotwork."
FAMILIES = ("ingest.bitcoin", "ingest.evm", "ingest.sheets", "ingest.asking")
"""Rooms whose modules stood in the room around them: `ingest.bitcoin.scripts` was `ingest.bitcoin_scripts`."""
BARE = frozenset({"ingest.sheets", "ingest.asking"})
"""Those whose modules had no more than their own name: `ingest.sheets.files` was `ingest.files`."""

EvmToken = TokenSection


def wallet(
    *, wallet: str, addresses: tuple[str, ...] = (), scripts: tuple[str, ...] = (), **told: Any
) -> WalletSection:
    """Return a watched wallet as it was told then: what to watch in two lists."""
    return WalletSection(wallet=wallet, watch=(*addresses, *scripts), **told)


def evm_config(**told: Any) -> EvmSection:
    """Return what is told of an EVM node."""
    return EvmSection(**told)


def keep_former_modules() -> None:
    """Let every module of the ledger and of ingest that is loaded by now be found under its former name too."""
    for name, module in sorted(sys.modules.items()):
        if name.startswith((f"{PREFIX}ledger", f"{PREFIX}ingest")):
            plain = name.removeprefix(PREFIX)
            sys.modules.setdefault(plain, module)
            sys.modules.setdefault(former(plain), module)


def former(name: str) -> str:
    """Return what the module *name* was called."""
    for family in FAMILIES:
        room, _, word = family.rpartition(".")
        if name.startswith(f"{family}."):
            rest = name.removeprefix(f"{family}.")
            return f"{room}.{rest}" if family in BARE else f"{room}.{word}_{rest}"
    return name

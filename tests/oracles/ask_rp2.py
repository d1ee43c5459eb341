"""Run by the oracles' own Python: histories in as JSON lines, out the gains rp2's US engine makes, one pool for all."""

from __future__ import annotations

import json
import logging
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from prezzemolo.avl_tree import AVLTree
from rp2.accounting_engine import AccountingEngine
from rp2.configuration import MIN_DATE, Configuration
from rp2.in_transaction import InTransaction
from rp2.input_data import InputData
from rp2.out_transaction import OutTransaction
from rp2.plugin.country.us import US
from rp2.rp2_decimal import RP2Decimal
from rp2.tax_engine import compute_tax
from rp2.transaction_set import TransactionSet

ASSET, EXCHANGE, HOLDER = "BTC", "Lotwork", "Miner"
SATS, MICROS, CENTS = RP2Decimal(10**8), RP2Decimal(10**6), RP2Decimal(100)
SETTINGS = f"""[general]
assets = {ASSET}
exchanges = {EXCHANGE}
holders = {HOLDER}

[in_header]
timestamp = 0

[out_header]
timestamp = 0

[intra_header]
timestamp = 0
"""
COMMON = {"asset": ASSET, "exchange": EXCHANGE, "holder": HOLDER}


def settings() -> Configuration:
    """Return rp2's configuration, which it reads from a file only."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rp2.ini"
        path.write_text(SETTINGS, encoding="utf-8")
        return Configuration(str(path), US())


def engine(method: str) -> AccountingEngine:
    """Return an engine that sells lots by *method* in every year."""
    methods: Any = AVLTree()
    methods.insert_node(MIN_DATE.year, import_module(f"rp2.plugin.accounting_method.{method}").AccountingMethod())
    return AccountingEngine(methods)


def came(config: Configuration, row: int, step: dict[str, Any]) -> InTransaction:
    """Return an acquisition."""
    cost = RP2Decimal(step["money"]) / MICROS
    return InTransaction(
        config, f"{step['day']} 12:00:00 +0000", transaction_type="BUY", row=row, unique_id=step["id"],
        spot_price=RP2Decimal(step["price_cents"]) / CENTS, crypto_in=RP2Decimal(step["sats"]) / SATS,
        fiat_in_no_fee=cost, fiat_in_with_fee=cost, **COMMON,
    )  # fmt: skip


def went(config: Configuration, row: int, step: dict[str, Any]) -> OutTransaction:
    """Return a sale."""
    quantity, proceeds = RP2Decimal(step["sats"]) / SATS, RP2Decimal(step["money"]) / MICROS
    return OutTransaction(
        config, f"{step['day']} 12:00:00 +0000", transaction_type="SELL", row=row, unique_id=step["id"],
        spot_price=proceeds / quantity, crypto_out_no_fee=quantity, crypto_fee=RP2Decimal(0),
        fiat_out_no_fee=proceeds, **COMMON,
    )  # fmt: skip


def answer(config: Configuration, question: dict[str, Any]) -> dict[str, Any]:
    """Return every part of a sale with its lot, basis, gain and term."""
    sets = {kind: TransactionSet(config, kind, ASSET) for kind in ("IN", "OUT", "INTRA")}
    for row, step in enumerate(question["steps"], start=1):
        if step["kind"] == "sold":
            sets["OUT"].add_entry(went(config, row, step))
        else:
            sets["IN"].add_entry(came(config, row, step))
    made = compute_tax(config, engine(question["method"]), InputData(ASSET, sets["IN"], sets["OUT"], sets["INTRA"]))
    rows = [
        (
            gain.taxable_event.unique_id,
            gain.acquired_lot.unique_id,
            int(gain.crypto_amount * SATS),
            str(gain.fiat_cost_basis * MICROS),
            str(gain.fiat_gain * MICROS),
            "long" if gain.is_long_term_capital_gains() else "short",
        )
        for gain in made.gain_loss_set
    ]
    return {"rows": rows}


def main() -> None:
    """Answer every line of standard input."""
    logging.disable(logging.CRITICAL)
    config = settings()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(config, json.loads(line))) + "\n")


main()

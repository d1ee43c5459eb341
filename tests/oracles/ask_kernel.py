"""Run by the oracles' own Python: raw blocks in as JSON lines, out which chain Bitcoin Core's rules make of them.

Each question is a node of its own on regtest: what it is given in turn, and at each "tell", the chain it stands on: of
each transaction what it spends, by the node's own undo data, and what it pays. A block that breaks a rule ends it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pbk


def node(folder: str) -> pbk.ChainstateManager:
    """Return a node that stands on the first block."""
    (Path(folder) / "blocks").mkdir()
    options = pbk.ChainstateManagerOptions(pbk.make_context(pbk.ChainType.REGTEST), folder, f"{folder}/blocks")
    options.set_worker_threads_num(0)
    options.update_block_tree_db_in_memory(block_tree_db_in_memory=True)
    options.update_chainstate_db_in_memory(chainstate_db_in_memory=True)
    return pbk.ChainstateManager(options)


def paid(output: pbk.TransactionOutput) -> list[Any]:
    """Return what an output holds: its script and its satoshis."""
    return [bytes(output.script_pubkey).hex(), output.amount]


def told(manager: pbk.ChainstateManager) -> list[Any]:
    """Return the blocks above the first: each one's name and transactions."""
    found = []
    for entry in list(manager.get_active_chain().block_tree_entries)[1:]:
        spent = manager.block_spent_outputs[entry].transactions
        rows = []
        for place, transaction in enumerate(manager.blocks[entry].transactions):
            gives = [paid(coin.output) for coin in spent[place - 1].coins] if place else []
            rows.append([str(transaction.txid), gives, [paid(output) for output in transaction.outputs]])
        found.append([str(entry.block_hash), rows])
    return found


def one(steps: list[str]) -> list[Any]:
    """Return what is told at each "tell" among *steps*; all else are blocks in hexadecimal digits."""
    with TemporaryDirectory() as folder:
        manager, answers = node(folder), []
        for step in steps:
            if step == "tell":
                answers.append(told(manager))
            else:
                manager.process_block(pbk.Block(bytes.fromhex(step)))
        return answers


if __name__ == "__main__":
    pbk.disable_log_category(pbk.LogCategory.ALL)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(one(json.loads(line))) + "\n")

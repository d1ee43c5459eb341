"""The blocks of one page whose own hashes were checked, and the receipts that are believed because of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from lotwork.ingest.evm.bloom import Question
from lotwork.ingest.evm.chain import Sighting, TransactionReceipt
from lotwork.ingest.evm.proof import Prover, Said
from lotwork.ingest.evm.wire import read_receipt
from lotwork.ledger.errors import SourceRefusedError

PRICED = ("hash", "type", "gasPrice", "maxFeePerGas", "maxPriorityFeePerGas")
"""What of a transaction its receipt is held against."""

AskReceipts = Callable[[str, list[str]], Sequence[Said]]
"""Asks for all the receipts of a block, named by its hash, in the order of its transactions."""


@contextmanager
def _readable(block: Said) -> Iterator[None]:
    """Refuse what has not the shape that every node gives it."""
    try:
        yield
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as odd:
        raise SourceRefusedError(
            f"block {str(block.get('hash'))[:66]}: the node's word of it cannot be read ({type(odd).__name__}): "
            "nothing was recorded; ask another node"
        ) from odd


class ProvenBlocks:
    """Blocks that were checked, as far as their receipts need them."""

    def __init__(self, prover: Prover) -> None:
        self._prover = prover
        self._blocks: dict[str, dict[str, Any]] = {}
        self._block_of: dict[str, str] = {}
        self._checked: dict[str, Sequence[Said]] = {}
        """The receipts of blocks that were asked for already."""

    def begin(self) -> None:
        """Forget the page before."""
        self._blocks, self._block_of, self._checked = {}, {}, {}

    def check_header(self, said: Said) -> None:
        """Refuse a header that does not hash to its name."""
        with _readable(said):
            self._prover.check_header(said)

    def take(self, said: Said, watched: Collection[str]) -> None:
        """Check a whole block, and who sent those of its transactions that concern *watched*; remember it."""
        with _readable(said):
            self._prover.check_header(said)
            self._prover.check_transactions(said)
            for each in said["transactions"]:
                if {str(each.get("from")).lower(), str(each.get("to")).lower()} & set(watched):
                    self._prover.check_sender(each)
        name = str(said["hash"]).lower()
        slim = [{key: each.get(key) for key in PRICED if key in each} for each in said["transactions"]]
        kept = ("hash", "number", "receiptsRoot", "logsBloom", "baseFeePerGas")
        self._blocks[name] = {key: said.get(key) for key in kept} | {"transactions": slim}
        self._block_of.update((str(each["hash"]).lower(), name) for each in slim)

    def receipts(self, names: Sequence[str], ask: AskReceipts) -> list[TransactionReceipt | None]:
        """Return the receipt of each transaction, out of all those of its block, which must be the ones it names."""
        found: dict[str, TransactionReceipt] = {}
        for block in dict.fromkeys(self._block_holding(name) for name in names):
            said = self._receipts_of(block, ask)
            wanted = {name for name in names if self._block_of[name] == block}
            found |= {
                name: read_receipt(dict(each))
                for each in said
                if (name := str(each["transactionHash"]).lower()) in wanted
            }
        return [found[name] for name in names]

    def sightings(self, question: Question, ask: AskReceipts) -> list[Sighting]:
        """Return every log of the page that *question* asks for, none left out.

        Where a block's bloom shows none there is none; of each other block all receipts are asked for.
        """
        found: list[Sighting] = []
        for name, block in self._blocks.items():
            if question.may_be_in(block):
                receipts = self._receipts_of(name, ask)
                seen = list(question.seen_in(block, [dict(each) for each in receipts]))
                if seen:
                    self._checked[name] = receipts
                found += seen
        return found

    def _receipts_of(self, name: str, ask: AskReceipts) -> Sequence[Said]:
        """Return all the receipts of a block, which must be the ones its header names."""
        if name in self._checked:
            return self._checked[name]
        told = self._blocks[name]
        said = ask(name, [str(each["hash"]) for each in told["transactions"]])
        with _readable(told):
            self._prover.check_receipts(told, said)
        return said

    def _block_holding(self, name: str) -> str:
        block = self._block_of.get(name)
        if block is None:
            raise SourceRefusedError(
                f"transaction {name}: the node says that a block holds it, and the block does not: nothing was "
                "recorded; ask another node"
            )
        return block

"""A block as the watcher needs it: who was paid, and which outputs were spent.

Blocks are asked for raw and parsed by python-bitcoinlib. Litecoin's MWEB blocks end in a transaction it cannot parse;
such a block is asked for again, decoded by the node. Either way the transactions must hash to the header's merkle
root and the header to the block's name: an answer that does not is refused, not recorded.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import Any

from lotwork.ingest.bitcoin.keys import pays_a_key_of
from lotwork.ledger.errors import SourceRefusedError

HEADER_LENGTH = 80
HOGEX_BEGIN, HOGEX_LENGTH = b"\x58\x20", 34
"""The script of MWEB's own balance (LIP-2): a version 8 witness of 32 bytes, the first output of the one transaction by
which coins leave MWEB."""
BASE_UNIT = Decimal("0.00000001")

Outpoint = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Header:
    """What a block's first 80 bytes tell: its name, the block before, the root of its transactions, and its time."""

    block_hash: str
    previous: str
    merkle_root: bytes
    time: int


@dataclass(frozen=True, slots=True)
class Output:
    """Base units paid to a script."""

    value: int
    script: bytes


@dataclass(frozen=True, slots=True)
class Transaction:
    """One transaction: the outputs it spends, those it makes, and its raw bytes."""

    txid: str
    coinbase: bool
    inputs: tuple[Outpoint, ...]
    outputs: tuple[Output, ...]
    raw: bytes

    @property
    def leaves_mweb(self) -> bool:
        """Whether its other outputs came out of MWEB, where nobody sees who paid."""
        first = self.outputs[0].script if self.outputs else b""
        return len(first) == HOGEX_LENGTH and first.startswith(HOGEX_BEGIN)


def double_sha256(data: bytes) -> bytes:
    """Return the digest that names blocks and transactions, in wire order."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def read_header(raw: bytes, asked: str) -> Header:
    """Return the header of the raw block that the node gave for *asked*; another block is refused."""
    if len(raw) <= HEADER_LENGTH:
        raise SourceRefusedError(f"block {asked}: the node gave {len(raw)} bytes, which is no block: check the node")
    header = raw[:HEADER_LENGTH]
    named = double_sha256(header)[::-1].hex()
    if named != asked:
        raise SourceRefusedError(f"block {asked}: the node gave block {named} instead: check the node and its proxy")
    (time,) = struct.unpack_from("<I", header, 68)
    return Header(asked, header[4:36][::-1].hex(), header[36:68], time)


def parse_raw(raw: bytes, header: Header) -> tuple[Transaction, ...] | None:
    """Return the transactions of a raw block; None where python-bitcoinlib cannot read them (Litecoin's MWEB)."""
    from bitcoin.core import CTransaction  # noqa: PLC0415 - heavy, and only a watcher needs it
    from bitcoin.core.serialize import SerializationError, VarIntSerializer  # noqa: PLC0415 - the same

    stream = BytesIO(raw)
    stream.seek(HEADER_LENGTH)
    transactions = []
    try:
        for _ in range(VarIntSerializer.stream_deserialize(stream)):
            begin = stream.tell()
            parsed = CTransaction.stream_deserialize(stream)
            transactions.append(_from_bitcoinlib(parsed, raw[begin : stream.tell()]))
    except (SerializationError, ValueError, struct.error):
        return None
    root = merkle_root(bytes.fromhex(transaction.txid)[::-1] for transaction in transactions)
    return tuple(transactions) if root == header.merkle_root and stream.tell() == len(raw) else None


def _from_bitcoinlib(transaction: Any, raw: bytes) -> Transaction:
    inputs = tuple((spent.prevout.hash[::-1].hex(), spent.prevout.n) for spent in transaction.vin)
    coinbase = len(transaction.vin) == 1 and transaction.vin[0].prevout.is_null()
    return Transaction(
        txid=transaction.GetTxid()[::-1].hex(),
        coinbase=coinbase,
        inputs=() if coinbase else inputs,
        outputs=tuple(Output(made.nValue, bytes(made.scriptPubKey)) for made in transaction.vout),
        raw=raw,
    )


def parse_decoded(block: Mapping[str, Any], header: Header) -> tuple[Transaction, ...]:
    """Return the transactions of a block the node decoded (`getblock`, verbosity 2)."""
    try:
        transactions = tuple(_from_decoded(transaction) for transaction in block["tx"])
    except (KeyError, TypeError, ValueError, ArithmeticError) as odd:
        raise SourceRefusedError(
            f"block {header.block_hash}: the node's decoded form cannot be read ({odd!r}): nothing was recorded; "
            "report this with the node's version"
        ) from odd
    if merkle_root(bytes.fromhex(transaction.txid)[::-1] for transaction in transactions) != header.merkle_root:
        raise SourceRefusedError(
            f"block {header.block_hash}: its transactions do not hash to its merkle root: check the node and its disk"
        )
    return transactions


def _from_decoded(transaction: Mapping[str, Any]) -> Transaction:
    """Return one decoded transaction; an input or output inside MWEB is a stranger's, without an outpoint of ours."""
    coinbase = any("coinbase" in spent for spent in transaction["vin"])
    inputs = tuple((spent.get("txid", ""), spent.get("vout", 0)) for spent in transaction["vin"])
    return Transaction(
        txid=transaction["txid"],
        coinbase=coinbase,
        inputs=() if coinbase else inputs,
        outputs=tuple(_decoded_output(number, made) for number, made in enumerate(transaction["vout"])),
        raw=bytes.fromhex(transaction["hex"]),
    )


def _decoded_output(number: int, made: Mapping[str, Any]) -> Output:
    if made.get("n", number) != number:
        raise ValueError(f"output {number} is numbered {made['n']}")
    return Output(base_units(made.get("value", 0)), bytes.fromhex(made.get("scriptPubKey", {}).get("hex", "")))


def base_units(coins: Decimal | int) -> int:
    """Return a node's amount of whole coins in base units, exact."""
    units = Decimal(coins) / BASE_UNIT
    whole = int(units)
    if whole != units:
        raise ValueError(f"{coins} is finer than a base unit")
    return whole


def merkle_root(hashes: Iterable[bytes]) -> bytes:
    """Return the root over transaction *hashes* in wire order; the last of an odd row is paired with itself."""
    row = list(hashes)
    while len(row) > 1:
        if len(row) % 2:
            row.append(row[-1])
        row = [double_sha256(left + right) for left, right in zip(row[::2], row[1::2], strict=True)]
    return row[0] if row else b""


def may_touch(raw: bytes, scripts: Collection[bytes], txids: Sequence[str]) -> bool:
    """Say if a raw block can hold one of *scripts* or spend an output of *txids*; False is certain.

    Searching bytes costs a hundredth of parsing, and most blocks have nothing of a miner's.
    """
    if any(script in raw for script in scripts) or any(bytes.fromhex(txid)[::-1] in raw for txid in txids):
        return True
    return pays_a_key_of(raw, scripts)

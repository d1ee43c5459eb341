"""What a node says, word by word: hex texts and JSON objects in, checked values out.

A field that is missing, a number that is no number, a block at another height than asked: refused, never guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any, TypeVar

import msgspec

from lotwork.ingest.evm.chain import Block, Header, Log, Sighting, Transaction, TransactionReceipt
from lotwork.ledger.errors import SourceRefusedError

SUCCEEDED, FAILED = "0x1", "0x0"
LONGEST_QUANTITY = 66
LAST_SECOND = 4_102_444_800
"""The year 2100: a time stamp beyond it is one in milliseconds, or an invention."""

_QUANTITY = re.compile(r"0x[0-9a-fA-F]+", re.ASCII)
_BYTES = re.compile(r"0x(?:[0-9a-fA-F]{2})*", re.ASCII)

T = TypeVar("T")


class WireTransaction(msgspec.Struct, frozen=True, rename={"sender": "from"}):
    """The fields of a transaction that count."""

    hash: str
    sender: str
    value: str
    to: str | None = None


class WireHeader(msgspec.Struct, frozen=True, rename="camel"):
    """The fields of a block that count, whatever its transactions look like."""

    number: str
    hash: str
    parent_hash: str
    timestamp: str


class WireBlock(WireHeader, frozen=True, rename="camel"):
    """A block with its transactions in full."""

    transactions: list[dict[str, Any]]


class WireLog(msgspec.Struct, frozen=True, rename="camel"):
    """The fields of a log that count."""

    address: str
    topics: list[str]
    data: str
    transaction_hash: str
    block_hash: str
    block_number: str


class WireReceipt(msgspec.Struct, frozen=True, rename="camel"):
    """The fields of a receipt that count."""

    transaction_hash: str
    transaction_index: str
    block_hash: str
    gas_used: str
    status: str | None = None
    effective_gas_price: str | None = None
    logs: list[WireLog] = []


def read_quantity(text: object) -> int:
    """Return the number that a hex text writes; at most 256 bits."""
    if not isinstance(text, str) or len(text) > LONGEST_QUANTITY or _QUANTITY.fullmatch(text) is None:
        raise SourceRefusedError(f"the node said {str(text)[:40]!r} where a number in hex is due: ask another node")
    return int(text, 16)


def read_bytes(text: object, length: int | None = None) -> str:
    """Return a hex text in lower case, of *length* bytes where that is given."""
    if (
        not isinstance(text, str)
        or _BYTES.fullmatch(text) is None
        or (length is not None and len(text) != 2 * length + 2)
    ):
        raise SourceRefusedError(f"the node said {str(text)[:40]!r} where bytes in hex are due: ask another node")
    return text.lower()


def read_hash(text: object) -> str:
    """Return the hash of a block or a transaction."""
    return read_bytes(text, 32)


def read_address(text: object) -> str:
    """Return an address."""
    return read_bytes(text, 20)


def _shaped(said: object, shape: type[T]) -> T:
    try:
        return msgspec.convert(said, shape)
    except msgspec.ValidationError as broken:
        what = shape.__name__.removeprefix("Wire").lower()
        raise SourceRefusedError(f"the node's {what} cannot be read ({broken}): ask another node") from None


def read_header(said: object, height: int | None = None) -> Header:
    """Return the header of the block a node gave, which must be the one at *height*."""
    wire = _shaped(said, WireHeader)
    header = Header(
        height=read_quantity(wire.number),
        hash=read_hash(wire.hash),
        parent=read_hash(wire.parent_hash),
        timestamp=read_quantity(wire.timestamp),
    )
    if header.timestamp >= LAST_SECOND:
        raise SourceRefusedError(f"block {header.height} has the time stamp {header.timestamp}: ask another node")
    if height is not None and header.height != height:
        raise SourceRefusedError(f"asked for block {height}, the node gave block {header.height}: ask another node")
    return header


def read_block(said: object, height: int, addresses: Collection[str]) -> Block:
    """Return the block a node gave, which must be the one at *height*, with what concerns *addresses*."""
    header = read_header(said, height)
    listed = (_read_transaction(raw) for raw in _shaped(said, WireBlock).transactions)
    return Block(header=header, transactions=tuple(each for each in listed if each.concerns(addresses)))


def _read_transaction(raw: dict[str, Any]) -> Transaction:
    wire = _shaped(raw, WireTransaction)
    return Transaction(
        hash=read_hash(wire.hash),
        sender=read_address(wire.sender),
        to=None if wire.to is None else read_address(wire.to),
        wei=read_quantity(wire.value),
        raw=raw,
    )


def read_receipt(said: dict[str, Any]) -> TransactionReceipt:
    """Return the receipt a node gave.

    Receipts without a status (made before EIP-658, 2017) do not tell success from failure, so they are refused.
    """
    wire = _shaped(said, WireReceipt)
    if wire.status not in (SUCCEEDED, FAILED) or wire.effective_gas_price is None:
        raise SourceRefusedError(
            f"the receipt of {wire.transaction_hash[:66]} has no status or no gas price: blocks before October 2017 "
            "cannot be scanned; set a later start height and import what came before"
        )
    return TransactionReceipt(
        transaction=read_hash(wire.transaction_hash),
        index=read_quantity(wire.transaction_index),
        block_hash=read_hash(wire.block_hash),
        succeeded=wire.status == SUCCEEDED,
        gas_wei=read_quantity(wire.gas_used) * read_quantity(wire.effective_gas_price),
        logs=tuple(
            Log(
                contract=read_address(log.address),
                topics=tuple(read_hash(topic) for topic in log.topics),
                data=read_bytes(log.data),
            )
            for log in wire.logs
        ),
        raw=said,
    )


def read_sighting(said: object) -> Sighting:
    """Return where a log was seen."""
    wire = _shaped(said, WireLog)
    return Sighting(
        transaction=read_hash(wire.transaction_hash),
        block_hash=read_hash(wire.block_hash),
        height=read_quantity(wire.block_number),
    )

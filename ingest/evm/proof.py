"""What an EVM block's own hash proves of what a node says: its header, its transactions, their receipts and logs.

A header holds the roots of two trees (Merkle Patricia tries, as the Yellow Paper has them): of the transactions, and of
their receipts. So whoever names a block's hash has named every amount, receiver and log in it. A node's JSON is written
down again as the chain writes it, and must hash to those roots. Who sent a transaction follows from its signature.

That the hash is that of a block of the chain is not proven: under proof of stake no header shows the work behind it. It
is the node's word, or that of two nodes (`second_url`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from lotwork.ingest.evm.wire import read_bytes, read_quantity
from lotwork.ledger.errors import SourceRefusedError

Item: TypeAlias = "bytes | list[Item]"
Keccak: TypeAlias = Callable[[bytes], bytes]
Recover: TypeAlias = Callable[[bytes, tuple[int, int, int]], str]
"""Returns who signed a digest, by (27 or 28, r, s); `UNSIGNED` where that is no signature."""
Said: TypeAlias = Mapping[str, Any]

NUMBERS = frozenset(
    {"difficulty", "number", "gasLimit", "gasUsed", "timestamp", "baseFeePerGas", "blobGasUsed", "excessBlobGas"}
)
HEADER = (
    "parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom", "difficulty",
    "number", "gasLimit", "gasUsed", "timestamp", "extraData", "mixHash", "nonce",
)  # fmt: skip
LATER = (
    "baseFeePerGas", "withdrawalsRoot", "blobGasUsed", "excessBlobGas", "parentBeaconBlockRoot", "requestsHash",
)  # fmt: skip
"""What forks put behind a header, in their order: London, Shanghai, Cancun (three), Prague."""

FEES = ("maxPriorityFeePerGas", "maxFeePerGas")
BLOBS = ("maxFeePerBlobGas", "blobVersionedHashes")
FORMS: Mapping[int, tuple[str, ...]] = {
    0: ("nonce", "gasPrice", "gas", "to", "value", "input"),
    1: ("chainId", "nonce", "gasPrice", "gas", "to", "value", "input", "accessList"),
    2: ("chainId", "nonce", *FEES, "gas", "to", "value", "input", "accessList"),
    3: ("chainId", "nonce", *FEES, "gas", "to", "value", "input", "accessList", *BLOBS),
    4: ("chainId", "nonce", *FEES, "gas", "to", "value", "input", "accessList", "authorizationList"),
}  # fmt: skip
"""The signed fields of each type of transaction (EIP-2718, 2930, 1559, 4844, 7702)."""
SIGNED_FOR_A_CHAIN = 35
"""The least v of a legacy signature that names its chain (EIP-155)."""
UNSIGNED = "nobody"
HASHED = 32
ONE_BYTE, SHORT = 0x80, 56


class Prover:
    """Checks blocks and receipts against the block's hash; *keccak* and *recover* are the library's."""

    def __init__(self, keccak: Keccak, recover: Recover) -> None:
        self._keccak = keccak
        self._recover = recover

    def check_header(self, said: Said) -> None:
        """Refuse a header that does not hash to the name it has."""
        fields: list[Item] = [_field(said, name) for name in HEADER]
        for name in LATER:
            if said.get(name) is None:
                break
            fields.append(_field(said, name))
        self._same(said.get("hash"), self._keccak(rlp(fields)), said, "its header does not hash to its name")

    def check_transactions(self, said: Said) -> None:
        """Refuse a block whose transactions, in full and in order, are not those its header names."""
        encoded = [encode_transaction(each) for each in said["transactions"]]
        root = self._trie_root(encoded)
        self._same(said.get("transactionsRoot"), root, said, "its transactions are not those its header names")
        for each, whole in zip(said["transactions"], encoded, strict=True):
            self._same(each.get("hash"), self._keccak(whole), said, "a transaction does not hash to its name")

    def check_sender(self, transaction: Said) -> None:
        """Refuse a transaction that its sender did not sign."""
        kind, fields = _signed(transaction)
        v = read_quantity(transaction.get("yParity", transaction.get("v")) if kind else transaction.get("v"))
        if kind:
            parity = v
        elif v >= SIGNED_FOR_A_CHAIN:
            chain, parity = divmod(v - SIGNED_FOR_A_CHAIN, 2)
            fields += [_number(chain), b"", b""]
        else:
            parity = v - 27
        digest = self._keccak((bytes([kind]) if kind else b"") + rlp(fields))
        signature = (27 + parity, read_quantity(transaction.get("r")), read_quantity(transaction.get("s")))
        signer = self._recover(digest, signature).lower() if parity in (0, 1) else UNSIGNED
        if signer != str(transaction.get("from")).lower():
            raise SourceRefusedError(
                f"transaction {str(transaction.get('hash'))[:66]}: {signer} signed it, and the node says that "
                f"{str(transaction.get('from'))[:42]} sent it: nothing was recorded; ask another node"
            )

    def check_receipts(self, block: Said, receipts: Sequence[Said]) -> None:
        """Refuse *receipts*, all of the *block*'s and in order, that are not those its header names, or say else."""
        transactions = block["transactions"]
        words = "its receipts are not those its header names"
        if len(receipts) != len(transactions):
            raise self._forged(block, words)
        encoded = [
            encode_receipt(each, kind_of(transaction)) for each, transaction in zip(receipts, transactions, strict=True)
        ]
        self._same(block.get("receiptsRoot"), self._trie_root(encoded), block, words)
        before = 0
        for each, transaction in zip(receipts, transactions, strict=True):
            after = read_quantity(each.get("cumulativeGasUsed"))
            told = (
                each.get("transactionHash"), each.get("blockHash"), read_quantity(each.get("gasUsed")),
                read_quantity(each.get("effectiveGasPrice")),
            )  # fmt: skip
            if told != (transaction["hash"], block["hash"], after - before, gas_price(transaction, block)):
                raise self._forged(block, "a receipt tells another transaction, or another price of its gas")
            before = after

    def _same(self, told: object, found: bytes, block: Said, words: str) -> None:
        if read_bytes(told, HASHED) != f"0x{found.hex()}":
            raise self._forged(block, words)

    def _forged(self, block: Said, words: str) -> SourceRefusedError:
        return SourceRefusedError(
            f"block {str(block.get('hash'))[:66]}: {words}: nothing was recorded; check the node, and whoever stands "
            "between, or ask another"
        )

    def _trie_root(self, values: Sequence[bytes]) -> bytes:
        """Return the root of the tree that holds each of *values* under its number."""
        if not values:
            return self._keccak(rlp(b""))
        leaves = sorted((_nibbles(rlp(_number(place))), value) for place, value in enumerate(values))
        return self._keccak(rlp(self._node(leaves, 0)))

    def _node(self, leaves: Sequence[tuple[bytes, bytes]], depth: int) -> Item:
        """Return the node above *leaves*, whose keys agree up to *depth*; sorted, and none is the begin of another."""
        first, last = leaves[0][0], leaves[-1][0]
        if len(leaves) == 1:
            return [_packed(first[depth:], leaf=True), leaves[0][1]]
        shared = depth
        while first[shared] == last[shared]:
            shared += 1
        if shared > depth:
            return [_packed(first[depth:shared], leaf=False), self._reference(self._node(leaves, shared))]
        branch: list[Item] = [b""] * 17
        for nibble in range(16):
            below = [leaf for leaf in leaves if leaf[0][depth] == nibble]
            if below:
                branch[nibble] = self._reference(self._node(below, depth + 1))
        return branch

    def _reference(self, node: Item) -> Item:
        """Return a node as the one above holds it: itself where it is short, else its digest."""
        encoded = rlp(node)
        return node if len(encoded) < HASHED else self._keccak(encoded)


def encode_transaction(said: Said) -> bytes:
    """Return a transaction as its block holds it; a type nobody here knows is refused."""
    kind, fields = _signed(said)
    parity = said.get("yParity", said.get("v")) if kind else said.get("v")
    signature = [_number(read_quantity(each)) for each in (parity, said.get("r"), said.get("s"))]
    return (bytes([kind]) if kind else b"") + rlp([*fields, *signature])


def encode_receipt(said: Said, kind: int) -> bytes:
    """Return a receipt as its block holds it."""
    logs: list[Item] = [
        [_bytes(log.get("address")), [_bytes(topic) for topic in log.get("topics", ())], _bytes(log.get("data"))]
        for log in said.get("logs", ())
    ]
    status, used = read_quantity(said.get("status")), read_quantity(said.get("cumulativeGasUsed"))
    encoded = rlp([_number(status), _number(used), _bytes(said.get("logsBloom")), logs])
    return (bytes([kind]) if kind else b"") + encoded


def gas_price(transaction: Said, block: Said) -> int:
    """Return what a unit of gas cost the sender: the price named, or the base fee and a tip, within the most named."""
    if kind_of(transaction) < 2 or block.get("baseFeePerGas") is None:  # noqa: PLR2004 - EIP-1559
        return read_quantity(transaction.get("gasPrice"))
    base = read_quantity(block["baseFeePerGas"])
    return min(
        read_quantity(transaction.get("maxFeePerGas")), base + read_quantity(transaction.get("maxPriorityFeePerGas"))
    )


def kind_of(said: Said) -> int:
    """Return a transaction's type; one without is of the first."""
    return read_quantity(said.get("type", "0x0"))


def _signed(said: Said) -> tuple[int, list[Item]]:
    """Return a transaction's type, and the fields that are signed."""
    kind = kind_of(said)
    if kind not in FORMS:
        raise SourceRefusedError(
            f"transaction {str(said.get('hash'))[:66]} is of type {kind}, which this version cannot check: nothing was "
            "recorded; update Lotwork"
        )
    return kind, [_signed_field(said.get(name), name) for name in FORMS[kind]]


def _signed_field(value: Any, name: str) -> Item:
    if name == "to":
        return b"" if value is None else _bytes(value)
    if name == "input":
        return _bytes(value)
    if name == "accessList":
        return [
            [_bytes(one.get("address")), [_bytes(key) for key in one.get("storageKeys", ())]] for one in value or ()
        ]
    if name == "blobVersionedHashes":
        return [_bytes(one) for one in value or ()]
    if name == "authorizationList":
        numbers = ("yParity", "r", "s")
        return [
            [
                _number(read_quantity(one.get("chainId"))), _bytes(one.get("address")),
                _number(read_quantity(one.get("nonce"))), *(_number(read_quantity(one.get(each))) for each in numbers),
            ]
            for one in value or ()
        ]  # fmt: skip
    return _number(read_quantity(value))


def _field(said: Said, name: str) -> bytes:
    return _number(read_quantity(said.get(name))) if name in NUMBERS else _bytes(said.get(name))


def _bytes(text: object) -> bytes:
    return bytes.fromhex(read_bytes(text)[2:])


def _number(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")


def rlp(item: Item) -> bytes:
    """Return *item* in the Recursive Length Prefix form."""
    if isinstance(item, bytes):
        if len(item) == 1 and item[0] < ONE_BYTE:
            return item
        return _prefixed(item, ONE_BYTE)
    return _prefixed(b"".join(map(rlp, item)), 0xC0)


def _prefixed(content: bytes, begin: int) -> bytes:
    if len(content) < SHORT:
        return bytes([begin + len(content)]) + content
    length = _number(len(content))
    return bytes([begin + SHORT - 1 + len(length)]) + length + content


def _nibbles(key: bytes) -> bytes:
    return bytes(half for byte in key for half in (byte >> 4, byte & 15))


def _packed(nibbles: bytes, *, leaf: bool) -> bytes:
    """Return a path of half bytes as bytes, with what it is and whether it is odd before it."""
    flag = 2 * leaf + len(nibbles) % 2
    whole = bytes([flag]) + nibbles if len(nibbles) % 2 else bytes([flag, 0]) + nibbles
    return bytes(high << 4 | low for high, low in zip(whole[::2], whole[1::2], strict=True))

"""An EVM node over JSON-RPC: the only room that knows web3.

web3's provider carries the requests; `ingest.evm.wire` reads the answers. The URL of a hosted node holds its key: no
message and no log line made here repeats it.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Collection, Iterator, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

import requests
from eth_keys.exceptions import BadSignature
from web3 import Account, Web3
from web3.providers.rpc import HTTPProvider
from web3.types import RPCEndpoint

from lotwork.ingest.asking.patience import Deadline
from lotwork.ingest.evm.bloom import Question
from lotwork.ingest.evm.chain import Block, Header, InnerPayment, Sighting, TransactionReceipt
from lotwork.ingest.evm.proof import UNSIGNED, Prover
from lotwork.ingest.evm.proven import ProvenBlocks
from lotwork.ingest.evm.scan import DEPOSIT_TOPIC, TRANSFER_TOPIC, WITHDRAWAL_TOPIC, Keep, address_topic
from lotwork.ingest.evm.section import EvmSection
from lotwork.ingest.evm.session import BoundedSession, TooMuchError, Unsaid
from lotwork.ingest.evm.trace import read_trace
from lotwork.ingest.evm.watch import EvmWatch, look_seconds
from lotwork.ingest.evm.wire import read_block, read_bytes, read_header, read_quantity, read_receipt, read_sighting
from lotwork.ingest.reorganisations import Recorded
from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError

DEEPEST_STACK = 1_000
sys.setrecursionlimit(
    DEEPEST_STACK
)  # py_ecc, which web3 loads, raises it to 100,000: nested JSON would end the process

MOST_BYTES = 64 * 2**20
BATCH = 20
"""Requests sent in one message at first; halved whenever the node finds it too much."""

MOST_ADDRESSES = 200
"""Addresses asked for in one eth_getLogs."""

DECIMALS_CALL = "0x313ce567"
"""The selector of decimals()."""

CALL_TRACER = {"tracer": "callTracer"}

for noisy in ("web3", "urllib3", "requests"):
    logging.getLogger(noisy).setLevel(logging.WARNING)  # below that they print the URL, key and all


class RpcError(Exception):
    """The node answered a request with an error of its own; the text is fit to be shown."""


class NodeChain:
    """A `Chain` answered by a node."""

    def __init__(
        self,
        name: str,
        url: str,
        deadline: Deadline,
        *,
        most_bytes: int = MOST_BYTES,
        proves: bool = False,
        proves_logs: bool = False,
    ) -> None:
        session = BoundedSession(deadline, most_bytes=most_bytes)
        self._node = HTTPProvider(url, session=session, exception_retry_configuration=None)
        self._name = name
        self._unsaid = Unsaid(url)
        self._batch = BATCH
        self._proven = ProvenBlocks(Prover(Web3.keccak, _signer)) if proves else None
        self._proves_logs = proves_logs
        self._read: dict[int, str] = {}
        """The blocks read last, by their heights: where they stand, what is asked of their logs is answered whole."""

    def chain_id(self) -> int:
        """Return the chain's id (EIP-155)."""
        return read_quantity(self._ask("eth_chainId"))

    def tip(self) -> int:
        """Return the height of the newest block."""
        return read_quantity(self._ask("eth_blockNumber"))

    def settled(self, tag: str) -> int:
        """Return the height of the newest block that the chain calls *tag*: "finalized" or "safe"."""
        try:
            said = self._answer(self._sent([("eth_getBlockByNumber", [tag, False])])[0])
        except RpcError as refusal:
            said = None
            reason = f" ({refusal})"
        else:
            reason = ""
        if said is None:
            raise self._unreachable(
                f"knows no {tag} block{reason}: it is still syncing, or its chain has none (proof of work): "
                "then set `finality` to a depth"
            )
        return read_header(said).height

    def headers(self, heights: Sequence[int]) -> list[Header | None]:
        """Return the header at each height; None where the node has no such block."""
        said = self._ask_each("eth_getBlockByNumber", [[hex(height), False] for height in heights])
        found = [
            None if block is None else read_header(block, height) for height, block in zip(heights, said, strict=True)
        ]
        if self._proven is not None:
            for block in said:
                if block is not None:
                    self._proven.check_header(block)
        return found

    def blocks(self, first: int, last: int, addresses: Collection[str]) -> list[Block]:
        """Return the blocks from height *first* to *last*, with the transactions that concern *addresses*."""
        watched = frozenset(addresses)
        blocks: list[Block] = []
        self._read.clear()
        if self._proven is not None:
            self._proven.begin()
        for start in range(first, last + 1, BATCH):
            heights = range(start, min(start + BATCH, last + 1))
            said = self._ask_each("eth_getBlockByNumber", [[hex(height), True] for height in heights])
            for height, block in zip(heights, said, strict=True):
                if block is None:
                    raise self._unreachable(
                        f"does not hold block {height}: where that is older than what it keeps, use an archive node"
                    )
                blocks.append(read_block(block, height, watched))
                self._read[height] = blocks[-1].header.hash
                if self._proven is not None:
                    self._proven.take(block, watched)
        return blocks

    def receipts(self, transactions: Sequence[str]) -> list[TransactionReceipt | None]:
        """Return the receipt of each transaction; None where the node knows none."""
        if self._proven is not None:
            return self._proven.receipts(transactions, self._receipts_of)
        said = self._ask_each("eth_getTransactionReceipt", [[name] for name in transactions])
        return [None if receipt is None else read_receipt(receipt) for receipt in said]

    def _receipts_of(self, block: str, transactions: list[str]) -> list[dict[str, Any]]:
        """Return all the receipts of a block, at once where the node knows how."""
        try:
            said = self._answer(self._sent([("eth_getBlockReceipts", [block])])[0])
        except (RpcError, TooMuchError):
            said = self._ask_each("eth_getTransactionReceipt", [[name] for name in transactions])
        if not isinstance(said, list) or not all(isinstance(each, dict) for each in said):
            raise self._unreachable(f"does not tell the receipts of block {block}: did the chain move?")
        return said

    def transfers(
        self, first: int, last: int, contracts: Collection[str], addresses: Collection[str]
    ) -> list[Sighting]:
        """Return where *contracts* logged a Transfer from or to one of *addresses*, or one of them wrapped coins."""
        every = [address_topic(address) for address in addresses]
        if self._proven is not None and self._proves_logs:
            asked_for = (TRANSFER_TOPIC, DEPOSIT_TOPIC, WITHDRAWAL_TOPIC)
            question = Question(Web3.keccak, contracts, asked_for, (TRANSFER_TOPIC,), every)
            return self._proven.sightings(question, self._receipts_of)
        seen: list[Sighting] = []
        for start in range(0, len(every), MOST_ADDRESSES):
            some = every[start : start + MOST_ADDRESSES]
            for topics in ([[TRANSFER_TOPIC, DEPOSIT_TOPIC, WITHDRAWAL_TOPIC], some], [TRANSFER_TOPIC, None, some]):
                asked = {"address": list(contracts), "topics": topics}
                seen.extend(read_sighting(log) for log in self._logs(first, last, asked))
        return seen

    def inner_payments(self, blocks: Sequence[str], addresses: Collection[str]) -> list[InnerPayment]:
        """Return what calls inside *blocks*, named by their hashes, paid to or from one of *addresses*."""
        watched = frozenset(addresses)
        found: list[InnerPayment] = []
        for block in blocks:
            try:
                said = self._answer(self._sent([("debug_traceBlockByHash", [block, CALL_TRACER])])[0])
            except (RpcError, TooMuchError) as refusal:
                raise self._refused(
                    f"does not trace block {block} ({refusal}): use one that offers debug_traceBlockByHash and keeps "
                    "the state of old blocks, or take `traces` off and import such payments"
                ) from None
            found.extend(read_trace(said, block, watched))
        return found

    def decimals(self, contract: str) -> int:
        """Return how many decimals the contract says now that its token has."""
        call = [{"to": contract, "data": DECIMALS_CALL}, "latest"]
        try:
            said = self._answer(self._sent([("eth_call", call)])[0])
        except RpcError as refusal:
            raise self._refused(f"contract {contract} does not tell its decimals ({refusal}): is it a token?") from None
        if said == "0x":
            raise self._refused(f"there is no token at {contract} on this chain: correct the token list")
        return read_quantity(read_bytes(said, 32))

    # -- asking

    def _logs(self, first: int, last: int, asked: dict[str, Any]) -> Iterator[object]:
        """Yield the logs of a range, in halves where the node says that there are too many."""
        query = [{**asked, "fromBlock": hex(first), "toBlock": hex(last)}]
        try:
            said = self._answer(self._logs_beside(query, last))
        except (RpcError, TooMuchError) as refusal:
            if first == last:
                raise self._refused(f"does not give the logs of block {first}: {refusal}: ask another node") from None
            middle = (first + last) // 2
            yield from self._logs(first, middle, asked)
            yield from self._logs(middle + 1, last, asked)
        else:
            if not isinstance(said, list):
                raise self._refused("gave no list of logs: ask another node")
            yield from said

    def _logs_beside(self, query: list[Any], last: int) -> Any:
        """Return the raw reply to a *query* for logs, of a node that holds the block *last* as it was read.

        One of several behind an address that is behind, or on another branch, answers with no logs and no error: the
        block is asked for in the same message, which goes to the same one.
        """
        logs, block = ("eth_getLogs", query), ("eth_getBlockByNumber", [hex(last), False])
        if last not in self._read:
            return self._sent([logs])[0]
        try:
            told, beside = self._sent([logs, block])
        except TooMuchError:  # it takes no two at once, or there are too many logs
            (told,), (beside,) = self._sent([logs]), self._sent([block])
        header = self._answer(beside)
        if header is None or read_header(header, last).hash != self._read[last]:
            raise self._unreachable(
                f"told the logs up to block {last}, and does not hold the block that was read there: it is behind, or "
                "its chain moved: nothing of this look counts; the next one starts afresh"
            )
        return told

    def _ask(self, method: str, *params: Any) -> Any:
        return self._ask_each(method, [list(params)])[0]

    def _ask_each(self, method: str, params: Sequence[Sequence[Any]]) -> list[Any]:
        """Return the node's answer to *method* for each of *params*, many to a message."""
        answers: list[Any] = []
        while len(answers) < len(params):
            some = params[len(answers) : len(answers) + self._batch]
            try:
                answers.extend(self._answer(said) for said in self._sent([(method, list(each)) for each in some]))
            except RpcError as refusal:
                raise self._unreachable(f"refused {method}: {refusal}") from None
            except TooMuchError as refusal:
                if len(some) == 1:
                    raise self._refused(f"{method}: {refusal}: ask another node") from None
                self._batch = max(1, len(some) // 2)
        return answers

    def _sent(self, asked: Sequence[tuple[str, list[Any]]]) -> list[Any]:
        """Return the raw replies to *asked*, in its order; one request is sent alone, several as a batch."""
        calls = [(RPCEndpoint(method), params) for method, params in asked]
        try:
            if len(calls) == 1:
                return [self._node.make_request(*calls[0])]
            said = self._node.make_batch_request(calls)
        except requests.HTTPError as broken:
            raise self._http_error(broken) from None
        except requests.Timeout:
            raise self._unreachable("did not answer in time") from None
        except requests.RequestException as broken:
            raise self._unreachable(f"cannot be reached ({type(broken).__name__}): is it running?") from None
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError, RuntimeWarning):
            raise self._refused("did not answer in JSON-RPC: is the url that of a node?") from None
        if not isinstance(said, list):
            raise TooMuchError(f"the node takes no batch of {len(calls)} requests")
        if len(said) != len(calls):
            raise self._refused(f"gave {len(said)} answers to {len(calls)} requests: ask another node")
        return said

    def _answer(self, said: Any) -> Any:
        """Return the result of one reply; raise RpcError where the node refused."""
        if not isinstance(said, dict) or not said.keys() & {"result", "error"}:
            raise self._refused("did not answer in JSON-RPC: is the url that of a node?")
        error = said.get("error")
        if error is None:
            return said.get("result")
        words = error.get("message", error) if isinstance(error, dict) else error
        raise RpcError(self._unsaid.shown(words))

    # -- what to say when it goes wrong

    def _http_error(self, broken: requests.HTTPError) -> Exception:
        status = broken.response.status_code if broken.response is not None else 0
        if status in (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE):
            return TooMuchError(f"the node answered HTTP {status}")
        if status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
            return self._refused(f"answered HTTP {status}: the key or password in its url is not accepted")
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            return self._unreachable("answered HTTP 429: it is asked too often; the next poll tries again")
        return self._unreachable(f"answered HTTP {status}; the next poll tries again")

    def _unreachable(self, what: str) -> SourceUnreachableError:
        return SourceUnreachableError(f"source {self._name}: the node {what}")

    def _refused(self, what: str) -> SourceRefusedError:
        return SourceRefusedError(f"source {self._name}: the node {what}")


class EvmNode(EvmWatch):
    """The receipt source: an `EvmWatch` over a real node; *url* is its address where the settings keep it in a file."""

    def __init__(
        self,
        section: EvmSection,
        log: Recorded,
        clock: Clock,
        *,
        url: str | None = None,
        second_url: str | None = None,
        keep: Keep | None = None,
    ) -> None:
        url, other = url or section.url or "", second_url or section.second_url
        for key, address in (("url", url), ("second_url", other)):
            if address is not None and urlsplit(address).scheme not in ("http", "https"):
                raise section.refuse(key, "not a URL with http:// or https://: give the node's JSON-RPC address")
        deadline = Deadline(clock, look_seconds(section))
        chain = NodeChain(section.name, url, deadline, proves=section.proves, proves_logs=section.prove_logs)
        second = None if other is None else NodeChain(f"{section.name} (second_url)", other, deadline)
        super().__init__(section, chain, log, clock, keep=keep, deadline=deadline, second=second)
        check_spelling(section)


def check_spelling(section: EvmSection) -> None:
    """Refuse an address whose capitals do not fit its digits (EIP-55): one of them is mistyped."""
    contracts = (token.contract for token in section.tokens)
    addresses = (address for wallet in section.wallets for address in wallet.watch)
    for address in (*addresses, *contracts):
        digits = address.removeprefix("0x")
        if digits not in (digits.lower(), digits.upper()) and not Web3.is_checksum_address(address):
            raise section.refuse("addresses", f"{address} is mistyped: its capitals do not fit (EIP-55); copy it again")


def _signer(digest: bytes, signature: tuple[int, int, int]) -> str:
    """Return the address that signed *digest*."""
    try:
        return str(Account._recover_hash(digest, vrs=signature))  # noqa: SLF001 - its public one takes no digest
    except (BadSignature, ValueError):
        return UNSIGNED

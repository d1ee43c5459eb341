"""What the EVM node's room makes of nodes that fail, limit, lie or drip: a scripted JSON-RPC server plays them."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from lotwork.ingest.asking.patience import Deadline
from lotwork.ingest.evm.node import NodeChain
from lotwork.ingest.evm.scan import TRANSFER_TOPIC
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from tests.patience import PATIENCE_SECONDS, SOON_SECONDS

KEY = "0123456789abcdef"
COLD, POOL, DOLLAR = "0x" + "c0" * 20, "0x" + "aa" * 20, "0x" + "d0" * 20

Answer = Callable[[Any], Any]


class Reply(Exception):  # noqa: N818 - a reply is thrown to answer with something other than JSON-RPC
    """An HTTP answer of any kind."""

    def __init__(self, status: int, body: bytes = b"", *, drip_seconds: float = 0.0, declared: int = 0) -> None:
        self.status = status
        self.body = body
        self.drip_seconds = drip_seconds
        self.declared = declared or len(body)
        super().__init__(status)


@contextmanager
def node(answer: Answer, *, timeout_seconds: float = PATIENCE_SECONDS, **limits: Any) -> Iterator[NodeChain]:
    """Serve *answer* as a JSON-RPC node, and yield the chain that asks it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            try:
                reply = Reply(200, json.dumps(answer(asked)).encode())
            except Reply as thrown:
                reply = thrown
            self.send_response(reply.status)
            self.send_header("Content-Length", str(reply.declared))
            self.end_headers()
            for start in range(0, len(reply.body), 1 if reply.drip_seconds else 65_536):
                try:
                    self.wfile.write(reply.body[start : start + (1 if reply.drip_seconds else 65_536)])
                except OSError:
                    return
                SystemClock().sleep(reply.drip_seconds)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/v3/{KEY}"
        yield NodeChain("eth", url, Deadline(SystemClock(), timeout_seconds), **limits)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def each(one: Answer) -> Answer:
    """Return an answer to a request or a batch, from the answer to one."""

    def answered(asked: Any) -> Any:
        if isinstance(asked, list):
            return [answered(request) for request in asked]
        said = one(asked)
        return {"jsonrpc": "2.0", "id": asked["id"], **(said if isinstance(said, dict) else {"result": said})}

    return answered


def result(value: Any) -> dict[str, Any]:
    return {"result": value}


def error(message: str, code: int = -32000) -> dict[str, Any]:
    return {"error": {"code": code, "message": message}}


def block(height: int, **changed: Any) -> dict[str, Any]:
    return {
        "number": hex(height),
        "hash": f"0x{height:064x}",
        "parentHash": f"0x{height - 1:064x}",
        "timestamp": hex(1_767_225_600 + height),
        "transactions": [],
        **changed,
    }


def blocks_of(asked: Any) -> dict[str, Any]:
    return result(block(int(asked["params"][0], 16)))


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_node_with_trouble_of_its_own_is_asked_again_later(status: int) -> None:
    def answer(_: Any) -> Any:
        raise Reply(status)

    with node(answer) as chain, pytest.raises(SourceUnreachableError, match=f"HTTP {status}"):
        chain.tip()


@pytest.mark.parametrize("status", [401, 403])
def test_a_node_that_does_not_take_the_key_says_so_without_the_key(status: int) -> None:
    def answer(_: Any) -> Any:
        raise Reply(status)

    with node(answer) as chain, pytest.raises(SourceRefusedError, match="the key or password") as caught:
        chain.tip()
    assert KEY not in str(caught.value)


def test_a_node_asked_too_often_is_left_alone_until_the_next_poll() -> None:
    def answer(_: Any) -> Any:
        raise Reply(429)

    with node(answer) as chain, pytest.raises(SourceUnreachableError, match="asked too often"):
        chain.tip()


@pytest.mark.parametrize("body", [b"<html>", b"", b"[]", b"7", b"{}", b'{"result"', b"\xff\xfe", b"[" * 5_000])
def test_an_answer_that_is_no_json_rpc_is_refused(body: bytes) -> None:
    def answer(_: Any) -> Any:
        raise Reply(200, body)

    with node(answer) as chain, pytest.raises(SourceRefusedError, match="did not answer in JSON-RPC"):
        chain.tip()


@pytest.mark.parametrize("said", [None, 7, "", "7", "0x", "0xzz", "0x" + "f" * 65, ["0x1"], {"a": 1}, True])
def test_a_number_that_is_none_is_refused(said: Any) -> None:
    with node(each(lambda _: result(said))) as chain, pytest.raises(SourceRefusedError, match="a number in hex is due"):
        chain.chain_id()


def test_a_node_that_drips_is_cut_off_in_time() -> None:
    def answer(_: Any) -> Any:
        raise Reply(200, b" " * 5_000, drip_seconds=0.02)

    begun = SystemClock().monotonic()
    with node(answer, timeout_seconds=0.3) as chain, pytest.raises(SourceUnreachableError, match="in time"):
        chain.tip()
    assert SystemClock().monotonic() - begun < SOON_SECONDS


def test_an_answer_that_breaks_off_is_asked_for_again_later() -> None:
    def answer(_: Any) -> Any:
        raise Reply(200, b'{"jsonrpc":"2.0","id":0,"result":"0x1"}', declared=4_000)

    with (
        node(answer, timeout_seconds=PATIENCE_SECONDS) as chain,
        pytest.raises(SourceUnreachableError, match="cannot be reached"),
    ):
        chain.tip()


def test_an_answer_that_never_ends_is_cut_off_in_size() -> None:
    def answer(_: Any) -> Any:
        raise Reply(200, b" " * 400_000)

    with node(answer, most_bytes=100_000) as chain, pytest.raises(SourceRefusedError, match="larger than 100000 bytes"):
        chain.tip()


def test_a_redirect_is_not_followed() -> None:
    def answer(_: Any) -> Any:
        raise Reply(302)

    with node(answer) as chain, pytest.raises(SourceRefusedError):
        chain.tip()


def test_an_error_that_repeats_the_key_is_shown_without_it() -> None:
    with (
        node(each(lambda _: error(f"project {KEY} is over its\nlimit"))) as chain,
        pytest.raises(SourceUnreachableError, match=r"project \*\*\* is over its limit") as caught,
    ):
        chain.tip()
    assert KEY not in str(caught.value)


def test_no_log_line_of_the_libraries_holds_the_key(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    with node(each(lambda _: result("0x1"))) as chain:
        chain.chain_id()

    assert KEY not in caplog.text


@pytest.mark.parametrize("limit", [1, 3, 7])
@pytest.mark.parametrize("refusal", ["error", "http", "size"])
def test_a_node_that_takes_small_batches_only_gets_small_ones(limit: int, refusal: str) -> None:
    sizes = []

    def answer(asked: Any) -> Any:
        sizes.append(len(asked) if isinstance(asked, list) else 1)
        if sizes[-1] > limit and refusal == "error":
            return {"jsonrpc": "2.0", "id": None, **error("batch too large")}
        if sizes[-1] > limit:
            raise Reply(413) if refusal == "http" else Reply(200, b" " * 20_000)
        return each(blocks_of)(asked)

    with node(answer, most_bytes=10_000) as chain:
        headers = chain.headers(range(1, 60))
        assert [header.height for header in headers if header] == list(range(1, 60))
        sizes.clear()
        chain.headers(range(1, 60))
    assert max(sizes) <= limit, "what was learnt is remembered"


def test_a_batch_answered_in_another_order_is_put_in_order() -> None:
    def answer(asked: Any) -> Any:
        said = each(blocks_of)(asked)
        return said[::-1] if isinstance(said, list) else said

    with node(answer) as chain:
        assert [found.header.height for found in chain.blocks(5, 30, ())] == list(range(5, 31))


def test_a_batch_with_an_answer_missing_is_refused() -> None:
    with (
        node(lambda asked: each(blocks_of)(asked)[1:]) as chain,
        pytest.raises(SourceRefusedError, match="19 answers to 20 requests"),
    ):
        chain.headers(range(1, 60))


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (block(8), "asked for block 7, the node gave block 8"),
        (block(7, hash="0x12"), "bytes in hex are due"),
        (block(7, timestamp="0x19b8b5a3c00"), "time stamp"),
        ({"number": "0x7"}, "cannot be read"),
        ("0x7", "cannot be read"),
        (block(7, transactions=["0x" + "1" * 64]), "cannot be read"),
        (block(7, transactions=[{"hash": "0x" + "1" * 64, "from": POOL}]), "cannot be read"),
        (block(7, transactions=[{"hash": "0x" + "1" * 64, "from": POOL, "to": COLD, "value": 5}]), "cannot be read"),
    ],
)
def test_a_block_that_is_not_what_was_asked_is_refused(said: Any, reason: str) -> None:
    with node(each(lambda _: result(said))) as chain, pytest.raises(SourceRefusedError, match=reason):
        chain.blocks(7, 7, (COLD,))


def test_a_node_without_the_block_says_to_use_an_archive() -> None:
    with (
        node(each(lambda _: result(None))) as chain,
        pytest.raises(SourceUnreachableError, match="does not hold block"),
    ):
        chain.blocks(7, 7, ())


def test_only_transactions_that_concern_the_watched_are_kept() -> None:
    def transaction(number: int, sender: str, to: str | None, value: str) -> dict[str, Any]:
        return {"hash": f"0x{number:064x}", "from": sender, "to": to, "value": value}

    listed = [
        transaction(1, POOL, DOLLAR, "0x5"),
        transaction(2, POOL, COLD, "0x5"),
        transaction(3, POOL, COLD, "0x0"),
        transaction(4, COLD, DOLLAR, "0x0"),
        transaction(5, COLD, None, "0x0"),
    ]
    with node(each(lambda _: result(block(7, transactions=listed)))) as chain:
        (found,) = chain.blocks(7, 7, (COLD,))

    assert [int(each.hash, 16) for each in found.transactions] == [2, 4, 5]


@pytest.mark.parametrize("missing", [{"status": None}, {"status": "0x2"}, {"effectiveGasPrice": None}])
def test_a_receipt_that_does_not_tell_success_or_price_is_refused(missing: dict[str, Any]) -> None:
    said = {
        "transactionHash": f"0x{1:064x}",
        "transactionIndex": "0x0",
        "blockHash": f"0x{7:064x}",
        "gasUsed": "0x5208",
        "effectiveGasPrice": "0x1",
        "status": "0x1",
        "logs": [],
        **missing,
    }
    with node(each(lambda _: result(said))) as chain, pytest.raises(SourceRefusedError, match="no status or no gas"):
        chain.receipts([f"0x{1:064x}"])


def test_a_node_that_cannot_trace_says_what_to_do() -> None:
    with (
        node(each(lambda _: error("the method debug_traceBlockByHash does not exist", -32601))) as chain,
        pytest.raises(SourceRefusedError, match="take `traces` off"),
    ):
        chain.inner_payments([f"0x{7:064x}"], [COLD])


def frame(kind: str = "CALL", wei: int = 0, *calls: Any, to: str | None = COLD, **more: Any) -> dict[str, Any]:
    return {"type": kind, "from": POOL, "to": to, "value": hex(wei), "calls": list(calls), **more}


@pytest.mark.parametrize(
    ("whole", "seen"),
    [
        (frame("CALL", 9), []),
        (frame("CALL", 9, frame("CALL", 1), frame("CALL", 2)), [(1, 1), (2, 2)]),
        (frame("CALL", 9, frame("CALL", 0, frame("CALL", 1)), frame("CALL", 2)), [(2, 1), (3, 2)]),
        (frame("CALL", 9, frame("DELEGATECALL", 1), frame("STATICCALL"), frame("CALLCODE", 1)), []),
        (frame("CALL", 9, frame("CREATE2", 3), frame("SELFDESTRUCT", 4)), [(1, 3), (2, 4)]),
        (frame("CALL", 9, frame("CALL", 1, frame("CALL", 2), error="reverted"), frame("CALL", 3)), [(3, 3)]),
        (frame("CALL", 9, frame("CALL", 1), error="out of gas"), []),
        (frame("CALL", 9, frame("CREATE", 1, to=None)), []),
        (frame("CALL", 9, frame("CALL", 1, to=DOLLAR)), []),
    ],
)
def test_only_calls_that_moved_coins_for_good_are_read_from_a_trace(whole: Any, seen: list[tuple[int, int]]) -> None:
    with node(each(lambda _: result([{"txHash": f"0x{1:064x}", "result": whole}]))) as chain:
        found = chain.inner_payments([f"0x{7:064x}"], [COLD])

    assert [(paid.ordinal, paid.wei) for paid in found] == seen


def test_a_trace_that_is_none_is_refused() -> None:
    with (
        node(each(lambda _: result([{"txHash": "0x1"}]))) as chain,
        pytest.raises(SourceRefusedError, match="trace of block"),
    ):
        chain.inner_payments([f"0x{7:064x}"], [COLD])


def log_at(height: int) -> dict[str, Any]:
    return {
        "address": DOLLAR,
        "topics": [TRANSFER_TOPIC],
        "data": "0x",
        "transactionHash": f"0x{height:064x}",
        "blockHash": f"0x{height:064x}",
        "blockNumber": hex(height),
    }


@pytest.mark.parametrize("most", [1, 3, 10])
def test_a_range_with_too_many_logs_is_asked_for_in_halves(most: int) -> None:
    def answer(asked: Any) -> Any:
        query = asked["params"][0]
        first, last = int(query["fromBlock"], 16), int(query["toBlock"], 16)
        if last - first + 1 > most:
            return error("query returned more than 10000 results", -32005)
        sent = query["topics"][1] is not None
        return result([log_at(height) for height in range(first, last + 1) if sent == bool(height % 2)])

    with node(each(answer)) as chain:
        seen = chain.transfers(10, 40, [DOLLAR], [COLD])

    assert sorted(sighting.height for sighting in seen) == list(range(10, 41))


def test_a_single_block_whose_logs_are_refused_is_told() -> None:
    with (
        node(each(lambda _: error("no logs here"))) as chain,
        pytest.raises(SourceRefusedError, match="does not give the logs of block 10: no logs here"),
    ):
        chain.transfers(10, 17, [DOLLAR], [COLD])


@pytest.mark.parametrize("said", [result(None), error("finalized block not found", -39001)])
def test_a_chain_without_finality_says_to_set_a_depth(said: dict[str, Any]) -> None:
    with node(each(lambda _: said)) as chain, pytest.raises(SourceUnreachableError, match="set `finality` to a depth"):
        chain.settled("finalized")

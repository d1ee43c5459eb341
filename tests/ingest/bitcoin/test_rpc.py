"""The node's answers as our errors, over a real socket."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

import lotwork.ingest.bitcoin.rpc
from lotwork.ingest.asking.patience import Deadline
from lotwork.ingest.bitcoin.rpc import RpcNode
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import ConfigError, LotworkError, SourceRefusedError, SourceUnreachableError
from tests.ports import free_port

NUMBER = b'"NUMBER"'
"""What the number of a call is put in the place of."""


class Desk:
    """A server that gives one answer to every question, and remembers what it was asked."""

    def __init__(self) -> None:
        self.status, self.body = 200, b"{}"
        self.asked: list[tuple[str, Any]] = []
        desk = self

        class Answers(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                desk.asked.append((self.headers["Authorization"], asked))
                body = desk.body.replace(NUMBER, str(asked["id"]).encode())
                self.send_response(desk.status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.server.daemon_threads = True
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def node(self, *, password: str | None = None) -> RpcNode:
        return RpcNode(
            f"http://127.0.0.1:{self.server.server_port}", "miner", password or "p", deadline=Deadline(SystemClock(), 5)
        )

    def says(self, body: bytes | dict[str, Any], status: int = 200) -> None:
        self.body = body if isinstance(body, bytes) else json.dumps({"id": "NUMBER", **body}).encode()
        self.status = status


@pytest.fixture
def desk() -> Iterator[Desk]:
    opened = Desk()
    yield opened
    opened.close()


def refusal(code: int, message: str) -> dict[str, Any]:
    return {"result": None, "error": {"code": code, "message": message}, "id": 1}


def test_any_password_reaches_the_node_as_it_is(desk: Desk) -> None:
    desk.says({"result": 812_000, "error": None})
    node = desk.node(password="p@ss:w/rd %41 ü")

    assert node.tip_height() == 812_000
    node.close()

    (credentials, asked), *_ = desk.asked
    assert base64.b64decode(credentials.removeprefix("Basic ")).decode() == "miner:p@ss:w/rd %41 ü"
    assert asked["method"] == "getblockcount"


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (401, b"", ConfigError, "refused the user name or password"),
        (403, b"", ConfigError, "rpcallowip"),
        (503, b"Work queue depth exceeded", SourceUnreachableError, "busy starting"),
        (502, b"<html>Bad gateway</html>", SourceRefusedError, "refused getblockcount"),
        (200, b"<html>a router's page</html>", SourceRefusedError, "no node gives"),
        (200, b"[]", SourceRefusedError, "no node gives"),
        (200, b"7", SourceRefusedError, "no node gives"),
        (200, b"\xff\xfe", SourceRefusedError, "no node gives"),
        (200, b'{"result": "many", "error": null, "id": "NUMBER"}', SourceRefusedError, "no node gives"),
        (200, b'{"error": null, "id": "NUMBER"}', SourceRefusedError, "missing JSON-RPC result"),
        (200, b'{"error": null, "result": null, "id": "NUMBER"}', SourceRefusedError, "no node gives"),
        (200, b'{"error": null, "result": 7, "id": 77}', SourceRefusedError, "no node gives"),
        (200, b'{"error": null, "result": 7, "result": 8, "id": "NUMBER"}', SourceRefusedError, "no node gives"),
        (500, b'{"error": null, "result": 7, "id": "NUMBER"}', SourceRefusedError, "no node gives"),
        (500, json.dumps(refusal(-28, "Loading block index...")).encode(), SourceUnreachableError, "busy starting"),
        (500, json.dumps(refusal(-1, "Block not available (pruned data)")).encode(), SourceRefusedError, "has pruned"),
        (404, json.dumps(refusal(-32601, "Method not found")).encode(), SourceRefusedError, "code -32601"),
        (200, json.dumps({"error": "odd"}).encode(), SourceRefusedError, "odd"),
    ],
)
def test_what_a_node_may_answer_is_an_error_that_says_what_to_do(
    desk: Desk, status: int, body: bytes, error: type[LotworkError], words: str
) -> None:
    desk.says(body, status)
    node = desk.node()

    with pytest.raises(error, match=words) as told:
        node.tip_height()
    node.close()

    assert type(told.value) is error
    assert str(desk.server.server_port) in str(told.value), "it says where"


def test_a_height_above_the_tip_is_no_error(desk: Desk) -> None:
    desk.says(refusal(-8, "Block height out of range"), 500)
    node = desk.node()

    assert node.block_hash(900_000) is None
    node.close()


@pytest.mark.parametrize("result", ["zz", 7, None])
def test_a_block_that_is_no_hexadecimal_text_is_refused(desk: Desk, result: object) -> None:
    desk.says({"result": result, "error": None})
    node = desk.node()

    with pytest.raises(SourceRefusedError):
        node.raw_block("00" * 32)
    node.close()


def test_an_answer_longer_than_any_block_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lotwork.ingest.bitcoin.rpc, "MOST_BYTES", 1_000)
    desk.says({"result": "00" * 2_000, "error": None})
    node = desk.node()

    with pytest.raises(SourceRefusedError):
        node.raw_block("00" * 32)
    node.close()


def test_a_node_that_is_down_is_unreachable() -> None:
    node = RpcNode(f"http://127.0.0.1:{free_port()}", "u", "p", deadline=Deadline(SystemClock(), 1))

    with pytest.raises(SourceUnreachableError, match="is it running") as told:
        node.tip_height()
    node.close()

    assert told.value.exit_code == 6


@pytest.mark.parametrize(
    "said", [b"true", b"-1", b"1e999990", b"1.5", b"NaN", b"Infinity", b"9" * 100_000, b'"7"', b"1000000001"]
)
def test_a_height_that_none_can_be_is_refused_at_once(desk: Desk, said: bytes) -> None:
    desk.says(b'{"error": null, "id": "NUMBER", "result": ' + said + b"}")
    node = desk.node()

    with pytest.raises(SourceRefusedError, match=r"no node gives|non-JSON"):
        node.tip_height()
    node.close()


@pytest.mark.parametrize("result", ["zz", 7, True, "ab" * 31, "AB" * 32, ["ab" * 32]])
def test_a_name_of_a_block_that_is_none_is_refused(desk: Desk, result: object) -> None:
    desk.says({"result": result, "error": None})
    node = desk.node()

    with pytest.raises(SourceRefusedError, match="no node gives"):
        node.block_hash(7)
    node.close()


def test_the_download_is_over_when_the_node_says_so(desk: Desk) -> None:
    node = desk.node()
    desk.says({"result": {"initialblockdownload": True, "blocks": 5, "headers": 9}, "error": None})
    assert node.downloading() == "block 5 of 9"
    desk.says({"result": {"initialblockdownload": False}, "error": None})
    assert node.downloading() is None
    node.close()

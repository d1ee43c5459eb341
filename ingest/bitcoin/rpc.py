"""Asking a node of the Bitcoin family: python-bitcoinlib's proxy, with bounded waiting and answers, and our errors.

The proxy holds one connection and never reconnects, so each poll opens its own and closes it. It takes credentials
from the address without decoding them; here they travel in the header alone, so any password works and none shows in
an address or a message.
"""

from __future__ import annotations

import base64
import http.client
import re
import socket
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Protocol, cast
from urllib.parse import urlsplit

from lotwork.ingest.asking.addresses import AddressRefusedError
from lotwork.ingest.asking.json_guard import JsonRefusedError, parse_json
from lotwork.ingest.asking.json_rpc import check_packing, check_reply
from lotwork.ingest.asking.patience import Deadline, EndingSocket, connected
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError

NOT_JSON = -342
OUT_OF_RANGE = -8
BLOCK_NAME = re.compile(r"[0-9a-f]{64}", re.ASCII)
HIGHEST = 1_000_000_000
"""No chain has a block so high: 19,000 years of a block in ten minutes."""
WARMING_UP = -28
MOST_BYTES = 64 << 20
"""The longest answer read: eight times a full block in hexadecimal digits."""


class Node(Protocol):
    """What the watcher asks of a node."""

    def tip_height(self) -> int:
        """Return the height of the best block."""
        ...

    def block_hash(self, height: int) -> str | None:
        """Return the name of the best chain's block at *height*; None where the chain is shorter."""
        ...

    def raw_block(self, block_hash: str) -> bytes:
        """Return a block as it goes over the wire."""
        ...

    def raw_header(self, block_hash: str) -> bytes:
        """Return the first 80 bytes of a block."""
        ...

    def downloading(self) -> str | None:
        """Say how far the initial download is; None when it is over."""
        ...

    def close(self) -> None:
        """Let go of the connection."""
        ...


class RpcNode:
    """A node over JSON-RPC."""

    def __init__(self, url: str, user: str, password: str, *, deadline: Deadline) -> None:
        from bitcoin.rpc import RawProxy  # noqa: PLC0415 - heavy, and only a watcher needs it

        self.shown = check_url(url)
        parts = urlsplit(url)
        self._connection = _Connection(parts.hostname or "", parts.port, deadline, user, password)
        self._proxy = RawProxy(service_url=url, connection=self._connection)

    def tip_height(self) -> int:
        """Return the height of the best block."""
        return self._whole("getblockcount", self._ask("getblockcount"))

    def block_hash(self, height: int) -> str | None:
        """Return the name of the best chain's block at *height*; None where the chain is shorter."""
        found = self._ask("getblockhash", height, absent=OUT_OF_RANGE)
        if found is not None and not (isinstance(found, str) and BLOCK_NAME.fullmatch(found)):
            raise self._odd("getblockhash")
        return found

    def raw_block(self, block_hash: str) -> bytes:
        """Return a block as it goes over the wire."""
        return self._bytes("getblock", block_hash, 0)

    def raw_header(self, block_hash: str) -> bytes:
        """Return the first 80 bytes of a block."""
        return self._bytes("getblockheader", block_hash, False)

    def downloading(self) -> str | None:
        """Say how far the initial download is; None when it is over."""
        info = self._ask("getblockchaininfo")
        if not isinstance(info, dict):
            raise self._odd("getblockchaininfo")
        if not info.get("initialblockdownload"):
            return None
        blocks, headers = (self._whole("getblockchaininfo", info.get(each)) for each in ("blocks", "headers"))
        return f"block {blocks} of {headers}"

    def close(self) -> None:
        """Let go of the connection."""
        self._proxy.close()

    def _whole(self, method: str, answer: object) -> int:
        if not isinstance(answer, int) or isinstance(answer, bool) or not 0 <= answer <= HIGHEST:
            raise self._odd(method)
        return answer

    def _bytes(self, method: str, *args: Any) -> bytes:
        answer = self._ask(method, *args)
        try:
            return bytes.fromhex(answer)
        except (TypeError, ValueError) as odd:
            raise self._odd(method) from odd

    def _ask(self, method: str, *args: Any, absent: int | None = None) -> Any:
        """Return the node's answer; None where it refuses with the code *absent*."""
        from bitcoin.rpc import JSONRPCError  # noqa: PLC0415 - heavy, and only a watcher needs it

        call: Callable[..., Any] = getattr(self._proxy, method)
        try:
            told = call(*args)
        except JSONRPCError as refusal:
            if absent is not None and refusal.error["code"] == absent:
                return None
            raise self._told(method, refusal.error) from refusal
        except AddressRefusedError as refused:
            raise ConfigError(f"node at {self.shown}: {refused}: reach a distant node through a tunnel") from None
        except (OSError, http.client.HTTPException) as silence:
            self._connection.close()  # what is left of the answer would be taken for the next one
            raise SourceUnreachableError(
                f"node at {self.shown} did not answer {method} ({str(silence) or type(silence).__name__}): "
                "is it running, and is this its RPC address? It will be asked again"
            ) from silence
        except (AttributeError, TypeError, ValueError) as garbage:
            raise self._odd(method) from garbage
        if told is None:
            raise self._odd(method)
        return told

    def _odd(self, method: str) -> SourceRefusedError:
        return SourceRefusedError(
            f"node at {self.shown} gave an answer to {method} that no node gives: check what listens there"
        )

    def _told(self, method: str, error: dict[str, Any]) -> Exception:
        """Return our error for what the node said; the status line stands in python-bitcoinlib's message."""
        code, message = error["code"], str(error["message"])
        if code == NOT_JSON and ("'401 " in message or "'403 " in message):
            return ConfigError(
                f"node at {self.shown} refused the user name or password: "
                "compare them with rpcuser, rpcpassword or rpcauth (and rpcallowip) in the node's own configuration"
            )
        if code == WARMING_UP or (code == NOT_JSON and "'503 " in message):
            return SourceUnreachableError(f"node at {self.shown} is busy starting ({message}): it will be asked again")
        if "pruned" in message:
            return SourceRefusedError(
                f"node at {self.shown} has pruned a block that is still to be read: "
                "start it once without prune, or set start_height to a block it still has"
            )
        return SourceRefusedError(f"node at {self.shown} refused {method}: {message} (code {code})")


def check_url(url: str) -> str:
    """Return *url* as it may be shown; ConfigError where it cannot be a node's RPC address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme != "http" or not host or port is None or parts.username is not None:
        raise ConfigError(
            "a node's url is http://HOST:PORT, with user and password in their own keys: python-bitcoinlib speaks "
            "plain HTTP, so reach a distant node through a tunnel (ssh -L, WireGuard)"
        )
    return f"{host}:{port}"


class _Answer(http.client.HTTPResponse):
    """An answer that is refused when it is longer than any block, or is none to what was `sent`."""

    sent: str

    def read(self, amount: int | None = None) -> bytes:
        """Return the body."""
        if amount is not None:
            return super().read(amount)
        body = super().read(MOST_BYTES + 1)
        if len(body) > MOST_BYTES:
            raise ValueError(f"the answer is longer than {MOST_BYTES} bytes")
        check_packing(self.headers.get("Content-Encoding"))
        if self.status == HTTPStatus.OK:
            check_reply(self.sent, body)
        elif not _tells_an_error(body):
            raise ValueError("a status that is none, and no error")
        return body


def _tells_an_error(body: bytes) -> bool:
    """Say if *body* is no reply at all, which its status tells of, or one that tells of an error."""
    try:
        told = parse_json(body)
    except JsonRefusedError:
        return True
    return isinstance(told, dict) and told.get("error") is not None


class _Connection(http.client.HTTPConnection):
    """A connection that says who asks in its own header."""

    response_class = _Answer

    def __init__(self, host: str, port: int | None, deadline: Deadline, user: str, password: str) -> None:
        super().__init__(host, port)
        self._deadline = deadline
        self._credentials = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    def connect(self) -> None:
        """Connect, and give each operation what is left of the deadline."""
        found = connected(self.host, self.port, self._deadline.left, tls=False)
        found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock: Any = EndingSocket(found, self._deadline.left)

    def request(
        self, method: str, url: str, body: Any = None, headers: Any = None, *, encode_chunked: bool = False
    ) -> None:
        """Send a request with our credentials in place of those of the address."""
        own = {**(headers or {}), "Authorization": self._credentials}
        self._sent = body
        super().request(method, url, body, own, encode_chunked=encode_chunked)

    def getresponse(self) -> _Answer:
        """Return what was answered to what was sent last."""
        answer: Any = super().getresponse()
        answer.sent = self._sent
        return cast("_Answer", answer)

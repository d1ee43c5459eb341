"""The pages listen on this machine only, and say which port is taken."""

from __future__ import annotations

import socket
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

import pytest
from starlette.responses import PlainTextResponse

from lotwork.ledger.errors import BusyError, ConfigError
from lotwork.service import http_server
from lotwork.service.http_server import HttpServer
from tests.patience import PATIENCE_SECONDS

OPENER = build_opener(ProxyHandler({}))


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])  # noqa: S104 - must be refused
def test_another_address_than_the_loopback_is_refused(host: str) -> None:
    with pytest.raises(ConfigError, match="only this machine may see them"):
        HttpServer.bind(host, 0)


def test_it_serves_until_it_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_server, "GRACE_SECONDS", PATIENCE_SECONDS)
    server = HttpServer.bind("127.0.0.1", 0)
    server.serve(PlainTextResponse("hello"))
    with OPENER.open(server.url, timeout=PATIENCE_SECONDS) as answer:
        assert answer.read() == b"hello"
        assert "server" not in answer.headers
    url = server.url
    server.close()
    assert server._thread is not None
    assert not server._thread.is_alive()
    with pytest.raises(URLError):
        OPENER.open(url, timeout=PATIENCE_SECONDS)


def test_a_port_that_is_taken_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BusyError, match=f"127.0.0.1:{port} cannot be listened on.*another port"):
            HttpServer.bind("127.0.0.1", port)


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_the_ipv6_loopback_is_written_in_brackets() -> None:
    try:
        server = HttpServer.bind("::1", 0)
    except BusyError:
        pytest.skip("IPv6 is switched off here")
    assert server.url.startswith("http://[::1]:")
    server.close()

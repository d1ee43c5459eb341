"""The line to an Electrum server, against servers that lie, drip, hang up and talk too much."""

from __future__ import annotations

import json
import socket
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from lotwork.ingest.asking.patience import Deadline
from lotwork.ingest.bitcoin.electrum import line as electrum_line
from lotwork.ingest.bitcoin.electrum.line import Line, check_electrum_url, tls_of
from lotwork.ingest.bitcoin.electrum.server import ElectrumServer
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError

Answer = Callable[[dict[str, object]], bytes | None]


@contextmanager
def serving(answer: Answer, *, tls: ssl.SSLContext | None = None, drip: float = 0.0) -> Iterator[int]:
    """Serve on a free port: what *answer* returns for a question is sent; None hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))
    closing = threading.Event()

    def talk(raw: socket.socket) -> None:
        with suppress(OSError, ValueError):
            connection = raw if tls is None else tls.wrap_socket(raw, server_side=True)
            with connection, connection.makefile("rb") as arriving:
                for asked in arriving:
                    told = answer(json.loads(asked))
                    if told is None:
                        return
                    for part in [told[i : i + 1] for i in range(len(told))] if drip else [told]:
                        connection.sendall(part)
                        if drip and closing.wait(drip):
                            return

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=talk, args=(listening.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listening.getsockname()[1]
    finally:
        closing.set()
        listening.close()


def line_to(port: int, *, seconds: float = 10.0, tls: ssl.SSLContext | None = None) -> Line:
    scheme = "tcp" if tls is None else "ssl"
    return Line(f"{scheme}://127.0.0.1:{port}", deadline=Deadline(SystemClock(), seconds), tls=tls)


def told(question: dict[str, object], **answer: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": question["id"], **answer}).encode() + b"\n"


def honest(question: dict[str, object]) -> bytes:
    return told(question, result=question["params"])


def test_answers_are_known_by_their_number_whatever_stands_between() -> None:
    notice = b'{"jsonrpc":"2.0","method":"blockchain.headers.subscribe","params":[{"height":9}]}\n'
    with serving(lambda question: notice * 3 + honest(question)) as port:
        line = line_to(port)
        assert line.ask("a", 1) == [1]
        assert line.ask_many([("a", (number,)) for number in range(50)]) == [[number] for number in range(50)]
        line.close()


def test_what_a_server_cannot_do_is_told_in_its_words_and_asked_again() -> None:
    def refusing(question: dict[str, object]) -> bytes:
        if question["method"] == "server.version":
            return honest(question)
        return told(question, error={"code": 1, "message": "history too large \x1b[31m"})

    with serving(refusing) as port:
        line = line_to(port)
        with pytest.raises(SourceUnreachableError, match=r"refused a: history too large .*asked again") as refused:
            line.ask("a")
        assert "\x1b" not in str(refused.value)
        assert line.ask_many([("a", ()), ("b", ())]) == [None, None]
        line.close()


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"no json\n", SourceRefusedError),
        (b"[1]\n", SourceRefusedError),
        (b'{"id": 1, "id": 1}\n', SourceRefusedError),
        (b'{"id": 77, "result": 1}\n', SourceRefusedError),
        (b'{"id": 1, "result": NaN}\n', SourceRefusedError),
        (b'{"id": 1}\n', SourceRefusedError),
        (b'{"id": 1, "result"', SourceUnreachableError),
        (b"", SourceUnreachableError),
        (None, SourceUnreachableError),
        (b'{"id": 1, "result": "' + b"x" * 5_000 + b'"}\n', SourceRefusedError),
        (b'{"method": "m"}\n' * 1_100, SourceRefusedError),
    ],
)
def test_no_other_answer_is_believed(
    answer: bytes | None, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(electrum_line, "LONGEST_LINE", 4_000)
    with serving(lambda _question: answer) as port:
        line = line_to(port, seconds=0.5)
        with pytest.raises(error):
            line.ask("a")
        line.close()


def test_a_server_that_drips_is_left_when_the_time_is_over() -> None:
    with serving(honest, drip=0.2) as port:
        line, begun = line_to(port, seconds=0.5), SystemClock().monotonic()
        with pytest.raises(SourceUnreachableError, match="did not answer"):
            line.ask("a")
        assert SystemClock().monotonic() - begun < 3
        line.close()


def test_a_line_that_broke_is_made_anew() -> None:
    broken = [True]

    def once(question: dict[str, object]) -> bytes | None:
        return None if question["method"] == "a" and broken.pop() else honest(question)

    broken.append(True)
    broken.insert(0, False)
    with serving(once) as port:
        line = line_to(port)
        for _ in range(2):
            with pytest.raises(SourceUnreachableError):
                line.ask("a")
        assert line.ask("a") == []
        line.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("tls")
    pem, key = folder / "server.pem", folder / "server.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=electrum.example", "-keyout", str(key), "-out", str(pem)],
        check=True, capture_output=True,
    )  # fmt: skip
    return pem, key


def test_a_certificate_is_trusted_only_where_it_is_given(certificate: tuple[Path, Path]) -> None:
    own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    own.load_cert_chain(*certificate)
    with serving(honest, tls=own) as port:
        line = line_to(port, tls=tls_of(certificate[0]))
        assert line.ask("a", 1) == [1]
        line.close()
        with pytest.raises(SourceUnreachableError, match="certificate verify failed"):
            line_to(port, tls=tls_of(None)).ask("a")
    with pytest.raises(ConfigError, match="give a PEM file"):
        tls_of(certificate[1])


@pytest.mark.parametrize(
    "url",
    ["http://a:1", "ssl://a", "tcp://:50001", "ssl://user:pass@a:50002", "ssl://a:50002/path", "ssl://a:99999", "x"],
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="an Electrum server is"):
        check_electrum_url(url)


def test_a_plain_line_to_a_public_address_is_refused() -> None:
    for address in ("8.8.8.8", "[::ffff:8.8.8.8]", "169.254.169.254", "[2606:4700::1111]"):
        line = Line(f"tcp://{address}:50001", deadline=Deadline(SystemClock(), 1), tls=None)
        with pytest.raises(ConfigError, match=r"use https or ssl|no source has"):
            line.ask("server.banner")


@pytest.mark.parametrize(
    "answer",
    [
        {"height": 5},
        None,
        "x",
        [1],
        [{"height": 5}],
        [{"height": "5", "tx_hash": "00" * 32}],
        [{"height": 5, "tx_hash": "00"}],
        [{"height": -2, "tx_hash": "00" * 32}],
        [{"height": True, "tx_hash": "00" * 32}],
        [{"height": 10**30, "tx_hash": "00" * 32}],
        [{"height": 5, "tx_hash": "ZZ" * 32}],
    ],
)
def test_a_history_of_another_shape_is_refused(answer: object) -> None:
    with serving(lambda question: told(question, result=answer)) as port:
        server = ElectrumServer(line_to(port))
        with pytest.raises(SourceRefusedError):
            server.state(b"\x51")
        server.close()

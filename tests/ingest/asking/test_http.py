"""The bounded client against a real server that misbehaves in every way we know."""

from __future__ import annotations

import errno
import gzip
import shutil
import socket
import ssl
import subprocess
import threading
import tracemalloc
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from lotwork.ingest.asking import http
from lotwork.ingest.asking.addresses import AddressRefusedError, check_address, has_way_out
from lotwork.ingest.asking.http import BoundedClient, Bounds
from lotwork.ingest.asking.pace import Pace
from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError
from tests.ingest.scripted_server import JSON, Reply, Script, client_of, serving
from tests.patience import HANGS_SECONDS, PATIENCE_SECONDS, SOON_SECONDS

KEY = "k3y-that-must-not-leak"


@pytest.fixture(scope="module")
def running() -> Iterator[Script]:
    with serving() as script:
        yield script


@pytest.fixture
def server(running: Script) -> Script:
    running.queue.clear()
    running.asked.clear()
    running.headers.clear()
    running.answer = lambda _path: Reply(status=404, body=b"{}")
    return running


def ask(server: Script, home: Path, reply: Reply | None = None, *, bounds: Bounds | None = None) -> object:
    client = client_of("pool", home, bounds=bounds, headers={"x-key": KEY}, secrets=(KEY,))
    if reply is not None:
        server.answer = lambda _path: reply
    return client.get_json(f"{server.url}/v1/rewards", item="rewards", params={"apikey": KEY}).value


def test_decimals_arrive_exactly_as_they_were_written(server: Script, tmp_path: Path) -> None:
    body = b'{"price": 93012.550000000000000001, "sats": 2100000000000000}'
    assert ask(server, tmp_path, Reply(body=body)) == {
        "price": Decimal("93012.550000000000000001"),
        "sats": 2_100_000_000_000_000,
    }


def test_a_packed_answer_is_unpacked(server: Script, tmp_path: Path) -> None:
    packed = Reply(body=gzip.compress(b'{"a": 1}'), headers={"Content-Encoding": "gzip"})
    assert ask(server, tmp_path, packed) == {"a": 1}


def test_a_zlib_answer_is_unpacked(server: Script, tmp_path: Path) -> None:
    packed = Reply(body=zlib.compress(b'{"a": 1}'), headers={"Content-Encoding": "deflate"})
    assert ask(server, tmp_path, packed) == {"a": 1}


REFUSED = {
    "a page instead of data": (Reply(body=b"<html><h1>Welcome</h1>", media="text/html"), "text/html, not JSON"),
    "a page that says it is JSON": (Reply(body=b"<html>"), "it is not JSON"),
    "no declared type": (Reply(media=None), "of no declared type"),
    "an empty answer": (Reply(body=b"  "), "empty"),
    "a redirect": (Reply(status=302, headers={"Location": "http://127.0.0.1:9/x"}), "redirects are not followed"),
    "an unknown key": (Reply(status=401), "check the key"),
    "a forbidden question": (Reply(status=403), "check the key"),
    "nothing there": (Reply(status=404), "status 404 (Not Found)"),
    "a status nobody knows": (Reply(status=299), "status 299 (not a known status)"),
    "a cut-off object": (Reply(body=b'{"a": [1, 2'), "it is not JSON"),
    "a key that stands twice": (Reply(body=b'{"a": 1, "a": 2}'), "a key stands twice"),
    "a NaN": (Reply(body=b'{"a": NaN}'), "NaN is not a number"),
    "an infinity": (Reply(body=b"[-Infinity]"), "-Infinity is not a number"),
    "a number of 5,000 digits": (Reply(body=b"[" + b"9" * 5000 + b"]"), "a number has 5000 digits"),
    "an exponent without end": (Reply(body=b"[1e999999]"), "beyond any amount"),
    "a decimal without end": (Reply(body=b"[0." + b"3" * 500 + b"]"), "beyond any amount"),
    "100,000 brackets": (Reply(body=b"[" * 100_000 + b"]" * 100_000), "nested deeper than 64"),
    "65 brackets": (Reply(body=b"[" * 66 + b"]" * 66), "nested deeper than 64"),
    "bytes that are no text": (Reply(body=b'{"a": "\xff\xfe"}'), "it is not UTF-8"),
    "half a character": (Reply(body=b'{"a": "\\ud800"}'), "half a character"),
    "a NUL in a text": (Reply(body=b'{"a": "x\\u0000y"}'), "a NUL character"),
    "an encoding nobody asked for": (Reply(headers={"Content-Encoding": "br"}), "not asked for"),
    "two encodings": (Reply(headers={"Content-Encoding": "gzip, gzip"}), "not asked for"),
    "packed in name only": (Reply(body=b'{"a": 1}', headers={"Content-Encoding": "gzip"}), "cannot be unpacked"),
    "packed and cut short": (
        Reply(body=gzip.compress(b'{"a": 1}' * 99)[:-9], headers={"Content-Encoding": "gzip"}),
        "ended early",
    ),
    "packed with a tail": (
        Reply(body=gzip.compress(b"{}") + b"tail", headers={"Content-Encoding": "gzip"}),
        "bytes follow the end",
    ),
    "a body said to be huge": (Reply(declared=99_999_999_999), "larger than"),
    "a length beyond counting": (Reply(declared=10**18), "larger than"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_must_not_be_believed_is_refused_with_reason_and_next_step(
    case: str, server: Script, tmp_path: Path
) -> None:
    reply, reason = REFUSED[case]
    with pytest.raises(SourceRefusedError, match=r"^pool: rewards: ") as refused:
        ask(server, tmp_path, reply)
    assert reason in str(refused.value)
    assert KEY not in repr(refused.value)


def test_a_body_without_end_is_cut_at_the_cap(server: Script, tmp_path: Path) -> None:
    small = Bounds(most_bytes=100_000, attempts=1)
    with pytest.raises(SourceRefusedError, match="larger than 100000 bytes"):
        ask(server, tmp_path, Reply(body=b"[" + b"1," * 90_000 + b"1]", declared=-1), bounds=small)


def test_a_gzip_bomb_of_300_mebibytes_costs_less_than_64(server: Script, tmp_path: Path) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(b"\x20" * 1_048_576) for _ in range(300)) + packer.flush()
    server.answer = lambda _path: Reply(body=bomb, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    with pytest.raises(SourceRefusedError, match="unpacks to more than 10485760 bytes"):
        ask(server, tmp_path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * 1_048_576


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_a_failure_that_passes_is_asked_again(status: int, server: Script, tmp_path: Path) -> None:
    server.queue.append(Reply(status=status, body=b"busy", media="text/plain"))
    assert ask(server, tmp_path, Reply(body=b"[1]")) == [1]
    assert len(server.asked) == 2


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_failure_that_stays_is_unreachable_and_says_when_it_is_asked_again(
    status: int, server: Script, tmp_path: Path
) -> None:
    with pytest.raises(SourceUnreachableError, match=f"pool: rewards: status {status} .*next poll") as failed:
        ask(server, tmp_path, Reply(status=status))
    assert not isinstance(failed.value, SourceRefusedError)
    assert len(server.asked) == 2


def test_a_connection_closed_without_a_word_is_asked_again(server: Script, tmp_path: Path) -> None:
    server.queue.append(Reply(hang_up=True))
    assert ask(server, tmp_path, Reply(body=b"[1]")) == [1]


def test_an_answer_shorter_than_it_said_is_never_read_as_whole(server: Script, tmp_path: Path) -> None:
    with pytest.raises(SourceUnreachableError, match="ended early"):
        ask(server, tmp_path, Reply(body=b'{"a": 1}', declared=9_000), bounds=Bounds(attempts=1))


def test_a_server_that_drips_is_left_at_the_deadline(server: Script, tmp_path: Path) -> None:
    """The deadline is that of all attempts together: were it that of each, five would take longer than is allowed."""
    bounds = Bounds(deadline_seconds=2.5, attempts=5, first_wait_seconds=0.01)
    begun = SystemClock().monotonic()
    with pytest.raises(SourceUnreachableError, match=r"no answer within 2.5 s"):
        ask(server, tmp_path, Reply(body=b"[" + b"1," * 600 + b"1]", drip=0.05), bounds=bounds)
    assert 2.4 < SystemClock().monotonic() - begun < SOON_SECONDS


def test_a_server_that_says_nothing_is_left_at_the_deadline(server: Script, tmp_path: Path) -> None:
    begun = SystemClock().monotonic()
    with pytest.raises(SourceUnreachableError, match=r"no answer within 0.4 s"):
        ask(server, tmp_path, Reply(silent=HANGS_SECONDS), bounds=Bounds(deadline_seconds=0.4))
    assert SystemClock().monotonic() - begun < SOON_SECONDS


def test_headers_that_drip_are_left_at_the_deadline(tmp_path: Path) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip() -> None:
        connection, _ = listener.accept()
        with connection:
            for letter in b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" * 30:
                if over.wait(0.05):
                    return
                connection.sendall(bytes([letter]))

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    begun = SystemClock().monotonic()
    client = client_of("pool", tmp_path, bounds=Bounds(deadline_seconds=0.5, attempts=1))
    with pytest.raises(SourceUnreachableError, match="no answer within"):
        client.get_json(f"http://127.0.0.1:{listener.getsockname()[1]}/", item="rewards")
    assert SystemClock().monotonic() - begun < SOON_SECONDS
    over.set()
    thread.join()
    listener.close()


def test_a_wait_the_server_asks_for_is_honoured(server: Script, tmp_path: Path) -> None:
    server.queue.append(Reply(status=429, headers={"Retry-After": "1"}))
    begun = SystemClock().monotonic()
    assert ask(server, tmp_path, Reply(body=b"[1]")) == [1]
    assert SystemClock().monotonic() - begun >= 1.0


def test_a_wait_longer_than_the_deadline_is_kept_for_the_next_question(server: Script) -> None:
    clock = SetClock(datetime(2026, 1, 1, tzinfo=UTC))
    client = client_of("pool", clock=clock)
    server.answer = lambda _path: Reply(status=429, headers={"Retry-After": "120"})
    with pytest.raises(SourceUnreachableError, match="status 429"):
        client.get_json(f"{server.url}/a", item="rewards")
    with pytest.raises(SourceUnreachableError, match="is to be left alone for 120 s more"):
        client.get_json(f"{server.url}/a", item="rewards")
    assert len(server.asked) == 1
    clock.move(121)
    server.answer = lambda _path: Reply(body=b"[1]")
    assert client.get_json(f"{server.url}/a", item="rewards").value == [1]


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("99999999999999", 900), ("Fri, 01 Jan 2027 00:00:00 GMT", 900), ("Thu, 01 Jan 2026 00:05:00 GMT", 300)],
)
def test_a_wait_is_capped_at_a_quarter_of_an_hour(header: str, seconds: int, server: Script) -> None:
    clock = SetClock(datetime(2026, 1, 1, tzinfo=UTC))
    client = client_of("pool", clock=clock)
    server.answer = lambda _path: Reply(status=503, headers={"Retry-After": header})
    with pytest.raises(SourceUnreachableError):
        client.get_json(f"{server.url}/a", item="rewards")
    with pytest.raises(SourceUnreachableError, match=f"left alone for {seconds} s more"):
        client.get_json(f"{server.url}/a", item="rewards")


@pytest.mark.parametrize("header", ["soon", "-5", "\u0665", "Fri, 99 Foo 2027", "0", "1e9", ""])
def test_a_wait_that_cannot_be_read_is_no_wait(header: str, server: Script, tmp_path: Path) -> None:
    reply = Reply(status=503, headers={"Retry-After": header.encode().decode("latin-1")})
    server.queue.append(reply)
    assert ask(server, tmp_path, Reply(body=b"[1]")) == [1]


def test_a_host_is_asked_once_in_a_gap(server: Script) -> None:
    clock = SetClock(datetime(2026, 1, 1, tzinfo=UTC))
    server.answer = lambda _path: Reply(body=b"[]")
    pace = Pace(clock, gap_seconds=1.0)
    for name in ("one", "two"):
        client = BoundedClient(source=name, clock=clock, pace=pace, allow_private=True)
        client.get_json(f"{server.url}/a", item="x")
        client.get_json(f"{server.url}/a", item="x")
    assert clock.slept == [1.0, 1.0, 1.0]


def test_the_environment_names_no_proxy(server: Script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    assert ask(server, tmp_path, Reply(body=b"[1]")) == [1]


def test_a_node_that_is_down_is_unreachable() -> None:
    client = client_of("node", bounds=Bounds(attempts=1))
    with pytest.raises(SourceUnreachableError, match="no connection") as failed:
        client.get_json("http://127.0.0.1:9/x?key=" + KEY, item="tip")
    assert KEY not in str(failed.value)


@pytest.mark.parametrize(
    ("way_out", "words"),
    [(False, "this machine has no network: connect it"), (True, "its name cannot be looked up: see that this machine")],
)
def test_no_network_is_told_as_that(monkeypatch: pytest.MonkeyPatch, way_out: bool, words: str) -> None:
    monkeypatch.setattr(http, "has_way_out", lambda: way_out)
    client = client_of("pool", bounds=Bounds(attempts=1))
    client.allow_private = False
    with pytest.raises(SourceUnreachableError, match=words):
        client.get_json("https://no-such-host.invalid/x", item="tip")


def test_without_a_route_there_is_no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(_socket: socket.socket, _address: object) -> None:
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    assert not has_way_out()


def test_a_name_that_stands_for_nothing_is_unreachable() -> None:
    client = client_of("node", bounds=Bounds(attempts=1))
    with pytest.raises(SourceUnreachableError):
        client.get_json("http://no-such-host.invalid/x", item="tip")


PUBLIC_ONLY = [
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://10.0.0.8/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://[fd00:ec2::254]/",
    "https://[2002:7f00:1::]/",
    "https://0.0.0.0/",
    "https://224.0.0.1/",
    "https://localhost/",
]


@pytest.mark.parametrize("url", PUBLIC_ONLY)
def test_a_public_source_is_never_asked_at_an_address_of_this_machine_or_network(url: str) -> None:
    clock = SystemClock()
    client = BoundedClient(source="prices", clock=clock, pace=Pace(clock), bounds=Bounds(attempts=1))
    with pytest.raises(SourceUnreachableError, match=r"it stands for|no connection") as refused:
        client.get_json(url, item="x")
    assert isinstance(refused.value, SourceRefusedError) or "no connection" in str(refused.value)


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/", "http://0.0.0.0/", "http://[fe80::1]/", "http://[ff02::1]/"]
)
def test_even_an_own_node_is_never_at_a_link_local_address(url: str) -> None:
    with pytest.raises(SourceRefusedError, match="an address no source has"):
        client_of("node").get_json(url, item="x")


@pytest.mark.parametrize(
    "url", ["http://api.example.com/", "https://a\x00b/", "ftp://x/", "file:///etc/passwd", "https://", ""]
)
def test_a_public_source_must_be_asked_over_https(url: str) -> None:
    clock = SystemClock()
    client = BoundedClient(source="prices", clock=clock, pace=Pace(clock))
    with pytest.raises(ConfigError, match=r"^prices: its address"):
        client.get_json(url, item="x")


def test_a_name_is_looked_up_once_and_the_connection_goes_where_it_was_checked(
    server: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[str] = []
    real = socket.getaddrinfo

    def rebinding(host: str, port: int, *args: int, **options: int) -> object:
        if host == "node.example":
            looked_up.append(host)
            host = "127.0.0.1" if len(looked_up) == 1 else "169.254.169.254"
        return real(host, port, *args, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    server.answer = lambda _path: Reply(body=b"[1]")
    client = client_of("node")
    assert client.get_json(server.url.replace("127.0.0.1", "node.example"), item="x").value == [1]
    assert looked_up == ["node.example"]


def test_one_bad_address_among_good_ones_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    both = [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: both)
    clock = SystemClock()
    client = BoundedClient(source="prices", clock=clock, pace=Pace(clock), bounds=Bounds(attempts=1))
    with pytest.raises(SourceRefusedError, match=r"it stands for 10\.0\.0\.1, which is not on the public"):
        client.get_json("https://api.example.com/", item="x")


def test_a_name_server_that_never_answers_costs_the_deadline_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: over.wait(HANGS_SECONDS) and [])
    begun = SystemClock().monotonic()
    with pytest.raises(SourceUnreachableError, match=r"no answer within 0.3 s"):
        client_of("node", bounds=Bounds(deadline_seconds=0.3)).get_json("http://node.example/", item="x")
    assert SystemClock().monotonic() - begun < SOON_SECONDS
    over.set()


NEVER_PUBLIC = [
    "127.0.0.1", "127.255.255.254", "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.0.1",
    "192.168.255.254", "100.64.0.1", "100.127.255.254", "169.254.0.1", "169.254.169.254", "0.0.0.7", "0.1.2.3",
    "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "192.0.0.8", "192.0.2.1", "198.18.0.1",
    "198.51.100.7", "203.0.113.9", "168.63.129.16", "100.100.100.200", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1",
    "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1",
    "2002:7f00:1::", "2002:a9fe:a9fe::", "2002:c0a8:101::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00::1",
    "fd00:ec2::254", "ff02::1", "ff0e::1", "2001:db8::1", "100::1",
]  # fmt: skip


@pytest.mark.parametrize("address", NEVER_PUBLIC)
def test_no_form_of_a_private_address_passes_for_public(address: str) -> None:
    with pytest.raises(AddressRefusedError):
        check_address(address, allow_private=False, tls=True)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_a_public_address_passes(address: str) -> None:
    check_address(address, allow_private=False, tls=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.1", "192.168.1.5", "fd00::1", "100.64.0.1"])
def test_an_own_node_may_be_near(address: str) -> None:
    check_address(address, allow_private=True, tls=False)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_what_is_own_and_in_public_is_asked_on_an_encrypted_line_alone(address: str) -> None:
    check_address(address, allow_private=True, tls=True)
    with pytest.raises(AddressRefusedError, match="use https"):
        check_address(address, allow_private=True, tls=False)


def test_what_was_refused_is_kept_small_private_and_without_secrets(server: Script, tmp_path: Path) -> None:
    with pytest.raises(SourceRefusedError):
        ask(server, tmp_path, Reply(body=b"<html>" + KEY.encode() + b"x" * 9000, media="text/html"))
    (kept,) = (tmp_path / "quarantine").iterdir()
    text = kept.read_bytes()
    assert b"[redacted]" in text
    assert KEY.encode() not in text
    assert len(text) < 4096 + 200
    assert kept.stat().st_mode & 0o777 == 0o600
    assert kept.parent.stat().st_mode & 0o777 == 0o700


def test_the_key_is_sent_to_the_server_only(server: Script, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    assert ask(server, tmp_path, Reply(body=b"[]")) == []
    assert server.headers[0]["x-key"] == KEY
    assert KEY not in caplog.text


def test_a_certificate_nobody_vouches_for_is_no_connection(tmp_path: Path) -> None:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.fail("openssl is missing, which makes the certificate: apt-get install openssl")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with serving(tls=context) as server:
        server.answer = lambda _path: Reply(body=b"[1]", media=JSON)
        client = client_of("pool", bounds=Bounds(attempts=1))
        with pytest.raises(SourceUnreachableError, match="no connection"):
            client.get_json(f"{server.url}/", item="x")
        trusting = client_of("pool", bounds=Bounds(attempts=1))
        trusting.__dict__["_tls"] = ssl.create_default_context(cafile=str(certificate))
        assert trusting.get_json(f"{server.url}/", item="x").value == [1]


def test_five_hung_sources_leave_the_sixth_on_time(tmp_path: Path) -> None:
    hangs = Reply(silent=HANGS_SECONDS, hang_up=True)
    with serving() as server:
        server.answer = lambda path: hangs if path.startswith("/hang") else Reply(body=b"[1]")
        hung = []
        for index in range(5):
            client = client_of(f"hung{index}", bounds=Bounds(deadline_seconds=HANGS_SECONDS, attempts=1))
            hung.append(threading.Thread(target=_swallow, args=(client, f"{server.url}/hang")))
        for thread in hung:
            thread.start()
        give_up = SystemClock().monotonic() + PATIENCE_SECONDS
        while len(server.asked) < len(hung):
            assert SystemClock().monotonic() < give_up
            SystemClock().sleep(0.01)
        begun = SystemClock().monotonic()
        assert ask(server, tmp_path) == [1]
        assert SystemClock().monotonic() - begun < SOON_SECONDS
        server.closing.set()
        for thread in hung:
            thread.join()


def _swallow(client: BoundedClient, url: str) -> None:
    with pytest.raises(SourceUnreachableError):
        client.get_json(url, item="x")


def test_parameters_join_those_of_the_address(server: Script) -> None:
    server.answer = lambda _path: Reply(body=b"[]")
    client_of("pool").get_json(f"{server.url}/path?x=1", item="x", params={"y": "2"})
    assert server.asked == ["/path?x=1&y=2"]

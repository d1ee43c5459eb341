"""Keys and signatures: sent with each question, made anew for each attempt, and in no message."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, quote

import pytest

from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.asking.question import Question, by_header, hmac_hex, milliseconds
from lotwork.ingest.context import BuildContext
from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from lotwork.ledger.store import EventStore
from tests.ingest.scripted_server import Reply, Script, client_of, serving

KEY = "k3y-that/must=not leak"
AT = datetime(2026, 6, 21, 12, 0, 0, 250_000, tzinfo=UTC)


@pytest.fixture(scope="module")
def running() -> Iterator[Script]:
    with serving() as script:
        yield script


@pytest.fixture
def server(running: Script) -> Script:
    running.queue.clear()
    for kept in (running.asked, running.headers, running.bodies):
        kept.clear()
    running.answer = lambda _path: Reply(body=b'{"ok": 1}')
    return running


def test_a_key_goes_along_in_its_header(server: Script) -> None:
    client = client_of("pool")
    client.sign = by_header("Pool-Auth-Token", "abc-123")
    assert client.get_json(f"{server.url}/v1", item="rewards", params={"page": 2}).value == {"ok": 1}
    assert server.headers[-1]["Pool-Auth-Token"] == "abc-123"
    assert server.asked == ["/v1?page=2"]


def test_a_body_is_posted_as_json_or_as_a_form(server: Script) -> None:
    client = client_of("pool")
    client.ask_json(Question(url=f"{server.url}/a", json={"currency": "bitcoin", "start_time": 5}), item="list")
    client.ask_json(Question(url=f"{server.url}/b", form={"coin": "BTC", "user": "a b&c"}), item="list")
    kinds = [{name.lower(): value for name, value in told.items()}["content-type"] for told in server.headers]
    assert kinds == ["application/json", "application/x-www-form-urlencoded"]
    assert json.loads(server.bodies[0]) == {"currency": "bitcoin", "start_time": 5}
    assert parse_qsl(server.bodies[1].decode()) == [("coin", "BTC"), ("user", "a b&c")]


def test_each_attempt_is_signed_with_its_own_instant(server: Script) -> None:
    clock = SetClock(AT)

    def sign(question: Question, at: datetime) -> Question:
        nonce = str(milliseconds(at))
        clock.instant += timedelta(seconds=1)
        return question.with_form({"nonce": nonce, "signature": hmac_hex("s", nonce.encode())})

    client = client_of("pool", clock=clock)
    client.sign = sign
    server.queue.append(Reply(status=502))
    client.ask_json(Question(url=f"{server.url}/b", form={"coin": "BTC"}), item="list")
    nonces = [dict(parse_qsl(body.decode()))["nonce"] for body in server.bodies]
    assert nonces == ["1782043200250", "1782043201250"]


def test_a_signature_is_the_one_of_the_standard() -> None:
    """RFC 4231, test case 2."""
    assert hmac_hex("Jefe", b"what do ya want for nothing?") == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


@pytest.mark.parametrize(
    "repeated",
    [
        KEY,
        quote(KEY, safe=""),
        json.dumps(KEY)[1:-1].replace("/", "\\/"),
        KEY.encode().hex(),
        b64encode(KEY.encode()).decode(),
    ],
    ids=["as it is", "in a link", "escaped", "in hex", "in base64"],
)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 500])
def test_no_message_repeats_a_key_that_the_server_repeats(
    status: int, repeated: str, server: Script, tmp_path: Path
) -> None:
    server.answer = lambda _path: Reply(status=status, body=json.dumps({"message": f"no {repeated}!"}).encode())
    clock = SystemClock()
    with EventStore.open(tmp_path, clock=clock) as store:
        context = BuildContext(
            home=tmp_path,
            log=store,
            clock=clock,
            reveal=lambda *_: KEY,
            pace=Pace(clock, gap_seconds=0),
            secrets=(KEY,),
        )
        client = context.client("pool", allow_private=True, deadline_seconds=0.2, sign=by_header("X-Key", KEY))
        with pytest.raises((SourceRefusedError, SourceUnreachableError)) as refused:
            client.get_json(f"{server.url}/v1", item="rewards")
    assert repeated not in str(refused.value)
    assert KEY not in repr(client)
    if status < 500:
        assert "[redacted]" in str(refused.value)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b'{"error": "No such user"}', "it says 'No such user'"),
        (b'{"code": 3, "message": "ip not allowed"}', "it says 'ip not allowed'"),
        (b'{"errors": [{"code": 2001, "message": "Session not found"}]}', "it says 'Session not found'"),
        (b"<html>", "check the address"),
        (b'{"error": null}', "check the address"),
    ],
)
def test_a_server_says_in_its_own_words_what_went_wrong(body: bytes, words: str, server: Script) -> None:
    server.answer = lambda _path: Reply(status=400, body=body)
    with pytest.raises(SourceRefusedError, match=words):
        client_of("pool").get_json(f"{server.url}/v1", item="rewards")

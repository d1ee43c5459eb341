"""A Shelly of the second generation or later that wants its password: a real server that demands the digest."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lotwork.ingest.asking.pace import Pace
from lotwork.ingest.context import BuildContext
from lotwork.ingest.meters.shelly import ShellySection, build
from lotwork.ingest.watch import watch_once
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import SourceRefusedError
from lotwork.ledger.events import Energy
from lotwork.ledger.store import EventStore
from tests.ingest.meters.kit import BEGIN, Device, sample, switch
from tests.ingest.scripted_server import Reply, Script, serving

PASSWORD = 'canary-pw 7;="é'  # a blank, a quote and a letter beyond ASCII
REALM = "shellyplusplugus-d48afc417e24"
CHALLENGE = f'Digest qop="auth", realm="{REALM}", nonce="60dc59c6", algorithm=SHA-256'
PART = re.compile(r'(\w+)=(?:"([^"]*)"|([^,]*))')


def digest(*words: str) -> str:
    return hashlib.sha256(":".join(words).encode()).hexdigest()


def is_known(header: str, path: str) -> bool:
    """Reckon what RFC 7616 (3.4.1) says the header must be, from the password that the device has."""
    told: dict[str, str] = {key: quoted or plain for key, quoted, plain in PART.findall(header.removeprefix("Digest "))}
    if told.get("username") != "admin" or told.get("uri") != path:
        return False
    first, second = digest("admin", REALM, PASSWORD), digest("GET", path)
    return told.get("response", "") == digest(first, "60dc59c6", told["nc"], told["cnonce"], told["qop"], second)


def guarded(script: Script, device: Device, challenge: str = CHALLENGE, records: Any = None) -> None:
    """Let the server demand the digest, and answer as the *device*."""

    def answer(path: str) -> Reply:
        shown = {key.lower(): value for key, value in script.headers[-1].items()}.get("authorization", "")
        if not is_known(shown, path):
            return Reply(status=401, headers={"WWW-Authenticate": challenge}, body=b"")
        return Reply(body=json.dumps(switch(device) if records is None else records).encode())

    script.answer = answer


@contextmanager
def meter(script: Script, home: Path, password: str = PASSWORD, **more: Any) -> Iterator[Any]:
    """Yield the clock, the store and the meter that asks *script*."""
    clock = SetClock(BEGIN)
    with EventStore.open(home, clock=clock) as store:
        context = BuildContext(
            home=home,
            log=store,
            clock=clock,
            reveal=lambda *named: password if any(named) else None,
            pace=Pace(clock, gap_seconds=0),
            secrets=(password,),
        )
        told = {"name": "plug", "meter": "rigs", "base_url": script.url, "password_file": "plug.password", **more}
        yield clock, store, build(msgspec.convert(told, ShellySection), context)


@pytest.mark.parametrize(
    "challenge",
    [
        CHALLENGE,
        CHALLENGE.replace("SHA-256", '"sha-256"'),
        f'digest algorithm=SHA-256, realm="{REALM}", nonce="60dc59c6", qop="auth,auth-int"',
    ],
)
def test_a_device_that_demands_the_digest_is_read(challenge: str, tmp_path: Path) -> None:
    device = Device()
    with serving() as script, meter(script, tmp_path) as (clock, store, source):
        guarded(script, device, challenge)
        watch_once(source, store)
        device.kwh += 30
        clock.instant += timedelta(days=1)
        watch_once(source, store)
        (told,) = [event for _, event in store.read("main") if isinstance(event, Energy)]
        assert Decimal(told.kwh) == 30


def test_records_behind_a_password_are_read(tmp_path: Path) -> None:
    with serving() as script, meter(script, tmp_path, component="em1", start="2026-03-01") as (_, store, source):
        empty = {"keys": sample("shelly_em1data")["keys"], "data": []}
        guarded(script, Device(), records=empty)
        watch_once(source, store)
        assert any("EM1Data.GetData?id=0&ts=" in path for path in script.asked)


@pytest.mark.parametrize(
    ("password", "challenge", "says"),
    [
        ("another-canary", CHALLENGE, "check the key"),
        (PASSWORD, 'Basic realm="plug"', "another way"),
        (PASSWORD, CHALLENGE.replace("SHA-256", "MD5"), "another way"),
        (PASSWORD, f'Digest realm="{REALM}", nonce="60dc59c6"', "another way"),
        (PASSWORD, CHALLENGE.replace('"auth"', '"auth-int"'), "another way"),
        (PASSWORD, "Digest algorithm=SHA-256", "another way"),
        (PASSWORD, "", "another way"),
    ],
)
def test_a_password_is_in_no_message_no_log_no_file_and_on_no_line(
    password: str, challenge: str, says: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with serving() as script, meter(script, tmp_path, password) as (_, store, source):
        guarded(script, Device(), challenge)
        with pytest.raises(SourceRefusedError, match=says) as refused:
            watch_once(source, store)
        assert store.cursor("main", "plug") is None
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    sent = json.dumps([script.headers, script.asked])
    for text in (str(refused.value), repr(refused.value.__context__), caplog.text, sent, written.decode("latin-1")):
        assert "canary" not in text
        assert "Y2FuYXJ5" not in text  # the same in base64

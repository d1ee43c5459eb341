"""A Kasa plug that wants an account: python-kasa is stood in for by a module of a few lines on PYTHONPATH, an extra."""

from __future__ import annotations

import sys
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lotwork.ingest.meters.kasa import KasaSection
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError
from tests.ingest.meters.kit import meter_world, readings
from tests.ingest.pools.kit import KEY

LIBRARY = """
import json, os, sys
print("a banner of the library")
class AuthenticationError(Exception): pass
class Credentials:
    def __init__(self, username, password):
        assert (username, password) == ("me@example.org", {key!r})
class DeviceConfig:
    def __init__(self, host, *, timeout, port_override, credentials):
        assert (host, port_override) == ("127.0.0.1", 80)
"""
LINE = """
import os, sys, json
from kasa import AuthenticationError
class IotProtocol:
    def __init__(self, *, transport): pass
    async def query(self, question, retry_count):
        assert question == {question!r}
        assert not [word for word in (*sys.argv, *os.environ.values()) if {key!r} in word]
        {body}
        return json.loads(open({told!r}).read())
    async def close(self): pass
"""
SETTINGS = {"meter": "rigs", "host": "127.0.0.1", "account": "me@example.org", "password_file": "kasa.password"}
ASKED: dict[str, Any] = {"emeter": {"get_realtime": {}}}


def library(
    folder: Path, monkeypatch: pytest.MonkeyPatch, body: str = "pass", question: dict[str, Any] | None = None
) -> Path:
    told = folder / "told.json"
    package = folder / "library" / "kasa"
    package.mkdir(parents=True)
    words = {"key": KEY, "body": body, "told": str(told), "question": question or ASKED}
    (package / "__init__.py").write_text(LIBRARY.format(**words), encoding="utf-8")
    (package / "protocols.py").write_text(LINE.format(**words), encoding="utf-8")
    (package / "transports.py").write_text(
        "class KlapTransport:\n    def __init__(self, *, config): pass\n", encoding="utf-8"
    )
    monkeypatch.setenv("PYTHONPATH", str(package.parent))
    return told


def counted(told: Path, watt_hours: int, **more: Any) -> None:
    realtime = {"power_mw": 1_000_000, "total_wh": watt_hours, "err_code": 0, **more}
    told.write_bytes(msgspec.json.encode({"emeter": {"get_realtime": realtime}}))


def test_a_plug_that_wants_an_account_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = {"context": {"child_ids": ["8006AB00"]}, **ASKED}
    told = library(tmp_path, monkeypatch, question=asked)
    with meter_world("kasa", {**SETTINGS, "child": "8006AB00"}, lambda _: None, tmp_path / "home") as world:
        counted(told, 812_345)
        world.look()
        counted(told, 836_345)
        world.clock.instant += timedelta(hours=24)
        world.look()
        assert sum(Decimal(each.kwh) for each in readings(world)) == 24
    assert "kasa" not in sys.modules
    written = b"".join(path.read_bytes() for path in (tmp_path / "home").rglob("*") if path.is_file())
    assert KEY.encode() not in written


@pytest.mark.parametrize(
    ("body", "error", "says"),
    [
        ("raise AuthenticationError('me@example.org')", SourceRefusedError, "does not know the account"),
        ("raise OSError('no route')", SourceUnreachableError, "Tapo plugs are read through Home Assistant"),
        ("os._exit(9)", SourceUnreachableError, "no plug that wants an account answers"),
        ("os._exit(3)", ConfigError, "pip install 'lotwork"),
        ("return {'emeter': {'get_realtime': {'err_code': -1}}}", SourceRefusedError, "does this plug measure power"),
        ("return 'x' * 99_999", SourceRefusedError, "python-kasa did not answer"),
        ("return float('nan')", SourceRefusedError, "NaN"),
    ],
)
def test_whatever_goes_wrong_is_told_in_words_without_the_secret(
    body: str, error: type[Exception], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted(library(tmp_path, monkeypatch, body), 1)
    with meter_world("kasa", SETTINGS, lambda _: None, tmp_path / "home") as world:
        with pytest.raises(error, match=says) as told:
            world.look()
        assert KEY not in str(told.value)
        assert world.store.cursor("main", "kasa") is None


@pytest.mark.parametrize("host", ["8.8.8.8", "2606:4700::1111", "169.254.169.254"])
def test_a_plug_that_wants_an_account_is_asked_at_home_alone(host: str, tmp_path: Path) -> None:
    settings = {**SETTINGS, "host": host}
    with (
        meter_world("kasa", settings, lambda _: None, tmp_path) as world,
        pytest.raises(ConfigError, match="give the address of the plug"),
    ):
        world.look()


@pytest.mark.parametrize(
    "more", [{"account": "me"}, {"password_file": "p"}, {"account": "me", "password": "env:A", "password_file": "p"}]
)
def test_an_account_and_its_password_go_together(more: dict[str, str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": "kasa", "meter": "rigs", "host": "127.0.0.1", **more}, KasaSection)

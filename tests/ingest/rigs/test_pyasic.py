"""pyasic in a process of its own: what it prints is read strictly, and what it does not say is told in words.

The library is stood in for by a module of a few lines on PYTHONPATH: it is an extra, and no rig answers in a test.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from lotwork.ingest.rigs.child import Child
from lotwork.ingest.rigs.pyasic import PyasicSection
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import ConfigError, SourceRefusedError, SourceUnreachableError
from tests.patience import SOON_SECONDS

LIBRARY = """
import os, sys
print("a banner of the library")
class Told:
    wattage, uptime, mac = {told}
class Miner:
    async def get_data(self, include):
        assert include == ["wattage", "uptime", "mac"]
        assert not [name for name in os.environ if "SECRET" in name]
        {body}
        return Told()
async def get_miner(host):
    return {miner}
"""


def library(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    told: str = "3500, 86400, 'AA'",
    body: str = "pass",
    miner: str = "Miner()",
) -> Child:
    (folder / "pyasic.py").write_text(LIBRARY.format(told=told, body=body, miner=miner), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(folder))
    monkeypatch.setenv("LOTWORK_SECRET", "canary")
    return Child("s21", "192.168.1.60", 5, 10_000)


def test_what_it_reads_becomes_a_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    look = library(tmp_path, monkeypatch).look()
    assert (look.watt_thousandths, look.uptime_seconds) == (3_500_000, 86_400)
    assert "pyasic" not in sys.modules


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ("None, 86400, 'AA'", "does not say what it draws"),
        ("'3500', 86400, 'AA'", "no number"),
        ("-5, 86400, 'AA'", "below zero"),
        ("3500000, 86400, 'AA'", "another unit"),
        ("float('nan'), 86400, 'AA'", "NaN"),
        ("3500, -1, 'AA'", "no count of seconds"),
        ("3500, 'long', 'AA'", "no count of seconds"),
        ("3500, 86400, 7", "mac is no text"),
        ("True, 86400, 'AA'", "no number"),
    ],
)
def test_what_cannot_be_right_is_refused(told: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceRefusedError, match=says):
        library(tmp_path, monkeypatch, told).look()


@pytest.mark.parametrize(
    ("body", "miner"),
    [
        ("pass", "None"),
        ("raise OSError('no route')", "Miner()"),
        ("os._exit(9)", "Miner()"),
        ("sys.exit(4)", "Miner()"),
    ],
)
def test_a_rig_that_does_not_answer_is_asked_again(
    body: str, miner: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SourceUnreachableError, match=r"192\.168\.1\.60"):
        library(tmp_path, monkeypatch, body=body, miner=miner).look()


def test_an_answer_without_end_or_without_sense_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SourceRefusedError, match="did not answer"):
        library(tmp_path, monkeypatch, told=f"3500, 1, 'A' * {1 << 17}").look()
    with pytest.raises(SourceUnreachableError):
        library(tmp_path, monkeypatch, told="3500, object(), 'AA'").look()


def test_a_rig_that_never_ends_is_left_alone_at_its_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rig = library(tmp_path, monkeypatch, body="import asyncio; await asyncio.sleep(60)")
    begun = SystemClock().monotonic()
    with pytest.raises(SourceUnreachableError, match=r"192\.168\.1\.60"):
        replace(rig, seconds=1).look()
    assert SystemClock().monotonic() - begun < SOON_SECONDS


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pyasic.py").write_text("raise ImportError", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with pytest.raises(ConfigError, match=r"pip install 'lotwork\[pyasic\]'"):
        Child("s21", "192.168.1.60", 5, 10_000).look()


@pytest.mark.parametrize("host", ["8.8.8.8", "rig.example.org", "", "192.168.1.60; rm", "http://192.168.1.60"])
def test_a_host_that_is_no_address_of_an_own_network_is_refused(host: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": "s21", "host": host}, PyasicSection)

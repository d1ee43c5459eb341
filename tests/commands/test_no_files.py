"""What stands in the home for a file and is none: told in words with code 5, or passed over; nobody waits."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.calling import Caller
from tests.projections.house import receipt


def a_socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # the name of a socket is short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(path.name)
    os.chdir(here)


NO_FILES: dict[str, Callable[[Path], object]] = {
    "a pipe": os.mkfifo,
    "a folder": Path.mkdir,
    "a socket": a_socket,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a full device": lambda path: path.symlink_to("/dev/full"),
    "a circle": lambda path: path.symlink_to(path.name),
}
OF_THE_LEDGER = ("heads.log", "ledger.sqlite", "ledger.sqlite-wal", "ledger.sqlite-journal", "writer.lock")


@pytest.mark.parametrize("what", NO_FILES)
@pytest.mark.parametrize("name", OF_THE_LEDGER)
def test_what_is_no_file_is_told_by_whoever_needs_it(lotwork: Caller, name: str, what: str) -> None:
    lotwork.take(receipt("r", "2025-03-01", "1"))
    place = lotwork.home / name
    place.unlink(missing_ok=True)
    NO_FILES[what](place)
    line = ("add", "price", "at=2026-01-01T00:00:00Z", "asset=BTC", "price_usd=1")
    told = lotwork(*line, code=5)
    assert str(place) in told.err
    assert "bug" not in told.err
    if name != "writer.lock":  # who reads needs none
        assert str(place) in lotwork("verify", code=5).err
        lotwork("income", "--year", "2025", code=5)
        assert str(place) in lotwork("doctor", code=1).out


@pytest.mark.parametrize("what", NO_FILES)
def test_settings_that_are_no_file_hold_nobody_up(lotwork: Caller, what: str) -> None:
    lotwork.take(receipt("r", "2025-03-01", "1"))
    NO_FILES[what](lotwork.home / "config.toml")
    for command in (("verify",), ("income", "--year", "2025"), ("doctor",), ("poll",), ("head",)):
        lotwork(*command, code=None)

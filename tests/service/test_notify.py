from __future__ import annotations

import os
import socket
from pathlib import Path

from lotwork.ledger.clock import SystemClock
from lotwork.service.notify import Systemd


def test_systemd_hears_each_word(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        systemd = Systemd({"NOTIFY_SOCKET": str(tmp_path / "notify")})
        systemd.ready("3 sources")
        systemd.alive("two\nREADY=0")
        systemd.reloading(SystemClock())
        systemd.stopping()
        told = [listening.recv(1000).decode() for _ in range(4)]
    assert told[0] == "READY=1\nSTATUS=3 sources"
    assert told[1] == "WATCHDOG=1\nSTATUS=two READY=0"
    assert told[2].startswith("RELOADING=1\nMONOTONIC_USEC=")
    assert told[3] == "STOPPING=1\nSTATUS=ending"


def test_an_abstract_socket_is_heard_as_well() -> None:
    name = f"\0lotwork-test-{os.getpid()}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(name)
        assert Systemd({"NOTIFY_SOCKET": "@" + name[1:]}).tell("READY=1")
        assert listening.recv(100) == b"READY=1"


def test_without_systemd_nothing_happens(tmp_path: Path) -> None:
    assert not Systemd({}).tell("READY=1")
    assert not Systemd({"NOTIFY_SOCKET": str(tmp_path / "gone")}).tell("READY=1")


def test_the_watchdog_is_ours_only_when_it_names_us() -> None:
    assert Systemd({"WATCHDOG_USEC": "60000000"}).watchdog_seconds == 60
    assert Systemd({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "1"}).watchdog_seconds is None
    assert Systemd({}).watchdog_seconds is None

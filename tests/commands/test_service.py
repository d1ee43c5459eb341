"""`lotwork service` under a real systemd: installed, started, restarted, told of and taken out, or refused."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.storage.lock import DaemonLock
from lotwork.service.manager import Manager
from lotwork.service.unit import MARK, NAME
from tests.commands.calling import Caller
from tests.own_systemd import OwnSystemd, own_systemd
from tests.patience import PATIENCE_SECONDS


@pytest.fixture(scope="module")
def systemd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnSystemd]:
    with own_systemd(tmp_path_factory.mktemp("user")) as manager:
        yield manager


@pytest.fixture
def home(tmp_path: Path, systemd: OwnSystemd) -> Iterator[Path]:
    """Make a home whose path is no plain word, and take the service out again."""
    place = tmp_path / "my home, 100%"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settle(place, free.getsockname()[1])
    yield place
    systemd.lotwork(place, "service", "uninstall", "--user")


def settle(place: Path, port: int) -> None:
    place.mkdir(mode=0o700)
    (place / "config.toml").write_text(f"[daemon]\nport = {port}\n", encoding="utf-8")


def status(systemd: OwnSystemd, home: Path) -> dict[str, Any]:
    told = systemd.lotwork(home, "--json", "service", "status", "--user")
    answer = json.loads(told.out)
    assert isinstance(answer, dict)
    assert told.code == (1 if answer["problems"] or not answer["installed"] else 0)
    return answer


def test_it_is_installed_started_restarted_and_taken_out(systemd: OwnSystemd, home: Path) -> None:
    assert status(systemd, home)["installed"] is False
    told = systemd.lotwork(home, "service", "install", "--user", environ={"LOTWORK_DAEMON__PORT": "1"})
    assert told.code == 0, told.err
    assert "http://127.0.0.1:" in told.out
    assert "LOTWORK_DAEMON__PORT of this shell: the service does not have it" in told.err
    first = status(systemd, home)
    assert (first["active"], first["enabled"], first["home"]) == ("active", "enabled", str(home))
    assert str(first["pid"]) == (home / "daemon.lock").read_text().strip()

    again = systemd.lotwork(home, "service", "install", "--user")
    assert again.code == 0, again.err
    second = status(systemd, home)
    assert second["pid"] != first["pid"], "what was written anew is what runs"

    os.kill(second["pid"], signal.SIGKILL)
    unit = Path(second["unit"])
    assert (unit.stat().st_mode & 0o777, unit.read_text().startswith(MARK)) == (0o644, True)
    assert _waits_for(systemd, "SubState", "auto-restart"), "systemd starts it again after a while"

    assert systemd.lotwork(home, "service", "uninstall", "--user").code == 0
    assert not unit.exists()
    assert (home / "config.toml").exists()
    assert "nothing to take out" in systemd.lotwork(home, "service", "uninstall", "--user").err
    assert systemd.run("systemctl", "--user", "show", NAME, "--property=LoadState").out.strip() == "LoadState=not-found"


def _waits_for(systemd: OwnSystemd, name: str, wanted: str) -> bool:
    give_up = time.perf_counter() + PATIENCE_SECONDS
    while time.perf_counter() < give_up:
        if systemd.run("systemctl", "--user", "show", NAME, f"--property={name}", "--value").out.strip() == wanted:
            return True
        time.sleep(0.05)
    return False


def test_a_service_that_does_not_start_leaves_what_ran_before(systemd: OwnSystemd, home: Path) -> None:
    assert systemd.lotwork(home, "service", "install", "--user").code == 0
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        other = home.with_name("other")
        settle(other, taken.getsockname()[1])
        refused = systemd.lotwork(other, "service", "install", "--user")
    assert refused.code == 5, refused.err
    assert "what stood before stands again" in refused.err
    assert f"journalctl --user -u {NAME}" in refused.err
    after = status(systemd, home)
    assert (after["active"], after["home"]) == ("active", str(home))


def test_settings_that_are_spoiled_later_are_told_as_what_keeps_it_from_running(
    systemd: OwnSystemd, home: Path
) -> None:
    assert systemd.lotwork(home, "service", "install", "--user").code == 0
    systemd.run("systemctl", "--user", "stop", NAME)
    assert any("does not run" in each for each in status(systemd, home)["problems"])
    (home / "config.toml").write_text("[daemon]\nport = 'x'\n", encoding="utf-8")
    systemd.run("systemctl", "--user", "start", NAME)
    (problem,) = [each for each in status(systemd, home)["problems"] if "ended" in each]
    assert "its settings cannot be used: `lotwork doctor` says why" in problem


def test_a_unit_of_somebody_else_is_neither_written_over_nor_taken_out(systemd: OwnSystemd, home: Path) -> None:
    unit = Path(systemd.environ["HOME"], ".config/systemd/user", NAME)
    unit.parent.mkdir(parents=True, exist_ok=True)
    unit.write_text("[Service]\nExecStart=/bin/true\n")
    try:
        for word in ("install", "uninstall"):
            told = systemd.lotwork(home, "service", word, "--user")
            assert (told.code, unit.read_text()) == (3, "[Service]\nExecStart=/bin/true\n"), told
        assert any("was not written by" in each for each in status(systemd, home)["problems"])
    finally:
        unit.unlink()


def test_a_daemon_that_runs_on_the_home_already_is_named(systemd: OwnSystemd, home: Path) -> None:
    with DaemonLock.acquire(home):
        told = systemd.lotwork(home, "service", "install", "--user")
    assert told.code == 5
    assert f"a daemon runs there already (pid {os.getpid()}): end it first" in told.err


@pytest.mark.parametrize(
    ("settings", "words", "code", "why"),
    [
        ('[alerts.apprise]\nurls = ["env:HOOK"]\n', (), 3, "a service does not have your shell's environment"),
        ('[alerts.apprise]\nurls = ["credential:hook"]\n', (), 3, "say --credential hook=FILE"),
        ("", ("--credential", "hook"), 2, "write NAME=FILE"),
        ("", ("--credential", "hook=/nowhere/at/all"), 2, "no such file"),
        ("", ("--run-as", "root"), 2, "your own manager runs it as you"),
        ("[daemon]\nport = 'x'\n", (), 3, "daemon.port"),
    ],
)
def test_what_could_not_run_is_refused_before_anything_is_written(
    lotwork: Caller, settings: str, words: tuple[str, ...], code: int, why: str
) -> None:
    lotwork("init", "--no-input")
    (lotwork.home / "config.toml").write_text(settings, encoding="utf-8")
    assert why in lotwork("service", "install", "--user", "--print", *words, code=code).err


def test_a_home_that_is_not_there_is_not_made_by_the_service(lotwork: Caller, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    assert "make it first" in lotwork("service", "install", "--user", "--print", "--home", gone, code=2).err
    assert not gone.exists()


def test_where_no_systemd_runs_it_says_what_to_do(lotwork: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lotwork.service.manager.BOOTED", lotwork.home / "nothing")
    lotwork("init", "--no-input")
    told = lotwork("service", "install", "--user", code=5).err
    assert "let what starts your services run `lotwork run`" in told
    assert "ExecStart=" in lotwork("service", "install", "--user", "--print").out


@pytest.fixture
def miners(tmp_path: Path) -> Path:
    """Make a folder of three homes: one with heads elsewhere, one that names a secret, one that is spoiled."""
    for name, settings in {
        "ann": f'[heads]\nalso = ["file:{tmp_path}/kept/ann.heads"]\n',
        "bob": '[alerts.apprise]\nurls = ["credential:hook"]\n',
        "eve": "[daemon]\nport = 'x'\n",
    }.items():
        (tmp_path / "miners" / name).mkdir(parents=True)
        (tmp_path / "miners" / name / "config.toml").write_text(settings, encoding="utf-8")
        (tmp_path / "miners" / name / "ledger.sqlite").touch()
    (tmp_path / "hook").write_text("secret")
    return tmp_path / "miners"


def test_a_folder_of_homes_is_installed_as_one_home_is(lotwork: Caller, miners: Path) -> None:
    words = ("service", "install", "--user", "--homes", miners, "--print")
    refused = lotwork.all_over(*words, code=3).err
    assert "bob: alerts.apprise.urls" in refused
    assert "say --credential hook=FILE" in refused
    told = lotwork.all_over(*words, "--credential", f"hook={miners.parent / 'hook'}")
    assert f"run --homes {miners}" in told.out
    assert f"LoadCredential=hook:{miners.parent / 'hook'}" in told.out
    assert "eve will not be kept before it is mended" in told.err
    assert "--home is one home and --homes a folder" in lotwork.all_over("--home", miners / "ann", *words, code=2).err
    assert "name a folder of homes" in lotwork.all_over(*words[:-2], miners / "nobody", "--print", code=2).err
    (miners / "config.toml").write_text("[ledger]\nurl = 'x'\n", encoding="utf-8")
    assert lotwork.all_over(*words, code=3).err


def test_a_daemon_of_one_of_the_homes_is_named_before_anything_is_written(
    lotwork: Caller, miners: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a systemd that is not asked: what stands before it is written is told by files alone."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(miners.parent / "config"))
    monkeypatch.setattr(Manager, "check_there", lambda _: None)
    monkeypatch.setattr(Manager, "shown", lambda _: {})
    words = ("service", "install", "--user", "--homes", miners, "--credential", f"hook={miners.parent / 'hook'}")
    with DaemonLock.acquire(miners / "ann"):
        told = lotwork.all_over(*words, code=5).err
    assert f"{miners / 'ann'}: a daemon runs there already (pid {os.getpid()})" in told
    assert not (miners.parent / "config").exists()

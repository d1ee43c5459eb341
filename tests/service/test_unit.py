"""The systemd unit agrees with the program it starts, and systemd takes it whatever stands in its paths."""

from __future__ import annotations

import shutil
import subprocess
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from lotwork.hosting import timetable
from lotwork.ledger.errors import BusyError, ConfigError, IntegrityError, UsageError
from lotwork.service.unit import Unit, is_ours, kept_by, told_by

OF_USER = Unit(command=("/bin/true",), home=Path("/srv/lotwork"))
OF_MACHINE = replace(OF_USER, user="daemon")
BOTH = pytest.mark.parametrize("unit", [OF_USER, OF_MACHINE], ids=["user", "machine"])


def directives(unit: Unit) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in unit.text().splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found[key].append(value)
    return found


@BOTH
def test_systemd_waits_for_ready_and_restarts_only_what_may_pass(unit: Unit) -> None:
    told = directives(unit)
    assert told["Type"] == ["notify"]
    assert told["Restart"] == ["on-failure"]
    final = {str(error.exit_code) for error in (UsageError, ConfigError, IntegrityError, BusyError)}
    assert set(told["RestartPreventExitStatus"][0].split()) == final
    assert (told["StartLimitIntervalSec"], told["StartLimitBurst"]) == (["10min"], ["5"])
    assert told["ExecReload"] == ["/bin/kill -HUP $MAINPID"]


def test_the_watchdog_outlasts_the_pause_in_which_the_daemon_still_calls_itself_alive() -> None:
    (watchdog,) = directives(OF_USER)["WatchdogSec"]
    assert int(watchdog) > timetable.STILL_SECONDS + timetable.TICK_SECONDS


def test_an_ending_daemon_is_given_more_time_than_it_takes() -> None:
    (given,) = directives(OF_USER)["TimeoutStopSec"]
    assert int(given) > 10 > timetable.WORKERS_END_SECONDS


def test_of_the_machine_it_runs_with_little_more_than_its_own_folder_and_the_network() -> None:
    told = directives(replace(OF_MACHINE, writable=(Path("/mnt/other disk"),)))
    for key, value in {
        "User": "daemon",
        "UMask": "0077",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "read-only",
        "PrivateDevices": "yes",
        "CapabilityBoundingSet": "",
    }.items():
        assert told[key] == [value]
    assert told["ReadWritePaths"] == ["/srv/lotwork", '"/mnt/other disk"']


ODD = ("/srv/my home, 100%", "/srv/a$b", "/srv/a\"b'c", "/srv/back\\slash", "/srv/plain")


@BOTH
@pytest.mark.parametrize("home", ODD)
def test_systemd_itself_finds_nothing_wrong(unit: Unit, home: str, tmp_path: Path) -> None:
    assert shutil.which("systemd-analyze"), "systemd-analyze is missing: apt-get install systemd"
    (tmp_path / "secret").write_text("s")
    whole = replace(
        unit,
        home=Path(home),
        credentials={"bitcoin": tmp_path / "secret"},
        environment_file=tmp_path / "secret",
        writable=(Path("/mnt/other disk"),),
    )
    file = tmp_path / "lotwork.service"
    file.write_text(whole.text())
    scope = () if unit.user else ("--user",)
    checked = subprocess.run(
        ["systemd-analyze", *scope, "verify", file], capture_output=True, text=True, check=False,
        env={"XDG_RUNTIME_DIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert (checked.returncode, checked.stderr) == (0, "")
    assert is_ours(whole.text())
    assert told_by(whole.text()) == (Path(home), Path("/bin/true"))


def test_a_unit_of_many_homes_runs_them_all_and_says_so() -> None:
    many = replace(OF_MACHINE, many=True, home=Path("/srv/my miners"))
    told = directives(many)
    assert told["ExecStart"] == ['/bin/true run --homes "/srv/my miners"']
    assert told["ReadWritePaths"] == ['"/srv/my miners"']
    assert told_by(many.text()) == (Path("/srv/my miners"), Path("/bin/true"))
    assert (kept_by(many.text()), kept_by(OF_USER.text())) == ("homes in /srv/my miners", "home /srv/lotwork")
    alone = directives(replace(OF_MACHINE, home=many.home))
    assert {key for key in told | alone if told.get(key) != alone.get(key)} == {
        "ExecStart", "X-LotworkHome", "X-LotworkHomes",
    }  # fmt: skip


def test_a_unit_of_somebody_else_is_not_ours() -> None:
    other = "[Service]\nExecStart=/bin/true\n"
    assert not is_ours(other)
    assert told_by(other) == (None, None)

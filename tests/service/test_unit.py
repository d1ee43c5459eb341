"""The systemd unit agrees with the program it starts."""

from __future__ import annotations

import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

from lotwork import scheduler
from lotwork.ledger.errors import BusyError, ConfigError, IntegrityError, UsageError

UNIT = Path(__file__).parents[2] / "service" / "lotwork.service"


def directives() -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for line in UNIT.read_text().splitlines():
        key, equals, value = line.partition("=")
        if equals and not line.startswith("#"):
            found[key].append(value)
    return found


def test_systemd_waits_for_ready_and_restarts_only_what_may_pass() -> None:
    unit = directives()
    assert unit["Type"] == ["notify"]
    assert unit["Restart"] == ["on-failure"]
    final = {str(error.exit_code) for error in (UsageError, ConfigError, IntegrityError, BusyError)}
    assert set(unit["RestartPreventExitStatus"][0].split()) == final
    assert (unit["StartLimitIntervalSec"], unit["StartLimitBurst"]) == (["10min"], ["5"])
    assert unit["ExecReload"] == ["/bin/kill -HUP $MAINPID"]


def test_the_watchdog_outlasts_the_pause_in_which_the_daemon_still_calls_itself_alive() -> None:
    (watchdog,) = directives()["WatchdogSec"]
    assert int(watchdog) > scheduler.STILL_SECONDS + scheduler.TICK_SECONDS


def test_an_ending_daemon_is_given_more_time_than_it_takes() -> None:
    (given,) = directives()["TimeoutStopSec"]
    assert int(given) > 10 > scheduler.WORKERS_END_SECONDS


def test_it_runs_with_little_more_than_its_own_folder_and_the_network() -> None:
    unit = directives()
    for key, value in {
        "DynamicUser": "yes",
        "StateDirectory": "lotwork",
        "UMask": "0077",
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateDevices": "yes",
        "CapabilityBoundingSet": "",
    }.items():
        assert unit[key] == [value]


def test_systemd_itself_finds_nothing_wrong() -> None:
    assert shutil.which("systemd-analyze"), "systemd-analyze is missing: apt-get install systemd"
    checked = subprocess.run(["systemd-analyze", "verify", UNIT], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")

"""The add-on of Home Assistant: its settings by the Supervisor's own rules, what it is built from, and started.

The rules are those of the Supervisor's `addons/validate.py`, which knows no other key than these.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from lotwork.service.settings import Daemon as DaemonSettings
from tests.architecture.house import ROOT
from tests.daemon.process import Daemon, end_all
from tests.deploy.houses import COMMANDS, PASSWORD, VERSION, must_ask_for_the_password

ADDON = ROOT / "deploy" / "home-assistant" / "addon"
CONFIG: dict[str, Any] = yaml.safe_load((ADDON / "config.yaml").read_text(encoding="utf-8"))
TAIL = (ADDON / "Dockerfile.tail").read_text(encoding="utf-8")
PORT = DaemonSettings().port
RULES: dict[str, Any] = {
    "name": r".+", "version": re.escape(VERSION), "slug": r"[-_.A-Za-z0-9]+", "description": r".+",
    "startup": r"initialize|system|services|application|once", "boot": r"auto|manual|manual_only",
    "webui": r"(?:https?|\[PROTO:\w+\]):\/\/\[HOST\]:\[PORT:\d+\].*",
    "watchdog": r"(?:https?|\[PROTO:\w+\]|tcp):\/\/\[HOST\]:(\[PORT:\d+\]|\d+).*", "backup": r"hot|cold",
}  # fmt: skip
"""The words that a key may have, as the Supervisor has them."""
OTHERS = {"arch", "init", "tmpfs", "ports", "ports_description", "timeout", "map", "options", "schema"}
ELEMENT = re.compile(r"(str|bool|email|url|port|password|int|float|match\(.+\)|list\(.+\)|device)\??")
START = f"""
import os, runpy, sys
from pathlib import Path
home = Path(sys.argv[1])
runpy.run_path({str(ADDON / "start.py")!r})["main"](home.with_name("options.json"), home, os.getuid())
"""


def test_the_supervisor_takes_every_key() -> None:
    assert set(CONFIG) == {*RULES, *OTHERS}
    for key, rule in RULES.items():
        assert re.fullmatch(rule, CONFIG[key]), key
    assert set(CONFIG["arch"]) <= {"aarch64", "amd64"}
    assert CONFIG["init"] is CONFIG["tmpfs"] is True
    assert CONFIG["ports"] == {f"{PORT}/tcp": PORT}
    assert set(CONFIG["ports_description"]) == set(CONFIG["ports"])
    assert CONFIG["watchdog"] == f"tcp://[HOST]:[PORT:{PORT}]"
    assert 10 <= CONFIG["timeout"] <= 300
    assert CONFIG["map"] == [{"type": "addon_config", "read_only": False}]


def test_each_option_has_a_rule_and_the_password_has_to_be_given() -> None:
    assert set(CONFIG["options"]) == set(CONFIG["schema"])
    for rule in CONFIG["schema"].values():
        (element,) = rule if isinstance(rule, list) else [rule]
        assert ELEMENT.fullmatch(element)
    assert CONFIG["options"]["password"] is None  # the Supervisor does not start it before it is set
    assert CONFIG["schema"]["password"] == "password"


def test_the_repository_says_whose_it_is() -> None:
    told = yaml.safe_load((ADDON / "repository.yaml").read_text(encoding="utf-8"))
    assert set(told) == {"name", "url", "maintainer"}


def test_it_is_built_from_its_own_folder_alone(tmp_path: Path) -> None:
    subprocess.run([ROOT / ".ci" / "addon", tmp_path], check=True)
    laid = tmp_path / "lotwork"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lotwork", "repository.yaml"]
    dockerfile = (laid / "Dockerfile").read_text(encoding="utf-8")
    assert dockerfile == (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8") + TAIL
    for needed in ("config.yaml", ".ci/install", "requirements.lock", "deploy/home-assistant/addon/start.py"):
        assert (laid / needed).is_file(), needed
    assert (laid / "lotwork" / "cli.py").is_symlink()
    assert "lotwork" in (laid / "pyproject.toml").read_text(encoding="utf-8")
    assert not (laid / "tests").exists()
    ignored = (laid / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert not {"deploy", "docs", "lotwork"} & set(ignored)
    copied = re.findall(r"^COPY (\S+) (\S+)$", TAIL, re.MULTILINE)
    assert [(laid / source).is_file() for source, _ in copied] == [True]
    assert f'"{copied[0][1]}"' in TAIL.splitlines()[-2]


@pytest.fixture
def homes() -> Iterator[list[Daemon]]:
    running: list[Daemon] = []
    yield running
    end_all(running)


def started(tmp_path: Path, options: dict[str, Any], running: list[Daemon]) -> Daemon:
    (tmp_path / "options.json").write_text(json.dumps(options), encoding="utf-8")
    environ = {"PATH": f"{COMMANDS}:{os.defpath}", "LOTWORK_DAEMON__PORT": "0"}
    running.append(Daemon(tmp_path / "config", START, **environ))
    return running[-1]


def test_started_by_its_options_it_asks_for_their_password(tmp_path: Path, homes: list[Daemon]) -> None:
    daemon = started(tmp_path, {**CONFIG["options"], "password": PASSWORD}, homes)
    must_ask_for_the_password(daemon, CONFIG["options"]["allowed_hosts"][0])
    assert daemon.home.stat().st_mode & 0o777 == 0o700
    assert daemon.end() == 0


def test_without_a_password_it_does_not_start_and_says_why(tmp_path: Path, homes: list[Daemon]) -> None:
    daemon = started(tmp_path, CONFIG["options"], homes)
    assert daemon.ended() == 1
    assert "Set `password` in the options" in daemon.text
    assert not daemon.home.exists()

"""The container: what the Dockerfile and the compose file say, held to rules, and its steps done in a folder."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from lotwork.service.settings import Daemon as DaemonSettings
from tests.architecture.house import PACKAGE, ROOMS, ROOT
from tests.daemon.process import DAEMON, Daemon, end_all

DEPLOY = ROOT / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
ORDERS = {
    "ARG", "FROM", "WORKDIR", "COPY", "RUN", "USER", "ENV", "VOLUME", "HEALTHCHECK", "STOPSIGNAL", "ENTRYPOINT", "CMD",
}  # fmt: skip
OWNER = "10049"
OF_THE_LOCK = [".ci/make-venv /opt/lotwork", ".ci/install /opt/lotwork requirements.lock"]
"""What the Makefile does too, and tests/setup tests: an environment, and in it what the lock pins, by hash."""


class Step(NamedTuple):
    """One line of the Dockerfile: its order, and its words."""

    order: str
    words: str


def steps() -> list[Step]:
    lines = [line for line in DOCKERFILE.splitlines() if line and not line.startswith("#")]
    return [Step(*line.split(maxsplit=1)) for line in lines]


def words_of(order: str) -> list[str]:
    return [step.words for step in steps() if step.order == order]


def test_the_dockerfile_says_nothing_but_what_is_known_and_names_no_host() -> None:
    assert {step.order for step in steps()} == ORDERS
    assert words_of("FROM") == ["${BASE} AS build", "${BASE}"]
    (base,) = words_of("ARG")
    assert re.fullmatch(r"BASE=python:3\.1[1-3]-slim", base)
    assert re.findall(r"https?://([^/:'\"]+)", DOCKERFILE) == ["127.0.0.1"]


def test_every_library_comes_from_the_lock_by_its_hash() -> None:
    runs = words_of("RUN")
    assert runs[:2] == OF_THE_LOCK
    for line in runs[2:]:
        assert "pip" not in line or {"--no-deps", "--no-index"} <= set(line.split())
    script = (ROOT / ".ci" / "install").read_text(encoding="utf-8")
    assert "--require-hashes --no-deps" in script


def test_nobody_is_root_where_it_runs_and_the_home_is_its_own() -> None:
    last = steps()[max(at for at, step in enumerate(steps()) if step.order == "FROM") :]
    assert [step.words for step in last if step.order == "USER"] == [f"{OWNER}:{OWNER}"]
    assert [step.order for step in last].index("USER") > [step.order for step in last].index("RUN")
    assert f"--owner={OWNER} --group={OWNER} --mode=0700 /data" in words_of("RUN")[-1]
    assert words_of("VOLUME") == ["/data"]
    assert "LOTWORK_HOME=/data" in words_of("ENV")[0].split()


def test_what_is_not_kept_in_git_does_not_go_into_the_build() -> None:
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    left_out = {line for line in ignored if line[:1] not in ("", "#")}
    assert {".git", ".venv*", "**/__pycache__", "home", "build", "dist"} <= left_out
    needed = {PACKAGE, *ROOMS, ".ci", "pyproject.toml", "README.md", "LICENSE", "docs", "requirements.lock"}
    assert not needed & left_out


def test_the_compose_file_runs_it_with_as_little_as_it_needs() -> None:
    assert set(COMPOSE) == {"services", "volumes"}
    (service,) = COMPOSE["services"].values()
    assert service["user"] == f"{OWNER}:{OWNER}"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert "ports" not in service  # the pages are bound to the loopback, which no port leads to
    assert service["network_mode"] == "host"
    assert [volume.partition(":")[::2] for volume in service["volumes"]] == [("home", "/data")]
    assert set(COMPOSE["volumes"]) == {"home"}
    build = (DEPLOY / service["build"]["context"]).resolve()
    assert build == ROOT
    assert (build / service["build"]["dockerfile"]).read_text(encoding="utf-8") == DOCKERFILE


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an environment that has what the lock pins, by looking into this one."""
    folder = tmp_path_factory.mktemp("image") / "lotwork"
    venv.create(folder, symlinks=True)
    libraries = next(folder.glob("lib/python3*/site-packages"))
    here = next(path for path in sys.path if path.endswith("site-packages"))
    (libraries / "lock.pth").write_text(f"{here}\n", encoding="utf-8")
    return folder


def test_the_steps_after_the_lock_make_the_command(environment: Path, tmp_path: Path) -> None:
    wheel, install, owned = words_of("RUN")[2:]
    places = {
        "/opt/lotwork": environment, "/wheel": tmp_path / "wheel", "/data": tmp_path / "data", OWNER: os.getuid(),
    }  # fmt: skip
    for step in (wheel, f"{install} --ignore-installed", owned):
        line = re.sub("|".join(places), lambda found: str(places[found.group()]), step)
        done = subprocess.run(line.split(), cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    (built,) = (tmp_path / "wheel").glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        assert f"{PACKAGE}/cli.py" in archive.namelist()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    (command,) = map(json.loads, words_of("ENTRYPOINT"))
    told = subprocess.run(
        [environment / "bin" / command[0], "head", "--json"],
        env={"LOTWORK_HOME": str(tmp_path / "data"), "PATH": os.defpath}, cwd=tmp_path,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (told.returncode, json.loads(told.stdout)["error"]) == (2, "HomeNotFoundError")


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    (tmp_path / "home").mkdir(mode=0o700)
    (tmp_path / "home" / "config.toml").write_text(DAEMON, encoding="utf-8")
    running = Daemon(tmp_path / "home")
    yield running
    end_all([running])


def test_the_health_check_says_whether_the_daemon_is_ready(daemon: Daemon) -> None:
    (said,) = words_of("HEALTHCHECK")
    words = json.loads(said[said.index("CMD ") + 4 :])
    assert words[:3] == ["python", "-P", "-c"]
    variable = f"LOTWORK_DAEMON__PORT={DaemonSettings().port}"
    assert variable in words_of("ENV")[0].split()
    daemon.logged("ready")
    host, _, port = daemon.logged("serving")["url"].rpartition(":")
    assert host == "http://127.0.0.1"
    # A proxy that the container is told of, and that is not there, is not asked.
    told = {"LOTWORK_DAEMON__PORT": port, "http_proxy": "http://127.0.0.1:9", "PATH": os.defpath}
    asked = [sys.executable, *words[1:]]
    healthy = subprocess.run(asked, env=told, capture_output=True, check=False)
    assert healthy.returncode == 0, healthy.stderr
    assert daemon.end() == 0
    gone = subprocess.run(asked, env=told, capture_output=True, check=False)
    assert gone.returncode != 0

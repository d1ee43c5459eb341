"""The app of Umbrel: its manifest by the rules of the store, its compose file and started as umbrelOS does.

The rules are those of umbrelOS (`packages/umbreld/source/modules/apps/schema.ts`), of the store's README, and of the
linter that its pull requests pass (umbrel-cli). One is not met, and said in the file: no registry has the image, so
there is no digest of it yet.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from lotwork.service.settings import Daemon as DaemonSettings
from tests.architecture.house import ROOT
from tests.daemon.process import Daemon, end_all
from tests.deploy.houses import COMMANDS, PASSWORD, VERSION, must_ask_for_the_password

APP = ROOT / "deploy" / "umbrel" / "lotwork"
MANIFEST: dict[str, Any] = yaml.safe_load((APP / "umbrel-app.yml").read_text(encoding="utf-8"))
COMPOSE: dict[str, Any] = yaml.safe_load((APP / "docker-compose.yml").read_text(encoding="utf-8"))
WEB: dict[str, Any] = COMPOSE["services"]["web"]
GIVEN = {
    "APP_PASSWORD": PASSWORD, "DEVICE_DOMAIN_NAME": "umbrel.local", "APP_HIDDEN_SERVICE": "notyetset.onion",
    "APP_DATA_DIR": "/umbrel/app-data/lotwork",
}  # fmt: skip
"""What umbrelOS tells a compose file."""
LONGEST = {"name": 50, "tagline": 100, "description": 5000, "developer": 50, "submitter": 50}
ADDRESSES = ("website", "support", "submission")
CATEGORIES = {
    "files", "bitcoin", "media", "networking", "social", "automation", "finance", "ai", "developer", "gaming",
}  # fmt: skip


def filled(words: str) -> str:
    """Return a value as compose gives it on: variables put in, a doubled dollar a single one."""
    return re.sub(r"\$(\$|\{?(\w+)\}?)", lambda found: "$" if found[1] == "$" else GIVEN[found[2]], words)


def test_the_manifest_is_one_the_store_takes() -> None:
    assert MANIFEST["manifestVersion"] in (1, 1.1)
    assert MANIFEST["id"] == APP.name
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", MANIFEST["id"])
    assert MANIFEST["category"] in CATEGORIES
    assert MANIFEST["version"] == VERSION
    assert isinstance(MANIFEST["port"], int)
    for name, most in LONGEST.items():
        assert 1 <= len(MANIFEST[name]) <= most, name
    for name in ADDRESSES:
        assert re.fullmatch(r"https://[a-z.]+\.example\.org(/\S*)?", MANIFEST[name]), name
    assert MANIFEST["deterministicPassword"] is True
    assert (MANIFEST["dependencies"], MANIFEST["gallery"], MANIFEST["path"]) == ([], [], "")
    known = {
        "manifestVersion", "id", "category", "name", "version", "tagline", "description", "releaseNotes", "developer",
        "website", "dependencies", "repo", "support", "port", "gallery", "path", "defaultUsername", "defaultPassword",
        "deterministicPassword", "torOnly", "submitter", "submission", "icon", "permissions", "widgets",
    }  # fmt: skip
    assert set(MANIFEST) <= known
    assert not MANIFEST["tagline"].endswith(".")


def test_the_proxy_of_umbrel_finds_the_app_and_nothing_goes_past_it() -> None:
    assert set(COMPOSE["services"]) == {"app_proxy", "web"}
    assert COMPOSE["services"]["app_proxy"] == {
        "environment": {"APP_HOST": f"{APP.name}_web_1", "APP_PORT": DaemonSettings().port}
    }
    assert not {"ports", "network_mode", "privileged", "build", "container_name"} & set(WEB)


def test_the_app_writes_only_where_umbrel_keeps_it() -> None:
    assert WEB["volumes"] == ["${APP_DATA_DIR}/data:/data"]
    assert (APP / "data" / ".gitkeep").is_file()  # what the store copies, so that the folder is user 1000's
    assert (WEB["user"], WEB["read_only"], WEB["cap_drop"]) == ("1000:1000", True, ["ALL"])
    assert WEB["restart"] == "on-failure"
    assert all(isinstance(value, str) for value in WEB["environment"].values())
    assert WEB["image"] == f"lotwork:{VERSION}"


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Daemon]:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    words = [filled(each) for each in WEB["entrypoint"]]
    environ = {name: filled(value) for name, value in WEB["environment"].items()}
    running = Daemon(
        home, f"import os; os.execvp({words[0]!r}, {words!r})", LOTWORK_HOME=str(home), LOTWORK_DAEMON__PORT="0",
        PATH=f"{COMMANDS}:{os.defpath}", **environ,
    )  # fmt: skip
    yield running
    end_all([running])


def test_started_as_umbrel_starts_it_it_asks_for_the_password_that_umbrel_shows(started: Daemon) -> None:
    must_ask_for_the_password(started, "umbrel.local")
    environ = Path(f"/proc/{started.process.pid}/environ").read_bytes()
    assert b"APP_PASSWORD" not in environ
    assert started.end() == 0

"""A daemon that another house starts: Umbrel's compose file, the add-on of Home Assistant; and how it must answer."""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, ProxyHandler, Request, build_opener

from lotwork.service.web_password import is_password, kept_password
from tests.architecture.house import ROOT
from tests.daemon.process import Daemon
from tests.patience import PATIENCE_SECONDS

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
PASSWORD = "umbrella with a $ and a %s"
COMMANDS = str(Path(sys.executable).parent)


class Stays(HTTPRedirectHandler):
    """A redirect is an answer."""

    def redirect_request(self, *_: Any) -> None:
        return None


def asked(url: str, **headers: str) -> tuple[int, str]:
    """Return status of an address, and where it leads to."""
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    request = Request(url, headers=told)  # noqa: S310 - our own address
    try:
        with build_opener(ProxyHandler({}), Stays()).open(request, timeout=PATIENCE_SECONDS) as answer:
            return answer.status, ""
    except HTTPError as refused:
        with refused:
            return refused.code, refused.headers.get("Location", "")


def must_ask_for_the_password(daemon: Daemon, host: str) -> None:
    """Hold a daemon to what the network may have of it under the name *host*: the login, and nothing else."""
    daemon.logged("ready")
    url = daemon.logged("serving")["url"].replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - what it says
    port = url.rpartition(":")[2]
    assert is_password(kept_password(daemon.home) or "", PASSWORD)
    status, leads = asked(f"{url}/", Host=f"{host}:{port}", X_Forwarded_For="192.168.1.7")
    assert (status, "/login" in leads) == (303, True)
    assert asked(f"{url}/login", Host=f"{host}:{port}", X_Forwarded_For="192.168.1.7") == (200, "")
    assert asked(f"{url}/", Host=f"attacker.example:{port}")[0] >= 400
    assert asked(f"{url}/readyz") == (200, "")
    assert json.dumps(daemon.lines).count(PASSWORD) == 0

"""The daemon as a real process, and its pages: killed while one records, and given a source while it runs."""

from __future__ import annotations

import socket
import time
from contextlib import closing
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from lotwork.service.ledger_place import open_log
from lotwork.service.web_password import set_password
from tests.daemon.process import Daemon, write
from tests.patience import PATIENCE_SECONDS
from tests.web.acting import BILL, PASSWORD, sent_by
from tests.web.conftest import record
from tests.web.views.made import PROFILE


class Owner:
    """A browser that is logged in to a daemon."""

    def __init__(self, daemon: Daemon) -> None:
        self.url = str(daemon.logged("serving")["url"]).rstrip("/")
        self.cookie = ""
        status, headers, _ = self.send("/login", {"password": PASSWORD})
        assert status == 303
        self.cookie = headers["set-cookie"].partition(";")[0]

    def send(self, path: str, fields: dict[str, str] | None = None) -> tuple[int, Message, str]:
        """Ask for a page, or send *fields* as a form; return status, headers and text."""
        connection = HTTPConnection(urlsplit(self.url).netloc, timeout=PATIENCE_SECONDS)
        headers = {"Origin": self.url, "Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        with closing(connection):
            connection.request("GET" if fields is None else "POST", path, urlencode(fields or {}), headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()

    def begin(self, path: str, fields: dict[str, str]) -> socket.socket:
        """Send a form whole, and wait for no answer."""
        place, body = urlsplit(self.url), urlencode(fields)
        sending = socket.create_connection((str(place.hostname), int(place.port or 0)))
        sending.sendall(
            f"POST {path} HTTP/1.1\r\nHost: {place.netloc}\r\nOrigin: {self.url}\r\nCookie: {self.cookie}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
        )
        return sending


def position(home: Path) -> int:
    with open_log(home) as log:
        return log.head("main").position


def await_more(home: Path, before: int) -> None:
    give_up = time.perf_counter() + PATIENCE_SECONDS
    while position(home) == before:
        assert time.perf_counter() < give_up
        time.sleep(0.005)


def test_a_form_that_a_killed_daemon_recorded_is_sent_again_and_stands_once_and_a_source_is_taken_up(
    home: Path, started: list[Daemon]
) -> None:
    write(home, sources="")
    record(home, PROFILE)
    set_password(home, PASSWORD)
    started.append(Daemon(home))
    owner = Owner(started[0])
    started[0].logged("chain verified")
    form = {**sent_by(owner.send("/act/bill")[2]), **BILL}
    preview = sent_by(owner.send("/act/bill", form)[2])
    before = position(home)
    with owner.begin("/act/bill", preview):
        await_more(home, before)
        started[0].process.kill()
        started[0].ended()

    started.append(Daemon(home))
    again = Owner(started[1])
    status, headers, page = again.send("/act/bill", preview)
    assert status == 303, page
    assert headers["location"].startswith(f"/event/page-{preview['nonce']}?")
    assert position(home) == before + 1

    rent = sent_by(again.send("/act/source/recurring")[2])
    rent |= {
        "key:name": "rent",
        "key:start": "2026-01-01",
        "key:category": "rent",
        "key:amount_usd": "650",
        "key:day": "1",
    }
    save = sent_by(again.send("/act/source/recurring", rent)[2])
    assert again.send("/act/source/recurring", save)[0] == 303
    await_more(home, before + 1)  # nobody started it again

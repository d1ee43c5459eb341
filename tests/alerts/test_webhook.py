"""An alert is posted as JSON to a real server; what is no success is tried again, and nobody is led elsewhere."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lotwork.alerts.channels import NotDeliveredError
from lotwork.alerts.webhook import Webhook
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.storage.batch import Message
from tests.patience import HANGS_SECONDS, SOON_SECONDS

ALERT = Message("source-silent:main:ocean:2027-01-01T06:00Z", "Source ocean is silent", "Look at it.\n")


class Hook(ThreadingHTTPServer):
    """A server that keeps what is posted."""

    daemon_threads = True
    status = 204
    location = ""
    waits = 0.0

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Post)
        self.over = threading.Event()
        self.taken: list[tuple[dict[str, str], dict[str, str]]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook?token=hunter2"


class Post(BaseHTTPRequestHandler):
    """One request."""

    server: Hook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.taken.append((dict(self.headers), json.loads(body)))
        self.server.over.wait(self.server.waits)
        self.send_response(self.server.status)
        if self.server.location:
            self.send_header("location", self.server.location)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:  # the base class prints
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    server = Hook()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


def webhook(url: str, *, allow_private: bool = True, seconds: float = 5) -> Webhook:
    return Webhook(url=url, clock=SystemClock(), allow_private=allow_private, deadline_seconds=seconds)


def test_an_alert_is_posted_with_its_id(hook: Hook) -> None:
    webhook(hook.url).send(ALERT)
    ((headers, body),) = hook.taken
    assert headers["x-lotwork-alert-id"] == headers["idempotency-key"] == ALERT.id
    assert body == {
        "schema": "lotwork.alert.v1",
        "id": ALERT.id,
        "subject": ALERT.subject,
        "body": ALERT.body,
        "text": "Source ocean is silent\nLook at it.",
    }


@pytest.mark.parametrize("status", [301, 400, 401, 404, 429, 500, 503])
def test_what_is_no_success_is_not_delivered_and_the_address_is_not_repeated(hook: Hook, status: int) -> None:
    hook.status = status
    with pytest.raises(NotDeliveredError, match=str(status)) as caught:
        webhook(hook.url).send(ALERT)
    assert "hunter2" not in str(caught.value)


def test_a_redirect_is_not_followed(hook: Hook) -> None:
    hook.status, hook.location = 307, hook.url
    with pytest.raises(NotDeliveredError, match="307"):
        webhook(hook.url).send(ALERT)
    assert len(hook.taken) == 1


def test_a_server_that_does_not_answer_is_left_at_the_deadline(hook: Hook) -> None:
    hook.waits = HANGS_SECONDS
    begun = time.perf_counter()
    with pytest.raises(NotDeliveredError, match="no answer"):
        webhook(hook.url, seconds=0.5).send(ALERT)
    assert time.perf_counter() - begun < SOON_SECONDS


def test_a_private_address_is_asked_only_when_that_was_allowed(hook: Hook) -> None:
    with pytest.raises(NotDeliveredError, match="allow_private"):
        webhook(hook.url, allow_private=False).send(ALERT)
    with pytest.raises(NotDeliveredError, match="not on the public internet"):
        webhook(hook.url.replace("http:", "https:"), allow_private=False).send(ALERT)
    assert hook.taken == []


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(NotDeliveredError, match="address"):
        webhook("https://host:port/").send(ALERT)

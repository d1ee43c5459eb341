"""`lotwork alert test` against a real mail server and a real hook: taken, refused, not reached, and none set up."""

from __future__ import annotations

import pytest

from lotwork.commands.alert import SUBJECT
from tests.commands.calling import Caller
from tests.ingest.scripted_server import Reply, serving
from tests.mail_server import Inbox, mail_server
from tests.ports import free_port

MAIL = """[alerts.email]
host = "127.0.0.1"
port = {port}
sender = "l@example.org"
recipients = ["m@example.org"]
starttls = false
"""
HOOK = '[alerts.webhook]\nurl_file = "hook"\nallow_private = true\n'


@pytest.fixture
def ready(lotwork: Caller) -> Caller:
    lotwork("init", "--no-input")
    return lotwork


def settle(lotwork: Caller, text: str) -> None:
    (lotwork.home / "config.toml").write_text(text, encoding="utf-8")


def hook(lotwork: Caller, url: str) -> None:
    (lotwork.home / "hook").write_text(f"{url}/hook?token=hunter2", encoding="utf-8")
    (lotwork.home / "hook").chmod(0o600)


def test_every_channel_takes_it_once(ready: Caller) -> None:
    inbox = Inbox()
    with mail_server(inbox) as port, serving() as server:
        server.answer = lambda _path: Reply()
        hook(ready, server.url)
        settle(ready, MAIL.format(port=port) + HOOK)
        told = ready("--json", "alert", "test").result
    assert [(row["channel"], row["taken"]) for row in told["channels"]] == [("email", True), ("webhook", True)]
    (letter,) = inbox.letters
    assert letter["Subject"] == f"Lotwork: {SUBJECT}"
    assert letter["X-Lotwork-Alert-Id"] == told["alert"]
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [500, 404, 302])
def test_one_that_does_not_take_it_is_told_and_the_others_are_tried(ready: Caller, status: int) -> None:
    inbox = Inbox()
    with mail_server(inbox) as port, serving() as server:
        server.answer = lambda _path: Reply(status=status)
        hook(ready, server.url)
        settle(ready, MAIL.format(port=port) + HOOK)
        told = ready("alert", "test", code=6)
    assert "email: taken" in told.out
    assert "webhook: " in told.out
    assert str(status) in told.out
    assert "hunter2" not in told.out + told.err
    assert len(inbox.letters) == 1


def test_a_server_that_is_not_there_is_told(ready: Caller) -> None:
    settle(ready, MAIL.format(port=free_port()))
    assert "email: " in ready("alert", "test", code=6).out


def test_where_none_is_set_up_it_says_how(ready: Caller) -> None:
    assert "[alerts.email], [alerts.webhook] or [alerts.apprise]" in ready("alert", "test", code=1).err


def test_a_secret_that_cannot_be_had_is_told_before_anything_is_sent(ready: Caller) -> None:
    settle(ready, HOOK)
    assert "alerts.webhook.url_file" in ready("alert", "test", code=3).err

"""An alert arrives at a real mail server, with the same Message-ID each time, within its deadline."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword
from hypothesis import given
from hypothesis import strategies as st

from lotwork.alerts.channels import NotDeliveredError
from lotwork.alerts.mail import Mail, message_id
from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.storage.batch import Message
from tests.mail_server import Inbox, mail_server
from tests.patience import SOON_SECONDS
from tests.ports import free_port

ALERT = Message("payment-due:main:2026-Q4:7", "Estimated tax 2026-Q4: $1,240.00 due", "Pay it.\nNext: pay.\n")


def only_hunter2(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=data.password == b"hunter2", handled=data.password == b"hunter2")


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def port(inbox: Inbox) -> Iterator[int]:
    with mail_server(inbox, authenticator=only_hunter2, auth_require_tls=False) as number:
        yield number


def mail(port: int, **changes: Any) -> Mail:
    settings: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "sender": "lotwork@example.org",
        "recipients": ("a@example.org", "b@example.org"),
        "clock": SetClock(datetime(2027, 1, 8, tzinfo=UTC)),
        "starttls": False,
    }
    return Mail(**{**settings, **changes})


def test_an_alert_arrives_whole_and_says_who_it_is(port: int, inbox: Inbox) -> None:
    mail(port).send(ALERT)
    (letter,) = inbox.letters
    assert letter["Subject"] == "Lotwork: Estimated tax 2026-Q4: $1,240.00 due"
    assert letter["X-Lotwork-Alert-Id"] == ALERT.id
    assert letter["Message-ID"] == message_id(ALERT.id)
    assert letter["To"] == "a@example.org, b@example.org"
    assert letter.get_payload().replace("\r\n", "\n") == ALERT.body  # type: ignore[union-attr] # a letter of one part


def test_sent_again_it_carries_the_same_message_id(port: int, inbox: Inbox) -> None:
    mail(port).send(ALERT)
    mail(port).send(ALERT)
    assert len({letter["Message-ID"] for letter in inbox.letters}) == 1


def test_a_subject_of_several_lines_adds_no_header(port: int, inbox: Inbox) -> None:
    mail(port).send(Message("x", "one\r\nBcc: all@example.org", "body"))
    assert inbox.letters[0]["Bcc"] is None


def test_a_login_that_is_accepted_sends(port: int, inbox: Inbox) -> None:
    mail(port, user="me", password="hunter2").send(ALERT)
    assert len(inbox.letters) == 1


def test_a_login_that_is_refused_says_so_and_not_the_password(port: int) -> None:
    with pytest.raises(NotDeliveredError, match="refused the login") as caught:
        mail(port, user="me", password="hunter3").send(ALERT)
    assert "hunter3" not in str(caught.value)


def test_a_letter_the_server_does_not_take_is_not_delivered(port: int, inbox: Inbox) -> None:
    inbox.answer = "451 later"
    with pytest.raises(NotDeliveredError, match="451"):
        mail(port).send(ALERT)


def test_a_server_without_starttls_gets_no_letter_when_starttls_is_asked_for(port: int, inbox: Inbox) -> None:
    with pytest.raises(NotDeliveredError, match="STARTTLS"):
        mail(port, starttls=True).send(ALERT)
    assert inbox.letters == []


def test_a_server_that_is_not_there_is_named() -> None:
    port = free_port()
    with pytest.raises(NotDeliveredError, match=f"127.0.0.1:{port}: no answer"):
        mail(port).send(ALERT)


def test_a_server_that_drips_is_left_at_the_deadline() -> None:
    """The timeout of smtplib is per read, and never fires here."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def drip() -> None:
            connection, _ = server.accept()
            with connection:
                while not over.wait(0.1):
                    try:
                        connection.sendall(b"2")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        begun = time.perf_counter()
        with pytest.raises(NotDeliveredError):
            mail(server.getsockname()[1], deadline_seconds=0.7, clock=SystemClock()).send(ALERT)
        took = time.perf_counter() - begun
        over.set()
        thread.join()
    assert 0.6 < took < SOON_SECONDS


@given(st.text(max_size=200), st.text(max_size=200))
def test_each_alert_has_its_own_legal_message_id(one: str, other: str) -> None:
    assert message_id(one).isascii()
    assert not set(message_id(one)[1:-1]) & set(' <>\r\n\t()[]:;,"\\')
    assert (message_id(one) == message_id(other)) == (one == other)

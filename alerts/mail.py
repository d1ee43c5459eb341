"""Alerts by e-mail: plain text over SMTP, within a deadline, with an id that makes a repeat recognisable."""

from __future__ import annotations

import hashlib
import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime

from lotwork.alerts.channels import DEADLINE_SECONDS, NotDeliveredError
from lotwork.ledger.clock import Clock
from lotwork.ledger.storage.batch import Message

_UNSAFE = re.compile(r"[^A-Za-z0-9-]+")


@dataclass(frozen=True, kw_only=True)
class Mail:
    """A mail server, and to whom it carries."""

    host: str
    port: int
    sender: str
    recipients: tuple[str, ...]
    clock: Clock
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    starttls: bool = True
    deadline_seconds: float = DEADLINE_SECONDS
    name: str = "email"

    def send(self, message: Message) -> None:
        """Hand *message* to the server; NotDeliveredError unless it took it for every recipient."""
        letter = self.letter(message)
        try:
            with self._connected() as server:
                refused = server.send_message(letter, self.sender, list(self.recipients))
        except (OSError, smtplib.SMTPException) as broken:
            raise self._not_taken(broken) from None
        if refused:
            raise NotDeliveredError(
                f"email: {self.host} refused {len(refused)} of the recipients: correct `recipients`"
            )

    def letter(self, message: Message) -> EmailMessage:
        """Return *message* as a letter; its Message-ID is the same each time it is sent."""
        letter = EmailMessage()
        letter["From"] = self.sender
        letter["To"] = ", ".join(self.recipients)
        letter["Subject"] = "Lotwork: " + " ".join(message.subject.split())
        letter["Date"] = format_datetime(self.clock.now())
        letter["Message-ID"] = message_id(message.id)
        letter["X-Lotwork-Alert-Id"] = " ".join(message.id.split())
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.body)
        return letter

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """Lend a session that ends when the deadline does: smtplib's own timeout is per read, and a server may drip."""
        server = smtplib.SMTP(timeout=self.deadline_seconds)
        over = threading.Timer(self.deadline_seconds, hang_up, (server,))
        over.daemon = True
        over.start()
        try:
            server.connect(self.host, self.port)
            if self.starttls:
                server.starttls(context=ssl.create_default_context())
            if self.user is not None:
                server.login(self.user, self.password or "")
            yield server
            with suppress(OSError, smtplib.SMTPException):
                server.quit()  # the message is taken; how the session ends no longer matters
        finally:
            over.cancel()
            server.close()

    def _not_taken(self, broken: Exception) -> NotDeliveredError:
        """Return what went wrong, without the server's own words: they may repeat the login."""
        match broken:
            case smtplib.SMTPAuthenticationError():
                why = "it refused the login: correct `user` and `password_file`"
            case smtplib.SMTPNotSupportedError():
                why = "it offers no STARTTLS or no login: correct `port`, or set starttls = false for a local relay"
            case smtplib.SMTPRecipientsRefused() | smtplib.SMTPSenderRefused():
                why = "it refused the sender or the recipients: correct them"
            case smtplib.SMTPResponseException():
                why = f"it answered {broken.smtp_code}: it is tried again"
            case _:
                why = f"no answer ({type(broken).__name__}): check the host and the port; it is tried again"
        return NotDeliveredError(f"email: {self.host}:{self.port}: {why}")


def hang_up(server: smtplib.SMTP) -> None:
    """Break the session of *server*, whatever it waits for."""
    if server.sock is not None:
        with suppress(OSError):
            server.sock.shutdown(socket.SHUT_RDWR)


def message_id(alert_id: str) -> str:
    """Return the Message-ID of an alert: readable, legal, and one for each id."""
    digest = hashlib.sha256(alert_id.encode()).hexdigest()[:12]
    readable = _UNSAFE.sub(".", alert_id).strip(".")[:60].strip(".") or "alert"
    return f"<{readable}.{digest}@alerts.lotwork.invalid>"

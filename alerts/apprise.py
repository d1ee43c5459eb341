"""Alerts over any service that apprise knows; the library is an extra, imported when the first alert is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lotwork.alerts.channels import NotDeliveredError
from lotwork.ledger.errors import ConfigError
from lotwork.ledger.storage.batch import Message


@dataclass(frozen=True, kw_only=True)
class Apprise:
    """The services behind some apprise addresses, each of which holds its own token."""

    urls: tuple[str, ...] = field(repr=False)
    name: str = "apprise"

    def send(self, message: Message) -> None:
        """Hand *message* to every service; NotDeliveredError unless all took it."""
        service = library().Apprise()
        if not all(service.add(url) for url in self.urls):
            raise NotDeliveredError("apprise: it does not know one of the addresses: see https://appriseit.com")
        if not service.notify(title=message.subject, body=f"{message.body}\nAlert {message.id}"):
            raise NotDeliveredError("apprise: a service did not take the alert: it is tried again")


def library() -> Any:
    """Return apprise, or say how to install it."""
    try:
        import apprise  # noqa: PLC0415 - an extra of 15 MB that most homes do not have
    except ImportError:
        raise ConfigError(
            "apprise is not installed: run `pip install 'lotwork[alerts]'`, or remove [alerts.apprise]"
        ) from None
    return apprise

"""Alerts as JSON to an address: one POST within a deadline, to a checked address, never redirected."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import httpx2

from lotwork.alerts.channels import DEADLINE_SECONDS, NotDeliveredError
from lotwork.ingest.asking.addresses import AddressRefusedError
from lotwork.ingest.asking.transport import Budget, PinnedNetwork, PinnedTransport
from lotwork.ledger.clock import Clock
from lotwork.ledger.storage.batch import Message

SCHEMA = "lotwork.alert.v1"


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """An address that takes alerts; *allow_private* where it is on this machine or network, http included."""

    url: str = field(repr=False)
    clock: Clock
    allow_private: bool = False
    deadline_seconds: float = DEADLINE_SECONDS
    name: str = "webhook"

    def send(self, message: Message) -> None:
        """Post *message*; NotDeliveredError unless the answer is a success."""
        url = self._target()
        content = json.dumps(
            {
                "schema": SCHEMA,
                "id": message.id,
                "subject": message.subject,
                "body": message.body,
                "text": text(message),
            }
        ).encode()
        headers = {
            "content-type": "application/json",
            "user-agent": "lotwork",
            "idempotency-key": message.id.encode("ascii", "replace").decode(),
            "x-lotwork-alert-id": message.id.encode("ascii", "replace").decode(),
        }
        budget = Budget(self.clock, self.deadline_seconds)
        network = PinnedNetwork(budget, allow_private=self.allow_private, tls=url.scheme == "https")
        transport = PinnedTransport(network, httpx2.create_ssl_context(trust_env=False))
        try:
            with (
                httpx2.Client(transport=transport, trust_env=False, follow_redirects=False) as client,
                client.stream("POST", url, content=content, headers=headers) as answer,
            ):
                status = answer.status_code  # the body is nobody's business, and may never end
        except AddressRefusedError as refused:
            raise NotDeliveredError(f"webhook: {refused}: correct it, or set allow_private = true") from None
        except httpx2.HTTPError as broken:
            raise NotDeliveredError(f"webhook: no answer ({type(broken).__name__}): it is tried again") from None
        if not httpx2.codes.is_success(status):
            raise NotDeliveredError(f"webhook: it answered {status}: check the address; it is tried again")

    def _target(self) -> httpx2.URL:
        """Return the address, which must be https unless it is the taxpayer's own."""
        try:
            url = httpx2.URL(self.url)
        except httpx2.InvalidURL:
            raise NotDeliveredError("webhook: its address cannot be read: write it like https://host/path") from None
        if url.scheme != "https" and not (self.allow_private and url.scheme == "http"):
            raise NotDeliveredError("webhook: its address must begin with https://, or set allow_private = true")
        return url


def text(message: Message) -> str:
    """Return the one text that chat services show."""
    return f"{message.subject}\n{message.body}".strip()

"""From settings to channels: the log always, and what else the taxpayer set up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from lotwork.alerts.channels import Channel, LogChannel
from lotwork.alerts.rules import Thresholds
from lotwork.ledger.clock import Clock
from lotwork.service.settings import Voice


def channels_of(
    settings: Voice, clock: Clock, reveal: Callable[[str | None, str | None], str | None]
) -> tuple[Channel, ...]:
    """Return every configured channel; *reveal* reads their secrets."""
    return (LogChannel(), *others_of(settings, clock, reveal))


def others_of(
    settings: Voice, clock: Clock, reveal: Callable[[str | None, str | None], str | None]
) -> Iterator[Channel]:
    """Yield the channels that leave this machine."""
    if settings.email is not None:
        from lotwork.alerts.mail import Mail  # noqa: PLC0415 - only where it is set up

        email = settings.email
        yield Mail(
            host=email.host,
            port=email.port,
            sender=email.sender,
            recipients=email.recipients,
            clock=clock,
            user=email.user,
            password=reveal(email.password, email.password_file),
            starttls=email.starttls,
        )
    if settings.webhook is not None:
        from lotwork.alerts.webhook import Webhook  # noqa: PLC0415 - httpx2, only where it is set up

        url = settings.webhook.url or reveal(None, settings.webhook.url_file)
        yield Webhook(url=url or "", clock=clock, allow_private=settings.webhook.allow_private)
    if settings.apprise is not None:
        from lotwork.alerts.apprise import Apprise, library  # noqa: PLC0415 - only where it is set up

        library()
        yield Apprise(urls=tuple(reveal(url, None) or "" for url in settings.apprise.urls))


def thresholds_of(settings: Voice) -> Thresholds:
    """Return when a fact becomes an alert."""
    return Thresholds(
        days_before=settings.days_before,
        silent=timedelta(hours=settings.silent_hours),
        pending=timedelta(hours=settings.pending_hours),
        harvest_fee=settings.harvest_fee,
    )

"""`lotwork alert`: whether an alert would arrive, tried before the day it must."""

from __future__ import annotations

import click

from lotwork.commands.answer import FINDINGS, Call, called, print_alone
from lotwork.commands.telling import hush, tell, without_secrets
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import LotworkError, SourceUnreachableError
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.reports.alerts import AlertTested, ChannelRow

SUBJECT = "A test: alerts arrive here"
BODY = (
    "This is what `lotwork alert test` sends. Nothing is due.\n"
    "Alerts of payments, silent sources and the like come the same way.\n"
)


@click.group("alert")
def alert_command() -> None:
    """Try the ways by which alerts are sent."""


@alert_command.command("test")
@called
def test_command(call: Call) -> int:
    """Send a test alert over every channel of the book, and say of each whether it was taken."""
    from lotwork.alerts.build import others_of  # noqa: PLC0415 - the group's help needs no channels
    from lotwork.config import FILE, load  # noqa: PLC0415 - the same
    from lotwork.ledger.storage.batch import Message  # noqa: PLC0415 - the same

    config, clock = load(call.home), SystemClock()
    hush(config.secrets())
    message = Message(f"test:{print_instant(clock.now())}", SUBJECT, BODY)
    rows: list[ChannelRow] = []
    for channel in others_of(config.settings.alerts.voice(call.book), clock, config.secret):
        try:
            channel.send(message)
        except LotworkError as refused:
            rows.append(ChannelRow(channel=channel.name, taken=False, trouble=without_secrets(str(refused))))
        else:
            rows.append(ChannelRow(channel=channel.name, taken=True, trouble=None))
    if call.as_json:
        print_alone("alert_test", AlertTested(alert=message.id, channels=tuple(rows)))
    for row in () if call.as_json else rows:
        tell(f"{row.channel}: {'taken: see whether it arrived' if row.taken else row.trouble}")
    if not rows:
        call.say(
            f"lotwork: alerts go into the daemon's log alone: write [alerts.email], [alerts.webhook] or "
            f"[alerts.apprise] into {call.home / FILE}"
        )
        return FINDINGS
    return 0 if all(row.taken for row in rows) else SourceUnreachableError.exit_code

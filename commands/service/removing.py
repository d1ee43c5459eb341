"""`lotwork service uninstall`: the unit is taken out, and the home stays."""

from __future__ import annotations

import click

from lotwork.commands.answer import Call, called
from lotwork.commands.service.status import OfUser, standing
from lotwork.commands.telling import tell
from lotwork.ledger.errors import InputRefusedError
from lotwork.service.manager import Manager, remove
from lotwork.service.unit import NAME, is_ours, kept_by


@click.command("uninstall")
@OfUser
@called
def uninstall_command(call: Call, *, of_user: bool) -> int:
    """End the service and take its unit out; the home and all in it stay."""
    manager = Manager(of_user)
    text = standing(manager)
    if text is None:
        call.say(f"{manager.file}: no unit is installed here: nothing to take out")
        return 0
    if not is_ours(text):
        raise InputRefusedError(f"{manager.file}: was not written by `lotwork service install`: take it out by hand")
    manager.check_there()
    manager.do("disable", "--now", NAME)
    remove(manager.file)
    manager.do("daemon-reload")
    manager.ask("reset-failed", NAME)
    tell(f"{manager.file}: taken out, and the daemon was ended; nothing of {kept_by(text)} was touched")
    return 0

"""`lotwork service`: the daemon kept running by systemd, from whatever this `lotwork` was installed with."""

from __future__ import annotations

import click

from lotwork.commands.service.installing import install_command
from lotwork.commands.service.removing import uninstall_command
from lotwork.commands.service.status import status_command


@click.group("service")
def service_command() -> None:
    """Keep the daemon running under systemd: install the unit, say how it stands, take it out."""


for each in (install_command, status_command, uninstall_command):
    service_command.add_command(each)

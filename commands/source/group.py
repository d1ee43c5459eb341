"""`lotwork source`: the sources of the settings, put in, tried, listed and taken out."""

from __future__ import annotations

import click

from lotwork.commands.source.adding import add_command
from lotwork.commands.source.listing import list_command
from lotwork.commands.source.removing import remove_command
from lotwork.commands.source.testing import test_command


@click.group("source")
def source_command() -> None:
    """Put in, test, list and take out what is watched: pools, nodes, folders, and who knows prices."""


for each in (add_command, test_command, list_command, remove_command):
    source_command.add_command(each)

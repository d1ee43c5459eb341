"""Every command there is, as the words that call it."""

from __future__ import annotations

from collections.abc import Iterator

import click

from lotwork import cli


def commands(group: click.Group = cli.lotwork, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the words of every command that does something, a group's own among its commands."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from commands(command, (*before, name))
        else:
            yield (*before, name)


def command_of(words: tuple[str, ...]) -> click.Command:
    """Return the command that *words* call."""
    command: click.Command = cli.lotwork
    for word in words:
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), word)
        assert found is not None
        command = found
    return command

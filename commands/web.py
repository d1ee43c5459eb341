"""`lotwork web`: the password with which a person may record from the pages."""

from __future__ import annotations

import sys

import click

from lotwork.commands.answer import Call, called, print_alone
from lotwork.commands.telling import tell
from lotwork.ledger.errors import UsageError
from lotwork.reports.web import PasswordListing
from lotwork.service.web_password import MOST_LETTERS, has_password, remove_password, set_password


@click.group("web")
def web_command() -> None:
    """Say who may record from the pages."""


@web_command.command("password")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read it from standard input, one line.")
@click.option("--remove", is_flag=True, help="Take it away: the pages are only read, and by this machine alone.")
@called
def password_command(call: Call, *, from_stdin: bool, remove: bool) -> int:
    """Set the password of the pages; whoever is logged in has to log in anew.

    It is asked for twice at a terminal. What is kept is its digest, in a file that only you may read.
    """
    if remove:
        if from_stdin:
            raise UsageError("--remove takes no password: leave --stdin out")
        remove_password(call.home)
    else:
        set_password(call.home, _asked(from_stdin=from_stdin))
    listing = PasswordListing(has_password=has_password(call.home))
    if call.as_json:
        print_alone("web_password", listing)
    elif remove:
        tell("The pages have no password: nothing is recorded from them, and only this machine may read them.")
    else:
        tell("The password is set: log in at the foot of any page, and record from there.")
    return 0


def _asked(*, from_stdin: bool) -> str:
    """Return the password that is told; UsageError where there is nobody to ask."""
    if from_stdin:
        return sys.stdin.readline(MOST_LETTERS + 2).rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("nobody sits here to be asked: give the password with --stdin")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt="Once more", err=True))

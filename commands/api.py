"""`lotwork api`: the token with which programs read `/api/v1` of the daemon, and the document of what they may ask."""

from __future__ import annotations

import click

from lotwork.commands.answer import Call, called, print_alone
from lotwork.commands.telling import tell
from lotwork.reports.api import TokenListing
from lotwork.service.api_token import FILE, has_token, make_token, remove_token


@click.group("api")
def api_command() -> None:
    """Let programs read the answers of this home over HTTP."""


@api_command.command("token")
@click.option("--remove", is_flag=True, help="Take it away: /api/v1 answers nobody then.")
@called
def token_command(call: Call, *, remove: bool) -> int:
    """Make a token for /api/v1 and print it, once; the one before holds no more.

    Whoever has it may read every figure of every book of this home, and change nothing. It is kept in the home, in a
    file that only you may read.
    """
    call.check_named()
    token = None
    if remove:
        remove_token(call.home)
    else:
        token = make_token(call.home)
    if call.as_json:
        print_alone("api_token", TokenListing(has_token=has_token(call.home), token=token))
    elif token is None:
        tell("There is no token: /api/v1 answers nobody.")
    else:
        tell(token)
        call.say(f"lotwork: kept in {call.home / FILE}; a program sends it as `Authorization: Bearer TOKEN`")
    return 0

"""Where the ledger is kept: `lotwork ledger init` makes one on a server, `ledger move` carries it there and back."""

from __future__ import annotations

import os
from pathlib import Path

import click
import msgspec

from lotwork.commands.answer import Call, called, print_alone
from lotwork.commands.telling import tell
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import UsageError
from lotwork.ledger.storage.lock import DaemonLock
from lotwork.ledger.storage.moving import move
from lotwork.ledger.storage.port import Database
from lotwork.ledger.storage.postgres.address import check_address, is_address
from lotwork.ledger.storage.sqlite.database import Sqlite
from lotwork.reports.upkeep import LedgerListing, MoveListing, list_heads
from lotwork.service.ledger_place import PREFIX, Ledger, database_of, ledger_settings, server_of
from lotwork.service.pointing import point

PasswordFile = click.option(
    "--password-file", metavar="FILE", help="The password of the server, in a file only you may read."
)


@click.group("ledger")
def ledger_command() -> None:
    """Keep the ledger in a file of the home, or on a PostgreSQL server."""


@ledger_command.command("init")
@click.option("--url", metavar="URL", help="The database, entered as the role that will own the ledger.")
@PasswordFile
@click.option("--app-role", metavar="ROLE", help="The role that Lotwork runs as: it may append and read, and no more.")
@called
def init_ledger(call: Call, *, url: str | None, password_file: str | None, app_role: str | None) -> int:
    """Make the tables and guards of a ledger in an empty database, and give a role its rights."""
    said = ledger_settings(call.home)
    url = url or said.url
    if url is None:
        raise UsageError("name the database: lotwork ledger init --url postgresql://OWNER@HOST/DATABASE")
    database = _server(call.home, url, said, password_file)
    try:
        database.begin()
        if app_role is not None:
            database.grant(app_role)
    finally:
        database.close()
    listing = LedgerListing(place=database.place, app_role=app_role)
    if call.as_json:
        print_alone("ledger_init", listing)
    else:
        rights = f"; {app_role} may append to it and read it" if app_role else ""
        tell(f"{database.place} is ready{rights}.\nNext:\n  lotwork ledger move --to URL")
    return 0


@ledger_command.command("move")
@click.option("--to", required=True, metavar="PLACE", help="A database, postgresql://ROLE@HOST/DATABASE, or this home.")
@PasswordFile
@called
def move_ledger(call: Call, *, to: str, password_file: str | None) -> int:
    """Copy the ledger to PLACE, verify the copy event by event, and keep it there from then on.

    PLACE is the address of a PostgreSQL database, or the folder of this home, to which the ledger then comes back. The
    settings and the evidence stay in the home. End every daemon first.
    """
    said = ledger_settings(call.home)
    if any(name.startswith(PREFIX) for name in os.environ):
        raise UsageError(f"a variable {PREFIX}… says where the ledger is: unset it, so that config.toml can say it")
    url = to if is_address(to) else None
    if url is None and Path(to).expanduser().resolve() != call.home.resolve():
        raise UsageError(
            f"--to {to}: is neither the address of a database nor this home: settings and evidence stay in "
            f"{call.home}, and so does a ledger in a file"
        )
    if url == said.url:
        raise UsageError(f"--to {to}: the ledger is there already")
    with DaemonLock.acquire(call.home):
        clock = SystemClock()
        source = database_of(call.home, clock)
        target = _server(call.home, url, said, password_file) if url else Sqlite(call.home, clock)
        try:
            moved = move(call.home, source, target, clock, switch=lambda: point(call.home, url, password_file))
        finally:
            source.close()
            target.close()
    listing = MoveListing(source=source.place, place=target.place, heads=list_heads(moved.heads))
    if call.as_json:
        print_alone("ledger_move", listing)
    else:
        events = sum(head.position for head in moved.heads.values())
        tell(f"{events} events are at {target.place}, verified; {moved.aside}.")
    return 0


def _server(home: Path, url: str, said: Ledger, password_file: str | None) -> Database:
    try:
        check_address(url)
    except ValueError as wrong:
        raise UsageError(f"{wrong}") from wrong
    if password_file is not None:
        said = msgspec.structs.replace(said, password=None, password_file=password_file)
    return server_of(home, url, said, SystemClock())

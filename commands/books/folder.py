"""The folder of homes that a command is of: `--homes DIR`, and never one home beside it."""

from __future__ import annotations

from pathlib import Path

import click

from lotwork.ledger.errors import UsageError

Homes = click.option("--homes", type=click.Path(path_type=Path), metavar="DIR",
                     help="The books of every home in the folder DIR.  [default: those of this home]")  # fmt: skip


def refuse_one_home() -> None:
    """Raise UsageError where one home is named as well."""
    context = click.get_current_context()
    before = context.find_object(dict) or {}
    if context.params.get("home") or before.get("home"):
        raise UsageError("--home is one home and --homes a folder of them: give one of the two")


def folder_meant(homes: Path) -> Path:
    """Return the folder *homes* in full; UsageError where it is none, or one home is named as well."""
    refuse_one_home()
    if not homes.is_dir():
        raise UsageError(f"--homes {homes}: it is no folder: name a folder of homes")
    return homes.absolute()

"""What the words of `lotwork source add` say, and what is said when it is done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lotwork.commands.answer import Call, print_alone
from lotwork.commands.telling import tell
from lotwork.ledger.storage.lock import daemon_pid
from lotwork.reports.sources import AddedListing


@dataclass(frozen=True, slots=True)
class Options:
    """What the words of the command say of the source."""

    settings: tuple[str, ...]
    files: tuple[str, ...]
    variables: tuple[str, ...]
    credentials: tuple[str, ...]
    keyrings: tuple[str, ...]
    tests: bool
    guided: bool
    """Whether a person sits at the terminal and may be asked."""


def after_a_change(home: Path, poll: str) -> tuple[str, ...]:
    """Return the commands that follow a change of the settings."""
    pid = daemon_pid(home)
    if pid is None:
        return (poll, "lotwork run")
    return (f"kill -HUP {pid}", "systemctl reload lotwork")


def say_added(call: Call, told: AddedListing) -> None:
    """Say that a source was added, and how that is taken up."""
    if call.as_json:
        print_alone("source_add", told)
        return
    for file in told.secret_files:
        tell(f"The secret is in {file}, which only you may read.")
    tell(f"{told.name} is in {told.file}.")
    tell_next(told.next)


def tell_next(commands: Sequence[str]) -> None:
    """Say how a change of the settings is taken up."""
    first, second = commands
    if first.startswith("kill"):
        tell(f"The daemon takes it up when it is told: {first}   (a service: {second})")
    else:
        tell(f"Next:\n  {first}\n  {second}")

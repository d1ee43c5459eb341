"""`lotwork service status`: whether the unit is installed, whether it runs, and what keeps it from running."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator, Mapping

import click

from lotwork.commands.answer import FINDINGS, Call, called, print_alone
from lotwork.commands.telling import tell
from lotwork.ledger.errors import StorageError
from lotwork.reports.service import ServiceListing
from lotwork.service.manager import Manager, lingers
from lotwork.service.unit import NAME, is_ours, kept_by, told_by

ENDED_WITH = {
    "2": "it was started in a way it does not know",
    "3": "its settings cannot be used: `lotwork doctor` says why",
    "4": "the ledger is damaged, or of a newer Lotwork: see `lotwork verify`",
    "5": "another daemon runs on its home, or the disk refuses it",
}
OfUser = click.option("--user", "of_user", is_flag=True, help="Of your own manager; no root is needed.")


@click.command("status")
@OfUser
@called
def status_command(call: Call, *, of_user: bool) -> int:
    """Say whether the unit is installed, whether it runs, and what keeps it from running."""
    manager = Manager(of_user)
    listing = status_of(manager)
    if call.as_json:
        print_alone("service_status", listing)
    elif not listing.installed:
        tell(f"{manager.file}: no unit is installed here: lotwork service install{manager.flags}")
    else:
        pid = f", pid {listing.pid}" if listing.pid else ""
        restarts = f", restarted {listing.restarts} times" if listing.restarts else ""
        tell(f"{listing.unit}: {listing.active}{pid}{restarts}, {listing.enabled}; {kept_by(standing(manager) or '')}")
        for problem in listing.problems:
            tell(f"  {problem}")
    return FINDINGS if listing.problems or not listing.installed else 0


def standing(manager: Manager) -> str | None:
    """Return the unit that is installed; None where there is none."""
    try:
        return manager.file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as refused:
        raise StorageError(f"{manager.file}: cannot be read ({refused})") from refused


def status_of(manager: Manager) -> ServiceListing:
    """Return how the unit of *manager* stands."""
    scope, text = "user" if manager.of_user else "machine", standing(manager)
    if text is None:
        return ServiceListing(
            installed=False, unit=str(manager.file), scope=scope, active=None, enabled=None, pid=None, restarts=None,
            home=None, problems=(),
        )  # fmt: skip
    manager.check_there()
    shown = manager.shown()
    home, _ = told_by(text)
    pid, restarts = (int(shown.get(name) or 0) for name in ("MainPID", "NRestarts"))
    return ServiceListing(
        installed=True,
        unit=str(manager.file),
        scope=scope,
        active=shown.get("ActiveState"),
        enabled=shown.get("UnitFileState"),
        pid=pid or None,
        restarts=restarts,
        home=None if home is None else str(home),
        problems=tuple(_problems(manager, text, shown)),
    )


def _problems(manager: Manager, text: str, shown: Mapping[str, str]) -> Iterator[str]:
    again = f"lotwork service install{manager.flags}"
    if not is_ours(text):
        yield "the unit was not written by `lotwork service install`: what it starts is not known here"
    home, program = told_by(text)
    if program is not None and not program.is_file():
        yield f"{program} is not there any more: install Lotwork, then {again}"
    if home is not None and not home.is_dir():
        yield f"{home} is not there any more: bring the home back, or {again} for another"
    active = shown.get("ActiveState")
    if active == "failed":
        why = ENDED_WITH.get(shown.get("ExecMainStatus", ""), shown.get("Result", "it failed"))
        yield f"it has ended: {why}; what it said: `journalctl{manager.flags} -u {NAME} -n 30`"
    elif active in ("activating", "reloading"):
        yield f"it is starting ({shown.get('SubState')}): {shown.get('StatusText') or 'ask again'}"
    elif active != "active":
        yield f"it does not run: systemctl{manager.flags} start {NAME}"
    if shown.get("UnitFileState") not in ("enabled", "enabled-runtime"):
        yield f"it does not start by itself: systemctl{manager.flags} enable {NAME}"
    if manager.of_user and not lingers(pwd.getpwuid(os.getuid()).pw_name):
        yield "it ends when you log out: loginctl enable-linger"

"""`lotwork service install`: the unit is written, checked and started, or what stood before stands again."""

from __future__ import annotations

import os
import pwd
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from lotwork.commands.answer import Call, called, print_alone
from lotwork.commands.books.folder import Homes, folder_meant
from lotwork.commands.service.status import OfUser, standing, status_of
from lotwork.commands.telling import tell
from lotwork.ledger.errors import BusyError, ConfigError, InputRefusedError, StorageError, UsageError
from lotwork.service.home import ENVIRONMENT
from lotwork.service.manager import START_SECONDS, Manager, check_unit, lingers, remove
from lotwork.service.unit import NAME, Unit, is_ours, kept_by

TRIED_SECONDS = 60


@click.command("install")
@OfUser
@click.option("--run-as", metavar="USER", help="Whose home it is, where root installs it.  [default: who called sudo]")
@click.option("--credential", "pairs", multiple=True, metavar="NAME=FILE", help="A secret that systemd hands over.")
@click.option("--environment-file", type=click.Path(path_type=Path), metavar="FILE", help="Where env:NAME is set.")
@Homes
@click.option("--print", "only_print", is_flag=True, help="Print the unit, and install nothing.")
@called
def install_command(
    call: Call,
    *,
    of_user: bool,
    run_as: str | None,
    pairs: tuple[str, ...],
    environment_file: Path | None,
    homes: Path | None,
    only_print: bool,
) -> int:
    """Write the unit, start it, and have it started with the machine (with your session, under --user).

    With --homes it keeps every home of a folder, as `lotwork run --homes` does.
    """
    owner = _owner(of_user=of_user, run_as=run_as)
    home = _home(call, owner, of_user=of_user) if homes is None else _of_owner(_plain_path(folder_meant(homes)), owner)
    kept = (home,) if homes is None else _homes(call, home)
    unit = Unit(
        command=_program(),
        home=home,
        user=None if of_user else owner.pw_name,
        many=homes is not None,
        credentials=_credentials(pairs),
        environment_file=None if environment_file is None else _plain_path(environment_file),
        writable=tuple(dict.fromkeys(place for each in kept for place in _heads_elsewhere(each))),
    )
    for each in kept:
        _check_secrets(unit, each)
    if only_print:
        tell(unit.text().rstrip("\n"))
        return 0
    manager = Manager(of_user)
    manager.check_there()
    _try_program(unit, owner)
    _install(unit, manager, kept)
    return _tell_installed(call, unit, manager, owner)


def _owner(*, of_user: bool, run_as: str | None) -> pwd.struct_passwd:
    """Return whose daemon it is."""
    if of_user:
        if run_as is not None:
            raise UsageError("--run-as: your own manager runs it as you: leave one of --user and --run-as out")
        return pwd.getpwuid(os.getuid())
    if os.geteuid() != 0:
        raise UsageError(
            "a unit of the machine is installed by root: lotwork service install --user, for your own session, or "
            f"sudo {' '.join(_program())} service install"
        )
    name = run_as or os.environ.get("SUDO_USER")
    if not name:
        raise UsageError("whose home is it? Say --run-as USER, as one that `useradd --system --create-home` made")
    try:
        return pwd.getpwnam(name)
    except KeyError:
        raise UsageError(f"--run-as {name}: no such user: make one, `useradd --system --create-home {name}`") from None


def _home(call: Call, owner: pwd.struct_passwd, *, of_user: bool) -> Path:
    """Return the home, in full; it must be there, and be the owner's."""
    home = call.home
    if not of_user and not call.named:
        home = Path(owner.pw_dir) / ".local" / "share" / "lotwork"
    home = _plain_path(home)
    if not home.is_dir():
        raise UsageError(f"{home}: no home is there: make it first, as {owner.pw_name}: lotwork --home {home} init")
    return _of_owner(home, owner)


def _of_owner(folder: Path, owner: pwd.struct_passwd) -> Path:
    """Return *folder*, which must be the owner's."""
    if folder.stat().st_uid != owner.pw_uid:
        raise UsageError(
            f"{folder}: is not {owner.pw_name}'s: chown -R {owner.pw_name} {folder}, or say another --run-as"
        )
    return folder


def _homes(call: Call, folder: Path) -> tuple[Path, ...]:
    """Return the homes of *folder* whose settings can be used; the daemon leaves out any other, and so it is told."""
    from lotwork.config import load  # noqa: PLC0415 - the group's help needs no settings
    from lotwork.hosting.many import load_many  # noqa: PLC0415 - the same
    from lotwork.service.homes import homes_in  # noqa: PLC0415 - the same

    load_many(folder, environ={})
    kept = []
    for home in homes_in(folder):
        try:
            load(home, environ={})
        except ConfigError as refused:
            call.say(f"lotwork: {home.name} will not be kept before it is mended: {refused}")
        else:
            kept.append(home)
    return tuple(kept)


def _plain_path(path: Path) -> Path:
    """Return *path* in full; what ends a line of a unit is refused."""
    whole = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - a link may be led elsewhere later: it stays one
    if not str(whole).isprintable():
        raise UsageError(f"{str(whole)!r}: a unit file cannot name such a path: choose one without control characters")
    return whole


def _program() -> tuple[str, ...]:
    """Return how this `lotwork` is started from anywhere: its script, or Python with its module and no other folder."""
    script = Path(sys.executable).with_name("lotwork")
    return (str(script),) if script.is_file() else (sys.executable, "-P", "-m", "lotwork")


def _credentials(pairs: tuple[str, ...]) -> dict[str, Path]:
    told: dict[str, Path] = {}
    for pair in pairs:
        name, separator, file = pair.partition("=")
        if not separator or not file or not name.replace("-", "").replace("_", "").replace(".", "").isalnum():
            raise UsageError(f"--credential {pair}: write NAME=FILE, as in bitcoin=/etc/lotwork/bitcoin.password")
        told[name] = _plain_path(Path(file))
        if not told[name].is_file():
            raise UsageError(f"--credential {name}: {told[name]}: no such file")
    return told


def _heads_elsewhere(home: Path) -> Iterator[Path]:
    """Yield the folders outside the home that the settings have the daemon write into."""
    from lotwork.config import load  # noqa: PLC0415 - the group's help needs no settings
    from lotwork.service.settings import IN_FILE  # noqa: PLC0415 - the same

    for place in load(home, environ={}).settings.heads.also:
        if place.startswith(IN_FILE):
            yield _plain_path(home / place.removeprefix(IN_FILE)).parent


def _check_secrets(unit: Unit, home: Path) -> None:
    """Refuse settings of *home* whose secrets the service would not find: it has nothing of this shell."""
    from lotwork.config import load  # noqa: PLC0415 - the group's help needs no settings
    from lotwork.ingest.sections import references  # noqa: PLC0415 - the same
    from lotwork.service.toml_file import dotted  # noqa: PLC0415 - the same

    of_home = f"{home.name}: " if unit.many else ""
    for path, reference in references(load(home, environ={}).settings):
        kind, _, name = reference.partition(":")
        if kind == "credential" and name not in unit.credentials:
            raise ConfigError(f"{of_home}{dotted(path)} names credential:{name}: say --credential {name}=FILE")
        if kind == "env" and unit.environment_file is None:
            raise ConfigError(
                f"{of_home}{dotted(path)} names env:{name}, and a service does not have your shell's environment: say "
                "--environment-file FILE, or put the secret into a file of mode 0600 and write file:PATH"
            )


def _try_program(unit: Unit, owner: pwd.struct_passwd) -> None:
    """Start the program once as systemd will: as its user, with nothing of this shell."""
    changes = unit.user is not None
    try:
        done = subprocess.run(  # noqa: S603 - our own program, by its full path
            [*unit.command, "--version"],
            cwd="/",
            env={"HOME": owner.pw_dir, "PATH": os.defpath},
            capture_output=True,
            text=True,
            check=False,
            timeout=TRIED_SECONDS,
            user=owner.pw_uid if changes else None,
            group=owner.pw_gid if changes else None,
            extra_groups=() if changes else None,
        )
        why = done.stderr.strip().splitlines()[-1:] or [f"it ended with {done.returncode}"]
    except (OSError, subprocess.TimeoutExpired) as refused:
        done, why = None, [str(refused)]
    if done is None or done.returncode:
        raise StorageError(
            f"{' '.join(unit.command)}: cannot be started by {owner.pw_name} ({why[0]}): install Lotwork where that "
            "user can read it, under /opt say"
        )


def _install(unit: Unit, manager: Manager, kept: tuple[Path, ...]) -> None:
    """Put the unit in its place and start it; where it does not start, what stood there before stands there again."""
    before = standing(manager)
    if before is not None and not is_ours(before):
        raise InputRefusedError(f"{manager.file}: another's unit stands there: move it away first")
    for place in dict.fromkeys((unit.home, *kept)):
        _check_alone(place, manager)
    _write(manager.file, unit.text())
    try:
        check_unit(manager.file, of_user=manager.of_user)
        manager.do("daemon-reload")
        manager.do("enable", NAME)
        manager.do("restart", NAME, seconds=START_SECONDS)
    except StorageError as refused:
        _put_back(manager, before)
        raise StorageError(
            f"the service did not start, and what stood before stands again: {refused}; what it said: "
            f"`journalctl{manager.flags} -u {NAME} -n 30`"
        ) from refused


def _check_alone(home: Path, manager: Manager) -> None:
    """Refuse a *home*, or a folder of homes, on which a daemon runs that is not this service."""
    from lotwork.ledger.storage.lock import daemon_pid  # noqa: PLC0415 - only an installation asks

    pid = daemon_pid(home)
    if pid is not None and pid != manager.shown().get("MainPID"):
        raise BusyError(f"{home}: a daemon runs there already (pid {pid}): end it first, kill {pid}")


def _write(file: Path, text: str) -> None:
    from lotwork.service.settings_file import replace_text  # noqa: PLC0415 - only an installation writes

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        replace_text(file, text)
        file.chmod(0o644)
    except OSError as refused:
        raise StorageError(f"{file}: cannot be written ({refused})") from refused


def _put_back(manager: Manager, before: str | None) -> None:
    manager.ask("disable", "--now", NAME)
    if before is None:
        remove(manager.file)
        manager.ask("daemon-reload")
        manager.ask("reset-failed", NAME)
        return
    _write(manager.file, before)
    manager.ask("daemon-reload")
    manager.ask("enable", "--now", NAME, seconds=START_SECONDS)


def _tell_installed(call: Call, unit: Unit, manager: Manager, owner: pwd.struct_passwd) -> int:
    listing = status_of(manager)
    left = sorted(name for name in os.environ if name.startswith("LOTWORK_") and name != ENVIRONMENT)
    if call.as_json:
        print_alone("service_install", listing)
    else:
        from lotwork.config import load  # noqa: PLC0415 - only an installation asks
        from lotwork.hosting.many import load_many  # noqa: PLC0415 - the same

        daemon = (load_many if unit.many else load)(unit.home, environ={}).settings.daemon
        tell(f"{manager.file}: installed and started (pid {listing.pid}), {kept_by(unit.text())}")
        tell(f"  dashboard  http://{daemon.host}:{daemon.port}")
        tell(f"  log        journalctl{manager.flags} -u {NAME} -f")
        tell(f"  settings   systemctl{manager.flags} reload {NAME}, after you edited them")
    if left:
        call.say(f"lotwork: {', '.join(left)} of this shell: the service does not have it; write it into config.toml")
    if manager.of_user and not lingers(owner.pw_name):
        call.say(
            "lotwork: it ends when you log out, and starts when you log in: to have it run always, "
            f"loginctl enable-linger {owner.pw_name}"
        )
    return 0

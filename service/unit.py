"""The systemd unit that keeps the daemon running: of one user's own manager, or of the machine's for one user.

Every path in it is absolute: systemd knows no environment, no working folder and no shell. A user's own manager can
confine a service less than the machine's; what needs mounts of its own stands in the machine's unit alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

NAME = "lotwork.service"
MARK = "# Written by `lotwork service install`; `lotwork service uninstall` takes it out again."
HOME_KEY, HOMES_KEY, COMMAND_KEY = "X-LotworkHome=", "X-LotworkHomes=", "X-LotworkCommand="
"""Keys that systemd leaves alone, for `lotwork service status`."""

_RUN = """\
Type=notify
NotifyAccess=main
ExecReload=/bin/kill -HUP $MAINPID
WatchdogSec=60
TimeoutStartSec=10min
TimeoutStopSec=20
Restart=on-failure
RestartSec=15
# usage, refused settings, a damaged ledger, a second daemon: starting again would not help
RestartPreventExitStatus=2 3 4 5
UMask=0077
"""
_CONFINED = """\
NoNewPrivileges=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
# refused, not killed: SQLite asks for chown where it runs as root, and takes no for an answer
SystemCallErrorNumber=EPERM
MemoryMax=512M
TasksMax=256
"""
_OF_THE_MACHINE = """\
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=read-only
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
ProtectProc=invisible
ProcSubset=pid
PrivateTmp=yes
PrivateDevices=yes
RestrictNamespaces=yes
"""


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit is made of; *user* is None in a user's own manager."""

    command: tuple[str, ...]
    """How `lotwork` is started: absolute, its options left out."""
    home: Path
    """The home, or where it keeps `many` the folder of them."""
    user: str | None = None
    many: bool = False
    credentials: Mapping[str, Path] = field(default_factory=dict)
    environment_file: Path | None = None
    writable: tuple[Path, ...] = ()
    """Folders outside the home that the settings have it write into."""

    def text(self) -> str:
        """Return the unit file."""
        wanted = "default.target" if self.user is None else "multi-user.target"
        sections = (self._unit(), self._service(), (f"WantedBy={wanted}",))
        heads = ("[Unit]", "[Service]", "[Install]")
        told = ("\n".join((head, *lines)) + "\n" for head, lines in zip(heads, sections, strict=True))
        return f"{MARK}\n\n" + "\n".join(told)

    def _unit(self) -> Iterator[str]:
        yield "Description=Lotwork, the miner's tax ledger"
        if self.user is not None:  # a user's own manager knows nothing of the network
            yield "Wants=network-online.target"
            yield "After=network-online.target"
        yield "# a bug at every start must not fill the journal for ever"
        yield "StartLimitIntervalSec=10min"
        yield "StartLimitBurst=5"
        yield (HOMES_KEY if self.many else HOME_KEY) + str(self.home)
        yield COMMAND_KEY + self.command[0]

    def _service(self) -> Iterator[str]:
        place = str(self.home)
        words = ("run", "--homes", place) if self.many else ("--home", place, "run")
        yield f"ExecStart={' '.join(map(word, (*self.command, *words)))}"
        if self.user is not None:
            yield f"User={self.user}"
        if self.environment_file is not None:
            yield f"EnvironmentFile={_value(self.environment_file)}"
        for name, file in self.credentials.items():
            yield f"LoadCredential={name}:{_value(file)}"
        yield from _RUN.splitlines()
        if self.user is not None:
            for folder in (self.home, *self.writable):
                yield f"ReadWritePaths={word(str(folder))}"
            yield from _OF_THE_MACHINE.splitlines()
        yield from _CONFINED.splitlines()


def word(text: str) -> str:
    """Return *text* as one word of a unit's list or command, whatever stands in it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if escaped != text or " " in text or "'" in text else text


def _value(path: Path) -> str:
    return str(path).replace("%", "%%")


def told_by(text: str) -> tuple[Path | None, Path | None]:
    """Return the home, or the folder of homes, and the program that a unit we wrote names; None where it names none."""
    home, program = (
        next((Path(line.removeprefix(key)) for line in text.splitlines() for key in keys if line.startswith(key)), None)
        for keys in ((HOME_KEY, HOMES_KEY), (COMMAND_KEY,))
    )
    return home, program


def kept_by(text: str) -> str:
    """Return in words what a unit keeps: a home, or the homes of a folder."""
    many = any(line.startswith(HOMES_KEY) for line in text.splitlines())
    return f"{'homes in' if many else 'home'} {told_by(text)[0]}"


def is_ours(text: str) -> bool:
    """Say if a unit file was written by us."""
    return text.startswith(MARK)

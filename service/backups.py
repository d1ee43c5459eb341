"""Backups on a schedule: one file each time, verified before it has its name, and the older ones thinned out.

Whether one is due is read from the files themselves, so that a daemon that was off for a week begins with one. Files
whose name is not one of ours are never touched, and nothing is taken out where the new one was not made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import StorageError
from lotwork.ledger.storage.backup import backup
from lotwork.ledger.storage.doctor import Check
from lotwork.ledger.storage.log import EventLog
from lotwork.service.settings import Backup

_NAME = "lotwork-%Y%m%dT%H%M%SZ.tar"
_OURS = re.compile(r"lotwork-\d{8}T\d{6}Z\.tar")


def back_up_if_due(log: EventLog, settings: Backup, clock: Clock) -> Path | None:
    """Write a backup of *log* where the newest one is too old, and thin out the others; return it, or None.

    Raises what `ledger.storage.backup` raises; the older ones then stay, all of them.
    """
    if settings.folder is None or not log.database.begun():
        return None
    folder, now = log.home / settings.folder, clock.now()
    made = dict(_made(folder))
    newest = max(made, default=None)
    if newest is not None and newest <= now < newest + timedelta(hours=settings.every_hours):
        return None
    file = folder / now.astimezone(UTC).strftime(_NAME)
    backup(log, file, clock=clock)
    made[_instant(file)] = file
    keep = kept(made, settings)
    for at, old in made.items():
        if at not in keep and old != file:
            old.unlink(missing_ok=True)
    return file


def kept(made: Iterable[datetime], settings: Backup) -> set[datetime]:
    """Return which of the backups *made* stay: the newest of each of the last days, weeks and months that have one."""
    newest_first = sorted(made, reverse=True)
    spans = (
        (settings.keep_days, lambda at: at.date()),
        (settings.keep_weeks, lambda at: at.isocalendar()[:2]),
        (settings.keep_months, lambda at: (at.year, at.month)),
    )
    keep: set[datetime] = set()
    for many, span_of in spans:
        newest: dict[object, datetime] = {}
        for at in newest_first:
            newest.setdefault(span_of(at), at)
        keep.update(list(newest.values())[:many])
    return keep


def backup_check(home: Path, settings: Backup, clock: Clock) -> Iterator[Check]:
    """Yield whether the newest backup is as young as the settings want it; nothing where none are wanted."""
    if settings.folder is None:
        return
    folder = home / settings.folder
    try:
        newest = max(dict(_made(folder)), default=None)
    except StorageError as refused:
        yield Check("backups", ok=False, detail=str(refused), remedy="mount or make the folder, or name another")
        return
    if newest is None:
        yield Check("backups", ok=False, detail=f"none in {folder} yet", remedy="the daemon makes one: lotwork run")
        return
    age = clock.now() - newest
    hours = int(age.total_seconds() // 3600)
    yield Check(
        "backups",
        ok=age <= timedelta(hours=2 * settings.every_hours),
        detail=f"the newest in {folder} is {hours} hours old",
        remedy="" if age <= timedelta(hours=2 * settings.every_hours) else "see why in the daemon's log: lotwork run",
    )


def _made(folder: Path) -> Iterator[tuple[datetime, Path]]:
    """Yield the backups in *folder* by their instant; StorageError where it cannot be looked into."""
    try:
        names = sorted(each.name for each in folder.iterdir())
    except OSError as refused:
        raise StorageError(f"{folder}: backups cannot be kept there ({refused})") from refused
    for name in names:
        if _OURS.fullmatch(name):
            try:
                yield _instant(folder / name), folder / name
            except ValueError:  # the name of no instant: a file of somebody's own
                continue


def _instant(file: Path) -> datetime:
    return datetime.strptime(file.name, _NAME).replace(tzinfo=UTC)

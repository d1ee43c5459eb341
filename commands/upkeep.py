"""The upkeep of the ledger: verify, head, backup, restore, doctor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from lotwork.commands.answer import FINDINGS, Call, called, print_result
from lotwork.commands.telling import hush, tell
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import ConfigError, LotworkError, UsageError
from lotwork.ledger.evidence_lost import REMEDY, Lost, in_words, lost_evidence
from lotwork.ledger.public_form.parse_words import print_instant
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.sqlite.database import Sqlite
from lotwork.reports.upkeep import BackupListing, HeadListing, RestoreListing, list_checks, list_verified
from lotwork.service.ledger_place import database_of, open_log

if TYPE_CHECKING:
    from lotwork.ledger.storage.doctor import Check

INTEGRITY = 4


@click.command("verify")
@click.option("--renew-heads", is_flag=True, help="Write heads.log anew where it is damaged and every event is sound.")
@called
def verify_command(call: Call, *, renew_heads: bool) -> int:
    """Verify every event of every book, the heads kept outside the database, and every piece of evidence."""
    from lotwork.ledger.storage import renewing  # noqa: PLC0415 - not every command verifies
    from lotwork.ledger.storage.evidence import Evidence  # noqa: PLC0415 - the same
    from lotwork.ledger.storage.verify import verify  # noqa: PLC0415 - the same

    database = database_of(call.home)
    renewed = renewing.renew_heads(call.home, SystemClock(), database) if renew_heads else None
    found = renewed or verify(call.home, database=database)
    if found.ok:
        call.check_named()
        if places := call.places():
            from lotwork.alerts.elsewhere import held_against  # noqa: PLC0415 - few homes have any

            found = held_against(places, call.home, found)
    kept = Evidence(call.home)
    damaged = next(kept.damaged(), None) if found.ok else None
    if damaged is not None:
        found = msgspec.structs.replace(
            found, ok=False, message=f"evidence {damaged} is not what was kept: restore a backup"
        )
    lost = lost_in(call) if found.ok and not all(map(kept.holds, found.evidence)) else ()
    if lost:
        found = msgspec.structs.replace(found, ok=False, message=f"{in_words(lost)}: {REMEDY}")
    head = found.heads.get(call.book, Head(call.book))
    if call.as_json:
        print_result("verify", list_verified(found), head=head)
    elif found.ok:
        heads = found.heads if found.heads and call.book not in found.heads else {call.book: head}
        ends = "; ".join(f"{book} ends at {end.position}, {end.hash}" for book, end in sorted(heads.items()))
        tell(f"{found.events} events are as they were written; {ends}")
    else:
        call.say(f"lotwork: {found.message}")
    for note in () if call.as_json else found.notes:
        call.say(f"lotwork: {note}")
    if not found.ok:
        return INTEGRITY
    return FINDINGS if found.notes else 0


@click.command("head")
@called
def head_command(call: Call) -> int:
    """Print where the log ends: its last position and hash. Keep it somewhere else: it proves what was written."""
    with call.log() as log:
        head = log.head(call.book)
    if call.as_json:
        print_result("head", HeadListing(), head=head)
    else:
        tell(f"{head.book} {head.position} {head.hash}")
    return 0


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@called
def backup_command(call: Call, *, file: Path) -> int:
    """Write a verified copy of the ledger and its evidence to FILE, while the daemon goes on working."""
    from lotwork.ledger.storage.backup import backup  # noqa: PLC0415 - not every command backs up

    with call.log(begun=False) as log:
        call.check_named()
        lost = lost_in(call)  # before: what keeps it from being seen keeps the backup from being made
        manifest = backup(log, file, clock=SystemClock())
    told = BackupListing(
        file=str(file), events=manifest.events, evidence=len(manifest.evidence), evidence_lost=len(lost)
    )
    if call.as_json:
        print_result("backup", told, head=manifest.heads.get(call.book, Head(call.book)))
    else:
        tell(f"{file}: {told.events} events and {told.evidence} pieces of evidence, verified")
    if lost:
        call.say(f"lotwork: it holds all there is, and yet {in_words(lost)}: {REMEDY}")
    return INTEGRITY if lost else 0


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--allow-older", is_flag=True, help="Bring it back though events were written after it.")
@called
def restore_command(call: Call, *, file: Path, allow_older: bool) -> int:
    """Bring a backup back, verified first; what stood in the home is set aside, not deleted."""
    from lotwork.ledger.storage.restore import restore  # noqa: PLC0415 - not every command restores

    if not isinstance(database_of(call.home), Sqlite):
        raise UsageError(
            f"{call.home}: its ledger is on a server, which takes no history but its own: restore into a new folder "
            "with --home, and then `lotwork ledger move --to` a new database"
        )
    manifest = restore(file, call.home, clock=SystemClock(), allow_older=allow_older)
    told = RestoreListing(file=str(file), home=str(call.home), events=manifest.events)
    if call.as_json:
        print_result("restore", told, head=manifest.heads.get(call.book, Head(call.book)))
    else:
        tell(f"{call.home}: {told.events} events are back, as of {_instant(manifest.created)}")
    try:
        lost = lost_in(call)
    except LotworkError as unseen:
        call.say("lotwork: all that the backup holds is back; whether more is missing cannot be seen: `lotwork verify`")
        return unseen.exit_code
    if lost:
        call.say(f"lotwork: all that the backup holds is back, and yet {in_words(lost)}: {REMEDY}")
    return INTEGRITY if lost else 0


def _instant(created: str) -> str:
    """Return when a backup was made, to the second; what is no instant is told as its manifest has it."""
    try:
        return print_instant(datetime.fromisoformat(created).replace(microsecond=0))
    except ValueError:
        return created


@click.command("doctor")
@called
def doctor_command(call: Call) -> int:
    """Look at the home, the ledger and the machine, and say what to mend."""
    from lotwork.config import FILE, load  # noqa: PLC0415 - only the doctor reads settings here
    from lotwork.ledger.storage.doctor import Check  # noqa: PLC0415 - the same
    from lotwork.service.backups import backup_check  # noqa: PLC0415 - the same
    from lotwork.service.prices_asked import prices_check  # noqa: PLC0415 - the same
    from lotwork.service.sources import believed  # noqa: PLC0415 - the same

    if not call.home.exists():
        call.check_named()
    config = call.home / FILE
    checks = list(_examined(call, config))
    if config.exists():
        try:
            settings = load(call.home)
            hush(settings.secrets())
            checks.append(Check("settings", ok=True, detail=f"{config} can be used"))
        except ConfigError as broken:
            checks.append(Check("settings", ok=False, detail=str(broken), remedy="mend the file"))
        else:
            checks += believed(settings.settings)
            checks += prices_check(call.home, settings.settings.prices)
            checks += backup_check(call.home, settings.settings.backup, SystemClock())
    checks += evidence_check(call)
    listing = list_checks(checks)
    if call.as_json:
        print_result("doctor", listing, head=_head(call))
    else:
        for row in listing.checks:
            tell(f"{'ok  ' if row.ok else 'MEND'}  {row.name}: {row.detail}")
            if row.remedy:
                tell(f"      {row.remedy}")
    return 0 if listing.ok else 1


def _examined(call: Call, config: Path) -> Iterator[Check]:
    """Yield every check; settings that do not say where the ledger is leave only what needs no ledger."""
    from lotwork.ledger.storage.doctor import Check, examine  # noqa: PLC0415 - only the doctor examines

    try:
        database = database_of(call.home)
    except ConfigError as broken:
        yield Check("ledger", ok=False, detail=str(broken), remedy="mend the settings")
        database = None
    yield from examine(call.home, config=config if config.exists() else None, database=database)


def lost_in(call: Call) -> tuple[Lost, ...]:
    """Return each event of the home that names evidence which is not kept."""
    from lotwork.ledger.storage.evidence import Evidence  # noqa: PLC0415 - not every command asks for evidence

    with open_log(call.home, check_heads=False) as log:
        return lost_evidence(log, Evidence(call.home))


def evidence_check(call: Call) -> Iterator[Check]:
    """Yield whether all evidence that events name is kept; of a log that cannot be read another check tells."""
    from lotwork.ledger.storage.doctor import Check  # noqa: PLC0415 - only the doctor makes checks

    with suppress(LotworkError):
        lost = lost_in(call)
        detail = in_words(lost) if lost else "all that events name is kept"
        yield Check("evidence", ok=not lost, detail=detail, remedy=REMEDY if lost else "")


def _head(call: Call) -> Head:
    """Return where the book ends; an empty one's where the log cannot be read, since a check says so already."""
    try:
        with call.log(begun=False) as log:
            return log.head(call.book)
    except LotworkError:
        return Head(call.book)

"""Writing `heads.log` anew where it was damaged, emptied or lost, once a person has compared the head."""

from __future__ import annotations

from pathlib import Path

from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import StorageError
from lotwork.ledger.storage.heads import heads_file, line_of, look, replace_lines
from lotwork.ledger.storage.port import Database
from lotwork.ledger.storage.verify import Verification, held_against, verify_database


def renew_heads(home: Path, clock: Clock, database: Database) -> Verification:
    """Verify every event, and tell the heads anew where what tells them is damaged; the former file is kept beside.

    IntegrityError where the events are not what was written, or what can be read of the heads tells of others.
    """
    file = heads_file(home)
    with database.still():
        outside = look(file)
        if held_against(outside, home, None, database).ok:
            return verify_database(database, outside.told)
        found = verify_database(database, outside.told)
        if not found.ok:
            raise found.error()
        now = clock.now()
        lines = b"".join(line_of(head, now.isoformat()) for _, head in sorted(found.heads.items()))
        try:
            if file.exists():
                file.with_name(f"{file.name}.until-{now:%Y%m%dT%H%M%S%f}").hardlink_to(file)
            replace_lines(file, lines)
        except OSError as refused:
            raise StorageError(
                f"{file}: could not be written anew ({refused}): free space or mend the disk, and try again"
            ) from refused
    return found

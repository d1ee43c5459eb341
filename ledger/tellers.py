"""Who told an event: a source by its name, or the export a row stood in, or nobody who has a name.

A row of a file that names no source is told by that file. `lotwork import` writes after the digest of its cells which
columns the file has and which file it is, so that a pool's export and an exchange's are two that tell. Two rows of one
file are two events.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import NamedTuple

from lotwork.ledger.events import Event

FROM_A_FILE = "csv"
"""The source of rows whose map names none."""
FROM_FILES = frozenset({None, FROM_A_FILE})
"""Sources that are no one's own: two files may both be told under one of these."""
BY_A_RULE = "recurring:"
"""What the id of an expense begins with that a dated rule wrote, before the rule's name."""
BY_A_UTILITY = "green-button"
"""The source of what a utility's own meter counted, as its export tells it: that of the whole house, or of the farm."""
FEE_SHARE = 50
"""What arrives may be less than what left by a fiftieth of it: an exchange keeps its fee of a withdrawal."""
OF_A_FILE, _OF = "@", "."
"""What stands between the digest of a row and that of its file, and within the latter."""
_DIGITS = 8


class Teller(NamedTuple):
    """Who told it: a source's name, and of rows that name none, the columns of their file and the file."""

    source: str | None
    columns: str = ""
    file: str = ""


def teller_of(event: Event) -> Teller:
    """Return who told *event*."""
    if event.source != FROM_A_FILE or event.row is None:
        return Teller(event.source)
    columns, _, file = event.row.partition(OF_A_FILE)[2].partition(_OF)
    return Teller(FROM_A_FILE, columns, file)


def mark_of_file(columns: Collection[str], content: bytes) -> str:
    """Return what is written after the digest of each row of a file with *columns* and *content*."""
    named = "\x00".join(sorted(column.casefold() for column in columns))
    return f"{OF_A_FILE}{_short(named.encode())}{_OF}{_short(content)}"


def cells_of(row: str) -> str:
    """Return the digest of the cells of a row, whichever file it stands in."""
    return row.partition(OF_A_FILE)[0]


def _short(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_DIGITS]

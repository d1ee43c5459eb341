"""How far an account was read: stored as text with its events."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import msgspec

from lotwork.ingest.missing import Missing
from lotwork.ledger.errors import IntegrityError


class Same(msgspec.Struct, frozen=True, array_like=True):
    """What a row of the API is that an import told too: the import's event, and a digest of what the API said of it."""

    other: str
    said: str


class Cursor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that happened before `through` (epoch seconds) was told, and each undated list up to its mark."""

    through: int
    reads: str = ""
    """What the settings say of its rows: where that changes, all of them are read again."""
    marks: dict[str, str] = {}
    open: dict[str, str] = {}
    """The rows that wait for a person's word, by the exchange's id, with what is asked."""
    refused: dict[str, str] = {}
    """The rows that no rule knows, likewise."""
    missing: dict[str, Missing] = {}
    """What is recorded and was not listed, by the event's id."""
    same: dict[str, Same] = {}
    """What an import of the export told too, by the id that the API's row would give it."""
    again: int = 0
    """When all of the account was last read from its beginning."""
    rights_at: int = 0
    """When it was last seen what the key may do."""
    told: tuple[str, ...] = ()
    """What was told of the key then, so that it is told once."""
    look: int = 0
    """How many looks have written a page; with `walk` it tells one page of a look from every other."""
    walk: int | None = None
    """How far a look has come that is not at its end."""

    def text(self) -> str:
        """Return the text to store."""
        return msgspec.json.encode(self, order="sorted").decode()


def read_cursor(text: str | None, source: str, start: int) -> Cursor:
    """Return the cursor stored as *text*; the beginning at *start* where there is none."""
    try:
        return msgspec.json.decode(text, type=Cursor) if text else Cursor(through=start)
    except msgspec.MsgspecError:
        raise IntegrityError(
            f"the stored cursor of {source} cannot be read: run `lotwork verify`, then restore a backup"
        ) from None


def claimed_by_others(cursors: Mapping[str, str], name: str) -> set[str]:
    """Return which events of imports other sources than *name* are known to tell too, as their *cursors* say."""
    claimed: set[str] = set()
    for source, told in cursors.items():
        if source != name and '"same"' in told:
            with suppress(msgspec.MsgspecError):  # that of a source of another kind
                claimed |= {known.other for known in msgspec.json.decode(told, type=Cursor).same.values()}
    return claimed

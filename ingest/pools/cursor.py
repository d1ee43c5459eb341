"""How far the lists of a pool were read, and what is remembered of them: stored as text with the events."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from lotwork.ingest.missing import Missing
from lotwork.ledger.errors import IntegrityError


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """A row that was recorded: when it happened (epoch seconds), and a digest of the events it became."""

    at: int
    digest: str


class Walk(msgspec.Struct, frozen=True, kw_only=True):
    """A walk through the pages of a span that is not at its end: the page to ask for, and what was seen."""

    start: int
    end: int
    page: str
    begun: int = 0
    """When it began: one that is a day old begins anew."""
    pages: int = 0
    again: bool = False
    """Whether it reads once more what is long read."""
    oldest: int | None = None
    stale: int = 0
    """How many pages on end told nothing that an earlier one had not."""
    seen: tuple[str, ...] = ()


class ListState(msgspec.Struct, frozen=True, kw_only=True):
    """How far one list was read."""

    through: int
    """Everything up to this instant (epoch seconds) was told."""
    again: int = 0
    """When all of it was last read once more."""
    again_from: int | None = None
    """How far the reading once more has come, while it lasts."""
    walk: Walk | None = None
    kept: dict[str, Kept] = {}
    missing: dict[str, Missing] = {}
    unknown: tuple[str, ...] = ()
    """Keys that were told and nobody declared."""
    met: tuple[str, ...] = ()
    """Those of them that were told while all is read once more."""
    policy: str = ""
    """What counted as income when, by the book, at the last look."""
    last: str | None = None
    """The newest row that was recorded."""
    present_at: int = 0
    """When what the pool tells of now alone was last recorded."""
    account: str = ""
    """Whose list it is, by what the ids of its events begin with."""
    owed: dict[str, int] = {}
    """What it said last that it owes, by coin."""

    def has_learnt(self, before: ListState | None, idle: int) -> bool:
        """Return whether this is more than *before*, beyond what *idle* seconds without news are."""
        if before is None or self.through - before.through >= idle:
            return True
        return (self.again, self.again_from, self.missing, self.unknown, self.policy) != (
            before.again, before.again_from, before.missing, before.unknown, before.policy
        )  # fmt: skip


class PoolCursor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The state of every list of one account."""

    lists: dict[str, ListState] = {}

    @classmethod
    def read(cls, text: str | None, source: str) -> PoolCursor:
        """Return the cursor stored as *text*; the beginning where there is none."""
        try:
            return msgspec.json.decode(text, type=cls) if text else cls()
        except msgspec.MsgspecError:
            raise IntegrityError(
                f"the stored cursor of {source} cannot be read: run `lotwork verify`, then restore a backup"
            ) from None

    def with_list(self, name: str, state: ListState) -> PoolCursor:
        """Return this cursor with another state of one list."""
        return PoolCursor(lists={**self.lists, name: state})

    def has_learnt(self, before: PoolCursor, idle: int) -> bool:
        """Return whether any list learnt something since *before*."""
        return any(state.has_learnt(before.lists.get(name), idle) for name, state in self.lists.items())

    def text(self) -> str:
        """Return the text to store."""
        return msgspec.json.encode(self, order="sorted").decode()


def instant(seconds: int) -> datetime:
    """Return the instant of so many *seconds* since 1970."""
    return datetime.fromtimestamp(seconds, UTC)


def seconds_of(at: datetime) -> int:
    """Return the whole seconds of *at* since 1970."""
    return int(at.timestamp())

"""How far OCEAN was read: through when, paid through when, and what the overlap already told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime

import msgspec
from msgspec.structs import replace

from lotwork.ingest.missing import Missing
from lotwork.ingest.pools.ocean_answers import Earnpay
from lotwork.ingest.suspense import Untaken
from lotwork.ledger.errors import IntegrityError


class Seen(msgspec.Struct, frozen=True, array_like=True):
    """When a recorded item happened (epoch seconds), and its satoshis."""

    at: int
    sats: int


class OceanCursor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The state of one reading, carried as text: it is stored in the transaction that stores the events."""

    through: int
    """Everything up to this instant (epoch seconds) was asked for."""
    paid: int
    """The earnings up to this instant have been paid out."""
    seen: dict[str, Seen]
    """What was recorded within the overlap, by id."""
    missing: dict[str, Missing] = {}
    """What is recorded and was not listed."""
    again: int = 0
    """When all of it was last read once more."""
    again_from: int | None = None
    """How far the reading once more has come, while it lasts."""
    again_paid: int = 0
    """The earnings up to this instant have been paid out, as far as it has come."""
    owed_at: int = 0
    """When the pool was last asked what it owes."""
    present_at: int = 0
    """When what the pool tells of now alone was last recorded."""
    owed: dict[str, int] = {}
    """What it said last that it owes, by coin."""
    left: int = 0
    """How much was then neither paid on the chain nor owed."""
    policy: str = ""
    """What counted as income when, by the book, at the last look."""
    unknown: tuple[str, ...] = ()
    """Keys that were told and are not known here."""

    @classmethod
    def beginning(cls, start: datetime, now: datetime) -> OceanCursor:
        """Return the cursor before anything was read."""
        seconds = int(start.timestamp())
        return cls(through=seconds, paid=seconds - 1, seen={}, again=int(now.timestamp()))

    @classmethod
    def read(cls, text: str, source: str) -> OceanCursor:
        """Return the cursor stored as *text*."""
        try:
            return msgspec.json.decode(text, type=cls)
        except msgspec.MsgspecError:
            raise IntegrityError(
                f"the stored cursor of {source} cannot be read: run `lotwork verify`, then restore a backup"
            ) from None

    @property
    def instant(self) -> datetime:
        """The instant everything was asked for."""
        return datetime.fromtimestamp(self.through, UTC)

    def moved(self, through: datetime, paid: int, seen: dict[str, Seen], keep_from: datetime) -> OceanCursor:
        """Return the cursor after a reading; what lies before *keep_from* is forgotten."""
        oldest = keep_from.timestamp()
        kept = {key: one for key, one in sorted(seen.items()) if one.at >= oldest}
        return msgspec.structs.replace(self, through=int(through.timestamp()), paid=paid, seen=kept)

    def without(self, former: Collection[str]) -> OceanCursor:
        """Return this cursor without what is called otherwise since."""
        if not former:
            return self
        seen = {key: one for key, one in self.seen.items() if key not in former}
        return replace(self, seen=seen, missing={key: one for key, one in self.missing.items() if key not in former})

    def text(self) -> str:
        """Return the text to store."""
        return msgspec.json.encode(self).decode()


def alerted(
    state: OceanCursor, told: Earnpay, gone: Iterable[str], item: str, cut: Iterable[Untaken] = ()
) -> tuple[OceanCursor, tuple[str, ...]]:
    """Return what is remembered, and the words for what a person must look at."""
    unknown = sorted(told.unknown - {*state.unknown})
    words = [f"{key} was recorded, and the pool no longer lists it: it is void" for key in gone]
    words += [one.words for one in cut]
    if unknown:
        words.append(f"{item}: keys that are not known here: {', '.join(unknown)}: all else was read; report this")
    return replace(state, unknown=tuple(sorted({*state.unknown, *unknown}))), tuple(words)

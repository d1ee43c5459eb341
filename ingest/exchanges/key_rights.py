"""What a key may do at an exchange: one that may send coins away is refused, of one that may trade a person is told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from msgspec.structs import replace

from lotwork.ingest.exchanges.cursor import Cursor
from lotwork.ingest.exchanges.house import Ask, House, Rights
from lotwork.ingest.exchanges.talk import DOES_NOT_TAKE
from lotwork.ingest.ports import NOTHING
from lotwork.ledger.errors import SourceRefusedError

TAKES_CARE = "a key that may only read is enough"


def checked(
    name: str, house: House, ask: Ask, known: Cursor, now: datetime, *, scrub: Callable[[str], str]
) -> tuple[Cursor, list[str]]:
    """Return the cursor that remembers what the key may do, and what of it is told for the first time.

    Raises SourceRefusedError where it may send coins away.
    """
    try:
        rights = house.rights(ask)
    except SourceRefusedError as refused:
        if DOES_NOT_TAKE in str(refused):
            raise
        rights = Rights(unknown=f"what this key may do is not told ({refused})")
    if rights.spends:
        raise SourceRefusedError(
            f"{name}: this key may send coins away ({', '.join(rights.spends)[:200]}), and is not used: "
            f"{TAKES_CARE}: {house.how_to_read}; take this one back there: {NOTHING}"
        )
    words = []
    if rights.trades:
        may = ", ".join(rights.trades)[:200]
        words.append(f"this key may do more than read ({may}): {TAKES_CARE}: {house.how_to_read}")
    if rights.unknown:
        words.append(f"{rights.unknown}: see for yourself that it may only read: {house.how_to_read}")
    if rights.account:
        words.append(f"the key sees {rights.account} and no other account: each has a key and a source of its own")
    said = tuple(map(scrub, words))
    fresh = [each for each in said if each not in known.told]
    return replace(known, rights_at=int(now.timestamp()), told=said), fresh

"""Rows that were recorded and are not listed: three times missed, over a day at least, is withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lotwork.ingest.pools.cursor import Missing
from lotwork.ingest.pools.walking import A_DAY

MOST_TIMES = 3


def missed(
    expected: Mapping[str, int], seen: Collection[str], before: Mapping[str, Missing], now: int
) -> tuple[list[str], dict[str, Missing]]:
    """Return the rows that count as withdrawn, and those that are missing so far.

    *expected* are recorded rows that the list should have told, with their instants; an answer that is empty by mistake
    takes nothing back, for it is not empty three times over a day.
    """
    missing = {key: one for key, one in before.items() if key not in seen}
    gone: list[str] = []
    for key, at in sorted(expected.items()):
        if key in seen:
            continue
        one = missing.pop(key, Missing(at, 0, now))
        if one.times + 1 >= MOST_TIMES and now - one.since >= A_DAY:
            gone.append(key)
        else:
            missing[key] = Missing(at, one.times + 1, one.since)
    return gone, missing

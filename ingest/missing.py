"""Rows that were recorded and are not listed: three times missed, over a day at least, is withdrawn.

All that was ever read is read again once a month, sooner where a row of long ago was missing: so what a service tells
late, otherwise or no longer is found at any age.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec

A_DAY = 86_400
MONTHLY = 30 * A_DAY
SOONER = A_DAY // 2
MOST_TIMES = 3
MOST_IN_A_ROW = 20
"""Rows one after the other that a service takes back: where more lie between two that it tells, its list was cut."""
MOST_OF_A_LIST = 4
"""More than that part of a list gone, a quarter, and more than so many rows: all of it was told otherwise."""
CUT = "cut"
"""What such a list is called in suspense."""


class Missing(msgspec.Struct, frozen=True, array_like=True):
    """A row that is recorded and was not listed: when it happened, how often it was missed, and since when."""

    at: int
    times: int
    since: int
    """0 where its list was cut: it stands until a person looks, and nothing is read sooner for its sake."""


def standing(at: int) -> Missing:
    """Return what is remembered of a row of the instant *at* whose list was cut."""
    return Missing(at, MOST_TIMES, 0)


def missed(
    expected: Mapping[str, int],
    seen: Collection[str],
    before: Mapping[str, Missing],
    now: int,
    *,
    whole: tuple[int, int] | None = None,
) -> tuple[list[str], dict[str, Missing]]:
    """Return the rows that count as withdrawn, and those that are missing so far.

    *expected* are recorded rows that the list should have told, with their instants; an answer that is empty by mistake
    takes nothing back, for it is not empty three times over a day. Where *whole* is given, *expected* is all that is
    recorded from its first instant until before its second: what was missing there and is not expected, since a person
    voided it or the list no longer reaches back to it, is missing no more, and nothing is read sooner for its sake.
    """
    first, last = whole or (0, 0)
    missing = {
        key: one for key, one in before.items() if key not in seen and (key in expected or not first <= one.at < last)
    }
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


def is_due_again(last: int, missing: Iterable[Missing], recent: int, now: int) -> bool:
    """Return whether all is to be read again, which was last done at *last*, all in seconds since 1970.

    A row missing from before *recent*, which each look reads anyway, is looked for sooner. What was done a day ahead of
    now was done by a clock that was wrong: what came since its look may lie further back than a look reads.
    """
    is_ahead = last - now > A_DAY
    return is_ahead or now - last >= (SOONER if any(one.since and one.at < recent for one in missing) else MONTHLY)


def cut_out(gone: Collection[str], expected: Mapping[str, int], missing: Collection[str]) -> set[str]:
    """Return which of the rows *gone* a list lost by being cut: what a service takes back lies here and there.

    *expected* are the recorded rows that it should have told, with their instants; *missing* those that it did not tell
    and that are not gone yet. Where more than a part of all is gone, no stretch is needed.
    """
    if len(gone) <= MOST_IN_A_ROW:
        return set()
    if len(gone) * MOST_OF_A_LIST > len(expected):
        return {*gone}
    cut: set[str] = set()
    stretch: list[str] = []
    for name in [*sorted(expected, key=lambda name: (expected[name], name)), ""]:
        if name in gone:
            stretch.append(name)
        elif name not in missing:
            cut.update(stretch if len(stretch) > MOST_IN_A_ROW else ())
            stretch = []
    return cut

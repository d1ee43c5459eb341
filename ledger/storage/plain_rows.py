"""The short way of verification: rows of one book held against what they should be, a block at a time, by columns.

It says only that all is well; where it does not, `ledger.storage.verify.row_fault` looks at each row and says what is
wrong with which. So nothing here may call well what that one would not, and a test holds every change to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import accumulate, chain, repeat
from typing import Any

from lotwork.ledger.codec import UNREADABLE, decode_columns
from lotwork.ledger.errors import IntegrityError
from lotwork.ledger.events import Event
from lotwork.ledger.storage.chain import (
    DOMAIN,
    INT_PREFIX,
    SHORT,
    TEXT_PREFIX,
    Field,
    bound,
    prefix_of_text,
)
from lotwork.ledger.storage.rows import EPOCH, Tail
from lotwork.ledger.units import MICROSECOND

ODD = (*UNREADABLE, IntegrityError, AttributeError, IndexError, TypeError, ValueError)
"""What a column raises that holds something else than the log stores."""
Parts = Iterable[bytes]


def follow_plainly(rows: Sequence[Sequence[Any]], tail: Tail) -> bool:
    """Say if *rows*, each the columns of a `Row`, plainly are the next after *tail*, which is moved to their end then.

    False where one of them may be none; *tail* stays where it is.
    """
    books, places, names, kinds, versions, ats, latest, sources, txids, recorded, payloads, before, hashes = zip(
        *rows, strict=True
    )
    first, count = tail.position + 1, len(rows)
    try:
        sound = (
            set(map(type, chain(places, versions, ats, latest, recorded))) == {int}
            and books.count(tail.book) == count
            and places == tuple(range(first, first + count))
            and before == (tail.hash, *hashes[:-1])
            and latest == tuple(accumulate(ats, max, initial=tail.latest_us))[1:]
            and recorded[0] >= tail.recorded_us
            and sorted(recorded) == [*recorded]
            and _repeat((names, ats, sources, txids), decode_columns(kinds, versions, payloads))
            and hashes
            == _hashes(
                before,
                _numbers(places),
                [repeat(bound(tail.book))],
                _texts(names),
                _often_alike(kinds),
                _often_alike(versions),
                _numbers(ats),
                _often_alike(sources),
                _often_alike(txids),
                _often_alike(recorded),
                _texts(payloads),
            )
        )
    except ODD:
        return False
    if sound:
        tail.position, tail.hash, tail.latest_us, tail.recorded_us = places[-1], hashes[-1], latest[-1], recorded[-1]
    return sound


def _repeat(columns: tuple[Sequence[Any], ...], events: Sequence[Event]) -> bool:
    """Say if the *columns* of ids, instants, sources and transactions repeat what the *events* say."""
    names, ats, sources, txids = columns
    return (
        [event.id for event in events] == [*names]
        and [(event.at - EPOCH) // MICROSECOND for event in events] == [*ats]
        and [event.source for event in events] == [*sources]
        and [getattr(event, "txid", None) for event in events] == [*txids]
    )


# -- hashes, as `chain.digest` makes each -----------------------------------------------------------------------------


def _hashes(before: Parts, *columns: Iterable[Parts]) -> tuple[bytes, ...]:
    """Return the hash of each row, from the hashes *before* each and its *columns*, as they are bound."""
    bound_rows = map(b"".join, zip(repeat(DOMAIN), before, *chain.from_iterable(columns)))
    return tuple([sha256(row).digest() for row in bound_rows])


def _numbers(column: Sequence[int]) -> tuple[Parts, Parts]:
    """Return a column of numbers as each is bound: what stands before its digits, and these."""
    digits = [b"%d" % number for number in column]
    return map(INT_PREFIX.__getitem__, map(len, digits)), digits


def _texts(column: Sequence[str]) -> tuple[Parts, Parts]:
    """Return a column of texts as each is bound: what stands before its bytes, and these."""
    contents = [*map(str.encode, column)]
    sizes = [*map(len, contents)]
    return map(TEXT_PREFIX.__getitem__ if max(sizes) < SHORT else prefix_of_text, sizes), contents


def _often_alike(column: Sequence[Field]) -> tuple[Parts]:
    """Return a column as each of it is bound, once for all that say the same."""
    first = column[0]
    if column.count(first) == len(column):
        return (repeat(bound(first)),)
    known = {each: bound(each) for each in set(column)}
    return (map(known.__getitem__, column),)

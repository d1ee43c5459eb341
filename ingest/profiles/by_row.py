"""A row a deal: each row by itself, but for what only the other rows of its file show to be wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial

from lotwork.ingest.profiles.deal import Deal
from lotwork.ingest.profiles.profile import fold
from lotwork.ingest.profiles.readers import Reader
from lotwork.ingest.profiles.row import CellError, Row, pointed, without_signs
from lotwork.ledger.units import ZERO

WENT = frozenset({"sell", "outflow", "spend", "donated", "lost", "stolen", "fee"})
"""Meanings of what left, which a house tells with a sign, or without one: never both."""


def deals_by_row(rows: Sequence[Row], reader: Reader) -> Iterator[tuple[Sequence[Row], Callable[[], Deal]]]:
    """Yield each row with what makes its deal."""
    given_back, told_before = _of_other_sign(rows), _fees_told_before(rows)
    for row in rows:
        if row.line in given_back:
            yield [row], partial(_given_back, reader, row)
        elif row.line in told_before:
            yield [row], partial(_without_fee, reader, row)
        else:
            yield [row], partial(reader, row)


def with_commas(rows: Sequence[Row]) -> Sequence[Row]:
    """Return the *rows* of a file, each with it said where one of them has a decimal comma."""
    told = (without_signs(text) for row in rows for text in row.cells.values() if "," in text)
    return [row._replace(commas=True) for row in rows] if any(pointed(text) != text for text in told) else rows


def _of_other_sign(rows: Sequence[Row]) -> frozenset[int]:
    """Return the lines whose amount has the other sign than most rows of the same word; all where they are as many."""
    signs: dict[str, Counter[bool]] = {}
    told = [
        (row.line, word, number) for row in rows if (word := _word(row)) and (number := _number(row)) and row.is_done
    ]
    for _, word, number in told:
        signs.setdefault(word, Counter())[number > 0] += 1
    most = {word: max(count.values()) for word, count in signs.items() if len(count) > 1}
    tied = {word for word, count in signs.items() if len(set(count.values())) < len(count)}
    return frozenset(
        line for line, word, number in told if word in most and (word in tied or signs[word][number > 0] < most[word])
    )


def _word(row: Row) -> str:
    """Return what *row* says that it is; nothing where the sign of its amount alone does."""
    return " ".join(filter(None, (fold(row.text(role)) for role in ("category", "operation", "type"))))


def _number(row: Row) -> Decimal:
    """Return the amount of *row*; 0 where it is none that can be read, which the reader says."""
    try:
        return row.number("quantity") or ZERO
    except CellError:
        return ZERO


def _given_back(reader: Reader, row: Row) -> Deal:
    deal = reader(row)
    if deal.meaning in WENT:
        words = "it has the other sign than the rows of the same word: it may have been given back"
        raise CellError(row.column("quantity"), words, "record it by hand")
    return deal


def _fees_told_before(rows: Sequence[Row]) -> frozenset[int]:
    """Return the lines that tell the fee of a transaction once more: it has one, to however many it paid."""
    seen: set[tuple[str, ...]] = set()
    again: set[int] = set()
    for row in rows:
        told = tuple(fold(row.text(role)) for role in ("txid", "fee", "fee_unit", "type"))
        if row.face.profile.value == "gross" and row.face.profile.reader == "wallet_app" and all(told):
            again |= {row.line} if told in seen else set()
            seen.add(told)
    return frozenset(again)


def _without_fee(reader: Reader, row: Row) -> Deal:
    deal = reader(row)
    if deal.out is not None and deal.fees:
        deal.fees = []
    return deal

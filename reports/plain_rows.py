"""The JSON of very many rows that are as usual, put together as text: a third of what each row made costs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any

from lotwork.reports.result import between_brackets
from lotwork.reports.rows import Row

PLAIN = bytes(letter for letter in range(0x20, 0x7F) if letter not in b'"\\')
"""What JSON takes as it stands."""


def form_of(row: type[Row], told: Sequence[str], **others: Any) -> str:
    """Return the JSON of a *row* as it stands between the brackets of a list in an answer, to be filled in.

    Each field that is *told* is a text, and has %s in its place; the *others* are the same in every row.
    """
    return between_brackets((row(**dict.fromkeys(told, "%s"), **others),)).decode()


def filled_in(form: str, cells: Sequence[tuple[str, ...]]) -> bytes | None:
    """Return the JSON of the rows whose texts are *cells*; None where JSON tells one of them otherwise."""
    if "".join(chain.from_iterable(cells)).encode("utf-8", "surrogatepass").translate(None, PLAIN):
        return None
    return ",".join([form % texts for texts in cells]).encode()

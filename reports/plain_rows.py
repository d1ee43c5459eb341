"""The JSON of very many rows that are as usual, put together as text: a third of what each row made costs."""

from __future__ import annotations

from collections.abc import Sequence
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


def filled_in(form: str, columns: Sequence[Sequence[str]]) -> bytes | None:
    """Return the JSON of the rows whose texts are *columns*, as long as each other, in the order they stand in *form*.

    There is one at least. None where JSON tells one of the texts otherwise.
    """
    if any("".join(texts).encode("utf-8", "surrogatepass").translate(None, PLAIN) for texts in columns):
        return None
    first, *between, last = form.split("%s")
    told = [""] * (2 * len(columns) * len(columns[0]))
    for place, (texts, after) in enumerate(zip(columns, (*between, f"{last},{first}"), strict=True)):
        told[2 * place :: 2 * len(columns)] = texts
        told[2 * place + 1 :: 2 * len(columns)] = [after] * len(texts)
    return "".join((first, *told[:-1], last)).encode()

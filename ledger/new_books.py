"""A book that begins with what comes in, though a slip of the pen made its name: its events would be in no return.

`lotwork init --book NAME` begins a book whatever its name is.
"""

from __future__ import annotations

import shlex
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping

from lotwork.ledger.errors import Problem

LONG_ENOUGH = 4
"""Names of fewer letters are near each other by chance."""


def slips_of_books(first: Mapping[str, str], there: Collection[str]) -> Iterator[Problem]:
    """Yield a problem for each new book whose name is a slip of one that is *there*.

    *first* says of each book that events come into where the first of them stands.
    """
    for book in sorted(first.keys() - set(there)):
        meant = slip_of(book, there)
        if meant is not None:
            reason = f"there is no book {book!r} yet: did you mean {meant!r}?"
            remedy = f"correct it; a book called so begins with its profile: `lotwork init --book {shlex.quote(book)}`"
            yield Problem(first[book], "book", reason, remedy)


def slip_of(name: str, others: Iterable[str]) -> str | None:
    """Return which of *others* a slip of the pen makes *name* of; None where there is none.

    A slip changes capitals, blanks or marks, the order of letters, or leaves one letter out or writes one more; what
    differs in a digit is told apart on purpose.
    """
    plain = _letters(name)
    return next((other for other in sorted(others) if other != name and _is_slip(plain, _letters(other))), None)


def _letters(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(filter(str.isalnum, folded)) or folded


def _is_slip(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    if "".join(filter(str.isdigit, one)) != "".join(filter(str.isdigit, other)):
        return False
    if len(shorter) == len(longer):
        return shorter == longer or (len(one) >= LONG_ENOUGH and sorted(one) == sorted(other))
    fewer = (longer[:place] + longer[place + 1 :] for place in range(len(longer)))
    return len(longer) == len(shorter) + 1 >= LONG_ENOUGH and shorter in fewer

"""The forms of the second business on a joint return: the same as the first one's, under a name of their own.

Each spouse who has a trade files a Schedule C, a Schedule SE, and what they rest on; a return prints a form twice, and
a ledger that tells each line by its form must tell the two apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from lotwork.rules.line import Line

SUFFIX = " (spouse)"


def of_spouse(form: str) -> str:
    """Return the name of a form that is the spouse's."""
    return f"{form}{SUFFIX}"


def ref_of_spouse(ref: str) -> str:
    """Return a reference to a line ("Schedule C line 31") on the spouse's form."""
    form, between, number = ref.partition(" line ")
    return f"{of_spouse(form)}{between}{number}"


def spouses(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return *lines* on the spouse's forms; what they take from each other they take from there."""
    told = tuple(lines)
    own = {each.ref: ref_of_spouse(each.ref) for each in told}
    return tuple(
        replace(each, form=of_spouse(each.form), inputs=tuple(own.get(ref, ref) for ref in each.inputs))
        for each in told
    )

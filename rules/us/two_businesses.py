"""The forms of the second business on a joint return: the same as the first one's, under a name of their own.

Each spouse who has a trade files a Schedule C, a Schedule SE, and what they rest on; a return prints a form twice, and
a ledger that tells each line by its form must tell the two apart.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from lotwork.rules.line import Line

SUFFIX = " (spouse)"


def of_spouse(form: str) -> str:
    """Return the name of a form that is the spouse's."""
    return f"{form}{SUFFIX}"


def ref_of_spouse(ref: str) -> str:
    """Return a reference to a line ("Schedule C line 31") on the spouse's form."""
    form, between, number = ref.partition(" line ")
    return f"{of_spouse(form)}{between}{number}"


def exchange_forms(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return *lines* with each form that both spouses have under the other's name: the spouse stood first."""
    told = tuple(lines)
    forms = {each.form.removesuffix(SUFFIX) for each in told if each.form.endswith(SUFFIX)}

    def other(form: str) -> str:
        own = form.removesuffix(SUFFIX)
        return form if own not in forms else own if form.endswith(SUFFIX) else of_spouse(form)

    def other_ref(ref: str) -> str:
        form, between, number = ref.partition(" line ")
        return f"{other(form)}{between}{number}"

    return tuple(
        msgspec.structs.replace(each, form=other(each.form), inputs=tuple(map(other_ref, each.inputs))) for each in told
    )


def spouses(lines: Iterable[Line]) -> tuple[Line, ...]:
    """Return *lines* on the spouse's forms; what they take from each other they take from there."""
    told = tuple(lines)
    own = {each.ref: ref_of_spouse(each.ref) for each in told}
    return tuple(
        msgspec.structs.replace(each, form=of_spouse(each.form), inputs=tuple(own.get(ref, ref) for ref in each.inputs))
        for each in told
    )

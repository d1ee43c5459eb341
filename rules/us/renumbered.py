"""The numbers of a later form: formulas speak in those of 2025, and what is printed has those of its own year.

For 2026 the IRS has published drafts only (August and September 2026; read in the field lists of a public model of
those forms). They move the additional deductions before the one for business income, the investment income tax to line
6 of Schedule 2, all but the first lines of Form 4797 by one or two, self-employment behind railroad pay on Form 8959,
the bonus to line 14a and amortization to a form of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from lotwork.rules.line import Line
from lotwork.rules.us.form_4797 import FORM as FORM_4797
from lotwork.rules.us.two_businesses import SUFFIX, of_spouse

RENUMBERED_FROM = 2026
MOVED: Mapping[tuple[str, str], tuple[str, str]] = MappingProxyType(
    {
        ("Form 1040", "13a"): ("Form 1040", "13b"),
        ("Form 1040", "13b"): ("Form 1040", "13a"),
        ("Form 1040", "24"): ("Form 1040", "24a"),
        ("Schedule 1-A", "37"): ("Schedule 1-A", "43"),
        ("Schedule 1-A", "38"): ("Schedule 1-A", "44"),
        ("Schedule 2", "12"): ("Schedule 2", "6"),
        ("Form 4562", "14"): ("Form 4562", "14a"),
        ("Form 4562", "42"): ("Form 4562-B", "1"),
        ("Form 4562", "43"): ("Form 4562-B", "2"),
        ("Form 4562", "44"): ("Form 4562-B", "3"),
        ("Form 8959", "8"): ("Form 8959", "13"),
        ("Form 8959", "11"): ("Form 8959", "16"),
        ("Form 8959", "12"): ("Form 8959", "17"),
        ("Form 8959", "13"): ("Form 8959", "18"),
        ("Form 8959", "18"): ("Form 8959", "12 and 18"),
        ("Form 8995", "15"): ("Form 8995", "17"),
        ("Form 8995", "before minimum"): ("Form 8995", "15"),
        ("Form 8995", "minimum"): ("Form 8995", "16"),
        ("Form 8995", "16"): ("Form 8995", "18"),
        ("Form 8995-A", "39"): ("Form 8995-A", "41"),
        ("Form 8995-A", "before minimum"): ("Form 8995-A", "39"),
        ("Form 8995-A", "minimum"): ("Form 8995-A", "40"),
    }
)
"""The lines of 2026 that stand elsewhere than in 2025; those of Form 4797 by `_of_4797`."""


NO_LINES = frozenset({("Form 1040", "11 less 14"), ("Form 1040", "24 before credits")})
"""Sums that returns filed by a former release tell beside the form's lines."""


def printed(where: tuple[str, str], year: int) -> tuple[str, str]:
    """Return the form and line on which *year* has what 2025 has on *where*."""
    if year < RENUMBERED_FROM:
        return where
    form, number = where
    if form.endswith(SUFFIX):
        own, number = printed((form.removesuffix(SUFFIX), number), year)
        return of_spouse(own), number
    if form == FORM_4797:
        return form, _of_4797(number)
    return MOVED.get(where, where)


def as_printed(each: Line, year: int) -> Line:
    """Return the line *each* and the lines it came from under the numbers of *year*."""
    if year < RENUMBERED_FROM:
        return each
    form, number = printed((each.form, each.line), year)
    return msgspec.structs.replace(
        each, form=form, line=number, inputs=tuple(ref_printed(ref, year) for ref in each.inputs)
    )


def ref_printed(ref: str, year: int) -> str:
    """Return a reference ("Form 4797 line 24 (rig)") under the numbers of *year*."""
    form, line, number = ref.partition(" line ")
    if not line:
        return ref
    form, number = printed((form, number), year)
    return f"{form}{line}{number}"


def _of_4797(number: str) -> str:
    """Livestock has line 7 and line 18 of its own: what followed moved by one, and from the sum of Part II by two."""
    digits = number[: len(number) - len(number.lstrip("0123456789"))]
    old = int(digits)
    if old < 7:  # noqa: PLR2004 - the line livestock took
        return number
    return f"{old + (1 if old < 17 else 2)}{number[len(digits) :]}"  # noqa: PLR2004 - the sum of Part II

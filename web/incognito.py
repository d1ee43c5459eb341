"""Pages without their amounts, for a picture that others will see: the words stay, and what the figures are does not.

The amounts are taken out before the page is sent, so that none is in it, blurred or not. Bars keep their shapes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HIDDEN = "\N{BULLET}\N{BULLET}\N{BULLET}"
LAW = r"(?<!Reg\. )(?<!U\.S\.C\. )(?<!Proc\. )(?<!Notice )(?<!Ruling )"
NUMBER = r"[0-9]+(?:,[0-9]+)*(?:\.[0-9]+)?"
KEYED = r"(?i:(?:usd|quantity)[\"']?\s?[:=]\s?[\"']?[-+]?)"
"""How a key of an event ends that says an amount, as a line or a page writes it, and what stands before the number."""
AMOUNT = re.compile(
    rf"(?P<key>{KEYED}){NUMBER}|(?P<money>\$|\b(?:EUR|JPY|CNY|USD) ){NUMBER}"
    rf"|{LAW}(?<![\w.-])[0-9][0-9,]*\.[0-9]+(?![\w.-]*\()"
)
"""Dollars and other money, what a key says is an amount, and every number with decimals that is no section of a law."""

_hides: ContextVar[bool] = ContextVar("amounts are hidden", default=False)


@contextmanager
def incognito(hides: bool) -> Iterator[None]:  # noqa: FBT001 - it is the one thing there is to say
    """Hide the amounts of what is written within, or do not."""
    before = _hides.set(hides)
    try:
        yield
    finally:
        _hides.reset(before)


def without_amounts(text: str) -> str:
    """Return *text* as it may be seen: where amounts are hidden, with a mark of one length in the place of each."""
    if not _hides.get():
        return text
    return AMOUNT.sub(lambda found: f"{found['key'] or found['money'] or ''}{HIDDEN}", text)


def scale(text: str) -> str:
    """Return an amount beside a picture, or a mark where amounts are hidden: there one without decimals is one too."""
    return HIDDEN if _hides.get() else text

"""Words that say of a payment that it has not happened, or not yet: a bank lists what it holds beside what it posted.

What is pending is no money yet: it may be posted later, under other words and with its own number, or never. A column
of states says so in a word; a description says so at its beginning, at its end or in brackets, beside the payee.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

NOT_YET = frozenset(
    {
        "pending", "processing", "unconfirmed", "unpaid", "unsettled", "in progress", "on hold", "not confirmed",
        "pending review",
    }
)  # fmt: skip
"""What a column of states says of what may happen yet."""

_SURE = (
    "pending|unposted|unsettled|uncleared|unconfirmed|on hold|in progress|"
    "(?:not|never|has not|hasn't|not yet) (?:yet )?(?:been )?(?:posted|settled|cleared|confirmed|booked)|"
    "vorgemerkt|ausstehend|en attente|pendiente|in attesa"
)
_AUTHORISED = "preauth(?:ori[sz]ation|ori[sz]ed)?|authori[sz]ation"
_HELD = f"{_AUTHORISED}|auth|holds?|queued|provisional|temporary"
_NEVER = "declined|rejected|failed|voided|cancell?ed|reversed|returned|expired"
_AWAITED = "(?:pending|awaiting) (?:confirmations?|settlement|posting|clearance|clearing|approval|review)"
_WHAT = (
    "(?:(?:card|debit|credit|ach|pos|bank|wire|online) )?"
    "(?:transactions?|charges?|purchases?|payments?|debits?|credits?|deposits?|withdrawals?|transfers?|payouts?|"
    "rewards?|sales?|orders?|authori[sz]ations?|holds?|entry|items?)"
)
_NO_FEE = r"(?! (?:\w+ )?(?:fees?|forms?|codes?|letters?|services?|costs?)\b)"
_ALL_OF_IT = rf"(?:status )?(?:(?:{_SURE}|{_HELD}|{_NEVER})(?: {_WHAT})?|{_AWAITED})"
_STATE_ALONE = "(?:status |still )?processing"
_BEGINS = rf"(?:{_SURE}|{_AUTHORISED})\b{_NO_FEE}"
_ENDS = rf"(?:.* )?(?:{_SURE}|{_AWAITED})"
_WITHIN = rf"\b(?:(?:pending|unposted) {_WHAT}\b{_NO_FEE}|(?:authori[sz]ation|preauth\w*|auth|temporary) hold\b)"
_SAYS_NOT = (
    r"\b(?:(?:no longer|not|was|were|been|formerly|previously|until|non|patents?|former|paid(?: out)?|"
    r"released|received)[- ](?:an? |the )?(?:pending|on hold|unconfirmed|in progress|unposted)|"
    r"(?:work|works|project|build[- ]?out|construction|install(?:ation)?|repairs?|upgrade) (?:still )?in progress)\b|"
    r"\bauth(?:ori[sz]ation)? ?(?:(?:code|number|no\.?|id|ref) ?[:#]?|[:#]) ?#?\w*\d\w*|\bauth(?:orize)?\.net\b"
)
"""What says that it did happen, of what work a bill is, or with which number it was approved."""
_BEFORE = r"\bpre[- ]?auth"
_APART = r"[^\w\s'&]+"
_HINT = rf"\b(?:{_SURE}|{_HELD}|{_NEVER}|awaiting|processing)\b"
_HINTED = re.compile(
    "pend|auth|hold|unpost|settled|cleared|confirm|posted|booked|progress|process|queued|provisional|temporary|await|"
    "vorgemerkt|ausstehend|attente|attesa|declined|rejected|failed|void|cancel|revers|return|expired",
    re.IGNORECASE,
)
"""What stands in all that says so; most notes have none of it."""
_STATE = rf"{_HINT}(?: {_WHAT}\b)?"
WORD = re.compile(r"(?=[^\W_]*[^\W\d_])[^\W_]{3,}")
"""A word that says what something is of, in small letters."""
_made = cache(re.compile)
"""Makes the patterns above where a text first asks for them: most books hold none that does, and all take 4 ms."""


def says_not_yet(text: str) -> bool:
    """Say if a description, a note or a word of a state says that what it tells has not happened, or not yet."""
    return _HINTED.search(text) is not None and _says(text)


@lru_cache(maxsize=4096)
def _says(text: str) -> bool:
    phrases = _phrases(text)
    if not phrases:
        return False
    return (
        any(_made(_ALL_OF_IT).fullmatch(phrase) or _made(_WITHIN).search(phrase) for phrase in phrases)
        or (len(phrases) == 1 and _made(_STATE_ALONE).fullmatch(phrases[0]) is not None)
        or _made(_BEGINS).match(phrases[0]) is not None
        or _made(_ENDS).fullmatch(phrases[-1]) is not None
    )


def hints_not_yet(text: str) -> bool:
    """Say if one of such words stands anywhere in *text*: too little to go by, but beside a twin that has none."""
    return _HINTED.search(text) is not None and any(_made(_HINT).search(phrase) for phrase in _phrases(text))


def words_beside(text: str) -> frozenset[str]:
    """Return the words of *text* that say what it is of, without those that say whether it happened."""
    return frozenset(WORD.findall(_made(_STATE).sub(" ", _plain(text))))


def _plain(text: str) -> str:
    """Return *text* without capitals and without blanks in a row."""
    return _made(_BEFORE).sub("preauth", " ".join(text.casefold().replace("_", " ").split()))


def _phrases(text: str) -> list[str]:
    """Return the parts of a text that may say so, between what parts them."""
    said = _made(_SAYS_NOT).sub(" ", _plain(text))
    return [phrase for part in _made(_APART).split(said) if (phrase := " ".join(part.split()))]

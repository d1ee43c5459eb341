"""The law in force for one book: the files, with the book's own `rule` events laid over them.

A rule is checked when it is recorded. One that fits no longer (a correction changed it, another edition of the law has
no such figure) is left out and told as a trouble, so that one slip does not stop every figure of the book.
"""

from __future__ import annotations

import hashlib
from datetime import date, timedelta

import msgspec

from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import Rule
from lotwork.ledger.history import History, Trouble
from lotwork.rules.load import Law, formulas_digest

WINDOW = "us/wash_sale/window_days"
"""For how many days a purchase after a sale still bears on it."""
FOLDED = ("us/basis", "us/income", "us/wash_sale")
"""The topics that a fold of history asks: which lots a disposal takes, and what defers or disallows. All else is asked
afterwards, of what was folded."""


def folded_law(law: Law) -> Law:
    """Return what a fold may ask of *law*: books of two laws that agree in it are folded alike."""
    return law.only(FOLDED)


def digest_by(law: Law, day: date) -> str:
    """Return a digest of what a fold may ask of *law* of what happens up to *day*: laws that agree in it fold alike.

    A wash sale is one by what is bought some weeks later.
    """
    folded = folded_law(law)
    known = folded.entry(WINDOW).in_force if WINDOW in folded.paths() else ()
    days = max((int(each.value) for each in known), default=0)
    last = day + timedelta(days=1 + days)
    told = hashlib.sha256(formulas_digest())
    for path in folded.paths():
        entry = folded.entry(path)
        in_force = tuple(each for each in entry.in_force if each.from_ <= last)
        told.update(repr((path, msgspec.structs.replace(entry, in_force=in_force))).encode())
    return told.hexdigest()


def law_in_force(history: History, law: Law) -> Law:
    """Return *law* with the rules *history* records; what does not fit is told as unfit in *history*."""
    rules = [event for event in history.of_kind("rule") if isinstance(event, Rule)]
    try:
        return law.corrected(rules)
    except InputRefusedError:
        return _corrected_singly(history, law, rules)


def _corrected_singly(history: History, law: Law, rules: list[Rule]) -> Law:
    for rule in rules:
        try:
            law = law.corrected((rule,))
        except InputRefusedError as refusal:
            told = Trouble(
                "rule_does_not_fit",
                f"{rule.id} cannot correct the law and is left out: {refusal}: void it, and record it again",
                rule.id,
            )
            if told not in history.unfit:
                history.unfit.append(told)
    return law

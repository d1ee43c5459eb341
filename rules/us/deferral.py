"""A deferral of mining income: whether coins received for validating are income before they are disposed of.

Law: they are gross income when received (26 U.S.C. 61(a); Notice 2014-21, A-8; Rev. Rul. 2023-14). H.R. 9175, of
2026-06-08, would defer it. Its switch is off; a `rule` that turns it on from a day is a supposition.
"""

from __future__ import annotations

from datetime import date

from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.load import Law

SWITCH = "us/income/mining_deferred"


def ever_deferred(law: Law) -> bool:
    """Say if mining income is deferred on some day, by this law; an edition of before the bill knows of none."""
    try:
        return any(version.value for version in law.entry(SWITCH).in_force)
    except UnknownFigureError:
        return False


def is_deferred(law: Law, day: date) -> bool:
    """Say if what is received on *day* is no income yet."""
    return law.figure(SWITCH, day).switch()

"""A rig that two tellers tell: an inventory has it by its serial, a hand or another file as it was bought.

Law: the basis of a thing is its cost, once (26 U.S.C. 1012, 167(c)). Two of one amount told within days are asked about
as any two bills are (`projections.questions`); here stands what was recorded on another day, as one of several on an
invoice, or at a price a little apart: bought or placed in service within days, or of one serial.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from lotwork.ledger.events import Equipment
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import usd_decimal
from lotwork.projections.findings import Finding
from lotwork.projections.questions.alike_money import FEW_DAYS, may_be_one_bill, who_billed
from lotwork.rules.line import to_cents

FREIGHT_SHARE = 20
"""One price may have the freight in it, and the other not: a twentieth."""
SHORTEST_SERIAL = 4


def rig_twice(equipment: Iterable[Equipment], year: int) -> Iterator[Finding]:
    """Yield the question, at each thing in service by the end of *year*, whether another teller's is the same."""
    told = [each for each in equipment if each.may_repeat != SETTLED and each.placed_in_service.year <= year]
    told.sort(key=lambda each: (each.placed_in_service, each.id))
    tellers = {who_billed(each) for each in told}
    if len(tellers) < 2:  # noqa: PLR2004 - one alone tells each thing once
        return
    left = {each.id: each.pieces for each in told}
    for place, one in enumerate(told):
        for other in told[:place]:
            if left[one.id] and left[other.id] and _may_be_one(one, other):
                left[one.id] -= 1
                left[other.id] -= 1
                if not _is_asked(one, other):
                    yield _question(*sorted((one, other), key=lambda each: each.source is None))
                break


def _may_be_one(one: Equipment, other: Equipment) -> bool:
    if who_billed(one) == who_billed(other):
        return False
    if _serial(one) & _serial(other):
        return True
    days = _are_near(one.acquired, other.acquired) or _are_near(one.placed_in_service, other.placed_in_service)
    low, high = sorted((one.cost_usd_micros * other.pieces, other.cost_usd_micros * one.pieces))
    return days and high > 0 and (high - low) * FREIGHT_SHARE <= high


def _are_near(one: date, other: date) -> bool:
    return abs(one - other) <= timedelta(days=FEW_DAYS.days)


def _serial(event: Equipment) -> set[str]:
    """Return the words of its name that may be a serial: with digits and letters, or long."""
    words = (word.strip("#:(),") for word in event.equipment.casefold().split()[1:])
    model = event.equipment.casefold().split()[:2]
    return {
        word for word in words if len(word) >= SHORTEST_SERIAL and any(map(str.isdigit, word)) and word not in model
    }


def _is_asked(one: Equipment, other: Equipment) -> bool:
    """Say if any two bills of that amount are asked about."""
    near = abs(one.at - other.at) <= FEW_DAYS
    return near and one.cost_usd_micros == other.cost_usd_micros and may_be_one_bill(one, other)


def _question(one: Equipment, other: Equipment) -> Finding:
    costs = [to_cents(usd_decimal(each.cost_usd_micros)) for each in (one, other)]
    pieces = f" for {other.pieces}" if other.pieces > 1 else ""
    return Finding(
        "rig_told_twice",
        f"{one.id} ({one.equipment}, {costs[0]}) and {other.id} ({other.equipment}, {costs[1]}{pieces}) may be one "
        f"rig, told by {one.source or 'hand'} and by {other.source or 'hand'}: both are depreciated; if they are one, "
        f"void {one.id}, or the other; if they are two, correct {one.id} with may_repeat={SETTLED}",
        one.id,
    )

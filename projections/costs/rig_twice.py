"""A rig that two tellers tell: an inventory has it by its serial, a hand or another file as it was bought.

Law: the basis of a thing is its cost, once (26 U.S.C. 1012, 167(c)). Two of one amount told within days are asked about
as any two bills are (`projections.questions`); here stands what was recorded on another day, as one of several on an
invoice, or at a price a little apart: bought or placed in service within days, or of one serial.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from lotwork.ledger.events import Equipment
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import usd_decimal
from lotwork.projections.findings import Finding
from lotwork.projections.questions.alike_money import FEW_DAYS, may_be_one_bill, who_billed
from lotwork.projections.questions.lately import Place
from lotwork.rules.line import to_cents

FREIGHT_SHARE = 20
"""One price may have the freight in it, and the other not: a twentieth."""
SHORTEST_SERIAL = 4


class _Rig(NamedTuple):
    """A thing as it is compared: who told it, and the words of its name that may be a serial."""

    event: Equipment
    teller: Place
    serial: frozenset[str]


def rig_twice(equipment: Iterable[Equipment], year: int) -> Iterator[Finding]:
    """Yield the question, at each thing in service by the end of *year*, whether another teller's is the same."""
    told = [
        _Rig(each, who_billed(each), _serial(each))
        for each in equipment
        if each.may_repeat != SETTLED and each.placed_in_service.year <= year
    ]
    told.sort(key=lambda each: (each.event.placed_in_service, each.event.id))
    if len({each.teller for each in told}) < 2:  # noqa: PLR2004 - one alone tells each thing once
        return
    left = {each.event.id: each.event.pieces for each in told}
    for place, one in enumerate(told):
        before = (each for each in told[:place] if each.teller != one.teller and left[each.event.id])
        other = next((each for each in before if _may_be_one(one, each)), None)
        if other is not None:
            left[one.event.id] -= 1
            left[other.event.id] -= 1
            if not _is_asked(one.event, other.event):
                yield _question(*sorted((one.event, other.event), key=lambda each: each.source is None))


def _may_be_one(one: _Rig, other: _Rig) -> bool:
    if not one.serial.isdisjoint(other.serial):
        return True
    first, second = one.event, other.event
    days = _are_near(first.acquired, second.acquired) or _are_near(first.placed_in_service, second.placed_in_service)
    if not days:
        return False
    low, high = sorted((first.cost_usd_micros * second.pieces, second.cost_usd_micros * first.pieces))
    return high > 0 and (high - low) * FREIGHT_SHARE <= high


def _are_near(one: date, other: date) -> bool:
    return abs(one - other) <= timedelta(days=FEW_DAYS.days)


def _serial(event: Equipment) -> frozenset[str]:
    """Return the words of its name that may be a serial: with digits and letters, or long."""
    words = (word.strip("#:(),") for word in event.equipment.casefold().split()[1:])
    model = event.equipment.casefold().split()[:2]
    return frozenset(
        word for word in words if len(word) >= SHORTEST_SERIAL and any(map(str.isdigit, word)) and word not in model
    )


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

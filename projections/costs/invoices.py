"""Many rigs of one invoice: which of them were sold, or put to another use, and each with its part of the cost.

An event may tell of several things alike, by `quantity`; a sale or a change of use may name fewer. Those are then a rig
of their own in every year, with so many parts of the cost, of what was expensed, and of what a sale brought, and the
rest is another: each thing is depreciated by itself in any case (26 U.S.C. 168(b); no general asset account is elected,
168(i)(4)). Parts are the differences of rounded sums, so that they add up to the invoice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

import msgspec

from lotwork.ledger.events import Equipment, EquipmentSale, EquipmentUse
from lotwork.ledger.units import divide, usd_decimal
from lotwork.ledger.zones import Calendar
from lotwork.projections.costs.rigs import Rig, Sold
from lotwork.projections.findings import Finding
from lotwork.rules.line import to_cents


def some_of(rig: Rig, count: int, name: str) -> tuple[Rig, Rig]:
    """Return *count* of the things of *rig* as a rig called by *name*, and the rest."""
    event, whole = rig.event, rig.event.pieces
    some = {each: divide(getattr(event, each) * count, whole) for each in ("cost_usd_micros", "section_179_usd_micros")}
    rest = {each: getattr(event, each) - part for each, part in some.items()}
    taken = msgspec.structs.replace(event, id=f"{event.id}/{name}", quantity=count, **some)
    left = msgspec.structs.replace(event, quantity=whole - count, **rest)
    sold, kept = rig.sold, rig.sold
    if rig.sold is not None:
        brought = divide(rig.sold.net_usd_micros * count, whole)
        sold = rig.sold._replace(net_usd_micros=brought)
        kept = rig.sold._replace(net_usd_micros=rig.sold.net_usd_micros - brought)
    return replace(rig, event=taken, sold=sold, of=rig.told), replace(rig, event=left, sold=kept, of=rig.told)


def used(rigs: Iterable[Rig], changes: Iterable[EquipmentUse], year: int, findings: list[Finding]) -> list[Rig]:
    """Return the rigs with the business shares of later years up to *year*; a change that fits none is a finding.

    A name that several rigs bear is meant for all of them, and so is one with `quantity` for so many; of two changes
    for one year the one told last holds. One that names no rig is told in its year; one that names a rig which was not
    in service before moves nothing of it in any year, and is told in each.
    """
    told = sorted(changes, key=lambda event: (event.year, event.at, event.id))
    ready, moved = list(rigs), set[str]()
    for event in told:
        if event.year <= year:
            ready, reached = _with_use(ready, event)
            moved |= {event.id} if reached else set()
    names = {rig.event.equipment for rig in ready if rig.event.placed_in_service.year <= year}
    due = (event for event in told if event.year == year or (event.year < year and event.equipment in names))
    findings.extend(_unused(event) for event in due if event.id not in moved)
    return ready


def _with_use(rigs: Sequence[Rig], event: EquipmentUse) -> tuple[list[Rig], bool]:
    """Return the rigs with one change of use: of all of its name, or of so many, those still held first."""
    fitting = [rig for rig in rigs if rig.event.equipment == event.equipment]
    fitting = [rig for rig in fitting if rig.event.placed_in_service.year < event.year]
    have = sum(rig.event.pieces for rig in fitting)
    left = have if event.quantity is None else event.quantity
    if not fitting or left > have:
        return list(rigs), False
    changed: dict[str, list[Rig]] = {}
    for rig in sorted(fitting, key=lambda rig: rig.sold is not None):
        count = min(left, rig.event.pieces)
        left -= count
        parts = (rig, None) if count == rig.event.pieces else some_of(rig, count, event.id) if count else (None, rig)
        taken, rest = parts
        new = [] if taken is None else [replace(taken, uses=_later(taken.uses, event))]
        changed[rig.event.id] = [*new, *([] if rest is None else [rest])]
    return [each for rig in rigs for each in changed.get(rig.event.id, [rig])], True


def _later(uses: tuple[tuple[int, Decimal], ...], event: EquipmentUse) -> tuple[tuple[int, Decimal], ...]:
    return (*(use for use in uses if use[0] != event.year), (event.year, Decimal(event.business_share)))


def _unused(event: EquipmentUse) -> Finding:
    return Finding(
        "equipment_use_unknown",
        f"{event.id}: no rig called {event.equipment!r} was in service before {event.year}: its business share of "
        f"{event.business_share} is in no figure; correct the name or the year, or `business_share` of the rig itself",
        event.id,
    )


def sold_rigs(
    equipment: Iterable[Equipment], sales: Iterable[EquipmentSale], calendar: Calendar, findings: list[Finding]
) -> list[Rig]:
    """Return the rigs in order of service, each with its sale; a sale that fits none is a finding.

    A sale names its rig; where several in service bear the name, the one longest in service is taken, and told. One
    with `quantity` takes so many, over as many events as it needs; without it, all that is left of one.
    """
    named: defaultdict[str, list[Equipment]] = defaultdict(list)
    rigs = sorted(equipment, key=lambda event: (event.placed_in_service, event.id))
    for event in rigs:
        named[event.equipment].append(event)
    left = {event.id: event.pieces for event in rigs}
    parts: defaultdict[str, list[tuple[int, Sold]]] = defaultdict(list)
    for sale in sorted(sales, key=lambda event: (event.at, event.id)):
        day = calendar.day(sale.at)
        unsold = [event for event in named.get(sale.equipment, ()) if left[event.id]]
        serving = [event for event in unsold if event.placed_in_service <= day]
        have = sum(left[event.id] for event in serving)
        if not serving or (sale.quantity is None and len(serving) > 1) or (sale.quantity or 0) > have:
            findings.append(_misfit(sale, named.get(sale.equipment, ()), unsold, serving, have))
        if serving and (sale.quantity or 0) <= have:
            net = _brought(sale, findings) - sale.fee_usd_micros
            for name, count, brought in _taken(serving, left, sale.quantity, net):
                parts[name].append((count, Sold(sale.id, day, brought, sale.how)))
                left[name] -= count
    return [rig for event in rigs for rig in _parted(event, parts.get(event.id, ()))]


def _taken(
    serving: Sequence[Equipment], left: dict[str, int], quantity: int | None, net: int
) -> Iterable[tuple[str, int, int]]:
    """Yield from which events a sale takes how many, and what of its *net* proceeds is theirs."""
    whole = left[serving[0].id] if quantity is None else quantity
    before = 0
    for event in serving:
        count = min(whole - before, left[event.id])
        if count:
            brought = divide(net * (before + count), whole) - divide(net * before, whole)
            before += count
            yield event.id, count, brought


def _parted(event: Equipment, parts: Sequence[tuple[int, Sold]]) -> Iterable[Rig]:
    """Yield the things of an event that were sold together, each such part a rig, and those that are left."""
    rest = Rig(event, None)
    for count, sold in parts:
        if count == rest.event.pieces:
            yield replace(rest, sold=sold)
            return
        part, rest = some_of(rest, count, sold.id)
        yield replace(part, sold=sold)
    yield rest


def _brought(sale: EquipmentSale, findings: list[Finding]) -> int:
    if sale.how != "abandoned" or not sale.proceeds_usd_micros:
        return sale.proceeds_usd_micros
    findings.append(
        Finding(
            "abandoned_for_money",
            f"{sale.id}: what is abandoned brings nothing: the proceeds of "
            f"{to_cents(usd_decimal(sale.proceeds_usd_micros))} are left out; correct `how` to sold, or the proceeds "
            "to 0",
            sale.id,
        )
    )
    return 0


def _misfit(
    sale: EquipmentSale,
    known: Sequence[Equipment],
    unsold: Sequence[Equipment],
    serving: Sequence[Equipment],
    have: int,
) -> Finding:
    if (sale.quantity or 0) > have > 0:
        return Finding(
            "equipment_sold_too_many",
            f"{sale.id}: {sale.quantity} of {sale.equipment!r} were sold and {have} were in service: the sale is in no "
            "figure; correct its quantity or day, or add what is missing",
            sale.id,
        )
    if serving:
        return Finding(
            "equipment_sale_ambiguous",
            f"{sale.id}: {len(serving)} unsold rigs are called {sale.equipment!r}: {serving[0].id}, the longest in "
            "service, was taken; give each rig a name of its own",
            sale.id,
        )
    if unsold:
        code, reason = "equipment_sold_before_service", f"was placed in service only on {unsold[0].placed_in_service}"
    elif known:
        code, reason = "equipment_sold_twice", "was already sold"
    else:
        code, reason = "equipment_unknown", "was never recorded"
    return Finding(
        code,
        f"{sale.id}: {sale.equipment!r} {reason}: the sale is in no figure; correct its name or day, or add what is "
        "missing",
        sale.id,
    )

"""The page of one event: what was said, what holds by now and why, the evidence it rests on, and what it feeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from lotwork.ledger.codec import kind_of
from lotwork.ledger.events import Correction, Event, Filing, Movement, Void
from lotwork.ledger.evidence_told import named_by
from lotwork.ledger.history import AMENDMENTS
from lotwork.ledger.public_form.contract import to_contract
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.units import AssetTable
from lotwork.reports.lines import NOTHING
from lotwork.web.forms import FormLine, lines_of
from lotwork.web.reading import Reading
from lotwork.web.wording import day, usd, words

LEFT_OUT = frozenset({"kind", "id", "evidence"})
"""What stands on the page elsewhere."""
WORDS = ("income", "category", "disposition", "type")
NAMES = ("equipment", "meter", "target")
NAMES_AN_EVENT = frozenset({"target", "refund_of", "for", "lot"})


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that is said of an event: the key in words, what it says, what it said first, and whom it names."""

    name: str
    text: str
    before: str = ""
    event: str = ""


@dataclass(frozen=True, slots=True)
class SaidLater:
    """A void or a correction of the event: its id, its day, what it did, why, and whether it holds still."""

    id: str
    day: date
    says: str
    reason: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Feeds:
    """One figure that rests on the event: what it is, how much, and where it is told."""

    what: str
    says: str
    path: str
    event: str = ""
    """The other event, where the figure is between two."""


@dataclass(frozen=True, slots=True)
class FedLine:
    """A line of a form that rests on the event."""

    form: str
    row: FormLine


@dataclass(frozen=True, slots=True)
class EventView:
    """What the page shows."""

    id: str
    kind: str
    day: date
    position: int
    keys: tuple[Key, ...]
    state: str
    """Why it does not count as it was recorded; empty where it does."""
    counts: bool
    later: tuple[SaidLater, ...]
    evidence: tuple[tuple[str, bool], ...]
    """Each piece by its SHA-256, and whether it is kept here."""
    feeds: tuple[Feeds, ...]
    lines: tuple[FedLine, ...]
    can_void: bool
    """Whether a void may name it: it is not taken out, and no filing."""
    can_explain: bool
    """Whether it is coins that left, and nobody said why."""
    some_lines: bool
    """Whether a line of the year rests on more events than it names, so that it may be missing here."""


def year_of_event(reading: Reading, name: str) -> int | None:
    """Return the year an event fell in; None where the book has none of that name."""
    told = _recorded(reading, name)
    return None if told is None else reading.history.calendar.day(told[1].at).year


def event_view(reading: Reading, name: str) -> EventView | None:
    """Return one event of the book and what of the year's figures rests on it; None where there is none."""
    told = _recorded(reading, name)
    if told is None:
        return None
    position, event = told
    history = reading.history
    troubles = len(history.troubles)
    holds = history.corrected(event)
    counted = history.amended(event)
    del history.troubles[troubles:]
    kept = Evidence(reading.home)
    later = tuple(_later(reading, event))
    every = lines_of(reading)
    return EventView(
        id=event.id,
        kind=words(kind_of(event)),
        day=history.calendar.day(event.at),
        position=position,
        keys=tuple(_keys(reading, event, holds)),
        state=_state(reading, event, holds, counted),
        counts=counted is not None or isinstance(event, Void | Correction),
        later=later,
        evidence=tuple((sha256, kept.holds(sha256)) for sha256 in dict.fromkeys(_evidence(event, holds))),
        feeds=tuple(_feeds(reading, event.id)),
        lines=tuple(FedLine(each.form, each.row) for each in every if event.id in each.because),
        can_void=event.id not in history.voided and not isinstance(event, Filing),
        can_explain=isinstance(holds, Movement),
        some_lines=any(each.count > len(each.because) for each in every),
    )


def _recorded(reading: Reading, name: str) -> tuple[int, Event] | None:
    return next(reading.history.log.read(reading.book, up_to=reading.head.position, ids=(name,)), None)


def _keys(reading: Reading, event: Event, holds: Event | None) -> Iterator[Key]:
    """Yield what was said, with what holds by now beside it where that is something else."""
    first = _public(reading, event)
    now = first if holds is None else _public(reading, holds)
    for name in dict.fromkeys((*first, *now)):
        if name in LEFT_OUT and first.get(name) == now.get(name):
            continue
        text, before = as_text(now.get(name)), as_text(first.get(name))
        named = text if name in NAMES_AN_EVENT else ""
        yield Key(words(name), text, "" if text == before else before or "nothing", named)


def _public(reading: Reading, event: Event) -> Mapping[str, object]:
    return to_contract(event, reading.history.assets)


def as_text(value: Any) -> str:
    """Return what a key says as a person reads it."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case dict():
            return ", ".join(f"{words(str(name))}: {as_text(each)}" for name, each in value.items())
        case list() | tuple():
            return "; ".join(map(as_text, value))
        case msgspec.Struct():
            return as_text(msgspec.to_builtins(value))
        case _:
            return str(value)


def _state(reading: Reading, event: Event, holds: Event | None, counted: Event | None) -> str:
    if event.id in reading.history.voided:
        return "It was taken out: it counts in no figure."
    if isinstance(event, Void | Correction):
        return ""
    if counted is None:
        return "Another source tells the same, and that one counts: this one is in no figure."
    if reading.as_of is not None and reading.history.calendar.day(counted.at) > reading.as_of:
        return f"It happened after {day(reading.as_of)}: of that day it is in no figure."
    if getattr(counted, "doubt", None) is not None:
        return "It may be no income, and is in no figure until someone says so."
    return "" if holds == event else "It was corrected: what holds by now stands here, with what was said first."


def _evidence(*events: Event | None) -> Iterator[str]:
    for event in events:
        if event is not None:
            yield from named_by(event)


def _later(reading: Reading, event: Event) -> Iterator[SaidLater]:
    """Yield the voids and corrections that reach *event*, in the order they were recorded."""
    history = reading.history
    told = history.log.read(reading.book, up_to=reading.head.position, kinds=AMENDMENTS)
    for each in (amendment for _, amendment in told if isinstance(amendment, Void | Correction)):
        if each.target != event.id and not history.reaches(getattr(each, "select", None), event):
            continue
        says = "Taken out" if isinstance(each, Void) else f"Corrected: {as_text(each.set_)}"
        yield SaidLater(each.id, history.calendar.day(each.at), says, each.reason, each.id not in history.voided)


def _feeds(reading: Reading, name: str) -> Iterator[Feeds]:
    folded = reading.folded
    for row in folded.income.rows:
        if row.receipt == name:
            worth = "no value yet" if row.value_usd_micros is None else usd(row.value_usd_micros)
            yield Feeds("Income", f"{reading.coins(row.quantity, row.asset)} {row.asset}, {worth}", "/income")
    yield from _bills(reading, name)
    for lot in reading.lots:
        if lot.lot == name:
            held = f"{reading.coins(lot.quantity, lot.asset)} {lot.asset} in {lot.wallet}"
            yield Feeds("Open lot", f"{held}, basis {usd(lot.basis_usd_micros)}", "/lots")
    yield from _gone(reading, name)
    for payment in folded.taxpayer.payments_for(reading.year):
        if payment.id == name:
            yield Feeds(f"Payment for {payment.year}", usd(payment.amount_usd_micros), "/quarterly")
    for finding in dict.fromkeys(each.message for each in reading.findings if each.event == name):
        yield Feeds("Problem", finding, "/problems")


def _bills(reading: Reading, name: str) -> Iterator[Feeds]:
    if reading.costs is None:
        return
    for row in reading.costs.expenses.rows:
        if name in (row.expense, row.share_from):
            yield Feeds(f"{row.label}, {row.line}", f"{usd(row.deductible_usd_micros)} deducted", "/costs")
    for rig in reading.costs.equipment.rows:
        if rig.id == name:
            yield Feeds("Depreciation", f"{usd(rig.depreciation_usd_micros)} in {reading.year}", "/costs")


def _gone(reading: Reading, name: str) -> Iterator[Feeds]:
    """Yield the rows that a lot was sold in, or that a sale came to."""
    gains = reading.folded.gains
    for sale in gains.rows:
        if name in (sale.lot, sale.disposal):
            other = sale.disposal if sale.lot == name else sale.lot or ""
            part = f"{reading.coins(sale.quantity, sale.asset)} {sale.asset} on {day(sale.sold)}"
            yield Feeds("Form 8949", f"{part}, gain {usd(sale.gain_usd_micros)}", "/sales", other)
    for left in gains.removals:
        if name in (left.lot, left.disposal):
            other = left.disposal if left.lot == name else left.lot or ""
            part = f"{reading.coins(left.quantity, left.asset)} {left.asset} on {day(left.day)}"
            yield Feeds(words(left.disposition), f"{part}, basis {usd(left.basis_usd_micros)}", "/sales", other)


def described(reading: Reading, names: Iterable[str]) -> dict[str, tuple[date, str]]:
    """Return the day and the words of each event of *names* that the log holds, by its id."""
    wanted = tuple(names)
    if not wanted:
        return {}
    found = reading.history.log.read(reading.book, up_to=reading.head.position, ids=wanted)
    return {event.id: (reading.history.calendar.day(event.at), in_brief(reading, event)) for _, event in found}


def in_brief(reading: Reading, event: Event, assets: AssetTable | None = None) -> str:
    """Return what an event is, in a few words: its kind, how much, and of what; *assets* where more are known."""
    told = to_contract(event, assets or reading.history.assets)
    parts = [words(kind_of(event))]
    parts += [words(str(told[name])).lower() for name in WORDS if isinstance(told.get(name), str)]
    parts += [str(told[name]) for name in NAMES if isinstance(told.get(name), str)]
    if "quantity" in told and "asset" in told:
        parts.append(f"{told['quantity']} {told['asset']}")
    for name in ("amount_usd", "value_usd", "proceeds_usd", "cost_usd", "price_usd"):
        if told.get(name) not in (None, NOTHING):
            parts.append(usd(str(told[name])))
            break
    wallet = told.get("wallet") or told.get("from_wallet")
    return ", ".join([*parts, str(wallet)] if wallet else parts)

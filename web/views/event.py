"""The page of one event: what was said, what holds by now and why, the evidence it rests on, and what it feeds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

import msgspec

from lotwork.ledger.codec import kind_of
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import Correction, Event, Filing, Movement, Void
from lotwork.ledger.history import AMENDING, AMENDMENTS
from lotwork.ledger.public_form.contract import to_contract
from lotwork.ledger.storage.evidence import Evidence, named_by
from lotwork.ledger.units import AssetTable
from lotwork.projections.filing.filed import read_filed
from lotwork.reports.lines import NOTHING
from lotwork.web.forms import TracedForm, lines_of
from lotwork.web.reading import Reading
from lotwork.web.views.fed import MOST_FED, FedLine, Feeds, changed_by, feeds, lines_fed, recorded, year_about
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
class LineFiled:
    """A line of a return as it was filed; `is_known` where the return of the year still has that line."""

    form: str
    line: str
    label: str
    amount_usd: str
    is_known: bool


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
    filed: tuple[LineFiled, ...]
    """Of a return that was filed: its lines."""
    changes: tuple[str, ...]
    """The events whose figures it changes, where it has none of its own: those a correction or a void reaches."""
    feeds: tuple[Feeds, ...]
    more_feeds: int
    lines: tuple[FedLine, ...]
    can_void: bool
    """Whether a void may name it: it is not taken out, and no filing."""
    can_explain: bool
    """Whether it is coins that left, and nobody said why."""
    some_lines: bool
    """Whether a line of the year rests on more events than it names, so that it may be missing here."""
    heading: str
    """What its figures are called: those that rest on it, or those it changes."""
    reaches: str
    """What it does to the events whose figures it changes."""


def year_of_event(reading: Reading, name: str) -> int | None:
    """Return the year an event bears on; None where the book has none of that name."""
    told = recorded(reading, name)
    return None if told is None else year_about(reading, told[1])


def event_view(reading: Reading, name: str) -> EventView | None:
    """Return one event of the book and what of the year's figures rests on it; None where there is none."""
    told = recorded(reading, name)
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
    reached = changed_by(reading, event)
    fed = tuple(feeds(reading, reached))
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
        filed=tuple(_filed(event, every)),
        changes=tuple(sorted(reached - {event.id})),
        feeds=fed[:MOST_FED],
        more_feeds=max(0, len(fed) - MOST_FED),
        lines=tuple(lines_fed(every, reached)),
        can_void=event.id not in history.voided and not isinstance(event, Filing),
        can_explain=isinstance(holds, Movement),
        heading="What it changes" if isinstance(event, AMENDING) else "What it feeds",
        reaches="It bears on" if isinstance(event, Void) else "It corrects",
        some_lines=any(each.count > len(each.because) for each in every),
    )


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


def _filed(event: Event, every: Iterable[TracedForm]) -> Iterator[LineFiled]:
    """Yield the lines of the return that *event* filed; none where its figures are none that `lotwork file` writes."""
    if not isinstance(event, Filing):
        return
    known = {(each.form, each.row.number) for each in every}
    with suppress(InputRefusedError):
        for row in read_filed(event, None).figures.lines:
            yield LineFiled(row.form, row.line, row.label, row.amount_usd, (row.form, row.line) in known)


def _public(reading: Reading, event: Event) -> Mapping[str, object]:
    """Return what an event says: of a return that was filed each sum by its name, and not its lines."""
    told = to_contract(event, reading.history.assets)
    if not isinstance(event, Filing):
        return told
    figures = {name: value for name, value in event.figures.items() if name not in ("summary", "lines")}
    summary = event.figures.get("summary")
    told = {name: value for name, value in told.items() if name != "figures"}
    return {**told, **figures, **(summary if isinstance(summary, dict) else {})}


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

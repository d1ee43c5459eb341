"""A meter's Green Button as XML (ESPI): what was used, channel by channel, as the links of the feed tell them apart.

A feed may hold several meters, the power that was fed in beside what was used, and other things that are measured. What
is counted is electricity used in watt-hours, span by span; a register's standings, a demand and a forecast are none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from lotwork.ingest.profiles.costs import energy
from lotwork.ingest.profiles.row import CellError, NoEvent, Told
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.tellers import BY_A_UTILITY

ATOM, ESPI = "{http://www.w3.org/2005/Atom}", "{http://naesb.org/espi}"
NAMESPACE = b"naesb.org/espi"

WATT_HOURS = "72"
ELECTRICITY = frozenset({"", "0", "1", "2"})
"""Commodities: none said, and electricity as two kinds of customers are sold it."""
USED, FED_IN = frozenset({"", "1"}), "19"
REGISTERS = frozenset({"1", "3"})
"""Behaviours of what stands on a register, bulk and cumulative: its standing, and not what a span used."""
ESTIMATED, PROJECTED = frozenset({"8", "9"}), "12"
MOST_DEEP = 60
MOST_POWER = 12
"""Tera to pico."""
_POINT = re.compile(r"UsagePoint/([^/?#]{1,60})")
_FED_IN = "power that was fed in: the span it came in is in doubt"
AGAIN = "export it again"


class Kind(NamedTuple):
    """What a channel measures, in the words of the file."""

    unit: str
    power: str
    flow: str
    commodity: str
    behaviour: str

    @property
    def is_counted(self) -> bool:
        """Whether it is electricity in watt-hours, whichever way it flowed."""
        return self.unit == WATT_HOURS and self.commodity in ELECTRICITY

    @property
    def words(self) -> str:
        """What a person is told of a channel that is not read."""
        if self.commodity not in ELECTRICITY:
            return "it is no electricity"
        if self.unit != WATT_HOURS:
            return f"it is told in another unit than watt-hours (uom {self.unit[:10] or 'none'})"
        return f"it is neither power that was used nor power that was fed in (flowDirection {self.flow[:10]})"


class Reading(NamedTuple):
    """One reading of a channel, and what makes its event."""

    make: Callable[[], Mapping[str, Any]]
    parts: tuple[str, ...]
    """What it is known by."""


class _Block(NamedTuple):
    kind: Kind
    point: str
    readings: list[Element]


def readings(name: str, data: bytes, told: Told) -> Iterator[Reading]:
    """Yield what the feed *data* tells, span by span.

    Raises InputRefusedError where it cannot be read, or does not say what it measures.
    """
    feed = _tree(name, data)
    blocks = _blocks(name, feed)
    counted = [block for block in blocks if block.kind.is_counted and block.kind.flow in USED]
    if not counted:
        words = next((block.kind.words for block in blocks if block.kind.flow != FED_IN), "it tells no power used")
        raise InputRefusedError(f"{name}: {words}: export the electricity used, in kWh")
    for block in counted:
        if block.kind.behaviour in REGISTERS:
            raise InputRefusedError(
                f"{name}: it tells what stood on the meter's register, and not what each span used: "
                "export the usage by the hour or by the day"
            )
    back = {
        (block.point, *_span_of(each))
        for block in blocks
        if block.kind.is_counted and block.kind.flow == FED_IN
        for each in block.readings
        if (_number(_text(each, "value")) or 0) != 0
    }
    is_one = len({block.point for block in counted}) == 1
    for block in blocks:
        if block in counted:
            name_of = f"{told.meter or told.wallet or BY_A_UTILITY} {block.point}"
            of, scale = told if is_one else told._replace(meter=name_of), _scale(name, block.kind)
            for each in block.readings:
                yield _reading(of, each, scale, fed_back=(block.point, *_span_of(each)) in back)
        else:
            why = _FED_IN if block.kind.is_counted and block.kind.flow == FED_IN else block.kind.words
            for each in block.readings:
                yield Reading(partial(_left_out, why), _span_of(each))


def _left_out(words: str) -> Mapping[str, Any]:
    raise NoEvent(words)


def _span_of(reading: Element) -> tuple[str, str]:
    return _text(reading, "timePeriod/start"), _text(reading, "timePeriod/duration")


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _scale(name: str, kind: Kind) -> int:
    try:
        scale = int(kind.power or "0")
    except ValueError:
        raise InputRefusedError(f"{name}: its power of ten is no number: {AGAIN}") from None
    if abs(scale) > MOST_POWER:
        raise InputRefusedError(f"{name}: its power of ten, {scale}, cannot be right: {AGAIN}")
    return scale


def _reading(told: Told, reading: Element, scale: int, *, fed_back: bool) -> Reading:
    def make() -> Mapping[str, Any]:
        start, lasts = _span_of(reading)
        counted = _number(_text(reading, "value"))
        try:
            begin = datetime.fromtimestamp(0, UTC) + timedelta(seconds=int(start))
            span = (begin, begin + timedelta(seconds=int(lasts)))
        except (ValueError, OverflowError):
            raise CellError("reading", "its start or duration is no number", AGAIN) from None
        if counted is None or int(lasts) <= 0:
            raise CellError("reading", "its duration or value cannot be right", AGAIN)
        qualities = {_said(each) for each in reading.iter(f"{ESPI}quality")}
        if PROJECTED in qualities:
            raise NoEvent("the utility projected it: it was not read", asked=True, how="import it once it was read")
        note = "estimated by the utility" if qualities & ESTIMATED else ""
        return energy(told, BY_A_UTILITY, span, counted.scaleb(scale), True, note, fed_back=fed_back)

    return Reading(make, (told.meter or told.wallet, *_span_of(reading)))


def _blocks(name: str, feed: Element) -> list[_Block]:
    """Return the blocks of readings, each with what it measures and the meter it is of."""
    entries = [*feed.iter(f"{ATOM}entry")]
    found = [each for entry in entries for each in entry.iter(f"{ESPI}ReadingType")] or [
        *feed.iter(f"{ESPI}ReadingType")
    ]
    kinds = {_kind(each) for each in found}
    by_link = {_link(entry, "self"): _kind(each) for entry in entries for each in entry.iter(f"{ESPI}ReadingType")}
    meters = {
        _link(entry, "self"): [_href(link) for link in entry.iter(f"{ATOM}link")]
        for entry in entries
        if next(entry.iter(f"{ESPI}MeterReading"), None) is not None
    }
    if not kinds:
        raise InputRefusedError(f"{name}: it does not say what it measures: {AGAIN}")
    blocks: list[_Block] = []
    for entry in entries or [feed]:
        for each in entry.iter(f"{ESPI}IntervalBlock"):
            up = _link(entry, "up")
            reading = next((links for href, links in meters.items() if href and f"{up}/".startswith(f"{href}/")), [])
            of = {by_link[href] for href in reading if href in by_link} or kinds
            if len(of) != 1:
                raise InputRefusedError(
                    f"{name}: it tells {len(of)} kinds of readings and not which is which: export the electricity used "
                    "alone"
                )
            point = _POINT.search(up)
            readings_ = [*each.iter(f"{ESPI}IntervalReading")]
            blocks.append(_Block(next(iter(of)), "" if point is None else point[1], readings_))
    return blocks


def _kind(element: Element) -> Kind:
    keys = ("uom", "powerOfTenMultiplier", "flowDirection", "commodity", "accumulationBehaviour")
    return Kind(*(_text(element, key) for key in keys))


def _href(link: Element) -> str:
    return link.get("href", "").strip().rstrip("/")


def _link(entry: Element, rel: str) -> str:
    return next((_href(link) for link in entry.iter(f"{ATOM}link") if link.get("rel") == rel), "")


def _said(element: Element | None) -> str:
    return "" if element is None or element.text is None else element.text.strip()


def _text(element: Element, path: str) -> str:
    return _said(element.find("/".join(f"{ESPI}{part}" for part in path.split("/"))))


def _tree(name: str, data: bytes) -> Element:
    """Return the XML in *data*; what declares a document type, or is nested too deep, is refused."""
    builder = TreeBuilder()
    deep = 0

    def begun(tag: str, attributes: dict[str, str]) -> None:
        nonlocal deep
        deep += 1
        if deep > MOST_DEEP:
            raise ValueError
        builder.start(_named(tag), attributes)

    def ended(tag: str) -> None:
        nonlocal deep
        deep -= 1
        builder.end(_named(tag))

    def declared(*_: object) -> None:
        raise ValueError

    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartElementHandler, parser.EndElementHandler = begun, ended
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = declared
    try:
        parser.Parse(data, True)
        return builder.close()
    except (expat.ExpatError, ValueError, LookupError, AssertionError):
        raise InputRefusedError(f"{name}: the XML cannot be read: {AGAIN}") from None


def _named(tag: str) -> str:
    return f"{{{tag}" if "}" in tag else tag

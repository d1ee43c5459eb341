"""The page that finds events: by words or an amount, of a kind, between two days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Self

from lotwork.ledger.codec import KINDS, encode, kind_of
from lotwork.ledger.events import Event
from lotwork.ledger.public_form.parse_words import parse_day
from lotwork.ledger.units import MICROS, AmountError, AssetTable
from lotwork.web.listing import Listing, page_of
from lotwork.web.reading import Reading
from lotwork.web.views.event import in_brief

MOST_LETTERS = 200
PRICES = "_usd"
MONEY = "_micros"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for: words or an amount, a kind, the first and the last day; each may be left open."""

    text: str = ""
    kind: str = ""
    first: date | None = None
    last: date | None = None

    @classmethod
    def asked(cls, told: Mapping[str, str]) -> Self:
        """Return what the keys of an address ask for; a kind or a day that is none narrows nothing."""
        kind = told.get("kind", "")
        text = told.get("q", "").strip()[:MOST_LETTERS]
        return cls(text, kind if kind in KINDS else "", _day(told.get("from")), _day(told.get("to")))

    def matches(self, event: Event, assets: AssetTable) -> bool:
        """Say if *event* holds the words, in any capitals, or the amount."""
        if not self.text:
            return True
        amount = _amount(self.text)
        if amount is not None and _holds(event, amount, assets):
            return True
        return self.text.casefold() in encode(event).decode().casefold()


@dataclass(frozen=True, slots=True)
class Found:
    """An event that was found."""

    id: str
    day: date
    kind: str
    says: str
    void: bool


@dataclass(frozen=True, slots=True)
class FindView:
    """What the page shows."""

    wanted: Wanted
    kinds: tuple[str, ...]
    rows: Listing[Found]

    @property
    def kept(self) -> dict[str, str]:
        """What the next page of the list, and its file, ask for."""
        first, last = (day.isoformat() if day else "" for day in (self.wanted.first, self.wanted.last))
        return {"q": self.wanted.text, "kind": self.wanted.kind, "from": first, "to": last}


def find_view(reading: Reading, wanted: Wanted, page: int) -> FindView:
    """Return the events that are wanted, as they were recorded, the last recorded first."""
    found = list(events_found(reading, wanted))[::-1]
    return FindView(wanted, tuple(KINDS), page_of(found, page).of(lambda event: _row(reading, event)))


def events_found(reading: Reading, wanted: Wanted) -> Iterator[Event]:
    """Yield the events that are wanted, in the order in which they were recorded."""
    kinds = (wanted.kind,) if wanted.kind else None
    calendar, assets = reading.history.calendar, reading.history.assets
    for _, event in reading.history.log.read(reading.book, up_to=reading.head.position, kinds=kinds):
        fell = calendar.day(event.at)
        if wanted.first is not None and fell < wanted.first:
            continue
        last = min(filter(None, (wanted.last, reading.as_of)), default=None)
        if (last is None or fell <= last) and wanted.matches(event, assets):
            yield event


def _row(reading: Reading, event: Event) -> Found:
    fell = reading.history.calendar.day(event.at)
    return Found(event.id, fell, kind_of(event), in_brief(reading, event), event.id in reading.history.voided)


def _holds(event: Event, amount: Decimal, assets: AssetTable) -> bool:
    """Say if *event* tells *amount*, in dollars or in coins."""
    asset = assets.get(getattr(event, "asset", ""))
    for name in event.__struct_fields__:
        told = getattr(event, name)
        if isinstance(told, int) and name.endswith(MONEY):
            found = amount * MICROS == told
        elif isinstance(told, int) and asset is not None:
            found = amount.scaleb(asset.decimals) == told
        else:
            found = isinstance(told, str) and name.endswith(PRICES) and _amount(told) == amount
        if found:
            return True
    return False


def _amount(text: str) -> Decimal | None:
    """Return the amount that *text* is, however it separates thousands; None where it is none."""
    bare = text.removeprefix("$").replace(",", "")
    if not (bare.isascii() and bare.replace(".", "", 1).isdigit()):
        return None
    try:
        return Decimal(bare)
    except InvalidOperation:
        return None


def _day(text: str | None) -> date | None:
    try:
        return parse_day(text) if text else None
    except AmountError:
        return None

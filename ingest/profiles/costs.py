"""Rows into events that are no coins: a meter's readings, and what a bank says was paid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import pairwise
from typing import Any

from lotwork.ingest.profiles.days import MONTH_FIRST, american_day_of, day_of, ordered
from lotwork.ingest.profiles.deal import Deal
from lotwork.ingest.profiles.joined import Joiner, Made
from lotwork.ingest.profiles.meaning import plain
from lotwork.ingest.profiles.row import CellError, NoEvent, Row, Told
from lotwork.ingest.sheets.table import SHOWN
from lotwork.ledger.not_yet import says_not_yet
from lotwork.ledger.public_form.parse_words import print_instant, zone_named
from lotwork.ledger.units import ZERO, AmountError

LAST_MINUTE = 4
"""An end such as 00:59 or 00:14 is the last minute of its span, and not the first after it."""
LONGEST = timedelta(days=1)
AN_HOUR = timedelta(hours=1)
HOW_TO_PICK = "say which are of the business with --set 'only=PG&E|EXAMPLE POWER' --set category=electricity"
REFUND = "money came back from one you picked: record it with lotwork add expense … refund_of=ID"


def green_button(rows: Sequence[Row]) -> Iterator[Made]:
    """Read a meter's spans; the hour that the clocks tell twice in autumn stands twice, and is told by its order.

    Some files begin with the newest span: of such a one the second of two is the earlier.
    """
    rows = ordered(rows, ["day"], MONTH_FIRST)
    seen: Counter[str] = Counter()
    lasts = None if not rows or "end" in rows[0].face.places else _length(rows)
    begun = _starts(rows)
    again: dict[int, int] = {}
    for row in reversed(rows) if begun and begun[0] > begun[-1] else rows:
        start = f"{row.text('type')} {row.text('day')} {row.text('start')}"
        again[row.line] = seen[start]
        seen[start] += 1
    for row in rows:
        yield [row], partial(_span, row, again[row.line], lasts)


def _length(rows: Sequence[Row]) -> timedelta:
    """Return how long a span of a file that tells no ends is: the shortest from one to the next."""
    told = sorted({*_starts(rows)})
    return min((later - start for start, later in pairwise(told)), default=timedelta())


def _starts(rows: Sequence[Row]) -> list[datetime]:
    """Return when the spans begin, by the clock of the place, in the order of the file."""
    starts: list[datetime] = []
    for row in rows:
        with suppress(CellError, NoEvent):
            row.meaning()
            starts.append(_clock(row, "start", day_of(row, "day")))
    return starts


def _span(row: Row, again: int, lasts: timedelta | None) -> Deal:
    row.meaning()
    day = day_of(row, "day")
    begin = _clock(row, "start", day)
    end = _clock(row, "end", day) if lasts is None else begin + lasts
    if lasts is not None and not timedelta() < lasts <= LONGEST:
        words = "the file tells no ends, and its starts do not say how long a span is"
        raise CellError(row.column("start"), words, "export a day or more by the hour")
    if end.minute % 5 == LAST_MINUTE:
        end += timedelta(minutes=1)
    if end <= begin:
        end += timedelta(days=1)
    zone = row.told.zone or row.told.home_zone
    if not zone:
        raise CellError(row.column("start"), "the file names no zone", "say it with --set zone=America/New_York")
    from_ = _placed(row, begin, zone, again)
    kwh = row.needed("kwh")
    unit = row.text("unit").casefold() or "kwh"
    if unit not in ("kwh", "wh"):
        raise CellError(row.column("unit"), f"{row.text('unit')[:SHOWN]!r} is no kWh", "export electricity in kWh")
    fed_in = row.number("fed_in")
    note = f"fed in: {plain(fed_in)} kWh" if fed_in else ""
    span = (from_, _ended(from_, end - begin, zone))
    return _deal([row], energy(row.told, row.face.profile.wallet, span, kwh, unit == "wh", note, fed_back=bool(fed_in)))


def energy(
    told: Told,
    meter: str,
    span: tuple[datetime, datetime],
    kwh: Decimal,
    watt_hours: bool,  # noqa: FBT001 - the unit of what was counted
    note: str = "",
    *,
    fed_back: bool = False,
) -> dict[str, Any]:
    """Return the public form of what a meter counted in a span; in doubt where power was *fed_back* meanwhile."""
    if kwh < 0:
        raise CellError("kwh", "it is negative: power that was fed in", "record it by hand")
    return {
        "kind": "energy",
        "at": print_instant(span[1]),
        "from": print_instant(span[0]),
        "to": print_instant(span[1]),
        "meter": told.meter or told.wallet or meter,
        "kwh": plain(kwh.scaleb(-3) if watt_hours else kwh),
        "note": note or None,
        "business_share": told.business_share or None,
        "doubt": "flowed_back" if fed_back else None,
    }


def _deal(rows: Sequence[Row], content: Mapping[str, Any], ref: str = "") -> Deal:
    return Deal(rows=rows, meaning="", at=content["at"], ref=ref, content=content)


def _clock(row: Row, role: str, day: date) -> datetime:
    for way in ("%H:%M", "%H:%M:%S", "%I:%M %p"):
        try:
            told = datetime.strptime(row.text(role), way)  # noqa: DTZ007 - the zone follows
        except ValueError:
            continue
        return datetime.combine(day, told.time())
    raise CellError(row.column(role), f"{row.text(role)[:SHOWN]!r} is no time of day", "export it again, unchanged")


def _placed(row: Row, naive: datetime, zone: str, again: int) -> datetime:
    try:
        named = zone_named(zone)
    except AmountError as broken:
        raise CellError("zone", broken.reason, broken.remedy) from None
    told = naive.replace(tzinfo=named, fold=min(again, 1)).astimezone(UTC)
    if told.astimezone(named).replace(tzinfo=None) != naive:
        raise CellError(row.column("start"), f"the clocks of {zone} skip that hour", "say the zone of the meter")
    if again and told == naive.replace(tzinfo=named).astimezone(UTC):
        raise CellError(row.column("start"), "the span stands twice", "export it again, unchanged")
    return told


def _ended(begin: datetime, lasts: timedelta, zone: str) -> datetime:
    """Return when a span is over that *lasts* so long by the clock of *zone*.

    A span of more than an hour in which the clocks are changed, as a day is, is an hour longer or shorter than its
    clock says. One of an hour or less is not: the hour that is told twice has a row for each.
    """
    if lasts <= AN_HOUR:
        return begin + lasts
    named = zone_named(zone)
    over = begin.astimezone(named).replace(tzinfo=None) + lasts
    return over.replace(tzinfo=named).astimezone(UTC)


def bank(rows: Sequence[Row]) -> Iterator[Made]:
    """Read what a bank says was paid, or came."""
    for row in rows:
        yield [row], partial(_payment, row)


def _payment(row: Row) -> Deal:
    for role in ("kind", "details", "status"):
        if role in row.face.places and says_not_yet(row.text(role)):
            raise NoEvent(f'{row.column(role)} is "{row.text(role)[:SHOWN]}": it is no money yet')
    amount = row.money("amount")
    if amount is None:
        paid, came = row.money("debit"), row.money("credit")
        if (paid is None) == (came is None):
            raise CellError(row.column("debit"), "it tells not one amount", "export the file again, unchanged")
        amount = came if paid is None else -abs(paid)
    content = payment(row.told, american_day_of(row, "day"), amount or ZERO, row.text("payee"), row.text("memo"))
    return _deal([row], content)


def payment(told: Told, day: date, amount: Decimal, *words: str) -> dict[str, Any]:
    """Return the expense that a payment is, where a person picked it. Raises NoEvent where it is none."""
    said = " ".join(" ".join(words).split())
    if not told.only:
        why = "payments that nobody picked" if amount < 0 else "money that came"
        raise NoEvent(why, asked=amount < 0, how=HOW_TO_PICK)
    picked = any(part.strip().casefold() in said.casefold() for part in told.only.split("|") if part.strip())
    if not picked:
        raise NoEvent("payments that --set only does not name" if amount < 0 else "money that came")
    if amount >= 0:
        raise NoEvent("money that came from one that --set only names", asked=True, how=REFUND)
    return {
        "kind": "expense",
        "at": f"{day}T12:00:00Z",
        "category": told.category,
        "amount_usd": plain(-amount),
        "note": said or None,
        "business_share": told.business_share or None,
    }


COSTS: dict[str, Joiner] = {"green_button": green_button, "bank": bank}

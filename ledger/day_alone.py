"""A day told by hand where an instant is due: which instant of it is taken, by the taxpayer's own clock.

What happened on a day stands at its noon, as a row of a file does that names no hour, and what holds from a day on at
its midnight. Where what follows hangs on the hour, as which sales a choice of lots comes before, the hour is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from lotwork.ledger.codec import KINDS
from lotwork.ledger.history import History, Log
from lotwork.ledger.public_form.parse_words import is_day, parse_day, parse_zone, print_instant, zone_named
from lotwork.ledger.units import AmountError
from lotwork.ledger.zones import midnight_of, noon_of

BY_THE_HOUR: Final = frozenset(
    {"price", "balance", "energy", "energy_estimate", "selection", "election", "void", "correction", "filing"}
)
"""Kinds whose hour counts: a price and a balance are of their minute, a meter's day may be over at its midnight, and
the others tell what comes before them and what after."""
FROM_MIDNIGHT: Final = frozenset({"profile"})
"""Kinds that hold from a day on, all of it."""
WORTH: Final = ("price_usd", "value_usd", "no_market")
"""Keys of which one tells what coins were worth: without them the price of the minute does."""


class DayTaken(NamedTuple):
    """What a day alone was taken for: its instant in UTC, and in which zone it is which hour of that day."""

    day: str
    at: str
    hour: str
    """noon or midnight."""
    zone: str
    is_told: bool
    """Whether a profile tells the zone; else it is UTC."""
    is_priced_then: bool
    """Whether a price is still to be had, which will be that of the instant."""


def day_taken(content: Mapping[str, Any], log: Log, book: str) -> DayTaken | None:
    """Return what is taken for the `at` of *content*, an event's public form; None where that is no day alone.

    None also where the kind needs the hour, or the calendar has no such day: the door says so of `at` as it stands.
    """
    kind, told = content.get("kind"), content.get("at")
    if kind not in KINDS or kind in BY_THE_HOUR or not is_day(told):
        return None
    with suppress(AmountError):
        day = parse_day(told)
        own = _own_zone(content)
        calendar = History.read(log, book).calendar
        zone = own or calendar.zone_of(day)
        hour, instant = ("midnight", midnight_of) if kind in FROM_MIDNIGHT else ("noon", noon_of)
        at = print_instant(instant(day, zone))
        return DayTaken(told, at, hour, zone.key, own is not None or calendar.is_told, _waits_for_a_price(content))
    return None


def _own_zone(content: Mapping[str, Any]) -> ZoneInfo | None:
    """Return the zone that a profile itself names, whose days it tells of; AmountError where there is no such zone."""
    zone = content.get("time_zone")
    return None if zone is None else zone_named(parse_zone(zone))


def _waits_for_a_price(content: Mapping[str, Any]) -> bool:
    """Say if coins are told without what they were worth: of a receipt all, of what was moved its fee."""
    comes, moved = content["kind"] == "receipt", content["kind"] in ("transfer", "movement")
    return (comes or (moved and "fee_quantity" in content)) and not any(content.get(key) for key in WORTH)

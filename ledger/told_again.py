"""Rows that may tell an event once more: another export says the same but for a note, a price or a word.

Two rows of one file are two events. What another file of the same source tells of the same instant, place and amounts
is a question: exports spell a pool, a price or a state otherwise, cut the seconds, or the hour, off an instant, tell it
by the clock of another zone, or round its coins to fewer decimals. A later export of one that is known may correct an
amount: of the same instant, and near the one before, which it does not tell any more.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple, TypeAlias

from lotwork.ledger.codec import kind_of
from lotwork.ledger.events import Event, Receipt
from lotwork.ledger.pools_named import are_known_as_two
from lotwork.ledger.public_form.contract import to_contract
from lotwork.ledger.public_form.keys import Key, keys_of
from lotwork.ledger.tellers import teller_of
from lotwork.ledger.txids import txid_key
from lotwork.ledger.units import AssetTable

SETTLED = "none"
"""What `may_repeat` says once a person told that the two are two."""
PLACES = frozenset({"wallet", "from_wallet", "to_wallet", "asset"})
"""What a map's constant says of each of its rows: where one is mended, every row stands elsewhere."""
HALF_A_DAY = timedelta(hours=12)
_ZONES_APART = timedelta(hours=14)
_STEP_OF_ZONES = timedelta(minutes=15)
_NOON = 12
_NEAR = 10
_LEAST_DIGITS = 2
"""Fewer digits of a rounded quantity say too little: 0.001 may be any of a thousand payouts."""
_WORDS = re.compile(r"[0-9a-z]+")

Minute: TypeAlias = tuple[str, str | None, datetime]
Amounts: TypeAlias = tuple[str, str | None, frozenset[tuple[str, str]]]


def essence_of(event: Event, assets: AssetTable) -> dict[str, Any]:
    """Return what makes *event* the one it is, beside its kind: its instant, place and amounts, in the public form."""
    public = to_contract(event, assets)
    return {
        name: public[name]
        for name, key in keys_of(kind_of(event)).items()
        if _is_of_essence(kind_of(event), key) and name in public
    }


def _is_of_essence(kind: str, key: Key) -> bool:
    """Say if a key tells which event it is: what must be told, and of tax paid which state got it."""
    if kind == "payment" and key.meaning == "state":
        return True
    return key.required and key.meaning != "choice" and key.name != "category"


class Told(NamedTuple):
    """An event that a row may repeat, and where its coins are."""

    event: Event
    places: Mapping[str, Any]


class ToldBefore:
    """The events that no row of a file has become, each of which one new row may repeat."""

    def __init__(
        self, rows: Iterable[Event], known: Iterable[Event], assets: AssetTable, *, overlaps: bool = False
    ) -> None:
        """Keep those of *known* that are from about a day of one of *rows*; the file *overlaps* one that is known."""
        days = {(event.at + shift).date() for event in rows for shift in (-_ZONES_APART, timedelta(), _ZONES_APART)}
        self.assets = assets
        self.overlaps = overlaps
        self.told: defaultdict[Amounts, list[Told]] = defaultdict(list)
        self._of_minutes: defaultdict[Minute, list[tuple[Amounts, Told]]] = defaultdict(list)
        for event in known:
            if event.at.date() in days:
                amounts, places = self._parts(event)
                self.told[amounts].append(Told(event, places))
                self._of_minutes[_minute_of(event)].append((amounts, Told(event, places)))

    def _parts(self, event: Event) -> tuple[Amounts, Mapping[str, Any]]:
        said = essence_of(event, self.assets)
        said.pop("at", None)
        places = {name: said.pop(name) for name in PLACES & said.keys()}
        return (kind_of(event), event.source, frozenset((name, str(value)) for name, value in said.items())), places

    def take(self, row: Event, *, own_id: bool) -> Event | None:
        """Return the event that *row* may repeat, the likeliest; each is repeated once."""
        amounts, places = self._parts(row)
        same = self.told.get(amounts, [])
        likely = [
            (elsewhere, abs(other.event.at - row.at), number)
            for number, other in enumerate(same)
            if not (own_id and _are_numbered_apart(row, other.event))
            and not _are_two(row, other.event)
            and (elsewhere := sum(places[name] != other.places.get(name) for name in places)) <= 1
            and (row.at == other.event.at if elsewhere else may_be_one_instant(row.at, other.event.at))
            and not (elsewhere and _is_asked_as_of_two_sources(row, places, other.places))
        ]
        return same.pop(min(likely)[2]).event if likely else self._rounded(row, amounts, places, own_id=own_id)

    def _rounded(self, row: Event, amounts: Amounts, places: Mapping[str, Any], *, own_id: bool) -> Event | None:
        """Return the event of the same instant and place whose amounts *row* tells to fewer decimals, or corrects."""
        for others, other in self._of_minutes.get(_minute_of(row), ()):
            apart = _are_two(row, other.event) or (own_id and _are_numbered_apart(row, other.event))
            alike = other.places == places and may_be_one_instant(row.at, other.event.at)
            if not alike or apart or other not in self.told[others]:
                continue
            said, before = dict(amounts[2]), dict(others[2])
            corrects = self.overlaps and not own_id and _may_be_corrected(row, other.event) and _are_near(said, before)
            if corrects or _are_rounded(said, before):
                self.told[others].remove(other)
                return other.event
        return None


def _minute_of(event: Event) -> Minute:
    return kind_of(event), event.source, _of_the_minute(event.at)


def _are_rounded(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Say if two events tell as many coins, and dollars, but for decimals that one of them has not."""
    if "quantity" not in one or one.keys() != other.keys() or one["quantity"] == other["quantity"]:
        return False
    return all(one[name] == other[name] or _is_rounded(one[name], other[name]) for name in one)


def _may_be_corrected(row: Event, other: Event) -> bool:
    """Say if both are rows of exports with the same columns, of the very same instant."""
    one, two = teller_of(row), teller_of(other)
    told = row.row is not None and other.row is not None
    return told and row.at == other.at and (one.source, one.columns) == (two.source, two.columns)


def _are_near(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Say if no amount of two events is a tenth from the other's."""
    if one.keys() != other.keys():
        return False
    return all(one[name] == other[name] or _is_near(one[name], other[name]) for name in one)


def _is_near(one: str, other: str) -> bool:
    try:
        less, more = sorted((abs(Decimal(one)), abs(Decimal(other))))
    except ArithmeticError:
        return False  # texts, which differ
    return more - less < more / _NEAR


def _is_rounded(one: str, other: str) -> bool:
    """Say if of two amounts the one with fewer decimals is the other, rounded or cut off."""
    try:
        rough, fine = sorted((Decimal(one).normalize(), Decimal(other).normalize()), key=_decimals_of)
        places = Decimal(1).scaleb(-_decimals_of(rough))
        ways = [fine.quantize(places, way) for way in (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN)]
    except ArithmeticError:
        return False  # texts, which differ
    return rough in ways and len(rough.as_tuple().digits) >= _LEAST_DIGITS


def _decimals_of(number: Decimal) -> int:
    return max(0, -int(number.as_tuple().exponent))


def may_be_one_instant(one: datetime, other: datetime) -> bool:
    """Say if one of two instants may be the other told otherwise.

    It may be told without its seconds, as a day, whose noon is meant, or by a clock that is set to another zone.
    """
    if one == other:
        return True
    if _has_seconds(one) and abs(one - other) <= _ZONES_APART and not (one - other) % _STEP_OF_ZONES:
        return True
    if abs(one - other) > HALF_A_DAY:
        return False
    if _of_the_minute(one) == _of_the_minute(other) and not (_has_seconds(one) and _has_seconds(other)):
        return True
    sharp = [each for each in (one, other) if not each.minute and not _has_seconds(each)]
    return len(sharp) == 1 or any(each.hour == _NOON for each in sharp)


def _of_the_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


def _has_seconds(at: datetime) -> bool:
    return at.second > 0 or at.microsecond > 0


def _are_two(row: Event, other: Event) -> bool:
    """Say if the pools or transactions of two events tell them apart; a receipt's `same_coins` compares anyway."""
    if are_known_as_two(getattr(row, "pool", None), getattr(other, "pool", None)):
        return True
    one, two = getattr(row, "txid", None), getattr(other, "txid", None)
    if one is None or two is None:
        return False
    return isinstance(row, Receipt) or txid_key(one) != txid_key(two)


def _are_numbered_apart(row: Event, other: Event) -> bool:
    """Say if two events have numbers of their own that differ, and not in capitals, zeros and a map's words only."""
    one, two = (_WORDS.findall(event.id.casefold())[-1:] for event in (row, other))
    numbers = [number.lstrip("0") for number in (*one, *two)]
    return not other.id.startswith("csv-") and len(set(numbers)) != 1


def _is_asked_as_of_two_sources(row: Event, places: Mapping[str, Any], others: Mapping[str, Any]) -> bool:
    """Say if the files of two wallets told it, which are two sources: as much of a coin from two is asked about."""
    return isinstance(row, Receipt) and row.source == "csv" and places.get("wallet") != others.get("wallet")

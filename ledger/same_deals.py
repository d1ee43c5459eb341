"""Deals of one account that its house tells twice, under two names: by its API, and in the export of the account.

A deal is what one row became: a trade with its legs and its fee. Two are one where nothing is doubtful: one account
(the house that the ids begin with, and the wallet), the same second, the same coins to the last unit, and dollars that
differ by no more than the digits of them explain. Two deals that are alike in all of that are two where both tellers
tell two; where one tells more of them than the other, or another sum, a person is asked (`likely_twins`). What one
tells whole and the other by its parts stands in `split_deals`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeAlias

import msgspec

from lotwork.ledger.codec import kind_of
from lotwork.ledger.events import Event, Movement, Sale
from lotwork.ledger.told_again import essence_of
from lotwork.ledger.txids import txid_key
from lotwork.ledger.units import MICROS, AssetTable

PARTS = (2, 3, 4)
"""What the ids of the events end with that one row may become beside its first."""
DIGITS_OF_MONEY = 2
SECONDS = len("2026-03-01T12:00:00")
TELLERS = frozenset({"id", "source", "evidence", "row", "may_repeat", "note", "at"})
"""Fields that say who told it, and how; instants are compared by the second."""
NEVER_SILENT = frozenset({"fee_quantity", "fee_usd_micros", "disposition"})
"""What is none, or sold, where it is not told: one who tells it tells another deal."""
_SPENT = "spent"

Deal: TypeAlias = Sequence[Event]


def base_of(name: str) -> str:
    """Return the id of the first event of a row, of the id of any of them."""
    return name.rpartition(":")[0] if is_part(name) else name


def is_part(name: str) -> bool:
    """Say if *name* is that of an event that a row became beside its first."""
    return name.rpartition(":")[2] in {str(part) for part in PARTS} and name.count(":") > 1


def house_of(event: Event) -> str:
    """Return the house whose name an id begins with; empty where it names none."""
    return event.id.partition(":")[0] if ":" in event.id else ""


def same_deals(rows: Iterable[Event], others: Iterable[Event], assets: AssetTable) -> dict[str, Event]:
    """Return by the id of each of *rows* that *others* tell too the event of them that tells it.

    Neither of the two may hold what one teller told under one id twice.
    """
    ours, theirs = _by_looks(rows, assets), _by_looks(others, assets)
    found: dict[str, Event] = {}
    for looks, deals in ours.items():
        twins = theirs.get(looks, [])
        if len(twins) == len(deals) and all(_are_alike(one, two) for one in deals for two in twins):
            for one, two in zip(deals, twins, strict=True):
                found.update({event.id: other for event, other in zip(one, two, strict=True)})
    return found


def agreed(event: Event, other: Event) -> Event:
    """Return *event* with the instant and the dollars of *other*, its twin, where it only rounds them."""
    if type(event) is not type(other):
        return event
    told: dict[str, Any] = {"at": other.at}
    for name in event.__struct_fields__:
        if name.endswith("_usd_micros") and None not in (getattr(event, name), getattr(other, name)):
            told[name] = getattr(other, name)
    return msgspec.structs.replace(event, **told)


def _by_looks(events: Iterable[Event], assets: AssetTable) -> Mapping[tuple[Any, ...], list[Deal]]:
    deals: defaultdict[str, list[Event]] = defaultdict(list)
    for event in events:
        deals[base_of(event.id)].append(event)
    found: defaultdict[tuple[Any, ...], list[Deal]] = defaultdict(list)
    for name in sorted(deals):
        deal = sorted(deals[name], key=lambda event: event.id)
        found[tuple(looks_of(event, assets) for event in deal)].append(deal)
    return found


def looks_of(event: Event, assets: AssetTable, without: Collection[str] = ()) -> tuple[Any, ...]:
    """Return what is the same to the last unit in two tellings of one event, but for the keys *without*."""
    said = essence_of(event, assets)
    said["at"] = str(said.get("at"))[:SECONDS]
    exact = ((name, str(value)) for name, value in said.items() if not name.endswith("_usd") and name not in without)
    kind = _SPENT if _is_spent(event) else kind_of(event)
    return (house_of(event), kind, *sorted(exact))


def _is_spent(event: Event) -> bool:
    """Say if it is the leg of a deal that tells its fee in a coin of its own: what it was worth, one may not tell."""
    gone = isinstance(event, Movement) or (isinstance(event, Sale) and event.disposition == _SPENT)
    return gone and is_part(event.id)


def _are_alike(one: Deal, two: Deal) -> bool:
    paid = any(_is_spent(event) for event in one)
    return all(_say_one(event, other, paid=paid) for event, other in zip(one, two, strict=True))


def _say_one(one: Event, two: Event, *, paid: bool) -> bool:
    """Say if two events that look alike say no other thing; what only one of them says is no other."""
    if type(one) is not type(two):
        return _is_spent(one)
    for field in _fields(type(one)):
        first, second = getattr(one, field.name), getattr(two, field.name)
        if field.name in TELLERS or first == second or (field.name in NEVER_SILENT and not first and not second):
            continue
        if None in (first, second) or field.default in (first, second):
            if field.name in NEVER_SILENT and not (paid and field.name == "fee_usd_micros"):
                return False
            continue
        if field.name.endswith("_usd_micros"):
            if not are_rounded(first, second):
                return False
        elif field.name != "txid" or txid_key(first) != txid_key(second):
            return False
    return True


@cache
def _fields(kind: type[Any]) -> tuple[msgspec.structs.FieldInfo, ...]:
    """Return the fields of a *kind* of event: read once, since its annotations are evaluated for them."""
    return msgspec.structs.fields(kind)


def are_rounded(one: int, two: int) -> bool:
    """Say if two sums in micro-dollars may be one, told to other digits: to the cent at the coarsest."""
    digits = min(_digits(one), _digits(two))
    return abs(one - two) * int(10**digits) < MICROS


def _digits(micros: int) -> int:
    """Return how many decimals a sum in micro-dollars is told with, two at the least."""
    text = f"{micros % MICROS:06d}".rstrip("0")
    return max(DIGITS_OF_MONEY, len(text))

"""The public form of an event: decimal strings and plain words in, the typed event out, and back.

One line of JSON a human or another program writes is parsed key by key, and *every* problem is reported at once.
Nothing is guessed: unknown keys, numbers where a string is due, and amounts finer than the asset can hold are refused.
"""

from __future__ import annotations

import difflib
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import msgspec

from ledger.bands import parse_hours, parse_interval, parse_weekdays
from ledger.codec import KINDS, derived_id, kind_of
from ledger.errors import ImpossibleEventError, InputRefusedError, Problem
from ledger.events import Energy, Equipment, Event, EventBase, LotChoice, Receipt, Selector, Tariff
from ledger.keys import Key, keys_of, required_keys
from ledger.units import (
    MICRO_DECIMALS,
    MICROS,
    PRICE_DECIMALS,
    AmountError,
    AssetTable,
    scaled,
    unscaled,
    value_usd_micros,
)
from ledger.words import (
    parse_boolean,
    parse_choice,
    parse_count,
    parse_day,
    parse_instant,
    parse_moment,
    parse_number,
    parse_share,
    parse_text,
    parse_whole,
    parse_year,
    parse_zone,
    print_instant,
)

HEADER = frozenset({"kind", "book"})
SPANS = (Energy, Tariff)
WORDS = frozenset({"asset", "category", "from_wallet", "pool", "source", "to_wallet", "wallet"})
"""Keys with few different texts: a million events share them."""
MOST_DOLLARS = 10**13
"""No amount is this large: the law's formulas take none (`rules.case`)."""


class Draft(NamedTuple):
    """What parsing needs beside the value: the asset whose decimals count, and the assets known."""

    asset: str | None
    assets: AssetTable


def parse_event(line: Mapping[str, Any], assets: AssetTable, where: str) -> Event:
    """Return the event that *line* tells in the public form.

    *where* names the line in messages ("ledger.jsonl:12"). Raises InputRefusedError with every problem of the line.
    """
    kind = line.get("kind")
    if not isinstance(kind, str) or kind not in KINDS:
        raise InputRefusedError(f"{where}: refused", [_unknown_kind(where, kind)])
    problems: list[Problem] = []
    fields = _fields(line, kind, assets, where, problems)
    if problems:
        raise InputRefusedError(f"{where}: refused", problems)
    try:
        event = _build(kind, fields, assets)
    except ImpossibleEventError as broken:
        problem = Problem(where, "quantity" if "quantity" in broken.rule else kind, broken.rule, "correct the line")
        raise InputRefusedError(f"{where}: refused", [problem]) from broken
    except AmountError as broken:
        raise InputRefusedError(f"{where}: refused", [Problem(where, kind, broken.reason, broken.remedy)]) from broken
    return event


def _build(kind: str, fields: dict[str, Any], assets: AssetTable) -> Event:
    """Return the event of *fields*, its derived parts filled in."""
    if kind == "receipt":
        _value_receipt(fields, assets)
    given = fields.setdefault("id", "")
    event: Any = KINDS[kind](**fields)
    if isinstance(event, Equipment) and event.bonus not in ("auto", "none"):
        parse_share(event.bonus)
    if isinstance(event, SPANS) and event.to is not None and not _in_order(event.from_, event.to):
        raise AmountError(f"from {event.from_} to {event.to} is no span of time", "let it begin before it ends")
    named: Event = event if given else msgspec.structs.replace(event, id=derived_id(event))
    return named


def _value_receipt(fields: dict[str, Any], assets: AssetTable) -> None:
    """Fill in a receipt's value from its price; a price and a value that disagree are refused."""
    price = fields.get("price_usd")
    if price is None or not fields["quantity"] > 0:
        return
    value = value_usd_micros(fields["quantity"], price, assets.decimals(fields["asset"]))
    if value >= MOST_DOLLARS * MICROS:
        raise AmountError("price_usd times quantity is too many dollars", "correct the price or the quantity")
    if fields.setdefault("value_usd_micros", value) != value:
        raise AmountError("price_usd times quantity is not value_usd", "give one of the two")


def _in_order(begin: str, end: str) -> bool:
    """Say whether *begin* comes before *end*; a day and an instant are compared by the reader who knows the zone."""
    return ("T" in begin) != ("T" in end) or datetime.fromisoformat(begin) < datetime.fromisoformat(end)


def _fields(
    line: Mapping[str, Any], kind: str, assets: AssetTable, where: str, problems: list[Problem]
) -> dict[str, Any]:
    """Return the value of every field that is well written; append a problem for each that is not."""
    readers, needed = _readers(kind)
    asset = line.get("asset")
    draft = Draft(asset if isinstance(asset, str) else None, assets)
    fields: dict[str, Any] = {}
    unread: list[Problem] = []
    for name, value in line.items():
        reader = readers.get(name)
        if reader is None:
            if name not in HEADER:
                unread.append(_unknown_key(where, kind, name, keys_of(kind)))
        elif value is not None:
            key, read = reader
            try:
                fields[key.field] = PARSERS[key.meaning](value, key, draft) if read is None else read(value)
            except AmountError as broken:
                unread.append(Problem(where, name, broken.reason, broken.remedy))
    if not needed <= fields.keys():
        problems.extend(
            Problem(where, name, f"every {kind} must have it", f"add {name!r}")
            for name in required_keys(kind)
            if line.get(name) is None
        )
    problems.extend(unread)
    return fields


@cache
def _readers(kind: str) -> tuple[Mapping[str, tuple[Key, Callable[[Any], Any] | None]], frozenset[str]]:
    """Return each key of *kind* with what reads its value alone, if anything does, and the fields there must be."""
    known = keys_of(kind)
    needed = frozenset(known[name].field for name in required_keys(kind))
    readers = {name: (key, ALONE.get("word" if name in WORDS else key.meaning)) for name, key in known.items()}
    return readers, needed


def _unknown_kind(where: str, kind: object) -> Problem:
    if kind is None:
        return Problem(where, "kind", "the line has no kind", f"say one of {', '.join(KINDS)}")
    near = difflib.get_close_matches(str(kind), KINDS, 1)
    remedy = f"did you mean {near[0]!r}?" if near else f"kinds are {', '.join(KINDS)}"
    return Problem(where, "kind", f"{str(kind)[:60]!r} is not a kind of event", remedy)


def _unknown_key(where: str, kind: str, name: str, known: Mapping[str, Key]) -> Problem:
    near = difflib.get_close_matches(name, known, 1)
    remedy = f"did you mean {near[0]!r}?" if near else f"its keys are {', '.join(known)}"
    return Problem(where, name[:60], f"a {kind} has no such key", remedy)


def _coins(value: Any, key: Key, draft: Draft) -> int:
    if draft.asset is None:
        raise AmountError("the quantity's asset is not known", "give `asset`")
    asset = draft.assets.get(draft.asset)
    if asset is None:
        raise AmountError(
            f"asset {draft.asset[:40]} is not declared", 'add {"kind": "asset", "asset": …, "decimals": …} first'
        )
    units = scaled(_string(value), asset.decimals)
    if units < (1 if key.meaning == "coins" else 0):
        raise AmountError(f"{value} is not above zero", "a reversal is a void or a correction, not a negative amount")
    return units


def _string(value: Any) -> str:
    if not isinstance(value, str):
        raise AmountError(
            f"{_shown(value)} is a JSON {type(value).__name__}", 'write amounts as strings, like "0.0125"'
        )
    return value


def _shown(value: Any) -> str:
    return repr(value)[:40]


def _usd(value: Any, key: Key, _draft: Draft) -> int:
    micros = _dollars(value)
    if micros < 0:
        raise AmountError(f"{value} is below zero", "a refund is a correction of what it refunds")
    if micros == 0 and key.name == "value_usd":
        raise AmountError("a receipt is never worth 0", "leave the key out: it stays pending until a price is known")
    return micros


def _dollars(value: Any) -> int:
    """Return dollars as micro-dollars; what is too large for any tax to be computed of is refused here."""
    micros = scaled(_string(value), MICRO_DECIMALS)
    if abs(micros) >= MOST_DOLLARS * MICROS:
        raise AmountError(f"{value[:60]} is too many dollars", f"write an amount below {MOST_DOLLARS}")
    return micros


def _price(value: Any) -> str:
    text = _string(value)
    if not 0 < scaled(text, PRICE_DECIMALS) < MOST_DOLLARS * 10**PRICE_DECIMALS:
        raise AmountError(
            f"a price of {text[:60]} is no price", "leave it out: the event stays pending until one is known"
        )
    whole, _, fraction = text.partition(".")
    if not fraction and whole[0] != "0":
        return whole
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


def _lots(value: Any, _key: Key, draft: Draft) -> tuple[LotChoice, ...]:
    if not isinstance(value, list):
        raise AmountError("lots are a list", 'write [{"lot": "id", "quantity": "0.1"}]')
    return tuple(_lot(item, draft) for item in value)


def _lot(item: Any, draft: Draft) -> LotChoice:
    if not isinstance(item, Mapping) or not {"lot", "quantity"} <= item.keys() <= {"lot", "quantity", "wallet"}:
        raise AmountError("a lot has the keys lot and quantity", 'write {"lot": "id", "quantity": "0.1"}')
    wallet = item.get("wallet")
    return LotChoice(
        lot=parse_text(item["lot"]),
        quantity=_coins(item["quantity"], Key("quantity", "quantity", "coins", (), required=True), draft),
        wallet=None if wallet is None else parse_text(wallet),
    )


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise AmountError("names are a list", 'write ["a name"]')
    return tuple(map(parse_text, value))


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise AmountError(f"{_shown(value)} is not an object", 'write {"key": "value"}')
    return value


def _selector(value: Any) -> Selector:
    names = {"kind", "source", "wallet", "from", "to"}
    if not isinstance(value, dict) or not value or not value.keys() <= names:
        raise AmountError("a select has some of the keys kind, source, wallet, from, to", "name what is corrected")
    if value.get("kind") is not None and value["kind"] not in tuple(KINDS):
        raise AmountError(f"{_shown(value['kind'])} is not a kind of event", f"kinds are {', '.join(KINDS)}")
    moments = {name: parse_moment(value[name]) for name in ("from", "to") if value.get(name) is not None}
    words = {name: parse_text(value[name]) for name in ("kind", "source", "wallet") if value.get(name) is not None}
    return Selector(**words, from_=moments.get("from"), to=moments.get("to"))


def _checked(value: Any, read: Callable[[str], object]) -> str:
    """Return the text of *value*, which *read* can read."""
    text = parse_text(value)
    read(text)
    return text


ALONE: Mapping[str, Callable[[Any], Any]] = {
    "signed usd": _dollars,
    "price": _price,
    "share": lambda value: parse_share(_string(value)),
    "number": lambda value: parse_number(_string(value)),
    "moment": parse_moment,
    "zone": parse_zone,
    "hours": lambda value: _checked(value, parse_hours),
    "weekdays": lambda value: _checked(value, parse_weekdays),
    "interval": lambda value: _checked(value, parse_interval),
    "year": parse_year,
    "persons": lambda value: parse_count(value, 2),
    "years": lambda value: parse_count(value, 130),
    "months": lambda value: parse_count(value, 12),
    "instant": parse_instant,
    "day": parse_day,
    "text": parse_text,
    "word": lambda value: sys.intern(parse_text(value)),
    "whole": parse_whole,
    "boolean": parse_boolean,
    "mapping": _mapping,
    "selector": _selector,
    "names": _names,
    "any": lambda value: value,
}
"""What reads a value that means the same on every line."""

PARSERS: Mapping[str, Callable[[Any, Key, Draft], Any]] = {
    "coins": _coins,
    "coins or zero": _coins,
    "usd": _usd,
    "choice": lambda value, key, _draft: parse_choice(value, key.choices),
    "lots": _lots,
}
"""What reads a value whose meaning hangs on its key, or on the asset of its line."""


def to_contract(event: Event, assets: AssetTable) -> dict[str, Any]:
    """Return the public form of *event*: what `lotwork import` would read to make the same event."""
    public: dict[str, Any] = {"kind": kind_of(event)}
    for key in keys_of(public["kind"]).values():
        value = getattr(event, key.field)
        if value is None or value == () or _is_derived(event, key):
            continue
        public[key.name] = _print(value, key, event, assets)
    return public


def _is_derived(event: EventBase, key: Key) -> bool:
    """Say if the value follows from another key, so that a correction of that key moves it too."""
    return isinstance(event, Receipt) and key.field == "value_usd_micros" and event.price_usd is not None


def _print(value: Any, key: Key, event: EventBase, assets: AssetTable) -> Any:
    match key.meaning:
        case "coins" | "coins or zero":
            return unscaled(value, assets.decimals(event.asset))  # type: ignore[attr-defined]
        case "usd" | "signed usd":
            return unscaled(value, MICRO_DECIMALS)
        case "instant":
            return print_instant(value)
        case "day":
            return value.isoformat()
        case "lots":
            decimals = assets.decimals(event.asset)  # type: ignore[attr-defined]
            return [_print_lot(choice, decimals) for choice in value]
        case "names":
            return list(value)
        case "selector":
            return msgspec.to_builtins(value)
        case _:
            return value


def _print_lot(choice: LotChoice, decimals: int) -> dict[str, str]:
    printed = {"lot": choice.lot, "quantity": unscaled(choice.quantity, decimals)}
    return printed if choice.wallet is None else {**printed, "wallet": choice.wallet}

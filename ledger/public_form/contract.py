"""The public form of an event: decimal strings and plain words in, the typed event out, and back.

One line of JSON a human or another program writes is parsed key by key, and *every* problem is reported at once.
Nothing is guessed: unknown keys, numbers where a string is due, and amounts finer than the asset can hold are refused.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.codec import KINDS, a_kind, derived_id, kind_of
from lotwork.ledger.errors import ImpossibleEventError, InputRefusedError, Problem
from lotwork.ledger.public_form.keys import Key, keys_of, required_keys
from lotwork.ledger.public_form.parse_values import ALONE, PARSERS, Draft
from lotwork.ledger.public_form.parse_words import parse_share, print_instant
from lotwork.ledger.public_form.plain_receipt import plain_receipt
from lotwork.ledger.txids import spelled
from lotwork.ledger.units import MICRO_DECIMALS, MICROS, MOST_MONEY, AmountError, AssetTable, unscaled, value_usd_micros

HEADER = frozenset({"kind", "book"})
SPANS = (e.Energy, e.EnergyEstimate, e.Tariff)
WORDS = frozenset({"asset", "category", "from_wallet", "pool", "source", "to_wallet", "wallet"})
"""Keys with few different texts: a million events share them."""
OTHER_WORDS: Mapping[str, str] = {
    "bill": "expense", "buy": "purchase", "cost": "expense", "income": "receipt", "miner": "equipment",
    "payout": "receipt", "reward": "receipt", "rig": "equipment", "sell": "sale", "send": "transfer", "tax": "payment",
    "withdrawal": "movement",
}  # fmt: skip
"""What a miner may call a kind of event, by its letters often nearer to another."""


def parse_event(line: Mapping[str, Any], assets: AssetTable, where: str) -> e.Event:
    """Return the event that *line* tells in the public form.

    *where* names the line in messages ("ledger.jsonl:12"). Raises InputRefusedError with every problem of the line.
    """
    kind = line.get("kind")
    return (plain_receipt(line, assets) if kind == "receipt" else None) or read_line(line, assets, where)


def read_line(line: Mapping[str, Any], assets: AssetTable, where: str) -> e.Event:
    """Return the event of any *line*, key by key: what `parse_event` does where no shorter way is sure."""
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
        key = "value_usd" if "worth 0" in broken.reason else kind
        raise InputRefusedError(f"{where}: refused", [Problem(where, key, broken.reason, broken.remedy)]) from broken
    return event


def _build(kind: str, fields: dict[str, Any], assets: AssetTable) -> e.Event:
    """Return the event of *fields*, its derived parts filled in."""
    if kind == "receipt":
        _value_receipt(fields, assets)
    if "txid" in fields:
        fields["txid"] = _txid(fields["txid"], fields["asset"], assets)
    if fields.get("refund_of") is not None and "business_share" in fields:
        raise AmountError("a refund goes by the bill it refunds, its share too", "leave business_share out")
    to_asset = fields.get("to_asset") or fields.get("asset", "")
    if kind == "transfer" and assets.decimals(to_asset) != assets.decimals(fields["asset"]):
        raise AmountError(f"{to_asset} has other decimals than {fields['asset']}", "tell a sale and a purchase")
    given = fields.setdefault("id", "")
    event: Any = KINDS[kind](**fields)
    if isinstance(event, e.Equipment) and event.bonus not in ("auto", "none"):
        parse_share(event.bonus)
    if isinstance(event, SPANS) and event.to is not None and not _in_order(event.from_, event.to):
        raise AmountError(f"from {event.from_} to {event.to} is no span of time", "let it begin before it ends")
    named: e.Event = event if given else msgspec.structs.replace(event, id=derived_id(event))
    return named


def _txid(told: str, asset: str, assets: AssetTable) -> str:
    """Return a transaction's id as the chain of *asset* writes it."""
    known = assets.get(asset)
    return spelled(told, None if known is None else known.chain)


def _value_receipt(fields: dict[str, Any], assets: AssetTable) -> None:
    """Fill in a receipt's value from its price; refuse a price and a value that disagree, and 0 without a reason."""
    price = fields.get("price_usd")
    if fields.get("no_market") is not None:
        if price is not None or fields.setdefault("value_usd_micros", 0):
            raise AmountError("what no market has is worth 0", "leave the price and the value out, or `no_market`")
        return
    if price is None and fields.get("value_usd_micros") == 0:
        raise AmountError(
            "a receipt is never worth 0 by itself",
            "leave the key out: it stays pending until a price is known; where no market has the coin, say so in "
            "`no_market`",
        )
    if price is None or not fields["quantity"] > 0:
        return
    value = value_usd_micros(fields["quantity"], price, assets.decimals(fields["asset"]))
    if value >= MOST_MONEY * MICROS:
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
            Problem(where, name, f"every {kind} must have it", _added(kind, name))
            for name in required_keys(kind)
            if line.get(name) is None
        )
    problems.extend(unread)
    return fields


def _added(kind: str, name: str) -> str:
    """Return what to do about a key that is missing: what it says, and a value like the one that is due."""
    from lotwork.ledger.public_form.explained import explained  # noqa: PLC0415 - only what is refused is explained

    key = explained(kind)[name]
    words = f" One of: {', '.join(key.choices)}." if key.choices else ""
    return f"add {name!r}, like {key.example}. {key.says}{words}"


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
    meant = OTHER_WORDS.get(str(kind).casefold())
    near = difflib.get_close_matches(str(kind), KINDS, 1) if meant is None else [meant]
    remedy = f"did you mean {near[0]!r}?" if near else f"kinds are {', '.join(KINDS)}"
    return Problem(where, "kind", f"{str(kind)[:60]!r} is not a kind of event", remedy)


def _unknown_key(where: str, kind: str, name: str, known: Mapping[str, Key]) -> Problem:
    near = difflib.get_close_matches("_".join(name.casefold().split()), known, 1)
    remedy = f"did you mean {near[0]!r}?" if near else f"its keys are {', '.join(known)}."
    listed = f"`lotwork add {kind} --help` tells what each key is for"
    return Problem(where, name[:60], f"{a_kind(kind)} has no such key", f"{remedy} {listed}")


def to_contract(event: e.Event, assets: AssetTable) -> dict[str, Any]:
    """Return the public form of *event*: what `lotwork import` would read to make the same event."""
    public: dict[str, Any] = {"kind": kind_of(event)}
    asset = getattr(event, "asset", "")  # a kind without one has no key that counts coins
    for key in keys_of(public["kind"]).values():
        value = getattr(event, key.field)
        if value is None or value == () or _is_derived(event, key):
            continue
        public[key.name] = _print(value, key, asset, assets)
    return public


def _is_derived(event: e.EventBase, key: Key) -> bool:
    """Say if the value follows from another key, so that a correction of it moves this too; or from another event."""
    if isinstance(event, e.Expense) and event.refund_of is not None and key.field == "business_share":
        return True
    told = isinstance(event, e.Receipt) and key.field == "value_usd_micros"
    return told and (event.price_usd is not None or event.no_market is not None)  # type: ignore[attr-defined]  # a receipt


def _print(value: Any, key: Key, asset: str, assets: AssetTable) -> Any:
    match key.meaning:
        case "coins" | "coins or zero":
            return unscaled(value, assets.decimals(asset))
        case "usd" | "signed usd":
            return unscaled(value, MICRO_DECIMALS)
        case "instant":
            return print_instant(value)
        case "day":
            return value.isoformat()
        case "lots":
            decimals = assets.decimals(asset)
            return [_print_lot(choice, decimals) for choice in value]
        case "legs":
            return [msgspec.to_builtins(leg) | {"at": print_instant(leg.at)} for leg in value]
        case "names":
            return list(value)
        case "selector":
            return msgspec.to_builtins(value)
        case _:
            return value


def _print_lot(choice: e.LotChoice, decimals: int) -> dict[str, str]:
    printed = {"lot": choice.lot, "quantity": unscaled(choice.quantity, decimals)}
    return printed if choice.wallet is None else {**printed, "wallet": choice.wallet}

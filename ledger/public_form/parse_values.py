"""What the text of a key means: coins, dollars, prices, shares, days and lots, each read by its own function.

Each raises AmountError with a reason and a remedy for what it cannot take.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from lotwork.ledger.codec import KINDS
from lotwork.ledger.events import MOST_DEPENDENTS, LotChoice, PriceLeg, Selector
from lotwork.ledger.public_form.hashrates import parse_hashrate
from lotwork.ledger.public_form.keys import Key
from lotwork.ledger.public_form.parse_words import (
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
)
from lotwork.ledger.public_form.states import parse_state
from lotwork.ledger.public_form.time_bands import parse_days, parse_hours, parse_interval, parse_season, parse_weekdays
from lotwork.ledger.units import MICRO_DECIMALS, MICROS, MOST_MONEY, PRICE_DECIMALS, AmountError, AssetTable, scaled

LEG = '{"source": "binance", "pair": "KAS/USDT", "price": "0.07", "at": "2026-01-14T17:20:00Z"}'


class Draft(NamedTuple):
    """What parsing needs beside the value: the asset whose decimals count, and the assets known."""

    asset: str | None
    assets: AssetTable


def _coins(value: Any, key: Key, draft: Draft) -> int:
    if draft.asset is None:
        raise AmountError("the quantity's asset is not known", "give `asset`")
    asset = draft.assets.get(draft.asset)
    if asset is None and draft.asset == "USD":
        raise AmountError("dollars are no asset, and leave no lots", "record dollars of the trade as `business_income`")
    if asset is None:
        add = draft.assets.meant(draft.asset) + 'add {"kind": "asset", "asset": …, "decimals": …} first'
        raise AmountError(f"asset {draft.asset[:40]} is not declared", add)
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
        refunded = key.name == "amount_usd"
        remedy = "record what came back as an `expense` with refund_of=BILL" if refunded else "write 0 or more"
        raise AmountError(f"{value} is below zero", remedy)
    return micros


def _dollars(value: Any) -> int:
    """Return dollars as micro-dollars; what is too large for any tax to be computed of is refused here."""
    micros = scaled(_string(value), MICRO_DECIMALS)
    if abs(micros) >= MOST_MONEY * MICROS:
        raise AmountError(f"{value[:60]} is too many dollars", f"write an amount below {MOST_MONEY}")
    return micros


def _price(value: Any) -> str:
    text = _string(value)
    if not 0 < scaled(text, PRICE_DECIMALS) < MOST_MONEY * 10**PRICE_DECIMALS:
        raise AmountError(
            f"a price of {text[:60]} is no price", "leave it out: the event stays pending until one is known"
        )
    return _plain_price(text)


def _signed_price(value: Any) -> str:
    text = _string(value)
    if abs(scaled(text, PRICE_DECIMALS)) >= MOST_MONEY * 10**PRICE_DECIMALS:
        raise AmountError(f"a price of {text[:60]} is no price", f"write one between -{MOST_MONEY} and {MOST_MONEY}")
    sign = "-" if text.startswith("-") and scaled(text, PRICE_DECIMALS) else ""
    return sign + _plain_price(text.removeprefix("-"))


def _plain_price(text: str) -> str:
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


def _legs(value: Any) -> tuple[PriceLeg, ...]:
    if not isinstance(value, list):
        raise AmountError("legs are a list", f"write [{LEG}, …]")
    return tuple(map(_leg, value))


def _leg(item: Any) -> PriceLeg:
    needed = {"source", "pair", "price", "at"}
    if not isinstance(item, Mapping) or not needed <= item.keys() <= {*needed, "interval"}:
        raise AmountError("a leg has the keys source, pair, price and at", f"write {LEG}")
    interval = item.get("interval")
    return PriceLeg(
        source=parse_text(item["source"]),
        pair=parse_text(item["pair"]),
        price=_price(item["price"]),
        at=parse_instant(item["at"]),
        interval=None if interval is None else _checked(interval, parse_interval),
    )


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise AmountError("names are a list", 'write ["a name"]')
    return tuple(map(parse_text, value))


def _numbers(value: Any) -> str:
    return " ".join(parse_number(part) for part in parse_text(value).split())


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
    "signed price": _signed_price,
    "share": lambda value: parse_share(_string(value)),
    "number": lambda value: parse_number(_string(value)),
    "hashrate": lambda value: parse_hashrate(_string(value)),
    "moment": parse_moment,
    "zone": parse_zone,
    "hours": lambda value: _checked(value, parse_hours),
    "weekdays": lambda value: _checked(value, parse_weekdays),
    "season": lambda value: _checked(value, parse_season),
    "days": lambda value: _checked(value, parse_days),
    "numbers": _numbers,
    "interval": lambda value: _checked(value, parse_interval),
    "year": parse_year,
    "persons": lambda value: parse_count(value, 2),
    "years": lambda value: parse_count(value, 130),
    "months": lambda value: parse_count(value, 12),
    "dependents": lambda value: parse_count(value, MOST_DEPENDENTS),
    "state": parse_state,
    "instant": parse_instant,
    "day": parse_day,
    "text": parse_text,
    "word": lambda value: sys.intern(parse_text(value)),
    "whole": parse_whole,
    "boolean": parse_boolean,
    "mapping": _mapping,
    "selector": _selector,
    "names": _names,
    "legs": _legs,
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

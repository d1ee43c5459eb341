"""The short way for the line that comes by the million: a receipt of plain texts with a price.

It reads what is well written and looks at nothing twice, and writes it down at once, as the log stores it. Whatever it
does not know at sight, an odd letter, a key that few lines have, an amount that may be wrong, it leaves to the long way
(`contract.read_line`), which says what is wrong with it. `tests/ledger/public_form/test_plain_receipt.py` holds the one
against the other, to the byte.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast, get_args

from lotwork.ledger.codec import SCHEMA_VERSION, decode
from lotwork.ledger.events import Income, Receipt
from lotwork.ledger.public_form.parse_values import ALONE
from lotwork.ledger.public_form.parse_words import EARLIEST_YEAR, LATEST_YEAR, LONGEST_TEXT
from lotwork.ledger.txids import spelled
from lotwork.ledger.units import MICROS, MOST_MONEY, AmountError, Asset, AssetTable, divide

_NEEDED = 8
"""So many keys every such line has, its kind among them."""
_INCOMES: Mapping[object, Income] = {income: income for income in get_args(Income)}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(?:\.\d{3}(?:\d{3})?)?(?:Z|\+00:00)", re.ASCII).fullmatch
_TO_SECONDS = len("2025-01-02T00:00:00")
_QUANTITY = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,18}))?", re.ASCII).fullmatch
_PRICE = re.compile(r"([1-9][0-9]{0,12})(?:\.([0-9]{0,17}[1-9]))?", re.ASCII).fullmatch
"""A price as it is kept, and none too large."""
_PLAIN = re.compile(rf"[!#-\[\]-~][ !#-\[\]-~]{{0,{LONGEST_TEXT - 1}}}", re.ASCII).fullmatch
"""A text that JSON has as it stands, between two quotes."""
_ZEROS = "0" * 18
_POWERS = [10**exponent for exponent in range(64)]
_MOST_MICROS = MOST_MONEY * MICROS
_MOST_KNOWN = 4096
_read_price = lru_cache(maxsize=_MOST_KNOWN)(ALONE["price"])


Plain = tuple[str, datetime, str | None, str | None, str]
"""A receipt that was read at sight, as it is written down: its id, `at`, `source`, `txid` and payload."""


class Words(dict[object, str | None]):
    """Names that many lines share, each looked at once: as it is kept, or None where it is not plain."""

    def __init__(self, is_well: Callable[[str], bool] = bool) -> None:
        self._is_well = is_well

    def __missing__(self, text: object) -> str | None:
        if len(self) >= _MOST_KNOWN:
            self.clear()
        is_plain = type(text) is str and _PLAIN(text) is not None and self._is_well(text)
        word = self[text] = sys.intern(cast("str", text)) if is_plain else None
        return word


_words = Words()


@lru_cache(maxsize=_MOST_KNOWN)
def _priced(text: str) -> tuple[str, int, int] | None:
    """Return a price as it is kept, its digits as a number, and how many of them are behind the point."""
    at_sight = _PRICE(text)
    if at_sight is not None:
        whole, fraction = at_sight.groups("")
        return text, int(whole + fraction), len(fraction)
    try:
        price = cast("str", _read_price(text))
    except AmountError:
        return None
    whole, _, fraction = price.partition(".")
    return price, int(whole + fraction), len(fraction)


def plain_receipt(line: Mapping[str, Any], assets: AssetTable) -> Receipt | None:
    """Return the receipt that *line* tells, the very one that the long way makes of it; None where that must look."""
    told = at_sight(line, assets, _words)
    return None if told is None else read_plain(told)


def read_plain(told: Plain) -> Receipt:
    """Return the receipt that was written down."""
    return cast("Receipt", decode("receipt", SCHEMA_VERSION, told[-1]))


def at_sight(line: Mapping[str, Any], assets: AssetTable, words: Words) -> Plain | None:
    """Return the receipt that *line* tells as it is written down; None where the long way must look.

    So it is where a name of it is none of *words*.
    """
    try:
        name, told, income, priced = line["id"], line["at"], _INCOMES[line["income"]], _priced(line["price_usd"])
        wallet, amount, asset = words[line["wallet"]], _QUANTITY(line["quantity"]), assets.get(line["asset"])
        if wallet is None or priced is None or amount is None or asset is None or words[asset.symbol] is None:
            return None
        if _PLAIN(name) is None or _INSTANT(told) is None:
            return None
        at = datetime.fromisoformat(told)
        more = _NOTHING if len(line) == _NEEDED else _more(line, asset, words)
    except (KeyError, TypeError, ValueError):
        return None
    whole, fraction = amount.groups("")
    lacking = asset.decimals - len(fraction)
    if more is None or not 0 <= lacking <= len(_ZEROS) or not EARLIEST_YEAR <= at.year <= LATEST_YEAR:
        return None
    units = int(whole + fraction + _ZEROS[:lacking])
    price, digits, behind = priced
    value = divide(units * digits * MICROS, _POWERS[asset.decimals + behind])
    if units <= 0 or value >= _MOST_MICROS or at.tzinfo is not UTC:
        return None
    source, txid, of_pool, of_source, of_txid = more
    instant = at.isoformat().removesuffix("+00:00") if at.microsecond else told[:_TO_SECONDS]
    payload = (
        f'{{"asset":"{asset.symbol}","at":"{instant}Z","id":"{name}","income":"{income}","kind":"receipt",{of_pool}'
        f'"price_usd":"{price}","quantity":{units},{of_source}{of_txid}"value_usd_micros":{value},"wallet":"{wallet}"}}'
    )
    return name, at, source, txid, payload


More = tuple[str | None, str | None, str, str, str]
_NOTHING: More = (None, None, "", "", "")


def _more(line: Mapping[str, Any], asset: Asset, words: Words) -> More | None:
    """Return what *line* says beside what every such line does; None where that is not plain."""
    keys = [key for key in ("source", "pool", "txid") if key in line]
    if len(line) != _NEEDED + len(keys):
        return None
    told: dict[str, str | None] = {key: words[line[key]] for key in keys if key != "txid"}
    if "txid" in line:
        txid = line["txid"]
        told["txid"] = spelled(txid, asset.chain) if _PLAIN(txid) is not None else None
    if None in told.values():
        return None
    pool, source, txid = (f'"{key}":"{told[key]}",' if key in told else "" for key in ("pool", "source", "txid"))
    return told.get("source"), told.get("txid"), pool, source, txid

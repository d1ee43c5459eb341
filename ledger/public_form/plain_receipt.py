"""The short way for the line that comes by the million: a receipt of plain texts with a price.

It reads what is well written and looks at nothing twice. Whatever it does not know at sight, an odd letter, a key that
few lines have, an amount that may be wrong, it leaves to the long way (`contract.read_line`), which says what is wrong
with it. `tests/ledger/public_form/test_plain_receipt.py` holds the one against the other.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast, get_args

from lotwork.ledger.events import Income, Receipt
from lotwork.ledger.public_form.parse_values import ALONE
from lotwork.ledger.public_form.parse_words import EARLIEST_YEAR, LATEST_YEAR, LONGEST_TEXT
from lotwork.ledger.txids import spelled
from lotwork.ledger.units import MICROS, MOST_MONEY, AmountError, Asset, AssetTable, divide

_NEEDED = 8
"""So many keys every such line has, its kind among them."""
_INCOMES: Mapping[str, Income] = {income: income for income in get_args(Income)}
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:[0-5]\d(?:\.\d{3}(?:\d{3})?)?(?:Z|\+00:00)", re.ASCII)
_QUANTITY = re.compile(r"([0-9]{1,15})(?:\.([0-9]{1,18}))?", re.ASCII)
_PRICE = re.compile(r"([1-9][0-9]{0,12})(?:\.([0-9]{0,17}[1-9]))?", re.ASCII)
"""A price as it is kept, and none too large."""
_ZEROS = "0" * 18
_read_price = lru_cache(maxsize=4096)(ALONE["price"])


def _priced(text: str) -> tuple[str, int, int] | None:
    """Return a price as it is kept, its digits as a number, and how many of them are behind the point."""
    at_sight = _PRICE.fullmatch(text)
    if at_sight is not None:
        whole, fraction = at_sight.groups("")
        return text, int(whole + fraction), len(fraction)
    try:
        price = cast("str", _read_price(text))
    except AmountError:
        return None
    whole, _, fraction = price.partition(".")
    return price, int(whole + fraction), len(fraction)


def _is_plain(text: object) -> bool:
    return type(text) is str and text.isascii() and text.isprintable() and 0 < len(text) <= LONGEST_TEXT


@lru_cache(maxsize=1024)
def _word(text: str) -> str | None:
    """Return a name that many lines share, kept once; None where it is not plain."""
    return sys.intern(text) if _is_plain(text) and not text.isspace() else None


def plain_receipt(line: Mapping[str, Any], assets: AssetTable) -> Receipt | None:
    """Return the receipt that *line* tells, the very one that the long way makes of it; None where that must look."""
    try:
        name, told_at, symbol = line["id"], line["at"], line["asset"]
        wallet, income, priced = _word(line["wallet"]), _INCOMES.get(line["income"]), _priced(line["price_usd"])
        amount, asset = _QUANTITY.fullmatch(line["quantity"]), assets.get(symbol)
        if wallet is None or income is None or priced is None or amount is None or asset is None:
            return None
        if not _is_plain(name) or name.isspace() or _INSTANT.fullmatch(told_at) is None:
            return None
        at = datetime.fromisoformat(told_at)
        more = {} if len(line) == _NEEDED else _more(line, asset)
    except (KeyError, TypeError, ValueError):
        return None
    whole, fraction = amount.groups("")
    lacking = asset.decimals - len(fraction)
    if more is None or not 0 <= lacking <= len(_ZEROS) or not EARLIEST_YEAR <= at.year <= LATEST_YEAR:
        return None
    units = int(whole + fraction + _ZEROS[:lacking])
    price, digits, behind = priced
    value = divide(units * digits * MICROS, 10 ** (asset.decimals + behind))
    if units <= 0 or value >= MOST_MONEY * MICROS or at.tzinfo is not UTC:
        return None
    return Receipt(
        id=name,
        at=at,
        wallet=wallet,
        asset=asset.symbol,
        quantity=units,
        income=income,
        price_usd=price,
        value_usd_micros=value,
        **more,
    )


def _more(line: Mapping[str, Any], asset: Asset) -> dict[str, Any] | None:
    """Return what *line* says beside what every such line does; None where that is not plain."""
    keys = [key for key in ("source", "pool", "txid") if key in line]
    if len(line) != _NEEDED + len(keys):
        return None
    more: dict[str, Any] = {key: _word(line[key]) for key in keys if key != "txid"}
    if "txid" in line:
        txid = line["txid"]
        more["txid"] = spelled(txid, asset.chain) if _is_plain(txid) and not txid.isspace() else None
    return None if None in more.values() else more

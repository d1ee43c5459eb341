"""What the name of a column says of its cells: the unit, the coin, the money, the clock.

`Amount (sats)` read as whole coins is a hundred million times too much, `Betrag in EUR` is no dollar, and an hour under
`Time (UTC+8)` is another one in New York. Where the map says otherwise than the file does, the file is refused; what
`[units]` says of a key stands above any name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from lotwork.ingest.sheets.assets import DOLLAR, OF_A_CHAIN, asset_named, is_money
from lotwork.ingest.sheets.cells import names_zone, read_time
from lotwork.ingest.sheets.column_map import DECIMALS_OF, TIMES, ColumnMap
from lotwork.ingest.sheets.likeness import words_of
from lotwork.ingest.sheets.table import SHOWN, Row
from lotwork.ledger.errors import Problem
from lotwork.ledger.public_form.parse_words import zone_named
from lotwork.ledger.units import BUILT_IN, UNITS_OF

_NAMED = {places: unit for unit, places in DECIMALS_OF.items()}
UNITS = {
    **{word: _NAMED.get(unit.places, "") for word, unit in UNITS_OF.items()},
    **dict.fromkeys(("cent", "cents", "¢"), "cents"),
    "wh": "thousandths",
    "mwh": "",
}
"""Words of names, and the unit of a map that they mean; an empty one has none."""
COINS = frozenset({"coins", "coins or zero"})
DOLLARS = frozenset({"usd", "signed usd"})
PRICED = frozenset({"price", "signed price"})
POWER = frozenset({"wh", "mwh"})
MONIES = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP", "¥": "JPY", "jpy": "JPY",
    "chf": "CHF", "$": DOLLAR, "usd": DOLLAR, "dollar": DOLLAR, "dollars": DOLLAR,
}  # fmt: skip
"""Signs and words of money, however they are spelled; any other currency is one in capitals alone."""
NO_UNIT_OF = frozenset({"of", "per", "from", "for"})
"""Before a coin, these make it what the money is for: `Cost of BTC` is in dollars."""
_TOKEN = re.compile(r"[^\W\d_]+|[₿€£¥¢$]")
_CLOCK = re.compile(
    r"(?:(?<![A-Z])(?:UTC|GMT)|(?<![A-Za-z])(?:utc|gmt))(?![A-Za-z])"
    r"\s*(?:([+\u2212-])\s*([0-9]{1,2})(?::?([0-9]{2}))?)?"
)
MOST_HOURS = 12
"""Further than so many hours from UTC, `Etc` has no zones on both sides."""


def against_headings(name: str, rows: Sequence[Row], column_map: ColumnMap) -> Iterator[Problem]:
    """Yield each column of the file *name* whose own name says otherwise than *column_map* what its cells are."""
    if not rows:
        return
    mapped = {**column_map.optional, **column_map.columns}
    for key, column in mapped.items():
        if column in rows[0].cells and key != "book":
            meaning = column_map.key(key).meaning
            wrong = _of_times(rows, column, column_map) if meaning in TIMES else _of_amounts(key, column, column_map)
            if wrong is not None:
                yield Problem(f"{name}:{rows[0].part.line}", column[:SHOWN], *wrong)


def unit_in(column: str) -> str | None:
    """Return the unit of a map that a *column* names: empty where maps have none, None where it names none."""
    return next((UNITS[word] for word in _units_in(column)), None)


def _units_in(column: str) -> list[str]:
    """Return the words of UNITS in the name: `kWh` is none of them, and `AmountSats` has one."""
    words = (word for word in words_of(column) if UNITS.get(word) in ("sats", "gwei"))
    return [word for word in (*(token.casefold() for token in _TOKEN.findall(column)), *words) if word in UNITS]


def in_coins(column: str) -> bool:
    """Say if the name of a *column* says a unit that only coins have."""
    return not UNITS_OF.keys().isdisjoint(_units_in(column))


def zone_in(column: str) -> str | None:
    """Return the zone that the name of a *column* says its times are by; None where it says none that has a name."""
    offset = _offset_in(column)
    if offset is None or offset % timedelta(hours=1) or abs(offset) > timedelta(hours=MOST_HOURS):
        return None
    hours = offset // timedelta(hours=1)
    return "UTC" if not hours else f"Etc/GMT{-hours:+d}"


def _of_amounts(key: str, column: str, column_map: ColumnMap) -> tuple[str, str] | None:
    """Return what is wrong with reading *column* as the amount *key*, and what to do."""
    meaning = column_map.key(key).meaning
    unit = None if key in column_map.units else unit_in(column)
    in_power = not POWER.isdisjoint(_units_in(column))
    if meaning in COINS and not in_power:
        return _in_unit(key, unit) if unit is not None else _of_coins(column, column_map)
    if meaning in DOLLARS or (meaning in PRICED and column_map.kind != "exchange_rate"):
        return _in_unit(key, unit) if unit is not None and not in_power else _of_dollars(key, column, meaning)
    return _in_unit(key, unit) if key.endswith("kwh") and in_power and unit is not None else None


def _in_unit(key: str, unit: str) -> tuple[str, str]:
    if not unit:
        return "it is in a unit that no map reads", "reckon it in another column, and map that"
    return f"it is in {unit}, by its name", f'say units.{key} = "{unit}" in the map, or "whole" if it is not so'


def _of_coins(column: str, column_map: ColumnMap) -> tuple[str, str] | None:
    coins, monies = _coins_in(column), _monies_in(column)
    coin = None if "asset" in column_map.columns else column_map.constants.get("asset")
    if monies and not coins:
        return f"it is in {monies[0]}, by its name, and no count of coins", "map the column that counts coins"
    if coins and coin is not None and coin not in coins:
        return f"it is in {coins[0]}, by its name, and the map says {coin}", "say the coin it counts, or map another"
    return None


def _of_dollars(key: str, column: str, meaning: str) -> tuple[str, str] | None:
    monies = _monies_in(column)
    if monies and DOLLAR not in monies:
        return f"it is in {monies[0]}, by its name, and {key} in dollars", "reckon it in dollars in a column of its own"
    coins = _coins_in(column)
    tokens = _TOKEN.findall(column)
    is_amount = not monies and bool(coins) and asset_named(tokens[-1]) in coins
    if meaning in DOLLARS and is_amount and NO_UNIT_OF.isdisjoint(map(str.casefold, tokens[-2:-1])):
        return f"it is in {coins[-1]}, by its name, and {key} in dollars", "map a column of dollars, or none"
    return None


def _coins_in(column: str) -> list[str]:
    """Return the coins whose tickers the name has as words; `etc.` is none, where it is not in capitals."""
    tokens = (token for token in _TOKEN.findall(column) if token.isupper() or token.casefold() != "etc")
    named = [(token, asset_named(token)) for token in tokens]
    return [coin for token, coin in named if coin in BUILT_IN or (coin in OF_A_CHAIN and token.isupper())]


def _monies_in(column: str) -> list[str]:
    named = [MONIES.get(token.casefold()) or (token if is_money(token) else "") for token in _TOKEN.findall(column)]
    return list(filter(None, named))


def _of_times(rows: Sequence[Row], column: str, column_map: ColumnMap) -> tuple[str, str] | None:
    """Return what is wrong with the clock of *column*: it is named, and is not that of the map."""
    offset = _offset_in(column)
    if offset is None or not column_map.is_by_a_clock:
        return None
    if zone_in(column) == column_map.zone:
        return None
    zone = zone_named(column_map.zone)
    for cell in (row.cells[column] for row in rows):
        if not cell or names_zone(cell):
            continue
        told = read_time(cell, column_map)
        if isinstance(told, datetime) and told.astimezone(zone).utcoffset() != offset:
            named = zone_in(column)
            remedy = f'say time_zone = "{named}" in the map' if named else "say the zone of that clock in the map"
            return f"its times are by another clock, by its name, than {column_map.zone}", remedy
    return None


def _offset_in(column: str) -> timedelta | None:
    found = _CLOCK.search(column)
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return offset if sign in (None, "+") else -offset

"""Hypothesis strategies for events in the public form, one for each meaning a key can have.

Each draws all that its meaning takes, up to the limits that the product itself names, and nothing beyond: what lies at
a limit and just beyond it is in test_limits.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from lotwork.ledger.codec import KINDS
from lotwork.ledger.public_form.keys import Key, keys_of
from lotwork.ledger.public_form.parse_words import EARLIEST_YEAR, LATEST_YEAR, MOST_WHOLE, SHARE_DECIMALS
from lotwork.ledger.public_form.states import STATES
from lotwork.ledger.units import (
    MICRO_DECIMALS,
    MICROS,
    MOST_DECIMALS,
    MOST_DIGITS,
    MOST_MONEY,
    PRICE_DECIMALS,
    scaled,
    unscaled,
)

DECIMALS = {"BTC": 8, "ETH": 18, "USDT": 6}
MOST_MICROS = MOST_MONEY * MICROS - 1

texts = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=20)
instants = st.datetimes(
    datetime(EARLIEST_YEAR, 1, 1),  # noqa: DTZ001 - bounds
    datetime(LATEST_YEAR, 12, 31, 23, 59, 59, 999_999),  # noqa: DTZ001 - bounds
    timezones=st.just(UTC),
).map(lambda at: at.isoformat())
days = st.dates(date(EARLIEST_YEAR, 1, 1), date(LATEST_YEAR, 12, 31)).map(str)
whole = st.integers(0, MOST_WHOLE)

MEANINGS: Mapping[str, st.SearchStrategy[Any]] = {
    "usd": st.integers(1, MOST_MICROS).map(lambda micros: unscaled(micros, MICRO_DECIMALS)),
    "signed usd": st.integers(-MOST_MICROS, MOST_MICROS).map(lambda micros: unscaled(micros, MICRO_DECIMALS)),
    "price": st.integers(1, MOST_MONEY * 10**PRICE_DECIMALS - 1).map(lambda units: unscaled(units, PRICE_DECIMALS)),
    "signed price": st.integers(1 - MOST_MONEY * 10**PRICE_DECIMALS, MOST_MONEY * 10**PRICE_DECIMALS - 1).map(
        lambda units: unscaled(units, PRICE_DECIMALS)
    ),
    "share": st.integers(0, 10**SHARE_DECIMALS).map(lambda units: unscaled(units, SHARE_DECIMALS)),
    "number": st.integers(0, 10**MOST_DIGITS - 1).map(lambda units: unscaled(units, SHARE_DECIMALS)),
    "hashrate": st.builds(
        lambda units, prefix: f"{unscaled(units, SHARE_DECIMALS)} {prefix}H/s",
        st.integers(0, 10**30),
        st.sampled_from(("", "k", "M", "G", "T", "P", "E", "Z")),
    ),
    "zone": st.sampled_from(("UTC", "America/New_York", "Asia/Shanghai", "Europe/Lisbon")),
    "hours": st.sampled_from(("22:00-06:00", "00:00-24:00", "09:30-17:45")),
    "weekdays": st.sampled_from(("mon-fri", "sat,sun", "fri-mon")),
    "season": st.sampled_from(("jun-sep", "nov-feb", "jan,mar")),
    "days": st.sampled_from(("2026-07-03", "2026-07-03,2026-09-07")),
    "numbers": st.sampled_from(("0", "1 0.5")),
    "interval": st.sampled_from(("1m", "60", "60s", "1h", "1d")),
    "year": st.integers(EARLIEST_YEAR, LATEST_YEAR),
    "persons": st.integers(0, 2),
    "dependents": st.integers(0, 30),
    "state": st.sampled_from(tuple(STATES)),
    "months": st.integers(0, 12),
    "years": st.integers(0, 130),
    "instant": instants,
    "day": days,
    "text": texts,
    "whole": whole,
    "boolean": st.booleans(),
    "mapping": st.dictionaries(texts, st.one_of(texts, st.integers(0, 9)), min_size=1, max_size=3),
    "names": st.lists(texts, min_size=1, max_size=3),
    "any": st.one_of(texts, st.integers(0, 9), st.lists(texts, max_size=2)),
}


def quantities(asset: str, least: int = 1) -> st.SearchStrategy[str]:
    """Amounts of *asset*, beyond 64 bits too."""
    return st.integers(least, 10**MOST_DIGITS - 1).map(lambda units: unscaled(units, DECIMALS[asset]))


def _lots(asset: str) -> st.SearchStrategy[list[dict[str, str]]]:
    choice = st.fixed_dictionaries(
        {"lot": texts, "quantity": st.integers(1, 9).map(lambda units: unscaled(units, DECIMALS[asset]))},
        optional={"wallet": texts},
    )
    return st.lists(choice, min_size=1, max_size=3)


def _legs() -> st.SearchStrategy[list[dict[str, str]]]:
    """Two legs; the price is what they come to where the line is settled."""
    leg = st.fixed_dictionaries(
        {"source": texts, "pair": texts, "price": MEANINGS["price"], "at": instants},
        optional={"interval": MEANINGS["interval"]},
    )
    return st.lists(leg, min_size=2, max_size=2)


def _selectors() -> st.SearchStrategy[dict[str, str]]:
    keys = {"kind": st.sampled_from(sorted(KINDS)), "source": texts, "wallet": texts}
    spans = {"from": st.one_of(instants, days), "to": days}
    return st.fixed_dictionaries({}, optional=keys | spans).filter(bool)


def of_key(key: Key, asset: str) -> st.SearchStrategy[Any]:
    """Texts and values that *key* takes."""
    match key.meaning:
        case "coins":
            return quantities(asset)
        case "coins or zero":
            return quantities(asset, 0)
        case "choice":
            return st.sampled_from(key.choices)
        case "lots":
            return _lots(asset)
        case "legs":
            return _legs()
        case "selector":
            return _selectors()
        case _:
            return MEANINGS[key.meaning]


@st.composite
def lines(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """Draw a line of *kind* that must be taken: every required key, and some of the others."""
    asset = draw(st.sampled_from(sorted(DECIMALS)))
    known = keys_of(kind)
    line: dict[str, Any] = {"kind": kind}
    for name, key in known.items():
        if key.meaning == "moment":
            continue
        if key.required or draw(st.booleans()):
            line[name] = draw(of_key(key, asset))
    if "asset" in known and kind != "asset" and ("asset" in line or line.get("lots")):
        line["asset"] = asset
    settle = SETTLE.get(kind)
    return settle(line) if settle else line


def _span(line: dict[str, Any]) -> dict[str, Any]:
    line = {name: value for name, value in line.items() if name != "not_income_usd"}
    return line | {"from": "2025-01-01", "to": "2025-02-01T00:00:00Z"}


def _one_target(line: dict[str, Any]) -> dict[str, Any]:
    if "target" in line:
        line.pop("select", None)
    return line if "select" in line else line | {"target": "an event"}


def _one_value(line: dict[str, Any]) -> dict[str, Any]:
    """Let one key alone say what a receipt is worth, and the quantity be one whose value an amount can hold."""
    if "no_market" in line:
        return {name: value for name, value in line.items() if name not in ("price_usd", "value_usd")}
    if "price_usd" in line:
        line.pop("value_usd", None)
        decimals = DECIMALS[line["asset"]]
        most = MOST_MICROS * 10 ** (decimals + PRICE_DECIMALS) // (scaled(line["price_usd"], PRICE_DECIMALS) * MICROS)
        line["quantity"] = unscaled(min(scaled(line["quantity"], decimals), most), decimals)
    return line


def _whole_span(line: dict[str, Any]) -> dict[str, Any]:
    """Give what a bill pays for both its ends; a refund, which goes by its bill, has none of its own."""
    if "refund_of" in line:
        own = ("from", "to", "usage", "business_share", "owner", "state")
        return {name: value for name, value in line.items() if name not in own}
    line = {name: value for name, value in line.items() if name != "not_income_usd"}
    return line | {"from": "2025-01-01", "to": "2027-01-01"} if {"from", "to"} & line.keys() else line


def _one_measure(line: dict[str, Any]) -> dict[str, Any]:
    measures = {"business_kwh", "total_kwh", "watts", "hours", "business_sqft", "total_sqft"}
    rest = {name: value for name, value in line.items() if name not in measures}
    return rest | {"from": "2025-01-01", "to": "2025-07-01", "watts": "3250", "hours": "720", "total_kwh": "4000"}


def _rate_or_why(line: dict[str, Any]) -> dict[str, Any]:
    line = {name: value for name, value in line.items() if name != "explained"} if "hashrate" in line else line
    told = line if {"hashrate", "explained"} & line.keys() else line | {"hashrate": "110 TH/s"}
    told["merged"] = [f"{each} beside" for each in told.get("merged", ())] or ["DOGE"]
    return told | {"from": "2025-01-01", "to": "2025-02-01T00:00:00Z"}


def _one_place(line: dict[str, Any]) -> dict[str, Any]:
    places = ("wallet", "pool", "category", "to")
    rest = {name: value for name, value in line.items() if name not in places}
    return rest | {"pool": "braiins", "share": "0.3"}


def _donor_of_a_gift(line: dict[str, Any]) -> dict[str, Any]:
    if line.get("how") == "inheritance":
        line.pop("donor_basis_usd", None)
    return line


def _one_scale(line: dict[str, Any]) -> dict[str, Any]:
    """Let coins arrive as another asset of the same decimals, or as what they were."""
    settled = line | {"quantity": "1000000", "from_wallet": "here", "to_wallet": "there"}
    if "to_asset" in line:
        settled["to_asset"] = {"BTC": "LTC", "ETH": "ETC", "USDT": "USDC"}[line["asset"]]
    return settled


def _hour_by_hour(line: dict[str, Any]) -> dict[str, Any]:
    """Let the numbers of two hours come to the whole, where a reading has them."""
    line = _span(line)
    if "hourly" not in line:
        return line
    told = {"kwh": "1.5", "hourly": "1 0.5"}
    return line | told | {"from": "2025-01-01T05:00:00Z", "to": "2025-01-01T06:30:00Z"}


def _priced_thing(line: dict[str, Any]) -> dict[str, Any]:
    """Let the keys of a tariff go together: of a kWh here, the others where a test names them."""
    line = _span(line) | {"per": "kwh", "meter": "rigs", "above_kwh": "100", "up_to_kwh": "200", "bill_day": "5"}
    return {name: value for name, value in line.items() if name != "interval"}


def _priced_through(line: dict[str, Any]) -> dict[str, Any]:
    """Let the first leg be priced as the whole is, and the second at one."""
    if "legs" not in line:
        return line
    first, second = line["legs"]
    return line | {"legs": [first | {"price": line["price_usd"]}, second | {"price": "1"}]}


def _resident(line: dict[str, Any]) -> dict[str, Any]:
    """Let whoever lives in a state be under the law of the United States, and in New York where a city is named."""
    line = line | {"state": "NY"} if {"state", "locality"} <= line.keys() else line
    return line | {"jurisdiction": "us"} if {"state", "locality"} & line.keys() else line


SETTLE: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "energy": _hour_by_hour,
    "energy_estimate": _span,
    "sharing": _one_place,
    "expense": _whole_span,
    "price": _priced_through,
    "tariff": _priced_thing,
    "correction": _one_target,
    "receipt": _one_value,
    "asset": lambda line: line | {"decimals": int(line["decimals"]) % (MOST_DECIMALS + 1)},
    "sale": lambda line: line | {"quantity": "1000000"},
    "transfer": _one_scale,
    "equipment": lambda line: line | {"bonus": "0.4", "quantity": "3"},
    "equipment_sale": lambda line: line | {"quantity": "2"},
    "equipment_use": lambda line: line | {"quantity": 2},
    "usage": _one_measure,
    "gift": _donor_of_a_gift,
    "hashrate": _rate_or_why,
    "difficulty": lambda line: line | {"difficulty": f"1{line['difficulty'][1:]}"},
    "home_office": lambda line: line | {"home_sqft": "2000"},
    "profile": _resident,
}
"""What two keys of a line must agree on."""

"""Hypothesis strategies for events in the public form, one for each meaning a key can have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from lotwork.ledger.codec import KINDS
from lotwork.ledger.public_form.keys import Key, keys_of
from lotwork.ledger.units import unscaled

LEAP = "2024-02-29"
DECIMALS = {"BTC": 8, "ETH": 18, "USDT": 6}

texts = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=20)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2150, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - bounds
    lambda at: at.isoformat()
)
days = st.dates(datetime(1990, 1, 1, tzinfo=UTC).date(), datetime(2150, 1, 1, tzinfo=UTC).date()).map(str)
dollars = st.integers(1, 10**15).map(lambda micros: unscaled(micros, 6))
whole = st.integers(0, 10**12 - 1)

MEANINGS: Mapping[str, st.SearchStrategy[Any]] = {
    "usd": dollars,
    "signed usd": st.integers(-(10**15), 10**15).map(lambda micros: unscaled(micros, 6)),
    "price": st.integers(1, 10**20).map(lambda units: unscaled(units, 12)),
    "share": st.integers(0, 1000).map(lambda units: unscaled(units, 3)),
    "number": st.integers(0, 10**9).map(lambda units: unscaled(units, 3)),
    "zone": st.sampled_from(("UTC", "America/New_York", "Asia/Shanghai", "Europe/Lisbon")),
    "hours": st.sampled_from(("22:00-06:00", "00:00-24:00", "09:30-17:45")),
    "weekdays": st.sampled_from(("mon-fri", "sat,sun", "fri-mon")),
    "interval": st.sampled_from(("1m", "60", "60s", "1h", "1d")),
    "year": st.integers(1980, 2199),
    "persons": st.integers(0, 2),
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
    return st.integers(least, 10**30).map(lambda units: unscaled(units, DECIMALS[asset]))


def _lots(asset: str) -> st.SearchStrategy[list[dict[str, str]]]:
    choice = st.fixed_dictionaries(
        {"lot": texts, "quantity": st.integers(1, 9).map(lambda units: unscaled(units, DECIMALS[asset]))},
        optional={"wallet": texts},
    )
    return st.lists(choice, min_size=1, max_size=3)


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
    return line | {"from": "2025-01-01", "to": "2025-02-01T00:00:00Z"}


def _one_target(line: dict[str, Any]) -> dict[str, Any]:
    if "target" in line:
        line.pop("select", None)
    return line if "select" in line else line | {"target": "an event"}


def _one_value(line: dict[str, Any]) -> dict[str, Any]:
    if "price_usd" in line:
        line.pop("value_usd", None)
    return line


def _one_measure(line: dict[str, Any]) -> dict[str, Any]:
    measures = {"business_kwh", "total_kwh", "watts", "hours", "business_sqft", "total_sqft"}
    rest = {name: value for name, value in line.items() if name not in measures}
    return rest | {"from": "2025-01-01", "to": "2025-07-01", "watts": "3250", "hours": "720", "total_kwh": "4000"}


def _donor_of_a_gift(line: dict[str, Any]) -> dict[str, Any]:
    if line.get("how") == "inheritance":
        line.pop("donor_basis_usd", None)
    return line


SETTLE: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "energy": _span,
    "tariff": _span,
    "correction": _one_target,
    "receipt": _one_value,
    "asset": lambda line: line | {"decimals": int(line["decimals"]) % 37},
    "sale": lambda line: line | {"quantity": "1000000"},
    "transfer": lambda line: line | {"quantity": "1000000", "from_wallet": "here", "to_wallet": "there"},
    "equipment": lambda line: line | {"bonus": "0.4"},
    "usage": _one_measure,
    "gift": _donor_of_a_gift,
    "home_office": lambda line: line | {"home_sqft": "2000"},
}
"""What two keys of a line must agree on."""

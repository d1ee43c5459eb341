"""What a correction makes of one event: its keys set, and the result checked like any event that comes in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lotwork.ledger import events as e
from lotwork.ledger.codec import a_kind, kind_of
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.public_form.contract import parse_event, to_contract
from lotwork.ledger.public_form.keys import keys_of
from lotwork.ledger.units import AssetTable, unscaled

PINNED = frozenset({"asset", "void", "correction", "filing"})
ARRIVALS = frozenset({"receipt", "purchase"})
AMOUNTS = frozenset({"quantity", "gross_quantity", "pool_fee_quantity", "fee_quantity"})
EITHER = (
    ("price_usd", "value_usd"), ("value_usd", "price_usd"), ("price_usd", "no_market"), ("value_usd", "no_market"),
    ("no_market", "price_usd"), ("no_market", "value_usd"),
)  # fmt: skip
"""What a correction sets takes the place of what stands for the same."""


def corrected(event: e.Event, correction: e.Correction, assets: AssetTable) -> e.Event:
    """Return *event* with the keys of *correction* set, checked like any event that comes in.

    Raises InputRefusedError where the result would be no event, or where the kind is one that stands for ever.
    """
    where = f"correction {correction.id} of {event.id}"
    if kind_of(event) in PINNED:
        raise InputRefusedError(f"{where}: {a_kind(kind_of(event))} is not corrected; void it and record another")
    if correction.set_.keys() & {"id", "book"}:
        raise InputRefusedError(f"{where}: an event keeps its id and its book; void it and record another")
    public = to_contract(event, assets)
    kind = correction.set_.get("kind", public["kind"])
    if kind != public["kind"] and isinstance(kind, str):
        public = _as_kind(public, kind)
        if isinstance(event, e.Movement) and kind == "sale":
            gone = event.quantity + (event.fee_quantity or 0)  # the network's fee left with the coins: disposed of too
            public["quantity"] = unscaled(gone, assets.decimals(event.asset))
    if "asset" in correction.set_:  # the noughts that one coin's decimals print are more than another coin has
        bare = {key: told.rstrip("0").rstrip(".") for key, told in public.items() if key in AMOUNTS and "." in told}
        public = {**public, **bare}
    for given, other in EITHER:
        if given in correction.set_ and other not in correction.set_:
            public.pop(other, None)
    if "refund_of" in correction.set_ and public.get("business_share") == "1":
        public.pop("business_share")
    return parse_event({**public, **correction.set_}, assets, where)


def _as_kind(public: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Return the keys of *public* that an event of *kind* has too.

    The wallet that coins left is a transfer's `from_wallet`; the one they came into, its `to_wallet`.
    """
    if kind in PINNED:
        raise InputRefusedError(f"an event does not become {a_kind(kind)}")
    try:
        known = keys_of(kind)
    except KeyError as unknown:
        raise InputRefusedError(f"{kind!r} is not a kind of event") from unknown
    names = {}
    if kind == "transfer":
        names = {"wallet": "to_wallet" if public["kind"] in ARRIVALS else "from_wallet"}
    elif public["kind"] == "transfer":
        names = {"to_wallet" if kind in ARRIVALS else "from_wallet": "wallet"}
    renamed = {names.get(name, name): value for name, value in public.items()}
    return {name: value for name, value in renamed.items() if name in known}

"""What a stretch of events is passed by with is what its events come to one by one: no question more, less or other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger import events as e
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import AssetTable
from lotwork.projections.findings import Finding, Findings
from lotwork.projections.questions import pieces
from lotwork.projections.questions.likely_twins import TwinFold, TwinState
from lotwork.projections.questions.unlikely import UnlikelyFold, UnlikelyState
from tests.drawing import FUZZ

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
GAPS = (0, 0, 1, 40, 60, 61, 600, 1799, 1801, 3600, 40_000, 86_400, 86_401, 500_000)
"""Seconds from one event to the next: about the minutes, hours and days that are looked back."""
AMOUNTS = (1_000_000, 1_000_000, 990_000, 2_000_000, 3_000_000)
ROWS = ("ab@11111111.22222222", "ac@11111111.33333333", "ad@44444444.55555555")
"""What is written of a row: two files of the same columns, and one of others."""
SOURCES = (None, None, "pool", "house", "csv")
POOLS = ("pool", "mine")
"""Two that name the transaction of all they pay."""
PAYERS = ("ocean", "braiins")
"""Two that are known as pools, and name no transaction."""
TELLERS = (*((each,) for each in SOURCES), POOLS, PAYERS, ("csv", *PAYERS), (None, "ocean"))
NAMES = ("e{}", "e{}", "receipt-{:024x}", "csv-{:024x}")
"""A person's own ids, those made of what is told, and those that an earlier release gave to rows."""
EXAMPLES = 3_000 if settings.get_current_profile_name() == FUZZ else 150
Drawn = list[e.Event]


def seldom(*values: Any) -> st.SearchStrategy[Any]:
    """Draw None nine times of ten, else one of *values*."""
    return st.integers(0, 9).flatmap(lambda number: st.sampled_from(values) if number == 0 else st.none())


@st.composite
def stretches_of_coins(draw: st.DrawFn) -> list[Drawn]:
    """Draw stretches of events, of which many tell of receipts and sales alone, under one source."""
    at, stretches, number = BEGIN, list[Drawn](), 0
    for _ in range(draw(st.integers(1, 4))):
        plain = draw(st.integers(0, 2)) > 0
        sources, named = draw(st.sampled_from(TELLERS)), draw(st.sampled_from(NAMES))
        stretch = Drawn()
        for _ in range(draw(st.integers(1, 8))):
            at += timedelta(seconds=draw(st.sampled_from(GAPS)))
            number += 1
            told = {"id": named.format(number), "at": at}
            told["source"] = draw(st.sampled_from(sources if plain else (*sources, *SOURCES)))
            if told["source"] == "csv":
                told["row"] = draw(st.sampled_from((None, *ROWS)))
            is_plain = plain and draw(st.integers(0, 7)) > 0
            stretch.append(draw(_coins(told, plain=is_plain)))
        stretches.append(stretch)
    return stretches


@st.composite
def _coins(draw: st.DrawFn, told: dict[str, Any], *, plain: bool) -> e.Event:
    kinds = ("receipt", "receipt", "receipt", "sale", "expense")
    kind = draw(st.sampled_from(kinds if plain else (*kinds, "purchase", "gift", "transfer", "movement", "balance")))
    if not plain or kind == "expense":
        told["note"] = draw(seldom("PENDING: rent", "lunch"))
        told["may_repeat"] = draw(seldom(SETTLED, "e1", "e2")) if not plain else None
    money = draw(st.sampled_from((500_000_000, 500_000_000, 500_100_000, 5_000_000, 200_000_000_000_000)))
    if kind == "expense":
        return e.Expense(**told, category="rent", amount_usd_micros=money)
    told |= {"asset": draw(st.sampled_from(("BTC", "BTC", "BTC", "LTC"))), "quantity": draw(st.sampled_from(AMOUNTS))}
    wallet = draw(st.sampled_from(("cold", "hot")))
    if kind == "transfer":
        return e.Transfer(**told, from_wallet=wallet, to_wallet="desk", txid=draw(seldom("a")))
    told["wallet"] = wallet
    match kind:
        case "receipt":
            told |= draw(_paid(plain=plain))
            if plain and told["source"] in POOLS:
                told["txid"] = told["id"]
            elif plain and told["source"] in PAYERS:
                told["pool"] = told["source"]
            elif plain and told.get("row"):
                told["pool"] = PAYERS[ROWS[-1] == told["row"]]
            return e.Receipt(**told, income="other", value_usd_micros=money)
        case "sale":
            return e.Sale(**told, proceeds_usd_micros=money, disposition=draw(st.sampled_from(("sold", "swapped"))))
        case "purchase":
            return e.Purchase(**told, cost_usd_micros=money)
        case "gift":
            return e.GiftReceived(**told)
        case "movement":
            return e.Movement(**told, txid=draw(seldom("a")))
    return e.Balance(**told)


@st.composite
def _paid(draw: st.DrawFn, *, plain: bool) -> dict[str, Any]:
    if plain:
        return {"pool": draw(st.sampled_from((None, *PAYERS))), "gross_quantity": draw(seldom(*AMOUNTS))}
    return {
        "pool": draw(seldom("ocean")),
        "txid": draw(st.sampled_from((None, None, "a", "b"))),
        "gross_quantity": draw(seldom(*AMOUNTS)),
        "vout": draw(seldom(0)),
        "doubt": draw(seldom("none", "same_transaction")),
    }


def shares_instants(stretch: Drawn) -> bool:
    return len({event.at for event in stretch}) < len(stretch)


def one_by_one(stretches: Sequence[Drawn]) -> list[Finding]:
    """Return what is found where each event is held against all that may be what it is: the long way."""
    found = Findings()
    twins, unlikely = TwinFold(AssetTable(), ("e3",), found), UnlikelyFold(AssetTable(), found)
    for stretch in stretches:
        for place, event in enumerate(stretch):
            found.place = place
            twins.take(event)
            unlikely.take(event)
        found.settle()
    return list(found)


def by_stretches(stretches: Sequence[Drawn], *, gone_on_from: int = -1) -> list[Finding]:
    """Return what is found stretch by stretch, where another goes on from the state after one of these."""
    found = Findings()
    twins, unlikely = TwinFold(AssetTable(), ("e3",), found), UnlikelyFold(AssetTable(), found)
    for number, stretch in enumerate(stretches):
        twins.take_all(stretch, share_instants=shares_instants(stretch))
        unlikely.take_all(found.along(stretch))
        found.settle()
        if number == gone_on_from:
            before, other = twins.state(), unlikely.state()
            twins, unlikely = TwinFold(AssetTable(), ("e3",), found), UnlikelyFold(AssetTable(), found)
            twins.resume(msgspec.json.decode(msgspec.json.encode(before), type=TwinState))
            unlikely.resume(msgspec.json.decode(msgspec.json.encode(other), type=UnlikelyState))
    return list(found)


@settings(max_examples=EXAMPLES)
@given(stretches_of_coins())
def test_a_stretch_that_is_passed_by_asks_what_its_events_ask(stretches: list[Drawn]) -> None:
    with patch.object(pieces, "FEW", 1):
        assert by_stretches(stretches) == one_by_one(stretches)


def came(second: int, quantity: int = 1_000_000, source: str | None = "pool", **more: Any) -> e.Receipt:
    """Return a receipt, so many seconds after the beginning, whose id says when."""
    told: dict[str, Any] = {
        "id": f"r{second}",
        "wallet": "cold",
        "asset": "BTC",
        "income": "other",
        "value_usd_micros": quantity * 500,
    }
    return e.Receipt(**told | {"at": BEGIN + timedelta(seconds=second), "quantity": quantity, "source": source} | more)


def left(second: int, source: str | None = "pool", asset: str = "LTC", **more: Any) -> e.Sale:
    told: dict[str, Any] = {
        "id": f"s{second}",
        "wallet": "cold",
        "quantity": 1_000_000,
        "proceeds_usd_micros": 500_000_000,
    }
    return e.Sale(**told | {"at": BEGIN + timedelta(seconds=second), "source": source, "asset": asset} | more)


def bought(second: int, source: str | None = "pool", wallet: str = "cold") -> e.Purchase:
    at = BEGIN + timedelta(seconds=second)
    return e.Purchase(
        id=f"b{second}", at=at, source=source, wallet=wallet, asset="BTC", quantity=1_000_000, cost_usd_micros=1
    )


ASKED: dict[str, tuple[e.Event, ...]] = {
    "before a fee": (came(0), came(0, 980_000, id="net", gross_quantity=1_000_000)),
    "after a fee": (came(0, 980_000, gross_quantity=1_000_000), came(0, id="gross")),
    "named by then": (came(0), came(30, txid="a")),
    "named before": (came(0, txid="a"), came(30)),
    "in parts": (came(0, 400_000), came(60, 600_000), came(120, source="house")),
    "whole": (came(0, source="house"), came(60, 400_000), came(120, 600_000)),
    "sold in parts": (left(0, quantity=400_000), left(60, quantity=600_000), left(120, "house")),
    "told by another": (came(0), came(600, source="house")),
    "told by a hand": (came(0, source=None), came(600, source=None, wallet="hot")),
    "told by a third": (came(0, txid="a"), came(60, source="mine", txid="b"), came(600, source="house")),
    "told by two files": (came(0, source="csv", row=ROWS[0]), came(600, source="csv", row=ROWS[2])),
    "told of one pool of two": (
        came(0, source="ocean", pool="ocean"),
        came(600, source="house", pool="ocean"),
        came(700, 3_000_000, "house", pool="braiins"),
    ),
    "in parts of a file": (
        came(0, 400_000, "csv", row=ROWS[0], pool="ocean"),
        came(60, 600_000, "csv", row=ROWS[0], pool="ocean"),
        came(120, source="csv", row=ROWS[2], pool="braiins"),
    ),
    "sold in parts of a file": (
        left(0, "csv", "BTC", row=ROWS[0], quantity=400_000),
        left(60, "csv", "BTC", row=ROWS[0], quantity=600_000),
        left(120, "csv", "BTC", row=ROWS[2]),
    ),
    "named a minute later": (came(30_000), came(30_060, txid="a")),
    "given too": (came(0, txid="a"), came(60, 3_000_000, source="mine", txid="b"), bought(900, "house", "hot")),
    "sold twice": (left(0), left(600, "house")),
    "swapped": (came(0), left(30)),
    "swapped for": (left(0), came(30)),
    "swapped for another": (left(0, asset="BTC"), came(30, asset="LTC")),
    "bought too": (came(0), bought(900)),
    "bought before": (bought(0), came(900)),
    "sent on": (bought(0, None, "hot"), came(900)),
    "posted": (came(0, note="PENDING: payout"), came(86_000)),
    "sale posted": (left(0, note="PENDING: sale"), left(86_000)),
    "a line again": (came(0, id=f"receipt-{1:024x}"), came(0, id=f"receipt-{2:024x}", note="again")),
    "a row again": (came(0, id=f"csv-{1:024x}"), came(0, id=f"csv-{2:024x}")),
    "far": (came(0), came(40_000, 900_000), came(60_000, value_usd_micros=5_000_000)),
    "a sale far": (came(0), left(40_000, asset="BTC"), left(60_000, asset="BTC", proceeds_usd_micros=5_000_000)),
    "millions": (came(0), came(90_000, 400_000_000_000)),
    "net that pends": (
        *(came(0, 980_000), came(80_000), came(170_000)),
        came(170_000, 980_000, id="net", gross_quantity=1_000_000, note="PENDING: payout"),
    ),
    "a fee": (came(0), left(40_000, asset="BTC", fee_usd_micros=400_000_000)),
}


@pytest.mark.parametrize("told", ASKED.values(), ids=ASKED)
def test_what_is_asked_is_asked_however_it_falls_into_stretches(told: tuple[e.Event, ...]) -> None:
    alike = {key: getattr(told[0], key, None) for key in ("source", "row", "pool", "txid")}
    fill: Drawn = [
        came(second, 3_000 + number, id=f"f{number}", wallet="desk", **alike)
        for number, second in enumerate((-90_000, 10, 100, 700, 90_100))
    ]
    whole: Drawn = sorted((*told, *fill), key=lambda event: event.at)
    with patch.object(pieces, "FEW", 1):
        asked = one_by_one([whole])
        assert asked, "nothing is asked: the sample is none"
        for first in range(len(whole) + 1):
            for then in range(first, len(whole) + 1):
                parts = [part for part in (whole[:first], whole[first:then], whole[then:]) if part]
                assert by_stretches(parts) == asked, (first, then)
                assert by_stretches(parts, gone_on_from=0) == asked, (first, then)


@pytest.mark.parametrize("cut", range(3))
def test_what_is_half_of_a_pair_is_still_held_against_what_is_sold(cut: int) -> None:
    """A fold that went on from a checkpoint had forgotten it, and did not ask if it was the other side of a swap."""
    told: Drawn = [came(0), came(1, source="house"), left(30)]
    found = by_stretches([[event] for event in told], gone_on_from=cut)
    assert [(each.code, each.event) for each in found] == [("likely_twins", "r1"), ("likely_swap", "r0")]

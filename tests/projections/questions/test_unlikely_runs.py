"""Prices of a run are held against each other as those of single events are: what is passed by is what is near."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from lotwork.ledger import events as e
from lotwork.ledger.units import AssetTable
from lotwork.projections.findings import Finding
from lotwork.projections.questions.unlikely import SPAN, TIMES, UnlikelyFold

BEGIN = datetime(2025, 3, 1, tzinfo=UTC)
PRICE = 10**6
FACTORS = (0, 1, 2, SPAN - 1, SPAN, SPAN + 1, TIMES - 1, TIMES, TIMES + 1, SPAN * TIMES)
Told = tuple[str, int, int, bool]

told = st.tuples(
    st.sampled_from(("receipt", "sale", "price")),
    st.sampled_from([PRICE * factor for factor in FACTORS] + [PRICE // factor for factor in FACTORS if factor]),
    st.sampled_from((1, 3, 10**8, 10**18 + 1, 10**30)),
    st.booleans(),
)


def event_of(number: int, kind: str, price: int, quantity: int, other: bool) -> e.Event:
    at, asset = BEGIN + timedelta(hours=number), "LTC" if other else "BTC"
    value = price * quantity // 10**8
    if kind == "price":
        return e.PriceSample(id=f"e{number}", at=at, asset=asset, price_usd=str(price // 1_000), source="market")
    if kind == "sale":
        return e.Sale(
            id=f"e{number}", at=at, wallet="w", asset=asset, quantity=quantity, proceeds_usd_micros=value,
            disposition="sold",
        )  # fmt: skip
    return e.Receipt(
        id=f"e{number}", at=at, wallet="w", asset=asset, quantity=quantity, income="pool_payout",
        value_usd_micros=value,
    )  # fmt: skip


@given(st.lists(told, max_size=40))
@example([("receipt", PRICE * factor, 10**8, False) for factor in (1, SPAN - 1, 1, SPAN * TIMES, TIMES - 1, 1)])
@example([("receipt", price, 10**8, False) for price in (PRICE, PRICE, PRICE * (SPAN - 1), PRICE // (SPAN - 1))])
@example([("receipt", price, 10**18 + 1, False) for price in (PRICE, PRICE, PRICE * (SPAN - 1), PRICE // (SPAN - 1))])
@example([("receipt", PRICE * SPAN**step, 10**8, False) for step in range(6)])
def test_a_run_is_taken_as_its_single_events_are(drawn: list[Told]) -> None:
    events = [event_of(number, *each) for number, each in enumerate(drawn)]
    at_once, one_by_one = list[Finding](), list[Finding]()
    folded, single = UnlikelyFold(AssetTable({}), at_once), UnlikelyFold(AssetTable({}), one_by_one)
    folded.take_all(events)
    for event in events:
        single.take(event)
    assert at_once == one_by_one
    assert msgspec.json.encode(folded.state()) == msgspec.json.encode(single.state())

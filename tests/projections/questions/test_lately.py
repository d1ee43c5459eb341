"""What was told lately is found as a look through all of it finds it, whoever told, and wherever it is gone on with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TypeAlias

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger import events as e
from lotwork.projections.questions.lately import Lately, Near, Place, Recent
from tests.drawing import FUZZ

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVERYWHERE: Place = ("spent",)
SHARE = 50
Told: TypeAlias = tuple[e.Expense, bool]
"""A bill, and whether it is paired with the first that it may be."""


def who(bill: e.Expense) -> Place:
    return (bill.source or "",)


def looks(bill: e.Expense) -> tuple[Near, ...]:
    return (Near(EVERYWHERE, bill.amount_usd_micros, SHARE),)


def lately() -> Lately[e.Expense]:
    return Lately(HOUR, who, lambda bill: ((EVERYWHERE, bill.amount_usd_micros),), looks)


@st.composite
def bills(draw: st.DrawFn) -> list[Told]:
    """Draw bills of which now one teller tells for hours, now two tell in turn."""
    at, told = BEGIN, list[Told]()
    for number in range(draw(st.integers(1, 30))):
        at += timedelta(minutes=draw(st.sampled_from((0, 1, 20, 20, 60, 61))))
        source = draw(st.sampled_from(("bank", "bank", "bank", "shop")))
        amount = draw(st.integers(98, 104))
        bill = e.Expense(id=f"b{number}", at=at, source=source, category="rent", amount_usd_micros=amount)
        told.append((bill, draw(st.booleans())))
    return told


def found_by_looking(told: list[Told]) -> list[list[str]]:
    """Return what each may repeat: of all that others told in the hour before it, and that is in no pair."""
    found, kept = list[list[str]](), list[e.Expense]()
    for bill, is_paired in told:
        near = [
            other
            for other in kept
            if bill.at - other.at <= HOUR
            and other.source != bill.source
            and other.amount_usd_micros >= bill.amount_usd_micros - bill.amount_usd_micros // SHARE
            and other.amount_usd_micros <= bill.amount_usd_micros + bill.amount_usd_micros // (SHARE - 1) + 1
        ]
        near.sort(key=lambda other: abs(other.amount_usd_micros - bill.amount_usd_micros))
        found.append([other.id for other in near])
        if near and is_paired:
            kept.remove(near[0])
        else:
            kept.append(bill)
    return found


@settings(max_examples=3_000 if settings.get_current_profile_name() == FUZZ else 200)
@given(bills(), st.integers(0, 30))
def test_what_is_found_is_all_that_others_told(told: list[Told], cut: int) -> None:
    kept, found = lately(), list[list[str]]()
    for number, (bill, is_paired) in enumerate(told):
        if number == cut:
            state = msgspec.json.decode(msgspec.json.encode(kept.state()), type=Recent[e.Expense])
            kept = lately()
            kept.resume(state)
        near = kept.find(bill)
        found.append([other.id for other in near])
        if near and is_paired:
            kept.drop(near[0])
        else:
            kept.keep(bill)
    assert found == found_by_looking(told)


def test_it_is_at_rest_again_once_one_has_told_everything_of_its_span() -> None:
    kept = lately()
    for minute, source in ((0, "bank"), (1, "shop"), (40, "bank"), (61, "bank")):
        kept.keep(_told(kept, minute, source))
        assert kept.several is (minute > 0)
    kept.keep(_told(kept, 62, "bank"))
    assert not kept.several


def _told(kept: Lately[e.Expense], minute: int, source: str) -> e.Expense:
    at = BEGIN + timedelta(minutes=minute)
    bill = e.Expense(id=f"b{minute}", at=at, source=source, category="rent", amount_usd_micros=1 << minute)
    assert kept.find(bill) == []
    return bill

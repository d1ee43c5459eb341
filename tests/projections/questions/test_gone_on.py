"""Wherever a book stops and goes on, it asks what one that never stopped asks: the same words, in the same order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger import events as e
from lotwork.ledger.kinds.coins import GAS_ALONE
from lotwork.ledger.kinds.event_base import Disposition
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import AssetTable
from lotwork.projections.findings import Finding, Findings
from lotwork.projections.questions import pieces
from lotwork.projections.questions.fees import FeeFold, Paid
from lotwork.projections.questions.likely_twins import TwinFold, TwinState
from lotwork.projections.questions.unexplained import UNEXPLAINED
from lotwork.projections.questions.unlikely import UnlikelyFold, UnlikelyState
from tests.drawing import FUZZ

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)
GAPS = (0, 0, 0, 1, 60, 61, 600, 1_801, 3_601, 40_000, 86_399, 86_400, 86_401, 430_000)
"""Seconds from one event to the next: about the minutes, hours and days that are looked back."""
AMOUNTS = (1_000_000, 1_000_000, 1_000_000, 990_000, 2_000_000)
MONEY = (500_000_000, 500_000_000, 500_370_000, 5_000_000, 50_000_000_000)
SOURCES = (None, None, None, "ocean", "house", "csv")
WALLETS = ("cold", "hot", "desk")
NAMES = ("e{}", "e{}", "receipt-{:024x}", "csv-{:024x}")
"""A person's own ids, those made of what is told, and those that an earlier release gave to rows."""
ROWS = ("ab@11111111.22222222", "ac@11111111.33333333", "ad@44444444.55555555")
"""What is written of a row: two files of the same columns, and one of others."""
KINDS = (
    "receipt", "receipt", "receipt", "receipt", "sale", "sale", "purchase", "gift", "transfer", "movement", "fee",
    "expense", "earning", "rig", "payment", "price", "energy", "suspense",
)  # fmt: skip
EXAMPLES = 500 if settings.get_current_profile_name() == FUZZ else 30
Told = list[list[e.Event]]
"""Stretches of events, in order of time."""


def seldom(*values: Any) -> st.SearchStrategy[Any]:
    """Draw None three times of four, else one of *values*."""
    return st.integers(0, 3).flatmap(lambda number: st.sampled_from(values) if number == 0 else st.none())


@st.composite
def stretches(draw: st.DrawFn, kinds: Sequence[str] = KINDS) -> Told:
    """Draw up to 24 events of *kinds* in stretches of one to a dozen: much of it alike, and much of it at once."""
    at, number, told = BEGIN, 0, Told()
    while number < 24 and draw(st.integers(0, 5)):
        stretch, is_plain = list[e.Event](), draw(st.booleans())
        for _ in range(draw(st.sampled_from((1, 1, 2, 9, 12)))):
            at += timedelta(seconds=draw(st.sampled_from(GAPS)))
            number += 1
            happened = draw(event(draw(st.sampled_from(kinds)), number, at))
            stretch.append(plain(happened) if is_plain else happened)
        told.append(stretch)
    return told


def plain(happened: e.Event) -> e.Event:
    """Return what *happened* as most pools tell it: without a note, a doubt or a fee, and with its transaction."""
    happened = msgspec.structs.replace(happened, note=None, may_repeat=None)
    if not isinstance(happened, e.Receipt) or happened.source in (None, "csv"):
        return happened
    return msgspec.structs.replace(happened, txid=happened.id, gross_quantity=None, doubt=None)


@st.composite
def event(draw: st.DrawFn, kind: str, number: int, at: datetime) -> e.Event:
    """Draw an event of *kind*, the one of a *number*, at the instant *at*."""
    told: dict[str, Any] = {"id": draw(st.sampled_from(NAMES)).format(number), "at": at}
    told["source"] = draw(st.sampled_from(SOURCES))
    told["row"] = draw(st.sampled_from((None, *ROWS))) if told["source"] == "csv" else None
    told["note"] = draw(seldom("PENDING: rent", "rent", "lunch"))
    told["may_repeat"] = draw(seldom(SETTLED, "e1", "e2"))
    money = draw(st.sampled_from(MONEY))
    match kind:
        case "expense":
            return e.Expense(**told, category="rent", amount_usd_micros=money)
        case "earning":
            return e.BusinessIncome(**told, category="other", amount_usd_micros=money)
        case "rig":
            return e.Equipment(
                **told, equipment="rig", cost_usd_micros=money, acquired=at.date(), placed_in_service=at.date()
            )
        case "payment":
            return e.Payment(**told, year=2025, amount_usd_micros=money)
        case "energy":
            instant = at.isoformat()
            return e.Energy(**told, kwh=draw(st.sampled_from(("1", "2"))), from_=instant, to=instant, meter="rigs")
        case "suspense":
            return e.Suspense(**told, subject="a row", reason="unknown", remedy="record it by hand")
    told["asset"] = draw(st.sampled_from(("BTC", "BTC", "BTC", "LTC")))
    if kind == "price":
        return e.PriceSample(**told, price_usd=str(money // 10_000), interval=draw(seldom("day")))
    told["quantity"] = draw(st.sampled_from(AMOUNTS))
    return draw(_coins(kind, told, money))


@st.composite
def _coins(draw: st.DrawFn, kind: str, told: dict[str, Any], money: int) -> e.Event:
    wallet, txid = draw(st.sampled_from(WALLETS)), draw(st.sampled_from((None, None, "a", "b")))
    if kind == "transfer":
        other = draw(st.sampled_from([each for each in WALLETS if each != wallet]))
        return e.Transfer(**told, from_wallet=wallet, to_wallet=other, fee_quantity=draw(seldom(10_000)), txid=txid)
    told["wallet"] = wallet
    match kind:
        case "movement":
            return e.Movement(**told, fee_quantity=draw(seldom(10_000)), txid=txid)
        case "fee":
            return e.Movement(**told | {"quantity": 10_000, "note": GAS_ALONE}, txid=txid or "c")
        case "purchase":
            return e.Purchase(**told, cost_usd_micros=money)
        case "gift":
            return e.GiftReceived(**told)
        case "sale":
            disposition: Disposition = draw(st.sampled_from(("sold", "swapped", "gift")))
            return e.Sale(**told, proceeds_usd_micros=money, fee_usd_micros=money // 2, disposition=disposition)
    return e.Receipt(
        **told,
        income="pool_payout",
        value_usd_micros=draw(st.sampled_from((money, money, None))),
        pool=draw(st.sampled_from((None, None, "ocean", "braiins"))),
        txid=txid,
        vout=draw(seldom(0)),
        gross_quantity=draw(seldom(*AMOUNTS)),
        doubt=draw(seldom("none", "same_transaction")),
    )


class _State(msgspec.Struct):
    twins: TwinState
    unlikely: UnlikelyState
    fees: list[Paid]


class _Asking:
    """The folds that ask."""

    def __init__(self, findings: Sequence[Finding] = (), state: bytes | None = None) -> None:
        self.findings = Findings(findings)
        self.twins = TwinFold(AssetTable(), ("e3",), self.findings)
        self.unlikely = UnlikelyFold(AssetTable(), self.findings)
        self.fees = FeeFold(self.findings)
        if state is not None:
            kept = msgspec.json.decode(state, type=_State)
            self.twins.resume(kept.twins)
            self.unlikely.resume(kept.unlikely)
            self.fees.resume(kept.fees)

    def state(self) -> bytes:
        return msgspec.json.encode(_State(self.twins.state(), self.unlikely.state(), self.fees.state()))

    def take(self, events: Sequence[e.Event]) -> None:
        for each in self.findings.along(events):
            self.fees.see(each)
            if isinstance(each, e.Movement):
                self.findings.append(Finding(UNEXPLAINED, "nobody said where it went", each.id))
        self.twins.take_all(events, share_instants=len({each.at for each in events}) < len(events))
        self.unlikely.take_all(self.findings.along(events))
        self.findings.settle()


def uncut(told: Told) -> list[Finding]:
    asking = _Asking()
    for stretch in told:
        asking.take(stretch)
    return list(asking.findings)


def each_cut(told: Told) -> Iterator[list[Finding]]:
    """Yield what is asked where another goes on after so many events, for every number of them."""
    for number, stretch in enumerate(told):
        for place in range(1, len(stretch) + 1):
            before = _Asking()
            for each in (*told[:number], stretch[:place]):
                before.take(each)
            after = _Asking(before.findings, before.state())
            assert after.state() == before.state()
            for each in (stretch[place:], *told[number + 1 :]):
                if each:
                    after.take(each)
            yield list(after.findings)


def asked(findings: Sequence[Finding]) -> list[tuple[str, str, str | None]]:
    return [(each.code, each.message, each.event) for each in findings]


@pytest.mark.parametrize("kinds", [KINDS, ("receipt",), ("receipt", "sale", "transfer", "movement")], ids=len)
@settings(max_examples=EXAMPLES)
@given(st.data())
def test_a_book_that_went_on_asks_what_one_that_never_stopped_does(kinds: Sequence[str], data: st.DataObject) -> None:
    told = data.draw(stretches(kinds))
    with patch.object(pieces, "FEW", 2):
        whole = asked(uncut(told))
        for cut in each_cut(told):
            assert asked(cut) == whole


def came(hour: int, wallet: str, pool: str | None = "ocean", quantity: int = 1_000_000) -> e.Receipt:
    """Return a receipt that a hand told, so many hours after the beginning, whose id says when."""
    at = BEGIN + timedelta(hours=hour)
    return e.Receipt(
        id=f"r{hour}", at=at, wallet=wallet, asset="BTC", quantity=quantity, income="pool_payout", pool=pool
    )


OF_EQUALS: dict[str, tuple[list[e.Event], list[str]]] = {
    "the wallet looked at first is paired as a whole": (
        [came(0, "hot"), came(1, "desk", None), came(2, "cold"), came(3, "hot"), came(4, "desk", None)],
        ["r1 r0", "r4 r3"],
    ),
    "a day turned after a receipt that is paired": (
        [
            *(came(0, "hot", quantity=7), came(1, "desk", None, quantity=7), came(20, "hot"), came(25, "cold")),
            *(came(26, "hot"), came(27, "desk", None), came(28, "desk", None)),
        ],
        ["r1 r0", "r27 r20", "r28 r25"],
    ),
}


@pytest.mark.parametrize(("told", "pairs"), OF_EQUALS.values(), ids=OF_EQUALS)
def test_of_equals_the_same_one_is_asked_about_wherever_a_book_went_on(told: list[e.Event], pairs: list[str]) -> None:
    """One that went on from a checkpoint had looked at another wallet first, and asked about another receipt."""
    for cut in (uncut([told]), *each_cut([told])):
        assert [" ".join(re.findall(r"r\d+", each.message)[:2]) for each in cut] == pairs

"""What is found is told in the order of the events it was found at, wherever a book is gone on with."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from lotwork.ledger.history import History
from lotwork.ledger.kinds.coins import GAS_ALONE
from lotwork.ledger.storage.batch import Head
from lotwork.projections.replay import stops
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.checkpoint import Checkpoints
from tests.projections.house import MAIN, receipt, sale
from tests.projections.replay.printed import printed
from tests.projections.replay.test_checkpoint import Line, keep, store_of
from tests.rules.us.law import LAW

YEARS = (2025,)


def price(name: str, at: str, usd: str, **more: str) -> Line:
    return {"kind": "price", "id": name, "at": at, "asset": "BTC", "price_usd": usd, "source": name, **more}


def balance(name: str, at: str) -> Line:
    return {"kind": "balance", "id": name, "at": at, "wallet": "cold", "asset": "BTC", "quantity": "7"}


REVISED: tuple[Line, ...] = (
    price("day", "2025-01-01T00:00:00Z", "100", interval="1d"),
    price("minute", "2025-01-01T12:00:00Z", "200", interval="1m"),
    price("other", "2025-01-01T12:00:00Z", "300", interval="1m"),
    receipt("first", "2025-01-01T11:00:00Z", "1"),
    balance("b1", "2025-01-01T11:59:00Z"),
    receipt("priced", "2025-01-01T12:00:00Z", "1", None),
    balance("b2", "2025-01-01T12:00:00Z"),
    receipt("again", "2025-01-01T12:00:00Z", "1", None),
    sale("s", "2025-01-01T13:00:00Z", "9", "1"),
    receipt("pending", "2025-01-05T13:00:00Z", "1", None),
)
LEFT_FIRST: tuple[Line, ...] = (
    balance("b1", "2025-02-01T11:59:00Z"),
    {"kind": "movement", "id": "fee", "at": "2025-02-01T12:00:00Z", "wallet": "cold", "asset": "BTC",
     "quantity": "0.1", "txid": "t", "source": "chain", "note": GAS_ALONE},
    balance("b2", "2025-02-01T12:00:00Z"),
    receipt("r", "2025-02-01T12:00:00Z", "1", None),
    price("p", "2025-02-01T12:01:00Z", "9"),
    sale("s", "2025-02-01T12:02:00Z", "9", "1"),
)  # fmt: skip


def whole(store: Any) -> bytes:
    return printed(Book.begin(History.read(store, MAIN), YEARS, LAW).fold(), LAW, Head(MAIN))


@pytest.mark.parametrize("lines", [REVISED, LEFT_FIRST], ids=["priced one ahead", "left before it came"])
def test_what_is_printed_is_in_one_order_from_any_checkpoint_and_any_stop(
    lines: tuple[Line, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stops, "APART", 1)
    with store_of(*lines) as store:
        kept = Checkpoints(store.home)
        zero = whole(store)
        for cut in range(1, len(lines) + 1):
            keep(store, cut, LAW)
            assert printed(kept.replay(store, MAIN, years=YEARS, law=LAW).book, LAW, Head(MAIN)) == zero, f"from {cut}"
            for end in kept.folder.glob("*.json"):
                end.unlink()
            assert printed(kept.replay(store, MAIN, years=YEARS, law=LAW).book, LAW, Head(MAIN)) == zero, "from a stop"


def test_what_pricing_finds_stands_at_the_event_that_it_priced() -> None:
    with store_of(*REVISED) as store:
        told = [(each.code, each.event) for each in Book.begin(History.read(store, MAIN), YEARS, LAW).fold().findings]
    assert told == [
        ("balance_differs", "b1"), ("price_revised", "priced"), ("prices_apart", "priced"), ("balance_differs", "b2"),
        ("price_revised", "again"), ("prices_apart", "again"), ("coins_missing", "s"), ("amount_unlikely", "s"),
        ("receipt_pending", "pending"),
    ]  # fmt: skip


def test_what_comes_after_the_end_of_a_day_is_not_priced() -> None:
    """The event after the last one was read, priced and told of."""
    with store_of(receipt("r", "2024-12-31", "1"), *REVISED) as store:
        book = Book.begin(History.read(store, MAIN), YEARS, LAW).fold(until=date(2024, 12, 31))
    assert not book.findings

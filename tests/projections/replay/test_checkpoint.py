"""A replay that goes on from a checkpoint comes to what a replay from zero comes to, or does not go on from it."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.history import History
from lotwork.ledger.storage.batch import Batch, Head
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.store import EventStore
from lotwork.ledger.units import unscaled
from lotwork.projections.replay import checkpoint
from lotwork.projections.replay.appendable import LONGEST
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.checkpoint import Checkpoints
from lotwork.projections.replay.live import LiveBook
from lotwork.projections.replay.state import digest_of
from lotwork.rules.load import Law
from tests.ledger.making import open_store
from tests.projections.house import MAIN, receipt, sale, told, transfer

Line = dict[str, Any]

BEGIN = datetime(2024, 12, 28, 3, tzinfo=UTC)
WALLETS = ("cold", "hot")
COINS = {"BTC": 8, "ETH": 18}
STEADY = (
    "receipt",
    "receipt",
    "receipt",
    "purchase",
    "sale",
    "sale",
    "transfer",
    "gift",
    "expense",
    "balance",
    "movement",
    "price",
)
REACHING = (
    "price",
    "void",
    "correction",
    "election",
    "selection",
    "profile",
    "wallet",
    "payment",
    "year_facts",
    "rule",
)

LISTS: tuple[Line, ...] = (
    {"pool": "p", "vout": "0", "txid": "t2", "source": "chain"},
    {"pool": "p", "vout": "1", "txid": "t3", "source": "chain"},
    {"pool": "P", "txid": "t2", "source": "pool"},
)
"""Outputs that are named for a pool, and one that it lists."""

gaps = st.sampled_from((0, 1, 20, 20, 600, 3000)).map(lambda minutes: timedelta(minutes=minutes))


WASH_SALES: Line = {
    "kind": "rule", "id": "wash-sales", "at": "2024-12-01T00:00:00Z", "figure": "us/wash_sale/reaches_coin",
    "from": "2024-01-01", "value": True, "cite": "a bill", "reason": "what if it were law",
}  # fmt: skip
"""Under this rule a loss on coins waits for a purchase, and a purchase for a loss."""


@st.composite
def histories(draw: st.DrawFn) -> list[Line]:
    """Draw up to 12 lines around the turn of 2025, some of them late, some of them about what was before."""
    at, lines = BEGIN, list[Line](draw(st.sampled_from(((), (WASH_SALES,)))))
    for number in range(draw(st.integers(1, 12))):
        at += draw(gaps)
        kind = draw(st.sampled_from(STEADY * 3 + REACHING))
        late = timedelta(hours=draw(st.sampled_from((0,) * 12 + (1, 30, 300))))
        line = {"kind": kind, "id": f"{kind}-{number}", "at": (at - late).isoformat()}
        lines.append(line | draw(content(kind, [line["id"] for line in lines] or ["nobody"])))
    return lines


@st.composite
def content(draw: st.DrawFn, kind: str, known: list[str]) -> Line:
    """Draw the keys of a line of *kind* that may speak of the events *known*."""
    asset, wallet, target = draw(st.sampled_from(sorted(COINS))), draw(st.sampled_from(WALLETS)), known[-1]
    quantity = unscaled(draw(st.integers(1, 300)) * 10 ** (COINS[asset] - 1) + 1, COINS[asset])
    place = {"wallet": wallet, "asset": asset, "quantity": quantity}
    seen = draw(st.sampled_from(({}, {}, {"txid": "t1", "source": "pool"}, {"txid": "t1", "source": "chain"})))
    money = str(draw(st.integers(1, 10_000)))
    lots = [{"lot": draw(st.sampled_from(known)), "quantity": quantity}]
    match kind:
        case "receipt":
            priced = draw(st.sampled_from(({}, {"price_usd": money}, {"price_usd": money})))
            paid: Line = draw(st.sampled_from(({}, {"payer": "a"}, {"payer": "b"}, *LISTS)))
            return place | priced | seen | {"income": "pool_payout"} | paid
        case "purchase":
            return place | {"cost_usd": money}
        case "gift":
            facts: tuple[Line, ...] = (
                {},
                {"donor_basis_usd": money, "fair_value_usd": "50", "donor_acquired": "2024-12-29"},
            )
            inherited = {"how": "inheritance", "fair_value_usd": money}
            return {**place, **draw(st.sampled_from((*facts, inherited)))}
        case "sale":
            disposition = draw(st.sampled_from(("sold", "sold", "gift", "stolen", "donated")))
            return place | {"proceeds_usd": money, "disposition": disposition} | draw(
                st.sampled_from(({}, {}, {"lots": lots}))
            )  # fmt: skip
        case "transfer":
            other = next(name for name in WALLETS if name != wallet)
            fee = draw(st.sampled_from(({}, {"fee_quantity": "0.01"}, {"fee_quantity": "0.01", "price_usd": money})))
            return {"from_wallet": wallet, "to_wallet": other, "asset": asset, "quantity": quantity} | fee
        case "movement":
            return place | seen
        case "balance":
            return place
        case "expense":
            return {"category": "rent", "amount_usd": money}
        case "price":
            return {"asset": asset, "price_usd": money, "source": "kraken"} | draw(
                st.sampled_from(({}, {"interval": "1m"}, {"interval": "1d"}))
            )  # fmt: skip
        case "void":
            return {"target": draw(st.sampled_from(known)), "reason": "seen twice"}
        case "correction":
            changes = ({"quantity": "0.5"}, {"at": "2024-12-30T00:00:00Z"}, {"note": "typed again"})
            return {"target": target, "set": draw(st.sampled_from(changes)), "reason": "typing"}
        case "election":
            method = draw(st.sampled_from(("hifo", "lofo", "lifo")))
            return {"from": draw(st.sampled_from(("2024-12-01", "2025-01-02"))), "method": method}
        case "selection":
            return {"wallet": wallet, "asset": asset, "lots": lots} | draw(st.sampled_from(({}, {"for": target})))
        case "profile":
            return {"time_zone": draw(st.sampled_from(("America/New_York", "Asia/Tokyo")))}
        case "wallet":
            return {"wallet": wallet, "custody": "broker"}
        case "payment":
            return {"year": "2025", "amount_usd": money, "type": "estimated"}
        case "year_facts":
            return {"year": "2025", "section_179_carryforward_usd": money}
        case "rule":
            return {"figure": "a/b", "from": "2025-01-01", "value": money, "cite": "26 U.S.C. 1", "reason": "new"}
        case _:
            raise AssertionError(kind)


@contextmanager
def store_of(*lines: Mapping[str, Any], folder: str | None = None) -> Iterator[EventStore]:
    """Lend a store that holds *lines*."""
    with tempfile.TemporaryDirectory(dir=folder) as home, open_store(Path(home)) as store:
        append(store, *lines)
        yield store


def append(store: EventStore, *lines: Mapping[str, Any]) -> None:
    store.append(Batch(MAIN, told(*lines)))


class Past:
    """A log as it stood at a position: nothing was appended after it."""

    def __init__(self, store: EventStore, position: int) -> None:
        self._store = store
        self._position = position

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def head(self, book: str) -> Head:
        """Return the head of then."""
        return Head(book, self._position, self._store.hash_at(book, self._position) or Head(book).hash)


def keep(store: EventStore, cut: int, law: Law | None = None) -> None:
    """Keep the checkpoint of the log up to *cut*."""
    past = cast("EventLog", Past(store, cut))
    Checkpoints(store.home).replay(past, MAIN, law=law, from_zero=True)


def end_of(store: EventStore) -> Path:
    """Return where the checkpoint of the end is kept."""
    (file,) = Checkpoints(store.home).folder.glob("*.json")
    return file


def replay(store: EventStore, *, from_zero: bool = False, up_to: int | None = None) -> tuple[int, str, object]:
    """Return where the replay began, the digest it came to, and everything else it says."""
    done = Checkpoints(store.home).replay(store, MAIN, from_zero=from_zero, up_to=up_to)
    return done.resumed_from, digest_of(done.book), what_is_told(done.book)


def what_is_told(book: Book) -> object:
    spent = book.expenses.state()
    expenses = sorted(event.id for event in spent.events), spent.pool_fees, spent.first_receipts
    equipment = [event.id for event in book.equipment.state().events]
    return book.told(), book.events, book.latest, book.income.last_price, expenses, equipment, book.quotes


MONTH = (
    receipt("r1", "2025-01-01", "0.3"),
    receipt("r2", "2025-01-02", "0.3"),
    sale("s1", "2025-01-03", "0.1", "20"),
    receipt("r3", "2025-01-04", "0.3", None),
)
"""Four events in order, the last of them without a price."""


@settings(max_examples=60)
@given(histories())
def test_a_replay_from_any_checkpoint_comes_to_what_a_replay_from_zero_comes_to(lines: list[Line]) -> None:
    with store_of(*lines) as store:
        _, digest, rest = replay(store, from_zero=True)
        for cut in range(1, len(lines) + 1):
            keep(store, cut)
            assert replay(store)[1:] == (digest, rest), f"from {cut}"


AT_ONCE = "2024-12-28"
TOOK = {
    "a transfer before 2025": transfer("t", AT_ONCE, "0.1", "cold", "hot"),
    "a sale of a lot that comes": {**sale("s", AT_ONCE, "0.1", "20"), "lots": [{"lot": "late", "quantity": "0.1"}]},
    "a sale of too much": sale("s", AT_ONCE, "0.9", "20"),
}


@pytest.mark.parametrize("took", TOOK)
@pytest.mark.parametrize("more", [(), (receipt("held", AT_ONCE, "0.1", None),)])
@pytest.mark.parametrize("before", [(), (receipt("early", "2024-12-01", "0.5"),)])
@pytest.mark.parametrize("after", [(), (sale("z", AT_ONCE, "0.1", "30"),)])
def test_what_left_waits_for_what_is_told_of_the_same_instant_after_the_checkpoint(
    took: str, more: tuple[Line, ...], before: tuple[Line, ...], after: tuple[Line, ...]
) -> None:
    lines = (*before, TOOK[took], *more, receipt("late", AT_ONCE, "0.1"), *after)
    with store_of(*lines) as store:
        _, digest, rest = replay(store, from_zero=True)
        for cut in range(1, len(lines) + 1):
            keep(store, cut)
            assert replay(store)[1:] == (digest, rest), f"from {cut}"


@pytest.mark.parametrize("left", [False, True])
def test_what_is_told_of_one_instant_is_found_in_one_order(*, left: bool) -> None:
    pending = receipt("r", AT_ONCE, "0.1", None)
    movement = {**sale("m", AT_ONCE, "0.1", "1"), "kind": "movement"}
    del movement["proceeds_usd"]
    lines = (
        (pending, sale("s", AT_ONCE, "1", "9"), receipt("late", AT_ONCE, "0.1", None)) if left else (pending, movement)
    )
    with store_of(*lines) as store:
        _, digest, rest = replay(store, from_zero=True)
        for cut in range(1, len(lines) + 1):
            keep(store, cut)
            assert replay(store)[1:] == (digest, rest), f"from {cut}"


@settings(max_examples=30)
@given(histories())
def test_a_live_book_says_after_every_event_what_a_replay_from_zero_says(lines: list[Line]) -> None:
    with store_of() as store:
        live = LiveBook(store, MAIN)
        for line in lines:
            append(store, line)
            book = live.current()
            _, digest, rest = replay(store, from_zero=True)
            assert (digest_of(book), what_is_told(book)) == (digest, rest)


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
def test_what_only_adds_to_the_end_is_folded_onto_the_checkpoint(cut: int) -> None:
    with store_of(*MONTH) as store:
        keep(store, cut)
        assert replay(store)[0] == cut


def test_a_replay_keeps_where_it_came_to() -> None:
    with store_of(*MONTH) as store:
        assert replay(store)[0] == 0
        assert replay(store)[0] == len(MONTH)
        append(store, receipt("r4", "2025-01-05", "1"))
        assert replay(store)[0] == len(MONTH)
        assert replay(store)[0] == len(MONTH) + 1


@pytest.mark.parametrize(
    "line",
    [
        receipt("late", "2025-01-02", "1"),
        {"kind": "void", "id": "v", "at": "2025-01-05T00:00:00Z", "target": "r1", "reason": "seen twice"},
        {"kind": "price", "id": "p", "at": "2025-01-04T12:00:00Z", "asset": "BTC", "price_usd": "7", "source": "x"},
        {"kind": "election", "id": "e", "at": "2025-01-05T00:00:00Z", "from": "2025-01-01", "method": "lifo"},
        {"kind": "profile", "id": "z", "at": "2025-01-05T00:00:00Z", "time_zone": "Asia/Tokyo"},
    ],
    ids=lambda line: str(line["kind"]),
)
def test_what_reaches_back_is_replayed_from_zero(line: Line) -> None:
    with store_of(*MONTH) as store:
        keep(store, 4)
        append(store, line)
        assert replay(store)[0] == 0


def test_a_payment_that_two_sources_tell_is_replayed_from_zero() -> None:
    chain = receipt("c", "2025-01-02", "1", txid="t1", vout="0", source="chain")
    pool = receipt("p", "2025-01-03", "1", txid="t1", source="pool")
    with store_of(chain) as store:
        keep(store, 1)
        append(store, pool)
        resumed_from, digest, _ = replay(store)
        assert (resumed_from, digest) == (0, replay(store, from_zero=True)[1])


def test_a_price_that_nothing_before_it_asked_for_is_folded_on() -> None:
    price = {"kind": "price", "id": "p", "at": "2025-01-06T12:00:00Z", "asset": "BTC", "price_usd": "7", "source": "x"}
    with store_of(*MONTH) as store:
        keep(store, 4)
        append(store, price, receipt("r4", "2025-01-06T12:30:00Z", "1", None))
        resumed_from, digest, rest = replay(store)
        assert resumed_from == 4
        assert (digest, rest) == replay(store, from_zero=True)[1:]


def test_what_a_receipt_was_priced_by_is_remembered() -> None:
    price = {"kind": "price", "id": "p", "at": "2025-01-04T12:00:00Z", "asset": "BTC", "price_usd": "7", "source": "x"}
    with store_of(*MONTH, price) as store:
        keep(store, 5)
        append(store, receipt("r4", "2025-01-06", "1"))
        done = Checkpoints(store.home).replay(store, MAIN)
        assert (done.resumed_from, done.book.quotes["r3"].source) == (5, "x")


def test_the_past_is_replayed_from_a_checkpoint_only_where_it_is_as_old() -> None:
    with store_of(*MONTH) as store:
        keep(store, 3)
        assert replay(store, up_to=2)[0] == 0
        assert replay(store, up_to=3)[0] == 3
        keep(store, 2)
        assert replay(store, up_to=3)[0] == 2
        assert end_of(store).exists()
        assert replay(store, up_to=3)[0] == 2, "looking at the past keeps no checkpoint of it"


def test_a_damaged_checkpoint_is_replaced_and_never_believed() -> None:
    with store_of(*MONTH) as store:
        digest = replay(store)[1]
        file = end_of(store)
        whole = file.read_bytes()
        for damaged in (b"", whole[:-1], whole.replace(b'"r1"', b'"r9"'), b"\0" * len(whole)):
            file.write_bytes(damaged)
            assert replay(store)[:2] == (0, digest)
            assert replay(store)[:2] == (4, digest)


def test_a_checkpoint_of_something_else_is_never_believed() -> None:
    with store_of(*MONTH) as store:
        replay(store)
        file = end_of(store)
        content = b'{"program":"ours"}'
        file.write_bytes(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        assert replay(store)[0] == 0


def test_a_checkpoint_of_another_history_is_never_believed() -> None:
    with store_of(*MONTH) as store, store_of(receipt("x", "2025-01-01", "9"), *MONTH[1:]) as other:
        replay(other)
        replay(store)
        end_of(store).write_bytes(end_of(other).read_bytes())
        assert replay(store)[:2] == (0, replay(store, from_zero=True)[1])


def test_a_checkpoint_of_another_program_is_never_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    with store_of(*MONTH) as store:
        replay(store)
        monkeypatch.setattr(checkpoint, "program_digest", lambda: "another")
        assert replay(store)[0] == 0


def test_a_checkpoint_is_its_owners_alone() -> None:
    with store_of(*MONTH) as store:
        replay(store)
        folder = Checkpoints(store.home).folder
        assert folder.stat().st_mode & 0o777 == 0o700
        assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}
        assert sorted(file.suffix for file in folder.iterdir()) == [".json", ".rows"]


def test_where_no_checkpoint_can_be_written_the_replay_still_answers() -> None:
    with store_of(*MONTH) as store:
        (store.home / "checkpoints").write_text("in the way")
        assert replay(store)[1] == replay(store, from_zero=True)[1]


def test_an_empty_ledger_leaves_no_checkpoint() -> None:
    with store_of() as store:
        assert replay(store)[0] == 0
        assert not Checkpoints(store.home).folder.exists()


def test_a_tail_too_long_for_memory_is_replayed_from_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    assert LONGEST >= 10_000
    monkeypatch.setattr("lotwork.projections.replay.appendable.LONGEST", 1)
    with store_of(*MONTH) as store:
        keep(store, 3)
        assert replay(store)[0] == 3
        keep(store, 2)
        assert replay(store)[0] == 0


def test_a_live_book_takes_what_is_new_and_no_more() -> None:
    with store_of(*MONTH) as store:
        live = LiveBook(store, MAIN, years=(2025,))
        first = live.current()
        assert live.current() is first
        append(store, receipt("r4", "2025-01-05", "1"), transfer("t", "2025-01-06", "0.1", "cold", "hot"))
        assert live.current() is first
        assert (first.events, len(first.income.rows)) == (6, 4)
        append(store, {"kind": "void", "id": "v", "at": "2025-01-07T00:00:00Z", "target": "r4", "reason": "twice"})
        assert live.current() is not first
        assert live.head.position == 7


def test_a_live_book_over_a_restored_ledger_is_folded_anew() -> None:
    with store_of(*MONTH) as store, store_of(receipt("x", "2025-01-01", "9"), *MONTH) as other:
        live = LiveBook(store, MAIN)
        first = live.current()
        live._log = other
        assert live.current() is not first
        assert live.current().events == 5


WASHED = (
    WASH_SALES,
    {"kind": "purchase", "id": "p1", "at": "2025-01-01T12:00:00Z", "wallet": "cold", "asset": "BTC", "quantity": "1",
     "cost_usd": "100"},
    sale("s1", "2025-01-02", "0.7", "20"),
    {"kind": "purchase", "id": "p2", "at": "2025-01-03T12:00:00Z", "wallet": "hot", "asset": "BTC", "quantity": "0.5",
     "cost_usd": "40"},
    transfer("t1", "2025-01-04", "0.2", "hot", "cold"),
    {"kind": "purchase", "id": "p3", "at": "2025-01-05T12:00:00Z", "wallet": "cold", "asset": "BTC", "quantity": "0.5",
     "cost_usd": "45"},
    sale("s2", "2025-01-06", "0.4", "10"),
)  # fmt: skip


@pytest.mark.parametrize("cut", range(1, len(WASHED) + 1))
def test_a_purchase_that_changes_a_sale_before_the_checkpoint_comes_to_the_same(cut: int) -> None:
    """26 U.S.C. 1091(a): the loss waits in the state for 30 days, so that no purchase reaches back."""
    with store_of(*WASHED) as store:
        _, digest, rest = replay(store, from_zero=True)
        keep(store, cut)
        assert replay(store) == (cut, digest, rest)
        live = LiveBook(store, MAIN, years=(2025,))
        assert [row.adjustment_code for row in live.current().gains.rows].count("W") == 2


def test_a_live_book_mends_the_row_of_a_sale_that_a_later_purchase_washes() -> None:
    with store_of(*WASHED[:3]) as store:
        live = LiveBook(store, MAIN, years=(2025,))
        book = live.current()
        assert [row.adjustment_code for row in book.gains.rows] == [None]
        append(store, *WASHED[3:])
        assert live.current() is book
        whole = Book.begin(History.read(store, MAIN), (2025,)).fold()
        assert book.gains.rows == whole.gains.rows
        assert digest_of(book) == digest_of(whole)

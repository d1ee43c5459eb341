"""A pool that goes over to another unit: asked about until a person answers, remembered by the log alone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lotwork.ingest.pools.sizes import Size, Sizes, is_usual
from lotwork.ledger.events import Correction, Credit, Event, Receipt, Transfer, Void
from lotwork.ledger.storage.batch import Batch
from tests.ingest.pools.cases import CASES
from tests.ingest.pools.kit import NOW, Case, Paid, World, world
from tests.ingest.pools.test_every_pool import BEGIN, payments, telling
from tests.ingest.wires import Asked

CASE = {case.name: case for case in CASES}
DAY = timedelta(days=1)
SOME = [CASE[name] for name in ("braiins", "viabtc", "foundry", "herominers", "kryptex", "zpool")]
"""Payouts and credits, lists with dates and without, some that forget."""
EACH = pytest.mark.parametrize("case", SOME, ids=lambda case: case.name)


def days(case: Case, count: int, first: int, times: int = 1) -> list[Paid]:
    """Return payments of so many days, each *times* as large as usual."""
    return [one._replace(units=one.units * times) for one in payments(case, count, first=first)]


def look(pool: World, case: Case, paid: Sequence[Paid]) -> None:
    """Look at a pool that tells *paid*, on the evening of the last of them."""
    pool.server.answer = telling(case, paid)
    pool.clock.instant = max(paid[-1].at + timedelta(hours=17), pool.clock.instant + timedelta(minutes=1))
    pool.look()


def doubted(pool: World) -> list[Receipt]:
    return [event for event in pool.holding() if isinstance(event, Receipt) and event.doubt == "wrong_unit"]


def say(pool: World, *events: Event) -> None:
    pool.store.append(Batch("main", events))


def is_right(pool: World, receipt: Receipt, **more: Any) -> Correction:
    told = {"doubt": "none", **more}
    name = f"said:{receipt.id}"
    return Correction(id=name, at=pool.clock.instant, target=receipt.id, set_=told, reason="it is income")


@EACH
def test_a_wrong_unit_that_lasts_is_asked_about_row_by_row_until_a_person_answers(case: Case, tmp_path: Path) -> None:
    paid = days(case, 6, 1)
    with world(case.kind, case.settings, telling(case, paid), tmp_path, now=BEGIN, on_credit=case.on_credit) as pool:
        look(pool, case, paid)
        for first in range(7, 47, 5):
            paid += days(case, 5, first, 1000)
            look(pool, case, paid)
        assert len(doubted(pool)) == 40
        say(pool, is_right(pool, doubted(pool)[0]))
        paid += days(case, 2, 47, 1000)
        look(pool, case, paid)
        assert doubted(pool) == []
        wrong_again = days(case, 1, 49, 1_000_000)
        look(pool, case, [*paid, *wrong_again])
        assert [one.quantity for one in doubted(pool)] == [one.units for one in wrong_again]


@pytest.mark.parametrize(("before", "at_once"), [(1, 1), (1, 5), (2, 1), (2, 5)])
def test_a_newcomers_second_payment_is_held_against_the_first(before: int, at_once: int, tmp_path: Path) -> None:
    case = CASE["kryptex"]
    paid = days(case, before, 1)
    with world(case.kind, case.settings, telling(case, paid), tmp_path, now=BEGIN) as pool:
        look(pool, case, paid)
        paid += days(case, at_once, before + 1, 1000)
        look(pool, case, paid)
        paid += days(case, 1, before + at_once + 1, 1000)
        look(pool, case, paid)
        assert len(doubted(pool)) == at_once + 1
        say(pool, is_right(pool, doubted(pool)[0]))
        paid += days(case, 1, before + at_once + 2, 1000)
        look(pool, case, paid)
        assert doubted(pool) == []


@pytest.mark.parametrize("amounts", [[1, 400, 90_000], [90_000, 400, 1], [5, 1_000]])
def test_few_amounts_that_lead_from_one_to_the_next_are_believed(amounts: list[int]) -> None:
    held = [receipt("p:0", amounts[0])]
    told = [receipt(f"p:{place}", amount) for place, amount in enumerate(amounts[1:], 1)]
    assert Sizes("pool", {}, held).doubting(told) == told


def test_of_two_amounts_of_a_first_page_the_one_far_above_is_asked_about() -> None:
    told = Sizes("pool", {}, []).doubting([receipt("p:1", 1000), receipt("p:2", 1)])
    assert [one.doubt for one in told if isinstance(one, Receipt)] == ["wrong_unit", None]


@EACH
@pytest.mark.parametrize("steps", [(1, 10, 100, 1_000), (1, 10, 1, 10), (1000, 100, 10, 1)])
def test_what_grows_tenfold_again_and_again_is_not_asked_about(
    case: Case, steps: tuple[int, ...], tmp_path: Path
) -> None:
    paid: list[Paid] = []
    with world(case.kind, case.settings, telling(case, paid), tmp_path, now=BEGIN, on_credit=case.on_credit) as pool:
        for number, times in enumerate(steps):
            paid += days(case, 4, 1 + 4 * number, times)
            look(pool, case, paid)
        assert doubted(pool) == []


def test_a_newcomer_whose_first_page_holds_years_of_growth_is_not_asked(tmp_path: Path) -> None:
    case = CASE["kryptex"]
    paid = [one for step in range(6) for one in days(case, 3, 1 + 3 * step, 10**step)]
    with world(case.kind, case.settings, telling(case, paid), tmp_path) as pool:
        look(pool, case, paid)
        look(pool, case, [*paid, *days(case, 3, 19, 10**5)])
        assert doubted(pool) == []


@pytest.mark.parametrize("times", [1_000, 1_000_000, 100_000_000])
def test_a_wrong_unit_is_asked_about_again_in_a_log_whose_cursor_is_lost(times: int, tmp_path: Path) -> None:
    case = CASE["unmineable"]
    paid = [one._replace(units=one.units // 10**3) for one in days(case, 9, 1)]
    with world(case.kind, case.settings, telling(case, paid), tmp_path / "one") as pool:
        look(pool, case, paid)
        told = [event for event in pool.events() if not isinstance(event, Void)]
    later = [one._replace(units=one.units // 10**3) for one in days(case, 5, 10, times)]
    with world(case.kind, case.settings, telling(case, paid), tmp_path / "two") as rebuilt:
        rebuilt.store.append(Batch("main", tuple(told)))
        look(rebuilt, case, [*paid, *later])
        assert len(doubted(rebuilt)) == len(later)


@pytest.mark.parametrize("how", ["all rows told anew", "all rows under new names", "the former rows gone"])
def test_a_pool_that_tells_its_whole_past_in_another_unit_does_not_make_that_usual(how: str, tmp_path: Path) -> None:
    case = CASE["kryptex"]
    paid = days(case, 8, 1)
    with world(case.kind, case.settings, telling(case, paid), tmp_path) as pool:
        look(pool, case, paid)
        anew = [one._replace(units=one.units * 1000) for one in paid]
        if how != "all rows told anew":
            anew = [one._replace(number=one.number + 500) for one in anew]
        if how == "the former rows gone":
            anew = anew[-3:]
        for extra in range(3):
            anew += days(case, 3, 9 + 3 * extra, 1000)
            for _ in range(4):
                pool.clock.instant += timedelta(days=12)
                look(pool, case, anew)
        sure = [e for e in pool.holding() if isinstance(e, Receipt) and e.doubt is None]
        assert {event.quantity for event in sure} <= {one.units for one in paid}
        assert len(doubted(pool)) == len(anew)


def test_a_person_who_says_that_the_unit_was_wrong_is_asked_about_the_next_one_too(tmp_path: Path) -> None:
    case = CASE["kryptex"]
    paid = days(case, 5, 1)
    with world(case.kind, case.settings, telling(case, paid), tmp_path) as pool:
        look(pool, case, paid)
        paid += days(case, 1, 6, 1000)
        look(pool, case, paid)
        say(pool, is_right(pool, doubted(pool)[0], quantity="0.001"))
        assert doubted(pool) == []
        paid += days(case, 1, 7, 1000)
        look(pool, case, paid)
        assert [one.quantity for one in doubted(pool)] == [paid[-1].units]


def test_a_person_who_holds_on_to_a_doubt_is_not_contradicted_for_ever(tmp_path: Path) -> None:
    case = CASE["kryptex"]
    paid = [*days(case, 5, 1), *days(case, 2, 6, 1000)]
    with world(case.kind, case.settings, telling(case, paid[:5]), tmp_path) as pool:
        look(pool, case, paid[:5])
        look(pool, case, paid)
        first, second = doubted(pool)
        late = datetime(2026, 12, 31, tzinfo=UTC)
        held = Correction(id="held", at=late, target=second.id, set_={"doubt": "wrong_unit"}, reason="not sure")
        say(pool, is_right(pool, first), held)
        for _ in range(3):
            look(pool, case, paid)
        assert [one.id for one in doubted(pool)] == [second.id]
        assert sum(isinstance(event, Correction) and event.source == case.kind for event in pool.events()) == 1


def size(day: int, amount: int, *, is_said: bool = False) -> Size:
    return Size(NOW + day * DAY, amount, is_said)


@pytest.mark.parametrize(
    ("believed", "amount", "usual"),
    [
        ([1, 1, 1], 499, True),
        ([1, 1, 1], 500, False),
        ([1000, 1000, 1000], 2, False),
        ([1] * 30, 499, True),
        ([1] * 25 + [100] * 5, 40_000, True),
        ([1] * 28 + [100] * 2, 40_000, False),
    ],
)
def test_what_is_usual(believed: list[int], amount: int, usual: bool) -> None:
    sizes = [size(day, one) for day, one in enumerate(believed)]
    assert is_usual(size(len(believed), amount), sizes) is usual


@pytest.mark.parametrize(("after", "usual"), [(0, True), (28, True), (31, False)])
def test_a_persons_word_on_one_that_was_alone_fades(after: int, usual: bool) -> None:
    sizes = [size(0, 1), size(1, 5_000, is_said=True), *(size(2 + day, 1) for day in range(after))]
    assert is_usual(size(40, 5_000), sizes) is usual


def receipt(name: str, quantity: int, **more: Any) -> Receipt:
    told: dict[str, Any] = {"wallet": "cold", "asset": "BTC", "income": "pool_payout", **more}
    return Receipt(id=name, at=NOW, quantity=quantity, **told)


def test_a_row_that_is_income_and_a_transfer_is_judged_by_both_together() -> None:
    held: list[Event] = [
        receipt("p:1", 10),
        Transfer(id="p:1:credited", at=NOW, from_wallet="pool", to_wallet="cold", asset="BTC", quantity=990),
        receipt("p:2", 1000),
        Transfer(id="p:3", at=NOW, from_wallet="pool", to_wallet="cold", asset="BTC", quantity=1000),
        Credit(id="p:4:observed", at=NOW, pool="pool", asset="BTC", quantity=1),
    ]
    sizes = Sizes("pool", {}, held)
    assert sizes.doubting([receipt("p:5", 3)])[0] == receipt("p:5", 3)
    assert sizes.doubting([receipt("p:5", 2)])[0] == receipt("p:5", 2, doubt="wrong_unit")
    alone = receipt("p:6", 2, wallet="other")
    assert sizes.doubting([alone]) == [alone]


def ocean(count: int, begin: int, times: int) -> list[dict[str, Any]]:
    """Return payouts of OCEAN, one a day, each *times* as large as usual."""
    return [
        {
            "ts": f"{NOW + number * DAY:%Y-%m-%dT%H:%M:%S}",
            "on_chain_txid": f"{number:064x}",
            "total_satoshis_net_paid": (1_048_576 + number) * times,
            "is_generation_txn": False,
        }
        for number in range(begin, begin + count)
    ]


@pytest.mark.parametrize("on_credit", [False, True])
@pytest.mark.parametrize("times", [1_000, 100_000])
def test_ocean_is_asked_about_too(on_credit: bool, times: int, tmp_path: Path) -> None:
    rows = [ocean(5, 0, 1)]

    def answer(asked: Asked) -> Any:
        if "statsnap" in asked.path:
            return {"result": {"unpaid": "0"}}
        if "monthly" in asked.path:
            return {"result": {"report": []}}
        first, last = (int(part) for part in asked.path.split("/")[-2:])
        paid = [row for row in rows[0] if first <= datetime.fromisoformat(f"{row['ts']}+00:00").timestamp() <= last]
        earned = [
            {
                "ts": row["ts"],
                "block_hash": row["on_chain_txid"],
                "satoshis_net_earned": row["total_satoshis_net_paid"],
            }
            for row in paid
        ]
        return {"result": {"earnings": earned, "payouts": paid}}

    settings: dict[str, Any] = {
        "address": "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "wallet": "cold",
        "start": "2026-03-01",
    }
    settings |= {"allow_private": True}
    with world("ocean", settings, answer, tmp_path, now=NOW + 5 * DAY, on_credit=on_credit) as pool:
        pool.look()
        for begin in range(5, 25, 4):
            rows[0] = [*rows[0], *ocean(4, begin, times)]
            pool.clock.instant += 4 * DAY
            pool.look()
        assert len(doubted(pool)) == 20
        say(pool, is_right(pool, doubted(pool)[0]))
        pool.clock.instant += timedelta(hours=1)
        pool.look()
        assert doubted(pool) == []
        assert pool.look() == 0

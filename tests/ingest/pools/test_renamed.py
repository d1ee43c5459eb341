"""One payout under other names: a transaction that comes later, an address in capitals, 0x, another coin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.events import Receipt, Transfer
from tests.ingest.pools.cases import CASES
from tests.ingest.pools.kit import NOW, World, built, sample, world
from tests.ingest.wires import Asked

CASE = {case.name: case for case in CASES}
HOUR = timedelta(hours=1)
AT = NOW - timedelta(days=2)
TXID = "ab" * 32


def income(pool: World) -> list[int]:
    return [event.quantity for event in pool.holding() if isinstance(event, Receipt)]


def kryptex(*rows: tuple[int, str, str], status: str = "FINISHED") -> dict[str, Any]:
    """Return an answer of rows: days ago, amount, transaction."""
    told = [
        {"date": str(int((AT - timedelta(days=days)).timestamp())), "amount": amount, "status": status, "txid": txid}
        for days, amount, txid in rows
    ]
    return {"count": len(told), "next": None, "results": told}


@pytest.mark.parametrize("count", [1, 3, 25])
@pytest.mark.parametrize("age", [0, 40])
def test_a_transaction_that_comes_later_makes_no_second_payout(count: int, age: int, tmp_path: Path) -> None:
    unnamed = kryptex(*((age + number // 5, f"{number + 1}", "") for number in range(count)))
    named = kryptex(*((age + number // 5, f"{number + 1}", f"{number + 1:064x}") for number in range(count)))
    settings = {**CASE["kryptex"].settings, "start": "2025-01-01"}
    with world("address_pool", settings, lambda _: unnamed, tmp_path) as pool:
        pool.look()
        before = income(pool)
        assert len(before) == count
        pool.server.answer = lambda _: named
        for days in (0, 31):
            pool.clock.instant += timedelta(days=days, hours=1)
            pool.look()
            assert sorted(income(pool)) == sorted(before)
        assert {event.txid for event in pool.holding() if isinstance(event, Receipt)} == {
            f"{number + 1:064x}" for number in range(count)
        }


def two_miners(tx: str) -> dict[str, Any]:
    row = sample("twominers_account")["payments"][0]
    return {**sample("twominers_account"), "payments": [{**row, "timestamp": int(AT.timestamp()), "tx": tx}]}


@pytest.mark.parametrize("other", [TXID, TXID.upper(), f"0x{TXID.upper()}"])
@pytest.mark.parametrize("first", [TXID, f"0x{TXID}"])
def test_a_transaction_spelled_otherwise_is_the_same_one(first: str, other: str, tmp_path: Path) -> None:
    with world("address_pool", CASE["2miners"].settings, lambda _: two_miners(first), tmp_path) as pool:
        pool.look()
        pool.server.answer = lambda _: two_miners(other)
        pool.clock.instant += HOUR
        pool.look()
        assert len(income(pool)) == 1


def changed(pool: World, **settings: Any) -> None:
    """Go on with other settings, as after the file was changed."""
    kind, before, context = pool.build.args  # type: ignore[attr-defined] # a partial of `built`
    pool.build = partial(built, kind, {**before, **settings}, context)
    pool.begin_anew()
    pool.clock.instant += HOUR


@pytest.mark.parametrize("spelled", [str.lower, str.upper, str.swapcase])
def test_an_address_in_other_letters_is_the_same_account(spelled: Callable[[str], str], tmp_path: Path) -> None:
    settings = {**CASE["2miners"].settings, "address": "0x00000000219ab540356cBB839Cbe05303d7705Fa"}
    with world("address_pool", settings, lambda _: two_miners(f"0x{TXID}"), tmp_path) as pool:
        pool.look()
        changed(pool, address=f"0x{spelled(settings['address'][2:])}", allow_private=True)
        for days in (0, 31):
            pool.clock.instant += timedelta(days=days)
            pool.look()
            assert len(income(pool)) == 1


@pytest.mark.parametrize(
    "other", [{"coin": "RVN"}, {"address": "another"}, {"coin": "XTM", "slug": "xtm-c29", "address": "12abcd"}]
)
def test_another_account_under_the_name_of_a_source_is_read_from_its_beginning(
    other: dict[str, Any], tmp_path: Path
) -> None:
    settings = {**CASE["kryptex"].settings, "start": "2025-12-01", "allow_private": True}
    with world("address_pool", settings, lambda _: kryptex((0, "5", TXID)), tmp_path) as pool:
        pool.look()
        changed(pool, **other)
        pool.server.answer = lambda _: kryptex((60, "7", "cd" * 32))
        for hours in (0, 13, 13, 13):
            pool.clock.instant += timedelta(hours=hours)
            pool.look()
            assert len(income(pool)) == 2
        assert pool.store.pending() == ()


@pytest.mark.parametrize(
    ("name", "count"), [("kryptex", 2), ("kryptex", 3), ("2miners", 2), ("zpool", 2), ("herominers", 2)]
)
def test_equal_rows_of_one_answer_are_asked_about_until_they_are_told_once(
    name: str, count: int, tmp_path: Path
) -> None:
    case, times = CASE[name], [count]
    rows = {"kryptex": "results", "2miners": "payments", "zpool": "payouts", "herominers": "payments"}[name]

    def answer(asked: Any) -> Any:
        told = case.samples(asked)
        size = 2 if name == "herominers" else 1
        return {**told, rows: told[rows][:size] * times[0]} if rows in told else told

    with world(case.kind, case.settings, answer, tmp_path) as pool:
        pool.look()
        (one,) = pool.suspense()
        assert f"{count} times in one answer" in one.reason
        assert len(income(pool)) == 1
        pool.clock.instant += HOUR
        pool.look()
        assert len(pool.suspense()) == 1
        times[0] = 1
        pool.clock.instant += HOUR
        pool.look()
        assert pool.suspense() == []


@pytest.mark.parametrize("tx", [None, ""])
def test_a_payout_of_yiimp_that_is_not_sent_yet_stops_no_other(tx: str | None, tmp_path: Path) -> None:
    told = sample("yiimp_walletex")
    (paid,) = told["payouts"]
    waiting = {**paid, "amount": "0.00070000", "time": paid["time"] + 60, "tx": tx}
    answer = [{**told, "payouts": [waiting, paid]}]
    with world("address_pool", CASE["zpool"].settings, lambda _: answer[0], tmp_path) as pool:
        pool.look()
        assert income(pool) == [50_000]
        answer[0] = {**told, "payouts": [{**waiting, "tx": "ef" * 32}, paid]}
        pool.clock.instant += HOUR
        pool.look()
        assert income(pool) == [50_000, 70_000]


@pytest.mark.parametrize("amount", [0.51234567, 0.512345678912, 0.5123456700001])
def test_miningcore_tells_what_it_owed_finer_than_the_coin_can_be(amount: float, tmp_path: Path) -> None:
    told = [{**sample("miningcore_payments")[0], "amount": amount}]
    with world("address_pool", CASE["miningcore"].settings, lambda _: told, tmp_path) as pool:
        pool.look()
        assert income(pool) == [51_234_567]


@pytest.mark.parametrize("opening", ["", "0x"])
def test_a_hash_of_herominers_may_begin_with_0x(opening: str, tmp_path: Path) -> None:
    case = CASE["herominers"]

    def answer(asked: Any) -> Any:
        told = case.samples(asked)
        rows = told.get("payments", [])
        return {**told, "payments": [one if one.isdigit() else f"{opening}{one}" for one in rows]}

    with world(case.kind, case.settings, answer, tmp_path) as pool:
        pool.look()
        assert len(income(pool)) == 2


def test_a_day_that_gets_a_transaction_after_it_moved_coins_moves_them_once(tmp_path: Path) -> None:
    credit, payout = sample("luxor_transactions")["transactions"][:2]
    payout = {**payout, "currency_amount": credit["currency_amount"], "date_time": credit["date_time"]}
    rows = [[{**credit, "transaction_id": None}, payout]]

    def answer(_asked: Any) -> Any:
        return {
            "transactions": rows[0],
            "pagination": {**sample("luxor_transactions")["pagination"], "next_page_url": None},
        }

    with world("luxor", CASE["luxor"].settings, answer, tmp_path, on_credit=True) as pool:
        pool.look()
        before = income(pool)
        rows[0] = [{**credit, "transaction_id": TXID}, payout]
        for days in (0, 31):
            pool.clock.instant += timedelta(days=days, hours=1)
            pool.look()
            assert income(pool) == before
            assert sum(isinstance(event, Transfer) for event in pool.holding()) == 1


def ocean(*payouts: dict[str, Any]) -> Callable[[Asked], Any]:
    """Return the pool that paid *payouts*, each what one block before it earned."""

    def answer(asked: Asked) -> Any:
        if "statsnap" in asked.path:
            return {"result": {"unpaid": "0"}}
        if "monthly" in asked.path:
            return {"result": {"report": []}}
        first, last = (int(part) for part in asked.path.split("/")[-2:])
        return {"result": {"earnings": [], "payouts": [one for one in payouts if first <= one["ts"] <= last]}}

    return answer


def paid(sats: int, days: int = 2, **more: Any) -> dict[str, Any]:
    at = int((NOW - timedelta(days=days)).timestamp())
    return {"ts": at, "total_satoshis_net_paid": sats, "is_generation_txn": False, "on_chain_txid": None, **more}


OCEAN = {"address": "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "wallet": "cold", "start": "2026-01-01"}


@pytest.mark.parametrize("on_credit", [False, True])
@pytest.mark.parametrize("days", [2, 40])
@pytest.mark.parametrize("name", [{"on_chain_txid": TXID}, {"lightning_txid": "ln-1"}])
def test_a_payout_of_ocean_that_gets_its_transaction_later_is_one(
    name: dict[str, Any], days: int, on_credit: bool, tmp_path: Path
) -> None:
    with world("ocean", OCEAN, ocean(paid(1_100_000, days)), tmp_path, on_credit=on_credit) as pool:
        pool.look()
        pool.server.answer = ocean(paid(1_100_000, days, **name))
        for later in (0, 31):
            pool.clock.instant += timedelta(days=later, hours=1)
            pool.look()
            pool.look()
            coins = [event for event in pool.holding() if isinstance(event, Receipt | Transfer)]
            assert [event.quantity for event in coins] == [1_100_000]
        assert not any("no longer lists" in one.body for one in pool.store.pending())


@pytest.mark.parametrize("spelled", [str.upper, str.lower])
def test_an_address_of_ocean_in_capitals_is_the_same_account(spelled: Callable[[str], str], tmp_path: Path) -> None:
    with world("ocean", OCEAN, ocean(paid(1_100_000, on_chain_txid=TXID)), tmp_path) as pool:
        pool.look()
        changed(pool, address=spelled(OCEAN["address"]))
        for days in (0, 31):
            pool.clock.instant += timedelta(days=days)
            pool.look()
            assert income(pool) == [1_100_000]


@pytest.mark.parametrize("name", [{}, {"on_chain_txid": TXID}])
def test_equal_payouts_of_ocean_are_asked_about(name: dict[str, Any], tmp_path: Path) -> None:
    with world("ocean", OCEAN, ocean(paid(1_100_000, **name), paid(1_100_000, **name)), tmp_path) as pool:
        pool.look()
        assert income(pool) == [1_100_000]
        (one,) = pool.suspense()
        assert "more than once in one answer" in one.reason
        pool.server.answer = ocean(paid(1_100_000, **name))
        pool.clock.instant += HOUR
        pool.look()
        assert pool.suspense() == []


@pytest.mark.parametrize(
    ("cap", "is_paged"), [(15, True), (20, True), (49, True), (50, True), (15, False), (49, False)]
)
def test_a_bare_list_that_gives_fewer_rows_than_are_asked_for_is_read_to_its_end(
    cap: int, is_paged: bool, tmp_path: Path
) -> None:
    row = sample("miningcore_payments")[0]
    times = (NOW - timedelta(days=number // 4, hours=number % 4) for number in range(1, 71))
    rows = [
        {**row, "transactionConfirmationData": f"{number:064x}", "created": f"{at:%Y-%m-%dT%H:%M:%S}"}
        for number, at in enumerate(times)
    ]

    def answer(asked: Asked) -> Any:
        page = int(asked.params["page"]) if is_paged else 0
        return rows[page * cap : (page + 1) * cap]

    with world("address_pool", CASE["miningcore"].settings, answer, tmp_path) as pool:
        pool.look()
        assert len(income(pool)) == (70 if is_paged else cap)
        pool.clock.instant += HOUR
        assert pool.look() == 0

"""Rows that share a name: payouts split over addresses, a try that failed beside the one that was paid, and two truths.

Also what waits for ever, and what a list of F2Pool's tells that is neither revenue nor payout.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import SourceRefusedError
from lotwork.ledger.events import Receipt
from tests.ingest.pools.cases import CASES
from tests.ingest.pools.kit import Case, World, sample, world
from tests.ingest.wires import Asked

CASE = {case.name: case for case in CASES}
DAY = timedelta(days=1).total_seconds()


def paged(rows_of: Callable[[int], list[dict[str, Any]]], pages: int, case: str) -> Callable[[Asked], Any]:
    """Return what answers the payouts of *case* in so many *pages*."""

    def luxor(asked: Asked) -> Any:
        page = int(asked.params["page_number"])
        more = "https://pool.example/more" if page < pages else None
        paging = {**sample("luxor_transactions")["pagination"], "next_page_url": more}
        return {"transactions": rows_of(page), "pagination": paging}

    def antpool(asked: Asked) -> Any:
        is_payout = asked.form["type"] == "payout"
        told = sample("antpool_payment_payout")
        rows = rows_of(int(asked.form["page"])) if is_payout else []
        return {**told, "data": {**told["data"], "rows": rows, "totalPage": pages if is_payout else 1}}

    return {"luxor": luxor, "antpool": antpool}[case]


def first_of(answers: list[Callable[[Asked], Any]], asked: Asked) -> Any:
    return answers[0](asked)


def parts(case: str, *amounts: str) -> list[dict[str, Any]]:
    """Return the rows of one transaction that pays each of *amounts* to an address of its own."""
    if case == "luxor":
        row = sample("luxor_transactions")["transactions"][1]
        return [{**row, "currency_amount": float(one), "address_name": f"w-{at}"} for at, one in enumerate(amounts)]
    row = sample("antpool_payment_payout")["data"]["rows"][0]
    return [{**row, "amount": one, "walletAddress": f"bc1qmadeup{at}"} for at, one in enumerate(amounts)]


def income(pool: World) -> int:
    return sum(event.quantity for event in pool.holding() if isinstance(event, Receipt))


@pytest.mark.parametrize("case", ["luxor", "antpool"])
@pytest.mark.parametrize("amounts", [("0.002", "0.002"), ("0.001", "0.003"), ("0.001", "0.001", "0.002")])
def test_a_payout_that_is_split_over_addresses_is_the_sum_of_its_parts(
    case: str, amounts: tuple[str, ...], tmp_path: Path
) -> None:
    rows = parts(case, *amounts)
    answers = [paged(lambda _: rows, 1, case), paged(lambda _: [*reversed(rows)], 1, case)]
    answers.append(paged(lambda page: rows[:1] if page == 1 else rows[1:], 2, case))
    with world(case, CASE[case].settings, partial(first_of, answers), tmp_path) as pool:
        pool.look()
        assert income(pool) == 400_000
        for _ in range(4):
            answers.append(answers.pop(0))
            pool.clock.move(DAY)
            pool.look()
            assert income(pool) == 400_000


def test_a_day_that_is_credited_for_two_addresses_is_both(tmp_path: Path) -> None:
    row = sample("luxor_transactions")["transactions"][0]
    rows = [{**row, "address_name": name} for name in ("a", "b")]
    with world("luxor", CASE["luxor"].settings, paged(lambda _: rows, 1, "luxor"), tmp_path, on_credit=True) as pool:
        pool.look()
        assert income(pool) == 2 * 66_154


def braiins(**second: Any) -> Any:
    told = sample("braiins_payouts")
    first = told["lightning"][0]
    return {"onchain": [], "lightning": [{**first, **second}, first]}


@pytest.mark.parametrize(
    "second",
    [
        {"status": "failed", "resolved_at_ts": 1772600001, "preimage": None},
        {"status": "queued", "resolved_at_ts": None, "requested_at_ts": 1772600003},
        {"status": "failed", "invoice": None, "requested_at_ts": 1772500000, "resolved_at_ts": 1772500001},
    ],
)
def test_a_try_that_failed_stops_not_the_one_that_was_paid(second: dict[str, Any], tmp_path: Path) -> None:
    def answer(asked: Asked) -> Any:
        return braiins(**second) if "payouts" in asked.path else {"btc": {"daily_rewards": []}}

    with world("braiins", CASE["braiins"].settings, answer, tmp_path) as pool:
        pool.look()
        assert income(pool) == 21_034
        assert pool.look() == 0


def viabtc(amount: str) -> dict[str, Any]:
    row = sample("viabtc_profit_history_btc")["data"]["data"][0]
    return {**row, "date": "2026-03-02", "total_profit": amount, "pps_profit": amount, "pplns_profit": "0"} | {
        "solo_profit": "0"
    }


def miningcore(amount: str) -> dict[str, Any]:
    return {**sample("miningcore_payments")[0], "amount": float(amount)}


def kryptex(amount: str) -> dict[str, Any]:
    return {**sample("kryptex_payouts")["results"][0], "status": "FINISHED", "amount": amount, "txid": "ab" * 32}


def two_pages(name: str, amounts: list[str], asked: Asked) -> Any:
    """Return the answer of a pool that tells one row on two pages, with these amounts."""
    page = int(asked.params.get("page", 1)) - 1
    if name == "viabtc":
        rows = [viabtc(amounts[page])] if "profit" in asked.path and asked.params["coin"] == "BTC" else []
        return {"code": 0, "message": "OK", "data": {"data": rows, "has_next": bool(rows) and not page}}
    if name == "miningcore":
        return {"result": [miningcore(amounts[page + 1])], "pageCount": 2}
    more = None if page else "https://pool.example/?page=2"
    return {"count": 2, "next": more, "results": [kryptex(amounts[page])]}


@pytest.mark.parametrize("name", ["viabtc", "miningcore", "kryptex"])
def test_a_row_told_with_two_amounts_on_two_pages_is_refused_and_not_the_last_one_taken(
    name: str, tmp_path: Path
) -> None:
    case: Case = CASE[name]
    amounts = ["0.002", "0.003"]
    with world(
        case.kind, case.settings, partial(two_pages, name, amounts), tmp_path, on_credit=name == "viabtc"
    ) as pool:
        for _ in range(2):
            with pytest.raises(SourceRefusedError, match="two different things"):
                pool.look()
        amounts[0] = "0.003"
        pool.look()
        assert income(pool) == 3 * 10 ** (case.decimals - 3)


def f2pool(extra: dict[str, Any], *others: dict[str, Any]) -> Callable[[Asked], Any]:
    """Return the pool that cuts its list to the types that are asked for, as its documentation says."""
    revenue, payout = sample("f2pool_transactions")["transactions"]
    rows = [revenue, {**payout, "created_at": 1772500000, "payout_extra": {**payout["payout_extra"], **extra}}, *others]

    def answer(asked: Asked) -> Any:
        types = asked.json["type"].split(",")
        wanted = [row for row in rows if "all" in types or row["type"].partition("_")[0] in types]
        first, last = asked.json["start_time"], asked.json["end_time"]
        return {"transactions": [row for row in wanted if first <= row["created_at"] <= last]}

    return answer


@pytest.mark.parametrize(
    ("of_type", "changed"), [("reward", 0.0001), ("dividend", 0.0042), ("flash_exchange", -0.001), ("loan", 0.5)]
)
def test_what_is_neither_revenue_nor_payout_is_asked_for_and_asked_about(
    of_type: str, changed: float, tmp_path: Path
) -> None:
    other = {**sample("f2pool_transactions")["transactions"][0], "type": of_type, "id": 7, "changed_balance": changed}
    with world("f2pool", CASE["f2pool"].settings, f2pool({}, other), tmp_path) as pool:
        pool.look()
        assert income(pool) == 512_000
        (one,) = pool.suspense()
        assert of_type in one.reason
        assert f"{changed:f}".rstrip("0") in one.reason
        assert pool.look() == 0


def waits(name: str, is_paid: list[bool], asked: Asked) -> Any:
    """Return the answer of a pool whose one payout is paid, or has no transaction."""
    if name == "f2pool":
        return f2pool({"paid_time": 1772503600} if is_paid[0] else {"tx_id": "", "paid_time": 0})(asked)
    if name in ("luxor", "antpool"):
        key = "transaction_id" if name == "luxor" else "txId"
        rows = [{**row, **({} if is_paid[0] else {key: ""})} for row in parts(name, "0.00512")]
        return paged(lambda _: rows, 1, name)(asked)
    row = {**kryptex("0.00512"), "status": "FINISHED" if is_paid[0] else "PENDING", "date": "1772500000"}
    return {"count": 1, "next": None, "results": [{**row, "txid": row["txid"] if is_paid[0] else None}]}


@pytest.mark.parametrize("name", ["f2pool", "luxor", "antpool", "kryptex"])
def test_a_payout_that_waits_for_days_is_asked_about_until_it_is_paid(name: str, tmp_path: Path) -> None:
    case = CASE[name]
    is_paid = [False]
    with world(case.kind, case.settings, partial(waits, name, is_paid), tmp_path) as pool:
        pool.clock.move(-DAY)
        pool.look()
        assert (income(pool), pool.suspense()) == (0, [])
        pool.clock.move(4 * DAY)
        pool.look()
        (one,) = pool.suspense()
        assert "under way" in one.reason
        is_paid[0] = True
        pool.clock.move(900)
        pool.look()
        assert (income(pool), pool.suspense()) == (512 * 10 ** (case.decimals - 5), [])


def test_a_key_beside_the_days_of_foundry_is_told(tmp_path: Path) -> None:
    told = {"data": sample("foundry_earnings"), "nextToken": "more"}
    with world("foundry", CASE["foundry"].settings, lambda _: told, tmp_path, on_credit=True) as pool:
        pool.look()
        assert income(pool)
        assert any("nextToken" in (event.note or "") for event in pool.holding())

"""What a pool that is read with a key says that it owes: asked once a day, in its own unit, and no income."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import SourceRefusedError
from tests.ingest.pools.cases import CASES
from tests.ingest.pools.kit import World, world
from tests.ingest.wires import Asked

A_DAY = timedelta(days=1, minutes=5)
OWED = {
    "braiins": ("profile", {"username": "me", "btc": {"current_balance": "0.02037080", "all_time_reward": "1.5"}}),
    "viabtc": (
        "v1/account",
        {"code": 0, "message": "OK", "data": {"account": {"id": 1}, "observer": [], "balance": [
            {"coin": "BTC", "amount": "0.0203708"}, {"coin": "FB", "amount": "3.5"}, {"coin": "SYS", "amount": "0"},
        ]}},
    ),
    "f2pool": ("assets/balance", {"balance_info": {"balance": 0.0203708, "paid": 1.5, "yesterday_income": 0.0001}}),
    "antpool": (
        "account.htm",
        {"code": "000000", "message": "ok", "data": {"balance": "0.02037080", "paidOut": "1.5", "earnTotal": "2"}},
    ),
    "nicehash": ("rigs2", {"unpaidAmount": "0.0203708", "miningRigs": [], "totalRigs": 2}),
}  # fmt: skip
BY_NAME = {case.name: case for case in CASES if case.name in OWED}
SAME = {
    "braiins": {"btc": {"confirmed_reward": "0.0203708"}},
    "f2pool": {"code": 0, "msg": "", "balance_info": {"balance": 0.020370800000001}},
    "antpool": {"code": 0, "data": {"balance": 0.0203708}},
}
WRONG: dict[str, list[Any]] = {
    "braiins": [{"btc": {}}, {"btc": {"current_balance": "much"}}, {"btc": {"current_balance": "-1"}}],
    "viabtc": [{"code": 12001, "message": "bad key"}, {"code": 0, "data": {}}, {"code": 0, "data": {"balance": [{}]}}],
    "f2pool": [{"balance_info": {}}, {"code": 3, "msg": "no"}, {"balance_info": {"balance": "x"}}],
    "antpool": [{"code": 1, "message": "sign"}, {"code": 0, "data": None}, {"code": 0, "data": {"balance": True}}],
    "nicehash": [{}, {"unpaidAmount": None}, {"unpaidAmount": "22000000"}],
}


def pool_that(name: str, home: Path, owed: Any, asked_for: list[str]) -> Any:
    case, word = BY_NAME[name], OWED[name][0]

    def answer(asked: Asked) -> Any:
        if word not in asked.path:
            return case.samples(asked)
        asked_for.append(asked.path)
        return owed

    return world(case.kind, {**case.settings, "observe": ["balance"]}, answer, home)


def owed_in(pool: World) -> list[tuple[str, str, str]]:
    rows = [row for row in pool.told() if row["kind"] == "balance"]
    return [(row["pool"], row["asset"], row["quantity"]) for row in rows if float(row["quantity"])]


@pytest.mark.parametrize("name", OWED)
def test_what_a_pool_owes_is_asked_once_a_day_and_is_no_income(name: str, tmp_path: Path) -> None:
    case, asked_for = BY_NAME[name], list[str]()
    with world(case.kind, case.settings, case.samples, tmp_path / "plain") as plain:
        plain.look()
        income = plain.told()
    with pool_that(name, tmp_path / "seen", OWED[name][1], asked_for) as pool:
        for _ in range(3):
            pool.look()
        assert (owed_in(pool), len(asked_for)) == ([(name, "BTC", "0.02037080")], 1)
        assert [row for row in pool.told() if row["kind"] not in ("balance", "asset")] == [
            row for row in income if row["kind"] != "asset"
        ]
        pool.clock.instant += A_DAY
        pool.look()
        assert (owed_in(pool), len(asked_for)) == ([(name, "BTC", "0.02037080")], 2)


@pytest.mark.parametrize("name", SAME)
def test_other_spellings_of_what_is_owed_are_the_same(name: str, tmp_path: Path) -> None:
    with pool_that(name, tmp_path, SAME[name], []) as pool:
        pool.look()
        assert owed_in(pool) == [(name, "BTC", "0.02037080")]


@pytest.mark.parametrize(("name", "answer"), [(name, answer) for name, answers in WRONG.items() for answer in answers])
def test_what_tells_no_balance_is_refused_and_stops_no_income(name: str, answer: Any, tmp_path: Path) -> None:
    with pool_that(name, tmp_path, answer, []) as pool:
        with pytest.raises(SourceRefusedError):
            pool.look()
        assert not owed_in(pool)
        assert pool.told()

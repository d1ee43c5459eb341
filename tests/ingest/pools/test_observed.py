"""What pools tell beside income, recorded where the settings say so: the work, and credits that are no income yet."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import SourceRefusedError
from lotwork.ledger.events import Credit, Event, HashrateTold, Receipt
from tests.ingest.pools.cases import CASES
from tests.ingest.pools.kit import Case, World, sample, world
from tests.ingest.wires import Asked

TELL_CREDITS = ("braiins", "viabtc", "f2pool", "luxor", "foundry", "antpool")
TELL_BESIDE = ("f2pool", "foundry", "antpool")


def case_of(name: str) -> Case:
    return next(case for case in CASES if case.name == name)


def observing(
    name: str, home: Path, *seen: str, answer: Any = None, on_credit: bool = False
) -> AbstractContextManager[World]:
    case = case_of(name)
    settings = {**case.settings, "observe": seen}
    return world(case.kind, settings, answer or case.samples, home, on_credit=on_credit)


def of(pool: World, kind: type[Event]) -> list[Any]:
    return [event for event in pool.holding() if isinstance(event, kind)]


@pytest.mark.parametrize("name", TELL_CREDITS)
def test_on_payout_credits_are_recorded_and_are_no_income(name: str, tmp_path: Path) -> None:
    with observing(name, tmp_path / "plain") as plain:
        plain.look()
        income = {event.id: event.quantity for event in of(plain, Receipt)}
    with observing(name, tmp_path / "credit", on_credit=True) as counted:
        counted.look()
        when_credited = {event.id: event.quantity for event in of(counted, Receipt) if event.wallet == name}
    with observing(name, tmp_path / "seen", "credits") as pool:
        pool.look()
        seen = {event.id.removesuffix(":observed"): event.quantity for event in of(pool, Credit)}
        assert seen == when_credited
        assert seen
        assert {event.id: event.quantity for event in of(pool, Receipt)} == income
        assert pool.look() == 0


@pytest.mark.parametrize("name", TELL_CREDITS)
def test_on_credit_there_is_nothing_more_to_observe(name: str, tmp_path: Path) -> None:
    with observing(name, tmp_path, "credits", on_credit=True) as pool:
        pool.look()
        assert of(pool, Credit) == []


def test_a_policy_that_changes_makes_income_of_what_was_observed_and_counts_nothing_twice(tmp_path: Path) -> None:
    from tests.ingest.pools.kit import credit  # noqa: PLC0415 - of this test alone

    with observing("foundry", tmp_path, "credits") as pool:
        pool.look()
        assert len(of(pool, Credit)) == 2
        credit(pool.store)
        pool.begin_anew()
        pool.look()
        assert of(pool, Credit) == []
        assert len(of(pool, Receipt)) == 2


@pytest.mark.parametrize("on_credit", [False, True])
@pytest.mark.parametrize("name", TELL_BESIDE)
def test_the_work_that_stands_beside_a_credit_is_told_of_its_day(name: str, on_credit: bool, tmp_path: Path) -> None:
    with observing(name, tmp_path, "hashrate", on_credit=on_credit) as pool:
        pool.look()
        told = of(pool, HashrateTold)
        assert told
        assert {(one.pool, one.asset, one.source) for one in told} == {(name, "BTC", name)}
        assert pool.look() == 0


def test_foundry_tells_what_the_day_was_mined_with(tmp_path: Path) -> None:
    with observing("foundry", tmp_path, "hashrate") as pool:
        pool.look()
        first, _ = of(pool, HashrateTold)
        assert (first.from_, first.to) == ("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z")
        assert (first.hashrate, first.scheme) == ("611.11 TH/s", "fpps")


def test_antpool_tells_it_with_its_unit_apart(tmp_path: Path) -> None:
    with observing("antpool", tmp_path, "hashrate") as pool:
        pool.look()
        assert {one.hashrate for one in of(pool, HashrateTold)} == {"611.53 TH/s"}


def test_a_day_whose_work_is_told_otherwise_is_corrected(tmp_path: Path) -> None:
    told = sample("foundry_earnings")
    with observing("foundry", tmp_path, "hashrate", "credits", answer=lambda _: told) as pool:
        pool.look()
        told[0]["hashrate"] = 500_000_000_000_000
        assert pool.look() == 1
        assert of(pool, HashrateTold)[0].hashrate == "500 TH/s"


@pytest.mark.parametrize("rate", [None, "", "fast", -1, True, [], {}])
def test_a_hashrate_that_is_none_loses_no_income(rate: Any, tmp_path: Path) -> None:
    told = sample("foundry_earnings")
    told[0]["hashrate"] = rate
    with observing("foundry", tmp_path, "hashrate", answer=lambda _: told, on_credit=True) as pool:
        pool.look()
        assert len(of(pool, Receipt)) == 2
        assert len(of(pool, HashrateTold)) == 1


DAYS = [
    {"date": 1772409600, "hash_rate_unit": "Gh/s", "hash_rate_24h": 110345.5, "total_shares": 33816576},
    {"date": 1772323200, "hash_rate_unit": "Gh/s", "hash_rate_24h": 0, "total_shares": 0},
]


def braiins_telling(*days: dict[str, Any]) -> Any:
    def answer(asked: Asked) -> Any:
        return {"btc": [*days]} if "hash_rate_daily" in asked.path else case_of("braiins").samples(asked)

    return answer


def test_braiins_daily_hashrate_is_a_list_of_its_own(tmp_path: Path) -> None:
    with observing("braiins", tmp_path, "hashrate", answer=braiins_telling(*DAYS)) as pool:
        pool.look()
        assert any(one.path == "/accounts/hash_rate_daily/json/user/btc" for one in pool.server.asked)
        told = {one.from_[:10]: one.hashrate for one in of(pool, HashrateTold)}
        assert told == {"2026-03-01": "0 H/s", "2026-03-02": "110.3455 TH/s"}
        assert pool.look() == 0


@pytest.mark.parametrize("wrong", [{"hash_rate_unit": "sols"}, {"hash_rate_24h": "many"}, {"date": "yesterday"}])
def test_a_list_of_work_that_cannot_be_right_is_refused_and_stops_no_other(
    wrong: dict[str, Any], tmp_path: Path
) -> None:
    with observing("braiins", tmp_path, "hashrate", answer=braiins_telling({**DAYS[0], **wrong})) as pool:
        with pytest.raises(SourceRefusedError):
            pool.look()
        assert len(of(pool, Receipt)) == 2


def test_viabtc_tells_the_work_of_the_coin_that_others_are_mined_beside(tmp_path: Path) -> None:
    page = {"count": 1, "curr_page": 1, "has_next": False, "total": 1, "total_page": 1}
    rows = [{"coin": "BTC", "date": "2026-03-01", "hashrate": "651358832825000", "reject_rate": "0.001"}]

    def answer(asked: Asked) -> Any:
        if "hashrate" in asked.path:
            return {"code": 0, "data": {**page, "data": rows}, "message": "OK"}
        return case_of("viabtc").samples(asked)

    with observing("viabtc", tmp_path, "hashrate", answer=answer) as pool:
        pool.look()
        assert {one.params["coin"] for one in pool.server.asked if "hashrate" in one.path} == {"BTC"}
        (told,) = of(pool, HashrateTold)
        assert (told.hashrate, told.merged, told.scheme) == ("651.358832825 TH/s", ("NMC",), None)

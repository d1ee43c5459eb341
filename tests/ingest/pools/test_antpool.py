"""AntPool: each question is signed over user, key and nonce; the parts of a day are summed, whatever the scheme."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.events import Profile, Receipt
from lotwork.ledger.storage.batch import Batch
from tests.ingest.pools.cases import CASES
from tests.ingest.pools.kit import KEY, built, sample, world
from tests.ingest.wires import Asked

(CASE,) = (case for case in CASES if case.name == "antpool")


def test_each_form_is_signed(tmp_path: Path) -> None:
    with world("antpool", CASE.settings, CASE.samples, tmp_path) as pool:
        pool.look()
        for asked in pool.server.asked:
            words = f"miner{asked.form['key']}{asked.form['nonce']}".encode()
            assert asked.form["signature"] == hmac.new(KEY.encode(), words, hashlib.sha256).hexdigest().upper()
            assert (asked.form["coin"], asked.form["userId"]) == ("BTC", "miner")
        assert [asked.form["type"] for asked in pool.server.asked] == ["recv", "payout"]


def test_a_day_is_the_sum_of_its_schemes(tmp_path: Path) -> None:
    with world("antpool", CASE.settings, CASE.samples, tmp_path, on_credit=True) as pool:
        pool.look()
        credit = next(event for event in pool.holding() if getattr(event, "wallet", "") == "antpool")
    assert (getattr(credit, "quantity", 0), credit.note) == (42_310, "by fppsBlock, fppsFee")


def told(kind: str, at: str, **more: Any) -> Any:
    """Return what answers with one row, told of *at*."""

    def answer(asked: Asked) -> Any:
        name = asked.form["type"]
        found = sample("antpool_payment_payout" if name == "payout" else "antpool_payment_recv")
        rows = [{**row, "timestamp": at, **more} for row in found["data"]["rows"][:1]] if name == kind else []
        return {**found, "data": {**found["data"], "rows": rows}}

    return answer


SINCE = {**CASE.settings, "start": "2025-12-01"}
NEW_YEAR = datetime(2026, 1, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "asked", "zone"),
    [
        ("2026-01-01 00:00:00", True, "UTC"),
        ("2026-01-01 07:59:59", True, "UTC"),
        ("2026-01-01 08:00:00", False, "UTC"),
        ("2025-12-31 23:59:59", False, "UTC"),
        ("2026-01-01 00:00:00+00:00", False, "UTC"),
        ("2026-01-01 06:00:00", True, "America/New_York"),
        ("2026-01-01 04:00:00", False, "America/New_York"),
        ("2026-01-01T12:59:59", True, "America/New_York"),
    ],
)
@pytest.mark.parametrize("kind", ["payout", "recv"])
def test_a_time_by_an_unknown_clock_is_asked_about_where_it_may_be_of_the_year_before(
    kind: str, at: str, asked: bool, zone: str, tmp_path: Path
) -> None:
    with world("antpool", SINCE, told(kind, at), tmp_path, now=NEW_YEAR, on_credit=kind == "recv") as pool:
        since = datetime(2020, 1, 2, tzinfo=UTC)
        pool.store.append(Batch("main", (Profile(id="here", at=since, time_zone=zone),)))
        pool.look()
        assert len(pool.suspense()) == asked
        assert all(one.at < datetime(2026, 1, 1, 5, tzinfo=UTC) for one in pool.suspense())
        assert pool.look() == 0


def test_a_credit_that_is_no_income_is_not_asked_about(tmp_path: Path) -> None:
    with world("antpool", SINCE, told("recv", "2026-01-01 00:00:00"), tmp_path, now=NEW_YEAR) as pool:
        pool.look()
        assert pool.suspense() == []


@pytest.mark.parametrize(("zone", "at"), [("UTC", (2026, 1, 1, 2)), ("Asia/Shanghai", (2025, 12, 31, 18))])
@pytest.mark.parametrize("kind", ["payout", "recv"])
def test_the_clock_once_it_is_known_corrects_what_was_read(
    kind: str, zone: str, at: tuple[int, int, int, int], tmp_path: Path
) -> None:
    answer = told(kind, "2026-01-01 02:00:00")
    with world("antpool", SINCE, answer, tmp_path, now=NEW_YEAR, on_credit=kind == "recv") as pool:
        pool.look()
        assert len(pool.suspense()) == 1
        name, before, context = pool.build.args  # type: ignore[attr-defined] # a partial of `built`
        pool.build = partial(built, name, {**before, "zone": zone}, context)
        pool.begin_anew()
        pool.clock.instant += timedelta(days=20)
        pool.look()
        assert pool.suspense() == []
        (one,) = (event for event in pool.holding() if isinstance(event, Receipt))
        assert one.at == datetime(*at, tzinfo=UTC)


def test_a_clock_that_is_none_is_a_mistake_of_the_configuration(tmp_path: Path) -> None:
    with (
        pytest.raises(ValueError, match="is not a time zone"),
        world("antpool", {**SINCE, "zone": "Mars"}, CASE.samples, tmp_path),
    ):
        pass

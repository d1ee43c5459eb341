"""Foundry: days with gross, fee and net, income on credit alone; the day that lasts is not booked."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import SourceRefusedError
from tests.ingest.pools.cases import CASES
from tests.ingest.pools.kit import sample, world

(CASE,) = (case for case in CASES if case.name == "foundry")


@pytest.mark.parametrize("wrapped", [None, "data", "result"])
def test_the_list_may_be_wrapped(wrapped: str | None, tmp_path: Path) -> None:
    told = sample("foundry_earnings")
    answer: Any = {wrapped: told} if wrapped else told
    with world("foundry", CASE.settings, lambda _: answer, tmp_path, on_credit=True) as pool:
        pool.look()
        assert [row["quantity"] for row in pool.told()] == ["0.00123400", "0.00120100"]


def test_a_day_that_is_not_over_is_not_booked(tmp_path: Path) -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    with world(
        "foundry", CASE.settings, lambda _: sample("foundry_earnings"), tmp_path, on_credit=True, now=noon
    ) as pool:
        pool.look()
        assert [row["at"] for row in pool.told()] == ["2026-03-02T00:00:00Z"]
        pool.clock.instant = noon.replace(day=3)
        assert pool.look() == 1


def test_on_payout_its_days_are_no_income(tmp_path: Path) -> None:
    with world("foundry", CASE.settings, lambda _: sample("foundry_earnings"), tmp_path) as pool:
        pool.look()
        assert pool.told() == []


def test_gross_less_fee_must_be_what_was_earned(tmp_path: Path) -> None:
    told = sample("foundry_earnings")
    told[0]["poolFeeAmount"] = 2.24e-05
    with world("foundry", CASE.settings, lambda _: told, tmp_path, on_credit=True) as pool:
        with pytest.raises(SourceRefusedError, match="gross less fee is not what was earned"):
            pool.look()
        assert pool.told() == []


def test_the_former_shape_without_gross_is_read_too(tmp_path: Path) -> None:
    told = [{key: one[key] for key in ("startTime", "endTime", "totalAmount")} for one in sample("foundry_earnings")]
    with world(
        "foundry", CASE.settings, lambda _: [{**one, "feeAmount": 1e-5} for one in told], tmp_path, on_credit=True
    ) as pool:
        pool.look()
        assert [row.get("gross_quantity") for row in pool.told()] == [None, None]

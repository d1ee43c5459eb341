"""What Luxor, OCEAN and CKPool tell of their work counts in `lotwork completeness`, as Braiins' does."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.commands.calling import Caller
from tests.ingest.pools.cases import ADDRESS, CASES, START
from tests.ingest.pools.kit import sample, world
from tests.ingest.wires import Asked
from tests.projections.completeness.mine import difficulties

PROFILE = {"kind": "profile", "id": "p", "at": "2025-01-01T00:00:00Z", "jurisdiction": "us", "filing_status": "single",
           "activity": "business", "time_zone": "UTC"}  # fmt: skip
LOOKS = 4
LUXOR = next(case for case in CASES if case.name == "luxor")
DAYS = [
    {"date_time": f"2026-03-0{day}T00:00:00.000Z", "hashrate": "110000000000000", "efficiency": 1, "est_revenue": 0}
    for day in range(1, LOOKS + 1)
]


def luxor(asked: Asked) -> Any:
    if "hashrate" not in asked.path:
        return LUXOR.samples(asked)
    paging = {"page_number": 1, "page_size": 50, "item_count": 4, "previous_page_url": None, "next_page_url": None}
    return {"tick_size": "1d", "hashrate_efficiency": DAYS, "pagination": paging}


def ocean(asked: Asked) -> Any:
    if "earnpay" in asked.path:
        return {"result": {"earnings": [], "payouts": []}}
    return {"result": {"hashrate_60s": "1", "hashrate_86400s": "110000000000000", "active_worker_count": 1}}


def ckpool(_asked: Asked) -> Any:
    return {**sample("ckpool_user"), "hashrate1d": "110T"}


AT_AN_ADDRESS = {"wallet": "cold", "start": START, "address": ADDRESS}


@pytest.mark.parametrize(
    ("pool", "kind", "settings", "answer"),
    [
        ("luxor", "luxor", LUXOR.settings, luxor),
        ("ocean", "ocean", AT_AN_ADDRESS, ocean),
        ("ckpool", "solo_pool", {**AT_AN_ADDRESS, "service": "ckpool"}, ckpool),
    ],
)
def test_the_work_that_a_pool_tells_is_held_against_what_it_brought(
    pool: str, kind: str, settings: dict[str, Any], answer: Any, lotwork: Caller, tmp_path: Path
) -> None:
    with world(kind, {**settings, "observe": ["hashrate"]}, answer, tmp_path / "polled") as polled:
        for _ in range(LOOKS):
            polled.look()
            polled.clock.instant += timedelta(days=1)
        works = [row for row in polled.told() if row["kind"] == "hashrate"]
    assert len(works) == LOOKS
    told = ({**row, "id": f"w{at}", "source": pool} for at, row in enumerate(works))
    lotwork.take(PROFILE, *told, *difficulties("2026-02-25", 3))
    said = lotwork("completeness", "--year", "2026", "--json", code=None).result
    (march,) = said["rows"]
    assert (march["pool"], march["month"], march["asset"], said["findings"]) == (pool, "2026-03", "BTC", [])
    # a mean of 24 hours that is asked for at noon covers four whole days, spread over five of the calendar
    assert (march["days"], march["hashrate"]) == ((4, "110 TH/s") if pool == "luxor" else (5, "88 TH/s"))
    # 110e12 H/s x 4 x 86400 s x 3.125 BTC / (147e12 x 2^32) is 0.000188165
    assert march["expected_quantity"] == "0.00018816"

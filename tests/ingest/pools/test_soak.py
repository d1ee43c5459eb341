"""A pool that edits, withdraws and tells late, asked through faults for long: in the end, what it says is booked."""

from __future__ import annotations

import json
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.errors import SourceRefusedError, SourceUnreachableError
from tests.drawing import stream
from tests.ingest.pools.cases import CASES
from tests.ingest.pools.kit import NOW, Case, Paid, world
from tests.ingest.pools.test_every_pool import FAULTS, held, meant
from tests.ingest.wires import Asked

POLLS = int(os.environ.get("LOTWORK_SOAK_POLLS", "40"))
"""How often each pool is asked, through 30 percent faults; LOTWORK_SOAK_POLLS says otherwise."""
SEVERAL_YEARS = 1_000
"""So many polls half a day apart are a year and more: what is read again each month grows with what was ever told, and
all of it with the square of the years. Of more polls each comes sooner after the one before."""
HOURS = (1, 9, 26) if POLLS <= SEVERAL_YEARS else (0.25, 1, 3)
FAULTS_OF_A_HUNDRED = 30
HOLDING = frozenset({"too many, wait", "too many, until"})
"""Faults by which the whole host is left alone, by the machine's clock."""
REMEMBERING = [case for case in CASES if case.name not in ("2miners", "herominers", "zpool")]
"""Pools whose lists do not drop old rows: what is missing there was withdrawn."""


@pytest.mark.seeded
@pytest.mark.parametrize("case", REMEMBERING, ids=lambda case: case.name)
def test_whatever_happens_on_the_way_the_end_is_what_the_pool_says(case: Case, tmp_path: Path) -> None:
    chance = stream(23)
    paid: list[Paid] = []
    faults = [fault for name, fault in FAULTS.items() if name not in HOLDING]

    def answer(asked: Asked) -> Any:
        told = case.telling(sorted(paid, key=lambda one: one.at), asked)
        if chance.random() * 100 < FAULTS_OF_A_HUNDRED:
            return chance.choice(faults)(reply_body(told))
        return told

    with world(case.kind, {**case.settings, "start": "2026-03-01"}, answer, tmp_path, on_credit=case.on_credit) as pool:
        for number in range(1, POLLS + 1):
            pool.clock.instant += timedelta(hours=chance.choice(HOURS))
            happen(paid, number, pool.clock.instant, case, chance)
            if chance.random() < 0.1:
                pool.begin_anew()
            try:
                pool.look()
            except (SourceRefusedError, SourceUnreachableError):
                continue
        pool.server.answer = lambda asked: case.telling(sorted(paid, key=lambda one: one.at), asked)
        for days in (0, 31, 1, 1, 1):
            pool.clock.instant += timedelta(days=days, minutes=1)
            pool.look()
        assert held(pool) == meant(case, paid)
        assert pool.look() == 0


def reply_body(told: Any) -> bytes:
    """Return what is answered, as bytes."""
    return json.dumps(told).encode()


def happen(paid: list[Paid], number: int, now: Any, case: Case, chance: Any) -> None:
    """Let the pool pay, edit, withdraw or tell late, by chance."""
    drawn = chance.random()
    at = now.replace(microsecond=0) - timedelta(minutes=30)
    units = (1_000_000 + 997 * number) * case.unit
    if drawn < 0.6 or len(paid) < 5:
        paid.append(Paid(number, at, units))
    elif drawn < 0.75:
        spot = chance.randrange(len(paid))
        paid[spot] = paid[spot]._replace(units=units)
    elif drawn < 0.85:
        del paid[chance.randrange(len(paid))]
    else:
        late = max(at - timedelta(days=chance.randrange(1, 40)), NOW - timedelta(days=4))
        taken = {one.at for one in paid}
        while late in taken:
            late += timedelta(minutes=1)
        paid.append(Paid(number, late, units))

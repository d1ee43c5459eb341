"""What is made to be sent away, a return, its forms and its packet, is made of a book that is what was written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.public_form.parse_words import parse_instant
from tests.commands.calling import Caller
from tests.projections.house import receipt

PROFILE = {
    "kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "jurisdiction": "us", "filing_status": "single",
    "activity": "business", "time_zone": "UTC", "recognition": "on_payout", "material_participation": "true",
}  # fmt: skip
RECEIPTS = 120
"""More than are looked at by whoever opens the ledger to write."""


def flip(home: Path) -> None:
    """Change a figure of the second event on the disk: it reads as any other."""
    with closing(sqlite3.connect(home / "ledger.sqlite")) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ((payload,),) = connection.execute("SELECT payload FROM events WHERE position = 2").fetchall()
    file, told = home / "ledger.sqlite", payload.encode()
    assert b"50000" in told
    file.write_bytes(file.read_bytes().replace(told, told.replace(b"50000", b"90000")))


@pytest.fixture
def mined(lotwork: Caller, monkeypatch: pytest.MonkeyPatch) -> Caller:
    """Return the caller of a home with a year of receipts, of which the first was changed on the disk."""
    clock = SetClock(parse_instant("2026-04-10T15:00:00Z"))
    monkeypatch.setattr(SystemClock, "now", lambda _self: clock.now())
    days = (f"2025-{1 + day // 20:02d}-{1 + day % 20:02d}" for day in range(RECEIPTS))
    lotwork.take(PROFILE, *(receipt(f"r{day}", day, "0.001", "50000") for day in days))
    flip(lotwork.home)
    assert lotwork("income", "--year", "2025").out, "nobody sees it who only reads"
    return lotwork


@pytest.mark.parametrize(
    "words", [("file",), ("file", "--dry-run"), ("forms", "--out", "{out}"), ("packet", "build", "--out", "{out}.zip")]
)
def test_of_a_book_that_was_changed_on_the_disk_nothing_is_made(
    mined: Caller, tmp_path: Path, words: tuple[str, ...]
) -> None:
    out = tmp_path / "out"
    told = mined(*(word.format(out=out) for word in words), "--year", "2025", code=4)
    assert "position 2: its content is not what was hashed when it was written: restore a backup" in told.err
    assert not list(tmp_path.glob("out*"))
    assert mined("head", "--json").result["position"] == RECEIPTS + 1

"""What an import says of what came in, without reading all of it back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lotwork.ledger.events import Correction, Event
from lotwork.ledger.intake import Intake
from lotwork.ledger.lined_up import LinedUp
from lotwork.ledger.storage.batch import Appended, Head
from lotwork.ledger.storage.log import EventLog
from lotwork.service.file_import import Import
from tests.ledger.making import NOON, receipts

TOLD_BY_ITS_API = "1 event that its API told is in the export too: that is kept, and none is recorded twice"


def taken(home: Path, *events: Event) -> Intake:
    """Return what took *events*, each once."""
    intake = Intake(EventLog(home))
    for place, event in enumerate(events):
        intake.events["main"].append(event, f"f:{place}")
    return intake


def done(intake: Intake, *new: str, dry_run: bool = False) -> Import:
    """Return the import that recorded the events named *new*."""
    appended = () if dry_run else (Appended("main", new, (), Head("main")),)
    return Import((), intake, appended, revise=False, dry_run=dry_run)


def also(name: str) -> Correction:
    """Return the correction that keeps that a row tells an event of an API too."""
    return Correction(id=name, at=NOON, target="r1", set_={"row": "0" * 64}, reason="the same")


def test_a_million_receipts_are_not_read_back_for_what_is_said_of_corrections(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = taken(tmp_path, *receipts(1, 3))

    def refused(_self: LinedUp, _places: range) -> Iterator[Any]:
        raise AssertionError("it was read back")

    monkeypatch.setattr(LinedUp, "_read", refused)
    with pytest.raises(AssertionError, match="read back"):
        list(intake.events["main"])
    assert list(done(intake, "r1", "r2", "r3").repeated()) == []
    assert list(done(intake, dry_run=True).repeated()) == []


def test_what_an_export_tells_that_its_api_told_is_said_where_it_is_new(tmp_path: Path) -> None:
    plain = Correction(id="c2", at=NOON, target="r2", set_={"wallet": "cold"}, reason="another")
    intake = taken(tmp_path, *receipts(1, 2), also("c1"), plain)
    assert list(done(intake, "r1", "r2", "c1", "c2").repeated()) == [TOLD_BY_ITS_API]
    assert list(done(intake, "r1", "r2", "c2").repeated()) == []
    assert list(done(intake, dry_run=True).repeated()) == [TOLD_BY_ITS_API]

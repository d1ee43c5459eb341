"""A known export pasted together of two that overlap is no more income than one: what it may tell twice is asked.

26 U.S.C. 61: what came in once is income once.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.calling import Caller
from tests.commands.test_known_exports import recorded, said
from tests.ingest.profiles.exports import table, written

WITHOUT_IDS = ["nicehash.csv", "river.csv", "zenledger.csv", "koinly.csv", "bittytax.csv"]


def take(lotwork: Caller, folder: Path, name: str, body: list[list[str]]) -> list[dict[str, object]]:
    """Import the export *name* with the rows of *body*, and return what is recorded."""
    above, (header, *_) = table(name)
    (folder / name).write_text(written(above, [header, *body]), encoding="utf-8")
    lotwork("import", folder / name, *said(name), code=None)
    return recorded(lotwork)


def asked(lotwork: Caller) -> set[object]:
    told = lotwork("findings", "--code", "row_told_twice", "--json", code=None).result["findings"]
    return {finding["event"] for finding in told}


@pytest.mark.parametrize("name", WITHOUT_IDS)
def test_rows_of_an_export_that_come_again_after_others_are_asked_about(
    lotwork: Caller, tmp_path: Path, name: str
) -> None:
    _, (_, *body) = table(name)
    told = [event for event in take(lotwork, tmp_path, name, [*body, *body]) if event["kind"] != "asset"]
    unnamed = [event for event in told if str(event["id"]).startswith("csv-")]
    twice = {event["id"] for event in told if "may_repeat" in event}
    assert len(twice) == len(unnamed) // 2 > 0
    assert asked(lotwork) == twice
    assert take(lotwork, tmp_path, name, body) == take(lotwork, tmp_path, name, [*body, *body])


@pytest.mark.parametrize("name", WITHOUT_IDS)
def test_an_export_put_together_with_its_header_is_read_as_two(lotwork: Caller, tmp_path: Path, name: str) -> None:
    _, (header, *body) = table(name)
    take(lotwork, tmp_path, name, [*body, header, *body])
    assert asked(lotwork) == set()


def test_payouts_of_one_hour_beside_one_another_are_as_many(lotwork: Caller, tmp_path: Path) -> None:
    """NiceHash pays each rig of an account by itself; its fees stand beside the payouts."""
    _, (_, *body) = table("nicehash.csv")
    pair = body[:2]
    told = take(lotwork, tmp_path, "nicehash.csv", [*pair, *pair, *body[2:]])
    assert sum("may_repeat" in event for event in told) == 0

"""A broken export is refused by the command with exit 3, in words that name the file, and nothing is recorded."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lotwork.ingest.profiles.profile import profiles
from tests.commands.calling import Caller
from tests.ingest.profiles.exports import CHOSEN, FOLDER, PROFILE_OF, TABLES, table, written
from tests.ingest.profiles.test_broken_files import BOMBS, BROKEN, SMALL

REFUSED = 3
SAID = ["--set", "zone=America/Los_Angeles", "--set", "only=power", "--set", "category=electricity"]
WITH_IDS = [name for name in TABLES if profiles()[PROFILE_OF.get(name, name.removesuffix(".csv"))].id]


def empty(lotwork: Caller) -> bool:
    """Say if nothing is recorded."""
    return not lotwork("export").out


@pytest.mark.parametrize("fault", BROKEN)
def test_every_broken_export_is_named_and_nothing_is_recorded(lotwork: Caller, tmp_path: Path, fault: str) -> None:
    names = [name for name in TABLES if name not in CHOSEN]
    for name in names:
        (tmp_path / name).write_bytes(BROKEN[fault](name)[: 1 << 18])
    told = lotwork("import", *(tmp_path / name for name in names), *SAID, code=REFUSED).err
    few = told.count("\n") < 200
    assert all(name in told for name in (names if few else names[:1]))
    assert "Traceback" not in told
    assert empty(lotwork)


@pytest.mark.parametrize("name", WITH_IDS)
def test_an_id_that_tells_two_things_is_refused(lotwork: Caller, tmp_path: Path, name: str) -> None:
    above, body = table(name)
    later = [[re.sub(r"\b202[0-9]\b", "2019", cell) for cell in row] for row in body[1:]]
    (tmp_path / name).write_text(written(above, [*body, *later]), encoding="utf-8")
    assert re.search(r"has other content at|several instants", lotwork("import", tmp_path / name, code=REFUSED).err)
    assert empty(lotwork)


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused(lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bomb: str) -> None:
    monkeypatch.setattr("lotwork.ingest.sheets.content.MOST_BYTES", SMALL)
    monkeypatch.setattr("lotwork.ingest.sheets.workbook.MOST_UNPACKED", SMALL)
    (tmp_path / "bomb.xlsx").write_bytes(BOMBS[bomb]())
    assert "bomb.xlsx" in lotwork("import", tmp_path / "bomb.xlsx", code=REFUSED).err
    assert empty(lotwork)


def test_one_broken_file_keeps_all_others_out(lotwork: Caller, tmp_path: Path) -> None:
    (tmp_path / "cut.csv").write_bytes(BROKEN["cut"]("river.csv"))
    assert "cut.csv" in lotwork("import", FOLDER / "coinbase.csv", tmp_path / "cut.csv", code=REFUSED).err
    assert empty(lotwork)

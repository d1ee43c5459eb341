"""The verifier's arithmetic is the projections', on histories nobody thought of."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.history import History
from lotwork.packet.checks import pools
from lotwork.packet.checks.main import verify_place
from lotwork.projections.replay.book import Book
from lotwork.reports.lots import list_lots
from tests.packet.conftest import call
from tests.packet.redoing import differences, plain
from tests.packet.story import STORY
from tests.projections.house import MAIN, logged, told
from tests.projections.test_oracle import elections, histories, lines

YEARS = (2023, 2024, 2025, 2026)


def folded(public: list[dict[str, Any]]) -> Book:
    return Book.begin(History.read(logged(told(*public)), MAIN), YEARS).fold()


@settings(max_examples=25, deadline=None)
@given(histories(), elections, st.integers(0, 15), st.sampled_from(("", "void", "correction")))
def test_every_history_comes_to_the_same_income_gains_and_lots(
    steps: list[Any], elected: list[Any], which: int, amended: str
) -> None:
    public = lines(steps, elected)
    target = public[len(elected) + which % (len(public) - len(elected))]
    amending = {"id": "x", "at": "2026-01-01T00:00:00Z", "target": target["id"], "reason": "typing"}
    if amended == "void":
        public.append({"kind": "void", **amending})
    elif amended:
        public.append({"kind": "correction", "set": {"quantity": "0.00170001", "lots": None}, **amending})
    assert differences(folded(public), YEARS) == []


def test_the_story_comes_to_the_same_in_every_year() -> None:
    public = [{key: value for key, value in line.items() if key != "evidence"} for line in STORY]
    assert differences(folded(public), YEARS) == []


def test_a_slip_in_the_arithmetic_is_seen(monkeypatch: Any) -> None:
    public = [{key: value for key, value in line.items() if key != "evidence"} for line in STORY]
    monkeypatch.setattr(pools, "round_half_even", lambda one, other: one // other + 1)
    assert any("basis_usd" in words for words in differences(folded(public), YEARS))


@settings(max_examples=4, deadline=None)
@given(histories(), elections)
def test_a_packet_of_any_history_holds_with_the_lots_of_the_projections(steps: list[Any], elected: list[Any]) -> None:
    public = lines(steps, elected)
    year = str(steps[-1].at.year)
    with TemporaryDirectory(prefix="lotwork-packet-") as name:
        folder = Path(name)
        book, file = folder / "book.jsonl", folder / "packet.zip"
        book.write_text("".join(f"{json.dumps(line)}\n" for line in public), encoding="utf-8")
        assert call(folder / "home", "import", book) in (0, 1)
        assert call(folder / "home", "packet", "build", "--year", year, "--out", file) in (0, 1)
        report = verify_place(str(file), None)
        with zipfile.ZipFile(file) as opened:
            lots = json.loads(opened.read("results/lots.json"))["rows"]
    assert report.ok, report.lines
    assert lots == plain(list_lots(folded(public), None))["rows"]

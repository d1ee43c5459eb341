"""A rig that says what it draws, through the commands: added, polled, shown beside bills, and in no figure."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lotwork.ingest.asking.pace import Pace
from lotwork.ledger.clock import SystemClock
from tests.commands.calling import Caller
from tests.ingest.scripted_server import Reply, Script, serving

SAMPLE = json.loads((Path(__file__).parents[2] / "data/rigs/axeos_system_info.json").read_bytes())
BEGIN = datetime(2025, 3, 1, tzinfo=UTC)
ESTIMATE = {
    "kind": "energy_estimate", "id": "e", "at": "2025-03-02T00:00:00Z", "rig": "axe", "kwh": "24", "from": "2025-03-01",
    "to": "2025-03-02", "hours": "24", "meter": "garage",
}  # fmt: skip
READ = {
    "kind": "energy", "id": "m", "at": "2025-03-02T00:00:00Z", "meter": "garage", "kwh": "25", "from": "2025-03-01",
    "to": "2025-03-02",
}  # fmt: skip
RATE = {"kind": "tariff", "id": "t", "at": "2025-01-01T00:00:00Z", "from": "2025-01-01", "price_usd": "0.10"}
BILL = {"kind": "expense", "id": "b", "at": "2025-04-05T00:00:00Z", "category": "electricity", "amount_usd": "40"}


@pytest.fixture
def axe(monkeypatch: pytest.MonkeyPatch) -> Iterator[Script]:
    """Serve a rig, and ask nobody for prices."""
    monkeypatch.setenv("LOTWORK_PRICES__SOURCES", "[]")
    monkeypatch.setattr(Pace, "wait", lambda *_: None)
    with serving() as script:
        yield script


def at(monkeypatch: pytest.MonkeyPatch, script: Script, hours: float, **told: Any) -> None:
    monkeypatch.setattr(SystemClock, "now", lambda _: BEGIN + timedelta(hours=hours))
    answer = {**SAMPLE, "voltage": None, "power": 1000, "uptimeSeconds": int(10**6 + hours * 3_600), **told}
    script.answer = lambda _: Reply(body=json.dumps(answer).encode())


def codes(lotwork: Caller, year: int = 2025) -> set[str]:
    found = lotwork("expenses", "--year", str(year), "--json", code=None).result["findings"]
    return {each["code"] for each in found} & {"power_untold", "estimate_above_meter"}


def test_a_rig_is_added_polled_and_shown_and_costs_nothing(
    lotwork: Caller, axe: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(monkeypatch, axe, 0)
    told = lotwork("source", "add", "axeos", "--set", f"url={axe.url}", "--set", "meter=garage", "--set", "name=axe")
    assert "it cannot see: what its supply and the fans" in told.out
    lotwork("poll")
    for hours in (12, 24, 30):
        at(monkeypatch, axe, hours)
        lotwork("poll"), lotwork("poll")
    lotwork("source", "test")
    (row,) = lotwork.rows("source", "list")
    assert row["last_success"] is not None
    listing = lotwork("expenses", "--year", "2025", "--json", code=None).result
    assert listing["rows"] == []
    assert listing["deductible_usd"] == "0.000000"
    assert listing["estimates"] == [
        {
            "rig": "axe", "first": "2025-03-01", "last": "2025-03-01", "estimated_kwh": "24.000", "hours": "24.000",
            "meter": "garage", "metered_kwh": None,
        }
    ]  # fmt: skip
    said = lotwork("expenses", "--year", "2025", code=None).out
    assert "axe: about 24.000 kWh in 24.000 h by its own word, an estimate in no figure" in said


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ([ESTIMATE], {"power_untold"}),
        ([{**ESTIMATE, "meter": None}], {"power_untold"}),
        ([{**ESTIMATE, "meter": None, "kwh": "0.4"}], set()),
        ([{**ESTIMATE, "may_repeat": "none"}], set()),
        ([ESTIMATE, READ, RATE], set()),
        ([ESTIMATE, {**READ, "kwh": "0.025"}, RATE], {"estimate_above_meter"}),
        ([ESTIMATE, {**READ, "kwh": "20"}, RATE], {"estimate_above_meter"}),
        ([ESTIMATE, {**ESTIMATE, "id": "e2", "rig": "two"}, {**READ, "kwh": "30"}, RATE], {"estimate_above_meter"}),
        ([ESTIMATE, {**ESTIMATE, "id": "e2"}, READ, RATE], set()),
        ([{**ESTIMATE, "meter": None}, BILL], set()),
        ([{**ESTIMATE, "meter": None}, {**BILL, "category": "hosting"}], set()),
        ([{**ESTIMATE, "meter": None}, {**BILL, "category": "supplies"}], {"power_untold"}),
        ([{**ESTIMATE, "meter": None}, {**BILL, "at": "2024-04-05T00:00:00Z"}], {"power_untold"}),
    ],
)
def test_an_estimate_is_held_against_meters_and_bills(
    lotwork: Caller, lines: list[dict[str, Any]], wanted: set[str]
) -> None:
    lotwork.take(*({key: value for key, value in line.items() if value is not None} for line in lines))
    assert codes(lotwork) == wanted
    stopped = lotwork("file", "--year", "2025", code=None)
    assert all(code in stopped.out + stopped.err for code in wanted)


def test_what_an_estimate_says_changes_no_figure(lotwork: Caller) -> None:
    lotwork.take(READ, RATE)
    before = lotwork("liability", "--year", "2025", "--json", code=None).result
    lotwork.take(ESTIMATE, {**ESTIMATE, "id": "e2", "kwh": "9000", "rig": "two"})
    after = lotwork("liability", "--year", "2025", "--json", code=None).result
    same = ("position", "head", "findings")
    assert {key: value for key, value in before.items() if key not in same} == {
        key: value for key, value in after.items() if key not in same
    }


def test_all_of_a_rigs_estimates_are_settled_by_one_correction(lotwork: Caller) -> None:
    lotwork.take(*({**ESTIMATE, "id": f"e{n}", "source": "axe", "from": f"2025-03-0{n}", "to": f"2025-03-0{n + 1}"}
                   for n in range(1, 5)))  # fmt: skip
    assert codes(lotwork) == {"power_untold"}
    select = 'select={"kind": "energy_estimate", "source": "axe"}'
    lotwork("add", "correction", select, 'set={"may_repeat": "none"}', "reason=the landlord pays")
    assert codes(lotwork) == set()


def test_asics_are_added_by_their_address(lotwork: Caller, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "pyasic.py").write_text("raise ImportError", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    told = lotwork("source", "add", "pyasic", "--set", "host=192.168.1.60", code=None)
    assert told.code
    assert "pip install 'lotwork[pyasic]'" in told.err
    told = lotwork("source", "add", "pyasic", "--set", "host=8.8.8.8", code=None)
    assert "a public address" in told.err

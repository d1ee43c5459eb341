"""What plans, differences and reconciliations tell is what their types say: each field, in its order, and no other key.

A JSON result is read back into its listing and told again. A key that the type lacks would be lost on the way, one that
JSON lacks would be missed, and one in another place would be told in another place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import msgspec
import pytest

from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.public_form.parse_words import parse_instant
from lotwork.reports import (
    amended,
    broker,
    filing,
    law,
    moves,
    pools,
    record,
    refusal,
    replay,
    start,
    upkeep,
)
from lotwork.reports.plan import activity, harvest, sale, set_aside, structure, year_end
from lotwork.reports.rows import Row, Table, fields_of
from tests.commands.calling import Caller
from tests.postgres_server import OWNER, WRITER, Server
from tests.projections.house import receipt
from tests.projections.house import sale as sold

R = TypeVar("R", bound=Row)

OF_EVERY_RESULT = ("schema", "book", "position", "head", "law", "findings")
ON = ("--as-of", "2026-06-01")
PROFILE = {"kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "filing_status": "single",
           "activity": "business"}  # fmt: skip
PRICE = {"kind": "price", "id": "p", "at": "2026-05-30T00:00:00Z", "asset": "BTC", "price_usd": "80000"}
MINED = (receipt("old", "2025-02-01", "1", "20000"), receipt("new", "2026-01-10", "1", "95000"))
SEPARATE = {"kind": "activity_evidence", "id": "e", "at": "2026-01-02T12:00:00Z", "factor": "manner",
            "supports": "business", "note": "a bank account of its own"}  # fmt: skip
NO_PLAN = SEPARATE | {"id": "f", "supports": "hobby", "note": "no written plan"}
KRAKEN = {"kind": "wallet", "id": "w", "at": "2020-01-01T00:00:00Z", "wallet": "kraken", "custody": "broker"}
BOUGHT = {"kind": "purchase", "id": "b", "at": "2026-01-10T12:00:00Z", "wallet": "kraken", "asset": "BTC",
          "quantity": "3", "cost_usd": "3000"}  # fmt: skip
LINE = {"kind": "broker_report", "id": "line", "at": "2027-02-01T00:00:00Z", "wallet": "kraken", "asset": "BTC",
        "quantity": "1", "sold": "2026-03-01", "proceeds_usd": "1500", "basis_usd": "1000"}  # fmt: skip
HELD = {"kind": "balance", "id": "x", "at": "2026-02-01T00:00:00Z", "wallet": "cold", "asset": "BTC", "quantity": "1"}
RULE = {"kind": "rule", "id": "rule", "at": "2026-05-01T00:00:00Z", "figure": "us/self_employment/oasdi_rate",
        "from": "2024-01-01", "value": "0.10", "cite": "a statute", "reason": "it was wrong"}  # fmt: skip

NO_DEPENDENTS = {"kind": "year_facts", "id": "facts", "at": "2026-01-02T00:00:00Z", "year": 2025, "dependents": 0}


def read_back(told: Mapping[str, Any], kind: type[R]) -> R:
    """Return what was *told* as a listing of *kind*, which tells the same again."""
    listing = msgspec.convert(told, kind)
    assert json.dumps(msgspec.to_builtins(listing), indent=1) == json.dumps(told, indent=1)
    return listing


def without_envelope(told: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if key not in OF_EVERY_RESULT}


def kinds_told(value: object) -> Iterator[type[Row]]:
    """Yield the type of every row in *value*."""
    if isinstance(value, Row):
        yield type(value)
        yield from kinds_told(fields_of(value))
    elif isinstance(value, Mapping):
        yield from kinds_told(tuple(value.values()))
    elif isinstance(value, tuple):
        for each in value:
            yield from kinds_told(each)


def kinds_of(module: ModuleType) -> set[type[Row]]:
    """Return the rows and listings that *module* makes for JSON: what only a table shows is named so."""
    kinds = {kind for kind in vars(module).values() if isinstance(kind, type) and issubclass(kind, Row)}
    shown = {table.row for table in vars(module).values() if isinstance(table, Table)}
    return {kind for kind in kinds if kind.__module__ == module.__name__} - {
        kind for kind in shown if kind.__name__.endswith("Shown")
    }


RECONCILED = (
    KRAKEN, BOUGHT, sold("s", "2026-03-01", "1", "1500", wallet="kraken", fee_usd="10"),
    sold("t", "2026-05-01", "0.25", "400", wallet="kraken"), LINE,
    LINE | {"id": "more", "sold": "2026-08-01", "quantity": "0.5"},
)  # fmt: skip
CREDITED = {
    "kind": "credit",
    "id": "c",
    "at": "2026-01-09T00:00:00Z",
    "pool": "ocean",
    "asset": "BTC",
    "quantity": "0.98",
}
POOLED = (receipt("r", "2026-01-10", "0.98", pool="ocean", gross_quantity="1"), HELD, CREDITED)
WORDS: dict[type[Row], tuple[str, ...]] = {
    sale.SaleListing: ("plan", "sale", "0.5", *ON, "--wait", "30"),
    harvest.HarvestListing: ("plan", "harvest", *ON),
    set_aside.SetAsideListing: ("plan", "set-aside", *ON, "--receipts"),
    structure.StructureListing: ("plan", "structure", "--year", "2026"),
    activity.ActivityListing: ("plan", "activity", "--year", "2026"),
    year_end.YearEndListing: ("plan", "year-end", "--as-of", "2026-11-20", "--rig", "5000000"),
    broker.BrokerListing: ("reconcile", "broker", "--year", "2026"),
    pools.PoolListing: ("reconcile", "pool", "--year", "2026"),
}


@pytest.mark.parametrize(
    ("module", "events"),
    [
        (sale, (PRICE, *MINED)),
        (harvest, (PRICE, *MINED)),
        (set_aside, MINED),
        (structure, MINED),
        (activity, (*MINED, SEPARATE, NO_PLAN)),
        (year_end, MINED),
        (broker, RECONCILED),
        (pools, POOLED),
    ],
    ids=lambda told: told.__name__.rpartition(".")[2] if isinstance(told, ModuleType) else "",
)
def test_json_tells_each_field_of_its_type_in_order(
    lotwork: Caller, module: ModuleType, events: tuple[Mapping[str, Any], ...]
) -> None:
    lotwork.take(PROFILE | {"state": "GA"}, *events)
    kinds, seen = kinds_of(module), set[type[Row]]()
    for listing in kinds & WORDS.keys():
        told = lotwork(*WORDS[listing], "--json", code=None).result
        seen |= set(kinds_told(read_back(without_envelope(told), listing)))
    assert kinds <= seen


def test_json_tells_each_field_of_what_moved_since_a_filing(lotwork: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loss of 10,000 more, which the next year carries, and a rule that moves what the receipt bears."""
    clock = SetClock(parse_instant("2026-04-01T12:00:00Z"))
    monkeypatch.setattr(SystemClock, "now", lambda _self: clock.now())
    there = (PROFILE | {"state": "GA"}, NO_DEPENDENTS)
    lotwork.take(*there, receipt("a", "2025-01-10", "1", "50000"), sold("s", "2025-06-01", "1", "45000"))
    lotwork("file", "--year", "2025", "--acknowledge", "state_return_lacks")
    fix = {"kind": "correction", "at": "2026-05-01T12:00:00Z", "target": "s", "set": {"proceeds_usd": "35000"},
           "reason": "the broker's own statement"}  # fmt: skip
    clock.instant = parse_instant("2026-05-02T12:00:00Z")
    lotwork.take(fix, RULE)
    told = without_envelope(lotwork("diff", "--filed", "2025", "--json", code=None).result)
    seen = set(kinds_told(read_back(told, amended.AmendmentListing)))
    assert kinds_of(amended) <= seen
    laws = lotwork("rules", "diff", "shipped", "book", "--json").result
    for row in laws["rows"]:
        seen |= set(kinds_told(read_back(row, moves.FigureChangeRow)))
    for year in laws["years"]:
        seen |= set(kinds_told(read_back(year, moves.EffectListing)))
    assert kinds_of(moves) - {moves.LawChangeListing} <= seen


@pytest.fixture
def database(postgres: Server) -> Iterator[str]:
    with postgres.database(made=False) as name:
        yield name


def test_json_tells_each_field_of_what_is_done_by_hand(
    lotwork: Caller, tmp_path: Path, postgres: Server, database: str
) -> None:
    """From the first minute of a home to a return filed from it, a backup and a replay."""
    events, copy = tmp_path / "events.jsonl", tmp_path / "copy.tar"
    events.write_text(
        "".join(json.dumps(event) + "\n" for event in (PROFILE | {"state": "GA"}, NO_DEPENDENTS, *MINED, RULE)),
        encoding="utf-8",
    )
    table, revised = tmp_path / "table.csv", tmp_path / "revised.csv"
    row = "2025-03-02T12:00:00Z,rig,BTC,0.001,pool_payout"
    table.write_text(f"at,wallet,asset,quantity,income\n{row}\n", encoding="utf-8")
    revised.write_text(f"at,wallet,asset,quantity,income,price_usd\n{row},90000\n", encoding="utf-8")
    bill = ("expense", "at=2025-03-01T12:00:00Z", "category=electricity", "amount_usd=12.50")
    done: tuple[tuple[type[Row], tuple[str | Path, ...]], ...] = (
        (start.HomeListing, ("init", "--no-input")),
        (start.DemoListing, ("demo",)),
        (record.ImportListing, ("import", events)),
        (record.AddListing, ("add", *bill)),
        (record.AddListing, ("add", *bill[:1], "at=2025-03-01", *bill[2:])),
        (record.ImportListing, ("import", table, "--map", "generic-receipts")),
        (record.ImportListing, ("import", revised, "--map", "generic-receipts", "--revise")),
        (filing.FileListing, ("file", "--year", "2025", "--acknowledge", "state_return_lacks")),
        (replay.ReplayListing, ("replay",)),
        (upkeep.HeadListing, ("head",)),
        (upkeep.VerifyListing, ("verify",)),
        (upkeep.CheckListing, ("doctor",)),
        (upkeep.BackupListing, ("backup", copy)),
        (upkeep.RestoreListing, ("restore", copy)),
        (law.LawListing, ("rules", "list")),
        (law.RuleListing, ("rules", "show", "us/self_employment/oasdi_rate")),
        (law.MissingListing, ("rules", "missing", "--year", "2027", "--jurisdiction", "us")),
        (moves.LawChangeListing, ("rules", "diff", "shipped", "book")),
        (upkeep.LedgerListing, ("ledger", "init", "--url", postgres.url(database, OWNER), "--app-role", WRITER)),
        (upkeep.MoveListing, ("ledger", "move", "--to", postgres.url(database))),
    )
    seen = set[type[Row]]()
    for listing, words in done:
        told = lotwork(*words, "--json", code=None).result
        lacks = set(OF_EVERY_RESULT) - set(listing.__struct_encode_fields__)
        seen |= set(kinds_told(read_back({key: told[key] for key in told if key not in lacks}, listing)))
    for module in (start, record, filing, replay, upkeep):
        assert kinds_of(module) <= seen


def test_json_tells_each_field_of_a_refusal(lotwork: Caller) -> None:
    told = lotwork("add", "expense", "at=yesterday", "--json", code=3).result
    seen = set(kinds_told(read_back(told, refusal.RefusalListing)))
    assert kinds_of(refusal) <= seen


def test_json_tells_what_a_country_says_of_a_case_by_its_own_names() -> None:
    computed = law.ComputedListing(law="d", figures={"taxable": "1.00", "steps": ["one"]})
    assert list(fields_of(computed)) == ["law", "taxable", "steps"]
    assert law.list_amounts(computed) == (law.ComputedRow(figure="taxable", amount="1.00"),)

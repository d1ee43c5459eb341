"""The listings on the command line: their keys, their tables, their exit codes, and what a broken home says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lotwork.service.home import default_home
from tests.commands.calling import Caller, codes
from tests.projections.house import receipt, sale, transfer

LEDGER = Path(__file__).parents[1] / "data" / "first_ledger.jsonl"
COMMON = {"schema", "book", "position", "head", "law", "findings"}
LISTINGS = {
    "lots": ("lots",),
    "income": ("income", "--year", "2025"),
    "gains": ("gains", "--year", "2025"),
    "expenses": ("expenses", "--year", "2025"),
    "equipment": ("equipment", "--year", "2025"),
}
READERS = {
    **LISTINGS,
    "liability": ("liability", "--year", "2025"),
    "quarterly": ("quarterly", "--year", "2025", "--as-of", "2025-06-30"),
    "replay": ("replay",),
    "head": ("head",),
    "export": ("export", "jsonl"),
}
RIG = {
    "kind": "equipment", "id": "rig", "at": "2025-02-01T12:00:00Z", "equipment": "S21", "cost_usd": "5000",
    "acquired": "2025-02-01", "placed_in_service": "2025-02-01", "bonus": "none",
}  # fmt: skip


@pytest.mark.parametrize("name", LISTINGS)
def test_a_home_without_events_gives_empty_results(lotwork: Caller, name: str) -> None:
    told = lotwork(*LISTINGS[name], "--json").result
    assert told.keys() >= COMMON | {"rows"}
    assert (told["schema"], told["position"], told["rows"], told["findings"]) == (f"lotwork.{name}.v1", 0, [], [])
    assert "none" in lotwork(*LISTINGS[name]).out


@pytest.mark.parametrize("name", LISTINGS)
def test_a_listing_is_a_table_for_a_person_and_an_object_for_a_script(lotwork: Caller, name: str) -> None:
    lotwork("import", LEDGER)
    lotwork.take(RIG)
    table, listing = lotwork(*LISTINGS[name], code=1), lotwork(*LISTINGS[name], "--json", code=1).result
    assert listing["rows"]
    assert listing.keys() >= COMMON
    assert "receipt_pending" in codes(listing["findings"])
    assert "receipt_pending: r3 has no price yet" in table.err
    assert "receipt_pending" not in table.out
    assert len(table.out.splitlines()) > len(listing["rows"])


def test_json_home_and_book_may_stand_before_or_after_the_command(lotwork: Caller, tmp_path: Path) -> None:
    lotwork("import", LEDGER)
    before = lotwork("--json", "--book", "main", "lots", code=1).out
    assert lotwork("lots", "--json", "--book", "main", "--home", lotwork.home, code=1).out == before
    assert lotwork("lots", "--json", "--home", tmp_path / "elsewhere", code=2).result["exit_code"] == 2


def test_the_home_may_be_told_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LOTWORK_HOME", raising=False)
    assert default_home().name == "lotwork"
    monkeypatch.setenv("LOTWORK_HOME", str(tmp_path / "named"))
    assert default_home() == tmp_path / "named"


def test_rows_have_the_keys_of_the_contract(lotwork: Caller) -> None:
    lotwork("import", LEDGER)
    keys = {
        ("gains", "--year", "2025"): {"asset", "wallet", "quantity", "acquired", "sold", "proceeds_usd", "basis_usd",
                                      "gain_usd", "term", "box", "lot", "disposal"},
        ("lots",): {"asset", "wallet", "quantity", "acquired", "basis_usd", "lot"},
        ("income", "--year", "2025"): {"receipt", "date", "wallet", "asset", "quantity", "price_usd", "value_usd",
                                       "income", "price_source"},
    }  # fmt: skip
    for words, expected in keys.items():
        for row in lotwork.rows(*words):
            assert row.keys() >= expected
            assert not any(isinstance(value, float) for value in row.values())


def test_a_sale_without_coins_is_done_marked_and_a_finding(lotwork: Caller) -> None:
    """That part has basis 0 and is marked (contract, section 2); the exit code is 1."""
    lotwork.take(receipt("a", "2025-01-01", "0.25"), sale("s", "2025-06-01", "1", "100"))
    told = lotwork("gains", "--year", "2025", "--json", code=1).result
    held, missing = told["rows"]
    assert (held["lot"], held["quantity"], held["proceeds_usd"]) == ("a", "0.25000000", "25.000000")
    assert (missing["lot"], missing["acquired"], missing["quantity"]) == (None, None, "0.75000000")
    assert (missing["basis_usd"], missing["proceeds_usd"], missing["term"]) == ("0.000000", "75.000000", "short")
    assert missing["missing"] is True
    (finding,) = told["findings"]
    assert (finding["code"], finding["event"]) == ("coins_missing", "s")
    assert "0.75000000 BTC more" in finding["message"]


def test_lots_at_a_day_are_those_at_its_end(lotwork: Caller) -> None:
    lotwork.take(
        receipt("a", "2025-01-01T23:59:59Z", "1"),
        receipt("b", "2025-01-02T00:00:00Z", "1"),
        sale("s", "2025-01-03", "1", "1"),
    )
    assert [row["lot"] for row in lotwork.rows("lots", "--at", "2025-01-01")] == ["a"]
    assert [row["lot"] for row in lotwork.rows("lots", "--at", "2025-01-02")] == ["a", "b"]
    assert [row["lot"] for row in lotwork.rows("lots", "--at", "2025-01-03")] == ["b"]
    assert lotwork.rows("lots", "--at", "2024-12-31") == []


def test_the_day_of_lots_at_ends_where_the_taxpayer_lives(lotwork: Caller) -> None:
    profile = {"kind": "profile", "at": "2020-01-01T00:00:00Z", "time_zone": "America/New_York"}
    lotwork.take(profile, receipt("a", "2025-01-02T04:59:59Z", "1"), receipt("b", "2025-01-02T05:00:00Z", "1"))
    assert [row["lot"] for row in lotwork.rows("lots", "--at", "2025-01-01")] == ["a"]


def test_up_to_a_position_gives_the_past_and_its_head(lotwork: Caller) -> None:
    lotwork.take(receipt("a", "2025-01-01", "1"))
    head = lotwork("head", "--json").result
    lotwork.take({"kind": "void", "at": "2025-06-01T00:00:00Z", "target": "a", "reason": "r"})
    past = lotwork("lots", "--up-to", "1", "--json").result
    assert ([row["lot"] for row in past["rows"]], past["position"], past["head"]) == (["a"], 1, head["head"])
    assert lotwork.rows("lots") == []
    assert lotwork("lots", "--up-to", "99", "--json").result["position"] == 2
    assert lotwork("lots", "--up-to", "0", "--json").result["rows"] == []


def test_up_to_zero_has_the_head_of_nothing(lotwork: Caller) -> None:
    empty = lotwork("lots", "--json").result["head"]
    lotwork.take(receipt("a", "2025-01-01", "1"))
    past = lotwork("lots", "--up-to", "0", "--json").result
    assert (past["position"], past["head"]) == (0, empty)


def test_what_left_without_a_sale_is_listed_apart(lotwork: Caller) -> None:
    given = sale("s", "2025-06-01", "0.4", "0", disposition="gift")
    lotwork.take(receipt("a", "2025-01-01", "1"), given)
    told = lotwork("gains", "--year", "2025", "--json").result
    assert told["rows"] == []
    (removed,) = told["removed"]
    assert (removed["disposition"], removed["basis_usd"], removed["date"]) == ("gift", "40.000000", "2025-06-01")


def test_income_adds_up_by_kind_day_and_pool(lotwork: Caller) -> None:
    lotwork.take(
        receipt("a", "2025-01-01", "1", pool="ocean"),
        receipt("b", "2025-01-01", "2", income="block_reward"),
        receipt("c", "2025-01-02", "1", value_usd="7", price_usd=None),
        receipt("d", "2025-01-02", "1", None),
        receipt("e", "2024-01-02", "1"),
        receipt("f", "2024-01-02", "1", None),
    )
    told = lotwork("income", "--year", "2025", "--json", code=1).result
    assert told["totals"] == {"value_usd": "307.000000", "block_reward": "200.000000", "pool_payout": "107.000000"}
    assert told["by_day"] == {"2025-01-01": "300.000000", "2025-01-02": "7.000000"}
    assert told["by_pool"] == {"block_reward": "200.000000", "ocean": "100.000000", "pool_payout": "7.000000"}
    assert told["pending"] == ["d"]
    assert [row["receipt"] for row in told["rows"]] == ["a", "b", "c"]
    assert [row["price_source"] for row in told["rows"]] == ["event"] * 3


def test_a_fee_without_a_price_is_pending_among_the_gains(lotwork: Caller) -> None:
    moved = transfer("t", "2025-02-01", "0.5", "cold", "hot", fee_quantity="0.1")
    lotwork.take(receipt("a", "2025-01-01", "1"), moved)
    told = lotwork("gains", "--year", "2025", "--json", code=1).result
    assert (told["rows"], told["pending"]) == ([], ["t"])


@pytest.mark.parametrize(
    "words", [("file", "--dry-run"),
              ("gains", "--year", "x"), ("gains", "--year", "1999"),
              ("lots", "--at", "2025-02-30"), ("lots", "--at", "tomorrow"), ("lots", "--up-to", "-1"),
              ("lots", "--colour"), ("gians", "--year", "2025"),
              ("export", "pdf"), ("quarterly", "--year", "2026", "--as-of", "soon"), ("--colour", "lots"),
              ("lots", "x")]
)  # fmt: skip
def test_a_call_that_is_none_ends_with_2_and_says_so(lotwork: Caller, words: tuple[str, ...]) -> None:
    told = lotwork(*words, code=2)
    assert told.err
    assert told.out == ""


def test_a_misspelt_command_is_answered_with_the_one_that_was_meant(lotwork: Caller) -> None:
    assert "did you mean 'gains'?" in lotwork("gians", code=2).err


def _zeroed(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100] + b"\x00" * 4000 + file.read_bytes()[4100:])


def _no_database(file: Path) -> None:
    file.write_bytes(b"this is no database at all, but a text of some length" * 100)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:8192])


@pytest.mark.parametrize("damage", [_zeroed, _no_database, _cut])
@pytest.mark.parametrize("name", READERS)
def test_a_damaged_database_is_told_by_every_command_that_reads(lotwork: Caller, name: str, damage: object) -> None:
    assert callable(damage)
    lotwork("import", LEDGER)
    for rest in lotwork.home.glob("ledger.sqlite-*"):
        rest.unlink()
    damage(lotwork.home / "ledger.sqlite")
    told = lotwork(*READERS[name], code=4)
    assert "ledger.sqlite" in told.err
    assert "restore" in told.err


def test_json_is_one_object_without_a_byte_beside_it(lotwork: Caller) -> None:
    lotwork("import", LEDGER)
    for name, words in READERS.items():
        if name != "export":
            told = lotwork(*words, "--json", code=None)
            assert json.loads(told.out)["schema"] == f"lotwork.{name}.v1"
            assert told.err == ""

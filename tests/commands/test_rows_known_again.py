"""A row of a file is one event, however it is spelled and whatever its map says by now (26 U.S.C. 61: income once)."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from lotwork.ingest.sheets.column_map import load_map
from lotwork.ingest.sheets.files import read_csv
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.store import EventStore
from lotwork.ledger.units import AssetTable
from tests.commands.calling import Caller, Told, codes

HEAD = "at,wallet,asset,quantity,income,price_usd"
FIRST = "2025-03-01T00:00:00Z,rig,BTC,0.00100000,pool_payout,90000"
SPELLED = [
    "2025-03-01T00:00:00Z,rig,BTC,0.001,pool_payout,90000",
    "2025-03-01 00:00:00,rig,BTC,0.00100000,pool_payout,90000.00",
    "2025-02-28T19:00:00-05:00,rig,BTC,.001,pool_payout,90000",
    "2025-03-01T00:00:00.000+00:00,rig,BTC,1e-3,pool_payout,9.0E+04",
    "2025-03-01T00:00:00Z, rig ,BTC,+0.0010,pool_payout,$90000",
    '2025-03-01T01:00:00+01:00,rig,BTC,"=""0.001""",pool_payout,90000.0',
]
POOL = {
    "kind": "receipt",
    "columns": {"at": "Time", "quantity": "Amount"},
    "constants": {"wallet": "rig", "asset": "BTC", "income": "pool_payout", "price_usd": "90000"},
}
PAYOUTS = "Time,Amount,Hash,Worker,No,Balance\n" + "".join(
    f"2025-{month:02d}-01T06:00:00,0.01,{month:064X},w{month},{month},0.{month:02d}\n" for month in range(1, 13)
)


def take(lotwork: Caller, text: str, column_map: Mapping[str, Any] | str, *more: str, code: int | None = 0) -> Told:
    folder = lotwork.home.parent
    (folder / "export.csv").write_text(text, encoding="utf-8")
    if not isinstance(column_map, str):
        (folder / "map.toml").write_text(toml(column_map), encoding="utf-8")
        column_map = str(folder / "map.toml")
    return lotwork("import", folder / "export.csv", "--map", column_map, *more, code=code)


def toml(column_map: Mapping[str, Any]) -> str:
    def line(name: str, value: Any) -> str:
        told = json.dumps(value)
        if isinstance(value, Mapping):
            told = f"{{ {', '.join(line(key, part) for key, part in value.items())} }}"
        return f"{json.dumps(name, ensure_ascii=False)} = {told}"

    return "\n".join(line(name, value) for name, value in column_map.items())


def income(lotwork: Caller) -> str:
    told = lotwork("income", "--year", "2025", "--json", code=None).result
    return f"{len(told['rows'])} of {told['totals']['value_usd']}"


@pytest.mark.parametrize("again", SPELLED)
def test_a_row_in_another_spelling_is_known(lotwork: Caller, again: str) -> None:
    """Case 01; pagermon#440: a spreadsheet drops zeros, and the export imported again is doubled."""
    take(lotwork, f"{HEAD}\n{FIRST}\n", "generic-receipts")
    told = take(lotwork, f"{HEAD}\n{again}\n2025-03-02T00:00:00Z,rig,BTC,0.001,pool_payout,90000\n", "generic-receipts")
    assert "1 appended, 1 known already" in told.out
    assert income(lotwork) == "2 of 180.000000"


def test_two_spellings_in_one_import_are_one_row(lotwork: Caller) -> None:
    folder = lotwork.home.parent
    for number, row in enumerate((FIRST, *SPELLED)):
        (folder / f"{number}.csv").write_text(f"{HEAD}\n{row}\n", encoding="utf-8")
    files = [folder / f"{number}.csv" for number in range(1 + len(SPELLED))]
    told = lotwork("import", *files, "--map", "generic-receipts", "--json").result
    assert (told["appended"], told["known"]) == (1, len(SPELLED))


def test_two_rows_that_say_the_same_stay_two_however_often_they_come(lotwork: Caller) -> None:
    """rotki#9779: true twins must stay."""
    for appended, known in ((2, 0), (0, 2)):
        told = take(lotwork, f"{HEAD}\n{FIRST}\n{SPELLED[0]}\n", "generic-receipts", "--json").result
        assert (told["appended"], told["known"]) == (appended, known)
    told = take(lotwork, f"{HEAD}\n{FIRST}\n{FIRST}\n{FIRST}\n", "generic-receipts", "--json").result
    assert (told["appended"], told["known"]) == (1, 2)


BETTER: dict[str, dict[str, Any]] = {
    "a column more": {"columns": {**POOL["columns"], "txid": "Hash"}},  # type: ignore[dict-item] # a part of a nested table
    "a column that may be there": {"optional": {"note": "Worker"}},
    "a constant more": {"constants": {**POOL["constants"], "pool": "braiins"}},  # type: ignore[dict-item] # a part of a nested table
    "another word": {"constants": {**POOL["constants"], "income": "referral"}},  # type: ignore[dict-item] # a part of a nested table
    "another zone": {"time_zone": "America/New_York"},
    "another unit": {"units": {"quantity": "cents"}},
    "an id of its own": {"id": "braiins:{No}", "columns": {**POOL["columns"], "txid": "Hash"}},  # type: ignore[dict-item] # a part of a nested table
}


@pytest.mark.parametrize("better", BETTER)
@pytest.mark.parametrize("former", [False, True], ids=["this release", "the former release"])
def test_a_better_map_doubles_nothing_and_revises_event_by_event(lotwork: Caller, better: str, former: bool) -> None:
    if former:
        record_as_before(lotwork, PAYOUTS, POOL)
    else:
        take(lotwork, PAYOUTS, POOL)
    before = lotwork.rows("income", "--year", "2025")
    told = take(lotwork, PAYOUTS, {**POOL, **BETTER[better]}, code=1)
    assert "0 appended, 12 known already" in told.out
    assert "12 known rows would be revised; nothing of it is recorded yet" in told.out
    assert "--revise" in told.out
    assert lotwork.rows("income", "--year", "2025") == before
    shown = take(lotwork, PAYOUTS, {**POOL, **BETTER[better]}, "--json", code=1).result["revisions"]
    assert len(shown) == len({revision["event"] for revision in shown}) == 12
    revised = take(lotwork, PAYOUTS, {**POOL, **BETTER[better]}, "--revise", "--json").result
    assert (revised["appended"], revised["known"]) == (12, 12)
    assert len(lotwork.rows("income", "--year", "2025")) == 12
    again = take(lotwork, PAYOUTS, {**POOL, **BETTER[better]}, "--json").result
    assert (again["appended"], again["known"], again["revisions"]) == (0, 12, [])
    longer = PAYOUTS + "2025-12-24T06:00:00,0.01,FF,w,13,0.13\n"
    assert take(lotwork, longer, {**POOL, **BETTER[better]}, "--json").result["appended"] == 1


def record_as_before(lotwork: Caller, text: str, column_map: Mapping[str, Any]) -> None:
    """Record the rows of *text* as release 0.1.0 did: under ids of their cells, and nothing else to know them by."""
    path = lotwork.home.parent / "export.csv"
    path.write_text(text, encoding="utf-8")
    events = []
    for line in read_csv(path, load_map(column_map)).lines:
        assert line.former is not None
        content = {name: value for name, value in line.content.items() if name != "row"}
        event = parse_event(content | {"id": line.former}, AssetTable(), line.where)
        events.append(event)
    assert events[0].id.startswith("csv-")
    with EventStore.open(lotwork.home, clock=SystemClock()) as store:
        store.append(Batch("main", events))


def test_a_log_of_the_former_release_knows_the_same_file_again(lotwork: Caller) -> None:
    rows = "Time,Amount\n2025-03-01T00:00:00Z,0.00100000\n2025-03-01T00:00:00Z,0.00100000\n2025-03-02,0.5\n"
    record_as_before(lotwork, rows, POOL)
    assert "0 appended, 3 known already" in take(lotwork, rows, POOL).out
    respelled = "Time,Amount\n2025-03-01 00:00,0.001\n2025-03-01 00:00,0.001\n2025-03-02,0.50\n2025-03-03,1\n"
    assert "1 appended, 3 known already" in take(lotwork, respelled, POOL).out
    assert len(lotwork.rows("income", "--year", "2025")) == 4


def test_the_id_the_former_release_gave_is_the_one_it_gave(tmp_path: Path) -> None:
    """Printed by release 0.1.0 of the two rows."""
    path = tmp_path / "export.csv"
    path.write_text("Time,Amount\n2025-03-01T00:00:00Z,0.00100000\n2025-03-01T00:00:00Z,0.00100000\n")
    former = [line.former for line in read_csv(path, load_map(POOL)).lines]
    assert former == ["csv-3449268a17b33f2faf9f9635", "csv-3449268a17b33f2faf9f9635-2"]


def test_what_was_voided_does_not_come_back_with_its_file(lotwork: Caller) -> None:
    take(lotwork, PAYOUTS, POOL)
    name = lotwork.rows("income", "--year", "2025")[0]["receipt"]
    lotwork("add", "void", f"target={name}", "at=2026-01-01T00:00:00Z", "reason=not mine")
    told = take(lotwork, PAYOUTS, {**POOL, **BETTER["a column more"]}, "--json", code=1).result
    assert (told["appended"], told["known"], len(told["revisions"])) == (0, 12, 11)
    assert len(lotwork.rows("income", "--year", "2025")) == 11


def test_what_a_person_corrected_is_revised_only_where_the_row_says_more(lotwork: Caller) -> None:
    take(lotwork, PAYOUTS, POOL)
    name = lotwork.rows("income", "--year", "2025")[0]["receipt"]
    said = ("add", "correction", f"target={name}", "at=2026-01-01T00:00:00Z", "reason=a slip")
    lotwork(*said, 'set={"quantity": "0.02"}')
    assert take(lotwork, PAYOUTS, POOL, "--json").result["revisions"] == []
    assert [row["quantity"] for row in lotwork.rows("income", "--year", "2025")].count("0.02000000") == 1


def test_rows_of_one_moment_with_other_transactions_are_two(lotwork: Caller) -> None:
    given = {**POOL, "columns": {**POOL["columns"], "txid": "Hash"}}  # type: ignore[dict-item] # a part of a nested table
    head, row = "Time,Amount,Hash\n", "2025-01-01T06:00:00,0.01,"
    take(lotwork, f"{head}{row}{'aa' * 32}\n", given)
    assert "1 appended, 0 known" in take(lotwork, f"{head}{row}{'bb' * 32}\n", given).out


def test_a_transaction_that_a_revision_names_is_matched_with_the_chain(lotwork: Caller) -> None:
    take(lotwork, PAYOUTS, POOL)
    take(lotwork, PAYOUTS, {**POOL, **BETTER["a column more"]}, "--revise")
    seen = {
        "kind": "receipt",
        "id": "seen",
        "at": "2025-01-01T06:05:00Z",
        "wallet": "rig",
        "asset": "BTC",
        "quantity": "0.01",
        "price_usd": "90000",
        "income": "pool_payout",
        "txid": f"{1:064x}",
        "vout": 0,
        "source": "node",
    }
    lotwork.take(seen)
    told = lotwork("income", "--year", "2025", "--json").result
    assert (len(told["rows"]), codes(told["findings"])) == (12, set())


def test_an_export_of_a_book_brings_its_rows_along(lotwork: Caller) -> None:
    take(lotwork, PAYOUTS, POOL)
    other = Caller(lotwork.home.with_name("other"), lotwork._capsys, lotwork._patch)
    (lotwork.home.parent / "all.jsonl").write_text(lotwork("export").out, encoding="utf-8")
    other("import", lotwork.home.parent / "all.jsonl")
    assert "0 appended, 12 known already" in take(other, PAYOUTS, {**POOL, **BETTER["another zone"]}, code=1).out


def test_one_row_may_be_a_payout_and_a_bill(lotwork: Caller) -> None:
    fees = {"kind": "expense", "columns": {"at": "Time", "amount_usd": "Amount"}, "constants": {"category": "rent"}}
    take(lotwork, PAYOUTS, POOL)
    assert "12 appended, 0 known already" in take(lotwork, PAYOUTS, fees).out
    bought = {"kind": "purchase", "columns": {**POOL["columns"], "cost_usd": "No"}}  # type: ignore[dict-item] # a part of a nested table
    bought |= {"constants": {"wallet": "rig", "asset": "BTC"}}
    revisions = take(lotwork, PAYOUTS, bought, "--json", code=1).result["revisions"]
    assert {revision["set"]["kind"] for revision in revisions} == {"purchase"}


def test_an_event_keeps_its_figures_whatever_row_it_was_read_from() -> None:
    line = {"kind": "receipt", "id": "a", "at": "2025-01-01T00:00:00Z", "wallet": "w", "asset": "BTC", "quantity": "1"}
    event = parse_event(line | {"income": "bonus", "row": "5e"}, AssetTable(), "test")
    assert structs.replace(event, row=None) == parse_event(line | {"income": "bonus"}, AssetTable(), "test")


CELLS = "at,wallet,asset,quantity,income,price_usd,pool,note"
TOLD = "2025-03-01T12:34:56Z,rig,BTC,0.001,pool_payout,90000,ocean,batch 7"


@pytest.mark.parametrize(
    "again",
    [
        TOLD.replace("ocean", "OCEAN"),
        TOLD.replace("90000", "90000.55"),
        TOLD.replace("batch 7", "posted"),
        TOLD.replace("12:34:56", "12:34"),
        TOLD.replace("T12:34:56Z", ""),
        TOLD.replace("pool_payout", "bonus"),
        TOLD.replace("BTC", "LTC"),
    ],
)
def test_a_row_that_another_export_tells_otherwise_is_asked_about(lotwork: Caller, again: str) -> None:
    """26 U.S.C. 61: what came in once is income once; whether it did, a person says."""
    take(lotwork, f"{CELLS}\n{TOLD}\n", "generic-receipts")
    assert "1 appended, 0 known" in take(lotwork, f"{CELLS}\n{again}\n", "generic-receipts").out
    assert "0 appended, 1 known" in take(lotwork, f"{CELLS}\n{again}\n", "generic-receipts").out
    (finding,) = asked(lotwork)
    assert f"row_told_twice:{finding['event']}" in lotwork("file", "--year", "2025", code=3).err
    void, two = re.findall(r"`lotwork ([^`]*)`", finding["message"])
    lotwork(*shlex.split(two))
    assert asked(lotwork) == []
    assert len(lotwork.rows("income", "--year", "2025")) == 2
    lotwork(*shlex.split(void))
    assert len(lotwork.rows("income", "--year", "2025")) == 1


def asked(lotwork: Caller) -> list[dict[str, Any]]:
    told = lotwork("income", "--year", "2025", "--json", code=None).result["findings"]
    return [finding for finding in told if finding["code"] == "row_told_twice"]


def test_a_row_told_twice_is_settled_by_a_void_of_either(lotwork: Caller) -> None:
    for number, spelled in enumerate(("ocean", "OCEAN")):
        take(lotwork, f"{CELLS}\n{TOLD.replace('ocean', spelled)}\n", "generic-receipts")
        assert len(asked(lotwork)) == number
    names = [row["receipt"] for row in lotwork.rows("income", "--year", "2025")]
    (finding,) = asked(lotwork)
    (first,) = set(names) - {finding["event"]}
    lotwork("add", "void", f"target={first}", "reason=told twice")
    assert asked(lotwork) == []


@pytest.mark.parametrize(
    "other",
    [
        TOLD.replace("12:34:56", "12:34:57"),
        TOLD.replace("0.001", "0.0011"),
        TOLD.replace("03-01", "03-02"),
    ],
)
def test_a_row_of_another_instant_or_amount_is_not_asked_about(lotwork: Caller, other: str) -> None:
    for row in (TOLD, other):
        take(lotwork, f"{CELLS}\n{row}\n", "generic-receipts")
    assert asked(lotwork) == []


def test_rows_of_one_file_are_two_whatever_they_share(lotwork: Caller) -> None:
    """rotki#9779: true twins must stay, also where a longer export brings them anew."""
    rows = f"{CELLS}\n{TOLD}\n{TOLD}\n"
    take(lotwork, rows, "generic-receipts")
    take(lotwork, f"{rows}{TOLD}\n{TOLD.replace('batch 7', 'worker 2')}\n", "generic-receipts")
    assert asked(lotwork) == []
    assert len(lotwork.rows("income", "--year", "2025")) == 4


@pytest.mark.parametrize("note", ["posted", "BATCH 7"])
def test_a_bill_that_another_export_tells_otherwise_is_asked_about(lotwork: Caller, note: str) -> None:
    bills = {
        "kind": "expense",
        "columns": {"at": "Day", "amount_usd": "Paid", "note": "State"},
        "constants": {"category": "rent"},
    }
    for state in ("batch 7", note):
        take(lotwork, f"Day,Paid,State\n2025-03-01,100,{state}\n", bills)
    assert len(asked(lotwork)) == 1


EXCHANGE = {
    "kind": "receipt",
    "columns": {"at": "Timestamp (UTC)", "quantity": "Size"},
    "constants": {"wallet": "rig", "asset": "BTC", "income": "other", "price_usd": "90000"},
}


@pytest.mark.parametrize(("pool", "many"), [("braiins", 0), ("Luxor Pool", 0), ("OCEAN pool", 1), ("mine", 1)])
def test_the_files_of_two_pools_tell_two_payouts_of_one_amount(lotwork: Caller, pool: str, many: int) -> None:
    take(lotwork, f"{CELLS}\n{TOLD}\n", "generic-receipts")
    other = TOLD.replace("ocean", pool).replace("12:34:56", "12:34:00").replace("batch 7", "")
    take(lotwork, f"{CELLS}\n{other}\n", "generic-receipts")
    assert len(asked(lotwork)) == many


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("2025-03-01T09:30:04Z,0.01", {"likely_twins"}),
        ("2025-03-01T05:00:00Z,0.00995", {"likely_twins"}),
        ("2025-03-02T05:59:00Z,0.0098", {"likely_twins"}),
        ("2025-03-02T06:00:08Z,0.01", set()),
        ("2025-03-01T09:30:00Z,0.0097", set()),
    ],
)
def test_a_pools_export_and_an_exchanges_that_name_no_source_are_two_tellers(
    lotwork: Caller, row: str, found: set[str]
) -> None:
    pool, exchange = "Time,Amount\n2025-03-01T06:00:07Z,0.01\n", f"Timestamp (UTC),Size\n{row}\n"
    take(lotwork, pool, POOL)
    take(lotwork, exchange, EXCHANGE)
    assert codes(lotwork("income", "--year", "2025", "--json", code=None).result["findings"]) == found
    for text, column_map in ((pool, POOL), (exchange, EXCHANGE), (f"{pool}\n", POOL)):
        assert "0 appended, 1 known already" in take(lotwork, text, column_map).out


def test_a_month_after_a_month_of_equal_payouts_is_not_asked_about(lotwork: Caller) -> None:
    for month in (1, 2):
        days = "".join(f"2025-{month:02d}-{day:02d}T06:{day:02d}:0{month}Z,0.01\n" for day in range(1, 29))
        take(lotwork, f"Time,Amount\n{days}2025-01-31T09:00:00Z,0.01\n2025-02-01T02:00:00Z,0.02\n", POOL)
    assert codes(lotwork("income", "--year", "2025", "--json").result["findings"]) == set()


def test_a_word_that_a_map_revises_is_no_answer_of_a_person(lotwork: Caller) -> None:
    """The question if two sources tell one payment stays asked, until a person answers it."""
    seen = {"kind": "receipt", "id": "seen", "at": "2025-03-01T05:30:00Z", "wallet": "rig", "asset": "BTC",
            "quantity": "0.01", "price_usd": "90000", "income": "pool_payout", "source": "node"}  # fmt: skip
    lotwork.take(seen)
    rows = "Time,Amount\n2025-03-01T06:00:00Z,0.01\n"
    take(lotwork, rows, POOL)
    take(lotwork, rows, {**POOL, **BETTER["another word"]}, "--revise")
    told = lotwork("income", "--year", "2025", "--json", code=1).result
    assert codes(told["findings"]) == {"likely_twins"}
    assert [row["income"] for row in told["rows"]] == ["pool_payout", "referral"]
    (name,) = {row["receipt"] for row in told["rows"]} - {"seen"}
    lotwork("add", "correction", f"target={name}", 'set={"income": "referral"}', "reason=two payments")
    assert codes(lotwork("income", "--year", "2025", "--json").result["findings"]) == set()
    assert "0 appended, 1 known already" in take(lotwork, rows, {**POOL, **BETTER["another word"]}).out


CORRECTED: dict[str, tuple[str, str]] = {
    "a quantity": ('{"quantity": "0.0011"}', FIRST.replace("0.00100000", "0.0011")),
    "an instant": ('{"at": "2025-03-01T00:10:00Z"}', FIRST.replace("00:00:00", "00:10:00")),
    "a price": ('{"price_usd": "91000"}', FIRST.replace("90000", "91000.00")),
    "a wallet": ('{"wallet": "vault"}', FIRST.replace("rig", "vault")),
}


@pytest.mark.parametrize("case", CORRECTED)
def test_a_row_that_says_what_a_person_corrected_is_known(lotwork: Caller, case: str) -> None:
    """A pool mends its list: the next export says what the correction said before it."""
    set_, mended = CORRECTED[case]
    take(lotwork, f"{HEAD}\n{FIRST}\n", "generic-receipts")
    (row,) = lotwork.rows("income", "--year", "2025") or lotwork.rows("income", "--year", "2024")
    lotwork("add", "correction", f"target={row['receipt']}", f"set={set_}", "reason=the pool was wrong")
    before = income(lotwork)
    told = take(lotwork, f"{HEAD}\n{mended}\n", "generic-receipts", "--json").result
    assert (told["appended"], told["known"], told["revisions"]) == (0, 1, [])
    assert income(lotwork) == before
    assert take(lotwork, f"{HEAD}\n{FIRST}\n", "generic-receipts", "--json").result["known"] == 1


NUMBERED = {"kind": "receipt", "columns": {"at": "Time", "quantity": "Amount"}, "constants": POOL["constants"]}


@pytest.mark.parametrize(
    ("number", "named", "again"), [("12", "p:{No}", 1), ("0012", "pool {No}", 1), ("13", "p:{No}", 0)]
)
def test_a_number_in_another_spelling_is_asked_about(lotwork: Caller, number: str, named: str, again: int) -> None:
    rows = "Time,Amount,No\n2025-03-01T10:00:00Z,0.001,"
    take(lotwork, f"{rows}0012\n", {"id": "p:{No}", **NUMBERED})
    take(lotwork, f"{rows.replace('No', 'No,Fee')}{number},0\n", {"id": named, **NUMBERED})
    assert len(asked(lotwork)) == again


@pytest.mark.parametrize("mended", [{"wallet": "vault"}, {"asset": "LTC"}])
def test_a_constant_that_is_mended_is_asked_about(lotwork: Caller, mended: dict[str, str]) -> None:
    constants = {"wallet": "rig", "asset": "BTC", "income": "pool_payout", "source": "pool"}
    for told in (constants, constants | mended):
        take(lotwork, "Time,Amount\n2025-03-01T10:00:00Z,0.001\n", {**POOL, "constants": told})
    assert len(asked(lotwork)) == 1

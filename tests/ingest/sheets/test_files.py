"""CSV exports of every dialect, through a column map, into the public form."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ingest.sheets.cells import parse_number
from lotwork.ingest.sheets.column_map import ColumnMap, load_map, presets
from lotwork.ingest.sheets.files import CsvEvents, read_csv
from lotwork.ledger import events as e
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import BrokerReport, ExchangeRate, Expense, Receipt, Sale
from lotwork.ledger.intake import Intake
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.tellers import cells_of
from lotwork.ledger.units import AmountError, AssetTable
from tests.ingest.memory_log import MemoryLog
from tests.ingest.profiles.exports import sheet

BANK = {
    "kind": "expense",
    "decimal": ",",
    "thousands": ".",
    "date_format": "%d.%m.%Y",
    "time_zone": "Europe/Berlin",
    "columns": {"at": "Tag", "amount_usd": "Betrag", "note": "Zweck"},
    "signs": {"amount_usd": "outflow"},
    "constants": {"category": "electricity"},
    "only": {"Status": ["gebucht"]},
}
ROWS = """Konto 12345
Stand 2026

Tag;Zweck;Betrag;Status;Saldo
03.01.2026;Strom Januar;-1.234,50;gebucht;5,00
04.01.2026;"Gutschrift; Miete";1.000,00;gebucht;9,00
05.01.2026;Strom Abschlag;-99,00;vorgemerkt;1,00
06.01.2026;"Strom
Nachzahlung";-0,75;gebucht;7,00
"""
POOL = {
    "kind": "receipt",
    "columns": {"at": "time", "quantity": "amount"},
    "constants": {"wallet": "cold", "asset": "BTC", "income": "pool_payout"},
}


def told(tmp_path: Path, text: str | bytes, given_map: Mapping[str, Any], name: str = "export.csv") -> CsvEvents:
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_csv(path, load_map(given_map))


def test_a_banks_export_becomes_expenses(tmp_path: Path) -> None:
    read = told(tmp_path, ROWS, {**BANK, "skip_lines": 2})
    assert read.left_out == 2
    assert read.reasons == {"Betrag is money received, not spent": 1, 'Status is "vorgemerkt"': 1}
    assert read.doubtful == 1
    events = [parse_event(line.content, AssetTable(), line.where) for line in read.lines]
    assert [line.where for line in read.lines] == ["export.csv:5", "export.csv:8"]
    first, second = events
    assert isinstance(first, Expense)
    assert isinstance(second, Expense)
    assert (first.amount_usd_micros, first.note, first.category) == (1_234_500_000, "Strom Januar", "electricity")
    assert first.at.isoformat() == "2026-01-03T11:00:00+00:00"
    assert (second.amount_usd_micros, second.note) == (750_000, "Strom Nachzahlung")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_dialect_gives_the_same_events(delimiter: str, newline: str, mark: str, tmp_path: Path) -> None:
    lines = [["time", "amount", "memo"], ["2026-01-10T12:00:00Z", "0.0125", "a"], ["2026-01-11T12:00:00Z", "0.5", ""]]
    text = mark + newline.join(delimiter.join(cells) for cells in lines) + newline
    read = told(tmp_path, text, POOL)
    assert [(line.where, line.content["at"], line.content["quantity"]) for line in read.lines] == [
        ("export.csv:2", "2026-01-10T12:00:00Z", "0.0125"),
        ("export.csv:3", "2026-01-11T12:00:00Z", "0.5"),
    ]


def test_satoshis_become_coins(tmp_path: Path) -> None:
    read = told(tmp_path, "time,amount\n2026-01-10T12:00:00Z,1048576\n", {**POOL, "units": {"quantity": "sats"}})
    event = parse_event(read.lines[0].content, AssetTable(), "x")
    assert isinstance(event, Receipt)
    assert event.quantity == 1_048_576


def let_in(log: MemoryLog, tmp_path: Path, text: str, given_map: Mapping[str, Any]) -> tuple[set[str], Intake]:
    """Let the rows of *text* into *log*; return the ids of their events, and the door."""
    door = Intake(log)
    door.take(told(tmp_path, text, given_map).lines, tmp_path)
    door.check()
    events = door.events["main"]
    log.append([event for event in events if event.id not in log.known])
    return {event.id for event in events}, door


def test_a_longer_export_adds_only_its_new_rows(tmp_path: Path) -> None:
    rows = ["2026-01-10T12:00:00Z,0.5", "2026-01-11T12:00:00Z,0.5", "2026-01-10T12:00:00Z,0.5"]
    head, log = "time,amount\n", MemoryLog()
    before, _ = let_in(log, tmp_path, head + "\n".join(rows), POOL)
    after, _ = let_in(log, tmp_path, head + "\n".join(["2026-02-01T12:00:00Z,0.1", *rows[::-1], rows[0]]), POOL)
    assert len(before) == 3
    assert before < after
    assert len(after) == 5


def test_a_column_the_map_does_not_read_does_not_change_the_event(tmp_path: Path) -> None:
    log = MemoryLog()
    before, _ = let_in(log, tmp_path, "time,amount\n2026-01-10T12:00:00Z,0.5\n", POOL)
    after, door = let_in(log, tmp_path, "amount,balance,time\n0.5,77,2026-01-10T12:00:00Z\n", POOL)
    assert before == after
    assert door.revisions == []


def test_the_same_row_of_two_wallets_is_two_events(tmp_path: Path) -> None:
    text, log = "time,amount\n2026-01-10T12:00:00Z,0.5\n", MemoryLog()
    other = {**POOL, "constants": {**POOL["constants"], "wallet": "hot"}}  # type: ignore[dict-item] # a part of a nested table
    cold, _ = let_in(log, tmp_path, text, POOL)
    hot, door = let_in(log, tmp_path, text, other)
    assert cold.isdisjoint(hot)
    assert door.revisions == []


def test_the_map_can_name_the_id(tmp_path: Path) -> None:
    read = told(tmp_path, "time,amount,no\n2026-01-10T12:00:00Z,0.5,77\n", {**POOL, "id": "pool:{no}"})
    assert read.lines[0].content["id"] == "pool:77"


def test_an_id_made_of_an_empty_cell_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match=r"export.csv:2: no: it is empty"):
        told(tmp_path, "time,amount,no\n2026-01-10T12:00:00Z,0.5,\n", {**POOL, "id": "pool:{no}"})


def test_words_of_the_export_become_words_of_the_ledger(tmp_path: Path) -> None:
    words = {**POOL, "columns": {"at": "time", "quantity": "amount", "income": "type"}}
    words |= {"values": {"income": {"PPS+": "pool_payout"}}, "constants": {"wallet": "w", "asset": "BTC"}}
    text = "time,amount,type\n2026-01-10T12:00:00Z,0.5,{}\n"
    assert told(tmp_path, text.format("PPS+"), words).lines[0].content["income"] == "pool_payout"
    with pytest.raises(
        InputRefusedError, match=r"export.csv:2: type: 'FPPS' is not among the values.*\[values.income\]"
    ):
        told(tmp_path, text.format("FPPS"), words)


def test_all_problems_are_told_at_once_with_line_column_reason_and_remedy(tmp_path: Path) -> None:
    text = "time,amount\nyesterday,0.5\n2026-01-11T12:00:00Z,half\n2026-01-12T12:00:00Z,\n2026-01-13T12:00:00Z\n"
    with pytest.raises(InputRefusedError) as refused:
        told(tmp_path, text, POOL)
    assert [str(problem) for problem in refused.value.problems] == [
        "export.csv:2: time: 'yesterday' is not an ISO date: say its date_format in the map",
        "export.csv:3: amount: 'half' is not a number: check decimal and thousands in the map",
        "export.csv:4: amount: it is empty: a receipt needs its quantity",
        "export.csv:5: row: the row has 1 cells and the header 2: check the delimiter and the quotes",
    ]


def test_a_row_of_another_width_is_refused_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match=r"export.csv:3: row: the row has 1 cells and the header 2"):
        told(tmp_path, "time,amount\n2026-01-10T12:00:00Z,0.5\n2026-01-13T12:00:00Z\n", POOL)


def test_a_missing_column_is_named_with_those_there_are(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match=r"export.csv:1: amount: the file has no such column: .*time, Menge"):
        told(tmp_path, "time,Menge\n2026-01-10T12:00:00Z,0.5\n", POOL)


BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "export.csv:1: file: it has no rows"),
    "only a header": (b"time,amount\n", "it has no rows"),
    "a NUL": (b"time,amount\n2026-01-10T12:00:00Z,0\x005\n", "export.csv:2: file: it holds a NUL"),
    "another encoding": (b"time,amount\n2026-01-10T12:00:00Z,\xe9\n", "export.csv:2: file: it is not utf-8"),
    "UTF-16": ("time,amount\n".encode("utf-16"), "it is UTF-16"),
    "a workbook": (b"PK\x03\x04rest", "save the sheet as CSV"),
    "an old workbook": (b"\xd0\xcf\x11\xe0rest", "save it as .xlsx or CSV"),
    "an open quote": (b'time,amount\n"2026-01-10,0.5\n', "export.csv:2: file: it cannot be read as CSV"),
    "a stray quote": (b'time,amount\n"2026"x,0.5\n', "export.csv:2: file: it cannot be read as CSV"),
    "a huge field": (b"time,amount\n" + b"x" * 200_000 + b",1\n", "field larger than field limit"),
    "a formula": (b'time,amount\n2026-01-10T12:00:00Z,"=HYPERLINK(1)"\n', "export.csv:2: amount: .*is a formula"),
    "a column twice": (b"time,amount,time\n1,2,3\n", "two columns have this name"),
    "full-width digits": ("time,amount\n2026-01-10T12:00:00Z,\uff15\n".encode(), "is not a number"),
    "a full-width date": ("time,amount\n\uff12\uff10\uff12\uff16-01-10,5\n".encode(), "is not an ISO date"),
    "a NaN": (b"time,amount\n2026-01-10T12:00:00Z,NaN\n", "is not a number"),
    "an infinity": (b"time,amount\n2026-01-10T12:00:00Z,1e999\n", "is not a number"),
    "an underscore": (b"time,amount\n2026-01-10T12:00:00Z,1_000\n", "is not a number"),
    "a grouped number": (b'time,amount\n2026-01-10T12:00:00Z,"1,000.5"\n', "is not a number"),
    "a date that is none": (b"time,amount\n2026-02-30T12:00:00Z,1\n", "is not an ISO date"),
    "euros": ("time,amount\n2026-01-10T12:00:00Z,5 \u20ac\n".encode(), "is not a number"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_refused_with_the_place_and_the_reason(case: str, tmp_path: Path) -> None:
    data, reason = BROKEN[case]
    with pytest.raises(InputRefusedError, match=reason):
        told(tmp_path, data, POOL)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match=r"there is no file nothing\.csv in "):
        read_csv(tmp_path / "nothing.csv", load_map(POOL))


def test_a_flood_of_problems_is_cut(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="the first 200 follow") as refused:
        told(tmp_path, "time,amount\n" + "x,y\n" * 5_000, POOL)
    assert len(refused.value.problems) == 201
    assert str(refused.value.problems[0]).endswith("the first 200 follow: mend these, and read the file again")


def test_another_encoding_can_be_named(tmp_path: Path) -> None:
    noted = {**POOL, "encoding": "cp1252", "columns": {"at": "time", "quantity": "amount", "note": "memo"}}
    read = told(tmp_path, "time,amount,memo\n2026-01-10T12:00:00Z,1,caf\u00e9\n".encode("cp1252"), noted)
    assert read.lines[0].content["note"] == "caf\u00e9"


@pytest.mark.parametrize("encoding", ["rot13", "no-such", "punycode", "base64"])
def test_an_encoding_that_is_none_is_refused(encoding: str, tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match=encoding):
        told(tmp_path, "time,amount\n2026-01-10T12:00:00Z,\u00e9\n", {**POOL, "encoding": encoding})


def test_a_guarded_cell_is_read_without_its_guard(tmp_path: Path) -> None:
    noted = {**POOL, "columns": {"at": "time", "quantity": "amount", "note": "memo"}}
    text = 'time,amount,memo\n2026-01-10T12:00:00Z,"=""0.5""",\'=1+1\n'
    (line,) = told(tmp_path, text, noted).lines
    assert (line.content["quantity"], line.content["note"]) == ("0.5", "=1+1")


@pytest.mark.parametrize(
    ("date_format", "zone", "cell", "instant"),
    [
        ("iso", "UTC", "2026-01-10 12:00:00", "2026-01-10T12:00:00Z"),
        ("iso", "America/New_York", "2026-07-10 12:00", "2026-07-10T16:00:00Z"),
        ("iso", "America/New_York", "2026-07-10T12:00:00+09:00", "2026-07-10T03:00:00Z"),
        ("iso", "America/New_York", "2026-07-10", "2026-07-10T16:00:00Z"),
        ("%m/%d/%Y %I:%M %p", "America/New_York", "01/10/2026 11:30 PM", "2026-01-11T04:30:00Z"),
        ("epoch", "Asia/Tokyo", "1767225600", "2026-01-01T00:00:00Z"),
        ("epoch_ms", "UTC", "1767225600123", "2026-01-01T00:00:00.123000Z"),
    ],
)
def test_times_are_read_in_the_zone_of_the_map(
    date_format: str, zone: str, cell: str, instant: str, tmp_path: Path
) -> None:
    given_map = {**POOL, "date_format": date_format, "time_zone": zone}
    assert told(tmp_path, f"time,amount\n{cell},1\n", given_map).lines[0].content["at"] == instant


@pytest.mark.parametrize("cell", ["2026-03-08 02:30:00", "2026-11-01 01:30:00"])
def test_a_time_the_clocks_skip_or_tell_twice_is_not_guessed(cell: str, tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match=r"skipped or told twice .* write it with its offset"):
        told(tmp_path, f"time,amount\n{cell},1\n", {**POOL, "time_zone": "America/New_York"})


@pytest.mark.parametrize("cell", ["1767225600123", "17672256", "-5", "1e9", "now"])
def test_an_epoch_of_another_unit_is_refused_not_guessed(cell: str, tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="is not a count of seconds"):
        told(tmp_path, f"time,amount\n{cell},1\n", {**POOL, "date_format": "epoch"})


NUMBERS = {
    "$1,234.50": (".", ",", "1234.50"),
    "(12.00)": (".", "", "-12.00"),
    "12.00-": (".", "", "-12.00"),
    "-$5": (".", "", "-5"),
    "\u22125": (".", "", "-5"),
    "1.234.567,89": (",", ".", "1234567.89"),
    "1'234.5": (".", "'", "1234.5"),
    "1 234,5": (",", " ", "1234.5"),
    "1.2E-05": (".", "", "0.000012"),
    "USD 7": (".", "", "7"),
    ".5": (".", "", "0.5"),
    "0": (".", "", "0"),
}


@pytest.mark.parametrize("text", NUMBERS)
def test_a_spreadsheets_number_is_read_exactly(text: str) -> None:
    decimal, thousands, expected = NUMBERS[text]
    assert parse_number(text, decimal=decimal, thousands=thousands) == Decimal(expected)


@pytest.mark.parametrize(
    "text", ["1,23.45", "12,3456", "1,,234", ",123", "1.2.3", "--5", "(5", "5)", "", "-", "$", "0x1"]
)
def test_a_number_that_could_mean_two_things_is_refused(text: str) -> None:
    with pytest.raises(AmountError):
        parse_number(text, thousands=",")


@pytest.mark.parametrize("text", ["0,125", "-0,001", "$0,125", "0,125.5", "00,125", "(0,125)", "012,345"])
def test_a_group_after_a_zero_is_a_fraction_of_another_dialect(text: str) -> None:
    """Nobody groups behind a 0: 0,125 is an eighth, and not 125."""
    with pytest.raises(AmountError, match="not grouped in thousands by ','"):
        parse_number(text, thousands=",")
    german = text.translate(str.maketrans(",.", ".,"))
    with pytest.raises(AmountError, match=r"not grouped in thousands by '\.'"):
        parse_number(german, decimal=",", thousands=".")


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=8))
def test_any_amount_written_in_any_dialect_is_read_back(amount: Decimal) -> None:
    american = f"{amount:,.8f}"
    german = american.translate(str.maketrans(",.", ".,"))
    assert parse_number(american, thousands=",") == amount
    assert parse_number(german, decimal=",", thousands=".") == amount


@given(st.binary(max_size=400))
def test_no_bytes_at_all_make_the_reader_fail_in_an_unforeseen_way(tmp_path_factory: Any, data: bytes) -> None:
    path = tmp_path_factory.mktemp("csv") / "x.csv"
    path.write_bytes(b"time,amount\n" + data)
    try:
        read_csv(path, load_map(POOL))
    except InputRefusedError as refused:
        assert "x.csv" in str(refused)  # noqa: PT017 - either outcome is right, a third is not


MAPS: dict[str, tuple[dict[str, Any], str]] = {
    "a kind nobody knows": ({**POOL, "kind": "salary"}, "rows cannot be events of the kind 'salary'"),
    "a kind that is not for tables": ({**POOL, "kind": "void"}, "rows cannot be events"),
    "a key misspelt": ({**POOL, "columns": {"at": "t", "quantitiy": "a"}}, "did you mean 'quantity'"),
    "a key left out": ({**POOL, "constants": {}}, "map: wallet: a row must have it"),
    "an unknown word": ({**POOL, "colums": {}}, "colums"),
    "an unknown column that may be there": ({**POOL, "optional": {"prize": "p"}}, "no such key"),
    "rows that count, told beside the map": ({**POOL, "constants": {"wallet": "w", "only": "a"}}, "the map: .only."),
    "a sign nobody knows": ({**POOL, "signs": {"quantity": "up"}}, "Invalid enum value"),
    "one id for all": ({**POOL, "id": "x"}, "every row would have the same id"),
    "a date format that is none": ({**POOL, "date_format": "DD.MM."}, "it is no format"),
    "one sign for two things": ({**POOL, "thousands": "."}, "it is the decimal sign too"),
    "too many lines to skip": ({**POOL, "skip_lines": 10**9}, "no count of lines"),
    "an id from a column": ({**POOL, "columns": {**POOL["columns"], "id": "no"}}, "keep `id` at the top"),  # type: ignore[dict-item] # a part of a nested table
    "a zone that is none": ({**POOL, "time_zone": "Mars/North"}, "'Mars/North' is not a time zone"),
}


@pytest.mark.parametrize("case", MAPS)
def test_a_map_that_cannot_work_is_refused_before_a_row_is_read(case: str) -> None:
    given_map, reason = MAPS[case]
    with pytest.raises(InputRefusedError, match=reason):
        load_map(given_map)


def test_a_map_is_read_from_toml(tmp_path: Path) -> None:
    path = tmp_path / "bank.toml"
    path.write_text('kind = "expense"\n[columns]\nat = "d"\namount_usd = "a"\n[constants]\ncategory = "rent"\n')
    assert load_map(path).columns == {"at": "d", "amount_usd": "a"}
    path.write_text("kind = ")
    with pytest.raises(InputRefusedError, match=r"bank.toml: map: the map is not TOML"):
        load_map(path)
    with pytest.raises(InputRefusedError, match="give a TOML file or one of generic-1099-da, generic-difficulty"):
        load_map(tmp_path / "none.toml")


@pytest.mark.parametrize("name", presets())
def test_every_preset_is_a_map_that_works(name: str) -> None:
    assert isinstance(load_map(name, {"wallet": "cold"} if name == "ocean-payouts" else None), ColumnMap)


def test_a_column_that_may_be_there_is_read_and_changes_no_id(tmp_path: Path) -> None:
    """A price the taxpayer states is never dropped: without it the receipt would wait for another."""
    head, row = "at,wallet,asset,quantity,income", "2026-01-10T12:00:00Z,cold,BTC,0.5,pool_payout"
    log, columns = MemoryLog(), load_map("generic-receipts")
    path = tmp_path / "receipts.csv"
    path.write_text(f"{head}\n{row}\n")
    (bare,) = read_csv(path, columns).lines
    path.write_text(f"{head},price_usd,txid\n{row},90000,ab\n")
    (priced,) = read_csv(path, columns).lines
    assert priced.content == {**bare.content, "price_usd": "90000", "txid": "ab", "row": priced.content["row"]}
    for line in (bare, priced):
        door = Intake(log)
        door.take([line], tmp_path)
        (event,) = door.events["main"]
        log.append([] if event.id in log.known else [event])
    ((_, revision),) = door.revisions
    assert (revision.event.id, revision.changes) == (event.id, {"price_usd": "90000", "txid": "ab"})


def test_oceans_payout_report_gets_the_ids_of_the_pool_watcher(tmp_path: Path) -> None:
    path = tmp_path / "payouts.csv"
    txid = "ab" * 32
    path.write_text(
        f"TimeUTC,PayoutAmt,PayoutAddress,TXID,Generated\n2026-06-05T20:14:33,1048576,bc1qexample,{txid},True\n"
    )
    (line,) = read_csv(path, load_map("ocean-payouts", {"wallet": "cold"})).lines
    event = parse_event(line.content, AssetTable(), line.where)
    assert isinstance(event, Receipt)
    assert event.id == f"ocean:bc1qexample:{txid}"
    assert (event.quantity, event.txid, event.at.isoformat()) == (1_048_576, txid, "2026-06-05T20:14:33+00:00")


def test_a_years_exchange_rates_are_read(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv"
    path.write_text("at,currency,per_usd,source\n2026-01-02,EUR,0.921149,ECB\n2026-01-05,EUR,0.9213,ECB\n")
    first, second = read_csv(path, load_map("generic-exchange-rates")).lines
    event = parse_event(first.content, AssetTable(), first.where)
    assert isinstance(event, ExchangeRate)
    assert (event.id, event.currency, event.per_usd, event.source) == (
        "rate:EUR:2026-01-02", "EUR", "0.921149", "ECB",
    )  # fmt: skip
    assert second.content["id"] == "rate:EUR:2026-01-05"


def test_hashrates_and_difficulties_of_a_file_are_read(tmp_path: Path) -> None:
    path = tmp_path / "work.csv"
    path.write_text(
        "at,asset,from,to,hashrate,pool,scheme\n"
        "2026-03-02T00:00:00Z,BTC,2026-03-01,2026-03-02,110000 GH/s,braiins,fpps\n"
    )
    (line,) = read_csv(path, load_map("generic-hashrate")).lines
    event = parse_event(line.content, AssetTable(), line.where)
    assert isinstance(event, e.HashrateTold)
    assert (event.hashrate, event.from_, event.pool, event.scheme) == ("110 TH/s", "2026-03-01", "braiins", "fpps")
    path.write_text("at,asset,difficulty,height\n2026-03-02T00:00:00Z,BTC,146472570619930.78,938448\n")
    (line,) = read_csv(path, load_map("generic-difficulty")).lines
    told = parse_event(line.content, AssetTable(), line.where)
    assert isinstance(told, e.Difficulty)
    assert (told.id, told.height) == ("difficulty:BTC:2026-03-02T00:00:00Z", 938448)


def test_a_brokers_form_is_read_line_by_line(tmp_path: Path) -> None:
    path = tmp_path / "1099-da.csv"
    path.write_text(
        "at,wallet,asset,quantity,proceeds_usd,sold,acquired,basis_usd,covered,broker\n"
        "2027-02-10,kraken,BTC,1,1500.00,2026-03-01,2026-01-10,1000.00,yes,Kraken\n"
        "2027-02-10,kraken,BTC,0.5,800,2026-07-01,,,N,\n"
    )
    full, bare = (
        parse_event(line.content, AssetTable(), line.where)
        for line in read_csv(path, load_map("generic-1099-da")).lines
    )
    assert isinstance(full, BrokerReport)
    assert isinstance(bare, BrokerReport)
    assert (full.covered, full.basis_usd_micros, str(full.acquired)) == (True, 1_000_000_000, "2026-01-10")
    assert (bare.covered, bare.basis_usd_micros, bare.acquired, bare.quantity) == (False, None, None, 50_000_000)


def test_an_exchanges_sales_are_read(tmp_path: Path) -> None:
    path = tmp_path / "fills.csv"
    path.write_text("at,wallet,asset,quantity,proceeds_usd,fee_usd\n2026-01-10T12:00:00Z,kraken,BTC,0.5,50000,12.50\n")
    (line,) = read_csv(path, load_map("generic-sales")).lines
    event = parse_event(line.content, AssetTable(), line.where)
    assert isinstance(event, Sale)
    assert (event.quantity, event.proceeds_usd_micros, event.fee_usd_micros) == (
        50_000_000,
        50_000_000_000,
        12_500_000,
    )


def test_a_packed_table_and_a_workbook_are_read_by_a_map(tmp_path: Path) -> None:
    rows = [["time", "amount"], ["2026-01-10T12:00:00Z", "0.00002"]]
    text = "\n".join(map(",".join, rows)) + "\n"
    (tmp_path / "export.gz").write_bytes(gzip.compress(text.encode()))
    (tmp_path / "export.xlsx").write_bytes(sheet(rows))
    plain = told(tmp_path, text, POOL)
    for name in ("export.gz", "export.xlsx"):
        read = read_csv(tmp_path / name, load_map(POOL))
        for line, wanted in zip(read.lines, plain.lines, strict=True):
            assert cells_of(line.content["row"]) == cells_of(wanted.content["row"])
            assert {**line.content, "row": ""} == {**wanted.content, "row": ""}


@pytest.mark.parametrize("key", ["Price_USD", "price usd", "PriceUSD", "prise_usd"])
def test_a_key_of_a_map_in_another_spelling_is_refused_with_the_one_it_is(key: str) -> None:
    with pytest.raises(InputRefusedError) as refused:
        load_map({"kind": "receipt", "columns": {"at": "Time"}, "optional": {key: "Price"}})
    assert "did you mean 'price_usd'?" in str(refused.value)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        (["03/04/2026"], '"%m/%d/%Y" has the month first, "%d/%m/%Y" the day'),
        (["3-4-26"], '"%m-%d-%y" has the month first, "%d-%m-%y" the day'),
        (["03.04.2026 12:00"], '"%m.%d.%Y" has the month first, "%d.%m.%Y" the day'),
        (["25/03/2026"], 'say its date_format in the map, such as "%d/%m/%Y"'),
        (["03/25/2026"], 'say its date_format in the map, such as "%m/%d/%Y"'),
    ],
)
def test_a_date_whose_order_no_map_says_is_refused(cells: list[str], words: str, tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError) as refused:
        told(tmp_path, "time,amount\n" + "".join(f"{cell},1\n" for cell in cells), POOL)
    assert words in str(refused.value)


@pytest.mark.parametrize("way", ["%m/%d/%Y", "%d/%m/%Y"])
def test_rows_that_contradict_the_order_of_the_map_refuse_the_file(way: str, tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="is not"):
        told(tmp_path, "time,amount\n03/04/2026,1\n25/03/2026,1\n03/25/2026,1\n", {**POOL, "date_format": way})

"""Every kept export becomes the events that were stated by hand, in any spelling, and every row of it is counted."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from lotwork.ingest.profiles.known_file import UnknownFaceError, read_file
from lotwork.ingest.profiles.profile import MEANINGS, profiles, read_profile
from lotwork.ingest.sheets.workbook import _texts
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.units import Asset, AssetTable
from tests.ingest.profiles.exports import (
    ALL,
    FOLDER,
    PROFILE_OF,
    SAID,
    TABLES,
    capitals,
    events,
    expected,
    packed,
    read,
    reordered,
    rows,
    semicolons,
    sheet,
    small,
    table,
    windows,
    with_column,
    workbook,
    written,
)

SPELLED = {
    "capitals": capitals,
    "small letters": small,
    "packed": packed,
    "reordered": reordered,
    "semicolons": semicolons,
    "windows": windows,
    "with a column": with_column,
    "workbook": workbook,
}
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?").fullmatch
ASSETS = AssetTable().with_declared((Asset("BNB", 8, "coin", None, None),))


@pytest.mark.parametrize("name", ALL)
def test_an_export_becomes_its_events(name: str) -> None:
    told = read(FOLDER / name, name)
    assert events(told) == expected(name).events
    assert told.left_out == expected(name).left_out
    assert sorted(line for asked in told.asked.values() for line in asked.lines) == expected(name).asked
    assert not told.unread


@pytest.mark.parametrize("name", ALL)
def test_every_event_is_let_in_at_the_door(name: str) -> None:
    for line in read(FOLDER / name, name).lines:
        parse_event(line.content, ASSETS, line.where)


@pytest.mark.parametrize("name", TABLES)
def test_every_row_ends_as_an_event_or_is_counted(name: str) -> None:
    blank = sum(1 for row in table(name)[1] if not any(cell.strip() for cell in row))
    assert read(FOLDER / name, name).rows == len(table(name)[1]) - 1 - blank


@pytest.mark.parametrize("spelled", SPELLED.values(), ids=SPELLED)
@pytest.mark.parametrize("name", TABLES)
def test_another_spelling_is_the_same_export(name: str, spelled: Callable[[str], bytes], tmp_path: Path) -> None:
    path = tmp_path / "download"
    path.write_bytes(spelled(name))
    told, first = read(path, name), read(FOLDER / name, name)
    assert events(told, lines=False) == events(first, lines=False)
    assert rows(told) == rows(first)
    assert told.left_out == first.left_out
    assert told.unread == (("New in 2027",) if spelled is with_column else ())


def test_every_profile_has_an_export_that_proves_it() -> None:
    shown = {PROFILE_OF.get(name, name.removesuffix(".csv")) for name in TABLES}
    assert shown == {name for name, profile in profiles().items() if not profile.refused}


def test_every_profile_is_told_from_every_other() -> None:
    twins = {"cointracker.csv", "swan-trades.csv"}
    for name in TABLES:
        if name not in twins:
            read(FOLDER / name, name)
    for name in twins:
        with pytest.raises(UnknownFaceError, match=r"--map cointracker .* or --map swan-trades"):
            read_file(FOLDER / name, None, {})


@pytest.mark.parametrize("name", TABLES)
def test_a_word_that_no_rule_knows_is_refused_with_its_line(name: str, tmp_path: Path) -> None:
    above, body = table(name)
    profile = profiles()[PROFILE_OF.get(name, name.removesuffix(".csv"))]
    columns = {form.columns["type"] for form in profile.forms if "type" in form.columns} & set(body[0])
    if not columns:
        return
    at = body[0].index(columns.pop())
    row = len(body) - 1 if name == "coinledger.csv" else min(2, len(body) - 1)
    body[row][at] = "Wobble"
    path = tmp_path / name
    path.write_text(written(above, body), encoding="utf-8")
    with pytest.raises(InputRefusedError, match=rf":{len(above) + row + 1}: .*Wobble") as refused:
        read(path, name)
    skipped = read(path, name, skip="wobble") if len(refused.value.problems) == 1 else None
    assert skipped is None or any("Wobble" in why for why in skipped.reasons)


@pytest.mark.parametrize(
    ("name", "seen"),
    [("river.csv", "2026-01-05T17:00:00Z"), ("kraken-ledgers.csv", "2026-03-03T16:00:00Z"),
     ("zenledger.csv", "2026-03-01T17:00:00Z"), ("binance-us.csv", "2026-03-03T16:00:00Z")],
)  # fmt: skip
def test_a_zone_that_is_said_moves_the_times_that_name_none(name: str, seen: str) -> None:
    assert read(FOLDER / name, name, zone="America/New_York").lines[0].content["at"] == seen


@pytest.mark.parametrize("name", ["electrum.csv", "cointracking.csv", "green-button.csv"])
def test_a_clock_without_a_zone_is_asked_about(name: str) -> None:
    with pytest.raises(InputRefusedError, match="--set zone="):
        read_file(FOLDER / name, None, {})
    told = read_file(FOLDER / name, None, {}, home_zone="America/New_York")
    assert "America/New_York" in told.notes[0]


def cell_of(text: str) -> str:
    """Return a cell of a sheet: a number where it is one."""
    return f"<c><v>{text}</v></c>" if _NUMBER(text) else f'<c t="inlineStr"><is><t>{text}</t></is></c>'


def test_a_number_of_a_workbook_is_the_one_it_shows(tmp_path: Path) -> None:
    above, body = table("river.csv")
    assert not above
    cells = "".join(f'<row r="{at}">{"".join(map(cell_of, row))}</row>' for at, row in enumerate(body, 1))
    path = tmp_path / "river.xlsx"
    path.write_bytes(sheet((), cells))
    assert events(read(path, "river.csv")) == expected("river.csv").events


def test_midnight_in_a_column_of_instants_is_an_instant() -> None:
    noon, midnight = datetime(2026, 3, 1, 12), date(2026, 3, 2)  # noqa: DTZ001 - a sheet names no zone
    assert _texts([["at", "day"], [noon, midnight], [midnight, midnight]]) == [
        ["at", "day"], ["2026-03-01 12:00:00", "2026-03-02"], ["2026-03-02 00:00:00", "2026-03-02"],
    ]  # fmt: skip


@pytest.mark.parametrize("of", ["<f>1+1</f>", '<f t="shared" si="0"/>', "<f/>"])
def test_a_formula_without_what_came_of_it_is_refused_with_its_cell(of: str, tmp_path: Path) -> None:
    path = tmp_path / "river.xlsx"
    path.write_bytes(sheet((), f'<row r="1"><c r="A1"><v>1</v></c><c r="B1">{of}</c></row>'))
    with pytest.raises(InputRefusedError, match="cell B1 holds a formula and not what came of it: open it in a"):
        read_file(path, None, {})
    path.write_bytes(sheet((), f'<row r="1"><c r="A1"><v>1</v></c><c r="B1">{of}<v>2</v></c></row>'))
    with pytest.raises(UnknownFaceError):
        read_file(path, None, {})


@pytest.mark.parametrize("word", ["Total", "TOTALS:", "Grand total", "sum"])
@pytest.mark.parametrize(
    ("name", "sums"), [("river.csv", ["12.5", "USD", "0.5", "BTC"]), ("nicehash.csv", ["", "", "0.0004", "", "9"])]
)
def test_a_line_of_totals_is_refused_with_how_to_leave_it_out(
    name: str, sums: list[str], word: str, tmp_path: Path
) -> None:
    above, body = table(name)
    path = tmp_path / "download"
    path.write_text(written(above, [*body, [word, *sums, *[""] * (len(body[0]) - 1 - len(sums))]]), encoding="utf-8")
    with pytest.raises(InputRefusedError) as refused:
        read(path, name)
    (problem,) = refused.value.problems
    skip = re.search(r"it looks like a line of totals: leave it out with --set skip=(row:[0-9a-f]+)$", problem.remedy)
    assert skip is not None
    assert events(read(path, name, skip=skip[1])) == events(read(FOLDER / name, name))


def test_a_profile_that_means_what_nobody_knows_is_no_profile() -> None:
    text = (FOLDER / "../../../ingest/profiles/known/river.toml").read_text(encoding="utf-8")
    with pytest.raises(ValueError, match="nobody knows what 'sold'"):
        read_profile(text.replace('Sell = "trade"', 'Sell = "sold"'))
    assert "sold" not in MEANINGS


WORDS = {
    "cp1252": ["Prämie für März £5", "Ausschüttung", "Peña", "5 € Gebühr"],
    "cp1251": ["выплата пула за март месяц", "комиссия сети", "выплата", "подарок"],
    "cp932": ["マイニング報酬の支払い", "手数料", "寄付", "ホスティング"],
    "gb18030": ["矿池支付三月份收益", "手续费", "捐款", "托管费用"],
}


@pytest.mark.parametrize(("encoding", "words"), WORDS.items(), ids=WORDS)
def test_another_encoding_is_read_and_said(encoding: str, words: list[str], tmp_path: Path) -> None:
    above, body = table("koinly.csv")
    at = body[0].index("Description")
    for row, word in zip(body[1:], words, strict=False):
        row[at] = word
    path = tmp_path / "koinly.csv"
    path.write_text(written(above, body), encoding="utf-8")
    plain = events(read(path, "koinly.csv"))
    path.write_bytes(written(above, body).encode(encoding))
    told = read(path, "koinly.csv")
    assert events(told) == plain
    assert told.notes == (f"it is no UTF-8, and read as {encoding}: where a word looks wrong, save it as UTF-8",)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_its_mark_is_read(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "river.csv"
    path.write_bytes((FOLDER / "river.csv").read_text(encoding="utf-8").encode(encoding))
    assert events(read(path, "river.csv")) == expected("river.csv").events


PRICED = {
    "cashapp.csv": "Asset Amount",
    "coinbase.csv": "Quantity Transacted",
    "nicehash.csv": "Amount (BTC)",
    "bitcointax-income.csv": "Volume",
    "bitcointax-trades.csv": "Volume",
    "kraken-trades.csv": "vol",
    "robinhood.csv": "Quantity",
    "strike.csv": "Amount BTC",
    "strike-old.csv": "Amount BTC",
    "strike-statement.csv": "Amount 2",
    "swan-transfers.csv": "Unit Count",
}


@pytest.mark.parametrize("times", [1000, 100_000_000])
@pytest.mark.parametrize(("name", "column"), PRICED.items(), ids=PRICED)
def test_coins_in_another_unit_than_their_price_are_refused(name: str, column: str, times: int, tmp_path: Path) -> None:
    above, body = table(name)
    at = body[0].index(column)
    for row in body[1:]:
        if at < len(row) and row[at].strip("-").replace(".", "").isdecimal():
            row[at] = f"{Decimal(row[at]) * times:f}"
    path = tmp_path / name
    path.write_text(written(above, body), encoding="utf-8")
    with pytest.raises(InputRefusedError, match=r"another unit|not the price times|not one sum"):
        read(path, name)


@pytest.mark.parametrize("name", ["strike.csv", "strike-statement.csv", "coinledger.csv", "koinly-bulk.csv"])
def test_a_zone_that_is_said_moves_no_time_that_the_header_says_is_in_utc(name: str) -> None:
    told = read(FOLDER / name, name, zone="America/New_York")
    assert events(told) == expected(name).events
    assert told.notes == ("its columns say that its times are in UTC: zone=America/New_York is not used here",)


REFUSED = {
    "ocean-earnings": "Time,Block,Share Log %,Share Count,Earnings (BTC),Pool Fees (BTC)\n"
    f"2026-03-12 13:03,{'0' * 60}5516,0.00072201%,6477840384,0.00002261,0.00000026\n",
    "turbotax-gains": "Currency Name,Purchase Date,Cost Basis,Date Sold,Proceeds\n"
    "BTC,03/01/2026,840.00,03/02/2026,848.00\n",
}


def test_what_is_known_and_no_ledger_is_refused_with_what_to_take_in_its_place(tmp_path: Path) -> None:
    assert {name for name, profile in profiles().items() if profile.refused} == set(REFUSED)
    for name, text in REFUSED.items():
        path = tmp_path / "export.csv"
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputRefusedError, match=re.escape(profiles()[name].refused)):
            read_file(path, None, {})


def test_many_rows_of_one_reference_wait_for_a_person(tmp_path: Path) -> None:
    above, body = table("kraken-ledgers.csv")
    trade = next(row for row in body if row[1] == "TRADE1-CCCCC-DDDDDD")
    path = tmp_path / "ledgers.csv"
    path.write_text(written(above, [*body, ["LTRD03", *trade[1:]]]), encoding="utf-8")
    told = read(path, "kraken-ledgers.csv")
    assert told.asked["refid joins 3 rows, and a trade is two"].lines == (4, 5, len(body) + 1)
    assert "kraken:TRADE1-CCCCC-DDDDDD" not in {line.content.get("id") for line in told.lines}


def test_what_coinbase_itself_paid_is_income_and_no_question(tmp_path: Path) -> None:
    above, body = table("coinbase.csv")
    at = body[0].index("Notes")
    body[1][at] = "Received 0.05 BTC from Coinbase Earn"
    path = tmp_path / "coinbase.csv"
    path.write_text(written(above, body), encoding="utf-8")
    first = events(read(path, "coinbase.csv"))[0]
    assert (first["kind"], first["income"], first["value_usd"]) == ("receipt", "other", "4200")


def test_a_trade_in_money_of_another_state_waits_for_a_person(tmp_path: Path) -> None:
    above, (header, *rows) = table("kraken-ledgers.csv")
    trades = [[cell.replace("USD", "EUR") for cell in row] for row in rows if row[3] == "trade"]
    path = tmp_path / "ledgers.csv"
    path.write_text(written(above, [header, *trades]), encoding="utf-8")
    told = events(read(path, "kraken-ledgers.csv"), lines=False)
    assert not [event for event in told if event["kind"] in ("sale", "purchase")]
    assert "traded for 1700 EUR; no row says what it was worth" in {event["note"] for event in told}
    bought = next(event for event in told if "came for 170 EUR" in str(event["note"]))
    assert (bought["kind"], bought["doubt"]) == ("receipt", "unexplained")


def test_what_a_trade_in_such_money_was_worth_is_its_proceeds(tmp_path: Path) -> None:
    above, (header, *_) = table("koinly.csv")
    row = ["2026-03-02 12:00 UTC", "0.01", "BTC", "780.00", "EUR", "", "", "850.00", "USD", "", "sold", ""]
    path = tmp_path / "koinly.csv"
    path.write_text(written(above, [header, row]), encoding="utf-8")
    (event,) = events(read(path, "koinly.csv"))
    assert (event["kind"], event["proceeds_usd"]) == ("sale", "850")


def test_a_purchase_with_the_spread_of_a_spot_price_is_no_fault(tmp_path: Path) -> None:
    header = "Timestamp,Transaction Type,Asset,Quantity Transacted,Spot Price Currency,Spot Price at Transaction"
    row = "2022-03-04T15:30:00Z,Buy,BTC,0.01,USD,40000.00,402.00,404.99,2.99,Bought 0.01 BTC for $404.99 USD"
    path = tmp_path / "coinbase.csv"
    path.write_text(f"{header},Subtotal,Total (inclusive of fees),Fees,Notes\n{row}\n", encoding="utf-8")
    (event,) = events(read_file(path, None, {}))
    assert (event["kind"], event["cost_usd"], event["fee_usd"]) == ("purchase", "402", "2.99")


@pytest.mark.parametrize(
    ("posted", "day"),
    [("20260305", "2026-03-05"), ("20251231233000[-5:EST]", "2025-12-31"), ("20260101000000[-5:EST]", "2026-01-01")],
)
def test_a_payment_is_of_the_day_the_bank_says(posted: str, day: str, tmp_path: Path) -> None:
    path = tmp_path / "bank.qfx"
    text = (FOLDER / "bank.ofx").read_text(encoding="utf-8")
    path.write_text(text.replace("20260305120000[-5:EST]", posted), encoding="utf-8")
    (event,) = events(read_file(path, None, SAID["bank.ofx"], home_zone="America/New_York"))
    assert event["at"] == f"{day}T12:00:00Z"


def changed(name: str, row: int, cells: dict[str, str], tmp_path: Path) -> Path:
    """Return where the export stands with other *cells* in one row."""
    above, body = table(name)
    for column, cell in cells.items():
        body[row][body[0].index(column)] = cell
    path = tmp_path / name
    path.write_text(written(above, body), encoding="utf-8")
    return path


def test_a_fee_in_another_coin_is_one_of_its_own(tmp_path: Path) -> None:
    token = {"Amount": "100", "Amount unit": "USDC", "Fee": "0.002", "Fee unit": "ETH"}
    told = events(read(changed("trezor-suite.csv", 2, token, tmp_path), "trezor-suite.csv"), lines=False)
    assert [(event["asset"], event["quantity"]) for event in told[:2]] == [("USDC", "100"), ("ETH", "0.002")]
    assert {event["kind"] for event in told[:2]} == {"movement"}


def test_a_fee_whose_coin_is_not_told_waits_for_a_person(tmp_path: Path) -> None:
    token = {"Currency Ticker": "USDC", "Operation Amount": "100"}
    told = read(changed("ledger-live.csv", 2, token, tmp_path), "ledger-live.csv")
    assert told.asked["it does not say in which coin the fee of USDC is"].lines == (3,)


def test_an_invoice_is_no_transaction() -> None:
    told = read(FOLDER / "strike.csv", "strike.csv", inflow="pool_payout")
    (receipt,) = [event for event in events(told) if event["kind"] == "receipt"]
    assert "txid" not in receipt


@pytest.mark.parametrize("name", TABLES)
def test_a_row_cut_off_anywhere_tells_nothing_else(name: str, tmp_path: Path) -> None:
    whole = (FOLDER / name).read_text(encoding="utf-8-sig").rstrip("\n")
    last = whole.rindex("\n") + 1
    stated = events(read(FOLDER / name, name))
    path = tmp_path / name
    for end in range(last + 1, len(whole), 3):
        path.write_text(whole[:end], encoding="utf-8")
        with suppress(InputRefusedError):
            told = read(path, name)
            cut = [event for event in events(told) if event not in stated]
            assert not cut or "its last line has no end: see that the file is whole" in told.notes


@pytest.mark.parametrize(
    "cut", ["2026-03-01 07:3", "2026-03-01 07:", "2026-03-01 07", "2026-03-01", "2026-03-01 07:30:1"]
)
def test_a_time_that_is_cut_off_is_refused(cut: str, tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="is no time that is written here"):
        read(changed("electrum.csv", 1, {"timestamp": f"2026-03-01{cut}"}, tmp_path), "electrum.csv")


def test_a_hash_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match="is no whole hash"):
        read(changed("zenledger.csv", 1, {"Txid": "0" * 60}, tmp_path), "zenledger.csv")

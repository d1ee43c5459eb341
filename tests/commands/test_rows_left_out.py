"""Every row of every file ends as an event, as known, or as left out, counted and named; never in silence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.commands.calling import Caller
from tests.commands.test_rows_known_again import POOL, take

HEAD = "Date,Description,Amount\n"
BANK = HEAD + "".join(
    f"2025-{month:02d}-03,{words},{amount}\n"
    for month, (words, amount) in enumerate(
        [
            ("ACH POWER CO 000417  WEB", "-120.50"),
            ("ACH Power Co 000533 WEB", "-99.00"),
            ("PAYROLL", "2000.00"),
            ("COFFEE", "-3.00"),
            ("COFFEE", "-4.00"),
            ("COFFEE", "-5.00"),
            ("ACH POWER CO 000777 WEB", "30.00"),
        ],
        1,
    )
)
BILLS = {
    "kind": "expense",
    "columns": {"at": "Date", "amount_usd": "Amount", "note": "Description"},
    "signs": {"amount_usd": "outflow"},
    "constants": {"category": "electricity"},
}


def bills(only: Any) -> dict[str, Any]:
    return {**BILLS, "only": {"Description": only}}


@pytest.mark.parametrize(
    "only",
    [
        {"contains": ["power co"]},
        {"contains": ["nothing", "ACH POWER"]},
        {"pattern": ["^ACH (POWER|Power) C[oO] [0-9]+"]},
        {"is": ["none"], "pattern": ["(?i)power"]},
    ],
)
def test_a_descriptor_with_a_number_that_changes_is_found_by_what_it_contains(lotwork: Caller, only: Any) -> None:
    told = take(lotwork, BANK, bills(only), "--json", code=1).result
    assert (told["events"], told["appended"]) == (2, 2)
    (file,) = told["files"]
    assert (file["file"], file["rows"], file["left_out"]) == ("export.csv", 7, 5)
    assert file["reasons"] == {
        'Description is "PAYROLL"': 1,
        'Description is "COFFEE"': 3,
        "Amount is money received, not spent": 1,
    }


def test_what_is_left_out_is_named_the_most_first(lotwork: Caller) -> None:
    told = take(lotwork, BANK, bills({"contains": ["power co"]}), code=1).out
    assert '5 of 7 rows left out: Description is "COFFEE" (3), Description is "PAYROLL" (1), Amount is money' in told
    assert "1 rows that the map picks have the other sign: a refund or a reversal" in told


def test_money_received_among_all_rows_of_a_bank_is_left_out_and_named(lotwork: Caller) -> None:
    told = take(lotwork, BANK, BILLS, "--json").result
    assert told["files"][0]["reasons"] == {"Amount is money received, not spent": 2}
    assert told["appended"] == 5


@pytest.mark.parametrize("only", [["ACH POWER CO"], {"contains": ["gas works"]}, {"pattern": ["^POWER"]}])
def test_a_file_of_which_nothing_is_taken_needs_a_person(lotwork: Caller, only: Any) -> None:
    told = take(lotwork, BANK, bills(only), code=1)
    assert "0 appended, 0 known already" in told.out
    assert "7 of 7 rows left out: " in told.out


def test_many_reasons_are_counted_together(lotwork: Caller) -> None:
    text = HEAD + "".join(f"2025-01-03,SHOP {number},-1.00\n" for number in range(20))
    told = take(lotwork, text, bills({"contains": ["power"]}), code=1).out
    assert 'Description is "SHOP 4" (1), other reasons (15)' in told


def test_rows_that_are_known_are_taken(lotwork: Caller) -> None:
    take(lotwork, BANK, BILLS)
    told = take(lotwork, BANK, BILLS, "--json").result
    assert (told["appended"], told["known"], told["files"][0]["left_out"]) == (0, 5, 2)


def test_a_line_that_repeats_another_is_known(lotwork: Caller) -> None:
    line = {"kind": "expense", "id": "a", "at": "2025-01-03T00:00:00Z", "category": "rent", "amount_usd": "1"}
    told = lotwork.take(line, line, line)
    assert "1 appended, 2 known already" in told.out


@pytest.mark.parametrize(
    ("signs", "said"),
    [
        ({}, "export.csv:2: amount_usd: -120.5 is below zero"),
        ({"amount_usd": "absolute"}, "export.csv:4: Amount: '2000.00' has the other sign than the rows before it"),
    ],
)
def test_an_amount_of_the_other_sign_is_refused_where_the_map_takes_it_as_it_is(
    lotwork: Caller, signs: dict[str, str], said: str
) -> None:
    """A refund lowers its line; taken as a bill it would be deducted a second time."""
    told = take(lotwork, BANK, {**BILLS, "signs": signs}, code=3).err
    assert said in told
    assert lotwork("head", "--json").result["position"] == 0


@pytest.mark.parametrize("quantity", ["-0.5", "(0.5)", "0.5-"])
def test_a_payout_below_zero_is_refused(lotwork: Caller, quantity: str) -> None:
    text = f"at,wallet,asset,quantity,income\n2025-01-01T00:00:00Z,w,BTC,{quantity},pool_payout\n"
    assert "export.csv:2: quantity" in take(lotwork, text, "generic-receipts", code=3).err


@pytest.mark.parametrize(
    ("only", "said"),
    [
        ({"pattern": ["("]}, "only.Description: its pattern cannot be read"),
        ({}, "only.Description: it says nothing"),
        ({"contains": [""]}, "only.Description: it says nothing"),
        ({"like": ["x"]}, "like"),
    ],
)
def test_words_that_cannot_be_used_are_refused_before_a_row_is_read(lotwork: Caller, only: Any, said: str) -> None:
    assert said in take(lotwork, BANK, bills(only), code=3).err


PAYOUTS = "at,wallet,asset,quantity,income,pool_fee_quantity,value_usd,note\n"
PAID = "2025-01-01T00:00:00Z,w,BTC,0.5,pool_payout,,,a\n"


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("2025-01-02T00:00:00Z,w,BTC,0,pool_payout,,,b", "quantity is 0"),
        ("2025-01-02T00:00:00Z,w,BTC,0.00000000,pool_payout,0,,b", "quantity is 0"),
        ("2025-01-02T00:00:00Z,w,BTC,-0.0,pool_payout,0.0,0,b", "quantity is 0"),
        (",,,,,,,", "the row is empty"),
        (" , ,,,,,,", "the row is empty"),
        ("Total,,,0.5,,,,", "the row is a total"),
        (",,TOTAL:,0.5,,,,", "the row is a total"),
        ("Grand total,0.5", "the row is a total"),
        ("2025-01-31T00:00:00Z,w,BTC,1.0,pool_payout,,,Total", "the row is a total"),
    ],
)
def test_a_row_of_nothing_is_left_out_and_named(lotwork: Caller, row: str, why: str) -> None:
    second = PAID.replace("01-01", "01-03")
    told = take(lotwork, f"{PAYOUTS}{PAID}{second}{row}\n", "generic-receipts")
    assert "2 appended, 0 known" in told.out
    assert f"export.csv: 1 of 3 rows left out: {why} (1)" in told.out


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2025-01-02T00:00:00Z,w,BTC,0,pool_payout,0.1,,b", "quantity"),
        ("2025-01-02T00:00:00Z,w,BTC,0,pool_payout,,12,b", "quantity"),
        ("soon,w,BTC,0.5,pool_payout,,,b", "'soon' is not an ISO date"),
        ("2025-01-31,w,Total,0.5,pool_payout,,,b", "asset"),
    ],
)
def test_a_row_that_says_something_is_never_left_out_as_nothing(lotwork: Caller, row: str, said: str) -> None:
    told = take(lotwork, f"{PAYOUTS}{PAID}{row}\n", "generic-receipts", code=3)
    assert "export.csv:3: " in told.err
    assert said in told.err


def test_a_bill_of_a_shop_called_total_is_a_bill(lotwork: Caller) -> None:
    text = HEAD + "2025-01-03,TOTAL,-30.00\n2025-02-03,Shop,-10.00\n2025-02-04,Total,-20.00\n"
    assert "3 appended" in take(lotwork, text, BILLS).out


@pytest.mark.parametrize("words", ["TOTAL POWER CO", "Power total", "Sum of POWER", "Gesamtbetrag", "Summe Strom"])
def test_a_row_that_speaks_of_a_total_and_is_one_is_left_out(lotwork: Caller, words: str) -> None:
    """A bill counts once (26 U.S.C. 162(a)): its sum is no bill beside it."""
    text = HEAD + f"2025-01-03,Power,-30.00\n2025-02-03,Power,-10.50\n2025-02-28,{words},-40.50\n"
    assert "1 of 3 rows left out: the row is a total (1)" in take(lotwork, text, BILLS).out
    text = HEAD + f"2025-03-03,Power,-30.00\n2025-04-03,Power,-10.50\n2025-04-28,{words},-40.40\n"
    assert "3 appended" in take(lotwork, text, BILLS).out


def test_a_total_of_each_month_is_left_out(lotwork: Caller) -> None:
    months = (
        "2025-01-03,Power,-30.00\n2025-01-20,Power,-10.00\n2025-01-31,Subtotal January,-40.00\n"
        "2025-02-03,Power,-20.00\n2025-02-20,Power,-5.00\n2025-02-28,Subtotal February,-25.00\n"
        "2025-02-28,Total,-65.00\n"
    )
    told = take(lotwork, HEAD + months, BILLS)
    assert "4 appended" in told.out
    assert "3 of 7 rows left out: the row is a total (3)" in told.out


@pytest.mark.parametrize(
    ("amount", "told"),
    [("-1.100", {}), ("-$12.345", {}), ("(999.000)", {}), ("-1,100", {"decimal": ","}), ("1.100 USD-", {})],
)
def test_an_amount_that_may_be_in_thousands_is_refused(lotwork: Caller, amount: str, told: dict[str, str]) -> None:
    """Eleven hundred of another country's bank are no dollar and ten cents."""
    text = f'Date,Description,Amount\n2025-01-03,Power,"{amount}"\n'
    assert "may be in thousands" in take(lotwork, text, {**BILLS, **told}, code=3).err


@pytest.mark.parametrize(
    ("amount", "told"),
    [("-1.10", {}), ("-0.125", {}), ("-1100", {}), ("-1.100", {"thousands": ","}),
     ("-1.100", {"decimal": ",", "thousands": "."}), ("-1,100.00", {"thousands": ","})],
)  # fmt: skip
def test_an_amount_that_can_be_but_one_is_read(lotwork: Caller, amount: str, told: dict[str, str]) -> None:
    text = f'Date,Description,Amount\n2025-01-03,Power,"{amount}"\n'
    assert "1 appended" in take(lotwork, text, {**BILLS, **told}).out


def test_a_file_of_nothing_needs_a_person(lotwork: Caller) -> None:
    row = "2025-01-02T00:00:00Z,w,BTC,0,pool_payout,,,\n"
    assert "2 of 2 rows left out: quantity is 0 (2)" in take(lotwork, PAYOUTS + row * 2, "generic-receipts", code=1).out


PRICED = "at,wallet,asset,quantity,income,{}\n2025-01-01T00:00:00Z,w,BTC,0.5,pool_payout,90000\n"


@pytest.mark.parametrize(
    ("column", "meant"),
    [
        ("Price_USD", "price_usd"),
        ("price usd", "price_usd"),
        ("PriceUSD", "price_usd"),
        ("Price ($)", "price_usd"),
        ("USD price", "price_usd"),
        ("Pool Fee Qty", "pool_fee_quantity"),
        ("GROSS-QUANTITY", "gross_quantity"),
        ("TxID", "txid"),
    ],
)
def test_an_optional_column_in_another_spelling_is_refused(lotwork: Caller, column: str, meant: str) -> None:
    told = take(lotwork, PRICED.format(column), "generic-receipts", code=3)
    assert f"export.csv:1: {column}: the column is not read: did you mean {meant}?" in told.err
    own = {**POOL, "optional": {"price_usd": "Kurs (USD)"}}
    refused = take(lotwork, "Time,Amount,kurs_usd\n2025-01-01,0.5,90000\n", own, code=3).err
    assert "kurs_usd: the column is not read: did you mean Kurs (USD)?" in refused


@pytest.mark.parametrize(
    ("column", "meant"),
    [("Fee_Qty", "pool_fee_quantity"), ("prise_usd", "price_usd"), ("Price", "price_usd"), ("pool name", "pool")],
)
def test_a_column_that_may_be_an_optional_one_is_named(lotwork: Caller, column: str, meant: str) -> None:
    told = take(lotwork, PRICED.format(column), "generic-receipts", code=1)
    assert f"export.csv: 1 column is not read: {column} (did you mean {meant}?)" in told.out
    assert "1 appended" in told.out


def test_columns_that_nothing_reads_are_told(lotwork: Caller) -> None:
    text = "Time,Amount,Worker,\n2025-01-01,0.5,w1,x\n"
    told = take(lotwork, text, POOL)
    assert "export.csv: 2 columns are not read: Worker, a column without a name" in told.out
    (file,) = take(lotwork, text, POOL, "--json").result["files"]
    assert file["unread"] == {"Worker": None, "a column without a name": None}


def test_a_column_that_is_needed_and_spelled_otherwise_is_said(lotwork: Caller) -> None:
    told = take(lotwork, PRICED.format("price_usd").replace("quantity", "Qty"), "generic-receipts", code=3)
    assert "quantity: the file has no such column: did you mean Qty? map one of its columns: at, " in told.err


def test_an_optional_column_that_stands_twice_is_refused(lotwork: Caller) -> None:
    text = PRICED.format("price_usd,price_usd").replace("90000", "90000,91000")
    assert "price_usd: two columns have this name" in take(lotwork, text, "generic-receipts", code=3).err


def test_of_many_columns_that_nothing_reads_the_first_are_named(lotwork: Caller) -> None:
    names = [f"c{number}" for number in range(23)]
    told = take(lotwork, f"Time,Amount,{','.join(names)}\n2025-01-01,0.5{',' * 23}\n", POOL).out
    assert "23 columns are not read: c0, c1, " in told
    assert ", c19 and 3 more" in told


@pytest.mark.parametrize(
    ("column", "word"),
    [
        ("Status", "FAILED"),
        ("status", " Pending "),
        ("State", "In  progress"),
        ("Type", "Withdrawal"),
        ("Direction", "sent."),
        ("Memo", "refund"),
    ],
)
def test_a_row_that_says_it_did_not_happen_is_refused_until_the_map_says_which_rows_count(
    lotwork: Caller, column: str, word: str
) -> None:
    """A payout that failed is no income (26 U.S.C. 61), however its amount stands in the list."""
    rows = f"Time,Amount,{column}\n2025-03-01T06:00:07Z,0.01,paid\n2025-03-02T06:00:07Z,0.02,{word}\n"
    told = take(lotwork, rows, POOL, code=3)
    assert f"export.csv:3: {column}: " in told.err
    assert "say in [only] of the map which rows count" in told.err
    told = take(lotwork, rows, {**POOL, "only": {column: ["paid"]}})
    assert "1 appended" in told.out
    assert "1 of 2 rows left out" in told.out


@pytest.mark.parametrize("word", ["paid", "Completed", "pending fee", "sell-off bonus", "credit"])
def test_a_row_that_says_anything_else_counts(lotwork: Caller, word: str) -> None:
    assert "1 appended" in take(lotwork, f"Time,Amount,Status\n2025-03-01T06:00:07Z,0.01,{word}\n", POOL).out


@pytest.mark.parametrize("word", ["failed", "Credit", "REFUND"])
def test_a_bill_whose_note_says_so_is_refused_too(lotwork: Caller, word: str) -> None:
    told = take(lotwork, HEAD + f"2025-01-03,{word},-120.50\n", BILLS, code=3)
    assert "Description" in told.err


SALES: dict[str, Any] = {
    "kind": "sale",
    "columns": {"at": "Time", "quantity": "Amount", "proceeds_usd": "Total"},
    "constants": {"wallet": "exchange", "asset": "BTC"},
}
TWO = "Time,Amount,Total,{}\n2025-03-01T06:00:07Z,0.01,900,{}\n2025-03-02T06:00:07Z,0.01,910,{}\n"


@pytest.mark.parametrize(
    ("column", "first", "second"),
    [
        ("Type", "Acquisition", "Disposal"),
        ("Side", "B", "S"),
        ("Transaction Type", "Kauf", "Verkauf"),
        ("TransactionType", "1", "2"),
        ("tx_type", "order fill", ""),
        ("Buy/Sell", "long", "short"),
        ("Kind", "limit", "conversion"),
    ],
)
def test_rows_that_a_column_tells_apart_are_not_all_made_one(
    lotwork: Caller, column: str, first: str, second: str
) -> None:
    """26 U.S.C. 1001: of purchases and sales only the sales have proceeds."""
    rows = TWO.format(column, first, second)
    told = take(lotwork, rows, SALES, code=3)
    assert f'export.csv:3: {column}: rows say "{first}" (1), "{second}" (1), and each would be a sale' in told.err
    assert f'say in [only] of the map which are: "{column}" = ["{first}", "{second}"]' in told.err
    assert "1 appended" in take(lotwork, rows, {**SALES, "only": {column: [first]}}).out
    assert "1 appended, 1 known" in take(lotwork, rows, {**SALES, "only": {column: [first, second]}}).out


@pytest.mark.parametrize(
    ("column", "first", "second"),
    [
        ("Type", "Disposal", "Disposal"),
        ("Type", "Disposal", " DISPOSAL"),
        ("Side", "", ""),
        ("Type", "limit", "market"),
        ("Order Type", "Fill", "Partial"),
        ("Types of things", "a", "b"),
    ],
)
def test_a_column_that_tells_no_rows_apart_is_only_named(lotwork: Caller, column: str, first: str, second: str) -> None:
    assert "2 appended" in take(lotwork, TWO.format(column, first, second), SALES).out


def test_a_note_that_is_the_column_of_kinds_is_one_too(lotwork: Caller) -> None:
    noted = {**SALES, "columns": {**SALES["columns"], "note": "Type"}}
    assert "each would be a sale" in take(lotwork, TWO.format("Type", "Acquisition", "Disposal"), noted, code=3).err


def test_what_a_sign_tells_needs_no_word(lotwork: Caller) -> None:
    text = "Date,Description,Amount,Type\n2025-01-03,Power,-120.50,EFT\n2025-02-03,Power,-99.00,BILLPAY\n"
    assert "2 appended" in take(lotwork, text, BILLS).out


@pytest.mark.parametrize(
    ("column", "first", "second", "said"),
    [
        ("Coin", "BTC", "LTC", "'LTC' is no BTC"),
        ("asset", "Litecoin", "Litecoin", "'Litecoin' is no BTC"),
        ("Symbol", "BTC-USD", "ETH-USD", "'ETH-USD' is no BTC"),
        ("Currency", "USD", "EUR", "'EUR' is no US dollar, which proceeds_usd is in"),
        ("Currency", "USD", "BTC", "'BTC' is no US dollar, which proceeds_usd is in"),
        ("Unit", "sats", "sats", "'sats' is no BTC"),
    ],
)
def test_another_coin_or_money_than_the_map_says_is_refused(
    lotwork: Caller, column: str, first: str, second: str, said: str
) -> None:
    rows = TWO.format(column, first, second)
    told = take(lotwork, rows, SALES, code=3)
    assert f"{column}: {said}" in told.err
    only = take(lotwork, rows, {**SALES, "only": {column: [first]}}).out
    assert ("1 of 2 rows left out" in only) is (first != second)
    take(lotwork, rows, {**SALES, "only": {column: [first, second]}})


@pytest.mark.parametrize(
    ("column", "first", "second"),
    [
        ("Coin", "BTC", "xbt"),
        ("Asset", "Bitcoin", "bitcoin"),
        ("Symbol", "BTCUSD", "BTC/USD"),
        ("Currency", "USD", "US Dollar"),
        ("Currency", "BTC", "BTC"),
        ("Unit", "BTC", ""),
    ],
)
def test_the_same_coin_or_money_in_other_words_is_well(lotwork: Caller, column: str, first: str, second: str) -> None:
    assert "2 appended" in take(lotwork, TWO.format(column, first, second), SALES).out


@pytest.mark.parametrize("column", ["Currency", "CCY", "Account Currency", "Währung"])
def test_bills_in_another_money_are_no_dollars(lotwork: Caller, column: str) -> None:
    """26 U.S.C. 985: the return is in dollars."""
    text = f"Date,Description,Amount,{column}\n2025-01-03,Power,-120.50,EUR\n"
    assert f"{column}: 'EUR' is no US dollar, which amount_usd is in" in take(lotwork, text, BILLS, code=3).err
    assert "1 appended" in take(lotwork, text.replace("EUR", "usd"), BILLS).out

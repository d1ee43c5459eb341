"""Every row of every file ends as an event, as known, or as left out, counted and named; never in silence."""

from __future__ import annotations

from typing import Any

import pytest

from tests.commands.calling import Caller
from tests.commands.test_rows_known_again import take

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


@pytest.mark.parametrize("quantity", ["-0.5", "(0.5)", "0.5-", "0"])
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

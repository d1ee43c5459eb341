"""A payment that a file tells as pending beside the one that was posted is one (26 U.S.C. 162, 461; 61, 451)."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.commands.calling import Caller
from tests.commands.test_rows_known_again import take

HEAD = "Date,Description,Amount\n"
BILLS = {
    "kind": "expense",
    "columns": {"at": "Date", "amount_usd": "Amount", "note": "Description"},
    "signs": {"amount_usd": "outflow"},
    "constants": {"category": "electricity"},
}
POSTED = "2025-03-03,CITY POWER 0042,-120.50\n"
POWER = ("--set", "only=power", "--set", "category=electricity")
CARD = "Transaction Date,Post Date,Description,Category,Type,Amount,Memo\n"
OFX = Path("tests/data/exports/bank.ofx").read_text(encoding="utf-8")
PAID = "<STMTTRN><TRNTYPE>{}<DTPOSTED>20260304<TRNAMT>-412.80<FITID>F9<NAME>{}<MEMO>{}</STMTTRN>"
COINS = {
    "kind": "receipt",
    "columns": {"at": "Date", "quantity": "Amount", "note": "Note"},
    "constants": {"wallet": "exchange", "asset": "BTC", "income": "pool_payout", "price_usd": "90000"},
}
SALES = {
    "kind": "sale",
    "columns": {"at": "Date", "quantity": "Amount", "proceeds_usd": "Total", "note": "Note"},
    "constants": {"wallet": "exchange", "asset": "BTC"},
}


def asked(lotwork: Caller, year: str = "2025") -> list[dict[str, Any]]:
    told = lotwork("liability", "--year", year, "--json", code=None).result["findings"]
    return [finding for finding in told if finding["code"] in ("said_pending", "likely_twins")]


def spent(lotwork: Caller, year: str = "2025") -> list[str]:
    return [row["amount_usd"].rstrip("0") for row in lotwork.rows("expenses", "--year", year)]


@pytest.mark.parametrize(
    "words",
    [
        "PENDING",
        "pending - City Power",
        "(pending) CITY POWER",
        "Pending transaction",
        "authorization",
        "HOLD - CITY POWER",
    ],
)
def test_a_pending_row_of_a_bank_beside_its_posted_twin_is_a_question(lotwork: Caller, words: str) -> None:
    told = take(lotwork, f"{HEAD}2025-03-02,{words},-120.50\n{POSTED}", BILLS, code=1)
    assert "1 event says that it has not happened, or not yet: it counts, and is asked about" in told.out
    (finding,) = asked(lotwork)
    assert finding["code"] == "likely_twins"
    assert f"likely_twins:{finding['event']}" in lotwork("file", "--year", "2025", code=3).err
    void, _ = re.findall(r"`lotwork ([^`]*)`", finding["message"])
    lotwork(*shlex.split(void))
    assert (asked(lotwork), spent(lotwork)) == ([], ["120.5"])
    assert "2 known already" in take(lotwork, f"{HEAD}2025-03-02,{words},-120.50\n{POSTED}", BILLS).out
    assert spent(lotwork) == ["120.5"]


def test_two_that_a_person_calls_two_are_two(lotwork: Caller) -> None:
    take(lotwork, f"{HEAD}2025-03-02,PENDING City Power,-120.50\n{POSTED}", BILLS, code=1)
    ((finding),) = asked(lotwork)
    _, two = re.findall(r"`lotwork ([^`]*)`", finding["message"])
    lotwork(*shlex.split(two))
    assert (asked(lotwork), spent(lotwork)) == ([], ["120.5", "120.5"])


@pytest.mark.parametrize("words", ["PENDING CITY POWER", "City Power - Pending", "temporary hold", "not yet posted"])
def test_one_that_was_never_posted_is_said_and_stands_in_the_way_of_the_return(lotwork: Caller, words: str) -> None:
    take(lotwork, f"{HEAD}2025-03-02,{words},-120.50\n", BILLS, "--dry-run", code=1)
    take(lotwork, f"{HEAD}2025-03-02,{words},-120.50\n", BILLS, code=1)
    (finding,) = asked(lotwork)
    assert finding["code"] == "said_pending"
    assert f"said_pending:{finding['event']}" in lotwork("file", "--year", "2025", code=3).err
    void, so = re.findall(r"`lotwork ([^`]*)`", finding["message"])
    lotwork(*shlex.split(so))
    assert (asked(lotwork), spent(lotwork)) == ([], ["120.5"])
    lotwork(*shlex.split(void))
    assert (asked(lotwork), spent(lotwork)) == ([], [])


def test_one_that_is_posted_in_a_later_export_is_asked_about_then(lotwork: Caller) -> None:
    take(lotwork, f"{HEAD}2025-03-02,PENDING CITY POWER,-120.50\n", BILLS, code=1)
    take(lotwork, HEAD + POSTED, BILLS)
    assert [each["code"] for each in asked(lotwork)] == ["likely_twins"]


@pytest.mark.parametrize("note", ["pending", "PENDING - no 7", "no 7 (unconfirmed)", "No 7, awaiting confirmations"])
@pytest.mark.parametrize(("column_map", "more"), [(COINS, ""), (SALES, ",9000")])
def test_coins_of_an_exchange_are_too(lotwork: Caller, column_map: dict[str, Any], more: str, note: str) -> None:
    head = "Date,Amount,Note" + (",Total" if more else "")
    pending = f'2025-03-01T10:00:00Z,0.1,"{note}"{more}\n'
    take(lotwork, f"{head}\n{pending}2025-03-01T11:00:00Z,0.1,no 7{more}\n", column_map, code=1)
    assert [each["code"] for each in asked(lotwork)] == ["likely_twins"]


@pytest.mark.parametrize("note", ["payout, pending confirmation fee", "pending fee", "Hold Fast Storage"])
def test_a_note_that_only_has_the_word_is_no_question(lotwork: Caller, note: str) -> None:
    take(lotwork, f'Date,Amount,Note\n2025-03-01,0.1,"{note}"\n2025-03-02,0.1,payout\n', COINS)
    assert asked(lotwork) == []


@pytest.mark.parametrize("word", ["Pending transaction", "AUTHORIZATION", "Pending - not posted", "declined"])
def test_a_column_that_nothing_reads_and_that_says_so_refuses_the_file(lotwork: Caller, word: str) -> None:
    text = f"Date,Description,Amount,Kind of it\n2025-03-02,City Power,-120.50,{word}\n"
    assert "say in [only] of the map which rows count" in take(lotwork, text, BILLS, code=3).err


def imported(lotwork: Caller, name: str, text: str, *more: str, code: int = 0) -> str:
    file = lotwork.home.parent / name
    file.write_text(text, encoding="utf-8")
    return lotwork("import", file, *more, code=code).out


@pytest.mark.parametrize("words", ["PENDING EXAMPLE POWER CO", "EXAMPLE POWER CO (PENDING)", "HOLD - EXAMPLE POWER"])
def test_a_card_that_is_known_by_its_face_tells_it_in_its_description(lotwork: Caller, words: str) -> None:
    rows = "".join(f"03/05/2026,03/06/2026,{said},Bills,Sale,-412.80,\n" for said in (words, "EXAMPLE POWER CO"))
    imported(lotwork, "card.csv", CARD + rows, *POWER, code=1)
    assert [each["code"] for each in asked(lotwork, "2026")] == ["likely_twins"]


@pytest.mark.parametrize("word", ["Pending", "Authorization", "PENDING SALE"])
def test_a_card_that_tells_it_in_its_type_is_left_out(lotwork: Caller, word: str) -> None:
    rows = "".join(f"03/05/2026,03/06/2026,EXAMPLE POWER CO,Bills,{said},-412.80,\n" for said in (word, "Sale"))
    assert f'1 of 2 rows left out: Type is "{word}": it is no money yet (1)' in imported(
        lotwork, "card.csv", CARD + rows, *POWER
    )
    assert spent(lotwork, "2026") == ["412.8"]


@pytest.mark.parametrize(
    ("name", "memo"),
    [("PENDING", "EXAMPLE POWER CO"), ("EXAMPLE POWER CO", "Pending transaction"), ("POWER CO HOLD - ", "")],
)
def test_ofx_tells_it_in_its_name_or_memo(lotwork: Caller, name: str, memo: str) -> None:
    told = OFX.replace("<STMTTRN>", PAID.format("DEBIT", name, memo or "hold") + "\n<STMTTRN>", 1)
    imported(lotwork, "bank.ofx", told, *POWER, code=1)
    assert [each["code"] for each in asked(lotwork, "2026")] == ["likely_twins"]


@pytest.mark.parametrize("way", ["HOLD", "list"])
def test_ofx_has_a_type_and_a_list_of_its_own_for_what_is_pending(lotwork: Caller, way: str) -> None:
    paid = PAID.format("HOLD", "EXAMPLE POWER CO", "March")
    told = OFX.replace("<STMTTRN>", f"{paid}\n<STMTTRN>", 1)
    if way == "list":
        pending = "<STMTTRNP><TRNTYPE>DEBIT<DTTRAN>20260331<TRNAMT>-9.00<NAME>EXAMPLE POWER CO</STMTTRNP>"
        listed = f"<BANKTRANLISTP><DTASOF>20260331{pending}</BANKTRANLISTP></STMTRS>"
        told = OFX.replace("</STMTRS>", listed)
    assert "the bank lists it as pending: it is no money yet (1)" in imported(lotwork, "bank.ofx", told, *POWER)
    assert spent(lotwork, "2026") == ["412.8"]


def test_a_column_that_a_known_file_has_and_nothing_reads_is_heard_too(lotwork: Caller) -> None:
    text = Path("tests/data/exports/cashapp.csv").read_text(encoding="utf-8")
    head, row, *_ = text.splitlines()
    place = head.split(",").index("Notes") if "Notes" in head.split(",") else None
    assert place is not None
    cells = row.split(",")
    cells[place] = "pending"
    imported(lotwork, "cashapp.csv", f"{head}\n{','.join(cells)}\n", code=1)

"""The files of a farm through the commands: an inventory of rigs, and the invoices of a host."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from typing import Any

import pytest

from tests.commands.calling import Caller, Told, codes
from tests.ingest.profiles.exports import sheet

RIGS = "Model,Serial,Bought,Cost,Placed in service,Host,Sold,Sold for,Scrapped\n"
S21 = "Antminer S21,HKYQA1,2025-01-25,4210.37,2025-02-03,Example Farm,,,\n"
HOSTED = (
    "Host,Invoice,From,To,kWh,Rate,Power,Fee,Repairs,Pool fee,Credit,Deposit,Total,Paid,Coin,Quantity,Wallet,Evidence\n"
)
JANUARY = "Farm,2025-01,2025-01-01,2025-01-31,10200,0.065,663.00,75,,,,,738.00,2025-02-03,,,,\n"
BOUGHT = {
    "kind": "purchase", "id": "b", "at": "2025-01-01T00:00:00Z", "wallet": "cold", "asset": "BTC", "quantity": "1",
    "cost_usd": "50000",
}  # fmt: skip
HAND: dict[str, Any] = {
    "kind": "equipment", "id": "hand", "at": "2025-02-20T00:00:00Z", "equipment": "first rig", "cost_usd": "4210.37",
    "acquired": "2025-01-25", "placed_in_service": "2025-02-10",
}  # fmt: skip


def bring(lotwork: Caller, text: str, *more: str, code: int | None = 0) -> Told:
    file = lotwork.home.parent / "farm.csv"
    file.write_text(text, encoding="utf-8")
    return lotwork("import", file, *more, code=code)


def found(lotwork: Caller, listing: str, year: int = 2025) -> set[str]:
    return codes(lotwork(listing, "--year", str(year), "--json", code=None).result["findings"])


def spent(lotwork: Caller, year: int = 2025) -> dict[str, str]:
    rows = lotwork.rows("expenses", "--year", str(year))
    return {f"{row['expense']} {row['category']}": row["deductible_usd"].removesuffix("0000") for row in rows}


def test_an_inventory_is_depreciated_from_the_day_each_rig_served(lotwork: Caller) -> None:
    bring(lotwork, RIGS + S21 + "Bitaxe,axe-1,2025-12-20,190,,home,,,\n")
    (row,) = lotwork.rows("equipment", "--year", "2025")
    assert (row["equipment"], row["placed_in_service"]) == ("Antminer S21 HKYQA1", "2025-02-03")
    told = bring(lotwork, RIGS + S21 + "Bitaxe,axe-1,2025-12-20,190,2026-01-02,home,,,\n")
    assert "1 appended, 1 known" in told.out
    assert len(lotwork.rows("equipment", "--year", "2026")) == 2


@pytest.mark.parametrize("serial", ["hkyqa1", "HkyQa1", " hkyqa1 "])
def test_a_serial_in_other_capitals_is_the_same_rig(lotwork: Caller, serial: str) -> None:
    bring(lotwork, RIGS + S21)
    assert "Antminer S21 HKYQA1 -> Antminer S21" in bring(lotwork, RIGS + S21.replace("HKYQA1", serial), code=1).out
    assert len(lotwork.rows("equipment", "--year", "2025")) == 1


ANOTHER = S21.replace("HKYQA1", "HKYQB7")


@pytest.mark.parametrize("serial", ["HKY-QA1", "hky qa1", "HKYQAI", "HKYAQ1", "HKYQA12"])
def test_a_serial_that_was_mended_is_a_question_and_no_second_rig(lotwork: Caller, serial: str) -> None:
    bring(lotwork, RIGS + S21 + ANOTHER)
    mended = RIGS + S21.replace("HKYQA1", serial) + ANOTHER
    told = bring(lotwork, mended, code=1)
    assert "its serial may have been mended" in told.out
    assert len(lotwork.rows("equipment", "--year", "2025")) == 2
    bring(lotwork, mended, "--revise")
    names = {row["equipment"] for row in lotwork.rows("equipment", "--year", "2025")}
    assert names == {f"Antminer S21 {serial}", "Antminer S21 HKYQB7"}
    assert "revised" not in bring(lotwork, mended).out


def test_a_rig_that_a_person_says_is_another_counts_as_one(lotwork: Caller) -> None:
    bring(lotwork, RIGS + S21)
    told = bring(lotwork, RIGS + S21.replace("HKYQA1", "HKYQA2"), code=1)
    said = told.out.partition("say so first: `lotwork ")[2].partition("`")[0]
    lotwork(*shlex.split(said))
    bring(lotwork, RIGS + S21.replace("HKYQA1", "HKYQA2"))
    assert len(lotwork.rows("equipment", "--year", "2025")) == 2


@pytest.mark.parametrize(
    "other",
    [
        S21 + S21.replace("HKYQA1", "HKYQA2"),
        S21.replace("HKYQA1", "ZZ90X2"),
        S21.replace("HKYQA1", "HKYQA2").replace("4210.37", "4000"),
        S21.replace("HKYQA1", "HKYQA2").replace("2025-02-03", "2025-03-03"),
        S21.replace("HKYQA1", "HKYQA2").replace("S21", "S19"),
    ],
)
def test_a_rig_of_its_own_is_recorded_unasked(lotwork: Caller, other: str) -> None:
    bring(lotwork, RIGS + S21)
    assert "1 appended" in bring(lotwork, RIGS + other).out


def test_a_rig_that_was_sold_or_scrapped_leaves(lotwork: Caller) -> None:
    bring(lotwork, RIGS + S21)
    bring(lotwork, RIGS + S21.replace(",,,\n", ",2025-09-30,3000,\n"))
    (row,) = lotwork.rows("equipment", "--year", "2025")
    assert row["proceeds_usd"].startswith("3000")


def test_a_workbook_tells_what_its_csv_tells(lotwork: Caller) -> None:
    table = [line.split(",") for line in (RIGS + S21.replace("2025-01-25", "2025-01-25 00:00:00")).splitlines()]
    file = lotwork.home.parent / "rigs.xlsx"
    file.write_bytes(sheet(table))
    lotwork("import", file)
    assert "1 known already" in bring(lotwork, RIGS + S21).out


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("4210.37", "4310.50", "cost_usd: 4210.370000 -> 4310.500000"),
        ("2025-02-03", "2025-03-01", "placed_in_service: 2025-02-03 -> 2025-03-01"),
        ("Antminer S21", "Antminer S21 Pro", "equipment: Antminer S21 HKYQA1"),
        ("Example Farm", "Other Farm", "note: hosted at Example Farm"),
    ],
)
def test_a_changed_row_is_shown_and_recorded_only_when_told_to(lotwork: Caller, old: str, new: str, says: str) -> None:
    bring(lotwork, RIGS + S21)
    before = lotwork.rows("equipment", "--year", "2025")
    told = bring(lotwork, RIGS + S21.replace(old, new), code=1)
    assert says in told.out
    assert "Import again with --revise" in told.out
    assert lotwork.rows("equipment", "--year", "2025") == before
    bring(lotwork, RIGS + S21.replace(old, new), "--revise")
    assert "1 known" in bring(lotwork, RIGS + S21.replace(old, new)).out
    assert len(lotwork.rows("equipment", "--year", "2025")) == 1


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (S21.replace("HKYQA1", ""), "a rig is known by its serial"),
        (S21 + S21.replace("4210.37", "4000"), "stands twice"),
        (S21 + S21.replace("HKYQA1", "hkyqa1"), "stands twice"),
        (S21.replace("4210.37", ""), "it is empty"),
        (S21.replace("4210.37", "-5"), "it is negative"),
        (S21.replace("4210.37", "€4210.37"), "told in other money"),
        (S21.replace("4210.37", "4210.37 EUR"), "Cost"),
        (S21.replace("4210.37", "NaN"), "Cost"),
        (S21.replace("2025-02-03", "2025-01-03"), "it served before it was bought"),
        (S21.replace("2025-02-03", "2025-02-30"), "is no day"),
        (S21.replace(",,,\n", ",2025-09-30,,\n"), "what it brought is not told"),
        (S21.replace(",,,\n", ",,3000,\n"), "no day says when"),
        (S21.replace(",,,\n", ",2025-09-30,3000,2025-10-01\n"), "it left twice"),
        (S21.replace(",,,\n", ",2025-01-30,3000,\n"), "it left before it served"),
    ],
)
def test_a_row_that_cannot_be_right_refuses_the_file_with_its_line(lotwork: Caller, row: str, says: str) -> None:
    told = bring(lotwork, RIGS + row, code=3)
    assert says in told.err
    assert "farm.csv:" in told.err
    assert not lotwork.rows("equipment", "--year", "2025")


@pytest.mark.parametrize(
    ("hand", "code"),
    [
        (HAND, "rig_told_twice"),
        ({**HAND, "acquired": "2024-12-01", "placed_in_service": "2025-02-03"}, "rig_told_twice"),
        ({**HAND, "cost_usd": "4100"}, "rig_told_twice"),
        ({**HAND, "cost_usd": "42103.70", "quantity": 10}, "rig_told_twice"),
        ({**HAND, "equipment": "S21 (HKYQA1)", "acquired": "2024-06-01", "cost_usd": "9"}, "rig_told_twice"),
        ({**HAND, "at": "2025-01-25T00:00:00Z"}, "likely_twins"),
        ({**HAND, "acquired": "2024-06-01"}, None),
        ({**HAND, "cost_usd": "3000"}, None),
        ({**HAND, "may_repeat": "none"}, None),
    ],
)
def test_a_rig_recorded_already_is_a_question(lotwork: Caller, hand: dict[str, Any], code: str | None) -> None:
    lotwork.take(hand)
    bring(lotwork, RIGS + S21, code=None)
    asked = {"rig_told_twice", "likely_twins"} & (found(lotwork, "equipment") | found(lotwork, "expenses"))
    assert asked == ({code} if code else set())
    if code == "rig_told_twice":
        stopped = lotwork("file", "--year", "2025", code=None)
        assert code in stopped.out + stopped.err
        lotwork("add", "void", "target=inventory:HKYQA1", "reason=one rig")
        assert code not in found(lotwork, "equipment")


def test_an_inventory_of_another_layout_is_read_by_a_map_and_known_again(lotwork: Caller) -> None:
    rigs = lotwork.home.parent / "rigs.toml"
    rigs.write_text(
        'kind = "equipment"\nid = "rig:{SN}"\n[columns]\nequipment = "Rig"\ncost_usd = "Paid"\nacquired = "Ordered"\n'
        'placed_in_service = "Online"\nat = "Ordered"\n',
        encoding="utf-8",
    )
    table = "Rig,SN,Ordered,Paid,Online\nS21 A1,A1,2025-01-25,4210.37,2025-02-03\n"
    bring(lotwork, table, "--map", str(rigs))
    assert [row["id"] for row in lotwork.rows("equipment", "--year", "2025")] == ["rig:A1"]
    assert "1 known" in bring(lotwork, table, "--map", str(rigs)).out
    assert "would be revised" in bring(lotwork, table.replace("4210.37", "4000"), "--map", str(rigs), code=1).out


def test_an_invoice_is_hosting_on_the_day_it_was_paid(lotwork: Caller) -> None:
    unpaid = "Farm,2025-02,2025-02-01,2025-02-28,9100,0.065,591.50,75,120,14.25,38.50,,762.25,,,,,\n"
    told = bring(lotwork, HOSTED + JANUARY + unpaid)
    assert "not paid yet" in told.out
    assert spent(lotwork) == {"hosting:Farm:2025-01 hosting": "738.00"}
    bring(lotwork, HOSTED + JANUARY + unpaid.replace("762.25,,", "762.25,2025-03-02,"))
    assert spent(lotwork) == {
        "hosting:Farm:2025-01 hosting": "738.00",
        "hosting:Farm:2025-02 hosting": "628.00",
        "hosting:Farm:2025-02:repairs repairs": "120.00",
        "hosting:Farm:2025-02:pool_fee pool_fee": "14.25",
    }


def test_an_invoice_paid_in_coins_is_an_expense_and_a_disposal(lotwork: Caller) -> None:
    lotwork.take(BOUGHT)
    bring(lotwork, HOSTED + JANUARY.replace("2025-02-03,,,", "2025-02-03T15:00:00Z,BTC,0.00738,cold"))
    assert spent(lotwork) == {"hosting:Farm:2025-01 hosting": "738.00"}
    (row,) = lotwork.rows("gains", "--year", "2025")
    assert (row["quantity"], row["proceeds_usd"][:6], row["basis_usd"][:6]) == ("0.00738000", "738.00", "369.00")
    seen = {"kind": "movement", "id": "n:1", "at": "2025-02-03T15:00:00Z", "wallet": "cold", "asset": "BTC"}
    lotwork.take({**seen, "quantity": "0.00738", "source": "node"})
    assert found(lotwork, "gains") == {"likely_twins"}, "one question, and not another disposal"


def test_what_a_rate_comes_to_is_what_the_invoice_rounds_it_to(lotwork: Caller) -> None:
    bring(lotwork, HOSTED + JANUARY.replace("10200,0.065,663.00", "10203,0.0655,").replace("738.00", "743.30"))
    assert spent(lotwork) == {"hosting:Farm:2025-01 hosting": "743.30"}


def test_a_deposit_is_no_expense_and_a_credit_lowers_the_bill(lotwork: Caller) -> None:
    bring(lotwork, HOSTED + JANUARY.replace(",,738.00", ",500,1238.00"))
    assert spent(lotwork) == {"hosting:Farm:2025-01 hosting": "738.00"}
    only = "Farm,D1,,,,,,,,,,500,500,2025-01-02,,,,\n"
    assert "what comes back is not spent" in bring(lotwork, HOSTED + only, code=None).out
    bring(lotwork, HOSTED + JANUARY.replace("2025-01,", "2025-03,").replace(",,,,738.00", ",,38,,700.00"))
    assert spent(lotwork)["hosting:Farm:2025-03 hosting"] == "700.00"


def test_months_paid_ahead_for_more_than_a_year_are_spread(lotwork: Caller) -> None:
    bring(lotwork, HOSTED + "Farm,P1,2025-07-01,2027-06-30,,,,2400,,,,,2400,2025-07-01,,,,\n")
    assert spent(lotwork) == {"hosting:Farm:P1 hosting": "600.00"}
    assert spent(lotwork, 2026) == {"hosting:Farm:P1 hosting": "1200.00"}
    bring(lotwork, HOSTED + "Farm,P2,2025-07-01,2026-06-30,,,,1200,,,,,1200,2025-07-01,,,,\n")
    assert spent(lotwork)["hosting:Farm:P2 hosting"] == "1200.00"


def test_the_invoice_itself_is_kept_as_evidence(lotwork: Caller) -> None:
    (lotwork.home.parent / "jan.pdf").write_bytes(b"%PDF-1.7 an invoice")
    bring(lotwork, HOSTED + JANUARY.replace(",\n", ",jan.pdf\n"))
    kept = [path for path in (lotwork.home / "evidence").rglob("*") if path.is_file()]
    assert b"%PDF-1.7 an invoice" in [path.read_bytes() for path in kept]
    told = bring(lotwork, HOSTED + JANUARY.replace("2025-01,", "2025-09,").replace(",\n", ",none.pdf\n"), code=3)
    assert "none.pdf" in told.err


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (JANUARY.replace("0.065", "6.5"), "the rate is in cents: write 0.065, the dollars of a kWh"),
        (JANUARY.replace("0.065", "5.2"), "compare it with the invoice"),
        (JANUARY.replace("10200", "1020"), "and not 663"),
        (JANUARY.replace("663.00", "").replace("0.065", "6.5"), "its parts come to"),
        (JANUARY.replace("738.00", "788.00"), "its parts come to 738"),
        (JANUARY.replace("738.00", ""), "it is empty"),
        (JANUARY.replace("738.00", "NaN"), "Total"),
        (JANUARY.replace("738.00", "€738.00"), "told in other money"),
        (JANUARY.replace("Farm", ""), "it is empty"),
        (JANUARY + JANUARY.replace("663.00,75", "663.00,75"), "stands twice"),
        (JANUARY.replace("2025-01-31", ""), "write both, or neither"),
        (JANUARY.replace("2025-01-31", "2024-12-31"), "it ends before it begins"),
        (JANUARY.replace("2025-02-03", "03.02.2025"), "is no day"),
        (JANUARY.replace("2025-02-03,,,", "2025-02-03,BTC,,cold"), "paid in coins"),
        (JANUARY.replace("2025-02-03,,,", "2025-02-03,BTC,0.01,"), "paid in coins"),
        (JANUARY.replace("2025-02-03,,,", "2025-02-03,BTC,0,cold"), "no coins paid it"),
        (JANUARY.replace("2025-02-03,,,", "2025-02-03,EUR,,"), "Coin: it tells EUR, and figures are in dollars"),
        (JANUARY.replace("2025-02-03,,,", "2025-02-03,cad,738,bank"), "Coin: it tells CAD, and figures are in dollars"),
        (JANUARY.replace("2025-02-03,,,", "2025-02-03,ZGBP,,"), "Coin: it tells GBP, and figures are in dollars"),
        (JANUARY.replace(",,,,738.00", ",,900,,-162.00"), "it is negative"),
    ],
)
def test_an_invoice_that_cannot_be_right_refuses_the_file(lotwork: Caller, row: str, says: str) -> None:
    told = bring(lotwork, HOSTED + row, code=3)
    assert says in told.err
    assert not lotwork.rows("expenses", "--year", "2025")


def test_an_invoice_told_otherwise_is_a_revision(lotwork: Caller) -> None:
    bring(lotwork, HOSTED + JANUARY)
    mended = HOSTED + JANUARY.replace("663.00,75", "663.00,85").replace("738.00", "748.00")
    assert "amount_usd: 738.000000 -> 748.000000" in bring(lotwork, mended, code=1).out
    assert spent(lotwork) == {"hosting:Farm:2025-01 hosting": "738.00"}
    bring(lotwork, mended, "--revise")
    assert spent(lotwork) == {"hosting:Farm:2025-01 hosting": "748.00"}


@pytest.mark.parametrize("name", ["inventory", "hosting"])
def test_the_layout_is_shown_to_whoever_begins(lotwork: Caller, name: str) -> None:
    shown = lotwork("map", "show", name).out
    assert 'serial = "Serial"' in shown or 'invoice = "Invoice"' in shown


def test_a_folder_that_is_watched_takes_both(lotwork: Caller, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "rigs.csv").write_text(RIGS + S21, encoding="utf-8")
    (folder / "host.csv").write_text(HOSTED + JANUARY, encoding="utf-8")
    lotwork("source", "add", "files", "--set", f"folder={folder}", code=None)
    for path in folder.iterdir():
        os.utime(path, (1_700_000_000, 1_700_000_000))
    lotwork("poll", code=None)
    assert spent(lotwork) == {"hosting:Farm:2025-01 hosting": "738.00"}
    assert len(lotwork.rows("equipment", "--year", "2025")) == 1

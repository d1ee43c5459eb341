"""A row that is told otherwise, and then as it was: the figures follow what the file says now, by events."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.commands.calling import Caller, Told
from tests.commands.test_farm import BOUGHT, HOSTED, JANUARY, RIGS, S21, bring, spent

MAP = """
kind = "expense"
id = "bill:{No}"
[columns]
at = "Day"
amount_usd = "Cost"
note = "Words"
[optional]
from = "Since"
to = "Until"
business_share = "Part"
[constants]
category = "electricity"
"""
BILL = "No,Day,Cost,Words,Since,Until,Part\n7,2025-03-04,100,power,,,\n"
IN_COINS = JANUARY.replace("2025-02-03,,,", "2025-02-03T15:00:00Z,BTC,0.00738,cold")
PARTS = "Farm,2025-01,2025-01-01,2025-01-31,10200,0.065,663.00,75,40,12,,,790.00,2025-02-03,,,,\n"
WHOLE = "Farm,2025-01,2025-01-01,2025-01-31,10200,0.065,663.00,75,,,,,738.00,2025-02-03,,,,\n"
ONLY_REPAIRS = "Farm,2025-01,,,,,,,40,,,,40.00,2025-02-03,,,,\n"


def mapped(lotwork: Caller, text: str, *more: str, code: int | None = 0) -> Told:
    rules = lotwork.home.parent / "bill.toml"
    rules.write_text(MAP, encoding="utf-8")
    return bring(lotwork, text, "--map", str(rules), *more, code=code)


@pytest.mark.parametrize(
    "other",
    [
        BILL.replace("100", "140"),
        BILL.replace("2025-03-04", "2024-12-31"),
        BILL.replace("100,power,,,", "100,power and water,2025-01-01,2027-01-01,0.5"),
    ],
)
def test_a_row_of_a_map_that_goes_back_to_its_first_text_has_its_first_figures(lotwork: Caller, other: str) -> None:
    mapped(lotwork, BILL)
    first = lotwork.rows("expenses", "--year", "2025")
    for _ in range(2 if "140" in other else 1):
        mapped(lotwork, other, "--revise")
        assert lotwork.rows("expenses", "--year", "2025") != first
        assert "1 known row would be revised" in mapped(lotwork, BILL, code=1).out
        mapped(lotwork, BILL, "--revise")
        assert lotwork.rows("expenses", "--year", "2025") == first
        assert "revised" not in mapped(lotwork, BILL).out


@pytest.mark.parametrize(("old", "new"), [("4210.37", "4000"), ("2025-02-03", "2025-04-01"), ("S21,", "S21 Pro,")])
def test_a_row_that_is_known_by_its_face_goes_back_too(lotwork: Caller, old: str, new: str) -> None:
    bring(lotwork, RIGS + S21)
    first = lotwork.rows("equipment", "--year", "2025")
    bring(lotwork, RIGS + S21.replace(old, new), "--revise")
    assert lotwork.rows("equipment", "--year", "2025") != first
    bring(lotwork, RIGS + S21, "--revise")
    assert lotwork.rows("equipment", "--year", "2025") == first


def test_what_a_person_said_of_a_row_is_not_taken_back_with_it(lotwork: Caller) -> None:
    mapped(lotwork, BILL)
    mapped(lotwork, BILL.replace("100", "140"), "--revise")
    lotwork("add", "correction", "target=bill:7", 'set={"business_share": "0.5"}', "reason=half is the house's")
    mapped(lotwork, BILL, "--revise")
    (row,) = lotwork.rows("expenses", "--year", "2025")
    assert row["deductible_usd"].startswith("50.00")
    lotwork("add", "correction", "target=bill:7", 'set={"amount_usd": "120"}', "reason=read from the bill")
    assert "revised" not in mapped(lotwork, BILL).out


def test_a_file_in_a_folder_that_goes_back_is_told_and_revised(lotwork: Caller, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    file = folder / "host.csv"
    lotwork("source", "add", "files", "--set", f"folder={folder}", code=None)

    def poll(text: str) -> Told:
        file.write_text(text, encoding="utf-8")
        os.utime(file, (1_700_000_000, 1_700_000_000))
        return lotwork("poll", code=None)

    poll(HOSTED + JANUARY)
    dearer = HOSTED + JANUARY.replace("663.00,75", "663.00,85").replace("738.00", "748.00")
    for text, cost in ((dearer, "748.00"), (HOSTED + JANUARY, "738.00"), (dearer, "748.00")):
        told = poll(text)
        assert "record it with --revise" in told.out + told.err
        lotwork("import", file, "--revise")
        assert "--revise" not in poll(text).out
        assert spent(lotwork) == {"hosting:Farm:2025-01 hosting": cost}


def test_an_invoice_that_dollars_paid_after_all_loses_its_sale_and_finds_it_again(lotwork: Caller) -> None:
    lotwork.take(BOUGHT)
    bring(lotwork, HOSTED + IN_COINS)
    told = bring(lotwork, HOSTED + JANUARY, code=1)
    assert "hosting:Farm:2025-01:coins: the row does not tell it any more: void" in told.out
    assert len(lotwork.rows("gains", "--year", "2025")) == 1
    bring(lotwork, HOSTED + JANUARY, "--revise")
    assert lotwork.rows("gains", "--year", "2025") == []
    assert spent(lotwork) == {"hosting:Farm:2025-01 hosting": "738.00"}
    assert "revised" not in bring(lotwork, HOSTED + JANUARY).out
    more = IN_COINS.replace("0.00738", "0.00739")
    assert "the row tells it again" in bring(lotwork, HOSTED + more, code=1).out
    bring(lotwork, HOSTED + more, "--revise")
    (row,) = lotwork.rows("gains", "--year", "2025")
    assert (row["quantity"], row["proceeds_usd"][:6]) == ("0.00739000", "738.00")


@pytest.mark.parametrize(
    ("after", "costs"),
    [
        (WHOLE, {"hosting:Farm:2025-01 hosting": "738.00"}),
        (ONLY_REPAIRS, {"hosting:Farm:2025-01:repairs repairs": "40.00"}),
        (PARTS.replace("2025-02-03", ""), {}),
    ],
)
def test_an_invoice_of_fewer_parts_has_no_others(lotwork: Caller, after: str, costs: dict[str, str]) -> None:
    bring(lotwork, HOSTED + PARTS)
    before = spent(lotwork)
    assert len(before) == 3
    assert "does not tell it any more" in bring(lotwork, HOSTED + after, code=1).out
    assert spent(lotwork) == before
    bring(lotwork, HOSTED + after, "--revise", code=None)
    assert spent(lotwork) == costs
    bring(lotwork, HOSTED + PARTS, "--revise")
    assert spent(lotwork) == before


def test_a_rig_that_was_not_sold_after_all_serves_again(lotwork: Caller) -> None:
    bring(lotwork, RIGS + S21.replace(",,,\n", ",2025-09-30,3000,\n"))
    assert lotwork.rows("equipment", "--year", "2025")[0]["proceeds_usd"]
    bring(lotwork, RIGS + S21, "--revise")
    assert not lotwork.rows("equipment", "--year", "2025")[0]["proceeds_usd"]


def test_what_a_person_made_void_stays_void(lotwork: Caller) -> None:
    lotwork.take(BOUGHT)
    at_noon = IN_COINS.replace("T15:00:00Z", "")
    bring(lotwork, HOSTED + at_noon)
    lotwork("add", "void", "target=hosting:Farm:2025-01:coins", "reason=the node tells it")
    assert "revised" not in bring(lotwork, HOSTED + JANUARY).out
    assert "revised" not in bring(lotwork, HOSTED + at_noon).out
    assert lotwork.rows("gains", "--year", "2025") == []

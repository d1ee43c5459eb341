"""`lotwork forms`: the files a preparer is sent, drawn whole or not at all, the same bytes twice."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.commands.calling import Caller, codes
from tests.projections.house import receipt, sale

ME = {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "filing_status": "single", "activity": "business",
      "time_zone": "UTC"}  # fmt: skip
PRIOR = {"kind": "year_facts", "id": "y", "at": "2025-01-01T00:00:00Z", "year": 2025, "wages_usd": "1000",
         "prior_year_tax_usd": "0", "prior_year_agi_usd": "1000", "prior_year_months": 12}  # fmt: skip
MINED = receipt("r", "2024-01-10", "1", "40000.01")
MORE = receipt("q", "2025-01-10", "3", "90000")
LONG = sale("s", "2025-06-01", "0.33333333", "33333.33", fee_usd="3.33")
SHORT = sale("t", "2025-07-01", "1", "100000.005")
BROKER = {"kind": "wallet", "id": "w", "at": "2020-01-01T00:00:00Z", "wallet": "kraken", "custody": "broker"}
BOUGHT = {"kind": "purchase", "id": "b", "at": "2025-01-11T12:00:00Z", "wallet": "kraken", "asset": "BTC",
          "quantity": "2", "cost_usd": "2000"}  # fmt: skip
ALL = "8949,lots,return,drake,taxact,turbotax,xlsx,txf"


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_files_come_to_schedule_d_of_the_return(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(ME, PRIOR, MINED, MORE, LONG, SHORT)
    told = lotwork("forms", "--year", "2025", "--out", tmp_path / "out", "--json").result
    assert (told["schema"], told["draft"], told["findings"]) == ("lotwork.forms.v1", False, [])
    rows = {path.name: table(path) for path in (tmp_path / "out").glob("8949*.csv")}
    assert set(rows) == {"8949-I.csv", "8949-L.csv"}
    lines = {(line["form"], line["line"]): Decimal(line["amount_usd"])
             for line in lotwork("liability", "--year", "2025", "--json").result["lines"]}  # fmt: skip
    for name, line in (("8949-I.csv", "3"), ("8949-L.csv", "10")):
        amounts = [[Decimal(row[key]) for key in row if key[:3] in ("(d)", "(e)", "(h)")] for row in rows[name]]
        assert all(d - e == h for d, e, h in amounts)
        assert sum(h for _, _, h in amounts) == lines["Schedule D", line]
    assert rows["8949-L.csv"][0] == {
        "(a) Description of property": "0.33333333 BTC", "(b) Date acquired": "01/10/2024",
        "(c) Date sold or disposed of": "06/01/2025", "(d) Proceeds": "33330.00", "(e) Cost or other basis": "13333.34",
        "(f) Code": "", "(g) Amount of adjustment": "", "(h) Gain or (loss)": "19996.66",
    }  # fmt: skip
    exact = sum(Decimal(row["gain_usd"]) for row in table(tmp_path / "out" / "lots.csv"))
    totals = lotwork("gains", "--year", "2025", "--json").result["totals"]
    assert exact == sum(Decimal(total["gain_usd"]) for total in totals.values())


def test_the_manifest_lists_every_file_by_its_digest(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(ME, PRIOR, MINED, LONG)
    told = lotwork("forms", "--year", "2025", "--out", tmp_path / "out", "--format", ALL, "--json").result
    found = content(tmp_path / "out")
    listed = json.loads(found.pop("manifest.json"))["files"]
    assert listed == told["files"]
    assert {each["name"]: each["sha256"] for each in listed} == {
        name: hashlib.sha256(each).hexdigest() for name, each in found.items()
    }


def test_the_same_book_gives_the_same_bytes(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(ME, PRIOR, MINED, MORE, LONG, SHORT)
    for name in ("one", "two", "two"):
        lotwork("forms", "--year", "2025", "--out", tmp_path / name, "--format", ALL)
    assert content(tmp_path / "one") == content(tmp_path / "two")
    assert "8949.xlsx" in content(tmp_path / "one")


def test_a_book_that_cannot_be_filed_makes_drafts_that_say_so(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(ME, PRIOR, MINED, LONG, receipt("pending", "2025-03-01", "1", None))
    out = tmp_path / "out"
    told = lotwork("forms", "--year", "2025", "--out", out, "--format", ALL, "--json", code=1).result
    assert told["draft"]
    assert any("receipt_pending" in why for why in told["draft_because"])
    assert all("-DRAFT." in name for name in content(out))
    assert "DRAFT" in (out / "README-DRAFT.txt").read_text().splitlines()[0]
    words = lotwork("forms", "--year", "2025", "--out", out, "--format", ALL, code=1)
    assert "DRAFT: receipt_pending:pending is open, at which `lotwork file` stops\n" in words.out
    assert (words.out + words.err).count("has no price yet") == 1
    lotwork.take({"kind": "price", "id": "p", "at": "2025-03-01T12:00:00Z", "asset": "BTC", "price_usd": "80000"})
    lotwork("forms", "--year", "2025", "--out", out, "--format", ALL)
    assert not any("DRAFT" in name for name in content(out))  # a drawing of ours is replaced as a whole


def test_what_a_filed_return_acknowledged_is_no_draft_any_more(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(ME, PRIOR, MINED, LONG, receipt("pending", "2025-03-01", "1", None))
    lotwork("file", "--year", "2025", "--acknowledge", "receipt_pending")
    told = lotwork("forms", "--year", "2025", "--out", tmp_path / "out", "--json", code=1).result
    assert (told["draft"], codes(told["findings"])) == (False, {"receipt_pending"})


def test_what_is_open_about_another_year_alone_is_no_finding_of_these_files(lotwork: Caller, tmp_path: Path) -> None:
    """Whether a year can be filed, drawn and packed is answered alike, by the exit code too."""
    lotwork.take(ME, PRIOR, MINED, LONG, receipt("pending", "2026-03-01", "1", None))
    lotwork("file", "--year", "2025", "--dry-run")
    told = lotwork("forms", "--year", "2025", "--out", tmp_path / "out", "--json").result
    packed = lotwork("packet", "build", "--year", "2025", "--out", tmp_path / "2025.zip", "--json").result
    assert (told["findings"], packed["findings"]) == ([], [])
    assert codes(lotwork("income", "--year", "2025", "--json", code=1).result["findings"]) == {"receipt_pending"}
    told = lotwork("forms", "--year", "2026", "--out", tmp_path / "next", "--json", code=1).result
    assert "receipt_pending" in codes(told["findings"])


def test_a_year_that_goes_on_is_a_draft(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(ME, PRIOR, MINED, LONG)
    told = lotwork("forms", "--year", "2026", "--out", tmp_path / "out", "--as-of", "2026-05-01", "--json", code=None)
    assert "the year 2026 is not over" in told.result["draft_because"]


def test_nothing_that_lies_in_the_folder_is_replaced(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(ME, PRIOR, MINED, LONG)
    out = tmp_path / "out"
    lotwork("forms", "--year", "2025", "--out", out)
    before = content(out)
    for name, bytes_ in (("mine.txt", b"mine"), ("8949-L.csv", b"changed"), ("manifest.json", b"{}")):
        kept = (out / name).read_bytes() if (out / name).exists() else None
        (out / name).write_bytes(bytes_)
        there = content(out)
        told = lotwork("forms", "--year", "2025", "--out", out, "--format", "8949", code=3)
        assert "name a new or an empty folder" in told.err
        assert content(out) == there
        (out / name).unlink() if kept is None else (out / name).write_bytes(kept)
    assert content(out) == before
    (tmp_path / "file").write_text("mine")
    lotwork("forms", "--year", "2025", "--out", tmp_path / "file", code=3)
    (tmp_path / "link").symlink_to(out)
    lotwork("forms", "--year", "2025", "--out", tmp_path / "link", code=3)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.mark.parametrize(
    ("words", "says"), [("8494", "did you mean 8949"), (",", "name one of"), ("docx", "there are")]
)
def test_a_format_that_is_not_known_is_refused(lotwork: Caller, tmp_path: Path, words: str, says: str) -> None:
    lotwork.take(ME, MINED)
    told = lotwork("forms", "--year", "2025", "--out", tmp_path / "out", "--format", words, code=2)
    assert says in told.err
    assert not (tmp_path / "out").exists()


def test_the_forms_of_another_country_are_not_these(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(ME | {"jurisdiction": "de"}, MINED)
    assert "jurisdiction" not in lotwork("forms", "--year", "2025", "--out", tmp_path / "out", code=2).out
    assert not (tmp_path / "out").exists()


def broker_line(name: str, quantity: str, proceeds: str, **more: Any) -> dict[str, Any]:
    line = {"kind": "broker_report", "id": name, "at": "2026-02-10T00:00:00Z", "wallet": "kraken", "asset": "BTC",
            "quantity": quantity, "proceeds_usd": proceeds, "sold": "2025-03-01", "covered": False}  # fmt: skip
    return line | more


def test_each_programs_file_says_what_the_form_says(lotwork: Caller, tmp_path: Path) -> None:
    gross = sale("g", "2025-03-01", "1", "1500", wallet="kraken", fee_usd="10")
    lotwork.take(ME, PRIOR, BROKER, BOUGHT, gross, broker_line("l", "1", "1500"), MINED, LONG)
    out = tmp_path / "out"
    told = lotwork("forms", "--year", "2025", "--out", out, "--format", ALL, "--json", code=None).result
    suffix = "-DRAFT" if told["draft"] else ""
    told_of_broker, own = table(out / f"drake{suffix}.csv")
    assert {key: value for key, value in told_of_broker.items() if value} == {
        "TSJ": "T", "Form 8949 Check Box": "5", "Desc": "1 BTC", "Date Acquired": "01112025", "Date Sold": "03012025",
        "Type": "S", "Proceeds": "1500.00", "Cost": "1000.00", "Adj 1 Code": "E", "Adj 1 Amount": "-10.00",
    }  # fmt: skip
    assert (own["Form 8949 Check Box"], own["Type"]) == ("6", "L")
    first, second = table(out / f"taxact{suffix}.csv")
    assert (first["Reporting Category"], first["Adjustment Code"], first["Adjustment Amount"]) == ("H", "E", "-10.00")
    assert (second["Reporting Category"], second["Long/Short"], second["Date Sold"]) == ("L", "Long", "06/01/2025")
    assert table(out / f"turbotax{suffix}.csv") == [
        {"Currency Name": "0.33333333 BTC", "Purchase Date": "01/10/2024", "Cost Basis": "13333.34",
         "Date Sold": "06/01/2025", "Proceeds": "33330.00"}
    ]  # fmt: skip
    left = {each["file"]: each for each in told["left_out"]}
    assert set(left) == {f"turbotax{suffix}.csv", f"legacy{suffix}.txf"}
    assert {each["proceeds_usd"] for each in left.values()} == {"1500.00"}
    assert {each["gain_usd"] for each in left.values()} == {"490.00"}


def test_no_layout_is_given_a_day_that_is_not_known(lotwork: Caller, tmp_path: Path) -> None:
    """Coins the book never saw arrive have none, and TurboTax's upload would fail."""
    lotwork.take(ME, PRIOR, MINED, sale("s", "2025-06-01", "1.5", "90000"))
    told = lotwork("forms", "--year", "2025", "--out", tmp_path / "out", "--json", code=1).result
    assert [row["Date Acquired"] for row in table(tmp_path / "out" / "drake-DRAFT.csv")] == ["01102024", "VARIOUS"]
    assert [row["Purchase Date"] for row in table(tmp_path / "out" / "turbotax-DRAFT.csv")] == ["01/10/2024"]
    assert [each["why"] for each in told["left_out"]] == ["the day of acquisition is not known"]


def test_a_sale_that_cost_more_than_it_brought_is_not_sent_where_negatives_fail(
    lotwork: Caller, tmp_path: Path
) -> None:
    lotwork.take(ME, PRIOR, MINED, sale("s", "2025-06-01", "0.0001", "1", fee_usd="3"))
    told = lotwork("forms", "--year", "2025", "--out", tmp_path / "out", "--json", code=None).result
    suffix = "-DRAFT" if told["draft"] else ""
    assert table(tmp_path / "out" / f"turbotax{suffix}.csv") == []
    assert told["left_out"][0]["proceeds_usd"] == "-2.00"
    assert table(tmp_path / "out" / f"8949-L{suffix}.csv")[0]["(d) Proceeds"] == "-2.00"


def test_no_name_in_a_file_is_a_formula_and_txf_is_ascii(lotwork: Caller, tmp_path: Path) -> None:
    asset = {"kind": "asset", "id": "a", "at": "2020-01-01T00:00:00Z", "asset": "Éß猫", "decimals": 2}
    wallet = '=cmd(),"x"'
    mined = receipt("r", "2025-01-10", "10", "1", wallet=wallet, asset="Éß猫")
    lotwork.take(ME, PRIOR, asset, mined, sale("s", "2025-06-01", "5", "9", wallet=wallet, asset="Éß猫"))
    lotwork("forms", "--year", "2025", "--out", tmp_path / "out", "--format", ALL, code=None)
    (csv_of_lots,) = (tmp_path / "out").glob("lots*.csv")
    assert table(csv_of_lots)[0]["wallet"] == f"'{wallet}"
    (legacy,) = (tmp_path / "out").glob("legacy*.txf")
    assert b"P5 E??\r\n" in legacy.read_bytes()
    (irs,) = (tmp_path / "out").glob("8949-I*.csv")
    assert table(irs)[0]["(a) Description of property"] == "5 Éß猫"


def test_the_files_come_back_through_reconcile_to_the_micro_dollar(lotwork: Caller, tmp_path: Path) -> None:
    """What `lots.csv` tells, taken as a broker's form, matches every sale of the book it came from."""
    lotwork.take(ME, PRIOR, MINED, MORE, LONG, SHORT, receipt("o", "2025-02-10", "0.7", "91234.567891"),
                 sale("u", "2025-08-01", "2.1", "210000.000001"))  # fmt: skip
    lotwork("forms", "--year", "2025", "--out", tmp_path / "out", "--format", "lots")
    lotwork("import", tmp_path / "out" / "lots.csv", "--map", "generic-1099-da")
    told = lotwork("reconcile", "broker", "--year", "2025", "--json", code=None).result
    assert {row["status"] for row in told["rows"]} <= {"matched", "differs"}
    assert {what for row in told["rows"] for what in row["differs_in"]} <= {"box"}  # nobody declared a broker
    assert (told["broker_reports_more"], told["broker_missing_line"], told["not_reported"]) == ([], [], [])
    gains = lotwork("gains", "--year", "2025", "--json", code=None).result["totals"].values()
    for key in ("proceeds_usd", "basis_usd", "gain_usd"):
        ours = sum(Decimal(total[key]) for total in gains)
        assert sum(Decimal(row[key]) for row in told["rows"]) == ours
    assert sum(Decimal(row["broker_proceeds_usd"]) for row in told["rows"]) == sum(
        Decimal(total["proceeds_usd"]) for total in gains
    )


def test_the_lines_of_the_return_go_with_the_sales(lotwork: Caller, tmp_path: Path) -> None:
    bill = {"kind": "expense", "id": "e", "at": "2025-02-02T12:00:00Z", "category": "rent", "amount_usd": "412.80"}
    rig = {"kind": "equipment", "id": "rig", "at": "2025-01-10T12:00:00Z", "equipment": "=S21", "cost_usd": "3000",
           "acquired": "2025-01-10", "placed_in_service": "2025-01-12"}  # fmt: skip
    lotwork.take(ME, PRIOR, MINED, MORE, LONG, bill, rig)
    told = lotwork(
        "forms", "--year", "2025", "--out", tmp_path / "out", "--format", "return", "--json", code=None
    ).result
    files = {each["name"].replace("-DRAFT", ""): tmp_path / "out" / each["name"] for each in told["files"]}
    assert set(files) == {"return.csv", "bills.csv", "rigs.csv", "README.txt"}
    lines = {(row["form"], row["line"]): row["amount_usd"] for row in table(files["return.csv"])}
    filed = lotwork("liability", "--year", "2025", "--tax-table", "--json", code=None).result["lines"]
    assert lines == {(line["form"], line["line"]): line["amount_usd"] for line in filed}
    assert [row["equipment"] for row in table(files["rigs.csv"])] == ["'=S21"]
    assert [row["deductible_usd"] for row in table(files["bills.csv"])] == ["412.800000"]
    about = dict(line.split(": ", 1) for line in files["README.txt"].read_text().splitlines() if ".csv: " in line)
    assert len({words.rpartition(" (")[0] for words in about.values()}) == len(about) == 3


@pytest.mark.parametrize("place", ["file/out", "n" * 300])
def test_where_no_folder_can_be_is_refused(lotwork: Caller, tmp_path: Path, place: str) -> None:
    lotwork.take(ME, PRIOR, MINED, LONG)
    (tmp_path / "file").write_text("mine")
    assert "no folder can be made there" in lotwork("forms", "--year", "2025", "--out", tmp_path / place, code=3).err

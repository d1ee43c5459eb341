"""`lotwork export`: what leaves for another program comes back as it was."""

from __future__ import annotations

import csv
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.commands.calling import Caller
from tests.oracles.asking import PYTHON
from tests.projections.house import receipt, sale, transfer
from tests.projections.test_oracle import histories, lines

ME = {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "filing_status": "single", "activity": "business",
      "time_zone": "America/New_York"}  # fmt: skip
GAIN = ("sold", "acquired", "asset", "wallet", "quantity", "proceeds_usd", "basis_usd", "gain_usd", "term", "box")
LOT = ("asset", "wallet", "quantity", "acquired", "basis_usd")


def carried(public: dict[str, Any]) -> dict[str, Any]:
    """Return an event as Koinly's template can carry it: no lots chosen, and nothing sold or bought for nothing."""
    told = {key: value for key, value in public.items() if key != "lots"}
    return told | {key: "1" for key in ("proceeds_usd", "cost_usd") if key in told and not float(told[key])}


def figures(lotwork: Caller, book: str) -> list[Any]:
    """Return the rows of every year's gains, what is held, and the income, whatever the lots are called."""
    told: list[Any] = []
    for year in range(2023, 2028):
        gains = lotwork("gains", "--year", str(year), "--book", book, "--json", code=None).result
        told.append(Counter(tuple(row[key] for key in GAIN) for row in gains["rows"]))
        told.append(gains["totals"])
        income = lotwork("income", "--year", str(year), "--book", book, "--json", code=None).result
        told.append(income["totals"]["value_usd"])
    lots = lotwork("lots", "--book", book, "--json", code=None).result["rows"]
    return [*told, Counter(tuple(row[key] for key in LOT) for row in lots)]


def there_and_back(lotwork: Caller, tmp_path: Path, name: str, *public: dict[str, Any], code: int | None = 0) -> None:
    """Import, export for Koinly, and import that; both books must come to the same."""
    lotwork.take(*({**line, "book": name} for line in (ME, *public)))
    out = tmp_path / f"koinly-{name}"
    lotwork("export", "koinly", "--out", out, "--book", name, code=code)
    back = f"{name}-back"
    lotwork.take({**ME, "book": back})
    imported = lotwork("import", *sorted(out.glob("*.csv")), "--book", back, code=None)
    assert imported.code in (0, 1), imported.err
    assert figures(lotwork, back) == figures(lotwork, name)


def test_any_history_goes_to_koinly_and_comes_back_to_the_micro_dollar(lotwork: Caller, tmp_path: Path) -> None:
    found: list[list[dict[str, Any]]] = []

    @settings(max_examples=4, database=None)
    @given(histories())
    def collect(steps: list[Any]) -> None:
        found.append([carried(line) for line in lines(steps)])

    collect()
    assert sum(line["kind"] == "transfer" for public in found for line in public) > 1
    for number, public in enumerate(found):
        there_and_back(lotwork, tmp_path, f"drawn{number}", *public)


WALLET = '=cmd()|"x", y'


def test_fees_seconds_and_wallets_of_any_name_come_back(lotwork: Caller, tmp_path: Path) -> None:
    there_and_back(
        lotwork, tmp_path, "main2",
        receipt("r", "2025-01-10T12:00:01Z", "1", "93012.554321", wallet=WALLET, income="block_reward"),
        receipt("q", "2025-01-10T12:00:01Z", "1", "1.5", wallet="猫", income="staking", asset="ETH"),
        {"kind": "purchase", "id": "b", "at": "2025-01-10T23:59:59-05:00", "wallet": "Cold", "asset": "BTC",
         "quantity": "0.3", "cost_usd": "30000.000001", "fee_usd": "12.345678"},
        transfer("t", "2025-02-01T00:00:00Z", "0.4", WALLET, "cold", fee_quantity="0.00001234",
                 price_usd="90000.123456", txid="ab" * 32),
        transfer("u", "2025-02-01T00:00:00Z", "0.2", "cold", WALLET),
        sale("s", "2025-12-31T23:30:00-05:00", "0.1", "10000.000001", fee_usd="0.000001", wallet="cold"),
        sale("v", "2025-12-31T23:31:00-05:00", "0.05", "5000", fee_usd="1.5", wallet="cold", disposition="spent"),
        sale("d", "2026-01-02T12:00:00Z", "0.01", "900", wallet="cold", disposition="donated"),
        {"kind": "movement", "id": "m", "at": "2026-01-03T12:00:00Z", "wallet": "Cold", "asset": "BTC",
         "quantity": "0.1", "fee_quantity": "0.0001", "note": "to whom?"},
    )  # fmt: skip
    names = sorted(path.name for path in (tmp_path / "koinly-main2").glob("*.csv"))
    assert names == ["koinly-cmd----x---y.csv", "koinly-cold-2.csv", "koinly-cold.csv", "koinly-wallet.csv"]


def test_what_koinly_has_no_place_for_is_counted_and_told(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(
        ME, receipt("r", "2025-01-10", "1"), receipt("p", "2025-01-11", "1", None),
        {"kind": "gift", "id": "g", "at": "2025-01-12T00:00:00Z", "wallet": "cold", "asset": "BTC", "quantity": "1",
         "fair_value_usd": "90", "donor_basis_usd": "100", "donor_acquired": "2019-05-05"},
        {"kind": "election", "id": "e", "at": "2024-01-01T00:00:00Z", "from": "2025-01-01", "method": "hifo"},
        sale("s", "2025-03-01", "0.5", "60", lots=[{"lot": "r", "quantity": "0.5"}]),
        sale("f", "2025-03-02", "0.1", "0"),
    )  # fmt: skip
    told = lotwork("export", "koinly", "--out", tmp_path / "out", code=1)
    assert told.out == ""
    for words in ("1 receipt or fee without a price", "1 gift received", "1 election or", "1 sale or transfer whose",
                  "1 purchase or sale for nothing", "5 rows in 1 file,"):  # fmt: skip
        assert words in told.err
    (file,) = (tmp_path / "out").glob("*.csv")
    with file.open(newline="", encoding="utf-8") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["Label"] for row in rows] == ["mining", "mining", "gift", "", ""]
    assert rows[0]["Date"] == "2025-01-10 12:00 UTC"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("koinly",), "name the folder with --out DIR"),
        (("beancount", "--out", "x"), "written to standard output"),
        (("hledger", "--evidence", "x"), "--evidence is of jsonl alone"),
        (("parquet",), "name the folder with --out DIR"),
        (("arrow",), "is not one of"),
    ],
)
def test_what_a_format_does_not_take_is_refused(lotwork: Caller, words: tuple[str, ...], says: str) -> None:
    lotwork.take(ME)
    assert says in lotwork("export", *words, code=2).err


@pytest.mark.parametrize("form", ["beancount", "hledger"])
def test_a_journal_is_all_that_standard_output_holds(lotwork: Caller, tmp_path: Path, form: str) -> None:
    """And what waits for a person, which is in none of it, is told on the other."""
    lotwork.take(ME, receipt("r", "2025-01-10", "1", wallet="Żółw;|"), receipt("p", "2025-01-11", "1", None),
                 sale("s", "2025-03-01", "0.5", "60", wallet="Żółw;|"))  # fmt: skip
    told = lotwork("export", form, code=1)
    assert "receipt_pending" in told.err
    file = tmp_path / f"book.{form}"
    file.write_text(told.out, encoding="utf-8")
    check: list[str | Path] = (
        [PYTHON.with_name("bean-check"), file] if form == "beancount" else ["hledger", "-f", file, "check", "--strict"]
    )
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

"""A file that a spreadsheet saved where decimals follow a comma: read where it can be nothing else, refused else."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from lotwork.ingest.profiles.known_file import read_file
from lotwork.ledger.errors import InputRefusedError

HEADER = "Date time;Local date time;Purpose;Amount (BTC);Exchange rate;Amount (USD)"


def report(folder: Path, amount: str, fee: str, rate: str, usd: str = "33,23") -> Path:
    """Return a payout and its fee in NiceHash's report, as a spreadsheet saved it."""
    at = "2026-06-30 20:00:00 GMT;2026-06-30 22:00:00 GMT+02:00"
    rows = [f"{at};Hashpower mining;{amount};{rate};{usd}", f"{at};Hashpower mining fee;{fee};{rate};"]
    file = folder / "report.csv"
    file.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("amount", "fee", "rate", "usd", "said"),
    [
        ("0,00031877", "-0,00000638", "104250,18", "33,23", "0.00031239"),
        ("0,00031877", "-0,00000638", "104250,1", "33,2", "0.00031239"),
        ("0,3", "-0,1", "104250", "31275", "0.2"),
        ("0,321", "-0,00000638", "104250.18", "33464.31", "0.32099362"),
        ("12,34567891", "-0,00000001", "104250,1846", "1287039,04", "12.3456789"),
        ("0.00031877", "-0.00000638", "104,250.18", "33.23", "0.00031239"),
    ],
)
def test_a_comma_that_can_group_nothing_is_a_decimal_comma(
    tmp_path: Path, amount: str, fee: str, rate: str, usd: str, said: str
) -> None:
    told = read_file(report(tmp_path, amount, fee, rate, usd), None, {})
    assert [Decimal(line.content["quantity"]) for line in told.lines] == [Decimal(said)]


@pytest.mark.parametrize("amount", ["1,234", "12,345", "123,456", "1,234,5", "1,,2", ",5", "00,123"])
def test_one_that_may_group_refuses_the_file(tmp_path: Path, amount: str) -> None:
    with pytest.raises(InputRefusedError):
        read_file(report(tmp_path, amount, "-0,00000001", "104250,18"), None, {})


def test_the_price_of_the_file_is_read_so_too(tmp_path: Path) -> None:
    told = read_file(report(tmp_path, "0,00031877", "-0,00000638", "104250,18"), None, {"prices": "file"})
    assert told.lines[0].content["price_usd"] == "104250.18"


@pytest.mark.parametrize("amount", ["1.234", "85.000", "-1.234", "1.234.567"])
def test_points_in_a_file_of_decimal_commas_may_group_and_refuse_it(tmp_path: Path, amount: str) -> None:
    with pytest.raises(InputRefusedError, match="in a file of decimal commas"):
        read_file(report(tmp_path, "0,00031877", "-0,00000638", amount), None, {"prices": "file"})


@pytest.mark.parametrize("rate", ["104.250,18", "104.250,180", "104250.18"])
def test_points_that_group_before_a_comma_are_read(tmp_path: Path, rate: str) -> None:
    told = read_file(report(tmp_path, "0,00031877", "-0,00000638", rate), None, {"prices": "file"})
    assert Decimal(told.lines[0].content["price_usd"]) == Decimal("104250.18")


def test_a_row_saved_with_decimal_commas_is_the_same_row(tmp_path: Path) -> None:
    told = [
        read_file(report(tmp_path, *cells), None, {}).lines[0].content["row"]
        for cells in (
            ("0.00031877", "-0.00000638", "104250.18", "33.23"),
            ("0,00031877", "-0,00000638", "104250,18", "33,23"),
            ("3,1877E-04", "-6,38E-06", "104.250,18", "33,23"),
        )
    ]
    assert told[0] == told[1] == told[2]

"""`lotwork export parquet`: the book's rows money as decimals, equal to what the listings say, no float anywhere."""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.commands.calling import Caller
from tests.commands.test_filing import MINED, PROFILE, SOLD
from tests.projections.house import receipt, sale

TINY = receipt("tiny", "2025-02-02", "0.00000001", "50000.123456789")
GIVEN = {**sale("given", "2025-03-01", "0.1", "6000"), "disposition": "gift"}
NEXT = sale("next", "2026-03-01", "0.1", "9000.000001")


def read(folder: Path, name: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = pq.read_table(folder / f"{name}.parquet").to_pylist()
    return told


def test_the_rows_are_those_of_the_listings_to_the_micro_dollar(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, MINED, TINY, SOLD, GIVEN, NEXT)
    lotwork("export", "parquet", "--out", tmp_path / "out", code=None)
    gains = read(tmp_path / "out", "gains")
    listed = [row for year in ("2025", "2026") for row in lotwork.rows("gains", "--year", year)]
    for name in ("proceeds_usd", "basis_usd", "gain_usd", "quantity"):
        assert [row[name] for row in gains] == [Decimal(row[name]) for row in listed]
    assert [row["sold"].isoformat() for row in gains] == [row["sold"] for row in listed]
    income = read(tmp_path / "out", "income")
    assert [row["value_usd"] for row in income] == [
        Decimal(row["value_usd"]) for row in lotwork.rows("income", "--year", "2025")
    ]
    assert [row["price_usd"] for row in income] == ["50000", "50000.123456789"]
    lots = read(tmp_path / "out", "lots")
    assert [row["basis_usd"] for row in lots] == [Decimal(row["basis_usd"]) for row in lotwork.rows("lots")]
    assert len(listed) == len(gains) == 2
    (gone,) = read(tmp_path / "out", "removals")
    assert (gone["quantity"], gone["disposition"]) == (Decimal("0.1"), "gift")


def test_the_events_are_those_of_the_json_lines(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    lotwork("export", "parquet", "--out", tmp_path / "out", code=None)
    told = read(tmp_path / "out", "events")
    assert [json.loads(row["json"]) for row in told] == [
        json.loads(line) for line in lotwork("export").out.splitlines()
    ]
    assert [row["position"] for row in told] == [1, 2, 3]
    assert [row["kind"] for row in told] == ["profile", "receipt", "sale"]


def test_no_column_is_a_float_and_a_file_without_rows_has_its_columns(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE)
    lotwork("export", "parquet", "--out", tmp_path / "out", code=None)
    files = sorted((tmp_path / "out").glob("*.parquet"))
    assert [path.stem for path in files] == ["events", "gains", "income", "lots", "removals"]
    for path in files:
        schema = pq.read_schema(path)
        assert len(schema) >= 5
        assert not any(pa.types.is_floating(field.type) for field in schema)
        money = [field.type for field in schema if field.name.endswith("_usd") and field.name != "price_usd"]
        assert set(money) <= {pa.decimal128(38, 6)}


def test_the_same_book_gives_the_same_bytes(lotwork: Caller, tmp_path: Path) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    for name in ("one", "two", "two"):
        lotwork("export", "parquet", "--out", tmp_path / name, code=None)
    one, two = ({each.name: each.read_bytes() for each in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two


def test_without_the_extra_it_says_how_to_install_it(
    lotwork: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lotwork.take(PROFILE)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    refused = lotwork("export", "parquet", "--out", tmp_path / "out", code=2)
    assert "pip install 'lotwork[parquet]'" in refused.err
    assert not (tmp_path / "out").exists()

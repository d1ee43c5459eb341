"""Coins that are not built in: an export that is known declares them, where the book does not know them yet."""

from __future__ import annotations

import json
from pathlib import Path

from tests.commands.calling import Caller
from tests.ingest.profiles.exports import table, written


def rewarded(path: Path, *coins: str) -> Path:
    """Write an export of Coinbase in which each of *coins* was a reward, and return where it is."""
    above, (header, *_) = table("coinbase.csv")
    rows = [
        [
            f"r{at}",
            "2026-01-06 01:02:03 UTC",
            "Staking Income",
            coin,
            "0.123456",
            "USD",
            "$2.00",
            "$0.25",
            "$0.25",
            "$0",
        ]
        for at, coin in enumerate(coins)
    ]
    path.write_text(written(above, [header, *([*row, *[""] * (len(header) - len(row))] for row in rows)]))
    return path


def decimals(lotwork: Caller) -> dict[str, int]:
    told = map(json.loads, lotwork("export").out.splitlines())
    return {event["asset"]: event["decimals"] for event in told if event["kind"] == "asset"}


def test_coins_that_houses_trade_need_no_declaration(lotwork: Caller, tmp_path: Path) -> None:
    assert "4 appended" in lotwork("import", rewarded(tmp_path / "one.csv", "SOL", "XMR")).out
    assert "0 appended, 2 known" in lotwork("import", tmp_path / "one.csv").out
    more = lotwork("import", rewarded(tmp_path / "more.csv", "SOL", "XMR", "GRT", "BTC")).out
    assert "3 appended, 2 known" in more
    assert decimals(lotwork) == {"SOL": 9, "XMR": 12, "GRT": 18}


def test_a_book_keeps_the_decimals_it_has(lotwork: Caller, tmp_path: Path) -> None:
    lotwork("add", "asset", "asset=SOL", "decimals=12", "at=2020-01-01T00:00:00Z")
    lotwork("import", rewarded(tmp_path / "one.csv", "SOL"))
    assert decimals(lotwork) == {"SOL": 12}


def test_one_that_nobody_knows_is_asked_for(lotwork: Caller, tmp_path: Path) -> None:
    assert "asset QQQ is not declared" in lotwork("import", rewarded(tmp_path / "one.csv", "SOL", "QQQ"), code=3).err
    assert not decimals(lotwork)


def test_two_files_of_one_command_declare_a_coin_once(lotwork: Caller, tmp_path: Path) -> None:
    other = rewarded(tmp_path / "two.csv", "BTC", "SOL")
    other.write_text(other.read_text().replace("01-06", "01-07").replace("r1,", "r7,").replace("r0,", "r8,"))
    lotwork("import", rewarded(tmp_path / "one.csv", "SOL"), other)
    assert decimals(lotwork) == {"SOL": 9}

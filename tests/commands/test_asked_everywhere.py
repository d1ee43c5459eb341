"""What is told twice is asked wherever findings are told, with its commands, and is acknowledged by its name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.commands.calling import Caller, codes
from tests.projections.house import receipt, transfer

FIRST, SECOND, THIRD, GAS = "5c" * 32, "7d" * 32, "9e" * 32, "1f" * 32
ME = {"kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "filing_status": "single", "time_zone": "UTC",
      "activity": "business", "jurisdiction": "us"}  # fmt: skip
LINES: list[dict[str, Any]] = [
    ME,
    receipt("funds", "2025-01-01", "5", "90000", wallet="hot"),
    receipt("ether", "2025-01-01", "5", "3000", wallet="hot", asset="ETH"),
    receipt("a", "2025-02-01", "0.01", "90000", source="pool", txid=FIRST),
    receipt("b", "2025-02-01", "0.01", "90000", source="pool", txid=FIRST),
    receipt("c", "2025-03-01", "0.02", "90000", source="node", txid=SECOND, vout=0),
    receipt("d", "2025-03-01", "0.02", "90000", source="node", txid=SECOND, vout=0),
    receipt("f", "2025-04-01", "0.03", "90000", source="pool"),
    receipt("g", "2025-04-01", "0.03", "90000", source="exchange", wallet="kraken"),
    receipt("h", "2025-05-01", "0.04", "90000", source="csv"),
    receipt("i", "2025-05-01", "0.04", "90000", source="csv", may_repeat="h"),
    transfer("t", "2025-06-01", "0.5", "hot", "cold", source="exchange", txid=THIRD),
    receipt("j", "2025-06-01", "0.4999", "90000", source="node", txid=THIRD, vout=0),
    {"kind": "price", "id": "p", "at": "2025-07-01T12:00:00Z", "asset": "ETH", "price_usd": "3000"},
    {"kind": "movement", "id": f"evm:1:0x{GAS}:gas", "at": "2025-07-01T12:00:00Z", "wallet": "hot", "asset": "ETH",
     "quantity": "0.001", "note": "gas", "txid": f"0x{GAS}", "source": "eth"},
    transfer("u", "2025-07-01", "0.5", "hot", "cold", asset="ETH", source="exchange", fee_quantity="0.001"),
]  # fmt: skip
ASKED = {
    "transaction_told_twice": "b",
    "output_told_twice": "d",
    "likely_twins": "g",
    "row_told_twice": "i",
    "twins_disagree": "j",
    "fee_told_twice": f"evm:1:0x{GAS}:gas",
}


@pytest.mark.parametrize("command", ["income", "gains", "expenses", "liability"])
def test_a_question_names_its_commands_wherever_it_is_told(lotwork: Caller, command: str) -> None:
    lotwork.take(*LINES)
    told = lotwork(command, "--year", "2025", code=1).err.splitlines()
    for code in ASKED:
        (line,) = (line for line in told if line.strip().startswith(f"{code}: "))
        assert "`lotwork add " in line


def test_each_question_is_acknowledged_by_its_name_and_stays_in_the_record(lotwork: Caller) -> None:
    lotwork.take(*LINES)
    problems = lotwork("file", "--year", "2025", "--json", code=3).result["problems"]
    assert {problem["key"]: problem["where"] for problem in problems} == ASKED
    names = [f"{code}:{event}" for code, event in ASKED.items()]
    words = [word for name in names for word in ("--acknowledge", name)]
    left = lotwork("file", "--year", "2025", *words[:-2], "--json", code=3).result["problems"]
    assert [problem["key"] for problem in left] == ["fee_told_twice"]
    filed = lotwork("file", "--year", "2025", *words, "--json").result
    assert sorted(filed["acknowledged"]) == sorted(names)
    (recorded,) = (line for line in map(json.loads, lotwork("export").out.splitlines()) if line["kind"] == "filing")
    assert sorted(recorded["acknowledged"]) == sorted(names)


def test_a_code_alone_acknowledges_every_question_of_its_kind(lotwork: Caller) -> None:
    lotwork.take(*LINES)
    words = [word for code in ASKED for word in ("--acknowledge", code)]
    filed = lotwork("file", "--year", "2025", *words, "--json").result
    assert {name.partition(":")[0] for name in filed["acknowledged"]} == ASKED.keys()
    assert codes(lotwork("income", "--year", "2025", "--json", code=1).result["findings"]) == ASKED.keys()

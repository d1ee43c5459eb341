"""The files for Drake, TaxAct and TurboTax changed with the manifest made anew: each row is made from Form 8949."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.packet import accountant
from tests.packet.conftest import call
from tests.packet.test_packet import read, words_of, write
from tests.packet.test_years import JOINT, facts
from tests.projections.house import receipt, sale

Members = dict[str, bytes]
NAMES = ("drake", "taxact", "turbotax")
AT = {"at": "2020-01-01T00:00:00Z", "kind": "wallet"}
BOUGHT = {"kind": "purchase", "wallet": "kraken", "asset": "BTC", "quantity": "1", "cost_usd": "1000.01"}
TOLD = {"kind": "broker_report", "id": "line", "at": "2025-03-01T12:00:00Z", "wallet": "kraken", "asset": "BTC",
        "quantity": "2", "proceeds_usd": "3000.01", "sold": "2025-03-01"}  # fmt: skip
COUPLE: list[dict[str, Any]] = [
    JOINT, facts(2025), {**AT, "id": "w", "wallet": "hers", "owner": "spouse"},
    receipt("r1", "2024-03-01", "1", "30000.01", wallet="hers"), receipt("r2", "2025-03-01", "1", "80000.77"),
    sale("s1", "2025-06-01", "0.3", "27000.333333", wallet="hers"), sale("s2", "2025-06-02", "0.3", "27000.666667"),
    sale("s3", "2025-06-02", "0.1", "8999.005", wallet="hers", fee_usd="0.01"),
]  # fmt: skip
BROKERS: list[dict[str, Any]] = [
    {**JOINT, "filing_status": "single"}, facts(2025), {**AT, "id": "w", "wallet": "kraken", "custody": "broker"},
    {**BOUGHT, "id": "b1", "at": "2025-01-11T12:00:00Z"}, {**BOUGHT, "id": "b2", "at": "2025-01-12T12:00:00Z"},
    sale("g", "2025-03-01", "2", "3000.01", wallet="kraken"), TOLD, receipt("r", "2024-01-10", "1", "40000.01"),
    sale("s", "2025-06-01", "0.33333333", "33333.33", fee_usd="3.33"),
]  # fmt: skip


def packed(folder: Path, told: list[dict[str, Any]]) -> Path:
    book, file = folder / "book.jsonl", folder / "packet.zip"
    book.write_text("".join(f"{json.dumps(line)}\n" for line in told), encoding="utf-8")
    assert call(folder / "home", "import", book) in (0, 1)
    assert call(folder / "home", "packet", "build", "--year", "2025", "--out", file) in (0, 1)
    assert words_of(file) == []
    return file


def member_of(members: Members, name: str) -> str:
    return next(each for each in members if each.startswith(f"forms/{name}"))


def found(members: Members, name: str, content: bytes, file: Path) -> bool:
    assert content != members[name]
    wrong = words_of(write(file, accountant.with_manifest({**members, name: content})))
    where = name.replace("-DRAFT", "")
    return any(words.startswith(where) for words in wrong)


def spoiled(content: bytes) -> list[bytes]:
    """Return the file with each digit of some rows changed in turn, and with rows lost, told twice or under others."""
    head, *rows = content.splitlines(keepends=True)
    some = rows[:2] + rows[-1:]
    made = [
        content.replace(row, row[:place] + (b"1" if byte == 57 else bytes([byte + 1])) + row[place + 1 :], 1)
        for row in some for place, byte in enumerate(row) if 48 <= byte <= 57 and place % 7 == len(row) % 7
    ]  # fmt: skip
    return [*made, head + b"".join(rows[1:]), content + rows[0], head.replace(b"a", b"A", 1) + b"".join(rows)]


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_row_of_a_preparers_file_is_found(packet: Path, tmp_path: Path, name: str) -> None:
    members = read(packet)
    member = member_of(members, name)
    for content in spoiled(members[member]):
        assert found(members, member, content, tmp_path / "x.zip"), content


@pytest.mark.parametrize("told", [COUPLE, BROKERS], ids=["a couple", "a broker's form"])
def test_a_changed_row_is_found_of_two_owners_and_where_a_broker_told(tmp_path: Path, told: list[Any]) -> None:
    members = read(packed(tmp_path, told))
    for name in (*NAMES, *(["taxact-spouse"] if told is COUPLE else [])):
        member = member_of(members, name)
        for content in spoiled(members[member])[::2]:
            assert found(members, member, content, tmp_path / "x.zip"), (name, content)
    if told is COUPLE:
        drake, lots = member_of(members, "drake"), member_of(members, "lots")
        assert found(members, drake, members[drake].replace(b"\r\nS,", b"\r\nT,", 1), tmp_path / "x.zip")
        assert found(members, lots, members[lots].replace(b",spouse,", b",taxpayer,", 1), tmp_path / "x.zip")
        left = {name: content for name, content in members.items() if "taxact-spouse" not in name}
        manifest = json.loads(left["manifest.json"])
        manifest["members"] = [each for each in manifest["members"] if each["name"] in left]
        left["manifest.json"] = json.dumps(manifest).encode()
        assert words_of(write(tmp_path / "x.zip", left)) == [
            "forms/taxact-spouse.csv, number of rows: is 0, and Form 8949 makes 2"
        ]
    else:
        assert b"VARIOUS" in members[member_of(members, "drake")]
        assert members[member_of(members, "turbotax")].count(b"\r\n") == 4, "two lots of the broker's row, and one"

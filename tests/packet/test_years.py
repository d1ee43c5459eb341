"""Packets of whole returns of every sort: a farm, a hobby, joint filers, losses, carryovers, staking, a fork."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lotwork.packet.checks.main import verify_place
from tests.golden.returns import folders, year_of
from tests.packet.conftest import call
from tests.projections.house import receipt, sale

EVENTS = "events.jsonl"
JOINT = {"kind": "profile", "id": "me", "at": "2023-01-01T00:00:00Z", "filing_status": "mfj",
         "activity": "business", "time_zone": "America/New_York"}  # fmt: skip
HOBBY = {**JOINT, "filing_status": "single", "activity": "hobby"}
FACTS = {"kind": "year_facts", "at": "2023-01-01T00:00:00Z", "wages_usd": "50000", "prior_year_tax_usd": "0",
         "prior_year_agi_usd": "1000", "prior_year_months": 12}  # fmt: skip


def facts(year: int, **more: Any) -> dict[str, Any]:
    return {**FACTS, "id": f"facts-{year}", "at": f"{year}-01-01T00:00:00Z", "year": year, **more}


def of_kind(name: str, day: str, income: str, value: str, asset: str = "BTC") -> dict[str, Any]:
    told = {"kind": "receipt", "id": name, "at": f"{day}T12:00:00Z", "wallet": "cold", "asset": asset, "income": income}
    return {**told, "quantity": "1", "value_usd": value}


COINS = [receipt("r1", "2023-02-01", "1", "30000"), receipt("r2", "2024-02-01", "1", "60000"),
         receipt("r3", "2025-02-01", "1", "90000"), receipt("r4", "2026-02-01", "0.1", "90000")]  # fmt: skip
LOSSES = [sale("s1", "2023-06-01", "0.5", "7000"), sale("s2", "2024-06-01", "0.2", "4000"),
          sale("s3", "2025-06-01", "0.5", "5000"), sale("s4", "2026-06-01", "0.2", "30000")]  # fmt: skip
OTHERS = [of_kind("stake", "2024-03-01", "staking", "812.345678"), of_kind("stake5", "2025-03-01", "staking", "0.01"),
          of_kind("fork", "2023-03-01", "fork", "1234.56"), of_kind("drop", "2025-04-01", "airdrop", "77.77"),
          of_kind("fork6", "2026-03-01", "fork", "10.005")]  # fmt: skip
YEARS = [facts(year) for year in (2023, 2024, 2025, 2026)]
EVERY_KIND = ("block_reward", "transaction_fee", "pool_payout", "bonus", "referral", "staking", "other", "hosting",
              "fork", "airdrop")  # fmt: skip
KINDS = [
    of_kind(f"{kind}-{year}", f"{year}-05-1{place}", kind, f"{100 + place}.{place}1")
    for year in (2023, 2025, 2026) for place, kind in enumerate(EVERY_KIND)
]  # fmt: skip
EARNED = [
    {"kind": "business_income", "id": f"earned-{year}", "at": f"{year}-05-05T12:00:00Z", "amount_usd": "500.55",
     "category": category}
    for year, category in ((2023, "hosting"), (2025, "hosting"), (2026, "refund"))
]  # fmt: skip
BUSINESS_FROM = {**JOINT, "id": "me2", "at": "2025-06-01T00:00:00Z", "filing_status": "single"}
BOOKS: dict[str, list[dict[str, Any]]] = {
    "joint": [JOINT, *YEARS, *COINS, *LOSSES, *OTHERS],
    "hobby": [HOBBY, *YEARS, *COINS, *LOSSES, *OTHERS],
    "apart": [{**JOINT, "filing_status": "mfs"}, *YEARS, *COINS, *LOSSES],
    "every kind": [JOINT, *YEARS, *KINDS, *EARNED, *COINS],
    "a hobby's dollars": [HOBBY, *YEARS, *KINDS, *EARNED],
    "a hobby that grew": [HOBBY, BUSINESS_FROM, *YEARS, *KINDS, *EARNED, *COINS, *LOSSES],
    "other income": [JOINT, *[facts(year, other_ordinary_income_usd="1234.5") for year in (2023, 2025, 2026)], *COINS],
    "without a sale": [HOBBY, *YEARS, *COINS],
}


def wrong(folder: Path, lines: str, year: int) -> list[str]:
    """Return what does not hold in the packet of the book of *lines*."""
    book, file = folder / "book.jsonl", folder / f"{year}.zip"
    book.write_text(lines, encoding="utf-8")
    if not (folder / "home").exists():
        assert call(folder / "home", "import", book) in (0, 1)
    assert call(folder / "home", "packet", "build", "--year", str(year), "--out", file) in (0, 1)
    return [words for kind, words in verify_place(str(file), None).lines if kind == "WRONG"]


PAST = [folder for folder in folders() if year_of(folder) < 2026]
"""Those whose every event has happened whenever this runs."""


@pytest.mark.parametrize("folder", PAST, ids=lambda folder: folder.name)
def test_the_packet_of_a_whole_return_holds(folder: Path, tmp_path: Path) -> None:
    assert wrong(tmp_path, (folder / EVENTS).read_text(encoding="utf-8"), year_of(folder)) == []


@pytest.mark.parametrize("name", BOOKS)
def test_the_packets_of_all_years_of_a_filer_hold(name: str, tmp_path: Path) -> None:
    lines = "".join(f"{json.dumps(line)}\n" for line in BOOKS[name])
    assert {year: wrong(tmp_path, lines, year) for year in (2023, 2024, 2025, 2026)} == {
        2023: [], 2024: [], 2025: [], 2026: []
    }  # fmt: skip

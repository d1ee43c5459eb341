"""Gross income of a year with dollars beside coins: wherever it comes from it is re-done, and a changed line found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.packet import accountant
from tests.packet.conftest import call
from tests.packet.test_lines import moved, with_liability
from tests.packet.test_packet import read, words_of, write
from tests.packet.test_years import FACTS, HOBBY, JOINT, of_kind

WALLET = {"kind": "wallet", "at": "2024-01-01T00:00:00Z"}
PAYOUT = {"kind": "receipt", "at": "2025-02-01T12:00:00Z", "wallet": "cold", "asset": "BTC", "income": "pool_payout"}
TOLD: list[dict[str, Any]] = [
    {**FACTS, "id": "facts", "year": 2025, "other_ordinary_income_usd": "1234.50"},
    {**FACTS, "id": "facts2", "year": 2025, "other_ordinary_income_usd": "1200.25"},
    {**WALLET, "id": "w1", "wallet": "hers", "owner": "spouse"},
    {**WALLET, "id": "w2", "wallet": "stakes", "trade": "yes"},
    {**PAYOUT, "id": "fee", "quantity": "0.5", "price_usd": "90000.33", "pool_fee_quantity": "0.01", "pool": "ocean"},
    {**PAYOUT, "id": "gross", "quantity": "0.3", "price_usd": "90000.33", "gross_quantity": "0.31", "pool": "ocean"},
    {**PAYOUT, "id": "spouse", "wallet": "hers", "quantity": "0.1", "value_usd": "9000.004", "trade": "yes"},
    {**of_kind("staked", "2025-03-01", "staking", "100.01"), "wallet": "stakes"},
    of_kind("lent", "2025-03-02", "staking", "200.02"),
    of_kind("fork", "2025-03-03", "fork", "300.03"),
    *({"kind": "business_income", "id": each, "at": "2025-05-05T12:00:00Z", "amount_usd": amount, "category": each}
      for each, amount in (("hosting", "500.55"), ("refund", "40.04"), ("services", "7"))),
]  # fmt: skip
FILERS = {
    "a couple's trade, gross of fees": ({**JOINT, "pool_fees": "gross"}, ("C 1", "C 6", "1 8v", "1 8z")),
    "one's own trade, net of fees": ({**JOINT, "filing_status": "single"}, ("C 1", "C 6", "1 8v", "1 8z")),
    "a hobby, gross of fees": ({**HOBBY, "pool_fees": "gross"}, ("1 8v", "1 8j", "1 8z")),
}


@pytest.mark.parametrize("name", FILERS)
def test_gross_income_in_dollars_and_coins_is_redone(tmp_path: Path, name: str) -> None:
    profile, lines = FILERS[name]
    book, file = tmp_path / "book.jsonl", tmp_path / "packet.zip"
    book.write_text("".join(f"{json.dumps(line)}\n" for line in (profile, *TOLD)), encoding="utf-8")
    assert call(tmp_path / "home", "import", book) in (0, 1)
    assert call(tmp_path / "home", "packet", "build", "--year", "2025", "--out", file) in (0, 1)
    assert words_of(file) == []
    members = read(file)
    assert words_of(write(tmp_path / "same.zip", accountant.with_manifest(members))) == []
    for line in lines:
        form, number = f"Schedule {line[0]}", line[2:]
        for by in (-7, 5, 100_000):
            made = with_liability(members, moved(form, number, by))
            wrong = words_of(write(tmp_path / "x.zip", made))
            assert any(f"{form}, line {number}: is " in words for words in wrong), (line, by, wrong)

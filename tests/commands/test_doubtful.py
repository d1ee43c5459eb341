"""What may be no income is in no figure and stops `file`, until an event says what it is; an old log keeps its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from lotwork.ledger.storage import rows
from tests.commands.calling import Caller
from tests.commands.test_filing import PROFILE, clock, filed, open_codes, refused

__all__ = ["clock"]

TXID = "0x" + "4e" * 32
LINES: tuple[Mapping[str, Any], ...] = (
    PROFILE,
    {"kind": "asset", "id": "as", "at": "2025-01-01T00:00:00Z", "asset": "USDX", "decimals": 6},
    {"kind": "receipt", "id": "mined", "at": "2025-02-05T12:00:00Z", "wallet": "vault", "asset": "ETH",
     "quantity": "1", "income": "pool_payout", "price_usd": "3000"},
    {"kind": "movement", "id": "out", "at": "2025-03-05T12:00:00Z", "wallet": "vault", "asset": "ETH",
     "quantity": "0.5", "txid": TXID, "source": "eth"},
    {"kind": "receipt", "id": "in", "at": "2025-03-05T12:00:00Z", "wallet": "vault", "asset": "USDX",
     "quantity": "1500", "income": "pool_payout", "price_usd": "1", "txid": TXID, "source": "eth"},
    {"kind": "correction", "id": "c", "at": "2025-03-06T12:00:00Z", "target": "out", "reason": "sold at a DEX",
     "set": {"kind": "sale", "proceeds_usd": "1500", "disposition": "swapped"}},
)  # fmt: skip


def receipts(lotwork: Caller) -> str:
    owed = lotwork("liability", "--year", "2025", "--json", code=None).result
    assert "inflow_doubtful" in {finding["code"] for finding in owed["findings"]}
    return str(owed["summary"]["gross_receipts_usd"])


def test_what_a_swap_brings_in_is_no_receipt_and_the_return_waits_for_a_word(lotwork: Caller) -> None:
    """26 U.S.C. 1001: the 1,500 are the proceeds of the sale, and taxed there."""
    lotwork.take(*LINES)
    assert receipts(lotwork) == "3000.00"
    income = lotwork("income", "--year", "2025", "--json", code=1).result
    assert (income["doubtful"], income["totals"]["value_usd"]) == (["in"], "3000.000000")
    assert open_codes(refused(lotwork)) == {("inflow_doubtful", "in")}
    quarters = lotwork("quarterly", "--year", "2025", "--as-of", "2025-12-31", "--json", code=1).result
    assert "inflow_doubtful" in {finding["code"] for finding in quarters["findings"]}
    bought = '{"kind": "purchase", "cost_usd": "1500.000000"}'
    lotwork("add", "correction", "target=in", f"set={bought}", "reason=the other side of a swap")
    assert filed(lotwork)["summary"]["gross_receipts_usd"] == "3000.00"


def test_a_doubt_is_acknowledged_by_name_and_then_it_is_not_counted(lotwork: Caller) -> None:
    lotwork.take(*LINES)
    told = filed(lotwork, "--acknowledge", "inflow_doubtful:in")
    assert (told["acknowledged"], told["summary"]["gross_receipts_usd"]) == (["inflow_doubtful:in"], "3000.00")


def test_a_log_that_a_former_release_wrote_keeps_its_figure_and_is_told(
    lotwork: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as former:
        former.setattr(rows, "SCHEMA_VERSION", 1)
        lotwork.take(*LINES)
    assert receipts(lotwork) == "4500.00"
    assert open_codes(refused(lotwork)) == {("inflow_doubtful", "in")}
    lotwork.take({**LINES[4], "id": "again"}, code=0)
    assert receipts(lotwork) == "4500.00"

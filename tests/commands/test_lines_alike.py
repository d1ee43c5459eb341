"""Lines of JSON that say the same: an id that is made of the content tells them apart by a note.

26 U.S.C. 61: what came in once is income once; 1001: what was sold once is sold once.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.commands.calling import Caller, codes

PAID: dict[str, Any] = {"kind": "receipt", "at": "2025-02-01T12:00:00Z", "wallet": "cold", "asset": "BTC",
                        "quantity": "0.1", "income": "pool_payout", "price_usd": "100000"}  # fmt: skip
SOLD: dict[str, Any] = {"kind": "sale", "at": "2025-03-01T12:00:00Z", "wallet": "cold", "asset": "BTC",
                        "quantity": "0.01", "proceeds_usd": "1000"}  # fmt: skip
BILL: dict[str, Any] = {"kind": "expense", "at": "2025-03-01T12:00:00Z", "category": "rent", "amount_usd": "500"}
SPELLINGS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (PAID, {"note": "January"}),
    (PAID, {"at": "2025-02-01T12:00:30Z"}),
    (PAID, {"at": "2025-02-01T07:01:00-05:00", "quantity": "0.10"}),
    (PAID, {"price_usd": "100100"}),
    (PAID, {"id": "mine", "note": "by hand"}),
    (SOLD, {"note": "again"}),
    (SOLD, {"fee_usd": "1"}),
    (SOLD, {"fee_usd": "2", "id": "fill-7"}),
    (BILL, {"note": "the cellar"}),
    (BILL, {"at": "2025-03-01T13:00:00+01:00", "business_share": "0.5"}),
    (BILL, {"owner": "spouse"}),
]
SPELLINGS += [
    (PAID | {"source": "ocean"}, {"note": "January"}),
    (PAID | {"source": "ocean"}, {"price_usd": None, "value_usd": "10000"}),
    (SOLD | {"source": "kraken"}, {"fee_usd": "1"}),
    (BILL | {"source": "bank"}, {"note": "the cellar"}),
]
APART = [
    (PAID | {"source": "ocean"}, {"at": "2025-02-01T12:00:01Z"}),
    (PAID | {"source": "ocean", "id": "one"}, {"id": "two"}),
    (PAID | {"source": "ocean", "note": "first worker"}, {"note": "second worker"}),
    (PAID | {"note": "first worker"}, {"note": "second worker"}),
    (PAID | {"id": "one"}, {"id": "two"}),
    (PAID, {"at": "2025-02-01T12:02:00Z"}),
    (PAID, {"quantity": "0.2"}),
    (PAID, {"asset": "LTC"}),
    (PAID | {"txid": "ab" * 32}, {"txid": "cd" * 32}),
    (PAID | {"pool": "one"}, {"pool": "two"}),
    (SOLD, {"at": "2025-03-01T12:00:01Z"}),
    (SOLD, {"proceeds_usd": "1001"}),
    (BILL, {"category": "internet"}),
    (BILL | {"note": "first"}, {"note": "second"}),
]


def asked(lotwork: Caller) -> list[str]:
    told = lotwork("liability", "--year", "2025", "--json", code=None).result["findings"]
    return [code for code in codes(told) if code in ("likely_twins", "row_told_twice")]


@pytest.mark.parametrize(("line", "other"), SPELLINGS)
def test_a_line_that_says_what_another_says_is_asked_about(
    lotwork: Caller, line: dict[str, Any], other: dict[str, Any]
) -> None:
    lotwork.take(PAID | {"id": "funds", "quantity": "3", "at": "2025-01-01T12:00:00Z"}, line)
    assert asked(lotwork) == []
    lotwork.take({key: value for key, value in (line | other).items() if value is not None})
    assert len(asked(lotwork)) == 1
    lotwork.take(line)  # known
    (finding,) = (
        each
        for each in lotwork("income", "--year", "2025", "--json", code=1).result["findings"]
        if each["code"] in ("likely_twins", "row_told_twice")
    )
    lotwork("add", "correction", f"target={finding['event']}", 'set={"may_repeat": "none"}', "reason=two")
    assert asked(lotwork) == []


@pytest.mark.parametrize(("line", "other"), APART)
def test_lines_that_are_told_apart_are_not(lotwork: Caller, line: dict[str, Any], other: dict[str, Any]) -> None:
    lotwork.take(PAID | {"id": "funds", "quantity": "3", "at": "2025-01-01T12:00:00Z"}, line)
    lotwork.take({key: value for key, value in (line | other).items() if value is not None})
    assert asked(lotwork) == []

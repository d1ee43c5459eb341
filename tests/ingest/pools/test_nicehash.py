"""NiceHash: signed over every part of the question, the amount gross, the fee beside it."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from tests.ingest.pools.cases import CASES
from tests.ingest.pools.kit import KEY, world

(CASE,) = (case for case in CASES if case.name == "nicehash")


def test_a_question_is_signed_part_by_part(tmp_path: Path) -> None:
    with world("nicehash", CASE.settings, CASE.samples, tmp_path) as pool:
        pool.look()
        (asked,) = pool.server.asked
    told = asked.headers
    query = f"size={asked.params['size']}&page={asked.params['page']}"
    parts = [KEY, told["x-time"], told["x-nonce"], "", "miner", "", "GET", asked.path, query]
    signature = hmac.new(KEY.encode(), "\x00".join(parts).encode(), hashlib.sha256).hexdigest()
    assert told["x-auth"] == f"{KEY}:{signature}"
    assert told["x-organization-id"] == "miner"


def test_a_payout_is_net_with_gross_and_fee(tmp_path: Path) -> None:
    with world("nicehash", CASE.settings, CASE.samples, tmp_path) as pool:
        pool.look()
        (row,) = pool.told()
    assert (row["quantity"], row["gross_quantity"], row["pool_fee_quantity"], row["wallet"]) == (
        "0.00020510",
        "0.00020929",
        "0.00000419",
        "nicehash",
    )

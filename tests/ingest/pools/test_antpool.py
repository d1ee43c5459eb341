"""AntPool: each question is signed over user, key and nonce; the parts of a day are summed, whatever the scheme."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from tests.ingest.pools.cases import CASES
from tests.ingest.pools.kit import KEY, world

(CASE,) = (case for case in CASES if case.name == "antpool")


def test_each_form_is_signed(tmp_path: Path) -> None:
    with world("antpool", CASE.settings, CASE.samples, tmp_path) as pool:
        pool.look()
        for asked in pool.server.asked:
            words = f"miner{asked.form['key']}{asked.form['nonce']}".encode()
            assert asked.form["signature"] == hmac.new(KEY.encode(), words, hashlib.sha256).hexdigest().upper()
            assert (asked.form["coin"], asked.form["userId"]) == ("BTC", "miner")
        assert [asked.form["type"] for asked in pool.server.asked] == ["recv", "payout"]


def test_a_day_is_the_sum_of_its_schemes(tmp_path: Path) -> None:
    with world("antpool", CASE.settings, CASE.samples, tmp_path, on_credit=True) as pool:
        pool.look()
        credit = next(event for event in pool.holding() if getattr(event, "wallet", "") == "antpool")
    assert (getattr(credit, "quantity", 0), credit.note) == (42_310, "by fppsBlock, fppsFee")

"""Plans of two who mine, as a person reads them: each names whose the figures are, and none needs a person for it."""

from __future__ import annotations

from typing import Any

from tests.commands.calling import Caller
from tests.projections.house import receipt

ME: dict[str, Any] = {
    "kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "filing_status": "mfj", "activity": "business",
    "time_zone": "UTC", "jurisdiction": "us",
}  # fmt: skip
HERS = {"kind": "wallet", "id": "w", "at": "2024-01-01T00:00:00Z", "wallet": "hers", "owner": "spouse"}
MINE = receipt("mine", "2025-02-01", "1", "90000")
HER_COIN = receipt("hers", "2025-03-01", "1", "60000", wallet="hers")


def test_the_plans_of_two_who_mine_say_whose_they_are(lotwork: Caller) -> None:
    """26 U.S.C. 1402(b): 60,000 x 92.35 x 15.3 percent are the spouse's, whatever the taxpayer's business becomes."""
    lotwork.take(ME, HERS, MINE, HER_COIN)
    told = lotwork("plan", "structure", "--year", "2025", "--salary", "40000", "--json").result
    assert {row["structure"]: row["se_tax_usd"] for row in told["rows"]} == {
        "hobby": "8477.73", "sole_proprietor": "21194.33", "s_corporation": "8477.73",
        "c_corporation": "8477.73",
    }  # fmt: skip
    assert told["findings"] == []
    hers = lotwork("plan", "activity", "--year", "2025", "--owner", "spouse", "--json", code=1).result
    assert (hers["owner"], hers["years"][-1]["profit_usd"]) == ("spouse", "60000.00")
    assert "Business or hobby of the spouse, 2025" in lotwork("plan", "activity", "--year", "2025", "--owner", "spouse",
                                                              code=1).out  # fmt: skip
    shown = lotwork("plan", "year-end", "--as-of", "2025-11-20").out
    assert "The next dollar of the spouse's profit costs" in shown
    aside = lotwork("plan", "set-aside", "--as-of", "2025-11-20", code=1).out
    assert "Of what the spouse receives:" in aside


def test_the_plans_of_one_name_nobody(lotwork: Caller) -> None:
    lotwork.take(ME, MINE)
    assert lotwork("plan", "activity", "--year", "2025", "--json", code=1).result["owner"] is None
    assert "spouse" not in lotwork("plan", "year-end", "--as-of", "2025-11-20").out

"""Business or hobby on the command line: all that is recorded, and no verdict."""

from __future__ import annotations

from tests.commands.calling import Caller, codes
from tests.commands.plan.mining import mined


def test_business_or_hobby_is_laid_out_without_a_verdict(lotwork: Caller) -> None:
    lotwork.take(*mined())
    told = lotwork("plan", "activity", "--year", "2026", "--json", code=1).result
    assert told["schema"] == "lotwork.plan_activity.v1"
    assert told["verdict"] is None
    assert len(told["factors"]) == 9
    assert codes(told["findings"]) == {"activity_evidence_missing", "activity_years_unknown"}
    table = lotwork("plan", "activity", "--year", "2026", code=1).out
    assert "The presumption of 26 U.S.C. 183(d) cannot be told: 2 years with a profit of 3 needed" in table

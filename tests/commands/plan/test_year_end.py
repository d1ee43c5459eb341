"""The end of a year on the command line: a rig now or in January."""

from __future__ import annotations

from tests.commands.calling import Caller
from tests.commands.plan.mining import mined


def test_a_rig_at_the_end_of_the_year_is_planned(lotwork: Caller) -> None:
    lotwork.take(*mined())
    told = lotwork("plan", "year-end", "--as-of", "2026-11-20", "--rig", "6000", "--json", code=None).result
    assert told["schema"] == "lotwork.plan_year_end.v1"
    assert [(row["when"], row["method"]) for row in told["rows"]] == [
        (when, method) for when in ("now", "january") for method in ("section_179", "bonus", "macrs")
    ]
    assert told["assumptions"]["estimate"] is True
    assert "us/ordinary/standard_deduction" in told["assumptions"]["figures_not_out"]
    table = lotwork("plan", "year-end", "--as-of", "2026-11-20", "--rig", "6000", code=None).out
    assert "Deducted on the rig, year by year" in table
    assert "Treas. Reg. 1.451-2(a)" in table
    assert "give its cost with --rig" in lotwork("plan", "year-end", "--acquired", "2026-01-01", code=2).err

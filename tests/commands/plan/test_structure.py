"""Structures planned on the command line: a salary or a sweep, and a year without law."""

from __future__ import annotations

from tests.commands.calling import Caller
from tests.commands.plan.mining import mined
from tests.projections.house import receipt


def test_a_structure_is_planned_with_a_salary_or_a_sweep(lotwork: Caller) -> None:
    lotwork.take(*mined(), receipt("more", "2026-02-01", "1", "60000"))
    told = lotwork(
        "plan", "structure", "--year", "2026", "--salary", "50000", "--payroll-cost", "1500", "--json"
    ).result
    assert told["schema"] == "lotwork.plan_structure.v1"
    assert [row["structure"] for row in told["rows"]] == ["hobby", "sole_proprietor", "s_corporation"]
    tax = lotwork("liability", "--year", "2026", "--json").result["summary"]["total"]
    assert told["rows"][1]["total_tax_usd"] == tax
    assert "state income tax" in told["not_covered"]
    table = lotwork("plan", "structure", "--year", "2026").out
    assert "Watson v. United States" in table
    assert "With a salary of 50 percent of it, the corporation keeps more from" in table
    assert "Payroll and Form 1120-S are taken to cost nothing" in table
    cost = lotwork("plan", "structure", "--year", "2026", "--salary", "50000", "--payroll-cost", "1500").out
    assert "taken to cost nothing" not in cost


def test_a_structure_of_a_year_without_law_is_refused(lotwork: Caller) -> None:
    lotwork.take(*mined())
    assert "2031" in lotwork("plan", "structure", "--year", "2031", code=3).err

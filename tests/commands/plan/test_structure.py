"""Structures planned on the command line: a salary or a sweep, and a year without law."""

from __future__ import annotations

import pytest

from tests.commands.calling import Caller
from tests.commands.plan.mining import mined
from tests.projections.house import receipt


def test_a_structure_is_planned_with_a_salary_or_a_sweep(lotwork: Caller) -> None:
    lotwork.take(*mined(), receipt("more", "2026-02-01", "1", "60000"))
    told = lotwork(
        "plan", "structure", "--year", "2026", "--salary", "50000", "--payroll-cost", "1500", "--json"
    ).result
    assert told["schema"] == "lotwork.plan_structure.v1"
    assert [row["structure"] for row in told["rows"]] == [
        "hobby", "sole_proprietor", "s_corporation", "c_corporation", "c_corporation",
    ]  # fmt: skip
    tax = lotwork("liability", "--year", "2026", "--json").result["summary"]["total"]
    assert told["rows"][1]["total_tax_usd"] == tax
    assert "state income tax" in told["not_covered"]
    table = lotwork("plan", "structure", "--year", "2026").out
    assert "Watson v. United States" in table
    assert "With a salary of 50 percent of it, the S corporation keeps more from" in table
    assert "Payroll and a corporation's returns are taken to cost nothing" in table
    cost = lotwork("plan", "structure", "--year", "2026", "--salary", "50000", "--payroll-cost", "1500").out
    assert "taken to cost nothing" not in cost


def test_what_a_corporation_pays_out_is_an_option(lotwork: Caller) -> None:
    lotwork.take(*mined(), receipt("more", "2026-02-01", "1", "60000"))
    asked = ("plan", "structure", "--year", "2026", "--json")
    told = lotwork(*asked).result
    none, everything = told["rows"][-2:]
    assert (none["dividend_usd"], everything["retained_usd"]) == ("0.00", "0.00")
    assert none["retained_usd"] == everything["dividend_usd"] != "0.00"
    assert [row["due"] for row in told["c_corporation"]["estimated"]] == [
        "2026-04-15", "2026-06-15", "2026-09-15", "2026-12-15",
    ]  # fmt: skip
    part = lotwork(*asked, "--paid-out", "40%", "--prior-tax", "1000").result
    assert [row["structure"] for row in part["rows"]].count("c_corporation") == 1
    assert abs(float(part["rows"][-1]["dividend_usd"]) - 0.4 * float(everything["dividend_usd"])) < 0.01
    assert {row["required_usd"] for row in part["c_corporation"]["estimated"]} == {"250.00"}
    table = lotwork(*asked[:-1], "--wide", "--paid-out", "0.4", "--prior-tax", "1000", "--large").out
    assert "Dividend" in table
    assert "Its estimated tax: 250.00 by 2026-04-15, " in table
    assert "accumulated earnings, 26 U.S.C. 531-537" in " ".join(table.split())


@pytest.mark.parametrize("share", ["1.5", "-0.1", "140%", "half", "4e-1", "0,4"])
def test_a_share_beyond_the_whole_is_refused(lotwork: Caller, share: str) -> None:
    assert "--paid-out" in lotwork("plan", "structure", "--year", "2026", "--paid-out", share, code=2).err


def test_a_structure_of_a_year_without_law_is_refused(lotwork: Caller) -> None:
    lotwork.take(*mined())
    assert "2031" in lotwork("plan", "structure", "--year", "2031", code=3).err

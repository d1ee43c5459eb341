"""The last lines of Form 1040 as it is filed: refund, what is applied to the next year, what is owed, the penalty."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.commands.calling import Caller, codes
from tests.projections.house import receipt

PROFILE = {
    "kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z", "filing_status": "single", "activity": "business",
}  # fmt: skip
MINED = receipt("mined", "2025-03-01", "1", "50000")
ASKED = ("liability", "--year", "2025", "--tax-table", "--json")
LAST = ("24", "33", "34", "35a", "36", "37", "38")


def facts(**keys: Any) -> dict[str, Any]:
    known = {"prior_year_tax_usd": "6000", "prior_year_agi_usd": "150000"}
    return {"kind": "year_facts", "id": "f", "at": "2025-01-01T00:00:00Z", "year": 2025} | known | keys


def payment(day: str, usd: str) -> dict[str, Any]:
    return {"kind": "payment", "id": f"paid {day}", "at": f"{day}T12:00:00Z", "year": 2025, "amount_usd": usd}


def lines(told: dict[str, Any]) -> dict[str, Decimal]:
    return {
        each["line"]: Decimal(each["amount_usd"])
        for each in told["lines"]
        if each["form"] == "Form 1040" and each["line"] in LAST
    }


def test_the_penalty_is_added_to_what_is_owed(lotwork: Caller) -> None:
    """Form 1040 instructions, line 38; 1,500 a quarter and nothing paid are 279.33: see test_quarterly."""
    lotwork.take(PROFILE, MINED, facts())
    told = lotwork(*ASKED).result
    last = lines(told)
    assert last["38"] == Decimal("279.33")
    assert last["37"] == last["24"] + last["38"]
    assert [last["34"], last["35a"], last["36"]] == [0, 0, 0]
    assert Decimal(told["summary"]["balance_due_usd"]) == last["24"], "the tax itself, as before"
    for command in (ASKED[:-1], ("file", "--year", "2025", "--dry-run")):
        said = lotwork(*command).out
        assert f"balance due {last['24']:,}, with the penalty of 279.33 (line 38): {last['37']:,}" in said


def test_it_is_taken_from_an_overpayment_and_the_rest_comes_back_or_goes_on(lotwork: Caller) -> None:
    """6,000 paid in January ends the interest of three installments on that day; the fourth is on time."""
    lotwork.take(PROFILE, MINED, facts(applied_to_next_year_usd="100"), payment("2026-01-15", "11000"))
    last = lines(lotwork(*ASKED).result)
    assert last["38"] > 100
    assert last["34"] == last["33"] - last["24"] - last["38"] > 100
    assert [last["36"], last["35a"], last["37"]] == [100, last["34"] - 100, 0]
    assert f"(line 38): -{last['34']:,}" in lotwork(*ASKED[:-1]).out


@pytest.mark.parametrize(("paid", "applied"), [("9700", "500"), ("0", "1")])
def test_more_than_is_overpaid_cannot_be_applied(lotwork: Caller, paid: str, applied: str) -> None:
    lotwork.take(PROFILE, MINED, facts(applied_to_next_year_usd=applied, withholding_usd=paid))
    told = lotwork(*ASKED, code=1).result
    assert lines(told)["36"] == lines(told)["34"]
    assert codes(told["findings"]) == {"applied_above_overpayment"}


def test_a_windfall_bears_the_penalty_of_the_method_that_costs_less(lotwork: Caller) -> None:
    """26 U.S.C. 6654(d)(2): paid for in January it bears none."""
    windfall = receipt("windfall", "2025-12-20", "1", "50000")
    lotwork.take(PROFILE, windfall, payment("2026-01-15", "12000"))
    assert lines(lotwork(*ASKED).result)["38"] == 0
    assert "with the penalty" not in lotwork(*ASKED[:-1]).out


def test_what_the_penalty_rests_on_is_told_on_its_line(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED)
    (label,) = [each["label"] for each in lotwork(*ASKED).result["lines"] if each["line"] == "38"
                and each["form"] == "Form 1040"]  # fmt: skip
    assert label == "Estimated tax penalty; last year's tax is not recorded and may ask for less"


def test_a_rate_that_is_not_known_is_a_finding(lotwork: Caller) -> None:
    lotwork.take(PROFILE, receipt("r", "2026-03-01", "1", "50000"))
    told = lotwork("liability", "--year", "2026", "--tax-table", "--as-of", "2027-02-01", "--json", code=1).result
    assert codes(told["findings"]) == {"underpayment_rate_unknown"}
    assert lines(told)["38"] > 0


def test_only_a_return_that_can_be_filed_has_them(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED)
    exact = lotwork("liability", "--year", "2025", "--json").result
    running = lotwork("liability", "--year", "2025", "--tax-table", "--as-of", "2025-06-01", "--json").result
    assert "38" not in lines(exact)
    assert "38" not in lines(running)


def test_a_return_is_filed_with_them_and_a_later_payment_moves_none(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED, facts())
    lotwork("file", "--year", "2025", "--filed-on", "2026-04-10")
    again = lotwork("diff", "--filed", "2025", "--json").result
    assert again["lines"] == []
    assert lines(lotwork("liability", "--year", "2025", "--law", "filed", "--json").result)["38"] == Decimal("279.33")
    lotwork.take({"kind": "expense", "id": "bill", "at": "2025-05-01T00:00:00Z", "category": "repairs",
                  "amount_usd": "1000"})  # fmt: skip
    moved = {
        (each["form"], each["line"]) for each in lotwork("diff", "--filed", "2025", "--json", code=None).result["lines"]
    }
    assert ("Form 1040", "37") in moved
    assert ("Form 1040", "38") not in moved


def test_what_is_paid_with_the_return_is_in_the_balance_with_the_penalty_too(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED, facts(), payment("2026-04-10", "9000") | {"type": "balance"})
    last = lines(lotwork(*ASKED).result)
    assert f"with the penalty of {last['38']} (line 38): {last['37'] - 9000:,}" in lotwork(*ASKED[:-1]).out

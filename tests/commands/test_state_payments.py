"""The payments to the state beside the federal ones, at a terminal, as JSON and to Python."""

from __future__ import annotations

from datetime import date
from typing import Any

import lotwork as face
from tests.commands.calling import Caller
from tests.projections.house import receipt

PROFILE = {
    "kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "jurisdiction": "us", "filing_status": "single",
    "activity": "business", "time_zone": "UTC", "recognition": "on_payout", "material_participation": "true",
    "state": "CA",
}  # fmt: skip
MINED = receipt("mined", "2026-02-01", "1", "90000")
FACTS = {
    "kind": "year_facts", "id": "facts", "at": "2026-01-02T12:00:00Z", "year": 2026, "dependents": 0,
    "prior_year_tax_usd": "8000", "prior_year_agi_usd": "90000", "state_prior_year_tax_usd": "2000",
    "state_prior_year_agi_usd": "90000",
}  # fmt: skip
PAID = {"kind": "payment", "id": "paid", "at": "2026-04-10T12:00:00Z", "year": 2026, "amount_usd": "500", "state": "CA"}
ASKED = ("quarterly", "--year", "2026", "--as-of", "2026-05-02")


def stateless(line: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in line.items() if key != "state"}


def test_the_state_stands_beside_the_federal_payments(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED, FACTS, PAID)
    told = lotwork(*ASKED, "--json", code=1).result
    state = told["state"]
    assert (state["state"], state["form"], state["method"]) == ("CA", "CA Form FTB 5805", "prior_year")
    assert state["measure"] == "100% of the prior year's tax"
    assert state["required_annual_payment_usd"] == state["prior_year_usd"] == "2000.00"
    assert [(each["quarter"], each["required_usd"], each["paid_usd"]) for each in state["installments"]] == [
        (1, "600.00", "500.00"), (2, "800.00", "0.00"), (4, "600.00", "0.00"),
    ]  # fmt: skip
    assert state["next_payment"] == {"quarter": 2, "due": "2026-06-15", "pay_usd": "900.00", "safe_usd": None}
    assert (state["overdue_usd"], state["overdue_since"], state["penalty_usd"]) == ("100.00", "2026-04-15", None)
    assert [each["paid_usd"] for each in told["installments"]] == ["0.00"] * 4
    assert told["next_payment"]["pay_usd"] == "4000.00"
    shown = lotwork(*ASKED, code=1).out
    assert "California, estimated payments 2026" in shown
    assert "California: pay $900.00 by 2026-06-15, $100.00 of it overdue since 2026-04-15" in shown


def test_a_state_changes_no_federal_figure_and_without_one_there_is_no_key(lotwork: Caller) -> None:
    lotwork.take(stateless(PROFILE), MINED, FACTS)
    before = lotwork(*ASKED, "--json", code=None).result
    assert "state" not in before
    lotwork.take(PROFILE | {"id": "state"})
    after = lotwork(*ASKED, "--json", code=None).result
    assert {key for key in before if before[key] != after[key]} <= {"findings", "position", "head"}
    assert set(after) - set(before) == {"state"}


def test_python_has_the_same(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED, FACTS, PAID)
    with face.open(lotwork.home) as home:
        state = home.book(as_of=date(2026, 5, 2)).quarterly(2026).state
    assert state is not None
    assert state.next_payment is not None
    assert state.next_payment.pay_usd == 900
    assert state.next_payment.due == date(2026, 6, 15)
    assert [each.required_usd for each in state.installments] == [600, 800, 600]

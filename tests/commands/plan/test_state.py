"""The state in the plans: its tax beside the federal one, on a line and under keys of its own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.public_form.parse_words import parse_instant
from lotwork.ledger.units import CENT
from tests.commands.calling import Caller
from tests.projections.house import receipt

PROFILE = {
    "kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "jurisdiction": "us", "filing_status": "single",
    "activity": "business", "time_zone": "UTC", "recognition": "on_payout", "material_participation": "true",
    "business_began": "2025-01-01",
}  # fmt: skip
GEORGIA = PROFILE | {"id": "of georgia", "state": "GA"}
LINES = (
    receipt("old", "2025-03-01", "1", "80000"), receipt("mined", "2026-02-01", "1", "90000"),
    {"kind": "year_facts", "id": "facts", "at": "2026-01-02T12:00:00Z", "year": 2026, "dependents": 0,
     "prior_year_tax_usd": "8000", "prior_year_agi_usd": "90000", "state_prior_year_tax_usd": "2000"},
)  # fmt: skip
NEW = frozenset({"findings", "position", "head", "not_covered", "state", "state_words"})
RATE = Decimal("0.0499")
"""Georgia's of 2026."""


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Return the clock of every command here: 2026-07-01."""
    clock = SetClock(parse_instant("2026-07-01T15:00:00Z"))
    monkeypatch.setattr(SystemClock, "now", lambda _self: clock.now())
    return clock


def both(lotwork: Caller, *words: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the plan of a book without a state, and of the same in Georgia."""
    lotwork.take(PROFILE, *LINES)
    before = lotwork("plan", *words, "--json", code=None).result
    lotwork.take(GEORGIA)
    return before, lotwork("plan", *words, "--json", code=None).result


def unlike(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    return {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}


def test_set_aside_tells_the_states_part_and_moves_no_federal_figure(lotwork: Caller) -> None:
    before, after = both(lotwork, "set-aside")
    assert unlike(before, after) <= NEW
    assert (before["not_covered"], after["not_covered"]) == (["state income tax"], [])
    state = after["state"]
    assert (state["state"], state["name"]) == ("GA", "Georgia")
    rate = Decimal(state["rate"])
    assert RATE * Decimal("0.8") < rate < RATE  # half of the self-employment tax comes off
    assert Decimal(state["total_rate"]) == Decimal(after["rate"]) + rate
    assert Decimal(state["set_aside_usd"]) == pytest.approx(90_000 * rate, abs=Decimal("0.1"))
    assert state["next"]["pay_usd"] == "1500.00"
    assert Decimal(state["projected_tax_usd"]) > Decimal(state["tax_so_far_usd"]) > 0
    shown = lotwork("plan", "set-aside", code=None).out
    assert f"For Georgia put aside {rate * 100:.1f} percent more" in shown
    assert "Next to it: 1,500.00 by 2026-09-15." in shown
    lotwork.take(GEORGIA | {"id": "of texas", "at": "2024-01-02T00:00:00Z", "state": "TX"})
    assert "Texas: no income tax is due, so nothing is put aside for it." in lotwork("plan", "set-aside", code=None).out


def test_a_structure_tells_the_persons_tax_and_that_the_corporations_is_not_reckoned(lotwork: Caller) -> None:
    before, after = both(lotwork, "structure", "--salary", "40000")
    assert unlike(before, after) <= NEW | {"rows"}
    for old, new in zip(before["rows"], after["rows"], strict=True):
        is_taxed_apart = new["structure"] == "c_corporation"  # what the state asks of it and of its owner is in words
        assert set(new) - set(old) == (set() if is_taxed_apart else {"state_tax_usd", "kept_after_state_usd"})
        assert {key for key in old if old[key] != new[key]} == set()
    hobby, sole, corporation = (row for row in after["rows"] if row["structure"] != "c_corporation")
    liability = lotwork("liability", "--year", "2026", "--json", code=None).result["state"]
    assert sole["state_tax_usd"] == liability["tax_after_credits_usd"]
    for row in (hobby, sole, corporation):
        kept = Decimal(row["kept_usd"]) - Decimal(row["kept_after_state_usd"])
        assert abs(kept - Decimal(row["state_tax_usd"])) <= CENT  # nothing else was earned
    assert hobby["state_tax_usd"] == "3742.50"  # 4.99 percent of 90,000 less 15,000
    assert Decimal(hobby["state_tax_usd"]) > Decimal(corporation["state_tax_usd"])
    payroll = Decimal(corporation["fica_futa_employer_usd"])
    assert abs(Decimal(corporation["state_tax_usd"]) - (75_000 - payroll) * RATE) <= CENT
    assert any("is in no column" in words for words in after["state_words"])
    assert "The same with the tax of GA" in lotwork("plan", "structure", "--salary", "40000", code=None).out


def test_a_harvest_tells_what_its_losses_save_of_the_states_tax(lotwork: Caller) -> None:
    """Up to 3,000 of other income bears a loss, in the state as on the federal return: 4.99 percent of it."""
    before, after = both(lotwork, "harvest", "--asset", "BTC", "--price", "50000")
    assert unlike(before, after) <= NEW | {"rows", "state_next_dollar", "levels"}
    assert after["not_covered"] == []
    for was, now in zip(before["rows"], after["rows"], strict=True):
        assert set(now) - set(was) == {"state_saved_alone_usd", "state_saved_usd"}
        assert {key for key in was if was[key] != now[key]} == set()
    assert after["state_next_dollar"] == {"short": "0.049900", "long": "0.049900"}
    state = after["state"]
    assert state["saved_usd"] == "149.70"
    assert Decimal(state["saved_in_all_usd"]) == Decimal(after["totals"]["saved_usd"]) + Decimal("149.70")
    assert "Of the tax of Georgia it saves 149.70" in (
        lotwork("plan", "harvest", "--asset", "BTC", "--price", "50000", code=None).out
    )


def test_a_sale_tells_what_each_way_adds_to_the_states_tax(lotwork: Caller) -> None:
    before, after = both(lotwork, "sale", "1", "--price", "100000")
    assert unlike(before, after) <= NEW | {"wallets"}
    (old,), (new,) = before["wallets"], after["wallets"]
    assert old["best"] == new["best"]
    for was, now in zip(old["rows"], new["rows"], strict=True):
        assert {key for key in was if was[key] != now[key]} == set()
        added = Decimal(now["gain_usd"]) * RATE
        assert abs(Decimal(now["state_added_tax_usd"]) - added) <= CENT
        left = Decimal(now["after_tax_cash_usd"]) - Decimal(now["state_added_tax_usd"])
        assert abs(Decimal(now["cash_after_state_usd"]) - left) <= CENT
    assert after["state"]["state"] == "GA"
    assert after["not_covered"] == []
    for was, now in zip(old["later"], new["later"], strict=True):
        assert set(now) - set(was) == {"state_added_tax_usd", "state_saved_usd", "saved_with_state_usd"}
        assert {key for key in was if was[key] != now[key]} == set()
        assert (
            abs(Decimal(now["saved_with_state_usd"]) - Decimal(now["saved_usd"]) - Decimal(now["state_saved_usd"]))
            <= CENT
        )
    assert "to the tax of Georgia" in lotwork("plan", "sale", "1", "--price", "100000", code=None).out


def test_the_end_of_the_year_tells_what_a_rig_saves_by_the_states_own_depreciation(lotwork: Caller) -> None:
    """Georgia knows no bonus: by it the first year saves a fifth of the rig's cost at its rate, half a year of it."""
    before, after = both(lotwork, "year-end", "--rig", "10000")
    assert unlike(before, after) <= NEW | {"rows", "assumptions"}
    assert RATE * Decimal("0.8") < Decimal(after["state"]["profit"]) < RATE
    assert abs(Decimal(after["state"]["short_gain"]) - RATE) < Decimal("0.00001")
    options = {(row["when"], row["method"]): row for row in after["rows"]}
    for was, now in zip(before["rows"], after["rows"], strict=True):
        assert set(now) - set(was) == {"state_saved_usd", "saved_with_state_usd"}
        assert {key for key in was if was[key] != now[key]} == set()
        assert Decimal(now["saved_with_state_usd"]) == pytest.approx(
            Decimal(now["saved_usd"]) + Decimal(now["state_saved_usd"]), abs=CENT
        )
        assert 0 < Decimal(now["state_saved_usd"]) < 10_000 * RATE
    bonus, table = options["now", "bonus"], options["now", "macrs"]
    assert Decimal(bonus["state_saved_usd"]) < Decimal(options["now", "section_179"]["state_saved_usd"]) + CENT
    assert abs(Decimal(bonus["state_saved_usd"]) - Decimal(table["state_saved_usd"])) < 30
    shown = lotwork("plan", "year-end", "--rig", "10000", code=None).out
    assert "What each saves of the tax of Georgia" in shown
    assert "In Georgia the next dollar of profit costs" in shown


def test_business_or_hobby_tells_the_states_tax_either_way(lotwork: Caller) -> None:
    before, after = both(lotwork, "activity")
    assert unlike(before, after) <= NEW
    state, tax = after["state"], after["tax"]
    liability = lotwork("liability", "--year", "2026", "--json", code=None).result["state"]
    assert (state["name"], state["business_usd"]) == ("Georgia", liability["tax_after_credits_usd"])
    assert state["hobby_usd"] == "3742.50"  # 4.99 percent of 90,000 less 15,000
    more = Decimal(state["hobby_usd"]) - Decimal(state["business_usd"])
    assert abs(Decimal(state["hobby_costs_more_usd"]) - more) <= CENT
    assert abs(Decimal(state["hobby_costs_more_in_all_usd"]) - Decimal(tax["hobby_costs_more_usd"]) - more) <= CENT
    assert "Tax of Georgia as a business" in lotwork("plan", "activity", code=None).out


def test_a_move_within_the_year_leaves_the_state_out_and_says_so(lotwork: Caller) -> None:
    moved = PROFILE | {"id": "moved", "at": "2026-03-01T00:00:00Z", "state": "NC"}
    lotwork.take(GEORGIA, moved, *LINES)
    told = lotwork("plan", "set-aside", "--json", code=1).result
    assert (told["state"]["rate"], told["state"]["next"]) == (None, None)
    assert told["not_covered"] == ["state income tax"]
    assert "moved_states" in {each["code"] for each in told["findings"]}
    assert "its tax is not reckoned" in lotwork("plan", "set-aside", code=1).out


def test_a_state_without_a_tax_is_told_so_by_every_plan_and_never_by_amounts_of_nothing(lotwork: Caller) -> None:
    lotwork.take(PROFILE | {"state": "TX"}, *LINES)
    due = "Texas: no income tax is due."
    for words in (
        ("harvest", "--asset", "BTC", "--price", "70000"), ("activity",), ("year-end", "--rig", "10000"),
        ("sale", "0.5", "--asset", "BTC", "--price", "70000"),
    ):  # fmt: skip
        shown = lotwork("plan", *words, code=None).out
        assert due in shown, words
        assert "of the tax of" not in shown.lower(), words
        assert "In Texas" not in shown, words
    told = lotwork("plan", "harvest", "--asset", "BTC", "--price", "70000", "--json", code=None).result["state"]
    assert (told["has_income_tax"], told["saved_usd"]) == (False, "0.00")
    assert "Texas has no tax on a person's income or gains." in lotwork("plan", "structure", code=None).out

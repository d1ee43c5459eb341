"""The return of the state beside the federal one: what is shown, what stops filing, and whose each payment is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.public_form.parse_words import parse_instant
from tests.commands.calling import Caller, codes
from tests.projections.house import receipt, sale

PROFILE = {
    "kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "jurisdiction": "us", "filing_status": "single",
    "activity": "business", "time_zone": "UTC", "recognition": "on_payout", "material_participation": "true",
    "state": "GA",
}  # fmt: skip
RIG = {
    "kind": "equipment", "id": "rig", "at": "2025-02-02T12:00:00Z", "equipment": "S21", "cost_usd": "50000",
    "acquired": "2025-02-01", "placed_in_service": "2025-02-02",
}  # fmt: skip
FACTS = {"kind": "year_facts", "id": "facts", "at": "2026-01-02T12:00:00Z", "year": 2025, "wages_usd": "20000",
         "withholding_usd": "1500", "prior_year_tax_usd": "0", "prior_year_agi_usd": "1"}  # fmt: skip
LINES = (PROFILE, RIG, FACTS, receipt("mined", "2025-02-01", "2", "50000"), sale("sold", "2025-09-01", "0.5", "30000"))
PAID = {"kind": "payment", "id": "paid", "at": "2025-06-15T12:00:00Z", "year": 2025, "amount_usd": "500"}
TO_GEORGIA = (
    PAID | {"id": "ga 1", "state": "GA"},
    PAID | {"id": "ga 2", "state": "GA", "type": "withholding", "amount_usd": "240"},
    PAID | {"id": "ga 3", "state": "GA", "type": "extension", "at": "2026-04-01T12:00:00Z"},
    PAID | {"id": "ga 4", "state": "GA", "type": "balance", "at": "2026-04-02T12:00:00Z"},
    {"kind": "year_facts", "id": "of georgia", "at": "2026-01-02T12:00:00Z", "year": 2025, "dependents": 2,
     "state_withholding_usd": "250", "state_additions_usd": "7000", "state_prior_year_tax_usd": "123"},
    {"kind": "year_facts", "id": "through", "at": "2025-06-02T12:00:00Z", "year": 2025, "through": "2025-05-31",
     "state_withholding_usd": "100"},
)  # fmt: skip
FEDERAL = (
    "liability --year 2025 --tax-table", "quarterly --year 2025 --annualized", "plan set-aside",
    "reconcile broker --year 2025",
)  # fmt: skip
"""What has to answer alike whatever a state was paid and told."""


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Return the clock of every command here: 2026-04-10."""
    clock = SetClock(parse_instant("2026-04-10T15:00:00Z"))
    monkeypatch.setattr(SystemClock, "now", lambda _self: clock.now())
    return clock


def federal_of(lotwork: Caller, question: str) -> dict[str, Any]:
    """Return an answer without the state's own part, and without where the log ends."""
    told = lotwork(*question.split(), "--json", code=None).result
    for name in ("state", "position", "head"):
        told.pop(name, None)
    told["findings"] = [each for each in told["findings"] if "state" not in each["code"]]
    return told


def test_nothing_that_a_state_was_paid_or_told_reaches_a_federal_answer(lotwork: Caller) -> None:
    lotwork.take(*LINES, PAID)
    before = {question: federal_of(lotwork, question) for question in FEDERAL}
    lotwork.take(*TO_GEORGIA)
    for question in FEDERAL:
        told = federal_of(lotwork, question)
        assert {name for name in told if told[name] != before[question][name]} == set(), question


def test_no_federal_payment_reaches_the_state(lotwork: Caller) -> None:
    lotwork.take(*LINES, *TO_GEORGIA)
    before = lotwork("liability", "--year", "2025", "--state-only", "--json", code=None).result["state"]
    lotwork.take(PAID, *(PAID | {"id": of, "type": of} for of in ("withholding", "extension", "balance")))
    assert lotwork("liability", "--year", "2025", "--state-only", "--json", code=None).result["state"] == before
    assert before["payments_usd"] == "1990.00"


def test_the_state_stands_beside_the_federal_return_and_alone(lotwork: Caller) -> None:
    lotwork.take(*LINES, PAID | {"id": "ga", "state": "GA"})
    told = lotwork("liability", "--year", "2025", "--json", code=1).result
    state = told["state"]
    assert (state["state"], state["name"], state["form"]) == ("GA", "Georgia", "GA Form 500")
    assert (state["has_income_tax"], state["payments_usd"]) == (True, "500.00")
    assert state["depreciation"]["federal_usd"] == "50000.00"
    assert state["depreciation"]["state_usd"] == "10000.00"
    (rig,) = state["depreciation"]["rigs"]
    assert (rig["equipment"], rig["federal_basis_left_usd"], rig["state_basis_left_usd"]) == (
        "S21", "0.000000", "40000.000000",
    )  # fmt: skip
    first = next(line for line in state["lines"] if (line["form"], line["line"]) == ("GA Form 500", "8"))
    assert first["amount_usd"] == told["summary"]["agi"]
    assert first["from"] == ["Form 1040 line 11a"]
    assert set(first["because"]) >= {"mined", "sold", "facts"}
    alone = lotwork("liability", "--year", "2025", "--state-only", "--json", code=1).result
    assert alone["schema"] == "lotwork.state_liability.v1"
    assert alone["state"] == state
    assert "summary" not in alone


def test_a_terminal_shows_the_lines_of_the_state_and_what_is_due(lotwork: Caller) -> None:
    lotwork.take(*LINES)
    both = lotwork("liability", "--year", "2025", "--wide", code=1).out
    assert "Form 1040" in both
    for words in ("Georgia, tax year 2025, GA Form 500", "Depreciation by both laws, 2025", "Georgia: tax "):
        assert words in both
    alone = lotwork("liability", "--year", "2025", "--state-only", "--wide", code=1).out
    assert "Schedule SE" not in alone
    assert alone.strip() in both


def test_without_a_state_it_is_said_how_to_tell_one_and_nothing_is_found(lotwork: Caller) -> None:
    lotwork.take({key: value for key, value in PROFILE.items() if key != "state"}, *LINES[1:])
    told = lotwork("liability", "--year", "2025", "--json").result
    assert "state" not in told
    assert told["findings"] == []
    words = (
        "No state is told, so the tax of the state is not reckoned: record the one you lived in, `lotwork add profile "
    )
    alone = lotwork("liability", "--year", "2025", "--state-only", "--json").result
    assert alone["state"] is None
    assert alone["state_note"].startswith(words)
    assert words in lotwork("liability", "--year", "2025").out
    assert words in lotwork("liability", "--year", "2025", "--state-only").out


def test_years_may_have_states_of_their_own(lotwork: Caller) -> None:
    move = {"kind": "profile", "id": "moved", "at": "2026-01-01T00:00:00Z", "state": "NC"}
    lotwork.take(*LINES, move, receipt("later", "2026-02-01", "1", "60000"))
    names = [
        lotwork("liability", "--year", year, "--json", code=None).result["state"]["name"] for year in ("2025", "2026")
    ]
    assert names == ["Georgia", "North Carolina"]


def test_what_is_open_about_the_state_stops_filing_until_it_is_settled_or_acknowledged(lotwork: Caller) -> None:
    host = {"kind": "expense", "id": "host", "at": "2025-06-10T12:00:00Z", "category": "hosting", "amount_usd": "900"}
    lotwork.take(*LINES, host)
    stopped = lotwork("file", "--year", "2025", "--json", code=3).result
    found = {problem["key"] for problem in stopped["problems"]}
    assert {"state_dependents_untold", "hosting_state_untold"} <= found
    assert found <= codes(lotwork("findings", "--year", "2025", "--json", code=None).result["findings"])
    lotwork.take(
        {"kind": "year_facts", "id": "none", "at": "2026-01-02T12:00:00Z", "year": 2025, "dependents": 0},
        {
            "kind": "correction",
            "at": "2026-01-02T12:00:00Z",
            "target": "host",
            "set": {"state": "GA"},
            "reason": "there",
        },
    )
    left = found - {"state_dependents_untold", "hosting_state_untold"}
    words = [word for each in left for word in ("--acknowledge", each)]
    assert lotwork("file", "--year", "2025", *words, "--json").result["summary"]


def test_a_correction_of_the_states_law_moves_its_lines_and_no_lot(lotwork: Caller) -> None:
    lotwork.take(*LINES)
    before = lotwork("liability", "--year", "2025", "--json", code=None).result
    at = {"at": "2026-04-01T12:00:00Z", "from": "2025-01-01"}
    rule = {"kind": "rule", "id": "r", "figure": "us/states/ga/rate", "value": "0.05", "cite": "an act"}
    lotwork.take(at | rule | {"reason": "passed"})
    now = lotwork("liability", "--year", "2025", "--json", code=None).result
    assert now["lines"] == before["lines"]
    taxed = now["state"]["taxable_income_usd"]
    assert taxed == before["state"]["taxable_income_usd"]
    assert now["state"]["tax_usd"] != before["state"]["tax_usd"]
    told = lotwork("rules", "diff", "shipped", "book", "--json", code=None).result
    moved = {(line["form"], line["line"]) for year in told["years"] for line in year["lines"]}
    assert ("GA Form 500", "16") in moved
    assert {form.removesuffix(" worksheet") for form, _ in moved} == {"GA Form 500"}


def test_a_table_of_payments_tells_the_state_of_each(lotwork: Caller) -> None:
    """Two of one amount on one day are two payments, where they went to two tax offices."""
    file, column_map = lotwork.home.parent / "paid.csv", lotwork.home.parent / "paid.toml"
    file.write_text("day,dollars,whom\n2025-06-15,500,GA\n2025-06-15,500,\n", encoding="utf-8")
    column_map.write_text(
        'kind = "payment"\n[columns]\nat = "day"\namount_usd = "dollars"\n[optional]\nstate = "whom"\n'
        '[constants]\nyear = "2025"\n', encoding="utf-8",
    )  # fmt: skip
    lotwork("import", file, "--map", column_map)
    again = lotwork("import", file, "--map", column_map, "--json").result
    told = [json.loads(line) for line in lotwork("export").out.splitlines()]
    assert [each.get("state") for each in told] == ["GA", None]
    assert again["appended"] == 0
    file.write_text("day,dollars,whom\n2025-06-15,500,Georgia\n", encoding="utf-8")
    assert "write GA" in lotwork("import", file, "--map", column_map, code=3).err


def test_an_answer_names_the_letters_where_a_state_is_spelled_out(lotwork: Caller) -> None:
    lotwork.take(*LINES)
    words = ("add", "payment", "at=2025-06-15T12:00:00Z", "year=2025", "amount_usd=5", "state=Georgia")
    assert "'Georgia' is not the two letters of a state: write GA" in lotwork(*words, code=3).err
    lotwork(*words[:-1], "state=ga")
    assert json.loads(lotwork("export").out.splitlines()[-1])["state"] == "GA"

"""The return of the state as it is filed with the federal one, and what moved in it since."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.public_form.parse_words import parse_instant
from tests.commands.calling import Caller, codes
from tests.commands.test_state_return import LINES, PAID, PROFILE

OWN_FACTS = {"kind": "year_facts", "id": "of georgia", "at": "2026-01-02T12:00:00Z", "year": 2025, "dependents": 0}
BOOK = (*LINES, OWN_FACTS, PAID | {"id": "ga", "state": "GA"})
WITHOUT = tuple({key: value for key, value in line.items() if key != "state"} for line in LINES)
MORE = {
    "kind": "correction", "id": "more", "at": "2026-03-01T12:00:00Z", "target": "mined", "set": {"price_usd": "51000"},
    "reason": "the pool's own statement",
}  # fmt: skip
RATE = {
    "kind": "rule", "id": "rate", "at": "2026-04-01T12:00:00Z", "figure": "us/states/ga/rate", "from": "2025-01-01",
    "value": "0.05", "cite": "an act", "reason": "passed",
}  # fmt: skip
OASDI = RATE | {"id": "oasdi", "figure": "us/self_employment/oasdi_rate", "value": "0.10"}
DIFF = ("diff", "--filed", "2025", "--json")


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> SetClock:
    """Return the clock of every command here: 2026-04-10."""
    clock = SetClock(parse_instant("2026-04-10T15:00:00Z"))
    monkeypatch.setattr(SystemClock, "now", lambda _self: clock.now())
    return clock


def file_all(lotwork: Caller, *more: str) -> dict[str, Any]:
    """File 2025 with all that is open acknowledged by its code."""
    tried = lotwork("file", "--year", "2025", *more, "--json", code=None)
    names = {problem["key"] for problem in tried.result["problems"]} if tried.code else set[str]()
    words = [word for name in sorted(names) for word in ("--acknowledge", name)]
    return lotwork("file", "--year", "2025", *words, *more, "--json").result if words else tried.result


def event_of(lotwork: Caller) -> dict[str, Any]:
    found = [json.loads(line) for line in lotwork("export").out.splitlines()]
    last = [each for each in found if each["kind"] == "filing"][-1]
    assert isinstance(last, dict)
    return last


def test_what_is_filed_holds_the_lines_of_the_state_and_comes_back_to_the_byte(lotwork: Caller) -> None:
    lotwork.take(*BOOK)
    now = lotwork("liability", "--year", "2025", "--tax-table", "--json", code=None).result["state"]
    ready = file_all(lotwork, "--dry-run")
    assert ready["recorded"] is False
    told = file_all(lotwork)
    assert told["state"] == ready["state"]
    assert told["state"] == {
        "state": "GA", "form": "GA Form 500", "tax_usd": now["tax_after_credits_usd"], "payments_usd": "500.00",
        "balance_due_usd": now["balance_due_usd"],
    }  # fmt: skip
    kept = event_of(lotwork)["figures"]["state"]
    assert [(line["form"], line["line"], line["amount_usd"]) for line in kept["lines"]] == [
        (line["form"], line["line"], line["amount_usd"]) for line in now["lines"]
    ]
    sha256 = event_of(lotwork)["evidence"]
    (answer,) = [file.read_bytes() for file in (lotwork.home / "evidence").rglob("*") if file.name == sha256]
    end = told["made_from"]["position"]
    lotwork.take(MORE)
    again = lotwork("liability", "--year", "2025", "--up-to", str(end), "--law", "filed", "--json", code=None)
    assert again.out.encode() == answer
    assert again.result["state"]["lines"] == now["lines"]


def test_a_terminal_says_that_both_are_recorded(lotwork: Caller) -> None:
    lotwork.take(*BOOK)
    names = file_all(lotwork, "--dry-run")["acknowledged"]
    words = [word for name in names for word in ("--acknowledge", name)]
    assert "The return of the state: GA Form 500 is recorded with it." in lotwork("file", "--year", "2025", *words).out


def test_a_filing_of_a_book_without_a_state_has_no_word_of_one(lotwork: Caller) -> None:
    lotwork.take(*WITHOUT)
    told = file_all(lotwork)
    assert "state" not in told
    assert "state" not in event_of(lotwork)["figures"]
    assert "state" not in lotwork(*DIFF, code=None).result
    lotwork.take({"kind": "profile", "id": "late", "at": "2024-01-02T00:00:00Z", "state": "GA"})
    later = lotwork(*DIFF, code=None).result
    assert "filed_without_state" in codes(later["findings"])
    assert (later["differs"], "state" in later) == (False, False)
    assert file_all(lotwork)["amends"] == told["filing"], "the state's return is recorded once it is filed too"
    assert "filed_without_state" not in codes(lotwork(*DIFF, code=None).result["findings"])


@pytest.mark.parametrize(("state", "words"), [("TX", "no income tax is due"), ("VT", "no tax of 2025 is reckoned")])
def test_a_state_that_asks_for_none_or_is_not_reckoned_is_recorded_with_none(
    lotwork: Caller, state: str, words: str
) -> None:
    lotwork.take(PROFILE | {"state": state}, *LINES[1:])
    told = file_all(lotwork, "--dry-run")
    assert "state" not in told
    names = [word for name in told["acknowledged"] for word in ("--acknowledge", name)]
    said = lotwork("file", "--year", "2025", *names).out
    assert words in said
    assert "The return of the state: none is recorded." in said


def test_an_event_moves_the_lines_of_both_and_each_says_why(lotwork: Caller) -> None:
    lotwork.take(*BOOK)
    filed = file_all(lotwork)
    assert lotwork(*DIFF, code=None).result["differs"] is False
    lotwork.take(MORE)
    told = lotwork(*DIFF, code=None).result
    own = told["state"]
    moved = {(line["form"], line["line"]): line for line in own["lines"]}
    federal = next(line for line in told["lines"] if (line["form"], line["line"]) == ("Form 1040", "11a"))
    assert moved["GA Form 500", "8"]["change_usd"] == federal["change_usd"]
    tax = moved["GA Form 500", "16"]
    assert tax["due_to"] == {"events_usd": tax["change_usd"], "law_usd": "0.00", "program_usd": "0.00"}
    assert [change["event"] for change in tax["events"]] == ["mined"]
    assert own["tax_filed_usd"] == filed["state"]["tax_usd"]
    assert Decimal(own["additional_tax_usd"]) == Decimal(tax["change_usd"]) > 0
    assert "not reckoned here" in own["price_note"]
    assert not {form for form, _ in moved} & {line["form"] for line in told["lines"]}
    shown = lotwork("diff", "--filed", "2025", "--wide", code=None).out
    assert "GA Form 500, tax year 2025, GA: lines that moved" in shown
    assert "The amended return: GA Form 500X. " in shown


def test_a_figure_of_the_state_moves_its_lines_alone_and_a_federal_one_both(lotwork: Caller) -> None:
    lotwork.take(*BOOK)
    file_all(lotwork)
    lotwork.take(RATE)
    told = lotwork(*DIFF, code=None).result
    assert (told["lines"], told["form_1040x"], told["differs"]) == ([], [], True)
    tax = next(line for line in told["state"]["lines"] if line["line"] == "16")
    assert tax["due_to"]["law_usd"] == tax["change_usd"]
    assert [figure["path"] for figure in tax["figures"]] == ["us/states/ga/rate"]
    assert "no line moved" in lotwork("diff", "--filed", "2025", code=None).out
    lotwork.take(OASDI)
    both = lotwork(*DIFF, code=None).result
    assert {"Schedule SE", "Form 1040"} <= {line["form"] for line in both["lines"]}
    tax = next(line for line in both["state"]["lines"] if line["line"] == "16")
    assert {figure["path"] for figure in tax["figures"]} == {"us/states/ga/rate", "us/self_employment/oasdi_rate"}
    effect = lotwork("rules", "diff", "shipped", "book", "--year", "2025", "--json", code=None).result
    of_both = {line["form"].partition(" ")[0] for year in effect["years"] for line in year["lines"]}
    assert {"Schedule", "Form", "GA"} <= of_both


def test_a_return_that_can_no_longer_be_reckoned_did_not_move_to_nothing(lotwork: Caller) -> None:
    lotwork.take(*BOOK)
    file_all(lotwork)
    lotwork.take({"kind": "profile", "id": "moved", "at": "2025-06-01T00:00:00Z", "state": "NC"})
    told = lotwork(*DIFF, code=None).result
    assert "state" not in told
    assert "moved_states" in codes(told["findings"])


@pytest.mark.parametrize(
    ("now", "words"),
    [
        ("NC", "North Carolina is yours: its own return is to be filed, a tax of "),
        ("TX", "Texas is yours, which asks for no return"),
        (None, "no profile names the state of 2025"),
    ],
)
def test_of_another_states_taxpayer_the_state_that_was_filed_with_taxes_nothing(
    lotwork: Caller, now: str | None, words: str
) -> None:
    """What North Carolina asks is no change of Georgia's tax: all of that comes back, and 500 that was paid of it."""
    lotwork.take(*BOOK)
    filed = file_all(lotwork)["state"]
    lotwork.take(MORE | {"target": PROFILE["id"], "set": {"state": now}})
    told = lotwork(*DIFF, code=None).result
    own = told["state"]
    assert (own["tax_filed_usd"], own["tax_now_usd"]) == (filed["tax_usd"], "0.00")
    assert own["additional_tax_usd"] == f"-{filed['tax_usd']}"
    assert (own["balance_due_filed_usd"], own["balance_due_now_usd"]) == (filed["balance_due_usd"], "-500.00")
    (found,) = [each for each in told["findings"] if each["code"] == "filed_in_another_state"]
    assert words in found["message"]


def test_figures_of_a_state_that_are_no_money_are_refused(lotwork: Caller) -> None:
    lotwork.take(*BOOK)
    file_all(lotwork)
    event = event_of(lotwork)
    event["figures"]["state"]["tax_usd"] = "a lot"
    other = lotwork.beside("other")
    refused = other.take(*BOOK, {key: value for key, value in event.items() if key != "evidence"}, code=3)
    assert "its figures cannot be read ('a lot' is not dollars and cents)" in refused.err


def test_what_the_law_changed_of_another_state_is_no_change_of_this_return(lotwork: Caller) -> None:
    lotwork.take(*BOOK)
    file_all(lotwork)
    lotwork.take(RATE | {"id": "nc", "figure": "us/states/nc/rate"}, RATE | {"id": "ky", "figure": "us/states/ky/rate"})
    assert lotwork(*DIFF, code=None).result["law_changes"] == []
    lotwork.take(RATE)
    changed = lotwork(*DIFF, code=None).result["law_changes"]
    assert {each["path"] for each in changed} == {"us/states/ga/rate"}
    all_of_them = lotwork("rules", "diff", "shipped", "book", "--year", "2025", "--json", code=None).result["rows"]
    assert {each["path"] for each in all_of_them} == {f"us/states/{state}/rate" for state in ("ga", "ky", "nc")}

"""What is owed, on the command line: liability and quarterly for filers of every sort."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.commands.calling import Caller, codes
from tests.projections.house import receipt

LEDGER = Path(__file__).parents[1] / "data" / "first_ledger.jsonl"
PROFILE = {
    "kind": "profile",
    "id": "me",
    "at": "2020-01-01T00:00:00Z",
    "filing_status": "single",
    "activity": "business",
}
SUMMARY = {
    "se_tax", "half_se_deduction", "agi", "qbi_deduction", "taxable_income", "income_tax", "ordinary_tax", "ltcg_tax",
    "amt", "niit", "additional_medicare", "total", "gross_receipts_usd", "expenses_usd", "depreciation_usd",
    "schedule_c_net_usd", "payments_usd", "balance_due_usd",
}  # fmt: skip


def mined(year: int) -> dict[str, Any]:
    return receipt(f"mined {year}", f"{year}-03-01", "1", "50000")


@pytest.mark.parametrize(
    ("year", "total"), [(2023, "9976.07"), (2024, "9892.07"), (2025, "9775.17"), (2026, "9732.07")]
)
def test_the_liability_of_each_year_has_every_key_of_the_contract(lotwork: Caller, year: int, total: str) -> None:
    """The totals are worked out in tests/projections/test_liability.py."""
    lotwork.take(PROFILE, mined(year))
    told = lotwork("liability", "--year", str(year), "--json").result
    assert told["summary"].keys() >= SUMMARY
    assert (told["year"], told["status"], told["activity"], told["summary"]["total"]) == (
        year,
        "single",
        "business",
        total,
    )
    assert told["summary"]["gross_receipts_usd"] == told["summary"]["schedule_c_net_usd"] == "50000.00"
    for line in told["lines"]:
        assert line.keys() >= {"form", "line", "label", "amount_usd", "cites", "because"}
        assert line["amount_usd"] != "-0.00"


def test_a_liability_is_a_table_for_a_person(lotwork: Caller) -> None:
    lotwork.take(PROFILE, mined(2025))
    told = lotwork("liability", "--year", "2025")
    assert "Total tax 9,775.17   paid 0.00   balance due 9,775.17" in told.out
    assert "Schedule C" in told.out


def test_the_tax_table_is_used_when_it_is_asked_for(lotwork: Caller) -> None:
    """A return below 100,000 looks its tax up: 24,574 lies in the row of 24,550 to 24,600."""
    lotwork.take(PROFILE, mined(2025))
    told = lotwork("liability", "--year", "2025", "--tax-table", "--json").result
    assert told["summary"]["income_tax"] == "2711.00"


@pytest.mark.parametrize(
    ("command", "year"),
    [(command, year) for command in ("liability", "quarterly") for year in ("2010", "2022")]
    + [("liability", "2027"), ("liability", "2100")],
)
def test_a_year_without_law_is_refused_in_words(lotwork: Caller, command: str, year: str) -> None:
    lotwork.take(PROFILE, mined(2025))
    told = lotwork(command, "--year", year, "--json", code=3)
    assert (
        f"no federal return can be computed for {year}: Lotwork knows the law of 2023 to 2026."
        in told.result["message"]
    )
    assert "Traceback" not in told.err


JANUARY = ("quarterly", "--year", "2027", "--as-of", "2027-01-10", "--json")


def test_in_january_the_payments_are_those_of_the_prior_years_tax(lotwork: Caller) -> None:
    """26 U.S.C. 6654(d)(1)(B)(ii): the first installment of 2027 needs the tax of 2026 and no bracket of 2027.

    50,000 mined in 2026 come to 9,732.07: see test_installments_have_every_key_of_the_contract.
    """
    lotwork.take(PROFILE, mined(2026))
    told = lotwork(*JANUARY, code=1).result
    assert [each["required_usd"] for each in told["installments"]] == ["2433.02"] * 4
    assert [each["due"] for each in told["installments"]] == ["2027-04-15", "2027-06-15", "2027-09-15", "2028-01-18"]
    assert (told["next_payment"]["pay_usd"], told["next_payment"]["safe_usd"]) == ("2433.02", "2433.02")
    harbor = told["safe_harbor"]
    assert (harbor["current_year_90_usd"], harbor["prior_year_usd"]) == (None, "9732.07")
    assert (harbor["method"], harbor["prior_year_source"]) == ("prior_year_100", "book")
    assert (told["set_aside"], told["annualized"], told["penalty_usd"]) == (None, None, "0.00")
    assert codes(told["findings"]) == {"current_year_unknown", "prior_year_by_book"}


@pytest.mark.parametrize(
    ("prior", "required", "source"),
    [
        ({"prior_year_tax_usd": "8000", "prior_year_agi_usd": "150000"}, "2000.00", "year_facts"),
        ({"prior_year_tax_usd": "8000", "prior_year_agi_usd": "150000.01"}, "2200.00", "year_facts"),
        ({"prior_year_tax_usd": "8000"}, "2200.00", "year_facts"),
        ({"prior_year_tax_usd": "0", "prior_year_agi_usd": "0"}, "0.00", "year_facts"),
        ({"prior_year_months": 11}, None, "none"),
    ],
)
def test_what_the_facts_say_of_the_prior_year_comes_first(
    lotwork: Caller, prior: dict[str, Any], required: str | None, source: str
) -> None:
    """26 U.S.C. 6654(d)(1)(C), (e)(2): 110 percent where its income exceeds 150,000, nothing where it had no tax."""
    facts = {"kind": "year_facts", "at": "2027-01-02T00:00:00Z", "year": 2027} | prior
    lotwork.take(PROFILE, mined(2026), facts)
    told = lotwork(*JANUARY, code=1).result
    assert [each["required_usd"] for each in told["installments"]] == [required] * 4
    assert told["safe_harbor"]["prior_year_source"] == source
    assert "current_year_unknown" in codes(told["findings"])


def test_where_neither_measure_is_known_no_amount_is_told(lotwork: Caller) -> None:
    lotwork.take_on(date(2027, 1, 10), PROFILE, receipt("first", "2027-01-05", "1", "50000"))
    told = lotwork(*JANUARY, code=1).result
    assert [each["required_usd"] for each in told["installments"]] == [None] * 4
    assert (told["next_payment"], told["safe_harbor"]["method"]) == (None, "unknown")
    assert codes(told["findings"]) == {"current_year_unknown", "prior_year_unknown"}
    words = lotwork(*JANUARY[:-1], code=1).out
    assert "What 2027 owes is not known, since its law is not" in words


def test_late_in_a_year_without_law_and_rates_what_is_overdue_is_told(lotwork: Caller) -> None:
    """Rates of interest are announced by the quarter: that of the second of 2027 is not out, nor that of the first."""
    lotwork.take(PROFILE, mined(2026))
    told = lotwork("quarterly", "--year", "2027", "--as-of", "2027-07-01", "--json", code=1).result
    assert (told["overdue_usd"], told["overdue_since"]) == ("4866.03", "2027-04-15")
    assert (told["penalty_usd"], told["penalty_through"]) == ("0.00", "2027-04-15")
    assert told["next_payment"]["pay_usd"] == "7299.05"
    assert told["next_payment"]["cost_of_waiting"]["rates_known_through"] == "2026-12-31"
    assert "underpayment_rate_unknown" in codes(told["findings"])


def test_a_taxpayer_of_another_country_is_told_of_no_us_payments(lotwork: Caller) -> None:
    lotwork.take(PROFILE | {"jurisdiction": "de"}, mined(2026))
    told = lotwork("quarterly", "--year", "2026", "--as-of", "2026-11-29", "--json", code=2).result
    assert "estimated payments are those of the United States" in told["message"]


@pytest.mark.parametrize("command", ["liability", "quarterly"])
def test_a_home_without_events_owes_nothing_and_says_what_it_assumed(lotwork: Caller, command: str) -> None:
    told = lotwork(command, "--year", "2025", "--json", code=1).result
    assert "profile_assumed" in codes(told["findings"])


def test_installments_have_every_key_of_the_contract(lotwork: Caller) -> None:
    lotwork.take(PROFILE, mined(2026))
    told = lotwork("quarterly", "--year", "2026", "--as-of", "2026-05-01", "--json", code=1).result
    assert told.keys() >= {"installments", "safe_harbor", "penalty_usd"}
    assert [each["due"] for each in told["installments"]] == ["2026-04-15", "2026-06-15", "2026-09-15", "2027-01-15"]
    for each in told["installments"]:
        assert each.keys() >= {"quarter", "due", "required_usd", "method", "paid_usd", "shortfall_usd", "set_aside"}
        assert each["set_aside"].keys() >= {"usd", "asset", "quantity"}
    assert told["safe_harbor"]["required_annual_payment_usd"] == "8758.86"
    assert "prior_year_unknown" in codes(told["findings"])
    table = lotwork("quarterly", "--year", "2026", "--as-of", "2026-05-01", code=1).out
    assert "Set aside $9,732.07 (0.19464140 BTC at $50,000.00) for 2026" in table


@pytest.mark.parametrize(
    ("day", "says"),
    [("2026-12-31", ""), ("2027-01-01", "is"), ("2027-04-15", "is"), ("2027-04-16", "was"), ("2027-11-30", "was")],
)
def test_of_a_year_that_is_over_the_balance_of_its_return_is_told(lotwork: Caller, day: str, says: str) -> None:
    lotwork.take(PROFILE, mined(2026))
    told = lotwork("quarterly", "--year", "2026", "--as-of", day, code=1).out
    owed = next(line.partition(" (")[0].removeprefix("Set aside ") for line in told.split("\n") if "Set aside" in line)
    sentence = f"With the return of 2026 {owed} {says} to be paid by 2027-04-15, the penalty besides."
    assert (sentence in told) == bool(says)
    lotwork("add", "payment", "at=2026-11-01T12:00:00Z", "year=2026", "amount_usd=9800")
    assert "With the return of" not in lotwork("quarterly", "--year", "2026", "--as-of", day, code=None).out


def test_only_what_was_known_by_the_day_asked_for_counts(lotwork: Caller) -> None:
    late = receipt("late", "2026-06-01", "1", "50000")
    lotwork.take(PROFILE, mined(2026), late)
    early = lotwork("quarterly", "--year", "2026", "--as-of", "2026-05-31", "--json", code=1).result
    after = lotwork("quarterly", "--year", "2026", "--as-of", "2026-06-01", "--json", code=1).result
    assert early["set_aside"]["usd"] == "9732.07"
    assert float(after["set_aside"]["usd"]) > 20_000


def test_after_the_year_the_whole_year_counts_and_an_unknown_rate_is_a_finding(lotwork: Caller) -> None:
    lotwork.take(PROFILE, mined(2026))
    told = lotwork("quarterly", "--year", "2026", "--as-of", "2027-02-01", "--json", code=1).result
    assert "underpayment_rate_unknown" in codes(told["findings"])
    assert (told["as_of"], told["penalty_through"]) == ("2027-02-01", "2026-12-31")
    assert float(told["penalty_usd"]) > 0


def test_a_year_long_past_is_told_as_of_today(lotwork: Caller) -> None:
    lotwork.take(PROFILE, mined(2024))
    told = lotwork("quarterly", "--year", "2024", "--json", code=1).result
    assert told["penalty_through"] == "2025-04-15"


def test_a_rule_recorded_in_the_book_changes_its_law_and_the_digest(lotwork: Caller) -> None:
    rule = {
        "kind": "rule", "at": "2025-01-01T00:00:00Z", "figure": "us/estimated/penalty_threshold", "from": "2025-01-01",
        "value": "10000", "cite": "a new statute", "reason": "as enacted",
    }  # fmt: skip
    lotwork.take(PROFILE, mined(2025))
    asked = ("quarterly", "--year", "2025", "--as-of", "2026-04-15", "--json")
    before = lotwork(*asked, code=1).result
    lotwork.take(rule)
    after = lotwork(*asked, code=0).result
    assert before["law"] != after["law"]
    assert (before["safe_harbor"]["penalty_possible"], after["safe_harbor"]["penalty_possible"]) == (True, False)
    assert (
        lotwork("quarterly", "--year", "2025", "--up-to", "2", "--as-of", "2026-04-15", "--json", code=1).result
        == before
    )


def test_the_next_payment_and_form_2210_are_told_with_the_installments(lotwork: Caller) -> None:
    lotwork.take(PROFILE, mined(2025))
    told = lotwork("quarterly", "--year", "2025", "--as-of", "2025-06-01", "--json", code=1).result
    assert told["next_payment"].keys() == {
        "quarter", "due", "pay_usd", "overdue_usd", "safe_usd", "set_aside", "cost_of_waiting",
    }  # fmt: skip
    assert told["form_2210"].keys() == {"boxes", "waiver", "lines", "charges"}
    assert told["safe_harbor"]["prior_year_source"] == "none"
    assert lotwork("quarterly", "--year", "2025", "--regular", "--json", code=1).result["annualized"] is None
    assert sum(float(charge["amount_usd"]) for charge in told["form_2210"]["charges"]) == float(told["penalty_usd"])
    words = lotwork("quarterly", "--year", "2025", "--as-of", "2025-06-01", code=1).out
    assert "by 2025-06-16, $2,199.41 of it overdue: waiting costs $0.84 a day" in words
    assert "goes by the tax of 2024, which is not known or was no year of twelve months" in words


def test_a_december_windfall_is_paid_for_in_january_without_a_word_from_the_taxpayer(lotwork: Caller) -> None:
    """26 U.S.C. 6654(d)(2): the method that costs less is used, and what the other costs is told."""
    lotwork.take(PROFILE, receipt("windfall", "2025-12-20", "1", "100000"))
    asked = ("quarterly", "--year", "2025", "--as-of", "2026-01-15")
    plain = lotwork(*asked, "--regular", "--json", code=1).result
    told = lotwork(*asked, "--json", code=1).result
    assert float(plain["penalty_usd"]) > 500
    assert (told["penalty_usd"], told["annualized"]["saves_usd"]) == ("0.00", plain["penalty_usd"])
    assert (told["annualized"]["regular_penalty_usd"], told["annualized"]["applies"]) == (plain["penalty_usd"], True)
    assert told["form_2210"]["boxes"]["C"]
    assert [each["required_usd"] for each in told["installments"][:3]] == ["0.00"] * 3
    assert {each["method"] for each in told["installments"]} == {"annualized"}
    forced = lotwork(*asked, "--annualized", "--json", code=1).result
    assert forced["installments"] == told["installments"]
    words = lotwork(*asked, code=1).out
    assert "The annualized method is used: its penalty so far is $0.00, by the regular one $" in words
    assert "Form 2210 with Schedule AI goes with the return." in words


def test_in_december_already_a_windfall_bears_no_penalty(lotwork: Caller) -> None:
    lotwork.take(PROFILE, receipt("windfall", "2025-12-20", "1", "100000"))
    told = lotwork("quarterly", "--year", "2025", "--as-of", "2025-12-28", "--json", code=1).result
    assert (told["penalty_usd"], told["overdue_usd"]) == ("0.00", "0.00")
    assert float(told["annualized"]["regular_penalty_usd"]) > 500
    assert not told["form_2210"]["boxes"]["C"], "whether it lowers the penalty is known when the year is over"


def test_an_even_year_keeps_equal_installments_and_says_what_schedule_ai_would_cost(lotwork: Caller) -> None:
    lotwork.take(PROFILE, *(receipt(f"r{month}", f"2025-{month:02}-01", "1", "9000") for month in range(1, 13)))
    told = lotwork("quarterly", "--year", "2025", "--as-of", "2026-04-15", "--json", code=1).result
    assert not told["annualized"]["applies"]
    assert told["penalty_usd"] == told["annualized"]["regular_penalty_usd"]
    words = lotwork("quarterly", "--year", "2025", "--as-of", "2026-04-15", code=1).out
    assert "The regular method is used: its penalty so far is $" in words
    told = lotwork("quarterly", "--year", "2025", "--as-of", "2026-04-15", "--annualized", "--json", code=1).result
    assert told["annualized"]["applies"]
    assert told["penalty_usd"] == told["annualized"]["annualized_penalty_usd"]


def test_two_methods_cannot_both_be_forced(lotwork: Caller) -> None:
    told = lotwork("quarterly", "--year", "2025", "--regular", "--annualized", code=2)
    assert "give one of them, or none for the cheaper" in told.err


def test_annualized_while_the_year_runs_a_period_that_is_over_says_what_is_enough(lotwork: Caller) -> None:
    lotwork.take(PROFILE, mined(2025))
    told = lotwork("quarterly", "--year", "2025", "--as-of", "2025-04-15", "--annualized", "--json", code=1).result
    assert told["next_payment"]["safe_usd"] == told["next_payment"]["pay_usd"]
    assert float(told["next_payment"]["pay_usd"]) > 9_000
    assert not told["form_2210"]["boxes"]["C"], "whether it lowers the penalty is known when the year is over"
    plain = lotwork("quarterly", "--year", "2025", "--as-of", "2025-04-15", "--json", code=1).result
    assert plain["next_payment"]["safe_usd"] == told["next_payment"]["safe_usd"]


def test_wages_shared_evenly_decide_nothing_before_the_year_is_over(lotwork: Caller) -> None:
    """What of the wages came by March is not known: the schedule is told, and used once the return is made."""
    facts = {"kind": "year_facts", "id": "f", "at": "2025-01-01T00:00:00Z", "year": 2025, "wages_usd": "30000"}
    prior = {"prior_year_tax_usd": "90000", "prior_year_agi_usd": "80000"}
    lotwork.take(PROFILE, receipt("windfall", "2025-12-20", "1", "100000"), facts | prior)
    running = lotwork("quarterly", "--year", "2025", "--as-of", "2025-12-28", "--json").result
    assert (running["annualized"]["applies"], running["safe_harbor"]["method"]) == (False, "current_year_90")
    words = lotwork("quarterly", "--year", "2025", "--as-of", "2025-12-28").out
    assert "with the year's amounts shared evenly over its months." in words
    over = lotwork("quarterly", "--year", "2025", "--as-of", "2026-04-15", "--json", code=1).result
    assert over["annualized"]["applies"]
    assert codes(over["findings"]) == {"annualized_share_assumed"}


def test_amounts_of_0_for_want_of_records_are_said_to_be(lotwork: Caller) -> None:
    lotwork("init", "--filing-status", "single", "--activity", "business", "--time-zone", "UTC")
    asked = ("quarterly", "--year", "2026", "--as-of", "2026-03-31")
    assert "Nothing is recorded in book main that a tax could be reckoned of" in lotwork(*asked).out
    lotwork.take(receipt("a", "2026-02-01", "1"))
    assert "Nothing is recorded" not in lotwork(*asked, code=None).out


def test_what_is_enough_to_owe_no_penalty_is_said_plainly_and_in_its_book(lotwork: Caller) -> None:
    asked = ("quarterly", "--year", "2026", "--as-of", "2026-03-31")
    rise = "This is the tax of what is recorded so far, and more income raises it. "
    for book, named in (("main", ""), ("farm", "--book farm ")):
        lotwork.take(receipt("a", "2026-02-01", "1", "50000", book=book), PROFILE | {"book": book})
        untold = lotwork(*asked, "--book", book, code=None).out
        assert (
            f"{rise}What is enough to owe no penalty, whatever else the year brings, goes by the tax of 2025" in untold
        )
        command = (
            f"lotwork {named}add year_facts at=2026-01-01 year=2026 prior_year_tax_usd=AMOUNT prior_year_agi_usd=AMOUNT"
        )
        assert f"tell it: `{command}`." in untold
        filled = command.removeprefix("lotwork ").replace("AMOUNT", "80000")
        lotwork(*filled.split())
        told = lotwork(*asked, "--book", book, code=None).out
        assert f"{rise}$20,000.00 each time, what is withheld counted in, is enough to owe no penalty, whatever" in told

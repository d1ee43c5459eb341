"""Estimated payments of a book, with penalties worked out by hand (26 U.S.C. 6654; Form 2210)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lotwork.ledger.units import CENT, ZERO
from lotwork.projections.estimated.next_payment import SetAside
from lotwork.projections.liability import liability
from lotwork.projections.quarterly import Quarterly, quarterly
from lotwork.rules.errors import LawFileError, UnknownFigureError
from lotwork.rules.load import Law
from lotwork.rules.missing import missing
from lotwork.rules.us.underpayment_rate import rate_on
from tests.projections.house import book_of, receipt

LAW = Law.load()
ACTIVITY = {"filing_status": "single", "activity": "business"}
PROFILE = {"kind": "profile", "id": "me", "at": "2020-01-01T00:00:00Z"} | ACTIVITY


def mined(year: int, usd: str = "50000") -> dict[str, Any]:
    return receipt(f"mined {year}", f"{year}-03-01", "1", usd)


def facts(year: int, **keys: Any) -> dict[str, Any]:
    return {"kind": "year_facts", "id": f"facts {year}", "at": f"{year}-01-01T00:00:00Z", "year": year} | keys


def payment(at: str, usd: str, year: int = 2025, **keys: Any) -> dict[str, Any]:
    name = f"paid {at}"
    return {"kind": "payment", "id": name, "at": f"{at}T12:00:00Z", "year": year, "amount_usd": usd} | keys


def asked(year: int, as_of: date, *lines: dict[str, Any], usd: str = "50000") -> Quarterly:
    book = book_of(PROFILE, mined(year, usd), *lines, years=(year,))
    return quarterly(book, LAW, liability(book, LAW, year), as_of, "regular")


def each_required(told: Quarterly) -> list[Decimal]:
    return [ZERO if quarter.required is None else quarter.required.quantize(CENT) for quarter in told.quarters]


def kept(told: Quarterly) -> SetAside:
    assert told.set_aside is not None
    return told.set_aside


PRIOR = {"prior_year_tax_usd": "6000", "prior_year_agi_usd": "150000"}


@pytest.mark.parametrize(
    ("year", "due"),
    [
        (2023, (date(2023, 4, 18), date(2023, 6, 15), date(2023, 9, 15), date(2024, 1, 16))),
        (2024, (date(2024, 4, 15), date(2024, 6, 17), date(2024, 9, 16), date(2025, 1, 15))),
        (2025, (date(2025, 4, 15), date(2025, 6, 16), date(2025, 9, 15), date(2026, 1, 15))),
        (2026, (date(2026, 4, 15), date(2026, 6, 15), date(2026, 9, 15), date(2027, 1, 15))),
    ],
)
def test_payments_are_due_on_the_days_of_the_irs_calendar(year: int, due: tuple[date, ...]) -> None:
    """26 U.S.C. 6654(c)(2) and 7503: Emancipation Day 2023, Martin Luther King Day 2024, Sundays and Saturdays."""
    assert tuple(quarter.due for quarter in asked(year, date(year, 1, 1)).quarters) == due


def test_without_a_prior_year_it_is_90_percent_and_a_finding() -> None:
    """50,000 of a single filer in 2025 is a tax of 9,775.17: see test_liability."""
    told = asked(2025, date(2025, 1, 1))
    assert told.method == "current_year_90"
    assert each_required(told) == [Decimal("2199.41")] * 4
    assert [finding.code for finding in told.findings] == ["prior_year_unknown"]


@pytest.mark.parametrize(
    ("prior", "method", "required"),
    [
        (PRIOR, "prior_year_100", "1500"),
        (PRIOR | {"prior_year_agi_usd": "150000.01"}, "prior_year_110", "1650"),
        (PRIOR | {"prior_year_tax_usd": "50000"}, "current_year_90", "2199.41"),
        (PRIOR | {"prior_year_months": 11}, "current_year_90", "2199.41"),
        (PRIOR | {"prior_year_months": 12}, "prior_year_100", "1500"),
        (PRIOR | {"prior_year_tax_usd": "0"}, "none", "0"),
    ],
)
def test_the_lesser_measure_decides(prior: dict[str, Any], method: str, required: str) -> None:
    """26 U.S.C. 6654(d)(1)(B), (C), (e)(2): exactly 150,000 is not more than 150,000; a short year is no measure."""
    told = asked(2025, date(2025, 1, 1), facts(2025, **prior))
    assert told.method == method
    assert each_required(told) == [Decimal(required).quantize(CENT)] * 4
    assert told.findings == ()


@pytest.mark.parametrize(
    ("as_of", "prior", "rises", "safe"),
    [
        (date(2025, 3, 31), {}, True, None),
        (date(2025, 3, 31), PRIOR | {"prior_year_tax_usd": "50000"}, True, 12_500),
        (date(2025, 3, 31), PRIOR, False, 1_500),
        (date(2026, 1, 2), PRIOR | {"prior_year_tax_usd": "50000"}, False, 12_500),
        (date(2025, 3, 31), PRIOR | {"prior_year_tax_usd": "0"}, False, 0),
    ],
)
def test_while_the_tax_so_far_decides_more_income_asks_for_more(
    as_of: date, prior: dict[str, Any], rises: bool, safe: int | None
) -> None:
    """The year's tax is measured at its end (6654(d)(1)(B)(i)); the prior year's is known in April."""
    told = asked(2025, as_of, *([facts(2025, **prior)] if prior else []))
    assert (told.may_rise, told.safe_payment) == (rises, safe)


def test_a_tax_below_1_000_asks_for_nothing() -> None:
    """26 U.S.C. 6654(e)(1): 5,000 of profit bear 706.48 of self-employment tax and no other."""
    told = asked(2025, date(2026, 4, 15), usd="5000")
    assert told.method == "none"
    assert {quarter.required for quarter in told.quarters} == {Decimal(0)}
    assert told.penalty == 0
    assert kept(told).usd == Decimal("706.48")
    assert told.findings == ()


def test_what_was_never_paid_bears_interest_from_each_statutory_day() -> None:
    """1,500 at 7 percent for 365, 304, 212 and 90 days: 105.00 + 87.45 + 60.99 + 25.89."""
    told = asked(2025, date(2026, 12, 31), facts(2025, **PRIOR))
    assert told.penalty.quantize(CENT) == Decimal("279.33")
    assert told.penalty_through == date(2026, 4, 15)


def test_a_late_payment_ends_the_interest_of_the_oldest_installment() -> None:
    """The first 1,500 were 56 days late: 16.11 in place of 105.00 (6654(b)(3))."""
    told = asked(2025, date(2026, 4, 15), facts(2025, **PRIOR), payment("2025-06-10", "1500"))
    assert told.penalty.quantize(CENT) == Decimal("190.44")
    assert [quarter.paid for quarter in told.quarters] == [1500, 0, 0, 0]


def test_in_the_middle_of_the_year_only_what_is_due_and_paid_by_then_counts() -> None:
    """1,500 for 16 days after June 15; the payment of September is not made yet."""
    paid = (payment("2025-04-15", "1500"), payment("2025-09-15", "3000"))
    told = asked(2025, date(2025, 7, 1), facts(2025, **PRIOR), *paid)
    assert told.penalty.quantize(CENT) == Decimal("4.60")
    assert [quarter.shortfall for quarter in told.quarters] == [0, 1500, 1500, 1500]
    assert kept(told).usd == Decimal("8275.17")
    later = asked(2025, date(2025, 9, 15), facts(2025, **PRIOR), *paid)
    assert kept(later).usd == Decimal("5275.17")
    assert [quarter.shortfall for quarter in later.quarters] == [0, 0, 0, 1500]


def test_a_payment_on_the_shifted_day_is_on_time() -> None:
    """June 15 2025 is a Sunday (26 U.S.C. 7503)."""
    on_time = (payment("2025-04-15", "1500"), payment("2025-06-16", "1500"))
    assert asked(2025, date(2025, 6, 30), facts(2025, **PRIOR), *on_time).penalty == 0


def test_withholding_counts_as_paid_in_four_equal_parts() -> None:
    """26 U.S.C. 6654(g)(1): 6,000 withheld, whenever it was, cover the four installments."""
    withheld = payment("2025-12-31", "2000", type="withholding")
    told = asked(2025, date(2026, 4, 15), facts(2025, withholding_usd="4000", **PRIOR), withheld)
    assert told.penalty == 0
    assert [quarter.shortfall for quarter in told.quarters] == [0, 0, 0, 0]


def test_what_will_be_withheld_later_pays_no_earlier_installment() -> None:
    """Of 4,000 withheld 1,000 counts on each day (6654(g)(1)): 500 is short each time, and unpaid it bears interest."""
    known = facts(2025, withholding_usd="4000", **PRIOR)
    before = asked(2025, date(2025, 4, 1), known)
    assert [quarter.paid for quarter in before.quarters] == [1000, 1000, 1000, 1000]
    assert [quarter.shortfall for quarter in before.quarters] == [500, 500, 500, 500]
    in_time = asked(2025, date(2025, 4, 16), known, payment("2025-04-15", "500"))
    assert [quarter.shortfall for quarter in in_time.quarters] == [0, 500, 500, 500]
    assert in_time.penalty == 0
    assert asked(2025, date(2025, 4, 16), known).penalty > 0


def test_what_was_withheld_by_now_goes_to_the_oldest_installment() -> None:
    """The 1,000 of June 15 pay the 500 left of April first; those of September and January are still to come."""
    known = facts(2025, withholding_usd="4000", **PRIOR)
    told = asked(2025, date(2025, 6, 20), known)
    assert [quarter.paid for quarter in told.quarters] == [1500, 500, 1000, 1000]
    ahead = asked(2025, date(2025, 6, 20), known, payment("2025-04-15", "2000"))
    assert [quarter.shortfall for quarter in ahead.quarters] == [0, 0, 0, 0]


def test_where_next_years_rate_is_not_known_yet_the_penalty_runs_to_the_last_known_day() -> None:
    """1,000 each: 76 days at 6 and 184 at 7 percent, 15 and 184, 107 at 7: 47.78 + 37.75 + 20.52."""
    prior = facts(2026, prior_year_tax_usd="4000", prior_year_agi_usd="100000")
    told = asked(2026, date(2027, 2, 1), prior)
    assert told.penalty.quantize(CENT) == Decimal("106.05")
    assert told.penalty_through == date(2026, 12, 31)
    assert [finding.code for finding in told.findings] == ["underpayment_rate_unknown"]
    paid = (payment(f"2026-{day}", "1000", 2026) for day in ("04-15", "06-15", "09-15", "12-15"))
    in_time = asked(2026, date(2027, 2, 1), prior, *paid)
    assert in_time.penalty == 0
    assert (in_time.penalty_through, in_time.findings) == (date(2027, 2, 1), ())


def test_a_rule_event_brings_the_missing_rate() -> None:
    prior = facts(2026, prior_year_tax_usd="4000", prior_year_agi_usd="100000")
    book = book_of(PROFILE, mined(2026), prior, years=(2026,))
    rule = {
        "kind": "rule", "id": "rate", "at": "2027-01-02T00:00:00Z", "figure": "us/estimated/underpayment_rate",
        "from": "2027-01-01", "value": ["0.07", "0.07", "0.07", "0.07"], "cite": "a ruling", "reason": "published",
    }  # fmt: skip
    law = LAW.corrected(book_of(rule).history.of_kind("rule"))  # type: ignore[arg-type] # only rules are there
    told = quarterly(book, law, liability(book, law, 2026), date(2027, 2, 1), "regular")
    assert told.penalty_through == date(2027, 2, 1)
    assert told.findings == ()


@pytest.mark.parametrize(
    ("rules", "through", "penalty"),
    [
        ([("2027-01-01", ["0.07"])], date(2027, 4, 15), "183.73"),
        ([("2027-01-01", "as one text")], None, ""),
        ([("2027-01-01", ["0.07", "0.06"])], date(2027, 4, 15), "183.73"),
        ([("2027-04-01", ["0.06"])], date(2026, 12, 31), "106.05"),
        ([("2026-10-01", ["0.08"])], date(2026, 12, 31), "113.62"),
        ([("2027-01-01", ["0.07"]), ("2027-04-01", ["0.06"])], date(2027, 4, 15), "183.73"),
    ],
)
def test_a_rate_is_recorded_for_the_quarters_it_is_announced_for(
    rules: list[tuple[str, Any]], through: date | None, penalty: str
) -> None:
    """26 U.S.C. 6621(b)(1), (2)(B): a rate is a quarter's, the first one's holds through April 15; the rest is unknown.

    To 106.055 by the end of 2026 come 105 days at 7 percent of 3,000 and 90 of the fourth 1,000: 60.411 + 17.260. At 8
    percent in the last quarter of 2026 the 3,000 bear a point more for 92 days: 7.562.
    """
    prior = facts(2026, prior_year_tax_usd="4000", prior_year_agi_usd="100000")
    told = [
        {
            "kind": "rule", "id": f"rate {day}", "at": "2027-01-02T00:00:00Z", "from": day, "value": value,
            "figure": "us/estimated/underpayment_rate", "cite": "a ruling", "reason": "published",
        }
        for day, value in rules
    ]  # fmt: skip
    if through is None:
        with pytest.raises(LawFileError, match="fractions by quarter"):
            LAW.corrected(book_of(*told).history.of_kind("rule"))  # type: ignore[arg-type] # only rules are there
        return
    law = LAW.corrected(book_of(*told).history.of_kind("rule"))  # type: ignore[arg-type] # only rules are there
    book = book_of(PROFILE, mined(2026), prior, years=(2026,))
    made = quarterly(book, law, liability(book, law, 2026), date(2027, 4, 15), "regular")
    assert (made.penalty_through, made.penalty.quantize(CENT)) == (through, Decimal(penalty))
    unknown = [finding for finding in made.findings if finding.code == "underpayment_rate_unknown"]
    assert bool(unknown) == (through < date(2027, 4, 15))
    assert all("from=2027-01-01" in finding.message for finding in unknown)


@pytest.mark.parametrize(
    ("day", "value", "why"),
    [
        ("2026-05-10", ["0.07"], "write its first day"),
        ("2026-10-01", ["0.07", "0.07"], "give 1 to 1"),
        ("2026-01-01", ["0.07"] * 5, "give 1 to 4"),
        ("2026-01-01", [], "give 1 to 4"),
    ],
)
def test_a_rate_of_no_quarter_is_refused(day: str, value: list[str], why: str) -> None:
    rule = {
        "kind": "rule", "id": "rate", "at": "2027-01-02T00:00:00Z", "figure": "us/estimated/underpayment_rate",
        "from": day, "value": value, "cite": "a ruling", "reason": "published",
    }  # fmt: skip
    with pytest.raises(LawFileError, match=why):
        LAW.corrected(book_of(rule).history.of_kind("rule"))  # type: ignore[arg-type] # only rules are there


def test_quarters_without_a_rate_are_missing_and_those_told_before_stay() -> None:
    rule = {
        "kind": "rule", "id": "rate", "at": "2027-01-02T00:00:00Z", "figure": "us/estimated/underpayment_rate",
        "from": "2026-04-01", "value": ["0.05"], "cite": "a ruling", "reason": "corrected",
    }  # fmt: skip
    law = LAW.corrected(book_of(rule).history.of_kind("rule"))  # type: ignore[arg-type] # only rules are there
    days = (date(2026, 1, 1), date(2026, 6, 30), date(2026, 7, 1), date(2026, 12, 31))
    assert [rate_on(day, law)[0] for day in days] == [Decimal(rate) for rate in ("0.07", "0.05", "0.07", "0.07")]
    first = LAW.corrected(
        book_of(rule | {"from": "2027-01-01"}).history.of_kind("rule")  # type: ignore[arg-type] # only rules are there
    )
    path = "us/estimated/underpayment_rate"
    assert [each.path for each in missing(first, 2026, LAW) if each.path == path] == []
    assert [each.lacks for each in missing(first, 2027, LAW) if each.path == path] == ["value"]


def test_where_no_rate_is_known_the_payments_are_told_and_what_they_cost_is_not() -> None:
    book = book_of(PROFILE, mined(2026), years=(2026,))
    owed = liability(book, LAW, 2026)

    class NoRates(Law):
        def figure(self, path: str, on: date) -> Any:
            if path.endswith("underpayment_rate"):
                raise UnknownFigureError(path)
            return super().figure(path, on)

    told = quarterly(book, NoRates.load(), owed, date(2026, 7, 1), "regular")
    assert told.overdue > 0
    assert (told.penalty, told.penalty_through) == (ZERO, date(2026, 4, 15))
    assert "underpayment_rate_unknown" in [finding.code for finding in told.findings]
    assert told.next_payment is not None
    assert told.next_payment.waiting.a_day is None


def test_set_aside_is_told_in_the_coin_last_received_rounded_up() -> None:
    told = asked(2025, date(2025, 1, 1), receipt("doge", "2025-04-01", "1", "0.3", asset="DOGE"))
    aside = kept(told)
    assert (aside.asset, aside.price_usd) == ("DOGE", "0.3")
    assert aside.quantity is not None
    worth = [Decimal(units) * Decimal("0.3") / 10**8 for units in (aside.quantity - 1, aside.quantity)]
    assert worth[0] < aside.usd <= worth[1]


def test_without_a_coin_ever_received_it_is_told_in_dollars() -> None:
    book = book_of(PROFILE, facts(2025, other_ordinary_income_usd="80000"))
    aside = kept(quarterly(book, LAW, liability(book, LAW, 2025), date(2025, 1, 1)))
    assert aside.usd > 0
    assert (aside.asset, aside.quantity, aside.price_usd) == (None, None, None)


def test_an_overpayment_sets_nothing_aside() -> None:
    told = asked(2025, date(2026, 1, 16), payment("2025-04-15", "20000"))
    assert kept(told).usd == 0
    assert [quarter.shortfall for quarter in told.quarters] == [0, 0, 0, 0]

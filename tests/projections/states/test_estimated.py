"""Estimated payments to a state, from a book: its days, its measures, what was paid, and what is not reckoned."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lotwork.ledger.units import CENT
from lotwork.projections.estimated.open_year import OpenYear, year_asked
from lotwork.projections.states.estimated import StateQuarterly, state_quarterly
from lotwork.reports.state_payments import state_next_in_words, state_payments_in_words
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt
from tests.projections.states.miner import LAW, me, moved

IN_MAY = date(2026, 5, 2)
MINED = receipt("mined", "2026-02-01", "1", "90000")
RULES = "us/states/ca"


def told_of(year: int = 2026, **told: Any) -> dict[str, Any]:
    at = f"{year}-01-02T12:00:00Z"
    return {"kind": "year_facts", "id": f"told {sorted(told)}", "at": at, "year": year, "dependents": 0} | told


def paid(state: str | None, day: str, usd: str, of: str = "estimated") -> dict[str, Any]:
    line = {"kind": "payment", "id": f"{state} {of} {day}", "at": f"{day}T12:00:00Z", "year": 2026, "type": of}
    return line | {"amount_usd": usd} | ({} if state is None else {"state": state})


def asked(*lines: dict[str, Any], as_of: date = IN_MAY, year: int = 2026, law: Law = LAW) -> Any:
    """Return the payments to the state of *year*, with all that had happened by *as_of*."""
    book = book_of(*lines, years=(year,), until=min(as_of, date(year, 12, 31)))
    made = state_quarterly(book, law, year_asked(book, law, year), as_of)
    assert made is not None
    return made


def codes(told: StateQuarterly) -> set[str]:
    return {each.code for each in told.findings}


def each_of(told: StateQuarterly, what: str) -> list[Any]:
    return [getattr(each, what).quantize(CENT) for each in told.installments]


def test_georgia_asks_for_the_lesser_of_70_percent_and_the_last_year() -> None:
    """Form 500-UET: a quarter of the last year's tax, where that is less; else of 70 percent of this year's."""
    prior = asked(me(state="GA"), MINED, told_of(state_prior_year_tax_usd="1000"))
    assert (prior.method, each_of(prior, "required")) == ("prior_year", [250] * 4)
    own = asked(me(state="GA"), MINED, told_of(state_prior_year_tax_usd="90000"))
    assert own.method == "current_year"
    assert each_of(own, "required") == [(prior.tax * Decimal("0.7") / 4).quantize(CENT)] * 4
    assert "by 70% of this year's tax" in state_next_in_words(own)
    assert own.tax == prior.tax


def test_only_what_was_paid_to_the_state_is_paid_and_the_oldest_first() -> None:
    lines = (me(state="GA"), MINED, told_of(state_prior_year_tax_usd="1000"))
    told = asked(*lines, paid("GA", "2026-04-10", "300"), paid(None, "2026-04-10", "9000"),
                 paid("NC", "2026-04-10", "700"), paid("GA", "2026-05-03", "80"))  # fmt: skip
    assert each_of(told, "paid") == [250, 50, 0, 0]
    assert (told.overdue, told.overdue_since) == (0, None)
    assert (told.next.due, told.next.pay, told.next.safe) == (date(2026, 6, 15), 200, 200)
    assert told.set_aside == told.tax - 300
    assert {"state_payment_elsewhere"} <= codes(told)


def test_california_asks_for_30_40_0_and_30_percent_and_withholding_counts_alike() -> None:
    """FTB 5805: "considered to have paid the required amounts on each payment due date"."""
    told = asked(me(state="CA"), MINED, told_of(state_prior_year_tax_usd="2000", state_prior_year_agi_usd="90000",
                                               state_withholding_usd="1000"))  # fmt: skip
    assert [(each.quarter, each.due) for each in told.installments] == [
        (1, date(2026, 4, 15)), (2, date(2026, 6, 15)), (4, date(2027, 1, 15)),
    ]  # fmt: skip
    assert each_of(told, "required") == [600, 800, 600]
    assert each_of(told, "paid") == [300, 400, 300]
    assert told.overdue == 300
    assert (told.next.pay, told.next.safe) == (700, None)  # no income to come may make the last year count no more
    assert "state_penalty_not_reckoned" in codes(told)
    assert "state_payment_figure_unverified" not in codes(told)
    assert told.unverified == ()


def test_days_that_nobody_looked_up_are_a_finding_that_names_them() -> None:
    read = b"a page on Form 540-ES of 2025 read: the middle of"
    assert LAW.files[RULES].count(read) == 1
    law = Law({**LAW.files, RULES: LAW.files[RULES].replace(read, b"memory: the middle of")})
    told = asked(me(state="CA"), MINED, told_of(state_prior_year_tax_usd="2000", state_prior_year_agi_usd="90000"),
                 law=law)  # fmt: skip
    assert told.unverified == (f"{RULES}/estimated_days",)
    assert "state_payment_figure_unverified" in codes(told)


@pytest.mark.parametrize(("mined", "barred"), [("999999", False), ("1200000", True)])
def test_from_a_million_of_income_california_lets_the_last_year_not_count(mined: str, barred: bool) -> None:
    """Cal. Rev. & Tax. Code 19136.3; and 110 percent above 150,000 of the last year's income."""
    told = asked(me(state="CA"), receipt("mined", "2026-02-01", "1", mined),
                 told_of(state_prior_year_tax_usd="10000", state_prior_year_agi_usd="200000"))  # fmt: skip
    expected = told.tax * Decimal("0.9") if barred else Decimal(11_000)
    assert sum(each.required for each in told.installments) == expected
    assert told.barred is barred
    assert ("California: at so high an income the tax of 2025 does not count." in [*state_payments_in_words(told)]) is (
        barred
    )
    assert "state_prior_year_unknown" not in codes(told)


def test_north_carolina_asks_for_nothing_below_1_000_after_withholding() -> None:
    """N.C.G.S. 105-163.15: less than 1,000 after withholding bears no interest."""
    lines = (me(state="NC"), MINED)
    free = asked(*lines, told_of(state_prior_year_tax_usd="2000"), paid("NC", "2026-03-01", "2500", "withholding"))
    assert free.tax - 2500 < 1000
    assert (free.method, each_of(free, "required")) == ("none", [0] * 4)
    assert "less than $1,000" in state_next_in_words(free)
    owes = asked(*lines, told_of(state_prior_year_tax_usd="2000"), paid("NC", "2026-03-01", "500", "withholding"))
    assert each_of(owes, "required") == [500] * 4
    assert each_of(owes, "paid")[:1] == [125]


def test_a_last_year_that_nobody_told_is_asked_for_and_this_years_counts() -> None:
    told = asked(me(state="NC"), MINED)
    assert (told.method, told.prior.source) == ("current_year", "none")
    assert "state_prior_year_unknown" in codes(told)
    assert told.next.safe is None
    assert asked(me(state="NC"), MINED, told_of(state_prior_year_tax_usd="0")).method == "none"


def filed(state: str, usd: str) -> dict[str, Any]:
    figures = {"state": {"state": state, "form": "a form", "tax_usd": usd, "payments_usd": "0", "balance_due_usd": usd}}
    return {"kind": "filing", "id": "filed", "at": "2026-04-10T12:00:00Z", "year": 2025, "law": "0" * 64, "position": 1,
            "head": "0" * 64, "figures": figures}  # fmt: skip


def test_the_return_filed_from_this_book_tells_last_years_tax_where_no_fact_does() -> None:
    told = asked(me(state="NC"), MINED, filed("NC", "1000.00"))
    assert (told.method, told.prior.source, told.prior.tax) == ("prior_year", "filing", 1000)
    assert "state_prior_year_unknown" not in codes(told)
    facts = asked(me(state="NC"), MINED, filed("NC", "1000.00"), told_of(state_prior_year_tax_usd="900"))
    assert (facts.prior.source, facts.prior.tax) == ("year_facts", 900)
    assert asked(me(state="NC"), MINED, filed("GA", "1000.00")).prior.source == "none"
    joint = moved("2026-01-01", filing_status="mfj")
    assert asked(me(state="NC"), joint, MINED, filed("NC", "1000.00")).prior.source == "none"


def test_a_return_to_another_state_is_no_measure_of_this_one() -> None:
    lines = (me(state="NC"), moved("2026-01-01", state="GA"), MINED)
    told = asked(*lines, told_of(state_prior_year_tax_usd="1"))
    assert (told.state, told.method, told.prior.tax) == ("GA", "current_year", None)
    assert "state_prior_year_elsewhere" in codes(told)
    assert "state_prior_year_unknown" not in codes(told)
    assert "state_prior_year_elsewhere" not in codes(asked(*lines))


def test_a_move_within_the_year_tells_no_payments_and_why() -> None:
    told = asked(me(state="NC"), moved("2026-03-01", state="GA"), MINED)
    assert (told.method, told.installments, told.next) == ("unknown", (), None)
    assert "moved_states" in codes(told)
    assert [*state_payments_in_words(told)] == [
        "Georgia: no estimated payments of 2026 are told; the findings say why."
    ]


def test_a_state_that_asks_for_none_and_one_without_a_table_say_so() -> None:
    assert [*state_payments_in_words(asked(me(state="TX"), MINED))] == ["Texas asks for no estimated payments."]
    other = asked(me(state="HI"), MINED)
    assert (other.method, codes(other) >= {"state_not_covered"}) == ("unknown", True)


def test_without_a_state_there_is_nothing() -> None:
    book = book_of(me(), MINED, years=(2026,))
    assert state_quarterly(book, LAW, year_asked(book, LAW, 2026), IN_MAY) is None


def test_a_year_whose_law_is_not_out_is_measured_by_the_last_year_alone() -> None:
    lines = (me(state="NC"), receipt("mined", "2027-02-01", "1", "90000"))
    day = date(2027, 4, 1)
    told = asked(*lines, told_of(2027, state_prior_year_tax_usd="800"), as_of=day, year=2027)
    assert (told.tax, told.method, each_of(told, "required")) == (None, "prior_year", [200] * 4)
    assert "state_current_year_unknown" in codes(told)
    book = book_of(*lines, years=(2027,))
    assert isinstance(year_asked(book, LAW, 2027), OpenYear)
    assert asked(*lines, as_of=day, year=2027).method == "unknown"


def test_while_the_law_is_not_out_what_the_book_comes_to_stands_in_for_the_last_year() -> None:
    told = asked(me(state="NC"), MINED, receipt("more", "2027-02-01", "1", "90000"), as_of=date(2027, 4, 1), year=2027)
    of_2026 = asked(me(state="NC"), MINED, as_of=date(2026, 12, 31))
    assert (told.prior.source, told.prior.tax) == ("book", of_2026.tax)
    assert "state_prior_year_by_book" in codes(told)


def test_what_was_paid_late_is_told_though_it_is_paid() -> None:
    lines = (me(state="GA"), MINED, told_of(state_prior_year_tax_usd="1000"))
    late = asked(*lines, paid("GA", "2026-04-16", "250"))
    (finding,) = (each for each in late.findings if each.code == "state_penalty_not_reckoned")
    assert finding.message.startswith("250.00 of the estimated payments to Georgia of 2026 was not paid by its day")
    assert "state_penalty_not_reckoned" not in codes(asked(*lines, paid("GA", "2026-04-15", "250")))

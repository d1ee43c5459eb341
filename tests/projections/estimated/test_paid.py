"""What was paid, and when it counts: withholding by its days, extensions, overpayments applied, January 31."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.projections.estimating import asked, cents, facts, mined, payment

LATE = date(2026, 4, 15)
MINED = mined("2025-02-01", "90000")
PRIOR: dict[str, Any] = {"prior_year_tax_usd": "6000", "prior_year_agi_usd": "90000"}
ELECTED = {
    "kind": "election", "id": "e", "at": "2026-03-01T00:00:00Z", "from": "2025-01-01",
    "method": "withholding_actual_dates",
}  # fmt: skip


def filing(at: str) -> dict[str, Any]:
    return {
        "kind": "filing", "id": "filed", "at": f"{at}T12:00:00Z", "year": 2025, "law": "0", "position": 1, "head": "0",
        "figures": {},
    }  # fmt: skip


def test_withheld_in_december_it_counts_in_four_parts_unless_its_days_are_established() -> None:
    """26 U.S.C. 6654(g)(1): equal parts, "unless the taxpayer establishes the dates"."""
    lines = (MINED, facts(**PRIOR), payment("2025-04-15", "250"), payment("2025-12-20", "5750", type="withholding"))
    evenly = asked(*lines, as_of=LATE)
    assert (evenly.boxes.actual_dates, evenly.penalty < 3) == (False, True)
    on_its_day = asked(*lines, ELECTED, as_of=LATE)
    assert (on_its_day.boxes.actual_dates, on_its_day.penalty > 100) == (True, True)
    assert [quarter.shortfall for quarter in on_its_day.quarters] == [0] * 4


def test_withholding_that_covers_the_year_bears_no_penalty_whatever_its_days() -> None:
    """Form 2210, page 1: "Is line 6 equal to or more than line 9? Yes: You don't owe a penalty"."""
    withheld = payment("2025-12-20", "6000", type="withholding")
    assert asked(MINED, facts(**PRIOR), withheld, ELECTED, as_of=LATE).penalty == 0


def test_withheld_in_january_its_days_cover_the_first_installments() -> None:
    """Box D helps who was withheld from early: 3,000 in January pay April and June."""
    withheld = payment("2025-01-20", "3000", type="withholding")
    early = asked(MINED, facts(**PRIOR), withheld, ELECTED, as_of=date(2025, 7, 1))
    assert early.penalty == 0
    assert [quarter.paid for quarter in early.quarters] == [1_500, 1_500, 0, 0]
    assert asked(MINED, facts(**PRIOR), withheld, as_of=date(2025, 7, 1)).penalty > 0


def test_what_the_facts_only_sum_up_keeps_its_four_parts() -> None:
    """26 U.S.C. 6654(g)(2): the rule applies separately to wages and to other withholding."""
    known = facts(withholding_usd="4000", **PRIOR)
    told = asked(MINED, known, ELECTED, payment("2025-01-20", "2000", type="withholding"), as_of=LATE)
    assert told.penalty == 0
    assert [quarter.paid for quarter in told.quarters] == [1_500] * 4


def test_an_extension_reduces_no_penalty_before_its_day() -> None:
    """Form 4868 is no installment: what goes with it on April 15 ends nothing earlier."""
    paid = asked(MINED, facts(**PRIOR), payment("2026-04-15", "6000", type="extension"), as_of=LATE)
    assert paid.penalty == asked(MINED, facts(**PRIOR), as_of=LATE).penalty > 0
    assert [quarter.shortfall for quarter in paid.quarters] == [0] * 4


def test_an_overpayment_applied_is_an_estimated_payment_of_april_15() -> None:
    """26 U.S.C. 6402(b); Rev. Rul. 99-40: it pays the first installment, and what is over the next."""
    told = asked(MINED, facts(**PRIOR), payment("2025-04-15", "2000"), as_of=date(2025, 4, 16))
    assert [quarter.paid for quarter in told.quarters] == [1_500, 500, 0, 0]
    assert told.penalty == 0


@pytest.mark.parametrize(
    ("filed", "paid", "freed"),
    [
        ("2026-01-31", "90000", True),
        ("2026-02-02", "90000", True),
        ("2026-02-03", "90000", False),
        ("2026-01-31", "5000", False),
    ],
)
def test_filed_and_paid_in_full_by_january_31_the_fourth_installment_is_free(
    filed: str,
    paid: str,
    freed: bool,
) -> None:
    """26 U.S.C. 6654(h); January 31 2026 is a Saturday, so that Monday is in time (7503)."""
    lines = [payment(day, "1500") for day in ("2025-04-15", "2025-06-15", "2025-09-15")]
    told = asked(MINED, facts(**PRIOR), *lines, filing(filed), payment(filed, paid), as_of=LATE)
    assert (told.penalty == 0) is freed
    assert told.penalty == sum(charge.amount for charge in told.charges)


def test_one_day_late_counts_from_the_statutes_day() -> None:
    """June 15 2025 is a Sunday: on June 16 nothing is late, on June 17 two days are (7503; 6654(b)(1))."""

    def paid(day: str) -> Any:
        return asked(MINED, facts(**PRIOR), payment("2025-04-15", "1500"), payment(day, "1500"), as_of=date(2025, 7, 1))

    assert paid("2025-06-16").penalty == 0
    late = paid("2025-06-17")
    assert [charge.days for charge in late.charges] == [2]
    assert str(cents(late.penalty)) == "0.58"

"""Who pays on each day what Lotwork says is enough owes no penalty, whatever the rest of the year brings.

The year is drawn: who the taxpayer is, coins of each month, sales, rigs, wages with withholding, a windfall in
December, a prior year or none. On each due day the miner asks with what had happened by then, pays the amount that is
called enough, and files in April.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import ROUND_UP, Decimal
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.units import CENT
from lotwork.projections.quarterly import By
from lotwork.rules.us.estimated import due_days
from tests.projections.estimating import LAW, asked, facts, mined, payment, profile
from tests.projections.house import sale


class Year(NamedTuple):
    """What a drawn year brings."""

    year: int
    lines: list[dict[str, Any]]
    prior: bool

    @property
    def filed(self) -> date:
        return date(self.year + 1, 4, 15)


RIG = (st.integers(1, 12), st.integers(1, 28), st.integers(1_000, 80_000), st.sampled_from([0, 1]))
SOLD = (st.integers(2, 12), st.integers(1, 28), st.integers(1, 60_000))


def rig(year: int, month: int, day: int, cost: int, expensed: int) -> dict[str, Any]:
    at = f"{year}-{month:02}-{day:02}"
    return {
        "kind": "equipment", "id": f"rig {month}", "at": f"{at}T12:00:00Z", "equipment": f"rig {month}",
        "cost_usd": str(cost), "acquired": at, "placed_in_service": at, "bonus": "none",
        "section_179_usd": str(cost * expensed),
    }  # fmt: skip


def sold(year: int, month: int, day: int, proceeds: int) -> dict[str, Any]:
    return sale(f"sale {month}", f"{year}-{month:02}-{day:02}", "0.5", str(proceeds))


@st.composite
def years(draw: st.DrawFn, *, prior: bool | None = None) -> Year:
    year = draw(st.sampled_from([2023, 2024, 2025]))
    months = draw(st.lists(st.integers(0, 50_000), min_size=12, max_size=12))
    days = draw(st.lists(st.integers(1, 28), min_size=12, max_size=12))
    order = draw(st.sampled_from(["as drawn", "rising", "falling", "december"]))
    if order == "rising":
        months.sort()
    elif order == "falling":
        months.sort(reverse=True)
    elif order == "december":
        months = [*(amount // 50 for amount in months[:11]), 400_000]
    lines = [
        mined(f"{year}-{month:02}-{day:02}", str(amount + 1))
        for month, (day, amount) in enumerate(zip(days, months, strict=True), start=1)
    ]
    status = draw(st.sampled_from(["single", "mfj", "mfs", "hoh"]))
    activity = draw(st.sampled_from(["business", "business", "hobby"]))
    lines.append(profile("who", "2020-02-01", filing_status=status, activity=activity))
    lines += draw(st.lists(st.builds(rig, st.just(year), *RIG), max_size=2, unique_by=lambda each: each["id"]))
    lines += draw(st.lists(st.builds(sold, st.just(year), *SOLD), max_size=2, unique_by=lambda each: each["id"]))
    known: dict[str, Any] = {}
    has_prior = draw(st.booleans()) if prior is None else prior
    if has_prior:
        known["prior_year_tax_usd"] = str(draw(st.integers(1, 60_000)))
        known["prior_year_agi_usd"] = str(draw(st.integers(0, 400_000)))
    if draw(st.booleans()):
        known["wages_usd"] = str(draw(st.integers(0, 150_000)))
        known["withholding_usd"] = str(draw(st.integers(0, 20_000)))
    return Year(year, [*lines, facts(year, **known)] if known else lines, has_prior)


def paid_as_advised(told: Year, *, by: By) -> Iterator[dict[str, Any]]:
    """Yield what the miner pays on each due day: the amount that is enough, rounded up to the cent."""
    paid: list[dict[str, Any]] = []
    for day in due_days(LAW, told.year):
        advice = asked(*told.lines, *paid, as_of=day, year=told.year, by=by).next_payment
        assert advice is not None
        assert advice.due == day
        assert advice.safe is not None
        amount = advice.safe.quantize(CENT, ROUND_UP)
        if amount:
            paid.append(payment(day.isoformat(), str(amount), told.year))
    yield from paid


@settings(max_examples=80)
@given(years())
def test_who_pays_the_annualized_installments_owes_no_penalty(told: Year) -> None:
    """26 U.S.C. 6654(d)(2): the period of each installment is over when it is due, so that nothing can change it."""
    paid = list(paid_as_advised(told, by="cheaper"))
    final = asked(*told.lines, *paid, as_of=told.filed, year=told.year, by="cheaper")
    assert final.penalty == 0


@settings(max_examples=80)
@given(years(prior=True))
def test_who_pays_a_quarter_of_the_prior_years_measure_owes_no_penalty(told: Year) -> None:
    """26 U.S.C. 6654(d)(1)(B)(ii): known in April, and enough whatever the year brings."""
    paid = list(paid_as_advised(told, by="regular"))
    assert asked(*told.lines, *paid, as_of=told.filed, year=told.year).penalty == 0


@settings(max_examples=40)
@given(year=st.sampled_from([2023, 2024, 2025]), prior=st.integers(1_000, 20_000), skipped=st.integers(0, 3))
def test_who_skips_a_day_and_pays_it_with_the_next_pays_what_waiting_was_said_to_cost(
    year: int, prior: int, skipped: int
) -> None:
    """The cost that is told on the day is the penalty in the end, to the cent."""
    lines = [mined(f"{year}-01-02", "200000"), facts(year, prior_year_tax_usd=str(prior), prior_year_agi_usd="0")]
    days = (*due_days(LAW, year), date(year + 1, 4, 15))
    quarter = str(Decimal(prior) / 4)
    before = [payment(day.isoformat(), quarter, year) for day in days[:skipped]]
    advice = asked(*lines, *before, as_of=days[skipped], year=year).next_payment
    assert advice is not None
    waiting = advice.waiting
    cost = waiting.until_next_due if skipped < 3 else waiting.until_april_15
    assert cost is not None
    after = [payment(day.isoformat(), quarter, year) for day in days[skipped + 1 : 4]]
    missed = payment(days[skipped + 1].isoformat(), quarter, year) | {"id": "the one that waited"}
    final = asked(*lines, *before, *after, missed, as_of=days[-1], year=year)
    assert cost > 0
    assert abs(final.penalty - cost) < CENT

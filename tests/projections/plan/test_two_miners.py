"""A couple who both mine: a plan changes one business, and has the other one whole, with its own tax beside it.

26 U.S.C. 1402(b): self-employment income, and the wage base it meets, is each person's own; 183(a): so is the activity.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lotwork.ledger.errors import UsageError
from lotwork.ledger.events import HOBBY, TAXPAYER, Owner
from lotwork.ledger.units import CENT
from lotwork.projections.findings import Finding
from lotwork.projections.liability import liability
from lotwork.projections.plan.activity import plan_activity
from lotwork.projections.plan.next_year import as_this_year, assumed_law
from lotwork.projections.plan.set_aside import plan_set_aside
from lotwork.projections.plan.structure import plan_structure
from lotwork.projections.plan.structure_column import CORPORATION, SOLE
from lotwork.projections.plan.suppose import as_activity, suppose
from lotwork.projections.plan.year_end import RigAsked, plan_year_end
from lotwork.projections.returns.owners import SPOUSE
from lotwork.rules.us.individual import compute
from tests.projections.estimating import cents
from tests.projections.house import book_of, receipt
from tests.rules.us.law import LAW, usd

TODAY = date(2025, 11, 20)
ME = {
    "kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "filing_status": "mfj", "activity": "business",
    "material_participation": True,
}  # fmt: skip
HERS = {"kind": "wallet", "id": "w", "at": "2024-01-01T00:00:00Z", "wallet": "hers", "owner": "spouse"}
MINE = receipt("mine", "2025-02-01", "1", "90000")
HER_COIN = receipt("hers", "2025-03-01", "1", "60000", wallet="hers")
HER_BILL = {
    "kind": "expense", "id": "bill", "at": "2025-03-01T00:00:00Z", "category": "electricity", "amount_usd": "900",
    "owner": "spouse",
}  # fmt: skip
HER_DOLLARS = {
    "kind": "business_income", "id": "hosting", "at": "2025-03-01T00:00:00Z", "category": "hosting",
    "amount_usd": "900", "owner": "spouse",
}  # fmt: skip
SE_RATE = Decimal("0.9235") * Decimal("0.153")
"""26 U.S.C. 1402(a)(12), 1401: of each dollar of profit, below the wage base."""
BOTH = (ME, HERS, MINE, HER_COIN)


def rig(cost: str, name: str, **keys: Any) -> dict[str, Any]:
    return {
        "kind": "equipment", "id": name, "at": "2025-04-01T00:00:00Z", "equipment": name, "cost_usd": cost,
        "acquired": "2025-04-01", "placed_in_service": "2025-04-01",
    } | keys  # fmt: skip


def findings(*lines: dict[str, Any]) -> Iterable[tuple[Finding, ...]]:
    """Yield the findings of each plan that changes or repeats a business."""
    book = book_of(*lines)
    yield plan_structure(book, LAW, 2025).findings
    yield plan_activity(book, LAW, 2025).findings
    yield plan_set_aside(book, LAW, 2025, TODAY, LAW).findings
    yield plan_year_end(book, LAW, None, TODAY).findings


def test_a_plan_of_two_businesses_needs_no_person() -> None:
    told = [{finding.code for finding in each} for each in findings(*BOTH)]
    assert told[0] == set()
    assert all("plan_of_taxpayer_alone" not in each for each in told)


@pytest.mark.parametrize(
    ("hers", "profit"),
    [((HER_COIN,), 60_000), ((HER_COIN, HER_BILL), 59_100), ((HER_COIN, HER_DOLLARS), 60_900)],
    ids=["her coins", "with a bill", "with dollars"],
)
def test_only_the_taxpayers_share_of_a_corporation_bears_no_self_employment_tax(
    hers: tuple[dict[str, Any], ...], profit: int
) -> None:
    """Rev. Rul. 59-221 exempts the shareholder; the spouse's Schedule SE stays in every column (1402(b))."""
    plan = plan_structure(book_of(ME, HERS, MINE, *hers), LAW, 2025, usd("40000"))
    spouses = profit * SE_RATE
    assert plan.column(CORPORATION).summary["se_tax"] == plan.column(HOBBY).summary["se_tax"] == spouses
    assert plan.column(SOLE).summary["se_tax"] == 90_000 * SE_RATE + spouses
    assert plan.column(SOLE).total == liability(book_of(ME, HERS, MINE, *hers), LAW, 2025).tax
    assert any("the spouse's as it is" in caveat for caveat in plan.caveats)


def test_a_corporation_of_one_of_two_is_worked_out_by_hand() -> None:
    """A profit of 90,000 and a salary of 40,000: employer 7.65 percent and FUTA of 42, so 46,898 pass through."""
    column = plan_structure(book_of(*BOTH), LAW, 2025, usd("40000")).column(CORPORATION)
    half = 60_000 * SE_RATE / 2
    assert column.payroll_employer == usd("3102")
    assert column.summary["agi"] == 40_000 + 46_898 + 60_000 - half
    assert column.summary["qbi_deduction"] == (46_898 + 60_000 - half) / 5
    assert column.kept == 90_000 - (column.total - liability(book_of(ME, HERS, HER_COIN), LAW, 2025).tax)


def test_a_hobby_of_one_leaves_the_others_business_as_it_is() -> None:
    """26 U.S.C. 183(a) asks of each activity: only the coins of one are on Schedule 1."""
    book = book_of(*BOTH, HER_BILL)
    sole = liability(book, LAW, 2025).computed.filer
    owners: tuple[tuple[Owner, int, tuple[int, int]], ...] = (
        (TAXPAYER, 90_000, (0, 59_100)), (SPOUSE, 60_000, (90_000, 0)),
    )  # fmt: skip
    for owner, hobby, nets in owners:
        told = as_activity(book, LAW, 2025, HOBBY, owner)
        filer = told.computed.filer
        assert [filer.schedule_c_net, filer.spouse_schedule_c_net, filer.hobby_income] == [*nets, hobby]
        by_hand = replace(
            sole,
            schedule_c_net=usd(str(nets[0])),
            spouse_schedule_c_net=usd(str(nets[1])),
            hobby_income=usd(str(hobby)),
        )
        assert told.tax == compute(by_hand, LAW).total.amount
        behind = {each.line.ref: each.because for each in told.lines}
        assert behind["Schedule 1 line 8v"] == (("mine",) if owner == TAXPAYER else ("hers",))


def test_a_business_of_one_leaves_the_others_hobby_as_it_is() -> None:
    book = book_of(ME | {"activity": "hobby"}, HERS, MINE, HER_COIN)
    plan = plan_structure(book, LAW, 2025, usd("40000"))
    assert plan.profit == 90_000
    assert plan.column(SOLE).summary["se_tax"] == 90_000 * SE_RATE
    assert plan.column(CORPORATION).summary["se_tax"] == 0
    assert plan.column(HOBBY).total == liability(book, LAW, 2025).tax


def test_a_hobbys_rigs_lower_no_income_that_limits_the_spouses_section_179() -> None:
    """26 U.S.C. 179(b)(3)(A): the income of "the active conduct" of trades, which a hobby is none of."""
    lines = (*BOTH, rig("100000", "r1"), rig("50000", "r2", owner="spouse", section_179_usd="50000"))
    told = as_activity(book_of(*lines), LAW, 2025, HOBBY, "taxpayer")
    assert told.spouse_business is not None
    assert told.spouse_business.depreciation == 50_000
    assert told.computed.filer.ubia == 0


def test_only_the_spouse_mines_and_there_is_nothing_to_structure() -> None:
    plan = plan_structure(book_of(ME, HERS, HER_COIN), LAW, 2025)
    assert [column.structure for column in plan.columns] == [HOBBY, SOLE]
    assert [finding.code for finding in plan.findings] == ["structure_no_profit"]
    assert {column.summary["se_tax"] for column in plan.columns} == {60_000 * SE_RATE}


def test_the_activity_of_each_is_counted_and_compared_alone() -> None:
    loss = HER_BILL | {"amount_usd": "70000"}
    early = receipt("early", "2023-03-01", "1", "5000")
    book = book_of(*BOTH, loss, early)
    mine, hers = plan_activity(book, LAW, 2025), plan_activity(book, LAW, 2025, SPOUSE)
    assert (mine.owner, hers.owner) == ("taxpayer", "spouse")
    assert {each.year: each.profit for each in mine.years} == {
        2021: None,
        2022: None,
        2023: 5_000,
        2024: 0,
        2025: 90_000,
    }
    assert {each.year: each.profit for each in hers.years if each.profit is not None} == {2025: -10_000}
    assert mine.as_hobby.computed.summary["se_tax"] == 0
    assert hers.as_hobby.computed.summary["se_tax"] == 90_000 * SE_RATE
    assert plan_activity(book_of(ME, MINE), LAW, 2025).owner is None


def test_what_to_put_aside_goes_by_the_wage_base_of_whose_coins_they_are() -> None:
    """Wages of 176,100 leave the taxpayer no base in 2025: 12.4 percent of 92.35 less than of the spouse's dollar."""
    wages = {"kind": "year_facts", "id": "f", "at": "2025-01-01T00:00:00Z", "year": 2025, "wages_usd": "176100"}
    lines = (ME, HERS, MINE, receipt("hers", "2025-03-01", "1", "20000", wallet="hers"), wages)
    plan = plan_set_aside(book_of(*lines), LAW, 2025, date(2025, 12, 31), LAW)
    assert plan.spouse_rate is not None
    assert plan.spouse_rate - plan.rate > Decimal("0.08")
    kept = {each.row.receipt: each.usd for each in plan.kept}
    assert 0 <= kept["hers"] - 20_000 * plan.spouse_rate < CENT
    assert 0 <= kept["mine"] - 90_000 * plan.rate < CENT
    assert plan.projected.receipts == plan.projected.profit == 110_000
    assert plan.projected.outcome.tax == plan.owed.tax


def test_a_run_rate_goes_on_for_both() -> None:
    lines = (*BOTH, HER_BILL)
    whole = plan_set_aside(book_of(*lines), LAW, 2025, date(2025, 7, 1), LAW).projected
    assert (whole.days, whole.of_days) == (182, 365)
    assert cents(whole.receipts) == cents(Decimal(150_000) * 365 / 182)
    assert cents(whole.costs) == cents(Decimal(900) * 365 / 182)


def test_a_hobbys_dollars_go_on_once() -> None:
    dollars = HER_DOLLARS | {"owner": "taxpayer", "id": "mine too"}
    book = book_of(ME | {"activity": "hobby"}, MINE, dollars)
    told = plan_set_aside(book, LAW, 2025, date(2025, 12, 31), LAW)
    assert told.projected.outcome.tax == told.owed.tax
    assert told.projected.profit == 90_900
    assert told.projected.without.tax == 0


def test_the_years_to_come_repeat_both_businesses() -> None:
    book = book_of(*BOTH, HER_BILL)
    before = liability(book, LAW, 2025)
    law, _ = assumed_law(LAW, 2025, (2026,))
    then = liability(suppose(book, as_this_year(book, before, (2026,)), (2025, 2026), law), law, 2026)
    filer = then.computed.filer
    assert [filer.schedule_c_net, filer.spouse_schedule_c_net] == [90_000, 59_100]
    plan = plan_year_end(book, LAW, None, TODAY)
    assert [rates.spouse_profit is not None for rates in plan.rates] == [True, True]
    assert [rates.spouse_profit for rates in plan_year_end(book_of(ME, MINE), LAW, None, TODAY).rates] == [None, None]


def test_what_waits_of_section_179_is_that_of_both() -> None:
    """26 U.S.C. 179(b)(3), (4): 500,000 and 50,000 elected, and an income of 150,000 for the two: 400,000 wait."""
    book = book_of(*BOTH, rig("50000", "r2", owner="spouse", section_179_usd="50000"))
    plan = plan_year_end(book, LAW, RigAsked(usd("500000")), TODAY)
    now = next(each for each in plan.options if (each.when, each.method) == ("now", "section_179"))
    first = now.years[0]
    assert first.section_179_waits == 400_000
    assert first.deducted + 50_000 + first.others == 150_000
    assert [year.deducted + year.others <= 150_000 for year in now.years] == [True] * 6


def test_a_year_that_turned_is_planned_as_a_whole_one_and_says_so() -> None:
    turned = {"kind": "profile", "id": "turn", "at": "2025-06-01T00:00:00Z", "activity": "hobby"}
    back = {"kind": "profile", "id": "back", "at": "2025-09-01T00:00:00Z", "activity": "business"}
    later = receipt("later", "2025-07-01", "1", "20000")
    for lines in ((turned, later), (turned, back, later)):
        plan = plan_structure(book_of(ME, MINE, *lines), LAW, 2025)
        assert "structure_turned" in {finding.code for finding in plan.findings}
        assert plan.profit == 110_000
    assert "structure_turned" not in {one.code for one in plan_structure(book_of(ME, MINE), LAW, 2025).findings}


EXCHANGED = (
    ME,
    HERS | {"wallet": "cold"},
    MINE,
    HER_COIN,
)
"""The same couple with the businesses exchanged."""


@pytest.mark.parametrize(
    "facts", [{}, {"wages_usd": "30000"}, {"health_insurance_usd": "5000", "spouse_wages_usd": "20000"}]
)
def test_the_spouses_business_is_compared_as_the_taxpayers_is(facts: dict[str, str]) -> None:
    """26 U.S.C. 1402(b): who is named first on a joint return decides no figure of it."""
    year = {"kind": "year_facts", "id": "f", "at": "2025-12-31T00:00:00Z", "year": 2025}
    other = {f"spouse_{name}": value for name, value in facts.items() if not name.startswith("spouse_")}
    other |= {name.removeprefix("spouse_"): value for name, value in facts.items() if name.startswith("spouse_")}
    hers = plan_structure(book_of(*BOTH, year | facts), LAW, 2025, usd("40000"), owner=SPOUSE)
    mine = plan_structure(book_of(*EXCHANGED, year | other), LAW, 2025, usd("40000"))
    assert hers.profit == mine.profit == 60_000
    assert (hers.owner, mine.owner) == (SPOUSE, TAXPAYER)
    for one, two in zip(hers.columns, mine.columns, strict=True):
        assert [one.structure, one.total, one.kept] == [two.structure, two.total, two.kept]
        assert [one.sep_room, one.solo_401k_room, one.summary] == [two.sep_room, two.solo_401k_room, two.summary]
    assert hers.break_even == mine.break_even
    assert any("each column is of the spouse's business" in caveat for caveat in hers.caveats)


def test_its_lines_stand_on_the_forms_of_whose_they_are() -> None:
    plan = plan_structure(book_of(*BOTH), LAW, 2025, usd("40000"), owner=SPOUSE)
    sole = {each.ref: each.amount for each in plan.column(SOLE).lines}
    assert [sole["Schedule C line 31"], sole["Schedule C (spouse) line 31"]] == [90_000, 60_000]
    company = {each.ref: each.amount for each in plan.column(CORPORATION).lines}
    assert company["Schedule C line 31"] == 90_000


def test_the_room_of_a_plan_is_of_the_own_earned_income_alone() -> None:
    """26 U.S.C. 401(c)(2): each one's profit less half of that one's tax."""
    column = plan_structure(book_of(*BOTH), LAW, 2025).column(SOLE)
    assert column.sep_room == (90_000 - 90_000 * SE_RATE / 2) / 5


@pytest.mark.parametrize("lines", [(ME, MINE), (ME | {"filing_status": "single"}, HERS, MINE, HER_COIN)])
def test_a_spouse_without_a_business_has_nothing_to_compare(lines: tuple[dict[str, Any], ...]) -> None:
    with pytest.raises(UsageError, match="the spouse has no business on a joint return of 2025"):
        plan_structure(book_of(*lines), LAW, 2025, owner=SPOUSE)

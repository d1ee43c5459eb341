"""26 U.S.C. 111: what came back of a bill is no income where the deduction lowered no tax and raised no carryover."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from lotwork.ledger.units import ZERO
from lotwork.projections.findings import Finding
from lotwork.projections.liability import Liability, liability
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt
from tests.projections.questions.answering import answers

LAW = Law.load()
ME = {
    "kind": "profile", "id": "me", "at": "2024-01-01T00:00:00Z", "filing_status": "single", "activity": "business",
    "business_began": "2024-01-01", "material_participation": True,
}  # fmt: skip
SMALL = receipt("r", "2025-02-05", "1", "12000")
LATER = receipt("r26", "2026-02-05", "1", "90000")
BILL = {"kind": "expense", "id": "bill", "at": "2025-06-05T12:00:00Z", "category": "electricity", "amount_usd": "4000"}
BACK = {"kind": "expense", "id": "back", "at": "2026-02-01T12:00:00Z", "category": "electricity", "amount_usd": "1000",
        "refund_of": "bill"}  # fmt: skip


def facts(year: int = 2025, **keys: str) -> dict[str, Any]:
    return {"kind": "year_facts", "id": f"f{year}", "at": f"{year}-12-31T00:00:00Z", "year": year} | keys


def owed(*lines: dict[str, Any], year: int = 2026) -> Liability:
    return liability(book_of(ME, LATER, *lines), LAW, year)


def asked(made: Liability) -> list[Finding]:
    return [finding for finding in made.findings if finding.code.startswith("refund_")]


def six(made: Liability) -> Decimal:
    return sum((each.line.amount for each in made.lines if each.line.ref == "Schedule C line 6"), ZERO)


def test_a_deduction_of_a_profit_that_the_standard_deduction_takes_up_lowered_no_tax() -> None:
    """8,000 of profit and 15,750 of standard deduction in 2025 (26 U.S.C. 63(c)(7)): all of it is no income."""
    made = owed(SMALL, BILL, BACK)
    (finding,) = asked(made)
    assert (finding.code, finding.event) == ("refund_lowered_no_tax", "back")
    assert "and 1000.00 of it lowered no income tax" in finding.message
    assert six(made) == 1_000


@pytest.mark.parametrize(
    ("wages", "idle"),
    [("0", 1_000), ("7000", 1_000), ("7800", None), ("8000", None), ("60000", 0)],
)
def test_only_what_lay_below_the_first_dollar_of_taxable_income_is_idle(wages: str, idle: int | None) -> None:
    """Taxable income of 2025: profit less half of its tax, wages, less 15,750 and the deduction of 199A."""
    made = owed(SMALL, BILL, BACK, facts(wages_usd=wages))
    before = owed(SMALL, BILL, BACK, facts(wages_usd=wages), year=2025)
    assert before.computed.summary["income_tax"] == 0 or idle == 0
    told = asked(made)
    if idle == 0:
        assert told == []
        return
    (finding,) = told
    amount = Decimal(json.loads(finding.message.split("set=")[1].split("' ")[0])["not_income_usd"])
    assert 0 < amount <= 1_000
    assert idle in (None, amount)
    one_more = liability(
        book_of(ME, LATER, SMALL, BILL | {"amount_usd": f"{4000 - amount}"}, facts(wages_usd=wages)), LAW, 2025
    )
    assert one_more.computed.summary["income_tax"] == 0
    if amount < 1_000:
        more = liability(
            book_of(ME, LATER, SMALL, BILL | {"amount_usd": f"{4000 - amount - 1}"}, facts(wages_usd=wages)), LAW, 2025
        )
        assert more.computed.summary["income_tax"] > 0


@pytest.mark.parametrize(
    "lines",
    [
        (receipt("r", "2025-02-05", "1", "90000"),),
        (receipt("r", "2025-02-05", "1", "1000"),),
        (SMALL, facts(short_term_carryover_usd="9000", wages_usd="9500")),
        (receipt("r", "2025-02-05", "1", "3000"), facts(wages_usd="5000")),
    ],
    ids=["a tax", "a net operating loss", "a capital loss", "a business loss"],
)
def test_what_lowered_a_tax_or_raised_a_carryover_is_income(lines: tuple[dict[str, Any], ...]) -> None:
    """26 U.S.C. 111(a), (c)."""
    made = owed(*lines, BILL, BACK)
    assert not asked(made)
    assert six(made) == 1_000


def test_credits_that_left_no_income_tax_leave_nothing_to_lower() -> None:
    told = (receipt("r", "2025-02-05", "1", "30000"), BILL, BACK, facts(nonrefundable_credits_usd="5000"))
    assert [each.code for each in asked(owed(*told))] == ["refund_lowered_no_tax"]


@pytest.mark.parametrize("answer", [0, 1])
def test_each_answer_is_carried_out(answer: int) -> None:
    lines = (SMALL, BILL, BACK)
    (finding,) = asked(owed(*lines))
    made = owed(*lines, *answers(finding.message)[answer])
    assert (asked(made), six(made)) == ([], (ZERO, 1_000)[answer])
    assert owed(*lines, *answers(finding.message)[answer], year=2025).tax == owed(*lines, year=2025).tax


def test_of_several_refunds_what_was_idle_is_told_once() -> None:
    """The idle part comes back first; what an earlier year took of it is gone."""
    rich = facts(wages_usd="7000")
    again = BACK | {"id": "again", "at": "2026-03-01T12:00:00Z", "amount_usd": "3000"}
    both = asked(owed(SMALL, BILL, rich, BACK, again))
    whole = sum(Decimal(each.message.split("and ")[1].split(" of it")[0]) for each in both)
    (one,) = asked(owed(SMALL, BILL, rich, BACK | {"amount_usd": "4000"}))
    assert Decimal(one.message.split("and ")[1].split(" of it")[0]) == whole < 4_000
    later = liability(book_of(ME, LATER, SMALL, BILL, rich, BACK | {"at": "2026-12-01T12:00:00Z"}), LAW, 2026)
    assert [each.event for each in asked(later)] == ["back"]


def test_the_part_that_a_person_named_is_taken_off_and_no_more_than_came_back() -> None:
    for told, left in (("400", 600), ("1000", 0), ("5000", 0)):
        made = owed(SMALL, BILL, BACK | {"not_income_usd": told})
        assert not asked(made)
        assert six(made) == left


def test_a_year_whose_law_is_not_here_is_asked_about() -> None:
    old = BILL | {"at": "2020-06-05T12:00:00Z"}
    me = ME | {"at": "2020-01-01T00:00:00Z", "business_began": "2020-01-01"}
    made = liability(book_of(me, LATER, old, BACK), LAW, 2026)
    (finding,) = (each for each in asked(made) if each.code == "refund_benefit_unknown")
    assert '{"not_income_usd": "AMOUNT"}' in finding.message
    settled = liability(book_of(me, LATER, old, BACK | {"not_income_usd": "0"}), LAW, 2026)
    assert asked(settled) == []


def test_of_a_spouses_bill_the_spouses_business_is_asked() -> None:
    hers = {"kind": "wallet", "id": "w", "at": "2025-01-01T00:00:00Z", "wallet": "hers", "owner": "spouse"}
    joint = ME | {"filing_status": "mfj"}
    book = book_of(joint, LATER, hers, SMALL | {"wallet": "hers"}, BILL | {"owner": "spouse"}, BACK)
    assert [each.code for each in asked(liability(book, LAW, 2026))] == ["refund_lowered_no_tax"]

"""Schedule C of a year: its lines, what the law takes off, the home, the start, pool fees gross and net."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.business import Business, business_of, equipment_of, expenses_of
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt

LAW = Law.load()
MINER = {
    "kind": "profile",
    "id": "me",
    "at": "2020-01-01T00:00:00Z",
    "filing_status": "single",
    "activity": "business",
    "business_began": "2020-01-01",
}
HOBBY = MINER | {"activity": "hobby"}


def spent(category: str, usd: str, day: str = "2025-06-30", **keys: Any) -> dict[str, Any]:
    """Return an expense."""
    at = f"{day}T12:00:00Z"
    return {"kind": "expense", "id": f"{category} {day}", "at": at, "category": category, "amount_usd": usd} | keys


def mined(usd: str, day: str = "2025-03-01", **keys: Any) -> dict[str, Any]:
    """Return a payout of one coin."""
    return receipt(f"mined {day}", day, "1", usd, **keys)


def office(year: int = 2025, method: str = "simplified", feet: str = "200", **keys: Any) -> dict[str, Any]:
    """Return a home office."""
    line = {"kind": "home_office", "id": f"office {year}", "at": f"{year}-01-02T00:00:00Z", "year": year}
    return line | {"method": method, "office_sqft": feet} | keys


def rig(cost: str, placed: str = "2025-01-10", **keys: Any) -> dict[str, Any]:
    """Return a rig without bonus."""
    line = {"kind": "equipment", "id": f"rig {placed} {cost}", "at": f"{placed}T00:00:00Z", "cost_usd": cost}
    return (
        line
        | {"equipment": f"rig {placed} {cost}", "acquired": placed, "placed_in_service": placed, "bonus": "none"}
        | keys
    )


def worked_out(book: Book, year: int = 2025) -> tuple[Business, list[Finding]]:
    """Return the business of *year* and what was found."""
    findings: list[Finding] = []
    return business_of(book, LAW, year, findings), findings


def business(*lines: dict[str, Any], year: int = 2025) -> Business:
    """Return the business of *year*."""
    return worked_out(book_of(*lines), year)[0]


def codes(*lines: dict[str, Any], year: int = 2025) -> list[str]:
    """Return the codes of the findings of *year*, those of the expenses among them."""
    made, findings = worked_out(book_of(*lines), year)
    return [finding.code for finding in (*findings, *made.expenses.findings)]


def amounts(made: Business, form: str = "Schedule C") -> dict[str, Decimal]:
    """Return the lines of *form* by number."""
    return {each.line: each.amount for each in made.lines if each.form == form}


# the lines


def test_schedule_c_of_publication_587_from_the_rigs_to_the_home() -> None:
    """Pub. 587, Schedule C Example: line 29 of 25,552 less 1,481 for the home is 24,071; Form 4562, line 11: 27,871."""
    made = business(
        MINER,
        mined("34431"),
        rig("3200", section_179_usd="3200", **{"class": "5"}),
        rig("600", section_179_usd="600", **{"class": "7"}),
        rig("550", **{"class": "7"}),
        spent("supplies", "5000"),
        facts(itemized_deductions_usd="30000"),
        office(method="regular", home_sqft="2000", building_basis_usd="110000", first_used="2025-01-10"),
        *(
            spent(f"home_{word}", usd)
            for word, usd in (("mortgage_interest", "4500"), ("real_estate_taxes", "1000"), ("insurance", "400"),
                              ("repairs", "1400"), ("direct_repairs", "300"), ("utilities", "1800"))
        ),
    )  # fmt: skip
    schedule_c, form_4562 = amounts(made), amounts(made, "Form 4562")
    assert schedule_c["13"] == 3_800 + Decimal("78.595")
    assert schedule_c["29"].quantize(Decimal(1)) == 25_552
    assert schedule_c["30"] == made.home_office == Decimal("1480.71")
    assert made.net.quantize(Decimal(1)) == 24_072  # 24,071 where each line is rounded by itself
    assert [form_4562[number] for number in ("8", "12", "13")] == [3_800, 3_800, 0]
    assert form_4562["11"] == made.net + 3_800
    assert amounts(made, "Form 8829")["36"] == Decimal("1480.71")


def test_lines_stand_in_the_order_of_the_form_and_add_up() -> None:
    made = business(MINER, mined("60000"), spent("electricity", "9000"), spent("advertising", "100"),
                    spent("pool_fee", "300"), spent("software", "50"), rig("1000"))  # fmt: skip
    numbers = [each.line for each in made.lines if each.form == "Schedule C"]
    assert numbers == ["1", "3", "5", "7", "48", "8", "10", "13", "25", "27b", "28", "29"]
    told = amounts(made)
    assert told["28"] == 9_000 + 100 + 300 + 50 + 200
    assert told["29"] == made.net == 60_000 - told["28"]
    assert all(each.cites for each in made.lines if each.line in ("1", "8", "10", "13", "25", "27b"))


@pytest.mark.parametrize(("year", "line"), [(2023, "27a"), (2024, "27b"), (2025, "27b"), (2026, "27b")])
def test_other_expenses_are_itemized_in_part_v_and_stand_on_the_line_of_the_year(year: int, line: str) -> None:
    made = business(MINER, mined("9000", f"{year}-03-01"), spent("hosting", "700", f"{year}-04-01"),
                    spent("immersion oil", "80", f"{year}-04-01"), year=year)  # fmt: skip
    assert amounts(made, "Schedule C Part V") == {"hosting": 700, "immersion_oil": 80}
    assert amounts(made)[line] == amounts(made)["48"] == 780
    assert made.behind["Schedule C Part V line hosting"] == (f"hosting {year}-04-01",)


def test_a_meal_is_deducted_by_half_and_a_fine_not_at_all() -> None:
    """26 U.S.C. 274(n)(1), 162(f)."""
    made = business(MINER, mined("9000"), spent("meals", "101"), spent("fines", "400"))
    told = amounts(made)
    assert (told["24b"], told["28"], made.net) == (Decimal("50.5"), Decimal("50.5"), Decimal("8949.5"))
    assert "none" not in told
    meal, fine = sorted(made.expenses.rows, key=lambda row: row.category, reverse=True)
    assert any("274(n)" in cite for cite in meal.cites)
    assert (fine.deductible_usd_micros, fine.label) == (0, "Fines and penalties: not deducted")


def test_hosting_is_a_receipt_and_a_fork_or_an_airdrop_is_none() -> None:
    """Rev. Rul. 2019-24; 26 U.S.C. 61."""
    made = business(MINER, mined("9000"), mined("500", "2025-04-01", income="hosting"),
                    mined("70", "2025-05-01", income="fork"), mined("30", "2025-06-01", income="airdrop"))  # fmt: skip
    assert [made.receipts, made.other_digital_income, amounts(made)["1"]] == [9_500, 100, 9_500]
    assert made.behind["Schedule C line 1"] == ("mined 2025-03-01", "mined 2025-04-01")


def test_every_line_is_cited_and_rests_on_events_or_on_lines_before_it() -> None:
    lines = [
        MINER | {"business_began": "2025-02-01", "pool_fees": "gross"}, mined("60000", **FEE),
        spent("rent", "9000", "2025-01-05"), spent("hosting", "700"), spent("meals", "80"),
        rig("9000", section_179_usd="100"), rig("5000", "2024-03-01"), rig("300", **{"class": "software"}),
        spent("home_insurance", "50"), spent("home_direct_repairs", "9"),
        office(method="regular", home_sqft="2000", building_basis_usd="1000", first_used="2025-01-10"),
    ]  # fmt: skip
    made = business(*lines)
    seen: set[str] = set()
    bare = []
    for each in made.lines:
        assert each.cites, each.ref
        assert set(each.inputs) <= seen, each.ref
        seen.add(each.ref)
        if each.amount and not each.inputs and not each.figures and each.ref not in made.behind:
            bare.append(each.ref)
    assert bare == []
    assert made.behind["Form 8829 line 18(b)"] == ("home_insurance 2025-06-30",)
    assert made.behind["Form 4562 line 17"] == ("rig 2024-03-01 5000",)


# pool fees


FEE = {"gross_quantity": "1.02", "pool_fee_quantity": "0.02"}


def test_a_business_has_one_profit_net_or_gross_of_pool_fees() -> None:
    net = business(MINER, mined("1000", **FEE))
    gross = business(MINER | {"pool_fees": "gross"}, mined("1000", **FEE), spent("pool_fee", "5"))
    assert [net.receipts, net.pool_fees, net.net] == [1_000, 20, 1_000]
    assert [gross.receipts, amounts(gross)["10"], gross.net] == [1_020, 25, 995]
    assert gross.behind["Schedule C line 10"] == ("mined 2025-03-01", "pool_fee 2025-06-30")


def test_a_hobby_has_more_income_gross_than_net_and_is_told_both() -> None:
    """26 U.S.C. 67(g): no hobby deducts what the pool kept."""
    unsaid = [mined("1000", **FEE)]
    assert business(HOBBY, *unsaid).receipts == 1_000
    assert codes(HOBBY, *unsaid) == ["hobby_pool_fees"]
    for choice, income in (("net", 1_000), ("gross", 1_020)):
        made = business(HOBBY | {"pool_fees": choice}, *unsaid)
        assert [made.receipts, made.net] == [income, income]
        assert amounts(made, "Hobby worksheet") == {"1": 1_000, "2": 1_020}
        assert codes(HOBBY | {"pool_fees": choice}, *unsaid) == []


def test_a_pools_fee_is_what_is_missing_from_the_gross_where_nobody_states_it() -> None:
    assert business(MINER, mined("1000", gross_quantity="1.01")).pool_fees == 10
    assert business(MINER, mined("1000")).pool_fees == 0


def test_a_fee_recorded_twice_is_asked_about() -> None:
    assert codes(MINER, mined("1000", **FEE), spent("pool_fee", "20")) == ["pool_fees_twice"]
    assert codes(MINER, mined("1000"), spent("pool_fee", "20")) == []


# the start


def test_what_was_spent_before_the_business_began_is_a_start_up_cost() -> None:
    began = MINER | {"business_began": "2025-07-01"}
    costs = [spent("rent", "41000", "2025-02-01"), spent("rent", "900", "2025-07-01"), mined("90000", "2025-08-01")]
    made = business(began, *costs)
    assert amounts(made, "Schedule C Part V") == {"start_up_costs": 5_000, "amortization": 1_200}
    assert [amounts(made)["20b"], amounts(made)["27b"]] == [900, 6_200]
    assert amounts(made, "Form 4562")["42"] == 1_200
    assert made.behind["Schedule C Part V line start_up_costs"] == ("rent 2025-02-01",)
    assert codes(began, *costs) == []
    later = business(began, *costs, mined("90000", "2026-08-01"), year=2026)
    assert amounts(later, "Schedule C Part V") == {"amortization": 2_400}


def test_nothing_is_deducted_in_the_year_before_the_business_began() -> None:
    began = MINER | {"business_began": "2026-01-01"}
    lines = [began, spent("rent", "4000", "2025-12-31"), spent("interest", "50", "2025-12-31"),
             mined("9000", "2026-02-01")]  # fmt: skip
    assert business(*lines).deducted == 50  # interest is no start-up cost: 195(c)(1)
    assert amounts(business(*lines, year=2026), "Schedule C Part V") == {"start_up_costs": 4_000}


def test_a_rig_in_service_in_a_year_before_the_business_began_is_told() -> None:
    """Treas. Reg. 1.167(a)-11(e)(1)(i): in service is what is ready for use in a trade or business."""
    began = MINER | {"business_began": "2026-01-01"}
    assert codes(began, rig("5000", "2025-12-31"), mined("9", "2026-02-01")) == ["equipment_before_business"]
    assert codes(began, rig("5000", "2025-12-31"), mined("9", "2026-02-01"), year=2026) == ["equipment_before_business"]
    assert codes(MINER | {"business_began": "2025-12-31"}, rig("5000", "2025-01-10"), mined("9", "2026-02-01")) == []


UNSAID = {key: value for key, value in MINER.items() if key != "business_began"}


def test_the_first_receipt_stands_for_the_start_where_nobody_told_it() -> None:
    early = [UNSAID, spent("rent", "6000", "2025-02-28"), mined("9000", "2025-03-01")]
    assert codes(*early) == ["business_began_assumed"]
    assert amounts(business(*early), "Schedule C Part V") == {
        "amortization": Decimal("55.555556"),
        "start_up_costs": 5_000,
    }
    year_before = [UNSAID, spent("rent", "600", "2024-12-31"), mined("9000", "2025-01-01")]
    assert codes(*year_before, year=2024) == ["business_began_assumed"]
    assert business(*year_before, year=2024).deducted == 0
    assert amounts(business(*year_before), "Schedule C Part V") == {"start_up_costs": 600}


def test_where_nothing_hangs_on_the_day_it_began_expenses_stay_on_their_lines_and_nothing_is_told() -> None:
    early = [UNSAID, spent("rent", "5000", "2025-02-28"), mined("9000", "2025-03-01")]
    assert codes(*early) == []
    assert amounts(business(*early))["20b"] == 5_000
    assert codes(UNSAID, spent("rent", "9000", "2025-03-01"), mined("9000", "2025-03-01")) == []
    assert business(UNSAID, spent("rent", "600")).deducted == 600


# small items


def test_a_small_rig_is_an_item_of_part_v_in_the_year_of_the_election() -> None:
    """Pub. 334: such amounts "should be included as other expenses in Part V of Schedule C"."""
    elected = {
        "kind": "election",
        "id": "safe",
        "at": "2025-01-01T00:00:00Z",
        "from": "2025-01-01",
        "method": "de_minimis",
    }
    sold = {"kind": "equipment_sale", "id": "sold", "at": "2026-05-01T00:00:00Z", "proceeds_usd": "700",
            "equipment": "rig 2025-01-10 2500"}  # fmt: skip
    lines = [MINER, mined("9000"), rig("2500"), rig("2500.01", "2025-02-01"), elected, sold]
    made = business(*lines)
    assert amounts(made, "Schedule C Part V") == {"de_minimis": 2_500}
    assert (amounts(made)["13"], made.behind["Schedule C line 13"]) == (Decimal("500.002"), ("rig 2025-02-01 2500.01",))
    later = business(*lines, year=2026)
    assert [amounts(later)["6"], later.other_income, later.deducted] == [700, 700, 0]
    assert later.behind["Schedule C line 6"] == ("sold",)
    assert amounts(later)["7"] == 700
    assert later.net == 700 - later.depreciation


def test_section_179_given_back_is_other_income_by_way_of_form_4797() -> None:
    """Form 4797, Part IV, lines 33 to 35, "on your Schedule C"; self-employment income, unlike a sale's recapture."""
    less = {"kind": "equipment_use", "id": "less", "at": "2026-01-01T00:00:00Z", "equipment": "rig 2025-01-10 10000",
            "year": 2026, "business_share": "0.4"}  # fmt: skip
    lines = [MINER, mined("9000"), mined("9000", "2026-03-01"), rig("10000", section_179_usd="5000"), less]
    made = business(*lines, year=2026)
    assert amounts(made, "Form 4797") == {"33": 5_000, "34": 1_000 + 640, "35": 3_360}
    assert [amounts(made)["6"], amounts(made)["7"], amounts(made)["13"]] == [3_360, 12_360, 640]
    assert made.behind["Form 4797 line 33"] == ("rig 2025-01-10 10000",)


# the home


def facts(year: int = 2025, **keys: Any) -> dict[str, Any]:
    """Return a year's facts."""
    return {"kind": "year_facts", "id": f"facts {year}", "at": f"{year}-01-01T00:00:00Z", "year": year} | keys


def test_the_simplified_home_office_stands_on_line_30_within_the_profit() -> None:
    made = business(MINER, mined("900"), office())
    assert [amounts(made)["30"], made.net] == [900, 0]
    assert business(MINER, mined("1000.01"), office()).net == Decimal("0.01")
    assert made.behind["Schedule C line 30"] == ("office 2025",)


def test_what_the_home_carries_on_is_deducted_the_year_after_and_kept_in_a_simplified_year() -> None:
    rented = {"method": "regular", "home_sqft": "2000"}
    lines = [
        MINER, mined("100", "2024-03-01"), mined("5000", "2025-03-01"), mined("9000", "2026-03-01"),
        office(2024, **rented), spent("home_rent", "20000", "2024-05-01"),
        office(2025), office(2026, **rented), spent("home_rent", "20000", "2026-05-01"),
    ]  # fmt: skip
    first, second, third = (business(*lines, year=year) for year in (2024, 2025, 2026))
    assert [first.home_office, first.home_carryover.operating] == [100, 1_900]
    assert [second.home_office, second.home_carryover.operating] == [1_000, 1_900]
    assert [third.home_office, third.home_carryover.operating] == [3_900, 0]


def test_a_carryover_stated_in_the_home_office_replaces_the_one_worked_out() -> None:
    lines = [MINER, mined("9000"), office(method="regular", home_sqft="2000", operating_carryover_usd="321")]
    assert business(*lines).home_office == 321


@pytest.mark.parametrize(
    ("lines", "code", "deducted"),
    [
        ([spent("home_rent", "1000")], "home_office_missing", "0"),
        ([office(), office(id="again")], "home_office_twice", "1000"),
        ([office(), spent("home_office", "400")], "home_office_stated", "1000"),
        ([office(), spent("home_rent", "1000")], "home_costs_unused", "1000"),
        ([office(method="regular", home_sqft="199")], "home_office_impossible", "0"),
        ([office(method="regular", home_sqft="2000", building_basis_usd="9")], "home_office_incomplete", "0"),
        ([spent("home_office", "9999")], "home_office_above_income", "9000"),
    ],
)
def test_a_home_that_does_not_fit_is_told(lines: list[dict[str, Any]], code: str, deducted: str) -> None:
    everything = [MINER, mined("9000"), *lines]
    assert codes(*everything) == [code]
    assert business(*everything).home_office == Decimal(deducted)


def test_a_home_office_worked_out_elsewhere_stands_as_stated() -> None:
    made = business(MINER, mined("9000"), spent("home_office", "400"))
    assert [amounts(made)["30"], made.net] == [400, 8_600]


def test_a_hobby_has_no_home_office_no_rigs_and_no_expenses() -> None:
    lines = [HOBBY, mined("9000"), office(), spent("rent", "50"), rig("5000", section_179_usd="5000")]
    made = business(*lines)
    assert [made.deducted, made.depreciation, made.home_office, made.net] == [0, 0, 0, 9_000]
    assert codes(*lines) == ["hobby_deducts_nothing"]


# section 179 and the home


def test_section_179_is_limited_by_wages_of_both_and_the_profit_after_the_home() -> None:
    """Treas. Reg. 1.179-2(c)(1), (c)(7)."""
    lines = [MINER | {"filing_status": "mfj"}, mined("5000"), office(), rig("9000", section_179_usd="9000")]
    assert equipment_of(book_of(*lines), LAW, 2025).rows[0].section_179_usd_micros == 4_000_000_000
    wages = facts(wages_usd="1500", spouse_wages_usd="2000")
    assert equipment_of(book_of(*lines, wages), LAW, 2025).rows[0].section_179_usd_micros == 7_500_000_000


def test_the_list_of_expenses_shows_what_the_law_leaves_of_each() -> None:
    told = expenses_of(book_of(MINER, mined("9000"), spent("meals", "100"), spent("rent", "7")), LAW, 2025)
    assert told.by_line == {"20b": 7_000_000, "24b": 50_000_000}


words = st.sampled_from(["rent", "meals", "fines", "electricity", "pool_fee", "software", "immersion oil", "home_rent"])


@settings(max_examples=40)
@given(
    costs=st.lists(
        st.tuples(words, st.integers(0, 10**7), st.integers(1, 12)), max_size=6, unique_by=lambda each: each[::2]
    ),
    earned=st.integers(1, 10**8),
    method=st.sampled_from(["simplified", "regular"]),
    rigs=st.lists(st.integers(300_000, 10**7), max_size=2, unique=True),
)
def test_the_form_adds_up_and_the_home_never_makes_a_loss(
    costs: list[tuple[str, int, int]], earned: int, method: str, rigs: list[int]
) -> None:
    lines = [spent(word, f"{cents / 100:.2f}", f"2025-{month:02}-10") for word, cents, month in costs]
    lines += [rig(f"{cents / 100:.2f}", section_179_usd=f"{cents / 100:.2f}") for cents in rigs]
    made = business(MINER, mined(f"{earned / 100:.2f}"), office(method=method, home_sqft="2000"), *lines)
    told = amounts(made)
    part_ii = [amount for number, amount in told.items() if 8 <= int(number.rstrip("ab")) <= 27]
    assert told["28"] == sum(part_ii) == made.deducted + made.depreciation - made.home_office
    assert told["29"] - told["30"] == made.net == told["7"] - made.deducted - made.depreciation
    assert told["48"] == sum(amounts(made, "Schedule C Part V").values()) if "48" in told else True
    assert 0 <= made.home_office <= max(told["29"], Decimal(0))
    assert made.net >= min(told["29"], Decimal(0))
    if told["29"] >= 0 and rigs:
        assert amounts(made, "Form 4562")["12"] <= amounts(made, "Form 4562")["11"]


@pytest.mark.parametrize(
    ("stated", "deducted", "told"), [(None, 0, ["section_179_carryover_unknown"]), ("0", 0, []), ("4000", 4_000, [])]
)
def test_what_was_expensed_before_the_law_on_file_was_deducted_then(
    stated: str | None, deducted: int, told: list[str]
) -> None:
    """26 U.S.C. 179(b)(3)(B): only the return of its year, which is not here, says whether a part was carried on."""
    facts = {"kind": "year_facts", "id": "facts", "at": "2023-01-01T00:00:00Z", "year": 2023}
    carried = [facts | {"section_179_carryforward_usd": stated}] if stated else []
    old = rig("4000", "2022-06-01", section_179_usd="4000")
    made, findings = worked_out(
        book_of(MINER, old, mined("50000", "2023-03-01"), *carried, years=range(2022, 2026)), 2023
    )
    assert made.depreciation == deducted
    assert [each.code for each in findings] == told


def test_what_came_in_before_the_business_began_is_asked_about() -> None:
    """26 U.S.C. 195: its costs wait for the beginning; coins are income when they come (Notice 2014-21, A-8)."""
    began = MINER | {"business_began": "2026-01-01"}
    assert codes(began, mined("9", "2025-03-01"), spent("internet", "5"), year=2025) == ["income_before_business"]
    assert codes(began, mined("9", "2026-03-01"), spent("internet", "5"), year=2025) == []
    assert codes(began, mined("9", "2025-03-01"), mined("9", "2026-03-01"), year=2026) == []

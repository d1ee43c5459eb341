"""Whole returns at the edges of the law, in every year and status: on the edge nothing yet, a dollar past it the rate.

What one formula does at its edge stands beside that formula: exactly 400 (tests/rules/us/test_self_employment.py),
exactly 1,000 owed and 150,000 of income (test_estimated.py), exactly 40 percent in the last quarter and contracts of
2025-01-19 and -20 (test_depreciation.py), one year to the day, 29 February and the ends of months
(tests/projections/test_terms.py). Here the edge is reached through a return, as a filer reaches it.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotwork.ledger.events import FilingStatus
from lotwork.rules.figures import STATUSES
from lotwork.rules.us.individual import Filer, Return, compute
from lotwork.rules.us.preferential import zones
from tests.rules.us.law import LAW

YEARS = (2023, 2024, 2025, 2026)
ZERO, DOLLAR = Decimal(0), Decimal(1)
every_return = pytest.mark.parametrize(
    ("year", "status"), [(year, status) for year in YEARS for status in STATUSES], ids=str
)


def made(year: int, status: FilingStatus, **facts: Any) -> Return:
    return compute(Filer(year=year, status=status, **facts), LAW)


def by_status(path: str, year: int, status: FilingStatus) -> Decimal:
    return LAW.in_year(path, year).by_status(status)


def standard(year: int, status: FilingStatus) -> Decimal:
    return by_status("us/ordinary/standard_deduction", year, status)


@every_return
def test_the_last_dollar_of_a_bracket_bears_its_rate_and_the_first_of_the_next_the_next(
    year: int, status: FilingStatus
) -> None:
    """26 U.S.C. 1(j)(2): "over X but not over Y"; at Y the lower rate still holds."""
    rates = LAW.in_year("us/ordinary/rates", year).amounts()
    for place, top in enumerate(LAW.in_year("us/ordinary/tops", year).tops(status)):
        at = top + standard(year, status)
        below, edge, above = (
            made(year, status, other_ordinary_income=income).summary["income_tax"]
            for income in (at - DOLLAR, at, at + DOLLAR)
        )
        assert (edge - below, above - edge) == (rates[place], rates[place + 1])


@every_return
def test_the_last_dollar_of_gain_in_a_zone_bears_its_rate_and_the_next_the_next(
    year: int, status: FilingStatus
) -> None:
    """26 U.S.C. 1(h)(1)(B)(i), (C)(ii): the zones are laid on ordinary income, whatever there is of it."""
    rates = LAW.in_year("us/preferential/rates", year).amounts()
    for ordinary in (ZERO, Decimal(30_000)):
        for place, top in enumerate(LAW.in_year("us/preferential/tops", year).tops(status)):
            room = top - ordinary
            below, edge, above = (
                zones(gain, ordinary, status, LAW, year).tax for gain in (room - DOLLAR, room, room + DOLLAR)
            )
            assert (edge - below, above - edge) == (rates[place], rates[place + 1])


@every_return
def test_gains_that_fill_the_zero_zone_to_the_dollar_bear_no_tax(year: int, status: FilingStatus) -> None:
    """26 U.S.C. 1(h)(1)(B): the first maximum zero rate amount."""
    room = LAW.in_year("us/preferential/tops", year).tops(status)[0] + standard(year, status)
    assert made(year, status, long_term_net=room).summary["income_tax"] == 0
    assert made(year, status, long_term_net=room + DOLLAR).summary["income_tax"] == Decimal("0.15")


@every_return
def test_income_at_the_threshold_bears_no_investment_tax_and_a_dollar_above_it_does(
    year: int, status: FilingStatus
) -> None:
    """26 U.S.C. 1411(a)(1)(B): "the excess of modified adjusted gross income over the threshold amount"."""
    threshold = by_status("us/niit/threshold", year, status)
    facts = {"taxable_interest": Decimal(5_000)}
    assert made(year, status, wages=threshold - 5_000, **facts).summary["niit"] == 0
    assert made(year, status, wages=threshold - 4_999, **facts).summary["niit"] == Decimal("0.038")
    assert made(year, status, wages=threshold + 5_000, **facts).summary["niit"] == 5_000 * Decimal("0.038")


@every_return
def test_wages_at_the_threshold_bear_no_additional_medicare_tax_and_a_dollar_above_does(
    year: int, status: FilingStatus
) -> None:
    """26 U.S.C. 3101(b)(2): "which are in excess of" 250,000, 125,000 or 200,000."""
    threshold = by_status("us/additional_medicare/threshold", year, status)
    assert made(year, status, wages=threshold).summary["additional_medicare"] == 0
    assert made(year, status, wages=threshold + DOLLAR).summary["additional_medicare"] == Decimal("0.009")


@every_return
def test_at_the_threshold_the_business_deduction_is_whole_and_a_dollar_above_a_part_of_the_range_is_lost(
    year: int, status: FilingStatus
) -> None:
    """26 U.S.C. 199A(b)(3)(A): "does not exceed the threshold amount"; (B)(iii): the excess over the whole range."""
    threshold, width = by_status("us/qbi/threshold", year, status), by_status("us/qbi/phase_in_range", year, status)
    profit = Decimal(20_000)
    half = made(year, status, schedule_c_net=profit, wages=threshold).summary["half_se_deduction"]
    wages = threshold + standard(year, status) - (profit - half)
    at = made(year, status, schedule_c_net=profit, wages=wages).taxable.qbi
    above = made(year, status, schedule_c_net=profit, wages=wages + DOLLAR).taxable.qbi
    whole = (profit - half) * Decimal("0.2")
    assert at.deduction.amount == whole
    assert above.deduction.amount == whole - whole / width


@every_return
def test_a_business_loss_of_exactly_the_threshold_is_deducted_and_a_dollar_more_is_not(
    year: int, status: FilingStatus
) -> None:
    """26 U.S.C. 461(l)(3)(A): "the excess (if any)" over the threshold amount."""
    threshold = by_status("us/excess_business_loss/threshold", year, status)
    wages = Decimal(900_000)
    at = made(year, status, schedule_c_net=-threshold, wages=wages).summary["agi"]
    assert at == wages - threshold
    assert made(year, status, schedule_c_net=-threshold - DOLLAR, wages=wages).summary["agi"] == at


@every_return
def test_the_minimum_tax_exemption_is_whole_at_the_start_of_its_phase_out(year: int, status: FilingStatus) -> None:
    """26 U.S.C. 55(d)(2): reduced by 25 percent, from 2026 50 percent, "of the amount by which ... exceeds"."""
    start = by_status("us/amt/phaseout", year, status)
    exemption = by_status("us/amt/exemption", year, status)
    rate = LAW.in_year("us/amt/phaseout_rate", year).amount()
    assert made(year, status, wages=start).minimum.exemption.amount == exemption
    assert made(year, status, wages=start + DOLLAR).minimum.exemption.amount == exemption - rate


@pytest.mark.parametrize("year", YEARS)
def test_earnings_up_to_the_wage_base_bear_15_3_percent_and_the_dollar_above_it_2_9(year: int) -> None:
    """26 U.S.C. 1402(b)(1): the base of the year, 42 U.S.C. 430."""
    base = LAW.in_year("us/self_employment/oasdi_wage_base", year).amount()
    profit = base / Decimal("0.9235")

    def tax(earnings: Decimal) -> Decimal:
        return made(year, "single", schedule_c_net=earnings / Decimal("0.9235")).summary["se_tax"]

    fine = Decimal("0.000001")
    assert abs(tax(base) - tax(base - DOLLAR) - Decimal("0.153")) < fine
    assert abs(tax(base + DOLLAR) - tax(base) - Decimal("0.029")) < fine
    with_wages = made(year, "single", schedule_c_net=profit, wages=base).summary["se_tax"]
    assert abs(with_wages - base * Decimal("0.029")) < fine


@pytest.mark.parametrize("year", YEARS)
def test_the_first_cent_of_profit_whose_net_earnings_reach_400_owes_on_all_of_them(year: int) -> None:
    """26 U.S.C. 1402(b)(2): "less than $400" are left out; from 400 on nothing is."""
    assert made(year, "single", schedule_c_net=Decimal("433.13")).summary["total"] == 0
    owed = made(year, "single", schedule_c_net=Decimal("433.14")).summary["se_tax"]
    assert owed == Decimal("433.14") * Decimal("0.9235") * Decimal("0.153")


@pytest.mark.parametrize(("year", "least"), [(2025, 0), (2026, 400)])
def test_business_income_of_exactly_1_000_has_the_minimum_deduction_of_400_from_2026(year: int, least: int) -> None:
    """26 U.S.C. 199A(i)(1): "at least $1,000", P.L. 119-21 s.70105; 999.99 has none."""
    profit = Decimal(2_000)
    half = made(year, "single", schedule_c_net=profit, wages=Decimal(300_000)).summary["half_se_deduction"]
    for short, expected in ((ZERO, least), (Decimal("0.01"), 0)):
        facts = {"schedule_c_net": profit, "wages": Decimal(600_000), "health_insurance": profit - half - 1_000 + short}
        assert made(year, "single", **facts).summary["qbi_deduction"] == expected


@every_return
def test_a_capital_loss_of_exactly_the_limit_is_used_and_a_dollar_more_is_carried(
    year: int, status: FilingStatus
) -> None:
    """26 U.S.C. 1211(b)(1): 3,000, and 1,500 in the case of a married individual filing a separate return."""
    limit = Decimal(1_500 if status == "mfs" else 3_000)
    at = made(year, status, wages=Decimal(90_000), short_term_net=-limit)
    above = made(year, status, wages=Decimal(90_000), short_term_net=-limit - DOLLAR)
    assert at.summary["agi"] == above.summary["agi"] == 90_000 - limit
    assert at.carryover.short.amount == 0
    assert above.carryover.short.amount == 1

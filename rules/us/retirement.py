"""Retirement plans and health insurance of the self-employed: what may be deducted (26 U.S.C. 404, 415, 162(l)).

Neither lowers the self-employment tax.
"""

from __future__ import annotations

from decimal import Decimal

from rules.line import Line, line
from rules.load import Law

ZERO = Decimal(0)


def earned_income(profit: Decimal, half: Line) -> Decimal:
    """Return net profit less half the self-employment tax, not below 0 (26 U.S.C. 401(c)(2))."""
    return max(ZERO, profit - half.amount)


def sep_maximum(earned: Decimal, law: Law, year: int) -> Line:
    """Return the most a SEP may be given: 20 percent of earned income, at most the limit (Pub. 560 rate worksheet)."""
    rate = law.in_year("us/retirement/sep_rate_effective_self_employed", year)
    most = law.in_year("us/retirement/sep_max", year)
    amount = min(earned * rate.amount(), most.amount())
    return line(("Pub. 560 worksheet", "SEP"), "Most a SEP may be given", amount, figures=(rate, most))


def solo_401k_maximum(earned: Decimal, law: Law, year: int) -> Line:
    """Return the most a solo 401(k) may be given below the age of 50: a deferral and 20 percent of earned income.

    The deferral is at most the earned income that is left, the sum at most the limit on annual additions.
    """
    rate = law.in_year("us/retirement/sep_rate_effective_self_employed", year)
    most = law.in_year("us/retirement/annual_additions_415c", year)
    deferral = law.in_year("us/retirement/elective_deferral", year)
    employer = earned * rate.amount()
    amount = min(employer + min(deferral.amount(), earned - employer), most.amount())
    figures = (rate, deferral, most)
    return line(("Pub. 560 worksheet", "solo"), "Most a solo 401(k) may be given", amount, figures=figures)


def retirement_deduction(contributed: Decimal, earned: Decimal, law: Law, year: int) -> Line:
    """Schedule 1 line 16: what was contributed, at most what the widest plan allows with the catch-up of age 50."""
    where, label = ("Schedule 1", "16"), "Self-employed retirement plans"
    if contributed == 0:
        return line(where, label, ZERO, cites=("26 U.S.C. 404(a)(8)",))
    widest = solo_401k_maximum(earned, law, year)
    catch_up = law.in_year("us/retirement/catch_up_50", year)
    most = min(earned, widest.amount + catch_up.amount())
    return line(
        where,
        label,
        min(contributed, most),
        cites=("26 U.S.C. 404(a)(8)", *widest.cites),
        inputs=("Schedule C line 31", "Schedule SE line 13"),
        figures=(catch_up,),
    )


def health_insurance_deduction(paid: Decimal, earned: Decimal, retirement: Line) -> Line:
    """Schedule 1 line 17: premiums, at most earned income less the retirement deduction (26 U.S.C. 162(l)(2)(A))."""
    amount = min(paid, max(ZERO, earned - retirement.amount))
    return line(
        ("Schedule 1", "17"),
        "Self-employed health insurance",
        amount,
        cites=("26 U.S.C. 162(l)",),
        inputs=("Schedule C line 31", "Schedule SE line 13", retirement),
    )

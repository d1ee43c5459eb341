"""The deduction for qualified business income: 20 percent, its two limits and the minimum (26 U.S.C. 199A).

Mining is no specified service; the limits by wages and by the unadjusted basis of rigs phase in above the threshold.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rules.figures import FilingStatus
from rules.line import Line, line
from rules.load import Law

FORM = "Form 8995-A"
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """What Form 8995-A asks of the one business."""

    income: Line
    """Qualified business income after half the self-employment tax, retirement and health insurance."""
    wages: Decimal
    ubia: Decimal
    loss_carried_in: Decimal
    material_participation: bool


@dataclass(frozen=True, slots=True)
class Deduction:
    """Form 8995-A: the business, the limits, the deduction, and a loss carried forward."""

    business_income: Line
    tentative: Line
    limit: Line
    component: Line
    income_limit: Line
    deduction: Line
    loss_carried_forward: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the form's order."""
        return (
            self.business_income, self.tentative, self.limit, self.component,
            self.income_limit, self.deduction, self.loss_carried_forward,
        )  # fmt: skip


def wage_and_property_limit(wages: Decimal, ubia: Decimal, law: Law, year: int) -> Line:
    """Line 10: the greater of 50 percent of W-2 wages, and 25 percent of them plus 2.5 percent of unadjusted basis."""
    half = law.in_year("us/qbi/w2_wage_limit", year)
    quarter, basis = law.in_year("us/qbi/w2_alt_limit", year), law.in_year("us/qbi/ubia_limit", year)
    amount = max(wages * half.amount(), wages * quarter.amount() + ubia * basis.amount())
    return line((FORM, "10"), "Wage and property limit", amount, figures=(half, quarter, basis))


def component(tentative: Line, limit: Line, income: Line, status: FilingStatus, law: Law, year: int) -> Line:
    """Line 15: the 20 percent, limited above the threshold, in part within the range (26 U.S.C. 199A(b)(2)-(3)).

    The threshold is a limit not exceeded: at exactly the threshold nothing is limited.
    """
    threshold, width = law.in_year("us/qbi/threshold", year), law.in_year("us/qbi/phase_in_range", year)
    above = income.amount - threshold.by_status(status)
    excess = max(ZERO, tentative.amount - limit.amount)
    part = min(max(ZERO, above), width.by_status(status))
    amount = tentative.amount - excess * part / width.by_status(status)
    return line(
        (FORM, "15"),
        "Qualified business income component",
        amount,
        inputs=(tentative, limit, income),
        figures=(threshold, width),
    )


def least(business: Line, *, material_participation: bool, law: Law, year: int) -> Line:
    """Return the minimum deduction of an active business with enough income, from 2026 on (26 U.S.C. 199A(i))."""
    amount, enough = law.in_year("us/qbi/min_deduction", year), law.in_year("us/qbi/min_qbi", year)
    given = material_participation and business.amount >= enough.amount()
    return line(
        (FORM, "38"),
        "Minimum deduction of an active business",
        amount.amount() if given else ZERO,
        inputs=(business,),
        figures=(amount, enough),
    )


def form_8995a(
    business: Business, income: Line, net_capital_gain: Decimal, status: FilingStatus, law: Law, year: int
) -> Deduction:
    """Form 8995-A for one business, *income* being taxable income before this deduction.

    *net_capital_gain* includes qualified dividends (26 U.S.C. 199A(a), 1(h)(11)). A loss carried in reduces the income
    first and goes on, with this year's, where it is greater (26 U.S.C. 199A(c)(2)).
    """
    rate = law.in_year("us/qbi/rate", year)
    net = business.income.amount - business.loss_carried_in
    after_loss = line(
        (FORM, "2"), "Qualified business income", net, cites=("26 U.S.C. 199A(c)",), inputs=(business.income,)
    )
    tentative = line(
        (FORM, "3"), "20 percent of it", max(ZERO, net) * rate.amount(), inputs=(after_loss,), figures=(rate,)
    )
    limit = wage_and_property_limit(business.wages, business.ubia, law, year)
    limited = component(tentative, limit, income, status, law, year)
    cap = line(
        (FORM, "36"),
        "20 percent of taxable income less net capital gain",
        max(ZERO, income.amount - net_capital_gain) * rate.amount(),
        cites=("26 U.S.C. 199A(a)(2)",),
        inputs=(income,),
        figures=(rate,),
    )
    minimum = least(after_loss, material_participation=business.material_participation, law=law, year=year)
    deduction = line(
        (FORM, "39"),
        "Deduction for qualified business income",
        max(min(limited.amount, cap.amount), minimum.amount),
        cites=("26 U.S.C. 199A(a), (i)",),
        inputs=(limited, cap, minimum),
    )
    carried = line(
        (FORM, "40"), "Loss carried forward", min(ZERO, net), cites=("26 U.S.C. 199A(c)(2)",), inputs=(after_loss,)
    )
    return Deduction(after_loss, tentative, limit, limited, cap, deduction, carried)

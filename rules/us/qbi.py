"""The deduction for qualified business income: 20 percent, its two limits and the minimum (26 U.S.C. 199A).

Mining is no specified service; the limits by wages and by the unadjusted basis of rigs phase in above the threshold.
Up to the threshold the short Form 8995 is filed, above it Form 8995-A. Dividends of real estate trusts and income of
publicly traded partnerships are not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

import msgspec

from lotwork.ledger.events import FilingStatus
from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.two_businesses import of_spouse, spouses

LONG = "Form 8995-A"
SHORT = "Form 8995"
NUMBERS = {
    "carried": ("3", "C2"), "net": ("4", "2"), "part": ("5", "3"), "taxable": ("11", "33"), "gains": ("12", "34"),
    "cap": ("14", "36"), "deduction": ("15", "39"), "onwards": ("16", "C6"),
}  # fmt: skip
"""Line numbers of the short form and of the long one, whose Schedule C has the losses."""
CITE_A = ("26 U.S.C. 199A(a)",)
CITE_B3 = ("26 U.S.C. 199A(b)(3)(B)(iii)",)


class SpouseBusiness(NamedTuple):
    """What of the two businesses of a joint return is the spouse's."""

    income: Line
    ubia: Decimal
    wages: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """What Forms 8995 and 8995-A ask of the one business."""

    income: Line
    """Qualified business income after half the self-employment tax, retirement and health insurance."""
    wages: Decimal
    ubia: Decimal
    loss_carried_in: Decimal
    material_participation: bool
    spouse: SpouseBusiness | None = None
    """The business of the other spouse, a part of *income*, whose limits are its own (Treas. Reg. 1.199A-1(d)(2))."""


class Deduction(msgspec.Struct, frozen=True):
    """Form 8995 or 8995-A: the business, the limits, the deduction, and a loss carried forward."""

    before: tuple[Line, Line]
    """Line 1, and the loss carried in."""
    business_income: Line
    tentative: Line
    limit: Line
    component: Line
    income_limit: Line
    deduction: Line
    loss_carried_forward: Line
    steps: tuple[Line, ...]
    """The phase-in, within its range."""
    taxable: tuple[Line, Line]
    """Taxable income before this deduction, and the gains in it."""
    minimum: tuple[Line, ...]
    """The deduction before the least there is, and that least; empty in a year that knows none."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the form's order."""
        limits = () if self.limit.form == SHORT else (self.limit, *self.steps)
        return (
            *self.before, self.business_income, self.tentative, *self.taxable, *limits, self.component,
            self.income_limit, *self.minimum, self.deduction, self.loss_carried_forward,
        )  # fmt: skip


def wage_and_property_limit(form: str, wages: Decimal, ubia: Decimal, law: Law, year: int) -> Line:
    """Line 10: the greater of 50 percent of W-2 wages, and 25 percent of them plus 2.5 percent of unadjusted basis."""
    half = law.in_year("us/qbi/w2_wage_limit", year)
    quarter, basis = law.in_year("us/qbi/w2_alt_limit", year), law.in_year("us/qbi/ubia_limit", year)
    amount = max(wages * half.amount(), wages * quarter.amount() + ubia * basis.amount())
    inputs = ("Form W-3 box 1", "Form 4562")
    return line((form, "10"), "Wage and property limit", amount, inputs=inputs, figures=(half, quarter, basis))


def component(
    tentative: Line, limit: Line, income: Line, status: FilingStatus, law: Law, year: int
) -> tuple[Line, ...]:
    """Line 15, last: the 20 percent, limited above the threshold, in part within the range, whose lines 17 to 26 lead.

    The threshold is a limit not exceeded: at exactly the threshold nothing is limited (26 U.S.C. 199A(b)(3)(A)).
    """
    threshold, width = law.in_year("us/qbi/threshold", year), law.in_year("us/qbi/phase_in_range", year)
    above = income.amount - threshold.by_status(status)
    span = width.by_status(status)
    excess = line((LONG, "19"), "20 percent above the limit", max(ZERO, tentative.amount - limit.amount),
                  cites=CITE_B3, inputs=(tentative, limit))  # fmt: skip
    over = line((LONG, "22"), "Taxable income above the threshold", max(ZERO, above), inputs=(income,),
                figures=(threshold,))  # fmt: skip
    part = min(over.amount, span)
    cut = line((LONG, "25"), "Phase-in reduction", excess.amount * part / span, cites=CITE_B3, inputs=(excess, over),
               figures=(width,))  # fmt: skip
    phased = line((LONG, "26"), "After the phase-in reduction", tentative.amount - cut.amount, cites=CITE_B3,
                  inputs=(tentative, cut))  # fmt: skip
    within = part < span and excess.amount > 0
    result = line(
        (LONG, "15"),
        "Qualified business income component",
        phased.amount,
        cites=("26 U.S.C. 199A(b)(2), (3)",),
        inputs=(tentative, limit, *((phased,) if within else ())),
        figures=(threshold, width),
    )
    return (excess, over, cut, phased, result) if within else (result,)


def least(business: Line, *, material_participation: bool, law: Law, year: int) -> Line:
    """Return the minimum deduction of an active business with enough income, from 2026 on (26 U.S.C. 199A(i)).

    It has no ceiling: neither 20 percent of taxable income nor the income itself (199A(i)(1), "greater of").
    """
    amount, enough = law.in_year("us/qbi/min_deduction", year), law.in_year("us/qbi/min_qbi", year)
    given = material_participation and business.amount >= enough.amount()
    return line(
        (business.form, "minimum"),
        "Minimum deduction of an active business",
        amount.amount() if given else ZERO,
        inputs=(business,),
        figures=(amount, enough),
    )


def form_8995(
    business: Business, income: Line, gains: tuple[Line, ...], status: FilingStatus, law: Law, year: int
) -> Deduction:
    """Form 8995 or 8995-A for one business, *income* being taxable income before this deduction.

    *gains* are net capital gain and qualified dividends (26 U.S.C. 199A(a), 1(h)(11)). A loss carried in reduces the
    income first and goes on, with this year's, where it is greater (26 U.S.C. 199A(c)(2)).
    """
    threshold = law.in_year("us/qbi/threshold", year)
    form = SHORT if income.amount <= threshold.by_status(status) else LONG
    own, carried, net, tentative = _business_income(form, business, law, year)
    before, net_gain, cap = _ceiling(form, income, gains, law, year)
    limit = wage_and_property_limit(form, business.wages, business.ubia, law, year)
    limited = component(tentative, limit, before, status, law, year)
    if form == LONG and business.spouse is not None:
        tentative, limited = _of_two(business, business.spouse, (net, limit, before), status, law, year)
    if form == SHORT:
        cites = ("26 U.S.C. 199A(b)(3)(A)",)
        where, label = (form, "10"), limited[-1].label
        limited = (line(where, label, tentative.amount, cites=cites, inputs=(tentative,), figures=(threshold,)),)
    sources = (limited[-1], cap)
    ordinary = min(each.amount for each in sources)
    minimum = _with_minimum(form, net, sources, business, law, year)
    deduction = line(
        _number(form, "deduction"),
        "Deduction for qualified business income",
        max(ordinary, *(each.amount for each in minimum)) if minimum else ordinary,
        cites=("26 U.S.C. 199A(a), (i)",) if minimum else CITE_A,
        inputs=minimum or sources,
    )
    cites = ("26 U.S.C. 199A(c)(2)",)
    onwards = line(_number(form, "onwards"), "Loss carried forward", min(ZERO, net.amount), cites=cites, inputs=(net,))
    return Deduction(
        before=(own, carried),
        business_income=net,
        tentative=tentative,
        limit=limit,
        component=limited[-1],
        income_limit=cap,
        deduction=deduction,
        loss_carried_forward=onwards,
        steps=limited[:-1],
        taxable=(before, net_gain),
        minimum=minimum,
    )


def _of_two(
    business: Business, other: SpouseBusiness, told: tuple[Line, Line, Line], status: FilingStatus, law: Law, year: int
) -> tuple[Line, tuple[Line, ...]]:
    """Return 20 percent of the taxpayer's own business, and all that leads to the sum of both components, line 16.

    Each business is within its own limits. A loss of one, and what was carried in, lowers the income of the other or of
    both in proportion, and a business that lost lends neither wages nor basis (26 U.S.C. 199A(b)(1), (c)(2); Treas.
    Reg. 1.199A-1(d)(2)(iii)).
    """
    net, limit, before = told
    rate = law.in_year("us/qbi/rate", year)
    owns = max(ZERO, business.income.amount - other.income.amount), max(ZERO, other.income.amount)
    left = max(ZERO, net.amount) / sum(owns) if any(owns) else ZERO
    own, hers = (
        line((form, "3"), "20 percent of it", amount * left * rate.amount(), inputs=(net,), figures=(rate,))
        for form, amount in zip((LONG, of_spouse(LONG)), owns, strict=True)
    )
    its_limit = wage_and_property_limit(of_spouse(LONG), other.wages, other.ubia, law, year)
    first = component(own, limit, before, status, law, year)
    second = spouses(component(hers, its_limit, before, status, law, year))
    ends = first[-1], second[-1]
    whole = ends[0].amount + ends[1].amount
    total = line((LONG, "16"), "Qualified business income component", whole, cites=CITE_A, inputs=ends)
    return own, (*first, other.income, hers, its_limit, *second, total)


def _with_minimum(
    form: str, net: Line, sources: tuple[Line, ...], business: Business, law: Law, year: int
) -> tuple[Line, ...]:
    """Return the deduction before the least there is, and that least; nothing in a year that knows none."""
    if not law.in_year("us/qbi/min_deduction", year).amount():
        return ()
    before = line((form, "before minimum"), "Deduction before the minimum", min(each.amount for each in sources),
                  cites=CITE_A, inputs=sources)  # fmt: skip
    return before, least(net, material_participation=business.material_participation, law=law, year=year)


def _business_income(form: str, business: Business, law: Law, year: int) -> tuple[Line, Line, Line, Line]:
    """Return the business's income, the loss carried in, what is left, and 20 percent of it."""
    rate = law.in_year("us/qbi/rate", year)
    own = msgspec.structs.replace(business.income, form=form, line="1")
    carried = line(
        _number(form, "carried"), "Loss carried in", -business.loss_carried_in, cites=("26 U.S.C. 199A(c)(2)",)
    )
    net = line(
        _number(form, "net"),
        "Qualified business income",
        own.amount + carried.amount,
        cites=("26 U.S.C. 199A(c)",),
        inputs=(own, carried),
    )
    amount = max(ZERO, net.amount) * rate.amount()
    return own, carried, net, line(_number(form, "part"), "20 percent of it", amount, inputs=(net,), figures=(rate,))


def _ceiling(form: str, income: Line, gains: tuple[Line, ...], law: Law, year: int) -> tuple[Line, Line, Line]:
    """Return taxable income, the gains in it, and 20 percent of what is none."""
    rate = law.in_year("us/qbi/rate", year)
    where, number = _number(form, "taxable")
    before = msgspec.structs.replace(income, form=where, line=number)
    total = sum((each.amount for each in gains), ZERO)
    net_gain = line(
        _number(form, "gains"), "Net capital gain and qualified dividends", total, cites=CITE_A, inputs=gains
    )
    cap = line(
        _number(form, "cap"),
        "20 percent of taxable income less net capital gain",
        max(ZERO, before.amount - net_gain.amount) * rate.amount(),
        cites=("26 U.S.C. 199A(a)(2)",),
        inputs=(before, net_gain),
        figures=(rate,),
    )
    return before, net_gain, cap


def _number(form: str, name: str) -> tuple[str, str]:
    return form, NUMBERS[name][form == LONG]

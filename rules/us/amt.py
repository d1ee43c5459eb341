"""Alternative minimum tax: 26 and 28 percent of income over an exemption, gains at their own rates (26 U.S.C. 55).

Most rigs are depreciated alike for both taxes: what is or was eligible for the bonus and entered service after 2015,
also where the bonus was elected out, and straight-line property (26 U.S.C. 168(k)(2)(G), 56(a)(1)(A)(i); Instructions
for Form 6251). The rest have a difference on line 2l; the one it leaves in a sale (line 2k) is not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import msgspec

from lotwork.ledger.events import SEPARATE, FilingStatus
from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.preferential import IncomeTax, stacked

FORM = "Form 6251"


class MinimumTax(msgspec.Struct, frozen=True):
    """Form 6251, line by line."""

    parts: tuple[Line, ...]
    """Lines 1 to 3."""
    nol: Line
    """Line 2f: this tax's own net operating loss deduction, a negative amount."""
    income: Line
    exemption: Line
    excess: Line
    part_iii: tuple[Line, ...]
    tentative: Line
    regular: Line
    tax: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the form's order; Part III before the line it feeds."""
        nol = (self.nol,) if self.nol.amount else ()
        return (
            *self.parts, *nol, self.income, self.exemption, self.excess,
            *self.part_iii, self.tentative, self.regular, self.tax,
        )  # fmt: skip


def nol_deduction(carried: Decimal, before: Line, added_back: tuple[Line, ...], law: Law, year: int) -> Line:
    """Line 2f: losses *carried* in as this tax counts them, up to 90 percent of its income *before* them (56(d))."""
    limit = law.in_year("us/amt/nol_limit", year)
    income = before.amount + sum((each.amount for each in added_back), ZERO)
    amount = min(carried, max(ZERO, income) * limit.amount())
    label = "Alternative tax net operating loss deduction"
    return line((FORM, "2f"), label, -amount, inputs=(before, *added_back), figures=(limit,))


def minimum_taxable_income(
    before: Line, added_back: tuple[Line, ...], status: FilingStatus, law: Law, year: int
) -> Line:
    """Line 4: taxable income, which may be negative, with what this tax does not allow added back (26 U.S.C. 56(b)(1)).

    On a separate return it grows by part of what exceeds the point where the exemption is gone, at most by the
    exemption (26 U.S.C. 55(d)(3), last sentence).
    """
    amount = before.amount + sum((each.amount for each in added_back), ZERO)
    if status != SEPARATE:
        return line(
            (FORM, "4"),
            "Alternative minimum taxable income",
            amount,
            cites=("26 U.S.C. 55(b)(1)(D)",),
            inputs=(before, *added_back),
        )
    exempt, start = law.in_year("us/amt/exemption", year), law.in_year("us/amt/phaseout", year)
    rate = law.in_year("us/amt/phaseout_rate", year)
    gone_at = start.by_status(status) + exempt.by_status(status) / rate.amount()
    grown = min(exempt.by_status(status), max(ZERO, amount - gone_at) * rate.amount())
    return line(
        (FORM, "4"),
        "Alternative minimum taxable income",
        amount + grown,
        cites=("26 U.S.C. 55(b)(1)(D)", "26 U.S.C. 55(d)(3)"),
        inputs=(before, *added_back),
        figures=(exempt, start, rate),
    )


def exemption(income: Line, status: FilingStatus, law: Law, year: int) -> Line:
    """Line 5: the exemption less part of the income above the phase-out's start, not below 0 (26 U.S.C. 55(d))."""
    exempt, start = law.in_year("us/amt/exemption", year), law.in_year("us/amt/phaseout", year)
    rate = law.in_year("us/amt/phaseout_rate", year)
    lost = max(ZERO, income.amount - start.by_status(status)) * rate.amount()
    amount = max(ZERO, exempt.by_status(status) - lost)
    return line((FORM, "5"), "Exemption", amount, inputs=(income,), figures=(exempt, start, rate))


def tentative_minimum_tax(
    excess: Line, regular: IncomeTax, status: FilingStatus, law: Law, year: int
) -> tuple[Line, ...]:
    """Line 7, last, after Part III: 26 and 28 percent, or with gains at their own rates if less (55(b)(1), (3)).

    The zones are those of the regular tax: gains lie on the ordinary taxable income, not on the minimum's.
    """
    rates, rate_break = law.in_year("us/amt/rates", year), law.in_year("us/amt/rate_break", year)
    low, high = rates.amounts()
    cut = rate_break.by_status(status)

    def flat(amount: Decimal) -> Decimal:
        return min(amount, cut) * low + max(ZERO, amount - cut) * high

    preferred = min(regular.all_preferential.amount, excess.amount)
    adjusted = min(regular.preferential.amount, preferred)
    gains = stacked(adjusted, (regular.below.amount, regular.ordinary_income.amount), status, law, year)
    building = preferred - adjusted
    rate_25 = law.in_year("us/preferential/unrecaptured_1250_rate", year)
    cites = ("26 U.S.C. 55(b)(3)",)
    rest = line((FORM, "18"), "Tax on what is no gain", flat(excess.amount - preferred), cites=cites,
                inputs=(excess, regular.all_preferential), figures=(rates, rate_break))  # fmt: skip
    split = line(
        (FORM, "38"),
        "Tax with gains at their own rates",
        rest.amount + gains.tax + building * rate_25.amount(),
        cites=cites,
        inputs=(rest, regular.preferential, regular.below, regular.ordinary_income),
        figures=(*gains.figures, rate_25),
    )
    whole = line((FORM, "39"), "Tax without", flat(excess.amount), inputs=(excess,), figures=(rates, rate_break))
    amount = min(split.amount, whole.amount)
    tax = line((FORM, "7"), "Tentative minimum tax", amount, cites=cites, inputs=(split, whole))
    return rest, split, whole, tax


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What Form 6251 starts from: income less deductions, what is added back, and its own loss carried in."""

    before: Line
    """Line 1 (1b from 2025): taxable income before its floor of 0."""
    added_back: tuple[Line, ...]
    nol_carried: Decimal = ZERO


def form_6251(start: Start, regular: IncomeTax, status: FilingStatus, law: Law, year: int) -> MinimumTax:
    """Form 6251 from the income before its floor of 0, what is added back to it, and the *regular* tax."""
    nol = nol_deduction(start.nol_carried, start.before, start.added_back, law, year)
    adjustments = (*start.added_back, nol) if nol.amount else start.added_back
    income = minimum_taxable_income(start.before, adjustments, status, law, year)
    exempt = exemption(income, status, law, year)
    excess = line(
        (FORM, "6"),
        "Income above the exemption",
        max(ZERO, income.amount - exempt.amount),
        cites=("26 U.S.C. 55(b)(1)(B)",),
        inputs=(income, exempt),
    )
    *part_iii, tentative = tentative_minimum_tax(excess, regular, status, law, year)
    ten = line((FORM, "10"), "Regular tax", regular.tax.amount, cites=("26 U.S.C. 55(c)(1)",), inputs=(regular.tax,))
    tax = line(
        (FORM, "11"),
        "Alternative minimum tax",
        max(ZERO, tentative.amount - ten.amount),
        cites=("26 U.S.C. 55(a)",),
        inputs=(tentative, ten),
    )
    parts = (start.before, *start.added_back)
    return MinimumTax(parts, nol, income, exempt, excess, tuple(part_iii), tentative, ten, tax)

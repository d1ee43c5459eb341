"""Alternative minimum tax: 26 and 28 percent of income over an exemption, gains at their own rates (26 U.S.C. 55)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rules.figures import FilingStatus
from rules.line import Line, line
from rules.load import Law
from rules.us.preferential import IncomeTax, zones

FORM = "Form 6251"
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class MinimumTax:
    """Form 6251, line by line."""

    income: Line
    exemption: Line
    excess: Line
    tentative: Line
    tax: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the form's order."""
        return (self.income, self.exemption, self.excess, self.tentative, self.tax)


def minimum_taxable_income(
    before: Line, added_back: tuple[Line, ...], status: FilingStatus, law: Law, year: int
) -> Line:
    """Line 4: taxable income, which may be negative, with what this tax does not allow added back (26 U.S.C. 56(b)(1)).

    On a separate return it grows by part of what exceeds the point where the exemption is gone, at most by the
    exemption (26 U.S.C. 55(d)(3), last sentence).
    """
    amount = before.amount + sum((each.amount for each in added_back), ZERO)
    if status != "mfs":
        return line(
            (FORM, "4"),
            "Alternative minimum taxable income",
            amount,
            cites=("26 U.S.C. 55(b)(2)",),
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
        cites=("26 U.S.C. 55(b)(2)", "26 U.S.C. 55(d)(3)"),
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


def tentative_minimum_tax(excess: Line, regular: IncomeTax, status: FilingStatus, law: Law, year: int) -> Line:
    """Line 7, and Part III: 26 and 28 percent, or with gains at 0, 15 and 20 if that is less (26 U.S.C. 55(b)(1), (3)).

    The zones are those of the regular tax: gains lie on the ordinary taxable income, not on the minimum's.
    """
    rates, rate_break = law.in_year("us/amt/rates", year), law.in_year("us/amt/rate_break", year)
    low, high = rates.amounts()
    cut = rate_break.by_status(status)

    def flat(amount: Decimal) -> Decimal:
        return min(amount, cut) * low + max(ZERO, amount - cut) * high

    preferred = min(regular.preferential.amount, excess.amount)
    gains = zones(preferred, regular.ordinary_income.amount, status, law, year)
    split = flat(excess.amount - preferred) + gains.tax
    return line(
        (FORM, "7"),
        "Tentative minimum tax",
        min(split, flat(excess.amount)),
        cites=("26 U.S.C. 55(b)(3)",),
        inputs=(excess, regular.preferential, regular.ordinary_income),
        figures=(rates, rate_break, *gains.figures),
    )


def form_6251(
    before: Line, added_back: tuple[Line, ...], regular: IncomeTax, status: FilingStatus, law: Law, year: int
) -> MinimumTax:
    """Form 6251 from the income *before* its floor of 0 and what is *added_back* to it."""
    income = minimum_taxable_income(before, added_back, status, law, year)
    exempt = exemption(income, status, law, year)
    excess = line(
        (FORM, "6"),
        "Income above the exemption",
        max(ZERO, income.amount - exempt.amount),
        cites=("26 U.S.C. 55(b)(1)(B)",),
        inputs=(income, exempt),
    )
    tentative = tentative_minimum_tax(excess, regular, status, law, year)
    tax = line(
        (FORM, "11"),
        "Alternative minimum tax",
        max(ZERO, tentative.amount - regular.tax.amount),
        cites=("26 U.S.C. 55(a)",),
        inputs=(tentative, regular.tax),
    )
    return MinimumTax(income, exempt, excess, tentative, tax)

"""Net investment income tax: 3.8 percent of that income, at most of income above the threshold (26 U.S.C. 1411).

Income of an active mining business is not investment income, nor is hobby mining treated so here; gain on coins held
as an investment is. A capital loss counts as far as it is allowed against other income (Treas. Reg. 1.1411-4(f)(4)).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rules.figures import FilingStatus
from rules.line import Line, line
from rules.load import Law

FORM = "Form 8960"
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class InvestmentTax:
    """Form 8960, line by line."""

    income: Line
    above: Line
    tax: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the form's order."""
        return (self.income, self.above, self.tax)


def net_investment_income(sources: tuple[Line, ...]) -> Line:
    """Line 12: interest, dividends and net gain, not below 0 (26 U.S.C. 1411(c)(1))."""
    amount = max(ZERO, sum((source.amount for source in sources), ZERO))
    return line((FORM, "12"), "Net investment income", amount, cites=("26 U.S.C. 1411(c)(1)",), inputs=sources)


def form_8960(sources: tuple[Line, ...], agi: Line, status: FilingStatus, law: Law, year: int) -> InvestmentTax:
    """Form 8960: the tax on the smaller of line 12 and the income above the threshold."""
    threshold, rate = law.in_year("us/niit/threshold", year), law.in_year("us/niit/rate", year)
    income = net_investment_income(sources)
    above = line(
        (FORM, "15"),
        "Adjusted gross income above the threshold",
        max(ZERO, agi.amount - threshold.by_status(status)),
        inputs=(agi,),
        figures=(threshold,),
    )
    tax = line(
        (FORM, "17"),
        "Net investment income tax",
        min(income.amount, above.amount) * rate.amount(),
        inputs=(income, above),
        figures=(rate,),
    )
    return InvestmentTax(income, above, tax)

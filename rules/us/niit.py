"""Net investment income tax: 3.8 percent of that income, at most of income above the threshold (26 U.S.C. 1411).

Income of an active mining business is not investment income, nor gain on its rigs, which is of property "held in a
trade or business" that is none of 1411(c)(2) (1411(c)(1)(A)(iii)); nor is hobby mining treated so here; gain on coins
held as an investment is. Where the miner takes no material part the business is passive, but its income still is not
where it bears self-employment tax (1411(c)(6)); gain on its rigs then is. A capital loss counts as far as it is allowed
against other income (Treas. Reg. 1.1411-4(f)(4)); a net operating loss of a business that is no investment lowers only
the adjusted gross income of line 13 (Treas. Reg. 1.1411-4(h)).
"""

from __future__ import annotations

import msgspec

from lotwork.ledger.events import FilingStatus
from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.capital import CapitalGains, allowed

FORM = "Form 8960"


class Investments(msgspec.Struct, frozen=True, kw_only=True):
    """What Form 8960 asks: interest, dividends, gains, and the gain on business property."""

    interest: Line
    dividends: Line
    gains: CapitalGains
    ordinary: Line
    """Form 4797 line 18b."""
    section_1231: Line
    """The business gain that is on Schedule D."""
    active: bool


class InvestmentTax(msgspec.Struct, frozen=True):
    """Form 8960, line by line."""

    parts: tuple[Line, ...]
    income: Line
    limit: tuple[Line, Line]
    """Lines 13 and 14."""
    above: Line
    tax: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the form's order."""
        return (*self.parts, self.income, *self.limit, self.above, self.tax)


def net_gain(told: Investments, status: FilingStatus, law: Law, year: int) -> tuple[Line, ...]:
    """Lines 5a, 5b and 5d: gains, less those of an active business; a loss that is left counts up to the limit."""
    everything = told.gains.taken.amount + told.ordinary.amount
    five_a = line((FORM, "5a"), "Gains and losses", everything, cites=("26 U.S.C. 1411(c)(1)(A)(iii)",),
                  inputs=(told.gains.taken, *_used(told.ordinary)))  # fmt: skip
    if not told.active:
        left = everything
    else:
        total = told.gains.total.amount - told.section_1231.amount
        own = line((FORM, "5"), "Own", total, inputs=(told.gains.total, told.section_1231))
        left = allowed(own, status, law, year).amount
    five_b = line(
        (FORM, "5b"),
        "Gains and losses of an active business",
        left - everything,
        cites=("26 U.S.C. 1411(c)(1)(A)(iii), (c)(2)", "Treas. Reg. 1.1411-4(d)(4)(i), (f)(4)"),
        inputs=(*_used(told.ordinary, told.section_1231), told.gains.total),
    )
    cites = ("26 U.S.C. 1411(c)(1)(A)(iii)",)
    five_d = line((FORM, "5d"), "Net gain counted", left, cites=cites, inputs=(five_a, five_b))
    return five_a, five_b, five_d


def _used(*lines: Line) -> tuple[Line, ...]:
    """Return the lines that are not empty: Form 4797 is filled only where something was sold."""
    return tuple(each for each in lines if each.amount)


def net_investment_income(sources: tuple[Line, ...]) -> Line:
    """Line 12: interest, dividends and net gain, not below 0 (26 U.S.C. 1411(c)(1))."""
    amount = max(ZERO, sum((source.amount for source in sources), ZERO))
    return line((FORM, "12"), "Net investment income", amount, cites=("26 U.S.C. 1411(c)(1)",), inputs=sources)


def form_8960(told: Investments, agi: Line, status: FilingStatus, law: Law, year: int) -> InvestmentTax:
    """Form 8960: the tax on the smaller of line 12 and the income above the threshold."""
    threshold, rate = law.in_year("us/niit/threshold", year), law.in_year("us/niit/rate", year)
    interest = line((FORM, "1"), "Taxable interest", told.interest.amount, cites=("26 U.S.C. 1411(c)(1)(A)(i)",),
                    inputs=(told.interest,))  # fmt: skip
    dividends = line((FORM, "2"), "Ordinary dividends", told.dividends.amount, cites=("26 U.S.C. 1411(c)(1)(A)(i)",),
                     inputs=(told.dividends,))  # fmt: skip
    gains = net_gain(told, status, law, year)
    income = net_investment_income((interest, dividends, gains[-1]))
    thirteen = line((FORM, "13"), agi.label, agi.amount, cites=agi.cites, inputs=(agi,))
    fourteen = line((FORM, "14"), "Threshold", threshold.by_status(status), figures=(threshold,))
    above = line(
        (FORM, "15"),
        "Adjusted gross income above the threshold",
        max(ZERO, agi.amount - fourteen.amount),
        inputs=(thirteen, fourteen),
        figures=(threshold,),
    )
    tax = line(
        (FORM, "17"),
        "Net investment income tax",
        min(income.amount, above.amount) * rate.amount(),
        inputs=(income, above),
        figures=(rate,),
    )
    return InvestmentTax((interest, dividends, *gains), income, (thirteen, fourteen), above, tax)

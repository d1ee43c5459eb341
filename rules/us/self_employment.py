"""Self-employment tax: 12.4 and 2.9 percent of 92.35 percent of the profit (26 U.S.C. 1401, 1402; Schedule SE)."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.two_businesses import ref_of_spouse, spouses

FORM = "Schedule SE"
FACTOR = "us/self_employment/net_earnings_factor"
OF_A_SHARE = "us/s_corporation/share_in_net_earnings"
"""What part of a shareholder's income is net earnings: none (Rev. Rul. 59-221)."""


class SelfEmployment(msgspec.Struct, frozen=True):
    """Schedule SE, line by line; every amount is 0 where net earnings are less than 400."""

    net_earnings: Line
    taxable_earnings: Line
    base_left: Line
    oasdi: Line
    hospital: Line
    tax: Line
    half: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the form's order."""
        return (
            self.net_earnings, self.taxable_earnings, self.base_left, self.oasdi, self.hospital, self.tax, self.half,
        )  # fmt: skip


def net_earnings(profit: Decimal, law: Law, year: int, *, shareholder: bool = False) -> Line:
    """Line 4a: 92.35 percent of a profit; a loss counts whole (26 U.S.C. 1402(a)(12)); of a *shareholder* nothing."""
    factor = law.in_year(OF_A_SHARE if shareholder else FACTOR, year)
    amount = profit * factor.amount() if profit > 0 else profit
    return line((FORM, "4a"), "Net earnings", amount, inputs=("Schedule C line 31",), figures=(factor,))


def taxable_earnings(earnings: Line, law: Law, year: int) -> Line:
    """Line 6: "no tax if net earnings ... are less than $400", so exactly 400 is taxed (26 U.S.C. 1402(b)(2))."""
    least = law.in_year("us/self_employment/min_net_earnings", year)
    amount = earnings.amount if earnings.amount >= least.amount() else ZERO
    return line((FORM, "6"), "Net earnings that are taxed", amount, inputs=(earnings,), figures=(least,))


def base_left(wages: Decimal, law: Law, year: int) -> Line:
    """Line 9: the wage base less the same person's social security wages, not below 0 (26 U.S.C. 1402(b)(1))."""
    base = law.in_year("us/self_employment/oasdi_wage_base", year)
    amount = max(ZERO, base.amount() - wages)
    return line((FORM, "9"), "Wage base not used by wages", amount, inputs=("Form W-2 box 3",), figures=(base,))


def oasdi(earnings: Line, base: Line, law: Law, year: int) -> Line:
    """Line 10: 12.4 percent of the smaller of net earnings and the base that is left (26 U.S.C. 1401(a))."""
    rate = law.in_year("us/self_employment/oasdi_rate", year)
    amount = min(earnings.amount, base.amount) * rate.amount()
    return line((FORM, "10"), "Social security part", amount, inputs=(earnings, base), figures=(rate,))


def hospital(earnings: Line, law: Law, year: int) -> Line:
    """Line 11: 2.9 percent of all net earnings (26 U.S.C. 1401(b)(1))."""
    rate = law.in_year("us/self_employment/hi_rate", year)
    return line((FORM, "11"), "Medicare part", earnings.amount * rate.amount(), inputs=(earnings,), figures=(rate,))


def half(tax: Line, law: Law, year: int) -> Line:
    """Line 13: half of line 12 is deducted above the line; the 0.9 percent tax is no part of it (26 U.S.C. 164(f))."""
    part = law.in_year("us/self_employment/half_deduction", year)
    return line(
        (FORM, "13"),
        "Deduction for half of the self-employment tax",
        tax.amount * part.amount(),
        inputs=(tax,),
        figures=(part,),
    )


def schedule_se_of_spouse(profit: Decimal, wages: Decimal, law: Law, year: int) -> SelfEmployment:
    """Schedule SE of the other spouse, with a wage base and wages of an own (26 U.S.C. 1402(b)(1))."""
    made = schedule_se(profit, wages, law, year)
    told = spouses(made.lines)
    first = msgspec.structs.replace(told[0], inputs=(ref_of_spouse("Schedule C line 31"),))
    return SelfEmployment(first, *told[1:])


def schedule_se(profit: Decimal, wages: Decimal, law: Law, year: int, *, shareholder: bool = False) -> SelfEmployment:
    """Schedule SE of one person with a Schedule C *profit* and own social security *wages*.

    Of a *shareholder* the profit is the share of an S corporation's income, and no line has an amount.
    """
    earnings = net_earnings(profit, law, year, shareholder=shareholder)
    taxable = taxable_earnings(earnings, law, year)
    base = base_left(wages, law, year)
    social, medicare = oasdi(taxable, base, law, year), hospital(taxable, law, year)
    tax = line(
        (FORM, "12"),
        "Self-employment tax",
        social.amount + medicare.amount,
        cites=("26 U.S.C. 1401",),
        inputs=(social, medicare),
    )
    return SelfEmployment(earnings, taxable, base, social, medicare, tax, half(tax, law, year))

"""The year of an S corporation with one shareholder, who works for it: salary, payroll taxes, and what is left.

Law: the corporation pays no income tax; its income after salary is the shareholder's (26 U.S.C. 1363(a), 1366), and no
net earnings from self-employment (Rev. Rul. 59-221). The shareholder's return is the one of any filer who is told to be
one (`Filer.shareholder`): a spouse's own business on it is no corporation's, and stays as it is.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.errors import CaseRefusedError
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.payroll import Payroll, payroll

FORM = "Form 1120-S"


class Terms(NamedTuple):
    """How the corporation is run: the salary, what payroll costs to run, premiums and plan contributions it pays."""

    salary: Decimal
    payroll_cost: Decimal = ZERO
    health_insurance: Decimal = ZERO
    retirement: Decimal = ZERO


class SCorporation(msgspec.Struct, frozen=True, kw_only=True):
    """The corporation's year: payroll, and the income that passes to the shareholder."""

    terms: Terms
    payroll: Payroll
    retirement: Line
    """What the corporation may contribute of what was meant to be."""
    premium_not_deducted: Decimal
    """Premiums above the salary: wages, and no deduction."""
    ordinary_income: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines, in order of computation."""
        return (*self.payroll.lines, self.retirement, self.ordinary_income)


def s_corporation(profit: Decimal, terms: Terms, other_wages: Decimal, law: Law, year: int) -> SCorporation:
    """Return the year of a corporation whose business made *profit* before all that *terms* name."""
    checked(terms)
    taxes = payroll(terms.salary, other_wages, law, year)
    given = employer_contribution(terms, law, year)
    left = profit - terms.salary - taxes.employer - terms.payroll_cost - terms.health_insurance - given.amount
    return SCorporation(
        terms=terms,
        payroll=taxes,
        retirement=given,
        premium_not_deducted=max(ZERO, terms.health_insurance - terms.salary),
        ordinary_income=line(
            (FORM, "22"),
            "Ordinary business income, the shareholder's",
            left,
            cites=("26 U.S.C. 1363, 1366", "26 U.S.C. 162(a)(1), 164(a), 404(a)"),
            inputs=(*taxes.lines, given),
        ),
    )


def checked(terms: Terms) -> None:
    """Refuse terms that no corporation can have."""
    if min(terms) < 0:
        raise CaseRefusedError("a corporation's salary, costs, premiums and contributions are 0 or more")


def employer_contribution(terms: Terms, law: Law, year: int) -> Line:
    """Form 1120-S line 17: at most 25 percent of the salary, and the limit (26 U.S.C. 404(a)(3), (h), 415(c))."""
    most = plan_room(terms.salary, law, year)
    return line(
        (FORM, "17"), "Contribution to the shareholder's plan", min(terms.retirement, most.amount), inputs=(most,)
    )


def plan_room(salary: Decimal, law: Law, year: int) -> Line:
    """Return the most the corporation may give to a plan: a part of the salary up to the cap on pay that counts."""
    rate = law.in_year("us/retirement/sep_rate_of_compensation", year)
    cap = law.in_year("us/retirement/compensation_cap_401a17", year)
    most = law.in_year("us/retirement/annual_additions_415c", year)
    amount = min(min(salary, cap.amount()) * rate.amount(), most.amount())
    return line(("Pub. 560", "employer"), "Most the corporation may contribute", amount, figures=(rate, cap, most))

"""Payroll taxes on a salary: FICA of the employee and of the employer, and FUTA (26 U.S.C. 3101, 3111, 3301).

Social security is paid up to the wage base by each employer for itself; what an employee of two paid above one base
comes back to the employee, never to the employers (26 U.S.C. 31(b), 6413(c)).
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law


class Payroll(msgspec.Struct, frozen=True, kw_only=True):
    """What a year's salary costs beside itself, line by line."""

    employer_oasdi: Line
    employer_hospital: Line
    employee_oasdi: Line
    employee_hospital: Line
    refunded: Line
    """Social security the employee paid above one wage base."""
    unemployment: Line

    @property
    def employer(self) -> Decimal:
        """FICA and FUTA of the employer, which are deducted from profit."""
        return self.employer_oasdi.amount + self.employer_hospital.amount + self.unemployment.amount

    @property
    def employee(self) -> Decimal:
        """FICA taken from the salary, less what comes back."""
        return self.employee_oasdi.amount + self.employee_hospital.amount - self.refunded.amount

    @property
    def total(self) -> Decimal:
        """All of it, whoever pays."""
        return self.employer + self.employee

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines."""
        return (
            self.employer_oasdi, self.employer_hospital, self.employee_oasdi, self.employee_hospital, self.refunded,
            self.unemployment,
        )  # fmt: skip


def payroll(salary: Decimal, other_wages: Decimal, law: Law, year: int) -> Payroll:
    """Return the payroll taxes on *salary* of one employee who has *other_wages* from another employer."""
    base = law.in_year("us/self_employment/oasdi_wage_base", year)
    social, medicare = law.in_year("us/payroll/oasdi_rate", year), law.in_year("us/payroll/hi_rate", year)
    covered, elsewhere = min(salary, base.amount()), min(other_wages, base.amount())
    oasdi, hospital = covered * social.amount(), salary * medicare.amount()
    above = max(ZERO, covered + elsewhere - base.amount()) * social.amount()
    return Payroll(
        employer_oasdi=line(("Form 941", "5a"), "Social security, employer", oasdi, figures=(social, base)),
        employer_hospital=line(("Form 941", "5c"), "Medicare, employer", hospital, figures=(medicare,)),
        employee_oasdi=line(("Form W-2", "4"), "Social security, employee", oasdi, figures=(social, base)),
        employee_hospital=line(("Form W-2", "6"), "Medicare, employee", hospital, figures=(medicare,)),
        refunded=line(
            ("Schedule 3", "11"), "Social security above one wage base", above,
            cites=("26 U.S.C. 31(b), 6413(c)",), figures=(social, base),
        ),
        unemployment=unemployment(salary, law, year),
    )  # fmt: skip


def unemployment(salary: Decimal, law: Law, year: int) -> Line:
    """Form 940 line 12: the rate less the full credit for State contributions, on the first wages of the year."""
    rate, credit, base = (
        law.in_year(f"us/payroll/{name}", year) for name in ("futa_rate", "futa_credit", "futa_wage_base")
    )
    amount = min(salary, base.amount()) * (rate.amount() - credit.amount())
    return line(("Form 940", "12"), "Federal unemployment tax after credit", amount, figures=(rate, credit, base))

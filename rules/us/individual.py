"""The federal return of one filer, Form 1040 from top to bottom, every line with its law.

The order is the statute's: business, excess loss, self-employment tax and its half, capital, adjusted gross income,
deductions, the deduction for business income last; then the taxes, each on its own form.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from rules.errors import UnknownFigureError
from rules.line import Line, line
from rules.load import Law
from rules.us.additional_medicare import MedicareTax, form_8959
from rules.us.amt import MinimumTax, form_6251
from rules.us.capital import CapitalGains, Carryover, carryover, schedule_d
from rules.us.excess_business_loss import excess_business_loss
from rules.us.filer import Filer, read_case
from rules.us.niit import InvestmentTax, form_8960
from rules.us.ordinary import brackets, senior_deduction, standard_deduction
from rules.us.preferential import IncomeTax, income_tax
from rules.us.qbi import Business, Deduction, form_8995a
from rules.us.retirement import earned_income, health_insurance_deduction, retirement_deduction
from rules.us.self_employment import SelfEmployment, schedule_se

__all__ = ["SUMMARY_KEYS", "Filer", "Return", "compute", "compute_case", "read_case"]

FORM = "Form 1040"
ZERO = Decimal(0)
CENT = Decimal("0.01")
RENUMBERED_FROM = 2025
"""From 2025 Form 1040 splits lines 11 to 13."""
SUMMARY_KEYS = (
    "se_tax", "half_se_deduction", "agi", "qbi_deduction", "taxable_income", "income_tax",
    "ordinary_tax", "ltcg_tax", "amt", "niit", "additional_medicare", "total",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Income:
    """Page 1 of Form 1040 with Schedules 1, C, D and SE: from what came in to adjusted gross income."""

    wages: Line
    interest: Line
    dividends: Line
    business: Line
    excess_loss: Line
    hobby: Line
    other: Line
    capital: CapitalGains
    self_employment: SelfEmployment
    retirement: Line
    health: Line
    agi: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines, schedules before the form they feed."""
        return (
            self.business, self.excess_loss, self.hobby, self.other, *self.self_employment.lines,
            self.retirement, self.health, *self.capital.lines, self.wages, self.interest, self.dividends, self.agi,
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxable:
    """Page 2 down to taxable income: deductions, the one for business income last."""

    deduction: Line
    senior: Line
    qbi: Deduction
    unfloored: Line
    """Income less deductions, before the floor of 0: what Form 6251 and the loss worksheet start from."""
    income: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines, the forms before the line they feed."""
        return (self.deduction, self.senior, *self.qbi.lines, self.unfloored, self.income)


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A computed return: each part with its lines, and the figures everyone asks for."""

    filer: Filer
    income: Income
    taxable: Taxable
    tax: IncomeTax
    minimum: MinimumTax
    investment: InvestmentTax
    medicare: MedicareTax
    carryover: Carryover
    total: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line, in order of computation."""
        return (
            *self.income.lines, *self.taxable.lines, *self.tax.lines, *self.minimum.lines,
            *self.investment.lines, *self.medicare.lines, *self.carryover.lines, self.total,
        )  # fmt: skip

    @property
    def summary(self) -> dict[str, Decimal]:
        """The figures of `lotwork compute us`, exact; round them once, where they are printed."""
        tax, ordinary = self.tax.tax.amount, self.tax.ordinary_tax.amount
        earnings = self.income.self_employment
        return {
            "se_tax": earnings.tax.amount,
            "half_se_deduction": earnings.half.amount,
            "agi": self.income.agi.amount,
            "qbi_deduction": self.taxable.qbi.deduction.amount,
            "taxable_income": self.taxable.income.amount,
            "income_tax": tax,
            "ordinary_tax": ordinary,
            "ltcg_tax": tax - ordinary,
            "amt": self.minimum.tax.amount,
            "niit": self.investment.tax.amount,
            "additional_medicare": self.medicare.tax.amount,
            "total": self.total.amount,
        }


def compute(filer: Filer, law: Law, *, tax_table: bool = False) -> Return:
    """Return the federal return of *filer* under *law*, before credits; a year without law is refused.

    *tax_table* taxes ordinary income below 100,000 by the IRS Tax Table, as a filed return must; else it is exact.
    """
    income = _income(filer, law)
    taxable = _taxable(filer, income, law)
    gains = (income.capital.net_capital_gain, income.dividends)
    schedule = brackets(filer.status, law, filer.year, tax_table=tax_table)
    tax = income_tax(taxable.income, gains, schedule, filer.status, law, filer.year)
    added_back = (_added_back(filer, taxable), taxable.senior)
    minimum = form_6251(taxable.unfloored, added_back, tax, filer.status, law, filer.year)
    investments = (income.interest, income.dividends, income.capital.taken)
    investment = form_8960(investments, income.agi, filer.status, law, filer.year)
    earnings = income.self_employment
    medicare = form_8959(income.wages, earnings.taxable_earnings, filer.status, law, filer.year)
    parts = (tax.tax, minimum.tax, earnings.tax, investment.tax, medicare.tax)
    total = line(
        (FORM, "24"),
        "Total tax before credits",
        sum((part.amount for part in parts), ZERO),
        cites=("26 U.S.C. 1, 55, 1401, 1411",),
        inputs=parts,
    )
    return Return(
        filer=filer,
        income=income,
        taxable=taxable,
        tax=tax,
        minimum=minimum,
        investment=investment,
        medicare=medicare,
        carryover=carryover(income.capital, taxable.unfloored.amount),
        total=total,
    )


def compute_case(case: Mapping[str, object], law: Law, *, tax_table: bool = False) -> dict[str, str]:
    """Return the summary of a *case* told in JSON, each figure in dollars and cents (`lotwork compute us`)."""
    summary = compute(read_case(case), law, tax_table=tax_table).summary
    return {key: f"{_cents(amount):f}" for key, amount in summary.items()}


def _cents(amount: Decimal) -> Decimal:
    """Round half up to the cent; a figure that rounds to nothing has no sign."""
    return amount.quantize(CENT, ROUND_HALF_UP) + ZERO


def _number(year: int, before: str, after: str) -> tuple[str, str]:
    return (FORM, after if year >= RENUMBERED_FROM else before)


def _given(where: tuple[str, str], label: str, amount: Decimal, cite: str, *inputs: Line | str) -> Line:
    return line(where, label, amount, cites=(cite,), inputs=inputs)


def _income(filer: Filer, law: Law) -> Income:
    year = filer.year
    try:
        hobby_line = law.in_year("us/income/hobby_line", year).text()
        law.in_year("us/ordinary/rates", year)
    except UnknownFigureError as unknown:
        raise UnknownFigureError(f"no federal return can be computed for {year}: {unknown}") from unknown
    business = _given(("Schedule C", "31"), "Net profit or loss", filer.schedule_c_net, "26 U.S.C. 162")
    earnings = schedule_se(filer.schedule_c_net, filer.wages, law, year)
    earned = earned_income(filer.schedule_c_net, earnings.half)
    retirement = retirement_deduction(filer.retirement_contribution, earned, law, year)
    health = health_insurance_deduction(filer.health_insurance, earned, retirement)
    nets = (filer.short_term_net, filer.long_term_net)
    carried = (filer.short_term_carryover, filer.long_term_carryover)
    capital = schedule_d(nets, carried, filer.status, law, year)
    wages = _given((FORM, "1a"), "Wages", filer.wages, "26 U.S.C. 61(a)(1)")
    interest = _given((FORM, "2b"), "Taxable interest", filer.taxable_interest, "26 U.S.C. 61(a)(4)")
    dividends = _given((FORM, "3a"), "Qualified dividends", filer.qualified_dividends, "26 U.S.C. 1(h)(11)")
    hobby = _given(("Schedule 1", hobby_line), "Coins mined outside a business", filer.hobby_income, "26 U.S.C. 61(a)")
    other = _given(("Schedule 1", "8z"), "Other income", filer.other_ordinary_income, "26 U.S.C. 61(a)")
    excess = excess_business_loss(business, filer.status, law, year)
    added = (wages, interest, dividends, business, excess, hobby, other, capital.taken)
    taken = (earnings.half, retirement, health)
    agi = _given(
        _number(year, "11", "11a"),
        "Adjusted gross income",
        sum((each.amount for each in added), ZERO) - sum((each.amount for each in taken), ZERO),
        "26 U.S.C. 62(a)",
        *added,
        *taken,
    )
    return Income(
        wages=wages,
        interest=interest,
        dividends=dividends,
        business=business,
        excess_loss=excess,
        hobby=hobby,
        other=other,
        capital=capital,
        self_employment=earnings,
        retirement=retirement,
        health=health,
        agi=agi,
    )


def _taxable(filer: Filer, income: Income, law: Law) -> Taxable:
    year = filer.year
    standard, figures = standard_deduction(filer.status, filer.aged + filer.blind, law, year)
    itemized = filer.itemized_deductions > standard
    deduction = line(
        _number(year, "12", "12e"),
        "Itemized deductions" if itemized else "Standard deduction",
        max(filer.itemized_deductions, standard),
        cites=("26 U.S.C. 63(b), (d)",),
        inputs=("Schedule A line 17",) if itemized else (),
        figures=figures,
    )
    senior = senior_deduction(filer.status, filer.aged, income.agi, law, year)
    before = _given(
        ("Form 8995-A", "33"),
        "Taxable income before the deduction for business income",
        max(ZERO, income.agi.amount - deduction.amount - senior.amount),
        "26 U.S.C. 199A(e)(1)",
        income.agi,
        deduction,
        senior,
    )
    gains = income.capital.net_capital_gain.amount + income.dividends.amount
    qbi = form_8995a(_business(filer, income), before, gains, filer.status, law, year)
    unfloored = _given(
        (FORM, "11 less 14"),
        "Income less deductions",
        income.agi.amount - deduction.amount - senior.amount - qbi.deduction.amount,
        "26 U.S.C. 63(b)",
        income.agi,
        deduction,
        senior,
        qbi.deduction,
    )
    taxable = _given((FORM, "15"), "Taxable income", max(ZERO, unfloored.amount), "26 U.S.C. 63(b)", unfloored)
    return Taxable(deduction=deduction, senior=senior, qbi=qbi, unfloored=unfloored, income=taxable)


def _business(filer: Filer, income: Income) -> Business:
    """Return the business of Form 8995-A; what 461(l) disallows is no loss yet (Treas. Reg. 1.199A-3(b)(1)(iv))."""
    parts = (income.self_employment.half, income.retirement, income.health)
    amount = income.business.amount + income.excess_loss.amount - sum((part.amount for part in parts), ZERO)
    told = _given(
        ("Form 8995-A", "1"),
        "Business income less its deductions",
        amount,
        "26 U.S.C. 199A(c)(1)",
        income.business,
        income.excess_loss,
        *parts,
    )
    return Business(
        income=told,
        wages=filer.business_w2_wages,
        ubia=filer.ubia,
        loss_carried_in=filer.qbi_loss_carryover,
        material_participation=filer.material_participation,
    )


def _added_back(filer: Filer, taxable: Taxable) -> Line:
    """Form 6251 line 2a: the standard deduction, or the taxes among itemized ones (26 U.S.C. 56(b)(1)(A), (D))."""
    itemized = taxable.deduction.label == "Itemized deductions"
    amount = filer.itemized_taxes if itemized else taxable.deduction.amount
    return _given(("Form 6251", "2a"), "Deduction not allowed here", amount, "26 U.S.C. 56(b)(1)", taxable.deduction)

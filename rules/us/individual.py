"""The federal return of one filer, Form 1040 from top to bottom, every line with its law.

The order is the statute's: business, excess loss, self-employment tax and its half, capital, a net operating loss,
adjusted gross income, deductions, the deduction for business income last; then the taxes, each on its own form, and
what the year leaves to the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line, to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.additional_medicare import MedicareTax, form_8959
from lotwork.rules.us.adjusted_gross_income import Gathered, Income, finish, gather
from lotwork.rules.us.amt import MinimumTax, Start, form_6251
from lotwork.rules.us.capital import Carryover, carryover
from lotwork.rules.us.carryforwards import Carryforwards, carryforwards
from lotwork.rules.us.deductions import Taxable, allowed, taxable_income
from lotwork.rules.us.filer import Filer, read_case
from lotwork.rules.us.form_1040 import Credits, CreditsUsed, Settled, Taxes, second_page
from lotwork.rules.us.niit import Investments, InvestmentTax, form_8960
from lotwork.rules.us.nol import Deducted, nol_deduction, taxable_before
from lotwork.rules.us.ordinary import Brackets, brackets, senior_deduction
from lotwork.rules.us.preferential import IncomeTax, income_tax

__all__ = ["SUMMARY_KEYS", "Filer", "Return", "compute", "compute_case", "read_case"]

SPLIT_LINE_1_FROM = 2025
"""From 2025 line 1 of Form 6251 has two parts, the second of them the old line."""
SUMMARY_KEYS = (
    "se_tax", "half_se_deduction", "agi", "qbi_deduction", "taxable_income", "income_tax",
    "ordinary_tax", "ltcg_tax", "amt", "niit", "additional_medicare", "total",
)  # fmt: skip


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
    carryforwards: Carryforwards
    """What the year leaves to the next."""
    total: Line
    """The five taxes, before credits: a sum that stands on no line."""
    credits: CreditsUsed
    """What of the credits reduces the tax."""
    second_page: tuple[Line, ...]
    """Form 1040 lines 16 to 37, with credits and payments."""

    @property
    def income_taxes(self) -> Decimal:
        """The income tax with the minimum tax, before credits: Form 1040 line 18."""
        return self.tax.tax.amount + self.minimum.tax.amount

    @property
    def tax_after_credits(self) -> Decimal:
        """The tax less every credit, and no less than nothing."""
        return max(ZERO, self.total.amount - self.credits.all)

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line, in order of computation."""
        return (
            *self.income.lines, *self.taxable.lines, *self.tax.lines, *self.minimum.lines, *self.investment.lines,
            *self.medicare.lines, *self.second_page, *self.carryover.lines, *self.carryforwards.lines,
        )  # fmt: skip

    @property
    def summary(self) -> dict[str, Decimal]:
        """The figures of `lotwork compute us`, exact; round them once, where they are printed."""
        tax, ordinary = self.tax.tax.amount, self.tax.ordinary_tax.amount
        earnings = self.income.self_employments
        return {
            "se_tax": sum((each.tax.amount for each in earnings), ZERO),
            "half_se_deduction": sum((each.half.amount for each in earnings), ZERO),
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
    """Return the federal return of *filer* under *law*; a year without law is refused.

    *tax_table* taxes ordinary income below 100,000 by the IRS Tax Table, as a filed return must; else it is exact.
    """
    gathered = gather(filer, law)
    schedule = brackets(filer.status, law, filer.year, tax_table=tax_table)
    income = finish(gathered, _nol(filer, gathered, schedule, law), filer.year)
    taxable = taxable_income(filer, income, schedule, law)
    gains = (income.capital.net_capital_gain, income.capital.unrecaptured, income.dividends)
    tax = income_tax(taxable.income, gains, schedule, filer.status, law, filer.year)
    minimum = form_6251(_minimum_start(filer, income, taxable), tax, filer.status, law, filer.year)
    investment = form_8960(_investments(filer, income), income.agi, filer.status, law, filer.year)
    earnings = income.self_employments
    medicare = form_8959(income.wages, [each.taxable_earnings for each in earnings], filer.status, law, filer.year)
    taxes = Taxes(
        income=tax.tax,
        minimum=minimum.tax,
        earnings=tuple(each.tax for each in earnings),
        medicare=medicare.tax,
        medicare_parts=(medicare.on_wages, medicare.on_earnings),
        investment=investment.tax,
    )
    total = line(
        ("Form 1040", "24"),
        "Total tax before credits",
        sum((part.amount for part in taxes.all), ZERO),
        cites=("26 U.S.C. 1, 55, 1401, 1411",),
        inputs=taxes.all,
    )
    income_taxes = tax.tax.amount + minimum.tax.amount
    used = credits_of(filer).used(income_taxes, total.amount - income_taxes)
    return Return(
        filer=filer,
        income=income,
        taxable=taxable,
        tax=tax,
        minimum=minimum,
        investment=investment,
        medicare=medicare,
        carryover=carryover(income.capital, taxable.unfloored.amount),
        carryforwards=carryforwards(filer, income, taxable, minimum.nol),
        total=total,
        credits=used,
        second_page=second_page(taxes, _settled(filer, used), filer.year),
    )


def compute_case(case: Mapping[str, object], law: Law, *, tax_table: bool = False) -> dict[str, str]:
    """Return the summary of a *case* told in JSON, each figure in dollars and cents (`lotwork compute us`)."""
    summary = compute(read_case(case), law, tax_table=tax_table).summary
    return {key: f"{to_cents(amount):f}" for key, amount in summary.items()}


def _nol(filer: Filer, gathered: Gathered, schedule: Brackets, law: Law) -> Deducted:
    """Return what of the losses carried in this year deducts: its limit is figured as if there were none."""
    senior = senior_deduction(filer.status, filer.aged, gathered.agi, law, filer.year)
    deduction, _ = allowed(filer, gathered.agi.amount - senior.amount, schedule, law)
    before = taxable_before(gathered.agi, (deduction, senior), gathered.capital.taken)
    return nol_deduction(filer.nol_carryover, before, law, filer.year)


def _minimum_start(filer: Filer, income: Income, taxable: Taxable) -> Start:
    """Return lines 1 to 3 of Form 6251: deductions this tax does not know are added back (26 U.S.C. 56(b)(1), (d))."""
    before = line(
        ("Form 6251", "1b" if filer.year >= SPLIT_LINE_1_FROM else "1"),
        "Income less deductions, but for the one for seniors",
        taxable.unfloored.amount + taxable.senior.amount,
        cites=("26 U.S.C. 55(b)(1)(D), 56(b)(1)(D)",),
        inputs=(taxable.unfloored, taxable.senior),
    )
    amount = filer.itemized_taxes if taxable.itemized else taxable.deduction.amount
    cites = ("26 U.S.C. 56(b)(1)(A), (D)",)
    added = [line(("Form 6251", "2a"), "Deduction not allowed here", amount, cites=cites, inputs=(taxable.deduction,))]
    if income.nol.deduction.amount:
        nol = income.nol.deduction
        label = "Net operating loss deduction added back"
        added.append(line(("Form 6251", "2e"), label, nol.amount, cites=("26 U.S.C. 56(a)(4)",), inputs=(nol,)))
    if filer.amt_depreciation:
        label, cites = "Depreciation this tax does not allow", ("26 U.S.C. 56(a)(1)",)
        added.append(line(("Form 6251", "2l"), label, filer.amt_depreciation, cites=cites, inputs=("Form 4562",)))
    if taxable.reduction.amount:
        less = taxable.reduction
        label = "Itemized deductions reduced for the regular tax only"
        added.append(line(("Form 6251", "3"), label, -less.amount, cites=("26 U.S.C. 56(b)(1)(E)",), inputs=(less,)))
    carried = filer.nol_carryover if filer.amt_nol_carryover is None else filer.amt_nol_carryover
    return Start(before=before, added_back=tuple(added), nol_carried=carried)


def _investments(filer: Filer, income: Income) -> Investments:
    return Investments(
        interest=income.interest,
        dividends=income.ordinary_dividends,
        gains=income.capital,
        ordinary=income.sales.ordinary,
        section_1231=income.sales.capital,
        active=filer.material_participation,
    )


def credits_of(filer: Filer) -> Credits:
    """Return the credits of *filer* by their kind."""
    return Credits(filer.nonrefundable_credits, filer.refundable_credits, filer.credits)


def _settled(filer: Filer, used: CreditsUsed) -> Settled:
    return Settled(
        credits=used,
        withheld=filer.withholding,
        estimated=filer.estimated_payments,
        with_extension=filer.extension_payment,
    )

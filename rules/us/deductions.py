"""From adjusted gross income to taxable income: the standard or itemized deduction, seniors, and business income last.

Law: 26 U.S.C. 63, 68, 151(d)(5), 199A. The deduction for business income is figured on itemized deductions before
section 68 reduces them (199A(e)(1)), and section 68 looks at the income that deduction has left: no circle.
"""

from __future__ import annotations

from decimal import Decimal

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.adjusted_gross_income import Income
from lotwork.rules.us.filer import Filer
from lotwork.rules.us.form_1040 import FORM, RENUMBERED_FROM, copied, number, total
from lotwork.rules.us.ordinary import Brackets, itemized_reduction, senior_deduction, standard_deduction
from lotwork.rules.us.qbi import Business, Deduction, SpouseBusiness, form_8995
from lotwork.rules.us.two_businesses import of_spouse

ITEMIZED = "Itemized deductions"


class Taxable(msgspec.Struct, frozen=True, kw_only=True):
    """Page 2 down to taxable income: deductions, the one for business income last."""

    deduction: Line
    reduction: Line
    """What section 68 took from itemized deductions."""
    senior: Line
    qbi: Deduction
    all_deductions: tuple[Line, ...]
    """Lines 13 and 14."""
    unfloored: Line
    """Income less deductions, before the floor of 0: what Form 6251 and the loss worksheet start from, and no line."""
    income: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines, the forms before the line they feed."""
        reduction = (self.reduction,) if self.reduction.amount else ()
        return (
            *reduction, self.deduction, self.senior, *self.qbi.lines, *self.all_deductions, self.income,
        )  # fmt: skip

    @property
    def itemized(self) -> bool:
        """Whether Schedule A was used."""
        return self.deduction.label == ITEMIZED


def allowed(filer: Filer, taxable_without: Decimal, brackets: Brackets, law: Law) -> tuple[Line, Line]:
    """Return line 12 and what section 68 took from it, the greater deduction being taken.

    Whose spouse itemizes on a separate return has no standard deduction, however small the other is (63(c)(6)(A)).
    *taxable_without* is income less every other deduction, which the itemized ones are still to be taken from.
    """
    year = filer.year
    standard, figures = standard_deduction(filer.status, filer.aged + filer.blind, law, year)
    itemized = filer.itemized_deductions
    reduction = itemized_reduction(itemized, taxable_without - itemized, brackets, law, year)
    if filer.must_itemize or itemized - reduction.amount > standard:
        label, amount = ITEMIZED, itemized - reduction.amount
        figures = () if filer.must_itemize else figures
        inputs: tuple[Line | str, ...] = ("Schedule A line 17", *((reduction,) if reduction.amount else ()))
    else:
        label, amount, inputs = "Standard deduction", standard, ()
        reduction = itemized_reduction(ZERO, ZERO, brackets, law, year)
    cite = "26 U.S.C. 63(c)(6)" if filer.must_itemize else "26 U.S.C. 63(b), (d)"
    where, cites = number(year, "12"), (cite,)
    return line(where, label, amount, cites=cites, inputs=inputs, figures=figures), reduction


def taxable_income(filer: Filer, income: Income, brackets: Brackets, law: Law) -> Taxable:
    """Return page 2 from line 12 to line 15."""
    year, agi = filer.year, income.agi
    senior = senior_deduction(filer.status, filer.aged, agi, law, year)
    deduction, reduction, qbi = _with_business_deduction(filer, income, senior, brackets, law)
    thirteen = copied(number(year, "13"), qbi.deduction)
    more = (copied((FORM, "13b"), senior),) if year >= RENUMBERED_FROM else ()
    fourteen = total((FORM, "14"), "Deductions", (deduction, thirteen, *more), "26 U.S.C. 63(b)")
    unfloored = line(
        (FORM, "15"),
        "Income less deductions",
        agi.amount - deduction.amount - senior.amount - qbi.deduction.amount,
        cites=("26 U.S.C. 63(b)",),
        inputs=(agi, fourteen),
    )
    taxable = line((FORM, "15"), "Taxable income", max(ZERO, unfloored.amount), cites=("26 U.S.C. 63(b)",),
                   inputs=(agi, fourteen))  # fmt: skip
    return Taxable(
        deduction=deduction,
        reduction=reduction,
        senior=senior,
        qbi=qbi,
        all_deductions=(thirteen, *more, fourteen),
        unfloored=unfloored,
        income=taxable,
    )


def _with_business_deduction(
    filer: Filer, income: Income, senior: Line, brackets: Brackets, law: Law
) -> tuple[Line, Line, Deduction]:
    """Return line 12, what section 68 took from it, and Form 8995 figured without section 68."""
    left = income.agi.amount - senior.amount
    plain, _ = allowed(filer, ZERO, brackets, law)
    qbi = _form_8995(filer, income, (plain, senior), law)
    deduction, reduction = allowed(filer, left - qbi.deduction.amount, brackets, law)
    if deduction.label != plain.label:
        qbi = _form_8995(filer, income, (deduction, senior), law)
    return deduction, reduction, qbi


def _form_8995(filer: Filer, income: Income, taken: tuple[Line, Line], law: Law) -> Deduction:
    before = line(
        ("Form 8995", "11"),
        "Taxable income before the deduction for business income",
        max(ZERO, income.agi.amount - sum((each.amount for each in taken), ZERO)),
        cites=("26 U.S.C. 199A(e)(1)",),
        inputs=(income.agi, *taken),
    )
    gains = (income.capital.net_capital_gain, income.dividends)
    return form_8995(_business(filer, income), before, gains, filer.status, law, filer.year)


def _business(filer: Filer, income: Income) -> Business:
    """Return the business of Form 8995: with the ordinary gains of its rigs, less what its owner deducted for it.

    What 461(l) disallows is no loss yet, and counts in the year it is deducted as a net operating loss (Treas. Reg.
    1.199A-3(b)(1)(iv), (v)); any other net operating loss does not count.
    """
    parts = (*(each.half for each in income.self_employments), income.retirement, income.health)
    excess_before = max(ZERO, income.nol.deduction.amount - (filer.nol_carryover - filer.excess_loss_carryover))
    added = (*income.businesses, income.sales.ordinary, income.excess_loss)
    amount = sum((each.amount for each in added), ZERO) - sum((part.amount for part in parts), ZERO) - excess_before
    counted = (income.nol.deduction,) if excess_before else ()
    told = line(
        ("Form 8995", "1"),
        "Business income less its deductions",
        amount,
        cites=("26 U.S.C. 199A(c)(1)", "Treas. Reg. 1.199A-3(b)"),
        inputs=(*(each for each in added if each.amount), *parts, *counted),
    )
    return Business(
        income=told,
        wages=filer.business_w2_wages,
        ubia=filer.ubia,
        loss_carried_in=filer.qbi_loss_carryover,
        material_participation=filer.material_participation,
        spouse=_spouses_business(filer, income),
    )


def _spouses_business(filer: Filer, income: Income) -> SpouseBusiness | None:
    """Return what of the business income is of the spouse's business: its profit less what its owner deducted."""
    spouse = income.gathered.spouse
    if spouse is None:
        return None
    parts = (spouse.self_employment.half, *spouse.deducted)
    told = line(
        (of_spouse("Form 8995-A"), "1"),
        "Business income less its deductions",
        spouse.business.amount - sum((each.amount for each in parts), ZERO),
        cites=("26 U.S.C. 199A(c)(1)", "Treas. Reg. 1.199A-3(b)"),
        inputs=(spouse.business, *parts),
    )
    return SpouseBusiness(told, filer.spouse_ubia, filer.spouse_w2_wages)

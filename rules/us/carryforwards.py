"""What a year leaves to the next: losses that were not used, each of its own kind.

Law: 26 U.S.C. 172(b), 461(l)(2), 199A(c)(2), 1231(c), 56(d). Capital losses stand on their own worksheet
(`rules.us.capital.carryover`). A net operating loss is used before an excess business loss of the same year or earlier.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line
from lotwork.rules.us.adjusted_gross_income import Income
from lotwork.rules.us.deductions import Taxable
from lotwork.rules.us.filer import Filer
from lotwork.rules.us.nol import WORKSHEET, LossYear, nol_of_year


class Carryforwards(msgspec.Struct, frozen=True, kw_only=True):
    """Positive amounts that go into the next year, and the lines that show a year's own net operating loss."""

    nol: Line
    excess_loss: Line
    """The part of `nol` that was an excess business loss."""
    amt_nol: Line
    qbi_loss: Decimal
    section_1231_loss: Decimal
    """The year's own net section 1231 loss."""
    section_1231_given_back: Decimal
    """How much of earlier years' losses this year's gain gave back."""
    own_loss: tuple[Line, ...]

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines of Form 172 and of the worksheet, where there is a loss."""
        return (*self.own_loss, *(each for each in (self.nol, self.excess_loss, self.amt_nol) if each.amount))


def carryforwards(filer: Filer, income: Income, taxable: Taxable, amt_nol: Line) -> Carryforwards:
    """Return what the year leaves, *amt_nol* being the minimum tax's own loss deduction, a negative amount."""
    loss = _loss_year(filer, income, taxable)
    form = nol_of_year(loss)
    own, excess = -form[-1].amount, income.excess_loss.amount
    left = filer.nol_carryover - income.nol.absorbed.amount
    nol = line(
        (WORKSHEET, "10"),
        "Net operating losses carried forward",
        left + own + excess,
        cites=("26 U.S.C. 172(b)(1)(A)(ii), 461(l)(2)",),
        inputs=(income.nol.absorbed, form[-1], income.excess_loss),
    )
    of_it = line(
        (WORKSHEET, "11"),
        "Of them, excess business losses",
        min(filer.excess_loss_carryover, left) + excess,
        cites=("26 U.S.C. 461(l)(2)",),
        inputs=(income.excess_loss, nol),
    )
    sales = income.sales
    return Carryforwards(
        nol=nol,
        excess_loss=of_it,
        amt_nol=_minimum_nol(filer, loss, taxable, amt_nol, excess),
        qbi_loss=-taxable.qbi.loss_carried_forward.amount,
        section_1231_loss=max(ZERO, -sales.net_1231.amount),
        section_1231_given_back=sales.recaptured_before.amount,
        own_loss=form if own else (),
    )


def _minimum_nol(filer: Filer, loss: LossYear, taxable: Taxable, deducted: Line, excess: Decimal) -> Line:
    """Return the losses as the minimum tax counts them: without the deductions it does not allow (56(d)(2)(A))."""
    allowed = filer.itemized_deductions - filer.itemized_taxes if taxable.itemized else ZERO
    deduction = msgspec.structs.replace(taxable.deduction, amount=allowed)
    agi = msgspec.structs.replace(loss.agi, amount=loss.agi.amount + filer.amt_depreciation)
    own = -nol_of_year(replace(loss, agi=agi, deduction=deduction))[-1].amount
    carried = filer.nol_carryover if filer.amt_nol_carryover is None else filer.amt_nol_carryover
    return line(
        (WORKSHEET, "12"),
        "Net operating losses of the minimum tax carried forward",
        carried + deducted.amount + own + excess,
        cites=("26 U.S.C. 56(d)",),
        inputs=(loss.agi,),
    )


def _loss_year(filer: Filer, income: Income, taxable: Taxable) -> LossYear:
    return LossYear(
        year=filer.year,
        agi=income.agi,
        deduction=taxable.deduction,
        retirement=income.retirement,
        nonbusiness_income=(income.interest, income.ordinary_dividends, income.hobby, income.other),
        capital=income.capital.total,
        taken=income.capital.taken,
        business_gain=income.sales.capital,
        deducted=income.nol.deduction,
    )

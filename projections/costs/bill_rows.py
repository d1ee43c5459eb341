"""Rows of the year's expenses: of a bill, of a part of one that is spread, of a reading at its tariff."""

from __future__ import annotations

from datetime import date

from lotwork.ledger.events import Activity, Expense
from lotwork.projections.costs.expense_row import ExpenseRow
from lotwork.projections.costs.metered import MeteredCost
from lotwork.projections.costs.prepaid import CITE as PREPAID
from lotwork.projections.costs.prepaid import Part
from lotwork.projections.costs.usage import Share
from lotwork.projections.costs.words import ELECTRICITY, category_word, line_of
from lotwork.rules.us.no_expense import no_expense


def part_of(row: ExpenseRow, part: Part) -> ExpenseRow:
    """Return what of a bill is deducted in one year."""
    line = line_of(row.category, part.day.year)
    return row._replace(
        date=part.day,
        paid_on=row.date,
        line=line.number,
        label=line.label,
        amount_usd_micros=part.of(row.amount_usd_micros),
        deductible_usd_micros=part.of(row.deductible_usd_micros),
        cites=(*row.cites, PREPAID),
    )


def bill_row(expense: Expense, day: date, share: Share, activity: Activity) -> ExpenseRow:
    """Return the row of a bill paid on *day*, of which *share* is business."""
    category = category_word(expense.category)
    line = line_of(category, day.year)
    return ExpenseRow(
        expense=expense.id,
        date=day,
        category=category,
        line=line.number,
        label=line.label,
        amount_usd_micros=expense.amount_usd_micros,
        business_share=share.text,
        deductible_usd_micros=0 if no_expense(category) else share.of(expense.amount_usd_micros),
        share_by=share.measured_by,
        share_from=share.usage,
        activity=activity,
    )


def metered_row(cost: MeteredCost, activity: Activity) -> ExpenseRow:
    """Return the row of a reading at its tariff."""
    line = line_of(ELECTRICITY, cost.date.year)
    return ExpenseRow(
        expense=cost.energy,
        date=cost.date,
        category=ELECTRICITY,
        line=line.number,
        label=line.label,
        amount_usd_micros=cost.amount_usd_micros,
        business_share=cost.business_share,
        deductible_usd_micros=cost.deductible_usd_micros,
        activity=activity,
    )

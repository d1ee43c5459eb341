"""The end of a state's return: what was paid, and what is owed or comes back."""

from __future__ import annotations

from typing import NamedTuple

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, given_back
from lotwork.rules.us.states.case import StateCase
from lotwork.rules.us.states.table import StateTable

TOLD = ("as told by the filer",)


class Settlement(NamedTuple):
    """Payments with refundable credits, and the two ends, one of them 0."""

    lines: tuple[Line, ...]
    paid: Line
    owed: Line
    over: Line


def settle(tax: Line, case: StateCase, income: Line, table: StateTable) -> Settlement:
    """Return the lines from withholding to the amount owed or overpaid; *tax* is after credits."""
    facts, refund = case.facts, refund_by_income(case, income, table)
    parts = (
        table.line("withholding", "Tax of the state withheld", facts.withholding, cites=TOLD),
        table.line("estimated", "Estimated payments to the state", facts.estimated_payments, cites=TOLD),
        table.line("extension", "Paid with the extension", facts.extension_payment, cites=TOLD),
        table.line("refundable", "Refundable credits, as told", facts.refundable_credits, cites=TOLD),
        *((refund,) if refund is not None else ()),
    )
    paid = table.total("payments", "Payments", parts)
    owed = table.line("owed", "Amount owed", max(ZERO, tax.amount - paid.amount), inputs=(tax, paid))
    over = given_back(max(ZERO, paid.amount - tax.amount))
    back = table.line("overpaid", "Overpaid", over, inputs=(paid, tax))
    return Settlement((*parts, paid, owed, back), paid, owed, back)


def refund_by_income(case: StateCase, income: Line, table: StateTable) -> Line | None:
    """Return what a state pays back to everyone who lived there all year, by federal income; None where it does not.

    Colorado's sales tax refund (Colo. Const. art. X, sec. 20; C.R.S. 39-22-2003): a row by income and filing status.
    """
    rows = table.maybe("refund_by_income")
    if rows is None:
        return None
    tops, status, agi = table.figure("refund_tops"), case.federal.filer.status, case.federal.income.agi
    place = sum(1 for top in tops.tops(status) if agi.amount > top)
    amount = rows.row(status)[place]
    return table.line("refund", "Refund to residents by income", amount, inputs=(agi, income), figures=(rows, tops))

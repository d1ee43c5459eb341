"""The end of a state's return: what was paid, and what is owed or comes back."""

from __future__ import annotations

from typing import NamedTuple

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, given_back
from lotwork.rules.us.states.case import StateFacts
from lotwork.rules.us.states.table import StateTable

TOLD = ("as told by the filer",)


class Settlement(NamedTuple):
    """Payments with refundable credits, and the two ends, one of them 0."""

    lines: tuple[Line, ...]
    paid: Line
    owed: Line
    over: Line


def settle(tax: Line, facts: StateFacts, table: StateTable) -> Settlement:
    """Return the lines from withholding to the amount owed or overpaid; *tax* is after credits."""
    parts = (
        table.line("withholding", "Tax of the state withheld", facts.withholding, cites=TOLD),
        table.line("estimated", "Estimated payments to the state", facts.estimated_payments, cites=TOLD),
        table.line("extension", "Paid with the extension", facts.extension_payment, cites=TOLD),
        table.line("refundable", "Refundable credits, as told", facts.refundable_credits, cites=TOLD),
    )
    paid = table.total("payments", "Payments", parts)
    owed = table.line("owed", "Amount owed", max(ZERO, tax.amount - paid.amount), inputs=(tax, paid))
    over = given_back(max(ZERO, paid.amount - tax.amount))
    back = table.line("overpaid", "Overpaid", over, inputs=(paid, tax))
    return Settlement((*parts, paid, owed, back), paid, owed, back)

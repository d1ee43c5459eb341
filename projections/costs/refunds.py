"""What comes back of a bill: in the same year its line is lower by it, in a later year it is income of that year.

Law: what is refunded in its own year was not paid (26 U.S.C. 162(a)); what was deducted and is recovered in a later
year is income of that year, as far as the deduction had lowered a tax (111(a)), and stands on Schedule C, line 6
(Pub. 334). The return of the earlier year is right as it was filed, and stays so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

from lotwork.ledger.events import Expense
from lotwork.ledger.units import divide, usd_decimal
from lotwork.projections.costs.expense_row import ExpenseRow
from lotwork.projections.findings import Finding
from lotwork.rules.line import to_cents

RECOVERED = "6"
"""Where what is recovered of an earlier year stands; as a cost it is negative."""
RECOVERY = "Other income: recovered of an expense of an earlier year"
CITES = ("26 U.S.C. 111(a)",)


def refunds(
    told: Iterable[tuple[date, Expense]], rows_of: Callable[[str], Sequence[ExpenseRow]], findings: list[Finding]
) -> list[ExpenseRow]:
    """Return the row of each refund, each with its day in order of time: less of its bill, or income of a later year.

    *rows_of* tells the rows of a bill by its id, none where there is no such bill.
    """
    rows: list[ExpenseRow] = []
    returned: dict[str, int] = {}
    for day, refund in told:
        name = str(refund.refund_of)
        bills = rows_of(name)
        if len(bills) != 1 or day < bills[0].date:
            findings.append(_unfit(refund, bills))
            continue
        bill, before = bills[0], returned.get(name, 0)
        back = min(refund.amount_usd_micros, max(0, bill.amount_usd_micros - before))
        returned[name] = before + refund.amount_usd_micros
        if back < refund.amount_usd_micros:
            findings.append(_too_much(refund, bill, refund.amount_usd_micros - back))
        if back:
            rows.append(_row(refund, day, bill, back))
    return rows


def _row(refund: Expense, day: date, bill: ExpenseRow, back: int) -> ExpenseRow:
    less = divide(bill.deductible_usd_micros * back, bill.amount_usd_micros)
    row = bill._replace(
        expense=refund.id, date=day, amount_usd_micros=-back, deductible_usd_micros=-less, bill_of=bill.date
    )
    if day.year == bill.date.year:
        return row
    told = refund.not_income_usd_micros
    return row._replace(line=RECOVERED, label=RECOVERY, cites=(*bill.cites, *CITES), not_income_usd_micros=told)


def _unfit(refund: Expense, bills: Sequence[ExpenseRow]) -> Finding:
    if not bills:
        code, why = "refund_unknown", f"there is no bill {refund.refund_of!r}: correct refund_of to the id of the bill"
    elif len(bills) > 1:
        code, why = (
            "refund_of_spread",
            (
                f"{refund.refund_of} is spread over {len(bills)} years: void it and record as two bills what was kept "
                "and what came back"
            ),
        )
    else:
        code, why = (
            "refund_before_bill",
            f"{refund.refund_of} was paid only on {bills[0].date}: correct one of the days",
        )
    return Finding(code, f"{refund.id}: {why}; it is in no figure", refund.id)


def _too_much(refund: Expense, bill: ExpenseRow, more: int) -> Finding:
    return Finding(
        "refund_above_bill",
        f"{refund.id}: {to_cents(usd_decimal(more))} more came back than was paid with {bill.expense}: that part is "
        "in no figure; correct the amount, or record it as `business_income` (26 U.S.C. 61(a))",
        refund.id,
    )

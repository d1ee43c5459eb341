"""Form 1040-X and the state's amended return: what was filed, what is correct, and why, as `diff --filed` tells it."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import UnsetType

from lotwork.reports.amended import AmendmentListing, ExplainedRow, FormRow, StateAmendmentRow
from lotwork.reports.forms.sheets.of_forms import LEFT_TO_YOU
from lotwork.reports.forms.sheets.paper import Columns, Facts, Sheet, Words, amount

COLUMNS = ("Line", "", "A. As filed", "B. Change", "C. Correct")
MOVED = ("Form", "Line", "", "As filed", "Now", "Change", "Why")
NOT_ASKED = ""


def sheet_of_amendment(told: AmendmentListing) -> Sheet:
    """Return Form 1040-X of a return that differs from what is now known."""
    claim, estimate = told.refund_claim, told.estimate
    return Sheet(
        name="Form 1040-X",
        about="Amended U.S. individual income tax return",
        blocks=(
            Facts("", (
                ("Return filed", f"{told.filed_on}, as {told.filing}"),
                ("Additional tax", amount(told.additional_tax_usd)),
                ("A refund is claimed through", f"{claim.last_day}{'' if claim.in_time else ', which has passed'}"),
                ("Of which at most", amount(claim.limit_usd)),
                *(() if isinstance(claim.as_much_through, UnsetType)
                  else (("And less after", claim.as_much_through.isoformat()),)),
                ("The IRS may assess through", told.assessment.last_day.isoformat()),
                (f"Paid on {estimate.paid_on}, with interest and penalties",
                 amount(estimate.total_with_qualified_amended_return_usd)),
            )),
            Columns(
                names=COLUMNS, right=(False, False, True, True, True), widths=(0, 1, 0, 0, 0),
                rows=tuple(map(_line, told.form_1040x)),
            ),
            _moved_lines("Part II, explanation: every line that moved", told.lines),
            Words("", (LEFT_TO_YOU,)),
        ),
    )  # fmt: skip


def sheet_of_state(told: StateAmendmentRow) -> Sheet:
    """Return what moved in the state's return since it was filed, and by which return it is amended."""
    return Sheet(
        name=f"{told.form}, amended",
        about="The return of the state as filed, and what is correct",
        blocks=(
            Facts("", (
                ("To be amended by", told.amended_form),
                ("Tax as filed", amount(told.tax_filed_usd)),
                ("Tax as now known", amount(told.tax_now_usd)),
                ("Additional tax", amount(told.additional_tax_usd)),
                ("Balance due as filed", amount(told.balance_due_filed_usd)),
                ("Balance due as now known", amount(told.balance_due_now_usd)),
            )),
            _moved_lines("Every line that moved", told.lines),
            Words("", (told.price_note, LEFT_TO_YOU)),
        ),
    )  # fmt: skip


def _moved_lines(title: str, rows: Iterable[ExplainedRow]) -> Columns:
    return Columns(
        title=title, names=MOVED, right=(False, False, False, True, True, True, False), widths=(0, 0, 3, 0, 0, 0, 4),
        rows=tuple(map(_moved, rows)),
    )  # fmt: skip


def _line(row: FormRow) -> tuple[str, ...]:
    before = NOT_ASKED if row.original_usd is None else amount(row.original_usd)
    change = NOT_ASKED if row.change_usd is None else amount(row.change_usd)
    return row.line, row.label, before, change, amount(row.correct_usd)


def _moved(row: ExplainedRow) -> tuple[str, ...]:
    return row.form, row.line, row.label, amount(row.old_usd), amount(row.new_usd), amount(row.change_usd), row.why

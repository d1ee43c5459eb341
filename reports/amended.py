"""The listings of an amended return: what moves, line by line, Form 1040-X, the deadlines, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import UNSET, UnsetType

from lotwork.projections.filing.amendment import Amendment, LaterYear
from lotwork.projections.filing.amendment_price import AmendmentPrice
from lotwork.projections.filing.event_changes import EventChange
from lotwork.projections.filing.explained import Explained
from lotwork.projections.filing.state_amendment import StateAmendment
from lotwork.reports.lines import cents, cents_if_known
from lotwork.reports.moves import FigureBehind, FigureChangeRow, MoveRow, figure_behind, figure_change_row, move_row
from lotwork.reports.rows import Day, Row, Table, Usd, Words
from lotwork.rules.line import Line, by_form
from lotwork.rules.us.amended import Deadline, RefundClaim
from lotwork.rules.us.form_1040x import Row as FormLine

BY_AMENDING_FIRST = "a qualified amended return, filed before the IRS asks about the return"
PRICE_OF_STATE = (
    "Interest and penalties of {name}, and until when it pays back or may ask for more, are not reckoned here: the "
    "federal ones are, and a state has its own."
)
WHY_NAMES = 3
"""So many events are named beside a line on a screen; `--json` names them all."""


class DueTo(Row, frozen=True, kw_only=True):
    """How much of a change is due to what was said since, to the law, and to the program."""

    events_usd: Usd
    law_usd: Usd
    program_usd: Usd


class ChangeRow(Row, frozen=True, kw_only=True):
    """One thing said since: the event it touched, how, by which event, where that stands, and why."""

    event: str
    kind: str
    how: str
    by: str
    position: int
    reason: str | None


class ExplainedRow(MoveRow, frozen=True, kw_only=True):
    """A line that moved since it was filed, and why; of many events the first are named and all counted."""

    due_to: DueTo | None
    events: tuple[ChangeRow, ...]
    events_count: int
    figures: tuple[FigureBehind, ...]

    @property
    def why(self) -> Words:
        """Why it moved, in a few words."""
        events = [f"{change.event} {change.how}" for change in self.events]
        more = [f"and {self.events_count - WHY_NAMES} more"] if len(events) > WHY_NAMES else []
        figures = [f"law: {figure.path}" for figure in self.figures]
        return "; ".join((*events[:WHY_NAMES], *more, *figures))


class FormRow(Row, frozen=True, kw_only=True):
    """A line of Form 1040-X; columns that do not apply are None."""

    line: Words
    label: Words
    original_usd: Usd | None
    change_usd: Usd | None
    correct_usd: Usd


class FiledFrom(Row, frozen=True, kw_only=True):
    """Where the log ended when the return was filed."""

    position: int
    head: str


class RefundRow(Row, frozen=True, kw_only=True):
    """Until when a refund may be claimed, and how much at most."""

    last_day: Day
    in_time: bool
    look_back_from: Day
    limit_usd: Usd
    cites: tuple[str, ...]
    as_much_through: Day | UnsetType = UNSET
    """The last day on which a claim brings back as much, where that is before the last day for one."""


class AssessmentRow(Row, frozen=True, kw_only=True):
    """Until when the IRS may assess."""

    last_day: Day
    cites: tuple[str, ...]


class CostRow(Row, frozen=True, kw_only=True):
    """One thing that an amended return costs beside the tax."""

    label: Words
    amount_usd: Usd
    cites: tuple[str, ...]


class Estimate(Row, frozen=True, kw_only=True):
    """What more tax costs where it is paid on a day."""

    paid_on: Day
    unpaid_usd: Usd
    interest_usd: Usd
    interest_through: Day
    failure_to_pay_usd: Usd
    accuracy_related_usd: Usd
    accuracy_related_avoided_by: str
    total_with_qualified_amended_return_usd: Usd
    total_usd: Usd
    lines: tuple[CostRow, ...]


class LaterYearRow(Row, frozen=True, kw_only=True):
    """A later year, its filing where there is one, and the lines that move with the year that was filed."""

    year: int
    filing: str | None
    lines: tuple[MoveRow, ...]


class StateAmendmentRow(Row, frozen=True, kw_only=True):
    """What moved in the return of the state that was filed with the federal one."""

    state: str
    form: Words
    amended_form: Words
    """The state's amended return, or in words how to find it."""
    lines: tuple[ExplainedRow, ...]
    tax_filed_usd: Usd
    tax_now_usd: Usd
    additional_tax_usd: Usd
    balance_due_filed_usd: Usd
    balance_due_now_usd: Usd
    price_note: Words
    """What an amended return of the state costs beside the tax, as far as that is known."""


class AmendmentListing(Row, frozen=True, kw_only=True):
    """What `lotwork diff --filed` tells."""

    year: int
    filing: str
    filed_on: Day
    evidence: str | None
    filed_from: FiledFrom
    differs: bool
    lines: tuple[ExplainedRow, ...]
    law_changes: tuple[FigureChangeRow, ...]
    tax_filed_usd: Usd
    tax_now_usd: Usd
    additional_tax_usd: Usd
    balance_due_filed_usd: Usd
    balance_due_now_usd: Usd
    form_1040x: tuple[FormRow, ...]
    refund_claim: RefundRow
    assessment: AssessmentRow
    estimate: Estimate
    later_years: tuple[LaterYearRow, ...]
    state: StateAmendmentRow | UnsetType = UNSET
    """Left out where no state's return was filed with it."""


EXPLAINED = Table(
    ExplainedRow, lambda row: (row.form, row.line, row.label, row.old_usd, row.new_usd, row.change_usd, row.why)
).leaving(lambda row: (row.label, row.old_usd))
AMENDED_FORM = Table(FormRow, lambda row: (row.line, row.label, row.original_usd, row.change_usd, row.correct_usd))


def list_amendment(amended: Amendment, price: AmendmentPrice) -> AmendmentListing:
    """Return *amended* and its *price*."""
    event = amended.filed.event
    return AmendmentListing(
        year=amended.year,
        filing=event.id,
        filed_on=amended.filed_on,
        evidence=event.evidence,
        filed_from=FiledFrom(position=event.position, head=event.head),
        differs=bool(amended.lines or (amended.state and amended.state.lines)),
        lines=_rows(amended.lines),
        law_changes=tuple(map(figure_change_row, amended.figures)),
        tax_filed_usd=cents(amended.tax_filed),
        tax_now_usd=cents(amended.tax_now),
        additional_tax_usd=cents(amended.additional_tax),
        balance_due_filed_usd=cents(amended.filed.amount("balance_due_usd")),
        balance_due_now_usd=cents(amended.now.balance_due),
        form_1040x=tuple(map(_form_row, price.rows)) if amended.lines else (),
        refund_claim=_refund(price.refund),
        assessment=_assessment(price.assessment),
        estimate=_estimate(price),
        later_years=tuple(map(_later, amended.later)),
        state=UNSET if amended.state is None else _state(amended.state),
    )


def _state(own: StateAmendment) -> StateAmendmentRow:
    return StateAmendmentRow(
        state=own.filed.state,
        form=own.filed.form,
        amended_form=own.form,
        lines=_rows(own.lines),
        tax_filed_usd=cents(own.tax_filed),
        tax_now_usd=cents(own.tax_now),
        additional_tax_usd=cents(own.additional_tax),
        balance_due_filed_usd=own.filed.balance_due_usd,
        balance_due_now_usd=cents(own.balance_due_now),
        price_note=PRICE_OF_STATE.format(name=own.name),
    )


def _rows(lines: Iterable[Explained]) -> tuple[ExplainedRow, ...]:
    """Return the lines that moved, form by form as they are copied."""
    forms = by_form(lines, lambda each: (each.move.form, each.move.line))
    return tuple(_explained(each) for own in forms.values() for each in own)


def _explained(each: Explained) -> ExplainedRow:
    parts = each.parts
    due_to = None if parts is None else DueTo(
        events_usd=cents(parts.events), law_usd=cents(parts.law), program_usd=cents(parts.program)
    )  # fmt: skip
    return move_row(
        each.move,
        ExplainedRow,
        due_to=due_to,
        events=tuple(map(_change, each.changes)),
        events_count=each.count,
        figures=tuple(map(figure_behind, each.figures)),
    )


def _change(change: EventChange) -> ChangeRow:
    return ChangeRow(
        event=change.event,
        kind=change.kind,
        how=change.how,
        by=change.by,
        position=change.position,
        reason=change.reason,
    )


def _form_row(told: FormLine) -> FormRow:
    return FormRow(
        line=told.line,
        label=told.label,
        original_usd=cents_if_known(told.original),
        change_usd=cents_if_known(told.change),
        correct_usd=cents(told.correct),
    )


def _refund(claim: RefundClaim) -> RefundRow:
    sooner = claim.in_time and claim.as_much_through < claim.last_day.day
    return RefundRow(
        last_day=claim.last_day.day,
        in_time=claim.in_time,
        look_back_from=claim.look_back_from,
        limit_usd=cents(claim.limit.amount),
        cites=tuple(dict.fromkeys((*claim.last_day.cites, *claim.limit.cites))),
        as_much_through=claim.as_much_through if sooner else UNSET,
    )


def _assessment(deadline: Deadline) -> AssessmentRow:
    return AssessmentRow(last_day=deadline.day, cites=deadline.cites)


def _estimate(price: AmendmentPrice) -> Estimate:
    parts = (price.interest.total, price.failure_to_pay, price.accuracy)
    certain = price.interest.total.amount + price.failure_to_pay.amount
    return Estimate(
        paid_on=price.on,
        unpaid_usd=cents(price.unpaid),
        interest_usd=cents(price.interest.total.amount),
        interest_through=price.interest.through,
        failure_to_pay_usd=cents(price.failure_to_pay.amount),
        accuracy_related_usd=cents(price.accuracy.amount),
        accuracy_related_avoided_by=BY_AMENDING_FIRST,
        total_with_qualified_amended_return_usd=cents(certain),
        total_usd=cents(certain + price.accuracy.amount),
        lines=tuple(map(_cost, parts)),
    )


def _cost(line: Line) -> CostRow:
    return CostRow(label=line.label, amount_usd=cents(line.amount), cites=line.cites)


def _later(each: LaterYear) -> LaterYearRow:
    return LaterYearRow(year=each.year, filing=each.filing, lines=tuple(move_row(move, MoveRow) for move in each.moves))

"""Form 2210 as `quarterly` tells it: its boxes and lines, every charge of the penalty, and Schedule AI."""

from __future__ import annotations

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.projections.quarterly import Comparison, Quarterly
from lotwork.reports.lines import SourcedLineRow, cents, sourced_line_row
from lotwork.reports.rows import Day, Number, Row, Table, Usd
from lotwork.rules.line import Line
from lotwork.rules.us.estimated import LETTERS
from lotwork.rules.us.estimated_annualized import FACTORS, Column
from lotwork.rules.us.estimated_penalty import WAIVERS, Charge


class Form2210Boxes(Row, frozen=True, kw_only=True):
    """The boxes of Part II that the ledger can tell."""

    annualized: bool = msgspec.field(name="C")
    actual_dates: bool = msgspec.field(name="D")
    joint_changed: bool = msgspec.field(name="E")


class ChargeRow(Row, frozen=True, kw_only=True):
    """Interest on one underpayment over one span of one rate."""

    quarter: int
    underpaid_usd: Usd
    after: Day
    through: Day
    days: int
    rate: Number
    amount_usd: Usd
    cite: str


class Form2210(Row, frozen=True, kw_only=True):
    """Form 2210: its boxes, its lines, and every charge of the penalty."""

    boxes: Form2210Boxes
    waiver: tuple[str, ...]
    lines: tuple[SourcedLineRow, ...]
    charges: tuple[ChargeRow, ...]


class PeriodRow(Row, frozen=True, kw_only=True):
    """A column of Schedule AI: what the income of a period asks for."""

    column: str
    through: Day
    complete: bool
    annualized_agi_usd: Usd
    due_by_then_usd: Usd
    required_usd: Usd


class AnnualizedListing(Row, frozen=True, kw_only=True):
    """Schedule AI beside the regular method."""

    applies: bool
    regular_penalty_usd: Usd
    annualized_penalty_usd: Usd
    saves_usd: Usd
    columns: tuple[PeriodRow, ...]
    lines: tuple[SourcedLineRow, ...]


PERIODS = Table(
    PeriodRow, lambda row: (row.column, row.through, row.complete, row.annualized_agi_usd, row.required_usd)
)


def form_2210(quarterly: Quarterly) -> Form2210:
    """Return Form 2210 as the day of *quarterly* has it."""
    boxes = quarterly.boxes
    return Form2210(
        boxes=Form2210Boxes(
            annualized=boxes.annualized, actual_dates=boxes.actual_dates, joint_changed=boxes.joint_changed
        ),
        waiver=WAIVERS,
        lines=tuple(map(sourced_line_row, (*quarterly.required.lines, *quarterly.part_iii))),
        charges=tuple(map(_charge, quarterly.charges)),
    )


def schedule_ai(quarterly: Quarterly, compared: Comparison) -> AnnualizedListing:
    """Return Schedule AI beside the regular method."""
    schedule = compared.schedule
    return AnnualizedListing(
        applies=compared.applies,
        regular_penalty_usd=cents(compared.regular_penalty),
        annualized_penalty_usd=cents(compared.annualized_penalty),
        saves_usd=cents(max(ZERO, compared.regular_penalty - compared.annualized_penalty)),
        columns=tuple(
            _period(each, schedule.annual[place].required, complete=schedule.is_complete(place, quarterly.as_of))
            for place, each in enumerate(schedule.columns)
        ),
        lines=tuple(sourced_line_row(line, exact=line.line.rstrip(LETTERS) in FACTORS) for line in schedule.lines),
    )


def _charge(charge: Charge) -> ChargeRow:
    return ChargeRow(
        quarter=charge.quarter,
        underpaid_usd=cents(charge.underpaid),
        after=charge.after,
        through=charge.through,
        days=charge.days,
        rate=f"{charge.rate:f}",
        amount_usd=cents(charge.amount),
        cite=charge.cite,
    )


def _period(column: Column, required: Line, *, complete: bool) -> PeriodRow:
    return PeriodRow(
        column=column.period.letter,
        through=column.period.end,
        complete=complete,
        annualized_agi_usd=cents(column.computed.income.agi.amount),
        due_by_then_usd=cents(column.due_by_then.amount),
        required_usd=cents(required.amount),
    )

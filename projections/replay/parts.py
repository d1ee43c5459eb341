"""A part of a year cut out of a book that was folded further: what stands before a mark, as a return asks it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import msgspec

from lotwork.projections.equipment import EquipmentFold, EquipmentState
from lotwork.projections.expenses import ExpenseFold, ExpenseState
from lotwork.projections.gains import GainFold, GainState
from lotwork.projections.income import IncomeFold
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.marks import Mark


def part_of(book: Book, before: datetime) -> Book | None:
    """Return *book* as a return of what happened before the instant *before* asks it; None where that is not known.

    Nothing is to be folded onto it. A book whose rows a later purchase may still mend, by a wash sale, has no parts.
    """
    if book.latest is None or book.latest < before:
        return book
    mark = book.marks.at(before)
    if mark is None or book.lots.wash is not None:
        return None
    return msgspec.structs.replace(
        book,
        gains=_gains(book.gains, mark),
        income=_income(book.income, mark),
        expenses=_expenses(book.expenses, mark),
        equipment=_equipment(book.equipment, mark),
        latest=mark.latest,
    )


def _gains(whole: GainFold, mark: Mark) -> GainFold:
    part = GainFold(whole.assets, whole.brokers, whole.years, whole.findings, whole.law)
    part.resume(GainState(mark.gains, mark.boxes, whole.pending[: mark.fees]))
    part.rows, part.removals = whole.rows[: mark.rows], whole.removals[: mark.removals]
    return part


def _income(whole: IncomeFold, mark: Mark) -> IncomeFold:
    return replace(
        whole,
        rows=whole.rows[: mark.receipts],
        by_origin={(year, origin): value for year, origin, value in mark.origins},
        pending=whole.pending[: mark.pending],
        earned=whole.earned[: mark.earned],
        held=whole.held[: mark.held],
    )


def _expenses(whole: ExpenseFold, mark: Mark) -> ExpenseFold:
    part = whole.before(mark.before)
    part.resume(ExpenseState([], mark.pool_fees, mark.first_receipts))
    part.share_rows(whole)
    return part


def _equipment(whole: EquipmentFold, mark: Mark) -> EquipmentFold:
    part = EquipmentFold(whole.calendar, owner=whole.owner)
    told = [event for event in whole.state().events if event.at < mark.before]
    part.resume(EquipmentState(told, mark.carried_before))
    return part

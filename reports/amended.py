"""The listings of an amended return: what moves, line by line, Form 1040-X, the deadlines, and what it costs."""

from __future__ import annotations

from typing import Any

import msgspec

from lotwork.projections.filing.amendment import Amendment, Explained, LaterYear
from lotwork.projections.filing.amendment_price import AmendmentPrice
from lotwork.projections.filing.event_changes import EventChange
from lotwork.projections.filing.law_effect import YearEffect
from lotwork.projections.filing.line_changes import LineChange
from lotwork.reports.lines import cents
from lotwork.rules.compare import FigureChange
from lotwork.rules.line import Line, by_form
from lotwork.rules.us.form_1040x import Row


def list_amendment(amended: Amendment, price: AmendmentPrice) -> dict[str, Any]:
    """Return *amended* and its *price*."""
    due_then, due_now = amended.filed.amount("balance_due_usd"), amended.now.balance_due
    moved = bool(amended.lines)
    forms = by_form(amended.lines, lambda each: (each.move.form, each.move.line))
    return {
        "year": amended.year,
        "filing": amended.filed.event.id,
        "filed_on": amended.filed_on.isoformat(),
        "evidence": amended.filed.event.evidence,
        "filed_from": {"position": amended.filed.event.position, "head": amended.filed.event.head},
        "differs": moved,
        "lines": [_explained(each) for lines in forms.values() for each in lines],
        "law_changes": [list_figure(figure) for figure in amended.figures],
        "tax_filed_usd": cents(amended.tax_filed),
        "tax_now_usd": cents(amended.tax_now),
        "additional_tax_usd": cents(amended.additional_tax),
        "balance_due_filed_usd": cents(due_then),
        "balance_due_now_usd": cents(due_now),
        "form_1040x": [_row(row) for row in price.rows] if moved else [],
        "refund_claim": {
            "last_day": price.refund.last_day.day.isoformat(),
            "in_time": price.refund.in_time,
            "look_back_from": price.refund.look_back_from.isoformat(),
            "limit_usd": cents(price.refund.limit.amount),
            "cites": list(dict.fromkeys((*price.refund.last_day.cites, *price.refund.limit.cites))),
        },
        "assessment": {"last_day": price.assessment.day.isoformat(), "cites": list(price.assessment.cites)},
        "estimate": _estimate(price),
        "later_years": [_later(each) for each in amended.later],
    }


def list_figure(change: FigureChange) -> dict[str, Any]:
    """Return a figure that two laws know differently."""
    return {
        "path": change.path,
        "from": change.from_.isoformat(),
        "before": plain(change.before),
        "after": plain(change.after),
        "title": change.title,
        "cite": change.cite,
        "source": change.source,
    }


def list_effect(effect: YearEffect) -> dict[str, Any]:
    """Return the lines of a year that move under another law, with the events behind each."""
    lines = [
        list_move(each.move)
        | {"because": list(each.move.events), "figures": [_behind(figure) for figure in each.figures]}
        for each in effect.lines
    ]
    return {"year": effect.year, "lines": lines, "unknown": effect.unknown}


def list_move(move: LineChange) -> dict[str, Any]:
    """Return a line that moved."""
    return {
        "form": move.form,
        "line": move.line,
        "label": move.label,
        "old_usd": cents(move.old),
        "new_usd": cents(move.new),
        "change_usd": cents(move.change),
        "cites": list(move.cites),
    }


def plain(value: Any) -> Any:
    """Return a figure's value as JSON holds it: numbers as decimal strings."""
    return msgspec.to_builtins(dict(value) if hasattr(value, "items") else value)


def _explained(each: Explained) -> dict[str, Any]:
    parts = None
    if each.parts is not None:
        parts = {
            "events_usd": cents(each.parts.events),
            "law_usd": cents(each.parts.law),
            "program_usd": cents(each.parts.program),
        }
    return list_move(each.move) | {
        "due_to": parts,
        "events": [_change(change) for change in each.changes],
        "events_count": each.count,
        "figures": [_behind(figure) for figure in each.figures],
    }


def _behind(figure: FigureChange) -> dict[str, Any]:
    return {
        "path": figure.path,
        "before": plain(figure.before),
        "after": plain(figure.after),
        "cite": figure.cite,
        "source": figure.source,
    }


def _change(change: EventChange) -> dict[str, Any]:
    return {
        "event": change.event,
        "kind": change.kind,
        "how": change.how,
        "by": change.by,
        "position": change.position,
        "reason": change.reason,
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "line": row.line,
        "label": row.label,
        "original_usd": None if row.original is None else cents(row.original),
        "change_usd": None if row.change is None else cents(row.change),
        "correct_usd": cents(row.correct),
    }


def _estimate(price: AmendmentPrice) -> dict[str, Any]:
    parts = (price.interest.total, price.failure_to_pay, price.accuracy)
    certain = price.interest.total.amount + price.failure_to_pay.amount
    return {
        "paid_on": price.on.isoformat(),
        "unpaid_usd": cents(price.unpaid),
        "interest_usd": cents(price.interest.total.amount),
        "interest_through": price.interest.through.isoformat(),
        "failure_to_pay_usd": cents(price.failure_to_pay.amount),
        "accuracy_related_usd": cents(price.accuracy.amount),
        "accuracy_related_avoided_by": "a qualified amended return, filed before the IRS asks about the return",
        "total_with_qualified_amended_return_usd": cents(certain),
        "total_usd": cents(certain + price.accuracy.amount),
        "lines": [_line(line) for line in parts],
    }


def _line(line: Line) -> dict[str, Any]:
    return {"label": line.label, "amount_usd": cents(line.amount), "cites": list(line.cites)}


def _later(each: LaterYear) -> dict[str, Any]:
    return {"year": each.year, "filing": each.filing, "lines": [list_move(move) for move in each.moves]}

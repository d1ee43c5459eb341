"""What was refused, as a script is told it."""

from __future__ import annotations

from lotwork.ledger.errors import InputRefusedError, LotworkError
from lotwork.reports.result import Schema, schema_of
from lotwork.reports.rows import Row, Words


class ProblemRow(Row, frozen=True, kw_only=True):
    """One thing wrong with an input: where it stands, which key, why, and what to do about it."""

    where: Words
    key: str
    reason: Words
    remedy: Words


class RefusalListing(Schema, frozen=True, kw_only=True):
    """What a command that was refused tells."""

    ok: bool
    error: str
    exit_code: int
    message: str
    problems: tuple[ProblemRow, ...]


def list_refusal(refusal: LotworkError) -> RefusalListing:
    """Return what was refused, and every problem where an input has some."""
    problems = refusal.problems if isinstance(refusal, InputRefusedError) else ()
    rows = (ProblemRow(where=each.where, key=each.key, reason=each.reason, remedy=each.remedy) for each in problems)
    return list_failure(type(refusal).__name__, refusal.exit_code, str(refusal).split("\n", 1)[0], tuple(rows))


def list_failure(error: str, exit_code: int, message: str, problems: tuple[ProblemRow, ...] = ()) -> RefusalListing:
    """Return what ended a command: the name of the error, the exit code, and what a person is told."""
    return RefusalListing(
        schema=schema_of("error"), ok=False, error=error, exit_code=exit_code, message=message, problems=problems
    )

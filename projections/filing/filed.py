"""Returns as they were filed: what the log holds of them, read back.

A filing is history like any other event: it is voided where it was recorded by mistake, and never corrected. A year's
second filing amends the first; both stay, and the later one counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

import msgspec

from lotwork.ledger.errors import InputRefusedError, IntegrityError
from lotwork.ledger.events import Filing
from lotwork.ledger.history import History
from lotwork.ledger.storage.evidence import Evidence
from lotwork.projections.findings import Finding

CENTS = re.compile(r"-?[0-9]{1,24}\.[0-9]{2}", re.ASCII)


class NotFiledError(InputRefusedError):
    """No return of that year, or by that id, stands in the log."""


class LineAsFiled(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a form as it was filed, in dollars and cents."""

    form: str
    line: str
    label: str
    amount_usd: str


class StateAsFiled(msgspec.Struct, frozen=True, kw_only=True):
    """The return of the state that went with the federal one, in dollars and cents."""

    state: str
    """Two letters, "GA"."""
    form: str
    tax_usd: str
    """After credits, before any payment."""
    payments_usd: str
    balance_due_usd: str
    lines: tuple[LineAsFiled, ...]


class FiguresAsFiled(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The figures of a return: who filed, every summary key, every line; and the state's, where one went along."""

    status: str
    activity: str
    summary: dict[str, str]
    lines: tuple[LineAsFiled, ...]
    state: StateAsFiled | None = None
    """None: no return of a state was filed with it, or an older Lotwork recorded it."""

    @property
    def plain(self) -> dict[str, Any]:
        """The figures as an event holds them."""
        held: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(self))
        return held


class Filed(NamedTuple):
    """A return as filed: its event, the figures in it, and whether this log is the one it was made from."""

    event: Filing
    figures: FiguresAsFiled
    from_this_log: bool

    def amount(self, key: str) -> Decimal:
        """Return the figure *key* of the summary; 0 where an older Lotwork had none."""
        return Decimal(self.figures.summary.get(key, "0"))


def filings(history: History, year: int | None = None) -> list[Filing]:
    """Return the returns filed, of *year* where one is given, the one that counts last."""
    found = [event for event in history.of_kind("filing") if isinstance(event, Filing)]
    return [event for event in found if year in (None, event.year)]


def filing_of(history: History, year: int, name: str | None = None, *, made_by: int | None = None) -> Filing:
    """Return the return of *year* that counts, or the one whose id is *name*.

    Of several, the one that counted for who stood at the position *made_by*: an amendment made later does not.
    """
    found = filings(history, year)
    if not found:
        raise NotFiledError(f"no return of {year} is recorded as filed: run `lotwork file --year {year}`")
    if name is None:
        made = [event for event in found if made_by is None or event.position <= made_by]
        return (made or found)[-1]
    for event in found:
        if event.id == name:
            return event
    known = ", ".join(event.id for event in found)
    raise NotFiledError(f"no filing of {year} has the id {name!r}: there are {known}")


def read_filed(filing: Filing, hash_at_position: str | None) -> Filed:
    """Return *filing* with its figures read; *hash_at_position* is what the log holds where it was made from."""
    try:
        figures = msgspec.convert(filing.figures, FiguresAsFiled)
        _check_amounts((*figures.summary.values(), *(line.amount_usd for line in figures.lines)))
        if figures.state is not None:
            own = figures.state
            _check_amounts((own.tax_usd, own.payments_usd, own.balance_due_usd))
            _check_amounts(line.amount_usd for line in own.lines)
    except ValueError as broken:  # a ValidationError is one
        raise InputRefusedError(
            f"filing {filing.id}: its figures cannot be read ({broken}): it was not written by `lotwork file`; void it "
            f"and file {filing.year} again"
        ) from broken
    return Filed(filing, figures, hash_at_position == filing.head)


def figures_that_count(history: History, year: int) -> FiguresAsFiled | None:
    """Return the figures of *year* as filed, for who stands at the end of *history*; None where none can be read."""
    try:
        whole = History.read(history.log, history.book)
        return read_filed(filing_of(whole, year, made_by=history.up_to), None).figures
    except InputRefusedError:
        return None


def answer_lost(filed: Filed, evidence: Evidence) -> tuple[Finding, ...]:
    """Return a finding where the exact answer of that day is not kept any more; an export never had it with it."""
    event = filed.event
    if event.evidence is None or not filed.from_this_log:
        return ()
    try:
        evidence.read(event.evidence)
    except IntegrityError as lost:
        return (Finding("filed_answer_lost", f"the exact answer {event.id} was filed with is lost: {lost}", event.id),)
    return ()


def _check_amounts(amounts: Iterable[str]) -> None:
    for amount in amounts:
        if CENTS.fullmatch(amount) is None:
            raise ValueError(f"{amount[:40]!r} is not dollars and cents")

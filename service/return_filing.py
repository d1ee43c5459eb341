"""A year's return as it can be filed: made once, by whoever files it, at a terminal or on a page.

What is recorded is enough to come back to: the figures, the law and where it is kept, the position and head of the log,
and as evidence the exact bytes that `lotwork liability --year Y --up-to POSITION --law filed --json` prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import msgspec

from lotwork.ledger.codec import derived_id
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import Filing
from lotwork.ledger.history import History
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.log import EventLog
from lotwork.projections.as_of import AsOf
from lotwork.projections.filing.check import Prepared, acknowledged, prepare
from lotwork.projections.filing.filed import FiguresAsFiled, LineAsFiled, StateAsFiled, filings
from lotwork.projections.filing.line_changes import entries_as_filed, line_changes
from lotwork.projections.findings import Finding
from lotwork.projections.replay.checkpoint import program_digest
from lotwork.reports.filing import figures_as_filed
from lotwork.reports.tax import LiabilityListing, list_liability
from lotwork.reports.whole_result import result_of
from lotwork.service.sources_said import files_not_let_in, sources_of, with_sources

PROGRAM = ("ledger", "projections", "reports", "rules")
"""The rooms that make a return."""
SETTLED_ONLY = frozenset({"jurisdiction_not_us", "mining_income_deferred"})
"""What cannot be acknowledged: a return under the wrong country's law, or under one that is only supposed, is none."""


@dataclass(frozen=True, slots=True)
class Return:
    """A return that can be filed, with the bytes it is answered with."""

    year: int
    day: date
    at: datetime
    head: Head
    prepared: Prepared
    listing: LiabilityListing
    answer: bytes
    acknowledged: tuple[str, ...]
    before: Filing | None
    """The filing it amends."""
    still_open: tuple[Finding, ...]
    """What nobody acknowledged: while there is any, it is not filed."""
    history: History

    def event(self, law_files: str | None, evidence: str | None) -> Filing:
        """Return the event that records it."""
        told = Filing(
            id="",
            at=self.at,
            evidence=evidence,
            year=self.year,
            figures=figures_as_filed(self.listing).plain,
            law=self.prepared.law.digest,
            position=self.head.position,
            head=self.head.hash,
            law_files=law_files,
            program=program_digest(PROGRAM),
            acknowledged=self.acknowledged,
        )
        return msgspec.structs.replace(told, id=derived_id(told))

    def idle(self, names: Iterable[str]) -> list[str]:
        """Return those of *names* that acknowledge nothing."""
        used = {name for own in self.acknowledged for name in (own, own.partition(":")[0])}
        return [name for name in names if name not in used]

    @property
    def repeats(self) -> Filing | None:
        """The filing this one would only repeat: the same figures, by whatever edition of the law they came.

        The law's digest covers its formulas, so that it is another with every release; a return with the figures of the
        one before it amends nothing.
        """
        same = self.before is not None and _same(self.before.figures, figures_as_filed(self.listing))
        return self.before if same else None


def make_return(
    home: Path, log: EventLog, book: str, year: int, names: tuple[str, ...], filed_on: date | None, now: datetime
) -> Return:
    """Return the return of *year* as *book* stands, with those findings acknowledged that *names* name.

    *filed_on* is the day it was filed, None: today. Raises InputRefusedError where the year is not over on it, or where
    it has not come yet.
    """
    head = log.head(book)
    history = History.read(log, book, up_to=head.position)
    today = history.calendar.day(now)
    day = filed_on or today
    if day.year <= year:
        raise InputRefusedError(f"the year {year} is not over on {day}: its return is filed from {year + 1}-01-01 on")
    if day > today:
        raise InputRefusedError(f"--filed-on {day}: that day has not come yet: record the return once it is filed")
    folded, law = AsOf(up_to=head.position).fold(home, history, (year,), from_zero=True)
    prepared = prepare(folded, law, year, now)
    sources = sources_of(home, book)
    found = (*with_sources(prepared.open, sources), *files_not_let_in(home, log, sources, now))
    settled, still_open = acknowledged(found, names)
    state = prepared.state if prepared.state.is_filed else None
    listing = list_liability(prepared.owed, state)
    told = (*folded.told(), *prepared.owed.findings, *(() if state is None else state.findings))
    earlier = filings(history, year)
    noon = history.calendar.midnight(day) + timedelta(hours=12)
    return Return(
        year=year,
        day=day,
        at=now if filed_on in (None, today) else noon,
        head=head,
        prepared=prepared,
        listing=listing,
        answer=result_of("liability", listing, head=head, law=prepared.law, findings=told),
        acknowledged=tuple(dict.fromkeys(settled)),
        before=earlier[-1] if earlier else None,
        still_open=tuple(still_open),
        history=history,
    )


def _same(before: Mapping[str, object], now: FiguresAsFiled) -> bool:
    """Say if two returns tell the same: every figure the one *before* has, and no line with another amount.

    A release may drop a sum that stands on no line, or tell a line or a figure more.
    """
    try:
        old = msgspec.convert(dict(before), FiguresAsFiled)
    except msgspec.ValidationError:
        return False
    same = all(now.summary.get(name) == amount for name, amount in old.summary.items())
    who = (old.status, old.activity) == (now.status, now.activity)
    return who and same and _same_lines(old.lines, now.lines) and _same_state(old.state, now.state)


def _same_state(old: StateAsFiled | None, now: StateAsFiled | None) -> bool:
    """Say if the returns of the state tell the same; one that is recorded for the first time does not."""
    if old is None or now is None:
        return old is now
    alike = (old.state, old.tax_usd, old.payments_usd, old.balance_due_usd)
    return alike == (now.state, now.tax_usd, now.payments_usd, now.balance_due_usd) and _same_lines(
        old.lines, now.lines
    )


def _same_lines(old: Iterable[LineAsFiled], now: Iterable[LineAsFiled]) -> bool:
    return not line_changes(entries_as_filed(old), entries_as_filed(now))

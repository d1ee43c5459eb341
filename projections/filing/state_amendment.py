"""The return of the state as it was filed, beside the same as now known: its part of `lotwork diff --filed`.

It is held against what is now known where it was filed with the federal one, and where it can be reckoned. What neither
is so is a finding: lines that nothing stands beside are no lines that moved to 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from lotwork.ledger.public_form.states import STATES
from lotwork.ledger.units import ZERO
from lotwork.projections.filing.explained import Explained
from lotwork.projections.filing.filed import Filed, StateAsFiled
from lotwork.projections.filing.line_changes import Entry, LineChange, entries_as_filed, entries_of_state, line_changes
from lotwork.projections.findings import Finding
from lotwork.projections.liability import Liability
from lotwork.projections.replay.book import Book
from lotwork.projections.states.liability import StateLiability, state_liability
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.states.table import StateTable, covered

AMENDED_FORM = "amended_form"


class StateAmendment(msgspec.Struct, frozen=True):
    """The state's return that was filed, and what moved in it."""

    filed: StateAsFiled
    now: StateLiability
    lines: tuple[Explained, ...]
    form: str
    """The amended return of the state, or in words how to find it."""

    @property
    def name(self) -> str:
        """The name of the state that was filed with."""
        return next((name for code, name in STATES.items() if code == self.filed.state), self.filed.state)

    @property
    def tax_filed(self) -> Decimal:
        """The state's tax as filed, after credits."""
        return Decimal(self.filed.tax_usd)

    @property
    def is_of_another(self) -> bool:
        """Whether another state is the taxpayer's now: the one that was filed with has nothing to tax."""
        return self.now.state != self.filed.state

    @property
    def tax_now(self) -> Decimal:
        """The same as now known; nothing where another state is the taxpayer's."""
        return ZERO if self.is_of_another else to_cents(self.now.tax)

    @property
    def balance_due_now(self) -> Decimal:
        """What is owed to the state that was filed with; of another one's taxpayer what was paid to it comes back."""
        if self.is_of_another:
            return Decimal(self.filed.balance_due_usd) - self.tax_filed
        return self.now.balance_due

    @property
    def additional_tax(self) -> Decimal:
        """How much more tax of the state there is; negative: less."""
        return self.tax_now - self.tax_filed


def amended_form(law: Law, filed: StateAsFiled, year: int) -> str:
    """Return the name of the state's amended return, as its table says; where it does not, what to do."""
    if filed.state in covered(law):
        told = StateTable(law, filed.state, year).text(AMENDED_FORM)
        if told:
            return told
    return (
        f"{filed.form} of {year} once more, marked as amended, or the form that {filed.state} has for it: which one "
        "was not looked up"
    )


def of_what_is_not(filed: Filed, now: StateLiability) -> Iterator[Finding]:
    """Yield why the state's return is not held against what was filed."""
    event, year = filed.event, filed.event.year
    if filed.figures.state is not None:
        if now.is_unknown:
            yield from now.findings
        elif now.state != filed.figures.state.state:
            yield _of_another(filed.figures.state, now, event.id)
    elif now.is_filed:
        yield Finding(
            "filed_without_state",
            f"{event.id} was recorded without the return of a state, and {now.name} is yours in {year}: what moved in "
            f"that return is not known; once it is filed, `lotwork file --year {year}` records it with the federal one",
            event.id,
        )


def _of_another(own: StateAsFiled, now: StateLiability, event: str) -> Finding:
    """Return that the return was filed in a state that is not the taxpayer's any more, and what the other one asks."""
    if now.state is None:
        other = f"no profile names the state of {now.year}"
    elif now.is_filed:
        other = f"{now.name} is yours: its own return is to be filed, a tax of {to_cents(now.tax):,}"
    else:
        other = f"{now.name} is yours, which asks for no return"
    return Finding(
        "filed_in_another_state",
        f"{event} was filed with {own.form}, and now {other}; what is told of {own.state} is what it no longer taxes: "
        f"hold it against that state's rules, or correct the `state` or the `at` of the profile",
        event,
    )


def state_entries(book: Book, law: Law, owed: Liability) -> list[Entry] | None:
    """Return the lines of the state's return as *book* has it under *law*; None where it cannot be reckoned."""
    state = state_liability(book, law, owed)
    return None if state.is_unknown else entries_of_state(owed, state)


def moved_state(filed: StateAsFiled, now: Liability, state: StateLiability) -> tuple[LineChange, ...]:
    """Return the lines of the state's return that moved since they were *filed*."""
    return line_changes(entries_as_filed(filed.lines), entries_of_state(now, state))

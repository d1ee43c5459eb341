"""What the answer of one command comes to in the table of all books: read from its JSON, as any program would."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

import msgspec
from msgspec import UNSET, UnsetType

from lotwork.ledger.units import ZERO
from lotwork.projections.estimated.measures import NOT_KNOWN
from lotwork.reports.books import IS_DRAFT, IS_FILED, IS_READY, IS_UNKNOWN
from lotwork.reports.lines import cents
from lotwork.rules.us.amended import due_day
from lotwork.rules.us.estimated import next_business_day
from lotwork.rules.us.form_1040 import FORM

TOTAL_TAX = (FORM, "24")


class Came(NamedTuple):
    """What a result comes to in a row of `lotwork all`."""

    position: int | None = None
    findings: int | None = None
    due: date | None = None
    owed_usd: str | None = None
    overdue_usd: str | None = None
    total_usd: str | None = None
    state: str | None = None
    moved: str | None = None
    filed_moved: str | None = None
    tax_change_usd: str | None = None
    owed_to: str | UnsetType = UNSET
    state_due: date | UnsetType | None = UNSET
    state_owed_usd: str | UnsetType | None = UNSET
    state_overdue_usd: str | UnsetType | None = UNSET
    state_tax_change_usd: str | UnsetType = UNSET


class _RestsOn(msgspec.Struct):
    position: int | None = None
    findings: list[msgspec.Raw] = []


class _Next(msgspec.Struct):
    due: date
    pay_usd: str


class _ToState(msgspec.Struct):
    """The payments to the state."""

    state: str
    method: str
    next_payment: _Next | None
    overdue_usd: str


class _OfState(msgspec.Struct):
    """The return of the state."""

    state: str
    balance_due_usd: str | None
    due: date | None


class _Anything(msgspec.Struct):
    """What is there, whatever it holds."""


class _Quarterly(_RestsOn, kw_only=True):
    next_payment: _Next | None
    overdue_usd: str
    set_aside: _Anything | None
    """None where what the year owes is not known."""
    state: _ToState | None = None


class _Sums(msgspec.Struct):
    """What is owed under US law; the law of another country has other words for it."""

    total: str | None = None
    balance_due_usd: str | None = None


class _Liability(_RestsOn, kw_only=True):
    schema: str
    year: int
    summary: _Sums
    filing: str | None = None
    state: _OfState | None = None


class _Replay(_RestsOn, kw_only=True):
    state_digest: str


class _Drawn(_RestsOn, kw_only=True):
    draft: bool


class _MovedLine(msgspec.Struct):
    form: str
    line: str
    change_usd: str


class _MovedYear(msgspec.Struct):
    year: int
    lines: list[_MovedLine]
    unknown: str | None
    state: str | None = None
    state_tax_change_usd: str | None = None


class _Moves(_RestsOn, kw_only=True):
    years: list[_MovedYear]


class _Problem(msgspec.Struct):
    key: str


class Failure(msgspec.Struct):
    """What ended a command, as it is told under --json."""

    error: str
    message: str
    problems: list[_Problem]

    @property
    def why(self) -> str:
        """The message, with the names of what is wrong."""
        return ": ".join([self.message, *filter(None, [", ".join(dict.fromkeys(each.key for each in self.problems))])])


def _quarterly(result: bytes, _filed: Sequence[int]) -> Came:
    told = msgspec.json.decode(result, type=_Quarterly)
    due = None if told.next_payment is None else told.next_payment.due
    late = None if told.set_aside is None else told.overdue_usd
    owed = told.next_payment.pay_usd if told.next_payment else late
    return _to_state(Came(told.position, len(told.findings), due, owed, told.overdue_usd), told.state)


def _to_state(came: Came, state: _ToState | None) -> Came:
    """Return *came* with what is owed to the state, where its payments can be told."""
    if state is None or state.method == NOT_KNOWN:
        return came
    following = state.next_payment
    due, owed = (None, state.overdue_usd) if following is None else (following.due, following.pay_usd)
    return came._replace(owed_to=state.state, state_due=due, state_owed_usd=owed, state_overdue_usd=state.overdue_usd)


def _liability(result: bytes, _filed: Sequence[int]) -> Came:
    told = msgspec.json.decode(result, type=_Liability)
    if told.summary.balance_due_usd is None:
        return Came(told.position, len(told.findings), state=told.schema)
    day = next_business_day(due_day(told.year))
    came = Came(told.position, len(told.findings), day, told.summary.balance_due_usd, None, told.summary.total)
    if told.state is None or told.state.balance_due_usd is None:
        return came
    return came._replace(
        owed_to=told.state.state,
        state_due=told.state.due,
        state_owed_usd=told.state.balance_due_usd,
        state_overdue_usd=None,
    )


def _file(result: bytes, filed: Sequence[int]) -> Came:
    told = msgspec.json.decode(result, type=_Liability)
    return _liability(result, filed)._replace(state=IS_FILED if told.filing else IS_READY)


def _replay(result: bytes, _filed: Sequence[int]) -> Came:
    told = msgspec.json.decode(result, type=_Replay)
    return Came(told.position, len(told.findings), state=told.state_digest)


def _drawn(result: bytes, _filed: Sequence[int]) -> Came:
    told = msgspec.json.decode(result, type=_Drawn)
    return Came(told.position, len(told.findings), state=IS_DRAFT if told.draft else IS_READY)


def _moves(result: bytes, filed: Sequence[int]) -> Came:
    told = msgspec.json.decode(result, type=_Moves)
    words = [f"{each.year} {IS_UNKNOWN}" if each.unknown else f"{each.year}" for each in told.years]
    of_filed = [word for word, each in zip(words, told.years, strict=True) if each.year in filed]
    moved = [line for each in told.years for line in each.lines if (line.form, line.line) == TOTAL_TAX]
    change = cents(sum((Decimal(line.change_usd) for line in moved), ZERO))
    came = Came(moved=", ".join(words), filed_moved=", ".join(of_filed), tax_change_usd=change)
    of_states = [(each.state, each.state_tax_change_usd) for each in told.years if each.state is not None]
    if not of_states:
        return came
    whole = cents(sum((Decimal(change or ZERO) for _, change in of_states), ZERO))
    return came._replace(owed_to=", ".join(dict.fromkeys(state for state, _ in of_states)), state_tax_change_usd=whole)


CAME_TO: Mapping[str, Callable[[bytes, Sequence[int]], Came]] = {
    "quarterly": _quarterly, "liability": _liability, "file": _file, "forms": _drawn, "packet": _drawn,
    "replay": _replay, "rules diff": _moves, "books": lambda _result, _filed: Came(),
}  # fmt: skip

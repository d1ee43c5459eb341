"""The one thing to do next: the payment that is due first, to the United States or to the state, else what is open."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from lotwork.ledger.events import PaymentType
from lotwork.ledger.units import CENT
from lotwork.projections.filing.recorded import years_recorded
from lotwork.rules.line import to_cents
from lotwork.web.daemon_status import DaemonStatus
from lotwork.web.reading import Reading
from lotwork.web.views.problems import ProblemGroup, problems_view
from lotwork.web.views.state_payments import state_balance, state_told
from lotwork.web.wording import commands_in, day, usd

SOON_DAYS = 14


class Due(NamedTuple):
    """What is to pay by a day; `state` and `name` are those of the state it goes to, empty where it is federal."""

    amount: Decimal
    due: date
    type: PaymentType
    year: int
    state: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """The one thing to do next; `command` may be empty, `href` leads to the page that tells more."""

    says: str
    command: str
    href: str
    told: str = ""
    """What the finding itself says; the commands that answer it may stand in its words."""
    event: str = ""
    otherwise: str = ""
    """The command of the other answer, where it is a question."""


def next_step(reading: Reading, status: DaemonStatus | None, federal: Due | None) -> Step:
    """Return the step: the chain first, then what is due within days, then what is open; *federal* is its payment."""
    if status is not None and status.chain_ok is False:
        return Step("The log is not what was written. Find out where before anything else.", "lotwork verify", "")
    dues = sorted((*((federal,) if federal else ()), *state_dues(reading)), key=lambda each: (each.due, each.state))
    soon = [each for each in dues if each.amount >= CENT and (each.due - reading.today).days <= SOON_DAYS]
    if soon:
        return _pay(reading, soon)
    problems = problems_view(reading)
    if problems.groups:
        return _mend(problems.groups[0])
    if not years_recorded(reading.folded):
        begin = f"lotwork --book {shlex.quote(reading.book)} import nicehash.csv coinbase.csv"
        return Step("No income, sale, bill or rig is recorded yet. Bring in what you have:", begin, "")
    if dues:
        return Step(f"Nothing to do until {day(dues[0].due)}.", "", "/quarterly")
    return Step("Nothing to do.", "", "")


def _mend(group: ProblemGroup) -> Step:
    """Return the step that settles the first finding of *group*: by the commands in its words, else by its remedy."""
    told = group.shown[0]
    if commands_in(told.message):
        return Step(f"{group.title}.", "", "/problems", told.message, told.event)
    command, otherwise = (told.command, told.otherwise) if told.command else (group.command, group.otherwise)
    return Step(f"{group.title}.", command, "/problems", told.message, told.event, otherwise)


def state_dues(reading: Reading) -> Iterator[Due]:
    """Yield the payment to the state that is next of each year that is open, and the balance of a year that is over."""
    for told in state_told(reading):
        if told.next is not None:
            yield Due(told.next.pay, told.next.due, "estimated", told.year, told.state, told.name)
    balance = state_balance(reading)
    if balance is not None:
        yield Due(balance.amount, balance.due, "balance", reading.year, balance.state, balance.name)


def _pay(reading: Reading, soon: Sequence[Due]) -> Step:
    """Return the step of the first of *soon*; what is due by the same day to another is told with it."""
    first, *others = soon
    left = (first.due - reading.today).days
    when = f"now: it was due {day(first.due)}" if left < 0 else f"by {day(first.due)}"
    whom = f" to {first.name}" if first.state else ""
    more = "".join(
        f" {usd(each.amount)} to {each.name} is due that day too." for each in others if each.due == first.due
    )
    kind = "" if first.type == "estimated" else f" type={first.type}"
    state = f" state={first.state}" if first.state else ""
    return Step(
        f"Pay {usd(first.amount)}{whom} {when}, then record it.{more}",
        f"lotwork --book {shlex.quote(reading.book)} add payment at={reading.today} "
        f"year={first.year} amount_usd={to_cents(first.amount)}{kind}{state}",
        "/quarterly",
    )

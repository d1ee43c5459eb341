"""When the taxpayer is told, and in which words: pure, from what is known to the alerts that are due now.

Each alert has an id that stays the same however often the rule is asked, so that it is queued, and told, once. A new
id is a new occasion: the next threshold before a payment, another silence of a source, another day's unpriced
receipts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from lotwork.ledger.storage.batch import Message
from lotwork.ledger.units import CENT, ZERO
from lotwork.reports.lines import usd

WEEK = 7


class Alert(NamedTuple):
    """One thing to tell: the id that makes it once, the code of its rule, and the words."""

    id: str
    code: str
    subject: str
    body: str

    def message(self, scrub: Callable[[str], str]) -> Message:
        """Return this alert as it leaves the house: a source's trouble in it may have repeated a secret."""
        return Message(self.id, scrub(self.subject), scrub(self.body))


class StateTold(NamedTuple):
    """A state that is paid: its letters, and its name."""

    letters: str
    name: str


class Installment(NamedTuple):
    """One estimated payment of a year: what is due when, and what of it is still open."""

    year: int
    quarter: int
    due: date
    required_usd: Decimal
    paid_usd: Decimal
    shortfall_usd: Decimal
    advice: str = ""
    """What to pay, what of it is overdue, in coins, and what waiting costs: for the payment that is next."""
    enough_usd: Decimal = ZERO
    """What is enough to pay by then whatever the rest of the year brings; 0 where nothing is, or nobody can know."""
    state: StateTold | None = None
    """The state it is owed to; None: the United States."""


class Overdue(NamedTuple):
    """What is short of the installments of a year whose day is past."""

    year: int
    since: date
    """The due day of the oldest of them."""
    amount_usd: Decimal
    a_day_usd: Decimal | None
    """What waiting costs a day; None where the rate of interest is not known yet."""
    penalty_usd: Decimal
    through: date
    """The day the penalty is reckoned through."""
    state: StateTold | None = None
    """The state it is owed to, whose charge for waiting is not reckoned; None: the United States."""


class Payments(NamedTuple):
    """The payments of the years that a day may owe for; why a year's cannot be told, where they cannot."""

    installments: Sequence[Installment] = ()
    overdue: Sequence[Overdue] = ()
    trouble: str | None = None
    state_trouble: str | None = None
    """Why the payments to the state cannot be told, where they cannot."""


class Silence(NamedTuple):
    """How long a source has not answered: since when by the calendar, and for how long by the monotonic clock."""

    source: str
    since: datetime
    silent_for: timedelta
    trouble: str | None = None


class Unpriced(NamedTuple):
    """A receipt without a price, and when it was received."""

    id: str
    at: datetime


class Loss(NamedTuple):
    """Open lots of an asset whose loss is worth taking at a price: how many, and how many coins."""

    asset: str
    price_usd: str
    lots: int
    quantity: str


class Situation(NamedTuple):
    """What is known of one book at one instant."""

    book: str
    now: datetime
    today: date
    """The day in the taxpayer's zone."""
    installments: Sequence[Installment] = ()
    overdue: Sequence[Overdue] = ()
    silences: Sequence[Silence] = ()
    unpriced: Sequence[Unpriced] = ()
    """Receipts whose price was asked for in vain."""
    waiting: int = 0
    """How many receipts have no price, for whatever reason: no figure holds them."""
    losses: Sequence[Loss] = ()
    trouble: str | None = None
    """Why the payments cannot be computed, where they cannot."""
    state_trouble: str | None = None
    """Why those to the state cannot."""


class Thresholds(NamedTuple):
    """When a fact becomes an alert."""

    days_before: tuple[int, ...] = (30, 14, 7, 1)
    silent: timedelta = timedelta(hours=6)
    pending: timedelta = timedelta(hours=24)
    harvest_fee: str | None = None
    """What a sale costs, where losses worth taking are told at all."""


def due_alerts(situation: Situation, thresholds: Thresholds) -> list[Alert]:
    """Return every alert *situation* calls for; asked again, the same ids come back."""
    return [
        *payments_unknown(situation),
        *payments_overdue(situation),
        *payments_due(situation, thresholds.days_before),
        *sources_silent(situation, thresholds.silent),
        *receipts_pending(situation, thresholds.pending),
        *losses_worth_taking(situation),
    ]


def payments_due(situation: Situation, days_before: Iterable[int]) -> Iterator[Alert]:
    """Yield an alert for each unpaid installment, at the nearest threshold it has come within.

    A daemon that was off on the thirtieth day tells once, at the threshold that holds now, not all it missed.
    """
    for installment in situation.installments:
        days = (installment.due - situation.today).days
        reached = [threshold for threshold in days_before if 0 <= days <= threshold]
        if reached and (installment.shortfall_usd >= CENT or installment.enough_usd >= CENT):
            yield payment_due(situation.book, installment, days, min(reached), waiting=situation.waiting)


def payments_overdue(situation: Situation) -> Iterator[Alert]:
    """Yield an alert for each year of which an installment is overdue: once at once, then once a week."""
    for late in situation.overdue:
        if late.amount_usd < CENT:
            continue
        week = (situation.today - late.since).days // WEEK
        since = late.since.isoformat()
        yield Alert(
            f"payment-overdue:{situation.book}:{late.year}{_of(late.state)}:{since}:{week}",
            "payment_overdue",
            f"{_tax(late.state)} {late.year}: {usd(late.amount_usd)} overdue since {since}",
            f"{usd(late.amount_usd)} of the estimated payments {_to(late.state)}for {late.year} is overdue, the oldest "
            f"since {since}.\n{_cost_of(late)}\n{_next(late.year, late.state)} Book: {situation.book}.\n",
        )


def _cost_of(late: Overdue) -> str:
    """Return what being late costs: of a state's payment that it is not reckoned."""
    if late.state is not None:
        return f"What {late.state.name} charges for waiting is not reckoned here."
    cost = "What each day of waiting costs is not known yet: its rate of interest is not in the law data."
    if late.a_day_usd is not None:
        cost = f"Each day of waiting costs {usd(late.a_day_usd)}."
    return f"The penalty through {late.through.isoformat()} is {usd(late.penalty_usd)}. {cost}"


def _of(state: StateTold | None) -> str:
    return "" if state is None else f"-{state.letters}"


def _to(state: StateTold | None) -> str:
    return "" if state is None else f"to {state.name} "


def _tax(state: StateTold | None) -> str:
    return "Estimated tax" if state is None else f"Estimated tax of {state.name}"


def _next(year: int, state: StateTold | None) -> str:
    """Return what to do: pay, and record it."""
    where, told = ("at https://www.irs.gov/payments", "") if state is None else (state.name, f" state={state.letters}")
    return f"Next: pay {where}, then `lotwork add payment at=... year={year} type=estimated amount_usd=...{told}`."


def payments_unknown(situation: Situation) -> Iterator[Alert]:
    """Yield an alert, once a month, where the payments cannot be computed: silence would look like nothing to pay."""
    if situation.trouble is not None:
        yield Alert(
            f"payments-unknown:{situation.book}:{situation.today:%Y-%m}",
            "payments_unknown",
            "Your estimated payments cannot be computed",
            f"{situation.trouble}\nUntil this is mended no payment is announced.\n"
            f"Next: `lotwork quarterly --year {situation.today.year}`. Book: {situation.book}.\n",
        )
    if situation.state_trouble is not None:
        yield Alert(
            f"state-payments-unknown:{situation.book}:{situation.today:%Y-%m}",
            "payments_unknown",
            "Your estimated payments to your state cannot be told",
            f"{situation.state_trouble}\nUntil this is settled no payment to a state is announced.\n"
            f"Next: `lotwork quarterly --year {situation.today.year}`. Book: {situation.book}.\n",
        )


def payment_due(book: str, installment: Installment, days: int, threshold: int, *, waiting: int = 0) -> Alert:
    """Return the alert that says what to pay, and by when."""
    state, name = installment.state, f"{installment.year}-Q{installment.quarter}"
    open_usd = usd(installment.shortfall_usd)
    when = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
    count = "1 receipt has" if waiting == 1 else f"{waiting} receipts have"
    without = f"{count} no price yet, so it may be more.\n" if waiting else ""
    return Alert(
        f"payment-due:{book}:{name}{_of(state)}:{threshold}",
        "payment_due",
        f"{_tax(state)} {name}: {_asked(installment)} due {when} ({installment.due.isoformat()})",
        f"The estimated payment {_to(state)}for {name} is due on {installment.due.isoformat()}, {when}.\n"
        f"Required: {usd(installment.required_usd)}. "
        f"Paid: {usd(installment.paid_usd)}. Still open: {open_usd}.\n"
        f"{installment.advice and installment.advice + chr(10)}"
        f"{without}"
        f"{_next(installment.year, state)} Book: {book}.\n",
    )


def _asked(installment: Installment) -> str:
    """Return the amount of a payment: what is asked so far, or where that is nothing, what is enough in any case."""
    if installment.shortfall_usd >= CENT:
        return usd(installment.shortfall_usd)
    return f"nothing so far, {usd(installment.enough_usd)} to be safe,"


def losses_worth_taking(situation: Situation) -> Iterator[Alert]:
    """Yield an alert for each asset whose price has reached the level of a loss: once a month, while it has."""
    for loss in situation.losses:
        lots = "1 lot" if loss.lots == 1 else f"{loss.lots} lots"
        yield Alert(
            f"loss-worth-taking:{situation.book}:{loss.asset}:{situation.today:%Y-%m}",
            "loss_worth_taking",
            f"{loss.asset} at {loss.price_usd}: a loss on {lots} is worth taking",
            f"At the last price known, {loss.price_usd}, the loss on {lots} ({loss.quantity} {loss.asset}) would save "
            f"more tax this year than the sale costs.\n"
            f"Next: `lotwork plan harvest --asset {loss.asset}` says which, and how much. Book: {situation.book}.\n",
        )


def sources_silent(situation: Situation, longest: timedelta) -> Iterator[Alert]:
    """Yield an alert for each source that has been silent for *longest*; one for each silence."""
    for silence in situation.silences:
        if silence.silent_for >= longest:
            hours = int(silence.silent_for.total_seconds() // 3600)
            since = silence.since.isoformat(timespec="minutes").replace("+00:00", "Z")
            yield Alert(
                f"source-silent:{situation.book}:{silence.source}:{since}",
                "source_silent",
                f"Source {silence.source} has been silent for {hours} h",
                f"{silence.source} has not answered since {since}. Nothing is lost: its cursor stands where it was, "
                f"and what it has will be read when it answers.\nLast trouble: {silence.trouble or 'none recorded'}.\n"
                f"Next: look at the source, then `lotwork poll {silence.source}`. Book: {situation.book}.\n",
            )


def receipts_pending(situation: Situation, longest: timedelta) -> Iterator[Alert]:
    """Yield one alert for all receipts that have waited *longest* for a price; again when a later day's join them."""
    waiting = sorted(
        (unpriced.at, unpriced.id) for unpriced in situation.unpriced if situation.now - unpriced.at >= longest
    )
    if not waiting:
        return
    shown = "\n".join(f"  {at.isoformat(timespec='minutes')}  {name}" for at, name in waiting[:10])
    more = f"\n  and {len(waiting) - 10} more" if len(waiting) > 10 else ""  # noqa: PLR2004 - the ten just shown
    hours = int(longest.total_seconds() // 3600)
    yield Alert(
        f"receipts-pending:{situation.book}:{waiting[-1][0].date().isoformat()}",
        "receipts_pending",
        f"{len(waiting)} receipts have no price after {hours} h",
        f"These receipts stand in no figure until their price is known, and the year cannot be filed:\n{shown}{more}\n"
        "Next: look at `lotwork income`, then give a price: `lotwork add price asset=BTC at=... price_usd=...`. "
        f"Book: {situation.book}.\n",
    )


def chain_failure(trouble: str, *, position: int | None = None) -> Alert:
    """Return the alert that the log is not what was written: *trouble* says where."""
    return Alert(
        f"chain-failure:{'log' if position is None else position}",
        "chain_failure",
        "The ledger is damaged: recording has stopped",
        f"{trouble}\nNothing is recorded any more, and nothing was repaired.\n"
        "Next: keep a copy of the folder, run `lotwork verify`, then `lotwork restore` the newest good backup.\n",
    )


def newer_ledger(trouble: str) -> Alert:
    """Return the alert that a newer Lotwork wrote the log: *trouble* says where."""
    return Alert(
        "newer-ledger",
        "newer_ledger",
        "A newer Lotwork wrote the ledger: nothing is recorded by this one",
        f"{trouble}\nNothing is recorded any more, and nothing was changed. Nothing says that the ledger is damaged.\n"
        "Next: install the Lotwork that wrote it, or a newer one, and start the daemon again, which verifies it.\n",
    )


def backup_failed(why: str, now: datetime) -> Alert:
    """Return the alert that no backup was made, once a day."""
    return Alert(
        f"backup-failed:{now.date().isoformat()}",
        "backup_failed",
        "No backup of the ledger was made",
        f"{why}\nIt is tried again; the backups that were made before are all there.\n"
        "Next: see to the disk or the command that [backup] of the settings names, or make one by hand: "
        "`lotwork backup FILE`.\n",
    )


def job_failed(job: str, why: str, now: datetime) -> Alert:
    """Return the alert that a round of the daemon failed by a bug, once a day for each job."""
    return Alert(
        f"job-failed:{job}:{now.date().isoformat()}",
        "job_failed",
        f"The daemon's round {job} failed",
        f"The round {job} ended with {why}. It is tried again, and its cursor stands where it was.\n"
        "Next: look at the daemon's log for the traceback, and report it.\n",
    )

"""The first page: what to set aside, what is due next, whether the data can be believed, and the one thing to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from lotwork.ledger.events import PaymentType
from lotwork.ledger.units import CENT, ZERO, usd_decimal
from lotwork.projections.filing.recorded import years_recorded
from lotwork.projections.liability import Liability
from lotwork.projections.questions.doubtful import IN_DOUBT
from lotwork.reports.estimated import SetAsideRow
from lotwork.rules.line import to_cents
from lotwork.rules.us.estimated import next_business_day
from lotwork.rules.us.estimated_penalty import APRIL, APRIL_15
from lotwork.web.charts import MONTHS, Chart, plain_bars
from lotwork.web.daemon_status import DaemonStatus
from lotwork.web.reading import Reading
from lotwork.web.views.abroad import AbroadView, abroad_view
from lotwork.web.views.filed import Notice, moved_notices
from lotwork.web.views.next_step import Due, Step, next_step
from lotwork.web.views.quarterly import QuarterlyView, quarterly_view, view_of
from lotwork.web.views.state_payments import Late, StateCard, overdue, state_aside, state_cards
from lotwork.web.wording import ago, days_left, instant, plural, usd

SILENT_AFTER = timedelta(hours=24)
NOTHING_YET = "nothing is recorded that a tax could be reckoned of"

Mood = Literal["good", "watch", "bad", "quiet"]


@dataclass(frozen=True, slots=True)
class Answer:
    """The number to pay, the day it is due, and what stands behind it."""

    label: str
    amount: Decimal
    due: date | None
    when: str
    note: str
    type: PaymentType = "estimated"
    year: int | None = None
    """The year it is for, where that is another than the page's."""
    path: str = "/quarterly"
    """The page that tells how it comes about."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What to keep for the tax of the year so far, and whether that is more than what is due next."""

    row: SetAsideRow
    exceeds_next: bool
    of_state: str
    """What is to set aside for the state beside it; empty where nothing is."""


@dataclass(frozen=True, slots=True)
class Vital:
    """One sign of health: what it is, what it says, and how good that is."""

    name: str
    says: str
    mood: Mood
    detail: str
    path: str = ""
    """The page that tells more; empty where none does."""


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One line of the year so far; a `total` closes a sum."""

    label: str
    amount: Decimal
    total: bool = False
    path: str = ""
    """The page that tells more, where no line of a form is it."""
    at: tuple[str, ...] = ()
    """The line of a form that it may be, by its reference, the likeliest first."""
    form: str = ""
    number: str = ""
    """The line of a form that it is, where the return has one of `at`."""


@dataclass(frozen=True, slots=True)
class OverviewView:
    """What the page shows."""

    overdue: tuple[Late, ...]
    """What is overdue, since when and with which penalty: before anything else."""
    answer: Answer | None
    aside: Aside | None
    payments: QuarterlyView | None
    vitals: tuple[Vital, ...]
    step: Step
    figures: tuple[FigureLine, ...]
    chart: Chart
    unknown_law: str
    unknown: str
    """Why nothing is told that is to pay: no law, or nothing of which a tax could be reckoned; else empty."""
    moved: tuple[Notice, ...]
    abroad: AbroadView | None
    states: tuple[StateCard, ...]
    """What is to pay to the state next, of each year that is open."""


def overview_view(reading: Reading, status: DaemonStatus | None) -> OverviewView:
    """Return the answer first, then what it rests on."""
    payments = quarterly_view(reading)
    begun = bool(years_recorded(reading.folded))
    abroad = abroad_view(reading)
    answer = _answer_before(reading) or _answer(reading, payments)
    return OverviewView(
        overdue=tuple(overdue(reading)),
        answer=answer,
        aside=_aside(reading, payments),
        payments=payments,
        vitals=tuple(_vitals(reading, status)),
        step=next_step(reading, status, _federal_due(reading, answer)),
        figures=tuple(_traced(reading.owed)) if reading.owed and begun else (),
        chart=_months(reading),
        unknown_law=reading.unknown_law,
        unknown=NOTHING_YET if not begun else "" if answer or abroad else reading.unknown_law,
        moved=moved_notices(reading),
        abroad=abroad,
        states=state_cards(reading),
    )


def _federal_due(reading: Reading, answer: Answer | None) -> Due | None:
    """Return what the answer asks for, where it asks for something on a day."""
    if answer is None or answer.due is None:
        return None
    return Due(answer.amount, answer.due, answer.type, answer.year or reading.year)


def _answer_before(reading: Reading) -> Answer | None:
    """Return the payment in January of the year before, where it is still to come and not made."""
    if reading.before is None:
        return None
    view = view_of(reading, reading.before)
    if view.next is None or view.to_pay < CENT:
        return None
    label = f"Payment {view.next.row.quarter} of 4 for {view.year}"
    return Answer(label, view.to_pay, view.next.row.due, days_left(view.next.days), view.coming_says, year=view.year)


def _answer(reading: Reading, payments: QuarterlyView | None) -> Answer | None:
    owed = reading.owed
    if payments is None or payments.harbor == "not known":
        return None
    upcoming = payments.next
    if upcoming is not None and payments.harbor != "not needed":
        note = f"{usd(payments.overdue)} of it is overdue: pay that now." if payments.overdue else ""
        if payments.to_pay < CENT:
            note = "This payment is covered by what was withheld and paid already."
        label = f"Payment {upcoming.row.quarter} of 4 for {payments.year}"
        return Answer(label, payments.to_pay, upcoming.row.due, days_left(upcoming.days), note)
    if owed is None:
        return None
    filing = next_business_day(date(owed.year + 1, APRIL, APRIL_15))
    left = max(owed.balance_due, ZERO)
    if left < CENT:
        if not owed.tax:
            return Answer(f"Nothing is owed for {owed.year}", ZERO, None, "", "", path="/tax")
        back = f"{usd(-owed.balance_due)} was paid too much." if -owed.balance_due >= CENT else ""
        return Answer(f"{owed.year} is paid", ZERO, None, "", back, path="/tax")
    return Answer(
        f"Balance for {owed.year}",
        left,
        filing,
        days_left((filing - reading.today).days),
        "",
        type="balance",
        path="/tax",
    )


def _aside(reading: Reading, payments: QuarterlyView | None) -> Aside | None:
    if reading.payments is None or payments is None or payments.told.set_aside is None:
        return None
    kept = reading.payments.set_aside
    return Aside(payments.told.set_aside, kept is not None and kept.usd > payments.to_pay > ZERO, state_aside(reading))


def _vitals(reading: Reading, status: DaemonStatus | None) -> Iterator[Vital]:
    pending = sum(finding.code in ("receipt_pending", "fee_pending") for finding in reading.findings)
    yield Vital(
        "Without a price", f"{pending:,}", "watch" if pending else "good", "kept out of every figure", "/problems"
    )
    moved = sum(finding.code == "movement_unexplained" for finding in reading.findings)
    yield Vital(
        "Unexplained", f"{moved:,}", "watch" if moved else "good", "coins that left, and nobody said why", "/problems"
    )
    doubtful = sum(finding.code == IN_DOUBT for finding in reading.findings)
    if doubtful:
        yield Vital("In doubt", f"{doubtful:,}", "watch", "coins that came, and may be no income", "/problems")
    yield _sources(reading.book, status)
    yield _chain(status)
    events = f"{reading.head.position:,}"
    yield Vital("Events", events, "quiet", f"head {reading.head.hash[:12]}", "/find")


def _sources(book: str, status: DaemonStatus | None) -> Vital:
    if status is None:
        return Vital("Sources", "not watched", "quiet", "these pages are not running under the daemon")
    told = {name: answer for (of, name), answer in status.sources().items() if of == book}
    if not told:
        return Vital("Sources", "none", "quiet", "no source is configured for this book")
    troubled = sorted(name for name, (answer, _) in told.items() if answer.trouble)
    if troubled:
        return Vital(
            "Sources", f"{len(troubled)} of {len(told)} in trouble", "bad", f"{', '.join(troubled)}: see Problems"
        )
    silent = [name for name, (_, since) in told.items() if since > SILENT_AFTER]
    if silent:
        return Vital("Sources", f"{len(silent)} of {len(told)} silent", "bad", ", ".join(sorted(silent)))
    longest = max(since for _, since in told.values())
    return Vital("Sources", "fresh", "good", f"{plural(len(told), 'source')}, the oldest answer {ago(longest)}")


def _chain(status: DaemonStatus | None) -> Vital:
    if status is None or status.chain_ok is None:
        return Vital("Chain", "not verified yet", "quiet", "run: lotwork verify")
    if not status.chain_ok:
        return Vital("Chain", "broken", "bad", "run: lotwork verify, which says what to do")
    return Vital("Chain", "verified", "good", instant(status.verified_at))


def _traced(owed: Liability) -> Iterator[FigureLine]:
    """Yield the year so far, each figure with the line of the return that it is."""
    known = {each.line.ref: each.line for each in owed.lines}
    for figure in _figures(owed):
        line = next((known[ref] for ref in figure.at if ref in known), None)
        yield figure if line is None else replace(figure, form=line.form, number=line.line)


def _figures(owed: Liability) -> Iterator[FigureLine]:
    both, hobby = owed.businesses, owed.business.is_hobby
    earned = [FigureLine("Mined, at its value when received", sum((each.mined for each in both), ZERO), path="/income")]
    as_hobby = sum((each.hobby_income + each.hobby_dollars for each in both), ZERO)
    if as_hobby and not hobby:
        earned.append(
            FigureLine("Less what came while it was a hobby, Schedule 1", -as_hobby, at=("Schedule 1 line 8v",))
        )
    if not hobby:
        others = sum((each.other_income for each in both), ZERO)
        if others:
            earned.append(FigureLine("Other income of the business, line 6", others, at=("Schedule C line 6",)))
        earned.append(FigureLine("Expenses", -sum((each.deducted for each in both), ZERO), path="/costs"))
        worn = -sum((each.depreciation for each in both), ZERO)
        earned.append(FigureLine("Depreciation and section 179", worn, path="/costs", at=("Schedule C line 13",)))
        net = sum((each.net for each in both), ZERO)
        earned.append(FigureLine("Net profit, Schedule C", net, total=True, path="/tax", at=("Schedule C line 31",)))
    yield from _adding_up(earned)
    yield from _taxes(owed)


def _taxes(owed: Liability) -> Iterator[FigureLine]:
    """Yield the taxes of the year, and what is left to pay of them."""
    total, employed = to_cents(owed.computed.total.amount), to_cents(owed.computed.summary["se_tax"])
    taxes = [
        FigureLine("Self-employment tax", employed, at=("Schedule 2 line 4", "Schedule SE line 12")),
        FigureLine("Income tax, with wages and all else", total - employed, path="/tax"),
    ]
    if owed.credits:
        taxes.append(FigureLine("Credits", -owed.credits, at=("Form 1040 line 20",)))
    back = owed.tax - owed.computed.total.amount + owed.credits
    if back:
        taxes.append(FigureLine("Credits beyond the tax, which come back", back, at=("Schedule 3 line 13z",)))
    whole = ("Form 1040 line 24a", "Form 1040 line 24")
    tax = FigureLine(f"Tax for {owed.year}", owed.tax, total=True, path="/tax", at=whole)
    yield from _adding_up([*taxes, tax])
    paid = [FigureLine("Less credits that come back", -back, at=("Schedule 3 line 13z",))] if back else []
    paid += [
        FigureLine("Withheld from wages", -owed.withheld, at=("Form 1040 line 25a",)),
        FigureLine("Paid", -(owed.paid - owed.withheld), path="/quarterly"),
    ]
    left = FigureLine("Still to pay", owed.balance_due, total=True, path="/tax", at=("Form 1040 line 37",))
    *lines, left = _adding_up([tax, *paid, left])
    yield from lines[1:]
    if left.amount < 0:
        left = replace(left, label="Paid too much", amount=-left.amount, at=("Form 1040 line 34",))
    yield left


def _adding_up(lines: Sequence[FigureLine]) -> Iterator[FigureLine]:
    """Yield *lines* to the cent; where the last is a total that rounds otherwise than they do, with what is between."""
    told = [replace(line, amount=to_cents(line.amount)) for line in lines]
    *parts, last = told
    yield from parts
    between = last.amount - sum((line.amount for line in parts), ZERO)
    if last.total and between:
        yield FigureLine("Cents that rounding leaves", between)
    yield last


def _months(reading: Reading) -> Chart:
    """Return the year's income month by month."""
    micros = [0] * len(MONTHS)
    for (when, _), value in reading.folded.income.by_day.items():
        if when.year == reading.year:
            micros[when.month - 1] += value
    says = [f"{name} {reading.year}: {usd(usd_decimal(value))}" for name, value in zip(MONTHS, micros, strict=True)]
    title = f"Income by month, {reading.year}"
    return plain_bars(title, micros, MONTHS, says, lambda value: usd(usd_decimal(value)))

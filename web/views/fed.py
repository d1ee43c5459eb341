"""What rests on an event: the figures of the year, and the lines of its return.

A correction and a void rest nowhere themselves: what they change are the figures of the events that they name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lotwork.ledger.events import Correction, Event, Void
from lotwork.ledger.public_form.states import STATES
from lotwork.web.forms import FormLine, TracedForm
from lotwork.web.reading import Reading
from lotwork.web.wording import day, plural, usd, words

MOST_FED = 200
"""So many figures are shown of what a correction of many events changes; the file has all."""


@dataclass(frozen=True, slots=True)
class Feeds:
    """One figure that rests on the event `by`: what it is, how much, where it is told, and the dollars of it."""

    what: str
    says: str
    path: str
    by: str
    micros: int | None = None
    event: str = ""
    """The other event, where the figure is between two."""


@dataclass(frozen=True, slots=True)
class FedLine:
    """A line of a form that rests on the event."""

    form: str
    row: FormLine


def recorded(reading: Reading, name: str) -> tuple[int, Event] | None:
    """Return the event called *name* as it was recorded, with its position; None where the book has none."""
    return next(reading.history.log.read(reading.book, up_to=reading.head.position, ids=(name,)), None)


def year_about(reading: Reading, event: Event) -> int:
    """Return the year that an event bears on: of what names a year that one; of a correction, its target's."""
    told = getattr(event, "year", None)
    if isinstance(told, int):
        return told
    target = getattr(event, "target", None)
    found = recorded(reading, target) if isinstance(event, Void | Correction) and target else None
    return reading.history.calendar.day(event.at).year if found is None else year_about(reading, found[1])


def changed_by(reading: Reading, event: Event) -> frozenset[str]:
    """Return the events whose figures *event* changes: itself; of a correction or a void that holds, all it reaches."""
    return frozenset() if event.id in reading.history.voided else _ends(reading, event)


def _ends(reading: Reading, event: Event) -> frozenset[str]:
    """Return the events at the end of what *event* names: a void of a correction bears on what that corrected."""
    if not isinstance(event, Void | Correction):
        return frozenset((event.id,))
    if event.target is None:
        told = reading.history.log.read(reading.book, up_to=reading.head.position)
        select = getattr(event, "select", None)
        return frozenset(each.id for _, each in told if reading.history.reaches(select, each))
    found = recorded(reading, event.target)
    return frozenset() if found is None else _ends(reading, found[1])


def lines_fed(every: Collection[TracedForm], names: Collection[str]) -> Iterator[FedLine]:
    """Yield the lines of the year's return behind which one of *names* stands."""
    wanted = frozenset(names)
    return (FedLine(each.form, each.row) for each in every if not wanted.isdisjoint(each.because))


def feeds(reading: Reading, names: Collection[str]) -> Iterator[Feeds]:
    """Yield the figures of the year that rest on one of *names*."""
    folded = reading.folded
    for row in folded.income.rows:
        if row.receipt in names:
            worth = "no value yet" if row.value_usd_micros is None else usd(row.value_usd_micros)
            says = f"{reading.coins(row.quantity, row.asset)} {row.asset}, {worth}"
            yield Feeds("Income", says, "/income", row.receipt, row.value_usd_micros)
    yield from _bills(reading, names)
    for lot in reading.lots:
        if lot.lot in names:
            held = f"{reading.coins(lot.quantity, lot.asset)} {lot.asset} in {lot.wallet}"
            says = f"{held}, basis {usd(lot.basis_usd_micros)}"
            yield Feeds("Open lot", says, "/lots", lot.lot or "", lot.basis_usd_micros)
    yield from _gone(reading, names)
    for payment in folded.taxpayer.payments:
        if payment.id in names and payment.year == reading.year:
            paid, whom = payment.amount_usd_micros, f" to {STATES[payment.state]}" if payment.state else ""
            place = "/tax" if payment.state else "/quarterly"
            yield Feeds(f"Payment for {payment.year}{whom}", usd(paid), place, payment.id, paid)
    filed = reading.filed.get(reading.year)
    if filed is not None and filed.filing.id in names:
        moved = f"{plural(len(filed.moves), 'line')} moved since" if filed.moves else "no line has moved since"
        yield Feeds("The return as filed", filed.unread or moved, "/tax", filed.filing.id)
    problems = {(each.event, each.message) for each in reading.findings if each.event in names}
    for name, message in sorted((name or "", message) for name, message in problems):
        yield Feeds("Problem", message, "/problems", name)


def _bills(reading: Reading, names: Collection[str]) -> Iterator[Feeds]:
    if reading.costs is None:
        return
    for row in reading.costs.expenses.rows:
        by = next((each for each in (row.expense, row.share_from) if each in names), None)
        if by is not None:
            deducted = row.deductible_usd_micros
            yield Feeds(f"{row.label}, {row.line}", f"{usd(deducted)} deducted", "/costs", by, deducted)
    for rig in reading.costs.equipment.rows:
        if rig.id in names:
            worn = rig.depreciation_usd_micros
            yield Feeds("Depreciation", f"{usd(worn)} in {reading.year}", "/costs", rig.id, worn)


def _gone(reading: Reading, names: Collection[str]) -> Iterator[Feeds]:
    """Yield the rows that a lot was sold in, or that a sale came to."""
    gains = reading.folded.gains
    for sale in gains.rows:
        by, other = _pair(sale.lot, sale.disposal, names)
        if by:
            part = f"{reading.coins(sale.quantity, sale.asset)} {sale.asset} on {day(sale.sold)}"
            gain = sale.gain_usd_micros
            yield Feeds("Form 8949", f"{part}, gain {usd(gain)}", "/sales", by, gain, other)
    for left in gains.removals:
        by, other = _pair(left.lot, left.disposal, names)
        if by:
            part = f"{reading.coins(left.quantity, left.asset)} {left.asset} on {day(left.day)}"
            basis = left.basis_usd_micros
            yield Feeds(words(left.disposition), f"{part}, basis {usd(basis)}", "/sales", by, basis, other)


def _pair(lot: str | None, disposal: str, names: Collection[str]) -> tuple[str, str]:
    """Return which of the two events of a row is of *names*, and the other; nothing where neither is."""
    if lot is not None and lot in names:
        return lot, disposal
    return (disposal, lot or "") if disposal in names else ("", "")

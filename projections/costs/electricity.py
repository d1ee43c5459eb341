"""Electricity: metered kWh times the tariff in force, exact, rounded once for each reading.

The kWh of a reading are spread evenly over its seconds, or over those of each hour where they were told by the hour;
what of a longer reading meets prices that hang on the clock is told, with what it comes to at the least and the most.
What it cost is deducted whole on the day the bill is paid, whenever it was used: the cash method, which every
expense here follows (26 U.S.C. 461(a); Treas. Reg. 1.461-1(a)(1)). That day is the reading's `at`, or its `paid` where
a meter is read before the bill comes. Who does not own the meter records the bill as an `expense` of category
electricity *instead of* the reading.

Nothing is priced at 0 for want of a tariff: that part stays out of the figures and is a finding, but where no tariff
prices the meter at all and bills are recorded for the time: that meter is only observed. Hours that two
readings of one meter both cover are counted once, with the reading that began first. A reading that is in doubt is in
no figure until a person says what was used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, TypeAlias, assert_never

from lotwork.ledger import events as e
from lotwork.ledger.kinds.hour_cells import HOUR
from lotwork.ledger.public_form.parse_words import SHARE_DECIMALS, print_instant
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import divide, scaled, unscaled, usd_decimal
from lotwork.ledger.zones import Calendar
from lotwork.projections.costs.bill_charges import charges_of
from lotwork.projections.costs.metered import KWH_DECIMALS, MeteredCost
from lotwork.projections.costs.readings import DOLLARS, Reading
from lotwork.projections.costs.tariff_bands import BillMonth
from lotwork.projections.costs.tariffs import Stretch, Tariffs
from lotwork.projections.costs.usage import WHOLE
from lotwork.projections.findings import Finding
from lotwork.rules.line import to_cents

DOUBTS = {
    "counter_fell": "the counter fell, so what was used before it began anew is not known",
    "counter_jumped": "the counter rose by more than can be: it may count in another unit, or be another meter's",
    "flowed_back": "power flowed back, which a tariff prices otherwise, if at all",
}
FAR = 500
"""How many times more than usual is another unit: a thousand, less what readings differ by anyway."""
ENOUGH, NEARLY_ALL = 10, 90
"""So many readings tell what is usual, and so many of a hundred draw no more than that."""
Used: TypeAlias = defaultdict[BillMonth, Fraction]
"""How many kWh, scaled, of a bill's month were used so far."""


class ElectricityBook(NamedTuple):
    """The metered electricity paid in a year, by day and reading, and the charges beside it."""

    year: int
    rows: tuple[MeteredCost, ...]
    findings: tuple[Finding, ...]


class Gap(NamedTuple):
    """Time of a reading that no tariff covers."""

    reading: Reading
    begin: datetime
    end: datetime
    kwh: Fraction


class Spread(NamedTuple):
    """Power told in one amount that met prices which hang on the clock: as spread, and at the least and the most."""

    reading: Reading
    kwh: Fraction
    cost: Fraction
    least: Fraction
    most: Fraction


class Priced(NamedTuple):
    """What a reading comes to: kWh and dollars, both scaled."""

    reading: Reading
    kwh: Fraction
    cost: Fraction
    gaps: tuple[Gap, ...]
    spread: Spread | None


def _never(_begin: date, _end: date) -> bool:
    """Say of no days that bills tell their power."""
    return False


@dataclass(slots=True)
class ElectricityFold:
    """Collects readings and tariffs; their order does not matter."""

    calendar: Calendar
    _energy: list[e.Energy] = field(default_factory=list)
    _tariffs: list[e.Tariff] = field(default_factory=list)
    of_two: frozenset[str] = frozenset()
    """Meters that another fold has readings of too, since they are of two persons."""

    def meters_of_two(self) -> frozenset[str]:
        """Return the meters whose readings are of two persons."""
        owners: defaultdict[str, set[e.Owner]] = defaultdict(set)
        for energy in self._energy:
            owners[energy.meter].add(energy.owner or e.TAXPAYER)
        return frozenset(meter for meter, persons in owners.items() if len(persons) > 1)

    def state(self) -> list[e.Energy | e.Tariff]:
        """Return what another fold can go on from: the events themselves."""
        return [*self._energy, *self._tariffs]

    def take(self, event: e.Event) -> None:
        """Fold one event."""
        match event:
            case e.Receipt() | e.Sale():
                pass
            case e.Energy():
                self._energy.append(event)
            case e.Tariff():
                self._tariffs.append(event)
            case e.Purchase() | e.GiftReceived() | e.Transfer() | e.Movement():
                pass
            case e.PriceSample() | e.ExchangeRate() | e.Balance() | e.BrokerReport() | e.BusinessIncome():
                pass
            case e.Expense() | e.Usage() | e.HomeOffice() | e.Equipment() | e.EquipmentUse() | e.EquipmentSale():
                pass
            case e.AssetDeclared() | e.WalletDeclared() | e.Profile() | e.YearFacts() | e.Payment():
                pass
            case e.Election() | e.Selection() | e.ActivityEvidence():
                pass
            case e.Void() | e.Correction() | e.Rule() | e.Filing():
                pass
            case _:
                assert_never(event)

    def result(self, year: int, is_billed: Callable[[date, date], bool] = _never) -> ElectricityBook:
        """Return what the electricity paid in *year* cost; *is_billed* says if days of power have bills of an own."""
        tariffs = Tariffs(self._tariffs, self.calendar)
        findings: list[Finding] = []
        rows: list[MeteredCost] = []
        for meter, readings in self._by_meter(findings, year).items():
            told = self._metered(meter, readings, year, tariffs, findings)
            rows += [self._row(one) for one in told if one.kwh]
            gaps = [gap for one in told for gap in one.gaps]
            priced = any(one.kwh for one in told)
            missing = [gap for gap in gaps if priced or not self._is_observed(gap, is_billed)]
            findings += [_without_tariff(meter, missing)] if missing else []
            spread = [one.spread for one in told if one.spread is not None]
            findings += [_spread_evenly(meter, spread)] if spread else []
            findings += _of_two(meter, tariffs) if meter in self.of_two and told else []
            findings += _unlikely(meter, [one for one in told if one.reading.energy.may_repeat != SETTLED])
            rows += charges_of(meter, readings, year, tariffs, self.paid_at, self.calendar, findings)
        return ElectricityBook(year, tuple(sorted(rows, key=_by_day)), (*tariffs.findings, *findings))

    def paid_at(self, energy: e.Energy) -> datetime:
        """Return when the bill of a reading was paid."""
        return energy.at if energy.paid is None else self.calendar.midnight(energy.paid)

    def _is_observed(self, gap: Gap, is_billed: Callable[[date, date], bool]) -> bool:
        return is_billed(self.calendar.day(gap.begin), self.calendar.day(gap.end))

    def days(self) -> Iterator[date]:
        """Yield the days on which a reading was paid."""
        return (self.calendar.day(self.paid_at(energy)) for energy in self._energy)

    def _metered(
        self, meter: str, readings: Iterable[Reading], year: int, tariffs: Tariffs, findings: list[Finding]
    ) -> list[Priced]:
        """Return what the readings of *meter* that were paid in *year* come to."""
        told: list[Priced] = []
        used: Used = defaultdict(Fraction)
        has_steps = tariffs.has_steps(meter)
        for reading in readings:
            is_due = self.calendar.day(self.paid_at(reading.energy)).year == year
            if not scaled(reading.energy.kwh, SHARE_DECIMALS) or not (is_due or has_steps):
                continue
            priced = _priced(reading, tariffs.stretches(meter, reading.counted_from, reading.end), used)
            if is_due:
                if reading.counted_from > reading.begin:
                    findings.append(_overlapping(reading))
                told.append(priced)
        return told

    def _row(self, priced: Priced) -> MeteredCost:
        """Return the row of a reading, rounded once over all the prices it meets."""
        reading = priced.reading
        paid_at = self.paid_at(reading.energy)
        return MeteredCost(
            energy=reading.energy.id,
            date=self.calendar.day(paid_at),
            meter=reading.energy.meter,
            kwh_thousandths=_thousandths(priced.kwh),
            amount_usd_micros=_micros(priced.cost),
            business_share=reading.energy.business_share,
            deductible_usd_micros=_micros(priced.cost * Fraction(reading.share, WHOLE)),
            paid_at=paid_at,
            used_from=self.calendar.day(reading.begin),
            used_to=self.calendar.day(reading.end),
        )

    def _by_meter(self, findings: list[Finding], year: int) -> dict[str, list[Reading]]:
        """Return the readings, each meter's in order of time; one that ends before it begins is a finding.

        What is in doubt is left out, and told in the *year* it was paid.
        """
        told: defaultdict[str, list[tuple[datetime, datetime, str, e.Energy]]] = defaultdict(list)
        doubted: defaultdict[tuple[str, str], list[e.Energy]] = defaultdict(list)
        for energy in self._energy:
            begin, end = self.calendar.moment(energy.from_), self.calendar.moment(energy.to)
            if energy.doubt is not None and energy.in_doubt:
                if self.calendar.day(self.paid_at(energy)).year == year:
                    doubted[energy.meter, energy.doubt].append(energy)
            elif begin < end:
                told[energy.meter].append((begin, energy.at, energy.id, energy))
            else:
                findings.append(
                    Finding(
                        "energy_span_empty", f"{energy.id} ends before it begins: correct `from` or `to`", energy.id
                    )
                )
        for (meter, why), events in sorted(doubted.items()):
            findings.append(_doubtful(meter, why, sorted(events, key=lambda event: (event.at, event.id))))
        return {meter: list(self._in_order(readings)) for meter, readings in sorted(told.items())}

    def _in_order(self, readings: list[tuple[datetime, datetime, str, e.Energy]]) -> Iterator[Reading]:
        readings.sort(key=lambda entry: entry[:3])
        reached = readings[0][0]
        for begin, _, _, energy in readings:
            end = self.calendar.moment(energy.to)
            yield Reading(energy, begin, end, min(max(begin, reached), end))
            reached = max(reached, end)


def _priced(reading: Reading, stretches: Iterable[Stretch], used: Used) -> Priced:
    """Return what *reading* comes to over its *stretches*; what it uses of a month is added to *used*."""
    parts: list[tuple[Fraction, Fraction]] = []
    gaps: list[Gap] = []
    by_clock = False
    for stretch in stretches:
        over = reading.overlaps(stretch.begin, stretch.end)
        amount = sum((Fraction(cell.kwh * micros, cell.micros) for cell, micros in over), Fraction(0))
        kwh, cost = _cost(amount, stretch, used)
        if kwh:
            parts.append((kwh, cost))
            by_clock = by_clock or stretch.by_clock
        if kwh < amount:
            gaps.append(Gap(reading, stretch.begin, stretch.end, amount - kwh))
    whole = sum((kwh for kwh, _ in parts), Fraction(0))
    cost = sum((cost for _, cost in parts), Fraction(0))
    prices = {cost / kwh for kwh, cost in parts}
    is_long = reading.energy.hourly is None and reading.end - reading.begin > HOUR
    spread = None
    if by_clock and is_long and len(prices) > 1 and reading.energy.may_repeat != SETTLED:
        spread = Spread(reading, whole, cost, whole * min(prices), whole * max(prices))
    return Priced(reading, whole, cost, tuple(gaps), spread)


def _cost(amount: Fraction, stretch: Stretch, used: Used) -> tuple[Fraction, Fraction]:
    """Return how much of *amount* has a price in *stretch*, and what that comes to."""
    if stretch.month is None:
        price = stretch.steps[0].price
        return (Fraction(0), Fraction(0)) if price is None else (amount, amount * price)
    reached = used[stretch.month]
    used[stretch.month] += amount
    end, known, cost = reached + amount, Fraction(0), Fraction(0)
    for step in stretch.steps:
        until = end if step.up_to is None else min(end, step.up_to * WHOLE)
        if until > reached and step.price is not None:
            known += until - reached
            cost += (until - reached) * step.price
        reached = max(reached, until)
    return known, cost


def _micros(cost: Fraction) -> int:
    return divide(cost.numerator, cost.denominator * DOLLARS)


def _thousandths(kwh: Fraction) -> int:
    return divide(kwh.numerator * 10**KWH_DECIMALS, kwh.denominator * WHOLE)


def _spread_evenly(meter: str, told: list[Spread]) -> Finding:
    """Tell what of the power of *meter* met prices by the clock, and was told in one amount."""
    kwh = _thousandths(sum((one.kwh for one in told), Fraction(0)))
    cost, least, most = (
        to_cents(usd_decimal(_micros(sum((getattr(one, name) for one in told), Fraction(0)))))
        for name in ("cost", "least", "most")
    )
    first, last = told[0].reading, told[-1].reading
    return Finding(
        "energy_spread_evenly",
        f"meter {meter}: {unscaled(kwh, KWH_DECIMALS)} kWh from {print_instant(first.begin)} to "
        f"{print_instant(last.end)} were told in {len(told)} amount{'s' if len(told) > 1 else ''} longer than an hour, "
        f"and the price hangs on the clock: spread evenly they come to {cost}, and may be {least} to {most}: record "
        "them hour by hour, or the bill instead; if they were used evenly, correct each with "
        f"may_repeat={SETTLED} (one correction may `select` them all)",
        first.energy.id,
    )


def _of_two(meter: str, tariffs: Tariffs) -> list[Finding]:
    """Tell of a bill for the power of two persons, which each of them would be charged whole."""
    whole = [band.id for band in tariffs.charges(meter)]
    if not whole and not tariffs.has_steps(meter):
        return []
    return [
        Finding(
            "bill_of_two_persons",
            f"meter {meter} counts the power of both spouses, and its price list has charges or steps of the whole "
            "bill: each is charged all of them; record the bill as an `expense` of each with his share, and void the "
            "tariffs",
            whole[0] if whole else None,
        )
    ]


def _unlikely(meter: str, told: list[Priced]) -> list[Finding]:
    """Ask about readings of far more power than nearly all of the meter: watt hours as kWh are a thousand times."""
    drawn = sorted(one.reading.kw for one in told)
    if len(drawn) < ENOUGH:
        return []
    usual = drawn[len(drawn) * NEARLY_ALL // 100]
    far = [one.reading for one in told if usual and one.reading.kw >= usual * FAR]
    if not far:
        return []
    return [
        Finding(
            "energy_unlikely",
            f"{far[0].energy.id}: meter {meter} told {far[0].energy.kwh} kWh from {print_instant(far[0].begin)} to "
            f"{print_instant(far[0].end)}, {FAR} times what it mostly tells, and {len(far) - 1} more like it: watt "
            f"hours may have been told as kWh: correct kwh; if it is right, correct it with may_repeat={SETTLED}",
            far[0].energy.id,
        )
    ]


def _doubtful(meter: str, why: str, events: list[e.Energy]) -> Finding:
    """Tell what of *meter* is in doubt for one reason, as one finding however many readings it is."""
    first, more = events[0], len(events) - 1
    kwh = unscaled(sum(scaled(energy.kwh, SHARE_DECIMALS) for energy in events), SHARE_DECIMALS)
    others = f" and {more} more, to {events[-1].to}" if more else ""
    each = " (one correction may `select` them all)" if more else ""
    return Finding(
        "energy_in_doubt",
        f"{first.id}: meter {meter}, {first.from_} to {first.to}{others}, {_short(kwh)} kWh: {DOUBTS[why]}: in no "
        f"figure; correct its kwh to what was used, and doubt=none{each}; or void it, and record what the bill says",
        first.id,
    )


def _short(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def _without_tariff(meter: str, gaps: list[Gap]) -> Finding:
    """Tell the hours of *meter* that have no price, as one finding however often it was read."""
    parts = 1 + sum(later.begin != gap.end for gap, later in pairwise(gaps))
    kwh = _thousandths(sum((gap.kwh for gap in gaps), Fraction(0)))
    often = f", in {parts} parts" if parts > 1 else ""
    return Finding(
        "energy_without_tariff",
        f"meter {meter}: no tariff covers {unscaled(kwh, KWH_DECIMALS)} kWh used from {print_instant(gaps[0].begin)} "
        f"to {print_instant(gaps[-1].end)}{often}: they are in no figure; add a `tariff` for that time",
        gaps[0].reading.energy.id,
    )


def _overlapping(reading: Reading) -> Finding:
    energy = reading.energy
    return Finding(
        "energy_readings_overlap",
        f"{energy.id}: meter {energy.meter} was already read for {print_instant(reading.begin)} to "
        f"{print_instant(reading.counted_from)}: that time is counted once, with the earlier reading; "
        "correct the span, or void one of the two",
        energy.id,
    )


def _by_day(row: MeteredCost) -> tuple[date, str]:
    return row.date, row.energy

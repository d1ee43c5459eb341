"""Electricity: metered kWh times the tariff in force, exact, rounded once for each reading.

The kWh of a reading are spread evenly over its seconds, since rigs run day and night; a meter read more often tells
more. What it cost is deducted whole on the day the bill is paid, whenever it was used: the cash method, which every
expense here follows (26 U.S.C. 461(a); Treas. Reg. 1.461-1(a)(1)). That day is the reading's `at`, or its `paid` where
a meter is read before the bill comes. Who does not own the meter records the bill as an `expense` of category
electricity *instead of* the reading.

Nothing is priced at 0 for want of a tariff: that part stays out of the figures and is a finding, but where no tariff
prices the meter at all and bills are recorded for the time: that meter is only observed. Hours that two
readings of one meter both cover are counted once, with the reading that began first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import NamedTuple, TypeAlias, assert_never

from lotwork.ledger import events as e
from lotwork.ledger.public_form.parse_words import SHARE_DECIMALS, print_instant
from lotwork.ledger.units import KWH_DECIMALS, MICROS, MICROSECOND, PRICE_DECIMALS, divide, scaled, unscaled
from lotwork.ledger.zones import Calendar
from lotwork.projections.costs.tariffs import Stretch, Tariffs
from lotwork.projections.costs.usage import WHOLE
from lotwork.projections.findings import Finding

"""One whole kWh, and the whole of a share."""

DOLLARS = WHOLE * 10**PRICE_DECIMALS // MICROS
"""What scaled kWh times a scaled price must be divided by to give micro-dollars."""


Day: TypeAlias = date


class MeteredCost(NamedTuple):
    """What the electricity of one reading cost, on the day it was paid."""

    energy: str
    date: date
    meter: str
    kwh_thousandths: int
    amount_usd_micros: int
    business_share: str
    deductible_usd_micros: int
    paid_at: datetime
    used_from: Day
    used_to: Day
    """The first day of the reading, and the day of its end."""


class ElectricityBook(NamedTuple):
    """The metered electricity paid in a year, by day and reading."""

    year: int
    rows: tuple[MeteredCost, ...]
    findings: tuple[Finding, ...]


class Reading(NamedTuple):
    """A reading and its span; what lies before `counted_from` was told by an earlier reading of the meter."""

    energy: e.Energy
    begin: datetime
    end: datetime
    counted_from: datetime

    @property
    def micros(self) -> int:
        """How many microseconds the whole reading covers."""
        return (self.end - self.begin) // MICROSECOND

    def cost(self, weight: int) -> int:
        """Return micro-dollars for a *weight* of price times microseconds."""
        return divide(scaled(self.energy.kwh, SHARE_DECIMALS) * weight, self.micros * DOLLARS)

    def deductible(self, weight: int) -> int:
        """Return the business share of the cost of *weight*, in micro-dollars."""
        share = scaled(self.energy.business_share, SHARE_DECIMALS)
        return divide(scaled(self.energy.kwh, SHARE_DECIMALS) * weight * share, self.micros * DOLLARS * WHOLE)

    def kwh_thousandths(self, micros: int) -> int:
        """Return the thousandths of a kWh used in *micros* microseconds."""
        return divide(scaled(self.energy.kwh, SHARE_DECIMALS) * micros * 10**KWH_DECIMALS, self.micros * WHOLE)


class Gap(NamedTuple):
    """Time of a reading that no tariff covers."""

    reading: Reading
    begin: datetime
    end: datetime


def _never(_begin: date, _end: date) -> bool:
    """Say of no days that bills tell their power."""
    return False


@dataclass(slots=True)
class ElectricityFold:
    """Collects readings and tariffs; their order does not matter."""

    calendar: Calendar
    _energy: list[e.Energy] = field(default_factory=list)
    _tariffs: list[e.Tariff] = field(default_factory=list)

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
            case e.EnergyEstimate() | e.Sharing():
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
        gaps: defaultdict[str, list[Gap]] = defaultdict(list)
        for reading in self._readings(findings):
            paid = self._paid_at(reading.energy)
            if self.calendar.day(paid).year != year or not scaled(reading.energy.kwh, SHARE_DECIMALS):
                continue
            if reading.counted_from > reading.begin:
                findings.append(_overlapping(reading))
            stretches = list(tariffs.stretches(reading.energy.meter, reading.counted_from, reading.end))
            gaps[reading.energy.meter] += _gaps(reading, stretches)
            rows += _cost(reading, stretches, paid, self.calendar)
        priced = {row.meter for row in rows}
        for meter, found in sorted(gaps.items()):
            missing = [gap for gap in found if meter in priced or not self._is_observed(gap, is_billed)]
            findings += [_without_tariff(meter, missing)] if missing else []
        return ElectricityBook(year, tuple(sorted(rows, key=_by_day)), (*tariffs.findings, *findings))

    def _paid_at(self, energy: e.Energy) -> datetime:
        """Return when the bill of a reading was paid."""
        return energy.at if energy.paid is None else self.calendar.midnight(energy.paid)

    def _is_observed(self, gap: Gap, is_billed: Callable[[date, date], bool]) -> bool:
        return is_billed(self.calendar.day(gap.begin), self.calendar.day(gap.end))

    def readings(self) -> list[e.Energy]:
        """Return the readings, as they were told."""
        return self._energy

    def days(self) -> Iterator[date]:
        """Yield the days on which a reading was paid."""
        return (self.calendar.day(self._paid_at(energy)) for energy in self._energy)

    def _readings(self, findings: list[Finding]) -> Iterator[Reading]:
        """Yield the readings, each meter's in order of time; one that ends before it begins is a finding."""
        told: defaultdict[str, list[tuple[datetime, datetime, str, e.Energy]]] = defaultdict(list)
        for energy in self._energy:
            begin, end = self.calendar.moment(energy.from_), self.calendar.moment(energy.to)
            if begin < end:
                told[energy.meter].append((begin, energy.at, energy.id, energy))
            else:
                findings.append(
                    Finding(
                        "energy_span_empty", f"{energy.id} ends before it begins: correct `from` or `to`", energy.id
                    )
                )
        for _, readings in sorted(told.items()):
            readings.sort(key=lambda entry: entry[:3])
            reached = readings[0][0]
            for begin, _, _, energy in readings:
                end = self.calendar.moment(energy.to)
                yield Reading(energy, begin, end, min(max(begin, reached), end))
                reached = max(reached, end)


def _cost(
    reading: Reading, stretches: Iterable[Stretch], paid_at: datetime, calendar: Calendar
) -> Iterator[MeteredCost]:
    """Yield the row of *reading*, rounded once over all the prices it meets; none where no tariff covers any of it."""
    priced = [(stretch.price, (stretch.end - stretch.begin) // MICROSECOND) for stretch in stretches]
    known = [(price, micros) for price, micros in priced if price is not None]
    if known:
        weight = sum(price * micros for price, micros in known)
        yield MeteredCost(
            energy=reading.energy.id,
            date=calendar.day(paid_at),
            meter=reading.energy.meter,
            kwh_thousandths=reading.kwh_thousandths(sum(micros for _, micros in known)),
            amount_usd_micros=reading.cost(weight),
            business_share=reading.energy.business_share,
            deductible_usd_micros=reading.deductible(weight),
            paid_at=paid_at,
            used_from=calendar.day(reading.begin),
            used_to=calendar.day(reading.end),
        )


def _gaps(reading: Reading, stretches: Iterable[Stretch]) -> Iterator[Gap]:
    for stretch in stretches:
        if stretch.price is None:
            yield Gap(reading, stretch.begin, stretch.end)


def _without_tariff(meter: str, gaps: list[Gap]) -> Finding:
    """Tell the hours of *meter* that have no price, as one finding however often it was read."""
    parts = 1 + sum(later.begin != gap.end for gap, later in pairwise(gaps))
    kwh = sum(gap.reading.kwh_thousandths((gap.end - gap.begin) // MICROSECOND) for gap in gaps)
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

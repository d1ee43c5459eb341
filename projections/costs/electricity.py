"""Electricity: metered kWh times the tariff in force, exact, rounded once for each reading.

The kWh of a reading are spread evenly over its seconds, or over those of each hour where they were told by the hour;
what of a longer reading meets prices that hang on the clock is told, with what it comes to at the least and the most.
What it cost is deducted whole on the day the bill is paid, whenever it was used: the cash method, which every
expense here follows (26 U.S.C. 461(a); Treas. Reg. 1.461-1(a)(1)). That day is the reading's `paid`, where a meter is
read before the bill comes, or else its `at`; of an hour or a day that was told when it was over, the day on which it
began. Who does not own the meter records the bill as an `expense` of category electricity *instead of* the reading.

Nothing is priced at 0 for want of a tariff: that part stays out of the figures and is a finding, but where no tariff
prices the meter at all and bills are recorded for the time: that meter is only observed. Hours that two
readings of one meter both cover are counted once, with the reading that began first. A reading that is in doubt is in
no figure until a person says what was used.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from fractions import Fraction
from typing import NamedTuple, assert_never
from zoneinfo import ZoneInfo

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.public_form.parse_words import SHARE_DECIMALS
from lotwork.ledger.told_again import SETTLED
from lotwork.ledger.units import scaled
from lotwork.ledger.zones import Calendar
from lotwork.projections.costs.bill_charges import charges_of
from lotwork.projections.costs.meter_findings import (
    doubtful,
    of_two,
    overlapping,
    spread_evenly,
    unlikely,
    without_tariff,
)
from lotwork.projections.costs.meter_holes import Hole, Told, holes_of, not_told
from lotwork.projections.costs.metered import MeteredCost
from lotwork.projections.costs.meters_alike import measured_twice, meters_alike
from lotwork.projections.costs.priced import Gap, Priced, Used, kwh_thousandths, priced_by, usd_micros
from lotwork.projections.costs.readings import Reading
from lotwork.projections.costs.tariffs import Tariffs
from lotwork.projections.costs.usage import WHOLE
from lotwork.projections.findings import Finding


class ElectricityBook(NamedTuple):
    """The metered electricity paid in a year, by day and reading, and the charges beside it."""

    year: int
    rows: tuple[MeteredCost, ...]
    findings: tuple[Finding, ...]


class _Meter(NamedTuple):
    """What is found of a meter in a year, before and after what of it no tariff prices."""

    meter: str
    begin: tuple[Finding, ...]
    gaps: tuple[Gap, ...]
    is_priced: bool
    holes: tuple[Hole, ...]
    end: tuple[Finding, ...]


class _Year(NamedTuple):
    """The electricity paid in a year, before it is known which days have bills of their own."""

    rows: tuple[MeteredCost, ...]
    begin: tuple[Finding, ...]
    meters: tuple[_Meter, ...]
    end: tuple[Finding, ...]


def _never(_begin: date, _end: date) -> bool:
    """Say of no days that bills tell their power."""
    return False


class ElectricityFold(msgspec.Struct):
    """Collects readings and tariffs; their order does not matter."""

    calendar: Calendar
    _energy: list[e.Energy] = msgspec.field(default_factory=list)
    _tariffs: list[e.Tariff] = msgspec.field(default_factory=list)
    of_two: frozenset[str] = frozenset()
    """Meters that another fold has readings of too, since they are of two persons."""
    beside: tuple[e.Energy, ...] = ()
    """The other person's readings of them: they are in no figure here, but their time is told."""
    _told: dict[tuple[int, frozenset[str]], _Year] = msgspec.field(default_factory=dict)
    """What was asked for since the last reading or tariff came."""

    def meters_of_two(self) -> frozenset[str]:
        """Return the meters whose readings are of two persons."""
        owners: defaultdict[str, set[e.Owner]] = defaultdict(set)
        for energy in self._energy:
            owners[energy.meter].add(energy.owner or e.TAXPAYER)
        return frozenset(meter for meter, persons in owners.items() if len(persons) > 1)

    def tell(self, owned: ElectricityFold, owner: e.Owner) -> None:
        """Tell the fold that is *owned* by one person of the meters that are of two, and what the other read there."""
        owned.of_two = self.meters_of_two()
        others = (each for each in self._energy if (each.owner or e.TAXPAYER) != owner)
        owned.beside = tuple(each for each in others if each.meter in owned.of_two)

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
                self._told.clear()
            case e.Tariff():
                self._tariffs.append(event)
                self._told.clear()
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
            case e.HashrateTold() | e.Difficulty() | e.Credit() | e.Suspense():
                pass
            case e.Void() | e.Correction() | e.Rule() | e.Filing():
                pass
            case _:
                assert_never(event)

    def result(self, year: int, is_billed: Callable[[date, date], bool] = _never) -> ElectricityBook:
        """Return what the electricity paid in *year* cost; *is_billed* says if days of power have bills of an own."""
        told = self._told.get((year, self.of_two))
        if told is None:
            told = self._told[year, self.of_two] = self._year(year)
        findings = list(told.begin)
        for one in told.meters:
            findings += one.begin
            missing = [gap for gap in one.gaps if one.is_priced or not self._is_observed(gap, is_billed)]
            findings += [without_tariff(one.meter, missing)] if missing else []
            holes = [hole for hole in one.holes if one.is_priced and not self._is_observed(hole, is_billed)]
            findings += [not_told(one.meter, holes)] if holes else []
            findings += one.end
        return ElectricityBook(year, told.rows, (*findings, *told.end))

    def _year(self, year: int) -> _Year:
        """Return what is known of the electricity paid in *year* whatever bills there are."""
        tariffs = Tariffs(self._tariffs, self.calendar)
        begin: list[Finding] = []
        rows: list[MeteredCost] = []
        meters: list[_Meter] = []
        deducted: dict[str, list[Reading]] = {}
        spans: defaultdict[str, list[Told]] = defaultdict(list)
        for meter, readings in self._by_meter(begin, year, spans).items():
            overlaps: list[Finding] = []
            told = self._metered(meter, readings, year, tariffs, overlaps)
            rows += [self._row(one) for one in told if one.kwh]
            deducted[meter] = [one.reading for one in told if one.kwh]
            spread = [one.spread for one in told if one.spread is not None]
            findings = [spread_evenly(meter, spread)] if spread else []
            findings += of_two(meter, tariffs) if meter in self.of_two and told else []
            findings += unlikely(meter, [one for one in told if one.reading.energy.may_repeat != SETTLED])
            rows += charges_of(meter, readings, year, tariffs, self.paid_at, self.calendar, findings)
            gaps = tuple(gap for one in told for gap in one.gaps)
            holes = tuple(self._holes(year, spans[meter], tariffs.zones(meter)))
            meters.append(_Meter(meter, tuple(overlaps), gaps, any(one.kwh for one in told), holes, tuple(findings)))
        end = (*meters_alike(deducted), *measured_twice(deducted, tariffs))
        return _Year(tuple(sorted(rows, key=_by_day)), (*tariffs.findings, *begin), tuple(meters), end)

    def paid_at(self, energy: e.Energy) -> datetime:
        """Return when the bill of a reading was paid."""
        return self.calendar.used_at(energy) if energy.paid is None else self.calendar.midnight(energy.paid)

    def _holes(self, year: int, told: list[Told], zones: set[ZoneInfo]) -> Iterator[Hole]:
        """Yield what *told* of a meter leaves out between readings that are paid in *year*, or before and after it.

        Of a meter of two persons that is whose the reading before it is.
        """
        others = {each.id for each in self.beside}
        for hole in holes_of(told, {self.calendar.zone(told[0].begin), self.calendar.zone(told[-1].end), *zones}):
            first, last = (self.calendar.day(self.paid_at(each)).year for each in (hole.before, hole.after))
            if hole.before.id not in others and min(first, last) <= year <= max(first, last):
                yield hole

    def _is_observed(self, gap: Gap | Hole, is_billed: Callable[[date, date], bool]) -> bool:
        return is_billed(self.calendar.day(gap.begin), self.calendar.day(gap.end))

    def readings(self) -> list[e.Energy]:
        """Return the readings, as they were told."""
        return self._energy

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
            priced = priced_by(reading, tariffs.stretches(meter, reading.counted_from, reading.end), used)
            if is_due:
                if reading.counted_from > reading.begin:
                    findings.append(overlapping(reading))
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
            kwh_thousandths=kwh_thousandths(priced.kwh),
            amount_usd_micros=usd_micros(priced.cost),
            business_share=reading.energy.business_share,
            deductible_usd_micros=usd_micros(priced.cost * Fraction(reading.share, WHOLE)),
            paid_at=paid_at,
            used_from=self.calendar.day(reading.begin),
            used_to=self.calendar.day(reading.end),
        )

    def _by_meter(
        self, findings: list[Finding], year: int, spans: defaultdict[str, list[Told]]
    ) -> dict[str, list[Reading]]:
        """Return the readings, each meter's in order of time; one that ends before it begins is a finding.

        What is in doubt is left out, and told in the *year* it was paid; *spans* gain its time too.
        """
        told: defaultdict[str, list[tuple[datetime, datetime, str, e.Energy]]] = defaultdict(list)
        doubted: defaultdict[tuple[str, str], list[e.Energy]] = defaultdict(list)
        for energy in (*self._energy, *self.beside):
            begin, end = self.calendar.moment(energy.from_), self.calendar.moment(energy.to)
            if begin < end:
                spans[energy.meter].append(Told(begin, end, energy))
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
            findings.append(doubtful(meter, why, sorted(events, key=lambda event: (event.at, event.id))))
        return {meter: list(self._in_order(readings)) for meter, readings in sorted(told.items())}

    def _in_order(self, readings: list[tuple[datetime, datetime, str, e.Energy]]) -> Iterator[Reading]:
        readings.sort(key=lambda entry: entry[:3])
        reached = readings[0][0]
        for begin, _, _, energy in readings:
            end = self.calendar.moment(energy.to)
            yield Reading(energy, begin, end, min(max(begin, reached), end))
            reached = max(reached, end)


def _by_day(row: MeteredCost) -> tuple[date, str]:
    return row.date, row.energy

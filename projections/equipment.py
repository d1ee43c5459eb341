"""The rigs' depreciation schedule: section 179, bonus and MACRS a year, what is left of each basis, and sales.

Law: 26 U.S.C. 167, 168, 179; the formulas are rules.us.depreciation. A year is computed by replaying every year from
the first rig's on, so that a rig recorded late, a sale or a correction changes each year it touches. Whether
depreciation is deducted at all, the liability decides: a hobby has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar, assert_never

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.units import usd_decimal
from lotwork.ledger.zones import Calendar
from lotwork.projections.filer.origins import whose
from lotwork.projections.findings import Finding
from lotwork.rules.line import to_cents

if TYPE_CHECKING:
    from lotwork.projections.costs.rig_years import EquipmentRow
    from lotwork.projections.costs.rigs import Rig, SmallItem
    from lotwork.projections.costs.section_179 import BusinessIncome, Expensing, GivenBack
    from lotwork.projections.filer.activities import Activities
    from lotwork.rules.load import Law
    from lotwork.rules.us.asset import Asset179
    from lotwork.rules.us.depreciation import YearDepreciation

ELECTIONS = ("bonus_out", "bonus_40", "de_minimis")


class EquipmentBook(msgspec.Struct, frozen=True):
    """The schedule of one year, with Form 4562 as the law fills it."""

    year: int
    rows: tuple[EquipmentRow, ...]
    form: YearDepreciation
    section_179_from_before_usd_micros: int
    """Deducted this year of what was carried in from returns outside the ledger."""
    section_179_carryforward_usd_micros: int
    small_items_sold: tuple[SmallItem, ...] = ()
    """Items the de minimis election expensed, of any year, that were sold this year."""
    given_back: Mapping[str, GivenBack] = msgspec.field(default_factory=dict)
    """Section 179 given back where business use fell to half or less, by rig (Form 4797, Part IV)."""
    findings: tuple[Finding, ...] = ()

    @property
    def depreciation_usd_micros(self) -> int:
        """What goes to Schedule C line 13."""
        return self.section_179_from_before_usd_micros + sum(row.depreciation_usd_micros for row in self.rows)

    @property
    def small_items_sold_usd_micros(self) -> int:
        """What they brought: other income, whole."""
        return sum(item.income_in(self.year) for item in self.small_items_sold)

    @property
    def recaptured_179_usd_micros(self) -> int:
        """What of section 179 is income again this year (Form 4797, line 35)."""
        return sum(each.income for each in self.given_back.values())

    @property
    def ubia_usd_micros(self) -> int:
        """The unadjusted basis that lifts the QBI limit."""
        return sum(row.ubia_usd_micros for row in self.rows)

    @property
    def gain_usd_micros(self) -> int:
        """The gains less the losses of the year's sales."""
        return sum(row.gain_usd_micros or 0 for row in self.rows)

    @property
    def ordinary_usd_micros(self) -> int:
        """What of it is ordinary whatever the other sales gave (Form 4797, Parts II and III)."""
        return sum(row.ordinary_usd_micros for row in self.rows)


def unlimited(_year: int) -> Decimal | None:
    """Say that a year has business income enough for every election."""
    return None


class EquipmentState(msgspec.Struct):
    """What an EquipmentFold goes on from: the events themselves, and what each year brought in from before."""

    events: list[e.Equipment | e.EquipmentSale | e.EquipmentUse | e.Election]
    carried_before: dict[int, int]


class EquipmentFold(msgspec.Struct):
    """Collects equipment, its sales and the elections; their order matters only to what a year's facts replace."""

    calendar: Calendar
    _equipment: list[e.Equipment] = msgspec.field(default_factory=list)
    _sales: list[e.EquipmentSale] = msgspec.field(default_factory=list)
    _elections: list[e.Election] = msgspec.field(default_factory=list)
    _uses: list[e.EquipmentUse] = msgspec.field(default_factory=list)
    _carried_before: dict[int, int] = msgspec.field(default_factory=dict)
    owner: e.Owner | None = None
    """Of whose rigs alone results tell; the limits of section 179 stay those of both together."""

    def state(self) -> EquipmentState:
        """Return what another fold can go on from."""
        return EquipmentState(
            [*self._equipment, *self._sales, *self._uses, *self._elections], dict(self._carried_before)
        )

    def resume(self, state: EquipmentState) -> None:
        """Go on from *state*."""
        for event in state.events:
            self.take(event)
        self._carried_before.update(state.carried_before)

    TAKES: ClassVar = frozenset({e.Equipment, e.EquipmentSale, e.EquipmentUse, e.Election, e.YearFacts})
    """The kinds of events it has something to do with."""

    def take_all(self, events: Iterable[e.Event]) -> None:
        """Fold *events*, in order."""
        for event in events:
            self.take(event)

    def take(self, event: e.Event) -> None:
        """Fold one event."""
        match event:
            case e.Receipt() | e.Sale():
                pass
            case e.Equipment():
                self._equipment.append(event)
            case e.EquipmentSale():
                self._sales.append(event)
            case e.EquipmentUse():
                self._uses.append(event)
            case e.Election():
                if event.method in ELECTIONS:
                    self._elections.append(event)
            case e.YearFacts():
                if event.section_179_carryforward_usd_micros is not None:
                    self._carried_before[event.year] = event.section_179_carryforward_usd_micros
            case e.Purchase() | e.GiftReceived() | e.Transfer() | e.Movement():
                pass
            case e.PriceSample() | e.ExchangeRate() | e.Balance() | e.BrokerReport() | e.BusinessIncome():
                pass
            case e.Expense() | e.Usage() | e.HomeOffice() | e.Energy() | e.Tariff() | e.EnergyEstimate() | e.Sharing():
                pass
            case e.AssetDeclared() | e.WalletDeclared() | e.Profile() | e.Payment():
                pass
            case e.Selection() | e.ActivityEvidence():
                pass
            case e.HashrateTold() | e.Difficulty() | e.Credit() | e.Suspense():
                pass
            case e.Void() | e.Correction() | e.Rule() | e.Filing():
                pass
            case _:
                assert_never(event)

    def placed_by(self, year: int) -> list[Rig]:
        """Return what was placed in service in *year* or before, each with its sale."""
        from lotwork.projections.costs.invoices import sold_rigs  # noqa: PLC0415 - as for a year's schedule

        rigs = sold_rigs(self._equipment, self._sales, self.calendar, [])
        return [rig for rig in rigs if rig.event.placed_in_service.year <= year and self._is_own(rig.event)]

    def told(self) -> list[e.Equipment]:
        """Return the equipment, of one owner where one is asked for."""
        return [event for event in self._equipment if self._is_own(event)]

    def _is_own(self, event: e.Equipment) -> bool:
        return self.owner in (None, whose(event.owner))

    def expensed_before(self, year: int) -> dict[str, e.Equipment]:
        """Return what was placed in service before *year* and elected under section 179, by event."""
        found = (event for event in self.told() if event.section_179_usd_micros)
        return {event.id: event for event in found if event.placed_in_service.year < year}

    def result(
        self, year: int, law: Law, income: BusinessIncome = unlimited, activities: Activities | None = None
    ) -> EquipmentBook:
        """Return the schedule of *year* under *law*; *income* is asked for each year section 179 is deducted in.

        By *activities*, where they are told, a business has no rig that was placed in service in a hobby's time, and
        each only as long as it is one.
        """
        from lotwork.projections.costs.invoices import sold_rigs, used  # noqa: PLC0415 - folding alone needs none of the schedule
        from lotwork.projections.costs.rig_twice import rig_twice  # noqa: PLC0415 - the same
        from lotwork.projections.costs.rig_years import rig_years  # noqa: PLC0415 - the same
        from lotwork.projections.costs.rigs import long_unused, made_ready, parted, serving_a_business  # noqa: PLC0415 - the same
        from lotwork.projections.costs.section_179 import BEFORE, expensing  # noqa: PLC0415 - the same

        findings: list[Finding] = []
        sales = {event.id: event for event in self._sales if self.calendar.day(event.at).year <= year}
        told = sold_rigs(self._equipment, sales.values(), self.calendar, findings)
        findings[:] = [each for each in findings if self._is_of(year, sales[str(each.event)])]
        elections = sorted(self._elections, key=lambda event: (event.from_, event.at, event.id))
        told = used(told, self._uses, year, findings)
        if activities is not None:
            told = serving_a_business(told, activities, year, findings)
        findings.extend(long_unused(told, year))
        findings.extend(rig_twice(self._equipment, year))
        serving, small = parted((rig for rig in told if rig.event.placed_in_service.year <= year), elections, law)
        rigs = made_ready(serving, elections, law, findings)
        assets = [rig.asset for rig in rigs if rig.asset is not None]
        expensed = expensing(assets, year, law, income, self._carried_before)
        findings.extend(_cut_by_limit(assets, expensed, year))
        if self.owner is not None:
            rigs = [rig for rig in rigs if self._is_own(rig.event)]
            expensed = expensed.of({rig.event.id for rig in rigs}, year, with_part_one=self.owner == e.TAXPAYER)
        rows = tuple(rig_years(rigs, expensed, year))
        findings.extend(_private_gains(rows, rigs, year))
        findings.extend(_deferrable(rows, rigs))
        gone = (item for item in small if item.sold is not None and item.sold.day.year == year)
        return EquipmentBook(
            year=year,
            rows=rows,
            form=expensed.form,
            section_179_from_before_usd_micros=expensed.deducted.get(BEFORE, 0),
            section_179_carryforward_usd_micros=expensed.carryforward_usd_micros,
            small_items_sold=tuple(item for item in gone if self._is_own(item.event)),
            given_back=expensed.given_back,
            findings=tuple(findings),
        )

    def small_items(self, year: int, law: Law) -> tuple[SmallItem, ...]:
        """Return what the de minimis election of *year* expenses."""
        return tuple(item for item in self.small_items_by(year, law) if item.event.placed_in_service.year == year)

    def small_items_by(self, year: int, law: Law) -> tuple[SmallItem, ...]:
        """Return what the de minimis elections of all years through *year* expense."""
        from lotwork.projections.costs.invoices import sold_rigs  # noqa: PLC0415 - as for a year's schedule
        from lotwork.projections.costs.rigs import parted  # noqa: PLC0415 - the same

        rigs = (rig for rig in sold_rigs(self._equipment, self._sales, self.calendar, []) if self._is_own(rig.event))
        _, small = parted((rig for rig in rigs if rig.event.placed_in_service.year <= year), self._elections, law)
        return tuple(small)

    def small_items_sold_in(self, year: int, law: Law) -> tuple[SmallItem, ...]:
        """Return what the de minimis election of any year expensed and was sold in *year*."""
        items = self.small_items_by(year, law) if any(self._is_of(year, sale) for sale in self._sales) else ()
        return tuple(item for item in items if item.sold is not None and item.sold.day.year == year)

    def _is_of(self, year: int, sale: e.EquipmentSale) -> bool:
        return self.calendar.day(sale.at).year == year


def _cut_by_limit(assets: Iterable[Asset179], expensed: Expensing, year: int) -> Iterator[Finding]:
    """Yield a finding for each rig that the dollar limit of the year left with less than was elected."""
    for asset in assets:
        allowed = usd_decimal(expensed.elected.get(asset.name, 0))
        if asset.year == year and allowed < asset.section_179:
            yield Finding(
                "section_179_over_limit",
                f"{asset.name}: of {to_cents(asset.section_179)} elected under section 179, {to_cents(allowed)} lie "
                f"within the limit of {year} (26 U.S.C. 179(b)(1), (2)): the rest is depreciated; correct "
                "`section_179_usd`",
                asset.name,
            )


def _private_gains(rows: Iterable[EquipmentRow], rigs: Iterable[Rig], year: int) -> Iterator[Finding]:
    """Yield a finding for each sale in which the part that is not business gained too: that gain is in no figure."""
    business = {row.id: (row.proceeds_usd_micros, row.business_basis_usd_micros) for row in rows}
    for rig in rigs:
        sold = rig.sold
        if sold is None or sold.day.year != year or not rig.event.cost_usd_micros:
            continue
        proceeds, basis = business[rig.event.id]
        gain = sold.net_usd_micros - proceeds - (rig.event.cost_usd_micros - basis)
        if gain > 0:
            yield Finding(
                "private_part_gained",
                f"{sold.id}: the part of {rig.event.equipment!r} that is not business gained "
                f"{to_cents(usd_decimal(gain))}: it is in no figure here; report it as a capital gain (26 U.S.C. "
                "61(a)(3))",
                sold.id,
            )


def _deferrable(rows: Iterable[EquipmentRow], rigs: Iterable[Rig]) -> Iterator[Finding]:
    """Yield a finding for each rig that was destroyed at a gain, which may wait where the money buys another."""
    sold = {rig.event.id: rig.sold for rig in rigs}
    for row in rows:
        left = sold[row.id]
        if row.how == "casualty" and left is not None and (row.gain_usd_micros or 0) > 0:
            yield Finding(
                "casualty_gain_deferrable",
                f"{left.id}: the insurance paid {to_cents(usd_decimal(row.gain_usd_micros or 0))} more for "
                f"{row.equipment!r} than was left of its basis: it counts as a gain here (Form 4684, Section B); "
                "where you replace the rig within two years after this one you may elect to defer it (26 U.S.C. "
                "1033(a)(2))",
                left.id,
            )

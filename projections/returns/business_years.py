"""The years of a business, each worked out once: what one year carries into the next, and what limits what.

Law: section 179 is limited by the income of the business before it (26 U.S.C. 179(b)(3)), the deduction for the home by
the income after it (280A(c)(5)); what either leaves over goes on into the next year, so that a year rests on those
before it. The income for section 179 is "line 31 of Schedule C and the amount of the section 179 deduction" (Pub. 587,
Schedule C Example), wages and gains on rigs included (Treas. Reg. 1.179-2(c)); the home in it is the one a year without
section 179 would have, since each of the two would otherwise wait for the other (1.179-2(c)(5)).
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

import msgspec

from lotwork.ledger.events import BUSINESS, HomeOffice
from lotwork.ledger.units import ZERO, usd_decimal
from lotwork.projections.equipment import EquipmentBook
from lotwork.projections.filer.activities import Activities
from lotwork.projections.filer.origins import Place
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.deductions import Spending, spending_of
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.home_office import (
    NOTHING_CARRIED,
    Home,
    HomeCarryover,
    HomeYear,
    regular,
    simplified,
)

GROSS = ("hosting", "services")
"""What customers pay is gross receipts; all else in dollars is other income (Schedule C, lines 1 and 6)."""


class BusinessYears(msgspec.Struct):
    """A book's business under a law, year by year; what is asked for twice is worked out once."""

    book: Book
    law: Law
    partner: BusinessYears | None = None
    """The business of the other spouse on a joint return, whose income limits section 179 too."""
    findings: dict[int, list[Finding]] = msgspec.field(default_factory=dict)
    """What was found about the home of a year."""
    _spending: dict[int, Spending] = msgspec.field(default_factory=dict)
    _equipment: dict[int, EquipmentBook] = msgspec.field(default_factory=dict)
    _bare: dict[int, EquipmentBook] = msgspec.field(default_factory=dict)
    _home: dict[int, HomeYear] = msgspec.field(default_factory=dict)
    _income: dict[int, Decimal] = msgspec.field(default_factory=dict)

    def spending(self, year: int) -> Spending:
        """Return the expenses of *year*, as the law takes them."""
        rigs = self.book.equipment
        if year not in self._spending:
            small, sold = (told(year, self.law) for told in (rigs.small_items, rigs.small_items_sold_in))
            self._spending[year] = spending_of(self.book, self.law, year, small, sold)
        return self._spending[year]

    def equipment(self, year: int) -> EquipmentBook:
        """Return the depreciation of *year*, section 179 within the income of each year it is taken in."""
        if year not in self._equipment:
            self._equipment[year] = self.book.equipment.result(year, self.law, self.income_before_179, self._activities)
        return self._equipment[year]

    def bare(self, year: int) -> EquipmentBook:
        """Return the depreciation of *year* in which section 179 takes nothing."""
        if year not in self._bare:
            self._bare[year] = self.book.equipment.result(year, self.law, _none, self._activities)
        return self._bare[year]

    @property
    def _activities(self) -> Activities:
        return self.book.taxpayer.activities

    def pool_fees(self, year: int, place: Place = BUSINESS) -> Decimal:
        """Return what pools kept of the payouts of *year*: to the business, or to the hobby."""
        whole = self.book.taxpayer.whole.get(year)
        return usd_decimal(self.book.expenses.pool_fees_of(year, place, whole))

    def received(self, year: int, place: Place = BUSINESS) -> Decimal:
        """Return the coins of *year* in one *place*, net of pool fees, at their value when received."""
        return usd_decimal(self.book.income.placed(year, place, self.book.taxpayer.whole.get(year)))

    def earned(self, year: int, place: Place, *, gross: bool | None = None) -> Decimal:
        """Return the dollars of *year*: those of line 1 (*gross*), those of line 6, or all."""
        told = self.book.income.earned_in(year, place, self.book.taxpayer.whole.get(year))
        counted = (each for each in told if gross is None or (each.category in GROSS) == gross)
        return usd_decimal(sum(each.amount_usd_micros for each in counted))

    def gross(self, year: int) -> Decimal:
        """Return line 1: the coins of the business, net of pool fees, and what customers paid in dollars."""
        return self.received(year) + self.earned(year, BUSINESS, gross=True)

    def other_income(self, equipment: EquipmentBook) -> Decimal:
        """Return line 6: section 179 given back, small items sold, bills recovered, and other dollars of the trade."""
        year, spent = equipment.year, self.spending(equipment.year)
        early = sum(item.income_in(year) for item in spent.never_served)
        given_back = equipment.recaptured_179_usd_micros + equipment.small_items_sold_usd_micros - early
        return usd_decimal(given_back) + spent.recovered + self.earned(year, BUSINESS, gross=False)

    def tentative(self, year: int, equipment: EquipmentBook) -> Decimal:
        """Return line 29 of Schedule C: the profit before the home."""
        spent = self.spending(year)
        costs = sum((*spent.by_line.values(), *spent.others.values()), ZERO)
        income = self.gross(year) + self.other_income(equipment)
        return income - costs - usd_decimal(equipment.depreciation_usd_micros)

    def home(self, year: int) -> HomeYear:
        """Return the deduction for the home in *year*, and what it carries on."""
        if year not in self._home:
            self._home[year] = self._home_within(year, self.tentative(year, self.equipment(year)))
        return self._home[year]

    def income_before_179(self, year: int) -> Decimal | None:
        """Return the income section 179 is limited to: wages, the profit before it, and the gains on rigs.

        A year before the first whose law is known here has no limit: what was elected in it is taken as deducted in
        the return that was filed for it, and no later one deducts it again (`untold_179`).
        """
        if year < self.first_year:
            return None
        if year not in self._income:
            facts = self.book.taxpayer.facts(year)
            wages = (facts.wages_usd_micros or 0) + (facts.spouse_wages_usd_micros or 0)
            self._income[year] = self.own_income(year) + self._partners_income(year) + usd_decimal(wages)
        return self._income[year]

    def _partners_income(self, year: int) -> Decimal:
        """Return what the other spouse's business adds: a hobby is no active conduct of a trade (179(b)(3)(A))."""
        partner = self.partner
        return partner.own_income(year) if partner and partner.book.taxpayer.activities.is_business(year) else ZERO

    def own_income(self, year: int) -> Decimal:
        """Return the profit before section 179, and the gains on rigs (Treas. Reg. 1.179-2(c)(7): both spouses')."""
        bare = self.bare(year)
        profit = self.tentative(year, bare)
        return profit - self._home_within(year, profit).deduction + usd_decimal(bare.gain_usd_micros)

    @property
    def first_year(self) -> int:
        """The first year whose return can be computed here."""
        return min(version.from_.year for version in self.law.entry("us/ordinary/rates").in_force)

    def home_event(self, year: int) -> HomeOffice | None:
        """Return the home office of *year*: the one recorded last."""
        events = [event for event in self.book.expenses.home_offices if event.year == year]
        return max(events, key=lambda event: (event.at, event.id)) if events else None

    def _home_within(self, year: int, income: Decimal) -> HomeYear:
        """Return the home of *year* within an *income*; a home worked out elsewhere is taken as it is stated."""
        event, spending = self.home_event(year), self.spending(year)
        carried = self.home_carried_into(year)
        if event is None:
            return HomeYear(min(spending.stated_home, max(ZERO, income)), carried, ())
        home = Home(
            year=year,
            office_sqft=Decimal(event.office_sqft),
            home_sqft=Decimal(event.home_sqft or 0),
            months=event.months,
            bills=spending.home,
            itemizes=self.book.taxpayer.facts(year).itemized_deductions_usd_micros is not None,
            income=income,
            building_basis=usd_decimal(event.building_basis_usd_micros or 0),
            first_used=event.first_used,
            carried=carried,
        )
        if event.method == "simplified":
            return simplified(home, self.law)
        return regular(home, self.law) if fits(event) else HomeYear(ZERO, carried, ())

    def home_carried_into(self, year: int) -> HomeCarryover:
        """Return what the last home office before *year* carried on, or what the taxpayer says it did."""
        event = self.home_event(year)
        operating = None if event is None else event.operating_carryover_usd_micros
        depreciation = None if event is None else event.depreciation_carryover_usd_micros
        earlier = [other.year for other in self.book.expenses.home_offices if other.year < year]
        carried = NOTHING_CARRIED
        if earlier and (operating is None or depreciation is None):
            carried = self._carried_from(max(earlier), year)
        return HomeCarryover(
            carried.operating if operating is None else usd_decimal(operating),
            carried.depreciation if depreciation is None else usd_decimal(depreciation),
        )

    def _carried_from(self, earlier: int, year: int) -> HomeCarryover:
        if not self._activities.is_business(earlier):
            return self.home_carried_into(earlier)
        try:
            return self.home(earlier).carryover
        except UnknownFigureError:
            self.findings.setdefault(year, []).append(
                Finding(
                    "home_carryover_unknown",
                    f"the law of {earlier} is not known here, so nothing is carried from its home office into {year}: "
                    f"state operating_carryover_usd and depreciation_carryover_usd in the `home_office` of {year}",
                )
            )
            return NOTHING_CARRIED


def untold_179(years: BusinessYears, year: int) -> Iterator[Finding]:
    """Yield the rigs expensed before the years known here, of which nobody said whether a part was carried on."""
    facts = (years.book.taxpayer.facts(told) for told in range(years.first_year, year + 1))
    if any(told.section_179_carryforward_usd_micros is not None for told in facts):
        return
    elected = years.book.equipment.expensed_before(years.first_year)
    for row in years.equipment(year).rows:
        if row.id in elected:
            amount, placed = usd_decimal(elected[row.id].section_179_usd_micros), row.placed_in_service.year
            yield Finding(
                "section_179_carryover_unknown",
                f"{row.id}: {to_cents(amount)} of section 179 is taken as deducted in {placed}, whose law is not "
                f"known here: record `year_facts` for {years.first_year} with section_179_carryforward_usd, 0 where "
                "nothing of it was carried on (26 U.S.C. 179(b)(3)(B))",
                row.id,
            )


def fits(event: HomeOffice) -> bool:
    """Say whether the office is no larger than a home that has a size."""
    return Decimal(event.home_sqft or 0) > 0 and Decimal(event.office_sqft) <= Decimal(event.home_sqft or 0)


def home_findings(years: BusinessYears, year: int) -> list[Finding]:
    """Return what a person must decide about the home of *year*."""
    event, spending = years.home_event(year), years.spending(year)
    findings = list(dict.fromkeys(years.findings.get(year, ())))
    if event is None:
        bills = [row for row in spending.expenses.rows if row.category.startswith("home_")]
        if spending.home:
            findings.append(_home_missing(bills[0].expense, year))
        if spending.stated_home > years.home(year).deduction:
            findings.append(_above_income(bills[0].expense, year))
        return findings
    return findings + _about(event, spending, sum(each.year == year for each in years.book.expenses.home_offices))


def _about(event: HomeOffice, spending: Spending, told: int) -> list[Finding]:
    findings = []
    if told > 1:
        findings.append(_of(event, "home_office_twice", f"{told} home offices are recorded for {event.year}: this one, "
                            "the last, is taken; one Form 8829 is filled here, so void the others"))  # fmt: skip
    if spending.stated_home:
        findings.append(_of(event, "home_office_stated", "an expense of category home_office states a deduction that "
                            "this home office works out anew: it is left out; void it"))  # fmt: skip
    if event.method == "regular" and not fits(event):
        findings.append(_of(event, "home_office_impossible", "the office is larger than the home, or the home has no "
                            "size: nothing is deducted; correct office_sqft or home_sqft"))  # fmt: skip
    if event.method == "simplified" and spending.home:
        findings.append(_of(event, "home_costs_unused", "the simplified method stands for all costs of the home: the "
                            "home_ expenses of the year are not deducted (Rev. Proc. 2013-13, 4.04)"))  # fmt: skip
    if (event.building_basis_usd_micros is None) != (event.first_used is None):
        findings.append(_of(event, "home_office_incomplete", "the building is depreciated only where both "
                            "building_basis_usd and first_used are known: add the other"))  # fmt: skip
    return findings


def _of(event: HomeOffice, code: str, message: str) -> Finding:
    return Finding(code, f"{event.id}: {message}", event.id)


def _home_missing(event: str, year: int) -> Finding:
    return Finding(
        "home_office_missing",
        f"{event} is a cost of the home, and no home office is recorded for {year}: nothing of it is deducted; record "
        "a `home_office` with the year, the method and the areas (26 U.S.C. 280A(c)), or correct the category",
        event,
    )


def _above_income(event: str, year: int) -> Finding:
    return Finding(
        "home_office_above_income",
        f"{event}: the deduction stated for the home is more than the income of the business in {year}: only that much "
        "is deducted (26 U.S.C. 280A(c)(5)); record a `home_office`, which carries the rest on",
        event,
    )


def _none(_year: int) -> Decimal:
    return ZERO

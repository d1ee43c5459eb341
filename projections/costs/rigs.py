"""The rigs: each piece of equipment made ready for the law, with its sale and the elections made for it.

What the law cannot take as it was told is a finding, and the rig is depreciated without it: an election above the cost,
a bonus rate nobody may choose. A rig whose days contradict each other, or whose years the law files do not know, stays
out of every figure until that is mended. Law: the bonus is elected out by class and year (26 U.S.C. 168(k)(7)), and 40
percent instead of 100 for the whole year (168(k)(10)), never for one rig alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from lotwork.ledger.errors import UnknownFigureError
from lotwork.ledger.events import BUSINESS, Election, Equipment, HowEquipmentLeft
from lotwork.ledger.public_form.parse_words import SHARE_DECIMALS
from lotwork.ledger.units import ZERO, divide, scaled, usd_decimal
from lotwork.projections.basis.holding_period import is_long
from lotwork.projections.costs.usage import WHOLE
from lotwork.projections.filer.activities import Activities
from lotwork.projections.filer.origins import whose
from lotwork.projections.findings import Finding
from lotwork.rules.errors import CaseRefusedError
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.asset import Asset179
from lotwork.rules.us.bonus import bonus_rate
from lotwork.rules.us.form_4562 import section_179_limit

NO_SMALL_ITEM = ("39", "qip", "software")
"""Buildings and their improvements; and software, which is acquired as an intangible, where the election is one for
tangible property (Treas. Reg. 1.263(a)-2, 1.263(a)-4(c)(1)(xiv))."""

Bonus: TypeAlias = Literal["auto", "none"] | Decimal


class Sold(NamedTuple):
    """How a rig left: the day, and what it brought less the fee in micro-dollars.

    A trade-in is a sale at the allowance, since only real property is exchanged without gain since 2018 (26 U.S.C.
    1031(a)(1)); what is abandoned brings nothing; what is destroyed brings what the insurance paid (Form 4684, B).
    """

    id: str
    day: date
    net_usd_micros: int
    how: HowEquipmentLeft = "sold"


@dataclass(frozen=True, slots=True)
class Rig:
    """A piece of equipment, its sale, and how the law takes it; `asset` is None where it cost nothing."""

    event: Equipment
    sold: Sold | None
    asset: Asset179 | None = None
    uses: tuple[tuple[int, Decimal], ...] = ()
    """The business share of later years, where it changed."""
    idle_from: date | None = None
    """The day it stopped serving a business, though nobody sold it."""
    of: str = ""
    """The event that told of it, where it is some of many."""

    @property
    def told(self) -> str:
        """The event that told of it."""
        return self.of or self.event.id

    @property
    def served_until(self) -> date | None:
        """The day its depreciation ends: when it left, or stopped serving a business, whatever came first."""
        days = [day for day in (self.idle_from, None if self.sold is None else self.sold.day) if day is not None]
        return min(days, default=None)

    @property
    def share(self) -> int:
        """The business share of its first year, in parts of WHOLE."""
        return scaled(self.event.business_share, SHARE_DECIMALS)

    @property
    def basis_usd_micros(self) -> int:
        """The business part of its cost."""
        return divide(self.event.cost_usd_micros * self.share, WHOLE)

    def share_text(self, year: int) -> str:
        """Return the business share of *year* as it was told."""
        changed = [share for since, share in self.uses if since <= year]
        return f"{changed[-1].normalize():f}" if changed else self.event.business_share


def serving_a_business(rigs: Iterable[Rig], activities: Activities, year: int, findings: list[Finding]) -> list[Rig]:
    """Return the rigs with the day on which each stopped serving a business; of a hobby's, in its own years alone.

    What was bought for a hobby is expensed by no business: it was not "acquired by purchase for use in the active
    conduct of a trade or business" (26 U.S.C. 179(d)(1)(C)).
    """
    told = [replace(rig, idle_from=activities.left_business(rig.event.placed_in_service)) for rig in rigs]
    if not activities.is_business(year):
        return told
    serving = [rig for rig in told if activities.on(rig.event.placed_in_service) == BUSINESS]
    return [_without_hobbys_179(rig, activities, findings) for rig in serving]


def _without_hobbys_179(rig: Rig, activities: Activities, findings: list[Finding]) -> Rig:
    event = rig.event
    if not event.section_179_usd_micros or activities.on(event.acquired) == BUSINESS:
        return rig
    findings.append(
        Finding(
            "section_179_not_allowed",
            f"{event.id} was acquired on {event.acquired}, in a hobby's time and for it (26 U.S.C. 179(d)(1)(C)); none "
            "is deducted",
            event.id,
        )
    )
    return replace(rig, event=msgspec.structs.replace(event, section_179_usd_micros=0))


def made_ready(rigs: Iterable[Rig], elections: Sequence[Election], law: Law, findings: list[Finding]) -> list[Rig]:
    """Return the rigs the law can take, each with its asset; what had to be left out or changed is told."""
    ready = []
    for rig in rigs:
        try:
            asset = _asset(rig, elections, law, findings) if rig.event.cost_usd_micros else None
            ready.append(replace(rig, asset=asset))
        except CaseRefusedError as refused:
            findings.append(_left_out("equipment_impossible", rig, refused))
        except UnknownFigureError as unknown:
            findings.append(_left_out("equipment_law_unknown", rig, unknown))
    findings.extend(_one_election_a_class(ready, law))
    return ready


def long_unused(rigs: Iterable[Rig], year: int) -> Iterator[Finding]:
    """Yield the things placed in service in *year* that had been acquired more than a year before.

    Law: of what was used privately before, the basis is "the lesser of the fair market value or the adjusted
    depreciable basis of the property at the time of the conversion" (Treas. Reg. 1.168(i)-4(b)(1)).
    """
    for event in {rig.told: rig.event for rig in rigs if rig.event.placed_in_service.year == year}.values():
        if is_long(event.acquired.toordinal(), event.placed_in_service.toordinal()):
            yield Finding(
                "equipment_long_unused",
                f"{event.id} was acquired on {event.acquired} and placed in service on {event.placed_in_service}, more "
                "than a year later. Had you used it privately or in a hobby, its basis is what it was worth that day, "
                "if less than its cost, and none of it is expensed (Treas. Reg. 1.168(i)-4(b)(1); 26 U.S.C. "
                "179(d)(1)(C)): correct cost_usd and section_179_usd; if it lay unused, acknowledge this",
                event.id,
            )


def _left_out(code: str, rig: Rig, why: Exception) -> Finding:
    return Finding(code, f"{rig.event.id} is in no figure: {why}", rig.event.id)


def _asset(rig: Rig, elections: Sequence[Election], law: Law, findings: list[Finding]) -> Asset179:
    event = rig.event
    plain = Asset179(
        name=event.id,
        cost=usd_decimal(event.cost_usd_micros),
        acquired=event.acquired,
        placed_in_service=event.placed_in_service,
        recovery_class=event.recovery_class,
        business_share=Decimal(event.business_share),
        disposed=rig.served_until,
        uses=rig.uses,
        owner=whose(event.owner),
    )
    asset = _with_bonus(plain, _bonus(event, elections, law, findings), law, findings)
    return _with_section_179(asset, rig, law, findings) if event.section_179_usd_micros else asset


def _with_bonus(asset: Asset179, bonus: Bonus, law: Law, findings: list[Finding]) -> Asset179:
    wanted = replace(asset, bonus=bonus)
    try:
        bonus_rate(wanted, law)
    except CaseRefusedError as refused:
        bonus_rate(asset, law)
        findings.append(Finding("bonus_not_lawful", f"{refused}: auto is used", asset.name))
        return asset
    return wanted


def _with_section_179(asset: Asset179, rig: Rig, law: Law, findings: list[Finding]) -> Asset179:
    event = rig.event
    section_179_limit(ZERO, law, asset.year)
    most = event.cost_usd_micros * rig.share // WHOLE
    elected = min(event.section_179_usd_micros, most)
    try:
        expensed = replace(asset, section_179=usd_decimal(elected))
    except CaseRefusedError as refused:
        findings.append(Finding("section_179_not_allowed", f"{refused}; none is deducted", event.id))
        return asset
    if elected < event.section_179_usd_micros:
        message = (
            f"{event.id}: section 179 was elected for more than the business part of its cost, "
            f"{to_cents(usd_decimal(most))}: that is used; correct `section_179_usd`"
        )
        findings.append(Finding("section_179_above_cost", message, event.id))
    return expensed


def _bonus(event: Equipment, elections: Sequence[Election], law: Law, findings: list[Finding]) -> Bonus:
    """Return what was chosen for a rig: by its own event, else by an election for its class and year."""
    if event.bonus == "none":
        return "none"
    if event.bonus != "auto":
        return Decimal(event.bonus)
    chosen: Bonus = "auto"
    for election in elections:
        if election.from_.year == event.placed_in_service.year:
            if election.method == "bonus_40":
                chosen = _elected_rate(election, event, law, findings)
            elif election.method == "bonus_out" and election.recovery_class in (None, event.recovery_class):
                chosen = "none"
    return chosen


def _elected_rate(election: Election, event: Equipment, law: Law, findings: list[Finding]) -> Bonus:
    try:
        return law.figure("us/depreciation/bonus_elected_rate", event.placed_in_service).amount()
    except UnknownFigureError:
        told = "40 percent may be elected only in the first year that ends after 2025-01-19 (168(k)(10)): auto is used"
        findings.append(Finding("bonus_not_lawful", f"{election.id}, for {event.id}: {told}", election.id))
        return "auto"


def _one_election_a_class(rigs: Iterable[Rig], law: Law) -> Iterator[Finding]:
    """Yield a finding for each class and year in which rigs have different parts of the bonus the law gives them."""
    classes: defaultdict[tuple[int, str], list[Asset179]] = defaultdict(list)
    for asset in (rig.asset for rig in rigs):
        if asset is not None and not asset.left_in_first_year:
            classes[asset.year, asset.recovery_class].append(asset)
    for (year, recovery_class), assets in classes.items():
        if len({asset.bonus for asset in assets}) > 1 and len({_part_taken(asset, law) for asset in assets}) > 1:
            yield Finding(
                "bonus_differs_in_class",
                f"rigs of class {recovery_class} placed in service in {year} have different bonus elections: the law "
                "has one for all of them (26 U.S.C. 168(k)(7), (10)); correct `bonus`, or record an `election`",
                assets[0].name,
            )


def _part_taken(asset: Asset179, law: Law) -> Decimal:
    """Return which part of the bonus it might have a rig takes: 1 where the law gives it none."""
    lawful, _ = bonus_rate(replace(asset, bonus="auto"), law)
    taken, _ = bonus_rate(asset, law)
    return taken / lawful if lawful else Decimal(1)


class SmallItem(NamedTuple):
    """A rig that the de minimis election expenses: no equipment for the law, and its sale is income of the business."""

    event: Equipment
    sold: Sold | None
    cite: str
    told: str
    """The event that told of it."""

    @property
    def basis_usd_micros(self) -> int:
        """The business part of its cost, deducted in the year it was placed in service."""
        return self._part(self.event.cost_usd_micros)

    def income_in(self, year: int) -> int:
        """Return the business part of what its sale brought in *year* (Treas. Reg. 1.263(a)-1(f)(3)(iii))."""
        return self._part(self.sold.net_usd_micros) if self.sold is not None and self.sold.day.year == year else 0

    def _part(self, usd_micros: int) -> int:
        return divide(usd_micros * scaled(self.event.business_share, SHARE_DECIMALS), WHOLE)


def parted(rigs: Iterable[Rig], elections: Iterable[Election], law: Law) -> tuple[list[Rig], list[SmallItem]]:
    """Return the rigs that are equipment, and those that the de minimis election of their year expenses.

    Law: the election takes in every item up to the limit, and whoever made it may not depreciate one of them (Treas.
    Reg. 1.263(a)-1(f)(1)(ii), (f)(3)(v)); the limit of 5,000 needs an applicable financial statement, which no sole
    proprietor who files from a ledger like this one has. Buildings, their improvements and
    software are no such items here.
    """
    years = {election.from_.year for election in elections if election.method == "de_minimis"}
    rest: list[Rig] = []
    small: list[SmallItem] = []
    for rig in rigs:
        placed = rig.event.placed_in_service
        if placed.year in years and rig.event.cost_usd_micros and rig.event.recovery_class not in NO_SMALL_ITEM:
            limit = law.figure("us/depreciation/de_minimis_no_afs", placed)
            if usd_decimal(rig.event.cost_usd_micros) <= limit.amount() * rig.event.pieces:
                small.append(SmallItem(rig.event, rig.sold, limit.citation, rig.told))
                continue
        rest.append(rig)
    return rest, small

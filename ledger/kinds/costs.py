"""What the activity cost: bills, electricity, the home, and the rigs with their use and their sale."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from lotwork.ledger.kinds.event_base import (
    Days,
    EventBase,
    Hours,
    HowEquipmentLeft,
    Interval,
    MeterDoubt,
    Moment,
    Months,
    Number,
    Numbers,
    Owner,
    Per,
    Season,
    Share,
    SharedAs,
    SignedPrice,
    State,
    Usd,
    Weekdays,
    Withheld,
    Year,
    Zone,
)
from lotwork.ledger.kinds.hour_cells import hours_touched

LATEST_BILL_DAY = 28
"""The last day that every month has."""


class Expense(EventBase, frozen=True, kw_only=True, tag="expense", rename={"from_": "from"}):
    """Money spent on the activity, by its Schedule C line word, with the share that is business; or what came back."""

    category: str
    amount_usd_micros: Usd
    business_share: Share = "1"
    usage: str | None = None
    """The name of the `usage` that says which share of it is business."""
    from_: date | None = None
    """The first day it pays for."""
    to: date | None = None
    """The first day it no longer pays for: beyond twelve months it is spread (Treas. Reg. 1.263(a)-4(f))."""
    refund_of: str | None = None
    """The bill, an expense or an energy, of which this amount came back."""
    not_income_usd_micros: Usd | None = None
    """Of a refund in a later year: what of it lowered no tax of the bill's year, so no income (26 U.S.C. 111(a))."""
    payee: str | None = None
    """Who was paid, where an information return may be due (26 U.S.C. 6041A), or a `sharing` names them."""
    owner: Owner | None = None
    """Whose it is on a joint return; left out: the taxpayer's."""
    state: State | None = None
    """Where the rigs stand that it pays for: of a host's bill, perhaps another state than the taxpayer's."""

    def __post_init__(self) -> None:
        if self.not_income_usd_micros is not None and self.refund_of is None:
            raise self.refuse("only a refund has something that is no income: give `refund_of` too")
        if (self.from_ is None) != (self.to is None):
            raise self.refuse("what an expense pays for has a first day and an end: give `from` and `to`, or neither")
        if self.from_ is not None and self.to is not None and self.to <= self.from_:
            raise self.refuse("what an expense pays for begins before it ends")
        own = (self.from_ is not None, self.usage is not None, self.business_share != "1", self.owner is not None,
               self.state is not None)  # fmt: skip
        if self.refund_of is not None and any(own):
            raise self.refuse(
                "a refund goes by the bill it refunds: it has no `from`, `to`, `usage`, `business_share`, `owner` or "
                "`state` of its own"
            )


class Usage(EventBase, frozen=True, kw_only=True, tag="usage", rename={"from_": "from"}):
    """How much of something shared was used by the business: by metered kWh, by rig watts and hours, by floor area."""

    usage: str
    from_: date
    to: date | None = None
    """The first day it no longer holds."""
    business_kwh: Number | None = None
    total_kwh: Number | None = None
    watts: Number | None = None
    hours: Number | None = None
    business_sqft: Number | None = None
    total_sqft: Number | None = None

    def __post_init__(self) -> None:
        metered = self.business_kwh is not None
        rated = self.watts is not None and self.hours is not None
        floor = self.business_sqft is not None and self.total_sqft is not None
        if metered + rated + floor != 1 or ((metered or rated) and self.total_kwh is None):
            raise self.refuse(
                "a usage has business_kwh and total_kwh, or watts, hours and total_kwh, or business_sqft and total_sqft"
            )
        if self.to is not None and self.to <= self.from_:
            raise self.refuse("a usage begins before it ends")


class HomeOffice(EventBase, frozen=True, kw_only=True, tag="home_office"):
    """A part of the home used regularly and only for the business in a year (26 U.S.C. 280A(c); Form 8829)."""

    year: Year
    method: Literal["simplified", "regular"]
    office_sqft: Number
    home_sqft: Number | None = None
    months: Months = 12
    building_basis_usd_micros: Usd | None = None
    """The home's adjusted basis or its value when first used, if less, without the land."""
    first_used: date | None = None
    operating_carryover_usd_micros: Usd | None = None
    depreciation_carryover_usd_micros: Usd | None = None
    owner: Owner | None = None
    """Whose it is on a joint return; left out: the taxpayer's."""

    def __post_init__(self) -> None:
        if self.method == "regular" and self.home_sqft is None:
            raise self.refuse("the regular method needs home_sqft")


class Energy(EventBase, frozen=True, kw_only=True, tag="energy", rename={"from_": "from"}):
    """Electricity metered over a span of time; a tariff turns it into an expense."""

    kwh: Number
    from_: Moment
    to: Moment
    meter: str
    business_share: Share = "1"
    paid: date | None = None
    """The day its bill was paid, which is when it is deducted; left out: that of `Calendar.used_at`."""
    owner: Owner | None = None
    """Whose it is on a joint return; left out: the taxpayer's."""
    hourly: Numbers | None = None
    """The kWh of each full hour of UTC that the span touches, the first and the last perhaps in part."""
    doubt: MeterDoubt | None = None
    state: State | None = None
    """Where the meter hangs, where that is another state than the taxpayer's."""

    def __post_init__(self) -> None:
        if self.hourly is None:
            return
        if "T" not in self.from_ or "T" not in self.to:
            raise self.refuse("what is told hour by hour has a `from` and a `to` that are instants")
        numbers = [Decimal(number) for number in self.hourly.split()]
        if len(numbers) != hours_touched(datetime.fromisoformat(self.from_), datetime.fromisoformat(self.to)):
            raise self.refuse("`hourly` has one number for each full hour of UTC that the span touches")
        if sum(numbers) != Decimal(self.kwh):
            raise self.refuse("the numbers of `hourly` come to the `kwh`: correct both")

    @property
    def in_doubt(self) -> bool:
        """Whether it may not be what was used, and nobody said yet what was."""
        return self.doubt is not None and self.doubt != "none"


class Tariff(EventBase, frozen=True, kw_only=True, tag="tariff", rename={"from_": "from"}):
    """A price in force from a day, of a kWh or another thing that is billed: on one meter or all, always or at times.

    What hangs on the whole bill (a charge by the day, month, kW or bill, and a step of the month's kWh) names the
    meter that the bill is for.
    """

    from_: Moment
    price_usd: SignedPrice
    """0 or less where the market of the hour pays for taking power, or where it is taken off; of a bill: a fraction."""
    to: Moment | None = None
    meter: str | None = None
    hours: Hours | None = None
    """The hours of the day it holds for, "22:00-06:00", in the taxpayer's zone; left out: all."""
    weekdays: Weekdays | None = None
    """The days of the week it holds for, "mon-fri" or "sat,sun"; left out: all."""
    season: Season | None = None
    """The months it holds for, "jun-sep"; left out: all."""
    days: Days | None = None
    """The days it holds for alone, as holidays are: "2026-07-03,2026-09-07"."""
    zone: Zone | None = None
    """The clock of its hours and days; left out: the taxpayer's."""
    per: Per | None = None
    """What it is the price of; left out: a kWh. Of a kW: of the month's highest demand; of a bill: of all the rest."""
    rider: str | None = None
    """The name of a charge on top of the others; of one name, the one that begins later holds."""
    above_kwh: Number | None = None
    """Of the kWh of a bill's month, it is the price of those above so many."""
    up_to_kwh: Number | None = None
    """And of those up to so many."""
    steps_by: Literal["month", "day"] | None = None
    """Whether the two count for the month, as where it is left out, or for each of its days."""
    bill_day: int | None = None
    """The day on which a bill's month begins; left out: the first."""
    interval: Interval | None = None
    """Over how long a demand is measured; left out: 15 minutes."""

    def __post_init__(self) -> None:
        steps = self.above_kwh is not None or self.up_to_kwh is not None
        if steps and self.thing != "kwh":
            raise self.refuse("only the price of a kWh has steps")
        if (steps or self.thing != "kwh") and self.meter is None:
            raise self.refuse("a step of the month's kWh and a charge for no kWh need the `meter` of the bill")
        if steps and Decimal(self.above_kwh or "0") >= Decimal(self.up_to_kwh or "Infinity"):
            raise self.refuse("a step is above fewer kWh than it goes up to")
        if self.per in ("day", "month", "bill") and (self.hours or self.weekdays or self.days):
            raise self.refuse("a charge by day, month or bill has no `hours`, `weekdays` or `days`, but a `season`")
        if self.bill_day is not None and not 1 <= self.bill_day <= LATEST_BILL_DAY:
            raise self.refuse(f"a bill's month begins on a day from 1 to {LATEST_BILL_DAY}")
        if self.interval is not None and self.per != "kw":
            raise self.refuse("an `interval` is what a demand is measured over: it goes with per=kw")
        if self.steps_by is not None and not steps:
            raise self.refuse("steps_by goes with above_kwh or up_to_kwh")

    @property
    def thing(self) -> Per:
        """What it is the price of."""
        return self.per or "kwh"


class EnergyEstimate(EventBase, frozen=True, kw_only=True, tag="energy_estimate", rename={"from_": "from"}):
    """What a rig says of itself that it drew, watts times hours: told beside meters and bills, and in no figure."""

    rig: str
    kwh: Number
    from_: Moment
    to: Moment
    hours: Number | None = None
    """How long of that time it was seen to run."""
    meter: str | None = None
    """The meter behind which it hangs, against which it is held."""


class Sharing(
    EventBase, frozen=True, kw_only=True, tag="sharing", rename={"from_": "from", "as_": "as", "for_": "for"}
):
    """Whose a part of a shared farm is: of what comes into a wallet or from a pool, or of the bills of a word."""

    party: str
    """Who has the part: the host, the referrer, the neighbour."""
    share: Share
    """Their part of the whole, of 1."""
    as_: SharedAs
    from_: date
    to: date | None = None
    """The first day it no longer holds."""
    wallet: str | None = None
    pool: str | None = None
    category: str | None = None
    """The word of the bills that are shared; left out where it is of what is mined."""
    for_: str = "hosting"
    """What a contract pays them for: the word of the expense."""
    withheld: Withheld = "no"
    """Whether whoever pays keeps their part back, so that only the rest arrives."""

    def __post_init__(self) -> None:
        places = [name for name in (self.wallet, self.pool, self.category) if name is not None]
        if len(places) != 1:
            raise self.refuse("a sharing is of one wallet, of one pool, or of the bills of one category")
        if Decimal(self.share) in (0, 1):
            raise self.refuse("a part is more than 0 and less than 1: what is all another's is not recorded here")
        if self.to is not None and self.to <= self.from_:
            raise self.refuse("a sharing begins before it ends")
        if self.category is not None and (self.withheld == "yes" or self.as_ != "owner"):
            raise self.refuse(
                "bills are shared `as` owner, each with a part of the cost, and nobody withholds any of it"
            )


class Equipment(EventBase, frozen=True, kw_only=True, tag="equipment", rename={"recovery_class": "class"}):
    """A thing depreciated: deducted from the year it is *placed in service* (26 U.S.C. 167, 168, 179)."""

    equipment: str
    cost_usd_micros: Usd
    """What all of them cost."""
    acquired: date
    """The day of the written binding contract (26 U.S.C. 168(k); Notice 2026-11)."""
    placed_in_service: date
    recovery_class: Literal["3", "5", "7", "15", "39", "software", "qip"] = "5"
    business_share: Share = "1"
    section_179_usd_micros: Usd = 0
    bonus: str = "auto"
    quantity: int | None = None
    """How many things alike the invoice is for; left out: one."""
    owner: Owner | None = None
    """Whose it is on a joint return; left out: the taxpayer's."""

    def __post_init__(self) -> None:
        if self.pieces < 1:
            raise self.refuse("an equipment is of one thing or more")

    @property
    def pieces(self) -> int:
        """How many things alike it is."""
        return 1 if self.quantity is None else self.quantity


class EquipmentUse(EventBase, frozen=True, kw_only=True, tag="equipment_use"):
    """The business share of a rig from a year on, where it changed (26 U.S.C. 179(d)(10); Treas. Reg. 1.168(i)-4)."""

    equipment: str
    year: Year
    business_share: Share
    quantity: int | None = None
    """Of how many of them; left out: of all that bear the name."""

    def __post_init__(self) -> None:
        if self.quantity is not None and self.quantity < 1:
            raise self.refuse("a change of use is of one thing or more")


class EquipmentSale(EventBase, frozen=True, kw_only=True, tag="equipment_sale"):
    """A rig sold, traded in, abandoned or destroyed: gain up to what was deducted is ordinary (26 U.S.C. 1245)."""

    equipment: str
    proceeds_usd_micros: Usd
    fee_usd_micros: Usd = 0
    how: HowEquipmentLeft = "sold"
    quantity: int | None = None
    """How many of them left; left out: all that are left of it."""

    def __post_init__(self) -> None:
        if self.quantity is not None and self.quantity < 1:
            raise self.refuse("a sale of equipment is of one thing or more")

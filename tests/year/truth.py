"""What really happened in the year, in plain numbers: what is told of it by services, and what it comes to, are apart.

Nothing of Lotwork is asked for any of it. Coins are whole numbers of the smallest unit, dollars exact decimals.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

HERE = ZoneInfo("America/Chicago")
DECIMALS = {"BTC": 8, "NMC": 8, "ETC": 18}
CENT = Decimal("0.01")
MICRO = Decimal("0.000001")
_FIRST_PRICES = {"BTC": Decimal(88_000), "NMC": Decimal("1.10"), "ETC": Decimal(19)}


def local(month: int, day: int, hour: int = 12, minute: int = 0, *, year: int = 2026) -> datetime:
    """Return an instant by the miner's clock."""
    return datetime(year, month, day, hour, minute, tzinfo=HERE).astimezone(UTC)


def seconds(at: datetime) -> int:
    """Return the seconds since 1970."""
    return int(at.timestamp())


def price(asset: str, at: datetime) -> Decimal:
    """Return what a coin cost in the minute that contains *at*: up until summer, down until winter."""
    minute = seconds(at) // 60
    days = (at - datetime(2026, 1, 1, tzinfo=UTC)).days
    slope = 1000 + 2 * min(days, 360 - days) + minute % 41
    cent = CENT if asset == "BTC" else CENT / 100
    return (_FIRST_PRICES[asset] * slope / 1000 + minute % 7 * cent).quantize(cent)


def day_price(asset: str, day: date) -> Decimal:
    """Return what a coin without a market cost by the miner's own list, one price a day of UTC."""
    return price(asset, datetime(day.year, day.month, day.day, tzinfo=UTC))


@dataclass(frozen=True, kw_only=True)
class Came:
    """Coins of the trade that came under the miner's control."""

    pool: str
    at: datetime
    asset: str
    units: int
    wallet: str

    @property
    def value(self) -> Decimal:
        """What they were worth then."""
        each = day_price(self.asset, self.at.date()) if self.asset == "NMC" else price(self.asset, self.at)
        return Decimal(self.units).scaleb(-DECIMALS[self.asset]) * each


@dataclass(frozen=True, kw_only=True)
class Moved:
    """Coins between the miner's own wallets; the fee is beside what arrives, and both leave at that instant."""

    at: datetime
    giver: str
    taker: str
    units: int
    fee: int
    asset: str = "BTC"


@dataclass(frozen=True, kw_only=True)
class Bought:
    """Bitcoin for dollars."""

    at: datetime
    wallet: str
    units: int
    usd: Decimal
    fee: Decimal


@dataclass(frozen=True, kw_only=True)
class Sold:
    """Bitcoin for dollars; the fee is a part of them."""

    at: datetime
    wallet: str
    units: int
    usd: Decimal
    fee: Decimal


@dataclass(frozen=True, kw_only=True)
class Bill:
    """Dollars that the bank paid; `line` is that of Schedule C, or nothing."""

    at: datetime
    words: str
    line: str
    usd: Decimal


@dataclass(frozen=True, kw_only=True)
class Used:
    """Power that went through the meter of the shed, or of the barn."""

    begin: datetime
    end: datetime
    kwh: Decimal
    place: str = "shed"


@dataclass(frozen=True, kw_only=True)
class Rig:
    """A thing of five years, all of it business."""

    name: str
    usd: Decimal
    contract: date
    service: date
    sold: date | None = None
    brought: Decimal = Decimal(0)


@dataclass(kw_only=True)
class Truth:
    """Everything of the year that a return is made of."""

    credited: list[Came] = field(default_factory=list)
    """What pools credited, into the wallet that each keeps for the miner."""
    came: list[Came] = field(default_factory=list)
    """What came out of pools, and of blocks."""
    moved: list[Moved] = field(default_factory=list)
    bought: list[Bought] = field(default_factory=list)
    sold: list[Sold] = field(default_factory=list)
    sending_fees: dict[datetime, int] = field(default_factory=dict)
    """What pools took beside a payout, by its instant."""
    bills: list[Bill] = field(default_factory=list)
    used: list[Used] = field(default_factory=list)
    rigs: list[Rig] = field(default_factory=list)
    night: Decimal = Decimal("0.08")
    day: Decimal = Decimal("0.145")
    wages: Decimal = Decimal(52_000)
    on_credit: bool = False
    """Whether the miner counts a pool's coins as income when they are credited, and not when they are paid."""


def is_night(at: datetime) -> bool:
    """Return whether *at* is in the cheap hours, from 22:00 until 06:00 by the miner's clock."""
    hour = at.astimezone(HERE).hour
    return hour >= 22 or hour < 6


def midnight(month: int, day: int) -> datetime:
    """Return the first instant of a local day."""
    return local(month, day, 0)

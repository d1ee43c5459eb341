"""What the year comes to, reckoned from the truth with the law beside it; nothing of Lotwork is asked.

Plain arithmetic over whole coins: each lot a line in a list of its wallet, oldest first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from tests.year.truth import DECIMALS, HERE, Bought, Came, Moved, Sold, Truth, is_night, price

YEAR = 2026
BTC = "BTC"
SS_BASE = Decimal(184_500)
"""Contribution and benefit base of 2026 (42 U.S.C. 430)."""


class Gain(NamedTuple):
    """Coins disposed of: what they brought and what they had cost."""

    sold: date
    acquired: date
    proceeds: Decimal
    basis: Decimal

    @property
    def is_long(self) -> bool:
        """Whether they were held for more than one year (26 U.S.C. 1222); none was acquired on a last of a month."""
        return self.sold > self.acquired.replace(year=self.acquired.year + 1)


@dataclass
class Lot:
    """Coins of one purchase or receipt; `unit` is what the smallest unit of them cost."""

    units: int
    unit: Decimal
    at: datetime


@dataclass
class Wallets:
    """Lots by wallet and coin, first in first out: Treas. Reg. 1.1012-1(j)(3)(i), each wallet for itself from 2025."""

    lots: defaultdict[tuple[str, str], list[Lot]] = field(default_factory=lambda: defaultdict(list))
    gains: list[Gain] = field(default_factory=list)

    def take(self, wallet: str, units: int, asset: str = BTC) -> Iterator[Lot]:
        """Take coins out of a wallet, the oldest first."""
        held = self.lots[wallet, asset]
        held.sort(key=lambda lot: lot.at)
        while units:
            assert held, f"{wallet} holds {units} too few"
            taken = min(units, held[0].units)
            yield Lot(taken, held[0].unit, held[0].at)
            held[0].units -= taken
            units -= taken
            if not held[0].units:
                held.pop(0)

    def dispose(self, wallet: str, units: int, proceeds: Decimal, day: date) -> None:
        """Let coins go for *proceeds*, shared over the lots by their coins."""
        for lot in self.take(wallet, units):
            self.gains.append(Gain(day, day_of(lot.at), proceeds * lot.units / units, lot.unit * lot.units))


class Return(NamedTuple):
    """What the year comes to."""

    income: dict[tuple[str, int], Decimal]
    """By pool and month; without a pool what a block brought that the miner found."""
    held: dict[tuple[str, str], int]
    """Smallest units by wallet and coin, on the day of the return."""
    figures: dict[str, Decimal]
    """By the words that the program's answers have for them."""


def day_of(at: datetime) -> date:
    """Return the miner's day, which is the taxpayer's."""
    return at.astimezone(HERE).date()


def reckon(truth: Truth) -> Return:
    """Return what the year comes to."""
    wallets = Wallets()
    income: defaultdict[tuple[str, int], Decimal] = defaultdict(Decimal)
    happened: list[Came | Moved | Bought | Sold] = [*_came(truth), *truth.moved, *truth.bought, *truth.sold]
    for one in sorted(happened, key=lambda each: each.at):
        day = day_of(one.at)
        if isinstance(one, Came):
            if day.year == YEAR:  # 26 U.S.C. 61; Notice 2014-21, A-8: its value when it was received
                income[one.pool, day.month] += one.value
            wallets.lots[one.wallet, one.asset].append(Lot(one.units, one.value / one.units, one.at))
        elif isinstance(one, Bought):  # 26 U.S.C. 1012
            wallets.lots[one.wallet, BTC].append(Lot(one.units, (one.usd + one.fee) / one.units, one.at))
        elif isinstance(one, Sold):  # 26 U.S.C. 1001
            wallets.dispose(one.wallet, one.units, one.usd - one.fee, day)
        else:  # the fee is spent, when the coins leave; the rest only moves
            if one.fee:
                worth = Decimal(one.fee).scaleb(-DECIMALS[BTC]) * price(BTC, one.at)
                wallets.dispose(one.giver, one.fee, worth, day)
            wallets.lots[one.taker, one.asset] += [*wallets.take(one.giver, one.units, one.asset)]
    held = {place: units for place, lots in wallets.lots.items() if (units := sum(lot.units for lot in lots))}
    gains = [gain for gain in wallets.gains if gain.sold.year == YEAR]
    return Return(dict(income), held, figures_of(truth, sum(income.values(), Decimal()), gains))


def _came(truth: Truth) -> Iterator[Came | Moved]:
    """Yield what is income, by the miner's policy: as pools credit it, which their payouts then only move, or as paid.

    Who has a say over what a pool owes has it when it is credited: 26 U.S.C. 451; Treas. Reg. 1.451-2.
    """
    if not truth.on_credit:
        yield from truth.came
        return
    yield from truth.credited
    pools = {one.pool for one in truth.credited}
    for one in truth.came:
        if one.pool not in pools:
            yield one
            continue
        fee = truth.sending_fees.get(one.at, 0)
        yield Moved(at=one.at, giver=one.pool, taker=one.wallet, units=one.units, fee=fee, asset=one.asset)


def figures_of(truth: Truth, gross: Decimal, gains: list[Gain]) -> dict[str, Decimal]:
    """Return the lines of the return, from the *gross* receipts of the business and the *gains* of the year."""
    spent = sum(
        (bill.usd / (2 if bill.line == "internet" else 1) for bill in truth.bills if bill.line), Decimal()
    )  # half of the line at home is private: 26 U.S.C. 162, 262
    for used in truth.used:  # deducted when paid for, 26 U.S.C. 461(a): all within the year
        spent += used.kwh * (truth.night if is_night(used.begin) else truth.day)
    depreciation = sum((depreciated(rig.contract, rig.service, rig.usd) for rig in truth.rigs), Decimal())
    net = gross - spent - depreciation
    recapture = sum((rig.brought for rig in truth.rigs if rig.sold), Decimal())  # all was deducted: 1245(a)(1)
    earnings = net * Decimal("0.9235")  # 1402(a)(12)
    pension = min(earnings, max(SS_BASE - truth.wages, Decimal())) * Decimal("0.124")  # 1401(a), 1402(b)(1)
    se_tax = pension + earnings * Decimal("0.029")  # 1401(b)(1)
    figures = {
        "gross_receipts_usd": gross,
        "expenses_usd": spent,
        "depreciation_usd": depreciation,
        "schedule_c_net_usd": net,
        "se_tax": se_tax,
        "half_se_deduction": se_tax / 2,
    }
    for term, is_long in (("short", False), ("long", True)):
        figures[f"{term} proceeds"] = sum((gain.proceeds for gain in gains if gain.is_long == is_long), Decimal())
        figures[f"{term} basis"] = sum((gain.basis for gain in gains if gain.is_long == is_long), Decimal())
    capital = sum((gain.proceeds - gain.basis for gain in gains), Decimal())
    figures["agi"] = truth.wages + net + recapture + max(capital, Decimal(-3000)) - se_tax / 2  # 62, 164(f), 1211(b)
    return figures


def depreciated(contract: date, service: date, cost: Decimal) -> Decimal:
    """Return what 2026 deducts of a thing of five years, half a year in the first: 26 U.S.C. 168(b), (d), (k)."""
    if service.year != YEAR:
        return Decimal()  # those of 2025 were deducted whole then
    bonus = Decimal(1) if contract > date(2025, 1, 19) else Decimal("0.20")  # 168(k)(6)(A)(v); P.L. 119-21 s. 70301
    return cost * bonus + cost * (1 - bonus) * Decimal("0.20")

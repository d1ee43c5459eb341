"""Capital gains and losses: netting, the 3,000 limit and the carryover by character (26 U.S.C. 1211, 1212, 1222)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

import msgspec

from lotwork.ledger.events import FilingStatus
from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law

FORM = "Schedule D"
WORKSHEET = "Capital Loss Carryover Worksheet"
LINE_OF_BOX = {
    "A": "1b", "B": "2", "C": "3", "D": "8b", "E": "9", "F": "10",
    "G": "1b", "H": "2", "I": "3", "J": "8b", "K": "9", "L": "10",
}  # fmt: skip
"""Where the totals of a box of Form 8949 go; digital assets have G to L from 2025 on."""
SHORT_LINES = ("1b", "2", "3")
LONG_LINES = ("8b", "9", "10")


class BoxTotal(NamedTuple):
    """The totals of one box of Form 8949."""

    box: str
    proceeds: Decimal
    basis: Decimal
    adjustment: Decimal = ZERO
    """Column (g): positive where a loss is disallowed."""

    @property
    def gain(self) -> Decimal:
        """Column (h)."""
        return self.proceeds - self.basis + self.adjustment


class Traded(msgspec.Struct, frozen=True, kw_only=True):
    """What Schedule D starts from: the year's nets and the losses carried in, each (short, long)."""

    nets: tuple[Decimal, Decimal]
    carried: tuple[Decimal, Decimal]
    boxes: Sequence[BoxTotal] = ()
    business: Line | None = None
    """Form 4797's long-term gain."""
    unrecaptured_1250: Line | None = None


class CapitalGains(msgspec.Struct, frozen=True):
    """Schedule D: the two sides, their sum, and what of it reaches the return."""

    parts: tuple[Line, ...]
    short: Line
    long: Line
    total: Line
    taken: Line
    net_capital_gain: Line
    unrecaptured: Line
    """Line 19: taxed at 25 percent at most."""

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the form's order."""
        short = [each for each in self.parts if each.line in ("1a", *SHORT_LINES, "6")]
        long = [each for each in self.parts if each not in short]
        taken = () if self.taken is self.total else (self.taken,)
        return (*short, self.short, *long, self.long, self.total, self.net_capital_gain, self.unrecaptured, *taken)


class Carryover(msgspec.Struct, frozen=True):
    """The losses that go into the next year, each keeping its character; positive amounts."""

    used: Line
    short: Line
    long: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the worksheet's order."""
        return (self.used, self.short, self.long)


def _parts(traded: Traded, *, long: bool) -> tuple[Line, ...]:
    """Lines 1a to 6, or 8a to 14: sales by box, what the ledger does not hold, business property, losses carried in."""
    numbers = LONG_LINES if long else SHORT_LINES
    parts, net = [], traded.nets[long]
    for number in numbers:
        boxes = [each for each in traded.boxes if LINE_OF_BOX[each.box] == number]
        if boxes:
            names = " and ".join(each.box for each in boxes)
            gain = sum((each.gain for each in boxes), ZERO)
            where, label = (FORM, number), f"Form 8949, box {names}"
            parts.append(line(where, label, gain, cites=("26 U.S.C. 1001, 1222",), inputs=("Form 8949",)))
    outside = net - sum((each.amount for each in parts), ZERO)
    where = (FORM, "8a" if long else "1a")
    parts.insert(0, line(where, "Sales told as a sum", outside, cites=("26 U.S.C. 1001, 1222",)))
    if long and traded.business is not None:
        label = "Gain of business property"
        parts.append(
            line((FORM, "11"), label, traded.business.amount, cites=traded.business.cites, inputs=(traded.business,))
        )
    where, label = (FORM, "14" if long else "6"), f"{'Long' if long else 'Short'}-term loss carried in"
    parts.append(line(where, label, -traded.carried[long], cites=("26 U.S.C. 1212(b)(1)",)))
    return tuple(each for each in parts if each.amount or each.line in numbers)


def _side(number: str, label: str, parts: tuple[Line, ...]) -> Line:
    """Lines 7 and 15: a side's gains and losses less the loss of its character carried in (26 U.S.C. 1212(b)(1))."""
    cites = ("26 U.S.C. 1222", "26 U.S.C. 1212(b)(1)")
    amount = sum((each.amount for each in parts), ZERO)
    return line((FORM, number), label, amount, cites=cites, inputs=("Form 8949", *parts))


def allowed(total: Line, status: FilingStatus, law: Law, year: int) -> Line:
    """Line 21, or 16 for a gain: a net loss counts up to 3,000, or 1,500 on a separate return (26 U.S.C. 1211(b))."""
    if total.amount >= 0:
        return total
    limit = law.in_year("us/capital/loss_limit", year)
    amount = max(total.amount, -limit.by_status(status))
    return line((FORM, "21"), "Capital loss allowed", amount, inputs=(total,), figures=(limit,))


def net_capital_gain(long: Line, total: Line) -> Line:
    """Return the excess of net long-term gain over net short-term loss (26 U.S.C. 1222(11)); never negative."""
    amount = max(ZERO, min(long.amount, total.amount))
    cites = ("26 U.S.C. 1222(11)",)
    return line((FORM, "15-16"), "Net capital gain", amount, cites=cites, inputs=(long, total))


def _unrecaptured(traded: Traded, short: Line, gain: Line) -> Line:
    """Line 19: what a building's sale gives back, less the capital losses (26 U.S.C. 1(h)(6); worksheet line 18)."""
    source = traded.unrecaptured_1250
    lost = max(ZERO, -short.amount) + traded.carried[True]
    amount = ZERO if source is None else min(max(ZERO, source.amount - lost), gain.amount)
    inputs = (gain,) if source is None else (source, short, gain)
    return line((FORM, "19"), "Unrecaptured section 1250 gain", amount, cites=("26 U.S.C. 1(h)(6)",), inputs=inputs)


def schedule_d(traded: Traded, status: FilingStatus, law: Law, year: int) -> CapitalGains:
    """Schedule D from what was *traded* and carried in."""
    short_parts, long_parts = _parts(traded, long=False), _parts(traded, long=True)
    short = _side("7", "Net short-term capital gain or loss", short_parts)
    long = _side("15", "Net long-term capital gain or loss", long_parts)
    total = line(
        (FORM, "16"),
        "Capital gain or loss of the year",
        short.amount + long.amount,
        cites=("26 U.S.C. 1222",),
        inputs=(short, long),
    )
    gain = net_capital_gain(long, total)
    taken, building = allowed(total, status, law, year), _unrecaptured(traded, short, gain)
    return CapitalGains((*short_parts, *long_parts), short, long, total, taken, gain, building)


def carryover(gains: CapitalGains, income_less_deductions: Decimal) -> Carryover:
    """Return the losses carried into the next year (26 U.S.C. 1212(b)(1)-(2); Schedule D instructions).

    *income_less_deductions* is taxable income before its floor of 0, the capital loss already in it. Where it would be
    negative even without the loss, less than the 3,000 counts as used; what is used absorbs short-term loss first.
    """
    cites = ("26 U.S.C. 1212(b)(2)",)
    loss = max(ZERO, -gains.taken.amount)
    used = line(
        (WORKSHEET, "4"),
        "Capital loss used up this year",
        min(loss, max(ZERO, income_less_deductions + loss)),
        cites=cites,
        inputs=(gains.taken,),
    )
    if gains.total.amount >= 0:
        short = long = ZERO
    else:
        short_loss, long_loss = max(ZERO, -gains.short.amount), max(ZERO, -gains.long.amount)
        short = max(ZERO, short_loss - used.amount - max(ZERO, gains.long.amount))
        left = max(ZERO, used.amount - short_loss)
        long = max(ZERO, long_loss - left - max(ZERO, gains.short.amount))
    inputs = (gains.short, gains.long, used)
    return Carryover(
        used,
        line((WORKSHEET, "8"), "Short-term loss carried forward", short, cites=cites, inputs=inputs),
        line((WORKSHEET, "13"), "Long-term loss carried forward", long, cites=cites, inputs=inputs),
    )

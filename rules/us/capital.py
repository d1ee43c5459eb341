"""Capital gains and losses: netting, the 3,000 limit and the carryover by character (26 U.S.C. 1211, 1212, 1222)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rules.figures import FilingStatus
from rules.line import Line, line
from rules.load import Law

FORM = "Schedule D"
WORKSHEET = "Capital Loss Carryover Worksheet"
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class CapitalGains:
    """Schedule D: the two sides, their sum, and what of it reaches the return."""

    short: Line
    long: Line
    total: Line
    taken: Line
    net_capital_gain: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the form's order."""
        return (self.short, self.long, self.total, self.taken, self.net_capital_gain)


@dataclass(frozen=True, slots=True)
class Carryover:
    """The losses that go into the next year, each keeping its character; positive amounts."""

    used: Line
    short: Line
    long: Line

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the worksheet's order."""
        return (self.used, self.short, self.long)


def side(number: str, label: str, net: Decimal, carried: Decimal) -> Line:
    """Lines 7 and 15: a side's gains and losses less the loss of its character carried in (26 U.S.C. 1212(b)(1))."""
    cites = ("26 U.S.C. 1222", "26 U.S.C. 1212(b)(1)")
    return line((FORM, number), label, net - carried, cites=cites, inputs=("Form 8949",))


def allowed(total: Line, status: FilingStatus, law: Law, year: int) -> Line:
    """Line 21, or 16 for a gain: a net loss counts up to 3,000, or 1,500 on a separate return (26 U.S.C. 1211(b))."""
    if total.amount >= 0:
        return line((FORM, "16"), "Capital gain", total.amount, cites=("26 U.S.C. 61(a)(3)",), inputs=(total,))
    limit = law.in_year("us/capital/loss_limit", year)
    amount = max(total.amount, -limit.by_status(status))
    return line((FORM, "21"), "Capital loss allowed", amount, inputs=(total,), figures=(limit,))


def net_capital_gain(long: Line, total: Line) -> Line:
    """Return the excess of net long-term gain over net short-term loss (26 U.S.C. 1222(11)); never negative."""
    amount = max(ZERO, min(long.amount, total.amount))
    cites = ("26 U.S.C. 1222(11)",)
    return line((FORM, "15-16"), "Net capital gain", amount, cites=cites, inputs=(long, total))


def schedule_d(
    nets: tuple[Decimal, Decimal], carried: tuple[Decimal, Decimal], status: FilingStatus, law: Law, year: int
) -> CapitalGains:
    """Schedule D from the *nets* of the year and the losses *carried* in, each (short, long)."""
    short = side("7", "Net short-term capital gain or loss", nets[0], carried[0])
    long = side("15", "Net long-term capital gain or loss", nets[1], carried[1])
    total = line(
        (FORM, "16"),
        "Capital gain or loss of the year",
        short.amount + long.amount,
        cites=("26 U.S.C. 1222",),
        inputs=(short, long),
    )
    return CapitalGains(short, long, total, allowed(total, status, law, year), net_capital_gain(long, total))


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

"""Retirement plans and health insurance of the self-employed: what may be deducted (26 U.S.C. 404, 415, 162(l)).

A plan's limit is part of the earned income that is left after the contribution itself: 25 percent of that is 20 percent
of what was there before (Pub. 560, Deduction Worksheet for Self-Employed). Neither deduction lowers the self-employment
tax. The premium tax credit, whose circle with the health insurance deduction Rev. Proc. 2014-41 unrolls, is not here.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.figures import Figure
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.two_businesses import ref_of_spouse, spouses

OF_EARNED = ("Schedule C line 31", "Schedule SE line 13")
"""What earned income is made of."""
WORKSHEET = "Pub. 560 Deduction Worksheet"
FORM_7206 = "Form 7206"
TWO = Decimal(2)
CATCH_UP_FROM = 50
LARGER_CATCH_UP = range(60, 64)
"""The ages of the larger catch-up (26 U.S.C. 414(v)(2)(E)); from 2025."""
LARGER_CATCH_UP_FROM = 2025
Plan: TypeAlias = Literal["sep", "solo_401k"]
PLANS: tuple[Plan, ...] = ("sep", "solo_401k")


class Saver(NamedTuple):
    """What a miner put into a plan, and what decides how much of it may be deducted."""

    contributed: Decimal = ZERO
    plan: Plan | None = None
    """None: nobody said, and the widest plan of someone of 50 sets the limit."""
    age: int | None = None
    elsewhere_deferred: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Retirement:
    """Schedule 1 line 16 with the worksheet behind it, and what was put in beyond the limit."""

    deduction: Line
    excess: Decimal
    worksheet: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """The worksheet's lines before the line they feed."""
        return (*self.worksheet, self.deduction)


def earned_income(profit: Decimal, half: Line) -> Decimal:
    """Return net profit less half the self-employment tax, not below 0 (26 U.S.C. 401(c)(2))."""
    return max(ZERO, profit - half.amount)


def catch_up(age: int, law: Law, year: int) -> Figure | None:
    """Return the catch-up of someone who is *age* at the end of *year*, if there is one (26 U.S.C. 414(v))."""
    if age < CATCH_UP_FROM:
        return None
    larger = year >= LARGER_CATCH_UP_FROM and age in LARGER_CATCH_UP
    return law.in_year("us/retirement/catch_up_60_63" if larger else "us/retirement/catch_up_50", year)


def deferral_room(saver: Saver, law: Law, year: int) -> tuple[Line, Line]:
    """Return steps 9 and 17: what may still be deferred, first within the limit of 402(g), then as a catch-up.

    The limits are the person's: what another employer's plan took has used them up (26 U.S.C. 402(g)(1), 414(v)).
    """
    limit = law.in_year("us/retirement/elective_deferral", year)
    age = CATCH_UP_FROM if saver.plan is None and saver.age is None else saver.age or 0
    more = catch_up(age, law, year)
    used = saver.elsewhere_deferred
    room = max(ZERO, limit.amount() - used)
    extra = ZERO if more is None else max(ZERO, more.amount() - max(ZERO, used - limit.amount()))
    figures = (limit,) if more is None else (limit, more)
    deferral = line((WORKSHEET, "9"), "Room for deferrals", room, figures=(limit,))
    cites = ("26 U.S.C. 414(v)",)
    return deferral, line((WORKSHEET, "17"), "Room for catch-up deferrals", extra, cites=cites, figures=figures)


def _employer(earned: Line, law: Law, year: int) -> Line:
    """Step 7: 20 percent of earned income, at most 25 percent of the compensation that counts."""
    rate = law.in_year("us/retirement/sep_rate_effective_self_employed", year)
    plan_rate = law.in_year("us/retirement/sep_rate_of_compensation", year)
    cap = law.in_year("us/retirement/compensation_cap_401a17", year)
    amount = min(earned.amount * rate.amount(), cap.amount() * plan_rate.amount())
    figures = (rate, plan_rate, cap)
    return line((WORKSHEET, "7"), "25 percent of compensation", amount, inputs=(earned,), figures=figures)


def _earned_line(earned: Decimal) -> Line:
    return line((WORKSHEET, "3"), "Earned income", earned, cites=("26 U.S.C. 401(c)(2)",), inputs=OF_EARNED)


def sep_maximum(earned: Decimal, law: Law, year: int) -> tuple[Line, ...]:
    """Return the most a SEP may be given, last, and the steps before it (26 U.S.C. 404(h)(1)(C), 402(h)(2))."""
    start = _earned_line(earned)
    employer = _employer(start, law, year)
    most = law.in_year("us/retirement/sep_max", year)
    limit = line((WORKSHEET, "8"), "Contribution dollar limit", most.amount(), figures=(most,))
    amount = min(employer.amount, limit.amount)
    cites = ("26 U.S.C. 404(h)(1)(C)",)
    end = line((WORKSHEET, "21"), "Most a SEP may be given", amount, cites=cites, inputs=(employer, limit))
    return start, employer, limit, end


def solo_401k_maximum(earned: Decimal, saver: Saver, law: Law, year: int) -> tuple[Line, ...]:
    """Return the most a solo 401(k) may be given, last, and the steps before it.

    As much as possible is deferred. Both parts together may not pass what is left as compensation (415(c)(1)(B)): the
    employer's part is at most half of what the deferral leaves of earned income (step 12).
    """
    start = _earned_line(earned)
    employer, (room, extra) = _employer(start, law, year), deferral_room(saver, law, year)
    most = law.in_year("us/retirement/annual_additions_415c", year)
    deferred = min(room.amount, earned, most.amount())
    left = line((WORKSHEET, "10"), "Dollar limit less deferrals", most.amount() - deferred, inputs=(room,),
                figures=(most,))  # fmt: skip
    cites = ("26 U.S.C. 415(c)(1)(B)",)
    half = line((WORKSHEET, "12"), "Half of what deferrals leave", (earned - deferred) / TWO, cites=cites,
                inputs=(start, room))  # fmt: skip
    thirteen = line(
        (WORKSHEET, "13"),
        "Employer contribution",
        min(employer.amount, left.amount, half.amount),
        cites=("26 U.S.C. 404(a)(3), 404(a)(8)",),
        inputs=(employer, left, half),
    )
    still = earned - thirteen.amount - deferred
    caught = line((WORKSHEET, "18"), "Catch-up deferral", min(extra.amount, still), cites=("26 U.S.C. 414(v)",),
                  inputs=(extra, thirteen))  # fmt: skip
    end = line(
        (WORKSHEET, "21"),
        "Most a solo 401(k) may be given",
        thirteen.amount + deferred + caught.amount,
        cites=("26 U.S.C. 404(a)(3), 404(n)",),
        inputs=(thirteen, room, caught),
    )
    return start, employer, room, left, half, thirteen, extra, caught, end


def retirement_deduction(saver: Saver, earned: Decimal, law: Law, year: int) -> Retirement:
    """Schedule 1 line 16: what was contributed, at most what the plan allows, or the widest plan where none is told."""
    where, label = ("Schedule 1", "16"), "Self-employed retirement plans"
    cites = ("26 U.S.C. 404(a)(8)",)
    if saver.contributed == 0:
        return Retirement(line(where, label, ZERO, cites=cites), ZERO)
    steps = sep_maximum(earned, law, year) if saver.plan == "sep" else solo_401k_maximum(earned, saver, law, year)
    amount = min(saver.contributed, steps[-1].amount)
    deduction = line(where, label, amount, cites=cites, inputs=(steps[-1],))
    return Retirement(deduction, saver.contributed - amount, steps)


def of_the_spouse(retirement: Retirement, health: tuple[Line, ...]) -> tuple[Retirement, tuple[Line, ...]]:
    """Return both deductions of a spouse's business on forms of its own: Schedule 1 has one line for both spouses."""
    end = msgspec.structs.replace(
        retirement.deduction, form=WORKSHEET, line="deducted", label="Deducted of what was put in"
    )
    *steps, deducted = spouses((*retirement.worksheet, end))
    told = spouses(health[:-1])
    if told:
        left = msgspec.structs.replace(told[1], inputs=(*map(ref_of_spouse, OF_EARNED), deducted.ref))
        told = (told[0], left, *told[2:])
    return Retirement(deducted, retirement.excess, tuple(steps)), told


def health_insurance_deduction(paid: Decimal, earned: Decimal, retirement: Line) -> tuple[Line, ...]:
    """Schedule 1 line 17, last, after Form 7206: premiums, at most what is left of earned income (162(l)(2)(A))."""
    cites = ("26 U.S.C. 162(l)(2)(A)",)
    inputs = (*OF_EARNED, retirement)
    left = line(
        (FORM_7206, "10"),
        "Earned income less the retirement deduction",
        max(ZERO, earned - retirement.amount),
        cites=cites,
        inputs=inputs,
    )
    premiums = line((FORM_7206, "3"), "Premiums paid", paid, cites=("26 U.S.C. 162(l)(1)",))
    fourteen = line((FORM_7206, "14"), "Health insurance deduction", min(paid, left.amount), cites=cites,
                    inputs=(premiums, left))  # fmt: skip
    where, label = ("Schedule 1", "17"), "Self-employed health insurance"
    inputs_of_it = (fourteen,) if paid else ()
    deduction = line(where, label, fourteen.amount, cites=("26 U.S.C. 162(l)",), inputs=inputs_of_it)
    return (premiums, left, fourteen, deduction) if paid else (deduction,)

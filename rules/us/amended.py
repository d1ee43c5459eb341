"""Amending a return: until when a refund is claimed and tax assessed, how much comes back, and what an error costs.

Law: 26 U.S.C. 6501, 6511, 6513, 6662. An act whose last day is a Saturday, Sunday or legal holiday is in time on the
next that is none (7503); that moves no day an act was done on (Rev. Rul. 81-269, 2003-41).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import msgspec

from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line
from lotwork.rules.load import Law
from lotwork.rules.us.calendar import add_months, add_years
from lotwork.rules.us.estimated import next_business_day
from lotwork.rules.us.late_payment import PaidOn

FORM = "Amended return"


class Deadline(msgspec.Struct, frozen=True):
    """The last day an act is in time, and the law that says so."""

    day: date
    cites: tuple[str, ...]


class RefundClaim(msgspec.Struct, frozen=True, kw_only=True):
    """A claim filed on a day: the last day for one, and the most it can bring back."""

    last_day: Deadline
    in_time: bool
    limit: Line
    """The tax paid within the look-back period (6511(b)(2))."""
    look_back_from: date
    as_much_through: date
    """The last day on which a claim brings back as much: from the next on a payment is before its look-back period."""


def due_day(year: int) -> date:
    """Return the day the statute sets for a calendar year's return and its tax: April 15 (26 U.S.C. 6072(a), 6151)."""
    return date(year + 1, 4, 15)


def deemed_filed(filed_on: date, year: int) -> date:
    """Return the day a return counts as filed: one filed early, on April 15 (26 U.S.C. 6501(b)(1), 6513(a))."""
    return max(filed_on, due_day(year))


def deemed_paid(paid: PaidOn, year: int) -> PaidOn:
    """Return a payment as made on April 15 where it was made before (26 U.S.C. 6513(a)-(b))."""
    return PaidOn(max(paid.day, due_day(year)), paid.amount)


def refund_claim(
    year: int, filed_on: date, payments: Iterable[PaidOn], claimed_on: date, law: Law, *, extended: bool = False
) -> RefundClaim:
    """Return what a claim filed on *claimed_on* can bring back; *extended*: the time to file was (6081).

    "Within 3 years from the time the return was filed or 2 years from the time the tax was paid, whichever of such
    periods expires the later": the last day itself is in time (26 U.S.C. 6511(a)).
    """
    filing = law.in_year("us/amended/refund_years_from_filing", year)
    payment = law.in_year("us/amended/refund_years_from_payment", year)
    made = [deemed_paid(each, year) for each in payments]
    nominal = add_years(deemed_filed(filed_on, year), int(filing.amount()))
    by_filing = next_business_day(nominal)
    latest = max((each.day for each in made), default=due_day(year))
    by_payment = next_business_day(add_years(latest, int(payment.amount())))
    last = max(by_filing, by_payment)
    cites = ("26 U.S.C. 6511(a)", "26 U.S.C. 6513(a)-(b)", "26 U.S.C. 7503", "Rev. Rul. 2003-41")
    months = int(law.in_year("us/amended/extension_months", year).amount()) if extended else 0

    def since(claimed: date) -> date:
        if claimed > by_filing:
            return add_years(claimed, -int(payment.amount()))
        reckoned = min(claimed, nominal)  # Rev. Rul. 66-118: a claim in time by 7503 counts as of its last day
        first = add_months(add_years(reckoned, -int(filing.amount())), -months)
        if due_day(year) < first <= next_business_day(due_day(year)) and filed_on == next_business_day(due_day(year)):
            return due_day(year)  # Rev. Rul. 2003-41: the return of a shifted day does not lose what was withheld
        return first

    def within(claimed: date) -> Decimal:
        return sum((each.amount for each in made if each.day >= since(claimed)), ZERO)

    rule = "26 U.S.C. 6511(b)(2)(A)" if claimed_on <= by_filing else "26 U.S.C. 6511(b)(2)(B)"
    most = within(claimed_on)
    limit = line((FORM, "refund limit"), "The most a claim brings back", most, cites=(rule,), figures=(filing, payment))
    later = range(claimed_on.toordinal() + 1, last.toordinal() + 1)  # the later the claim, the less it reaches
    as_much = bisect_left(later, True, key=lambda day: within(date.fromordinal(day)) < most)
    return RefundClaim(
        last_day=Deadline(last, cites),
        in_time=claimed_on <= last,
        limit=limit,
        look_back_from=since(claimed_on),
        as_much_through=date.fromordinal(claimed_on.toordinal() + as_much),
    )


def assessment_deadline(year: int, filed_on: date, stated: Decimal, omitted: Decimal, law: Law) -> Deadline:
    """Return the last day the IRS may assess: 3 years from filing, 6 where more than 25 percent was omitted.

    *stated* is the gross income the return states, *omitted* what it leaves out (26 U.S.C. 6501(a), (e)(1)(A)).
    """
    fraction = law.in_year("us/amended/omission_fraction", year)
    long = omitted > stated * fraction.amount()
    years = law.in_year(f"us/amended/{'assessment_years_omission' if long else 'assessment_years'}", year)
    last = next_business_day(add_years(deemed_filed(filed_on, year), int(years.amount())))
    cites = (years.citation, "26 U.S.C. 6501(b)(1)", "Rev. Rul. 81-269", *((fraction.citation,) if long else ()))
    return Deadline(last, cites)


def accuracy_penalty(required: Decimal, shown: Decimal, law: Law, year: int, *, claims_qbi: bool) -> Line:
    """Return 20 percent of a substantial understatement, 0 of any other (26 U.S.C. 6662(a), (b)(2), (d)).

    Substantial is what *exceeds* the greater of 10 percent of the tax required to be shown, 5 where the deduction for
    business income is claimed, and 5,000.
    """
    rate = law.in_year("us/amended/accuracy_rate", year)
    floor = law.in_year("us/amended/substantial_floor", year)
    fraction = law.in_year(f"us/amended/{'substantial_fraction_qbi' if claims_qbi else 'substantial_fraction'}", year)
    understated = max(ZERO, required - shown)
    substantial = understated > max(required * fraction.amount(), floor.amount())
    return line(
        (FORM, "accuracy"),
        "Addition for a substantial understatement, unless a qualified amended return comes first",
        understated * rate.amount() if substantial else ZERO,
        cites=("Treas. Reg. 1.6664-2(c)(2)-(3)",),
        figures=(rate, fraction, floor),
    )

"""One taxpayer's year: the amounts a federal return starts from, and how a case told in JSON becomes one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import cast

from lotwork.ledger.errors import Problem
from lotwork.ledger.events import JOINT, SEPARATE, FilingStatus
from lotwork.ledger.units import ZERO
from lotwork.rules.case import MOST, problem
from lotwork.rules.case import number as number_of
from lotwork.rules.errors import CaseRefusedError
from lotwork.rules.figures import STATUSES
from lotwork.rules.us.capital import BoxTotal
from lotwork.rules.us.form_4797 import BusinessSale
from lotwork.rules.us.retirement import PLANS, Plan

LABELS = frozenset({"id", "note", "expected", "agreeing"})
"""Keys that describe a case and never reach a figure, so that a line of a vectors file can be piped in as it is."""
COUNTS = ("aged", "blind", "age", "spouse_age")
PERSONS = ("aged", "blind")
SWITCHES = ("material_participation", "must_itemize")
ROWS = ("sales", "boxes")
"""What a ledger tells row by row, and a case in JSON only as sums."""
SUPPOSED = ("shareholder",)
"""What a plan supposes, and no case tells."""
SIGNED = (
    "schedule_c_net", "spouse_schedule_c_net", "short_term_net", "long_term_net", "other_ordinary_income",
    "amt_depreciation",
)  # fmt: skip
OF_A_SPOUSE = (
    "spouse_wages", "spouse_schedule_c_net", "spouse_ubia", "spouse_w2_wages", "spouse_retirement_contribution",
    "spouse_elsewhere_deferred", "spouse_health_insurance",
)  # fmt: skip
OLDEST = 130
"""No miner is older."""
MOST_PERSONS = 2
LAST_YEAR = 9998
"""The last year whose successor a date can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filer:
    """A taxpayer's year in dollars; wages and Schedule C are one person's, a spouse's the spouse's; no dependents."""

    year: int
    status: FilingStatus
    schedule_c_net: Decimal = ZERO
    spouse_schedule_c_net: Decimal = ZERO
    """Profit or loss of a business of the spouse's own, on a joint return."""
    wages: Decimal = ZERO
    spouse_wages: Decimal = ZERO
    """Wages of the spouse on a joint return: they use up the spouse's own social security base, none of the miner's."""
    short_term_net: Decimal = ZERO
    """Short-term gains less losses of the year, before any carryover."""
    long_term_net: Decimal = ZERO
    other_ordinary_income: Decimal = ZERO
    taxable_interest: Decimal = ZERO
    qualified_dividends: Decimal = ZERO
    ordinary_dividends: Decimal | None = None
    """All ordinary dividends, the qualified ones among them; left out: there are no others."""
    amt_depreciation: Decimal = ZERO
    """Depreciation of the regular tax less that of the minimum tax; negative once it turns round."""
    ubia: Decimal = ZERO
    """Original cost of rigs in service for less than ten years, even where fully expensed (199A(b)(6))."""
    spouse_ubia: Decimal = ZERO
    """The same of the rigs of the spouse's business."""
    business_w2_wages: Decimal = ZERO
    spouse_w2_wages: Decimal = ZERO
    """W-2 wages that the spouse's business paid."""
    hobby_income: Decimal = ZERO
    hobby_dollars: Decimal = ZERO
    """What a hobby received in dollars, and not in coins."""
    digital_income: Decimal = ZERO
    """Coins received outside any activity: by airdrop, or after a fork."""
    short_term_carryover: Decimal = ZERO
    """Short-term loss carried in, a positive amount."""
    long_term_carryover: Decimal = ZERO
    qbi_loss_carryover: Decimal = ZERO
    nol_carryover: Decimal = ZERO
    """Net operating losses of years after 2017 carried in, and excess business losses among them."""
    excess_loss_carryover: Decimal = ZERO
    """The part of `nol_carryover` that was an excess business loss: where deducted, it lowers business income."""
    amt_nol_carryover: Decimal | None = None
    """The same losses as the minimum tax counts them; left out: as they are."""
    section_1231_losses: Decimal = ZERO
    """Net section 1231 losses of the five years before that no gain has given back yet."""
    sales: tuple[BusinessSale, ...] = ()
    boxes: tuple[BoxTotal, ...] = ()
    """Form 8949's totals by box: parts of `short_term_net` and `long_term_net`, and never added to them."""
    retirement_contribution: Decimal = ZERO
    retirement_plan: Plan | None = None
    """Left out: the widest plan the law knows sets the limit."""
    elsewhere_deferred: Decimal = ZERO
    """Deferred under another employer's plan, which uses up the limit of the person (26 U.S.C. 402(g))."""
    age: int | None = None
    """The miner's age at the end of the year."""
    health_insurance: Decimal = ZERO
    spouse_retirement_contribution: Decimal = ZERO
    """Put into a plan of the spouse's business, within its earned income (26 U.S.C. 401(c)(2), 404(a)(8))."""
    spouse_retirement_plan: Plan | None = None
    spouse_elsewhere_deferred: Decimal = ZERO
    spouse_age: int | None = None
    spouse_health_insurance: Decimal = ZERO
    """Premiums of a plan under the spouse's business, within its earned income (26 U.S.C. 162(l)(2)(A))."""
    itemized_deductions: Decimal = ZERO
    """Schedule A before the limit of 26 U.S.C. 68; the greater of it and the standard deduction is taken."""
    itemized_taxes: Decimal = ZERO
    """Schedule A line 7, which the minimum tax adds back."""
    must_itemize: bool | None = None
    """Whether there is no standard deduction (26 U.S.C. 63(c)(6)); None: not told, and one is given."""
    aged: int = 0
    """How many of the taxpayer and spouse are 65 or older."""
    blind: int = 0
    material_participation: bool = True
    nonrefundable_credits: Decimal = ZERO
    refundable_credits: Decimal = ZERO
    credits: Decimal = ZERO
    """Credits of a kind nobody told: against the income tax first, then against the other taxes."""
    withholding: Decimal = ZERO
    estimated_payments: Decimal = ZERO
    extension_payment: Decimal = ZERO
    shareholder: bool = False
    """The taxpayer's business is an S corporation's: `schedule_c_net` is the share of its income, which is no net
    earnings from self-employment (Rev. Rul. 59-221); a spouse's business stays as it is."""

    def __post_init__(self) -> None:
        problems = [*self._odd_amounts(), *self._odd_persons()]
        if not 1 <= self.year <= LAST_YEAR:
            problems.append(problem("year", f"{self.year} is no year", "write 2026"))
        if self.status not in STATUSES:
            problems.append(
                problem("status", f"{self.status!r} is not a filing status", f"one of {', '.join(STATUSES)}")
            )
        if problems:
            raise CaseRefusedError("this case cannot be computed", problems)

    def _odd_amounts(self) -> list[Problem]:
        problems = []
        for name in AMOUNTS:
            amount = cast("Decimal | None", getattr(self, name))
            if amount is None:
                continue
            if not amount.is_finite() or abs(amount) >= MOST:
                problems.append(problem(name, f"{amount} is no amount of dollars", "give a finite amount below 10^13"))
            elif amount < 0 and name not in SIGNED:
                problems.append(problem(name, f"{amount} is negative", "this amount is 0 or more"))
        if self.itemized_taxes > self.itemized_deductions:
            problems.append(problem("itemized_taxes", "more than itemized_deductions", "taxes are a part of them"))
        if self.excess_loss_carryover > self.nol_carryover:
            problems.append(problem("excess_loss_carryover", "more than nol_carryover", "it is a part of it"))
        if self.ordinary_dividends is not None and self.ordinary_dividends < self.qualified_dividends:
            told = "less than qualified_dividends"
            problems.append(problem("ordinary_dividends", told, "the qualified ones are a part of them"))
        spouses = [name for name in OF_A_SPOUSE if getattr(self, name)] if self.status != JOINT else []
        alone = f"a {self.status} return has one person"
        problems += [problem(name, alone, "file them with mfj") for name in spouses]
        return problems

    def _odd_persons(self) -> list[Problem]:
        most = MOST_PERSONS if self.status in (JOINT, SEPARATE) else 1
        problems = [
            problem(name, f"{getattr(self, name)} persons", f"give 0 to {most} for {self.status}")
            for name in PERSONS
            if not 0 <= getattr(self, name) <= most
        ]
        for name, age in (("age", self.age), ("spouse_age", self.spouse_age)):
            if age is not None and not 0 <= age <= OLDEST:
                problems.append(problem(name, f"{age} is no age", "give the years of age at the end of the year"))
        plans = {"retirement_plan": self.retirement_plan, "spouse_retirement_plan": self.spouse_retirement_plan}
        for name, plan in plans.items():
            if plan not in (None, *PLANS):
                problems.append(problem(name, f"{plan!r} is not a plan", f"one of {', '.join(PLANS)}"))
        return problems


OF_EITHER = (
    ("schedule_c_net", "spouse_schedule_c_net"),
    ("wages", "spouse_wages"),
    ("ubia", "spouse_ubia"),
    ("business_w2_wages", "spouse_w2_wages"),
    ("retirement_contribution", "spouse_retirement_contribution"),
    ("retirement_plan", "spouse_retirement_plan"),
    ("elsewhere_deferred", "spouse_elsewhere_deferred"),
    ("age", "spouse_age"),
    ("health_insurance", "spouse_health_insurance"),
)
"""What a filer has of each spouse."""


def exchanged(filer: Filer) -> Filer:
    """Return the same couple with the spouse named first: each has the other's business, and one return."""
    told = {name: getattr(filer, other) for pair in OF_EITHER for name, other in (pair, pair[::-1])}
    return replace(filer, **told)


WORDS = ("status", "retirement_plan", "spouse_retirement_plan")
AMOUNTS = tuple(
    each.name for each in fields(Filer) if each.name not in ("year", *WORDS, *COUNTS, *SWITCHES, *ROWS, *SUPPOSED)
)
KEYS = tuple(each.name for each in fields(Filer) if each.name not in (*ROWS, *SUPPOSED))


def read_case(case: Mapping[str, object]) -> Filer:
    """Return the filer a *case* tells, numbers or decimal texts; every problem is listed at once."""
    problems = [
        problem(key, "not a key of a case", f"the keys are {', '.join(KEYS)}")
        for key in case
        if key not in KEYS and key not in LABELS
    ]
    told: dict[str, object] = {}
    for key in KEYS:
        if key not in case:
            if key in ("year", "status"):
                problems.append(problem(key, "missing", "a case has a year and a status"))
            continue
        try:
            told[key] = _read(key, case[key])
        except ValueError as odd:
            problems.append(problem(key, str(odd), 'write 2026, "mfj", 1500, "1500.25" or true'))
    if problems:
        raise CaseRefusedError("this case cannot be computed", problems)
    return Filer(**told)  # type: ignore[arg-type]  # each key was read by its own kind


def _read(key: str, value: object) -> object:
    if key in WORDS:
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is not a {'filing status' if key == 'status' else 'plan'}")
        return value
    if key in SWITCHES:
        if not isinstance(value, bool):
            raise ValueError(f"{value!r} is not true or false")
        return value
    number = number_of(value)
    if key == "year" or key in COUNTS:
        if number != number.to_integral_value():
            raise ValueError(f"{value!r} is not a whole number")
        return int(number)
    return number

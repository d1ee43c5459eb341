"""What is owed, to Python: a year's tax line by line, and its estimated payments.

Dollars are exact Decimals to the cent, as on a form; a rate, a factor or an amount of coins keeps all its digits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from lotwork.face.results import Result, Row


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Line(Row):
    """A line of a form: its amount, the law it rests on, and the lines it came from."""

    form: str
    line: str
    label: str
    amount_usd: Decimal
    cites: tuple[str, ...]
    inputs: tuple[str, ...] = ()
    """The lines it was computed from; `from` in JSON."""
    because: tuple[str, ...] = ()
    """The events behind it."""
    because_count: int | None = None
    """How many those are, where `because` names only the first."""

    def __repr__(self) -> str:
        return f"<{self.form} line {self.line}: {self.amount_usd:,}>"


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRig(Row):
    """A rig by both laws: what the year deducts, what is left of its basis, and what its sale gave."""

    id: str
    equipment: str
    federal_usd: Decimal
    state_usd: Decimal
    federal_basis_left_usd: Decimal
    state_basis_left_usd: Decimal
    federal_gain_usd: Decimal | None
    """None: not sold in the year."""
    state_gain_usd: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StateSpread(Row):
    """What a year deducted at once, of which the state adds a part back that returns over later ones."""

    year: int
    bonus_usd: Decimal
    section_179_usd: Decimal
    state_section_179_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class StateDepreciation(Row):
    """Depreciation as the state counts it beside the federal one."""

    federal_usd: Decimal
    state_usd: Decimal
    gain_difference_usd: Decimal
    comes_back_usd: Decimal
    rigs: tuple[StateRig, ...]
    years: tuple[StateSpread, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RigsElsewhere(Row):
    """Rigs in another state, whose income from there is not reckoned."""

    state: str
    days: int
    kwh: Decimal
    bills_without_days: int
    form: str
    """The return of a nonresident there; empty where that state has no income tax."""
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class StateReturn(Row):
    """The return of the state in a year; where none is reckoned, its amounts are None, and the findings say why."""

    state: str
    name: str
    locality: str | None
    form: str | None
    has_income_tax: bool | None
    income_usd: Decimal | None
    taxable_income_usd: Decimal | None
    tax_usd: Decimal | None
    tax_after_credits_usd: Decimal | None
    payments_usd: Decimal | None
    balance_due_usd: Decimal | None
    due: dt.date | None
    depreciation: StateDepreciation | None
    not_covered: tuple[str, ...]
    unverified: tuple[str, ...]
    words: tuple[str, ...]
    rigs_elsewhere: tuple[RigsElsewhere, ...]
    lines: tuple[Line, ...]

    def __repr__(self) -> str:
        return f"<{self.state}: {'not reckoned' if self.tax_usd is None else f'{self.tax_after_credits_usd:,}'}>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Liability(Result):
    """A year's tax under the law of the United States, and that of the state."""

    year: int
    status: str
    activity: str
    summary: Mapping[str, Decimal]
    """Dollars by name; `total`, `payments_usd` and `balance_due_usd` among them."""
    carried_in: Mapping[str, Decimal]
    """The losses that earlier years brought in."""
    carried_forward: Mapping[str, Decimal]
    """The losses this year leaves to the next."""
    lines: tuple[Line, ...]
    """Every line of the federal return, form by form as they are copied."""
    state: StateReturn | None = None
    """The return of the state; None where no profile names one, or a return was filed without it."""

    def in_short(self) -> str:
        """Return the tax and what is still to pay."""
        return f"{self.year}, total {self.summary['total']:,}, balance due {self.summary['balance_due_usd']:,}"

    def line(self, form: str, number: str) -> Decimal:
        """Return the dollars on one line, `line("Form 1040", "24")`; KeyError where the return has no such line."""
        for each in self.lines:
            if (each.form, each.line) == (form, number):
                return each.amount_usd
        raise KeyError(f"{form} line {number}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetAside(Row):
    """Dollars to keep for the tax, and as how many coins at which price where one is known."""

    usd: Decimal
    asset: str | None
    quantity: Decimal | None
    price_usd: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Installment(Row):
    """One of the year's four payments."""

    quarter: int
    due: dt.date
    statutory: dt.date
    """The day in the statute, before it moves to a business day."""
    required_usd: Decimal | None
    """None where neither measure is known: the law of the year is not out, and nobody told last year's tax."""
    method: str
    paid_usd: Decimal
    shortfall_usd: Decimal | None
    set_aside: SetAside | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting(Row):
    """What it costs to pay later, where the rate is known."""

    a_day_usd: Decimal | None
    overdue_a_day_usd: Decimal | None
    next_due: dt.date | None
    until_next_due_usd: Decimal | None
    april_15: dt.date
    until_april_15_usd: Decimal | None
    rates_known_through: dt.date | None
    """The last day whose rate of interest is known, where April 15 is not."""
    until_rates_known_usd: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPayment(Row):
    """What to pay next."""

    quarter: int | None
    """None where no installment is to come, and only what is overdue is left."""
    due: dt.date
    pay_usd: Decimal
    overdue_usd: Decimal
    safe_usd: Decimal | None
    """What is enough whatever the rest of the year brings."""
    set_aside: SetAside
    cost_of_waiting: Waiting


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(Row):
    """A payment that is still to come."""

    quarter: int
    due: dt.date
    pay_usd: Decimal
    safe_usd: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeHarbor(Row):
    """What the installments rest on: 90 percent of this year's tax, or 100 or 110 of last year's."""

    method: str
    required_annual_payment_usd: Decimal | None
    current_year_90_usd: Decimal | None
    """None while the law of the year is not out."""
    prior_year_usd: Decimal | None
    prior_year_tax_usd: Decimal | None
    prior_year_agi_usd: Decimal | None
    prior_year_source: str
    tax_after_withholding_usd: Decimal | None
    penalty_possible: bool
    why: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge(Row):
    """A part of the penalty: so much underpaid for so many days."""

    quarter: int
    underpaid_usd: Decimal
    after: dt.date
    through: dt.date
    days: int
    rate: Decimal
    """A year's, as a share."""
    amount_usd: Decimal
    cite: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form2210(Row):
    """Form 2210, as far as the ledger can fill it in."""

    boxes: Mapping[str, bool]
    waiver: tuple[str, ...]
    lines: tuple[Line, ...]
    charges: tuple[Charge, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Period(Row):
    """A column of Schedule AI."""

    column: str
    through: dt.date
    complete: bool
    annualized_agi_usd: Decimal
    due_by_then_usd: Decimal
    required_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Annualized(Row):
    """Schedule AI beside equal installments."""

    applies: bool
    regular_penalty_usd: Decimal
    annualized_penalty_usd: Decimal
    saves_usd: Decimal
    columns: tuple[Period, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StateInstallment(Row):
    """One of the year's payments to the state."""

    quarter: int
    due: dt.date
    statutory: dt.date
    required_usd: Decimal
    paid_usd: Decimal
    shortfall_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class StatePayments(Row):
    """A year's estimated payments to the state; where none can be told, its amounts are None."""

    state: str
    name: str
    form: str
    method: str
    measure: str
    required_annual_payment_usd: Decimal | None
    current_year_usd: Decimal | None
    prior_year_usd: Decimal | None
    prior_year_tax_usd: Decimal | None
    prior_year_agi_usd: Decimal | None
    prior_year_source: str
    tax_usd: Decimal | None
    withheld_usd: Decimal
    paid_usd: Decimal
    set_aside_usd: Decimal | None
    penalty_possible: bool
    why: str
    penalty_usd: Decimal | None
    """None: what the state charges is not reckoned."""
    installments: tuple[StateInstallment, ...]
    next_payment: Step | None
    schedule: tuple[Step, ...]
    overdue_usd: Decimal
    overdue_since: dt.date | None
    unverified: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Quarterly(Result):
    """A year's estimated payments as of a day."""

    year: int
    as_of: dt.date
    installments: tuple[Installment, ...]
    next_payment: NextPayment | None
    schedule: tuple[Step, ...]
    safe_harbor: SafeHarbor
    penalty_usd: Decimal
    penalty_through: dt.date
    form_2210: Form2210
    annualized: Annualized | None
    """None where only the regular method was asked for, or the law of the year is not out."""
    set_aside: SetAside | None
    """What is owed on the year so far and not yet paid; None while the law of the year is not out."""
    overdue_usd: Decimal
    overdue_since: dt.date | None
    state: StatePayments | None = None
    """The payments to the state; None where no profile names one."""

    def in_short(self) -> str:
        """Return what is still to keep for the year, and as of when."""
        kept = "not known" if self.set_aside is None else f"{self.set_aside.usd:,}"
        return f"{self.year} as of {self.as_of}, set aside {kept}"

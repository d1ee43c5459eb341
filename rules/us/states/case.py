"""One filer's year in one state: what its return starts from, and what comes out."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import cast

from lotwork.ledger.events import MOST_DEPENDENTS
from lotwork.ledger.units import ZERO
from lotwork.rules.case import MOST, problem
from lotwork.rules.errors import CaseRefusedError
from lotwork.rules.line import Line
from lotwork.rules.us.individual import Return


@dataclass(frozen=True, slots=True, kw_only=True)
class StateFacts:
    """What a person tells for the state alone, in dollars."""

    dependents: int = 0
    itemized_deductions: Decimal | None = None
    """As the state allows them; None: not told, and never guessed from the federal ones."""
    additions: Decimal = ZERO
    """Additions the state asks for, of items Lotwork does not know."""
    subtractions: Decimal = ZERO
    nonrefundable_credits: Decimal = ZERO
    refundable_credits: Decimal = ZERO
    other_state_tax: Decimal = ZERO
    """Tax paid to another state on income this state taxes too."""
    other_state_income: Decimal = ZERO
    """That income."""
    withholding: Decimal = ZERO
    estimated_payments: Decimal = ZERO
    extension_payment: Decimal = ZERO
    prior_year_tax: Decimal | None = None
    """The state's tax of the year before, which a safe harbor is measured by; None: not told."""
    prior_year_agi: Decimal | None = None
    locality: str | None = None
    """A place whose income tax stands on the state's return: "nyc", "yonkers"."""

    def __post_init__(self) -> None:
        problems = []
        for each in fields(self):
            told = getattr(self, each.name)
            if each.name in ("dependents", "locality", "prior_year_agi") or told is None:
                continue
            amount = cast("Decimal", told)
            if not amount.is_finite() or not 0 <= amount < MOST:
                problems.append(problem(each.name, f"{amount} is no amount", "this amount is 0 or more, below 10^13"))
        if not 0 <= self.dependents <= MOST_DEPENDENTS:
            problems.append(problem("dependents", f"{self.dependents} dependents", f"give 0 to {MOST_DEPENDENTS}"))
        if self.other_state_tax and not self.other_state_income:
            missing = "the income another state taxed is missing"
            problems.append(problem("other_state_income", missing, "tell it with other_state_tax"))
        if problems:
            raise CaseRefusedError("this case cannot be computed", problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateDepreciation:
    """Depreciation as the state counts it beside the federal one, in dollars; all 0: they are alike."""

    federal: Decimal = ZERO
    """Form 4562 line 22, as deducted on the federal return."""
    own: Decimal = ZERO
    """The same under the state's switches."""
    gain_difference: Decimal = ZERO
    """The state's gain on what was sold less the federal one: negative where more basis is left to the state."""
    spread_in: Decimal = ZERO
    """Deducted this year of what was added back in earlier ones."""
    spouse_federal: Decimal = ZERO
    """Of `federal`, what the spouse's own business deducts."""
    spouse_own: Decimal = ZERO
    improvements: bool = False
    """Whether a building's improvement is among the things, which not every state depreciates over 15 years."""
    lines: tuple[Line, ...] = ()
    """The state's Form 4562, or its worksheet."""

    @property
    def added(self) -> Decimal:
        """The federal deduction less the state's: added to income where positive, subtracted where negative."""
        return self.federal - self.own


@dataclass(frozen=True, slots=True, kw_only=True)
class StateCase:
    """A year of one filer in one state of which he is a resident all year."""

    state: str
    """Two letters, "GA"."""
    year: int
    federal: Return
    depreciation: StateDepreciation = StateDepreciation()
    facts: StateFacts = StateFacts()


@dataclass(frozen=True, slots=True, kw_only=True)
class StateReturn:
    """A state's return, in dollars, exact; round once where it is printed."""

    state: str
    name: str
    """The state's name, "Georgia"."""
    year: int
    form: str
    part_year_form: str
    """The return of a part of the year or of a nonresident."""
    lines: tuple[Line, ...]
    income: Decimal
    """The state's own adjusted gross income, or what stands for it."""
    base: Decimal
    """What the state taxes."""
    tax: Decimal
    """Before credits."""
    tax_after_credits: Decimal
    """No less than nothing: a refundable credit is among the payments."""
    payments: Decimal
    balance_due: Decimal
    """What is owed; negative where it comes back."""
    not_covered: tuple[str, ...]
    """What the return lacks, in words, with what to do."""
    unverified: tuple[str, ...]
    """Paths of the figures used that were read from memory or are no enacted law."""
    has_income_tax: bool
    words: tuple[str, ...]
    """What else the state asks of a miner, with its law."""
    due: date | None = None
    """The last day on time for the return and its balance; None where no return is asked for."""

    @property
    def summary(self) -> dict[str, Decimal]:
        """The figures of `lotwork compute us-state`, exact."""
        return {
            "state_income": self.income,
            "state_taxable_income": self.base,
            "state_tax": self.tax,
            "state_tax_after_credits": self.tax_after_credits,
            "state_payments": self.payments,
            "state_balance_due": self.balance_due,
        }

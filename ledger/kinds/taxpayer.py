"""Who the taxpayer is, what was chosen and paid, and what stands outside the ledger."""

from __future__ import annotations

from datetime import date
from typing import Literal

from lotwork.ledger.kinds.event_base import (
    STATE_OF_LOCALITY,
    US,
    Activity,
    Currency,
    Dependents,
    EventBase,
    Factor,
    FilingStatus,
    Jurisdiction,
    Locality,
    LotChoice,
    Months,
    PaymentType,
    Persons,
    Price,
    SignedUsd,
    State,
    Usd,
    Year,
    Years,
    Zone,
)


class Payment(EventBase, frozen=True, kw_only=True, tag="payment"):
    """Tax paid for a year: estimated, withheld, with an extension, or as the balance; to a state where it says so."""

    year: Year
    amount_usd_micros: Usd
    type: PaymentType = "estimated"
    state: State | None = None
    """The state that was paid; left out: the United States."""


class Profile(EventBase, frozen=True, kw_only=True, tag="profile"):
    """Facts of the taxpayer from `at` on (January 1, midnight in UTC: your own); a key left out keeps what was told."""

    jurisdiction: Jurisdiction | None = None
    filing_status: FilingStatus | None = None
    time_zone: Zone | None = None
    activity: Activity | None = None
    recognition: Literal["on_payout", "on_credit"] | None = None
    material_participation: bool | None = None
    pool_fees: Literal["net", "gross"] | None = None
    """Whether a receipt is income net of the pool's fee, or gross with the fee as an expense."""
    business_began: date | None = None
    """The day the active business began: what was spent before it is a start-up cost (26 U.S.C. 195)."""
    state: State | None = None
    """The state of which the taxpayer is a resident."""
    locality: Locality | None = None
    """The city there whose income tax is due too."""

    def __post_init__(self) -> None:
        if self.jurisdiction not in (None, US) and (self.state is not None or self.locality is not None):
            raise self.refuse(
                f"a resident of a state is under the law of the United States, and this profile says "
                f"{self.jurisdiction}: leave `state` out, or say jurisdiction=us"
            )
        if self.locality is not None and self.state not in (None, STATE_OF_LOCALITY):
            raise self.refuse(
                f"{self.locality} lies in {STATE_OF_LOCALITY}, not in {self.state}: say state={STATE_OF_LOCALITY}, or "
                "leave `locality` out"
            )


class YearFacts(EventBase, frozen=True, kw_only=True, tag="year_facts"):
    """Amounts of one year that stand outside the ledger; a later event for the year adds or replaces keys."""

    year: Year
    through: date | None = None
    """The last day the amounts cover, from January 1: no facts of the year, but of an annualized installment."""
    wages_usd_micros: Usd | None = None
    spouse_wages_usd_micros: Usd | None = None
    """Wages of the spouse on a joint return: they use up the spouse's own wage base, none of the miner's."""
    withholding_usd_micros: Usd | None = None
    other_ordinary_income_usd_micros: SignedUsd | None = None
    taxable_interest_usd_micros: Usd | None = None
    qualified_dividends_usd_micros: Usd | None = None
    ordinary_dividends_usd_micros: Usd | None = None
    """All ordinary dividends, the qualified ones among them."""
    other_short_term_gain_usd_micros: SignedUsd | None = None
    other_long_term_gain_usd_micros: SignedUsd | None = None
    short_term_carryover_usd_micros: Usd | None = None
    long_term_carryover_usd_micros: Usd | None = None
    prior_year_tax_usd_micros: Usd | None = None
    prior_year_agi_usd_micros: SignedUsd | None = None
    prior_year_months: Months | None = None
    retirement_contribution_usd_micros: Usd | None = None
    retirement_plan: Literal["sep", "solo_401k"] | None = None
    elsewhere_deferred_usd_micros: Usd | None = None
    """Deferred in a plan of another employer, which uses up the limit (26 U.S.C. 402(g))."""
    age: Years | None = None
    """The miner's age at the end of the year."""
    health_insurance_usd_micros: Usd | None = None
    spouse_retirement_contribution_usd_micros: Usd | None = None
    """Put into a plan of the spouse's business, within its earned income (26 U.S.C. 401(c)(2), 404(a)(8))."""
    spouse_retirement_plan: Literal["sep", "solo_401k"] | None = None
    spouse_elsewhere_deferred_usd_micros: Usd | None = None
    spouse_age: Years | None = None
    spouse_health_insurance_usd_micros: Usd | None = None
    """Premiums of a plan under the spouse's business, within its earned income (26 U.S.C. 162(l)(2)(A))."""
    itemized_deductions_usd_micros: Usd | None = None
    itemized_taxes_usd_micros: Usd | None = None
    """State and local taxes among them, which the minimum tax adds back."""
    must_itemize: bool | None = None
    """Whether there is no standard deduction: the spouse itemizes on a separate return (26 U.S.C. 63(c)(6))."""
    w2_wages_paid_usd_micros: Usd | None = None
    spouse_w2_wages_paid_usd_micros: Usd | None = None
    ubia_usd_micros: Usd | None = None
    section_179_carryforward_usd_micros: Usd | None = None
    qbi_loss_carryforward_usd_micros: Usd | None = None
    nol_carryforward_usd_micros: Usd | None = None
    section_1231_losses_usd_micros: Usd | None = None
    """Net section 1231 losses of the five years before, not yet recaptured (26 U.S.C. 1231(c))."""
    nonrefundable_credits_usd_micros: Usd | None = None
    refundable_credits_usd_micros: Usd | None = None
    credits_usd_micros: Usd | None = None
    applied_to_next_year_usd_micros: Usd | None = None
    """Of an overpayment, what the return applies to the next year's estimated tax (Form 1040 line 36)."""
    aged_65_or_older: Persons | None = None
    """How many of the taxpayer and spouse are 65 or older."""
    blind: Persons | None = None
    dependents: Dependents | None = None
    """How many dependents the return of the state has."""
    state_withholding_usd_micros: Usd | None = None
    """Withheld for the state of the year, and no federal tax."""
    state_itemized_deductions_usd_micros: Usd | None = None
    """What the law of the state lets be itemized, where its return itemizes."""
    state_additions_usd_micros: Usd | None = None
    """Additions of the state to income that Lotwork does not know of, such as other states' bond interest."""
    state_subtractions_usd_micros: Usd | None = None
    """Subtractions the same way, such as interest on bonds of the United States."""
    state_nonrefundable_credits_usd_micros: Usd | None = None
    state_refundable_credits_usd_micros: Usd | None = None
    other_state_tax_usd_micros: Usd | None = None
    """Tax paid to another state on income that this one taxes too."""
    other_state_income_usd_micros: Usd | None = None
    """That income."""
    state_prior_year_tax_usd_micros: Usd | None = None
    state_prior_year_agi_usd_micros: SignedUsd | None = None


class Election(
    EventBase, frozen=True, kw_only=True, tag="election", rename={"from_": "from", "recovery_class": "class"}
):
    """A choice the law leaves to the taxpayer, in force from a day: a lot order, or another named election."""

    from_: date
    method: Literal[
        "fifo",
        "lifo",
        "hifo",
        "lofo",
        "safe_harbor_allocation",
        "bonus_out",
        "bonus_40",
        "de_minimis",
        "withholding_actual_dates",
    ]
    wallet: str | None = None
    asset: str | None = None
    recovery_class: str | None = None
    allocation: Literal["specific", "global"] | None = None
    """Of a safe-harbor allocation: which of the two methods of Rev. Proc. 2024-28."""
    with_broker: bool | None = None
    """Whether the broker was told: a standing order (Treas. Reg. 1.1012-1(j)(3)(ii))."""
    lots: tuple[LotChoice, ...] = ()


class Selection(EventBase, frozen=True, kw_only=True, tag="selection", rename={"for_": "for"}):
    """Lots chosen before a sale (Treas. Reg. 1.1012-1(j)(2)): for one sale by id, or for the wallet's next."""

    wallet: str
    asset: str
    lots: tuple[LotChoice, ...]
    for_: str | None = None
    with_broker: bool | None = None
    """Whether the broker was told (Treas. Reg. 1.1012-1(j)(3)(ii))."""

    def __post_init__(self) -> None:
        if not self.lots:
            raise self.refuse("a selection chooses at least one lot")


class ActivityEvidence(EventBase, frozen=True, kw_only=True, tag="activity_evidence"):
    """A dated fact on one of the nine factors of a business carried on for profit (Treas. Reg. 1.183-2(b))."""

    factor: Factor
    supports: Activity


class ExchangeRate(EventBase, frozen=True, kw_only=True, tag="exchange_rate"):
    """How much of a currency one US dollar was worth on the day of `at`, for a return in that currency."""

    currency: Currency
    per_usd: Price

"""The listing of a year's tax: its summary, what it carries, and every line with its law and its events."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from msgspec import UNSET, UnsetType

from lotwork.ledger.units import ZERO
from lotwork.projections.liability import Liability
from lotwork.projections.returns.carried import Carried
from lotwork.projections.states.liability import StateLiability
from lotwork.reports.lines import cents
from lotwork.reports.rows import Row, Usd
from lotwork.reports.states import StateListing, list_state
from lotwork.reports.traced import TracedLineRow, traced_line_row
from lotwork.rules.line import by_form
from lotwork.rules.us.home_office import HomeCarryover


class Summary(Row, frozen=True, kw_only=True):
    """The figures a year's tax comes down to."""

    se_tax: Usd
    half_se_deduction: Usd
    agi: Usd
    qbi_deduction: Usd
    taxable_income: Usd
    income_tax: Usd
    ordinary_tax: Usd
    ltcg_tax: Usd
    amt: Usd
    niit: Usd
    additional_medicare: Usd
    total: Usd
    gross_receipts_usd: Usd
    expenses_usd: Usd
    depreciation_usd: Usd
    schedule_c_net_usd: Usd
    credits_usd: Usd
    withheld_usd: Usd
    payments_usd: Usd
    balance_due_usd: Usd


class CarriedLosses(Row, frozen=True, kw_only=True):
    """The losses and deductions carried into a year or out of it, each by its kind."""

    short_term_usd: Usd
    long_term_usd: Usd
    qbi_loss_usd: Usd
    nol_usd: Usd
    excess_business_loss_usd: Usd
    amt_nol_usd: Usd
    section_1231_losses_usd: Usd
    section_179_usd: Usd
    """What waits for income (Form 4562 lines 10 and 13)."""
    home_operating_usd: Usd
    """Of the home, above its limit: operating expenses (Form 8829 lines 25 and 43)."""
    home_depreciation_usd: Usd
    """Of the home, above its limit: casualty losses and depreciation (lines 31 and 44)."""


class LiabilityListing(Row, frozen=True, kw_only=True):
    """A year's tax: the summary and every line, form by form as they are copied."""

    year: int
    status: str
    activity: str
    summary: Summary
    carried_in: CarriedLosses
    carried_forward: CarriedLosses
    lines: tuple[TracedLineRow, ...]
    state: StateListing | UnsetType = UNSET
    """The return of the state beside it; left out where no profile names one, and where nobody asked for it."""


def list_liability(owed: Liability, state: StateLiability | None = None) -> LiabilityListing:
    """Return the summary and every line of *owed*, form by form as they are copied; beside it that of the *state*."""
    beside = None if state is None else list_state(state)
    both = owed.businesses
    came = [(each.section_179_carried_in, each.home_carried_in) for each in both]
    goes = [(each.section_179_carryover, each.home_carryover) for each in both]
    forms = by_form(owed.lines, lambda traced: (traced.line.form, traced.line.line))
    return LiabilityListing(
        year=owed.year,
        status=owed.profile.filing_status,
        activity=owed.profile.activity,
        summary=_summary(owed),
        carried_in=carried_losses(owed.carried, came),
        carried_forward=carried_losses(owed.carried_forward, goes),
        lines=tuple(traced_line_row(each) for lines in forms.values() for each in lines),
        state=UNSET if beside is None else beside,
    )


def carried_losses(carried: Carried, waiting: Iterable[tuple[Decimal, HomeCarryover]]) -> CarriedLosses:
    """Return the losses and deductions carried into a year or out of it, each by its kind.

    *waiting* tells of each spouse's business what of section 179 and of the home waits; one return has their sum.
    """
    section_179, homes = zip(*waiting, strict=True)
    return CarriedLosses(
        short_term_usd=cents(carried.short_term),
        long_term_usd=cents(carried.long_term),
        qbi_loss_usd=cents(carried.qbi_loss),
        nol_usd=cents(carried.nol),
        excess_business_loss_usd=cents(carried.excess_loss),
        amt_nol_usd=cents(carried.nol if carried.amt_nol is None else carried.amt_nol),
        section_1231_losses_usd=cents(carried.section_1231_losses),
        section_179_usd=cents(sum(section_179, ZERO)),
        home_operating_usd=cents(sum((home.operating for home in homes), ZERO)),
        home_depreciation_usd=cents(sum((home.depreciation for home in homes), ZERO)),
    )


def _summary(owed: Liability) -> Summary:
    both = owed.businesses
    return Summary(
        **{name: cents(amount) for name, amount in owed.computed.summary.items()},
        gross_receipts_usd=cents(sum((each.receipts for each in both), ZERO)),
        expenses_usd=cents(sum((each.deducted for each in both), ZERO)),
        depreciation_usd=cents(sum((each.depreciation for each in both), ZERO)),
        schedule_c_net_usd=cents(sum((each.amount for each in owed.computed.income.businesses), ZERO)),
        credits_usd=cents(owed.credits),
        withheld_usd=cents(owed.withheld),
        payments_usd=cents(owed.paid),
        balance_due_usd=cents(owed.balance_due),
    )

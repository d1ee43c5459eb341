"""The listing of `lotwork plan structure`: the structures side by side, every tax and what is kept."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from msgspec import UNSET, UnsetType

from lotwork.projections.plan.c_corporation import CCorporationPlan
from lotwork.projections.plan.structure import StructurePlan
from lotwork.projections.plan.structure_column import Column
from lotwork.reports.lines import LineRow, cents, cents_if_known, line_row
from lotwork.reports.plan.listing import NOT_STATES, PlanListing
from lotwork.reports.rows import Number, Row, Table, Usd

RATE = Decimal("0.0001")


class StructureRow(Row, frozen=True, kw_only=True):
    """One structure: its return, its payroll, and what is kept of the profit."""

    structure: str
    salary_usd: Usd
    agi_usd: Usd
    qbi_deduction_usd: Usd
    taxable_income_usd: Usd
    income_tax_usd: Usd
    se_tax_usd: Usd
    amt_usd: Usd
    niit_usd: Usd
    corporate_tax_usd: Usd
    """Form 1120 line 31, of a C corporation."""
    dividend_usd: Usd
    """What a C corporation pays out; the return has the second tax on it."""
    retained_usd: Usd
    """What a C corporation keeps of the year: a part of what is kept, on which the second tax waits."""
    additional_medicare_usd: Usd
    return_tax_usd: Usd
    fica_futa_employer_usd: Usd
    fica_employee_usd: Usd
    payroll_cost_usd: Usd
    total_tax_usd: Usd
    kept_usd: Usd
    kept_more_usd: Usd
    sep_room_usd: Usd
    solo_401k_room_usd: Usd
    lines: tuple[LineRow, ...]
    state_tax_usd: Usd | UnsetType = UNSET
    """The state's tax, which no other key has; left out where none is reckoned."""
    kept_after_state_usd: Usd | UnsetType = UNSET

    @property
    def fica_futa_usd(self) -> Usd:
        """The payroll taxes of both sides together."""
        return f"{Decimal(self.fica_futa_employer_usd) + Decimal(self.fica_employee_usd):f}"


class BreakEvenRow(Row, frozen=True, kw_only=True):
    """The profit from which a corporation keeps more, by the salary's share of it; None: none was found."""

    salary_share: Number
    profit_usd: Usd | None


class CorporateDueRow(Row, frozen=True, kw_only=True):
    """One installment of a C corporation's estimated tax: the statute's day, the last that is on time, and how much."""

    quarter: int
    statutory: date
    due: date
    required_usd: Usd


class CCorporationRow(Row, frozen=True, kw_only=True):
    """A C corporation's own year, whatever it pays out."""

    taxable_income_usd: Usd
    """Form 1120 line 30; negative: a loss, which goes forward."""
    tax_usd: Usd
    capital_loss_usd: Usd
    """Lost on coins beyond what they gained: carried, and deducted from nothing else."""
    earnings_and_profits_usd: Usd
    estimated: tuple[CorporateDueRow, ...]
    """Empty where the tax asks for no estimated payments."""


class StructureListing(PlanListing, frozen=True, kw_only=True):
    """What `lotwork plan structure` tells."""

    profit_usd: Usd
    rows: tuple[StructureRow, ...]
    break_even: tuple[BreakEvenRow, ...]
    caveats: tuple[str, ...]
    not_covered: tuple[str, ...]
    cites: tuple[str, ...]
    owner: str
    """Whose business is compared: the taxpayer's, or on a joint return the spouse's."""
    c_corporation: CCorporationRow | None
    """None where no corporation is compared."""
    state: str | UnsetType = UNSET
    """The letters of the state whose tax stands in the rows; left out where none does."""
    state_words: tuple[str, ...] | UnsetType = UNSET
    """What of the state no row has."""


OF_THE_STATE = Table(
    StructureRow, lambda row: (row.structure, row.salary_usd, row.state_tax_usd, row.kept_after_state_usd)
)
"""The state's tax of each, in a table of its own."""
STRUCTURES = Table(
    StructureRow, lambda row: (
        row.structure, row.salary_usd, row.corporate_tax_usd, row.dividend_usd, row.income_tax_usd, row.se_tax_usd,
        row.fica_futa_usd, row.qbi_deduction_usd, row.total_tax_usd, row.kept_usd, row.kept_more_usd, row.retained_usd,
        row.solo_401k_room_usd,
    ),
).leaving(
    lambda row: (
        row.qbi_deduction_usd, row.solo_401k_room_usd, row.retained_usd, row.fica_futa_usd, row.salary_usd,
        row.se_tax_usd, row.income_tax_usd, row.corporate_tax_usd, row.dividend_usd,
    )
)  # fmt: skip


def list_structure(plan: StructurePlan) -> StructureListing:
    """Return the structures side by side, the break-even profits, and what no figure decides."""
    has_state = plan.state is not None and plan.state.case is not None
    return StructureListing(
        year=plan.year,
        owner=plan.owner,
        profit_usd=cents(plan.profit),
        rows=tuple(_column(column, plan.column("sole_proprietor")) for column in plan.columns),
        break_even=tuple(
            BreakEvenRow(
                salary_share=f"{each.share.quantize(RATE, ROUND_HALF_UP):f}", profit_usd=cents_if_known(each.profit)
            )
            for each in plan.break_even
        ),
        caveats=plan.caveats,
        not_covered=(
            *(NOT_STATES if not has_state else ()),
            "state unemployment contributions",
            "franchise taxes and fees",
            "state taxes of a corporation",
        ),
        cites=plan.cites,
        c_corporation=None if plan.c_corporation is None else _c_corporation(plan.c_corporation),
        state=plan.state.told.state or UNSET if has_state and plan.state is not None else UNSET,
        state_words=plan.state_words or UNSET,
    )


def _c_corporation(plan: CCorporationPlan) -> CCorporationRow:
    company = plan.company
    return CCorporationRow(
        taxable_income_usd=cents(company.taxable.amount),
        tax_usd=cents(company.tax.amount),
        capital_loss_usd=cents(company.capital_loss.amount),
        earnings_and_profits_usd=cents(company.earnings.amount),
        estimated=tuple(
            CorporateDueRow(
                quarter=each.quarter, statutory=each.statutory, due=each.due, required_usd=cents(each.required)
            )
            for each in plan.estimated.installments
        ),
    )


def _column(column: Column, sole: Column) -> StructureRow:
    told = column.summary
    return StructureRow(
        structure=column.structure,
        salary_usd=cents(column.salary),
        agi_usd=cents(told["agi"]),
        qbi_deduction_usd=cents(told["qbi_deduction"]),
        taxable_income_usd=cents(told["taxable_income"]),
        income_tax_usd=cents(told["income_tax"]),
        se_tax_usd=cents(told["se_tax"]),
        amt_usd=cents(told["amt"]),
        niit_usd=cents(told["niit"]),
        additional_medicare_usd=cents(told["additional_medicare"]),
        return_tax_usd=cents(column.outcome.tax),
        fica_futa_employer_usd=cents(column.payroll_employer),
        fica_employee_usd=cents(column.payroll_employee),
        payroll_cost_usd=cents(column.payroll_cost),
        corporate_tax_usd=cents(column.corporate_tax),
        dividend_usd=cents(column.dividend),
        retained_usd=cents(column.retained),
        total_tax_usd=cents(column.total),
        kept_usd=cents(column.kept),
        kept_more_usd=cents(column.kept - sole.kept),
        sep_room_usd=cents(column.sep_room),
        solo_401k_room_usd=cents(column.solo_401k_room),
        lines=tuple(map(line_row, column.lines)),
        state_tax_usd=UNSET if column.state_tax is None else cents(column.state_tax),
        kept_after_state_usd=UNSET if column.state_of_mining is None else cents(column.kept - column.state_of_mining),
    )

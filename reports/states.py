"""The listing of the state's return beside the federal one: what it comes to, its depreciation, and every line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lotwork.ledger.units import usd_text
from lotwork.projections.states.depreciation import StateForm4562
from lotwork.projections.states.elsewhere import Elsewhere, in_words
from lotwork.projections.states.liability import StateLiability
from lotwork.projections.states.residence import none_told
from lotwork.reports.lines import cents, dollars
from lotwork.reports.rows import Day, Row, Table, Usd, Words
from lotwork.reports.traced import TracedLineRow, traced_line_row
from lotwork.rules.line import by_form
from lotwork.rules.load import Law
from lotwork.rules.us.states.table import ROOM

NOT_DUE = "no income tax is due."
"""What a state without a tax on income or gains says of a year, behind its name."""


class StateRigRow(Row, frozen=True, kw_only=True):
    """A rig by both laws: what the year deducts, what is left of its basis, and what its sale gave."""

    id: str
    equipment: Words
    federal_usd: Usd
    state_usd: Usd
    federal_basis_left_usd: Usd
    state_basis_left_usd: Usd
    federal_gain_usd: Usd | None
    """None: not sold in the year."""
    state_gain_usd: Usd | None


class StateSpreadRow(Row, frozen=True, kw_only=True):
    """What a year deducted at once, of which the state adds a part back and lets it come back over later ones."""

    year: int
    bonus_usd: Usd
    section_179_usd: Usd
    state_section_179_usd: Usd
    """What of it the state's own limit allows."""


class StateDepreciationListing(Row, frozen=True, kw_only=True):
    """Depreciation as the state counts it beside the federal one."""

    federal_usd: Usd
    state_usd: Usd
    gain_difference_usd: Usd
    """The state's gain on the rigs sold, less the federal one."""
    comes_back_usd: Usd
    """What was added back in earlier years, and is deducted in this one."""
    rigs: tuple[StateRigRow, ...]
    years: tuple[StateSpreadRow, ...]


class ElsewhereRow(Row, frozen=True, kw_only=True):
    """Rigs in another state: on how many days, and how many kWh; what they earned there is not reckoned."""

    state: str
    days: int
    kwh: str
    bills_without_days: int
    form: Words
    """The return of a nonresident there; empty where that state has no income tax."""
    because: tuple[str, ...]


class StateListing(Row, frozen=True, kw_only=True):
    """The state's return of a year; where none is reckoned, its amounts are null, and the findings say why."""

    state: str
    name: str
    locality: str | None
    form: Words | None
    has_income_tax: bool | None
    income_usd: Usd | None
    """The state's own adjusted gross income, or what stands for it."""
    taxable_income_usd: Usd | None
    tax_usd: Usd | None
    """Before credits."""
    tax_after_credits_usd: Usd | None
    payments_usd: Usd | None
    balance_due_usd: Usd | None
    due: Day | None
    """The last day on time for the return and its balance."""
    depreciation: StateDepreciationListing | None
    not_covered: tuple[str, ...]
    unverified: tuple[str, ...]
    """Paths of figures that nobody looked up, or that are not enacted."""
    words: tuple[str, ...]
    """What else the state asks of a miner."""
    rigs_elsewhere: tuple[ElsewhereRow, ...]
    lines: tuple[TracedLineRow, ...]


class StateOnlyListing(Row, frozen=True, kw_only=True):
    """The state's return alone."""

    year: int
    status: str
    state: StateListing | None
    state_note: Words


class StateFigureRow(Row, frozen=True, kw_only=True):
    """A figure of the state's law behind the return: since when, its status, and where it was read."""

    path: str
    title: Words
    from_: Day
    status: str
    cite: Words
    source: Words
    confidence: Words


RIGS_FILE = Table(
    StateRigRow,
    lambda row: (row.id, row.equipment, row.federal_usd, row.state_usd, row.federal_basis_left_usd,
                 row.state_basis_left_usd, row.federal_gain_usd, row.state_gain_usd),
)  # fmt: skip
YEARS_FILE = Table(
    StateSpreadRow, lambda row: (row.year, row.bonus_usd, row.section_179_usd, row.state_section_179_usd)
)
FIGURES_FILE = Table(
    StateFigureRow,
    lambda row: (row.path, row.title, row.from_, row.status, row.cite, row.source, row.confidence),
)


class StatePapers(NamedTuple):
    """What the files tell of a state's return."""

    listing: StateListing
    figures: tuple[StateFigureRow, ...]


STATE_RIGS = Table(
    StateRigRow,
    lambda row: (row.equipment, row.federal_usd, row.state_usd, row.federal_basis_left_usd, row.state_basis_left_usd,
                 row.federal_gain_usd, row.state_gain_usd),
).leaving(lambda row: (row.federal_basis_left_usd, row.federal_usd))  # fmt: skip


def list_state(told: StateLiability) -> StateListing | None:
    """Return the listing of a state's return; None where no state is told."""
    if told.state is None:
        return None
    made = told.computed
    forms = by_form(told.lines, lambda traced: (traced.line.form, traced.line.line))
    return StateListing(
        state=told.state,
        name=told.name,
        locality=told.residence.locality,
        form=None if made is None else made.form,
        has_income_tax=None if made is None else made.has_income_tax,
        income_usd=None if made is None else cents(made.income),
        taxable_income_usd=None if made is None else cents(made.base),
        tax_usd=None if made is None else cents(made.tax),
        tax_after_credits_usd=None if made is None else cents(made.tax_after_credits),
        payments_usd=None if made is None else cents(told.paid),
        balance_due_usd=None if made is None else cents(told.balance_due),
        due=None if made is None else made.due,
        depreciation=None if told.depreciation is None else _depreciation(told.depreciation),
        not_covered=() if made is None else made.not_covered,
        unverified=() if made is None else made.unverified,
        words=() if made is None else made.words,
        rigs_elsewhere=tuple(map(_elsewhere, told.elsewhere)),
        lines=tuple(traced_line_row(each) for lines in forms.values() for each in lines),
    )


def papers_of(state: StateLiability, law: Law) -> StatePapers | None:
    """Return what there is to tell of the return of *state*; None where none is to be filed."""
    listing = list_state(state)
    if listing is None or state.computed is None or not state.is_filed:
        return None
    told = law.as_told()
    paths = dict.fromkeys(path for line in state.computed.lines for path in line.figures if path.startswith(ROOM))
    figures = (told.in_year(path, state.year) for path in (*paths, *state.computed.unverified))
    rows = {
        each.path: StateFigureRow(
            path=each.path, title=each.title, from_=each.from_, status=each.status, cite=each.cite, source=each.source,
            confidence=each.confidence,
        )
        for each in figures
    }  # fmt: skip
    return StatePapers(listing, tuple(rows.values()))


def note_of(told: StateLiability) -> str:
    """Return what is said where no state is told; empty where one is."""
    return none_told(told.year) if told.state is None else ""


def state_in_words(told: StateLiability) -> Iterator[str]:
    """Yield what a person reads below the lines of a state: what is due, what else it asks, and rigs elsewhere."""
    if told.state is None:
        yield none_told(told.year)
        return
    made = told.computed
    if made is None:
        yield f"{told.name}: no tax of {told.year} is reckoned; the findings say why."
    elif made.has_income_tax:
        day = f" by {made.due}" if made.due is not None and told.balance_due > 0 else ""
        yield (
            f"{told.name}: tax {dollars(made.tax_after_credits)}   paid {dollars(told.paid)}   "
            f"balance due {dollars(told.balance_due)}{day}"
        )
    else:
        yield f"{told.name}: {NOT_DUE}"
    if made is not None:
        yield from made.words
    for site in told.elsewhere:
        due = "its income tax on what they earned is not reckoned" if site.form else "it has no income tax"
        yield f"{in_words(site)}: {due}."


def _depreciation(own: StateForm4562) -> StateDepreciationListing:
    return StateDepreciationListing(
        federal_usd=cents(own.told.federal),
        state_usd=cents(own.told.own),
        gain_difference_usd=cents(own.told.gain_difference),
        comes_back_usd=cents(own.told.spread_in),
        rigs=tuple(
            StateRigRow(
                id=each.id,
                equipment=each.equipment,
                federal_usd=usd_text(each.federal_usd_micros),
                state_usd=usd_text(each.own_usd_micros),
                federal_basis_left_usd=usd_text(each.federal_left_usd_micros),
                state_basis_left_usd=usd_text(each.own_left_usd_micros),
                federal_gain_usd=_usd_if_sold(each.federal_gain_usd_micros),
                state_gain_usd=_usd_if_sold(each.own_gain_usd_micros),
            )
            for each in own.rigs
        ),
        years=tuple(
            StateSpreadRow(
                year=each.year,
                bonus_usd=cents(each.bonus),
                section_179_usd=cents(each.section_179),
                state_section_179_usd=cents(each.own_section_179),
            )
            for each in own.years
        ),
    )


def _usd_if_sold(micros: int | None) -> str | None:
    return None if micros is None else usd_text(micros)


def _elsewhere(site: Elsewhere) -> ElsewhereRow:
    return ElsewhereRow(
        state=site.state,
        days=site.days,
        kwh=f"{site.kwh.normalize():f}",
        bills_without_days=site.bills_without_days,
        form=site.form,
        because=site.events,
    )

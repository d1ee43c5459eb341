"""What the state's return of a year comes to, with the events behind every line and what a person must decide.

One state a year: where the taxpayer lived. What is doubtful about it stops nothing but the filing; where nothing can be
reckoned (no table, a year that it does not tell, a move within the year) nothing is, and the finding says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from lotwork.ledger.events import State
from lotwork.ledger.public_form.states import STATES
from lotwork.ledger.units import ZERO
from lotwork.projections.findings import Finding
from lotwork.projections.liability import Liability
from lotwork.projections.questions.add_command import findings_in
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.case import paid
from lotwork.projections.returns.traced_lines import TracedLine, payments_of, traced, traced_return
from lotwork.projections.states.case import facts_of, of_facts, of_payments
from lotwork.projections.states.depreciation import StateForm4562, state_depreciation
from lotwork.projections.states.elsewhere import Elsewhere, of_sites, rigs_elsewhere
from lotwork.projections.states.residence import Residence, of_residence, residence_in
from lotwork.rules.errors import StateNotCoveredError, UnknownFigureError
from lotwork.rules.load import Law
from lotwork.rules.us.states.case import StateCase, StateReturn
from lotwork.rules.us.states.state_return import state_return
from lotwork.rules.us.states.table import StateTable
from lotwork.rules.us.states.years import why

FROM_FACTS = (
    "told_additions", "told_subtractions", "itemized", "exemptions", "exemption_credit", "told_credits",
    "other_state_credit", "withholding", "refundable",
)  # fmt: skip
"""The lines, by their keys in the state's table, that the facts of the year stand on directly."""
FROM_SALES = ("gain_added", "gain_subtracted")
FROM_RIGS = ("depreciation_added", "depreciation_subtracted", "spread_subtracted")


@dataclass(frozen=True, slots=True)
class StateLiability:
    """The state's tax of a year; without `computed` none is reckoned, and the findings, if there are any, say why."""

    residence: Residence
    computed: StateReturn | None = None
    depreciation: StateForm4562 | None = None
    lines: tuple[TracedLine, ...] = ()
    paid_later: Decimal = ZERO
    """Paid as the balance, which stands on no line of the return."""
    elsewhere: tuple[Elsewhere, ...] = ()
    """Rigs in other states."""
    findings: tuple[Finding, ...] = ()

    @property
    def year(self) -> int:
        """The tax year."""
        return self.residence.year

    @property
    def state(self) -> State | None:
        """Where the taxpayer lived at its end; None: nobody said."""
        return self.residence.state

    @property
    def is_filed(self) -> bool:
        """Whether there is a return to file: a state without an income tax asks for none."""
        return self.computed is not None and bool(self.computed.lines)

    @property
    def is_unknown(self) -> bool:
        """Whether a state is told and nothing of its tax can be reckoned; the findings say why."""
        return self.state is not None and self.computed is None

    @property
    def name(self) -> str:
        """The name of the state."""
        return "" if self.state is None else STATES[self.state]

    @property
    def tax(self) -> Decimal:
        """What is owed for the year before any payment."""
        return ZERO if self.computed is None else self.computed.tax_after_credits

    @property
    def paid(self) -> Decimal:
        """Every payment to the state for the year, refundable credits among them."""
        return self.paid_later + (ZERO if self.computed is None else self.computed.payments)

    @property
    def balance_due(self) -> Decimal:
        """What is still to pay; negative: it comes back."""
        return ZERO if self.computed is None else self.computed.balance_due - self.paid_later


def state_liability(book: Book, law: Law, owed: Liability, *, traced: bool = True) -> StateLiability:
    """Return the state's tax of the year of *owed*, the federal return it starts from.

    Figures that are announced or projected count here, and are told (`state_figure_unverified`), whatever *law* asks.
    """
    law, year = law.as_told(), owed.year
    residence = residence_in(book.taxpayer, year)
    findings = [*of_residence(book.taxpayer, residence, law), *of_payments(book, residence)]
    if residence.state is None:
        return StateLiability(residence, findings=_told(book, findings))
    sites = rigs_elsewhere(book, residence, law)
    findings += [*of_facts(book, residence), *of_sites(book, residence, sites)]
    told = StateLiability(residence, elsewhere=sites)
    if not residence.moved:
        told = _reckoned(book, law, owed, told, residence.state, findings, is_traced=traced)
    return replace(told, findings=_told(book, findings))


def _told(book: Book, findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys(findings_in(book.history.book, findings)))


def _reckoned(
    book: Book,
    law: Law,
    owed: Liability,
    told: StateLiability,
    state: State,
    findings: list[Finding],
    *,
    is_traced: bool,
) -> StateLiability:
    """Return *told* with the return, where the state's table has what it needs; else with a finding."""
    year = owed.year
    try:
        own = state_depreciation(book, law, owed, state, findings)
        case = StateCase(
            state=state,
            year=year,
            federal=owed.computed,
            depreciation=own.told,
            facts=facts_of(book, told.residence, state),
        )
        computed = state_return(case, law)
    except StateNotCoveredError as lacks:
        findings.append(Finding("state_not_covered", f"{lacks}", state))
        return told
    except UnknownFigureError as unknown:
        findings.append(
            Finding(
                "state_year_unknown",
                f"the return of {STATES[state]} of {year} is not reckoned: {why(law, state, year, unknown)}",
                state,
            )
        )
        return told
    findings += _of_return(book, law, case, computed)
    lines = _traced(book, law, owed, computed, own) if is_traced and computed.lines else ()
    later = paid(book, year, "balance", state)
    return replace(told, computed=computed, depreciation=own, lines=lines, paid_later=later)


def _of_return(book: Book, law: Law, case: StateCase, computed: StateReturn) -> Iterator[Finding]:
    """Yield what the return lacks, what nobody looked up of it, and what was not told."""
    state, year, name = case.state, case.year, computed.name
    for words in computed.not_covered:
        yield Finding("state_return_lacks", f"{name}, {year}: {words}")
    if computed.unverified:
        yield Finding(
            "state_figure_unverified",
            f"the return of {name} of {year} rests on figures that nobody looked up, or that are not enacted: "
            f"{', '.join(computed.unverified)}: hold each against the form and the law of the year (`lotwork rules "
            "show PATH` says where it is from), and record a `rule` that cites it",
            state,
        )
    facts = book.taxpayer.state_facts(year)
    if facts.dependents is None and computed.tax_after_credits:
        one = replace(case, facts=replace(case.facts, dependents=1))
        if state_return(one, law).tax_after_credits != computed.tax_after_credits:
            yield Finding(
                "state_dependents_untold",
                f"{name} has an exemption or a credit for dependents, and nobody told how many there are: none is "
                f"counted; record `year_facts` for {year} with dependents, 0 where there are none",
            )


def _traced(book: Book, law: Law, owed: Liability, computed: StateReturn, own: StateForm4562) -> tuple[TracedLine, ...]:
    """Return the lines with the events behind them: the federal lines' where they come from those."""
    year, state = computed.year, computed.state
    _, behind = traced_return(book, owed.inputs, owed.computed)
    table = StateTable(law, state, year)
    facts = book.taxpayer.state_facts_from(year)
    told: dict[str, tuple[str, ...]] = dict(own.behind)

    def stand(key: str, events: tuple[str, ...]) -> None:
        ref = " line ".join(table.where(key))
        told[ref] = (*told.get(ref, ()), *events)

    for key in FROM_FACTS:
        stand(key, facts)
    stand("withholding", payments_of(book, year, "withholding", state))
    stand("estimated", payments_of(book, year, "estimated", state))
    stand("extension", payments_of(book, year, "extension", state))
    rows = [row for each in owed.businesses for row in each.equipment.rows]
    for key in FROM_RIGS:
        stand(key, tuple(row.told for row in rows))
    for key in FROM_SALES:
        stand(key, tuple(row.told for row in rows if row.disposed is not None))
    return traced(computed.lines, {ref: (events,) for ref, events in told.items()}, behind, year)

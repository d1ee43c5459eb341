"""The page of the return: every line by its form, what was carried in and what goes on, and whether it was filed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from lotwork.ledger.units import CENT
from lotwork.projections.liability import Liability
from lotwork.projections.states.liability import StateLiability
from lotwork.reports.lines import NOTHING
from lotwork.reports.states import state_in_words
from lotwork.reports.tax import CarriedLosses, list_liability
from lotwork.reports.traced import TracedLineRow, traced_line_row
from lotwork.web.forms import FormGroup, form_groups, form_line
from lotwork.web.reading import Reading
from lotwork.web.returned import return_of, state_of
from lotwork.web.views.filed import FiledView, filed_view
from lotwork.web.wording import usd

KINDS = (
    "Short-term capital loss", "Long-term capital loss", "Loss of qualified business income", "Net operating loss",
    "Net operating loss, for the minimum tax", "Section 1231 losses", "Section 179, waiting for income",
    "Home office, operating expenses above its limit", "Home office, depreciation above its limit",
)  # fmt: skip

REFUND, OWED = ("Form 1040 line 34",), ("Form 1040 line 37",)
"""The lines that say what is paid back, and what is still to pay."""


@dataclass(frozen=True, slots=True)
class CarriedRow:
    """One kind of loss or deduction that goes from year to year."""

    label: str
    came: str | None
    goes: str | None


@dataclass(frozen=True, slots=True)
class StateView:
    """What the page shows of the return of the state."""

    name: str
    says: tuple[str, ...]
    forms: tuple[FormGroup, ...]


@dataclass(frozen=True, slots=True)
class TaxView:
    """What the page shows of a return under the law of the United States."""

    label: str
    amount: Decimal
    note: str
    line: str
    """The line of Form 1040 that says so; empty where the return has none."""
    filed: FiledView
    forms: tuple[FormGroup, ...]
    carried: tuple[CarriedRow, ...]
    state: StateView | None
    """The return of the state; None where no profile names one."""
    has: frozenset[tuple[str, str]]
    """Every line of the return as it is now, by form and number."""


def tax_view(reading: Reading) -> TaxView | None:
    """Return the return of the year; None where its law is not known or is another country's."""
    owed = return_of(reading)
    if owed is None:
        return None
    left, state = owed.balance_due, state_of(reading)
    lines = map(traced_line_row, owed.lines)
    paid = f"Total tax {usd(owed.tax)}, paid {usd(owed.paid)}."
    so_far = "" if reading.is_over else " The year is not over: these are the events so far."
    return TaxView(
        label="Refund" if left <= -CENT else "Balance due",
        amount=abs(left),
        note=paid + so_far,
        line=next((each.line.line for each in owed.lines if each.line.ref in (REFUND if left <= -CENT else OWED)), ""),
        filed=filed_view(reading),
        forms=_forms(lines),
        carried=tuple(_carried(owed)),
        state=None if state is None else _state(state),
        has=frozenset((each.line.form, each.line.line) for each in (*owed.lines, *(state.lines if state else ()))),
    )


def _state(state: StateLiability) -> StateView:
    return StateView(state.name, tuple(state_in_words(state)), _forms(map(traced_line_row, state.lines)))


def _forms(rows: Iterable[TracedLineRow]) -> tuple[FormGroup, ...]:
    return tuple(form_groups((row.form, form_line(row, row.amount_usd, usd(row.amount_usd))) for row in rows))


def _carried(owed: Liability) -> Iterator[CarriedRow]:
    """Yield each kind that came in or goes on."""
    told = list_liability(owed)
    for label, came, goes in zip(KINDS, _amounts(told.carried_in), _amounts(told.carried_forward), strict=True):
        if {came, goes} != {NOTHING}:
            yield CarriedRow(label, came, goes)


def _amounts(told: CarriedLosses) -> tuple[str, ...]:
    return (
        told.short_term_usd, told.long_term_usd, told.qbi_loss_usd, told.nol_usd, told.amt_nol_usd,
        told.section_1231_losses_usd, told.section_179_usd, told.home_operating_usd, told.home_depreciation_usd,
    )  # fmt: skip

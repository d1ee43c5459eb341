"""The page of the return under another country's law: its lines in its own currency, and what they do not cover."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lotwork.projections.abroad.tax_return import ForeignReturn
from lotwork.web.forms import FormGroup, line_row
from lotwork.web.reading import Reading
from lotwork.web.wording import country, money, words


@dataclass(frozen=True, slots=True)
class AbroadView:
    """What the page shows of a return under the law of another country."""

    country: str
    label: str
    amount: str
    """Empty where it is not known here."""
    note: str
    summary: tuple[tuple[str, str], ...]
    forms: tuple[FormGroup, ...]
    covers: tuple[str, ...]
    leaves_out: tuple[str, ...]
    rates: tuple[str, ...]


def abroad_view(reading: Reading) -> AbroadView | None:
    """Return the year under the law of the profile's country; None where it is the United States, or not known."""
    told = reading.abroad
    if told is None:
        return None
    tax = told.summary.get("tax")
    name = country(told.jurisdiction)
    rest = [(words(name), _known(amount, told.currency)) for name, amount in told.summary.items() if name != "tax"]
    return AbroadView(
        country=name,
        label=f"Tax for {told.year}, {name}",
        amount="" if tax is None else money(tax, told.currency),
        note="" if tax is not None else "The tax itself is not known here; what it is reckoned on is.",
        summary=tuple(rest),
        forms=tuple(_sheets(told)),
        covers=told.covers,
        leaves_out=told.does_not_cover,
        rates=told.rates_used,
    )


def _sheets(told: ForeignReturn) -> Iterator[FormGroup]:
    for sheet in told.sheets:
        rows = [
            line_row(line, money(line.amount, told.currency), sheet.because[line.ref], sheet.counts[line.ref])
            for line in sheet.lines
        ]
        if rows:
            yield FormGroup(sheet.form, rows[-1], tuple(rows), open=True)


def _known(amount: Decimal | None, currency: str) -> str:
    return "not known here" if amount is None else money(amount, currency)

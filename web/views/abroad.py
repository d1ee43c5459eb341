"""The page of the return under another country's law: its lines in its own currency, and what they do not cover."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from lotwork.reports.countries import ForeignYear, list_foreign
from lotwork.web.forms import FormGroup, form_line
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
    if reading.abroad is None:
        return None
    told = list_foreign(reading.abroad)
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
        rates=told.exchange_rates,
    )


def _sheets(told: ForeignYear) -> Iterator[FormGroup]:
    for form, lines in groupby(told.lines, lambda line: line.form):
        rows = tuple(form_line(line, line.amount, money(line.amount, told.currency)) for line in lines)
        yield FormGroup(form, rows[-1], rows, open=True)


def _known(amount: str | None, currency: str) -> str:
    return "not known here" if amount is None else money(amount, currency)

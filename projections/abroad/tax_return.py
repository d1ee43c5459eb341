"""The shape of a return outside the United States: lines in its own currency, what they cover and what they do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import msgspec

from lotwork.ledger.units import ZERO, usd_decimal
from lotwork.projections.findings import Finding
from lotwork.rules.figures import Figure
from lotwork.rules.line import MOST_EVENTS_NAMED, Line, line


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What the log does not say, and the command is told: amounts in the currency of the return."""

    other_income: Decimal = ZERO
    """All other taxable income of the year, after its deductions."""
    life_years: int | None = None
    """Over how many years rigs are depreciated; None: as the country's figure says."""
    cost_method: str = "total_average"
    """Japan: total_average, or moving_average where it was chosen."""
    multiplier: Decimal | None = None
    """Germany: the Hebesatz of the municipality, in percent."""


class Sheet(msgspec.Struct):
    """The lines of one form as they are written; each remembers the events behind it and behind what it came from."""

    form: str
    lines: list[Line] = msgspec.field(default_factory=list)
    because: dict[str, tuple[str, ...]] = msgspec.field(default_factory=dict)
    counts: dict[str, int] = msgspec.field(default_factory=dict)
    _behind: dict[str, dict[str, None]] = msgspec.field(default_factory=dict)

    def write(
        self,
        label: str,
        amount: Decimal,
        *,
        cites: Iterable[str] = (),
        inputs: Iterable[Line] = (),
        figures: Iterable[Figure] = (),
        events: Iterable[str] = (),
    ) -> Line:
        """Write the next line."""
        sources = tuple(inputs)
        written = line(
            (self.form, str(len(self.lines) + 1)), label, amount, cites=cites, inputs=sources, figures=figures
        )
        behind = dict.fromkeys(events)
        for source in sources:
            behind |= self._behind.get(source.ref, {})
        self._behind[written.ref] = behind
        self.because[written.ref] = tuple(behind)[:MOST_EVENTS_NAMED]
        self.counts[written.ref] = len(behind)
        self.lines.append(written)
        return written


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignReturn:
    """A year under another country's law."""

    jurisdiction: str
    year: int
    currency: str
    sheets: tuple[Sheet, ...]
    summary: Mapping[str, Decimal | None]
    """`taxable` and `tax` among them; None: not known here."""
    covers: tuple[str, ...]
    does_not_cover: tuple[str, ...]
    rates_used: tuple[str, ...]
    findings: tuple[Finding, ...]


def money(millionths: int) -> Decimal:
    """Return millionths of a currency as its units, exact."""
    return usd_decimal(millionths)

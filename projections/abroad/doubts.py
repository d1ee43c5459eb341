"""What a country's law may say of a receipt, a gift or a year, and the figures of its return do not: each is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from lotwork.projections.abroad.flows import Arrival, Departure, Flow
from lotwork.projections.abroad.tax_return import money
from lotwork.projections.findings import Finding
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law

GIVEN = ("gift", "donated")
"""How coins leave that somebody else has then."""


def other_receipts(flows: Iterable[Flow], law: Law, year: int, jurisdiction: str, currency: str) -> Iterator[Finding]:
    """Yield a finding for each kind of receipt of *year* that the figures count with mining, and the law may not."""
    words = law.in_year(f"{jurisdiction}/income/other_receipts", year).names()
    came: defaultdict[str, list[Arrival]] = defaultdict(list)
    for flow in flows:
        if isinstance(flow, Arrival) and flow.day.year == year and flow.income is not None and flow.income in words:
            came[flow.income].append(flow)
    for kind, arrivals in sorted(came.items()):
        worth = to_cents(money(sum(each.cost for each in arrivals)))
        named = arrivals[0].event if len(arrivals) == 1 else f"{arrivals[0].event} and {len(arrivals) - 1} more"
        yield Finding(
            "receipt_of_no_mining",
            f"{named}, in all {worth} {currency}, came as `{kind}` and is counted with mining: {words[kind]}",
            arrivals[0].event,
        )


def given_away(flows: Iterable[Flow], year: int, law: str) -> Iterator[Finding]:
    """Yield a finding for each gift of *year*, where the *law* taxes it and no figure here does."""
    for flow in flows:
        if isinstance(flow, Departure) and flow.day.year == year and flow.disposition in GIVEN:
            yield Finding("gift_taxed", f"{flow.event} is in no figure: {law}; add it by hand", flow.event)


def regime_ended(flows: Iterable[Flow], law: Law, year: int) -> Iterator[Finding]:
    """Yield a finding where what was received before *year* ended Portugal's simplified regime (CIRS Art. 28(2), (6)).

    It ends once one year is more than a quarter above the limit, or two in a row are above it.
    """
    most = law.in_year("pt/income/simplified_limit", year).numbers()
    received: defaultdict[int, int] = defaultdict(int)
    for flow in flows:
        if isinstance(flow, Arrival) and flow.how == "receipt":
            received[flow.day.year] += flow.cost
    last, former = money(received[year - 1]), money(received[year - 2])
    if last > most["at_once"] or (last > most["limit"] and former > most["limit"]):
        yield Finding(
            "simplified_regime_ended",
            f"{to_cents(last)} EUR were received in {year - 1}: above {most['limit']:,.0f} in two years, or "
            f"{most['at_once']:,.0f} in one, the simplified regime ends (CIRS Art. 28(6)), and {year} is taxed by "
            "organised accounts, which are not here",
        )

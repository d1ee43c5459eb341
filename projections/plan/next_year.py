"""The years to come, as a plan must suppose them: each as this one, under figures that are not out yet.

Two assumptions, both told: income, running costs, wages and the rest repeat; and an indexed figure whose year has not
been published stands where it stood this year. Depreciation and whatever is carried forward are not assumed: they are
folded and computed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec

from lotwork.ledger import events as e
from lotwork.ledger.events import HOBBY, TAXPAYER
from lotwork.ledger.units import ZERO, usd_micros
from lotwork.projections.filer.origins import whose
from lotwork.projections.findings import Finding
from lotwork.projections.liability import Liability
from lotwork.projections.plan.suppose import SUPPOSED
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.owners import SPOUSE
from lotwork.rules.load import Law
from lotwork.rules.missing import missing
from lotwork.rules.us.states.table import ROOM

NOON = timedelta(hours=12)
WALLETS: Mapping[e.Owner, str] = MappingProxyType({TAXPAYER: "supposed", SPOUSE: "supposed of the spouse"})
"""Where what the years to come bring is received: a wallet's owner is whose its income is."""
NOT_ASKED = ("us/estimated", ROOM)
"""Due days, rates of interest and states: no plan computes a later year's payments, or the tax of another state."""
CARRIED = (
    "through", "short_term_carryover_usd_micros", "long_term_carryover_usd_micros", "prior_year_tax_usd_micros",
    "prior_year_agi_usd_micros", "prior_year_months", "section_179_carryforward_usd_micros",
    "qbi_loss_carryforward_usd_micros", "nol_carryforward_usd_micros", "section_1231_losses_usd_micros",
    "applied_to_next_year_usd_micros", "state_prior_year_tax_usd_micros", "state_prior_year_agi_usd_micros",
)  # fmt: skip
"""Facts of one year that the next year's own computation replaces."""


class _StandIn(msgspec.Struct, frozen=True):
    """A figure of this year in the place of a later year's that is not out."""

    figure: str
    from_: date
    value: Any
    cite: str
    reason: str = "a plan: the year's own figure is not published; this is an assumption"


def assumed_law(law: Law, year: int, later: Iterable[int], state: e.State | None = None) -> tuple[Law, tuple[str, ...]]:
    """Return *law* with the figures of *year* standing for those of *later* years that are not out, and their paths.

    Those of *state* among them, where one is told.
    """
    first, stand_ins = date(year, 1, 1), []
    own = None if state is None else f"{ROOM}{state.lower()}"
    for path in law.paths(lambda topic: topic == own or _is_asked(topic)):
        entry = law.entry(path)
        known = entry.on(first) if entry.indexed else None
        if known is None:
            continue
        for each in later:
            day = date(each, 1, 1)
            if entry.on(day) is None:
                told = f"assumed: the figure of {year} ({known.source})"
                stand_ins.append(_StandIn(path, day, _bare(known.value), told))
    return law.corrected(stand_ins), tuple(dict.fromkeys(each.figure for each in stand_ins))


def law_of_plan(law: Law, year: int) -> tuple[Law, tuple[str, ...]]:
    """Return *law* for a plan of *year*, and the figures of the year that are not out: they stand as the year before.

    A plan in January is asked before the law of its year is known; what is filed never rests on such a figure.
    """
    if not any(each.lacks == "value" and _is_asked(each.path) for each in missing(law, year, law)):
        return law, ()
    return assumed_law(law, year - 1, (year,))


def _is_asked(topic: str) -> bool:
    """Say whether a plan asks a topic of the country, or a figure of it."""
    return topic.startswith("us/") and not topic.startswith(NOT_ASKED)


def law_assumed(year: int, assumed: Sequence[str]) -> Finding:
    """Return the finding that a plan of *year* rests on figures of the year before."""
    return Finding(
        "plan_law_assumed",
        f"the law of {year} is not out: {len(assumed)} of its figures stand as in {year - 1}, {assumed[0]} the first "
        f"of them, so this plan is an estimate; `lotwork rules missing --year {year}` lists them, and no return is "
        "filed on them",
    )


def _bare(value: Any) -> Any:
    """Return a frozen mapping as the plain one it was made of."""
    return {name: _bare(item) for name, item in value.items()} if isinstance(value, Mapping) else value


def as_this_year(book: Book, owed: Liability, years: Iterable[int]) -> Iterator[e.Event]:
    """Yield what makes each of *years* as the year of *owed*: what each spouse received and spent, and the facts."""
    calendar, hobby = book.history.calendar, owed.profile.activity == HOBBY
    filer = owed.computed.filer
    nets = (filer.schedule_c_net, filer.spouse_schedule_c_net)
    owners: tuple[e.Owner | None, ...] = (None, SPOUSE)
    ran = [
        (owner, each.mined, ZERO if hobby else each.receipts - each.depreciation - net)
        for owner, each, net in zip(owners, owed.businesses, nets, strict=False)
    ]
    if len(ran) > 1:
        at = calendar.midnight(date(owed.year + 1, 1, 1))
        yield e.WalletDeclared(id=f"{SUPPOSED}wallet", at=at, wallet=WALLETS[SPOUSE], owner=SPOUSE)
    for year in years:
        at = calendar.midnight(date(year, 1, 3)) + NOON
        for owner, receipts, costs in ran:
            yield from _repeated(at, owner, receipts, costs)
        facts = dict.fromkeys(CARRIED)
        yield msgspec.structs.replace(owed.facts, id=f"{SUPPOSED}facts:{year}", at=at, year=year, **facts)


def _repeated(at: datetime, owner: e.Owner | None, receipts: Decimal, costs: Decimal) -> Iterator[e.Event]:
    told = f"{at.year}" if owner is None else f"{at.year}:{owner}"
    if receipts > 0:
        yield e.Receipt(
            id=f"{SUPPOSED}receipts:{told}", at=at, wallet=WALLETS[whose(owner)], asset="BTC", quantity=1,
            income="pool_payout", value_usd_micros=usd_micros(receipts),
        )  # fmt: skip
    if costs > 0:
        yield e.Expense(
            id=f"{SUPPOSED}costs:{told}", at=at, category="other", amount_usd_micros=usd_micros(costs), owner=owner
        )

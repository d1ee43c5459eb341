"""Each year's return in its turn, from the first year the ledger knows: what one leaves, the next begins with.

The years are walked forward once, so that the hundredth year costs as much as the first. Where the facts of a year say
what was carried into it, that counts; where a year's law is not known here and the year lost money, nobody can say what
it left: that is a finding, and nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from lotwork.ledger.events import BUSINESS, JOINT, Equipment, YearFacts
from lotwork.projections.filer.taxpayer import year_end
from lotwork.projections.findings import Finding
from lotwork.projections.replay.book import Book
from lotwork.projections.returns.carried import NOTHING, Carried, carried_forward, stated
from lotwork.projections.returns.case import YearInputs, case_of
from lotwork.projections.returns.couple import Couple, couple_of
from lotwork.rules.errors import UnknownFigureError
from lotwork.rules.line import to_cents
from lotwork.rules.load import Law
from lotwork.rules.us.individual import Return, compute

CAPITAL = ("short_term_carryover_usd", "long_term_carryover_usd")
LOSSES = ("nol_carryforward_usd", "qbi_loss_carryforward_usd")
OF_RIGS = "section_1231_losses_usd"
USES_UP = (
    "wages_usd", "spouse_wages_usd", "other_ordinary_income_usd", "taxable_interest_usd", "ordinary_dividends_usd",
    "qualified_dividends_usd",
)  # fmt: skip
"""Income that a loss of the business is set off against in its own year, before anything is carried on."""


class CarriedInto(msgspec.Struct):
    """What comes into a year, and what could not be found out."""

    carried: Carried = NOTHING
    unknown: dict[str, int] = msgspec.field(default_factory=dict)
    """The keys of `year_facts` that nobody stated since a year without law lost money, and the last such year."""

    alone: int | None = None
    """The last year that left a net operating loss, and of which nobody told what other income used it up."""

    divided: dict[str, int] = msgspec.field(default_factory=dict)
    """The keys of `year_facts` of what a joint return left, and nobody has said whose, and the year of that return."""

    def told(self, year: int) -> Iterator[Finding]:
        """Yield the findings of *year*."""
        if whole := [key for key in _left_by(self.carried) if key in self.divided]:
            joint = max(self.divided.values())
            yield Finding(
                "carried_from_joint_return",
                f"what the joint return of {joint} left is carried into {year} whole, and this is a return of one: "
                "each spouse takes along the part of the own loss, and that of who died has ended (Treas. Reg. "
                f"1.1212-1(c)(1)(iii), 1.172-7(d); Rev. Rul. 74-175): record `year_facts` for {joint + 1} with your "
                f"part in {' and '.join(whole)}",
            )
        if self.alone is not None and self.carried.nol:
            yield Finding(
                "loss_of_a_year_untold",
                f"a net operating loss of {to_cents(self.carried.nol):,} is carried into {year}, as if there had been "
                f"no other income in {self.alone}: wages and the like are set off first (26 U.S.C. 172(c), 62): record "
                f"`year_facts` for {self.alone} with wages_usd (0 where there were none), or for {year} with "
                "nol_carryforward_usd as its return shows it",
            )
        if self.unknown:
            yield Finding(
                "carryover_unknown",
                f"losses from before {year} may be carried into it, and the law of {max(self.unknown.values())} is not "
                f"known here: record `year_facts` for {year} with {' and '.join(self.unknown)}",
            )

    def begin(self, facts: YearFacts) -> None:
        """Begin a year with what its facts state."""
        self.carried = stated(self.carried, facts)
        if any(_tells(facts, key) for key in CAPITAL):
            self._known(CAPITAL)
        self._known(key for key in (*LOSSES, OF_RIGS) if _tells(facts, key))
        if _tells(facts, LOSSES[0]):
            self.alone = None

    def divide(self, book: Book, year: int) -> None:
        """Note what the year before leaves to *year*, where that was a joint return and this is none."""
        before, now = (book.taxpayer.profile_on(year_end(each)).filing_status for each in (year - 1, year))
        if now == JOINT:
            self.divided = {}
        elif before == JOINT:
            self.divided = dict.fromkeys(_left_by(self.carried), year - 1)

    def end(self, book: Book, year: int, computed: Return) -> None:
        """End a year with what its return leaves."""
        before, self.carried = self.carried.nol, carried_forward(self.carried, computed, year)
        if self.carried.nol > before:
            facts = book.taxpayer.facts(year)
            is_told = any(_tells(facts, key) for key in USES_UP) or book.taxpayer.filed(year) is not None
            self.alone = self.alone if is_told else year

    def after(self, book: Book, year: int, computed: Return) -> CarriedInto:
        """Return what comes into the year after *year*, whose return is *computed*."""
        into = msgspec.structs.replace(self, unknown={**self.unknown}, divided={**self.divided})
        into.end(book, year, computed)
        into.divide(book, year + 1)
        into.begin(book.taxpayer.facts(year + 1))
        return into

    def lose(self, year: int, keys: Iterable[str]) -> None:
        """Leave a year without law: what came into it or was lost in it may have gone on, and nobody knows."""
        came, self.carried = self.carried, NOTHING
        brought: tuple[str, ...] = CAPITAL if came.short_term or came.long_term else ()
        brought += LOSSES if came.nol or came.qbi_loss else ()
        self.unknown |= dict.fromkeys((*brought, *keys), year)

    def _known(self, keys: Iterable[str]) -> None:
        for key in keys:
            self.unknown.pop(key, None)
            self.divided.pop(key, None)


def carried_into(book: Book, law: Law, year: int, couple: Couple | None = None) -> CarriedInto:
    """Return what earlier years bring into *year*, their businesses worked out by *couple*."""
    into, couple = CarriedInto(), couple_of(book, law) if couple is None else couple
    for earlier in range(_first_year(book, year), year):
        into.begin(book.taxpayer.facts(earlier))
        try:
            _, computed = computed_year(couple, earlier, into.carried)
        except UnknownFigureError:
            into.lose(earlier, _lost(book, earlier))
        else:
            into.end(book, earlier, computed)
        into.divide(book, earlier + 1)
    into.begin(book.taxpayer.facts(year))
    return into


def computed_year(couple: Couple, year: int, carried: Carried) -> tuple[YearInputs, Return]:
    """Return what the return of *year* is made of, *carried* into it, and the return.

    Raises UnknownFigureError for a year whose law is not known.
    """
    book, law = couple.book, couple.law
    law.in_year("us/ordinary/rates", year)
    profile = book.taxpayer.profile_on(year_end(year))
    business, other = couple.businesses(year, [])
    told = YearInputs(year, profile, book.taxpayer.facts(year), business, carried, other)
    return told, compute(case_of(book, told), law)


def _first_year(book: Book, year: int) -> int:
    """Return the first year of which the book knows anything that can be carried on; *year* where there is none."""
    rigs = (event for event in book.equipment.state().events if isinstance(event, Equipment))
    placed = (event.placed_in_service.year for event in rigs)
    known = (
        *(when for when, _ in book.income.totals),
        *(each.date.year for each in book.income.earned),
        *(when for when, _ in book.gains.totals),
        *book.taxpayer.year_facts,
        *book.expenses.years_told(),
        *placed,
    )
    return min((*known, year))


def _left_by(carried: Carried) -> list[str]:
    """Return the keys of `year_facts` that tell what *carried* has."""
    amounts = (carried.short_term, carried.long_term, carried.nol, carried.qbi_loss, carried.section_1231_losses)
    return [key for key, amount in zip((*CAPITAL, *LOSSES, OF_RIGS), amounts, strict=True) if amount]


def _lost(book: Book, year: int) -> tuple[str, ...]:
    """Return what *year*, whose law is not known, may have left: by what it lost in trading and in business."""
    traded = book.gains.total(year, "short").gain_usd_micros + book.gains.total(year, "long").gain_usd_micros
    keys: tuple[str, ...] = CAPITAL if traded < 0 else ()
    if not book.taxpayer.activities.is_business(year):
        return keys
    income, at_most = sum(book.income.of_year(year).values()), book.expenses.at_most(year)
    if at_most is not None and income >= at_most:
        return keys
    spent = sum(row.deductible_usd_micros for row in book.expenses.result(year).rows if row.activity == BUSINESS)
    return (*keys, *LOSSES) if income < spent else keys


def _tells(facts: YearFacts, key: str) -> bool:
    return getattr(facts, f"{key}_micros") is not None

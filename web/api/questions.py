"""What `/api/v1` may be asked: each address is a command, and answers what that command prints under --json.

The values of a question are those of the command's options; a name that no option has is refused, as the command
refuses it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from lotwork.ledger.clock import Clock
from lotwork.ledger.errors import UsageError
from lotwork.ledger.events import US
from lotwork.ledger.public_form.parse_words import check_tax_year, parse_day
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.units import AmountError
from lotwork.projections.as_of import LAST_POSITION, AsOf, Folded, when_known
from lotwork.projections.filer.taxpayer import year_end
from lotwork.projections.findings import Finding
from lotwork.reports.answers import (
    answer_equipment,
    answer_expenses,
    answer_gains,
    answer_income,
    answer_liability,
    answer_lots,
    answer_quarterly,
    findings_of_brokers,
)
from lotwork.reports.costs import EquipmentListing, ExpenseListing
from lotwork.reports.estimated import QuarterlyListing
from lotwork.reports.findings import FindingCounts, list_counts
from lotwork.reports.gains import GainListing
from lotwork.reports.income import IncomeListing
from lotwork.reports.lots import LotListing
from lotwork.reports.rows import Row
from lotwork.reports.tax import LiabilityListing
from lotwork.reports.upkeep import HeadListing
from lotwork.reports.whole_result import result_of
from lotwork.service.home import check_book, check_home

if TYPE_CHECKING:
    from lotwork.projections.quarterly import By

Told = tuple[Row, Sequence[Finding]]
FINDINGS = "findings"
"""With a year it tells those of the year's return too."""
BOTH_TIMES = ("book", "as_of", "known", "up_to")
METHODS: Mapping[str, By] = {"cheaper": "cheaper", "annualized": "annualized", "regular": "regular"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, its values read."""

    book: str
    year: int | None
    counted: AsOf
    by: By = "cheaper"
    tax_table: bool = False
    code: str | None = None
    around: Callable[[Collection[int]], Folded] | None = None
    """The same book and law with other years kept, for what looks beyond its year."""


@dataclass(frozen=True, slots=True)
class Question:
    """An address: what it answers with, what it may be asked with, and who answers."""

    name: str
    about: str
    listing: type[Row]
    values: tuple[str, ...]
    answer: Callable[[Folded, Asked, date], Told]

    @property
    def needs_year(self) -> bool:
        """Whether it is of one tax year."""
        return "year" in self.values and self.name != FINDINGS


def _lots(folded: Folded, asked: Asked, _: date) -> Told:
    return answer_lots(folded, asked.counted.as_of)


def _income(folded: Folded, asked: Asked, _: date) -> Told:
    return answer_income(folded, _year(asked))


def _gains(folded: Folded, asked: Asked, _: date) -> Told:
    return answer_gains(folded, _year(asked))


def _expenses(folded: Folded, asked: Asked, _: date) -> Told:
    return answer_expenses(folded, _year(asked))


def _equipment(folded: Folded, asked: Asked, _: date) -> Told:
    return answer_equipment(folded, _year(asked))


def _findings(folded: Folded, asked: Asked, today: date) -> Told:
    told: Sequence[Finding] = folded.book.told()
    if asked.year is not None and asked.around is not None:
        told = (*_liability(folded, asked, today)[1], *findings_of_brokers(folded, asked.year, asked.around))
    counts = Counter(finding.code for finding in dict.fromkeys(told))
    return list_counts(counts), tuple(each for each in dict.fromkeys(told) if asked.code in (None, each.code))


def _liability(folded: Folded, asked: Asked, today: date) -> Told:
    year = _year(asked)
    jurisdiction = folded.book.taxpayer.profile_on(year_end(year)).jurisdiction
    if jurisdiction != US:
        raise UsageError(
            f"book {asked.book} is under the law of {jurisdiction} in {year}, and this tells US figures: ask "
            f"`lotwork liability --year {year} --book {asked.book} --json`"
        )
    return answer_liability(folded, year, today, tax_table=asked.tax_table, as_filed=False)[:2]


def _quarterly(folded: Folded, asked: Asked, today: date) -> Told:
    return answer_quarterly(folded, _year(asked), today, asked.by)[:2]


def _head(_folded: Folded, _asked: Asked, _today: date) -> Told:
    return HeadListing(), ()


QUESTIONS = {
    question.name: question
    for question in (
        Question("head", "Where the log of a book ends: position and hash.", HeadListing, ("book",), _head),
        Question("lots", "The open lots, now or at the end of a day.", LotListing, BOTH_TIMES, _lots),
        Question("income", "A year's income, receipt by receipt.", IncomeListing, (*BOTH_TIMES, "year"), _income),
        Question("gains", "A year's gains, as Form 8949 lists them.", GainListing, (*BOTH_TIMES, "year"), _gains),
        Question(
            "expenses", "A year's expenses by line of Schedule C.", ExpenseListing, (*BOTH_TIMES, "year"), _expenses
        ),
        Question("equipment", "A year's depreciation.", EquipmentListing, (*BOTH_TIMES, "year"), _equipment),
        Question(
            "quarterly", "A year's estimated payments: due, paid, short, to set aside.", QuarterlyListing,
            (*BOTH_TIMES, "year", "method"), _quarterly,
        ),
        Question(
            "liability", "A year's tax, form line by form line.", LiabilityListing,
            (*BOTH_TIMES, "year", "tax_table"), _liability,
        ),
        Question(
            FINDINGS, "What must be decided or mended, whole.", FindingCounts, (*BOTH_TIMES, "year", "code"), _findings
        ),
    )
}  # fmt: skip


def answer(question: Question, log: EventLog, values: Mapping[str, str], clock: Clock) -> bytes:
    """Return the JSON of *question*, asked with *values*: the bytes that its command prints.

    Raises what the command is refused with: UsageError for a value that cannot be, BookNotFoundError and the like.
    """
    asked = read(question, values)
    check_home(log)
    check_book(log, asked.book)
    counted = asked.counted
    if counted.is_whole:
        counted = AsOf(law_named=counted.law_named, now=clock.now())
    history = counted.history(log, asked.book)
    until = counted.until(asked.year) if question.name == "quarterly" and asked.year else None
    years = () if asked.year is None else (asked.year,)
    folded = counted.fold(log.home, history, years, until)
    asked = replace(asked, around=lambda others: counted.fold(log.home, history, others))
    today = counted.as_of or history.calendar.day(clock.now())
    listing, findings = question.answer(folded, asked, today)
    head = log.head(asked.book, up_to=history.up_to)
    return result_of(question.name, listing, head=head, law=folded.law, findings=findings)


def read(question: Question, values: Mapping[str, str]) -> Asked:
    """Return *values* as the question means them; UsageError where one cannot be."""
    for name in values:
        if name not in question.values:
            raise UsageError(f"{name}: there is no such value of {question.name}: {', '.join(question.values)}")
    year = values.get("year")
    if question.needs_year and year is None:
        raise UsageError("year: name the tax year, as in year=2026")
    try:
        counted = AsOf(
            as_of=None if "as_of" not in values else parse_day(values["as_of"]),
            known=None if "known" not in values else when_known(values["known"]),
            up_to=None if "up_to" not in values else min(_number("up_to", values["up_to"]), LAST_POSITION),
        )
    except AmountError as odd:
        raise UsageError(f"as_of, known: {odd}") from odd
    method, table = values.get("method", "cheaper"), values.get("tax_table", "false")
    if method not in METHODS:
        raise UsageError(f"method: is one of {', '.join(METHODS)}")
    if table not in ("true", "false"):
        raise UsageError("tax_table: is true or false")
    return Asked(
        book=values.get("book", MAIN_BOOK),
        year=None if year is None else check_tax_year(_number("year", year), "year"),
        counted=counted,
        by=METHODS[method],
        tax_table=table == "true",
        code=values.get("code"),
    )


def _year(asked: Asked) -> int:
    if asked.year is None:
        raise UsageError("year: name the tax year, as in year=2026")
    return asked.year


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(LAST_POSITION))):
        raise UsageError(f"{name}: is a whole number")
    return int(text)

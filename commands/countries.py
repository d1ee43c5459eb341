"""A year under another country's law on the command line, from the same log."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
import msgspec

from lotwork.commands.answer import Call, answer
from lotwork.commands.tables import show_rows
from lotwork.commands.telling import tell
from lotwork.ledger.errors import InputRefusedError, Problem, UsageError
from lotwork.ledger.events import US
from lotwork.projections.abroad.countries import (
    COUNTRIES,
    OPTIONS,
    Amount,
    Country,
    OneOf,
    Option,
    Whole,
    takers,
)
from lotwork.reports.lines import dollars
from lotwork.rules.case import MOST, number

if TYPE_CHECKING:
    from lotwork.ledger.storage.log import EventLog
    from lotwork.projections.abroad.tax_return import Choices
    from lotwork.projections.replay.book import Book
    from lotwork.rules.load import Law

Function = TypeVar("Function", bound=Callable[..., Any])


class AskedAbroad(msgspec.Struct, frozen=True):
    """Which country's law is asked, None for the profile's, and what the options that were given were told."""

    jurisdiction: str | None
    given: Mapping[Option, str | int]


def abroad(function: Function) -> Function:
    """Give a command the options of other countries, and one AskedAbroad of what they were told in their place."""

    @functools.wraps(function)
    def wrapper(*args: Any, **words: Any) -> Any:
        told = {option: words.pop(option.name) for option in OPTIONS}
        given = {option: value for option, value in told.items() if value is not None}
        return function(*args, asked=AskedAbroad(words.pop("jurisdiction"), given), **words)

    made: Any = wrapper
    for option in reversed(OPTIONS):
        made = _as_click(option)(made)
    return cast("Function", _jurisdiction(made))


_jurisdiction = click.option(
    "--jurisdiction", type=click.Choice(list(COUNTRIES)),
    help="The country whose law is asked.  [default: the profile's]",
)  # fmt: skip


def _as_click(option: Option) -> Callable[[Function], Function]:
    """Return *option* as click has it, the countries that take it before its words."""
    words = f"{takers(option)}: {option.help}"
    match option.takes:
        case Amount(metavar):
            return click.option(option.flag, metavar=metavar, help=words)
        case Whole(most):
            return click.option(option.flag, type=click.IntRange(1, most), metavar="N", help=words)
        case OneOf(choices):
            words += f"  [default: {choices[0]}]"
            return click.option(option.flag, type=click.Choice(choices), help=words)


def answer_abroad(call: Call, log: EventLog, book: Book, law: Law, year: int, asked: AskedAbroad) -> int | None:
    """Print the year under the law of another country, and return the exit code; None where US law is asked."""
    from lotwork.projections.filer.taxpayer import year_end  # noqa: PLC0415 - with the rest of what only another country needs

    jurisdiction = asked.jurisdiction or book.taxpayer.profile_on(year_end(year)).jurisdiction
    _check_options(COUNTRIES[jurisdiction], asked)
    if jurisdiction == US:
        return None
    from lotwork.projections.abroad.liability import foreign_liability, told_abroad  # noqa: PLC0415 - the same
    from lotwork.reports.countries import LINES, list_foreign  # noqa: PLC0415 - the same

    made = foreign_liability(book, law, year, jurisdiction, _choices(asked))
    listing = list_foreign(made)

    def show() -> None:
        show_rows(f"Tax year {year}, {jurisdiction}, in {made.currency}", LINES, listing.lines)
        for name, amount in listing.summary.items():
            tell(f"  {name.replace('_', ' ')}: {'not known here' if amount is None else dollars(amount)}")
        for heading, words in (("Covers", made.covers), ("Does not cover", made.does_not_cover)):
            tell(f"{heading}:\n" + "\n".join(f"  {each}" for each in words))

    findings, end = (*told_abroad(book), *made.findings), book.history.up_to
    return answer(call, f"liability_{jurisdiction}", listing, log=log, law=law, findings=findings, up_to=end,
                  show=show)  # fmt: skip


def _check_options(country: Country, asked: AskedAbroad) -> None:
    """Refuse an option that the law asked of has no use for: left unsaid, its figure would look counted."""
    for option in asked.given:
        if option not in country.options:
            raise UsageError(
                f"{option.flag} has no use under the law of {country.code}, only under {takers(option)}: leave it out"
            )


def _choices(asked: AskedAbroad) -> Choices:
    """Return what was chosen; an amount that is no number is refused."""
    from lotwork.projections.abroad.tax_return import Choices  # noqa: PLC0415 - only another country needs it

    return Choices(**{option.name: _read(option, told) for option, told in asked.given.items()})


def _read(option: Option, told: str | int) -> Any:
    """Return what an option was told; click has read it already where it is no amount."""
    match option.takes:
        case Amount(_, example, least, cite):
            amount = _amount(option.flag, str(told))
            if least is not None and amount < least:
                raise _refused(
                    option.flag, f"{amount:f} is below {least}, the least there is ({cite})", f"write {example}"
                )
            return amount
        case Whole() | OneOf():
            return told


def _amount(flag: str, text: str) -> Decimal:
    try:
        amount = number(text)
    except ValueError as odd:
        raise _refused(flag, str(odd), "write digits and one point, like 1500.25") from odd
    if abs(amount) >= MOST:
        raise _refused(flag, f"{text[:60]} is too large", "give an amount below 10^13")
    return amount


def _refused(flag: str, reason: str, remedy: str) -> InputRefusedError:
    return InputRefusedError("the year cannot be computed", [Problem("command line", flag, reason, remedy)])

"""A year under another country's law on the command line, from the same log."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

import click

from lotwork.commands.answer import Call, answer
from lotwork.commands.tables import dollars, show_table
from lotwork.ledger.errors import InputRefusedError, Problem, UsageError
from lotwork.rules.case import MOST, number

if TYPE_CHECKING:
    from lotwork.ledger.storage.log import EventLog
    from lotwork.projections.abroad.tax_return import Choices
    from lotwork.projections.replay.book import Book
    from lotwork.rules.load import Law

Function = TypeVar("Function", bound=Callable[..., Any])

US = "us"
MOST_LIFE_YEARS = 40
TAKES: Mapping[str, tuple[str, ...]] = {
    US: (),
    "cn": ("life_years",),
    "jp": ("other_income", "life_years", "cost_method"),
    "de": ("other_income", "life_years", "multiplier"),
    "pt": (),
}
"""What the taxpayer has to say: China taxes business income alone, and Portugal takes a share for all costs."""
LEAST_MULTIPLIER = 200


def abroad(function: Function) -> Function:
    """Give a command the options of other countries, and one mapping of what they were told in their place."""

    @click.option("--jurisdiction", type=click.Choice([US, "cn", "jp", "de", "pt"]),
                  help="The country whose law is asked.  [default: the profile's]")  # fmt: skip
    @click.option("--other-income", metavar="AMOUNT", help="jp, de: other taxable income, in the country's currency.")
    @click.option("--life-years", type=click.IntRange(1, MOST_LIFE_YEARS), metavar="N",
                  help="cn, jp, de: rigs are depreciated over N years.")  # fmt: skip
    @click.option("--cost-method", type=click.Choice(["total_average", "moving_average"]),
                  help="jp: how coins are costed.  [default: total_average]")  # fmt: skip
    @click.option(
        "--multiplier", metavar="PERCENT", help="de: the town's multiplier of trade tax (Hebesatz), like 410."
    )
    @functools.wraps(function)
    def wrapper(
        *args: Any,
        jurisdiction: str | None,
        other_income: str | None,
        life_years: int | None,
        cost_method: str | None,
        multiplier: str | None,
        **words: Any,
    ) -> Any:
        told = {
            "jurisdiction": jurisdiction,
            "other_income": other_income,
            "life_years": life_years,
            "cost_method": cost_method,
            "multiplier": multiplier,
        }
        return function(*args, told=told, **words)

    return wrapper  # type: ignore[return-value] # click's wrapper takes the options in the function's stead


def answer_abroad(call: Call, log: EventLog, book: Book, law: Law, year: int, told: Mapping[str, Any]) -> int | None:
    """Print the year under the law of another country, and return the exit code; None where US law is asked."""
    from lotwork.projections.taxpayer import year_end  # noqa: PLC0415 - with the rest of what only another country needs

    jurisdiction = told["jurisdiction"] or book.taxpayer.standing(year_end(year)).jurisdiction
    _check_options(jurisdiction, told)
    if jurisdiction == US:
        return None
    from lotwork.projections.abroad.countries import foreign_liability, told_abroad  # noqa: PLC0415 - the same
    from lotwork.reports.countries import list_foreign  # noqa: PLC0415 - the same

    made = foreign_liability(book, law, year, jurisdiction, _choices(told))
    listing = list_foreign(made)

    def show() -> None:
        lines = [line | {"amount": dollars(line["amount"])} for line in listing["lines"]]
        show_table(f"Tax year {year}, {jurisdiction}, in {made.currency}", lines, ("form", "line", "label", "amount"))
        for name, amount in listing["summary"].items():
            click.echo(f"  {name.replace('_', ' ')}: {'not known here' if amount is None else dollars(amount)}")
        for heading, words in (("Covers", made.covers), ("Does not cover", made.does_not_cover)):
            click.echo(f"{heading}:\n" + "\n".join(f"  {each}" for each in words))

    return answer(
        call, f"liability_{jurisdiction}", listing, log=log, law=law, findings=(*told_abroad(book), *made.findings),
        up_to=book.history.up_to, show=show,
    )  # fmt: skip


def _check_options(jurisdiction: str, told: Mapping[str, Any]) -> None:
    """Refuse an option that the law asked of has no use for: left unsaid, its figure would look counted."""
    for name, value in told.items():
        if name != "jurisdiction" and value is not None and name not in TAKES[jurisdiction]:
            takers = ", ".join(country for country, names in TAKES.items() if name in names)
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"{option} has no use under the law of {jurisdiction}, only under {takers}: leave it out")


def _choices(told: Mapping[str, Any]) -> Choices:
    """Return what was chosen; an amount that is no number is refused."""
    from lotwork.projections.abroad.tax_return import Choices  # noqa: PLC0415 - only another country needs it

    other = _amount("--other-income", told["other_income"])
    multiplier = _amount("--multiplier", told["multiplier"])
    if multiplier is not None and multiplier < LEAST_MULTIPLIER:
        reason = f"{multiplier:f} is below {LEAST_MULTIPLIER}, the least there is (GewStG s.16(4))"
        raise _refused("--multiplier", reason, "write percent, like 410")
    return Choices(
        other_income=other if other is not None else Decimal(0),
        life_years=told["life_years"],
        cost_method=told["cost_method"] or "total_average",
        multiplier=multiplier,
    )


def _amount(option: str, text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        amount = number(text)
    except ValueError as odd:
        raise _refused(option, str(odd), "write digits and one point, like 1500.25") from odd
    if abs(amount) >= MOST:
        raise _refused(option, f"{text[:60]} is too large", "give an amount below 10^13")
    return amount


def _refused(option: str, reason: str, remedy: str) -> InputRefusedError:
    return InputRefusedError("the year cannot be computed", [Problem("command line", option, reason, remedy)])

"""The countries whose law can be asked: a country is one record, and every list of them is read from here.

A record names modules by its code: rules/<code>/ holds its figures and computes one case, projections/abroad/<code>.py
prepares a year from the log. They are imported when they are asked for: who lists the countries pays for none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, TypeAlias, cast

import msgspec

from lotwork.ledger.events import US, Currency, Jurisdiction

if TYPE_CHECKING:
    from lotwork.projections.abroad.rates import Rates
    from lotwork.projections.abroad.tax_return import Choices, ForeignReturn
    from lotwork.projections.replay.book import Book
    from lotwork.rules.load import Law


class Prepare(Protocol):
    """Prepares a year under the law of one country: `prepare` of its module in `projections.abroad`."""

    def __call__(self, book: Book, law: Law, year: int, rates: Rates, choices: Choices) -> ForeignReturn:
        """Return *year* in the country's currency."""
        ...


class Compute(Protocol):
    """Computes one case told in JSON: `compute_case` of a module in rules/<code>/."""

    def __call__(self, case: Mapping[str, object], law: Law, **words: bool) -> Mapping[str, object]:
        """Return `taxable`, `tax` and the steps; *words* are further options of one country."""
        ...


class Amount(NamedTuple):
    """An option that takes a number: what stands for it in the help, and the least it may be."""

    metavar: str = "AMOUNT"
    example: str = "digits and one point, like 1500.25"
    least: Decimal | None = None
    least_cite: str = ""


class Whole(NamedTuple):
    """An option that takes a whole number from 1 to *most*."""

    most: int


class OneOf(NamedTuple):
    """An option that takes one of some words, the first where nothing is told."""

    words: tuple[str, ...]


Takes: TypeAlias = Amount | Whole | OneOf


class Option(msgspec.Struct, frozen=True):
    """What the log does not say and the law of some country asks: a field of `Choices`, told as `--its-name`."""

    name: str
    help: str
    """What it is, in the words that `--help` puts after the countries that take it."""
    takes: Takes

    @property
    def flag(self) -> str:
        """The option as it is written: "--other-income"."""
        return f"--{self.name.replace('_', '-')}"


OTHER_INCOME = Option("other_income", "other taxable income, in the country's currency.", Amount())
LIFE_YEARS = Option("life_years", "rigs are depreciated over N years.", Whole(40))
COST_METHOD = Option("cost_method", "how coins are costed.", OneOf(("total_average", "moving_average")))
MULTIPLIER = Option(
    "multiplier",
    "the town's multiplier of trade tax (Hebesatz), like 410.",
    Amount("PERCENT", "percent, like 410", Decimal(200), "GewStG s.16(4)"),
)
OPTIONS = (OTHER_INCOME, LIFE_YEARS, COST_METHOD, MULTIPLIER)
"""Every option, in the order in which `--help` lists them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country: by what code a profile names it, what it is called, its money, and what its law asks."""

    code: Jurisdiction
    name: str
    currency: Currency | Literal["USD"]
    case: str = "income"
    """The module in rules/<code>/ that computes one case."""
    options: tuple[Option, ...] = ()
    """What the taxpayer has to say of a year besides the log."""
    activity_decides: bool = False
    """Whether a return depends on mining being a business or a hobby."""

    @property
    def compute(self) -> Compute:
        """What computes one case (`lotwork compute`)."""
        return cast("Compute", import_module(f"lotwork.rules.{self.code}.{self.case}").compute_case)

    @property
    def prepare(self) -> Prepare:
        """What prepares a year from the log (`lotwork liability`); not of the United States, whose return is a room."""
        return cast("Prepare", import_module(f"lotwork.projections.abroad.{self.code}").prepare)


COUNTRIES: Mapping[str, Country] = MappingProxyType({
    country.code: country
    for country in (
        Country(code=US, name="United States", currency="USD", case="individual"),
        # China taxes business income alone.
        Country(code="cn", name="China", currency="CNY", options=(LIFE_YEARS,)),
        Country(code="jp", name="Japan", currency="JPY", options=(OTHER_INCOME, LIFE_YEARS, COST_METHOD)),
        Country(code="de", name="Germany", currency="EUR", options=(OTHER_INCOME, LIFE_YEARS, MULTIPLIER),
                activity_decides=True),
        # Portugal takes a share for all costs.
        Country(code="pt", name="Portugal", currency="EUR", options=(OTHER_INCOME,), activity_decides=True),
    )
})  # fmt: skip
"""Every country, in the order in which they are listed."""


def takers(option: Option) -> str:
    """Return the countries that take *option*, as the help and refusals name them: "jp, de"."""
    return ", ".join(country.code for country in COUNTRIES.values() if option in country.options)

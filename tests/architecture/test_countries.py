"""A country is one record: every list reads it, and a step that was forgotten fails in words that say which."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import get_args

import pytest

from lotwork.ledger.events import US, Currency, Jurisdiction
from lotwork.projections.abroad.countries import COUNTRIES, OPTIONS, Country, Option, Prepare, Whole, takers
from lotwork.projections.abroad.tax_return import Choices
from lotwork.rules.load import Law
from tests.architecture.house import ROOT, modules

CODES = get_args(Jurisdiction)
RECORDS = "projections/abroad/countries.py"


def forgotten(country: Country) -> Iterator[str]:
    """Yield what is still to do before *country* can be asked, in words."""
    code, law = country.code, Law.load()
    if code not in CODES:
        yield f"ledger/kinds/event_base.py: Jurisdiction does not name {code!r}, so no profile may"
    if not any(topic.startswith(f"{code}/") for topic in law.topics()):
        yield f"rules/{code}/: there is no rule file: write the country's figures, dated and cited"
    case = module(f"lotwork.rules.{code}.{country.case}")
    if not hasattr(case, "compute_case"):
        yield f"rules/{code}/{country.case}.py: there is no compute_case for `lotwork compute {code}`"
    if code != US:
        yield from forgotten_abroad(country)


def forgotten_abroad(country: Country) -> Iterator[str]:
    code = country.code
    if country.currency not in get_args(Currency):
        yield f"ledger/kinds/event_base.py: Currency does not name {country.currency}, so no exchange rate is in it"
    prepare = getattr(module(f"lotwork.projections.abroad.{code}"), "prepare", None)
    if prepare is None:
        yield f"projections/abroad/{code}.py: there is no prepare(book, law, year, rates, choices)"
    elif [*inspect.signature(prepare).parameters] != [*inspect.signature(Prepare.__call__).parameters][1:]:
        yield f"projections/abroad/{code}.py: prepare takes other arguments than (book, law, year, rates, choices)"
    known = {field.name for field in fields(Choices)}
    for option in country.options:
        if option not in OPTIONS:
            yield f"{RECORDS}: OPTIONS does not list {option.name}, so no command takes {option.flag}"
        if option.name not in known:
            yield f"projections/abroad/tax_return.py: Choices has no field {option.name}"
    page = (ROOT / "docs/countries.md").read_text(encoding="utf-8")
    if f"`{code}`" not in page:
        yield f"docs/countries.md: {code} is not among the codes that a profile may name"
    if f"| {country.name} | {country.currency} |" not in page:
        yield f"docs/countries.md: no row says which exchange rate to record for {country.name} ({country.currency})"
    if f"## {country.name}" not in page:
        yield f"docs/countries.md: no section says how {country.name} taxes mining"
    for file in ("README.md", "docs/guide.md", "docs/law.md"):
        if country.name not in (ROOT / file).read_text(encoding="utf-8"):
            yield f"{file}: {country.name} is not among the countries"


def module(name: str) -> ModuleType | None:
    try:
        return import_module(name) if find_spec(name) else None
    except ModuleNotFoundError:
        return None


@pytest.mark.parametrize("country", COUNTRIES.values(), ids=lambda country: country.code)
def test_nothing_of_a_country_is_forgotten(country: Country) -> None:
    assert not list(forgotten(country))


def test_every_country_a_profile_may_name_has_its_record_and_in_that_order() -> None:
    missing = set(CODES) - set(COUNTRIES)
    assert not missing, f"{RECORDS}: no record of {missing}, which a profile may name"
    assert tuple(COUNTRIES) == CODES


def test_the_law_has_no_country_without_a_record() -> None:
    there = {topic.partition("/")[0] for topic in Law.load().topics()}
    assert there == set(COUNTRIES), f"{RECORDS}: no record of {there - set(COUNTRIES)}, whose figures stand in rules/"


def test_every_currency_an_exchange_rate_may_be_in_is_one_of_a_country() -> None:
    assert {country.currency for country in COUNTRIES.values()} == {"USD", *get_args(Currency)}


def test_every_choice_is_an_option_that_some_country_takes() -> None:
    assert [option.name for option in OPTIONS] == [field.name for field in fields(Choices)]
    assert all(map(takers, OPTIONS))


def test_a_country_of_which_all_is_forgotten_is_told_so_step_by_step() -> None:
    wealth = Option("wealth", "what is owned.", Whole(9))
    made_up = replace(COUNTRIES["de"], code="xx", name="Utopia", currency="UTO", options=(wealth,))  # type: ignore[arg-type] # that is what is tested
    assert [told.partition(":")[0] for told in forgotten(made_up)] == [
        "ledger/kinds/event_base.py", "rules/xx/", "rules/xx/income.py", "ledger/kinds/event_base.py",
        "projections/abroad/xx.py", RECORDS, "projections/abroad/tax_return.py", "docs/countries.md",
        "docs/countries.md", "docs/countries.md", "README.md", "docs/guide.md", "docs/law.md",
    ]  # fmt: skip


def test_no_other_module_lists_countries_by_their_codes() -> None:
    """The ledger names the codes, the records say what they are; a module of one country names that one."""
    codes = "|".join(CODES)
    told = {
        each.path: set(re.findall(rf"[\"']({codes})[\"']", each.text))
        for each in modules()
        if each.path not in ("ledger/kinds/event_base.py", RECORDS)
    }
    assert {path: found for path, found in told.items() if found} == {
        **{f"projections/abroad/{code}.py": {code} for code in CODES if code != US},
        "demo/book.py": {US},
    }

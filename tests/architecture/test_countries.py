"""A country is one record: every list reads it, and a step that was forgotten fails in words that say which."""

from __future__ import annotations

import ast
import inspect
from collections import defaultdict
from collections.abc import Collection, Iterator
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
VOCABULARY = "ledger/kinds/event_base.py"


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
    found = [*forgotten(country)]
    assert not found, "\n".join((f"{country.name} is not whole:", *found))


def test_every_country_a_profile_may_name_has_its_record_and_in_that_order() -> None:
    missing, more = [*sorted(set(CODES) - set(COUNTRIES))], [*sorted(set(COUNTRIES) - set(CODES))]
    assert not missing, f"{RECORDS}: no record of {', '.join(missing)}, which a profile may name"
    assert not more, f"{VOCABULARY}: Jurisdiction does not name {', '.join(more)}, of which there is a record"
    order = f"{RECORDS}: the records stand in another order than Jurisdiction, {', '.join(CODES)}"
    assert tuple(COUNTRIES) == CODES, order


def test_the_law_has_no_country_without_a_record() -> None:
    there = {topic.partition("/")[0] for topic in Law.load().topics()}
    without_record, without_law = sorted(there - set(COUNTRIES)), sorted(set(COUNTRIES) - there)
    assert not without_record, f"{RECORDS}: no record of {', '.join(without_record)}, whose figures stand in rules/"
    assert not without_law, f"rules/: no figures of {', '.join(without_law)}, of which there is a record"


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


def told_apart(tree: ast.Module, codes: Collection[str]) -> Iterator[str]:
    """Yield each place that lists countries by their *codes*, or asks for one.

    A code may be a usual word: it is one only among others, or where a country or a jurisdiction is compared with it.
    """
    compared: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for node in ast.walk(tree):
        match node:
            case ast.Tuple() | ast.List() | ast.Set():
                listed = {each.value for each in node.elts if isinstance(each, ast.Constant)}
            case ast.Dict():
                listed = {each.value for each in node.keys if isinstance(each, ast.Constant)}
            case ast.Match():
                cases = [each for case in node.cases for each in ast.walk(case.pattern)]
                listed = {each.value.value for each in cases
                          if isinstance(each, ast.MatchValue) and isinstance(each.value, ast.Constant)}  # fmt: skip
            case ast.Compare(left=left, comparators=[ast.Constant(value=str(code))]) if code in codes:
                compared[ast.unparse(left)][code] = node.lineno
                continue
            case _:
                continue
        if len(found := [code for code in codes if code in listed]) > 1:
            yield f"{node.lineno}: lists {', '.join(found)}"
    for told, found_at in compared.items():
        if len(found_at) > 1 or any(word in told.lower() for word in ("country", "jurisdiction")):
            yield f"{max(found_at.values())}: asks if {told} is {' or '.join(sorted(found_at))}"


def test_no_other_module_tells_countries_apart_by_their_codes() -> None:
    """The ledger names the codes, the records say what they are."""
    found = [f"{each.path}:{place}" for each in modules() if each.path not in (VOCABULARY, RECORDS)
             for place in told_apart(each.tree, CODES)]  # fmt: skip
    assert not found, "\n".join(("read the records of projections/abroad/countries.py instead:", *found))


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("LATER = ('de', 'at')", ["1: lists de, at"]),
        ("NAMES = {'jp': 'Japan', 'at': 'Austria'}", ["1: lists jp, at"]),
        ("Some = Literal['de', 'pt']", ["1: lists de, pt"]),
        ("match code:\n case 'de' | 'at': pass", ["1: lists de, at"]),
        ("if code == 'de': pass\nelif code == 'at': pass", ["2: asks if code is at or de"]),
        ("if profile.jurisdiction == 'at': pass", ["1: asks if profile.jurisdiction is at"]),
        ("KEYS = ('at', 'id', 'kind')", []),
        ("event = {'kind': 'sale', 'at': '2026-01-01', 'jurisdiction': 'us'}", []),
        ("if key == 'at': pass", []),
        ("made = ForeignReturn(jurisdiction='de')", []),
    ],
)
def test_austria_would_be_told_from_the_word_at(source: str, found: list[str]) -> None:
    assert [*told_apart(ast.parse(source), (*CODES, "at"))] == found

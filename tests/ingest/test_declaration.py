"""A declaration that leaves something out is refused when it is made, with the words that say what to add."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lotwork.ingest.declaration import DeclarationError, DeclaredPrices, DeclaredSource
from lotwork.ingest.pools.ocean import SOURCE
from lotwork.ingest.prices.kraken import PRICES
from lotwork.ingest.register import declared_in, each_once
from lotwork.ingest.sections import Name, Secret, SecretFile, Section, references


class Nameless(Section, frozen=True, kw_only=True):
    book: Name = "main"
    every_seconds: int = 60


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "Foundry USA"}, "kind: write it like foundry_usa"),
        ({"label": ""}, "source ocean: label: nothing is said: write it"),
        ({"docs": " \n", "units": ""}, "source ocean: units, docs: nothing is said: write it"),
        ({"example": ""}, "source ocean: example: nothing is said"),
        ({"example": "[[sources.other]]\n"}, r"example: it does not begin with \[\[sources.ocean\]\]: show the table"),
        ({"settings": Nameless}, "source ocean: settings: no name: every source has it"),
        ({"settings": dict}, "settings: <class 'dict'> is no Section: derive it from one"),
    ],
)
def test_a_declaration_without_a_part_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(DeclarationError, match=words):
        replace(SOURCE, **change)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"label": "", "docs": ""}, "price source kraken: label, docs: nothing is said: write it"),
        ({"cannot_see": " "}, "price source kraken: cannot_see: nothing is said"),
        ({"example": "url = 'x'\n"}, "example: it does not begin with kraken_url =: show the key of"),
    ],
)
def test_a_declaration_of_prices_without_a_part_is_refused(change: dict[str, Any], words: str) -> None:
    with pytest.raises(DeclarationError, match=words):
        replace(PRICES, **change)


def test_a_part_that_is_forgotten_altogether_is_told_in_the_same_words() -> None:
    with pytest.raises(DeclarationError, match="source mill: label, example, units, times, docs, cannot_see: nothing"):
        DeclaredSource(kind="mill", settings=SOURCE.settings, build=SOURCE.build)
    with pytest.raises(DeclarationError, match="price source mill: label, example, docs, cannot_see: nothing"):
        DeclaredPrices(name="mill", key="mill_url", default=None, build=PRICES.build)


@pytest.mark.parametrize(("constant", "kind"), [("SOURCE", DeclaredSource), ("PRICES", DeclaredPrices)])
def test_a_listed_module_that_declares_nothing_is_told(constant: str, kind: type[object]) -> None:
    words = rf"lotwork.ingest.ports stands in lotwork.ingest.register.*write {constant} = {kind.__name__}\(\.\.\.\)"
    with pytest.raises(DeclarationError, match=words):
        declared_in("lotwork.ingest.ports", constant, kind)


def test_two_sources_of_one_kind_are_told() -> None:
    with pytest.raises(DeclarationError, match="ocean: declared twice"):
        each_once(["ocean", "files", "ocean"])


def test_an_example_is_commented_line_by_line() -> None:
    assert replace(SOURCE, example="[[sources.ocean]]\n  a = 1\n").commented() == "# [[sources.ocean]]\n#   a = 1\n"


class Inner(Section, frozen=True, kw_only=True):
    token: Secret | None = None
    tokens: tuple[Secret, ...] = ()


class Outer(Section, frozen=True, kw_only=True):
    url: str
    url_file: SecretFile | None = None
    inner: tuple[Inner, ...] = ()
    alone: Inner | None = None


def test_every_reference_to_a_secret_is_found_by_its_type_and_nothing_else_is() -> None:
    section = Outer(
        url="http://plain",
        url_file="a.secret",
        inner=(Inner(token="env:B"), Inner(tokens=("file:c", "env:D"))),
        alone=Inner(token="credential:e"),
    )
    assert list(references(section)) == [
        (("url_file",), "file:a.secret"),
        (("inner", 0, "token"), "env:B"),
        (("inner", 1, "tokens", 0), "file:c"),
        (("inner", 1, "tokens", 1), "env:D"),
        (("alone", "token"), "credential:e"),
    ]
    assert list(references(Outer(url="http://plain"))) == []

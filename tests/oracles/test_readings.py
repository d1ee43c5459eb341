"""Every reading says what the law says, and stands in docs/proof.md for a reader who would check it."""

from __future__ import annotations

import re

from tests.oracles.asking import ROOT
from tests.oracles.readings import TAXCALC, Reading
from tests.oracles.readings_of_policyengine import POLICYENGINE
from tests.oracles.readings_of_tenforty import TENFORTY

CITATION = re.compile(r"26 U\.S\.C\. \d|Rev\. Proc\. \d|Instructions for Form \d")
ALL: tuple[Reading, ...] = (*TAXCALC, *TENFORTY)


def test_every_reading_names_the_law_that_says_otherwise() -> None:
    assert not [reading.name for reading in ALL if not CITATION.search(reading.law)]


def test_every_reading_is_in_the_page_on_proof_and_the_page_tells_no_other() -> None:
    told = set(re.findall(r"^\| (?:taxcalc|tenforty|both|PolicyEngine) \| (.+?) \|", page(), re.MULTILINE))
    assert told == {reading.name for reading in ALL} | {reading.name for reading in POLICYENGINE}


def test_the_page_names_the_releases_that_are_asked() -> None:
    lock = (ROOT / "tests" / "oracles" / "requirements.lock").read_text(encoding="utf-8")
    for name, version in re.findall(r"`(taxcalc|tenforty|policyengine-us|beancount|rp2) ([\d.]+)`", page()):
        assert f"{name}=={version} " in lock, name


def page() -> str:
    return (ROOT / "docs" / "proof.md").read_text(encoding="utf-8")

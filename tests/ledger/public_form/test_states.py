"""A state is told by its two letters, and whoever writes it otherwise is told them."""

from __future__ import annotations

from typing import Any

import pytest

from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.events import Payment, Profile, YearFacts
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.public_form.states import STATES, TERRITORIES, parse_state
from lotwork.ledger.units import AmountError, AssetTable

AT = "2025-04-15T12:00:00Z"


def event(kind: str, **keys: Any) -> Any:
    return parse_event({"kind": kind, "at": AT} | keys, AssetTable(), "a.jsonl:1")


def refused(kind: str, **keys: Any) -> str:
    with pytest.raises(InputRefusedError) as refusal:
        event(kind, **keys)
    (problem,) = refusal.value.problems
    return str(problem)


def test_there_are_fifty_states_and_the_district_and_no_territory_is_one() -> None:
    assert len(STATES) == 51
    assert all(len(code) == 2 and code.isupper() for code in (*STATES, *TERRITORIES))
    assert not STATES.keys() & TERRITORIES.keys()


@pytest.mark.parametrize("spelled", ["GA", "ga", "Ga"])
def test_the_letters_are_one_state_however_they_are_written(spelled: str) -> None:
    told = event("payment", year=2025, amount_usd="1", state=spelled)
    assert isinstance(told, Payment)
    assert told.state == "GA"


@pytest.mark.parametrize(
    ("word", "remedy"),
    [
        ("Georgia", "'Georgia' is not the two letters of a state: write GA"),
        ("new york", "'new york' is not the two letters of a state: write NY"),
        ("Pensylvania", "'Pensylvania' is not the two letters of a state: write PA if Pennsylvania is meant"),
        ("N. Carolina", "'N. Carolina' is not the two letters of a state: write NC if North Carolina is meant"),
        ("PR", "leave `state` out: its tax is not reckoned here"),
        ("XX", "'XX' is no state: write one of AL, AK, AZ"),
        ("13", "'13' is no state: write one of AL, AK, AZ"),
    ],
)
@pytest.mark.parametrize("kind", ["payment", "profile"])
def test_what_is_no_state_is_refused_with_what_to_write(kind: str, word: str, remedy: str) -> None:
    keys = {"year": 2025, "amount_usd": "1"} if kind == "payment" else {}
    told = refused(kind, state=word, **keys)
    assert told.startswith("a.jsonl:1: state: ")
    assert remedy in told


def test_a_state_is_no_number() -> None:
    with pytest.raises(AmountError, match="is not a text"):
        parse_state(13)


@pytest.mark.parametrize("jurisdiction", ["cn", "jp", "de", "pt"])
@pytest.mark.parametrize("told", [{"state": "GA"}, {"locality": "nyc"}])
def test_a_profile_of_another_country_names_no_state(jurisdiction: str, told: dict[str, str]) -> None:
    words = refused("profile", jurisdiction=jurisdiction, **told)
    assert f"this profile says {jurisdiction}: leave `state` out, or say jurisdiction=us" in words
    assert isinstance(event("profile", jurisdiction="us", **told), Profile)


def test_a_city_lies_in_its_state() -> None:
    assert "yonkers lies in NY, not in GA: say state=NY" in refused("profile", state="GA", locality="yonkers")
    assert event("profile", state="NY", locality="yonkers").locality == "yonkers"
    assert "say one of nyc, yonkers" in refused("profile", state="NY", locality="buffalo")


def test_the_facts_of_a_state_are_told_with_those_of_the_year() -> None:
    told = event("year_facts", year=2025, dependents=2, state_withholding_usd="1200", state_prior_year_agi_usd="-5")
    assert isinstance(told, YearFacts)
    assert (told.dependents, told.state_withholding_usd_micros, told.state_prior_year_agi_usd_micros) == (
        2, 1_200_000_000, -5_000_000,
    )  # fmt: skip
    assert "31 are too many: write 0 to 30" in refused("year_facts", year=2025, dependents=31)
    assert "is below zero" in refused("year_facts", year=2025, state_withholding_usd="-1")

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ledger.units import scaled, unscaled, usd_decimal, usd_text
from lotwork.reports.lines import cents
from lotwork.web import wording


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "$0.00"),
        (1_240_000_000, "$1,240.00"),
        (-31_233_872, "\N{MINUS SIGN}$31.23"),
        (1_234_567_895_000, "$1,234,567.90"),
        (-4_000, "$0.00"),
    ],
)
def test_dollars_have_cents_and_separators(micros: int, text: str) -> None:
    assert wording.usd(micros) == text


def test_dollars_that_are_not_known_are_a_dash_and_never_zero() -> None:
    assert wording.usd(None) == "\N{EN DASH}"


@given(st.integers(-(10**15), 10**15).map(lambda cents: cents * 10_000))
def test_a_decimal_reads_like_the_micro_dollars_it_is(micros: int) -> None:
    assert wording.usd(usd_decimal(micros)) == wording.usd(micros)


def test_a_decimal_of_half_a_cent_goes_up() -> None:
    assert wording.usd(Decimal("2467.505")) == "$2,467.51"


@given(st.integers(-(10**40), 10**40))
def test_dollars_of_a_listing_read_like_the_micro_dollars_they_are(micros: int) -> None:
    assert wording.usd(usd_text(micros)) == wording.usd(micros)


@given(st.decimals(-(10**12), 10**12, places=5))
def test_dollars_and_cents_of_a_listing_read_like_the_decimal_they_were(amount: Decimal) -> None:
    assert wording.usd(cents(amount)) == wording.usd(amount)


@given(st.integers(-(10**24), 10**24), st.integers(0, 18))
def test_coins_of_a_listing_read_like_the_base_units_they_are(units: int, decimals: int) -> None:
    assert wording.quantity(unscaled(units, decimals)) == wording.coins(units, decimals)


@given(st.integers(0, 10**18))
def test_coins_show_every_decimal(units: int) -> None:
    text = wording.coins(units)
    assert scaled(text.replace(",", ""), 8) == units
    assert len(text.partition(".")[2]) == 8


def test_coins_without_decimals_show_no_point() -> None:
    assert wording.coins(1_200, 0) == "1,200"


def test_a_price_keeps_its_digits() -> None:
    assert wording.price("129194.69") == "$129,194.69"
    assert wording.price("0.00000123") == "$0.00000123"
    assert wording.price("90000") == "$90,000.00"
    assert wording.price(None) == "\N{EN DASH}"


def test_days_read_as_people_write_them() -> None:
    assert wording.day(date(2027, 1, 5)) == "Jan 5, 2027"
    assert [wording.days_left(days) for days in (54, 1, 0, -3)] == ["in 54 days", "in 1 day", "today", "3 days ago"]


def test_an_instant_names_its_zone() -> None:
    assert wording.instant(datetime(2026, 11, 2, 6, 2, tzinfo=UTC)) == "Nov 2, 06:02 UTC"
    assert wording.instant(None) == "never"


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=4), "4 min ago"),
        (timedelta(hours=3, minutes=5), "3 h ago"),
        (timedelta(days=2), "2 d ago"),
    ],
)
def test_an_age_is_told_in_its_largest_unit(span: timedelta, text: str) -> None:
    assert wording.ago(span) == text


def test_words_of_the_machine_become_words() -> None:
    told = [wording.words(word) for word in ("pool_payout", "ocean", "block_reward", None)]
    assert told == ["Pool payout", "OCEAN", "Block reward", "\N{EN DASH}"]


def test_a_sentence_sets_off_what_is_typed() -> None:
    pieces = wording.spoken("r1 has no price: run `lotwork poll` or set price_usd=1", "r1")
    assert [piece for piece, is_code in pieces if is_code] == ["r1", "lotwork poll", "price_usd=1"]
    assert "".join(piece for piece, _ in pieces) == "r1 has no price: run lotwork poll or set price_usd=1."


def test_an_answer_stands_apart_with_the_words_before_it() -> None:
    told = wording.answers("a and b are one: if so: `lotwork add void target=a`; else: `lotwork add x`; it waits", "a")
    words = [("".join(piece for piece, _ in pieces), command) for pieces, command in told]
    assert words == [
        ("a and b are one: if so:", "lotwork add void target=a"),
        ("Else:", "lotwork add x"),
        ("It waits.", ""),
    ]
    within = "run `lotwork poll`, or add a price"
    assert wording.answers(within) == [(wording.spoken(within), "")]
    assert wording.answers("do it: `lotwork poll`") == [([("Do it:", False)], "lotwork poll")]


def test_an_event_is_marked_where_it_is_named_and_in_no_other_word() -> None:
    assert wording.spoken("n has no price and none is near n", "n") == [
        ("n", True),
        (" has no price and none is near ", False),
        ("n", True),
        (".", False),
    ]


def test_a_sentence_begins_large_and_ends_with_a_point() -> None:
    assert wording.spoken("coins left the wallet") == [("Coins left the wallet.", False)]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("credits_usd of 2025 tells 500.00 and not of which kind", "credits_usd"),
        ("year_facts of 2025 tell wages of a spouse", "year_facts"),
        ("owner=spouse names nobody", None),
        ("filing_status=mfj has two persons", "filing_status=mfj"),
        ("`year_facts` are missing", "year_facts"),
    ],
)
@pytest.mark.parametrize("event", ["", "r1"])
def test_a_key_is_written_as_it_is_typed_though_it_begins_a_sentence(text: str, key: str | None, event: str) -> None:
    first = wording.spoken(text, event)[0]
    assert first == (key, True) if key else first[0].startswith("Owner")


@given(st.text(max_size=60), st.text(max_size=12))
def test_a_sentence_loses_no_letter(text: str, event: str) -> None:
    spoken = "".join(piece for piece, _ in wording.spoken(text, event))
    assert (
        spoken.replace("`", "").rstrip(".").casefold() == text.replace("`", "").rstrip(".").casefold() or "`" in event
    )

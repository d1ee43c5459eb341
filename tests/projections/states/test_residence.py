"""Where the taxpayer lived, and what is asked of who moved, hosts rigs elsewhere or paid another state."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from lotwork.projections.law_in_force import folded_law, law_in_force
from lotwork.projections.liability import liability
from lotwork.projections.states.liability import state_liability
from lotwork.projections.states.residence import residence_in
from lotwork.rules.figures import STATUSES
from lotwork.rules.load import Law
from tests.projections.house import book_of, receipt
from tests.projections.states.miner import LAW, MINED, RIG, codes, facts, me, moved, on, paid, state_of

HOST = {"kind": "expense", "id": "host", "at": "2025-06-10T12:00:00Z", "category": "hosting", "amount_usd": "900"}
METER = {"kind": "energy", "id": "meter", "at": "2025-07-01T12:00:00Z", "meter": "site", "kwh": "1488",
         "from": "2025-06-20", "to": "2025-07-01"}  # fmt: skip


def message(code: str, year: int, *lines: dict[str, Any]) -> str:
    (found,) = [each.message for each in state_of(year, *lines).findings if each.code == code]
    return found


def test_one_state_all_year_is_no_move_and_years_may_have_different_ones() -> None:
    lines = (me(state="GA"), moved("2026-01-01", state="NC"), *MINED)
    told = [state_of(year, *lines) for year in (2025, 2026)]
    assert [(each.state, each.name, each.computed is not None) for each in told] == [
        ("GA", "Georgia", True), ("NC", "North Carolina", True),
    ]  # fmt: skip
    assert not {"moved_states"} & {*codes(told[0]), *codes(told[1])}


def test_a_move_within_the_year_names_the_forms_of_both_states_and_reckons_neither() -> None:
    told = state_of(2025, me(state="GA"), moved("2025-07-01", state="NC"), *MINED)
    assert told.computed is None
    assert [told.tax, told.paid, told.balance_due] == [0, 0, 0]
    words = message("moved_states", 2025, me(state="GA"), moved("2025-07-01", state="NC"), *MINED)
    assert "in Georgia from 2025-01-01 to 2025-06-30 (GA Form 500 with Schedule 3)" in words
    assert "in North Carolina from 2025-07-01 to 2025-12-31 (NC Form D-400 with Schedule PN)" in words


def test_a_move_between_cities_of_a_state_is_one_too() -> None:
    taxpayer = book_of(me(state="NY", locality="nyc"), moved("2025-07-01", state="NY"), *MINED).taxpayer
    stays = residence_in(taxpayer, 2025).stays
    assert [(str(each.since), each.place) for each in stays] == [
        ("2025-01-01", "New York (nyc)"), ("2025-07-01", "New York"),
    ]  # fmt: skip
    assert not residence_in(taxpayer, 2026).moved


def test_what_else_a_profile_says_within_the_year_is_no_move() -> None:
    told = state_of(2025, me(state="GA"), moved("2025-07-01", activity="business", state="GA"), *MINED)
    assert told.computed is not None
    assert "moved_states" not in codes(told)


def test_without_a_state_nothing_is_reckoned_and_nothing_is_found() -> None:
    told = state_of(2025, me(), *MINED)
    assert (told.state, told.computed, told.findings) == (None, None, ())


def test_a_state_of_a_taxpayer_of_another_country_is_asked_about() -> None:
    told = state_of(2025, me(state="GA"), moved("2025-02-01", jurisdiction="de"), *MINED)
    assert (told.state, codes(told)) == (None, ["state_of_another_country"])


def test_a_city_of_another_state_is_asked_about() -> None:
    told = state_of(2025, me(state="GA"), moved("2025-02-01", locality="nyc"), *MINED)
    assert told.computed is not None
    assert "locality_elsewhere" in codes(told)


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        ({"state": "GA"}, {"state": "NC"}, True),
        ({"state": "NC"}, {"state": "GA"}, True),
        ({"state": "NY"}, {"state": "NY", "locality": "nyc"}, False),
        ({"state": "GA"}, {"activity": "business"}, False),
    ],
)
def test_two_states_of_one_day_are_asked_about(first: dict[str, Any], second: dict[str, Any], found: bool) -> None:
    """The later one counts: on 1 January it is no move, so that without this nothing was said of the other."""
    days = [moved("2025-01-01", **each) | {"id": f"{place}"} for place, each in enumerate((first, second))]
    later = [{**each, "at": f"2025-01-01T{hour}:00:00Z"} for each, hour in zip(days, ("08", "20"), strict=True)]
    for lines in (days, later):
        told = state_of(2025, me(), *lines, *MINED)
        assert ("states_of_one_day" in codes(told)) is found
        assert "states_of_one_day" not in codes(state_of(2026, me(), *lines, *MINED))


@pytest.mark.parametrize(
    ("year", "lines", "taken"),
    [
        (2025, (me(), moved("2026-01-01", state="NC")), "NC"),
        (2025, (moved("2026-01-01", state="NC"),), "NC"),
        (2025, (me(), moved("2025-06-15", state="GA")), "GA"),
        (2026, (me(), moved("2025-06-15", state="GA")), None),
        (2025, (me(), moved("2025-01-01", state="GA")), None),
        (2025, (me(time_zone="Asia/Tokyo"), moved("2025-01-01", state="GA") | {"at": "2025-01-01T00:00:00Z"}), None),
    ],
)  # fmt: skip
def test_a_state_that_is_told_only_later_is_asked_about(
    year: int, lines: tuple[dict[str, Any], ...], taken: str | None
) -> None:
    """Who says in 2026 where he lives said nothing of 2025: perhaps he moved."""
    told = state_of(year, *lines, *MINED)
    found = [each for each in told.findings if each.code == "state_told_later"]
    assert [each.event for each in found] == ([] if taken is None else [taken])
    assert all(f"`lotwork add profile at={year}-01-01T00:00:00Z state={taken}`" in each.message for each in found)


@pytest.mark.parametrize(("state", "what"), [("GA", "basis of the rigs"), ("NC", "added back then comes back in 2026")])
def test_rigs_of_a_year_of_which_nobody_said_the_state_are_asked_about(state: str, what: str) -> None:
    old = RIG | {"acquired": "2024-02-01", "placed_in_service": "2024-02-02"}
    for day in ("2024-12-01", "2025-12-01"):
        assert "state_told_later" in codes(state_of(2026, me(), moved(day, state=state), *MINED, old))
    assert "state_told_later" not in codes(state_of(2026, me(state=state), *MINED, old))
    assert what in message("state_told_later", 2026, me(), moved("2025-12-01", state=state), *MINED, RIG)


def test_a_part_of_the_year_in_another_country_is_a_move() -> None:
    """Nobody is a resident of a state before he is one of the United States, whatever was told first."""
    lines = (me(jurisdiction="de"), moved("2025-06-01", jurisdiction="us", state="GA"), *MINED)
    told = state_of(2025, *lines)
    assert (told.computed, codes(told)) == (None, ["moved_states"])
    assert "another country until 2025-05-31 and in Georgia from 2025-06-01 to 2025-12-31" in told.findings[0].message
    assert state_of(2026, *lines).computed is not None
    back = (me(state="GA"), moved("2025-02-01", jurisdiction="de"), moved("2025-11-01", jurisdiction="us"), *MINED)
    assert "in Georgia from 2025-11-01" in message("moved_states", 2025, *back)


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Honolulu", "UTC", "Europe/Berlin"])
def test_midnight_of_the_new_year_in_utc_is_the_new_year_of_the_taxpayer(zone: str) -> None:
    """As the guide has it: that it is still the evening before in New York turns neither state nor status."""
    turned = moved("2026-01-01", state="NC", filing_status="mfj") | {"at": "2026-01-01T00:00:00Z"}
    lines = (me(state="GA", time_zone=zone), turned, *MINED)
    assert [state_of(year, *lines).state for year in (2025, 2026)] == ["GA", "NC"]
    assert not {"moved_states", "state_told_later"} & {*codes(state_of(2025, *lines)), *codes(state_of(2026, *lines))}
    taxpayer = book_of(*lines).taxpayer
    assert [taxpayer.profile_on(date(year, 12, 31)).filing_status for year in (2025, 2026)] == ["single", "mfj"]


def test_a_city_that_is_named_no_more_is_asked_about() -> None:
    city = me(state="NY", locality="nyc")
    for again in ({"filing_status": "mfj", "state": "NY"}, {"state": "NY"}):
        assert "from 2026-01-01 on its tax is not reckoned" in message(
            "locality_left", 2026, city, moved("2026-01-01", **again), *MINED
        )
    for other in (
        {"filing_status": "mfj"},
        {"state": "NY", "locality": "nyc"},
        {"state": "GA"},
        {"locality": "yonkers"},
    ):
        assert "locality_left" not in codes(state_of(2026, city, moved("2026-01-01", **other), *MINED)), other


def test_a_city_told_before_its_state_is_asked_about_where_the_state_is_named_without_it() -> None:
    city = me(locality="nyc")
    named = moved("2026-01-01", state="NY")
    assert "from 2026-01-01 on its tax is not reckoned" in message("locality_left", 2026, city, named, *MINED)
    for other in ({"state": "NY", "locality": "nyc"}, {"state": "GA"}):
        assert "locality_left" not in codes(state_of(2026, city, moved("2026-01-01", **other), *MINED)), other


@pytest.mark.parametrize("year", [2023, 2024])
@pytest.mark.parametrize("state", ["WA", "GA", "CA", "TX", "VA"])
def test_a_year_before_the_tables_is_asked_about_and_stops_nothing(state: str, year: int) -> None:
    """What no table tells of that year is said so: who moved there, or had rigs there, is told all else."""
    there = moved(f"{year}-07-01", state=state)
    assert "moved_states" in codes(state_of(year, me(state="NC"), there, *MINED))
    host = HOST | {"at": f"{year}-06-10T12:00:00Z", "state": state}
    assert state_of(year, me(state="NC"), host, *MINED).elsewhere[0].state == state


def test_a_state_that_no_table_tells_is_said_to_be_missing() -> None:
    told = state_of(2025, me(state="HI"), *MINED)
    assert (told.computed, codes(told)) == (None, ["state_not_covered"])
    assert "HI: the income tax of this state is not covered" in told.findings[0].message


def test_a_year_that_the_table_does_not_tell_is_not_reckoned() -> None:
    told = state_of(2023, me(state="GA"), *MINED)
    assert (told.computed, codes(told)) == (None, ["state_year_unknown"])
    said = told.findings[0].message
    assert "the return of Georgia of 2023 is not reckoned: the table of GA tells 2025 and 2026, not 2023: make" in said
    assert "first of all: us/states/ga/" in said


@pytest.mark.parametrize(("lived", "found"), [("GA", True), ("NC", False)])
def test_who_has_dependents_is_asked_where_they_count(lived: str, found: bool) -> None:
    told = state_of(2025, me(state=lived), *MINED)
    assert ("state_dependents_untold" in codes(told)) is found
    assert "state_dependents_untold" not in codes(state_of(2025, me(state=lived), *MINED, facts(2025, dependents=0)))


def test_two_dependents_are_two_exemptions() -> None:
    """Georgia: 4,000 each at 5.19 percent (O.C.G.A. 48-7-26(b))."""
    none, two = (state_of(2025, me(state="GA"), *MINED, facts(2025, dependents=count)) for count in (0, 2))
    assert none.tax - two.tax == Decimal("415.2")


def test_payments_to_the_state_count_for_it_and_no_others_do() -> None:
    """300 of the facts, 200 withheld, 500 estimated, 100 with the extension on lines; 50 more is the balance."""
    plain = state_of(2025, me(state="GA"), *MINED)
    told = state_of(
        2025, me(state="GA"), *MINED, facts(2025, state_withholding_usd="300", withholding_usd="7000"),
        paid("GA", "200", "withholding"), paid("GA", "500"), paid("GA", "100", "extension"),
        paid("GA", "50", "balance"), paid(None, "999"), paid(None, "888", "withholding"),
        paid("GA", "77", year=2024), paid("NC", "66"),
    )  # fmt: skip
    assert plain.tax == told.tax
    assert told.computed is not None
    assert [told.computed.payments, told.paid, plain.balance_due - told.balance_due] == [1_100, 1_150, 1_150]
    behind = {each.line.label: set(each.because) for each in told.lines}
    assert behind["Estimated payments to the state"] == {"GA estimated 500"}
    assert behind["Tax of the state withheld"] == {
        "facts ['state_withholding_usd', 'withholding_usd']", "GA withholding 200",
    }  # fmt: skip
    assert codes(told).count("state_payment_elsewhere") == 1
    assert "NC estimated 66 is tax of 2025 paid to NC, and your state in it is GA" in str(told.findings)


def test_a_payment_to_a_state_is_asked_about_where_none_is_told() -> None:
    told = state_of(2025, me(), *MINED, paid("GA", "500"))
    assert codes(told) == ["state_payment_elsewhere"]
    assert "no profile names a state" in told.findings[0].message
    both = (
        me(state="GA"),
        moved("2025-07-01", state="NC"),
        *MINED,
        paid("GA", "500"),
        paid("NC", "1"),
        paid("TX", "2"),
    )
    assert codes(state_of(2025, *both)).count("state_payment_elsewhere") == 1


def test_tax_of_the_state_withheld_that_is_told_in_two_ways_is_asked_about() -> None:
    twice = (facts(2025, state_withholding_usd="200"), paid("GA", "200", "withholding"))
    words = message("withholding_told_twice", 2025, me(state="GA"), *MINED, *twice)
    assert "tell 200.00 of GA tax withheld" in words
    assert "with state_withholding_usd=0" in words
    other = (facts(2025, withholding_usd="200"), paid("GA", "200", "withholding"))
    assert "withholding_told_twice" not in codes(state_of(2025, me(state="GA"), *MINED, *other))


def test_tax_paid_to_another_state_needs_the_income_it_was_on() -> None:
    told = state_of(2025, me(state="GA"), *MINED, facts(2025, other_state_tax_usd="100"))
    assert "other_state_income_untold" in codes(told)
    whole = facts(2025, other_state_tax_usd="100", other_state_income_usd="5000")
    credited = state_of(2025, me(state="GA"), *MINED, whole)
    assert told.tax - credited.tax == 100
    assert "other_state_income_untold" not in codes(credited)


def test_rigs_in_another_state_are_listed_with_their_days_and_kwh() -> None:
    """June 1 to 21 by the bill, June 20 to 30 by the meter: 30 days, and the 1,488 kWh of the meter."""
    bill = HOST | {"from": "2025-06-01", "to": "2025-06-22", "state": "NC"}
    told = state_of(2025, me(state="GA"), *MINED, bill, METER | {"state": "NC"})
    (site,) = told.elsewhere
    assert (site.state, site.days, str(site.kwh.normalize()), site.events) == ("NC", 30, "1488", ("host", "meter"))
    words = message("rigs_in_another_state", 2025, me(state="GA"), *MINED, bill, METER | {"state": "NC"})
    assert words.startswith("Rigs in North Carolina: 30 days, 1488 kWh: what they earned there is a nonresident's")
    assert "(NC Form D-400 with Schedule PN)" in words


def test_of_a_reading_over_new_year_each_year_has_its_part() -> None:
    over = METER | {
        "from": "2025-12-22",
        "to": "2026-01-11",
        "at": "2026-01-11T12:00:00Z",
        "kwh": "2000",
        "state": "NC",
    }
    told = [state_of(year, me(state="GA"), *MINED, over).elsewhere[0] for year in (2025, 2026)]
    assert [(each.days, int(each.kwh)) for each in told] == [(10, 1000), (10, 1000)]


def test_a_bill_that_tells_no_days_is_listed_without_them() -> None:
    (site,) = state_of(2025, me(state="GA"), *MINED, HOST | {"state": "NC"}).elsewhere
    assert (site.days, site.bills_without_days) == (0, 1)
    assert state_of(2026, me(state="GA"), *MINED, HOST | {"state": "NC"}).elsewhere == ()
    assert state_of(2025, me(state="NC"), *MINED, HOST | {"state": "NC"}).elsewhere == ()


def test_a_host_of_whom_nobody_says_where_it_is_is_asked_about_and_the_answer_settles_it() -> None:
    words = message("hosting_state_untold", 2025, me(state="GA"), *MINED, HOST)
    assert words.startswith("1 bill of 2025 for hosting (host) without the state")
    assert "target=host" in words
    assert "hosting_state_untold" not in codes(state_of(2025, me(state="GA"), *MINED, HOST | {"state": "GA"}))
    assert "hosting_state_untold" not in codes(state_of(2025, me(), *MINED, HOST))


def test_figures_that_nobody_looked_up_are_named_until_a_rule_cites_the_law() -> None:
    files = dict(LAW.files)
    files["us/states/ga"] = files["us/states/ga"].replace(b'confidence = "', b'confidence = "memory: ')
    guessed = Law(files)
    lines = (me(state="GA"), *MINED)
    told = state_of(2025, *lines, law=guessed)
    (words,) = [each.message for each in told.findings if each.code == "state_figure_unverified"]
    assert "us/states/ga/rate" in words
    assert "`lotwork rules show PATH`" in words
    rule = {"kind": "rule", "id": "r", "at": "2026-02-01T12:00:00Z", "figure": "us/states/ga/rate", "value": "0.0519"}
    book = book_of(*lines, rule | {"from": "2025-01-01", "cite": "HB 111", "reason": "looked up"})
    law = law_in_force(book.history, guessed)
    settled = state_liability(book, law, liability(book, law, 2025))
    assert settled.computed is not None
    assert "us/states/ga/rate" not in settled.computed.unverified
    assert settled.tax == told.tax
    assert folded_law(law).digest == folded_law(guessed).digest


def test_a_federal_itemizer_is_asked_what_the_state_allows() -> None:
    itemized = facts(2025, itemized_deductions_usd="40000")
    lines = (me(state="NC"), *MINED)
    assert "what North Carolina allows of it was not told" in str(state_of(2025, *lines, itemized).findings)
    told = state_of(2025, *lines, itemized, facts(2025, state_itemized_deductions_usd="30000"))
    assert "state_return_lacks" not in codes(told)
    assert on(told, "Itemized deductions, as told") == 30_000


@pytest.mark.parametrize("state", ["TX", "FL", "WY", "SD", "NV", "AK", "TN", "NH"])
def test_a_state_without_an_income_tax_owes_none_and_says_what_else_it_asks(state: str) -> None:
    told = state_of(2025, me(state=state), *MINED)
    assert told.computed is not None
    assert [told.computed.has_income_tax, told.tax] == [False, 0]
    assert told.computed.words
    assert "state_dependents_untold" not in codes(told)


@pytest.mark.parametrize(
    ("state", "figure", "told"),
    [
        ("NC", "bonus_added_back", [85, 0]),
        ("KY", "family_size_income", {"1": 0, "2": 0, "3": 0, "4": 0}),
        ("CA", "exemption_credit_step", dict.fromkeys(STATUSES, 0)),
        ("NY", "recapture_width", 0),
    ],
)
def test_a_figure_that_divides_is_never_nothing(state: str, figure: str, told: object) -> None:
    """A `rule` may say 0, which ended the answer, the federal figures with it."""
    said: dict[str, Any] = {
        "kind": "rule",
        "id": "r",
        "at": "2026-01-02T12:00:00Z",
        "figure": f"us/states/{state.lower()}/{figure}",
    }
    said |= {"from": "2025-01-01", "value": told, "cite": "an act", "reason": "typed"}
    lines = (me(state=state), receipt("rich", "2025-03-01", "1", "900000"), RIG, said)
    law = law_in_force(book_of(*lines).history, LAW)
    made = state_of(2025, *lines, law=law)
    assert (made.computed, codes(made)) == (None, ["state_year_unknown"])
    assert f"us/states/{state.lower()}/{figure} says 0" in made.findings[0].message

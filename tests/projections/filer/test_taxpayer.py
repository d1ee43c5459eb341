"""Who the taxpayer is: profiles in force, facts merged, payments and wallets."""

from __future__ import annotations

from datetime import date
from typing import Any

from lotwork.ledger.history import History
from lotwork.projections.filer.taxpayer import ProfileInForce, Taxpayer, year_end
from tests.projections.house import MAIN, logged, told


def taxpayer(*lines: dict[str, Any]) -> Taxpayer:
    return Taxpayer.read(History.read(logged(told(*lines)), MAIN))


def profile(name: str, at: str, **facts: Any) -> dict[str, Any]:
    return {"kind": "profile", "id": name, "at": f"{at}T00:00:00Z"} | facts


def test_without_a_profile_everything_is_assumed() -> None:
    in_force = taxpayer().profile_on(date(2025, 12, 31))
    assert in_force == ProfileInForce(assumed=ProfileInForce._fields[:-1])


def test_a_fact_holds_from_its_day_until_another_is_told() -> None:
    made = taxpayer(
        profile("a", "2024-01-01", filing_status="single", activity="hobby"),
        profile("b", "2025-07-01", activity="business"),
        profile("c", "2026-01-01", filing_status="mfj"),
    )
    assert made.profile_on(year_end(2024))[1:3] == ("single", "hobby")
    assert made.profile_on(date(2025, 6, 30))[1:3] == ("single", "hobby")
    assert made.profile_on(year_end(2025))[1:3] == ("single", "business")
    assert made.profile_on(date(2026, 1, 1))[1:3] == ("mfj", "business")


def test_before_the_first_profile_the_first_one_holds() -> None:
    made = taxpayer(profile("a", "2025-01-01", activity="hobby"), profile("b", "2026-01-01", filing_status="mfs"))
    assert made.profile_on(year_end(2023))[1:3] == ("mfs", "hobby")
    assert "jurisdiction" in made.profile_on(year_end(2023)).assumed


def test_later_facts_of_a_year_add_and_replace_keys() -> None:
    facts = {"kind": "year_facts", "year": 2025}
    made = taxpayer(
        facts | {"id": "b", "at": "2025-03-01T00:00:00Z", "wages_usd": "2", "prior_year_tax_usd": "5"},
        facts | {"id": "a", "at": "2025-02-01T00:00:00Z", "wages_usd": "1", "taxable_interest_usd": "3"},
    )
    merged = made.facts(2025)
    assert (merged.wages_usd_micros, merged.taxable_interest_usd_micros, merged.prior_year_tax_usd_micros) == (
        2_000_000, 3_000_000, 5_000_000,
    )  # fmt: skip
    assert made.facts_from(2025) == ("a", "b")
    assert made.facts(2024).wages_usd_micros is None
    assert made.facts_from(2024) == ()


def test_payments_belong_to_the_year_they_are_for() -> None:
    payment = {"kind": "payment", "amount_usd": "1"}
    made = taxpayer(
        payment | {"id": "a", "at": "2026-01-15T00:00:00Z", "year": 2025},
        payment | {"id": "b", "at": "2026-04-15T00:00:00Z", "year": 2026},
    )
    assert [each.id for each in made.payments_for(2025)] == ["a"]


def test_the_last_declaration_of_a_wallet_counts() -> None:
    wallet = {"kind": "wallet", "wallet": "exchange"}
    made = taxpayer(
        wallet | {"id": "a", "at": "2025-01-01T00:00:00Z"},
        wallet | {"id": "b", "at": "2025-02-01T00:00:00Z", "custody": "broker"},
    )
    assert made.wallets["exchange"].custody == "broker"


def test_the_fees_of_a_pool_and_the_day_the_business_began_are_facts_of_the_profile() -> None:
    made = taxpayer(profile("a", "2025-01-01", pool_fees="gross", business_began="2025-03-01"))
    in_force = made.profile_on(year_end(2025))
    assert (in_force.pool_fees, in_force.business_began) == ("gross", date(2025, 3, 1))


def test_facts_through_a_day_are_no_facts_of_the_year_and_are_merged_by_their_day() -> None:
    facts = {"kind": "year_facts", "year": 2025}
    made = taxpayer(
        facts | {"id": "a", "at": "2025-04-01T00:00:00Z", "through": "2025-05-31", "wages_usd": "9"},
        facts | {"id": "b", "at": "2025-04-02T00:00:00Z", "through": "2025-03-31", "wages_usd": "1"},
        facts | {"id": "c", "at": "2025-04-03T00:00:00Z", "through": "2025-03-31", "wages_usd": "2"},
        facts | {"id": "d", "at": "2025-04-04T00:00:00Z", "through": "2025-03-31", "taxable_interest_usd": "3"},
    )
    told = made.facts_through(2025)
    assert list(told) == [date(2025, 3, 31), date(2025, 5, 31)]
    assert (told[date(2025, 3, 31)].wages_usd_micros, told[date(2025, 3, 31)].taxable_interest_usd_micros) == (
        2_000_000,
        3_000_000,
    )
    assert made.facts(2025).wages_usd_micros is None
    assert made.facts_through(2024) == {}


def test_the_spouses_wages_and_the_age_are_facts_of_the_year() -> None:
    made = taxpayer(
        {
            "kind": "year_facts",
            "year": 2025,
            "id": "a",
            "at": "2025-02-01T00:00:00Z",
            "spouse_wages_usd": "7",
            "age": 51,
        }
    )
    assert (made.facts(2025).spouse_wages_usd_micros, made.facts(2025).age) == (7_000_000, 51)


def test_the_last_filing_of_a_year_is_the_one_that_counts() -> None:
    filing = {"kind": "filing", "year": 2024, "law": "0", "position": 1, "head": "0"}
    made = taxpayer(
        filing | {"id": "a", "at": "2025-04-01T00:00:00Z", "figures": {"total": "1"}},
        filing | {"id": "b", "at": "2025-05-01T00:00:00Z", "figures": {"total": "2"}},
    )
    filed = made.filed(2024)
    assert filed is not None
    assert filed.id == "b"
    assert made.filed(2025) is None


def test_actual_dates_of_withholding_are_elected_for_the_year_of_the_election() -> None:
    made = taxpayer(
        {"kind": "election", "id": "e", "at": "2026-03-01T00:00:00Z", "from": "2025-01-01",
         "method": "withholding_actual_dates"},
    )  # fmt: skip
    assert made.actual_dates == {2025}


def test_a_state_holds_from_its_day_and_a_city_is_left_with_it() -> None:
    made = taxpayer(
        profile("a", "2024-01-01", state="NY", locality="nyc"),
        profile("b", "2025-07-01", activity="hobby"),
        profile("c", "2026-01-01", state="NY"),
        profile("d", "2027-01-01", state="GA"),
    )
    residences = [made.profile_on(year_end(year)) for year in (2023, 2024, 2025, 2026, 2027)]
    assert [(each.state, each.locality) for each in residences] == [
        ("NY", "nyc"), ("NY", "nyc"), ("NY", "nyc"), ("NY", None), ("GA", None),
    ]  # fmt: skip


def test_a_city_that_is_told_later_is_none_of_a_residence_before() -> None:
    made = taxpayer(
        profile("a", "2024-01-01", state="NY"), profile("b", "2025-07-01", locality="nyc"), profile("c", "2026-01-01")
    )
    assert [made.profile_on(year_end(year)).locality for year in (2023, 2024, 2025)] == [None, None, "nyc"]


def test_what_a_state_was_paid_is_no_federal_payment_and_no_other_states() -> None:
    payment = {"kind": "payment", "amount_usd": "1", "at": "2026-01-15T00:00:00Z", "year": 2025}
    made = taxpayer(payment | {"id": "a"}, payment | {"id": "b", "state": "GA"}, payment | {"id": "c", "state": "NC"})
    found = [[each.id for each in made.payments_for(2025, state)] for state in (None, "GA", "NC", "TX")]
    assert found == [["a"], ["b"], ["c"], []]


def test_facts_of_a_state_alone_are_none_of_the_federal_return() -> None:
    facts = {"kind": "year_facts", "at": "2026-01-15T00:00:00Z", "year": 2025}
    made = taxpayer(
        facts | {"id": "a", "wages_usd": "7", "state_withholding_usd": "2"},
        facts | {"id": "b", "dependents": 1},
        facts | {"id": "c"},
        facts | {"id": "d", "state_additions_usd": "3", "year": 2024},
    )
    assert made.facts_from(2025) == ("a", "c")
    assert set(made.year_facts) == {2025}
    assert made.state_facts_from(2025) == ("a", "b")
    state = made.state_facts(2025)
    assert (state.dependents, state.state_withholding_usd_micros) == (1, 2_000_000)
    assert made.facts(2025).dependents is None
    assert made.state_facts(2024).state_additions_usd_micros == 3_000_000
    assert made.state_facts(2023).dependents is None

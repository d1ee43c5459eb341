"""As of a day: the book is the one of a log that never heard of anything later."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.history import History
from lotwork.projections.liability import liability
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.state import digest_of
from lotwork.rules.load import Law
from tests.projections.house import MAIN, logged, receipt, sale, told, transfer

LAW = Law.load()
YEARS = (2024, 2025)
PROFILE = {
    "kind": "profile", "id": "me", "at": "2023-01-01T00:00:00Z", "filing_status": "single", "activity": "business",
    "time_zone": "America/New_York",
}  # fmt: skip

days = st.dates(date(2024, 1, 2), date(2025, 12, 30))
quantities = st.integers(1, 10**8).map(lambda units: f"{units / 10**8:.8f}")


def line(number: int, what: str, day: date, quantity: str) -> dict[str, Any]:
    """Return one event of the kind *what*, told on *day*."""
    name, at = f"e{number}", day.isoformat()
    match what:
        case "receipt":
            return receipt(name, at, quantity, str(100 + number))
        case "sale":
            return sale(name, at, quantity, "50")
        case "transfer":
            return transfer(name, at, quantity, "cold", "hot")
        case "price":
            return {"kind": "price", "id": name, "at": f"{at}T12:00:00Z", "asset": "BTC", "price_usd": "77"}
        case "pending":
            return receipt(name, at, quantity, None)
        case "election":
            return {"kind": "election", "id": name, "at": f"{at}T12:00:00Z", "from": "2024-01-01", "method": "hifo"}
        case "facts":
            return {
                "kind": "year_facts",
                "id": name,
                "at": f"{at}T12:00:00Z",
                "year": 2024,
                "wages_usd": f"{number}000",
            }
        case "married":
            return {"kind": "profile", "id": name, "at": f"{at}T12:00:00Z", "filing_status": "mfj"}
        case _:
            return {"kind": "payment", "id": name, "at": f"{at}T12:00:00Z", "year": 2024, "amount_usd": "10"}


KINDS = ("receipt", "sale", "transfer", "price", "pending", "election", "facts", "married", "payment")
logs = st.lists(st.tuples(st.sampled_from(KINDS), days, quantities), max_size=14)


def book(lines: list[dict[str, Any]], until: date | None = None) -> Book:
    return Book.begin(History.read(logged(told(PROFILE, *lines)), MAIN, until=until), YEARS, LAW).fold()


@settings(max_examples=60)
@given(logs, days)
def test_what_happens_later_is_as_if_never_told(drawn: list[tuple[str, date, str]], day: date) -> None:
    lines = [line(number, *each) for number, each in enumerate(drawn)]
    early = [each for number, each in enumerate(lines) if drawn[number][1] <= day]
    cut, short = book(lines, day), book(early)
    assert digest_of(cut) == digest_of(short)
    assert set(cut.told()) == set(short.told())
    for year in YEARS:
        one, other = (liability(each, LAW, year) for each in (cut, short))
        assert one.computed.summary == other.computed.summary
        assert (one.paid, one.profile) == (other.paid, other.profile)


@settings(max_examples=30)
@given(logs)
def test_as_of_the_last_day_is_the_whole_book(drawn: list[tuple[str, date, str]]) -> None:
    lines = [line(number, *each) for number, each in enumerate(drawn)]
    assert digest_of(book(lines, date(2026, 1, 1))) == digest_of(book(lines))

"""Tax that is dated before its year begins, or long after, is asked about: the date or the year is a slip.

Law: an installment of a year is due in it and on January 15 after it (26 U.S.C. 6654(c)(2)); payments are credited to
the year they are made for.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.projections.house import book_of
from tests.projections.questions.answering import answers

TAX = {"kind": "payment", "id": "tax", "at": "2025-04-15T12:00:00Z", "year": 2025, "amount_usd": "1500"}
FACTS = {"kind": "year_facts", "id": "facts", "at": "2025-12-31T12:00:00Z", "year": 2025, "wages_usd": "1"}


def asked(*lines: dict[str, Any]) -> list[str]:
    return [finding.message for finding in book_of(*lines).told() if finding.code == "year_unlikely"]


@pytest.mark.parametrize(
    ("change", "by_year", "by_date"),
    [
        ({"at": "2023-04-15T12:00:00Z"}, 2023, "2025-04-15T12:00:00Z"),
        ({"at": "2024-12-15T12:00:00Z"}, 2024, "2025-12-15T12:00:00Z"),
        ({"at": "2024-01-15T12:00:00Z"}, 2023, "2026-01-15T12:00:00Z"),
        ({"at": "2024-02-29T12:00:00Z"}, 2024, "2025-02-28T12:00:00Z"),
        ({"at": "2023-04-15T12:00:00Z", "type": "balance"}, 2022, "2026-04-15T12:00:00Z"),
        ({"at": "2024-04-15T12:00:00Z", "type": "extension"}, 2023, "2026-04-15T12:00:00Z"),
        ({"at": "2027-04-15T12:00:00Z"}, 2027, "2025-04-15T12:00:00Z"),
        ({"at": "2031-04-15T12:00:00Z", "type": "balance"}, 2030, "2026-04-15T12:00:00Z"),
        ({"year": 2052}, 2025, None),
        ({"year": 2205 - 10}, 2025, None),
        ({"year": 2052, "type": "withholding"}, 2025, None),
    ],
)
def test_tax_of_a_year_that_is_not_near_is_asked_about(
    change: dict[str, Any], by_year: int, by_date: str | None
) -> None:
    (message,) = asked(TAX | change)
    told = answers(message)
    assert [answer[0]["set"] for answer in told] == [
        {"year": by_year},
        *([] if by_date is None else [{"at": by_date}]),
        {"may_repeat": "none"},
    ]
    assert [asked(TAX | change, *answer) for answer in told] == [[]] * len(told)


def test_tax_of_a_state_and_facts_of_one_alone_are_asked_about_too() -> None:
    (message,) = asked(TAX | {"state": "GA", "year": 2052})
    assert message.startswith("tax is GA tax of 2052 ($1500.00, estimated), and is dated 2025-04-15")
    facts = FACTS | {"year": 2052}
    alone = {name: value for name, value in facts.items() if name != "wages_usd"} | {"dependents": 1}
    assert len(asked(facts | {"dependents": 1})) == len(asked(alone)) == 1


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"at": "2025-01-01T02:00:00Z"},
        {"at": "2024-12-31T23:30:00Z"},
        {"at": "2026-01-15T12:00:00Z"},
        {"at": "2026-10-15T12:00:00Z"},
        {"at": "2026-04-15T12:00:00Z", "type": "balance"},
        {"at": "2029-04-15T12:00:00Z", "type": "balance"},
        {"at": "2026-04-15T12:00:00Z", "type": "extension"},
        {"at": "2023-04-15T12:00:00Z", "type": "withholding"},
        {"at": "2028-04-15T12:00:00Z", "type": "withholding"},
    ],
)
def test_tax_paid_when_it_is_paid_is_not_asked_about(change: dict[str, Any]) -> None:
    assert asked(TAX | change) == []


@pytest.mark.parametrize(("year", "found"), [(2025, 0), (2027, 0), (2021, 0), (2028, 1), (2052, 1)])
def test_facts_of_a_year_far_ahead_are_asked_about(year: int, found: int) -> None:
    messages = asked(FACTS | {"year": year})
    assert len(messages) == found
    for message in messages:
        assert [asked(FACTS | {"year": year}, *answer) for answer in answers(message)] == [[], []]


def test_facts_through_a_day_are_asked_about_too() -> None:
    assert len(asked(FACTS | {"year": 2052, "through": "2052-03-31"})) == 1

"""A rule over the calendar: a month is due once, on its day or its last one, whatever changes."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lotwork.ingest.recurring.rule import Rule, Term

DAYS = st.integers(1, 31)
STARTS = st.dates(date(2024, 1, 1), date(2027, 12, 31))


@given(start=STARTS, day=DAYS, every=st.sampled_from([1, 2, 3, 4, 6, 12]), later=STARTS, other=DAYS)
def test_each_month_of_a_rule_is_due_once(start: date, day: int, every: int, later: date, other: int) -> None:
    terms = (Term(start, day, "1"), Term(later, other, "2"))
    rule = Rule(terms, every)
    if rule.fault() is not None:
        return
    due = list(rule.due(date(2030, 1, 1)))
    months = [each.on.year * 12 + each.on.month for each in due]
    assert months == list(range(months[0], months[0] + every * len(months), every))
    assert due[0].on >= start
    assert due[0].on - timedelta(days=31) < start
    for each in due:
        last = monthrange(each.on.year, each.on.month)[1]
        assert each.on.day == min(each.term.day, last)
        assert (each.term.amount_usd == "2") == (each.on >= later)


@given(start=STARTS, day=DAYS, asked=st.lists(STARTS, min_size=2, max_size=5))
def test_what_is_due_never_changes_with_when_it_is_asked(start: date, day: int, asked: list[date]) -> None:
    rule = Rule((Term(start, day, "1"),))
    whole = list(rule.due(max(asked)))
    for last in asked:
        assert list(rule.due(last)) == [each for each in whole if each.on <= last]

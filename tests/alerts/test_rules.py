"""An alert comes when it is due, says the amount, and keeps its id however often the rule is asked."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.alerts.rules import (
    Alert,
    Installment,
    Overdue,
    Silence,
    Situation,
    StateTold,
    Thresholds,
    Unpriced,
    chain_failure,
    due_alerts,
    job_failed,
)

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
DUE = date(2027, 1, 15)


def installment(short_usd: str = "1240") -> Installment:
    return Installment(2026, 4, DUE, Decimal(2000), Decimal(2000) - Decimal(short_usd), Decimal(short_usd))


def ids_on(day: date, *, short_usd: str = "1240") -> list[str]:
    situation = Situation("main", NOW, day, installments=[installment(short_usd)])
    return [alert.id for alert in due_alerts(situation, Thresholds())]


@pytest.mark.parametrize(
    ("days", "threshold"),
    [(31, None), (30, 30), (29, 30), (15, 30), (14, 14), (8, 14), (7, 7), (2, 7), (1, 1), (0, 1), (-1, None)],
)
def test_a_payment_is_told_at_each_threshold_and_not_after_its_day(days: int, threshold: int | None) -> None:
    expected = [] if threshold is None else [f"payment-due:main:2026-Q4:{threshold}"]
    assert ids_on(DUE - timedelta(days=days)) == expected


def test_over_a_whole_year_a_payment_is_told_four_times_in_all() -> None:
    told = [alert for day in range(400) for alert in ids_on(DUE - timedelta(days=300) + timedelta(days=day))]
    assert sorted(set(told)) == [f"payment-due:main:2026-Q4:{days}" for days in (1, 14, 30, 7)]


@pytest.mark.parametrize("short", ["0", "0.004", "0.009999"])
def test_a_payment_that_is_made_is_not_told_nor_is_less_than_a_cent(short: str) -> None:
    assert ids_on(DUE, short_usd=short) == []


def overdue_on(days: int, **keys: Any) -> list[Alert]:
    late = Overdue(2026, DUE, Decimal("1343.61"), Decimal("0.2577"), Decimal("12.34"), date(2027, 2, 1))
    situation = Situation("main", NOW, DUE + timedelta(days=days), overdue=[late._replace(**keys)])
    return due_alerts(situation, Thresholds())


def test_what_is_overdue_is_told_at_once_and_then_every_week_with_what_waiting_costs() -> None:
    (alert,) = overdue_on(1)
    assert alert.subject == "Estimated tax 2026: $1,343.61 overdue since 2027-01-15"
    assert "The penalty through 2027-02-01 is $12.34. Each day of waiting costs $0.26." in alert.body
    told = [alert.id for days in range(1, 29) for alert in overdue_on(days)]
    assert list(dict.fromkeys(told)) == [f"payment-overdue:main:2026:2027-01-15:{week}" for week in range(5)]


def test_late_by_less_than_a_cent_is_not_late() -> None:
    assert overdue_on(1, amount_usd=Decimal("0.004")) == []


def test_an_overdue_alert_says_why_it_does_not_know_what_a_day_costs() -> None:
    (alert,) = overdue_on(1, a_day_usd=None)
    assert "not known yet: its rate of interest is not in the law data" in alert.body


def test_the_alert_says_what_to_pay_by_when_and_how() -> None:
    situation = Situation("main", NOW, date(2027, 1, 8), installments=[installment()])
    (alert,) = due_alerts(situation, Thresholds())
    assert alert.subject == "Estimated tax 2026-Q4: $1,240.00 due in 7 days (2027-01-15)"
    assert "Required: $2,000.00. Paid: $760.00. Still open: $1,240.00." in alert.body
    assert "lotwork add payment at=... year=2026" in alert.body


def test_an_alert_keeps_its_id_and_its_words_to_the_letter() -> None:
    """Its id keeps it from being sent twice: another one would announce again what was announced already."""
    situation = Situation("main", NOW, date(2027, 1, 8), installments=[installment("1240.005")], waiting=2)
    assert due_alerts(situation, Thresholds()) == [
        Alert(
            "payment-due:main:2026-Q4:7",
            "payment_due",
            "Estimated tax 2026-Q4: $1,240.01 due in 7 days (2027-01-15)",
            "The estimated payment for 2026-Q4 is due on 2027-01-15, in 7 days.\n"
            "Required: $2,000.00. Paid: $760.00. Still open: $1,240.01.\n"
            "2 receipts have no price yet, so it may be more.\n"
            "Next: pay at https://www.irs.gov/payments, then `lotwork add payment at=... year=2026 type=estimated "
            "amount_usd=...`. Book: main.\n",
        )
    ]


def test_the_alert_says_what_waiting_costs() -> None:
    advice = "Pay $1,240.00 (0.02 BTC at 62000) by 2027-01-15: waiting costs $0.24 a day."
    situation = Situation("main", NOW, date(2027, 1, 8), installments=[installment()._replace(advice=advice)])
    (alert,) = due_alerts(situation, Thresholds())
    assert f"{advice}\n" in alert.body


def test_where_nothing_is_asked_so_far_the_alert_says_what_keeps_the_taxpayer_safe() -> None:
    safe = installment("0")._replace(enough_usd=Decimal(310))
    (alert,) = due_alerts(Situation("main", NOW, date(2027, 1, 8), installments=[safe]), Thresholds())
    assert alert.subject == "Estimated tax 2026-Q4: nothing so far, $310.00 to be safe, due in 7 days (2027-01-15)"
    below = safe._replace(enough_usd=Decimal("0.009999"))
    assert due_alerts(Situation("main", NOW, DUE, installments=[below]), Thresholds()) == []


@given(st.integers(min_value=-40, max_value=400), st.sets(st.integers(0, 365), min_size=1, max_size=6))
def test_there_is_an_alert_exactly_when_the_day_lies_within_the_widest_threshold(days: int, before: set[int]) -> None:
    situation = Situation("main", NOW, DUE - timedelta(days=days), installments=[installment()])
    found = due_alerts(situation, Thresholds(days_before=tuple(before)))
    assert bool(found) == (0 <= days <= max(before))


def silent(hours: float, since: datetime) -> list[str]:
    silence = Silence("ocean", since, timedelta(hours=hours), "no answer within 30 s")
    return [alert.id for alert in due_alerts(Situation("main", NOW, NOW.date(), silences=[silence]), Thresholds())]


def test_a_source_is_silent_after_six_hours_and_told_once_for_each_silence() -> None:
    since = NOW - timedelta(hours=6)
    assert silent(5.99, since) == []
    assert silent(6, since) == silent(60, since) == ["source-silent:main:ocean:2027-01-01T06:00Z"]
    assert silent(6, since + timedelta(hours=1)) != silent(6, since)


def test_a_clock_put_back_neither_silences_nor_invents_a_silence() -> None:
    assert silent(7, NOW + timedelta(days=365)) != []
    assert silent(1, NOW - timedelta(days=365)) == []


def pending(*hours: float) -> list[str]:
    unpriced = [Unpriced(f"r{hour}", NOW - timedelta(hours=hour)) for hour in hours]
    return [alert.id for alert in due_alerts(Situation("main", NOW, NOW.date(), unpriced=unpriced), Thresholds())]


def test_receipts_wait_a_day_for_their_price_and_are_told_together() -> None:
    assert pending(1, 23.9) == []
    assert pending(24, 25, 26) == ["receipts-pending:main:2026-12-31"]


def test_old_waiting_receipts_are_not_told_daily_but_newer_ones_are() -> None:
    assert pending(100, 200) == pending(100, 300)
    assert pending(30, 100) != pending(100)


def test_many_waiting_receipts_are_listed_in_part() -> None:
    unpriced = [Unpriced(f"r{number}", NOW - timedelta(days=2, hours=number)) for number in range(25)]
    (alert,) = due_alerts(Situation("main", NOW, NOW.date(), unpriced=unpriced), Thresholds())
    assert alert.subject.startswith("25 receipts have no price")
    assert "and 15 more" in alert.body


def test_payments_that_cannot_be_computed_are_told_and_not_taken_for_nothing_to_pay() -> None:
    situation = Situation("main", NOW, NOW.date(), trouble="the law of 2031 is not known")
    (alert,) = due_alerts(situation, Thresholds())
    assert alert.id == "payments-unknown:main:2027-01"
    assert "the law of 2031 is not known" in alert.body


def test_a_damaged_ledger_has_one_id_for_each_place() -> None:
    assert chain_failure("x", position=7) == chain_failure("x", position=7)
    assert chain_failure("x", position=7).id == "chain-failure:7"
    assert chain_failure("x").id == "chain-failure:log"


def test_a_failing_round_is_told_once_a_day() -> None:
    assert job_failed("poll:a", "KeyError", NOW).id == job_failed("poll:a", "OSError", NOW + timedelta(hours=3)).id
    assert job_failed("poll:a", "KeyError", NOW).id != job_failed("poll:a", "KeyError", NOW + timedelta(days=1)).id


def test_a_message_leaves_without_secrets() -> None:
    message = chain_failure("password hunter2 was refused").message(lambda text: text.replace("hunter2", "***"))
    assert "hunter2" not in message.body
    assert message.id == "chain-failure:log"


GEORGIA = StateTold("GA", "Georgia")


def test_a_payment_to_the_state_is_an_alert_of_its_own_with_the_command_that_records_it() -> None:
    both = [installment(), installment("50")._replace(state=GEORGIA)]
    federal, state = due_alerts(Situation("main", NOW, DUE, installments=both), Thresholds())
    assert (federal.id, state.id) == ("payment-due:main:2026-Q4:1", "payment-due:main:2026-Q4-GA:1")
    assert state.subject == "Estimated tax of Georgia 2026-Q4: $50.00 due today (2027-01-15)"
    assert "The estimated payment to Georgia for 2026-Q4 is due" in state.body
    assert "Next: pay Georgia, then `lotwork add payment at=... year=2026 type=estimated amount_usd=... state=GA`." in (
        state.body
    )
    assert "irs.gov" not in state.body
    assert "state=" not in federal.body


def test_what_is_overdue_to_the_state_names_it_and_no_penalty_of_the_irs() -> None:
    (federal,), (state,) = overdue_on(3), overdue_on(3, state=GEORGIA, a_day_usd=None)
    assert state.id == federal.id.replace(":2026:", ":2026-GA:")
    assert state.subject == "Estimated tax of Georgia 2026: $1,343.61 overdue since 2027-01-15"
    assert "What Georgia charges for waiting is not reckoned here." in state.body
    assert "state=GA" in state.body
    assert "penalty" not in state.body


def test_why_nothing_can_be_told_of_the_state_is_said_once_a_month() -> None:
    situation = Situation("main", NOW, DUE, state_trouble="you moved")
    (alert,) = due_alerts(situation, Thresholds())
    assert alert.id == "state-payments-unknown:main:2027-01"
    assert alert.body.startswith("you moved\n")

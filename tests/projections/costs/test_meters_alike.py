"""A meter that two sources spell in two ways is asked about, where the same time is deducted of both."""

from __future__ import annotations

from typing import Any

import pytest

from tests.projections.house import book_of

RATE: dict[str, Any] = {
    "kind": "tariff", "id": "t", "at": "2025-01-01T00:00:00Z", "from": "2025-01-01", "price_usd": "0.10",
}  # fmt: skip


def read(name: str, meter: str, first: str, last: str, **more: str) -> dict[str, Any]:
    span = {"from": f"2025-03-{first}", "to": f"2025-03-{last}", "kwh": "10"}
    return {"kind": "energy", "id": name, "at": "2025-03-20T12:00:00Z", "meter": meter, **span, **more}


def asked(*lines: dict[str, Any]) -> list[str]:
    told = book_of(*lines).expenses.result(2025).findings
    return [each.event or "" for each in told if each.code == "meter_spelled_twice"]


@pytest.mark.parametrize("other", ["Rigs", "rigs ", "RIGS.", "-rigs"])
def test_two_spellings_that_tell_one_time_are_asked_about(other: str) -> None:
    one, two = read("a", "rigs", "01", "03"), read("b", other, "02", "04")
    assert asked(RATE, one, two) in (["a"], ["b"])
    assert asked(RATE, one, read("b", other, "01", "09"), read("c", "rigs", "03", "05")) != []


@pytest.mark.parametrize(
    "lines",
    [
        (RATE, read("a", "rigs", "01", "03"), read("b", "Rigs", "03", "04")),
        (RATE, read("a", "rigs", "01", "03"), read("b", "plug", "01", "03")),
        (RATE, read("a", "rig 1", "01", "03"), read("b", "rig 2", "01", "03")),
        (RATE, read("a", "rigs", "01", "03"), read("b", "Rigs", "01", "03", doubt="counter_fell")),
        ({**RATE, "meter": "rigs"}, read("a", "rigs", "01", "03"), read("b", "Rigs", "01", "03")),
    ],
)
def test_what_is_deducted_once_asks_nothing(lines: tuple[dict[str, Any], ...]) -> None:
    assert asked(*lines) == []


def twice(*lines: dict[str, Any]) -> list[str]:
    told = book_of(*lines).expenses.result(2025).findings
    return [each.event or "" for each in told if each.code == "power_measured_twice"]


HOUSE = {"source": "green-button"}


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (read("a", "garage", "01", "03"), read("b", "plug", "01", "03")),
        (read("a", "garage", "01", "05", kwh="20"), read("b", "plug", "02", "04", kwh="9.6")),
        (read("a", "garage", "01", "03"), read("b", "plug", "01", "03", kwh="10.5")),
        (read("a", "house", "01", "03", kwh="90", **HOUSE), read("b", "plug", "01", "03")),
        (read("a", "plug", "02", "04"), read("b", "house", "01", "09", kwh="400", **HOUSE)),
    ],
)
def test_two_meters_that_may_count_one_power_are_asked_about(one: dict[str, Any], two: dict[str, Any]) -> None:
    assert len(twice(RATE, one, two)) == 1
    assert len(twice(RATE, {**RATE, "id": "own", "meter": one["meter"]}, one, two)) == 1
    of_one = {**RATE, "meter": one["meter"]}
    each = ({**RATE, "id": each["id"] + "t", "meter": each["meter"]} for each in (one, two))
    for settled in ([of_one], [{**RATE, "may_repeat": "none"}], list(each)):
        assert twice(*settled, one, two) == []


@pytest.mark.parametrize(
    "two",
    [
        read("b", "plug", "01", "03", kwh="12"),
        read("b", "plug", "03", "05"),
        read("b", "plug", "02", "03"),
        read("b", "plug", "01", "03", doubt="counter_fell"),
        read("b", "Garage", "01", "03"),
    ],
)
def test_two_meters_of_other_power_are_not(two: dict[str, Any]) -> None:
    assert twice(RATE, read("a", "garage", "01", "03"), two) == []

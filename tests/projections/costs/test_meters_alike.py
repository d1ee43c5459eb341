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

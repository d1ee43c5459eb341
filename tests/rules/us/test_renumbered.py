"""The numbers of 2026, as the drafts of its forms have them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lotwork.rules.us.individual import Filer, compute
from lotwork.rules.us.renumbered import as_printed, printed, ref_printed
from tests.rules.us.law import LAW, usd


def amounts(**facts: Any) -> dict[str, Decimal]:
    told: dict[str, Any] = {"year": 2026, "status": "single"} | facts
    filer = Filer(**told)
    return {as_printed(each, filer.year).ref: each.amount for each in compute(filer, LAW).lines}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2", "2"), ("6", "6"), ("7", "8"), ("8", "9"), ("9", "10"), ("10", "11"), ("11", "12"), ("12", "13"),
        ("13", "14"), ("14", "15"), ("17", "19"), ("18b", "20b"), ("20 (rig)", "22 (rig)"), ("24 (rig)", "26 (rig)"),
        ("25b (rig)", "27b (rig)"), ("26g (rig)", "28g (rig)"), ("30", "32"), ("31", "33"), ("32", "34"), ("33", "35"),
        ("35", "37"),
    ],
)  # fmt: skip
def test_form_4797_of_2026_makes_room_for_livestock(old: str, new: str) -> None:
    """Draft of 2026: 7 livestock, 8 "Combine lines 2 through 7", 19 "lines 11 through 18", 22 price, Part IV 35-37."""
    assert printed(("Form 4797", old), 2026) == ("Form 4797", new)
    assert printed(("Form 4797", old), 2025) == ("Form 4797", old)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Form 4562 line 14", "Form 4562 line 14a"),
        ("Form 4562 line 42", "Form 4562-B line 1"),
        ("Form 4562 line 44", "Form 4562-B line 3"),
        ("Form 4562 line 6: rig", "Form 4562 line 6: rig"),
        ("Schedule 2 line 12", "Schedule 2 line 6"),
        ("Form 8949", "Form 8949"),
    ],
)
def test_a_reference_moves_with_its_line(old: str, new: str) -> None:
    assert ref_printed(old, 2026) == new
    assert ref_printed(old, 2025) == old


def test_the_two_parts_of_the_additional_medicare_tax_have_two_lines_of_schedule_2() -> None:
    """Draft Form 8959 of 2026: line 12 to Schedule 2 line 17b, line 18 to Schedule 2 line 11."""
    told = amounts(wages=usd("230000"), schedule_c_net=usd("100000"))
    assert told["Schedule 2 line 17b"] == told["Form 8959 line 7"] == 270
    assert told["Schedule 2 line 11"] == told["Form 8959 line 18"] == usd("92350") * Decimal("0.009")
    assert told["Form 8959 line 12 and 18"] == told["Schedule 2 line 11"] + told["Schedule 2 line 17b"]
    assert told["Schedule 2 line 21"] == told["Form 1040 line 23"]


def test_the_least_deduction_stands_between_the_ordinary_one_and_the_end_of_form_8995() -> None:
    """Draft Form 8995 of 2026: 15 before the minimum, 16 the minimum, 17 the greater, 18 the loss carried on."""
    told = amounts(schedule_c_net=usd("1500"), wages=usd("16200"))
    assert [told[f"Form 8995 line {number}"] for number in (16, 17, 18)] == [400, 400, 0]
    assert 0 < told["Form 8995 line 15"] < 400
    assert told["Form 1040 line 13b"] == 400
    assert told["Form 1040 line 13a"] == 0


def test_before_2026_there_is_no_minimum_and_line_15_is_the_deduction() -> None:
    told = amounts(year=2025, schedule_c_net=usd("50000"), wages=usd("16200"))
    assert told["Form 8995 line 15"] == told["Form 1040 line 13a"] > 0
    assert "Form 8995 line minimum" not in told


def test_every_input_of_a_printed_line_is_a_printed_line() -> None:
    filer = Filer(year=2026, status="single", schedule_c_net=usd("90000"), wages=usd("230000"), aged=1)
    lines = [as_printed(each, 2026) for each in compute(filer, LAW).lines]
    names = {each.ref for each in lines}
    assert len(names) == len({each.ref for each in compute(filer, LAW).lines})
    known = {ref for each in compute(filer, LAW).lines for ref in each.inputs}
    missing = known - {each.ref for each in compute(filer, LAW).lines}
    assert {ref for each in lines for ref in each.inputs} - names <= {ref_printed(ref, 2026) for ref in missing}

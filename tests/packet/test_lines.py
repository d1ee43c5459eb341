"""Lines of the return changed with the manifest made anew: the way from receipts and sales into them is re-done."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.packet import accountant
from tests.packet.test_packet import read, words_of, write

Change = Callable[[dict[str, Any]], None]


def moved(form: str, line: str, by: int = 100) -> Change:
    """Return what adds so many cents to a line, in the answer and in the forms alike."""

    def change(told: dict[str, Any]) -> None:
        for each in told["lines"]:
            if (each["form"], each["line"]) == (form, line):
                cents = int(each["amount_usd"].replace(".", "")) + by
                each["amount_usd"] = f"{cents // 100}.{cents % 100:02}"

    return change


def summed(key: str, part: str = "summary") -> Change:
    return lambda told: told[part].update({key: "12345.67"})


def with_liability(members: dict[str, bytes], change: Change) -> dict[str, bytes]:
    """Return the packet with its answer changed, the lines in the forms made to fit, and the manifest anew."""
    told = json.loads(members["results/liability.json"])
    change(told)
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(("form", "line", "label", "amount_usd", "cites", "from"))
    rows.writerows((each["form"], each["line"], each["label"], each["amount_usd"], ", ".join(each["cites"]),
                    ", ".join(each["from"])) for each in told["lines"])  # fmt: skip
    made = {"results/liability.json": json.dumps(told).encode(), "forms/return-DRAFT.csv": out.getvalue().encode()}
    return accountant.with_manifest(members | made)


def test_lines_made_anew_without_a_change_hold(packet: Path, tmp_path: Path) -> None:
    assert words_of(write(tmp_path / "x.zip", with_liability(read(packet), lambda _: None))) == []


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (moved("Schedule C", "1"), "Schedule C, line 1"),
        (moved("Schedule C", "7"), "Schedule C, line 7"),
        (moved("Schedule C", "31"), "Schedule C, line 31"),
        (moved("Schedule 1", "8v", -100), "Schedule 1, line 8v"),
        (moved("Schedule 1", "8z"), "Schedule 1, line 9"),
        (moved("Schedule 1", "8z"), "Schedule 1, line 8z"),
        (moved("Schedule 1", "3"), "Schedule 1, line 3"),
        (moved("Schedule SE", "12"), "Schedule SE, line 12"),
        (moved("Schedule D", "3"), "Schedule D, line 3"),
        (moved("Schedule D", "16"), "Schedule D, line 16"),
        (moved("Form 1040", "7a"), "Form 1040, line 7a"),
        (moved("Form 1040", "8"), "Form 1040, line 8"),
        (moved("Form 1040", "15"), "Form 1040, line 15"),
        (moved("Form 1040", "22"), "Form 1040, line 22"),
        (moved("Form 1040", "23"), "Form 1040, line 23"),
        (moved("Form 8959", "18"), "Schedule 2, line 11"),
        (summed("se_tax"), "se_tax"),
        (summed("total"), "total"),
        (summed("niit"), "niit"),
        (summed("long_term_usd", "carried_forward"), "long_term_usd"),
    ],
)
def test_a_changed_line_is_found(packet: Path, tmp_path: Path, change: Change, where: str) -> None:
    found = words_of(write(tmp_path / "x.zip", with_liability(read(packet), change)))
    assert any(where in words for words in found), found


def changed_rows(members: dict[str, bytes], name: str, change: Change) -> dict[str, bytes]:
    told = json.loads(members[name])
    change(told)
    return accountant.with_manifest({**members, name: json.dumps(told).encode()})


@pytest.mark.parametrize(
    ("name", "change", "where"),
    [
        ("prices.json", lambda told: told["rows"].reverse(), "in the order of the receipts"),
        ("prices.json", lambda told: told["rows"][2].update(sample="p3"), "sample"),
        ("prices.json", lambda told: told["rows"][0].update(sample="p3"), "sample"),
        ("results/gains.json", lambda told: told["findings"].pop(), "findings"),
        ("results/income.json", lambda told: told["findings"].reverse(), "findings"),
        ("results/liability.json", lambda told: told["lines"].reverse(), "forms/return.csv"),
        ("results/liability.json", lambda told: told["lines"][0].update(label="Other"), "forms/return.csv"),
        ("results/liability.json", lambda told: told["lines"][0]["cites"].append("none"), "forms/return.csv"),
    ],
)
def test_an_order_a_label_and_a_leaf_are_held_where_another_member_has_them(
    packet: Path, tmp_path: Path, name: str, change: Change, where: str
) -> None:
    found = words_of(write(tmp_path / "x.zip", changed_rows(read(packet), name, change)))
    assert any(where in words for words in found), found

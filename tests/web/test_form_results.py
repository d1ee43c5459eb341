"""The line a form is filled in for, where a later year numbers its form anew."""

from __future__ import annotations

import pytest

from lotwork.web.forms import form_groups, form_line
from tests.web.test_forms import told


@pytest.mark.parametrize(
    ("form", "numbers", "result"),
    [
        ("Form 1040", ("16", "24a", "37"), "24a"),
        ("Form 1040", ("16", "24", "37"), "24"),
        ("Form 8995", ("15", "16", "17", "18"), "17"),
        ("Form 8995", ("14", "15", "16"), "15"),
        ("Form 8959", ("7", "18", "12 and 18"), "12 and 18"),
        ("Form 4797", ("8", "19", "20b"), "19"),
        ("Form 7206", ("3", "14"), "14"),
        ("Schedule SE (spouse)", ("10", "12", "13"), "12"),
        ("Schedule C (spouse)", ("28", "31", "48"), "31"),
    ],
)
def test_the_result_is_the_line_of_the_year(form: str, numbers: tuple[str, ...], result: str) -> None:
    rows = [(form, form_line(told(form, each), "1", "1")) for each in numbers]
    assert [group.result.number for group in form_groups(rows)] == [result]

"""Lines are told as they are copied: form by form, each form as on the paper."""

from __future__ import annotations

from lotwork.rules.line import by_form, line_order


def test_lines_stand_as_numbers_then_letters_then_words() -> None:
    told = ["24 before credits", "software", "10", "4a", "8", "4", "1z", "1a", "24"]
    assert sorted(told, key=line_order) == ["1a", "1z", "4", "4a", "8", "10", "24", "24 before credits", "software"]


def test_a_form_stands_after_those_its_last_line_came_from() -> None:
    computed = [
        ("Form 1040", "1a"),
        ("Schedule 1", "10"),
        ("Schedule C", "31"),
        ("Schedule 1", "3"),
        ("Form 1040", "9"),
    ]
    assert by_form(computed, lambda place: place) == {
        "Schedule C": [("Schedule C", "31")],
        "Schedule 1": [("Schedule 1", "3"), ("Schedule 1", "10")],
        "Form 1040": [("Form 1040", "1a"), ("Form 1040", "9")],
    }

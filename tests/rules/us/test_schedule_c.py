"""The words of an expense and the lines of the form they stand on."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lotwork.rules.us.schedule_c import (
    CATEGORIES,
    Books,
    UnknownCategoryError,
    expense_line,
    form_order,
    home_line,
    schedule_c,
)


@pytest.mark.parametrize(
    ("word", "line"),
    [
        ("advertising", "8"), ("commissions", "10"), ("contract_labor", "11"), ("employee_benefits", "14"),
        ("insurance", "15"), ("mortgage_interest", "16a"), ("legal", "17"), ("office", "18"),
        ("pension", "19"), ("equipment_rent", "20a"), ("rent", "20b"), ("repairs", "21"), ("supplies", "22"),
        ("licenses", "23"), ("travel", "24a"), ("meals", "24b"), ("electricity", "25"), ("wages", "26"),
        ("home_office", "30"), ("home_direct_repairs", "30"), ("fines", "none"),
    ],
)  # fmt: skip
def test_a_word_has_one_line_in_every_year(word: str, line: str) -> None:
    assert {expense_line(word, year).number for year in (2023, 2024, 2025, 2026)} == {line}


def test_other_expenses_moved_to_27b_when_27a_became_the_energy_deduction() -> None:
    """Schedule C of 2024 and of 2025: 27a, energy efficient commercial buildings; 27b, other expenses."""
    assert [expense_line("software", year).number for year in (2022, 2023, 2024, 2025)] == ["27a", "27a", "27b", "27b"]


def test_other_interest_moved_to_16c_when_16b_became_a_vehicle_loans() -> None:
    """Draft Schedule C of 2026: 16a mortgage, 16b vehicle loan, 16c other."""
    assert [expense_line("interest", year).number for year in (2024, 2025, 2026)] == ["16b", "16b", "16c"]


def test_an_unknown_word_is_refused_with_what_is_near() -> None:
    with pytest.raises(UnknownCategoryError, match="did you mean electricity"):
        expense_line("electrcity", 2025)


@pytest.mark.parametrize(
    ("word", "about"),
    [("home_rent", ("19", False)), ("home_direct_repairs", ("20", True)), ("home_property_taxes", ("17", False)),
     ("home_office", None), ("home_brew", None), ("rent", None)],
)  # fmt: skip
def test_a_cost_of_the_home_has_its_line_of_form_8829(word: str, about: tuple[str, bool] | None) -> None:
    assert home_line(word) == about


def test_lines_are_ordered_as_on_the_form() -> None:
    numbers = {expense_line(word, 2025).number for word in CATEGORIES}
    assert sorted(numbers - {"none"}, key=form_order) == [
        "8", "9", "10", "11", "13", "14", "15", "16a", "16b", "17", "18", "19", "20a", "20b", "21", "22", "23", "24a",
        "24b", "25", "26", "27b", "30",
    ]  # fmt: skip


def test_every_line_but_a_sum_is_cited_and_every_sum_names_its_parts() -> None:
    books = Books(
        year=2025,
        receipts=Decimal(100),
        other_income=Decimal(5),
        by_line={"25": Decimal(30), "24b": Decimal(1)},
        others={"hosting": Decimal(7)},
        depreciation=Decimal(10),
    )
    told = {each.ref: each for each in schedule_c(books)}
    assert [told[f"Schedule C line {number}"].amount for number in ("7", "28", "29")] == [105, 48, 57]
    assert all(each.cites or each.inputs for each in told.values())
    assert all(source in told for each in told.values() for source in each.inputs)
    assert told["Schedule C line 24b"].cites == ("26 U.S.C. 162(a), 274(k), (n)",)


def test_a_loss_is_a_negative_line_29() -> None:
    books = Books(year=2025, receipts=Decimal(0), by_line={"25": Decimal(30)}, others={})
    assert {each.line: each.amount for each in schedule_c(books)}["29"] == -30

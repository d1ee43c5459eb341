"""Columns that answer whether a row happened, and states that a file tells apart: the map must say which rows count."""

from __future__ import annotations

import pytest

from tests.commands.calling import Caller
from tests.commands.test_rows_known_again import POOL, take
from tests.commands.test_rows_left_out import BILLS, HEAD

FIRST = "2025-03-01T06:00:07Z,0.01"
SECOND = "2025-03-02T06:00:07Z,0.02"


@pytest.mark.parametrize(
    ("column", "yes", "no"),
    [
        ("Confirmed", "yes", "No"),
        ("Is Paid", "TRUE", "false"),
        ("mature", "Y", "n"),
        ("Orphan", "false", "TRUE"),
        ("orphaned", "", "yes"),
        ("Is Pending", "no", "y"),
        ("Confirmations", "120", "0"),
        ("confs", "6", "0"),
    ],
)
def test_a_column_that_answers_no_is_refused_until_the_map_says_which_rows_count(
    lotwork: Caller, column: str, yes: str, no: str
) -> None:
    told = take(lotwork, f"Time,Amount,{column}\n{FIRST},{yes}\n{SECOND},{no}\n", POOL, code=3)
    assert f"export.csv:3: {column}: {no!r} says that the row is no receipt that happened" in told.err
    assert "1 appended" in take(lotwork, f"Time,Amount,{column}\n{FIRST},{yes}\n", POOL).out


@pytest.mark.parametrize("word", ["In review", "Overdue", "Weird", ""])
@pytest.mark.parametrize("column", ["Status", "status", "Payout Status"])
def test_a_state_that_nobody_knows_beside_another_is_refused(lotwork: Caller, column: str, word: str) -> None:
    rows = f"Time,Amount,{column}\n{FIRST},Completed\n{SECOND},{word}\n"
    assert f"export.csv:3: {column}: rows say" in take(lotwork, rows, POOL, code=3).err
    assert "1 appended" in take(lotwork, rows, {**POOL, "only": {column: ["Completed"]}}).out


@pytest.mark.parametrize(("one", "other"), [("Completed", "paid"), ("Settled", "CONFIRMED"), ("Weird", "weird")])
def test_states_that_all_say_that_it_happened_are_no_question(lotwork: Caller, one: str, other: str) -> None:
    assert "2 appended" in take(lotwork, f"Time,Amount,Status\n{FIRST},{one}\n{SECOND},{other}\n", POOL).out


def test_in_which_state_a_bill_is_from_is_no_question(lotwork: Caller) -> None:
    rows = f"{HEAD.strip()},State\n2025-01-03,ACH POWER CO,-120.50,NY\n2025-02-03,ACH POWER CO,-99.00,NJ\n"
    assert "2 appended" in take(lotwork, rows, BILLS).out


@pytest.mark.parametrize("amount", ["1.23E+08", "1.23457E+11", "9.00E+04"])
def test_a_number_whose_last_figures_a_spreadsheet_left_out_is_refused(lotwork: Caller, amount: str) -> None:
    told = take(lotwork, f"Time,Amount\n2025-03-01T06:00:07Z,{amount}\n", POOL, code=3).err
    assert "a spreadsheet left out its last figures" in told


FIGURES = [("1.2E-05", "0.000012"), ("1.23E-05", "0.0000123"), ("1.2E+01", "12")]


@pytest.mark.parametrize(("amount", "quantity"), FIGURES)
def test_one_that_has_all_its_figures_is_read(lotwork: Caller, amount: str, quantity: str) -> None:
    take(lotwork, f"Time,Amount\n2025-03-01T06:00:07Z,{amount}\n", POOL)
    assert f'"quantity":"{quantity}' in lotwork("export").out.replace(" ", "")

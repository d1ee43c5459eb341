"""Schedule C: on which line an expense stands, by the word the ledger uses for it, and the lines down to the profit.

Law: what is "ordinary and necessary" is deducted (26 U.S.C. 162(a)); of a meal a part (274(n)), of a fine nothing
(162(f)). A word with no line of its own is an item of Part V, where amortization and what the de minimis safe harbor
expenses stand too (Pub. 334, De Minimis Safe Harbor for Tangible Property).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from difflib import get_close_matches
from types import MappingProxyType

import msgspec

from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.units import ZERO
from lotwork.rules.line import Line, line
from lotwork.rules.us.home_office import HOME_LINES

FORM = "Schedule C"
PART_V = "Schedule C Part V"
INCOME = "26 U.S.C. 61(a)"
DEDUCTION = "26 U.S.C. 162(a)"
MEALS = "26 U.S.C. 162(a), 274(k), (n)"
MOST_LINES = 1000
OTHER_MOVED_FROM = 2024
"""Line 27a was "Other expenses" through 2023; from 2024 it is the energy deduction and other expenses are 27b."""
VEHICLE_INTEREST_FROM = 2026
"""Line 16b was "Other interest" through 2025; on the draft of 2026 it is of a vehicle loan, and other interest 16c."""


class UnknownCategoryError(InputRefusedError):
    """No line of Schedule C has this word; it is never guessed."""


class ExpenseLine(msgspec.Struct, frozen=True):
    """A line of Schedule C, Part II."""

    number: str
    label: str

    @property
    def ref(self) -> str:
        """How other lines name this one."""
        return f"{FORM} line {self.number}"


OTHER = "27"
HOME = "30"
HOME_WORD = "home_"
HOME_DIRECT_WORD = "home_direct_"
NOT_DEDUCTED = "none"
"""Where a fine stands: on no line."""
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "8": "Advertising",
        "9": "Car and truck expenses",
        "10": "Commissions and fees",
        "11": "Contract labor",
        "12": "Depletion",
        "13": "Depreciation and section 179 expense deduction",
        "14": "Employee benefit programs",
        "15": "Insurance (other than health)",
        "16a": "Mortgage interest paid to banks",
        "16b": "Other interest",
        "16c": "Other interest",
        "17": "Legal and professional services",
        "18": "Office expense",
        "19": "Pension and profit-sharing plans",
        "20a": "Rent or lease: vehicles, machinery and equipment",
        "20b": "Rent or lease: other business property",
        "21": "Repairs and maintenance",
        "22": "Supplies",
        "23": "Taxes and licenses",
        "24a": "Travel",
        "24b": "Deductible meals",
        "25": "Utilities",
        "26": "Wages",
        OTHER: "Other expenses (from line 48)",
        HOME: "Business use of the home",
        NOT_DEDUCTED: "Fines and penalties: not deducted",
    }
)
"""The lines of Part II and 30, in the order of the form."""
ORDER = (*LABELS, "27a", "27b")
CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        "advertising": "8", "car": "9", "vehicle": "9", "commissions": "10", "pool_fee": "10", "exchange_fee": "10",
        "contract_labor": "11", "depreciation": "13", "employee_benefits": "14", "insurance": "15", "interest": "16b",
        "legal": "17", "professional": "17", "accounting": "17", "office": "18", "equipment_rent": "20a", "rent": "20b",
        "repairs": "21", "maintenance": "21", "supplies": "22", "taxes": "23", "licenses": "23", "travel": "24a",
        "utilities": "25", "electricity": "25", "energy": "25", "internet": "25", "telephone": "25", "water": "25",
        "gas": "25", "cooling": "25", "wages": "26", "hosting": OTHER, "software": OTHER, "subscriptions": OTHER,
        "bank_fees": OTHER, "network_fees": OTHER, "shipping": OTHER, "education": OTHER, "other": OTHER,
        "home_office": HOME, "mortgage_interest": "16a", "pension": "19", "meals": "24b", "fines": NOT_DEDUCTED,
        "fine": NOT_DEDUCTED, "penalty": NOT_DEDUCTED, "penalties": NOT_DEDUCTED, "de_minimis": OTHER,
        **{f"{start}{word}": HOME for start in (HOME_WORD, HOME_DIRECT_WORD) for word in HOME_LINES},
    }
)  # fmt: skip
"""The words an expense may have, and the line each stands on."""


def expense_line(category: str, year: int) -> ExpenseLine:
    """Return the line of Schedule C on which a *category* stands in *year*; an unknown word is refused."""
    number = CATEGORIES.get(category)
    if number is None:
        near = get_close_matches(category, CATEGORIES, n=3)
        known = f"did you mean {' or '.join(near)}?" if near else f"use one of {', '.join(CATEGORIES)}"
        raise UnknownCategoryError(f"no line of Schedule C is called {category!r}: {known}")
    label = LABELS[number]
    about = home_line(category)
    if about is not None:
        label = f"{label}: Form 8829 line {about[0]}"
    if number == OTHER:
        number = other_expenses_line(year)
    if number == "16b" and year >= VEHICLE_INTEREST_FROM:
        number = "16c"
    return ExpenseLine(number, label)


def home_line(category: str) -> tuple[str, bool] | None:
    """Return the line of Form 8829 for a cost of the home, and whether it is the office's alone; None for others."""
    for start in (HOME_DIRECT_WORD, HOME_WORD):
        if category.startswith(start) and category.removeprefix(start) in HOME_LINES:
            return HOME_LINES[category.removeprefix(start)], start == HOME_DIRECT_WORD
    return None


def form_order(number: str) -> tuple[int, str]:
    """Return where a line of Part II stands on the form: 8 before 10, 20a before 20b."""
    digits = number.rstrip("abc")
    return (int(digits), number) if digits.isdigit() else (MOST_LINES, number)


class Books(msgspec.Struct, frozen=True, kw_only=True):
    """What a year's Schedule C is filled from, in dollars."""

    year: int
    receipts: Decimal
    other_income: Decimal = ZERO
    by_line: Mapping[str, Decimal]
    """Expenses by line of Part II, without 13, 27 and 30."""
    others: Mapping[str, Decimal]
    """The items of Part V."""
    depreciation: Decimal = ZERO


def schedule_c(books: Books, above: Iterable[Line] = ()) -> tuple[Line, ...]:
    """Return lines 1 to 29 and Part V; *above* are lines of other forms that line 13 and Part V come from."""
    behind = list(above)
    gross = line((FORM, "1"), "Gross receipts: coins at their value when received", books.receipts, cites=(INCOME,))
    net = line((FORM, "3"), "Receipts less returns", books.receipts, cites=(INCOME,), inputs=(gross,))
    profit = line((FORM, "5"), "Gross profit", books.receipts, cites=(INCOME,), inputs=(net,))
    back = [each for each in behind if each.ref == "Form 4797 line 35"]
    other = []
    if books.other_income:
        other = [line((FORM, "6"), "Other income", books.other_income, cites=(INCOME,), inputs=back)]
    income = line(
        (FORM, "7"), "Gross income", books.receipts + books.other_income, cites=(INCOME,), inputs=(profit, *other)
    )
    items = [
        line(
            (PART_V, name),
            name.replace("_", " ").capitalize(),
            amount,
            cites=(DEDUCTION,),
            inputs=_amortized(name, behind),
        )
        for name, amount in books.others.items()
    ]
    expenses = _part_ii(books, items, behind)
    spent = sum((each.amount for each in expenses), ZERO)
    total = line((FORM, "28"), "Total expenses", spent, cites=(DEDUCTION,), inputs=expenses)
    left = line(
        (FORM, "29"), "Tentative profit", income.amount - spent, cites=("26 U.S.C. 63(a)",), inputs=(income, total)
    )
    part_v = [
        *items,
        line(
            (FORM, "48"),
            "Total other expenses",
            sum((each.amount for each in items), ZERO),
            cites=(DEDUCTION,),
            inputs=items,
        ),
    ]
    return (gross, net, profit, *other, income, *(part_v if items else ()), *expenses, total, left)


def _part_ii(books: Books, items: list[Line], behind: list[Line]) -> list[Line]:
    """Return lines 8 to 27: those that have an amount or an expense, and always line 13."""
    lines = {
        number: line((FORM, number), LABELS[number], amount, cites=(MEALS if number == "24b" else DEDUCTION,))
        for number, amount in books.by_line.items()
    }
    rigs = [each for each in behind if each.ref == "Form 4562 line 22"]
    lines["13"] = line((FORM, "13"), LABELS["13"], books.depreciation, cites=("26 U.S.C. 167, 168, 179",), inputs=rigs)
    if items:
        whole = sum((each.amount for each in items), ZERO)
        number = other_expenses_line(books.year)
        lines[number] = line((FORM, number), LABELS[OTHER], whole, cites=(DEDUCTION,), inputs=(f"{FORM} line 48",))
    return [lines[number] for number in sorted(lines, key=form_order)]


def _amortized(name: str, behind: list[Line]) -> list[Line]:
    """Return the lines an item of Part V comes from: amortization has a form, and start-up costs a worksheet."""
    refs = {"amortization": "Form 4562 line 44", "start_up_costs": "Start-up costs line 1"}
    return [each for each in behind if each.ref == refs.get(name)]


def other_expenses_line(year: int) -> str:
    """Return the number of the line "Other expenses" in *year*."""
    return "27b" if year >= OTHER_MOVED_FROM else "27a"

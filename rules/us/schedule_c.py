"""Schedule C, Part II: on which line an expense stands, by the word the ledger uses for it (26 U.S.C. 162)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType

from ledger.errors import InputRefusedError

FORM = "Schedule C"
OTHER_MOVED_FROM = 2024
"""Line 27a was "Other expenses" through 2023; from 2024 it is the energy deduction and other expenses are 27b."""


class UnknownCategoryError(InputRefusedError):
    """No line of Schedule C has this word; it is never guessed."""


@dataclass(frozen=True, slots=True)
class ExpenseLine:
    """A line of Schedule C, Part II."""

    number: str
    label: str

    @property
    def ref(self) -> str:
        """How other lines name this one."""
        return f"{FORM} line {self.number}"


OTHER = "27"
LABELS: Mapping[str, str] = MappingProxyType(
    {
        "8": "Advertising",
        "9": "Car and truck expenses",
        "10": "Commissions and fees",
        "11": "Contract labor",
        "13": "Depreciation and section 179 expense deduction",
        "14": "Employee benefit programs",
        "15": "Insurance (other than health)",
        "16b": "Other interest",
        "17": "Legal and professional services",
        "18": "Office expense",
        "20a": "Rent or lease: vehicles, machinery and equipment",
        "20b": "Rent or lease: other business property",
        "21": "Repairs and maintenance",
        "22": "Supplies",
        "23": "Taxes and licenses",
        "24a": "Travel",
        "25": "Utilities",
        "26": "Wages",
        OTHER: "Other expenses (from line 48)",
        "30": "Business use of the home",
    }
)
CATEGORIES: Mapping[str, str] = MappingProxyType(
    {
        "advertising": "8", "car": "9", "vehicle": "9", "commissions": "10", "pool_fee": "10", "exchange_fee": "10",
        "contract_labor": "11", "depreciation": "13", "employee_benefits": "14", "insurance": "15", "interest": "16b",
        "legal": "17", "professional": "17", "accounting": "17", "office": "18", "equipment_rent": "20a", "rent": "20b",
        "repairs": "21", "maintenance": "21", "supplies": "22", "taxes": "23", "licenses": "23", "travel": "24a",
        "utilities": "25", "electricity": "25", "energy": "25", "internet": "25", "telephone": "25", "water": "25",
        "gas": "25", "cooling": "25", "wages": "26", "hosting": OTHER, "software": OTHER, "subscriptions": OTHER,
        "bank_fees": OTHER, "network_fees": OTHER, "shipping": OTHER, "education": OTHER, "other": OTHER,
        "home_office": "30",
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
    if number == OTHER:
        number = "27b" if year >= OTHER_MOVED_FROM else "27a"
    return ExpenseLine(number, label)

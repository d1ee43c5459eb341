"""A bill, with its photo or PDF as evidence, and a rig."""

from __future__ import annotations

from lotwork.web.acts.act import Act, Field, Form, Line, Told, day_field, said
from lotwork.web.reading import Reading
from lotwork.web.wording import words

CATEGORIES = (
    "electricity", "rent", "internet", "repairs", "supplies", "software", "hosting", "insurance", "professional",
    "travel", "office", "advertising", "commissions", "interest", "licenses", "pool_fees", "other",
)  # fmt: skip
"""The words that are offered; another may be written."""
MOST_DIGITS = 6
CLASSES = ("5", "7", "15", "39", "3", "software", "qip")


def _bill_form(reading: Reading, told: Told) -> Form:
    return Form(
        "Add a bill",
        "What was paid for the mining, on the day it was paid.",
        (
            Field("category", "What for", "choice", told.get("category", "electricity"),
                  choices=tuple((each, words(each)) for each in CATEGORIES)),
            Field("amount_usd", "Dollars", value=told.get("amount_usd", ""), hint="120.50"),
            day_field("day", "Paid on", told, reading.today),
            Field("business_share", "Business part", value=told.get("business_share", ""), required=False,
                  hint="of 1, like 0.8; left out, all"),
            Field("note", "Note", value=told.get("note", ""), required=False),
            Field("evidence", "Photo or PDF", "file", told.get("evidence", ""), required=False),
        ),
    )  # fmt: skip


def _bill_lines(_: Reading, told: Told) -> list[Line]:
    line = said(told, "category", "amount_usd", "business_share", "note", "evidence")
    return [{"kind": "expense", "at": told.get("day", ""), **line}]


def _rig_form(reading: Reading, told: Told) -> Form:
    return Form(
        "Add a rig",
        "A thing depreciated: deducted from the year in which it is placed in service.",
        (
            Field("equipment", "Its name", value=told.get("equipment", ""), hint="S21 Pro no. 4"),
            Field("cost_usd", "What it cost, in dollars", value=told.get("cost_usd", "")),
            day_field("acquired", "Bought on, by a binding contract", told, reading.today),
            day_field("placed_in_service", "Ready for use on", told, reading.today),
            Field("quantity", "How many of one invoice", value=told.get("quantity", ""), required=False, hint="1"),
            Field("class", "Recovery class", "choice", told.get("class", "5"),
                  choices=tuple((each, f"{each} years" if each.isdigit() else words(each)) for each in CLASSES)),
            Field("business_share", "Business part", value=told.get("business_share", ""), required=False,
                  hint="of 1, like 0.8; left out, all"),
            Field("section_179_usd", "Expensed at once (section 179)", value=told.get("section_179_usd", ""),
                  required=False),
            Field("evidence", "Photo or PDF of the invoice", "file", told.get("evidence", ""), required=False),
        ),
    )  # fmt: skip


def _rig_lines(_: Reading, told: Told) -> list[Line]:
    line = said(
        told, "equipment", "cost_usd", "acquired", "placed_in_service", "class", "business_share", "section_179_usd",
        "evidence",
    )  # fmt: skip
    quantity = told.get("quantity", "").strip()
    if quantity:
        is_number = quantity.isascii() and quantity.isdigit() and len(quantity) <= MOST_DIGITS
        line["quantity"] = int(quantity) if is_number else quantity
    return [{"kind": "equipment", "at": told.get("acquired", ""), **line}]


BILL = Act("bill", _bill_form, _bill_lines)
RIG = Act("rig", _rig_form, _rig_lines)

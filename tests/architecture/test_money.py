"""Money in words is rounded as a form rounds it, by one helper, so that a finding and a listing tell one amount.

Python's own formatting rounds a half to the even cent, a form rounds it up (`lotwork.rules.line.to_cents`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest

from lotwork.rules.line import to_cents
from tests.architecture.house import modules

TWO_DECIMALS = re.compile(r"\.2[fF]")


def by_itself(tree: ast.Module) -> Iterator[int]:
    """Yield the lines that format to two decimals, or round to the cent without saying how."""
    for node in ast.walk(tree):
        match node:
            case ast.Constant(value=str(text)) if TWO_DECIMALS.search(text):
                yield node.lineno
            case ast.Call(func=ast.Attribute(attr="quantize"), args=[ast.Name(id="CENT")], keywords=[]):
                yield node.lineno
            case ast.Call(func=ast.Name(id="round"), args=[_, ast.Constant(value=2)]):
                yield node.lineno


def test_no_amount_is_formatted_to_two_decimals_but_by_the_one_helper() -> None:
    """A chart's bars are pixels, and may be."""
    found = [f"{module.path}:{line}" for module in modules() for line in by_itself(module.tree)]
    assert [each for each in found if not each.startswith("web/charts.py")] == []


@pytest.mark.parametrize(
    "text",
    [
        'f"{amount:.2f}"', 'f"{amount:,.2f}"', 'f"{amount:+.2f}"', 'format(amount, ".2f")', '"%.2f" % amount',
        '"{:.2f}".format(amount)', "amount.quantize(CENT)", "round(amount, 2)",
    ],
)  # fmt: skip
def test_every_way_to_do_it_is_seen(text: str) -> None:
    assert list(by_itself(ast.parse(text))) == [1]


@pytest.mark.parametrize("text", ["to_cents(amount)", "amount.quantize(CENT, ROUND_UP)", 'f"{seconds:.3f}"'])
def test_what_says_how_it_rounds_is_let_be(text: str) -> None:
    assert list(by_itself(ast.parse(text))) == []


def test_a_half_cent_is_rounded_up_in_words_as_on_a_form() -> None:
    assert [f"{to_cents(Decimal(text)):,}" for text in ("0.125", "0.135", "1234.565", "-0.004")] == [
        "0.13", "0.14", "1,234.57", "0.00",
    ]  # fmt: skip

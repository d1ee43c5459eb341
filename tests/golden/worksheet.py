"""A return worked out by hand: lines of arithmetic with the law beside each, reckoned here and nowhere in Lotwork.

A line is `name = expression -> where the program says so ; why`. The arrow and the reason may be left out. What an
expression may hold is numbers, names of lines before it, + - * /, and min, max, cents (half up) and dollars (half up).
`== 2024 ==` begins the worksheet of another year. Nothing of the program is asked for any of it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple

LINE = re.compile(r"^(?P<name>\w+)\s*=\s*(?P<expression>.+?)(?:\s+->\s+(?P<where>.+?))?(?:\s+;\s+(?P<why>.+))?$")
YEAR = re.compile(r"^== (\d{4}) ==$")


class Entry(NamedTuple):
    """One line of a worksheet: what it comes to, and where the program must say the same."""

    year: int
    name: str
    amount: Decimal
    where: str | None


def rounded(to: str) -> Callable[..., Decimal]:
    """Return a function that rounds half up, away from nothing."""
    return lambda amount: amount.quantize(Decimal(to), ROUND_HALF_UP)


FUNCTIONS: Mapping[str, Callable[..., Decimal]] = {
    "min": min,
    "max": max,
    "cents": rounded("0.01"),
    "dollars": rounded("1"),
}


def read(path: Path, year: int) -> Iterator[Entry]:
    """Yield the lines of the worksheet at *path*, which begins in *year*."""
    known: dict[str, Decimal] = {}
    for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = text.strip()
        if not line or line.startswith("#"):
            continue
        if heading := YEAR.match(line):
            year = int(heading[1])
            continue
        told = LINE.match(line)
        assert told, f"{path.name}:{number}: not a line of a worksheet: {line}"
        amount = reckon(ast.parse(told["expression"], mode="eval").body, told["expression"], known)
        known[told["name"]] = amount
        yield Entry(year, told["name"], amount, told["where"])


def reckon(node: ast.expr, text: str, known: Mapping[str, Decimal]) -> Decimal:
    """Return what the expression *node* of *text* comes to."""
    match node:
        case ast.Constant():
            return Decimal((ast.get_source_segment(text, node) or "").replace("_", ""))
        case ast.Name(id=name):
            return known[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -reckon(operand, text, known)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return FUNCTIONS[name](*(reckon(each, text, known) for each in arguments))
        case ast.BinOp(left=left, op=op, right=right):
            first, second = reckon(left, text, known), reckon(right, text, known)
            match op:
                case ast.Add():
                    return first + second
                case ast.Sub():
                    return first - second
                case ast.Mult():
                    return first * second
                case ast.Div():
                    return first / second
    raise ValueError(f"a worksheet does not know {ast.dump(node)}")

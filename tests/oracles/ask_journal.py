"""Run by the oracles' own Python: journals in as JSON lines, out beancount's errors and bean-query's answers."""

from __future__ import annotations

import json
import sys
from typing import Any

from beancount import loader
from beancount.core.amount import Amount
from beancount.core.inventory import Inventory
from beanquery.query import run_query

MICROS = 10**6


def plain(cell: Any) -> Any:
    """Return a cell of a result as JSON has it: dollars in whole micro-dollars, coins as text."""
    if isinstance(cell, Inventory):
        amounts = sorted((position.units for position in cell), key=lambda each: str(each.currency))
        return {each.currency: number(each) for each in amounts if number(each) != "0"}
    return cell if isinstance(cell, int) or cell is None else str(cell)


def number(amount: Amount) -> str:
    """Return an amount as text; of dollars the micro-dollars that it is to."""
    if amount.currency == "USD":
        return str(round(amount.number * MICROS))
    return f"{amount.number.normalize():f}" if amount.number else "0"


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """Return the errors of a journal, and the rows of each query."""
    entries, errors, options = loader.load_string(question["text"])
    told = [f"{error.source.get('lineno')}: {error.message}" for error in errors]
    results = [run_query(entries, options, query)[1] for query in question["queries"]]
    return {"errors": told, "rows": [[[plain(cell) for cell in row] for row in rows] for rows in results]}


for line in sys.stdin:
    sys.stdout.write(json.dumps(answer(json.loads(line))) + "\n")

"""The figures of a book as its commands tell them, and where they are not what the year comes to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from tests.year.living import Miner
from tests.year.reckoning import YEAR, Return
from tests.year.truth import CENT, DECIMALS

Figures = dict[str, Decimal]


def figures_of(miner: Miner) -> Figures:
    """Return every figure that `income`, `gains`, `lots` and `liability` tell, by names that no id is in."""
    told: defaultdict[str, Decimal] = defaultdict(Decimal)
    year = ("--year", str(YEAR), "--json")
    income = miner("income", *year).result
    assert not income["pending"], income["pending"]
    for row in income["rows"]:
        told[f"income {row['pool'] or ''} {int(row['date'][5:7])}"] += Decimal(row["value_usd"])
    gains = miner("gains", *year).result
    for term, row in gains["totals"].items():
        told[f"{term} proceeds"], told[f"{term} basis"] = Decimal(row["proceeds_usd"]), Decimal(row["basis_usd"])
    for row in miner("lots", "--json").result["rows"]:
        told[f"held {row['wallet']} {row['asset']}"] += Decimal(row["quantity"])
    liability = miner("liability", *year).result
    told |= {name: Decimal(amount) for name, amount in liability["summary"].items()}
    for line in liability["lines"]:
        told[f"{line['form']} {line['line']}"] += Decimal(line["amount_usd"])
    return dict(told)


def expected(right: Return) -> Figures:
    """Return what the year comes to by the same names."""
    income = {f"income {pool} {month}": value for (pool, month), value in right.income.items()}
    held = {
        f"held {wallet} {asset}": Decimal(units).scaleb(-DECIMALS[asset])
        for (wallet, asset), units in right.held.items()
    }
    return income | held | right.figures


def differences(told: Figures, right: Figures) -> Iterator[str]:
    """Yield each figure of *right* that is told otherwise, by more than a cent or by any coin; and what is more."""
    for name in sorted(right.keys() | {name for name in told if name.startswith(("income ", "held "))}):
        here, there = told.get(name), right.get(name)
        most = 0 if name.startswith("held ") else CENT
        if here is None or there is None or abs(here - there) > most:
            yield f"{name}: Lotwork says {here}, and it is {there}"


def unlike(one: Figures, other: Figures) -> Iterator[str]:
    """Yield each figure in which two books differ at all."""
    for name in sorted(one.keys() | other.keys()):
        if one.get(name) != other.get(name):
            yield f"{name}: {one.get(name)} and {other.get(name)}"

"""The law that ships, read once for all tests of its formulas."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from lotwork.rules.load import Law

LAW = Law.load()
DATA = Path(__file__).parents[2] / "data"
CENT = Decimal("0.01")


def usd(text: str) -> Decimal:
    """Read dollars."""
    return Decimal(text.replace(",", ""))

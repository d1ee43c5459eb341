"""Every command that a result, a refusal to file or a plan writes out is one for the book it speaks of."""

from __future__ import annotations

import re

import pytest

from tests.commands.calling import Caller
from tests.projections.house import receipt

LINES = (
    receipt("unpriced", "2024-02-01", "0.1", None, book="hers"),
    receipt("other", "2024-02-02", "0.2", "50000", book="hers"),
    {"kind": "movement", "id": "left", "at": "2024-03-01T12:00:00Z", "wallet": "cold", "asset": "BTC",
     "quantity": "0.05", "book": "hers"},
)  # fmt: skip


@pytest.mark.parametrize(
    "words",
    [
        ("income", "--year", "2024"),
        ("gains", "--year", "2024"),
        ("liability", "--year", "2024"),
        ("quarterly", "--year", "2024"),
        ("plan", "structure", "--year", "2024"),
        ("file", "--year", "2024"),
    ],
)
@pytest.mark.parametrize("way", [(), ("--json",)])
def test_no_command_leaves_the_book_out(lotwork: Caller, words: tuple[str, ...], way: tuple[str, ...]) -> None:
    lotwork.take(*LINES)
    told = lotwork("--book", "hers", *words, *way, code=None)
    commands = re.findall(r"`lotwork [^`]*`", told.out + told.err)
    assert commands
    assert [each for each in commands if not each.startswith("`lotwork --book hers ")] == []

"""Commands that a refused row names are pasted into a shell: a book and an event may be called anything."""

from __future__ import annotations

import re
import shlex

import pytest

from lotwork.ingest.exchanges.told_by_both import taking_back
from lotwork.ledger import recorded_rows

NAMES = ("two words", "Joe's rigs; $HOME", '"`\\')


def _pasted(words: str) -> list[list[str]]:
    """Return the commands of *words* as a shell reads them."""
    return [shlex.split(each) for each in re.findall(r"`(lotwork .*?)`(?=[;:, ]|$)", words)]


@pytest.mark.parametrize("hint", [recorded_rows.UNDO, recorded_rows.TWO_RIGS])
@pytest.mark.parametrize("name", NAMES[:2])
def test_what_undoes_a_row_reaches_the_book_and_the_event_that_it_names(hint: str, name: str) -> None:
    commands = _pasted(recorded_rows._in_a_shell(hint, f"book {name}", name))
    assert commands
    for told in commands:
        assert told[:3] == ["lotwork", "--book", f"book {name}"]
        assert f"target={name}" in told


@pytest.mark.parametrize("name", NAMES)
def test_what_takes_a_row_of_an_exchange_back_reaches_it(name: str) -> None:
    assert shlex.split(taking_back(name)[1:-1]) == ["lotwork", "add", "void", f"target={name}", "reason=taken back"]

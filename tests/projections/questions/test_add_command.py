"""A command in a finding is one for the book that the finding is of: pasted as it stands, it must not touch another."""

from __future__ import annotations

import pytest

from lotwork.ledger.history import History
from lotwork.projections.liability import liability
from lotwork.projections.questions.add_command import add_command, in_book
from lotwork.projections.replay.book import Book
from lotwork.rules.load import Law
from tests.projections.house import logged, receipt, told


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("run `lotwork poll`, or", "run `lotwork --book hers poll`, or"),
        ("`lotwork file --year 2025`", "`lotwork --book hers file --year 2025`"),
        ("`lotwork --book other poll`", "`lotwork --book other poll`"),
        (f"`{add_command('hers', 'void', 'target=a')}`", "`lotwork --book hers add void target=a`"),
        ("lotwork is a ledger", "lotwork is a ledger"),
    ],
)
def test_a_command_names_the_book_that_is_not_the_default_one(words: str, wanted: str) -> None:
    assert in_book(words, "hers") == in_book(in_book(words, "hers"), "hers") == wanted
    assert in_book(words, "main") == words


def test_a_name_that_a_shell_would_split_is_quoted() -> None:
    assert in_book("`lotwork poll`", "my rigs") == "`lotwork --book 'my rigs' poll`"


def test_what_waits_for_a_price_names_its_book() -> None:
    history = History.read(logged(told(receipt("r", "2025-02-01", "1", None))), "main")
    (waiting,) = (each for each in Book.begin(history, (2025,)).fold().told() if each.code == "receipt_pending")
    assert "`lotwork poll`" in waiting.message
    owed = liability(Book.begin(history, (2025,)).fold(), Law.load(), 2025)
    assert all("`lotwork --book" not in each.message for each in owed.findings)

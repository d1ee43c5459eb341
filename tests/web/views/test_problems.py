"""Problems on the screen: how many there are of each, what each stands at, and the command that settles it."""

from __future__ import annotations

import html
import re
import shlex
from pathlib import Path

import pytest

from lotwork.web.views.problems import MOST_SHOWN
from tests.web.conftest import Ask, record
from tests.web.markup import read
from tests.web.views.made import FACTS, PROFILE, receipt, unpriced


def test_a_problem_is_told_with_the_day_the_coins_and_the_wallet_of_its_event(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, FACTS, unpriced("payout-5", "2026-05-01"))
    text = read(ask(tmp_path).get("/problems").text).text
    assert "1 of it must be settled, or acknowledged by name, before a return is filed." in text
    assert "A receipt has no price yet 1 Settle before filing" in text
    assert "May 1, 2026, 0.01000000 BTC, cellar" in text
    assert "lotwork price BTC --at 2026-05-01T12:00:00Z says who is asked" in text


def test_many_of_one_kind_are_counted_and_only_the_first_are_shown(tmp_path: Path, ask: Ask) -> None:
    lines = [unpriced(f"payout-{number:02}", "2026-05-01") for number in range(MOST_SHOWN + 2)]
    record(tmp_path, PROFILE, FACTS, *lines)
    text = read(ask(tmp_path).get("/problems").text).text
    assert "A receipt has no price yet 52 Settle before filing" in text
    assert text.count(" has no price yet and is in no figure") == MOST_SHOWN
    assert "2 more" in text


def test_what_must_be_settled_before_filing_comes_first(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, receipt("a", "2026-02-01", "1"), unpriced("payout-5", "2026-05-01"))
    text = read(ask(tmp_path).get("/problems").text).text
    first = text.index("A receipt has no price yet 1 Settle before filing")
    assert first < text.index("Last year's tax is not recorded 1 Worth a look")
    assert "1 of them must be settled, or acknowledged by name, before a return is filed." in text


def boxes(page: str) -> list[str]:
    """Return the commands of a page that stand in a box of their own."""
    return [html.unescape(told) for told in re.findall(r"<pre><code>(.*?)</code></pre>", page, re.DOTALL)]


OUT = {"kind": "movement", "at": "2026-05-01T12:00:00Z", "wallet": "cellar", "asset": "BTC", "quantity": "0.01"}


@pytest.mark.parametrize("book", ["main", "joint"])
def test_each_movement_that_nobody_explained_has_its_own_two_commands(tmp_path: Path, ask: Ask, book: str) -> None:
    lines = [OUT | {"id": "one"}, OUT | {"id": "two", "at": "2026-05-02T12:00:00Z"}]
    record(tmp_path, PROFILE, FACTS, receipt("a", "2026-02-01", "1"), *lines, book=book)
    page = ask(tmp_path).get(f"/problems?book={book}").text
    found = [shlex.split(command) for command in boxes(page)]
    begin = ["lotwork", "add"] if book == "main" else ["lotwork", "--book", book, "add"]
    assert all(words[: len(begin)] == begin for words in found if "correction" in words)
    told = [(words[-3], words[-2]) for words in found if "correction" in words]
    moved = 'set={"kind": "transfer", "to_wallet": "WALLET"}'
    spent = 'set={"kind": "sale", "proceeds_usd": "AMOUNT", "disposition": "spent"}'
    assert told == [(f"target={name}", set_) for name in ("one", "two") for set_ in (moved, spent)]


def test_a_command_that_names_its_event_stands_with_each_finding(tmp_path: Path, ask: Ask) -> None:
    slips = [{"kind": "expense", "id": name, "at": "2026-03-02T12:00:00Z", "category": name, "amount_usd": "1"}
             for name in ("electricty", "electricit")]  # fmt: skip
    record(tmp_path, PROFILE, FACTS, *slips)
    found = [command for command in boxes(ask(tmp_path).get("/problems").text) if "CATEGORY" in command]
    assert sorted(command.partition("target=")[2].split()[0] for command in found) == ["electricit", "electricty"]


@pytest.mark.parametrize("book", ["main", "joint"])
def test_each_answer_to_a_question_stands_in_a_box_after_its_words(tmp_path: Path, ask: Ask, book: str) -> None:
    twin = receipt("a", "2026-02-01", "1")
    record(tmp_path, PROFILE, FACTS, twin | {"source": "pool"}, twin | {"id": "b", "source": "exchange"}, book=book)
    page = ask(tmp_path).get(f"/problems?book={book}").text
    begin = "lotwork add" if book == "main" else f"lotwork --book {book} add"
    answers = [command for command in boxes(page) if command.startswith(begin)]
    assert [command.removeprefix(begin).split()[0] for command in answers] == ["void", "correction", "correction"]
    words = re.sub(r"\s+", " ", html.unescape(page))
    assert "if it is one payment, void one of them:</p> <pre>" in words
    assert "<p>If these are two, say so:</p> <pre>" in words
    assert "<p>If nothing that exchange tells repeats another, say that:</p> <pre>" in words


def test_what_to_do_next_offers_every_answer(tmp_path: Path, ask: Ask) -> None:
    record(tmp_path, PROFILE, FACTS, receipt("a", "2026-02-01", "1"), OUT | {"id": "gone"})
    found = boxes(ask(tmp_path).get("/").text)
    kinds = [re.search('"kind": "([a-z]+)"', command) for command in found if "target=gone" in command]
    assert [kind and kind[1] for kind in kinds] == ["transfer", "sale"]

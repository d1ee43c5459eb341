"""A book gone on from a checkpoint has the rows of its years that one folded from zero has, or begins at zero."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings

from lotwork.ledger.history import History
from lotwork.projections.income import IncomeRow
from lotwork.projections.law_in_force import folded_law, law_in_force
from lotwork.projections.liability import liability
from lotwork.projections.plan.suppose import suppose
from lotwork.projections.replay import resuming
from lotwork.projections.replay import years as years_kept
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.checkpoint import MOST, Checkpoints
from lotwork.projections.replay.live import LiveBook
from lotwork.projections.replay.resuming import folded
from lotwork.projections.replay.state import digest_of
from lotwork.projections.replay.years import YearRows
from lotwork.rules.load import Law
from tests.projections.house import MAIN, logged, told
from tests.projections.house import receipt as coins
from tests.projections.replay.test_checkpoint import MONTH, WASHED, Line, append, end_of, histories, keep, store_of
from tests.rules.us.law import LAW

YEARS = (2024, 2025)
DONATED = tuple(
    {"kind": "sale", "id": f"d{number}", "at": f"2025-02-0{number}T00:00:00Z", "wallet": "cold", "asset": "BTC",
     "quantity": "0.1", "proceeds_usd": "4000", "disposition": "donated"}
    for number in (1, 2, 3)
)  # fmt: skip
"""The second brings the year above what needs no appraisal."""

RULED = law_in_force(History.read(logged(told(WASHED[0])), MAIN), LAW)
"""The same law with a rule of the book over it: its digest is another."""


def rows_of(book: Book) -> tuple[object, ...]:
    """Return all that a book keeps and tells, and the lines of a return that stand on it."""
    income, gains = book.income, book.gains
    lines = [(each.line, each.because, each.events) for each in liability(book, LAW, 2025).lines]
    return digest_of(book), gains.rows, gains.removals, income.rows, dict(income.by_day), book.told(), lines


def everything(book: Book) -> tuple[object, ...]:
    """Return the same with what parts of years are cut by."""
    return (*rows_of(book), book.marks.made, book.gains.state(), book.lots.state().wash and book.gains.rows)


def from_zero(store: Any, years: Collection[int] = YEARS, law: Law | None = LAW) -> Book:
    return Book.begin(History.read(store, MAIN), years, law).fold()


def resumed(store: Any, years: Collection[int] = YEARS, law: Law | None = LAW) -> tuple[int, Book]:
    done = Checkpoints(store.home).replay(store, MAIN, years=years, law=law)
    return done.resumed_from, done.book


@settings(max_examples=25)
@given(histories())
def test_rows_from_any_checkpoint_are_those_from_zero(lines: list[Line]) -> None:
    with store_of(*lines) as store:
        whole = rows_of(from_zero(store))
        for cut in range(1, len(lines) + 1):
            keep(store, cut, LAW)
            assert rows_of(resumed(store)[1]) == whole, f"from {cut}"


@pytest.mark.parametrize("cut", [6, 7])
def test_what_was_donated_before_the_checkpoint_counts_with_what_comes(cut: int) -> None:
    with store_of(coins("old", "2023-01-01", "1"), *MONTH, *DONATED) as store:
        keep(store, cut, LAW)
        begun, book = resumed(store)
        assert begun == cut
        assert rows_of(book) == rows_of(from_zero(store))
        assert [each.event for each in book.told() if each.code == "donation_needs_appraisal"] == ["d2"]


LONG = (coins("a1", "2023-05-01", "1"), coins("a2", "2024-02-03", "1"), *MONTH)


@pytest.mark.parametrize("years", [(2025,), (2024, 2025, 2026), (2023,), (2022, 2024), (2030,), ()], ids=str)
def test_any_years_are_read_from_one_checkpoint(years: tuple[int, ...]) -> None:
    with store_of(*LONG) as store:
        keep(store, 4, LAW)
        begun, book = resumed(store, years)
        assert (begun, book.gains.years) == (4, frozenset(years))
        assert everything(book) == everything(from_zero(store, years))


def test_another_law_begins_at_zero() -> None:
    with store_of(*MONTH) as store:
        keep(store, 4, LAW)
        assert resumed(store, law=RULED)[0] == 0
        assert resumed(store)[0] == 4


def row_files(store: Any) -> list[Path]:
    return sorted(Checkpoints(store.home).folder.glob("*.rows"))


def year_in(content: bytes) -> int:
    (run, *_) = msgspec.json.decode(content, type=YearRows).income
    return msgspec.json.decode(run.rows, type=list[IncomeRow])[0].date.year


@pytest.mark.parametrize("spoil", [Path.unlink, lambda file: file.write_bytes(file.read_bytes()[:-1])])
def test_rows_that_are_gone_or_spoiled_are_folded_anew(spoil: Callable[[Path], object]) -> None:
    with store_of(*LONG) as store:
        resumed(store)
        for file in row_files(store):
            whole = file.read_bytes()
            spoil(file)
            year = year_in(whole)
            begun, book = resumed(store, (year,))
            assert begun == 0
            assert everything(book) == everything(from_zero(store, (year,)))
            assert file.read_bytes() == whole, "and good ones stand in their place"


def test_rows_of_another_year_than_is_asked_for_are_not_read() -> None:
    with store_of(*LONG) as store:
        resumed(store)
        for file in row_files(store):
            if year_in(file.read_bytes()) == 2023:
                file.unlink()
        assert resumed(store, (2025,))[0] == len(LONG)


def test_rows_that_no_state_names_go_after_a_while() -> None:
    with store_of(*LONG) as store:
        keep(store, 3, LAW)
        for file in row_files(store):
            os.utime(file, (1, 1))
        before = set(row_files(store))
        resumed(store)
        left = before - set(row_files(store))
        assert left, "those that were written anew with what came"
        assert everything(resumed(store)[1]) == everything(from_zero(store))


def test_a_disk_that_takes_no_rows_keeps_no_state(monkeypatch: pytest.MonkeyPatch) -> None:
    with store_of(*LONG) as store:
        monkeypatch.setattr(years_kept, "write_whole", lambda _file, _parts: False)
        assert everything(resumed(store)[1]) == everything(from_zero(store))
        assert resumed(store)[0] == 0


def test_a_checkpoint_under_another_law_is_never_believed_whatever_its_name() -> None:
    with store_of(*MONTH) as store:
        mine, theirs = (Checkpoints(store.home).file(MAIN, folded_law(law).digest) for law in (LAW, RULED))
        resumed(store)
        mine.replace(theirs)
        assert resumed(store, law=RULED)[0] == 0


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda _: b"",
        lambda content: content.replace(b'"2025-01-02"', b'"2024-01-02"', 1),
        lambda content: content.replace(b'"rows":1,', b'"rows":2,', 1),
        lambda _: b'{"program":"old"}',
    ],
    ids=["cut by a byte", "half", "empty", "another day", "another number of rows", "an older form"],
)
@pytest.mark.parametrize("signed", [False, True])
def test_a_spoiled_checkpoint_changes_no_figure(spoil: Callable[[bytes], bytes], signed: bool) -> None:
    """Unsigned, its bytes are not what was written; signed anew, only what still reads and is bound is gone on from."""
    import hashlib  # noqa: PLC0415 - this test alone signs

    with store_of(*MONTH) as store:
        whole = rows_of(from_zero(store))
        resumed(store)
        file = end_of(store)
        line, _, content = file.read_bytes().partition(b"\n")
        spoiled = spoil(content)
        assert spoiled != content
        if signed and (b'"2024-01-02"' in spoiled or b'"rows":2,' in spoiled):
            return  # whoever can sign has the home, and can write the log too
        file.write_bytes((hashlib.sha256(spoiled).hexdigest().encode() if signed else line) + b"\n" + spoiled)
        begun, book = resumed(store)
        assert (begun, rows_of(book)) == (0, whole)
        assert resumed(store)[0] == len(MONTH), "and a good one stands in its place"


@pytest.mark.parametrize("cut", range(1, len(WASHED) + 1))
def test_rows_that_a_wash_sale_may_mend_are_mended_from_a_checkpoint_too(cut: int) -> None:
    with store_of(*WASHED) as store:
        law = law_in_force(History.read(store, MAIN), LAW)
        keep(store, cut, law)
        for years in (YEARS, (2025,), ()):
            begun, book = resumed(store, years, law)
            assert begun in (cut, len(WASHED))
            assert everything(book) == everything(from_zero(store, years, law))


def test_outputs_are_held_against_the_lists_of_their_pools_from_a_checkpoint_too() -> None:
    unlisted = coins("out", "2025-01-02", "1", pool="p", vout="0", txid="t3", source="chain")
    listed = coins("row", "2025-01-01", "1", pool="P", txid="t2", source="pool")
    with store_of(unlisted, listed) as store:
        whole = from_zero(store)
        assert (resumed(store)[0], set(whole.history.doubts)) == (0, {"out"})
        begun, book = resumed(store)
        assert (begun, rows_of(book)) == (2, rows_of(whole))
        assert (book.history.doubts, book.history.listing) == (whole.history.doubts, whole.history.listing)
        assert (book.history.nameless, book.history.troubles) == (whole.history.nameless, whole.history.troubles)


@pytest.mark.parametrize("least", [1, 3])
def test_a_list_and_an_output_that_come_together_are_held_against_each_other(least: int) -> None:
    unlisted = coins("out", "2025-01-02", "1", pool="p", vout="0", txid="t3", source="chain")
    listed = coins("row", "2025-01-01", "1", pool="P", txid="t2", source="pool")
    with store_of(coins("early", "2024-12-01", "1")) as store:
        live = LiveBook(store, MAIN)
        live.current()
        keep(store, 1, LAW)
        append(store, listed, unlisted)
        whole = rows_of(from_zero(store))
        done = Checkpoints(store.home).replay(store, MAIN, years=YEARS, law=LAW, least=least)
        assert (set(done.book.history.doubts), rows_of(done.book)) == ({"out"}, whole)
        assert digest_of(live.current()) == whole[0]


def test_a_home_keeps_no_more_checkpoints_than_that() -> None:
    with store_of(*MONTH) as store:
        laws = [law_in_force(History.read(logged(told(WASHED[0] | {"id": f"w{n}", "cite": f"bill {n}"})), MAIN), LAW)
                for n in range(MOST + 3)]  # fmt: skip
        for law in laws:
            resumed(store, law=law)
        kept = list(Checkpoints(store.home).folder.glob("*.json"))
        assert len(kept) == MOST
        assert Checkpoints(store.home).file(MAIN, folded_law(laws[-1]).digest) in kept


def test_a_command_goes_on_from_where_one_folded_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resuming, "FAR", len(MONTH))
    with store_of(*MONTH) as store:
        read = History.read(store, MAIN, up_to=4)
        folded(read, YEARS, LAW, from_zero=True)
        folded(read, YEARS, LAW, until=date(2025, 1, 31))
        folded(History.read(store, MAIN, up_to=4, until=date(2025, 1, 31)), YEARS, LAW)
        folded(History.read(store, MAIN, up_to=3), YEARS, LAW)
        suppose(folded(History.read(store, MAIN), YEARS, LAW), told(coins("x", "2026-01-01", "1")), YEARS, LAW)
        assert not Checkpoints(store.home).folder.exists(), "none of these is the log as it stands"
        folded(read, YEARS, LAW)
        append(store, coins("r4", "2025-01-05", "1"))
        assert resumed(store)[0] == len(MONTH)
        assert rows_of(folded(History.read(store, MAIN, up_to=5), YEARS, LAW)) == rows_of(from_zero(store))

"""The Python face: the command's figures as numbers and days, read from the same log, and nothing written."""

from __future__ import annotations

import doctest
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, FrozenInstanceError, fields, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import lotwork
from lotwork.face.results import Result
from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.errors import BookNotFoundError, HomeNotFoundError, IntegrityError, UsageError
from tests.commands.calling import Caller
from tests.golden.returns import ASKED_ON, HERE, folders, year_of
from tests.projections.completeness.mine import days, difficulties, rows, work
from tests.projections.house import receipt

PAGE = Path(__file__).parents[1] / "docs" / "python.md"
IN_JSON = {"recovery_class": "class", "inputs": "from"}
LEAST_BLOCKS = 8


class Question(NamedTuple):
    """What the command and the face are both asked."""

    words: tuple[str, ...]
    ask: Callable[[lotwork.Book], Result]


def questions(year: int) -> Iterator[Question]:
    """Yield every question that a book answers about *year*."""
    of_year = ("--year", str(year))
    yield Question(("lots",), lambda book: book.lots())
    yield Question(("income", *of_year), lambda book: book.income(year))
    yield Question(("gains", *of_year), lambda book: book.gains(year))
    yield Question(("expenses", *of_year), lambda book: book.expenses(year))
    yield Question(("equipment", *of_year), lambda book: book.equipment(year))
    yield Question(("completeness", *of_year), lambda book: book.completeness(year))
    yield Question(("liability", *of_year), lambda book: book.liability(year))
    yield Question(("liability", *of_year, "--tax-table"), lambda book: book.liability(year, tax_table=True))
    yield Question(("quarterly", *of_year), lambda book: book.quarterly(year))
    yield Question(("quarterly", *of_year, "--annualized"), lambda book: book.quarterly(year, annualized=True))


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Caller:
    """Return what calls the command on a fresh home."""
    monkeypatch.delenv("LOTWORK_HOME", raising=False)
    return Caller(tmp_path / "home", capsys, monkeypatch)


def in_json(value: Any) -> Any:
    """Return *value* of the face as the command writes it."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return {IN_JSON.get(each.name, each.name): in_json(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {in_json(key): in_json(each) for key, each in value.items()}
    return [in_json(each) for each in value] if isinstance(value, tuple) else value


def usual(value: Any) -> dict[str, Any]:
    """Return the fields of *value* that the command leaves out where they are the usual."""
    if not is_dataclass(value):
        return {}
    return {IN_JSON.get(each.name, each.name): each.default for each in fields(value) if each.default is not MISSING}


def differences(told: Any, found: Any, where: str) -> Iterator[str]:
    """Yield where *found*, of the face, is not what the command *told*."""
    if isinstance(told, dict):
        shown = in_json(found)
        left_out = {name for name, value in usual(found).items() if name not in told and shown[name] == in_json(value)}
        if shown.keys() - left_out != told.keys():
            yield f"{where}: {sorted(told.keys() ^ (shown.keys() - left_out))}"
        for key in told.keys() & shown.keys():
            yield from differences(told[key], part_of(found, key), f"{where}.{key}")
    elif isinstance(told, list):
        assert isinstance(found, tuple), where
        if len(told) != len(found):
            yield f"{where}: {len(told)} are told, {len(found)} found"
        for at, (one, other) in enumerate(zip(told, found, strict=False)):
            yield from differences(one, other, f"{where}[{at}]")
    elif in_json(found) != told:
        yield f"{where}: {told!r} is told, {found!r} found"


def part_of(found: Any, key: str) -> Any:
    """Return what the face holds under a key of JSON."""
    if isinstance(found, Mapping):
        return next(value for name, value in found.items() if in_json(name) == key)
    return getattr(found, {there: here for here, there in IN_JSON.items()}.get(key, key))


def assert_the_same(call: Caller, book: lotwork.Book, year: int, *words: str) -> None:
    """Ask both, and check that every value is the same, and of a type to compute with."""
    for question in questions(year):
        told = call("--book", book.name, *question.words, *words, "--json", code=None).result
        assert told.pop("schema").startswith(f"lotwork.{question.words[0]}."), question.words
        assert list(differences(told, question.ask(book), " ".join(question.words))) == []


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: str(folder.relative_to(HERE)))
def test_every_value_of_a_whole_return_is_the_command_s(
    call: Caller, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    year = year_of(folder)
    asked_on = date(year + 1, *ASKED_ON)
    with monkeypatch.context() as then:
        then.setattr(SystemClock, "now", lambda _: datetime(asked_on.year, asked_on.month, asked_on.day, tzinfo=UTC))
        call("import", folder / "events.jsonl")
    with lotwork.open(call.home) as home:
        assert_the_same(call, home.book(as_of=asked_on), year, "--as-of", asked_on.isoformat())


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        ({"as_of": "2026-11-22"}, ("--as-of", "2026-11-22")),
        ({"as_of": date(2026, 3, 31), "up_to": 700}, ("--as-of", "2026-03-31", "--up-to", "700")),
        ({"as_of": "2026-06-30", "known": date(2100, 1, 1)}, ("--as-of", "2026-06-30", "--known", "2100-01-01")),
        ({"as_of": "2026-11-22", "law": "shipped"}, ("--as-of", "2026-11-22", "--law", "shipped")),
    ],
)
def test_every_value_of_the_demo_is_the_command_s(call: Caller, cut: dict[str, Any], words: tuple[str, ...]) -> None:
    call("demo")
    with lotwork.open(call.home) as home:
        assert_the_same(call, home.book("demo", **cut), 2026, *words)


def test_the_months_of_a_pool_with_work_and_a_balance_are_the_command_s(call: Caller) -> None:
    paid = [*rows(days("2025-03-02", 20)), *rows(days("2025-03-22", 9), pool="ocean")]
    owes = {"kind": "balance", "id": "o", "at": "2025-04-01T00:00:00Z", "wallet": "braiins", "asset": "BTC"}
    call.take(
        *paid, *work(days("2025-03-01", 20)), *difficulties("2025-02-25"), owes | {"pool": "braiins", "quantity": "0.1"}
    )
    with lotwork.open(call.home) as home:
        assert_the_same(call, home.book(), 2025)
        told = home.book().completeness(2025)
    assert (told[0].pool, told[0].ratio, told.owed[0].said_quantity) == ("braiins", Decimal("1.063"), Decimal("0.1"))


def test_a_difference_would_be_found(call: Caller) -> None:
    """The comparison itself: a value, a row or a key that differs is told."""
    call.take(receipt("a", "2025-02-01", "1", "50000"))
    told = call("lots", "--json", code=None).result
    with lotwork.open(call.home) as home:
        lots = home.book().lots()
    del told["schema"]
    assert list(differences(told, lots, "")) == []
    for key, other in (("position", 7), ("rows", []), ("findings", [*told["findings"], {}]), ("more", "")):
        assert list(differences({**told, key: other}, lots, "")), key
    for key, other in (("quantity", "1.0"), ("acquired", "2025-02-02"), ("basis_known", False), ("more", "")):
        assert list(differences({**told, "rows": [{**told["rows"][0], key: other}]}, lots, "")), key


def test_what_the_page_shows_is_what_its_reader_sees(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    call("demo")
    monkeypatch.setenv("LOTWORK_HOME", str(call.home))
    blocks = re.findall(r"^```pycon\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert len(blocks) >= LEAST_BLOCKS
    names: dict[str, Any] = {}
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for place, block in enumerate(blocks):
        test = doctest.DocTestParser().get_doctest(block, names, f"block {place}", str(PAGE), 0)
        assert test.examples, block
        runner.run(test, out=told.append, clear_globs=False)
        names |= test.globs
    names["home"].close()
    assert not runner.failures, "".join(told)


def test_every_result_is_frozen_and_says_what_it_rests_on(call: Caller) -> None:
    call("demo")
    with lotwork.open(call.home / "ledger.sqlite") as home:
        book = home.book("demo", as_of="2026-11-22")
        assert repr(book) == f"<Book demo at position {book.position} as of 2026-11-22>"
        for question in questions(2026):
            result = question.ask(book)
            assert (result.book, result.position, result.head) == ("demo", book.position, book.head)
            assert {finding.code for finding in result.findings} >= {"movement_unexplained", "receipt_pending"}
            with pytest.raises(FrozenInstanceError):
                result.position = 0  # type: ignore[misc] # that it is refused is the test


def test_a_result_is_a_sequence_of_rows_that_a_frame_takes(call: Caller) -> None:
    call.take(receipt("a", "2025-02-01", "1", "50000"), receipt("b", "2025-02-10", "0.5", "50000"))
    with lotwork.open(call.home) as home:
        lots = home.book().lots()
    assert [lot.lot for lot in lots] == [lot.lot for lot in lots.rows] == ["a", "b"]
    assert (len(lots), lots[0], lots[-1:]) == (2, lots.rows[0], lots.rows[1:])
    assert isinstance(lots, Sequence)
    assert lots.to_dicts()[1] == {
        "asset": "BTC", "wallet": lots[1].wallet, "quantity": Decimal("0.5"), "acquired": date(2025, 2, 10),
        "basis_usd": Decimal(25_000), "lot": "b", "how": None, "loss_basis_usd": None, "held_from": None,
        "basis_known": True,
    }  # fmt: skip


def test_a_book_stays_as_the_log_stood_when_it_was_asked_for(call: Caller) -> None:
    call.take(receipt("a", "2025-02-01", "1", "50000"))
    with lotwork.open(call.home) as home:
        book = home.book()
        before = book.lots()
        call.take(receipt("b", "2025-02-10", "1", "50000"))
        assert book.lots() == before
        assert home.book().position == before.position + 1
        assert [lot.lot for lot in home.book().lots()] == ["a", "b"]


def test_what_was_known_by_an_instant_is_what_had_been_recorded(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SetClock(datetime(2026, 3, 1, 12, tzinfo=UTC))
    monkeypatch.setattr(SystemClock, "now", lambda _self: clock.now())
    call.take(receipt("a", "2025-02-01", "1", "50000"))
    clock.instant = datetime(2026, 3, 2, 12, tzinfo=UTC)
    call.take(receipt("b", "2025-02-10", "1", "50000"))
    with lotwork.open(call.home) as home:
        for known in (date(2026, 3, 1), "2026-03-01", datetime(2026, 3, 2, 11, tzinfo=UTC), "2026-03-02T11:59:00Z"):
            assert home.book(known=known).position == 1
        assert home.book(known="2026-03-02").position == 2
        assert home.book(known="2026-02-28").lots().rows == ()


def made_in(home: Path) -> list[str]:
    """Return the files of *home* but those that SQLite keeps while a ledger is open."""
    return sorted(path.name for path in home.iterdir() if not path.name.endswith(("-shm", "-wal")))


def test_reading_makes_neither_a_home_nor_a_book(call: Caller, tmp_path: Path) -> None:
    nowhere, empty = tmp_path / "nowhere", tmp_path / "empty"
    empty.mkdir()
    for place in (nowhere, empty, empty / "ledger.sqlite"):
        with pytest.raises(HomeNotFoundError, match="holds no ledger: name the folder"):
            lotwork.open(place)
    assert not nowhere.exists()
    assert list(empty.iterdir()) == []
    call.take(receipt("a", "2025-02-01", "1", "50000"))
    kept = made_in(call.home)
    with lotwork.open(call.home) as home:
        assert home.books() == ("main",)
        with pytest.raises(BookNotFoundError, match="holds no book 'other': here are main"):
            home.book("other")
        home.book().lots()
        assert home.books() == ("main",)
    assert made_in(call.home) == kept


def test_without_a_place_the_home_is_the_command_s(call: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    call.take(receipt("a", "2025-02-01", "1", "50000"))
    monkeypatch.setenv("LOTWORK_HOME", str(call.home))
    with lotwork.open() as home:
        assert home.path == call.home
    monkeypatch.setenv("LOTWORK_HOME", "~nobody-is-called-so")
    with pytest.raises(UsageError, match="name the folder in full"):
        lotwork.open()


@pytest.mark.parametrize(
    ("cut", "words"),
    [
        ({"as_of": "yesterday"}, "as_of=yesterday: .* is not a day"),
        ({"as_of": datetime(2026, 6, 30, tzinfo=UTC)}, "name a day"),
        ({"known": "soon"}, "known=soon: .* is not a day"),
        ({"known": datetime(2026, 6, 30)}, "say in which zone"),  # noqa: DTZ001 - that it has none is the case
        ({"up_to": -1}, "0 or more"),
    ],
)
def test_a_cut_that_cannot_be_is_refused(call: Caller, cut: dict[str, Any], words: str) -> None:
    call.take(receipt("a", "2025-02-01", "1", "50000"))
    with lotwork.open(call.home) as home, pytest.raises(UsageError, match=words):
        home.book(**cut)


def test_a_year_or_a_law_that_cannot_be_is_refused(call: Caller) -> None:
    call.take(receipt("a", "2025-02-01", "1", "50000"))
    with lotwork.open(call.home) as home:
        for ask in (home.book().gains, home.book().liability, home.book().quarterly):
            with pytest.raises(lotwork.LotworkError, match="name a year from 2009 to 2100"):
                ask(1999)
        with pytest.raises(UsageError, match="no such folder of law"):
            home.book(law="nowhere").lots()


def test_the_return_of_another_country_is_the_command_s_to_tell(call: Caller) -> None:
    profile = {"kind": "profile", "id": "me", "at": "2025-01-01T00:00:00Z", "jurisdiction": "jp"}
    call.take(profile, receipt("a", "2025-02-01", "1", "50000"))
    with lotwork.open(call.home) as home:
        with pytest.raises(UsageError, match="under the law of jp in 2025"):
            home.book().liability(2025)
        assert len(home.book().income(2025)) == 1


def test_a_log_that_lost_its_end_is_refused(call: Caller) -> None:
    call.take(receipt("a", "2025-02-01", "1", "50000"))
    copy = (call.home / "ledger.sqlite").read_bytes()
    call.take(receipt("b", "2025-02-10", "1", "50000"))
    (call.home / "ledger.sqlite").write_bytes(copy)
    with pytest.raises(IntegrityError):
        lotwork.open(call.home)


def test_a_line_that_a_return_does_not_have_is_a_key_error(call: Caller) -> None:
    call.take(receipt("a", "2025-02-01", "1", "50000"))
    with lotwork.open(call.home) as home:
        owed = home.book().liability(2025)
    assert owed.line("Form 1040", "24") == owed.summary["total"]
    assert repr(owed.lines[0]).startswith(f"<{owed.lines[0].form} line {owed.lines[0].line}: ")
    with pytest.raises(KeyError, match="Form 1040 line 99"):
        owed.line("Form 1040", "99")


@pytest.mark.parametrize(
    "asked",
    [
        {"as_of": 5}, {"as_of": True}, {"as_of": b"2026-06-30"}, {"as_of": date.max}, {"known": 5}, {"known": date.max},
        {"up_to": 1.5}, {"up_to": True}, {"up_to": "5"}, {"up_to": Decimal(5)}, {"law": 5}, {"law": b"shipped"},
    ],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_where_it_is_asked(call: Caller, asked: dict[str, Any]) -> None:
    call("demo")
    (name,) = asked
    with lotwork.open(call.home) as home, pytest.raises(UsageError, match=f"{name}="):
        home.book("demo", **asked)


@pytest.mark.parametrize("year", [2025.0, True, "2025", Decimal(2025), 1999], ids=repr)
def test_a_year_is_a_whole_number_of_a_year_there_can_be(call: Caller, year: Any) -> None:
    call("demo")
    with lotwork.open(call.home) as home, pytest.raises(UsageError, match="name a year from 2009 to 2100"):
        home.book("demo").gains(year)


def test_a_folder_of_law_may_be_named_by_its_path(call: Caller) -> None:
    call("demo")
    folder = Path(__file__).parents[1] / "rules"
    with lotwork.open(call.home) as home:
        by_path, by_text = (home.book("demo", law=law).gains(2025) for law in (folder, str(folder)))
    assert by_path.totals == by_text.totals

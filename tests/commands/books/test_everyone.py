"""`lotwork all`: the very answer of the command for every book, failures by book, and a run that goes on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from lotwork.commands.books import asking, kept, options
from lotwork.commands.books.asking import Ask, Item, Told
from lotwork.ledger.clock import SetClock
from lotwork.ledger.counting import listening
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.sqlite.connection import FILE_NAME
from tests.commands.books.homes import MINED, books, everyone, lines, told
from tests.commands.calling import Caller
from tests.commands.test_countries import GERMAN, RATE
from tests.commands.test_countries import MINED as GERMAN_MINED
from tests.commands.test_filing import law_copied
from tests.projections.house import receipt

ASKED = [
    ("quarterly", "--year", "2026"),
    ("quarterly", "--year", "2026", "--as-of", "2026-04-01"),
    ("liability", "--year", "2025", "--tax-table"),
    ("replay", "--from-zero"),
    ("file", "--dry-run", "--year", "2025"),
    ("rules", "diff", "shipped", "--year", "2025"),
]


@pytest.mark.parametrize("words", ASKED, ids=" ".join)
def test_each_book_s_answer_is_what_the_command_prints_of_it(
    homes: Caller, tmp_path: Path, words: tuple[str, ...]
) -> None:
    everyone(homes, "all", *words, "--out", tmp_path / "out", code=None)
    (file,) = (tmp_path / "out").iterdir()
    for line in lines(file):
        home = Path(line["home"]).name
        alone = homes.beside(home)(*words, "--json", code=None)
        answer, result = alone.result, line["result"]
        for each in (answer, result):
            for key in ("seconds", "events_per_second"):
                each.pop(key, None)
        assert (line["row"]["exit_code"], result) == (alone.code, answer), home


def test_one_table_tells_who_owes_what_by_when(homes: Caller) -> None:
    homes.take(MINED | {"id": "now", "at": "2026-02-01T12:00:00Z"})
    result = everyone(homes, "all", "quarterly", "--year", "2026", code=1)
    first = result["rows"][0]
    assert (first["due"], books(result["rows"])[0]) == ("2026-04-15", "ann")
    own = homes("quarterly", "--year", "2026", "--json", code=None).result
    assert (first["owed_usd"], first["overdue_usd"]) == (own["next_payment"]["pay_usd"], own["overdue_usd"])
    assert result["owed_usd"] == f"{sum(float(row['owed_usd']) for row in result['rows']):.2f}"
    out = told(homes, "all", "quarterly", "--year", "2026", code=1).out
    assert "Owed in all: $" in out
    assert out.index("2026-04-15") < out.index("bob")


def test_where_no_installment_is_to_come_what_is_overdue_is_owed(homes: Caller, clock: SetClock) -> None:
    """In May of the next year no payment is named any more: what is late is no part of nothing."""
    clock.move(30 * 86_400)
    result = everyone(homes, "all", "quarterly", "--year", "2025", code=1)
    own = homes("quarterly", "--year", "2025", "--json", code=None).result
    first = next(row for row in result["rows"] if books([row]) == ["ann"])
    assert (first["due"], first["owed_usd"], first["overdue_usd"]) == (None, own["overdue_usd"], own["overdue_usd"])
    assert float(own["overdue_usd"]) > 0
    assert result["owed_usd"] == result["overdue_usd"]


def test_what_is_owed_to_a_state_stands_beside_and_in_no_federal_sum(homes: Caller) -> None:
    before = everyone(homes, "all", "quarterly", "--year", "2025", code=1)
    assert {name for row in before["rows"] for name in row if name.startswith(("state_", "owed_to"))} == set()
    homes.take({"kind": "profile", "id": "of georgia", "at": "2024-01-02T00:00:00Z", "state": "GA"})
    after = everyone(homes, "all", "quarterly", "--year", "2025", code=1)
    own = homes("quarterly", "--year", "2025", "--json", code=None).result["state"]
    (told_row,) = (row for row in after["rows"] if "owed_to" in row)
    assert (told_row["owed_to"], told_row["state_overdue_usd"]) == ("GA", own["overdue_usd"])
    assert float(own["overdue_usd"]) > 0
    assert (after["state_owed_usd"], after["owed_usd"]) == (told_row["state_owed_usd"], before["owed_usd"])
    out = told(homes, "all", "quarterly", "--year", "2025", code=1).out
    assert "Owed to states in all: $" in out
    assert "State overdue USD" in out
    assert "State overdue USD" not in told(homes, "all", "liability", "--year", "2025", code=1).out  # none is told
    (owes,) = (row for row in everyone(homes, "all", "liability", "--year", "2025", code=1)["rows"] if "owed_to" in row)
    assert (owes["owed_to"], owes["state_due"]) == ("GA", "2026-04-15")
    assert (
        owes["state_owed_usd"]
        == (homes("liability", "--year", "2025", "--json", code=None).result["state"]["balance_due_usd"])
    )


def test_a_refund_takes_nothing_from_what_the_others_owe(homes: Caller) -> None:
    paid = {"kind": "payment", "id": "p", "at": "2025-06-01T12:00:00Z", "year": 2025, "amount_usd": "90000",
            "type": "estimated"}  # fmt: skip
    homes.take(paid)
    rows = everyone(homes, "all", "liability", "--year", "2025", code=1)
    owed = {row["home"].rpartition("/")[2]: row["owed_usd"] for row in rows["rows"]}
    assert owed["ann"].startswith("-")
    assert rows["owed_usd"] == owed["cleo"]


def test_a_book_that_fails_is_told_with_why_and_stops_no_other(homes: Caller) -> None:
    result = everyone(homes, "all", "file", "--dry-run", "--year", "2025", code=3)
    assert [(name, row["state"]) for name, row in zip(books(result["rows"]), result["rows"], strict=True)] == [
        ("ann", "ready"), ("cleo", "filed"),
    ]  # fmt: skip
    (failure,) = result["failures"]
    assert (failure["book"], failure["exit_code"]) == ("main", 3)
    assert "receipt_pending" in failure["message"]
    text = told(homes, "all", "file", "--dry-run", "--year", "2025", code=3)
    assert "receipt_pending" in text.out


def test_a_bug_in_one_book_is_that_book_s_failure(homes: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    real = asking._ask_book

    def ask(what: Ask, item: Item) -> Told:
        if item.place.home.endswith("bob"):
            raise ZeroDivisionError
        return real(what, item)

    monkeypatch.setattr(asking, "_ask_book", ask)
    result = everyone(homes, "all", "liability", "--year", "2025", code=70)
    assert books(result["rows"]) == ["ann", "cleo"]
    assert result["failures"][0]["error"] == "Bug"


def test_one_law_correction_says_whose_filed_return_moves(homes: Caller, tmp_path: Path) -> None:
    law = law_copied(tmp_path / "law")
    changed = law / "us" / "self_employment.toml"
    changed.write_text(changed.read_text(encoding="utf-8").replace("176_100", "90_000"), encoding="utf-8")
    result = everyone(homes, "all", "rules diff", "shipped", law, "--year", "2025")
    own = homes.beside("cleo")("rules", "diff", "shipped", law, "--year", "2025", "--json").result["years"][0]["lines"]
    (change,) = (line["change_usd"] for line in own if (line["form"], line["line"]) == ("Form 1040", "24"))
    moves = {name: (row["moved"], row["filed_moved"], row["tax_change_usd"])
             for name, row in zip(books(result["rows"]), result["rows"], strict=True)}  # fmt: skip
    assert moves == {
        "ann": ("2025", "", "0.00"),  # line 7 of Schedule SE is the base itself; her net earnings are below it
        "bob": ("2025", "", "0.00"),
        "cleo": ("2025", "2025", change),
    }
    assert float(change) < 0
    told_of = told(homes, "all", "rules diff", "shipped", law, "--year", "2025").out
    assert "A filed return moves in 1 of 3 books." in told_of
    assert f"{change}" in told_of.replace(",", "")


def test_a_law_correction_of_a_state_moves_the_books_that_live_there_and_no_federal_tax(
    homes: Caller, tmp_path: Path
) -> None:
    """Georgia's rate moves ann's tax, whose return is not filed; the other two live nowhere that was told."""
    homes.take({"kind": "profile", "id": "of georgia", "at": "2024-01-02T00:00:00Z", "state": "GA"})
    law = law_copied(tmp_path / "law")
    changed = law / "us" / "states" / "ga.toml"
    before = homes("liability", "--year", "2025", "--json", code=None).result["state"]
    changed.write_text(changed.read_text(encoding="utf-8").replace("0.0519", "0.0619"), encoding="utf-8")
    result = everyone(homes, "all", "rules diff", "shipped", law, "--year", "2025")
    (row,) = (row for row in result["rows"] if row["moved"])
    assert (row["moved"], row["filed_moved"], row["tax_change_usd"], row["owed_to"]) == ("2025", "", "0.00", "GA")
    assert ["owed_to" in each for each in result["rows"]] == [True, False, False]
    assert float(row["state_tax_change_usd"]) == pytest.approx(float(before["taxable_income_usd"]) / 100, abs=0.01)
    own = homes("rules", "diff", "shipped", law, "--year", "2025", "--json").result["years"][0]
    assert (own["state"], own["state_tax_change_usd"]) == ("GA", row["state_tax_change_usd"])
    out = told(homes, "all", "rules diff", "shipped", law, "--year", "2025").out
    assert "The tax of states" in out
    assert "A filed return moves in 0 of" in out


class Counted:
    """How many books were asked, whoever is to be stopped."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.stop_at: str | None = None

        def ask(items: Sequence[Item], what: Ask) -> list[Told]:
            done = asking.ask_books(what, items)
            if any(each.place.home.endswith(self.stop_at or "/") for each in done):
                raise KeyboardInterrupt
            self.asked += [Path(each.place.home).name for each in done if each.line is not None]
            return done

        monkeypatch.setattr(options, "by_itself", lambda what, items: (
            each for item in items for each in ask((item,), what)))  # fmt: skip

    def since(self) -> list[str]:
        """Return which books were asked since this was called last."""
        asked, self.asked = self.asked, []
        return asked


def test_a_run_that_is_interrupted_goes_on_with_the_books_that_are_missing(
    homes: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted, words = Counted(monkeypatch), ("all", "liability", "--year", "2025", "--out", tmp_path / "out")
    whole = everyone(homes, *words[:4], "--out", tmp_path / "whole", code=1)
    counted.since()
    counted.stop_at = "cleo"
    told(homes, *words, code=130)
    part = tmp_path / "out" / "liability-2025.part.jsonl"
    with part.open("ab") as file:
        file.write(b'{"home": "cut sho')
    counted.stop_at = None
    counted.since()
    again = everyone(homes, *words, code=1)
    assert counted.since() == ["cleo"]
    assert (again["unchanged"], again["asked"]) == (2, 1)
    assert again["results_digest"] == whole["results_digest"]
    assert again["rows"] == whole["rows"]
    assert not part.exists()
    ours, theirs = (folder / "liability-2025.jsonl" for folder in (tmp_path / "out", tmp_path / "whole"))
    assert ours.read_bytes() == theirs.read_bytes()


def test_only_what_changed_is_asked_again(
    homes: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clock: SetClock
) -> None:
    law = law_copied(tmp_path / "law")
    counted = Counted(monkeypatch)
    words = ("all", "liability", "--year", "2025", "--law", str(law), "--out", tmp_path / "out")
    everyone(homes, *words, code=1)
    assert counted.since() == ["ann", "bob", "cleo"]
    everyone(homes, *words, code=1)
    assert counted.since() == []
    homes.take(receipt("later", "2025-05-01", "0.1", "60000"))
    everyone(homes, *words, code=1)
    assert counted.since() == ["ann"]
    everyone(homes, *words, "--tax-table", code=1)
    assert counted.since() == ["ann", "bob", "cleo"]
    everyone(homes, *words, "--tax-table", code=1)
    assert counted.since() == []
    changed = law / "us" / "self_employment.toml"
    changed.write_text(changed.read_text(encoding="utf-8").replace("176_100", "90_000"), encoding="utf-8")
    everyone(homes, *words, "--tax-table", code=1)
    assert counted.since() == ["ann", "bob", "cleo"]
    clock.move(10 * 3600)  # the next day has begun in UTC, and for bob, and has not in Chicago
    everyone(homes, *words, "--tax-table", code=1)
    assert counted.since() == ["bob"]
    clock.move(5 * 3600)
    everyone(homes, *words, "--tax-table", code=1)
    assert counted.since() == ["ann", "cleo"]


def test_a_book_that_failed_is_asked_again(
    homes: Caller, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    ledger = homes.home / FILE_NAME
    whole, counted = ledger.read_bytes(), Counted(monkeypatch)
    ledger.write_bytes(homes.beside("bob").home.joinpath(FILE_NAME).read_bytes())
    words = ("all", "liability", "--year", "2025", "--out", tmp_path / "out")
    assert everyone(homes, *words, code=4)["failures"][0]["error"] == "IntegrityError"
    counted.since()
    ledger.write_bytes(whole)
    assert everyone(homes, *words, code=1)["failures"] == []
    assert counted.since() == ["ann"]


def test_the_heads_of_a_home_are_held_against_its_log_once_a_run_and_in_every_run(
    homes: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It holds every book of the home: a thousand books asked one by one would each be held a thousand times."""
    for book in ("second", "third"):
        homes.take(MINED | {"id": book, "book": book})
    held: list[str] = []
    real = EventLog.check_heads

    def check(log: EventLog) -> Mapping[str, Head]:
        held.append(log.home.name)
        return real(log)

    monkeypatch.setattr(EventLog, "check_heads", check)
    for run in (1, 2):
        everyone(homes, "all", "replay", code=1)
        assert sorted(held) == sorted(["ann", "bob", "cleo"] * run)
    (homes.home / FILE_NAME).write_bytes(homes.beside("bob").home.joinpath(FILE_NAME).read_bytes())
    failures = everyone(homes, "all", "replay", code=4)["failures"]
    assert [failure["error"] for failure in failures] == ["IntegrityError"]


def test_a_book_that_is_gone_is_in_the_file_no_more(homes: Caller, tmp_path: Path) -> None:
    words = ("all", "replay", "--out", tmp_path / "out")
    everyone(homes, *words, code=1)
    homes.home.rename(tmp_path / "elsewhere")
    everyone(homes, *words, code=1)
    assert [Path(line["home"]).name for line in lines(tmp_path / "out" / "replay.jsonl")] == ["bob", "cleo"]


def test_two_runs_do_not_write_into_one_folder(homes: Caller, tmp_path: Path) -> None:
    other = kept.Kept(tmp_path / "out", "replay")
    assert "another run" in told(homes, "all", "replay", "--out", tmp_path / "out", code=5).err
    other.close()
    told(homes, "all", "replay", "--out", tmp_path / "out", code=1)


def test_forms_and_packets_go_into_a_folder_of_each_book(homes: Caller, tmp_path: Path) -> None:
    homes.take(MINED | {"id": "his", "book": "../his"})
    out = tmp_path / "out"
    for words in (("forms", "--format", "8949"), ("packet", "--on", "2026-04-10")):
        told(homes, "all", *words, "--year", "2025", "--out", out, code=None)
    drawn = {str(path.relative_to(out)) for path in out.rglob("*") if path.name in ("forms-2025", "packet-2025.zip")}
    assert drawn == {
        f"{folder}/{name}"
        for folder in ("ann/%2E%2E%2Fhis", "ann/main", "bob/main", "cleo/main")
        for name in ("forms-2025", "packet-2025.zip")
    }
    result = everyone(homes, "all", "forms", "--format", "8949", "--year", "2025", "--out", out, code=None)
    assert result["unchanged"] == 4
    (out / "cleo" / "main" / "forms-2025").rename(tmp_path / "taken")
    again = everyone(homes, "all", "forms", "--format", "8949", "--year", "2025", "--out", out, code=None)
    assert again["asked"] == 1
    assert (out / "cleo" / "main" / "forms-2025").is_dir()


def test_the_names_of_folders_lead_nowhere_and_are_no_two_alike() -> None:
    names = [
        "main",
        ".",
        "..",
        "a/b",
        "a%2Fb",
        "a\\b",
        "~",
        "ä",
        "x" * 64,
        "語" * 64,
        "語" * 63 + "話",
        ".hidden",
        "a.b",
    ]
    made = [asking._as_folder(name) for name in names]
    assert len(set(made)) == len(names)
    assert not [name for name in made if "/" in name or "\\" in name or name.startswith(".")]
    assert max(len(name.encode()) for name in made) <= 255


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("import",), "not asked of all books"),
        (("file", "--year", "2025"), "file --dry-run"),
        (("forms", "--year", "2025"), "--out"),
        (("packet", "--year", "2025"), "--out"),
        (("liability",), "--year"),
        (("liability", "--year", "25"), "--year"),
        (("quarterly", "--year", "2025", "--speed"), "--speed"),
        (("rules", "list"), "not asked of all books"),
        (("replay", "--parquet"), "--out"),
        (("replay", "--scheduler", "tcp://127.0.0.1:9"), "--workers"),
    ],
)
def test_what_cannot_be_asked_of_all_is_refused_once(homes: Caller, words: tuple[str, ...], why: str) -> None:
    assert why in told(homes, "all", *words, code=None).err


def test_a_person_who_waits_is_told_how_many_books_are_done(homes: Caller) -> None:
    heard: list[tuple[str, int]] = []
    with listening(lambda what, more: heard.append((what, more))):
        told(homes, "all", "replay", code=1)
    assert heard == [("of 3 books", 1)] * 3


def test_what_a_command_says_beside_its_answer_is_kept_and_not_printed(homes: Caller, tmp_path: Path) -> None:
    ended = told(homes, "all", "replay", "--known", "2020-01-01", "--out", tmp_path / "out", "--json", code=None)
    assert json.loads(ended.out)["books"] == 3
    assert ended.err == ""
    assert all("Nothing of book main" in " ".join(line["said"]) for line in lines(tmp_path / "out" / "replay.jsonl"))


def test_the_rows_are_written_as_parquet_too(homes: Caller, tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    words = ("all", "liability", "--year", "2025", "--out", tmp_path / "out", "--parquet")
    result = everyone(homes, *words, code=1)
    table = parquet.read_table(tmp_path / "out" / "liability-2025.parquet").to_pylist()
    assert [str(row["owed_usd"])[:-4] for row in table] == [
        row["owed_usd"] for row in sorted(result["rows"], key=lambda row: row["home"])
    ]
    assert [json.loads(row["json"]) for row in table] == [
        line["result"] for line in lines(tmp_path / "out" / "liability-2025.jsonl")
    ]


def test_a_worker_with_another_program_answers_nothing(homes: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    from lotwork.commands.books import everyone as command  # noqa: PLC0415 - its name is the test's word too

    monkeypatch.setattr(command, "this_program", lambda: "another")
    result = everyone(homes, "all", "replay", code=3)
    assert [failure["message"] for failure in result["failures"]] == [asking.OTHER_PROGRAM] * 3


def test_a_profile_abroad_is_told_as_such(homes: Caller) -> None:
    homes.beside("dan").take(GERMAN, RATE, GERMAN_MINED)
    rows = everyone(homes, "all", "liability", "--year", "2026", code=1)["rows"]
    (dan,) = (row for row in rows if row["home"].endswith("dan"))
    assert (dan["owed_usd"], dan["due"], dan["state"]) == (None, None, "lotwork.liability_de.v1")

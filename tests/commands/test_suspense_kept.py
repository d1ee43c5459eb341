"""What is in suspense is kept through every way out of a book and back, in both times, and beside another book."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from lotwork.ingest.suspense import InSuspense, Untaken
from lotwork.ledger.clock import SetClock, SystemClock
from lotwork.ledger.public_form.parse_words import parse_instant
from lotwork.ledger.storage.batch import Batch
from lotwork.ledger.store import EventStore
from tests.commands.calling import Caller
from tests.commands.test_filing import MINED, PROFILE, SOLD, clock, filed, law_copied, open_codes, refused
from tests.commands.test_suspense import waiting
from tests.projections.house import receipt

assert callable(clock), "the fixture of every filing"
ODD = ("a b", 'it\'s "so"', "émigré 🚀", "$(touch x)`y`;&|", "-reason=x", "back\\slash 'n")
MANY = 5_000
NOW = parse_instant("2026-04-10T15:00:00Z")


def told(name: str, at: str = "2025-05-01T00:00:00Z", **more: str) -> dict[str, str]:
    """Return what is in suspense under *name*, in the public form."""
    said = {"subject": "trade 8842", "reason": "no rule knows it", "remedy": "record it by hand"}
    return {"kind": "suspense", "id": name, "at": at, **said, **more}


def void(target: str, name: str = "v") -> dict[str, str]:
    return {"kind": "void", "id": name, "at": "2026-04-10T12:00:00Z", "target": target, "reason": "by hand"}


def look(lotwork: Caller, *untaken: Untaken, source: str = "kraken", book: str = "main") -> None:
    """Record what a look of *source* has in suspense."""
    with EventStore.open(lotwork.home, clock=SystemClock()) as store:
        events = InSuspense(store, book, source).amended(untaken, looked={"row"}, now=NOW, because="it was taken")
        store.append(Batch(book, events))


def row(key: str, reason: str = "no rule knows it") -> Untaken:
    at = parse_instant("2025-05-01T00:00:00Z")
    return Untaken("row", key, f"trade {key}", reason, "record it by hand", at=at)


def findings(lotwork: Caller, *words: str) -> Any:
    return lotwork("findings", *words, "--json", code=None).result["findings"]


def shuffled(lotwork: Caller) -> None:
    """Fill a book with what is told, taken back, told again, and settled by a person."""
    lotwork.take(PROFILE, MINED, SOLD, told("by hand"), told("of any year", "2026-03-01T00:00:00Z", dated="no"))
    look(lotwork, row("1"), row("2"), row("3"))
    look(lotwork, row("3"))
    look(lotwork, row("1"), row("3"))
    third = next(name for name in waiting(lotwork) if "trade 3" in waiting(lotwork)[name])
    lotwork.take(void(third.partition(":")[2]), void("by hand", "v2"))


def test_a_log_comes_back_with_the_same_findings(lotwork: Caller) -> None:
    shuffled(lotwork)
    before = findings(lotwork)
    assert sorted(each["event"].partition(":")[0] for each in before) == ["of any year", "suspense"]
    other = lotwork.beside("other")
    exported = lotwork("export", "jsonl").out
    other.bring(exported)
    assert other("export", "jsonl").out == exported
    assert findings(other) == before
    assert findings(other, "--year", "2025") == findings(lotwork, "--year", "2025")
    look(other, row("1"), row("2"), row("3"))
    assert len(waiting(other)) == 3, "the second is told again, the third stays settled"
    other.bring(exported)


@pytest.mark.parametrize("form", ["beancount", "hledger"])
def test_a_journal_holds_the_same_coins_beside_what_is_in_suspense(lotwork: Caller, form: str) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    before = lotwork("export", form).out.partition(" USD\n")
    lotwork.take(told("odd"))
    exported = lotwork("export", form, code=1)
    assert exported.out.partition(" USD\n")[1:] == before[1:]
    assert "in_suspense" in exported.err, "and says that a figure may be wrong"


def test_a_packet_is_verified_with_it_by_its_own_program_too(lotwork: Caller, tmp_path: Path) -> None:
    shuffled(lotwork)
    file = tmp_path / "packet.zip"
    draft = lotwork("packet", "build", "--year", "2025", "--out", file, code=1)
    assert "DRAFT: in_suspense" in draft.out
    assert lotwork("packet", "verify", file, "--json").result["ok"]
    assert filed(lotwork, *(word for name in waiting(lotwork) for word in ("--acknowledge", name)))["recorded"]
    lotwork("packet", "build", "--year", "2025", "--out", file, "--force", code=None)
    said = lotwork("packet", "verify", file, "--json").result
    assert (said["ok"], said["own_verifier"]) == (True, True)


def test_what_one_book_has_in_suspense_is_none_of_another_of_the_same_source(lotwork: Caller) -> None:
    for book in ("main", "farm"):
        lotwork.take(*({**each, "book": book} for each in (PROFILE, MINED, SOLD)))
    look(lotwork, row("1"), book="farm")
    assert waiting(lotwork) == {}
    assert filed(lotwork)["recorded"]
    ((name, words),) = waiting(lotwork, "--book", "farm").items()
    assert "`lotwork --book farm add void " in words
    look(lotwork, row("1"))
    assert list(waiting(lotwork)) == [name], "of one id in both books, each an event of its own"
    look(lotwork)
    assert (waiting(lotwork), list(waiting(lotwork, "--book", "farm"))) == ({}, [name])


def test_the_command_of_the_finding_is_the_only_one_and_can_be_pasted(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED, SOLD, *(told(name, source="my kraken") for name in ODD))
    problems = {each["where"]: each for each in refused(lotwork)["problems"]}
    assert problems[ODD[0]]["remedy"].startswith("settle it as it says, or file all the same with --acknowledge ")
    assert problems, "at the terminal the first few, and how the others are listed"
    for problem in problems.values():
        assert "void" not in problem["remedy"], "one home for the command"
    for name, words in waiting(lotwork).items():
        command = words.partition("`lotwork ")[2].rpartition("`")[0]
        by_shell = ["/bin/sh", "-c", f"printf '%s\\0' {command}"]
        pasted = subprocess.run(by_shell, capture_output=True, check=True, text=True).stdout.split("\0")[:-1]
        assert pasted == shlex.split(command)
        lotwork(*pasted)
        assert name not in waiting(lotwork)
    assert filed(lotwork)["recorded"]


def test_thousands_are_counted_and_not_printed(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    look(lotwork, *(row(str(number)) for number in range(MANY)))
    listed = lotwork("findings", code=1).err
    assert f"{MANY} findings to look at" in listed
    assert "and 4998 more like these: `lotwork findings --code in_suspense` lists them" in listed
    stopped = lotwork("file", "--year", "2025", code=3).err
    assert max(len(listed), len(stopped)) < 2_000
    assert "4998 more like these" in stopped
    done = lotwork("file", "--year", "2025", "--acknowledge", "in_suspense").out
    assert f"acknowledged: in_suspense, {MANY:,} of them" in done
    assert len(done) < 1_000


def events_of(found: Iterable[dict[str, Any]]) -> list[str]:
    return [each["event"] for each in found if each["code"] == "in_suspense"]


def test_it_is_told_as_of_a_day_and_as_it_was_known(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    lotwork.take(told("dated"), told("undated", "2026-03-01T00:00:00Z", dated="no"))
    assert events_of(findings(lotwork, "--as-of", "2025-04-30")) == ["undated"], "it may have happened by then"
    assert events_of(findings(lotwork, "--as-of", "2025-12-31")) == ["dated", "undated"]
    assert events_of(findings(lotwork, "--up-to", "3")) == []
    for year, found in ((2024, {"undated"}), (2025, {"dated", "undated"})):
        names = {where for code, where in open_codes(refused(lotwork, year=year)) if code == "in_suspense"}
        assert names == found


def test_a_law_that_changed_and_a_checkpoint_leave_it_as_it_is(
    lotwork: Caller, tmp_path: Path, clock: SetClock
) -> None:
    lotwork.take(
        PROFILE, MINED, SOLD, *(receipt(f"r{day}", f"2025-03-{day:02}", "0.1", "50000") for day in range(1, 29))
    )
    lotwork("replay", code=None)
    look(lotwork, row("1"))
    behind = findings(lotwork)
    assert events_of(behind)
    digests = {
        lotwork("replay", *words, "--json", code=None).result["state_digest"] for words in ((), ("--from-zero",))
    }
    assert len(digests) == 1
    lotwork.take({
        "kind": "rule", "at": "2026-04-10T12:00:00Z", "figure": "us/self_employment/oasdi_rate",
        "from": "2025-01-01", "value": "0.10", "cite": "a statute", "reason": "it was wrong",
    })  # fmt: skip
    assert findings(lotwork) == behind
    assert findings(lotwork, "--law", str(law_copied(tmp_path / "law"))) == behind
    digests = {
        lotwork("replay", *words, "--json", code=None).result["state_digest"] for words in ((), ("--from-zero",))
    }
    assert len(digests) == 1
    clock.instant = parse_instant("2026-04-11T12:00:00Z")
    look(lotwork)
    assert findings(lotwork) == []


def test_what_a_person_settled_stays_so_while_it_is_told_the_same(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    look(lotwork, row("1"))
    (name,) = waiting(lotwork)
    lotwork("add", "void", f"target={name.partition(':')[2]}", "reason=recorded by hand")
    for untaken in ((row("1"),), (), (row("1"),)):
        look(lotwork, *untaken)
        assert waiting(lotwork) == {}
    look(lotwork, row("1", "it is in dollars now"))
    (words,) = waiting(lotwork).values()
    assert "it is in dollars now" in words


def test_a_correction_of_it_is_told_and_its_year_counts(lotwork: Caller) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    look(lotwork, row("1"))
    (name,) = waiting(lotwork)
    corrected = {"kind": "correction", "id": "c", "at": "2026-04-10T12:00:00Z", "target": name.partition(":")[2]}
    moved = {"at": "2026-02-01T00:00:00Z", "subject": "the trade of February"}
    lotwork.take({**corrected, "set": moved, "reason": "it was of 2026"})
    (words,) = waiting(lotwork).values()
    assert "the trade of February" in words
    assert filed(lotwork)["recorded"], "it is none of 2025"
    look(lotwork, row("1"))
    assert list(waiting(lotwork)) == [name], "told the same, it is the same"
    look(lotwork)
    assert waiting(lotwork) == {}


def test_one_that_comes_after_its_year_was_filed_changes_no_figure_and_is_told(
    lotwork: Caller, clock: SetClock
) -> None:
    lotwork.take(PROFILE, MINED, SOLD)
    filed(lotwork)
    clock.instant = parse_instant("2026-09-01T12:00:00Z")
    look(lotwork, row("1"))
    diff = lotwork("diff", "--filed", "2025", "--json", code=None).result
    assert (diff["differs"], diff["lines"]) == (False, [])
    assert events_of(diff["findings"]), "what was filed may be wrong for want of it"
    assert events_of(findings(lotwork, "--year", "2025"))

"""A ledger moved to a server and back: the same figures to the byte, and nothing half done."""

from __future__ import annotations

import stat
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.storage import moving
from lotwork.ledger.storage.batch import Head
from lotwork.ledger.storage.carrying import carry
from lotwork.ledger.storage.heads import read_heads, write_heads
from lotwork.ledger.storage.lock import DaemonLock
from lotwork.ledger.storage.port import Database
from lotwork.ledger.storage.sqlite.connection import ledger_file
from lotwork.ledger.storage.verify import Verification, verify_database
from lotwork.service.pointing import point
from tests.commands.calling import Caller, Told
from tests.ledger.making import CREATED, filled
from tests.postgres_server import OWNER, Server

BOOK = ("--book", "demo", "--json")
ASKED = [
    *((name, "--year", year) for year in ("2025", "2026") for name in ("income", "gains", "expenses", "equipment")),
    *((name, "--year", year) for year in ("2025", "2026") for name in ("liability", "quarterly")),
    ("lots",),
    ("lots", "--at", "2025-12-31"),
    ("plan", "harvest", "--as-of", "2026-06-01"),
    ("plan", "year-end", "--as-of", "2026-06-01"),
    ("reconcile", "pool", "--year", "2025"),
    ("rules", "missing", "--year", "2026"),
    ("head",),
    ("verify",),
]
"""What is asked of a book; `replay` tells how long it took as well."""


@pytest.fixture
def database(postgres: Server) -> Iterator[str]:
    with postgres.database() as name:
        yield name


@pytest.fixture
def url(postgres: Server, database: str) -> str:
    return postgres.url(database)


def settings(home: Path) -> dict[str, object]:
    return dict(tomllib.loads((home / "config.toml").read_text()).get("ledger", {}))


def told(lotwork: Caller) -> list[Told]:
    answers = [lotwork(*words, *BOOK, code=None) for words in ASKED]
    assert all(answer.out.startswith("{") for answer in answers), answers
    return answers


def test_every_answer_of_the_demo_book_is_the_same_to_the_byte_in_both_stores_and_back(
    lotwork: Caller, url: str
) -> None:
    lotwork("demo")
    lotwork("init", "--no-input")
    state = lotwork("replay", *BOOK, code=None).result["state_digest"]
    in_file = told(lotwork)
    moved = lotwork("ledger", "move", "--to", url, "--json").result
    assert moved["heads"]["demo"]["head"] == lotwork("head", *BOOK).result["head"]
    assert not ledger_file(lotwork.home).exists()
    assert told(lotwork) == in_file
    assert lotwork("replay", "--from-zero", *BOOK, code=None).result["state_digest"] == state
    lotwork("ledger", "move", "--to", str(lotwork.home))
    assert settings(lotwork.home) == {}
    assert lotwork("replay", "--from-zero", *BOOK, code=None).result["state_digest"] == state


def test_what_was_moved_is_written_to_on_the_server_and_comes_back_with_it(lotwork: Caller, url: str) -> None:
    filled(lotwork.home, 3)
    lotwork("ledger", "move", "--to", url)
    lotwork("add", "expense", "category=rent", "amount_usd=100", "at=2025-03-01T12:00:00Z")
    before = lotwork("head").out
    lotwork("ledger", "move", "--to", str(lotwork.home))
    assert lotwork("head").out == before
    assert lotwork("verify", "--json").result["events"] == 4


def test_a_book_that_another_machine_began_is_known_here_too_and_comes_back_with_the_others(
    lotwork: Caller, url: str, tmp_path: Path
) -> None:
    filled(lotwork.home, 3)
    lotwork("ledger", "move", "--to", url)
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.toml").write_text(f'[ledger]\nurl = "{url}"\n')
    rent = ("add", "expense", "category=rent", "amount_usd=1", "at=2025-03-01T12:00:00Z")
    lotwork("--home", other, "--book", "theirs", *rent)
    assert set(read_heads(other)) == {"main", "theirs"}
    assert set(read_heads(lotwork.home)) == {"main"}
    assert lotwork("verify", "--json").result["events"] == 4
    assert lotwork("head", "--book", "theirs").out == lotwork("--home", other, "head", "--book", "theirs").out
    lotwork("ledger", "move", "--to", str(lotwork.home))
    assert set(read_heads(lotwork.home)) == {"main", "theirs"}
    assert lotwork("verify", "--json").result["events"] == 4


def test_a_server_whose_heads_are_damaged_here_is_told_as_that_and_they_are_renewed(lotwork: Caller, url: str) -> None:
    filled(lotwork.home, 3)
    lotwork("ledger", "move", "--to", url)
    told = lotwork.home / "heads.log"
    told.write_bytes(told.read_bytes().replace(b"main", b"mane", 1))
    assert "--renew-heads" in lotwork("lots", code=4).err
    lotwork("verify", "--renew-heads")
    assert lotwork("verify", "--json").result["events"] == 3


def test_a_place_that_was_moved_away_from_is_neither_read_nor_written(lotwork: Caller, url: str) -> None:
    filled(lotwork.home, 3)
    lotwork("ledger", "move", "--to", url)
    other = lotwork.home.with_name("other")
    other.mkdir()
    (other / "config.toml").write_text(f'[ledger]\nurl = "{url}"\n')
    lotwork("ledger", "move", "--to", str(lotwork.home))
    (kept,) = lotwork.home.glob("moved-*")
    assert {path.name for path in kept.iterdir()} >= {"ledger.sqlite"}
    assert stat.S_IMODE(kept.stat().st_mode) == 0o700
    for words in (("lots",), ("add", "expense", "category=rent", "amount_usd=1", "at=2025-03-01T12:00:00Z")):
        refused = lotwork("--home", other, *words, code=5)
        assert "this ledger was moved away" in refused.err
    lotwork("ledger", "move", "--to", url)  # and it is in force again when the ledger comes back
    assert lotwork("--home", other, "head").out == lotwork("head").out


def test_a_place_with_other_events_is_refused_and_nothing_changes(lotwork: Caller, url: str, tmp_path: Path) -> None:
    filled(tmp_path / "theirs", 2)
    theirs = Caller(tmp_path / "theirs", lotwork._capsys, lotwork._patch)
    theirs("ledger", "move", "--to", url)
    head = theirs("head").out
    filled(lotwork.home, 3)
    before = lotwork("head").out
    refused = lotwork("ledger", "move", "--to", url, code=3)
    assert "holds a book of another ledger already (main)" in refused.err
    assert (lotwork("head").out, theirs("head").out) == (before, head)
    assert not (lotwork.home / "config.toml").exists()


def test_a_place_that_went_on_with_events_of_its_own_is_refused(lotwork: Caller, url: str, tmp_path: Path) -> None:
    filled(lotwork.home, 3)
    twin = tmp_path / "twin"
    backup = tmp_path / "backup.tar"
    lotwork("backup", backup)
    lotwork("restore", backup, "--home", twin)
    for home, amount in ((lotwork.home, "1"), (twin, "2")):
        lotwork("add", "expense", "category=rent", f"amount_usd={amount}", "at=2025-03-01T12:00:00Z", "--home", home)
    lotwork("ledger", "move", "--to", url)
    refused = lotwork("ledger", "move", "--to", url, "--home", twin, code=3)
    assert "holds events that" in refused.err


@pytest.mark.parametrize("step", ["carry", "verify_database", "switch"])
def test_a_move_that_breaks_off_leaves_the_old_place_in_force_and_is_run_again(
    lotwork: Caller, url: str, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    filled(lotwork.home, 5)
    before = lotwork("head").out

    def broken(*_: object, **__: object) -> Verification:
        raise InputRefusedError("the lights went out")

    with monkeypatch.context() as patch:
        if step == "switch":
            patch.setattr("lotwork.commands.ledger.point", broken)
        elif step == "carry":
            patch.setattr(moving, step, broken)
        else:
            answers = iter([verify_database])  # of the old place; the new one is asked second

            def second(database: Database, told: Mapping[str, Head]) -> Verification:
                return next(answers, broken)(database, told)

            patch.setattr(moving, step, second)
        assert "the lights went out" in lotwork("ledger", "move", "--to", url, code=3).err
    assert lotwork("head").out == before
    assert ledger_file(lotwork.home).exists()
    lotwork("add", "expense", "category=rent", "amount_usd=1", "at=2025-03-01T12:00:00Z")  # it went on meanwhile
    lotwork("ledger", "move", "--to", url)
    assert lotwork("verify", "--json").result["events"] == 6


def test_a_ledger_whose_server_was_away_in_the_midst_is_not_moved_since_others_may_have_written(
    lotwork: Caller, url: str, postgres: Server, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(lotwork.home, 3)
    lotwork("ledger", "move", "--to", url)

    def restarted(source: Database, target: Database) -> None:
        carry(source, target)
        postgres.end_sessions(database)

    with monkeypatch.context() as patch:
        patch.setattr(moving, "carry", restarted)
        assert "was away" in lotwork("ledger", "move", "--to", str(lotwork.home), code=6).err
    assert settings(lotwork.home) == {"url": url}
    lotwork("add", "expense", "category=rent", "amount_usd=1", "at=2025-03-01T12:00:00Z")
    lotwork("ledger", "move", "--to", str(lotwork.home))
    assert lotwork("verify", "--json").result["events"] == 4


def test_a_damaged_ledger_is_not_moved(lotwork: Caller, url: str) -> None:
    filled(lotwork.home, 3)
    write_heads(lotwork.home, [Head("main", 7, "ab" * 32)], CREATED)
    assert "4 events are missing" in lotwork("ledger", "move", "--to", url, code=4).err
    assert ledger_file(lotwork.home).exists()


def test_a_ledger_is_not_moved_from_under_a_daemon(lotwork: Caller, url: str) -> None:
    filled(lotwork.home, 3)
    with DaemonLock.acquire(lotwork.home):
        assert "a daemon is already running" in lotwork("ledger", "move", "--to", url, code=5).err


def test_a_new_database_is_made_by_its_owner_for_the_role_that_runs(lotwork: Caller, postgres: Server) -> None:
    with postgres.database(made=False) as name:
        filled(lotwork.home, 2)
        assert "ledger init --app-role" in lotwork("ledger", "move", "--to", postgres.url(name), code=5).err
        lotwork("ledger", "init", "--url", postgres.url(name, OWNER), "--app-role", "lotwork_app")
        lotwork("ledger", "move", "--to", postgres.url(name))
        assert lotwork("verify", "--json").result["events"] == 2
        assert "PostgreSQL" in lotwork("doctor", code=1).out
        refused = lotwork("restore", "nothing.tar", code=2)
        assert "restore into a new folder" in refused.err


@pytest.mark.parametrize(
    ("to", "words"),
    [
        ("postgresql://me:s3cret@host/lotwork", "password_file"),
        ("postgresql://me@host/lotwork?password=s3cret", "password_file"),
        ("postgresql://host", "names no database"),
        ("elsewhere", "neither the address of a database nor this home"),
        ("mysql://host/lotwork", "neither the address of a database nor this home"),
    ],
)
def test_a_place_that_is_none_is_refused_and_no_secret_repeated(lotwork: Caller, to: str, words: str) -> None:
    refused = lotwork("ledger", "move", "--to", to, code=2)
    assert words in refused.err
    assert "s3cret" not in refused.err


def test_where_it_is_already_nothing_is_moved(lotwork: Caller) -> None:
    assert "is there already" in lotwork("ledger", "move", "--to", str(lotwork.home), code=2).err
    lotwork._patch.setenv("LOTWORK_LEDGER__URL", "postgresql://127.0.0.1:1/x")
    assert "unset it" in lotwork("ledger", "move", "--to", str(lotwork.home), code=2).err


SETTINGS = [
    "",
    "[daemon]\nport = 0\n",
    "[ledger]\n# mine\n\n[daemon]\nport = 0\n",
    '# before\n[ledger] # here\nurl = "postgresql://old@host/old"\npassword_file = "old"\n[daemon]\nport = 0 # kept\n',
    '[daemon]\nport = 0\n[ledger]\npassword = "env:OLD"',
]


@pytest.mark.parametrize("text", SETTINGS)
def test_one_line_of_the_settings_changes_and_no_other(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.toml").write_text(text)
    before = tomllib.loads(text)
    comments = [line for line in text.splitlines() if "#" in line]
    point(tmp_path, "postgresql://me@host/new")
    after = tomllib.loads((tmp_path / "config.toml").read_text())
    assert after.pop("ledger") == {**before.pop("ledger", {}), "url": "postgresql://me@host/new"}
    assert after == before
    point(tmp_path, None)
    after = tomllib.loads((tmp_path / "config.toml").read_text())
    assert "url" not in after.pop("ledger", {})
    assert after == before
    assert [line for line in (tmp_path / "config.toml").read_text().splitlines() if "#" in line] == comments
    assert stat.S_IMODE((tmp_path / "config.toml").stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ['ledger.url = "postgresql://a@b/c"\n', 'ledger = { url = "postgresql://a@b/c" }\n'])
def test_settings_written_in_another_way_are_left_alone_and_a_person_asked(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.toml").write_text(text)
    with pytest.raises(InputRefusedError):
        point(tmp_path, "postgresql://me@host/new")
    assert (tmp_path / "config.toml").read_text() == text


def test_the_password_is_read_where_the_settings_say_and_is_shown_nowhere(
    lotwork: Caller, postgres: Server, database: str
) -> None:
    with postgres.superuser("postgres") as connection:
        connection.execute("ALTER ROLE lotwork_app PASSWORD 'p@ss w0rd'")
    secret = lotwork.home / "ledger.password"
    secret.write_text("p@ss w0rd\n")
    secret.chmod(0o600)
    filled(lotwork.home, 2)
    url = postgres.url(database)
    with postgres.asking_passwords():
        assert "does not let us in" in lotwork("ledger", "move", "--to", url, code=3).err
        lotwork("ledger", "move", "--to", url, "--password-file", "ledger.password")
        assert settings(lotwork.home) == {"url": url, "password_file": "ledger.password"}
        assert lotwork("verify", "--json").result["events"] == 2
        secret.write_text("wr0ng w0rd\n")
        refused = lotwork("lots", code=3)
        assert "does not let us in" in refused.err
        assert "w0rd" not in refused.err

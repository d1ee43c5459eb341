"""Who may read many homes' pages: told by a command, kept as digests in one private file, and seen by nobody else."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from lotwork.commands import web
from lotwork.ledger.errors import BusyError, ConfigError
from lotwork.service import readers as readers_module
from lotwork.service import web_password
from lotwork.service.readers import FILE, Reader, Readers, read_readers, write_readers
from lotwork.service.web_password import is_password, kept_form
from tests.commands.calling import Caller

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def cheap_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a try cost nothing: what it costs is no matter here."""
    monkeypatch.setattr(web_password, "COST", 16)


@pytest.fixture
def lotwork(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.delenv("LOTWORK_HOME", raising=False)
    return Caller(tmp_path / "home", capsys, monkeypatch)


@pytest.mark.parametrize(
    ("books", "sees", "not_seen"),
    [
        (("ann",), ["ann/main", "ann/farm"], ["bob/main", "annie/main", "an/main"]),
        (("ann/farm",), ["ann/farm"], ["ann/main", "ann/farm2", "bob/farm"]),
        (("ann/farm", "bob"), ["ann/farm", "bob/main"], ["ann/main"]),
        (("*",), ["ann/main", "bob/farm"], []),
    ],
)
def test_a_reader_sees_the_books_that_are_named_and_no_other(
    books: tuple[str, ...], sees: list[str], not_seen: list[str]
) -> None:
    reader = Reader(name="eve", books=books)
    for expected, places in ((True, sees), (False, not_seen)):
        for place in places:
            home, _, book = place.partition("/")
            assert reader.sees(home, book) is expected, place
            assert reader.sees_home(home) or not expected


def test_what_is_written_is_read_again_to_the_letter(tmp_path: Path) -> None:
    told = [
        Reader(name="ann", books=("a b", 'with"quote', "語/main", "back\\slash"), password=kept_form(PASSWORD)),
        Reader(name="eve", books=("*",), token="0" * 64, may_act=True),
    ]
    write_readers(tmp_path / FILE, told)
    assert list(read_readers(tmp_path / FILE)) == told
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[[readers]]\nname = "ann"\nbooks = ["ann"]\npassword = "correct horse battery"\n', "no digest"),
        ('[[readers]]\nname = "ann"\nbooks = []\n', "length"),
        ('[[readers]]\nname = "ann"\nbooks = ["/main"]\n', "names nothing"),
        ('[[readers]]\nname = "ann"\nbooks = ["ann/"]\n', "'ann/' names nothing"),
        ('[[readers]]\nname = "ann"\nbooks = ["./ann"]\n', "names nothing"),
        ('[[readers]]\nname = "ann"\nbooks = ["ann/*"]\n', "names nothing"),
        ('[[readers]]\nname = "ann"\nbooks = ["*/main"]\n', "names nothing"),
        ('[[readers]]\nname = "ann"\nbooks = ["ann/ main"]\n', "names nothing"),
        ('[[readers]]\nname = "ann"\nbooks = ["ann"]\nmay_act = "yes"\n', "bool"),
        ('[[readers]]\nname = "ann"\nbooks = ["ann"]\ntokn = "x"\n', "token"),
        ('[[readers]]\nname = "ann"\nbooks = ["ann"]\n' * 2, "two readers"),
        ("[[readers", "syntax"),
    ],
)
def test_a_file_that_makes_no_sense_is_refused_with_what_is_wrong(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    (tmp_path / FILE).chmod(0o600)
    with pytest.raises(ConfigError, match=why):
        read_readers(tmp_path / FILE)
    assert Readers(tmp_path).all() == {}


def test_a_file_that_others_may_read_lets_nobody_in(tmp_path: Path) -> None:
    write_readers(tmp_path / FILE, [Reader(name="ann", books=("ann",))])
    (tmp_path / FILE).chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        read_readers(tmp_path / FILE)
    assert Readers(tmp_path).named("ann") is None


def test_the_command_keeps_what_is_not_said_again(tmp_path: Path, lotwork: Caller) -> None:
    def reader(*words: str, given: str = "") -> dict[str, Any]:
        return lotwork.all_over("web", "reader", *words, "--homes", tmp_path, "--json", given=given).result

    made = reader("ann", "--sees", "ann", "--sees", "bob/farm", "--stdin", given=f"{PASSWORD}\n")
    assert made["sees"] == ["ann", "bob/farm"]
    assert (made["may_act"], made["has_password"], made["has_token"]) == (False, True, False)
    assert PASSWORD not in (tmp_path / FILE).read_text(encoding="utf-8")
    kept = read_readers(tmp_path / FILE)[0].password
    assert kept is not None
    assert is_password(kept, PASSWORD)

    token = reader("ann", "--token")["token"]
    assert isinstance(token, str)
    assert token not in (tmp_path / FILE).read_text(encoding="utf-8")
    assert Readers(tmp_path).with_token(token) == read_readers(tmp_path / FILE)[0]
    assert Readers(tmp_path).with_token(f"{token}x") is None
    acts = reader("ann", "--may-act")
    assert (acts["may_act"], acts["has_password"], acts["has_token"], acts["sees"]) == (True, True, True, made["sees"])
    assert read_readers(tmp_path / FILE)[0].password == kept
    assert reader("ann", "--sees", "cleo", "--reads-only")["sees"] == ["cleo"]

    reader("eve", "--sees", "*", "--token")
    reader("ann", "--remove")
    assert [each.name for each in read_readers(tmp_path / FILE)] == ["eve"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("ann",), "say what they see"),
        (("ann", "--sees", "ann"), "--stdin"),
        (("ann", "--remove"), "no reader ann"),
        (("ann", "--remove", "--token"), "leave the other options"),
        (("a/b", "--sees", "ann", "--token"), "a name is of letters"),
        (("ann", "--sees", "/", "--token"), "names nothing"),
        (("ann", "--sees", "ann/", "--token"), "'ann/' names nothing"),
        (("ann", "--sees", "ann\udcff", "--token"), "names nothing"),
        (("ann", "--sees", "ann/\u202ebook", "--token"), "names nothing"),
    ],
)
def test_what_makes_no_reader_is_refused_and_nothing_is_written(
    tmp_path: Path, lotwork: Caller, words: tuple[str, ...], why: str
) -> None:
    told = lotwork.all_over("web", "reader", *words, "--homes", tmp_path, code=2)
    assert why in told.err
    assert not (tmp_path / FILE).exists()


def test_who_is_taken_out_while_another_is_asked_their_password_stays_out(
    tmp_path: Path, lotwork: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / FILE
    ann, eve = (Reader(name=name, books=("ann",), token="0" * 64) for name in ("ann", "eve"))
    write_readers(file, [ann, eve])
    (tmp_path / "ann").mkdir()

    def asked(*, from_stdin: bool) -> str:
        assert from_stdin
        write_readers(file, meanwhile)
        return PASSWORD

    monkeypatch.setattr(web, "_asked", asked)
    words = ("web", "reader", "ann", "--stdin", "--homes", tmp_path)
    meanwhile = [ann]
    lotwork.all_over(*words)
    assert [each.name for each in read_readers(file)] == ["ann"]
    meanwhile = [replace(ann, books=("bob",))]
    assert "changed meanwhile" in lotwork.all_over(*words, code=BusyError.exit_code).err
    assert list(read_readers(file)) == meanwhile


def test_a_home_that_is_not_there_is_told_and_may_come(tmp_path: Path, lotwork: Caller) -> None:
    (tmp_path / "ann").mkdir()
    words = ("--sees", "ann", "--sees", "bbo/main", "--sees", "*", "--token", "--homes", tmp_path)
    told = lotwork.all_over("web", "reader", "eve", *words).err
    assert "no home bbo" in told
    assert told.count("no home") == 1


def test_a_home_of_the_name_of_all_is_not_taken_for_all(tmp_path: Path, lotwork: Caller) -> None:
    (tmp_path / "*").mkdir()
    words = ("web", "reader", "eve", "--token", "--homes", tmp_path, "--sees")
    assert "is every book of every home, and" in lotwork.all_over(*words, "*", code=2).err
    assert not (tmp_path / FILE).exists()
    lotwork.all_over(*words, "ann")
    (tmp_path / "*").rename(tmp_path / "star")
    assert lotwork.all_over(*words, "*", "--json").result["sees"] == ["*"]


def test_a_disk_that_refused_once_keeps_nobody_out_afterwards(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    ann = Reader(name="ann", books=("ann",))
    write_readers(tmp_path / FILE, [ann])
    readers = Readers(tmp_path)
    with monkeypatch.context() as full:

        def refuses(_: Path) -> str:
            raise OSError(errno.EMFILE, "Too many open files")

        full.setattr(readers_module, "settings_text", refuses)
        assert [readers.named("ann") for _ in range(3)] == [None] * 3
    assert capsys.readouterr().out.count("nobody is let in") == 1, "and not with each request"
    assert readers.named("ann") == ann


def test_a_password_that_is_none_is_refused(tmp_path: Path, lotwork: Caller) -> None:
    words = ("web", "reader", "ann", "--sees", "ann", "--stdin", "--homes", tmp_path)
    assert "12 to 1024" in lotwork.all_over(*words, code=3, given="short\n").err
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("--home", "one", "run", "--homes", "."), 2, "give one of the two"),
        (("run", "--homes", "nowhere"), 2, "it is no folder"),
        (("run", "--homes", "."), 3, "only [daemon] is of all of them"),
        (("run", "--homes", ".", "--host", "0.0.0.0"), 3, "lotwork web reader NAME"),  # noqa: S104 - to be refused
    ],
)
def test_a_daemon_over_no_folder_or_unguarded_does_not_begin(
    tmp_path: Path, lotwork: Caller, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], code: int, why: str
) -> None:
    monkeypatch.chdir(tmp_path)
    if "only" in why:
        (tmp_path / "config.toml").write_text("[heads]\n[daemon]\nport = 1\n[alerts]\nsilent_hours = 2\n")
    told = lotwork.all_over(*words, code=code)
    assert why in told.err

"""What comes in names files, and none beyond its own folder: every spelling, by every door."""

from __future__ import annotations

import csv
import io
import json
import os
import socket
import tarfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lotwork.ingest.folder.reading import FolderSource
from lotwork.ingest.sheets.column_map import ColumnMap, load_map
from lotwork.ingest.sheets.files import read_csv
from lotwork.ledger import boundary
from lotwork.ledger.boundary import read_below, read_by_hand
from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import InputRefusedError, IntegrityError, NotLetInError
from lotwork.ledger.events import Suspense
from lotwork.ledger.evidence_told import EvidenceTold
from lotwork.ledger.intake import Intake
from lotwork.ledger.public_form.jsonlines import read_json_lines
from lotwork.ledger.storage.backup import backup
from lotwork.ledger.storage.evidence import MOST_BYTES, Evidence
from lotwork.ledger.storage.restore import restore
from lotwork.ledger.store import EventStore

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SECRET = b"correct horse"
RECEIPT = {
    "kind": "receipt", "id": "r", "at": "2026-02-01T12:00:00Z", "wallet": "cold", "asset": "BTC", "quantity": "1",
    "income": "pool_payout", "price_usd": "100000",
}  # fmt: skip
COLUMNS = {"at": "time", "quantity": "amount"}
CONSTANTS = {"wallet": "cold", "asset": "BTC", "income": "pool_payout"}
MAP = {"kind": "receipt", "columns": COLUMNS, "constants": CONSTANTS}
NAMES: tuple[Any, ...] = (
    "../node.password", "..", ".", "", " ", "/", "/proc/self/environ", "/dev/zero", "bills/../../node.password",
    "bills/../ok.pdf", "./../node.password", "bills//..//..//node.password", "missing.pdf", "ok.pdf\x00",
    "\x00", "ok.pdf/../../node.password", "ok.pdf/x", "link.pdf", "folder/node.password", "folder/", "bills", "pipe",
    "socket", "device", "huge", "twice.pdf", "~/node.password", "file:///etc/passwd", "\ud800", "a" * 5000, 5, [], {},
    "loop", "bills/deep-link/node.password", "%2e%2e/node.password", "..\\node.password", "\u2025/node.password",
)  # fmt: skip
"""What a line may say, but for `absolute`, the secret's own path, which only the test knows."""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home with a secret, and an inbox full of traps."""
    home = tmp_path / "home"
    inbox = home / "inbox"
    (inbox / "bills").mkdir(parents=True)
    secret = home / "node.password"
    secret.write_bytes(SECRET)
    (inbox / "ok.pdf").write_bytes(b"a bill")
    (inbox / "bills" / "jan.pdf").write_bytes(b"of january")
    (inbox / "link.pdf").symlink_to(secret)
    (inbox / "folder").symlink_to(home)
    (inbox / "bills" / "deep-link").symlink_to(home)
    (inbox / "loop").symlink_to("loop")
    (inbox / "device").symlink_to("/dev/zero")
    (inbox / "twice.pdf").hardlink_to(secret)
    os.mkfifo(inbox / "pipe")
    with (inbox / "huge").open("wb") as sparse:
        sparse.truncate(1 << 40)
    here = Path.cwd()
    os.chdir(inbox)  # the name of a socket is short
    try:
        with closing(socket.socket(socket.AF_UNIX)) as listening:
            listening.bind("socket")
    finally:
        os.chdir(here)
    return home


@pytest.fixture
def store(home: Path) -> Iterator[EventStore]:
    with EventStore.open(home, clock=SetClock(NOW)) as opened:
        yield opened


def by_the_function(store: EventStore, name: Any) -> None:
    read_below(store.home / "inbox", name, MOST_BYTES)


def through(store: EventStore, lines: Iterable[Any]) -> None:
    door = Intake(store, evidence=EvidenceTold(Evidence(store.home)), now=NOW)
    door.take(lines, store.home / "inbox")
    door.check()


def by_a_line(store: EventStore, name: Any) -> None:
    file = store.home / "inbox" / "told.jsonl"
    file.write_text(json.dumps(RECEIPT | {"evidence": name}), encoding="utf-8")
    problems: list[Any] = []
    through(store, read_json_lines(file, problems))
    if problems:
        raise InputRefusedError("refused", problems)


def by_a_table(store: EventStore, name: Any) -> None:
    file = store.home / "inbox" / "told.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([["time", "amount", "file"], ["2026-02-01T12:00:00Z", "1", name]])
    columns = COLUMNS | {"evidence": "file"}
    through(store, read_csv(file, load_map(MAP | {"columns": columns})).lines)


def by_a_map(store: EventStore, name: Any) -> None:
    file = store.home / "inbox" / "told.csv"
    file.write_text("time,amount\n2026-02-01T12:00:00Z,1\n", encoding="utf-8")
    through(store, read_csv(file, load_map(MAP | {"constants": CONSTANTS | {"evidence": name}})).lines)


def watched(store: EventStore, column_map: ColumnMap | None = None) -> FolderSource:
    return FolderSource(
        name="inbox", book="main", folder=store.home / "inbox", column_map=column_map, log=store,
        clock=SetClock(NOW), evidence=Evidence(store.home),
    )  # fmt: skip


def by_the_watched_folder(store: EventStore, name: Any) -> None:
    file = store.home / "inbox" / "told.jsonl"
    file.write_text(json.dumps(RECEIPT | {"evidence": name}), encoding="utf-8")
    watched(store).fetch_since(None)


TEXTS = tuple(name for name in NAMES if isinstance(name, str))
CELLS = tuple(name for name in TEXTS if name.isprintable() and name.strip() and "\ud800" not in name)
"""What a cell can say: an empty one brings no evidence."""
DOORS: Mapping[Callable[[EventStore, Any], None], tuple[Any, ...]] = {
    by_the_function: NAMES,
    by_a_line: NAMES,
    by_a_table: CELLS,
    by_a_map: TEXTS,
    by_the_watched_folder: NAMES,
}


@pytest.mark.parametrize("door", DOORS)
def test_nothing_beyond_the_files_own_folder_is_read(
    store: EventStore, door: Callable[[EventStore, Any], None]
) -> None:
    for name in (str(store.home / "node.password"), *DOORS[door]):
        with pytest.raises(InputRefusedError) as refused:
            door(store, name)
        assert SECRET.decode() not in str(refused.value), name
        assert not list(Evidence(store.home).kept()), name


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", ["ok.pdf", "./ok.pdf", "bills/jan.pdf", "bills//./jan.pdf"])
def test_what_lies_below_it_is(store: EventStore, door: Callable[[EventStore, Any], None], name: str) -> None:
    door(store, name)
    assert len(list(Evidence(store.home).kept())) == (0 if door is by_the_function else 1)


def test_the_folder_itself_may_be_reached_over_a_link(home: Path, tmp_path: Path) -> None:
    (tmp_path / "mine").symlink_to(home / "inbox")
    assert read_below(tmp_path / "mine", "ok.pdf", 10) == b"a bill"


@pytest.mark.parametrize("ending", [".jsonl", ".csv"])
def test_a_trap_in_the_watched_folder_is_named_and_never_opened(store: EventStore, ending: str) -> None:
    """Whoever puts a file there puts no more there: a link to another file is not read as one."""
    inbox = store.home / "inbox"
    source = watched(store, load_map(MAP))
    (inbox / "good.jsonl").write_text(json.dumps(RECEIPT), encoding="utf-8")
    for trap in ("link.pdf", "pipe", "socket", "device", "huge", "twice.pdf", "folder"):
        (inbox / trap).rename(inbox / f"a-{trap}{ending}")
    told = source.fetch_since(None).events
    assert [each for each in told if not isinstance(each, Suspense)] == [told[0]], "they hold up no other"
    assert len(told) == 8, "each of them is in suspense"
    (inbox / "good.jsonl").unlink()
    for path in sorted(inbox.glob("a-*")):
        with pytest.raises(InputRefusedError, match=r"it is|it has another name") as refused:
            source.fetch_since(None)
        assert path.name in str(refused.value)
        assert SECRET.decode() not in str(refused.value)
        path.unlink()
    assert source.fetch_since(None).events == ()


@pytest.mark.parametrize("swapped", ["link", "another file", "pipe"])
def test_a_file_that_is_changed_between_the_look_and_the_opening_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch, swapped: str
) -> None:
    honest = os.stat
    place = home / "inbox" / "ok.pdf"

    def then_swap(name: Any, *args: Any, **words: Any) -> os.stat_result:
        found = honest(name, *args, **words)
        if name == "ok.pdf":
            place.unlink()
            match swapped:
                case "link":
                    place.symlink_to(home / "node.password")
                case "pipe":
                    os.mkfifo(place)
                case _:
                    (home / "inbox" / "bills" / "jan.pdf").rename(place)
        return found

    monkeypatch.setattr(os, "stat", then_swap)
    with pytest.raises(NotLetInError):
        read_below(home / "inbox", "ok.pdf", MOST_BYTES)


def test_a_file_that_grows_while_it_is_read_is_refused(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundary, "fault_of", lambda *_: None)
    with pytest.raises(NotLetInError, match="at most 5 bytes"):
        read_below(home / "inbox", "ok.pdf", 5)


def test_every_descriptor_is_closed_again(home: Path) -> None:
    before = sorted(Path("/proc/self/fd").iterdir())
    for name in ("bills/jan.pdf", "bills/none", "bills/deep-link/x", "pipe", "huge"):
        try:
            read_below(home / "inbox", name, MOST_BYTES)
        except NotLetInError:
            continue
    assert sorted(Path("/proc/self/fd").iterdir()) == before


@pytest.mark.parametrize("name", ["inbox/ok.pdf", "inbox/link.pdf", "inbox/twice.pdf"])
def test_what_a_person_typed_may_lie_anywhere(home: Path, name: str) -> None:
    assert read_by_hand(home / name, 100)


@pytest.mark.parametrize("name", ["inbox/pipe", "inbox/device", "inbox", "inbox/none", "inbox/huge"])
def test_but_is_a_file_of_a_size_that_is_kept(home: Path, name: str) -> None:
    with pytest.raises(NotLetInError):
        read_by_hand(home / name, 100)


def member(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type, made.linkname, made.size = kind, link, len(SECRET) if kind == tarfile.REGTYPE else 0
    return made


def sparse_member() -> tarfile.TarInfo:
    """Return a member of nothing that would unpack to a tebibyte of zeros."""
    made = member("ledger.sqlite")
    made.size, made.pax_headers = 0, {"GNU.sparse.map": f"{1 << 40},0", "GNU.sparse.size": str(1 << 40)}
    return made


BAD_MEMBERS = (
    member("../../node.password"),
    member("/etc/lotwork"),
    member("evidence/../../x"),
    member("evidence/" + "0" * 64),
    member("config.toml"),
    member("node.password"),
    member("evidence/link", tarfile.SYMTYPE, "/etc/passwd"),
    member("evidence/hard", tarfile.LNKTYPE, "ledger.sqlite"),
    member("evidence/pipe", tarfile.FIFOTYPE),
    member("evidence/device", tarfile.CHRTYPE),
    member("ledger.sqlite", tarfile.SYMTYPE, "/etc/passwd"),
    sparse_member(),
)


def test_nothing_but_the_parts_of_a_backup_comes_out_of_one(home: Path, tmp_path: Path) -> None:
    with EventStore.open(tmp_path / "other", clock=SetClock(NOW)) as store:
        backup(store, tmp_path / "b.tar", clock=SetClock(NOW))
    with tarfile.open(tmp_path / "b.tar") as whole:
        parts = [(entry, b"" if (file := whole.extractfile(entry)) is None else file.read()) for entry in whole]
    before = sorted(home.rglob("*"))
    for bad in BAD_MEMBERS:
        for place in (1, len(parts)):
            with tarfile.open(tmp_path / "bad.tar", "w") as made:
                for entry, content in (*parts[:place], (bad, SECRET), *parts[place:]):
                    made.addfile(entry, io.BytesIO(content))
            with pytest.raises(IntegrityError, match="is not a whole backup"):
                restore(tmp_path / "bad.tar", home, clock=SetClock(NOW))
            assert [path for path in sorted(home.rglob("*")) if path.suffix != ".lock"] == before, bad.name

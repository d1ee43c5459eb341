"""A home whose ledger is shared knows which books it was told of, though the server cannot say it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lotwork.ledger.clock import SetClock
from lotwork.ledger.errors import IntegrityError
from lotwork.ledger.storage.heads import BOOKS_NAME, heads_file, read_heads
from lotwork.ledger.storage.log import EventLog
from lotwork.ledger.storage.moving import move
from lotwork.ledger.storage.postgres.database import Postgres
from lotwork.ledger.storage.renewing import renew_heads
from lotwork.ledger.storage.sqlite.database import Sqlite
from lotwork.ledger.storage.verify import verify
from lotwork.ledger.store import Batch
from tests.ledger.making import CREATED, filled, open_store, receipts
from tests.postgres_server import Server

DAMAGE: dict[str, Callable[[Path], object]] = {
    "is missing": Path.unlink,
    "holds nothing": lambda file: file.write_bytes(b""),
    "does not know it": lambda file: file.write_bytes(b'{"book": "ma'),
    "heads.log does not know": lambda file: file.write_bytes(
        b"".join(line for line in file.read_bytes().splitlines(keepends=True) if b"main" not in line)
    ),
}


@pytest.mark.parametrize("words", DAMAGE)
def test_heads_that_are_gone_are_told_of_a_shared_ledger_too(
    postgres: Server, database: str, tmp_path: Path, words: str
) -> None:
    home, url = tmp_path / "home", postgres.url(database)
    with open_store(home, database=Postgres(url)) as store:
        store.append(Batch("main", receipts(1, 3)), Batch("other", receipts(1, 2)))
    assert verify(home, database=Postgres(url)).ok
    DAMAGE[words](heads_file(home))
    found = verify(home, database=Postgres(url))
    assert not found.ok
    assert words in found.message
    assert "all 5 events follow one another" in found.message
    for opened in (open_store, EventLog.open):
        with pytest.raises(IntegrityError, match="whether its end was cut off cannot be seen"):
            opened(home, database=Postgres(url))
    assert renew_heads(home, SetClock(CREATED), Postgres(url)).ok
    assert verify(home, database=Postgres(url)).ok
    assert read_heads(home)["main"].position == 3


def test_a_machine_that_never_wrote_has_no_heads_to_lose(postgres: Server, database: str, tmp_path: Path) -> None:
    one, other, url = tmp_path / "one", tmp_path / "other", postgres.url(database)
    with open_store(one, database=Postgres(url)) as store:
        store.append(Batch("main", receipts(1, 3)))
        assert verify(other, database=Postgres(url)).ok
        with open_store(other, database=Postgres(url)) as second:
            second.append(Batch("begun there", receipts(1, 1)))
        assert verify(one, database=Postgres(url)).ok, "what another machine began is told nowhere here"
        heads_file(other).unlink()
        assert not verify(other, database=Postgres(url)).ok
        (other / BOOKS_NAME).write_bytes(b'"no such book"\n\xff\xff"mai')
        assert verify(other, database=Postgres(url)).ok, "a name that is damaged accuses nobody"


def test_a_name_that_a_crash_cut_short_hides_no_other(postgres: Server, database: str, tmp_path: Path) -> None:
    url = postgres.url(database)
    with open_store(tmp_path, database=Postgres(url)) as store:
        store.append(Batch("main", receipts(1, 1)))
        (tmp_path / BOOKS_NAME).write_bytes(b'"mai')
    with open_store(tmp_path, database=Postgres(url)) as store:
        store.append(Batch("ü\u00e9", receipts(1, 1)))
    assert (tmp_path / BOOKS_NAME).read_bytes().split(b"\n")[1:] == [b'"main"', b"", '"üé"'.encode(), b""]
    assert (tmp_path / BOOKS_NAME).stat().st_mode & 0o777 == 0o600
    heads_file(tmp_path).unlink()
    assert not verify(tmp_path, database=Postgres(url)).ok


def test_a_ledger_that_was_moved_knows_its_books_there(postgres: Server, tmp_path: Path) -> None:
    with postgres.database() as name:
        filled(tmp_path, 4)
        url = postgres.url(name)
        move(tmp_path, Sqlite(tmp_path), Postgres(url), SetClock(CREATED), switch=lambda: None)
        assert verify(tmp_path, database=Postgres(url)).ok
        heads_file(tmp_path).unlink()
        assert "heads.log is missing" in verify(tmp_path, database=Postgres(url)).message

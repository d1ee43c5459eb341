"""Homes that share a PostgreSQL server: one claim for all, and each sees the books that it was told of alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lotwork.config import Config, load
from lotwork.hosting.servers import Servers
from lotwork.ledger.clock import SystemClock
from lotwork.ledger.errors import ConfigError, FencedError, StandbyError
from lotwork.ledger.storage.batch import Batch, Message
from lotwork.ledger.storage.postgres.database import Postgres
from lotwork.ledger.store import EventStore
from tests.ledger.making import receipt
from tests.postgres_server import Server

CLOCK = SystemClock()


@pytest.fixture
def url(postgres: Server) -> Iterator[str]:
    with postgres.database() as name:
        yield postgres.url(name)


def home(folder: Path, name: str, url: str) -> Config:
    """Make a home with a book of its own name on the server."""
    place = folder / name
    place.mkdir()
    (place / "config.toml").write_text(f'[ledger]\nurl = "{url}"\n[alerts]\nbooks = ["{name}"]\n')
    with EventStore.open(place, clock=CLOCK, database=Postgres(url, clock=CLOCK)) as store:
        store.append(Batch(name, (receipt(1),), outbox=(Message(f"to:{name}", name, name),)))
    return load(place, environ={})


def test_each_home_sees_its_own_books_and_all_of_them_are_one_daemon(tmp_path: Path, url: str) -> None:
    ann, bob = (home(tmp_path, name, url) for name in ("ann", "bob"))
    servers = Servers(CLOCK)
    hers, his = servers.open(ann), servers.open(bob)
    assert (hers.books(), his.books()) == (("ann",), ("bob",))
    assert [each.id for each in hers.pending()] == ["to:ann"]
    assert hers.pending(without=("ann",)) == ()
    for store, name in ((hers, "ann"), (his, "bob"), (hers, "ann")):
        (done,) = store.append(Batch(name, (receipt(store.head(name).position + 1),)))
        assert len(done.new) == 1
    verified = hers.verify()
    assert (verified.ok, verified.events, list(verified.heads)) == (True, 3, ["ann"])

    with pytest.raises(StandbyError):  # another machine
        EventStore.open(tmp_path / "other", clock=CLOCK, database=Postgres(url, clock=CLOCK)).claim()
    hers.close()
    servers.leave(ann.home, fenced=False)
    assert his.append(Batch("bob", (receipt(9),)))[0].new, "who leaves closes nothing that others use"
    servers.leave(bob.home, fenced=False)
    other = EventStore.open(tmp_path / "other", clock=CLOCK, database=Postgres(url, clock=CLOCK))
    other.claim()
    other.close()


def test_who_was_fenced_claims_anew_and_does_not_take_the_old_claim(tmp_path: Path, url: str) -> None:
    ann, bob = (home(tmp_path, name, url) for name in ("ann", "bob"))
    servers = Servers(CLOCK)
    hers, his = servers.open(ann), servers.open(bob)
    with Postgres(url, clock=CLOCK).reading() as reading:
        assert reading is not None
    taken = EventStore.open(tmp_path / "other", clock=CLOCK, database=Postgres(url, clock=CLOCK))
    taken.database.write(lambda at: at.all("UPDATE fence SET epoch = epoch + 1 WHERE id = 1"))
    for store, name in ((hers, "ann"), (his, "bob")):
        with pytest.raises(FencedError):
            store.append(Batch(name, (receipt(7),)))
    servers.leave(ann.home, fenced=True)
    servers.leave(bob.home, fenced=True)
    again = servers.open(ann)
    assert again.append(Batch("ann", (receipt(7),)))[0].new
    servers.leave(ann.home, fenced=False)
    taken.close()


def test_a_home_that_does_not_say_which_books_are_its_own_is_told_to(tmp_path: Path, url: str) -> None:
    ann, bob = (home(tmp_path, name, url) for name in ("ann", "bob"))
    for config in (ann, bob):
        (config.home / "config.toml").write_text(f'[ledger]\nurl = "{url}"\n')
    servers = Servers(CLOCK)
    assert servers.open(load(ann.home, environ={})).books() == ("ann",), "it was told of no other"
    with pytest.raises(ConfigError, match=r"write \[alerts\] books"):
        servers.open(load(bob.home, environ={}))
    servers.leave(ann.home, fenced=False)

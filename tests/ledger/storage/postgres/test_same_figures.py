"""The same events come to the same figures, whichever database keeps them and wherever the replay begins."""

from __future__ import annotations

import itertools
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from lotwork.ledger.history import History
from lotwork.ledger.storage.postgres.database import Postgres
from lotwork.ledger.store import Batch, EventStore
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.checkpoint import Checkpoints
from tests.drawing import FUZZ
from tests.ledger.making import open_store
from tests.postgres_server import Server
from tests.projections.house import told
from tests.projections.replay.drawn import long_histories
from tests.projections.replay.test_checkpoint import Line
from tests.projections.replay.test_stops import YEARS, all_of
from tests.rules.us.law import LAW


def test_from_zero_from_a_checkpoint_and_on_a_server_figures_are_the_same(postgres: Server, tmp_path: Path) -> None:
    names = map("book {}".format, itertools.count())
    with (
        postgres.database() as database,
        open_store(tmp_path / "one") as in_a_file,
        open_store(tmp_path / "two", database=Postgres(postgres.url(database))) as on_a_server,
    ):

        @settings(max_examples=100 if settings.get_current_profile_name() == FUZZ else 8)
        @given(long_histories(), st.data())
        def compare(lines: list[Line], data: st.DataObject) -> None:
            name, cut = next(names), data.draw(st.integers(1, len(lines)))
            told_by_each = [figures(store, name, lines, cut) for store in (in_a_file, on_a_server)]
            assert told_by_each[0] == told_by_each[1]

        compare()
        assert next(names) != "book 0", "nothing was drawn"


def figures(store: EventStore, name: str, lines: list[Line], cut: int) -> object:
    """Return all a book tells, from zero; gone on from a checkpoint of its first *cut* lines it must tell no other."""
    store.append(Batch(name, told(*lines[:cut])))
    kept = Checkpoints(store.home)
    kept.replay(store, name, years=YEARS, law=LAW)
    for line in lines[cut:]:
        store.append(Batch(name, told(line)))
    from_zero = all_of(Book.begin(History.read(store, name), YEARS, LAW).fold())
    assert all_of(kept.replay(store, name, years=YEARS, law=LAW).book) == from_zero
    return from_zero

"""The lots of a large checkpoint stay in its file, which is open for them; that of a small one is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from lotwork.ledger.history import History
from lotwork.projections.replay import kept
from lotwork.projections.replay.book import Book
from lotwork.projections.replay.checkpoint import Checkpoints
from lotwork.projections.replay.state import digest_of
from tests.projections.house import MAIN, receipt
from tests.projections.replay.test_checkpoint import append, keep, store_of
from tests.rules.us.law import LAW

RECEIPTS = [receipt(f"r{number}", f"2025-01-{number + 1:02}", "1") for number in range(20)]


def open_files(folder: Path) -> list[str]:
    """Return the checkpoints in *folder* that this process has open."""
    opened = []
    for descriptor in Path("/proc/self/fd").iterdir():
        try:
            name = str(descriptor.readlink())
        except OSError:  # the one that lists them
            continue
        if name.startswith(str(folder)):
            opened.append(name)
    return opened


@pytest.mark.parametrize(("large", "opened"), [(0, 1), (kept.LARGE, 0)])
def test_a_file_is_open_for_the_lots_of_a_large_checkpoint_alone_and_until_they_are_read(
    large: int, opened: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "LARGE", large)
    with store_of(*RECEIPTS) as store:
        keep(store, len(RECEIPTS), LAW)
        append(store, receipt("late", "2025-02-20", "1"))
        checkpoints = Checkpoints(store.home)
        folder, done = checkpoints.folder, checkpoints.replay(store, MAIN, years=(2025,), law=LAW, least=2)
        assert done.resumed_from == len(RECEIPTS)
        assert len(open_files(folder)) == opened
        assert digest_of(done.book) == digest_of(Book.begin(History.read(store, MAIN), (2025,), LAW).fold())
        assert not open_files(folder), "they are read, and the file is let go of"

"""A packet of a book on PostgreSQL is the one of the same book in a file, to the byte."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.packet.conftest import call
from tests.packet.story import YEAR
from tests.postgres_server import Server


def test_the_packet_of_a_book_on_postgres_is_the_same_bytes(
    book: Path, packet: Path, tmp_path: Path, postgres: Server
) -> None:
    home, file = tmp_path / "home", tmp_path / "packet.zip"
    shutil.copytree(book, home)
    with postgres.database() as name:
        assert call(home, "ledger", "move", "--to", postgres.url(name)) == 0
        assert call(home, "packet", "build", "--year", str(YEAR), "--out", file) in (0, 1)
    assert file.read_bytes() == packet.read_bytes()

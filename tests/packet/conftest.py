"""One rich book, packed once for all the tests of this room."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from lotwork import cli
from tests.packet.story import EVIDENCE, STORY, YEAR


def call(home: Path, *words: str | Path) -> int:
    """Call the command in this process, and return its exit code."""
    argv = ["--home", str(home), *map(str, words)]
    before, sys.argv = sys.argv, ["lotwork", *argv]
    try:
        with pytest.raises(SystemExit) as ended:
            cli.main(argv)
    finally:
        sys.argv = before
    return int(ended.value.code or 0)


@pytest.fixture(scope="session")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the home of a book in which every kind of event that lots and income rest on has happened."""
    folder = tmp_path_factory.mktemp("packet")
    for name, content in EVIDENCE.items():
        (folder / name).write_bytes(content)
    lines = folder / "story.jsonl"
    lines.write_text("".join(f"{json.dumps(line)}\n" for line in STORY), encoding="utf-8")
    assert call(folder / "home", "import", lines) in (0, 1)
    return folder / "home"


@pytest.fixture(scope="session")
def packet(book: Path) -> Path:
    """Return the packet of that book."""
    file = book.parent / "packet.zip"
    assert call(book, "packet", "build", "--year", str(YEAR), "--out", file) in (0, 1)
    return file

"""A disk that is full at any stage of `packet build`: said in words, and nothing is left, neither packet nor folder."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.packet.conftest import call
from tests.packet.story import YEAR

STORAGE = 5
PARTS = 8


@contextmanager
def no_file_above(most: int) -> Iterator[None]:
    """Let no file grow above *most* bytes: the kernel refuses the write, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


@pytest.mark.parametrize("overwrite", [False, True], ids=["a new file", "overwritten"])
def test_a_disk_full_at_any_stage_leaves_nothing_half(
    book: Path, packet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], *, overwrite: bool
) -> None:
    whole, file = packet.stat().st_size, tmp_path / "packet.zip"
    words: list[str | Path] = [
        "packet",
        "build",
        "--year",
        str(YEAR),
        "--out",
        file,
        *(["--overwrite"] if overwrite else []),
    ]
    if overwrite:
        file.write_bytes(b"the packet before")
    for most in (*(whole * part // PARTS for part in range(1, PARTS)), whole - 1):
        capsys.readouterr()
        with no_file_above(most):
            code = call(book, *words)
        told = " ".join(capsys.readouterr().err.split())
        assert code == STORAGE, (most, told)
        assert "no packet was made" in told
        assert list(tmp_path.iterdir()) == ([file] if overwrite else [])
        assert not overwrite or file.read_bytes() == b"the packet before"
    with no_file_above(whole):
        assert call(book, *words) in (0, 1)
    assert file.read_bytes() == packet.read_bytes()


NOBODY = 65534


@contextmanager
def as_nobody() -> Iterator[None]:
    """Be a user who may not write everywhere, as root may."""
    os.setegid(NOBODY)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
@pytest.mark.usefixtures("packet")  # everything is imported then, wherever Python lies
def test_a_folder_of_another_user_is_told_and_nothing_is_made(book: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o755)
        shutil.copytree(book, place / "home")
        for each in (place / "home", *(place / "home").rglob("*")):
            os.chown(each, NOBODY, NOBODY)
        (place / "out").mkdir()
        file = place / "out" / "made"
        for rights in (0o755, 0o700):  # it may be looked into, or not even that
            (place / "out").chmod(rights)
            for words in (("packet", "build", "--year", str(YEAR), "--out", file), ("backup", file)):
                with as_nobody():
                    code = call(place / "home", *words)
                told = " ".join(capsys.readouterr().err.split())
                assert code == STORAGE, told
                assert "Permission denied" in told
                assert f"no {words[0]} was made" in told
        assert list((place / "out").iterdir()) == []

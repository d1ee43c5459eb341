"""Strangers' ZIPs: each is told in words and with an exit code, here and by verify.py alone."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import types
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from lotwork.packet.checks import container
from lotwork.packet.checks.container import Zipped
from lotwork.packet.checks.telling import BrokenPacketError
from lotwork.packet.verifier import verifier
from tests.packet import accountant
from tests.packet.conftest import call
from tests.packet.test_packet import ALONE, read, write

INTEGRITY = 4
LAST = b"PK\1\2"


@pytest.fixture(scope="module")
def alone() -> Callable[[list[str]], int]:
    """Return what `python3 verify.py` runs, without a process of its own."""
    module = types.ModuleType("verify")
    module.__file__ = "verify.py"
    sys.modules["verify"] = module
    exec(compile(verifier(), "verify.py", "exec"), module.__dict__)  # noqa: S102 - our own program
    main: Callable[[list[str]], int] = module.main
    return main


def first_entry(packet: bytes) -> int:
    """Return where the directory begins."""
    return int(struct.unpack_from("<I", packet, len(packet) - 6)[0])


def patched(packet: bytes, at: int, how: str, *values: int) -> bytes:
    """Return the packet with the first entry of its directory changed."""
    place = first_entry(packet) + at
    made = struct.pack(how, *values)
    return packet[:place] + made + packet[place + len(made) :]


def compressed(members: dict[str, bytes], how: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return out.getvalue()


def bare(name: str, content: bytes) -> bytes:
    """Return a ZIP in a packet's layout with one member of any name."""
    crc = zlib.crc32(content)
    local = container.local_header(name, len(content), crc) + content
    entry = container.Entry(name, len(content), crc, len(local) - len(content))
    directory = container.central_header(entry)
    return local + directory + container.ending_of([entry], len(directory), len(local))


def attacks(packet: bytes, members: dict[str, bytes]) -> dict[str, tuple[bytes, str]]:
    """Return what strangers send, and a word that its refusal must have."""
    few = dict(list(members.items())[:3])
    ending = len(packet) - 22
    return {
        "encrypted": (patched(packet, 8, "<H", 1), "is encrypted"),
        "strongly encrypted": (patched(packet, 8, "<H", 0x41), "is encrypted"),
        "deflated": (compressed(few, zipfile.ZIP_DEFLATED), "is compressed (method 8)"),
        "bzip2": (compressed(few, zipfile.ZIP_BZIP2), "is compressed (method 12)"),
        "lzma": (compressed(few, zipfile.ZIP_LZMA), "is compressed (method 14)"),
        "a method nobody knows": (patched(packet, 10, "<H", 99), "is compressed (method 99)"),
        "another size in the ZIP": (patched(packet, 24, "<I", 7), "is told to be 7 bytes"),
        "zip64 by its sizes": (patched(packet, 20, "<2I", 2**32 - 1, 2**32 - 1), "ZIP64"),
        "zip64 by its place": (patched(packet, 42, "<I", 2**32 - 1), "ZIP64"),
        "zip64 by its count": (packet[: ending + 8] + b"\xff" * 4 + packet[ending + 12 :], "directory"),
        "zip64 by its directory": (packet[: ending + 12] + b"\xff" * 8 + packet[ending + 20 :], "directory"),
        "gigabytes told": (patched(packet, 20, "<2I", 2**31, 2**31), "not as it was packed"),
        "a link": (patched(packet, 38, "<I", 0o120777 << 16), "is a link"),
        "a pipe": (patched(packet, 38, "<I", 0o010644 << 16), "not as it was packed"),
        "an extra field": (patched(packet, 30, "<H", 4), "has an extra field"),
        "a comment of a member": (patched(packet, 32, "<H", 4), "has a comment"),
        "a comment": (packet[:-2] + b"\5\0hello", "such as a comment"),
        "a comment told and not there": (packet[:-2] + b"\5\0", "such as a comment"),
        "another disk": (packet[: ending + 4] + b"\1\0" + packet[ending + 6 :], "does not end as a packet"),
        "a name twice": (packet.replace(b"filed.json", b"chain.json"), "stands in the ZIP twice"),
        **{f"the name {name!r}": (bare(name, b"x"), "is none that a packet has")
           for name in ("../evil", "a/../../evil", "/etc/passwd", "C:evil", "a\\b", "a//b", "a/", ".hidden", "a b")},
    }  # fmt: skip


def test_each_attack_is_told_in_words_with_an_exit_code(
    packet: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], alone: Callable[[list[str]], int]
) -> None:
    whole, file = packet.read_bytes(), tmp_path / "x.zip"
    for what, (content, words) in attacks(whole, read(packet)).items():
        file.write_bytes(content)
        capsys.readouterr()
        assert alone([str(file)]) == 1, what
        by_itself = capsys.readouterr().out
        assert call(tmp_path, "packet", "verify", file) == INTEGRITY, what
        here = " ".join(capsys.readouterr().out.split())
        for told in (by_itself, here):
            missing = [each for each in ("WRONG", words, "DOES NOT HOLD") if each not in told]
            assert not missing, (what, told)


def test_a_packet_cut_anywhere_is_refused(packet: Path) -> None:
    whole = packet.read_bytes()
    edges = [entry.start for entry in Zipped(io.BytesIO(whole))._entries.values()]
    places = {place + by for place in (*edges, first_entry(whole)) for by in (-31, -30, -1, 0, 1)}
    for place in sorted({*places, *range(23), *range(len(whole) - 200, len(whole))}):
        with pytest.raises(BrokenPacketError, match=r"short|end|cut|directory"):
            Zipped(io.BytesIO(whole[:place]))


def huge(packet: Path, file: Path) -> Path:
    """Write a packet whose income is blanks, more than half of what memory is given, with a manifest that fits."""
    return write(file, accountant.with_manifest(read(packet) | {"results/income.json": b" " * (96 << 20)}))


LIMITED = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_AS, (160 << 20, 160 << 20))
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def test_a_member_larger_than_memory_is_told_in_a_sentence(packet: Path, tmp_path: Path) -> None:
    file, program = huge(packet, tmp_path / "x.zip"), tmp_path / "verify.py"
    program.write_bytes(verifier())
    run = subprocess.run([*ALONE, "-c", LIMITED, program, file], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (1, "")
    assert "takes more memory than this machine gives" in run.stdout


def test_a_member_longer_than_any_is_not_read(
    packet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(container, "MOST_READ", 40_000)
    assert call(tmp_path, "packet", "verify", packet) == INTEGRITY
    assert "more than any that Lotwork writes" in " ".join(capsys.readouterr().out.split())

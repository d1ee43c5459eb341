"""Evidence: the same bytes once, by their hash, and never other bytes under that hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from lotwork.ledger.errors import InputRefusedError, IntegrityError, StorageError
from lotwork.ledger.storage import evidence as room
from lotwork.ledger.storage.evidence import Evidence
from lotwork.ledger.storage.failpoints import FailpointError, armed


def test_what_is_kept_is_read_by_its_sha256(tmp_path: Path) -> None:
    kept = Evidence(tmp_path).keep(b"raw answer")
    assert kept == hashlib.sha256(b"raw answer").hexdigest()
    assert Evidence(tmp_path).read(kept) == b"raw answer"


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path)
    kept = evidence.keep(b"raw")
    before = (tmp_path / "evidence" / kept[:2] / kept).stat().st_mtime_ns
    assert evidence.keep(b"raw") == kept
    assert (tmp_path / "evidence" / kept[:2] / kept).stat().st_mtime_ns == before
    assert list(evidence.kept()) == [kept]


def test_evidence_that_was_changed_is_told_and_mended_when_it_is_kept_again(tmp_path: Path) -> None:
    evidence = Evidence(tmp_path)
    kept = evidence.keep(b"raw")
    (tmp_path / "evidence" / kept[:2] / kept).write_bytes(b"rax")
    with pytest.raises(IntegrityError, match="is not what was kept"):
        evidence.read(kept)
    evidence.keep(b"raw")
    assert evidence.read(kept) == b"raw"


def test_evidence_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(IntegrityError, match="missing"):
        Evidence(tmp_path).read("0" * 64)
    assert list(Evidence(tmp_path).kept()) == []


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_only_a_sha256_names_evidence(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputRefusedError, match="64 hex digits"):
        Evidence(tmp_path).read(name)


def test_more_than_64_mib_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert room.MOST_BYTES == 64 * 1024 * 1024
    monkeypatch.setattr(room, "MOST_BYTES", 10)
    Evidence(tmp_path).keep(b"x" * 10)
    with pytest.raises(InputRefusedError, match="at most 10 bytes are kept"):
        Evidence(tmp_path).keep(b"x" * 11)


def test_evidence_is_its_owners_alone(tmp_path: Path) -> None:
    Evidence(tmp_path / "home").keep(b"raw")
    for path in (tmp_path / "home").rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600)


def test_a_disk_that_refuses_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "evidence").write_text("in the way")
    with pytest.raises(StorageError, match="could not be kept"):
        Evidence(tmp_path).keep(b"raw")
    kept = Evidence(tmp_path / "home").keep(b"raw")
    file = tmp_path / "home" / "evidence" / kept[:2] / kept
    file.unlink()
    file.mkdir()
    with pytest.raises(StorageError, match="cannot be read"):
        Evidence(tmp_path / "home").read(kept)


def test_a_crash_while_keeping_leaves_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "hit", armed("evidence.before_rename:raise"))
    with pytest.raises(FailpointError):
        Evidence(tmp_path).keep(b"raw")
    assert list(Evidence(tmp_path).kept()) == []
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]

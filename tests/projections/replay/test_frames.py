"""A file of frames is read as it was written, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ledger.errors import StorageError
from lotwork.projections.replay.frames import NotWrittenError, read_frames, read_head, write_frames

FRAMES = [(b"state", b"{}\n"), (b"lots", b""), (b"lots", b"\x00" * 70_000), (b"findings", b"end 0\n")]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("frames") / "kept"
    assert write_frames(written, b'{"position":7}', FRAMES)
    return written


def test_frames_come_back_in_their_order_under_their_head(file: Path) -> None:
    assert read_head(file) == b'{"position":7}'
    assert [(frame.name, frame.read()) for frame in read_frames(file)] == FRAMES


@given(
    place=st.integers(0, 600) | st.integers(69_000, 70_900),
    how=st.sampled_from(["cut", "turned", "added"]),
    left=st.sampled_from([(), (b"lots",)]),
)
def test_what_is_cut_turned_or_added_is_not_read(file: Path, place: int, how: str, left: tuple[bytes, ...]) -> None:
    content = file.read_bytes()
    place = min(place, len(content) - 1)
    spoiled = (
        content[:place]
        + {
            "cut": b"",
            "turned": bytes([content[place] ^ 1]) + content[place + 1 :],
            "added": b"0" + content[place:],
        }[how]
    )
    other = file.with_name("spoiled")
    other.write_bytes(spoiled)
    with pytest.raises(NotWrittenError):
        tuple(read_frames(other, left))


def test_a_frame_left_out_or_from_another_file_is_not_read(file: Path) -> None:
    content = file.read_bytes()
    first, second = content.index(b" state "), content.index(b" lots ")
    other = file.with_name("other")
    assert write_frames(other, b'{"position":8}', FRAMES)
    elsewhere = other.read_bytes()
    for mixed in (content[: first - 64] + content[second - 64 :], elsewhere[: first - 64] + content[first - 64 :]):
        other.write_bytes(mixed)
        with pytest.raises(NotWrittenError):
            tuple(read_frames(other))


def test_what_stands_after_the_end_is_not_read(file: Path) -> None:
    other = file.with_name("longer")
    other.write_bytes(file.read_bytes() + b"\n")
    with pytest.raises(NotWrittenError):
        tuple(read_frames(other))


def test_what_is_left_in_the_file_is_read_when_it_is_asked_for_whatever_took_its_name(file: Path) -> None:
    other = file.with_name("left")
    other.write_bytes(file.read_bytes())
    frames = [*read_frames(other, (b"lots",))]
    other.unlink()
    assert [(frame.name, frame.read()) for frame in frames] == FRAMES


def test_what_is_left_is_held_against_its_hash_with_the_rest_and_when_it_is_read(file: Path) -> None:
    content = file.read_bytes()
    place = content.index(b"\x00" * 70_000)
    other = file.with_name("changed")
    other.write_bytes(content)
    frames = [*read_frames(other, (b"lots",))]
    with other.open("r+b") as changed:
        changed.seek(place)
        changed.write(b"1")
    with pytest.raises(StorageError, match="ask again"):
        frames[2].read()
    with pytest.raises(NotWrittenError):
        tuple(read_frames(other, (b"lots",)))

"""A bit that turned over where a file begins is told, or changes nothing; the long form turns one of every byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drawing import stream
from tests.faults.every_byte import HEADER_BYTES, every_byte, pristine


@pytest.mark.faults
@pytest.mark.seeded
@pytest.mark.parametrize("name", HEADER_BYTES)
def test_a_bit_that_turned_over_is_told_or_changes_nothing(tmp_path: Path, name: str) -> None:
    home = pristine(tmp_path, name)
    step = -(-min(HEADER_BYTES[name], (home / name).stat().st_size) // 30)
    ends = every_byte(home, name, stream(12), step=step)
    assert ends.total() >= 15
    assert ends["told"] > 0

"""Where memory ends, and ends again while that is told, one line says so: no trace, and the code of the machine."""

from __future__ import annotations

import os

import pytest

from lotwork import cli


def ends(*_: object, **__: object) -> None:
    raise MemoryError


@pytest.mark.parametrize("while_", ["ended_by", "tell", "asks_json"])
def test_memory_that_ends_again_while_that_is_told_is_told_in_one_write(
    while_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, bytes]] = []
    monkeypatch.setattr(cli.lotwork, "main", ends)
    monkeypatch.setattr(cli, while_, ends)
    monkeypatch.setattr(os, "write", lambda where, words: told.append((where, words)))
    with pytest.raises(SystemExit) as ended:
        cli.main(["lots"])
    assert ended.value.code == 5
    ((where, words),) = told
    assert where == 2
    assert words.startswith(b"lotwork: there is not enough memory: ")
    assert words.endswith(b"nothing was half-written; try again\n")

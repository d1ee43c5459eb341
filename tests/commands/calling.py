"""The command called in this process: its exit code, what it printed, and what it said."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lotwork import cli
from lotwork.ledger.clock import SystemClock


class Told(NamedTuple):
    """How one call ended."""

    code: int
    out: str
    err: str

    @property
    def result(self) -> dict[str, Any]:
        """Return the one JSON object on standard output."""
        result = json.loads(self.out)
        assert isinstance(result, dict)
        return result


class Caller:
    """Calls `lotwork` on one home."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self.home = home
        self._capsys = capsys
        self._patch = patch

    def __call__(self, *words: str | Path, given: str = "", code: int | None = 0) -> Told:
        """Call the command with *given* on standard input; check its exit *code* unless that is None."""
        return self.all_over("--home", self.home, *words, given=given, code=code)

    def all_over(self, *words: str | Path, given: str = "", code: int | None = 0) -> Told:
        """Call the command on whatever home its words name."""
        argv = [*map(str, words)]
        self._patch.setattr(sys, "argv", ["lotwork", *argv])
        self._patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
        before = os.umask(0o077)
        self._capsys.readouterr()
        try:
            with pytest.raises(SystemExit) as ended:
                cli.main(argv)
        finally:
            os.umask(before)
        out, err = self._capsys.readouterr()
        told = Told(int(ended.value.code or 0), out, err)
        if code is not None:
            assert told.code == code, f"lotwork {' '.join(argv)} ended with {told.code}: {err}"
        return told

    def take_on(self, day: date, *lines: Mapping[str, Any]) -> Told:
        """Import *lines* on *day*, at noon of UTC."""
        with self._patch.context() as then:
            then.setattr(SystemClock, "now", lambda _: datetime(day.year, day.month, day.day, 12, tzinfo=UTC))
            return self.take(*lines)

    def take(self, *lines: Mapping[str, Any], code: int = 0) -> Told:
        """Import *lines*."""
        file = self.home.parent / "events.jsonl"
        file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return self("import", file, code=code)

    def beside(self, name: str) -> Caller:
        """Return the command called on another home, beside this one."""
        return Caller(self.home.with_name(name), self._capsys, self._patch)

    def bring(self, exported: str, *more: str, code: int = 0) -> Told:
        """Import what another home exported."""
        file = self.home.parent / "exported.jsonl"
        file.write_text(exported, encoding="utf-8")
        return self("import", file, *more, code=code)

    def rows(self, *words: str) -> list[dict[str, Any]]:
        """Return the rows of a listing."""
        rows = self(*words, "--json", code=None).result["rows"]
        assert isinstance(rows, list)
        return rows


def codes(findings: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the codes of *findings*."""
    return {finding["code"] for finding in findings}

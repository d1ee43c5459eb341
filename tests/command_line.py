"""The real command line, run as a person or a script runs it: a process, its exit code, its two outputs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from tests.another_time import AHEAD

ROOT = Path(__file__).resolve().parent.parent
LONGEST_SECONDS = 120


class Run(NamedTuple):
    """One run that ended."""

    code: int
    out: str
    err: str

    @property
    def result(self) -> dict[str, Any]:
        """Return the one JSON object on standard output; floats in it are an error."""
        answer = json.loads(self.out, parse_float=_refuse_float)
        assert isinstance(answer, dict)
        return answer


def _refuse_float(text: str) -> float:
    raise AssertionError(f"{text} is a JSON float: amounts are decimal strings")


def lotwork(home: Path, *words: str, given: str | None = None, code: int | None = 0) -> Run:
    """Run `lotwork WORDS` on *home* with *given* on standard input; check its exit *code* unless that is None."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LOTWORK_")}
    told = subprocess.run(
        [sys.executable, "-m", "tests.another_time" if AHEAD in os.environ else "lotwork", *words],
        env={**environ, "PYTHONPATH": str(ROOT), "LOTWORK_HOME": str(home), "NO_COLOR": "1"},
        cwd=home.parent, input=given or "", capture_output=True, text=True, check=False, timeout=LONGEST_SECONDS,
    )  # fmt: skip
    if code is not None:
        assert told.returncode == code, f"lotwork {' '.join(words)} ended with {told.returncode}: {told.stderr}"
    return Run(told.returncode, told.stdout, told.stderr)

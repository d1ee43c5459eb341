"""Asks one release of Lotwork, in that release's own Python, and answers with what it printed, to the byte.

Run as a script this knows nothing of the tests around it: it is given the home, the time and the questions as JSON on
standard input, and writes the answers as JSON to standard output. It finds the release where it is started.
"""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable
from contextlib import redirect_stderr, redirect_stdout
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch


def answers(home: Path, now: datetime, questions: Iterable[str], package: str = "lotwork.") -> dict[str, str]:
    """Return the exit code and the standard output of each command, asked at *now* for JSON."""
    main, clock = import_module(f"{package}cli").main, import_module(f"{package}ledger.clock").SystemClock
    with patch.object(clock, "now", lambda _: now):
        return {words: answer(main, ["--home", str(home), *words.split(), "--json"]) for words in questions}


def answer(main: Any, argv: list[str]) -> str:
    """Return the exit code and the standard output of one command."""
    code: object = 0
    out, umask = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline=""), os.umask(0o077)
    with redirect_stdout(out), redirect_stderr(io.StringIO()), patch.object(sys, "argv", ["lotwork", *argv]):
        try:
            main(argv)
        except SystemExit as ended:
            code = ended.code
        finally:
            os.umask(umask)
    out.flush()
    return f"exit code {code}\n{out.detach().getvalue().decode()}"


if __name__ == "__main__":
    sys.path[0] = str(Path.cwd())
    asked = json.load(sys.stdin)
    # Until 0.1.0 the rooms stood at the top, and there was no package of the name.
    where = "lotwork." if Path("lotwork").is_dir() else ""
    json.dump(answers(Path(asked["home"]), datetime.fromisoformat(asked["now"]), asked["questions"], where), sys.stdout)

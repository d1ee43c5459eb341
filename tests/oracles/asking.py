"""Oracles run in an environment of their own: a question is a line of JSON, and so is its answer.

An oracle that is not there fails the test that asks it: a proof that was not made is no proof.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-oracles" / "bin" / "python"
SECONDS = 400


class OracleMissingError(AssertionError):
    """The environment of the oracles has not been made."""


def ask(oracle: str, questions: Iterable[object], seconds: int = SECONDS) -> list[Any]:
    """Return what *oracle* (`ask_<oracle>.py` beside this module) answers to each of *questions*, in their order.

    An oracle that takes longer than *seconds* fails the test that asks it.
    """
    if not PYTHON.exists():
        raise OracleMissingError(f"{PYTHON} is not there: run `make oracles`, which installs the oracles the tests ask")
    told = "".join(json.dumps(question) + "\n" for question in questions)
    script = Path(__file__).with_name(f"ask_{oracle}.py")
    with TemporaryDirectory() as folder:  # rp2 writes a log where it runs
        made = subprocess.run(
            [PYTHON, "-W", "ignore", script], input=told, capture_output=True, text=True, timeout=seconds, check=False,
            cwd=folder,
        )  # fmt: skip
    assert made.returncode == 0, f"{script.name} ended with {made.returncode}:\n{made.stderr[-4000:]}"
    answers = [json.loads(line) for line in made.stdout.splitlines()]
    assert len(answers) == told.count("\n"), f"{script.name} gave {len(answers)} answers"
    return answers

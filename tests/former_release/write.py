"""`make former`: write down what a former release answers, and where today's answers differ from it.

    make former                          what differs today, into changes.diff; what is new there still lacks its reason
    make former REASON="the words"       the same, and every new difference gets this reason: words of the CHANGELOG
    make former CHECKOUT=/path/to/it     ask that release, which its own `make run` has set up, into answers.json.xz

The last is done once a release, on a checkout of the commit that was released:

    git worktree add /tmp/former COMMIT && make -C /tmp/former .venv/.runtime && make former CHECKOUT=/tmp/former
"""

from __future__ import annotations

import argparse
import json
import lzma
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.former_release.asking import answers
from tests.former_release.changes import changes, read_changes, text_of
from tests.former_release.questions import ANSWERS, CHANGES, HERE, NOW, kept, questions, unpack


def ask_release(checkout: Path, home: Path) -> dict[str, str]:
    """Return what the release in *checkout* answers, asked in its own Python."""
    asked = {"home": str(home), "now": NOW.isoformat(), "questions": [*questions()]}
    told = subprocess.run(
        [checkout / ".venv" / "bin" / "python", HERE / "asking.py"],
        cwd=checkout, input=json.dumps(asked), capture_output=True, text=True, check=True,
    )  # fmt: skip
    told_answers = json.loads(told.stdout)
    assert isinstance(told_answers, dict)
    return told_answers


def main() -> None:
    """Write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkout", type=Path, help="a former release, set up: write its answers")
    parser.add_argument("--reason", default="", help="why, in words of the CHANGELOG, for what differs since")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = unpack(Path(folder))
        if told.checkout:
            content = json.dumps(ask_release(told.checkout.resolve(), home), indent=0).encode()
            ANSWERS.write_bytes(lzma.compress(content, preset=9 | lzma.PRESET_EXTREME))
        found = changes(kept(), answers(home, NOW, questions()))
    known = {change.place: change.reason for change in read_changes(CHANGES.read_text(encoding="utf-8"))}
    reasoned = [each._replace(reason=known.get(each.place) or told.reason) for each in found]
    CHANGES.write_text(text_of(reasoned), encoding="utf-8")
    without = sum(not each.reason for each in reasoned)
    sys.stdout.write(f"{CHANGES}: {len(reasoned)} differences, {without} of them without a reason\n")


if __name__ == "__main__":
    main()

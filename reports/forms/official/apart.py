"""A form read and written in a process of its own, within bounds of time and memory.

A file that a person hands in may be anything: a small PDF can keep its reader busy for hours. The process holds itself
to its bounds (`child`), and is ended where it does not.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from importlib.util import find_spec

import msgspec

from lotwork.ledger.errors import InputRefusedError, UsageError
from lotwork.reports.forms.official.blank import ANEW, INSTALL, MOST_BYTES, Field
from lotwork.reports.forms.official.child import Answer, Asked

CHILD = "lotwork.reports.forms.official.child"
SECONDS = 10
"""Of the processor, for reading a form: the IRS's longest takes one. Each copy that is written has two more."""
COPY_SECONDS = 2
SLOWER = 6
"""So many times its seconds of the processor may go by on the clock, on a busy machine."""


def fields_of(blank: bytes) -> list[Field]:
    """Return every field of a form in the order of its pages. Raises InputRefusedError."""
    return list(_ask(Asked(blank=blank, seconds=SECONDS)).fields)


def write_apart(blank: bytes, copies: Sequence[Mapping[str, str]], *, draft: bool) -> bytes:
    """Return the form *blank* once for each of *copies*, which say what stands in which field."""
    seconds = SECONDS + COPY_SECONDS * len(copies)
    return _ask(Asked(blank=blank, seconds=seconds, copies=tuple(map(dict, copies)), draft=draft)).content


def _too_long(asked: Asked) -> str:
    return f"it was not read within {asked.seconds} s of the processor, and a form of the IRS takes one: {ANEW}"


def _ask(asked: Asked) -> Answer:
    if find_spec("pypdf") is None:
        raise UsageError(INSTALL)
    if len(asked.blank) > MOST_BYTES:
        raise InputRefusedError(f"it has {len(asked.blank)} bytes, and a form has at most {MOST_BYTES}: is it a form?")
    try:
        done = subprocess.run(  # noqa: S603 - our own module, by our own Python
            [sys.executable, "-P", "-m", CHILD], input=msgspec.msgpack.encode(asked), capture_output=True,
            timeout=asked.seconds * SLOWER, check=False,
        )  # fmt: skip
        answer = msgspec.msgpack.decode(done.stdout, type=Answer)
    except subprocess.TimeoutExpired:
        raise InputRefusedError(_too_long(asked)) from None
    except msgspec.DecodeError:
        ended = -done.returncode in (signal.SIGKILL, signal.SIGXCPU)
        raise InputRefusedError(_too_long(asked) if ended else f"it cannot be read as a PDF: {ANEW}") from None
    if answer.refused:
        raise InputRefusedError(answer.refused)
    return answer

"""The process that pypdf lives in: one question on standard input, one answer on standard output, as MessagePack.

`python -m lotwork.reports.forms.official.child`: an `Asked` comes, an `Answer` goes. It holds itself to so many seconds
of the processor and so much memory, and writes no file; past the seconds it is ended by the system, without an answer.
"""

from __future__ import annotations

import resource
import sys
from contextlib import suppress

import msgspec

from lotwork.ledger.errors import InputRefusedError
from lotwork.reports.forms.official.blank import ANEW, Field, fields_in
from lotwork.reports.forms.official.writing import write_copies

READER_BYTES = 2 << 30
"""Bytes of address space: ten times what the IRS's longest form needs."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A form to be read; with *copies*, to be written once for each of them."""

    blank: bytes
    seconds: int
    copies: tuple[dict[str, str], ...] = ()
    draft: bool = False


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the form has, or the form written, or why it is refused."""

    fields: tuple[Field, ...] = ()
    content: bytes = b""
    refused: str = ""


def main() -> int:
    """Answer one question."""
    asked = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Asked)
    for kind, most in ((resource.RLIMIT_CPU, asked.seconds), (resource.RLIMIT_AS, READER_BYTES),
                       (resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0)):  # fmt: skip
        with suppress(ValueError, OSError):  # a lower limit stands already
            resource.setrlimit(kind, (most, most))
    sys.stdout.buffer.write(msgspec.msgpack.encode(_answer(asked)))
    return 0


def _answer(asked: Asked) -> Answer:
    try:
        if asked.copies:
            return Answer(content=write_copies(asked.blank, asked.copies, draft=asked.draft))
        return Answer(fields=tuple(fields_in(asked.blank)))
    except InputRefusedError as refused:
        return Answer(refused=str(refused))
    except MemoryError:
        return Answer(refused=f"it asks for more memory than any form of the IRS: {ANEW}")


if __name__ == "__main__":
    sys.exit(main())

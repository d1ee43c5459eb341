"""How a command ended that something stopped: by which error, with which exit code, and what a person is told.

Exit codes: 2 usage; 3 input refused; 4 integrity broken; 5 busy, locked or refused by the disk or the machine; 6 source
unreachable; 70 a bug.
"""

from __future__ import annotations

import errno
import os
from typing import NamedTuple

import click

from lotwork.commands.telling import without_secrets
from lotwork.ledger.errors import LotworkError, StorageError, UsageError

NO_BUG = {
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EFBIG, errno.EMFILE,
    errno.ENFILE, errno.ENOMEM,
}  # fmt: skip
"""What the system refuses to any program: a full or read-only disk, a folder that is not ours."""
LEAST_FREE_FILES = 8
"""With fewer that may still be opened, whatever went wrong went wrong because of that."""
NO_MEMORY = (
    "failed to map segment", "annot allocate memory", "can't start new thread",
    "returned NULL without setting an exception", "error return without exception set",
)  # fmt: skip
"""How libraries say it that raise no MemoryError, and CPython where one was lost on its way."""
MORE_MEMORY = "there is not enough memory: end other programs, or allow this one more (ulimit -v, MemoryMax=)"
NOTHING_WRITTEN = "nothing was half-written; try again"
STORAGE = StorageError.__name__
BUG = "Bug"


class Ended(NamedTuple):
    """What ended a command: the name of the error, the exit code, the words, and the *refusal* where it is one."""

    error: str
    code: int
    words: str
    refusal: LotworkError | None = None


def ended_by(failure: Exception) -> Ended:
    """Return what *failure* ends a command with."""
    scarce = _scarce(failure)
    if isinstance(failure, LotworkError):
        refusal = StorageError(f"{scarce}: {failure}") if scarce else failure
        return Ended(type(refusal).__name__, refusal.exit_code, str(refusal), refusal)
    if isinstance(failure, click.ClickException):
        return Ended(UsageError.__name__, UsageError.exit_code, misused(failure))
    if is_of_the_machine(failure):
        mend = scarce or "free space, check the permissions"
        return Ended(STORAGE, StorageError.exit_code, f"the system refused ({failure}): {mend}, and try again")
    if scarce and not isinstance(failure, OSError):
        return Ended(STORAGE, StorageError.exit_code, f"{scarce}: {NOTHING_WRITTEN}")
    return _bug(failure)


def is_of_the_machine(failure: Exception) -> bool:
    """Say if the system refused what it may refuse to any program."""
    return isinstance(failure, OSError) and failure.errno in NO_BUG


def misused(wrong: click.ClickException) -> str:
    """Return what is wrong with how a command was called, as one line."""
    if isinstance(wrong, click.exceptions.NoArgsIsHelpError):
        return "no command was named: `--help` lists them"
    return " ".join(wrong.format_message().split())


def _bug(failure: Exception) -> Ended:
    import traceback  # noqa: PLC0415 - only a bug needs it

    frame = traceback.extract_tb(failure.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}"  # noqa: PTH119 - no path object for a name
    why = without_secrets(str(failure))
    return Ended(
        BUG,
        LotworkError.exit_code,
        f"this is a bug in Lotwork ({type(failure).__name__} at {place}: {why}); nothing was half-written. "
        "Run it again with LOTWORK_DEBUG=1 and report what it prints",
    )


def _scarce(failure: BaseException) -> str | None:
    """Return what this process has too little of, so that *failure* is no fault of what it complains of."""
    cause: BaseException | None = failure
    while cause is not None:
        if (
            isinstance(cause, MemoryError)
            or getattr(cause, "errno", None) == errno.ENOMEM
            or any(words in str(cause) for words in NO_MEMORY)
        ):
            return MORE_MEMORY
        cause = cause.__cause__ or cause.__context__
    taken: list[int] = []
    try:
        taken.extend(os.open(os.devnull, os.O_RDONLY) for _ in range(LEAST_FREE_FILES))
    except OSError:
        return "this process may open no more files: allow it more (ulimit -n 1024, LimitNOFILE=)"
    finally:
        for descriptor in taken:
            os.close(descriptor)
    return None

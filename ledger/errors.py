"""The error tree: each branch is one exit code of the command, each leaf names the broken rule.

LotworkError                 70  a bug, unless a branch below says better
├── UsageError                2  the command was called wrongly
│   ├── HomeNotFoundError        there is no ledger at the home to be read
│   └── BookNotFoundError        the ledger holds no such book
├── InputRefusedError         3  nothing was appended; every problem is listed
│   ├── ImpossibleEventError     an event breaks an invariant of its kind
│   ├── UnknownFigureError       the law has no such figure on that day
│   ├── NotLetInError            a path that data names leads where data may not
│   └── ConfigError              the configuration cannot be used
├── IntegrityError            4  the log, a head or a backup is not what was written
│   └── NewerFormatError         it is whole, and a newer Lotwork wrote it
├── BusyError                 5  another process holds the ledger
│   ├── FencedError           6  another daemon took over from this one, which must end
│   └── StandbyError             another daemon runs on another machine: this one may wait for it to end
├── StorageError              5  the disk refused (full, read-only, failing); nothing was lost
│   └── UnreachableError      6  the server that keeps the ledger does not answer; try again
└── SourceUnreachableError    6  a node, pool or price source did not answer; try again
    └── SourceRefusedError       it answered with something that must not be believed
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any
from unicodedata import category

import msgspec

if TYPE_CHECKING:
    from collections.abc import Sequence

OF_THE_MACHINE = {errno.EIO, errno.ENOSPC, errno.EMFILE, errno.ENFILE, errno.ENOMEM}
"""What keeps a file from being read, whatever stands in it."""


UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters by their kind, and yet nothing is seen of them."""
LONGEST_WORDS = 2000
"""So much of what a stranger says is repeated."""


def is_seen(letter: str) -> bool:
    """Say if *letter* stands where it is written and is seen there; a space of any width is."""
    return (letter.isprintable() and letter not in UNSEEN) or (letter.isspace() and category(letter) == "Zs")


def hides(letter: str) -> bool:
    """Say if *letter* does something to the text round it and is not seen: no name has one."""
    return letter in UNSEEN or category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def plain(words: str) -> str:
    """Return *words* as one line of plain text: what steers a terminal, turns the line about or hides, as its code."""
    if words.isascii() and words.isprintable():
        return words
    return "".join(letter if is_seen(letter) else code_of(letter) for letter in words)


def plain_lines(words: str) -> str:
    """Return *words* as plain text, line by line."""
    if words.isascii() and words.replace("\n", "").isprintable():
        return words
    return "\n".join(map(plain, words.split("\n")))


def plain_json(told: bytes) -> bytes:
    """Return JSON that says the same, with its letters that are not seen as their codes."""
    if told.isascii() and b"\x7f" not in told:
        return told
    text = told.decode("utf-8", "surrogatepass")
    return "".join(letter if letter in "\n\t\r" or is_seen(letter) else _in_json(letter) for letter in text).encode()


def code_of(letter: str) -> str:
    """Return *letter* as Python writes its code."""
    shown = repr(letter)[1:-1]
    return shown if shown != letter else f"\\u{ord(letter):04x}"


def _in_json(letter: str) -> str:
    units = letter.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


class Problem(msgspec.Struct, frozen=True):
    """One thing wrong with an input: where it stands, which key, why, and what to do about it."""

    where: str
    key: str
    reason: str
    remedy: str

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands, so that a file's problems are told in the order of its lines: its name, and the number."""
        name = self.where.rstrip("0123456789")
        number = self.where[len(name) :]
        return (name, int(number)) if number and name.endswith((":", " ")) else (self.where, 0)

    def __str__(self) -> str:
        return plain(f"{self.where}: {self.key or repr(self.key)}: {self.reason}: {self.remedy}")


class LotworkError(Exception):
    """The root: whatever Lotwork raises on purpose."""

    exit_code = 70
    in_suspense: tuple[Any, ...] = ()
    """The events that a source which fails has recorded all the same: that it told what could not be taken."""


class UsageError(LotworkError):
    """The command was called in a way it does not know."""

    exit_code = 2


class HomeNotFoundError(UsageError):
    """There is no ledger where one was to be read; reading never makes one."""


class BookNotFoundError(UsageError):
    """The ledger holds no book of that name; reading never makes one."""


class InputRefusedError(LotworkError):
    """Input was refused as a whole; nothing was appended."""

    exit_code = 3

    def __init__(self, message: str, problems: Sequence[Problem] = ()) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join([message, *map(str, self.problems)]) if problems else message)


class ImpossibleEventError(InputRefusedError):
    """An event breaks an invariant of its kind."""

    def __init__(self, event_id: str, rule: str) -> None:
        self.event_id = event_id
        self.rule = rule
        super().__init__(f"event {event_id or '(no id yet)'}: {rule}")


class UnknownFigureError(InputRefusedError):
    """The law holds no such figure on that day; it is never guessed."""


class NotLetInError(InputRefusedError):
    """A path that comes from data leads where data may not, or to what is no plain file."""

    def __init__(self, name: str, reason: str, remedy: str) -> None:
        self.name = name
        self.reason = reason
        self.remedy = remedy
        super().__init__(f"{plain(repr(name))}: {reason}: {remedy}")


class ConfigError(InputRefusedError):
    """The configuration cannot be used as it stands."""


class IntegrityError(LotworkError):
    """What is stored is not what was written."""

    exit_code = 4


class NewerFormatError(IntegrityError):
    """What is stored was written by a newer Lotwork than this one, and cannot be read by it; it need not be damaged."""


class BusyError(LotworkError):
    """Another process holds what this one needs."""

    exit_code = 5


class FencedError(BusyError):
    """Another daemon took over while this one stood still: whatever this one still does is refused.

    A service manager may start it again: it then stands by.
    """

    exit_code = 6


class StandbyError(BusyError):
    """The daemon of another machine holds the same database; when it ends, or its machine does, another may begin."""


class StorageError(LotworkError):
    """The disk refused a write: full, read-only or failing. Nothing acknowledged was lost."""

    exit_code = 5


class UnreachableError(StorageError):
    """The database server that keeps the ledger did not answer in time; asking again may help."""

    exit_code = 6


class SourceUnreachableError(LotworkError):
    """A node, pool or price source did not answer in time; asking again may help.

    What it said stands in the message as one line of plain text, and no more of it than a person reads.
    """

    exit_code = 6

    def __init__(self, message: str) -> None:
        super().__init__(plain(message if len(message) <= LONGEST_WORDS else f"{message[:LONGEST_WORDS]}…"))


class RateLimitedError(SourceUnreachableError):
    """A source is asked too often: it, or the pace that it set, wants silence for *wait_seconds*; 0 where unsaid."""

    def __init__(self, message: str, wait_seconds: float = 0) -> None:
        self.wait_seconds = wait_seconds
        super().__init__(message)


class SourceRefusedError(SourceUnreachableError):
    """A source answered with something that must not be believed; its cursor stays where it was."""

    status: int | None = None
    """The status of an answer that was refused by it."""
    said: str = ""
    """What such an answer said in words of its own."""

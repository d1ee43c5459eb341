"""config.toml changed by a program: a table put in or taken out, a price source named or not, and no other byte.

The text is changed line by line, so that comments, order and spelling stay. What comes of it is read again before it
is written: where it does not say exactly what was meant, the file is left as it is and a person is told what to write.
"""

from __future__ import annotations

import fcntl
import os
import re
import tempfile
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from lotwork.ledger.storage.files import sync_folder

NAMED_BY_US = "# named by `lotwork source add`"
"""Stands behind a line that was not there before; it goes when it says no more than the default."""

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\"' -]+?)\s*\]\]?\s*(#.*)?$")
_LIST = re.compile(r"^(\s*sources\s*=\s*\[)([^\[\]#]*)(\].*)$", re.DOTALL)


class Header(NamedTuple):
    """A line that opens a table."""

    line: int
    path: tuple[str, ...]
    is_array: bool


def with_table(text: str, block: str) -> str:
    """Return *text* with the table *block* at its end, a blank line before it; its line ends are those of *text*."""
    line_end = _line_end(text)
    block = block.replace("\n", line_end)
    if not text:
        return block
    if text.endswith("\n"):
        return text + line_end + block
    return text + line_end * 2 + block.removesuffix(line_end)


def without_table(text: str, path: tuple[str, ...], number: int) -> str | None:
    """Return *text* without the table *number* (0 the first) of the array at *path*, with the tables within it.

    Its lines go up to the last that says something, with the comment directly below it, and the blank line before it.
    Comments above it, and what stands apart, stay. None where it has no lines of its own.
    """
    lines = _LINES.findall(text)
    headers = list(headers_of(lines))
    own = [at for at, header in enumerate(headers) if header.is_array and header.path == path]
    if number >= len(own):
        return None
    begin = headers[own[number]].line
    rest = headers[own[number] + 1 :]
    end = next((header.line for header in rest if not _is_within(header.path, path)), len(lines))
    last = max(at for at in range(begin, end) if _says(lines[at])) + 1
    after = last
    while after < end and lines[after].strip():
        after += 1
    if after == end < len(lines):  # a comment that stands directly above the next table is that table's
        after = last
    if begin and not lines[begin - 1].strip():
        begin -= 1
    elif not begin and after < len(lines) and not lines[after].strip():
        after += 1
    kept = "".join(lines[:begin] + lines[after:])
    if after == len(lines) and not text.endswith("\n"):
        kept = kept.removesuffix("\n").removesuffix("\r")
    return kept


def with_price_source(text: str, name: str, told: Mapping[str, str | dict[str, str]], asked: tuple[str, ...]) -> str:
    """Return *text* with the price source *name* asked after those that are *asked*.

    *told* is what its own keys say, where that is not their default.
    """
    line_end = _line_end(text)
    if text and not text.endswith("\n"):
        return with_price_source(text + line_end, name, told, asked).removesuffix(line_end)
    lines = _LINES.findall(text)
    own = [f"{key} = {_value(value)}{line_end}" for key, value in told.items()]
    span = _span_of(lines, ("prices",))
    if span is None:
        names = f"[prices]  {NAMED_BY_US}\nsources = {_list_of((*asked, name))}\n"
        return with_table(text, names + "".join(own).replace(line_end, "\n"))
    begin, end = span
    at = _list_line(lines, begin, end)
    if at is None:
        lines[begin:begin] = [f"sources = {_list_of((*asked, name))}  {NAMED_BY_US}{line_end}", *own]
    else:
        opening, inside, rest = _LIST.match(lines[at]).groups()  # type: ignore[union-attr] # _list_line matched it
        comma = ", " if inside.strip() else ""
        lines[at] = f"{opening}{inside}{comma}{quoted(name)}{rest}"
        lines[at + 1 : at + 1] = own
    return "".join(lines)


def _value(value: str | dict[str, str]) -> str:
    """Return a text, or a table of texts on one line, as TOML."""
    if isinstance(value, str):
        return quoted(value)
    return "{ " + ", ".join(f"{quoted(key)} = {quoted(word)}" for key, word in value.items()) + " }"


def without_price_source(
    text: str, name: str, keys: Sequence[str], asked: tuple[str, ...], default: tuple[str, ...]
) -> str | None:
    """Return *text* with the price source *name* out of those that are *asked*, and without the *keys* of its own.

    None where the list is not written on one line.
    """
    if text and not text.endswith("\n"):
        after = without_price_source(text + _line_end(text), name, keys, asked, default)
        return None if after is None else after.removesuffix(_line_end(text))
    lines = _LINES.findall(text)
    span = _span_of(lines, ("prices",))
    rest = tuple(each for each in asked if each != name)
    if span is None:
        return with_table(text, f"[prices]\nsources = {_list_of(rest)}\n")
    begin, end = span
    at = _list_line(lines, begin, end)
    own = "|".join(map(re.escape, keys))
    if at is None:
        lines.insert(begin, f"sources = {_list_of(rest)}{_line_end(text)}")
        return _without_keys(lines, begin, end + 1, own)
    opening, inside, behind = _LIST.match(lines[at]).groups()  # type: ignore[union-attr] # _list_line matched it
    word = re.escape(quoted(name))
    fewer, found = re.subn(rf",[ \t]*{word}|{word}[ \t]*,[ \t]*|{word}", "", inside, count=1)
    if not found:
        return None
    if rest == default and NAMED_BY_US in behind:
        lines[at] = ""
    else:
        lines[at] = f"{opening}{fewer}{behind}"
    if NAMED_BY_US in lines[begin - 1] and rest == default:
        return _without_own_table(lines, begin, end, own)
    return _without_keys(lines, begin, end, own)


def _without_own_table(lines: list[str], begin: int, end: int, own: str) -> str:
    """Take [prices] out where nothing stands in it that was not put there with it."""
    others = [line for line in lines[begin:end] if _says(line) and not re.match(rf"\s*(sources|{own})\s*=", line)]
    if others:
        return _without_keys(lines, begin, end, own)
    first = begin - 2 if begin > 1 and not lines[begin - 2].strip() else begin - 1
    return "".join(lines[:first] + [line for line in lines[begin:end] if not _says(line)] + lines[end:])


def _without_keys(lines: list[str], begin: int, end: int, own: str) -> str:
    line_of = re.compile(rf"\s*({own})\s*=")
    return "".join(line for at, line in enumerate(lines) if not (begin <= at < end and line_of.match(line)))


def headers_of(lines: list[str]) -> Iterator[Header]:
    """Yield each line that opens a table; one that only looks so, within a text or a list of lines, is none."""
    since = 0
    for at, line in enumerate(lines):
        found = _HEADER.match(line)
        if found and _is_toml("".join(lines[since:at])):
            since = at
            path = tuple(part.strip().strip("\"'") for part in found[2].split("."))
            yield Header(at, path, is_array=found[1] == "[[")


def quoted(words: str) -> str:
    """Return *words* as a text of TOML."""
    import tomlkit  # noqa: PLC0415 - only who writes settings writes TOML

    return tomlkit.item(words).as_string()


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Change files of *folder* while no other does so by these words."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def replace_text(path: Path, text: str, *, keeps_mode: bool = True) -> None:
    """Put *text* in the place of *path*, whole or not at all; a link leads to it as before.

    Its mode stays, or it is for its owner only from then on.
    """
    path = path.resolve()
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            if keeps_mode and path.exists():
                os.fchmod(file.fileno(), path.stat().st_mode & 0o777)
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
        sync_folder(path.parent)
    finally:
        Path(name).unlink(missing_ok=True)


def _span_of(lines: list[str], path: tuple[str, ...]) -> tuple[int, int] | None:
    """Return the lines after the header of the table at *path*, up to the next header; None where there is none."""
    headers = list(headers_of(lines))
    for at, header in enumerate(headers):
        if header.path == path and not header.is_array:
            following = headers[at + 1].line if at + 1 < len(headers) else len(lines)
            return header.line + 1, following
    return None


def _list_line(lines: list[str], begin: int, end: int) -> int | None:
    """Return the line of `sources = […]`; None where there is none on a line of its own."""
    return next((at for at in range(begin, end) if _LIST.match(lines[at])), None)


def _list_of(names: tuple[str, ...]) -> str:
    return f"[{', '.join(map(quoted, names))}]"


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _says(line: str) -> bool:
    """Say if *line* holds more than blanks or a comment."""
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _is_within(path: tuple[str, ...], outer: tuple[str, ...]) -> bool:
    return len(path) > len(outer) and path[: len(outer)] == outer


def _is_toml(text: str) -> bool:
    try:
        tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return False
    return True

"""A TOML file read with all its problems at once, each with its line, the key that was meant, and what to do."""

from __future__ import annotations

import difflib
import errno
import re
import stat
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from lotwork.ingest.sections import KeyPath
from lotwork.ledger.errors import ConfigError, Problem
from lotwork.ledger.public_form.bounded import read_toml

MOST_BYTES = 1 << 20

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\"' -]+?)\s*\]")
_KEY = re.compile(r"\s*([A-Za-z0-9_.\"'-]+)\s*=")
_BAD_VALUE = re.compile(r"^(?P<why>.*?)(?: - at `\$(?P<where>.*)`)?$", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.+)`")


@dataclass(frozen=True, slots=True)
class TomlFile:
    """The tables of a file, and the line each key stands on."""

    name: str
    tables: dict[str, Any]
    lines: Mapping[KeyPath, int] = field(default_factory=dict)
    overlaid: Mapping[KeyPath, str] = field(default_factory=dict)
    """The keys that a flag or a variable set, and its name."""

    def where(self, path: KeyPath) -> str:
        """Return what set *path*: a flag, a variable, or file:line of it or the innermost table round it."""
        if path in self.overlaid:
            return self.overlaid[path]
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.name}:{self.lines[path]}" if path else self.name


def settings_text(path: Path) -> str:
    """Return the text of *path*; what is no file, or far too large to be settings, is refused unread."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is not a file")
    with path.open("rb") as file:
        data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise OSError(errno.EFBIG, f"it is larger than {MOST_BYTES >> 20} MiB")
    return data.decode()


def parse(text: str, name: str) -> TomlFile:
    """Return the tables of *text*; raise ConfigError where it is no TOML."""
    try:
        return TomlFile(name, read_toml(text), lines_of(text))
    except RecursionError as deep:
        problem = Problem(name, "(syntax)", "it is nested too deep", "correct the file; see https://toml.io")
        raise ConfigError("the settings cannot be read", [problem]) from deep
    except tomllib.TOMLDecodeError as broken:
        found = re.search(r"line (\d+)", str(broken))
        where = f"{name}:{found.group(1)}" if found else name
        reason = re.sub(r" \(at .*\)", "", str(broken))
        problem = Problem(where, "(syntax)", reason, "correct the line; see https://toml.io")
        raise ConfigError("the settings cannot be read", [problem]) from broken


def lines_of(text: str) -> dict[KeyPath, int]:
    """Return the line of each table and key of *text* that stands on a line of its own."""
    lines: dict[KeyPath, int] = {}
    counts: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = open_table(words(header.group(2)), counts, is_array=header.group(1) == "[[")
            lines[table] = number
        elif key := _KEY.match(line):
            lines.setdefault((*table, *words(key.group(1))), number)
    return lines


def open_table(names: tuple[str, ...], counts: dict[KeyPath, int], *, is_array: bool) -> KeyPath:
    """Return the path of the table a header opens, with the place of each array on the way."""
    path: KeyPath = ()
    for name in names[:-1]:
        path = (*path, name)
        if path in counts:
            path = (*path, counts[path])
    path = (*path, names[-1])
    if is_array:
        counts[path] = counts.get(path, -1) + 1
        path = (*path, counts[path])
    return path


def words(dotted: str) -> tuple[str, ...]:
    """Return the parts of a dotted key."""
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def problems_of(kind: Any, value: Any, file: TomlFile, path: KeyPath = ()) -> Iterator[Problem]:
    """Yield what keeps *value* from being a *kind*: unknown keys, missing ones, and values that are not what is due."""
    struct = struct_in(kind)
    if struct is not None and isinstance(value, dict):
        fields = {entry.encode_name: entry.type for entry in msgspec.structs.fields(struct)}
        inner = [unknown(key, tuple(fields), file, (*path, key)) for key in value if key not in fields]
        for key in value:
            if key in fields:
                inner += problems_of(fields[key], value[key], file, (*path, key))
        yield from inner or own_problem(kind, value, file, path)
    elif get_origin(kind) is tuple and isinstance(value, list):
        inner = [
            found for at, item in enumerate(value) for found in problems_of(get_args(kind)[0], item, file, (*path, at))
        ]
        yield from inner or own_problem(kind, value, file, path)
    else:
        yield from own_problem(kind, value, file, path)


def struct_in(kind: Any) -> type[msgspec.Struct] | None:
    """Return the struct that *kind* is, or may be beside None."""
    for one in get_args(kind) or (kind,):
        if isinstance(one, type) and issubclass(one, msgspec.Struct) and get_origin(kind) is not tuple:
            return one
    return None


def unknown(key: str, known: tuple[str, ...], file: TomlFile, path: KeyPath) -> Problem:
    """Return the problem of a key nobody reads, with the one that was probably meant."""
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    remedy = f"did you mean {near[0]}?" if near else f"known here: {', '.join(known) or 'nothing'}"
    return Problem(file.where(path), dotted(path), "unknown key", remedy)


def own_problem(kind: Any, value: Any, file: TomlFile, path: KeyPath) -> Iterator[Problem]:
    """Yield what msgspec says against *value* as a whole."""
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as broken:
        text = str(broken)
        if missing := _MISSING.match(text):
            key = missing.group(1)
            yield Problem(file.where(path), dotted((*path, key)), "the key is missing", "add it")
            return
        matched = _BAD_VALUE.match(text)
        reason, _, remedy = (matched.group("why") if matched else text).partition(": ")
        if "RFC3339 encoded date" in reason:
            told = f"{value!r}" if isinstance(value, str) else "this"
            reason, remedy = f"{told} is no day of the calendar", "write it as 2026-01-31"
        if words := words_of(kind) if isinstance(value, str) else ():
            near = difflib.get_close_matches(value, words, n=1)
            said = f"did you mean {near[0]}? It is " if near else "say "
            reason, remedy = f"{value!r} is not known here", f"{said}one of {', '.join(words)}"
        yield Problem(file.where(path), dotted(path) or "(file)", reason, remedy or "correct the value")


def words_of(kind: Any) -> tuple[str, ...]:
    """Return the words that *kind* may be, where it is one of some words, or such a word or nothing."""
    kinds = [kind, *get_args(kind)]
    return next((get_args(each) for each in kinds if get_origin(each) is Literal), ())


def is_text(kind: Any) -> bool:
    """Return whether *kind* is a text, or a text or nothing, whatever more is known of it."""
    options = get_args(kind) if get_origin(kind) in (Union, UnionType) else (kind,)
    bare = {get_args(one)[0] if get_origin(one) is Annotated else one for one in options}
    return bare - {NoneType} == {str}


def dotted(path: KeyPath) -> str:
    """Return *path* as a person writes it: sources.ocean[0].wallet."""
    return "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")

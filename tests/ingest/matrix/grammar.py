"""What servers, proxies and disks make of a true answer, drawn by rule: nothing of it can be believed.

A drawn answer is malformed by its making: it is no whole JSON, says a key twice, has no number where one is read, lacks
what is read, or comes with a status that is none. What is left of meaning, a key that nobody reads set to another
word, an amount that is another amount, is not made here: that is a lie or news, and other tests tell it.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from random import Random  # noqa: TID251 - seeded: the draws of tests
from typing import Any

from tests.ingest.mutations import BAD_LEAVES, Path, paths, replaced, without
from tests.ingest.wires import Said

TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|([{])')
"""A text, a number, or the beginning of an object."""
LATER = (500, 502, 503, 504, 520, 429)
NEVER = (301, 302, 400, 403, 405, 410, 418, 451)
PAGES = (
    b"<html><body>502 Bad Gateway</body></html>",
    b"<!DOCTYPE html><title>Just a moment...</title>",
    b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
)
ERRORS: tuple[Any, ...] = (
    {"error": "Internal server error"},
    {"error": {"code": -1, "message": "try later"}},
    {"code": 5001, "msg": "params error", "message": "params error"},
    {"success": False, "message": "no", "data": None},
    {"errors": [{"message": "rate limit"}]},
    {"status": "error", "message": "maintenance"},
    {},
    None,
    "ok",
    "",
    7,
    True,
)
NO_NUMBERS = (
    b"NaN",
    b"Infinity",
    b"-Infinity",
    b"9" * 90,
    b"-" + b"7" * 400,
    b"1e999990",
    b"1E-999999",
    b"0x10",
    b"01",
)
DEEP = 9_000


@dataclass(frozen=True, kw_only=True)
class Reads:
    """What of an answer is read: the rest may say what it likes."""

    unread: frozenset[str] = field(default=frozenset())
    """Keys that no event comes from."""
    may_be_nothing: frozenset[str] = field(default=frozenset())
    """Keys that may be null, empty or absent."""
    any_text: frozenset[str] = field(default=frozenset())
    """Keys where each text is taken."""
    takes: Callable[[Path, Any], bool] = lambda _at, _value: False
    """Says if a leaf may be that value for another reason."""
    may_miss: Callable[[Path], bool] = lambda _at: False
    """Says if a part may be absent for another reason."""

    def refuses(self, at: Path, bad: Any) -> bool:
        """Say if an answer must be refused whose leaf at the end of the way is *bad*."""
        keys = {step for step in at if isinstance(step, str)}
        nothing = bad in (None, "", [], {}) and bad is not False
        text = isinstance(bad, str) and bad != ""
        free = keys & self.unread or (keys & self.may_be_nothing and nothing) or (keys & self.any_text and text)
        return not (free or self.takes(at, bad))

    def needs(self, at: Path) -> bool:
        """Say if an answer must be refused that lacks the part at the end of the way."""
        free = self.unread | self.may_be_nothing
        return not free.intersection(map(str, at)) and not self.may_miss(at)


Made = tuple[str, Said]
"""What was done, and what came of it."""


def carried(told: Said, chance: Random) -> Made:
    """Break the carrying of an answer."""
    status = chance.choice(LATER + NEVER)
    wait = chance.choice(({}, {"Retry-After": "120"}, {"retry-after": "Fri, 06 Mar 2099 12:01:00 GMT"}))
    broken = chance.choice((ConnectionResetError("reset"), TimeoutError("late"), BrokenPipeError("gone")))
    packed = {"content-encoding": "gzip"}
    page = chance.choice(PAGES)
    short = told.body[: chance.randrange(len(told.body))]
    whole = gzip.compress(told.body, mtime=0)
    ways: list[Callable[[], Made]] = [
        lambda: (f"status {status}", told.of(status=status, headers=wait)),
        lambda: (f"status {status} with a page", told.of(status=status, media="text/html", body=page)),
        lambda: (type(broken).__name__, told.of(broken=broken)),
        lambda: ("cut by the server", told.of(broken=EOFError(), body=short)),
        lambda: ("a page", told.of(media="text/html", body=page)),
        lambda: ("cut while packed", told.of(headers=packed, body=whole[: -chance.randrange(1, 16)])),
        lambda: ("packed, and it is not", told.of(headers=packed)),
        lambda: ("packed otherwise", told.of(headers={"content-encoding": chance.choice(("br", "zstd", "x"))})),
        lambda: ("a bomb", told.of(headers=packed, body=bomb())),
    ]
    return chance.choice(ways)()


def of_a_line(told: Said, chance: Random) -> Made:
    """Break the carrying of an answer that is a line."""
    broken = chance.choice((ConnectionResetError("reset"), TimeoutError("late"), EOFError()))
    return type(broken).__name__, told.of(broken=broken, body=told.body[: chance.randrange(len(told.body))])


@cache
def bomb() -> bytes:
    """Return twelve megabytes, packed."""
    return gzip.compress(b"[" * 12 * 1024 * 1024, mtime=0)


def text(told: Said, chance: Random) -> Made:
    """Break the text of an answer in JSON."""
    body = told.body
    at = chance.randrange(1, len(body))
    tokens = [*TOKEN.finditer(body)]
    keys = [found.end() for found in tokens if found[2]]
    numbers = [found for found in tokens if found[1]]
    ways: list[Callable[[], tuple[str, bytes]]] = [
        lambda: (f"cut at {at}", body[:at]),
        lambda: (f"begins at {at}", body[at:] if body[at : at + 1] not in b"0123456789" else b","),
        lambda: ("with a tail", body + chance.choice((b"x", b",", b"}", b"]", body, b"<!-- 7 -->", b"\x00"))),
        lambda: ("nothing", chance.choice((b"", b" \n", b"\n\n"))),
        lambda: ("a page", chance.choice(PAGES)),
        lambda: ("nested", b"[" * DEEP + body + b"]" * DEEP),
        lambda: ("another encoding", chance.choice((body.decode().encode("utf-16"), b"\xef\xbb\xbf" + body))),
        lambda: (f"a broken byte at {at}", body[:at] + chance.choice((b"\xff", b"\xc3", b"\x00")) + body[at:]),
        lambda: ("single quotes", body.replace(b'"', b"'")),
        lambda: ("an error", json.dumps(chance.choice(ERRORS)).encode()),
    ]
    if keys:
        key = chance.choice(keys)
        rest = body[key:].lstrip()
        comma = b", " if not rest.startswith(b"}") else b""
        ways += [
            lambda: (f"a key twice at {key}", body[:key] + b'"k": 1, "k": 2' + comma + body[key:]),
            lambda: (f"no comma at {key}", body[:key] + b'"k" 1' + comma + body[key:]),
        ]
    if numbers:
        one, other = chance.choice(numbers), chance.choice(NO_NUMBERS)
        ways += [lambda: (f"{other[:9]!r} at {one.start()}", body[: one.start()] + other + body[one.end() :])] * 3
    what, made = chance.choice(ways)()
    return what, told.of(body=made)


def tree(told: Said, chance: Random, reads: Reads) -> Made | None:
    """Break the shape of an answer in JSON: a leaf that is read, a part that must be there, a list or an object."""
    value = json.loads(told.body)
    ways = [at for at, _ in paths(value) if at]
    if not ways:
        return None
    at = chance.choice(ways)
    if chance.random() < 0.25:
        at = at[: chance.randrange(1, len(at) + 1)]
        if not reads.needs(at) or isinstance(at[-1], int):
            return None
        return f"{at} is gone", told.of(body=json.dumps(without(value, at)).encode())
    bad = chance.choice(BAD_LEAVES)
    if not reads.refuses(at, bad):
        return None
    return f"{at} = {bad!r}", told.of(body=json.dumps(replaced(value, at, bad)).encode())


def of_a_word(told: Said, chance: Random) -> Made:
    """Break an answer that is one word: a number, or hexadecimal digits."""
    body = told.body
    at = chance.randrange(len(body))
    odd = bytes([chance.choice(b"ghz%'!_:\x00")])
    ways: list[Callable[[], tuple[str, bytes]]] = [
        lambda: (f"{odd!r} at {at}", body[:at] + odd + body[at + 1 :]),
        lambda: (f"no text at {at}", body[:at] + b"\xff" + body[at:]),
        lambda: ("a page", chance.choice(PAGES)),
        lambda: ("nothing", chance.choice((b"", b" ", b"\n"))),
        lambda: ("an error", json.dumps(chance.choice(ERRORS[:6])).encode()),
        lambda: ("two words", body[: at + 1] + b" " + body),
        lambda: ("no end", body * (1 + 4_000 // len(body))),
        lambda: ("other digits", "\u0661\u0662\u0663".encode() * (at + 1)),
        lambda: ("below zero", b"-" + body),
        lambda: ("quoted", b'"' + body[:at] + b'"'),
    ]
    what, made = chance.choice(ways)()
    return what, told.of(body=made)


def gone_wrong(told: Said, chance: Random, reads: Reads, *, is_line: bool = False) -> Made:
    """Return a true answer gone wrong, and how."""
    while True:
        drawn = chance.random()
        if drawn < 0.15:
            made = of_a_line(told, chance) if is_line else carried(told, chance)
        elif told.media == "text/plain":
            made = of_a_word(told, chance)
        elif drawn < 0.5:
            made = text(told, chance)
        else:
            found = tree(told, chance, reads)
            if found is None:
                continue
            made = found
        if is_line and b"\n" in made[1].body:
            continue  # it would be two lines
        if made[1] != told and not _means_the_same(told, made[1]):
            return made


def _means_the_same(told: Said, made: Said) -> bool:
    if made.broken or made.headers or made.status != told.status or made.media != told.media:
        return False
    if told.media == "text/plain":
        return made.body.strip() == told.body.strip()
    try:
        same: bool = json.loads(made.body, object_pairs_hook=tuple) == json.loads(told.body, object_pairs_hook=tuple)
    except (ValueError, RecursionError):
        return False
    return same


def drawn(draws: Callable[[], Any], count: int) -> Iterator[Any]:
    """Yield *count* different things."""
    seen: set[str] = set()
    for _ in range(count * 40):
        one = draws()
        if repr(one) not in seen:
            seen.add(repr(one))
            yield one
            if len(seen) == count:
                return
    raise AssertionError(f"only {len(seen)} different payloads of {count} could be drawn")


# -- files


LONG = 140_000
"""Characters in a cell: more than any reader of tables takes."""
GARBAGE = ("NaN", "inf", "1e999", "9" * 60, "=1+1", "2026-13-45", "x", "0x1f", "\u0661\u0662", "1,5,7", "$", "(")


def text_of_file(data: bytes, chance: Random) -> tuple[str, bytes]:
    """Return what is no file of any kind that is read: a page, nothing, rubbish, a packed file that was cut."""
    packed = bytearray(gzip.compress(data, mtime=0))
    at = chance.randrange(10, len(packed))
    place = chance.randrange(len(data))
    packed[-5] ^= 1 + chance.randrange(255)
    ways: list[Callable[[], tuple[str, bytes]]] = [
        lambda: ("a page", chance.choice(PAGES) + b"\n" * chance.randrange(9)),
        lambda: ("nothing", chance.choice((b"", b" ", b"\n", b"\r\n\r\n", b"\xef\xbb\xbf"))),
        lambda: ("an error", json.dumps(chance.choice(ERRORS[:6])).encode()),
        lambda: ("rubbish", bytes(chance.randrange(128, 256) for _ in range(chance.randrange(50, 400)))),
        lambda: (f"a NUL at {place}", data[:place] + b"\x00" + data[place:]),
        lambda: (f"packed, and cut at {at}", bytes(packed[:at])),
        lambda: (f"packed, and another {packed[-5]}", bytes(packed)),
    ]
    return chance.choice(ways)()


def table_gone_wrong(above: list[str], body: list[list[str]], chance: Random) -> tuple[str, bytes]:
    """Return a table gone wrong: rows of rubbish, moved or cut cells, a header that is no more, a cell without end."""
    header, rows = body[0], [row for row in body[1:] if any(row) and row[0] != "..."]
    data = written(above, [header, *rows])
    if chance.random() < 0.3:
        return text_of_file(data, chance)
    row = chance.randrange(len(rows))
    cell = chance.randrange(len(header))
    rubbish = [chance.choice(GARBAGE) for _ in header]
    many = chance.randrange(1, 5)
    begins = next(at for at, each in enumerate(rows[row], 1) if each.strip())
    short = rows[row][: max(begins, min(cell, len(header) - 1))]

    def with_row(changed: list[str]) -> bytes:
        return written(above, [header, *rows[:row], changed, *rows[row + 1 :]])

    ways: list[Callable[[], tuple[str, bytes]]] = [
        lambda: (f"row {row} is {rubbish}", with_row(rubbish)),
        lambda: (f"from row {row} on {rubbish}", written(above, [header, *rows[:row], *(rubbish for _ in rows[row:])])),
        lambda: (f"row {row} moved by {rubbish[:many]}", with_row([*rubbish[:many], *rows[row]])),
        lambda: (f"row {row} cut to {len(short)}", with_row(short)),
        lambda: ("no header", written(above, rows)),
        lambda: (f"a header of {cell}", written(above, [header[: cell // 2], *rows])),
        lambda: (
            f"the header {many + 1} times",
            written(above, [header * (many + 1), *(each * (many + 1) for each in rows)]),
        ),
        lambda: ("the header alone", written(above, [header])),
        lambda: (
            f"cell {cell} of row {row} has no end",
            with_row([*rows[row][:cell], "x" * LONG, *rows[row][cell + 1 :]]),
        ),
    ]
    return chance.choice(ways)()


def written(above: list[str], body: list[list[str]]) -> bytes:
    """Return a table as bytes."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(body)
    return ("".join(f"{line}\n" for line in above) + out.getvalue()).encode()


def statement_gone_wrong(data: bytes, chance: Random) -> tuple[str, bytes]:
    """Return a statement in XML or SGML gone wrong."""
    at = chance.randrange(30, len(data) * 9 // 10)
    if chance.random() < 0.5:
        return f"cut at {at}", data[:at]
    return text_of_file(data, chance)

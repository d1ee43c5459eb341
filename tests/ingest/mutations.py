"""Payloads gone wrong, made from recorded ones by rule: every one of them must be refused.

Each leaf in turn becomes something it cannot be, each required key goes missing, each object gains an unknown key or
holds one twice, and the text is cut, renamed, re-encoded or replaced as servers do.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from typing import Any

Path = tuple[str | int, ...]

BAD_LEAVES: tuple[Any, ...] = (None, -1, "", "x", [], {}, True, "\uff11\uff12", "1_000", 10**30, "-5", "1e3")


def paths(value: Any, at: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield every leaf of *value* with the way to it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, (*at, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from paths(item, (*at, index))
    else:
        yield at, value


def replaced(value: Any, at: Path, leaf: Any) -> Any:
    """Return a copy of *value* with another *leaf* at the end of the way."""
    changed = copy.deepcopy(value)
    spot = changed
    for step in at[:-1]:
        spot = spot[step]
    spot[at[-1]] = leaf
    return changed


def without(value: Any, at: Path) -> Any:
    """Return a copy of *value* without the key or item at the end of the way."""
    changed = copy.deepcopy(value)
    spot = changed
    for step in at[:-1]:
        spot = spot[step]
    del spot[at[-1]]
    return changed


def leaves_gone_wrong(body: bytes, matters: Callable[[Path, Any], bool]) -> Iterator[tuple[str, bytes]]:
    """Yield (what was done, payload): each leaf becomes each bad value where *matters* says it must not pass."""
    value = json.loads(body)
    for at, _leaf in paths(value):
        for bad in BAD_LEAVES:
            if matters(at, bad):
                yield f"{at} = {bad!r}", json.dumps(replaced(value, at, bad)).encode()


def parts_missing(body: bytes, matters: Callable[[Path], bool]) -> Iterator[tuple[str, bytes]]:
    """Yield payloads in which one part that *matters* is gone."""
    value = json.loads(body)
    for at, _leaf in paths(value):
        if matters(at):
            yield f"{at} is gone", json.dumps(without(value, at)).encode()


def text_gone_wrong(body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield payloads that are no longer the text the server meant."""
    for part in range(1, 60):
        cut = len(body) * part // 60
        yield f"cut at {cut}", body[:cut]
    yield "nothing", b""
    yield "blank", b" \n"
    yield "null", b"null"
    yield "a number", b"1"
    yield "a text", b'"ok"'
    yield "an empty object", b"{}"
    yield "another object", b'{"error": "Internal server error"}'
    yield "HTML", b"<html><body>502 Bad Gateway</body></html>"
    yield "with a tail", body + b"x"
    yield "twice", body + body
    yield "UTF-16", body.decode().encode("utf-16")
    yield "a byte order mark", b"\xef\xbb\xbf" + body
    yield "not a number", body.replace(b"1", b"NaN", 1)
    yield "brackets", b"[" * 5_000 + body + b"]" * 5_000
    yield "a broken escape", body.replace(b"0", b"\\u12", 1)

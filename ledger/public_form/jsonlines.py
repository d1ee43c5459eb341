"""JSON Lines, read as strictly as a ledger must: every line one object, no key twice, no NaN, nothing nested deep."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import IO, Any, NamedTuple, NoReturn

import msgspec

from lotwork.ledger.boundary import Opener, not_there
from lotwork.ledger.errors import InputRefusedError, Problem
from lotwork.ledger.public_form.bounded import decimal, whole

LONGEST_LINE = 1 << 20
NAMED_LINES = frozenset({".jsonl", ".ndjson"})
"""What the names of such files end with; what a file of another name is, is looked at."""
BLOCK_BYTES = 1 << 16
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
WIDE = (b"\xff\xfe", b"\xfe\xff")
"""What a file begins with that PowerShell wrote, of what a command printed."""
QUOTES_A_PAIR = 4
MOST_PROBLEMS = 1000
"""A file with so many is another kind of file: the rest is not read."""
_OTHERWISE = (
    "write one JSON object a line, as docs/events.md has them; an exchange's export is brought in as it was downloaded "
    "(CSV, a workbook, a bank's file), and what a pool's API answers is asked for by `lotwork source add`"
)

_decoder = msgspec.json.Decoder(dict[str, Any])
_string_decoder: msgspec.json.Decoder[dict[str, Any]] = msgspec.json.Decoder(dict[str, str])


class TextLine(NamedTuple):
    """A line that held an object: where it stands ("ledger.jsonl:12"), and the object.

    `former` marks a row of a table: the id that a former release gave it. `again` is the `row` of the one above that it
    may tell once more. `undone` are the words of a row that did not happen: no event comes of it, and one that came
    of it before is asked about. `gone` are the ids of events that a row may have been before, and is not now: such a
    line has no content, and what the log holds of them is revised away. `unless_known` marks an `asset` that a book
    passes over where it knows the coin already.
    """

    where: str
    content: dict[str, Any]
    former: str | None = None
    again: str | None = None
    undone: str | None = None
    gone: tuple[str, ...] = ()
    unless_known: bool = False


class TextBlock(NamedTuple):
    """Lines that follow one another, each an object of texts, of which nothing is said that only a `TextLine` says."""

    where: Sequence[str]
    contents: Sequence[dict[str, Any]]

    def lines(self) -> Iterator[TextLine]:
        """Yield the same line by line."""
        return map(TextLine, self.where, self.contents)


_SAYS_NO_MORE = TextLine("", {})[2:]


def in_block(told: TextLine | TextBlock) -> TextLine | TextBlock:
    """Return a line of which nothing is said but where it stands as a block of one line; else what was *told*."""
    if isinstance(told, TextBlock) or told[2:] != _SAYS_NO_MORE:
        return told
    return TextBlock((told.where,), (told.content,))


def line_by_line(told: Iterable[TextLine | TextBlock]) -> Iterator[TextLine]:
    """Yield the lines of blocks and all others one by one."""
    for each in told:
        yield from each.lines() if isinstance(each, TextBlock) else (each,)


def how_many(told: TextLine | TextBlock) -> int:
    """Return how many lines were *told*."""
    return len(told.where) if isinstance(told, TextBlock) else 1


def read_json_lines(path: Path, problems: list[Problem], *, opener: Opener | None = None) -> Iterator[TextLine]:
    """Yield the object of every line of *path*; append a problem for each line that is none.

    *opener* opens it where nobody named it by hand (`ledger.boundary`).
    """
    return line_by_line(read_json_blocks(path, problems, opener=opener))


def read_json_blocks(
    path: Path, problems: list[Problem], *, opener: Opener | None = None
) -> Iterator[TextLine | TextBlock]:
    """Yield the same, many lines at once where all of them are plain."""
    name, before, objects, number = path.name, len(problems), False, 1
    try:
        with open(path, "rb", opener=opener) as file:
            for piece in _pieces(file):
                contents = _at_once(piece)
                if contents is not None:
                    objects, first, number = True, number, number + len(contents)
                    yield TextBlock([f"{name}:{each}" for each in range(first, number)], contents)
                    continue
                for number, raw in enumerate(BytesIO(piece), start=number):  # noqa: B020 - on from where it stands
                    if len(problems) >= MOST_PROBLEMS:
                        break
                    where = f"{name}:{number}"
                    if len(raw) > LONGEST_LINE:
                        reason = "the line is longer than 1 MiB"
                        problems.append(Problem(where, "line", reason, "write one event a line"))
                        return
                    if number == 1 and raw.startswith(WIDE):
                        problems.append(Problem(name, "file", "it is UTF-16, and no UTF-8", "save it as UTF-8"))
                        return
                    line = (raw.removeprefix(BYTE_ORDER_MARK) if number == 1 else raw).strip()
                    if line:
                        content = parse_object(line, where, problems)
                        objects = objects or content is not None or _is_meant(line)
                        if content is not None:
                            yield TextLine(where, content)
                number += 1
            if not objects and len(problems) > before + 1:
                problems[before:] = [Problem(name, "file", "no line of it is a JSON object", _OTHERWISE)]
    except FileNotFoundError:
        raise InputRefusedError(not_there(path)) from None
    except IsADirectoryError:
        raise InputRefusedError(
            f"{path}: is a folder: name the files in it, or have it watched: `lotwork source add files`"
        ) from None
    except OSError as broken:
        reason = broken.strerror or str(broken)
        raise InputRefusedError(f"{path}: cannot be read ({reason}): check the name and the permissions") from broken


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Yield what *file* holds, in pieces that end where a line does; a line that is too long ends nowhere."""
    rest = b""
    while part := file.read(BLOCK_BYTES):
        end = part.rfind(b"\n") + 1
        if end:
            yield rest + part[:end]
            rest = part[end:]
        else:
            rest += part
        if len(rest) > LONGEST_LINE:
            break
    if rest:
        yield rest


def _at_once(piece: bytes) -> list[dict[str, Any]] | None:
    """Return the objects of a *piece*, one a line, where each value is a text and no key stands twice; else None.

    Texts hold no end of a line: where one object ends before each, and another begins behind it, as many objects as
    there are lines stand one a line.
    """
    count = piece.count(b"\n")
    if len(piece) > LONGEST_LINE or piece.count(b"}\n{") != count - 1 or not piece.endswith(b"}\n"):
        return None
    try:
        contents = _string_decoder.decode_lines(piece)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return contents if piece.count(b'"') == QUOTES_A_PAIR * sum(map(len, contents)) and len(contents) == count else None


def _is_meant(line: bytes) -> bool:
    """Say if *line* begins as an object does that stands on one line: what is wrong with it is told by itself."""
    return line.startswith(b"{") and len(line) > 1


def parse_object(line: bytes, where: str, problems: list[Problem]) -> dict[str, Any] | None:
    """Return the object in *line*, or None and a problem."""
    try:
        content = _of_strings(line)
        if content is not None and line.count(b'"') == QUOTES_A_PAIR * len(content):
            return content  # all pairs are plain strings, and there are as many as were written: no key stands twice
        return _strictly(line.decode())
    except UnicodeDecodeError:
        reason, remedy = "it is not UTF-8", "save the file as UTF-8"
    except (msgspec.MsgspecError, ValueError, RecursionError) as broken:
        reason, remedy = _explain(broken), "write one JSON object a line"
    problems.append(Problem(where, "line", reason, remedy))
    return None


def _of_strings(line: bytes) -> dict[str, Any] | None:
    """Return the object in *line*, None where a value is no string; what is no object is a ValidationError."""
    try:
        return _string_decoder.decode(line)
    except msgspec.ValidationError:
        _decoder.decode(line)
        return None


def _explain(broken: Exception) -> str:
    if isinstance(broken, RecursionError):
        return "it is nested too deep"
    if isinstance(broken, msgspec.ValidationError):
        return "it is not a JSON object"
    return f"it is not JSON ({broken})"


def _strictly(text: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(
        text,
        object_pairs_hook=_once,
        parse_constant=_refuse_constant,
        parse_int=whole,
        parse_float=_bounded,
    )
    return content


def _bounded(word: str) -> Any:
    """Return a number with a point or an exponent as JSON has it: no key of an event takes one, and each says so."""
    decimal(word)
    return json.loads(word)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice[:40]!r} stands twice")
    return content


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")

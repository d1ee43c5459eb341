"""JSON Lines as they come: with marks, in halves, twice the same key, and in no encoding at all."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ledger.errors import InputRefusedError, Problem
from lotwork.ledger.public_form.jsonlines import (
    LONGEST_LINE,
    TextBlock,
    TextLine,
    parse_object,
    read_json_blocks,
    read_json_lines,
)


def read(folder: Path, content: bytes) -> tuple[list[TextLine], list[str]]:
    file = folder / "events.jsonl"
    file.write_bytes(content)
    problems: list[Problem] = []
    lines = list(read_json_lines(file, problems))
    return lines, [str(problem) for problem in problems]


@pytest.mark.parametrize(
    "content",
    [b'{"a":"1"}\n{"b":"2"}\n', b'{"a":"1"}\r\n{"b":"2"}\r\n', b'{"a":"1"}\n{"b":"2"}',
     b'\xef\xbb\xbf{"a":"1"}\n{"b":"2"}',
     b'  {"a":"1"}  \n\t{"b":"2"}'],
)  # fmt: skip
def test_marks_and_line_ends_of_every_system_are_read(tmp_path: Path, content: bytes) -> None:
    lines, problems = read(tmp_path, content)
    assert problems == []
    assert lines == [TextLine("events.jsonl:1", {"a": "1"}), TextLine("events.jsonl:2", {"b": "2"})]


def test_an_empty_line_counts_and_says_nothing(tmp_path: Path) -> None:
    assert read(tmp_path, b"\n\n{}\n")[0] == [TextLine("events.jsonl:3", {})]


def test_an_empty_file_holds_nothing_wrong(tmp_path: Path) -> None:
    assert read(tmp_path, b"") == ([], [])


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a":"1","a":"1"}', "the key 'a' stands twice"),
        (b'{"a":"1","a":2}', "the key 'a' stands twice"),
        (b'{"a":{"b":1,"b":2}}', "the key 'b' stands twice"),
        (b'{"a":[{"b":1,"b":2}]}', "the key 'b' stands twice"),
        (b'{"a":NaN}', "it is not JSON"),
        (b'{"a":Infinity}', "it is not JSON"),
        (b'{"a":-Infinity}', "it is not JSON"),
        (b"{'a':1}", "it is not JSON"),
        (b'{"a":1,}', "it is not JSON"),
        (b'{"a":1}{"b":2}', "it is not JSON"),
        (b'{"a":"1"', "it is not JSON"),
        (b"\x00\x01\x02", "it is not JSON"),
        (b'{"a":"\xff"}', "it is not UTF-8"),
        (b"[]", "it is not a JSON object"),
        (b"5", "it is not a JSON object"),
        (b"null", "it is not a JSON object"),
        (b'"text"', "it is not a JSON object"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "nested too deep"),
    ],
)  # fmt: skip
def test_a_line_that_is_no_object_is_told_with_its_place(tmp_path: Path, line: bytes, reason: str) -> None:
    lines, problems = read(tmp_path, b'{"ok":"1"}\n' + line + b'\n{"ok":"3"}\n')
    assert [text.where for text in lines] == ["events.jsonl:1", "events.jsonl:3"]
    (told,) = problems
    assert told.startswith("events.jsonl:2: line: ")
    assert reason in told


@pytest.mark.parametrize("many", [1, 5])
@pytest.mark.parametrize("mark", ["\ufeff".encode("utf-16-le"), "\ufeff".encode("utf-16-be")])
def test_a_file_in_utf_16_is_told_as_such(tmp_path: Path, mark: bytes, many: int) -> None:
    coding = "utf-16-le" if mark[0] > mark[1] else "utf-16-be"
    lines, problems = read(tmp_path, mark + ('{"ok":"1"}\n' * many).encode(coding))
    assert (lines, problems) == ([], ["events.jsonl: file: it is UTF-16, and no UTF-8: save it as UTF-8"])


def test_a_line_longer_than_a_mebibyte_ends_the_reading(tmp_path: Path) -> None:
    long = b'{"a":"' + b"x" * LONGEST_LINE + b'"}\n'
    lines, problems = read(tmp_path, b'{"ok":"1"}\n' + long * 10)
    assert [text.where for text in lines] == ["events.jsonl:1"]
    assert problems == ["events.jsonl:2: line: the line is longer than 1 MiB: write one event a line"]


@pytest.mark.parametrize(
    "content",
    [
        b"# Lotwork\n\nThe ledger.\nIt runs.\n",
        b'{\n "onchain": [\n  {\n   "amount_sats": 1250000\n  }\n ]\n}\n',
        b'[\n "a",\n "b"\n]\n',
        b"at;amount\n2026-01-01;5\n",
        b"\x00\x01\n\xff\n\x02\n",
        b"a\n" * 3000,
    ],
)
def test_a_file_of_no_object_is_told_once_and_not_line_by_line(tmp_path: Path, content: bytes) -> None:
    lines, problems = read(tmp_path, content)
    (told,) = problems
    assert not lines
    assert told.startswith("events.jsonl: file: no line of it is a JSON object: write one JSON object a line")
    assert "`lotwork source add`" in told


@pytest.mark.parametrize("content", [b'{"a":"1",}\n{"b":2\n', b"{'a':1}\nx\n", b'{"ok":"1"}\nx\ny\n'])
def test_where_a_line_is_meant_as_an_object_each_mistake_is_told(tmp_path: Path, content: bytes) -> None:
    _, problems = read(tmp_path, content)
    assert len(problems) == 2
    assert all(told.startswith("events.jsonl:") and ": line: " in told for told in problems)


@pytest.mark.parametrize("name", ["missing.jsonl", "."])
def test_a_file_that_cannot_be_read_is_refused_with_its_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputRefusedError, match=r"check its name|is a folder: name the files in it"):
        list(read_json_lines(tmp_path / name, []))


@given(st.binary(max_size=200))
def test_any_bytes_are_an_object_or_one_problem(line: bytes) -> None:
    problems: list[Problem] = []
    content = parse_object(line, "x:1", problems)
    assert (content is None) == (len(problems) == 1)


values = st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.text(max_size=5))


@given(st.dictionaries(st.text(max_size=5), st.one_of(values, st.lists(values, max_size=2)), max_size=4))
def test_every_object_is_read_as_python_reads_it(content: dict[str, Any]) -> None:
    problems: list[Problem] = []
    assert parse_object(json.dumps(content).encode(), "x:1", problems) == content
    assert problems == []


PIECES = (
    b'{"a":"1"}', b'{"a":"1","b":"2"}', b'{"a":"1","a":"1"}', b'{"a":1}', b'{"a":"}"}', b'{"a":"{"}', b'{"a":', b'"1"}',
    b'{"a":"1"} {"b":"2"}', b"{}", b"[]", b"", b" ", b"\r", b"\xff", b'{"\xc3\xa9":"\\""}', b'{"a":"\\n"}',
    b"\xef\xbb\xbf",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=9), st.lists(st.sampled_from(PIECES[:2]), max_size=9), st.booleans())
def test_many_lines_read_at_once_are_those_read_one_by_one(odd: list[bytes], plain: list[bytes], ends: bool) -> None:
    """The same objects in the same places, and the same problems, wherever a piece of the file ends."""
    content = b"\n".join([*plain, *odd, *plain]) + b"\n" * ends
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
        at_once = read(Path(folder), content)
        patched.setattr("lotwork.ledger.public_form.jsonlines.BLOCK_BYTES", 7)
        assert read(Path(folder), content) == at_once
        patched.setattr("lotwork.ledger.public_form.jsonlines._at_once", lambda _: None)
        assert read(Path(folder), content) == at_once


def test_plain_lines_are_read_at_once(tmp_path: Path) -> None:
    """Else the test above would hold one way against itself."""
    (tmp_path / "a.jsonl").write_bytes(b'{"a":"1"}\n{"b":"2"}\n')
    assert [*read_json_blocks(tmp_path / "a.jsonl", [])] == [
        TextBlock(["a.jsonl:1", "a.jsonl:2"], [{"a": "1"}, {"b": "2"}])
    ]

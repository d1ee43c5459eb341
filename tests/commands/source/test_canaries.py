"""Twenty-five secrets pass through `lotwork source`, of every source that has one; none is left but where it belongs.

Each is given in a file, on standard input or as a variable, to a server that repeats all it hears in its refusals, its
answers and its nonsense; the test fails, a bug ends the command, the source is saved, tested, listed and removed.
"""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from lotwork.ingest.declaration import DeclaredSource
from lotwork.ingest.register import SOURCES
from lotwork.service.source_secrets import Slot, slots_of
from tests.commands.calling import Caller, Told
from tests.ingest.matrix.exempt import EXEMPT
from tests.ingest.matrix.places import SOURCE_PLACES
from tests.ingest.scripted_server import listening
from tests.service.test_canaries import CANARIES, left_in, said

WAYS = ("a file", "standard input", "a variable")
REFUSED = 3
"""How it ends where a canary can be no key: it holds blanks, or letters that no header can."""


class Given(NamedTuple):
    """A source, one of its secrets, and how it is given."""

    source: DeclaredSource[Any]
    slot: Slot
    way: str
    canary: str


def every_secret() -> Iterator[Given]:
    """Yield each secret of each source in two of the ways it may be given, and canaries in turn."""
    canaries = cycle(CANARIES)
    every = [(source, slot) for source in SOURCES for slot in slots_of(source)]
    for number, (source, slot) in enumerate(every):
        ways = WAYS if slot.takes_reference else WAYS[:2]
        for way in (ways[number % len(ways)], ways[(number + 1) % len(ways)]):
            yield Given(source, slot, way, next(canaries))


EVERY = [*every_secret()]


def test_all_canaries_are_given() -> None:
    assert {given.canary for given in EVERY} == {*CANARIES}


def settings_of(source: DeclaredSource[Any], url: str) -> list[str]:
    """Return what the source needs besides its secrets, as words of the command."""
    needed = {place.of: place.settings for place in reversed(SOURCE_PLACES)}
    needed |= {one.of: one.settings for one in EXEMPT.values()}
    secret = {key for slot in slots_of(source) for key in (slot.name, slot.file_key)}
    told = {key: value for key, value in needed[source.kind].items() if key not in secret}
    fields = source.settings.__struct_fields__
    told |= {key: url for key in ("base_url", "url") if key in fields and key not in secret}
    told |= {"account": "me@example.org"} if source.kind == "kasa" else {}  # a password of its goes with an account
    told |= {"allow_private": "true"} if "allow_private" in fields else {}
    words: list[str] = []
    for key, value in told.items():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict):
                for inner, one in each.items():
                    words += ["--set", f"{key}.{inner}={one[0] if isinstance(one, tuple | list) else one}"]
                break
            words += ["--set", f"{key}={each}"]
    return words


@pytest.fixture
def echo() -> Iterator[tuple[str, list[str]]]:
    """Serve what was heard, and what is in the list, as a refusal, an answer or nonsense in turn."""
    repeats: list[str] = []
    turns = cycle(((401, "application/json"), (200, "application/json"), (200, "text/html"), (503, "text/plain")))

    class Echo(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            heard = f"{self.path} {self.headers} {' '.join(repeats)}"
            status, media = next(turns)
            body = f'{{"error": {heard!r}}}'.encode()
            self.send_response(status)
            self.send_header("Content-Type", media)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            repeats.append(self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8", "replace"))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            pass

    with listening(Echo) as url:
        yield url, repeats


@pytest.mark.parametrize("given", EVERY, ids=lambda one: f"{one.source.kind}: {one.slot.name} in {one.way}")
def test_no_canary_is_left_by_any_command_of_sources(
    given: Given,
    lotwork: Caller,
    unhurried: None,
    echo: tuple[str, list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    del unhurried
    url, repeats = echo
    monkeypatch.setenv("LOTWORK_DEBUG", "1")
    canary = given.canary if given.slot.name not in ("url", "second_url") else f"{url}/v3/{given.canary[:8]}key"
    needle = canary.rpartition("/")[2]
    repeats.append(said(needle))
    words, typed = settings_of(given.source, url), ""
    for number, slot in enumerate(slots_of(given.source)):
        if slot.name != given.slot.name:
            if slot.is_shown:
                other = tmp_path / f"other{number}"
                other.write_text(f"{url}/another\n" if slot.name.endswith("url") else "another-secret\n")
                other.chmod(0o600)
                words += ["--secret-file", f"{slot.name}={other}"]
        elif given.way == "a variable":
            monkeypatch.setenv("LOTWORK_CANARY", canary)
            words += ["--secret-env", f"{slot.name}=LOTWORK_CANARY"]
        elif given.way == "a file":
            file = tmp_path / "given"
            file.write_text(f"{canary}\n", encoding="utf-8")
            file.chmod(0o600)
            words += ["--secret-file", f"{slot.name}={file}"]
        else:
            words, typed = [*words, "--secret-file", f"{slot.name}=-"], f"{canary}\n"

    def add(*more: str) -> Told:
        return lotwork("source", "add", given.source.kind, "--name", "it", *words, *more, given=typed, code=None)

    told = [add(), add("--json")]
    assert not any(one.code == 0 for one in told)
    with monkeypatch.context() as broken:
        broken.setattr("lotwork.service.source_adding.with_table", lambda *_: 1 / 0)
        told.append(add("--no-test"))
        assert told[-1].code in (70, REFUSED)
    told.append(add("--no-test"))
    is_saved = told[-1].code == 0
    assert is_saved or told[-1].code == REFUSED, told[-1].err
    later = (("test",), ("test", "it", "--json"), ("test",), ("list",), ("list", "--json"), ("remove", "it"))
    told += [lotwork("source", *command, code=None) for command in later]
    printed = "\n".join(f"{one.out}\n{one.err}" for one in told).encode()
    own = {path for path in lotwork.home.rglob("*") if path.is_file() and path.read_bytes() == f"{canary}\n".encode()}
    assert len(own) == (is_saved and given.way == "standard input"), "the secret's own file, where it was typed"
    left = {str(path): path.read_bytes() for path in lotwork.home.rglob("*") if path.is_file() and path not in own}
    for where, content in {**left, "printed": printed}.items():
        assert [name for name in left_in(content) if name.startswith(given.canary)] == [], where
        assert needle.encode() not in content, where

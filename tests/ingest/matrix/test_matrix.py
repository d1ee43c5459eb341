"""Malformed answers for each that is declared, a hundred or more: none is believed, and nobody falls over one.

The answers are drawn by a grammar (`grammar.py`) from true ones: the same every time, and others in each round of `make
fuzz`; `tests.faults.whole` draws 600 for each. What a source, a market or a profile is asked here, `places.py` says;
one that is declared and has no place there fails.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from lotwork.ingest.profiles.known_file import UnknownFaceError
from lotwork.ingest.profiles.profile import profiles
from lotwork.ingest.register import PRICE_SOURCES, SOURCES
from lotwork.ledger.errors import InputRefusedError, SourceUnreachableError
from lotwork.ledger.events import Event
from tests.drawing import stream
from tests.ingest.matrix.exempt import EXEMPT, Exempt, is_there
from tests.ingest.matrix.grammar import drawn, gone_wrong
from tests.ingest.matrix.known_files import FACES, FILES, FOLDERS, File, Folder
from tests.ingest.matrix.looking import Source
from tests.ingest.matrix.markets import BY_FILE, MARKETS, Market
from tests.ingest.matrix.places import SOURCE_PLACES
from tests.ingest.profiles import exports
from tests.ingest.wires import Said

PAYLOADS = int(os.environ.get("LOTWORK_PAYLOADS", "100"))
"""Malformed payloads for each; LOTWORK_PAYLOADS says otherwise."""
FEW_IN_QUARANTINE = 20
"""After so many a new home begins: a full quarantine is looked through for each answer that is refused."""
FILES_OF_EACH = PAYLOADS // 2
"""Of each profile, since one reader reads them all."""


def test_whatever_is_declared_has_a_place_here() -> None:
    placed = {place.of for place in SOURCE_PLACES} | {"files"}
    assert placed | {*EXEMPT} == {one.kind for one in SOURCES}
    assert not placed & {*EXEMPT}, "it has a place, and needs no leave"
    assert {market.of for market in MARKETS} | {*BY_FILE} == {one.name for one in PRICE_SOURCES}
    assert {file.of for file in FILES} == {name for name, one in profiles().items() if not one.refused} | {
        *FACES.values()
    }


@pytest.mark.parametrize("exempt", EXEMPT.values(), ids=lambda one: one.of)
def test_whoever_has_no_place_is_proven_by_tests_that_are_there(exempt: Exempt) -> None:
    assert exempt.malformed
    assert exempt.why
    assert [test for test in exempt.tests if not is_there(test)] == []
    assert not is_there(f"{exempt.malformed[0]}_once"), "whatever is named would be there"


def plain(events: dict[str, Event]) -> dict[str, Event]:
    """Return events without what they were read from: a look that went on has read them from other answers."""
    return {name: msgspec.structs.replace(event, evidence=None) for name, event in events.items()}


@pytest.mark.seeded
@pytest.mark.parametrize("place", SOURCE_PLACES, ids=lambda place: place.name)
def test_no_malformed_answer_of_a_source_is_believed(place: Source, tmp_path: Path) -> None:
    true: dict[str, Said] = {}

    def noted(question: str, told: Said) -> Said:
        true.setdefault(question, told)
        return told

    calm = place.look(tmp_path, noted)
    assert calm.refused is None
    asked = [question for question in true if not place.does_without(question)]
    refused = 0
    for number, (question, seed, what) in enumerate(payloads(place, true, asked)):
        home = tmp_path / f"{number // FEW_IN_QUARANTINE}"
        home.mkdir(exist_ok=True)

        def twist(one: str, told: Said, question: str = question, seed: int = seed) -> Said:
            return told if one != question else gone_wrong(told, stream(seed), place.reads, is_line=place.is_line)[1]

        words = f"{what} of {question[:100]}, seed {seed}"
        tried = place.look(home, twist)
        if place.asks_otherwise and tried.refused is None:
            assert plain(tried.events) == plain(calm.events), f"believed: {words}"
            continue
        assert tried.refused is not None, f"believed: {words}"
        refused += 1
        assert plain(tried.events).items() <= plain(calm.events).items(), f"told otherwise: {words}"
        if tried.events or tried.cursor is not None:
            assert plain(place.go_on(home, tried).events) == plain(calm.events), f"lost: {words}"
        else:
            assert tried.evidence == 0, f"kept: {words}"
    assert refused > PAYLOADS * 9 // 10


def payloads(place: Source, true: dict[str, Said], asked: list[str]) -> Iterator[tuple[str, int, str]]:
    """Yield (question, seed, what is done) for as many payloads as are drawn, each of them another one."""
    chance = stream(31)
    seen: set[tuple[str, bytes, int, str]] = set()
    while len(seen) < PAYLOADS:
        question, seed = chance.choice(asked), chance.getrandbits(32)
        what, made = gone_wrong(true[question], stream(seed), place.reads, is_line=place.is_line)
        key = (question, made.body, made.status, f"{made.headers} {made.media} {made.broken!r}")
        if key not in seen:
            seen.add(key)
            yield question, seed, what


@pytest.mark.seeded
@pytest.mark.parametrize("market", MARKETS, ids=lambda market: market.of)
def test_no_malformed_answer_of_a_market_becomes_a_price(market: Market, tmp_path: Path) -> None:
    body: list[Said] = []

    def noted(told: Said) -> Said:
        body.append(told)
        return told

    sample, kept = market.fetch(tmp_path, noted)
    assert sample is not None
    assert kept == 1
    chance = stream(41)
    for what, made in drawn(lambda: gone_wrong(body[0], chance, market.reads), PAYLOADS):

        def instead(_: Said, made: Said = made) -> Said:
            return made

        with pytest.raises(SourceUnreachableError):
            pytest.fail(f"believed: {what}: {market.fetch(tmp_path, instead)}")


@pytest.mark.seeded
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_no_malformed_file_is_half_read(file: File, tmp_path: Path) -> None:
    chance = stream(37)
    path = tmp_path / file.name
    path.write_bytes((exports.FOLDER / file.name).read_bytes())
    calm = exports.read(path, file.name)
    refused = 0
    for what, made in drawn(lambda: file.gone_wrong(chance), FILES_OF_EACH):
        path.write_bytes(made)
        try:
            told = exports.read(path, file.name)
        except (InputRefusedError, UnknownFaceError):
            refused += 1
        else:  # a row that was moved may say of itself that it is none: it is counted
            assert told.rows == calm.rows, f"dropped: {what}"
            assert all(event in exports.events(calm) for event in exports.events(told)), f"believed: {what}"
    assert refused > FILES_OF_EACH * 9 // 10


@pytest.mark.seeded
@pytest.mark.parametrize("place", FOLDERS, ids=lambda place: place.name)
def test_no_malformed_file_in_a_folder_is_let_in(place: Folder, tmp_path: Path) -> None:
    assert place.look(tmp_path, place.true).events
    chance = stream(43)
    for what, made in drawn(lambda: place.gone_wrong(chance), PAYLOADS):
        with pytest.raises(InputRefusedError):
            pytest.fail(f"let in: {what}: {place.look(tmp_path, made)}")

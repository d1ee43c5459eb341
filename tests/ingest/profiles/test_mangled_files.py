"""However an export is mangled, it is read as strictly as before or refused in words: nothing is ever a crash."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.ingest.profiles.explore import explore
from lotwork.ingest.profiles.known_file import UnknownFaceError, read_file
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.public_form.contract import parse_event
from tests.ingest.profiles.exports import ALL, CHOSEN, FOLDER, SAID, workbook
from tests.ingest.profiles.test_known_files import ASSETS

PIECES = [
    *(b"", b"NaN", b"inf", b"1e999", b"1e-30", b"-", b"-0", b"9" * 40, b"1,5", b"$", b"(", b"=1+1"),
    *(b"\x00", b"\xff", b"\xe2\x82\xbf", b",", b";", b'"', b"\n", b"<", b">", b"<!ENTITY a 'b'>"),
    *(b"2026-13-45", b"2026-03-08 02:30:00", b"0", b"EUR", b"XXBT", b"USD"),
]
WORDS: list[dict[str, str]] = [
    {},
    {"inflow": "pool_payout"},
    {"inflow": "held"},
    {"inflow": "opening"},
    {"inflow": "transfer", "from_wallet": "cold"},
    {"prices": "file"},
]
CUTS = st.lists(st.tuples(st.integers(0, 6000), st.integers(0, 12), st.sampled_from(PIECES)), min_size=1, max_size=3)


def mangled(data: bytes, cuts: list[tuple[int, int, bytes]]) -> bytes:
    """Return *data* with a piece in the place of so many bytes, here and there."""
    for start, length, piece in cuts:
        place = start % (len(data) + 1)
        data = data[:place] + piece + data[place + length :]
    return data


@given(name=st.sampled_from(ALL), cuts=CUTS, words=st.sampled_from(WORDS))
def test_a_mangled_export_is_refused_or_read(
    name: str, cuts: list[tuple[int, int, bytes]], words: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / f"mangled-{name}"
    path.write_bytes(mangled((FOLDER / name).read_bytes(), cuts))
    with suppress(InputRefusedError, UnknownFaceError):
        for line in read_file(path, CHOSEN.get(name), SAID.get(name, {}) | words).lines:
            parse_event(line.content, ASSETS, line.where)
    with suppress(InputRefusedError):
        explore(path)


@given(cuts=CUTS)
def test_a_mangled_workbook_is_refused_or_read(
    cuts: list[tuple[int, int, bytes]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "mangled.xlsx"
    path.write_bytes(mangled(workbook("river.csv"), cuts))
    for look in (lambda: read_file(path, None, {}), lambda: explore(path)):
        with suppress(InputRefusedError, UnknownFaceError):
            look()

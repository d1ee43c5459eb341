"""config.toml changed line by line: put in and taken out again, it is the file it was, byte for byte."""

from __future__ import annotations

import stat
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lotwork.config import first_settings
from lotwork.service.settings import Prices
from lotwork.service.settings_file import (
    headers_of,
    replace_text,
    with_price_source,
    with_table,
    without_price_source,
    without_table,
)

BLOCK = '[[sources.pool]]              # a pool\nname = "mine"\n  [[sources.pool.wallets]]\n  watch = ["a"]\n'
PARTS = (
    "# a comment\n",
    "\n",
    "   \n",
    '[heads]\nalso = ["file:x"]   # another disk\n',
    "[daemon]\nport = 9000\n# host = 1\n\n",
    '[[sources.files]]\nname = "in"\nset = { a = "b" }\n',
    '[[sources.ocean]]\nname = "o"\n  # within\n  [[sources.ocean.wallets]]\n  wallet = "w"\n',
    '[other]\ntext = """\n[[sources.pool]]\nname = "no table"\n# """\n',
    "[lists]\nof = [\n  [1],\n  [2],\n]\n",
)
ENDS = st.sampled_from(["\n", "\r\n"])
texts = st.lists(st.sampled_from(PARTS), unique=True).map("".join)
PRICE_LINES = (
    "[prices]\n",
    "[prices]   # who knows\n# sources = []\n",
    '[prices]\nsources = ["kraken"]\n',
    '[prices]\nallow_private = false\nsources = ["kraken","coinbase"] # in this order\ncross_check = true\n',
    "[prices]\nsources = [ ]\n",
)


def spelled(text: str, ends: str, whole: bool) -> str:
    """Return *text* with other line ends, and without the last of them where it is not *whole*."""
    text = text if whole else text.removesuffix("\n")
    return text.replace("\n", ends)


@given(texts, ENDS, st.booleans())
def test_a_table_put_in_and_taken_out_leaves_every_byte(text: str, ends: str, whole: bool) -> None:
    before = spelled(text, ends, whole)
    after = with_table(before, BLOCK)
    assert tomllib.loads(after)["sources"]["pool"] == [{"name": "mine", "wallets": [{"watch": ["a"]}]}]
    assert without_table(after, ("sources", "pool"), 0) == before
    assert ("\r\n" in before and "\n" in after.replace("\r\n", "")) is False


@given(texts, st.permutations([0, 1, 2]), st.booleans())
def test_several_are_taken_out_in_any_order(text: str, order: list[int], whole: bool) -> None:
    before = spelled(text, "\n", whole)
    after = before
    for number in range(3):
        after = with_table(after, BLOCK.replace("mine", f"mine{number}"))
    there = [0, 1, 2]
    for number in order:
        taken = without_table(after, ("sources", "pool"), there.index(number))
        assert taken is not None
        after = taken
        there.remove(number)
        left = [each["name"] for each in tomllib.loads(after).get("sources", {}).get("pool", [])]
        assert left == [f"mine{each}" for each in there]
    assert after == before


@given(
    st.sampled_from(PRICE_LINES),
    st.permutations(PARTS),
    st.integers(0, 9),
    ENDS,
    st.booleans(),
)
def test_a_price_source_put_in_and_taken_out_leaves_every_byte(
    lines: str, parts: list[str], at: int, ends: str, whole: bool
) -> None:
    before = spelled("".join((*parts[:at], lines, *parts[at:])), ends, whole)
    asked = tuple(tomllib.loads(before)["prices"].get("sources", Prices().sources))
    after = with_price_source(before, "csv", {"csv_file": "p.csv"}, asked)
    prices = tomllib.loads(after)["prices"]
    assert prices["sources"] == [*asked, "csv"]
    assert prices["csv_file"] == "p.csv"
    assert without_price_source(after, "csv", ("csv_file",), (*asked, "csv"), Prices().sources) == before


@given(texts, ENDS, st.booleans())
def test_so_it_does_where_nothing_was_said_of_prices(text: str, ends: str, whole: bool) -> None:
    before = spelled(text, ends, whole)
    default = Prices().sources
    after = with_price_source(before, "csv", {"csv_file": "p.csv"}, default)
    assert tomllib.loads(after)["prices"] == {"sources": [*default, "csv"], "csv_file": "p.csv"}
    assert without_price_source(after, "csv", ("csv_file",), (*default, "csv"), default) == before


@pytest.mark.parametrize("name", ["coinbase", "kraken"])
def test_one_that_is_asked_unless_told_is_taken_out_by_naming_the_others(name: str) -> None:
    default = Prices().sources
    for before in ("", "[prices]\n# cross_check = true\n", "[heads]\n", first_settings()):
        after = without_price_source(before, name, (f"{name}_url", f"{name}_pairs"), default, default)
        assert after is not None
        assert tomllib.loads(after)["prices"] == {"sources": [each for each in default if each != name]}


def test_the_comments_of_others_stay_and_its_own_go() -> None:
    text = (
        "# my pool\n[[sources.pool]]\nkey = 1\n# key = 2\n\n# the next one\n[[sources.files]]\nname = 'x'\n\n"
        "[[sources.pool]]\nkey = 3\n# of the table below\n[heads]\n"
    )
    one = without_table(text, ("sources", "pool"), 0)
    assert one == (
        "# my pool\n\n# the next one\n[[sources.files]]\nname = 'x'\n\n"
        "[[sources.pool]]\nkey = 3\n# of the table below\n[heads]\n"
    )
    other = without_table(text, ("sources", "pool"), 1)
    assert other == (
        "# my pool\n[[sources.pool]]\nkey = 1\n# key = 2\n\n# the next one\n[[sources.files]]\nname = 'x'\n"
        "# of the table below\n[heads]\n"
    )


def test_what_has_no_lines_of_its_own_is_not_taken_out() -> None:
    assert without_table('[sources]\npool = [{name = "x"}]\n', ("sources", "pool"), 0) is None
    many = '[prices]\nsources = [\n  "csv",\n]\n'
    after = without_price_source(many, "csv", ("csv_file",), ("csv",), ("kraken",))
    assert after is None or "sources" in after  # the caller holds it against what was meant, and writes nothing


def test_a_header_within_a_text_or_a_list_is_none() -> None:
    text = '[a]\nx = """\n[b]\n"""\ny = [\n[1],\n]\n[[c]] # d\n'
    assert [header.path for header in headers_of(text.splitlines(keepends=True))] == [("a",), ("c",)]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_the_mode_stays_and_a_link_leads_there_as_before(tmp_path: Path, mode: int) -> None:
    file, link = tmp_path / "kept.toml", tmp_path / "config.toml"
    file.write_text("a = 1\n", encoding="utf-8")
    file.chmod(mode)
    link.symlink_to(file)
    replace_text(link, "a = 2\r\n")
    assert link.is_symlink()
    assert file.read_bytes() == b"a = 2\r\n"
    assert stat.S_IMODE(file.stat().st_mode) == mode
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.toml", "kept.toml"]

"""The documents say what the program does: kinds, keys, commands, exit codes, metrics, decisions, links."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping

import click
import pytest

from lotwork import cli
from lotwork.commands.books.asking import QUESTIONS, command_of
from lotwork.ledger import errors
from lotwork.ledger.codec import KINDS
from lotwork.ledger.errors import LotworkError
from lotwork.ledger.public_form.contract import parse_event
from lotwork.ledger.public_form.explained import EVERY
from lotwork.ledger.public_form.explained import WORDS as MEANINGS
from lotwork.ledger.public_form.keys import Key, keys_of
from lotwork.ledger.units import AssetTable
from lotwork.service.metrics import Metrics
from tests.architecture.house import ROOT, kept_files

DOCS = ROOT / "docs"
OF_EVERY_KIND = ("id", "at", "source", "note", "evidence", "row", "may_repeat")
WORDS = {
    "text": "text",
    "coins": "coins",
    "coins or zero": "coins, or 0",
    "usd": "dollars",
    "signed usd": "dollars, may be negative",
    "price": "dollars a coin",
    "signed price": "dollars a kWh",
    "share": "share",
    "number": "number",
    "moment": "instant or day",
    "zone": "time zone",
    "instant": "instant",
    "day": "day",
    "year": "year",
    "whole": "whole number",
    "boolean": "true or false",
    "lots": "list of lots",
    "legs": "two prices",
    "mapping": "object",
    "selector": "selector",
    "any": "any value",
    "hours": "hours",
    "weekdays": "weekdays",
    "season": "months of the year",
    "days": "list of days",
    "numbers": "numbers",
    "interval": "interval",
    "hashrate": "hashrate",
    "months": "months",
    "persons": "persons",
    "dependents": "dependents",
    "state": "state",
    "years": "years",
    "names": "list of names",
}
ROW = re.compile(r"^\| `(\w+)` \| (.*?) \| (yes|) \| (.+?) \|$", re.MULTILINE)


def document(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def sections(text: str) -> Mapping[str, str]:
    """Return what stands under each `## ` heading."""
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows(section: str) -> dict[str, tuple[str, str]]:
    return {name: (value, needed) for name, value, needed, _ in ROW.findall(section)}


def row_of(key: Key) -> tuple[str, str]:
    value = ", ".join(f"`{choice}`" for choice in key.choices) if key.choices else WORDS[key.meaning]
    return value, "yes" if key.required else ""


def test_every_kind_of_event_has_its_section_in_the_vocabularys_order() -> None:
    told = [heading.strip("`") for heading in sections(document("events.md")) if heading.startswith("`")]
    assert told == list(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_a_kind_is_told_with_its_units_and_whether_it_is_needed(kind: str) -> None:
    told = rows(sections(document("events.md"))[f"`{kind}`"])
    keys = keys_of(kind)
    assert told == {name: row_of(key) for name, key in keys.items() if name not in OF_EVERY_KIND}
    common = rows(sections(document("events.md"))["Keys of every kind"])
    assert common == {name: row_of(keys[name]) for name in OF_EVERY_KIND}


@pytest.mark.parametrize("kind", ["Keys of every kind", *KINDS])
def test_the_words_of_each_key_are_those_that_the_command_shows(kind: str) -> None:
    section = sections(document("events.md"))[f"`{kind}`" if kind in KINDS else kind]
    words = tomllib.loads(MEANINGS.read_text(encoding="utf-8"))
    assert words[kind if kind in KINDS else EVERY] == {name: says for name, _, _, says in ROW.findall(section)}
    assert words.keys() == {EVERY, *KINDS}


def examples() -> Iterator[str]:
    for name in ("events.md", "guide.md"):
        yield from re.findall(r'^\{"kind": .*\}$', document(name), re.MULTILINE)


@pytest.mark.parametrize("line", list(examples()))
def test_every_event_shown_as_an_example_is_let_in(line: str) -> None:
    assert parse_event(json.loads(line), AssetTable(), "example").id


def test_every_command_is_in_the_guide() -> None:
    told = re.findall(r"^\| `lotwork ([\w-]+)` \|", document("guide.md"), re.MULTILINE)
    assert sorted(told) == sorted(cli.COMMANDS)


def test_every_command_line_shown_is_a_command() -> None:
    for path in (ROOT / "README.md", *DOCS.rglob("*.md")):
        shown = re.findall(
            r"(?:^\$? ?|`)(?:\.venv/bin/)?lotwork ([a-z][a-z-]*)\b", path.read_text(encoding="utf-8"), re.MULTILINE
        )
        assert set(shown) <= set(cli.COMMANDS), path.name


def shown_commands() -> Iterator[tuple[str, str]]:
    """Yield each command line of a document, in a block or in a sentence, with the document's name."""
    for path in (ROOT / "README.md", *DOCS.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        for line in re.findall(r"^(?:\$ )?lotwork (.+)$", text, re.MULTILINE) + re.findall(r"`lotwork ([^`]+)`", text):
            yield path.name, line.partition(" # ")[0]


def options_of(words: list[str]) -> set[str]:
    """Return the options of the command that *words* begin with, a command of a group among them."""
    context, command = click.Context(cli.lotwork), cli.lotwork.get_command(click.Context(cli.lotwork), words[0])
    if isinstance(command, click.Group) and len(words) > 1:
        command = command.get_command(context, words[1]) or command
    assert command is not None, words[0]
    asked = " ".join(words[1:]).replace('"', "")
    behind = [command_of(name) for name in QUESTIONS if words[0] == "all" and asked.startswith(name)]
    params = [option for each in (command, *behind) for option in each.params]
    return {name for option in params for name in (*option.opts, *option.secondary_opts)}


def test_every_option_shown_is_one_of_its_command() -> None:
    shown = [(name, line) for name, line in shown_commands() if "--" in line and line.split()[0] in cli.COMMANDS]
    assert len(shown) > 20
    unknown = [
        f"{name}: {line}"
        for name, line in shown
        if set(re.findall(r"(?<![\w-])--[a-z][a-z0-9-]*", line)) - options_of(line.split()) - {"--help"}
    ]
    assert not unknown


def test_every_exit_code_is_in_the_guide() -> None:
    told = {
        int(code) for code in re.findall(r"^\| (\d+) \|", sections(document("guide.md"))["Exit codes"], re.MULTILINE)
    }
    tree = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, LotworkError)]
    assert told == {0, 1} | {each.exit_code for each in tree}


def test_every_metric_is_in_the_daemons_page() -> None:
    told = set(re.findall(r"^\| `(lotwork_\w+)` \|", document("daemon.md"), re.MULTILINE))
    families = Metrics().registry.collect()
    assert told == {f"{each.name}_total" if each.type == "counter" else each.name for each in families}


def test_decisions_are_numbered_without_a_gap_and_say_why() -> None:
    decisions = sorted((DOCS / "adr").glob("*.md"))
    assert [int(path.name[:4]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions:
        text = path.read_text(encoding="utf-8")
        assert text.startswith(f"# {int(path.name[:4])}. ")
        assert {"Why", "Decision"} <= set(sections(text))
        assert len(text.splitlines()) <= 60


def test_the_changelog_tells_this_version_and_its_figures() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    release = next(body for heading, body in sections(text).items() if heading.startswith(f"[{version}]"))
    assert "### Figures" in release


def test_no_link_of_a_document_leads_nowhere() -> None:
    lost = []
    for path in kept_files():
        if path.suffix == ".md":
            links = re.findall(r"\]\((?!https?:|#)([^)#\s]+)[^)]*\)", path.read_text(encoding="utf-8"))
            lost += [f"{path.relative_to(ROOT)}: {link}" for link in links if not (path.parent / link).exists()]
    assert not lost


def anchors(text: str) -> frozenset[str]:
    """Return the names GitHub gives the headings of a page; no page has two headings alike that are linked to."""
    told = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading) for heading in told)
    return frozenset(re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-") for heading in plain)


def test_no_link_to_a_heading_of_a_document_leads_nowhere() -> None:
    lost = []
    for path in kept_files():
        if path.suffix == ".md":
            for page, heading in re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", path.read_text(encoding="utf-8")):
                target = path.parent / page if page else path
                if target.suffix == ".md" and heading not in anchors(target.read_text(encoding="utf-8")):
                    lost.append(f"{path.relative_to(ROOT)}: {page}#{heading}")
    assert not lost


def test_every_page_is_linked_where_a_reader_begins() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert not [page.name for page in sorted(DOCS.glob("*.md")) if f"](docs/{page.name})" not in readme]


def test_every_test_the_reliability_page_names_is_there() -> None:
    named = re.findall(r"tests/[\w/]+(?:\.\w+)?", document("reliability.md"))
    assert named
    assert not [name for name in named if not (ROOT / name).exists()]

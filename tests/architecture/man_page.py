"""The manual page, docs/lotwork.1, written from what the commands say of themselves: `make man`."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from lotwork import cli
from tests.architecture.house import ROOT
from tests.command_tree import command_of, commands

PAGE = ROOT / "docs" / "lotwork.1"
GUIDE = ROOT / "docs" / "guide.md"
SHARED = {"--home", "--book", "--json", "--help", "-h"}
"""Options of every command: told once, at the top."""
MACROS = {"TH", "SH", "SS", "PP", "TP", "B", "I", "BR", "RS", "RE", "nf", "fi"}


def text_of(words: str) -> str:
    """Return *words* as the text of a manual: what troff takes for orders of its own is escaped."""
    words = re.sub(r"`([^`]+)`", r"\1", words).replace("\\", r"\e").replace("-", r"\-")
    words = "".join(letter if letter.isascii() else f"\\[u{ord(letter):04X}]" for letter in words)
    return "\n".join(rf"\&{line}" if line[:1] in (".", "'") else line for line in words.splitlines())


def written() -> str:
    """Return the whole page."""
    return "\n".join(lines()) + "\n"


def lines() -> Iterator[str]:
    """Yield the lines of the page."""
    context = click.Context(cli.lotwork, info_name="lotwork")
    about = (cli.lotwork.help or "").strip()
    yield '.\\" Written by `make man` from what the commands say of themselves: change it there.'
    yield '.TH LOTWORK 1 "" "Lotwork" "User Commands"'
    yield ".SH NAME"
    yield text_of(f"lotwork - {about.partition(': ')[0].partition(', ')[2]}")
    yield ".SH SYNOPSIS"
    yield ".B lotwork"
    yield text_of("[--home DIR] [--book NAME] [--json] COMMAND [OPTIONS] [ARGUMENTS]")
    yield ".SH DESCRIPTION"
    yield text_of(about)
    yield ".PP"
    yield text_of("These options are taken before the command and behind it:")
    for option in cli.lotwork.params:
        yield from option_of(option, context)
    yield ".SH COMMANDS"
    for words in commands():
        yield from command_lines(words)
    yield ".SH EXIT STATUS"
    for code, meaning in re.findall(r"^\| (\d+) \| (.+) \|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE):
        yield ".TP"
        yield f".B {code}"
        yield text_of(meaning)
    yield ".SH ENVIRONMENT"
    yield ".TP"
    yield ".B LOTWORK_HOME"
    yield text_of("The home, where --home names none.")
    yield ".TP"
    yield ".B LOTWORK_DEBUG"
    yield text_of("Where it is set, a bug is told with the place it stands at.")
    yield ".SH SEE ALSO"
    yield text_of("docs/guide.md of the source, and lotwork COMMAND --help.")


def command_lines(words: tuple[str, ...]) -> Iterator[str]:
    """Yield what the page says of one command."""
    command = command_of(words)
    context = click.Context(command, info_name=" ".join(words))
    pieces = [piece for piece in command.collect_usage_pieces(context) if piece != "[OPTIONS]"]
    yield f'.SS "{text_of(" ".join(["lotwork", *words, *pieces]))}"'
    paragraphs = re.split(r"\n\s*\n", (command.help or "").strip())
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield ".PP"
        yield text_of(" ".join(paragraph.replace("\b", "").split()))
    for option in command.params:
        if isinstance(option, click.Option) and not SHARED.intersection(option.opts):
            yield from option_of(option, context)


def option_of(option: click.Parameter, context: click.Context) -> Iterator[str]:
    """Yield an option with what it is for; nothing of what is hidden, and nothing of an argument."""
    record = option.get_help_record(context)
    if record is None:
        return
    names, words = record
    yield ".TP"
    yield f'.B "{text_of(names)}"'
    yield text_of(" ".join(words.split())) or r"\&"


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")

"""The manual page is what the commands say, whole, and a text that troff sets without a complaint."""

from __future__ import annotations

import re
import subprocess

import click
import pytest

from tests.architecture.man_page import MACROS, PAGE, SHARED, text_of, written
from tests.command_tree import command_of, commands

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_page_is_the_one_that_is_written() -> None:
    assert written() == TEXT, "docs/lotwork.1 says other things than the commands: run `make man`"


def test_every_command_has_a_section_with_its_options() -> None:
    sections = dict(re.findall(r'^\.SS "(.+?)"\n(.*?)(?=^\.S[SH] )', TEXT, re.MULTILINE | re.DOTALL))
    for words in commands():
        name = text_of(" ".join(("lotwork", *words)))
        (told,) = (body for title, body in sections.items() if f"{title} ".startswith(f"{name} "))
        for option in command_of(words).params:
            if isinstance(option, click.Option) and not option.hidden and not SHARED.intersection(option.opts):
                assert text_of(option.opts[-1]) in told, (words, option.opts)


def test_every_exit_code_is_told() -> None:
    assert {int(code) for code in re.findall(r"^\.B (\d+)$", TEXT, re.MULTILINE)} == {0, 1, 2, 3, 4, 5, 6, 70}


def test_every_order_is_one_of_a_manual() -> None:
    orders = [line[1:].split()[0] for line in TEXT.splitlines() if line.startswith(".") and not line.startswith('.\\"')]
    assert set(orders) <= MACROS
    assert not [line for line in TEXT.splitlines() if line.startswith("'") or len(line) > 2000]
    assert TEXT.isascii()


@pytest.mark.parametrize(
    ("words", "text"),
    [("--a-b", r"\-\-a\-b"), ("a\\b", r"a\eb"), (".x", r"\&.x"), ("'x", r"\&'x"), ("`c` …", r"c \[u2026]")],
)
def test_words_are_escaped(words: str, text: str) -> None:
    assert text_of(words) == text


def test_troff_sets_it_without_a_complaint() -> None:
    told = subprocess.run(["groff", "-man", "-ww", "-z", PAGE], capture_output=True, text=True, check=True)
    assert told.stderr == ""
    shown = subprocess.run(["groff", "-man", "-Tascii", PAGE], capture_output=True, text=True, check=True).stdout
    assert "the miner's tax ledger" in shown
    assert "lotwork upgrade-check" in re.sub(r"\x1b\[[0-9;]*m|.\x08", "", shown)

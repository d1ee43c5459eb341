"""A number that nobody can have written is refused at once, at every door: files, cells, settings, options, keys."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import click
import pytest

from lotwork import cli
from lotwork.config import load
from lotwork.ingest.asking.json_guard import JsonRefusedError, parse_json
from lotwork.ingest.sheets.column_map import load_map
from lotwork.ledger.errors import ConfigError, InputRefusedError, Problem
from lotwork.ledger.public_form.bounded import NumberRefusedError, decimal, read_toml, whole
from lotwork.ledger.public_form.jsonlines import read_json_lines
from lotwork.ledger.storage.doctor import config_readable
from lotwork.ledger.units import AmountError, scaled
from tests.commands.calling import Caller

BEYOND = (
    "1e999990", "1E+999990", "-1e999990", "1e-999990", "0.1e99999999999", "9" * 100_000, "-" + "9" * 100_000,
    "0." + "0" * 100_000 + "1", "1e41", "NaN", "nan", "Infinity", "-Infinity", "inf",
)  # fmt: skip
"""Spellings of numbers beyond any amount, and of none."""


@pytest.mark.parametrize("text", BEYOND, ids=lambda text: text[:12])
def test_no_reader_of_numbers_takes_it(text: str) -> None:
    with pytest.raises((NumberRefusedError, ArithmeticError)):
        decimal(text)
    with pytest.raises(ValueError, match=r"."):
        whole(text)
    with pytest.raises(AmountError):
        scaled(text, 8)


@pytest.mark.parametrize("text", BEYOND, ids=lambda text: text[:12])
def test_no_answer_of_a_server_holds_it(text: str) -> None:
    for body in (text, f"[{text}]", f'{{"a": {{"b": [1, {text}]}}}}'):
        with pytest.raises(JsonRefusedError):
            parse_json(body.encode())


@pytest.mark.parametrize("text", BEYOND, ids=lambda text: text[:12])
def test_no_line_of_events_and_no_cell_holds_it(text: str, lotwork: Caller, tmp_path: Path) -> None:
    common = {"kind": "receipt", "id": "r", "at": "2026-06-01T12:00:00Z", "wallet": "w", "asset": "BTC"}
    problems: list[Problem] = []
    line = json.dumps({**common, "income": "pool_payout", "quantity": "?"})
    file = tmp_path / "events.jsonl"
    file.write_text(line.replace('"?"', text) + "\n")
    assert list(read_json_lines(file, problems)) == []
    assert len(problems) == 1
    table = tmp_path / "receipts.csv"
    table.write_text(f"at,wallet,asset,quantity,income\n2026-06-01T12:00:00Z,w,BTC,{text},pool_payout\n")
    for file_ in (file, table):
        lotwork("import", file_, *(["--map", "generic-receipts"] if file_ is table else []), code=3)
    assert lotwork("head", "--json").result["position"] == 0


TOML = tuple(text for text in BEYOND if not text.startswith("N") and "I" not in text)


@pytest.mark.parametrize("text", [*TOML, "0x" + "f" * 100_000, "-inf"], ids=lambda text: text[:12])
def test_no_settings_and_no_map_hold_it(text: str, tmp_path: Path) -> None:
    for told in (f"a = {text}", f"[[b]]\nc = [1, {{ d = {text} }}]"):
        with pytest.raises(tomllib.TOMLDecodeError):
            read_toml(told)
    config = tmp_path / "config.toml"
    config.write_text(f"[service]\nport = {text}\n")
    with pytest.raises(ConfigError):
        load(tmp_path)
    assert not config_readable(config).ok
    map_ = tmp_path / "map.toml"
    map_.write_text(f'kind = "receipt"\nskip = {text}\n')
    with pytest.raises(InputRefusedError):
        load_map(map_)


def test_what_is_a_number_is_taken_to_the_digit() -> None:
    largest = str(2**256 - 1)
    assert whole(largest) == 2**256 - 1
    assert decimal(f"-{largest}") == -(2**256 - 1)
    assert decimal("1.25e-8") == Decimal("0.0000000125")
    assert read_toml("a = 1_000.5\nb = 0xff\nc = true\nd = 1979-05-27", Decimal)["a"] == Decimal("1000.5")


def options_of(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield each option that takes a value of free form, with the way to its command; a home is no number."""
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            found = command.get_command(click.Context(command), name)
            assert found is not None
            yield from options_of(found, (*path, name))
        return
    if path[0] in ("run", "demo", "init"):
        return
    for option in command.params:
        free = not isinstance(option.type, (click.Choice, click.Path)) and option.name != "home"
        if isinstance(option, click.Option) and free and not option.is_flag:
            yield path, option.opts[0]


def test_no_option_takes_it(lotwork: Caller) -> None:
    asked = list(options_of(cli.lotwork))
    assert len(asked) > 60
    for path, option in asked:
        for text in ("1e999990", "9" * 5_000):
            told = lotwork(*path, option, text, code=None)
            assert told.code <= 7, f"{path} {option} {text[:9]}: {told.err[-300:]}"
            assert "Traceback" not in told.err


def test_no_key_of_add_takes_it(lotwork: Caller) -> None:
    given = ["at=2026-06-01T12:00:00Z", "wallet=w", "asset=BTC", "income=pool_payout"]
    for text in BEYOND:
        for key in ("quantity", "price_usd", "value_usd", "gross_quantity", "vout", "height"):
            rest = [] if key == "quantity" else ["quantity=1"]
            told = lotwork("add", "receipt", *given, *rest, f"{key}={text}", code=None)
            assert told.code == 3, f"{key}={text[:12]}: {told.code} {told.err[-300:]}"

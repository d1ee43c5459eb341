"""A source of prices put behind those that are asked already."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from lotwork.commands.answer import Call
from lotwork.commands.source.options import Options, after_a_change, say_added
from lotwork.commands.source.trying import context_of, once, secrets_of, show, tried_prices
from lotwork.config import FILE, Config, write_default
from lotwork.ingest.declaration import DeclaredPrices
from lotwork.ledger.errors import ConfigError, SourceUnreachableError, UsageError
from lotwork.reports.sources import PRICES, AddedListing
from lotwork.service.ledger_place import open_log
from lotwork.service.settings import Settings
from lotwork.service.settings_file import alone, with_price_source
from lotwork.service.settings_saved import expect, save, text_of
from lotwork.service.toml_file import TomlFile, parse, problems_of


def add_prices(call: Call, config: Config, declared: DeclaredPrices, options: Options) -> int:
    """Put a source of prices behind those that are asked."""
    path = call.home / FILE
    asked = asked_in(text_of(call.home) if path.exists() else "", path)
    if declared.name in asked:
        raise ConfigError(f"the price source {declared.name} is asked already: see `lotwork source list`")
    place = _place(declared, options)
    write_default(call.home)
    before = text_of(call.home)
    after = with_price_source(before, declared.name, place, asked)
    wanted = parse(before, str(path)).tables
    table = wanted.setdefault(PRICES, {})
    table["sources"] = [*asked, declared.name]
    if place is not None:
        table[place[0]] = place[1]
    by_hand = f"name {declared.name!r} in `sources` of [{PRICES}] by hand"
    expect(after, wanted, path, by_hand)
    problems = list(problems_of(Settings, wanted, TomlFile(str(path), {})))
    if problems:
        raise ConfigError("the settings could not be used with it: nothing was written", problems)
    row = None
    if options.tests:
        settings = msgspec.convert(wanted, Settings)
        with open_log(call.home) as log:
            secrets = secrets_of(config, settings.prices, {})
            context = context_of(call, log, declared.name, secrets, config.secret)
            try:
                row = tried_prices(declared, settings.prices, context)
            except SourceUnreachableError as failure:
                raise type(failure)(once(failure)) from None
        if not call.as_json:
            show(row)
    else:
        call.say("lotwork: it was not tested: whether it answers shows when a price is asked for")
    with alone(call.home):
        if text_of(call.home) != before:
            raise ConfigError(f"{path} was changed meanwhile: nothing was written: try again")
        save(path, after)
    told = AddedListing(
        name=declared.name,
        kind=PRICES,
        book=None,
        file=str(path),
        secret_files=(),
        source=row,
        next=after_a_change(call.home, "lotwork poll"),
    )
    say_added(call, told)
    return 0


def asked_in(text: str, path: Path) -> tuple[str, ...]:
    """Return who is asked for prices by *text*, whatever a variable of the environment says."""
    told = parse(text, str(path)).tables.get(PRICES, {}).get("sources")
    return Settings().prices.sources if told is None else tuple(told)


def _place(declared: DeclaredPrices, options: Options) -> tuple[str, str] | None:
    """Return the key of the place of a source of prices and what it is to say; None where the default does."""
    told = dict(words.partition("=")[::2] for words in options.settings)
    others = sorted(told.keys() - {declared.key})
    if others or options.files or options.variables or options.credentials:
        raise UsageError(f"the price source {declared.name} has one key, {declared.key}, and no secret")
    if declared.key in told:
        return declared.key, told[declared.key]
    if declared.default is not None:
        return None
    if not options.guided:
        raise UsageError(f"the price source {declared.name} needs its place: give --set {declared.key}=…")
    return declared.key, click.prompt(declared.key, err=True)

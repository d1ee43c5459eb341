"""A source of prices put behind those that are asked already."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from lotwork.commands.answer import Call
from lotwork.commands.source.options import Options, after_a_change, say_added
from lotwork.commands.source.secrets import asked, given
from lotwork.commands.source.trying import context_of, once, secrets_of, show, tried_prices
from lotwork.commands.telling import hush
from lotwork.config import FILE, Config, write_default
from lotwork.ingest.declaration import DeclaredPrices
from lotwork.ledger.errors import ConfigError, LotworkError, SourceUnreachableError, UsageError
from lotwork.reports.sources import PRICES, AddedListing, TriedRow
from lotwork.service.ledger_place import open_log
from lotwork.service.settings import Settings
from lotwork.service.settings_file import alone, with_price_source
from lotwork.service.settings_saved import expect, save, text_of
from lotwork.service.source_secrets import Pending, refuse_told, refuse_what_is_there, slots_of_prices, write_all
from lotwork.service.source_table import Values
from lotwork.service.toml_file import TomlFile, parse, problems_of


def add_prices(call: Call, config: Config, declared: DeclaredPrices, options: Options) -> int:
    """Put a source of prices behind those that are asked."""
    path = call.home / FILE
    before_it = asked_in(text_of(call.home) if path.exists() else "", path)
    if declared.name in before_it:
        key = next((line.partition(" =")[0] for line in declared.example.splitlines() if "_key_file = " in line), None)
        more = f'write `{key.lstrip("# ")} = "FILE"` into [{PRICES}] of {path}, or ' if key else ""
        raise ConfigError(
            f"the price source {declared.name} is asked already: to set it otherwise, {more}"
            f"`lotwork source remove {PRICES}.{declared.name}` first"
        )
    told, pending = _told(call.home, declared, options)
    hush(one.secret for one in pending)
    refuse_what_is_there(call.home, pending)
    write_default(call.home)
    before = text_of(call.home)
    after = with_price_source(before, declared.name, told, before_it)
    wanted = parse(before, str(path)).tables
    table = wanted.setdefault(PRICES, {})
    table["sources"] = [*before_it, declared.name]
    table |= told
    by_hand = f"name {declared.name!r} in `sources` of [{PRICES}] by hand"
    expect(after, wanted, path, by_hand)
    problems = list(problems_of(Settings, wanted, TomlFile(str(path), {})))
    if problems:
        raise ConfigError("the settings could not be used with it: nothing was written", problems)
    row = _tested(call, config, declared, msgspec.convert(wanted, Settings), pending) if options.tests else None
    if row is None:
        call.say("lotwork: it was not tested: whether it answers shows when a price is asked for")
    written = _save(call.home, before, after, pending)
    listing = AddedListing(
        name=declared.name,
        kind=PRICES,
        book=None,
        file=str(path),
        secret_files=tuple(map(str, written)),
        source=row,
        next=after_a_change(call.home, "lotwork poll"),
    )
    say_added(call, listing)
    return 0


def _tested(
    call: Call, config: Config, declared: DeclaredPrices, settings: Settings, pending: tuple[Pending, ...]
) -> TriedRow:
    """Return what the source tells, asked with a secret that is not written yet."""
    typed = {f"file:{one.file}": one.secret for one in pending}

    def reveal(reference: str | None, file: str | None) -> str | None:
        reference = f"file:{file}" if file is not None else reference
        return typed.get(reference) if reference in typed else config.secret(reference)

    with open_log(call.home) as log:
        secrets = secrets_of(config, settings.prices, typed)
        context = context_of(call, log, declared.name, secrets, reveal)
        try:
            row = tried_prices(declared, settings.prices, context)
        except SourceUnreachableError as failure:
            raise type(failure)(once(failure)) from None
    if not call.as_json:
        show(row)
    return row


def _save(home: Path, before: str, after: str, pending: tuple[Pending, ...]) -> tuple[Path, ...]:
    """Write the secret and the settings; where the settings cannot be written, the secret goes again."""
    with alone(home):
        if text_of(home) != before:
            raise ConfigError(f"{home / FILE} was changed meanwhile: nothing was written: try again")
        written = tuple(write_all(home, pending))
        try:
            save(home / FILE, after)
        except (LotworkError, OSError):
            for secret in written:
                secret.unlink(missing_ok=True)
            raise
    return written


def asked_in(text: str, path: Path) -> tuple[str, ...]:
    """Return who is asked for prices by *text*, whatever a variable of the environment says."""
    told = parse(text, str(path)).tables.get(PRICES, {}).get("sources")
    return Settings().prices.sources if told is None else tuple(told)


def _told(home: Path, declared: DeclaredPrices, options: Options) -> tuple[Values, tuple[Pending, ...]]:
    """Return what the keys of a source of prices are to say, where no default does, and the secret that is typed."""
    slots = slots_of_prices(declared)
    told: Values = {}
    for words in options.settings:
        key, _, value = words.partition("=")
        name, _, asset = key.strip().partition(".")
        if name == declared.names_key and asset:
            told.setdefault(name, {})[asset] = value
        elif asset or name not in (declared.key, *(slot.name for slot in slots)):
            raise UsageError(f"the price source {declared.name} has the keys {_keys(declared)}, not {key[:40]}")
        else:
            told[name] = value
    refuse_told(slots, told)
    chosen = (options.files, options.variables, options.credentials, options.keyrings)
    if any(chosen) and not slots:
        raise UsageError(f"the price source {declared.name} has the keys {_keys(declared)}, and no secret")
    secret, pending = given(home, slots, *chosen, declared.name)
    told |= secret
    if options.guided:
        for slot in (slot for slot in slots if not slot.is_given(told)):
            more, typed = asked(slot, declared.name, f"the key of {declared.label}", is_needed=False)
            told |= more
            pending += (typed,) if typed is not None else ()
    if declared.default is None and declared.key not in told:
        if not options.guided:
            raise UsageError(f"the price source {declared.name} needs its place: give --set {declared.key}=…")
        told[declared.key] = click.prompt(declared.key, err=True)
    return told, pending


def _keys(declared: DeclaredPrices) -> str:
    """Return the keys that `--set` takes."""
    named = () if declared.names_key is None else (f"{declared.names_key}.COIN",)
    return ", ".join((declared.key, *named))

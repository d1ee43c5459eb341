"""`lotwork source add`: asks what is missing, tries the source out, and only then writes it into config.toml."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from lotwork.commands.answer import Call, called
from lotwork.commands.source.adding_prices import add_prices
from lotwork.commands.source.guided import (
    AGAIN,
    LEAVE,
    SAVE,
    ask_anew,
    ask_for,
    ask_which,
    command_of,
)
from lotwork.commands.source.kinds import addable, chosen, find, kinds
from lotwork.commands.source.options import Options, after_a_change, say_added
from lotwork.commands.source.secrets import (
    Pending,
    given,
    refuse_told,
    refuse_what_is_there,
    slots_of,
    write_all,
)
from lotwork.commands.source.told_elsewhere import told_already, watched_already
from lotwork.commands.source.trying import context_of, once, secrets_of, show, tried
from lotwork.commands.telling import hush, tell, without_secrets
from lotwork.config import FILE, Config, load, write_default
from lotwork.ingest.declaration import DeclaredPrices, DeclaredSource
from lotwork.ledger.errors import (
    ConfigError,
    InputRefusedError,
    LotworkError,
    Problem,
    SourceUnreachableError,
    UsageError,
)
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.reports.sources import AddedListing, TriedRow
from lotwork.service.ledger_place import open_log
from lotwork.service.settings import Settings
from lotwork.service.settings_file import alone, with_table
from lotwork.service.settings_saved import expect, save, text_of
from lotwork.service.source_table import Values, block_of, example_of, is_given, keys_of, put, refuse_what_spends
from lotwork.service.toml_file import TomlFile, parse, problems_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lotwork.ingest.trial import Found, TrialContext

MISSING = "the key is missing"
MOST_CHANGES = 20
"""How often answers may be changed before the command gives up."""


@click.command("add")
@click.argument("kind", required=False, shell_complete=addable)
@click.option("--name", metavar="NAME", help="Your name for it.  [default: the kind]")
@click.option("--set", "settings", metavar="KEY=VALUE", multiple=True, help="A key of its table; wallets.watch=A,B.")
@click.option(
    "--secret-file",
    "files",
    metavar="[KEY=]FILE",
    multiple=True,
    help="A file (0600) with the secret; - is standard input.",
)
@click.option("--secret-env", "variables", metavar="[KEY=]NAME", multiple=True, help="The variable with the secret.")
@click.option(
    "--secret-credential", "credentials", metavar="[KEY=]NAME", multiple=True, help="The systemd credential with it."
)
@click.option("--secret-keyring", "keyrings", metavar="[KEY=]NAME", multiple=True, help="Its name in the keyring.")
@click.option("--no-test", is_flag=True, help="Save it without asking it; it may not work.")
@click.option("--no-input", is_flag=True, help="Ask nothing.")
@called
def add_command(  # noqa: PLR0913 - each option of a command is an argument
    call: Call,
    *,
    kind: str | None,
    name: str | None,
    settings: tuple[str, ...],
    files: tuple[str, ...],
    variables: tuple[str, ...],
    credentials: tuple[str, ...],
    keyrings: tuple[str, ...],
    no_test: bool,
    no_input: bool,
) -> int:
    """Add the source KIND: a pool, a node, a folder, or who knows prices. It is tested first; nothing is recorded."""
    guided = not no_input and not call.as_json and sys.stdin.isatty()
    told = (*((f"name={name}",) if name else ()), *settings)
    options = Options(told, files, variables, credentials, keyrings, tests=not no_test, guided=guided)
    config = load(call.home)
    if kind is None and not guided:
        raise UsageError(f"say which: lotwork source add KIND: {', '.join(kinds())}")
    declared, more = find(kind) if kind else chosen()
    if isinstance(declared, DeclaredPrices):
        return add_prices(call, config, declared, options)
    return _Adding(call, config, declared, options).go(more)


class _Adding:
    """One source on its way into the settings."""

    def __init__(self, call: Call, config: Config, declared: DeclaredSource[Any], options: Options) -> None:
        self.call = call
        self.config = config
        self.declared = declared
        self.options = options
        self.slots = slots_of(declared)
        self.pending: tuple[Pending, ...] = ()

    def go(self, more: Values) -> int:
        """Ask, check, test, and save."""
        values = self._values(more)
        section, before, after, row = self._settled(values)
        if row is not None and not self.call.as_json:
            show(row)
        if self.options.guided and not click.confirm("Save it?", default=True, err=True):
            self.call.say("lotwork: nothing was saved")
            raise click.Abort
        written = self._save(before, after, values)
        told = AddedListing(
            name=section.name,
            kind=self.declared.kind,
            book=section.book,
            file=str(self.call.home / FILE),
            secret_files=tuple(map(str, written)),
            source=row,
            next=after_a_change(self.call.home, f"lotwork poll {section.name}"),
        )
        say_added(self.call, told)
        return 0

    def _settled(self, values: Values) -> tuple[Any, str, str, TriedRow | None]:
        """Return the section that *values* make, the settings without it and with it, and what it told when tried.

        Where a person sits there, answers that do not do are asked for again, and all others are kept.
        """
        for _ in range(MOST_CHANGES if self.options.guided else 0):
            try:
                return self._once(values)
            except (SourceUnreachableError, InputRefusedError, UsageError) as failure:
                tell(without_secrets(str(failure)), err=True)
                self._change(values)
        return self._once(values)

    def _once(self, values: Values) -> tuple[Any, str, str, TriedRow | None]:
        section = self._section(values)
        self._refuse_name(section.name, section.book)
        write_default(self.call.home)
        before = text_of(self.call.home)
        after = self._with(before, values)
        refuse_what_is_there(self.call.home, self.pending)
        return section, before, after, self._tried(section)

    def _change(self, values: Values) -> None:
        """Ask what is to be done about answers that did not do, and do it."""
        said = ask_which(self.declared, self.slots, values)
        if said == LEAVE:
            tell(f"Nothing was saved. The same answers: {command_of(self.declared.kind, values)}", err=True)
            raise click.Abort
        if said == SAVE:
            self.options = dataclasses.replace(self.options, tests=False)
        elif said != AGAIN:
            one = ask_anew(self.declared, self.slots, values, self._taken(), said)
            refuse_what_spends(values)
            if one is not None:
                self.pending = (*(each for each in self.pending if each.file != one.file), one)
                hush([one.secret])

    def _values(self, more: Values) -> Values:
        """Return the table that the options and the answers make."""
        values: Values = dict(more)
        if self.call.book != MAIN_BOOK:
            values["book"] = self.call.book
        for words in self.options.settings:
            key, is_pair, value = words.partition("=")
            if not is_pair:
                raise UsageError(f"--set {key[:40]}: write it as KEY=VALUE")
            put(values, self.declared.settings, key.strip(), value)
        refuse_told(self.slots, values)
        refuse_what_spends(values)
        if not self.options.guided:
            values.setdefault("name", self.declared.kind)
        name = str(values.get("name", self.declared.kind))
        chosen = (self.options.files, self.options.variables, self.options.credentials, self.options.keyrings)
        secret, self.pending = given(self.call.home, self.slots, *chosen, name)
        values |= secret
        if self.options.guided:
            self.pending += ask_for(self.declared, self.slots, values, self._taken(), self._lacks)
        refuse_what_spends(values)
        hush(one.secret for one in self.pending)
        return values

    def _taken(self) -> set[str]:
        return {each.name for each in self.config.settings.sources.all()}

    def _lacks(self, values: Values, word: str) -> bool:
        """Return whether *values* will not do without the secret *word*; what else they lack is made up."""
        of_secrets = {key for slot in self.slots for key in (slot.name, slot.file_key)}
        shown = {key: value for key, value in example_of(self.declared).unwrap().items() if key not in of_secrets}
        for slot in self.slots:
            shown |= slot.in_file("made up") if slot.name != word and not slot.is_given(values) else {}
        return any(problem.reason.startswith(f"neither {word} nor ") for problem in self._problems(shown | values))

    def _problems(self, values: Values) -> list[Problem]:
        return list(problems_of(self.declared.settings, values, TomlFile("lotwork source add", {})))

    def _section(self, values: Values) -> Any:
        """Return *values* as the declaration's settings; UsageError with all that is missing or wrong."""
        problems = self._problems(values)
        if not problems:
            return msgspec.convert(values, self.declared.settings)
        shown = keys_of(self.declared.settings, example_of(self.declared))
        missing = [key.name for key in shown if key.is_required and not is_given(values, key)]
        secret = [slot.name for slot in self.slots if self._lacks(values, slot.name)]
        give = [f"--set {key}=…" for key in missing] + [f"--secret-file {key}=FILE" for key in secret]
        other = [
            str(each)
            for each in problems
            if each.reason != MISSING and not any(each.reason.startswith(f"neither {key} nor ") for key in secret)
        ]
        lines = [f"{self.declared.kind}: give {' '.join(give)}"] if give else []
        example = [f"its table, as an example:\n{self.declared.example.strip()}"] if give else []
        raise UsageError("\n".join((*lines, *other, *example)))

    def _refuse_name(self, name: str, book: str) -> None:
        if any((each.book, each.name) == (book, name) for each in self.config.settings.sources.all()):
            raise ConfigError(
                f"a source of the book {book} is called {name} already: give this one --name another, or take that one "
                f"out: lotwork source remove {name}"
            )

    def _with(self, before: str, values: Values) -> str:
        """Return the settings with the new table; ConfigError where they would not say so, or could not be used."""
        path = self.call.home / FILE
        block = block_of(self.declared, values)
        after = with_table(before, block)
        wanted = parse(before, str(path)).tables
        sources = wanted.setdefault("sources", {})
        sources[self.declared.kind] = [*sources.get(self.declared.kind, ()), values]
        expect(after, wanted, path, f"write this there by hand:\n\n{block}")
        problems = list(problems_of(Settings, parse(after, str(path)).tables, TomlFile(str(path), {})))
        if problems:
            raise ConfigError("the settings could not be used with it: nothing was written", problems)
        return after

    def _tried(self, section: Any) -> TriedRow | None:
        """Return what the source tells; None, said in words, where it is not to be tested.

        What cannot work by its settings alone is refused all the same, unless a secret cannot be had here.
        """
        pending = {f"file:{one.file}": one.secret for one in self.pending}

        def reveal(reference: str | None, file: str | None) -> str | None:
            reference = f"file:{file}" if file is not None else reference
            return pending.get(reference) if reference in pending else self.config.secret(reference)

        try:
            secrets = secrets_of(self.config, section, pending)
        except ConfigError:
            if self.options.tests:
                raise
            self._say_untested()
            return None
        with open_log(self.call.home) as log:
            context = context_of(self.call, log, section.name, secrets, reveal)
            if not self.options.tests:
                self.declared.build(section, context)
                self._say_untested()
                return None
            return self._asked(section, context)

    def _asked(self, section: Any, context: TrialContext) -> TriedRow:
        if not self.call.as_json:
            tell(f"Asking {section.name}; nothing is recorded …", err=True)
        try:
            return tried(self.declared, section, context, lambda found: self._told_already(section, found, context))
        except SourceUnreachableError as failure:
            self.call.say("lotwork: nothing was saved, since the test failed; --no-test saves it all the same:")
            raise type(failure)(once(failure)) from None
        except LotworkError:
            self.call.say("lotwork: nothing was saved, since the test failed; --no-test saves it all the same:")
            raise

    def _told_already(self, section: Any, found: Found, context: TrialContext) -> Iterator[str]:
        yield from watched_already(section, self.config.settings)
        yield from told_already(found.events, context.whole_log, section.name, section.book)

    def _say_untested(self) -> None:
        self.call.say(
            "lotwork: it was not tested: whether it answers, and whether its key is right, shows at the next poll"
        )

    def _save(self, before: str, after: str, values: Values) -> list[Path]:
        """Write the secrets and the settings; where the settings cannot be written, the secrets go again."""
        home = self.call.home
        written: list[Path] = []
        with alone(home):
            now = text_of(home)
            after = after if now == before else self._with(now, values)
            try:
                for path in write_all(home, self.pending):
                    written.append(path)  # noqa: PERF402 - each as it is made, so that it goes where the next is not
                save(home / FILE, after)
            except (LotworkError, OSError):
                for path in written:
                    path.unlink(missing_ok=True)
                raise
        return written

"""`lotwork source add`: asks what is missing, tries the source out, and only then writes it into config.toml."""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING, Any

import click

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
from lotwork.commands.source.secrets import given
from lotwork.commands.source.trying import context_of, once, secrets_of, show, tried
from lotwork.commands.telling import hush, tell, without_secrets
from lotwork.config import FILE, Config, load, write_default
from lotwork.ingest.declaration import DeclaredPrices, DeclaredSource
from lotwork.ledger.errors import (
    ConfigError,
    InputRefusedError,
    LotworkError,
    SourceUnreachableError,
    UsageError,
)
from lotwork.ledger.storage.batch import MAIN_BOOK
from lotwork.reports.sources import AddedListing, TriedRow
from lotwork.service.ledger_place import open_log
from lotwork.service.settings_saved import text_of
from lotwork.service.source_adding import Adding, references_of
from lotwork.service.source_secrets import Pending, refuse_told, refuse_what_is_there
from lotwork.service.source_table import Values, put, refuse_what_spends

if TYPE_CHECKING:
    from lotwork.ingest.trial import TrialContext

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
        self.adding = Adding(call.home, config, declared, "lotwork source add")
        self.slots = self.adding.slots
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
        self.adding.save(before, after, values, self.pending)
        told = AddedListing(
            name=section.name,
            kind=self.declared.kind,
            book=section.book,
            file=str(self.call.home / FILE),
            secret_files=tuple(str(self.call.home / one.file) for one in self.pending),
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
        self.adding.refuse_name(section.name, section.book)
        write_default(self.call.home)
        before = text_of(self.call.home)
        after = self.adding.with_it(before, values)
        refuse_what_is_there(self.call.home, self.pending)
        return section, before, after, self._tried(section)

    def _change(self, values: Values) -> None:
        """Ask what is to be done about answers that did not do, and do it."""
        said = ask_which(self.declared, self.slots, values)
        if said == LEAVE:
            typed = {place for one in self.pending for slot in self.slots for place in slot.in_file(one.file).items()}
            kept = {key: value for key, value in values.items() if (key, str(value)) not in typed}
            again = ", and what is secret is asked for again" if typed else ""
            tell(f"Nothing was saved. The same answers{again}: {command_of(self.declared.kind, kept)}", err=True)
            raise click.Abort
        if said == SAVE:
            self.options = dataclasses.replace(self.options, tests=False)
        elif said != AGAIN:
            one = ask_anew(self.declared, self.slots, values, self.adding.taken, said)
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
            self.pending += ask_for(self.declared, self.slots, values, self.adding.taken, self.adding.lacks)
        refuse_what_spends(values)
        hush(one.secret for one in self.pending)
        return values

    def _section(self, values: Values) -> Any:
        """Return *values* as the declaration's settings; UsageError with all that is missing or wrong."""
        lacking = self.adding.lacking(values)
        if lacking is None:
            return self.adding.section(values)
        give = [f"--set {key}=…" for key in lacking.keys] + [f"--secret-file {key}=FILE" for key in lacking.secrets]
        lines = [f"{self.declared.kind}: give {' '.join(give)}"] if give else []
        example = [f"its table, as an example:\n{self.declared.example.strip()}"] if give else []
        raise UsageError("\n".join((*lines, *map(str, lacking.wrong), *example)))

    def _tried(self, section: Any) -> TriedRow | None:
        """Return what the source tells; None, said in words, where it is not to be tested.

        What cannot work by its settings alone is refused all the same, unless a secret cannot be had here.
        """
        pending, reveal = references_of(self.pending), self.adding.reveal(self.pending)
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
            return tried(
                self.declared, section, context, lambda found: self.adding.told_already(section, found, context)
            )
        except SourceUnreachableError as failure:
            self.call.say("lotwork: nothing was saved, since the test failed; --no-test saves it all the same:")
            raise type(failure)(once(failure)) from None
        except LotworkError:
            self.call.say("lotwork: nothing was saved, since the test failed; --no-test saves it all the same:")
            raise

    def _say_untested(self) -> None:
        self.call.say(
            "lotwork: it was not tested: whether it answers, and whether its key is right, shows at the next poll"
        )

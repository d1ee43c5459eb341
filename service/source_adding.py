"""A source on its way into the settings: what its table lacks, what it tells when it is tried, and how it is saved.

Both who types `lotwork source add` and who fills in a page come through here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from lotwork.ingest.declaration import DeclaredSource
from lotwork.ledger.errors import ConfigError, LotworkError, Problem
from lotwork.service.ledger_place import CONFIG
from lotwork.service.settings import Settings
from lotwork.service.settings_file import alone, with_table
from lotwork.service.settings_saved import expect, save, text_of
from lotwork.service.source_secrets import Pending, Slot, slots_of, write_all
from lotwork.service.source_table import Values, block_of, example_of, is_given, keys_of
from lotwork.service.source_trying import SettingsRead
from lotwork.service.told_elsewhere import told_already, watched_already
from lotwork.service.toml_file import TomlFile, parse, problems_of

if TYPE_CHECKING:
    from lotwork.ingest.trial import Found, TrialContext

MISSING = "the key is missing"


class Lacking(NamedTuple):
    """What keeps a table from being one: keys that are missing, secrets that are, and what is wrong beside them."""

    keys: tuple[str, ...]
    secrets: tuple[str, ...]
    wrong: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Adding:
    """One source that is to be added to the settings of a home."""

    home: Path
    config: SettingsRead
    declared: DeclaredSource[Any]
    where: str
    """What its answers are called where they are wrong: the command, the page."""

    @property
    def slots(self) -> tuple[Slot, ...]:
        """The secrets that its settings may name."""
        return slots_of(self.declared)

    @property
    def taken(self) -> set[str]:
        """The names that other sources have."""
        return {each.name for each in self.config.settings.sources.all()}

    def problems(self, values: Values) -> list[Problem]:
        """Return all that is wrong with *values* as its table."""
        return list(problems_of(self.declared.settings, values, TomlFile(self.where, {})))

    def lacks(self, values: Values, word: str) -> bool:
        """Return whether *values* will not do without the secret *word*; what else they lack is made up."""
        of_secrets = {key for slot in self.slots for key in (slot.name, slot.file_key)}
        shown = {key: value for key, value in example_of(self.declared).unwrap().items() if key not in of_secrets}
        for slot in self.slots:
            shown |= slot.in_file("made up") if slot.name != word and not slot.is_given(values) else {}
        return any(problem.reason.startswith(f"neither {word} nor ") for problem in self.problems(shown | values))

    def lacking(self, values: Values) -> Lacking | None:
        """Return what keeps *values* from being its table; None where nothing does."""
        problems = self.problems(values)
        if not problems:
            return None
        shown = keys_of(self.declared.settings, example_of(self.declared))
        missing = tuple(key.name for key in shown if key.is_required and not is_given(values, key))
        secret = tuple(slot.name for slot in self.slots if self.lacks(values, slot.name))
        wrong = tuple(
            each
            for each in problems
            if each.reason != MISSING and not any(each.reason.startswith(f"neither {key} nor ") for key in secret)
        )
        return Lacking(missing, secret, wrong)

    def section(self, values: Values) -> Any:
        """Return *values*, which lack nothing, as the settings of its declaration."""
        return msgspec.convert(values, self.declared.settings)

    def refuse_name(self, name: str, book: str) -> None:
        """Raise ConfigError where another source of the book has the name."""
        if any((each.book, each.name) == (book, name) for each in self.config.settings.sources.all()):
            raise ConfigError(
                f"a source of the book {book} is called {name} already: give this one --name another, or take that one "
                f"out: lotwork source remove {name}"
            )

    def with_it(self, before: str, values: Values) -> str:
        """Return the settings with the new table; ConfigError where they would not say so, or could not be used."""
        path = self.home / CONFIG
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

    def reveal(self, pending: tuple[Pending, ...]) -> Callable[[str | None, str | None], str | None]:
        """Return who tells secrets: those that are *pending* as well, which are written nowhere yet."""
        told = references_of(pending)

        def reveal(reference: str | None, file: str | None) -> str | None:
            reference = f"file:{file}" if file is not None else reference
            return told.get(reference) if reference in told else self.config.secret(reference)

        return reveal

    def told_already(self, section: Any, found: Found, context: TrialContext) -> Iterator[str]:
        """Yield a note of each who tells already what the source told."""
        yield from watched_already(section, self.config.settings)
        yield from told_already(found.events, context.whole_log, section.name, section.book)

    def save(self, before: str, after: str, values: Values, pending: tuple[Pending, ...]) -> list[Path]:
        """Write the secrets and the settings; where the settings cannot be written, the secrets go again."""
        written: list[Path] = []
        with alone(self.home):
            now = text_of(self.home)
            after = after if now == before else self.with_it(now, values)
            try:
                for path in write_all(self.home, pending):
                    written.append(path)  # noqa: PERF402 - each as it is made, so that it goes where the next is not
                save(self.home / CONFIG, after)
            except (LotworkError, OSError):
                for path in written:
                    path.unlink(missing_ok=True)
                raise
        return written


def references_of(pending: tuple[Pending, ...]) -> dict[str, str]:
    """Return each secret that is not written yet, by what settings say of it."""
    return {f"file:{one.file}": one.secret for one in pending}

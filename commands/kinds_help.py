"""What `lotwork add --help` tells: which kinds there are, and of one that is named its keys, each with an example."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from lotwork.ledger.public_form.explained import Explained

SAID_NOW = frozenset({"void", "correction"})
"""What a person says of an event already recorded: without an `at` it is said now."""
NOT_BY_HAND = frozenset({"filing", "suspense"})
"""What the program alone writes."""
KINDS_HEADING, NEEDED, MORE = "Kinds", "Keys that it must have", "Keys that may be left out"


class OfAKind(click.Command):
    """The command that adds an event: asked for help behind a kind, it tells of that kind."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep the first word for the help, which is asked for before any argument is read."""
        ctx.meta[__name__] = next((word for word in args if not word.startswith("-")), "")
        return super().parse_args(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help of the command, or of the kind that was named."""
        from lotwork.ledger.codec import KINDS  # noqa: PLC0415 - only who asks for help pays for it

        kind = ctx.meta.get(__name__, "")
        if kind not in KINDS:
            super().format_help(ctx, formatter)
            _section(formatter, KINDS_HEADING, _kinds())
            return
        from lotwork.ledger.public_form.explained import explained, says_of  # noqa: PLC0415 - the same

        formatter.write_usage(ctx.command_path, f"{kind} key=value...")
        with formatter.indentation():
            formatter.write_paragraph()
            formatter.write_text(says_of(kind))
        formatter.write(f"\n  As in: {command_of_kind(kind)}\n")  # one line, to be pasted
        keys = explained(kind).values()
        _section(formatter, NEEDED, (_row(each) for each in keys if _is_needed(kind, each)))
        _section(formatter, MORE, (_row(each) for each in keys if not _is_needed(kind, each)))


def command_of_kind(kind: str) -> str:
    """Return the command that adds an event of *kind* with no more than it must say."""
    from lotwork.ledger.day_alone import BY_THE_HOUR  # noqa: PLC0415 - only who asks for help pays for it
    from lotwork.ledger.public_form.explained import FIRST, example_of  # noqa: PLC0415 - the same

    told = dict(example_of(kind))
    if kind in SAID_NOW:
        del told[FIRST]
    elif kind not in BY_THE_HOUR:
        told[FIRST] = told[FIRST].partition("T")[0]
    return shlex.join(("lotwork", "add", kind, *(f"{name}={value}" for name, value in told.items())))


def _kinds() -> Iterator[tuple[str, str]]:
    from lotwork.ledger.codec import KINDS  # noqa: PLC0415 - only who asks for help pays for it
    from lotwork.ledger.public_form.explained import says_of  # noqa: PLC0415 - the same

    for kind in KINDS:
        if kind not in NOT_BY_HAND:
            yield kind, says_of(kind)


def _row(each: Explained) -> tuple[str, str]:
    words = f" One of: {', '.join(each.choices)}." if each.choices else ""
    return f"{each.name}={shlex.quote(each.example)}", f"{each.says}{words}"


def _is_needed(kind: str, key: Explained) -> bool:
    return key.required and not (key.name == "at" and kind in SAID_NOW)


def _section(formatter: click.HelpFormatter, title: str, rows: Iterator[tuple[str, str]]) -> None:
    listed = list(rows)
    if listed:
        with formatter.section(title):
            formatter.write_dl(listed)

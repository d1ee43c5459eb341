"""The command: finds the one that was asked for, imports no other, and turns errors into exit codes.

Under `--json` whatever ends a command is an object on standard output too, so that a script reads no sentences.

Exit codes: 0 done; 1 done, but findings need a person; 2 usage; 3 input refused; 4 integrity broken; 5 busy, locked or
refused by the disk or the machine; 6 source unreachable; 70 a bug.
"""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import NoReturn

import click

from lotwork.commands.ended import BUG, MORE_MEMORY, NOTHING_WRITTEN, Ended, ended_by, is_of_the_machine, misused
from lotwork.commands.telling import asks_json, hush_no_more, tell, without_secrets
from lotwork.ledger.errors import StorageError, UsageError

NO_MEMORY = f"lotwork: {MORE_MEMORY}: {NOTHING_WRITTEN}\n".encode()
"""What is said where there is no memory to say anything else."""
STOPPED = Ended("Stopped", 130, "stopped")

# The command, the module it lives in, and the sentence that `lotwork --help` shows without importing it.
COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("start", "Make a home: configuration, an empty ledger, the taxpayer's profile."),
    "demo": ("start", "Build the demo book: a sample miner's 2025 and 2026, made up and marked so."),
    "doctor": ("upkeep", "Check the home, the ledger and the machine, and say what to mend."),
    "run": ("daemon", "Run the daemon: watchers, prices, projections, alerts, dashboard."),
    "service": ("service.group", "Keep the daemon running under systemd: install, status, uninstall."),
    "alert": ("alert", "Try the channels by which alerts are sent: lotwork alert test."),
    "api": ("api", "A token with which programs read /api/v1 of the daemon: lotwork api token."),
    "poll": ("daemon", "Ask every source, or one, once and now."),
    "source": ("source.group", "What is watched: add a source and test it, list them, take one out."),
    "import": ("record", "Import events from files: exports that are known, CSV, JSON Lines; all, or none."),
    "map": ("maps", "Which exports are known by their face, and which column maps there are."),
    "price": ("price", "Which recorded price holds at an instant, from whom, and who would be asked."),
    "add": ("record", "Add one event: lotwork add KIND key=value ..."),
    "lots": ("report", "The open lots, now or at the end of a day."),
    "income": ("report", "A year's income, receipt by receipt."),
    "gains": ("report", "A year's gains and losses, as Form 8949 lists them."),
    "expenses": ("report", "A year's expenses by line of Schedule C."),
    "equipment": ("report", "A year's depreciation, rig by rig."),
    "quarterly": ("tax", "A year's estimated payments: due, paid, short, and what to set aside."),
    "liability": ("tax", "A year's tax, form line by form line."),
    "findings": ("findings", "What must be decided or mended, whole, and what to do about it."),
    "plan": ("plan.group", "Before you do it: a sale, a loss, a structure, a rig, and what each costs or saves."),
    "reconcile": ("reconcile", "Hold Forms 1099-DA, or the credits of pools, against the ledger."),
    "completeness": ("completeness", "What each pool's work should have brought, against what was booked."),
    "file": ("filing", "Record a year's return as filed: figures, law and position of the log."),
    "forms": ("forms", "A year's Form 8949 in files: the IRS's columns, Drake, TaxAct, TurboTax, Excel, TXF."),
    "official": ("official", "Fill a PDF of the IRS that you supply, or map its fields: lotwork official fill."),
    "diff": ("diff", "A return as filed against as now known: every line that moved, and why."),
    "compute": ("law", "Compute one case given as JSON on standard input: lotwork compute us."),
    "rules": ("law", "The law: list, show and compare figures, name what a year lacks."),
    "packet": ("packet", "A year in one ZIP that an accountant checks without Lotwork: build, verify, stamp."),
    "replay": ("replay", "Replay the log and say how fast, and what state it comes to."),
    "books": ("books.listing", "Every book of a home, or of a folder of homes: how it stands, and what is open."),
    "all": ("books.everyone", "Ask one command of every book: who owes what by when, in one table and a file."),
    "verify": ("upkeep", "Verify every event, hash and head."),
    "upgrade-check": ("upgrade", "Whether another version opens this log, and which figures would move."),
    "head": ("upkeep", "The head of the log: position and hash."),
    "backup": ("upkeep", "Write a verified copy of the ledger to FILE."),
    "restore": ("upkeep", "Bring a backup back."),
    "ledger": ("ledger", "Keep the ledger on a PostgreSQL server, or bring it back into the home."),
    "web": ("web", "The password with which the pages may record."),
    "export": ("export", "Write a book as JSON Lines, its coins for beancount, hledger, Koinly, or Parquet."),
}


def _books(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from lotwork.commands.completing import books  # noqa: PLC0415 - only a shell that asks loads it

    return books(ctx, param, incomplete)


class Lotwork(click.Group):
    """The group of all commands; only the one that runs is imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order a miner meets them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"lotwork.commands.{COMMANDS[cmd_name][0]}")
        command: click.Command = getattr(module, f"{cmd_name.replace('-', '_')}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or name the one that was perhaps meant."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from difflib import get_close_matches  # noqa: PLC0415 - only a slip pays for it

            near = get_close_matches(args[0], COMMANDS, 1)
            hint = f"did you mean {near[0]!r}?" if near else "see `lotwork --help`"
            ctx.fail(f"there is no command {args[0]!r}: {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Print every command with its sentence, importing none of them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, sentence) for name, (_, sentence) in COMMANDS.items()])


@click.group(cls=Lotwork, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="lotwork", prog_name="lotwork")
@click.option("--home", metavar="DIR", help="Keep all state in DIR.  [default: the platform's data folder]")
@click.option("--book", metavar="NAME", help="The taxpayer's book.  [default: main]", shell_complete=_books)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object on standard output.")
@click.pass_context
def lotwork(ctx: click.Context, home: str | None, book: str | None, as_json: bool) -> None:  # noqa: FBT001 - a click flag
    """Lotwork, the miner's tax ledger: receipts in; lots, quarterly payments and year-end figures out."""
    ctx.obj = {"home": home, "book": book, "as_json": as_json}


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command and leave with its exit code.

    As a program of its own it lets the collector of cycles walk nothing that is imported, nor what is left at the end.
    """
    if argv is None:
        gc.disable()  # until a command begins (`commands.answer.called`)
    os.umask(0o077)
    hush_no_more()
    _open_standard_streams()
    try:
        code = lotwork.main(args=argv, prog_name="lotwork", standalone_mode=False)
    except click.exceptions.Abort:
        code = _end(STOPPED)
    except click.ClickException as wrong:
        code = _misused(wrong)
    except BrokenPipeError:
        _stop_printing()
        code = 141
    except Exception as failure:  # noqa: BLE001 - the edge of the program: a bug has an exit code of its own
        code = _failed(failure)
    if argv is None:
        gc.freeze()
    sys.exit(code if isinstance(code, int) else 0)


def stop() -> NoReturn:
    """Say that a person stopped the command, outside of what it does, and leave."""
    sys.exit(_end(STOPPED))


def _open_standard_streams() -> None:
    """Put the null device in the place of a standard stream that was closed: no file of ours may take its number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            with suppress(OSError):
                os.fstat(number)
                continue
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free is this one
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))  # noqa: SIM115 - a stream of the whole process


def _failed(failure: Exception) -> int:
    """Say why *failure* ended the command and return the code; where memory ends meanwhile, that, in one write."""
    try:
        ended = ended_by(failure)
        if is_of_the_machine(failure):
            _stop_printing()
        if ended.error == BUG:
            _trace(failure)
        failure.__traceback__ = failure.__context__ = None  # what they hold is wanted, where memory is short
        return _end(ended)
    except MemoryError:
        os.write(2, NO_MEMORY)
        return StorageError.exit_code


def _stop_printing() -> None:
    """Send what is still to be printed nowhere: its reader is gone, or cannot take it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end(ended: Ended) -> int:
    """Say why the command ended, under --json as an object too, with every problem an input has; return the code."""
    if asks_json():
        from lotwork.commands.answer import print_failure, print_refusal  # noqa: PLC0415 - few commands end so

        if ended.refusal is not None:
            print_refusal(ended.refusal)
        else:
            print_failure(ended.error, ended.code, ended.words)
    tell(f"lotwork: {ended.words}", err=True)
    return ended.code


def _misused(wrong: click.ClickException) -> int:
    """Say how a command is called."""
    words = io.StringIO()
    wrong.show(words)
    tell(words.getvalue().rstrip("\n"), err=True)
    if asks_json():
        from lotwork.commands.answer import print_failure  # noqa: PLC0415 - few commands are called wrongly

        print_failure(UsageError.__name__, UsageError.exit_code, misused(wrong))
    return UsageError.exit_code


def _trace(bug: Exception) -> None:
    """Print where a bug is, where that is asked for."""
    if os.environ.get("LOTWORK_DEBUG"):
        import traceback  # noqa: PLC0415 - only a bug needs it

        tell(without_secrets("".join(traceback.format_exception(bug))), err=True)


if __name__ == "__main__":
    main()

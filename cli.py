"""The command: finds the one that was asked for, imports no other, and turns errors into exit codes.

Under `--json` whatever ends a command is an object on standard output too, so that a script reads no sentences.

Exit codes: 0 done; 1 done, but findings need a person; 2 usage; 3 input refused; 4 integrity broken; 5 busy, locked or
refused by the disk or the machine; 6 source unreachable; 70 a bug.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module

import click

from lotwork.commands.telling import asks_json, hush_no_more, tell, without_secrets
from lotwork.ledger.errors import LotworkError, StorageError, UsageError

NO_BUG = {
    errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM, errno.EIO, errno.EFBIG, errno.EMFILE,
    errno.ENFILE, errno.ENOMEM,
}  # fmt: skip
"""What the system refuses to any program: a full or read-only disk, a folder that is not ours."""
LEAST_FREE_FILES = 8
"""With fewer that may still be opened, whatever went wrong went wrong because of that."""
NO_MEMORY = (
    "failed to map segment", "annot allocate memory", "can't start new thread",
    "returned NULL without setting an exception",
)  # fmt: skip
"""How libraries say it that raise no MemoryError, and CPython where one was lost on its way."""
STORAGE = StorageError.__name__

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
    "packet": ("packet", "A year in one ZIP that an accountant checks without Lotwork: build, verify."),
    "replay": ("replay", "Replay the log and say how fast, and what state it comes to."),
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
        from difflib import get_close_matches  # noqa: PLC0415 - only a slip pays for it

        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
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
    """Run the command and leave with its exit code."""
    os.umask(0o077)
    hush_no_more()
    _open_standard_streams()
    try:
        code = lotwork.main(args=argv, prog_name="lotwork", standalone_mode=False)
    except click.exceptions.Abort:
        code = _end("Stopped", "stopped", 130)
    except click.ClickException as wrong:
        code = _misused(wrong)
    except LotworkError as refusal:
        code = _refuse(refusal)
    except BrokenPipeError:
        _stop_printing()
        code = 141
    except OSError as refused:
        if refused.errno not in NO_BUG:
            code = _report(refused)
        else:
            _stop_printing()
            mend = _scarce(refused) or "free space, check the permissions"
            code = _end(STORAGE, f"the system refused ({refused}): {mend}, and try again", 5)
    except Exception as bug:  # noqa: BLE001 - the edge of the program: a bug has an exit code of its own
        scarce = _scarce(bug)
        code = _end(STORAGE, f"{scarce}: nothing was half-written; try again", 5) if scarce else _report(bug)
    sys.exit(code if isinstance(code, int) else 0)


def _open_standard_streams() -> None:
    """Put the null device in the place of a standard stream that was closed: no file of ours may take its number."""
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is None:
            with suppress(OSError):
                os.fstat(number)
                continue
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free is this one
            setattr(sys, name, open(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False))  # noqa: SIM115 - a stream of the whole process


def _stop_printing() -> None:
    """Send what is still to be printed nowhere: its reader is gone, or cannot take it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _end(error: str, words: str, code: int) -> int:
    """Say why the command ended, under --json as an object too, and return its exit *code*."""
    if asks_json():
        from lotwork.commands.answer import print_failure  # noqa: PLC0415 - few commands end so

        print_failure(error, code, words)
    tell(f"lotwork: {words}", err=True)
    return code


def _misused(wrong: click.ClickException) -> int:
    """Say how a command is called."""
    words = io.StringIO()
    wrong.show(words)
    tell(words.getvalue().rstrip("\n"), err=True)
    if asks_json():
        from lotwork.commands.answer import print_failure  # noqa: PLC0415 - few commands are called wrongly

        helps = isinstance(wrong, click.exceptions.NoArgsIsHelpError)
        said = "no command was named: `--help` lists them" if helps else " ".join(wrong.format_message().split())
        print_failure(UsageError.__name__, UsageError.exit_code, said)
    return UsageError.exit_code


def _refuse(refusal: LotworkError) -> int:
    """Say what was refused, with every problem that an input has."""
    scarce = _scarce(refusal)
    if scarce:
        refusal = StorageError(f"{scarce}: {refusal}")
    if asks_json():
        from lotwork.commands.answer import print_refusal  # noqa: PLC0415 - a refusal is rare

        print_refusal(refusal)
    tell(f"lotwork: {refusal}", err=True)
    return refusal.exit_code


def _scarce(failure: BaseException) -> str | None:
    """Return what this process has too little of, so that *failure* is no fault of what it complains of."""
    cause: BaseException | None = failure
    while cause is not None:
        if (
            isinstance(cause, MemoryError)
            or getattr(cause, "errno", None) == errno.ENOMEM
            or any(words in str(cause) for words in NO_MEMORY)
        ):
            return "there is not enough memory: end other programs, or allow this one more (ulimit -v, MemoryMax=)"
        cause = cause.__cause__ or cause.__context__
    taken: list[int] = []
    try:
        taken.extend(os.open(os.devnull, os.O_RDONLY) for _ in range(LEAST_FREE_FILES))
    except OSError:
        return "this process may open no more files: allow it more (ulimit -n 1024, LimitNOFILE=)"
    finally:
        for descriptor in taken:
            os.close(descriptor)
    return None


def _report(bug: Exception) -> int:
    import traceback  # noqa: PLC0415 - only a bug needs it

    if os.environ.get("LOTWORK_DEBUG"):
        tell(without_secrets("".join(traceback.format_exception(bug))), err=True)
    frame = traceback.extract_tb(bug.__traceback__)[-1]
    place = f"{os.path.basename(frame.filename)}:{frame.lineno}"  # noqa: PTH119 - no path object for a name
    why = without_secrets(str(bug))
    return _end(
        "Bug",
        f"this is a bug in Lotwork ({type(bug).__name__} at {place}: {why}); nothing was half-written. "
        "Run it again with LOTWORK_DEBUG=1 and report what it prints",
        70,
    )


if __name__ == "__main__":
    main()

"""`lotwork web`: the password with which a person may record from the pages, and who reads those of many homes."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from msgspec import UNSET, ValidationError, convert
from msgspec.structs import replace

from lotwork.commands.answer import Call, called, print_alone
from lotwork.commands.books.folder import folder_meant
from lotwork.commands.telling import tell
from lotwork.ledger.errors import BusyError, UsageError
from lotwork.reports.web import PasswordListing, ReaderListing
from lotwork.service.readers import EVERY_BOOK, FILE, Reader, digest_of_token, new_token, read_readers, write_readers
from lotwork.service.settings_file import alone
from lotwork.service.web_password import MOST_LETTERS, has_password, kept_form, remove_password, set_password


@click.group("web")
def web_command() -> None:
    """Say who may record from the pages."""


@web_command.command("password")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read it from standard input, one line.")
@click.option("--remove", is_flag=True, help="Take it away: the pages are only read, and by this machine alone.")
@called
def password_command(call: Call, *, from_stdin: bool, remove: bool) -> int:
    """Set the password of the pages; whoever is logged in has to log in anew.

    It is asked for twice at a terminal. What is kept is its digest, in a file that only you may read.
    """
    if remove:
        if from_stdin:
            raise UsageError("--remove takes no password: leave --stdin out")
        remove_password(call.home)
    else:
        set_password(call.home, _asked(from_stdin=from_stdin))
    listing = PasswordListing(has_password=has_password(call.home))
    if call.as_json:
        print_alone("web_password", listing)
    elif remove:
        tell("The pages have no password: nothing is recorded from them, and only this machine may read them.")
    else:
        tell("The password is set: log in at the foot of any page, and record from there.")
    return 0


def _asked(*, from_stdin: bool) -> str:
    """Return the password that is told; UsageError where there is nobody to ask."""
    if from_stdin:
        return sys.stdin.readline(MOST_LETTERS + 2).rstrip("\r\n")
    if not sys.stdin.isatty():
        raise UsageError("nobody sits here to be asked: give the password with --stdin")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt="Once more", err=True))


@web_command.command("reader")
@click.argument("name")
@click.option("--homes", type=click.Path(path_type=Path), metavar="DIR", required=True,
              help="The folder of homes that `lotwork run --homes` keeps.")  # fmt: skip
@click.option(
    "--sees", multiple=True, metavar="HOME[/BOOK]", help="A home, or a book of one; * is every book. Repeat it."
)
@click.option("--may-act/--reads-only", default=None, help="Whether they record from the pages.  [default: they read]")
@click.option("--token", is_flag=True, help="Make them a token for programs, and print it; no password is asked.")
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the password from standard input, one line.")
@click.option("--remove", is_flag=True, help="Let them in no more.")
@called
def reader_command(
    call: Call, *, name: str, homes: Path, sees: tuple[str, ...], may_act: bool | None, token: bool, from_stdin: bool,
    remove: bool,
) -> int:  # fmt: skip
    """Say what the reader NAME sees of the pages of many homes, and set their password.

    What is not said stays as it was: their books, whether they act. Whoever is logged in with another password, or is
    taken out, is so no more from the next page on.
    """
    if remove and (sees or token or from_stdin or may_act is not None):
        raise UsageError("--remove takes them out: leave the other options away")
    folder, now = folder_meant(homes), None
    if EVERY_BOOK in sees and (folder / EVERY_BOOK).is_dir():
        raise UsageError(
            f"--sees '{EVERY_BOOK}' is every book of every home, and {folder / EVERY_BOOK} is a folder of that name: "
            "give it another name, and then say what they see"
        )
    file, made = folder / FILE, new_token() if token else None
    before = _named(file, name)
    if not remove:
        now = _changed(name, before, sees, may_act)
        if made is not None:
            now = replace(now, token=digest_of_token(made))
        elif before is None or before.password is None or from_stdin or not (sees or may_act is not None):
            now = replace(now, password=kept_form(_asked(from_stdin=from_stdin)))
    with alone(folder):  # a person was asked meanwhile, and another may have written
        readers = {each.name: each for each in read_readers(file)}
        if readers.pop(name, None) != before:
            raise BusyError(f"{file}: {name} was changed meanwhile: nothing was written; say it again")
        if remove and before is None:
            raise UsageError(f"{file}: there is no reader {name}: {', '.join(readers) or 'nobody'} may read")
        write_readers(file, (*readers.values(), *([] if now is None else [now])))
    for home in dict.fromkeys(each.partition("/")[0] for each in sees if each != EVERY_BOOK):
        if not (folder / home).is_dir():
            call.say(f"lotwork: there is no home {home} in {folder} yet: {name} sees nothing of it until there is")
    listing = ReaderListing(
        name=name, sees=now.books if now else (), may_act=bool(now and now.may_act),
        has_password=bool(now and now.password), has_token=bool(now and now.token), token=made or UNSET,
    )  # fmt: skip
    if call.as_json:
        print_alone("web_reader", listing)
    elif now is None:
        tell(f"{name} is let in no more.")
    else:
        tell(f"{name} {'reads and records' if now.may_act else 'reads'}: {', '.join(now.books)}")
        if made is not None:
            tell(made)
    return 0


def _named(file: Path, name: str) -> Reader | None:
    return next((each for each in read_readers(file) if each.name == name), None)


def _changed(name: str, before: Reader | None, sees: tuple[str, ...], may_act: bool | None) -> Reader:  # noqa: FBT001 - as the option has it
    """Return the reader with what is said of them, and what was; UsageError where that can be no reader."""
    books = sees or (before.books if before else ())
    if not books:
        raise UsageError("say what they see: --sees HOME, --sees HOME/BOOK, or --sees '*'")
    acts = may_act if may_act is not None else bool(before and before.may_act)
    told = {"name": name, "books": books, "may_act": acts}
    kept = {} if before is None else {"password": before.password, "token": before.token}
    try:
        return convert(told | kept, Reader)
    except ValidationError as wrong:
        raise UsageError(f"{wrong}: a name is of letters, digits, '_', '.', ':' and '-'") from wrong

"""The law itself: `lotwork compute` for one case, `lotwork rules` for the figures."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import click
import msgspec

from lotwork.commands.answer import Call, called, check_year, print_json, read_law
from lotwork.commands.tables import show_table
from lotwork.ledger.errors import InputRefusedError, Problem
from lotwork.ledger.history import History
from lotwork.ledger.public_form.jsonlines import parse_object
from lotwork.rules.figures import Version

JURISDICTIONS = ("us", "cn", "jp", "de", "pt")
MOST_BYTES = 1 << 20


@click.command("compute")
@click.argument("jurisdiction", type=click.Choice(JURISDICTIONS))
@click.option("--tax-table", is_flag=True, help="us: the IRS Tax Table below 100,000 instead of the exact formula.")
@called
def compute_command(call: Call, *, jurisdiction: str, tax_table: bool) -> int:
    """Compute one case given as a JSON object on standard input; the figures come out as decimal strings."""
    law = read_law()
    problems: list[Problem] = []
    case = parse_object(sys.stdin.buffer.read(MOST_BYTES), "standard input", problems)
    if case is None:
        raise InputRefusedError("the case cannot be read", problems)
    if jurisdiction == "us":
        from lotwork.rules.us.individual import compute_case  # noqa: PLC0415 - one country at a time

        figures: Mapping[str, Any] = compute_case(case, law, tax_table=tax_table)
    else:
        figures = import_module(f"lotwork.rules.{jurisdiction}.income").compute_case(case, law)
    if call.as_json or not sys.stdout.isatty():
        schema = f"lotwork.compute_{jurisdiction}.v1"
        print_json({"schema": schema, "law": law.digest, **figures, "findings": []})
    else:
        rows = [{"figure": name, "amount": value} for name, value in figures.items() if isinstance(value, str)]
        show_table(f"Tax, {jurisdiction}", rows, ("figure", "amount"))
    return 0


@click.group("rules")
def rules_command() -> None:
    """Read the law data: every figure with its date, citation and source."""


@rules_command.command("list")
@called
def list_rules(call: Call) -> int:
    """List every figure and the days from which its versions are in force."""
    law = read_law()
    rows = [
        {
            "path": path,
            "title": entry.title,
            "unit": entry.unit,
            "from": [version.from_.isoformat() for version in entry.in_force],
            "cite": entry.cite,
        }
        for path in law.paths()
        for entry in (law.entry(path),)
    ]
    if call.as_json:
        print_json({"schema": "lotwork.rules.v1", "law": law.digest, "rows": rows, "findings": []})
    else:
        show_table(f"Law {law.digest[:12]}", rows, ("path", "title", "from"))
    return 0


@rules_command.command("show")
@click.argument("path")
@called
def show_rule(call: Call, *, path: str) -> int:
    """Show one figure: every version with its day, value, status, confidence and source; this book's rules too."""
    with call.log() as log:
        law = read_law(history=History.read(log, call.book))
    entry = law.entry(path)
    rows = [_version(version) for version in entry.in_force]
    told = {"path": path, "title": entry.title, "unit": entry.unit, "cite": entry.cite, "note": entry.note}
    if call.as_json:
        print_json({"schema": "lotwork.rule.v1", "law": law.digest, **told, "rows": rows, "findings": []})
    else:
        click.echo("\n".join(f"{name}: {value}" for name, value in told.items() if value is not None))
        show_table("In force", rows, ("from", "value", "status", "confidence", "source"))
    return 0


@rules_command.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="[B]", default="book")
@click.option("--year", type=int, metavar="Y", help="The lines of this tax year only.")
@called
def diff_rules(call: Call, *, before: str, after: str, year: int | None) -> int:
    """List the figures that differ between two laws, and every form line of the book that moves with them.

    A and B are each a folder of law, `shipped`, `book` (the same with this book's rules), `filed:YEAR`, or a position
    of the log. Without B, A is held against the book's law.
    """
    from lotwork.projections.as_of import law_named  # noqa: PLC0415 - only this command folds a book
    from lotwork.projections.filing.law_effect import effects, years_of  # noqa: PLC0415 - the same
    from lotwork.reports.amended import list_effect, list_figure  # noqa: PLC0415 - the same
    from lotwork.rules.compare import difference  # noqa: PLC0415 - only this command compares

    if year is not None:
        check_year(year)
    with call.log() as log:
        history = History.read(log, call.book)
        old, new = (law_named(name, call.home, history) for name in (before, after))
        changed = difference(old, new)
        years = () if not changed else years_of(history, new) if year is None else (year,)
        found = list(effects(history, old, new, years, changed)) if log.head(call.book).position else []
    rows = [list_figure(change) for change in changed]
    moved = [list_effect(each) for each in found]
    if call.as_json:
        print_json({"schema": "lotwork.rules_diff.v1", "book": call.book, "before": old.digest, "after": new.digest,
                    "rows": rows, "years": moved, "findings": []})  # fmt: skip
        return 0
    show_table("Figures that differ", rows, ("path", "from", "before", "after", "source"))
    for each in moved:
        title = f"Tax year {each['year']}: lines that move"
        show_table(title, each["lines"], ("form", "line", "label", "old_usd", "new_usd", "change_usd"))
        if each["unknown"]:
            call.say(f"  {each['unknown']}")
    return 0


def _version(version: Version) -> dict[str, Any]:
    told = {name: _plain(getattr(version, name)) for name in ("value", "status", "confidence", "source")}
    return {"from": version.from_.isoformat(), **told}


def _plain(value: Any) -> Any:
    """Return a figure's value as JSON holds it: numbers as decimal strings."""
    return msgspec.to_builtins(value)

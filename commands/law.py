"""The law itself: `lotwork compute` for one case, `lotwork rules` for the figures."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import msgspec

from commands.answer import Call, called, print_json, read_law
from commands.tables import show_table
from ledger.errors import InputRefusedError, Problem
from ledger.jsonlines import parse_object
from rules.figures import Version

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
        from rules.us.individual import compute_case  # noqa: PLC0415 - one country at a time

        figures: Mapping[str, Any] = compute_case(case, law, tax_table=tax_table)
    else:
        figures = import_module(f"rules.{jurisdiction}.income").compute_case(case, law)
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
    """Show one figure: every version with its day, value, status, confidence and source."""
    law = read_law()
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
@click.argument("before", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.argument("after", type=click.Path(path_type=Path, exists=True, file_okay=False), required=False)
@called
def diff_rules(call: Call, *, before: Path, after: Path | None) -> int:
    """List the figures that differ between two folders of law, or between one and the law in force here."""
    from rules.compare import difference  # noqa: PLC0415 - only this command compares

    old, new = read_law(before), read_law(after)
    rows = [
        {
            "path": change.path,
            "from": change.from_.isoformat(),
            "before": _plain(change.before),
            "after": _plain(change.after),
            "title": change.title,
            "cite": change.cite,
            "source": change.source,
        }
        for change in difference(old, new)
    ]
    if call.as_json:
        print_json({"schema": "lotwork.rules_diff.v1", "before": old.digest, "after": new.digest, "rows": rows,
                    "findings": []})  # fmt: skip
    else:
        show_table("Figures that differ", rows, ("path", "from", "before", "after", "source"))
    return 0


def _version(version: Version) -> dict[str, Any]:
    told = {name: _plain(getattr(version, name)) for name in ("value", "status", "confidence", "source")}
    return {"from": version.from_.isoformat(), **told}


def _plain(value: Any) -> Any:
    """Return a figure's value as JSON holds it: numbers as decimal strings."""
    return msgspec.to_builtins(value)

"""`lotwork map`: which files are known by their face, which maps there are, and how each is written."""

from __future__ import annotations

from collections.abc import Iterator

import click

from lotwork.commands.answer import Call, called, print_alone
from lotwork.commands.completing import maps
from lotwork.commands.tables import Wide, show_rows
from lotwork.commands.telling import tell
from lotwork.ingest.profiles.profile import profiles, text_of
from lotwork.ingest.sheets.column_map import presets, text_of_map
from lotwork.ledger.errors import UsageError
from lotwork.reports.maps import MAPS, MapRow, MapText, list_maps


@click.group("map")
def map_command() -> None:
    """Show what reads the files of others: profiles that know them by their face, and column maps."""


@map_command.command("list")
@Wide
@called
def list_command(call: Call) -> int:
    """List every profile and every map that comes with Lotwork."""
    listing = list_maps(_rows())
    if call.as_json:
        print_alone("map_list", listing)
    else:
        show_rows("Files that are known, and column maps", MAPS, listing.rows)
    return 0


def _rows() -> Iterator[MapRow]:
    for name, profile in profiles().items():
        yield MapRow(name=name, kind="profile", title=profile.title, wallet=profile.wallet)
    for name in presets():
        yield MapRow(name=name, kind="map", title="a column map: name it with --map", wallet=None)


@map_command.command("show")
@click.argument("name", shell_complete=maps)
@called
def show_command(call: Call, *, name: str) -> int:
    """Print the profile or map NAME as it is written, to read or to copy."""
    if name not in profiles() and name not in presets():
        raise UsageError(f"there is no map {name!r}: see `lotwork map list`")
    kind = "profile" if name in profiles() else "map"
    text = text_of(name) if kind == "profile" else text_of_map(name)
    if call.as_json:
        print_alone("map_show", MapText(name=name, kind=kind, toml=text))
    else:
        tell(text.rstrip("\n"))
    return 0

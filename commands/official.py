"""`lotwork official`: a PDF of the IRS that the user supplies is filled, or its fields are mapped for that."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import click

from lotwork.commands.answer import Call, answer, called, print_alone
from lotwork.commands.as_of_options import AsOfOptions, reading
from lotwork.commands.asked_year import Year, asked_year
from lotwork.commands.forms import drawing_of
from lotwork.commands.telling import tell
from lotwork.ledger.errors import InputRefusedError
from lotwork.ledger.storage.files import make_folder, read_plain, write_private
from lotwork.reports.forms.official.apart import fields_of
from lotwork.reports.forms.official.blank import MOST_BYTES, map_of
from lotwork.reports.forms.official.field_map import map_for, our_maps
from lotwork.reports.forms.official.filling import fill
from lotwork.reports.forms.official.listing import FilledListing, list_fields, list_filled

Blank = click.argument("blank", metavar="BLANK.pdf", type=click.Path(path_type=Path))


@click.group("official")
def official_command() -> None:
    """Fill an official PDF that you supply. It is known by its sha256; a form that is not known gets no figure."""


@official_command.command("fill")
@Blank
@Year
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="FILE", help="Write the filled form.")
@click.option("--map", "own", type=click.Path(path_type=Path), metavar="MAP.toml", help="A map of your own.")
@click.option("--spouse", is_flag=True, help="The spouse's own form, where both mine.")
@called
@reading
def fill_command(
    call: Call, *, blank: Path, year: int | None, out: Path, own: Path | None, spouse: bool, options: AsOfOptions
) -> int:
    """Fill BLANK.pdf with a year's figures. Names stay empty; XFA is removed; a draft says DRAFT on each page."""
    year = asked_year(call, year, options.as_of)
    content = _read(blank)
    told = map_for(content, year, own)
    if os.path.lexists(out):
        raise InputRefusedError(f"{out}: it is there already: name another, or take it away")
    with call.log() as log:
        drawing, folded, _, findings = drawing_of(call, log, year, options)
        filled = fill(content, told, drawing, spouse=spouse)
        make_folder(out.absolute().parent)
        write_private(out, filled.content)
        listing = list_filled(filled, told, str(out), drawing.draft, drawing.form)
        return answer(
            call, "official_fill", listing, log=log, law=folded.law, findings=findings,
            up_to=folded.book.history.up_to, show=lambda: _show(listing), year=year,
        )  # fmt: skip


@official_command.command("map")
@Blank
@click.option("--form", default="Form NAME", metavar="NAME", help="The form's name as `liability` has it.")
@click.option("--year", type=int, default=0, metavar="Y", help="The tax year of the form.")
@called
def map_command(call: Call, *, blank: Path, form: str, year: int) -> int:
    """List the fields of BLANK.pdf, as a map in TOML to be looked through and completed."""
    content = _read(blank)
    if call.as_json:
        digest = hashlib.sha256(content).hexdigest()
        known = next((f"{each.form} of {each.year}" for each in our_maps() if each.sha256 == digest), None)
        print_alone("official_map", list_fields(content, fields_of(content), known))
        return 0
    for line in map_of(content, fields_of(content), form, year).splitlines():
        tell(line)
    return 0


def _read(blank: Path) -> bytes:
    try:
        return read_plain(blank, MOST_BYTES)
    except OSError as refused:
        raise InputRefusedError(f"{blank}: it cannot be read ({refused})") from refused


def _show(listing: FilledListing) -> None:
    copies = "" if listing.copies == 1 else f", {listing.copies} copies"
    tell(f"{listing.form} of {listing.year} in {listing.out}: {listing.fields} fields filled{copies}")
    if listing.left_empty:
        lines = ", ".join(dict.fromkeys(each.rpartition(" ")[2] for each in listing.left_empty))
        tell(f"Left empty, since the return has no such line: {lines}")
    if listing.not_on_it:
        lines = ", ".join(listing.not_on_it)
        tell(f"NOT on it, since it has no field of its own for them: {lines}. Enter them by hand.")
    for box in listing.boxes_not_on_it:
        tell(f"Box {box} has sales, and this edition of the form has no such box: they are NOT on it")
    tell("Names, social security numbers and every line that Lotwork does not compute are yours to fill in.")
    for why in listing.draft_because:
        tell(f"DRAFT: {why}")

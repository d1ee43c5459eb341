"""A rig whose serial was mended: the same thing under another id, where all else that is told of it is the same.

Law: the basis of a thing is its cost, once (26 U.S.C. 1012). A serial that loses a blank or a mark, or has a letter
mended, is no second rig; two rigs of one order that stand in one file are two.
"""

from __future__ import annotations

import msgspec

from lotwork.ledger.events import Equipment, EquipmentSale, Event
from lotwork.ledger.near_names import near_name

RIGS = (Equipment, EquipmentSale)
LIKE = 80
"""In percent: a letter of six, or two of twelve, are another."""
SAID_APART = frozenset({"id", "row", "equipment", "source", "evidence", "note", "may_repeat"})
"""What may differ where the serial does."""


def may_be_mended(row: Event, known: Event) -> bool:
    """Say if *row* may be *known* under a serial that was mended."""
    if type(row) is not type(known) or not isinstance(row, RIGS) or not isinstance(known, RIGS):
        return False
    if any(
        getattr(row, field.name) != getattr(known, field.name)
        for field in msgspec.structs.fields(type(row))
        if field.name not in SAID_APART
    ):
        return False
    serials = [_plain(each.id.removeprefix(f"{each.source}:")) for each in (row, known)]
    near = serials[0] == serials[1] or near_name(serials[0], [serials[1]], LIKE) is not None
    return near and _model(row) == _model(known)


def _model(event: Equipment | EquipmentSale) -> str:
    """Return the name of a thing without its serial, which its id tells."""
    serial = event.id.removeprefix(f"{event.source}:").removesuffix(":left").casefold()
    return _plain(event.equipment.casefold().removesuffix(serial))


def _plain(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())

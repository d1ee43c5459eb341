"""What a user says about a rig that is asked what it draws."""

from __future__ import annotations

import ipaddress

from lotwork.ingest.sections import Label, Name, Seconds, Section
from lotwork.ledger.storage.batch import MAIN_BOOK

MOST_WATTS = 10_000


def check_own_network(host: str, key: str) -> None:
    """Raise ValueError where *host* is an address of the open internet: a rig is asked on its owner's network alone."""
    try:
        is_public = ipaddress.ip_address(host.strip("[]")).is_global
    except ValueError:
        return  # a name, as a router gives it
    if is_public:
        raise ValueError(f"{key} {host} is a public address: a rig is asked on your own network alone")


class RigSection(Section, frozen=True, kw_only=True):
    """What the table of every rig has."""

    name: Name
    rig: Label | None = None
    """What it is called; left out: as its equipment, or as the source."""
    meter: Label | None = None
    """The meter behind which it hangs, against which its word is held."""
    most_watts: int = MOST_WATTS
    """More than this it never draws: another unit, or another rig."""
    book: Name = MAIN_BOOK
    every_seconds: Seconds = 300
    deadline_seconds: Seconds = 30

    def __post_init__(self) -> None:
        if self.most_watts < 1:
            raise ValueError("most_watts is below 1: say what the rig may draw at most, in watts")

